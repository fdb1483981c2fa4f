/* Dead letters as they are read back from the database, a portion at a time: to be shown, replayed
 * or relayed. Every byte of them is what came. */
#ifndef KANSEN_INGEST_LETTER_READER_H
#define KANSEN_INGEST_LETTER_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/event.h"
#include "kansen/status.h"
#include "sql/db.h"

struct letter_header {
    struct slice name;
    struct slice value; /* data is NULL for a null value */
};

struct letter {
    int64_t id;
    const char *source;   /* "kafka:CLUSTER" or "file" */
    const char *topic;    /* Kafka topic, or path of the file */
    int32_t partition;    /* 0 for a file */
    int64_t offset;       /* Kafka offset, or line number from 1 */
    const char *reason;   /* the word of enum reject_reason */
    const char *detail;   /* the line for people */
    const char *rejected; /* RFC 3339, to the second */
    const char *replayed; /* the same; NULL: it is still rejected */
    int64_t rejected_us;  /* microseconds since 1970-01-01T00:00:00Z */
    struct slice key;     /* data is NULL without a key */
    struct slice value;   /* data is NULL for a tombstone */
    const struct letter_header *headers;
    size_t header_count;
};

/* Rows of a query, and memory for one letter of them. Zeroed is empty. */
struct letter_reader {
    struct db_result *rows;
    char *bytes;
    size_t bytes_size;
    struct letter_header *headers;
    size_t headers_size;
};

void letter_reader_clear(struct letter_reader *reader);

/* Runs a query with the columns of sql/queries/letters_find.sql; its rows replace those before. */
enum status letter_reader_read(struct letter_reader *reader, struct db *db, const char *sql,
                               int count, const char *const *parameters,
                               struct error *error) MUST_CHECK;
int letter_reader_count(const struct letter_reader *reader);
/* The letter of a row, from 0. It is borrowed until the next letter_reader_get or
 * letter_reader_read. STATUS_FATAL when memory is short. */
enum status letter_reader_get(struct letter_reader *reader, int row, struct letter *out,
                              struct error *error) MUST_CHECK;

/* Was it a line of a file? */
bool letter_is_of_file(const struct letter *letter);

#endif
