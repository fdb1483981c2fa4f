/* `kansen config`: the effective settings, and where each was said. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/lookup.h"
#include "cli/month_option.h"
#include "cli/option_bounds.h"
#include "cli/option_notes.h"
#include "config/secrets.h"
#include "config/settings.h"
#include "ingest/kafka/properties.h"
#include "sql/db.h"
#include "text/escape.h"
#include "text/json_writer.h"

/* More words than any option has. */
#define WORDS_MAX 64

/* What stands for a password or key. */
#define MASK "********"

#define DEFAULT_SOURCE "default"
#define BY_COMMAND "by command"

/* Columns of a name, and of a value that is not long. */
#define NAME_COLUMNS 16
#define VALUE_COLUMNS 34

/* One line: a value of an option, or what counts when there is none. */
struct row {
    const char *name;   /* of the option */
    const char *value;  /* NULL: nothing */
    bool secret;        /* then value is MASK */
    const char *source; /* "command line", "environment", "file", "default" */
    const char *place;  /* "kansen.conf:3", "KANSEN_TOP", "--top"; NULL for a default */
};

typedef void put_row(void *context, const struct row *row);

/* ---- what the rows are */

/* --format on our own command line is the form of this list. */
static bool is_ours(const struct setting *setting)
{
    return setting->level == LEVEL_FLAG && strcmp(setting->spec->name, "format") == 0;
}

/* The last one wins; of those that repeat all of the same level count, of properties all. */
static bool is_effective(const struct options *options, const struct setting *setting)
{
    for (const struct setting *later = setting + 1; later < options->settings + options->count;
         later++) {
        if (later->spec != setting->spec || is_ours(later))
            continue;
        if (strcmp(later->spec->name, OPTION_KAFKA_PROPERTY) == 0)
            continue;
        if (!later->spec->repeats || later->level != setting->level)
            return false;
    }
    return !is_ours(setting);
}

static void put_setting(const struct setting *setting, put_row *put, void *context)
{
    static const char *const sources[] = {
        [LEVEL_FILE] = "file", [LEVEL_ENVIRONMENT] = "environment", [LEVEL_FLAG] = "command line"};
    const char *name = setting->spec->name;
    bool property = strcmp(name, OPTION_KAFKA_PROPERTY) == 0;
    /* What nobody knows may be a password whose name was mistyped. */
    bool secret = secrets_are_in(name, setting->value) ||
                  (property && !properties_is_known(setting->value)) ||
                  (strcmp(name, "db") == 0 && !db_can_read(setting->value));
    const char *shown =
        setting->spec->value_name == NULL && *setting->value == '\0' ? "true" : setting->value;
    char masked[256];

    snprintf(masked, sizeof(masked), "%.*s%s" MASK,
             property ? (int)strcspn(setting->value, "=") : 0, setting->value, property ? "=" : "");
    put(context, &(struct row){name, secret ? masked : shown, secret, sources[setting->level],
                               setting->place});
}

/* What counts when it is said nowhere; of all commands, when they agree. */
static const char *unless_given(const struct command *command, const char *option)
{
    const char *agreed = NULL;
    bool any = false;

    if (command != NULL)
        return option_unless_given(command->name, option);
    for (const struct command *const *each = commands; *each != NULL; each++) {
        const char *one = option_unless_given((*each)->name, option);

        if (!lookup_is_owner(*each, option))
            continue;
        if (any && one != agreed && (one == NULL || agreed == NULL || strcmp(one, agreed) != 0))
            return BY_COMMAND;
        agreed = one;
        any = true;
    }
    return agreed;
}

static void put_option(const struct options *options, const struct command *command,
                       const struct option_spec *spec, put_row *put, void *context)
{
    bool any = false;

    for (size_t i = 0; i < options->count; i++) {
        const struct setting *setting = &options->settings[i];

        if (setting->spec != spec || !is_effective(options, setting))
            continue;
        put_setting(setting, put, context);
        any = true;
    }
    if (!any)
        put(context,
            &(struct row){spec->name,
                          spec->value_name == NULL ? "false" : unless_given(command, spec->name),
                          false, DEFAULT_SOURCE, NULL});
}

static void put_rows(const struct options *options, const struct command *command, put_row *put,
                     void *context)
{
    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
        if (strcmp(spec->name, "help") != 0 &&
            (command == NULL || option_is_taken(command->options, spec->name)))
            put_option(options, command, spec, put, context);
}

/* ---- as a table, as JSON */

static void put_cell(const char *text, size_t columns)
{
    size_t width = escape_width(text);

    escape_plain(stdout, text);
    printf("%*s", (int)(width < columns ? columns - width : 0) + 2, "");
}

static void put_line(void *context, const struct row *row)
{
    (void)context;
    put_cell(row->name, NAME_COLUMNS);
    put_cell(row->value == NULL ? "-" : row->value, VALUE_COLUMNS);
    escape_plain(stdout, row->place == NULL ? row->source : row->place);
    putchar('\n');
}

static void put_object(void *context, const struct row *row)
{
    struct json_writer *writer = context;

    json_writer_object(writer, NULL, JSON_COMPACT);
    json_writer_text(writer, "option", row->name);
    json_writer_text(writer, "value", row->value);
    json_writer_bool(writer, "secret", row->secret);
    json_writer_text(writer, "source", row->source);
    json_writer_text(writer, "place", row->place);
    json_writer_end(writer);
}

static void print_json(const struct options *options, const struct command *command)
{
    struct json_writer writer;

    json_writer_init(&writer, stdout);
    json_writer_object(&writer, NULL, JSON_LINES);
    json_writer_text(&writer, "command", command == NULL ? NULL : command->name);
    json_writer_array(&writer, "options", JSON_LINES);
    put_rows(options, command, put_object, &writer);
    json_writer_end(&writer);
    json_writer_end(&writer);
    putchar('\n');
}

