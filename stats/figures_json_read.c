/* The way back, in a file of its own: jansson's names and those of text/json_writer.h clash. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "stats/cells.h"
#include "stats/figures_json.h"
#include "stats/figures_layout.h"

/* What stands there: each access is to an object of its own type. */
#define MEMBER_AT(type, base, at) ((type *)(void *)((char *)(base) + (at)))

static enum status take_members(const json_t *object, const struct layout *layout, void *base,
                                struct error *error);

static enum status refuse(const struct member *member, const char *expected, struct error *error)
{
    return error_set(error, STATUS_REJECT, "stored figures: \"%s\" is not %s", member->key,
                     expected);
}

static enum status take_integer(const json_t *value, const struct member *member, int64_t least,
                                int64_t most, int64_t *out, struct error *error)
{
    if (value == NULL)
        *out = member->absent;
    else if (!json_is_integer(value) || json_integer_value(value) < least ||
             json_integer_value(value) > most)
        return refuse(member, "a number of its size", error);
    else
        *out = json_integer_value(value);
    return STATUS_OK;
}

static enum status take_bool(const json_t *value, const struct member *member, bool *out,
                             struct error *error)
{
    if (value != NULL && !json_is_boolean(value))
        return refuse(member, "true or false", error);
    *out = json_is_true(value);
    return STATUS_OK;
}

static enum status take_month(const json_t *value, const struct member *member, month_t *out,
                              struct error *error)
{
    *out = -1;
    if (value == NULL || json_is_null(value) ||
        (json_is_string(value) && month_parse(json_string_value(value), out)))
        return STATUS_OK;
    return refuse(member, "a month", error);
}

static enum status take_word(const json_t *value, const struct member *member, unsigned *out,
                             struct error *error)
{
    *out = 0;
    if (value == NULL)
        return STATUS_OK;
    for (size_t i = 0; i < member->fixed && json_is_string(value); i++) {
        if (strcmp(member->word((int)i), json_string_value(value)) != 0)
            continue;
        *out = (unsigned)i;
        return STATUS_OK;
    }
    return refuse(member, "a word that is known", error);
}

static enum status take_text(const json_t *value, const struct member *member, char **out,
                             struct error *error)
{
    if (member->kind == MEMBER_TEXT_OR_NULL && (value == NULL || json_is_null(value)))
        return STATUS_OK;
    if (!json_is_string(value))
        return refuse(member, "a text", error);
    *out = strdup(json_string_value(value));
    return *out == NULL ? stats_out_of_memory(error) : STATUS_OK;
}

static enum status take_plain(const json_t *value, const struct member *member, void *at,
                              struct error *error)
{
    int64_t number = 0;
    enum status status = STATUS_OK;

    switch (member->kind) {
    case MEMBER_BOOL:
        return take_bool(value, member, MEMBER_AT(bool, at, 0), error);
    case MEMBER_INT32:
        status = take_integer(value, member, INT32_MIN, INT32_MAX, &number, error);
        *MEMBER_AT(int32_t, at, 0) = (int32_t)number;
        return status;
    case MEMBER_INT64:
        return take_integer(value, member, INT64_MIN, INT64_MAX, MEMBER_AT(int64_t, at, 0), error);
    case MEMBER_SIZE:
        status = take_integer(value, member, 0, INT64_MAX, &number, error);
        *MEMBER_AT(size_t, at, 0) = (size_t)number;
        return status;
    case MEMBER_MONTH:
        return take_month(value, member, MEMBER_AT(month_t, at, 0), error);
    case MEMBER_WORD:
        return take_word(value, member, MEMBER_AT(unsigned, at, 0), error);
    default: /* MEMBER_TEXT, MEMBER_TEXT_OR_NULL */
        return take_text(value, member, MEMBER_AT(char *, at, 0), error);
    }
}

