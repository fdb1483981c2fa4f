/* COPY … FROM STDIN in PostgreSQL's binary format: rows by value, no text in between.
 *
 * Format: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format". The writer has a
 * buffer of fixed size and belongs to one COPY at a time. Failures are kept until copy_end, so that
 * the code that writes fields reads as a list of fields. */
#ifndef KANSEN_SQL_COPY_H
#define KANSEN_SQL_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/status.h"
#include "sql/db.h"

/* libpq sends what it is given in one piece; larger pieces gained nothing. */
#define COPY_BUFFER_SIZE (64 * 1024)

struct copy {
    struct db *db;
    const char *sql; /* borrowed */
    size_t used;
    int failed; /* the connection refused data; copy_end says why */
    char buffer[COPY_BUFFER_SIZE];
};

/* Starts `copy TABLE (…) from stdin (format binary)`. */
enum status copy_begin(struct copy *copy, struct db *db, const char *sql,
                       struct error *error) MUST_CHECK;

/* Each row: copy_row with the number of its fields, then the fields in order. */
void copy_row(struct copy *copy, int16_t fields);
void copy_null(struct copy *copy);
void copy_bool(struct copy *copy, bool value);
void copy_int16(struct copy *copy, int16_t value);
void copy_int32(struct copy *copy, int32_t value);
void copy_int64(struct copy *copy, int64_t value);
void copy_uuid(struct copy *copy, const uint8_t id[16]);
void copy_bytes(struct copy *copy, const void *bytes, size_t length); /* text, bytea */
/* bytea[]. Each item is its length, a big-endian int32 (-1: null), and its bytes. */
void copy_bytes_array(struct copy *copy, int32_t count, const void *items, size_t length);
/* Microseconds since 1970-01-01T00:00:00Z. */
void copy_timestamp(struct copy *copy, int64_t time_us);
/* The first day of the month `days` days after 1970-01-01. */
void copy_date(struct copy *copy, int32_t days);
/* family is 4 or 6; address in network byte order. */
void copy_inet(struct copy *copy, int family, const uint8_t *address);

/* Ends the COPY and reads PostgreSQL's verdict; after a failure the transaction is aborted. */
enum status copy_end(struct copy *copy, struct error *error) MUST_CHECK;

#endif
