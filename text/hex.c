#include "text/hex.h"

#include <stdlib.h>
#include <string.h>

/* Set beside the value of each digit; everything else is 0. */
#define DIGIT 0x10

static const uint8_t digit_values[256] = {
    ['0'] = DIGIT | 0,  ['1'] = DIGIT | 1,  ['2'] = DIGIT | 2,  ['3'] = DIGIT | 3,
    ['4'] = DIGIT | 4,  ['5'] = DIGIT | 5,  ['6'] = DIGIT | 6,  ['7'] = DIGIT | 7,
    ['8'] = DIGIT | 8,  ['9'] = DIGIT | 9,  ['a'] = DIGIT | 10, ['b'] = DIGIT | 11,
    ['c'] = DIGIT | 12, ['d'] = DIGIT | 13, ['e'] = DIGIT | 14, ['f'] = DIGIT | 15,
    ['A'] = DIGIT | 10, ['B'] = DIGIT | 11, ['C'] = DIGIT | 12, ['D'] = DIGIT | 13,
    ['E'] = DIGIT | 14, ['F'] = DIGIT | 15,
};

/* Reads 2 * size digits. DIGIT stays set in what is returned when each of them is one. */
static inline unsigned read_digits(const char *text, uint8_t *bytes, size_t size)
{
    unsigned all = DIGIT;

    for (size_t place = 0; place < size; place++) {
        unsigned high = digit_values[(uint8_t)text[2 * place]];
        unsigned low = digit_values[(uint8_t)text[2 * place + 1]];

        all &= high & low;
        bytes[place] = (uint8_t)(high << 4 | (low & 15));
    }
    return all;
}

bool hex_decode(const char *text, uint8_t *bytes, size_t size)
{
    return read_digits(text, bytes, size) != 0;
}

/* libuuid's own uuid_parse takes 2,200 instructions, as much as reading a whole JSON event; this is
 * every event's path, and it looks once at whether all were digits. */
bool hex_decode_uuid(const char *text, size_t length, uint8_t id[16])
{
    if (length != HEX_UUID_LENGTH || text[8] != '-' || text[13] != '-' || text[18] != '-' ||
        text[23] != '-')
        return false;
    return (read_digits(text, id, 4) & read_digits(text + 9, id + 4, 2) &
            read_digits(text + 14, id + 6, 2) & read_digits(text + 19, id + 8, 2) &
            read_digits(text + 24, id + 10, 6)) != 0;
}

char *hex_read(const char *text, size_t *length)
{
    size_t size = strlen(text) / 2;
    char *bytes = malloc(size + 1);

    if (bytes == NULL)
        return NULL;
    *length = size;
    if (text[2 * size] == '\0' && hex_decode(text, (uint8_t *)bytes, size)) {
        bytes[size] = '\0';
        return bytes;
    }
    free(bytes);
    return NULL;
}

char *hex_write(const char *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    char *text = malloc(2 * length + 1);

    for (size_t i = 0; text != NULL && i < length; i++) {
        text[2 * i] = digits[(unsigned char)bytes[i] >> 4];
        text[2 * i + 1] = digits[(unsigned char)bytes[i] & 15];
    }
    if (text != NULL)
        text[2 * length] = '\0';
    return text;
}
