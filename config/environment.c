#include "config/environment.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENVIRONMENT_PREFIX "KANSEN_"
#define KAFKA_ENVIRONMENT_PREFIX "KANSEN_KAFKA_"

extern char **environ;

static void environment_name(const char *option, char *name, size_t size)
{
    size_t length = (size_t)snprintf(name, size, "%s%s", ENVIRONMENT_PREFIX, option);

    for (size_t i = 0; i < length && i < size; i++)
        name[i] = name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
}

static enum status add_kafka_environment(struct options *options, const char *entry,
                                         struct error *error)
{
    char key[128];
    const char *name = entry + strlen(KAFKA_ENVIRONMENT_PREFIX);
    size_t length = strcspn(name, "=");

    if (length == 0 || length >= sizeof(key) || name[length] == '\0')
        return STATUS_OK;
    for (size_t i = 0; i < length; i++)
        key[i] = name[i] == '_' ? '.' : (char)tolower((unsigned char)name[i]);
    key[length] = '\0';
    return settings_add_property(options, key, name + length + 1, LEVEL_ENVIRONMENT, error);
}

enum status environment_read(struct options *options, struct error *error)
{
    enum status status = STATUS_OK;

    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++) {
        char name[64];
        const char *value;

        environment_name(spec->name, name, sizeof(name));
        value = getenv(name);
        if (value == NULL || strcmp(spec->name, "help") == 0 ||
            strcmp(spec->name, OPTION_KAFKA_PROPERTY) == 0)
            continue;
        if (spec->value_name == NULL)
            status = settings_add_flag(options, spec, value, LEVEL_ENVIRONMENT, error);
        else
            status = settings_add(options, spec, value, LEVEL_ENVIRONMENT, error);
        if (status != STATUS_OK)
            return status;
    }
    for (char **entry = environ; *entry != NULL && status == STATUS_OK; entry++)
        if (strncmp(*entry, KAFKA_ENVIRONMENT_PREFIX, strlen(KAFKA_ENVIRONMENT_PREFIX)) == 0)
            status = add_kafka_environment(options, *entry, error);
    return status;
}
