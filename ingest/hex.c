#include "ingest/hex.h"

/* One more than each digit's value, so that 0 stands for everything else. */
static const uint8_t digit_values[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

bool hex_decode(const char *text, uint8_t *bytes, size_t size)
{
    for (size_t place = 0; place < size; place++) {
        unsigned high = digit_values[(uint8_t)text[2 * place]];
        unsigned low = digit_values[(uint8_t)text[2 * place + 1]];

        if (high == 0 || low == 0)
            return false;
        bytes[place] = (uint8_t)((high - 1) << 4 | (low - 1));
    }
    return true;
}
