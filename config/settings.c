#include "config/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status settings_add(struct options *options, const struct option_spec *spec, const char *value,
                         const struct origin *origin, struct error *error)
{
    struct setting *grown =
        realloc(options->settings, (options->count + 1) * sizeof(*options->settings));
    char *copy = strdup(value);
    char *place = strdup(origin->place);

    if (grown != NULL)
        options->settings = grown;
    if (grown == NULL || copy == NULL || place == NULL) {
        free(copy);
        free(place);
        return error_set(error, STATUS_FATAL, "out of memory");
    }
    options->settings[options->count++] = (struct setting){spec, copy, origin->level, place};
    return STATUS_OK;
}

enum status settings_warn(struct options *options, const char *text, struct error *error)
{
    char **grown =
        realloc(options->warnings, (options->warning_count + 1) * sizeof(*options->warnings));
    char *copy = strdup(text);

    if (grown != NULL)
        options->warnings = grown;
    if (grown == NULL || copy == NULL) {
        free(copy);
        return error_set(error, STATUS_FATAL, "out of memory");
    }
    options->warnings[options->warning_count++] = copy;
    return STATUS_OK;
}

bool settings_is_value(const struct option_spec *spec, const char *value)
{
    return *value != '\0' || spec->value_name == NULL || strcmp(spec->name, "db") == 0;
}

enum status settings_add_property(struct options *options, const char *key, const char *value,
                                  const struct origin *origin, struct error *error)
{
    size_t size = strlen(key) + 1 + strlen(value) + 1;
    char *property = malloc(size);
    enum status status;

    if (property == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    snprintf(property, size, "%s=%s", key, value);
    status = settings_add(options, option_find(OPTION_KAFKA_PROPERTY), property, origin, error);
    free(property);
    return status;
}

enum status settings_add_flag(struct options *options, const struct option_spec *spec,
                              const char *value, const struct origin *origin, struct error *error)
{
    if (strcmp(value, "true") == 0 || strcmp(value, FLAG_OFF) == 0)
        return settings_add(options, spec, value, origin, error);
    return error_set(error, STATUS_REJECT, "%s is true or false, not \"%s\"", spec->name, value);
}

void settings_sort(struct options *options)
{
    for (size_t i = 1; i < options->count; i++) {
        struct setting moved = options->settings[i];
        size_t place = i;

        while (place > 0 && options->settings[place - 1].level > moved.level) {
            options->settings[place] = options->settings[place - 1];
            place--;
        }
        options->settings[place] = moved;
    }
}
