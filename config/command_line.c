#include "config/command_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/secrets.h"

#define LONG_NAME_MAX 64

/* What is still to be read, and what has been. */
struct reader {
    struct options *options;
    const char *const *names; /* what the command takes */
    int argc;
    char **argv;
    int next;
};

static enum status add_value(struct reader *reader, const struct option_spec *spec,
                             const char *value, struct error *error)
{
    enum status status;

    if (strcmp(spec->name, OPTION_KAFKA_PROPERTY) == 0 && strchr(value, '=') == NULL)
        return error_set(error, STATUS_REJECT, "-X %s: expected KEY=VALUE", value);
    status = secrets_check_flag(spec->name, value, error);
    return status != STATUS_OK ? status
                               : settings_add(reader->options, spec, value, LEVEL_FLAG, error);
}

/* The next word is the value of `option`, whatever it starts with. */
static enum status add_next_word(struct reader *reader, const struct option_spec *spec,
                                 const char *option, struct error *error)
{
    if (reader->next == reader->argc)
        return error_set(error, STATUS_REJECT, "option %s needs a value, %s", option,
                         spec->value_name);
    return add_value(reader, spec, reader->argv[reader->next++], error);
}

/* Names are whole: an abbreviation would mean something else, or nothing, once an option is added.
 */
static enum status read_long(struct reader *reader, const char *word, struct error *error)
{
    size_t length = strcspn(word + 2, "=");
    const char *value = word[2 + length] == '=' ? word + 2 + length + 1 : NULL;
    char name[LONG_NAME_MAX];
    const struct option_spec *spec = NULL;

    snprintf(name, sizeof(name), "%.*s", (int)length, word + 2);
    if (length < sizeof(name) && option_is_taken(reader->names, name))
        spec = option_find(name);
    if (spec == NULL)
        return error_set(error, STATUS_REJECT, "unknown option --%.*s", (int)length, word + 2);
    if (spec->value_name == NULL && value != NULL)
        return error_set(error, STATUS_REJECT, "option --%s takes no value", name);
    if (spec->value_name == NULL)
        return add_value(reader, spec, "", error);
    return value != NULL ? add_value(reader, spec, value, error)
                         : add_next_word(reader, spec, word, error);
}

static const struct option_spec *find_letter(const struct reader *reader, char letter)
{
    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
        if (spec->letter == letter && option_is_taken(reader->names, spec->name))
            return spec;
    return NULL;
}

static enum status read_letters(struct reader *reader, const char *word, struct error *error)
{
    enum status status = STATUS_OK;

    for (const char *letter = word + 1; *letter != '\0' && status == STATUS_OK; letter++) {
        const struct option_spec *spec = find_letter(reader, *letter);
        char option[] = {'-', *letter, '\0'};

        if (spec == NULL)
            return error_set(error, STATUS_REJECT, "unknown option -%c", *letter);
        if (spec->value_name != NULL)
            return letter[1] != '\0' ? add_value(reader, spec, letter + 1, error)
                                     : add_next_word(reader, spec, option, error);
        status = add_value(reader, spec, "", error);
    }
    return status;
}

/* A lone - is an argument: standard input. */
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

enum status command_line_read(struct options *options, const char *const *names, int argc,
                              char **argv, struct error *error)
{
    struct reader reader = {options, names, argc, argv, 0};
    bool only_arguments = false;
    enum status status = STATUS_OK;

    options->arguments = calloc((size_t)argc + 1, sizeof(char *));
    if (options->arguments == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    while (reader.next < argc && status == STATUS_OK) {
        char *word = argv[reader.next++];

        if (only_arguments || !is_option(word))
            options->arguments[options->argument_count++] = word;
        else if (strcmp(word, "--") == 0)
            only_arguments = true;
        else if (word[1] == '-')
            status = read_long(&reader, word, error);
        else
            status = read_letters(&reader, word, error);
    }
    return status;
}
