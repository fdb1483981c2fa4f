#include "text/base64.h"

#include <stdint.h>

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
