/* Text of a one-dimensional PostgreSQL array, built item by item, for parameters such as
 * $1::text[].
 *
 * Grows on the heap; array_reset keeps the memory. A failed allocation is kept and shows as a NULL
 * from array_text. */
#ifndef KANSEN_SQL_ARRAY_H
#define KANSEN_SQL_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty. */
struct array {
    char *text;
    size_t used;
    size_t size;
    bool failed;
};

void array_clear(struct array *array);
void array_reset(struct array *array);
/* Quoted and escaped; may hold anything but NUL. */
void array_add_text(struct array *array, const char *text, size_t length);
void array_add_int64(struct array *array, int64_t value);
void array_add_hex(struct array *array, const uint8_t *bytes, size_t length); /* bytea */
void array_add_null(struct array *array);
/* "{…}", borrowed until the next item; NULL when memory was short. */
const char *array_text(struct array *array);

/* The next one of the integers that PostgreSQL's text of an array holds, none of them null; *text,
 * at first the whole, moves on. False: there are no more, or the array is null (NULL). A result of
 * one array takes a twentieth of the memory of as many rows. */
bool array_next(const char **text, int64_t *out);

#endif
