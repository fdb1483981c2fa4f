#include "sql/array.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 4096

void array_clear(struct array *array)
{
    free(array->text);
    memset(array, 0, sizeof(*array));
}

void array_reset(struct array *array)
{
    array->used = 0;
    array->failed = false;
}

static void put(struct array *array, const char *bytes, size_t length)
{
    /* One byte more, for the terminator. */
    if (array->used + length + 1 > array->size) {
        size_t size = array->size == 0 ? FIRST_SIZE : array->size;
        char *grown;

        while (size < array->used + length + 1)
            size *= 2;
        grown = realloc(array->text, size);
        if (grown == NULL) {
            array->failed = true;
            return;
        }
        array->text = grown;
        array->size = size;
    }
    memcpy(array->text + array->used, bytes, length);
    array->used += length;
}

static void begin_item(struct array *array)
{
    put(array, array->used == 0 ? "{" : ",", 1);
}

void array_add_text(struct array *array, const char *text, size_t length)
{
    begin_item(array);
    put(array, "\"", 1);
    for (size_t done = 0; done < length;) {
        size_t plain = 0;

        while (done + plain < length && text[done + plain] != '"' && text[done + plain] != '\\')
            plain++;
        put(array, text + done, plain);
        done += plain;
        if (done < length) {
            put(array, "\\", 1);
            put(array, text + done, 1);
            done++;
        }
    }
    put(array, "\"", 1);
}

void array_add_int64(struct array *array, int64_t value)
{
    char text[24];
    int length = snprintf(text, sizeof(text), "%" PRId64, value);

    begin_item(array);
    put(array, text, (size_t)length);
}

void array_add_hex(struct array *array, const uint8_t *bytes, size_t length)
{
    begin_item(array);
    put(array, "\"\\\\x", 4);
    for (size_t i = 0; i < length; i++) {
        char digits[3];

        snprintf(digits, sizeof(digits), "%02x", bytes[i]);
        put(array, digits, 2);
    }
    put(array, "\"", 1);
}

void array_add_null(struct array *array)
{
    begin_item(array);
    put(array, "NULL", 4);
}

const char *array_text(struct array *array)
{
    size_t used = array->used;

    put(array, used == 0 ? "{}" : "}", used == 0 ? 2 : 1);
    if (array->failed)
        return NULL;
    array->text[array->used] = '\0';
    /* The closing brace is not part of the items: more may follow, and it may be asked for again.
     */
    array->used = used;
    return array->text;
}

bool array_next(const char **text, int64_t *out)
{
    char *end;

    if (*text == NULL)
        return false;
    *text += **text == '{' || **text == ',';
    *out = strtoll(*text, &end, 10);
    if (end == *text)
        return false;
    *text = end;
    return true;
}
