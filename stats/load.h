/* Reads the figures of one report from one snapshot of the database.
 *
 * Everything comes from the views of schema report, so that a member of kansen_reader can do it.
 * What it costs depends on months times countries; only a unique count reads the infections
 * themselves. */
#ifndef KANSEN_STATS_LOAD_H
#define KANSEN_STATS_LOAD_H

#include "kansen/status.h"
#include "sql/db.h"
#include "stats/figures.h"

#define STATS_MONTH_DEFAULT (-1)

/* What the default window spans. */
#define STATS_WINDOW_MONTHS 3

struct stats_request {
    const char *threat; /* NULL: the only one that is defined */
    /* STATS_MONTH_DEFAULT: to is the last complete month in the report time zone, from is two
     * months before to. */
    month_t from;
    month_t to;
    size_t top; /* at most FIGURES_TOP_MAX */
    bool unique;
};

/* The caller frees *out. STATUS_REJECT: no such threat, more than one to choose from, or a window
 * that ends before it starts. STATUS_RETRY: the threat is still being counted, or the database is
 * away. */
enum status stats_load(struct db *db, const struct stats_request *request, struct figures **out,
                       struct error *error) MUST_CHECK;

#endif
