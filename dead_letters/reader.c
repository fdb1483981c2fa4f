#include "dead_letters/reader.h"

#include <stdlib.h>
#include <string.h>

#include "text/hex.h"

/* Columns of the queries, in order. */
enum column {
    COLUMN_ID,
    COLUMN_SOURCE,
    COLUMN_TOPIC,
    COLUMN_PARTITION,
    COLUMN_OFFSET,
    COLUMN_ELEMENT,
    COLUMN_REASON,
    COLUMN_DETAIL,
    COLUMN_REJECTED,
    COLUMN_REPLAYED,
    COLUMN_ARRIVED_US,
    COLUMN_KEY,
    COLUMN_VALUE,
    COLUMN_HEADERS, /* items in hexadecimal, separated by blanks; null is "-" */
    COLUMN_HEARTBEAT,
};

#define NULL_ITEM '-'

void dead_letter_reader_clear(struct dead_letter_reader *reader)
{
    db_result_free(reader->rows);
    free(reader->bytes);
    free(reader->headers);
    memset(reader, 0, sizeof(*reader));
}

enum status dead_letter_reader_read(struct dead_letter_reader *reader, struct db *db,
                                    const char *sql, int count, const char *const *parameters,
                                    struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql, count, parameters, &rows, error);

    if (status != STATUS_OK)
        return status;
    db_result_free(reader->rows);
    reader->rows = rows;
    return STATUS_OK;
}

int dead_letter_reader_count(const struct dead_letter_reader *reader)
{
    return reader->rows == NULL ? 0 : db_rows(reader->rows);
}

static size_t length_of(const char *text)
{
    return text == NULL ? 0 : strlen(text);
}

/* Headers of a dead letter: half as many as items, of which there is one more than blanks. */
static size_t count_headers(const char *hex)
{
    size_t items = 1;

    if (hex == NULL)
        return 0;
    for (; *hex != '\0'; hex++)
        items += *hex == ' ';
    return items / 2;
}

static bool make_room(struct dead_letter_reader *reader, size_t bytes, size_t headers)
{
    if (bytes > reader->bytes_size) {
        char *grown = realloc(reader->bytes, bytes);

        if (grown == NULL)
            return false;
        reader->bytes = grown;
        reader->bytes_size = bytes;
    }
    if (headers > reader->headers_size) {
        struct dead_letter_header *grown = realloc(reader->headers, headers * sizeof(*grown));

        if (grown == NULL)
            return false;
        reader->headers = grown;
        reader->headers_size = headers;
    }
    return true;
}

/* Bytes of `digits` hexadecimal digits, put at *end of the memory, which moves behind them. */
static struct slice unhex(const char *hex, size_t digits, char **end)
{
    struct slice bytes = {*end, digits / 2};

    /* PostgreSQL's own encode() wrote the digits. */
    (void)hex_decode(hex, (uint8_t *)*end, bytes.length);
    *end += bytes.length;
    return bytes;
}

static struct slice column_bytes(const char *hex, char **end)
{
    return hex == NULL ? (struct slice){NULL, 0} : unhex(hex, strlen(hex), end);
}

static struct slice next_item(const char **hex, char **end)
{
    const char *item = *hex;
    size_t digits = strcspn(item, " ");

    *hex = item[digits] == ' ' ? item + digits + 1 : item + digits;
    return *item == NULL_ITEM ? (struct slice){NULL, 0} : unhex(item, digits, end);
}

enum status dead_letter_reader_get(struct dead_letter_reader *reader, int row,
                                   struct dead_letter *out, struct error *error)
{
    const struct db_result *rows = reader->rows;
    const char *key = db_text(rows, row, COLUMN_KEY);
    const char *value = db_text(rows, row, COLUMN_VALUE);
    const char *items = db_text(rows, row, COLUMN_HEADERS);
    size_t header_count = count_headers(items);
    /* One byte more, so that empty bytes are not null. */
    size_t needed = (length_of(key) + length_of(value) + length_of(items)) / 2 + 1;
    char *end;

    if (!make_room(reader, needed, header_count))
        return error_set(error, STATUS_FATAL, "out of memory");
    end = reader->bytes;
    *out = (struct dead_letter){
        .id = db_int64(rows, row, COLUMN_ID),
        .source = db_text(rows, row, COLUMN_SOURCE),
        .topic = db_text(rows, row, COLUMN_TOPIC),
        .partition = (int32_t)db_int64(rows, row, COLUMN_PARTITION),
        .offset = db_int64(rows, row, COLUMN_OFFSET),
        .element = (uint32_t)db_int64(rows, row, COLUMN_ELEMENT),
        .reason = db_text(rows, row, COLUMN_REASON),
        .detail = db_text(rows, row, COLUMN_DETAIL),
        .rejected = db_text(rows, row, COLUMN_REJECTED),
        .replayed = db_text(rows, row, COLUMN_REPLAYED),
        .arrived_us = db_int64(rows, row, COLUMN_ARRIVED_US),
        .kind = db_bool(rows, row, COLUMN_HEARTBEAT) ? EVENT_HEARTBEAT : EVENT_DETECTION,
        .headers = reader->headers,
        .header_count = header_count,
    };
    out->key = column_bytes(key, &end);
    out->value = column_bytes(value, &end);
    for (size_t i = 0; i < header_count; i++) {
        reader->headers[i].name = next_item(&items, &end);
        reader->headers[i].value = next_item(&items, &end);
    }
    return STATUS_OK;
}

bool dead_letter_is_of_file(const struct dead_letter *dead_letter)
{
    return strcmp(dead_letter->source, "file") == 0;
}
