/* JSON, value by value: the writer puts commas, quotes and line breaks, the caller says what comes.
 *
 * Every part of the program that prints JSON prints it with this. A failed write stays in the
 * stream's error flag. */
#ifndef KANSEN_TEXT_JSON_WRITER_H
#define KANSEN_TEXT_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Objects and arrays inside each other, at most. */
#define JSON_WRITER_DEPTH_MAX 8

/* Of an object or array. */
enum json_layout {
    JSON_COMPACT,  /* {"a":1,"b":2} */
    JSON_ONE_LINE, /* {"a": 1, "b": 2} */
    JSON_LINES     /* a line for each value, two blanks deeper; an empty one takes no lines, unless
                    * it is the outermost */
};

struct json_level {
    enum json_layout layout;
    char end;
    bool empty;
};

struct json_writer {
    FILE *out;
    struct json_level levels[JSON_WRITER_DEPTH_MAX];
    size_t depth;
};

/* One value, mostly an object or array, follows. Nothing has to be cleared afterwards. */
void json_writer_init(struct json_writer *writer, FILE *out);

/* In all of these, key is the member's name inside an object, and NULL elsewhere. */
void json_writer_object(struct json_writer *writer, const char *key, enum json_layout layout);
void json_writer_array(struct json_writer *writer, const char *key, enum json_layout layout);

/* Ends the object or array that was opened last. */
void json_writer_end(struct json_writer *writer);

/* NULL becomes null. */
void json_writer_text(struct json_writer *writer, const char *key, const char *text);
void json_writer_integer(struct json_writer *writer, const char *key, int64_t value);
void json_writer_unsigned(struct json_writer *writer, const char *key, uint64_t value);
void json_writer_bool(struct json_writer *writer, const char *key, bool value);

/* A number that is text already; NULL becomes null. */
void json_writer_number(struct json_writer *writer, const char *key, const char *number);

#endif
