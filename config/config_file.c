#include "config/config_file.h"

#include <string.h>

#include "config/keyfile.h"
#include "config/secrets.h"

#define KAFKA_SECTION "kafka"

/* Options that make sense on a command line alone, and the one that is a section of its own. */
static bool is_key(const char *key)
{
    return option_find(key) != NULL && strcmp(key, "config") != 0 && strcmp(key, "help") != 0 &&
           strcmp(key, OPTION_KAFKA_PROPERTY) != 0;
}

static enum status read_setting(void *context, const char *section, const char *key,
                                const char *value, struct error *error)
{
    struct options *options = context;
    const struct option_spec *spec = option_find(key);

    if (strcmp(section, KAFKA_SECTION) == 0)
        return settings_add_property(options, key, value, LEVEL_FILE, error);
    if (*section != '\0')
        return error_set(error, STATUS_REJECT, "unknown section [%s]; there is only [%s]", section,
                         KAFKA_SECTION);
    if (!is_key(key))
        return error_set(error, STATUS_REJECT, "unknown key \"%s\"", key);
    if (spec->value_name == NULL)
        return settings_add_flag(options, spec, value, LEVEL_FILE, error);
    return settings_add(options, spec, value, LEVEL_FILE, error);
}

enum status config_file_read(struct options *options, const char *path, struct error *error)
{
    enum status status = keyfile_read(path, read_setting, options, error);

    return status == STATUS_OK ? secrets_check_file(options, path, error) : status;
}