/* ---- would the command take it? */

/* An option of our command line that the command doesn't have would be shown nowhere. */
static int check_options(const struct options *options, const struct command *command,
                         struct error *error)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct setting *setting = &options->settings[i];
        char owners[ERROR_MESSAGE_SIZE / 2];

        if (setting->level != LEVEL_FLAG || is_ours(setting) ||
            option_is_taken(command->options, setting->spec->name))
            continue;
        lookup_owners(setting->spec->name, owners, sizeof(owners));
        error_set(error, STATUS_REJECT, "%s has no --%s; %s", command->name, setting->spec->name,
                  owners);
        return EX_USAGE;
    }
    return EX_OK;
}

static bool is_word_of(const struct command *command, const struct setting *setting,
                       const char *word, size_t length)
{
    const char *known;

    for (size_t i = 0; (known = option_word_at(command->name, setting->spec->name, i)) != NULL; i++)
        if (strlen(known) == length && strncmp(known, word, length) == 0)
            return true;
    /* What is for all commands may hold words of others. */
    return setting->level != LEVEL_FLAG && option_is_a_word(setting->spec->name, word, length);
}

static enum status check_words(const struct command *command, const struct setting *setting,
                               struct error *error)
{
    const char *known[WORDS_MAX + 1] = {NULL};
    const char *word = setting->value;

    for (size_t i = 0; i < WORDS_MAX; i++)
        known[i] = i > 0 && known[i - 1] == NULL
                       ? NULL
                       : option_word_at(command->name, setting->spec->name, i);
    if (known[0] == NULL)
        return STATUS_OK;
    for (;;) {
        size_t length = strcspn(word, ",");

        if (!is_word_of(command, setting, word, length))
            return option_refuse_word(setting->spec->name, word, length, known, error);
        if (word[length] == '\0')
            return STATUS_OK;
        word += length + 1;
    }
}

/* What librdkafka, or kansen, would refuse when it connects. */
static enum status check_property(const struct command *command, const struct setting *setting,
                                  struct error *error)
{
    enum properties_profile profile = command == &command_ingest     ? PROPERTIES_CONSUMER
                                      : command == &command_simulate ? PROPERTIES_SIMULATOR
                                                                     : PROPERTIES_RELAY;
    struct error why;
    enum status status = properties_check(profile, setting->value, &why);

    if (status == STATUS_OK)
        return STATUS_OK;
    return error_set(error, status, "%.200s: %.800s", setting->place, why.message);
}

/* Words of fixed sets, months, whole numbers and properties of librdkafka; what else values may be
 * only the command knows. */
static int check_values(const struct options *options, const struct command *command,
                        struct error *error)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct setting *setting = &options->settings[i];
        const char *value_name = setting->spec->value_name;
        enum status status = STATUS_OK;
        month_t month;
        int64_t number;

        if (value_name == NULL || !is_effective(options, setting) ||
            !option_is_taken(command->options, setting->spec->name))
            continue;
        if (strcmp(value_name, "YYYY-MM") == 0)
            status = month_option(options, setting->spec->name, &month, error);
        else if (option_has_bounds(setting->spec->name))
            status = option_bounded(options, setting->spec->name, &number, error);
        else if (strcmp(setting->spec->name, OPTION_KAFKA_PROPERTY) == 0)
            status = check_property(command, setting, error);
        else
            status = check_words(command, setting, error);
        if (status != STATUS_OK)
            return EX_USAGE;
    }
    return EX_OK;
}

/* ---- the command */

static int read_format(const struct options *options, bool *json, struct error *error)
{
    static const char *const formats[] = {"table", "json", NULL};
    const char *format = options_value(options, "format");

    *json = false;
    if (!options_on_command_line(options, "format") || strcmp(format, "table") == 0)
        return EX_OK;
    *json = strcmp(format, "json") == 0;
    if (*json)
        return EX_OK;
    (void)option_refuse_word("format", format, strlen(format), formats, error);
    return EX_USAGE;
}

static int run(const struct options *options, struct error *error)
{
    const char *first = options_argument(options, 0);
    const char *second = options_argument(options, 1);
    const struct command *command = NULL;
    bool json = false;
    int words = 0;
    int code = command_check_arguments(options, 0, 2, "", error);

    if (code == EX_OK)
        code = read_format(options, &json, error);
    if (code != EX_OK)
        return code;
    if (first != NULL)
        command = lookup_command(first, second, &words);
    if (first != NULL && command == NULL)
        return lookup_refuse(first, second);
    if (second != NULL && words == 1)
        return command_refuse_argument(second, error);
    if (command != NULL)
        code = check_options(options, command, error);
    if (code != EX_OK)
        return code;
    if (json)
        print_json(options, command);
    else
        put_rows(options, command, put_line, NULL);
    return command == NULL ? EX_OK : check_values(options, command, error);
}

static const char *const option_names[] = {OPTION_EVERY, NULL};

const struct command command_config = {
    .name = "config",
    .arguments = "[COMMAND]",
    .summary = "show the effective settings, and where each was said",
    .details =
        "Of a command, or of all. Each line is an option, its value, and its place: an option "
        "of this command line, a variable, a line of the file that --config names, or "
        "default. Passwords and keys are not shown. --format is table (the default) or json, "
        "of this list; for `format` itself the environment and the file are looked at. Of a "
        "command, a value that is none of its words, no month, a number out of its bounds, or "
        "a property that librdkafka doesn't know or kansen doesn't leave to you, ends\n"
        "with 64 behind the list.\n",
    .options = option_names,
    .run = run,
    .examples = COMMAND_EXAMPLES("kansen config ingest",
                                 "kansen config --config ingest.conf --format json"),
};
