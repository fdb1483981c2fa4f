#include "operate/amounts.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define MINUTE_S 60
#define HOUR_S (60 * MINUTE_S)
#define DAY_S (24 * HOUR_S)

/* What is not much longer than a unit is said in the one below. */
#define FEW_UNITS 2

const char *amount_count(int64_t count, char text[AMOUNT_SIZE])
{
    char digits[AMOUNT_SIZE];
    size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, count);
    size_t at = 0;

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

const char *amount_bytes(int64_t bytes, char text[AMOUNT_SIZE])
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    int64_t tenths = bytes;

    if (bytes < 1024) {
        snprintf(text, AMOUNT_SIZE, "%" PRId64 " bytes", bytes);
        return text;
    }
    /* Tenths of the unit, rounded down: what is said to be there is. */
    for (; unit + 1 < sizeof(units) / sizeof(units[0]) && bytes >= 1024; unit++) {
        tenths = bytes / 1024 * 10 + bytes % 1024 * 10 / 1024;
        bytes /= 1024;
    }
    if (tenths >= 100)
        snprintf(text, AMOUNT_SIZE, "%" PRId64 " %s", tenths / 10, units[unit]);
    else
        snprintf(text, AMOUNT_SIZE, "%" PRId64 ".%d %s", tenths / 10, (int)(tenths % 10),
                 units[unit]);
    return text;
}

const char *amount_time(int64_t seconds, char text[AMOUNT_SIZE])
{
    if (seconds < FEW_UNITS * MINUTE_S)
        snprintf(text, AMOUNT_SIZE, "%" PRId64 " s", seconds);
    else if (seconds < HOUR_S)
        snprintf(text, AMOUNT_SIZE, "%" PRId64 " min", seconds / MINUTE_S);
    else if (seconds < DAY_S)
        snprintf(text, AMOUNT_SIZE, "%" PRId64 " h %d min", seconds / HOUR_S,
                 (int)(seconds % HOUR_S / MINUTE_S));
    else
        snprintf(text, AMOUNT_SIZE, "%" PRId64 " d %d h", seconds / DAY_S,
                 (int)(seconds % DAY_S / HOUR_S));
    return text;
}
