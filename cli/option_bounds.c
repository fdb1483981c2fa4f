#include "cli/option_bounds.h"

#include <stddef.h>
#include <string.h>

#include "distribute/distribution.h"
#include "stats/figures.h"

#define DAY_S 86400

/* It is waited for many times over. */
#define SETTLE_MAX_S 3600

/* More than any fleet fills. */
#define INFECTION_CACHE_MAX_MIB 65536

#define PARTITIONS_MAX 10000

/* A century: more months than the calendar has before now. */
#define MONTHS_MAX 1200

/* A minimum size beyond this leaves nothing to be seen of any fleet. */
#define SUPPRESS_BELOW_MAX 1000000

/* Nor has any fleet more active machines in one place. */
#define RATE_MINIMUM_MAX 1000000000

static const struct {
    const char *name;
    int64_t minimum;
    int64_t maximum;
} bounds[] = {
    {"every", 1, DAY_S},
    {"infection-cache", 1, INFECTION_CACHE_MAX_MIB},
    {"keep-infections", 0, MONTHS_MAX},
    {"keep-months", 0, MONTHS_MAX},
    {"limit", 1, INT64_MAX},
    {"max-age", 0, OPTION_DAYS_MAX},
    {"max-ahead", 0, OPTION_DAYS_MAX},
    {"max-lag", 1, (int64_t)OPTION_DAYS_MAX *DAY_S},
    {"max-rejected", 0, INT64_MAX},
    {"months", 1, FIGURES_MONTHS_MAX},
    {"partitions", 1, PARTITIONS_MAX},
    {"rate-minimum", 0, RATE_MINIMUM_MAX},
    {"seed", 0, INT64_MAX},
    {"settle", 0, SETTLE_MAX_S},
    {"shards", 1, DISTRIBUTION_SHARDS_MAX},
    {"stats-interval", 0, DAY_S},
    {"suppress-below", 0, SUPPRESS_BELOW_MAX},
    {"top", 0, FIGURES_TOP_MAX},
    {"wait", 1, DAY_S},
};

#define BOUNDS (sizeof(bounds) / sizeof(bounds[0]))

static size_t find(const char *name)
{
    size_t at = 0;

    while (at < BOUNDS && strcmp(bounds[at].name, name) != 0)
        at++;
    return at;
}

bool option_has_bounds(const char *name)
{
    return find(name) < BOUNDS;
}

enum status option_bounded(const struct options *options, const char *name, int64_t *out,
                           struct error *error)
{
    size_t at = find(name);

    if (at == BOUNDS)
        return error_set(error, STATUS_FATAL, "option --%s has no bounds", name);
    return options_number(options, name, bounds[at].minimum, bounds[at].maximum, out, error);
}
