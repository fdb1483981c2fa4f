#include "text/base64.h"

#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Three bytes are four digits; of fewer, one more digit than bytes. */
static void put_group(FILE *out, const unsigned char *bytes, size_t count)
{
    uint32_t bits = (uint32_t)bytes[0] << 16;

    if (count > 1)
        bits |= (uint32_t)bytes[1] << 8;
    if (count > 2)
        bits |= bytes[2];
    for (size_t i = 0; i < 4; i++)
        fputc(i <= count ? digits[bits >> (18 - 6 * i) & 63] : '=', out);
}

void base64_write(FILE *out, const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes;

    for (size_t done = 0; done < length; done += 3)
        put_group(out, at + done, length - done < 3 ? length - done : 3);
}

/* The value of each digit, and one more; 0: it is none. */
static uint8_t value_of(char digit)
{
    const char *found = digit == '\0' ? NULL : strchr(digits, digit);

    return found == NULL ? 0 : (uint8_t)(found - digits + 1);
}

/* Four digits; of the last `padding` of them nothing is taken. False: one is none. */
static bool read_group(const char *text, size_t padding, char *out)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < 4; i++) {
        uint8_t value = i < 4 - padding ? value_of(text[i]) : 1;

        if (value == 0)
            return false;
        bits = bits << 6 | (uint32_t)(value - 1);
    }
    for (size_t i = 0; i < 3 - padding; i++)
        out[i] = (char)(bits >> (16 - 8 * i) & 255);
    return true;
}

bool base64_read(const char *text, size_t length, char *out, size_t *count)
{
    size_t padding = 0;

    if (length % 4 != 0)
        return false;
    while (padding < 2 && length > padding && text[length - 1 - padding] == '=')
        padding++;
    for (size_t done = 0; done < length; done += 4)
        if (!read_group(text + done, done + 4 == length ? padding : 0, out + done / 4 * 3))
            return false;
    *count = length / 4 * 3 - padding;
    return true;
}
