#include "cli/guide/reference.h"

#include <string.h>

const struct reference_line reference_exit_codes[] = {
    {"0", "done"},
    {"64", "the command line is wrong"},
    {"65", "the data are wrong, or `db verify` found a difference"},
    {"66", "an input is missing"},
    {"69", "a server is away: PostgreSQL, or Kafka for longer than --wait"},
    {"70", "halted: something is wrong that going on would make worse"},
    {"73", "a file can't be made"},
    {"74", "standard output or a file can't be written"},
    {"75", "stopped early: run it again"},
    {"77", "PostgreSQL withholds a right; the message says which"},
    {"78", "a setting is wrong, or the database is not at this program's version"},
    {NULL, NULL},
};

const struct reference_line reference_environment[] = {
    {"KANSEN_OPTION",
     "the option of that name, e.g. KANSEN_MAX_AGE for --max-age; a flag is true or "
     "false. Empty: as if it were not there"},
    {"KANSEN_KAFKA_KEY", "a property of librdkafka, with underscores for its dots"},
    {"PG*", "libpq's own: PGHOST, PGDATABASE, PGUSER, PGSERVICE, PGPASSFILE …"},
    {"KANSEN_DATA_DIR",
     "where scenarios and the demo's MaxMind DB are, when not beside the program"},
    {"TMPDIR", "where charts and the demo are made"},
    {NULL, NULL},
};

static const char *const kafka_options[] = {"brokers",   "group", "topic",    "partitions",
                                            "until-end", "wait",  "property", NULL};
static const char *const common_options[] = {
    "db", OPTION_DB_PASSWORD_FILE, "config", "log-format", "log-level", "help", NULL};

const struct reference_section reference_sections[] = {
    {"options", NULL},
    {"Kafka", kafka_options},
    {"general", common_options},
    {NULL, NULL},
};

static bool holds(const struct reference_section *section, const char *option)
{
    for (const char *const *name = section->options; *name != NULL; name++)
        if (strcmp(*name, option) == 0)
            return true;
    return false;
}

bool reference_shows(const struct reference_section *section, const struct command *command,
                     const char *option)
{
    if (!option_is_taken(command->options, option))
        return false;
    if (section->options != NULL)
        return holds(section, option);
    for (section = reference_sections; section->heading != NULL; section++)
        if (section->options != NULL && holds(section, option))
            return false;
    return true;
}
