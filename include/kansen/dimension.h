/* What infections are counted by, besides threat and month. An infection has the values of its
 * earliest detection of the month, so the counts of each dimension add up to the same total. */
#ifndef KANSEN_DIMENSION_H
#define KANSEN_DIMENSION_H

#include <stdbool.h>
#include <string.h>

/* The numbers are stored. */
enum dimension {
    DIMENSION_COUNTRY,
    DIMENSION_NAME, /* of the malware */
    DIMENSION_PRODUCT,
    DIMENSION_VERSION,
    DIMENSION_OS,
    DIMENSION_SEGMENT,
    DIMENSIONS
};

/* Values that are none, in any dimension but country: events had none, or there were too many. */
#define DIMENSION_VALUE_UNKNOWN ""
#define DIMENSION_VALUE_BEYOND " "

/* Values of a dimension that are counted one by one in a month, for all threats together: the first
 * that come; others are DIMENSION_VALUE_BEYOND. A large fleet has some hundreds; whoever wrote
 * something else into each event would make the counts as large as the events. The row
 * dimension_values of the table setting, if there is one, takes its place. */
#define DIMENSION_VALUES_MAX 10000

/* "country", "name"…; static. */
static inline const char *dimension_name(enum dimension dimension)
{
    static const char *const names[DIMENSIONS] = {
        [DIMENSION_COUNTRY] = "country", [DIMENSION_NAME] = "name", [DIMENSION_PRODUCT] = "product",
        [DIMENSION_VERSION] = "version", [DIMENSION_OS] = "os",     [DIMENSION_SEGMENT] = "segment",
    };

    return names[dimension];
}

/* *out is untouched when false. */
static inline bool dimension_parse(const char *text, enum dimension *out)
{
    for (enum dimension i = 0; i < DIMENSIONS; i++) {
        if (strcmp(dimension_name(i), text) != 0)
            continue;
        *out = i;
        return true;
    }
    return false;
}

#endif
