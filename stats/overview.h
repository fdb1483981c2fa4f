/* What there is to report of: every threat, and the last month that is complete. */
#ifndef KANSEN_STATS_OVERVIEW_H
#define KANSEN_STATS_OVERVIEW_H

#include <stddef.h>

#include "kansen/month.h"
#include "kansen/status.h"
#include "sql/db.h"

struct overview {
    month_t last_complete; /* -1: no month is */
    char **threats;        /* by name, those that are still being counted included */
    size_t threat_count;
};

/* overview_clear frees what *out owns. */
enum status overview_load(struct db *db, struct overview *out, struct error *error) MUST_CHECK;
void overview_clear(struct overview *overview);

#endif
