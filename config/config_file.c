#include "config/config_file.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "config/keyfile.h"
#include "config/secrets.h"
#include "text/nearest.h"

#define KAFKA_SECTION "kafka"

struct file {
    struct options *options;
    const char *path;
};

/* Options that make sense on a command line alone, and the one that is a section of its own. */
static bool is_key(const char *key)
{
    return option_find(key) != NULL && strcmp(key, "config") != 0 && strcmp(key, "help") != 0 &&
           strcmp(key, OPTION_KAFKA_PROPERTY) != 0;
}

static enum status refuse_key(const char *key, struct error *error)
{
    struct nearest nearest;
    char question[ERROR_MESSAGE_SIZE / 4];

    nearest_start(&nearest, key);
    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
        if (is_key(spec->name))
            nearest_offer(&nearest, spec->name);
    /* What has dots is librdkafka's. */
    return error_set(error, STATUS_REJECT, "unknown key \"%.200s\"%s", key,
                     nearest.count > 0 ? nearest_question(&nearest, "", question, sizeof(question))
                     : strchr(key, '.') != NULL
                         ? "; properties of librdkafka stand under [" KAFKA_SECTION "]"
                         : "");
}

static enum status read_setting(void *context, unsigned long number, const char *section,
                                const char *key, const char *value, struct error *error)
{
    const struct file *file = context;
    const struct option_spec *spec = option_find(key);
    char place[PATH_MAX];
    const struct origin origin = {LEVEL_FILE, place};

    snprintf(place, sizeof(place), "%s:%lu", file->path, number);
    if (strcmp(section, KAFKA_SECTION) == 0)
        return settings_add_property(file->options, key, value, &origin, error);
    if (*section != '\0')
        return error_set(error, STATUS_REJECT, "unknown section [%s]; there is only [%s]", section,
                         KAFKA_SECTION);
    if (!is_key(key))
        return refuse_key(key, error);
    if (!settings_is_value(spec, value))
        return error_set(error, STATUS_REJECT, "%s has no value", key);
    if (spec->value_name == NULL)
        return settings_add_flag(file->options, spec, value, &origin, error);
    return settings_add(file->options, spec, value, &origin, error);
}

enum status config_file_read(struct options *options, const char *path, struct error *error)
{
    struct file file = {options, path};
    struct error why;
    enum status status = keyfile_read_numbered(path, read_setting, &file, &why);

    /* A line names its place; what can't be read at all is known by its option. */
    if (status != STATUS_OK)
        return error_set(error, status, "%s%.1000s", status == STATUS_FATAL ? "--config " : "",
                         why.message);
    return secrets_check_file(options, path, error);
}
