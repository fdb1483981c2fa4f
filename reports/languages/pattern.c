#include "reports/languages/pattern.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t"
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz_"
#define SELECTOR_CHARACTERS NAME_CHARACTERS "=0123456789"

/* How deep branches stand in each other; more can't be read by people. */
#define DEPTH_MAX 8

struct reader {
    const char *at;
    const struct message_spec *spec;
    FILE *out;
    struct pattern pattern;
    bool printed[MESSAGE_PARAMETERS_MAX]; /* where every choice falls to `other` */
    int special;                          /* branches around that are not `other` */
    int depth;                            /* branches around */
    struct error *error;
};

static enum status read_message(struct reader *reader);

static void skip_blanks(struct reader *reader)
{
    reader->at += strspn(reader->at, BLANKS);
}

static enum status refuse_end(struct reader *reader)
{
    return error_set(reader->error, STATUS_REJECT, "a { is never closed");
}

/* A word of the given characters, as long as they go on; *length is more than 0. */
static enum status read_word(struct reader *reader, const char *characters, const char **word,
                             size_t *length)
{
    skip_blanks(reader);
    *word = reader->at;
    *length = strspn(reader->at, characters);
    if (*length == 0)
        return error_set(reader->error, STATUS_REJECT, "a word is missing in front of \"%.20s\"",
                         reader->at);
    reader->at += *length;
    skip_blanks(reader);
    return STATUS_OK;
}

static bool is_word(const char *word, size_t length, const char *expected)
{
    return strlen(expected) == length && strncmp(word, expected, length) == 0;
}

static enum status print_parameter(struct reader *reader, int parameter)
{
    if (reader->spec->parameters[parameter].kind == PARAMETER_CHOICE)
        return error_set(reader->error, STATUS_REJECT, "{%s} is for select alone",
                         reader->spec->parameters[parameter].name);
    reader->printed[parameter] = reader->printed[parameter] || reader->special == 0;
    fprintf(reader->out, "{%d}", parameter);
    return STATUS_OK;
}

/* Number of the count of a parameter in ICU's pattern. */
static int number_of_count(struct reader *reader, int parameter)
{
    struct pattern *pattern = &reader->pattern;
    size_t i = 0;

    while (i < pattern->counts && pattern->count_of[i] != (size_t)parameter)
        i++;
    if (i == pattern->counts)
        pattern->count_of[pattern->counts++] = (size_t)parameter;
    return MESSAGE_PARAMETERS_MAX + (int)i;
}

