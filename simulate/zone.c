#include "simulate/zone.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define ZONE_FOLDER "/usr/share/zoneinfo"

/* Further than any clock change from the midnight that mktime names. */
#define SCAN_MINUTES (4 * 60)

bool zone_exists(const char *timezone)
{
    char path[PATH_MAX];
    struct stat found;

    if (strcmp(timezone, "UTC") == 0)
        return true;
    if (*timezone == '\0' || *timezone == '/' || strstr(timezone, "..") != NULL)
        return false;
    if ((size_t)snprintf(path, sizeof(path), "%s/%s", ZONE_FOLDER, timezone) >= sizeof(path))
        return false;
    return stat(path, &found) == 0 && S_ISREG(found.st_mode);
}

static month_t local_month(time_t at)
{
    struct tm local;

    localtime_r(&at, &local);
    return month_from(local.tm_year + 1900, local.tm_mon + 1);
}

/* The instant from which on the local clock never shows an earlier month again. Midnight can be
 * missing (clocks go forward) or come twice (clocks go back), so it is looked for from behind. */
static time_t month_start(month_t month)
{
    struct tm midnight = {.tm_year = month_year(month) - 1900,
                          .tm_mon = month_of_year(month) - 1,
                          .tm_mday = 1,
                          .tm_isdst = -1};
    time_t at = mktime(&midnight);

    at -= at % 60;
    at += SCAN_MINUTES * 60;
    for (int minute = 0; minute < 2 * SCAN_MINUTES && local_month(at - 60) >= month; minute++)
        at -= 60;
    return at;
}

enum status zone_month_starts(const char *timezone, month_t first, size_t count, int64_t *starts_ms,
                              struct error *error)
{
    const char *current = getenv("TZ");
    char *saved = current == NULL ? NULL : strdup(current);

    if (!zone_exists(timezone)) {
        free(saved);
        return error_set(error, STATUS_REJECT, "unknown time zone \"%s\"", timezone);
    }
    if ((current != NULL && saved == NULL) || setenv("TZ", timezone, 1) != 0) {
        free(saved);
        return error_set(error, STATUS_FATAL, "out of memory");
    }
    tzset();
    for (size_t i = 0; i <= count; i++)
        starts_ms[i] = (int64_t)month_start(first + (month_t)i) * 1000;
    if (saved == NULL)
        unsetenv("TZ");
    else
        setenv("TZ", saved, 1);
    tzset();
    free(saved);
    return STATUS_OK;
}
