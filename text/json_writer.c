#include "text/json_writer.h"

#include <inttypes.h>

#include "text/escape.h"

/* Blanks of a level. */
#define INDENT 2

void json_writer_init(struct json_writer *writer, FILE *out)
{
    *writer = (struct json_writer){.out = out};
}

/* As deep as there are levels of lines. */
static void break_line(const struct json_writer *writer)
{
    int blanks = 0;

    for (size_t i = 0; i < writer->depth; i++)
        if (writer->levels[i].layout == JSON_LINES)
            blanks += INDENT;
    fprintf(writer->out, "\n%*s", blanks, "");
}

/* What stands in front of a value. */
static void put_key(struct json_writer *writer, const char *key)
{
    struct json_level *level;

    if (writer->depth == 0)
        return;
    level = &writer->levels[writer->depth - 1];
    if (!level->empty)
        fputs(level->layout == JSON_ONE_LINE ? ", " : ",", writer->out);
    level->empty = false;
    if (level->layout == JSON_LINES)
        break_line(writer);
    if (key == NULL)
        return;
    escape_json(writer->out, key);
    fputs(level->layout == JSON_COMPACT ? ":" : ": ", writer->out);
}

static void open_level(struct json_writer *writer, const char *key, enum json_layout layout,
                       const char brackets[2])
{
    put_key(writer, key);
    fputc(brackets[0], writer->out);
    writer->levels[writer->depth++] =
        (struct json_level){.layout = layout, .end = brackets[1], .empty = true};
}

void json_writer_object(struct json_writer *writer, const char *key, enum json_layout layout)
{
    open_level(writer, key, layout, "{}");
}

void json_writer_array(struct json_writer *writer, const char *key, enum json_layout layout)
{
    open_level(writer, key, layout, "[]");
}

void json_writer_end(struct json_writer *writer)
{
    const struct json_level *level = &writer->levels[--writer->depth];

    if (level->layout == JSON_LINES && (!level->empty || writer->depth == 0))
        break_line(writer);
    fputc(level->end, writer->out);
}

void json_writer_text(struct json_writer *writer, const char *key, const char *text)
{
    if (text == NULL) {
        json_writer_number(writer, key, NULL);
        return;
    }
    put_key(writer, key);
    escape_json(writer->out, text);
}

void json_writer_integer(struct json_writer *writer, const char *key, int64_t value)
{
    put_key(writer, key);
    fprintf(writer->out, "%" PRId64, value);
}

void json_writer_unsigned(struct json_writer *writer, const char *key, uint64_t value)
{
    put_key(writer, key);
    fprintf(writer->out, "%" PRIu64, value);
}

void json_writer_bool(struct json_writer *writer, const char *key, bool value)
{
    json_writer_number(writer, key, value ? "true" : "false");
}

void json_writer_number(struct json_writer *writer, const char *key, const char *number)
{
    put_key(writer, key);
    fputs(number == NULL ? "null" : number, writer->out);
}