static bool is_plural_word(const char *word, size_t length)
{
    static const char *const words[] = {"zero", "one", "two", "few", "many", "other"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (is_word(word, length, words[i]))
            return true;
    return length > 1 && *word == '=' && strspn(word + 1, "0123456789") == length - 1;
}

/* One `selector {message}`; *other is set when it is that. */
static enum status read_branch(struct reader *reader, bool plural, bool *other)
{
    const char *word = NULL;
    size_t length = 0;
    enum status status = read_word(reader, SELECTOR_CHARACTERS, &word, &length);

    if (status != STATUS_OK)
        return status;
    if (plural && !is_plural_word(word, length))
        return error_set(reader->error, STATUS_REJECT, "plural has no \"%.*s\"", (int)length, word);
    if (*reader->at != '{')
        return error_set(reader->error, STATUS_REJECT, "no { behind \"%.*s\"", (int)length, word);
    if (reader->depth == DEPTH_MAX)
        return error_set(reader->error, STATUS_REJECT, "branches stand too deep in each other");

    bool special = !is_word(word, length, "other");

    *other = *other || !special;
    fprintf(reader->out, " %.*s{", (int)length, word);
    reader->at++;
    reader->depth++;
    reader->special += special;
    status = read_message(reader);
    reader->special -= special;
    reader->depth--;
    if (status == STATUS_OK && *reader->at != '}')
        return refuse_end(reader);
    if (status != STATUS_OK)
        return status;
    reader->at++;
    fputc('}', reader->out);
    return STATUS_OK;
}

static enum status read_branches(struct reader *reader, const char *name, bool plural)
{
    bool other = false;
    enum status status = STATUS_OK;

    for (skip_blanks(reader); status == STATUS_OK && *reader->at != '}'; skip_blanks(reader)) {
        if (*reader->at == '\0')
            return refuse_end(reader);
        status = read_branch(reader, plural, &other);
    }
    if (status == STATUS_OK && !other)
        status = error_set(reader->error, STATUS_REJECT, "{%s, …} has no branch \"other\"", name);
    return status;
}

/* What stands behind `{name,`. */
static enum status read_choice(struct reader *reader, int parameter)
{
    const char *name = reader->spec->parameters[parameter].name;
    enum parameter_kind kind = reader->spec->parameters[parameter].kind;
    const char *type = NULL;
    size_t length = 0;
    enum status status = read_word(reader, NAME_CHARACTERS, &type, &length);

    if (status != STATUS_OK)
        return status;

    bool select = is_word(type, length, "select");

    if (!select && !is_word(type, length, "plural") && !is_word(type, length, "selectordinal"))
        return error_set(reader->error, STATUS_REJECT, "{%s, %.*s}: not plural or select", name,
                         (int)length, type);
    if (select && kind != PARAMETER_CHOICE)
        return error_set(reader->error, STATUS_REJECT, "{%s} is not for select", name);
    if (!select && kind != PARAMETER_NUMBER && kind != PARAMETER_QUANTITY)
        return error_set(reader->error, STATUS_REJECT, "{%s} is no number for plural", name);
    if (*reader->at != ',')
        return error_set(reader->error, STATUS_REJECT, "{%s, %.*s has no branches", name,
                         (int)length, type);
    reader->at++;
    fprintf(reader->out, "{%d,%.*s,", select ? parameter : number_of_count(reader, parameter),
            (int)length, type);
    status = read_branches(reader, name, !select);
    fputc('}', reader->out);
    return status;
}

/* From behind a `{` to behind its `}`. */
static enum status read_argument(struct reader *reader)
{
    const char *name = NULL;
    size_t length = 0;
    enum status status = read_word(reader, NAME_CHARACTERS, &name, &length);

    if (status != STATUS_OK)
        return status;

    int parameter = message_find_parameter(reader->spec, name, length);

    if (parameter < 0)
        return error_set(reader->error, STATUS_REJECT, "there is no {%.*s} here", (int)length,
                         name);
    if (*reader->at == '}') {
        status = print_parameter(reader, parameter);
    } else if (*reader->at == ',') {
        reader->at++;
        status = read_choice(reader, parameter);
    } else {
        status = *reader->at == '\0'
                     ? refuse_end(reader)
                     : error_set(reader->error, STATUS_REJECT, "\"%.20s\" behind {%.*s", reader->at,
                                 (int)length, name);
    }
    if (status == STATUS_OK)
        reader->at++;
    return status;
}

/* Up to the end, or to the `}` of the branch. */
static enum status read_message(struct reader *reader)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && *reader->at != '\0' && *reader->at != '}') {
        char here = *reader->at++;

        if (here == '{')
            status = read_argument(reader);
        else if (here == '#' && reader->depth > 0)
            status = error_set(reader->error, STATUS_REJECT,
                               "# in a branch would be rounded: write the {name}");
        else if (here == '\'' && strchr("'{}|#", *reader->at) != NULL && *reader->at != '\0')
            status = error_set(reader->error, STATUS_REJECT, "'%c would be a quote: write ’",
                               *reader->at);
        else
            fputc(here, reader->out);
    }
    return status;
}

static enum status check_printed(const struct reader *reader)
{
    for (int i = 0; i < MESSAGE_PARAMETERS_MAX; i++) {
        const struct message_parameter *parameter = &reader->spec->parameters[i];

        if (parameter->name == NULL)
            break;
        if ((parameter->kind == PARAMETER_TEXT || parameter->kind == PARAMETER_NUMBER) &&
            !reader->printed[i])
            return error_set(reader->error, STATUS_REJECT, "{%s} is missing", parameter->name);
    }
    return STATUS_OK;
}

enum status pattern_read(const char *text, const struct message_spec *spec, struct phrases *phrases,
                         struct pattern *out, struct error *error)
{
    char *numbered = NULL;
    size_t length = 0;
    struct reader reader = {.at = text, .spec = spec, .error = error};

    reader.out = open_memstream(&numbered, &length);
    if (reader.out == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");

    enum status status = read_message(&reader);
    bool written = !ferror(reader.out);

    if (status == STATUS_OK && *reader.at == '}')
        status = error_set(error, STATUS_REJECT, "a } closes nothing");
    if (status == STATUS_OK)
        status = check_printed(&reader);
    written = fclose(reader.out) == 0 && written;
    if (status == STATUS_OK && written)
        reader.pattern.text = phrases_copy(phrases, numbered, length);
    if (status == STATUS_OK && (!written || phrases->failed))
        status = error_set(error, STATUS_FATAL, "out of memory");
    if (status == STATUS_OK)
        *out = reader.pattern;
    free(numbered);
    return status;
}
