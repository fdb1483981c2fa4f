/* Dead letters as they are read back from the database, a chunk at a time: to be shown, replayed
 * or relayed. Every byte of them is what came. */
#ifndef KANSEN_DEAD_LETTERS_READER_H
#define KANSEN_DEAD_LETTERS_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/event.h"
#include "kansen/status.h"
#include "sql/db.h"

struct dead_letter_header {
    struct slice name;
    struct slice value; /* data is NULL for a null value */
};

struct dead_letter {
    int64_t id;
    enum event_kind kind; /* that it was read as */
    const char *source;   /* "kafka:CLUSTER" or "file" */
    const char *topic;    /* Kafka topic, or path of the file */
    int32_t partition;    /* 0 for a file */
    int64_t offset;       /* Kafka offset, or line number from 1 */
    uint32_t element;     /* of an array, from 1; 0: the message was rejected as a whole */
    const char *reason;   /* the word of enum reject_reason */
    const char *detail;   /* the line for people */
    const char *rejected; /* RFC 3339, to the second */
    const char *replayed; /* the same; NULL: it is still rejected */
    int64_t arrived_us;   /* when its source took it, or (unknown) when it was rejected;
                           * microseconds since 1970-01-01T00:00:00Z */
    struct slice key;     /* data is NULL without a key */
    struct slice value;   /* data is NULL for a tombstone */
    const struct dead_letter_header *headers;
    size_t header_count;
};

/* Rows of a query, and memory for one dead letter of them. Zeroed is empty. */
struct dead_letter_reader {
    struct db_result *rows;
    char *bytes;
    size_t bytes_size;
    struct dead_letter_header *headers;
    size_t headers_size;
};

void dead_letter_reader_clear(struct dead_letter_reader *reader);

/* Runs a query with the columns of sql/queries/dead_letters_find.sql; its rows replace those
 * before. */
enum status dead_letter_reader_read(struct dead_letter_reader *reader, struct db *db,
                                    const char *sql, int count, const char *const *parameters,
                                    struct error *error) MUST_CHECK;
int dead_letter_reader_count(const struct dead_letter_reader *reader);
/* The dead letter of a row, from 0. It is borrowed until the next dead_letter_reader_get or
 * dead_letter_reader_read. STATUS_FATAL when memory is short. */
enum status dead_letter_reader_get(struct dead_letter_reader *reader, int row,
                                   struct dead_letter *out, struct error *error) MUST_CHECK;

/* Was it a line of a file? */
bool dead_letter_is_of_file(const struct dead_letter *dead_letter);

#endif
