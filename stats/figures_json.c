#include "stats/figures_json.h"

#include <stdlib.h>

#include "stats/cells.h"
#include "stats/figures_layout.h"
#include "text/json_writer.h"

/* What stands there: each access is to an object of its own type. */
#define CONST_AT(type, base, at) ((type const *)(const void *)((const char *)(base) + (at)))

struct writing {
    struct json_writer json;
    size_t months; /* of the window: the length of MEMBER_NUMBERS */
};

static void put_members(struct writing *writing, const struct layout *layout, const void *base);

static void put_structs(struct writing *writing, const struct member *member, const void *first,
                        size_t count)
{
    json_writer_array(&writing->json, member->key, JSON_LINES);
    for (size_t i = 0; i < count; i++) {
        json_writer_object(&writing->json, NULL, JSON_COMPACT);
        put_members(writing, member->layout, (const char *)first + i * member->layout->size);
        json_writer_end(&writing->json);
    }
    json_writer_end(&writing->json);
}

static void put_struct(struct writing *writing, const struct member *member, const void *one)
{
    if (one == NULL) {
        json_writer_text(&writing->json, member->key, NULL);
        return;
    }
    json_writer_object(&writing->json, member->key, JSON_COMPACT);
    put_members(writing, member->layout, one);
    json_writer_end(&writing->json);
}

static void put_numbers(struct writing *writing, const struct member *member,
                        const int64_t *numbers, size_t count)
{
    if (numbers == NULL) {
        json_writer_text(&writing->json, member->key, NULL);
        return;
    }
    json_writer_array(&writing->json, member->key, JSON_COMPACT);
    for (size_t i = 0; i < count; i++)
        json_writer_integer(&writing->json, NULL, numbers[i]);
    json_writer_end(&writing->json);
}

static void put_texts(struct writing *writing, const struct member *member, char *const *texts,
                      size_t count)
{
    json_writer_array(&writing->json, member->key, JSON_COMPACT);
    for (size_t i = 0; i < count; i++)
        json_writer_text(&writing->json, NULL, texts[i]);
    json_writer_end(&writing->json);
}

static void put_month(struct writing *writing, const char *key, month_t month)
{
    char text[MONTH_TEXT_SIZE];

    json_writer_text(&writing->json, key, month < 0 ? NULL : month_format(month, text));
}

/* Those that hold one value. */
static void put_plain(struct writing *writing, const struct member *member, const void *at)
{
    struct json_writer *json = &writing->json;

    switch (member->kind) {
    case MEMBER_BOOL:
        json_writer_bool(json, member->key, *CONST_AT(bool, at, 0));
        break;
    case MEMBER_INT32:
        json_writer_integer(json, member->key, *CONST_AT(int32_t, at, 0));
        break;
    case MEMBER_INT64:
        json_writer_integer(json, member->key, *CONST_AT(int64_t, at, 0));
        break;
    case MEMBER_SIZE:
        json_writer_unsigned(json, member->key, *CONST_AT(size_t, at, 0));
        break;
    case MEMBER_MONTH:
        put_month(writing, member->key, *CONST_AT(month_t, at, 0));
        break;
    case MEMBER_WORD:
        json_writer_text(json, member->key, member->word((int)*CONST_AT(unsigned, at, 0)));
        break;
    default: /* MEMBER_TEXT, MEMBER_TEXT_OR_NULL */
        json_writer_text(json, member->key, *CONST_AT(char *, at, 0));
        break;
    }
}

static void put_member(struct writing *writing, const struct member *member, const void *base)
{
    const void *at = CONST_AT(char, base, member->offset);

    switch (member->kind) {
    case MEMBER_TEXTS:
        put_texts(writing, member, *CONST_AT(char **, at, 0),
                  *CONST_AT(size_t, base, member->count_offset));
        break;
    case MEMBER_NUMBERS:
        put_numbers(writing, member, *CONST_AT(int64_t *, at, 0), writing->months);
        break;
    case MEMBER_ARRAY:
        put_numbers(writing, member, at, member->fixed);
        break;
    case MEMBER_STRUCT:
        put_struct(writing, member, at);
        break;
    case MEMBER_POINTER:
        put_struct(writing, member, *CONST_AT(void *, at, 0));
        break;
    case MEMBER_STRUCTS:
        put_structs(writing, member, at, member->fixed);
        break;
    case MEMBER_LIST:
        put_structs(writing, member, *CONST_AT(void *, at, 0),
                    *CONST_AT(size_t, base, member->count_offset));
        break;
    default:
        put_plain(writing, member, at);
        break;
    }
}

static void put_members(struct writing *writing, const struct layout *layout, const void *base)
{
    for (const struct member *member = layout->members; member->key != NULL; member++)
        put_member(writing, member, base);
}

enum status figures_to_json(const struct figures *figures, char **out, struct error *error)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    struct writing writing = {.months = figures->month_count};

    if (stream == NULL)
        return stats_out_of_memory(error);
    json_writer_init(&writing.json, stream);
    json_writer_object(&writing.json, NULL, JSON_LINES);
    json_writer_integer(&writing.json, "figures", FIGURES_JSON_VERSION);
    put_members(&writing, &figures_layout, figures);
    json_writer_end(&writing.json);
    fputc('\n', stream);

    bool failed = ferror(stream) != 0;

    if (fclose(stream) != 0 || failed) {
        free(text);
        return stats_out_of_memory(error);
    }
    *out = text;
    return STATUS_OK;
}
