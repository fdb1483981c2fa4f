#include "config/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/command_line.h"
#include "config/config_file.h"
#include "config/environment.h"
#include "config/settings.h"

/* The file comes last, since the others say which one; sorting puts it in its place. */
static enum status read_surroundings(struct options *options, struct error *error)
{
    enum status status = environment_read(options, error);

    settings_sort(options);
    if (status == STATUS_OK && options_value(options, "config") != NULL)
        status = config_file_read(options, options_value(options, "config"), error);
    settings_sort(options);
    return status;
}

enum status options_parse(const struct options_scope *scope, int argc, char **argv,
                          struct options **out, struct error *error)
{
    struct options *options = calloc(1, sizeof(*options));
    enum status status;

    if (options == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    options->scope = *scope;
    options->argc = argc;
    options->argv = argv;
    status = command_line_read(options, scope, argc, argv, error);
    /* Whoever asks for help may have settings that are wrong. */
    if (status == STATUS_OK && !options_flag(options, "help") && scope->names[0] != NULL)
        status = read_surroundings(options, error);
    if (status == STATUS_OK)
        *out = options;
    else
        options_free(options);
    return status;
}

enum status options_reread(const struct options *options, struct options **out, struct error *error)
{
    return options_parse(&options->scope, options->argc, options->argv, out, error);
}

void options_free(struct options *options)
{
    if (options == NULL)
        return;
    for (size_t i = 0; i < options->count; i++) {
        free(options->settings[i].value);
        free(options->settings[i].place);
    }
    for (size_t i = 0; i < options->warning_count; i++)
        free(options->warnings[i]);
    free(options->warnings);
    free(options->settings);
    free(options->arguments);
    free(options);
}

static const struct setting *last_setting(const struct options *options, const char *name)
{
    for (size_t i = options->count; i-- > 0;)
        if (strcmp(options->settings[i].spec->name, name) == 0)
            return &options->settings[i];
    return NULL;
}

bool options_flag(const struct options *options, const char *name)
{
    const struct setting *setting = last_setting(options, name);

    return setting != NULL && strcmp(setting->value, FLAG_OFF) != 0;
}

const char *options_value(const struct options *options, const char *name)
{
    const struct setting *setting = last_setting(options, name);

    return setting == NULL ? NULL : setting->value;
}

bool options_on_command_line(const struct options *options, const char *name)
{
    const struct setting *setting = last_setting(options, name);

    return setting != NULL && setting->level == LEVEL_FLAG;
}

const char *options_warning(const struct options *options, size_t index)
{
    return index < options->warning_count ? options->warnings[index] : NULL;
}

enum status options_number(const struct options *options, const char *name, int64_t minimum,
                           int64_t maximum, int64_t *out, struct error *error)
{
    const char *text = options_value(options, name);
    char *end;
    long long number;

    if (text == NULL)
        return STATUS_OK;
    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno != 0 || *text == '\0' || *end != '\0' || isspace((unsigned char)*text) ||
        number < minimum || number > maximum)
        return error_set(error, STATUS_REJECT,
                         "--%s is a whole number from %lld to %lld, not \"%s\"", name,
                         (long long)minimum, (long long)maximum, text);
    *out = number;
    return STATUS_OK;
}

/* librdkafka's properties add up over file, environment and flags; of any other option that
 * repeats, the values of the highest level replace those below. */
static bool counts(const struct options *options, const struct setting *setting, const char *name)
{
    if (strcmp(setting->spec->name, name) != 0)
        return false;
    return strcmp(name, OPTION_KAFKA_PROPERTY) == 0 ||
           setting->level == last_setting(options, name)->level;
}

size_t options_count(const struct options *options, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < options->count; i++)
        count += counts(options, &options->settings[i], name);
    return count;
}

const char *options_item(const struct options *options, const char *name, size_t index)
{
    for (size_t i = 0; i < options->count; i++)
        if (counts(options, &options->settings[i], name) && index-- == 0)
            return options->settings[i].value;
    return NULL;
}

bool options_agree(const struct options *one, const struct options *other, const char *name)
{
    size_t count = options_count(one, name);

    if (count != options_count(other, name))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(options_item(one, name, i), options_item(other, name, i)) != 0)
            return false;
    return true;
}

size_t options_arguments(const struct options *options)
{
    return options->argument_count;
}

const char *options_argument(const struct options *options, size_t index)
{
    return index < options->argument_count ? options->arguments[index] : NULL;
}

static bool is_named(const char *const *names, const char *name)
{
    for (; *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* What stays when values are recalled. */
static enum status keep_settings(const struct options *options, const char *const *names,
                                 struct options *out, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < options->count && status == STATUS_OK; i++) {
        const struct setting *setting = &options->settings[i];
        const struct origin origin = {setting->level, setting->place};

        if (setting->level == LEVEL_FLAG || !is_named(names, setting->spec->name))
            status = settings_add(out, setting->spec, setting->value, &origin, error);
    }
    return status;
}

enum status options_recall(const struct options *options, const char *const *names,
                           const struct option_value *values, size_t count, struct options **out,
                           struct error *error)
{
    static const struct origin recalled = {LEVEL_ENVIRONMENT, "the edition before"};
    struct options *copy = calloc(1, sizeof(*copy));
    enum status status;

    if (copy == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    status = keep_settings(options, names, copy, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        if (is_named(names, values[i].name) && option_find(values[i].name) != NULL)
            status =
                settings_add(copy, option_find(values[i].name), values[i].value, &recalled, error);
    settings_sort(copy);
    copy->arguments = calloc(options->argument_count + 1, sizeof(*copy->arguments));
    if (status == STATUS_OK && copy->arguments == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; status == STATUS_OK && i < options->argument_count; i++)
        copy->arguments[copy->argument_count++] = options->arguments[i];
    if (status == STATUS_OK)
        *out = copy;
    else
        options_free(copy);
    return status;
}
