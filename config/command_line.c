#include "config/command_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/secrets.h"
#include "text/nearest.h"

#define LONG_NAME_MAX 64

/* What is still to be read, and what has been. */
struct reader {
    struct options *options;
    const struct options_scope *scope;
    int argc;
    char **argv;
    int next;
};

static enum status add_value(struct reader *reader, const struct option_spec *spec,
                             const char *value, struct error *error)
{
    char place[LONG_NAME_MAX + 2];
    const struct origin origin = {LEVEL_FLAG, place};
    enum status status;

    snprintf(place, sizeof(place), "--%s", spec->name);
    /* Often a variable of a script that is not set: what counts unless given could be wrong. */
    if (!settings_is_value(spec, value))
        return error_set(error, STATUS_REJECT, "option --%s needs a value, %s; it is empty",
                         spec->name, spec->value_name);
    if (strcmp(spec->name, OPTION_KAFKA_PROPERTY) == 0 && strchr(value, '=') == NULL)
        return error_set(error, STATUS_REJECT, "-X %s: expected KEY=VALUE", value);
    status = secrets_check_flag(spec->name, value, error);
    return status != STATUS_OK ? status
                               : settings_add(reader->options, spec, value, &origin, error);
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

/* Names all options of the command, for whoever is far from each. */
static void list_names(const struct reader *reader, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "; %s has", reader->scope->command);
    bool first = true;

    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++) {
        if (used >= size || !option_is_taken(reader->scope->names, spec->name))
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s --%s", first ? "" : ",", spec->name);
        first = false;
    }
}

/* An option that others have, `shown` as it was typed. */
static enum status refuse_foreign(const struct reader *reader, const struct option_spec *spec,
                                  const char *shown, struct error *error)
{
    char owners[512] = "";

    reader->scope->owners(spec->name, owners, sizeof(owners));
    return error_set(error, STATUS_REJECT, "%s has no %s; %s", reader->scope->command, shown,
                     *owners == '\0' ? "nothing has" : owners);
}

static void ask(const struct reader *reader, const char *name, char *text, size_t size)
{
    struct nearest nearest;

    nearest_start(&nearest, name);
    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
        if (option_is_taken(reader->scope->names, spec->name))
            nearest_offer(&nearest, spec->name);
    if (nearest.count > 0)
        nearest_question(&nearest, "--", text, size);
    else
        list_names(reader, text, size);
}

/* The value that may stand behind the name is not repeated: it could be a secret. */
static enum status refuse_name(const struct reader *reader, const char *name, struct error *error)
{
    const struct option_spec *spec = option_find(name);
    char shown[LONG_NAME_MAX + 2];
    char question[ERROR_MESSAGE_SIZE - 2 * LONG_NAME_MAX];

    snprintf(shown, sizeof(shown), "--%s", name);
    if (spec != NULL)
        return refuse_foreign(reader, spec, shown, error);
    ask(reader, name, question, sizeof(question));
    return error_set(error, STATUS_REJECT, "unknown option %s%s", shown, question);
}

/* Perhaps a long name with one dash only. */
static enum status refuse_letter(const struct reader *reader, const char *word, char letter,
                                 struct error *error)
{
    char name[LONG_NAME_MAX];
    char shown[LONG_NAME_MAX + 8];
    char question[ERROR_MESSAGE_SIZE / 2];

    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++) {
        snprintf(shown, sizeof(shown), "-%c (--%s)", letter, spec->name);
        if (spec->letter == letter)
            return refuse_foreign(reader, spec, shown, error);
    }
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 1, "="), word + 1);
    ask(reader, name, question, sizeof(question));
    return error_set(error, STATUS_REJECT, "unknown option -%c%s", letter, question);
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
    if (length < sizeof(name) && option_is_taken(reader->scope->names, name))
        spec = option_find(name);
    if (spec == NULL)
        return refuse_name(reader, name, error);
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
        if (spec->letter == letter && option_is_taken(reader->scope->names, spec->name))
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
            return refuse_letter(reader, word, *letter, error);
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

enum status command_line_read(struct options *options, const struct options_scope *scope, int argc,
                              char **argv, struct error *error)
{
    struct reader reader = {options, scope, argc, argv, 0};
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