/* Into room for `fixed` numbers, or as many as there are in memory of their own. */
static enum status take_numbers(const json_t *value, const struct member *member, void *at,
                                struct error *error)
{
    size_t count = json_array_size(value);
    int64_t *numbers = at;
    enum status status = STATUS_OK;

    if (value == NULL || (member->kind == MEMBER_NUMBERS && json_is_null(value)))
        return STATUS_OK;
    if (!json_is_array(value) || (member->kind == MEMBER_ARRAY && count != member->fixed))
        return refuse(member, "as many numbers as there have to be", error);
    if (member->kind == MEMBER_NUMBERS) {
        numbers = calloc(count + 1, sizeof(*numbers));
        if (numbers == NULL)
            return stats_out_of_memory(error);
        *MEMBER_AT(int64_t *, at, 0) = numbers;
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = take_integer(json_array_get(value, i), member, INT64_MIN, INT64_MAX, &numbers[i],
                              error);
    return status;
}

static enum status take_texts(const json_t *value, const struct member *member, void *base,
                              struct error *error)
{
    const struct member each = {.key = member->key, .kind = MEMBER_TEXT};
    size_t *count = MEMBER_AT(size_t, base, member->count_offset);
    char **texts = calloc(json_array_size(value) + 1, sizeof(*texts));
    enum status status = STATUS_OK;

    if (texts == NULL)
        return stats_out_of_memory(error);
    *MEMBER_AT(char **, base, member->offset) = texts;
    if (value != NULL && !json_is_array(value))
        return refuse(member, "a list", error);
    while (*count < json_array_size(value) && status == STATUS_OK) {
        status = take_text(json_array_get(value, *count), &each, &texts[*count], error);
        *count += status == STATUS_OK;
    }
    return status;
}

/* Each of them is counted before it is read, so that it is freed with what it got. */
static enum status take_list(const json_t *value, const struct member *member, void *base,
                             struct error *error)
{
    size_t *count = MEMBER_AT(size_t, base, member->count_offset);
    char *first = calloc(json_array_size(value) + 1, member->layout->size);
    enum status status = STATUS_OK;

    if (first == NULL)
        return stats_out_of_memory(error);
    *MEMBER_AT(void *, base, member->offset) = first;
    if (value != NULL && !json_is_array(value))
        return refuse(member, "a list", error);
    while (*count < json_array_size(value) && status == STATUS_OK) {
        size_t i = (*count)++;

        status = take_members(json_array_get(value, i), member->layout,
                              first + i * member->layout->size, error);
    }
    return status;
}

/* Those that a text of another version doesn't have are "not known", each by itself. */
static enum status take_structs(const json_t *value, const struct member *member, void *at,
                                struct error *error)
{
    enum status status = STATUS_OK;

    if (value != NULL && !json_is_array(value))
        return refuse(member, "a list", error);
    for (size_t i = 0; i < member->fixed && status == STATUS_OK; i++)
        status = take_members(json_array_get(value, i), member->layout,
                              (char *)at + i * member->layout->size, error);
    return status;
}

static enum status take_pointer(const json_t *value, const struct member *member, void *at,
                                struct error *error)
{
    void *one;

    if (value == NULL || json_is_null(value))
        return STATUS_OK;
    one = calloc(1, member->layout->size);
    if (one == NULL)
        return stats_out_of_memory(error);
    *MEMBER_AT(void *, at, 0) = one;
    return take_members(value, member->layout, one, error);
}

static enum status take_member(const json_t *value, const struct member *member, void *base,
                               struct error *error)
{
    void *at = MEMBER_AT(char, base, member->offset);

