#include "reports/formats/stamp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DAY_SECONDS 86400

/* 9999-12-31T23:59:59Z: later years have five digits, which no format takes. */
#define STAMP_MAX 253402300799

/* The first of the month after the window, in UTC; the window's own time zone moves its end by some
 * hours, which nobody reads out of a file's date. */
static time_t end_of(const struct figures *figures)
{
    month_t next = figures->to + 1;
    int64_t year = month_year(next);
    int month = month_of_year(next);

    /* Days before a first of a month in the Gregorian calendar, in years that begin in March. */
    year -= month <= 2;
    month += month <= 2 ? 9 : -3;

    int64_t days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5;

    int64_t seconds = (days - 719468) * DAY_SECONDS;

    return (time_t)(seconds < STAMP_MAX ? seconds : STAMP_MAX);
}

enum status stamp_read(const struct document *document, time_t *out, struct error *error)
{
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;

    if (document->figures->edition != NULL) {
        *out = (time_t)document->figures->edition->published_s;
        return STATUS_OK;
    }
    if (text == NULL || *text == '\0') {
        *out = end_of(document->figures);
        return STATUS_OK;
    }
    errno = 0;

    long long seconds = strtoll(text, &end, 10);

    if (errno != 0 || *end != '\0' || strspn(text, "0123456789") != strlen(text) ||
        seconds > STAMP_MAX)
        return error_set(error, STATUS_FATAL,
                         "SOURCE_DATE_EPOCH is \"%.40s\"; it has to be a number of seconds since "
                         "1970, like 1385856000",
                         text);
    *out = (time_t)seconds;
    return STATUS_OK;
}

const char *stamp_format(time_t stamp, char text[STAMP_TEXT_SIZE])
{
    struct tm parts = {0};

    gmtime_r(&stamp, &parts);
    strftime(text, STAMP_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}
