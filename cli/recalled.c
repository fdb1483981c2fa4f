#include "cli/recalled.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/option_notes.h"

/* Of `publish`: where things are, and whether an edition is made at all. The template itself is
 * kept, and not its folder (editions/kept_template). */
static const char *const left_out[] = {"db",     "from",  "to",          "months",  "force",
                                       "output", "due",   "provisional", "restate", "template",
                                       "settle", "every", NULL};

/* Options of a command, and its terminator. */
#define NAMES_MAX 64

static bool is_left_out(const char *name)
{
    for (const char *const *one = left_out; *one != NULL; one++)
        if (strcmp(*one, name) == 0)
            return true;
    return false;
}

static void list_names(const char *names[NAMES_MAX])
{
    size_t count = 0;

    for (const char *const *name = command_publish.options; *name != NULL; name++)
        if (!is_left_out(*name) && count + 1 < NAMES_MAX)
            names[count++] = *name;
    names[count] = NULL;
}

/* ---- there */

static const char *value_of(const struct options *options, const char *name, size_t index)
{
    if (option_find(name)->value_name == NULL)
        return index == 0 && options_flag(options, name) ? "true" : NULL;
    if (!option_find(name)->repeats)
        return index == 0 ? options_value(options, name) : NULL;
    return options_item(options, name, index);
}

char *recalled_write(const struct options *options)
{
    const char *names[NAMES_MAX];
    const char *value;
    json_t *object = json_object();
    char *text = NULL;
    bool failed = object == NULL;

    list_names(names);
    for (const char *const *name = names; *name != NULL && !failed; name++) {
        json_t *values = json_array();

        for (size_t i = 0; (value = value_of(options, *name, i)) != NULL && !failed; i++)
            failed = json_array_append_new(values, json_string(value)) != 0;
        if (json_array_size(values) == 0)
            json_decref(values);
        else
            failed |= json_object_set_new(object, *name, values) != 0;
    }
    if (!failed)
        text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return text;
}

/* ---- back */

static size_t count_values(json_t *object)
{
    size_t count = 0;
    const char *name;
    json_t *values;

    json_object_foreach(object, name, values) count += json_array_size(values);
    return count;
}

int recalled_read(const struct options *options, const char *json, struct options **out,
                  struct error *error)
{
    const char *names[NAMES_MAX];
    json_t *object = json_loads(json, 0, NULL);
    struct option_value *list = calloc(count_values(object) + 1, sizeof(*list));
    size_t count = 0;
    const char *name;
    json_t *values;
    enum status status = STATUS_FATAL;

    list_names(names);
    if (object == NULL || list == NULL) {
        error_set(error, STATUS_FATAL, "the options of the edition before can't be read");
    } else {
        json_object_foreach(object, name,
                            values) for (size_t i = 0; i < json_array_size(values);
                                         i++) if (json_is_string(json_array_get(values, i)))
            list[count++] =
                (struct option_value){name, json_string_value(json_array_get(values, i))};
        status = options_recall(options, names, list, count, out, error);
    }
    free(list);
    json_decref(object);
    return status == STATUS_OK ? EX_OK : EX_SOFTWARE;
}

char *recalled_say(const char *json)
{
    json_t *object = json_loads(json, 0, NULL);
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    const char *name;
    json_t *values;

    if (out == NULL) {
        json_decref(object);
        return NULL;
    }
    json_object_foreach(object, name, values)
    {
        fprintf(out, "%s%s=", ftell(out) == 0 ? "" : " ", name);
        for (size_t i = 0; i < json_array_size(values); i++)
            fprintf(out, "%s%s", i == 0 ? "" : ",", json_string_value(json_array_get(values, i)));
    }
    json_decref(object);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* ---- what is meant */

/* One of several words, each with commas between. */
static bool has_word(const json_t *values, const char *word)
{
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *text = json_string_value(json_array_get(values, i));

        while (text != NULL && *text != '\0') {
            size_t length = strcspn(text, ",");

            if (length == strlen(word) && strncmp(text, word, length) == 0)
                return true;
            text += length + (text[length] == ',');
        }
    }
    return false;
}

/* Is it among what is asked for? Unless the option is given, that is one word, or all, or none. */
static bool means_word(const json_t *values, const char *name, const char *word)
{
    const char *unless_given = option_unless_given(command_publish.name, name);

    if (json_array_size(values) > 0)
        return has_word(values, word);
    return unless_given != NULL &&
           (strcmp(unless_given, "all") == 0 || strcmp(unless_given, word) == 0);
}

static bool same_words(const json_t *one, const json_t *two, const char *name)
{
    const char *word;

    for (size_t i = 0; (word = option_word_at(command_publish.name, name, i)) != NULL; i++)
        if (means_word(one, name, word) != means_word(two, name, word))
            return false;
    return true;
}

/* Of an option that doesn't repeat; "" for a flag that is not given. */
static const char *meant_value(const json_t *values, const char *name)
{
    const char *value = json_string_value(json_array_get(values, 0));
    const char *unless_given = option_unless_given(command_publish.name, name);

    if (value != NULL)
        return value;
    return unless_given == NULL ? "" : unless_given;
}

/* "010" is 10. */
static bool same_value(const char *one, const char *two)
{
    char *one_end;
    char *two_end;
    long long first = strtoll(one, &one_end, 10);
    long long second = strtoll(two, &two_end, 10);

    if (one_end == one || two_end == two || *one_end != '\0' || *two_end != '\0')
        return strcmp(one, two) == 0;
    return first == second;
}

static bool same_option(const json_t *one, const json_t *two, const char *name)
{
    const json_t *first = json_object_get(one, name);
    const json_t *second = json_object_get(two, name);

    if (option_word_at(command_publish.name, name, 0) != NULL)
        return same_words(first, second, name);
    return same_value(meant_value(first, name), meant_value(second, name));
}

/* A mark in CSV means nothing where there is no CSV. */
static bool marks_csv(const json_t *object)
{
    return json_array_size(json_object_get(object, "bom")) > 0 &&
           means_word(json_object_get(object, "format"), "format", "csv");
}

bool recalled_same(const char *json, const char *other)
{
    const char *names[NAMES_MAX];
    json_t *one = json_loads(json, 0, NULL);
    json_t *two = json_loads(other, 0, NULL);
    bool same = one != NULL && two != NULL;

    list_names(names);
    for (const char *const *name = names; *name != NULL && same; name++)
        same = strcmp(*name, "bom") == 0 ? marks_csv(one) == marks_csv(two)
                                         : same_option(one, two, *name);
    json_decref(one);
    json_decref(two);
    return same;
}

bool recalled_flag(const char *json, const char *name)
{
    json_t *object = json_loads(json, 0, NULL);
    const char *value = json_string_value(json_array_get(json_object_get(object, name), 0));
    bool given = value != NULL && strcmp(value, "true") == 0;

    json_decref(object);
    return given;
}