    switch (member->kind) {
    case MEMBER_TEXTS:
        return take_texts(value, member, base, error);
    case MEMBER_NUMBERS:
    case MEMBER_ARRAY:
        return take_numbers(value, member, at, error);
    case MEMBER_STRUCT:
        return take_members(value, member->layout, at, error);
    case MEMBER_STRUCTS:
        return take_structs(value, member, at, error);
    case MEMBER_POINTER:
        return take_pointer(value, member, at, error);
    case MEMBER_LIST:
        return take_list(value, member, base, error);
    default:
        return take_plain(value, member, at, error);
    }
}

/* object NULL: everything is absent. */
static enum status take_members(const json_t *object, const struct layout *layout, void *base,
                                struct error *error)
{
    enum status status = STATUS_OK;

    if (object != NULL && !json_is_object(object))
        return error_set(error, STATUS_REJECT, "stored figures: \"%s\" stands in no object",
                         layout->members->key);
    for (const struct member *member = layout->members; member->key != NULL && status == STATUS_OK;
         member++)
        status = take_member(json_object_get(object, member->key), member, base, error);
    return status;
}

/* ---- whether it can be printed */

/* Lists of one number a month must have as many as the window has months. */
static bool numbers_fit(const json_t *root, size_t months)
{
    const json_t *dimensions = json_object_get(root, "dimensions");

    for (size_t i = 0; i < json_array_size(dimensions); i++) {
        const json_t *dimension = json_array_get(dimensions, i);
        const json_t *lines = json_object_get(dimension, "lines");
        const json_t *other = json_object_get(dimension, "other_months");

        if (json_is_array(other) && json_array_size(other) != months)
            return false;
        for (size_t at = 0; at < json_array_size(lines); at++) {
            const json_t *line = json_array_get(lines, at);
            const json_t *counts = json_object_get(line, "months");
            const json_t *actives = json_object_get(line, "actives");

            if ((json_is_array(counts) && json_array_size(counts) != months) ||
                (json_is_array(actives) && json_array_size(actives) != months))
                return false;
        }
    }
    return true;
}

static bool is_whole(const json_t *root, const struct figures *figures)
{
    if (figures->from < 0 || figures->to < figures->from ||
        figures->month_count != (size_t)(figures->to - figures->from) + 1 ||
        figures->dimension_count == 0 || figures->dimensions[0].dimension != DIMENSION_COUNTRY)
        return false;
    for (size_t i = 0; i < figures->month_count; i++)
        if (figures->months[i].month != figures->from + (month_t)i)
            return false;
    for (size_t i = 0; i < figures->dimension_count; i++)
        if (figures->dimensions[i].ranked > figures->dimensions[i].line_count)
            return false;
    return numbers_fit(root, figures->month_count);
}

static enum status take_figures(const json_t *root, struct figures *figures, struct error *error)
{
    const json_t *version = json_object_get(root, "figures");

    if (!json_is_integer(version))
        return error_set(error, STATUS_REJECT, "stored figures: they are of no version");
    if (json_integer_value(version) > FIGURES_JSON_VERSION)
        return error_set(error, STATUS_REJECT,
                         "stored figures: of version %lld, this program knows %d: use a newer "
                         "kansen",
                         (long long)json_integer_value(version), FIGURES_JSON_VERSION);

    enum status status = take_members(root, &figures_layout, figures, error);

    if (status == STATUS_OK && !is_whole(root, figures))
        status = error_set(error, STATUS_REJECT,
                           "stored figures: the window's months are not "
                           "those of its figures");
    return status;
}

enum status figures_from_json(const char *text, struct figures **out, struct error *error)
{
    json_error_t why = {.line = 0};
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &why);
    struct figures *figures = calloc(1, sizeof(*figures));
    enum status status;

    if (figures == NULL || (root == NULL && json_error_code(&why) == json_error_out_of_memory))
        status = stats_out_of_memory(error);
    else if (!json_is_object(root))
        status = error_set(error, STATUS_REJECT, "stored figures: no JSON object: line %d: %s",
                           why.line, why.text);
    else
        status = take_figures(root, figures, error);
    json_decref(root);
    if (status == STATUS_OK)
        *out = figures;
    else
        figures_free(figures);
    return status;
}
