/* Reads the figures of one report from one snapshot of the database.
 *
 * Everything comes from the views of schema report, so that a member of kansen_reader can do it.
 * What it costs depends on months times values: all months that are stored, since a report says
 * what is new and what is a record. Only a unique count reads the infections themselves. */
#ifndef KANSEN_STATS_LOAD_H
#define KANSEN_STATS_LOAD_H

#include "kansen/progress.h"
#include "kansen/status.h"
#include "sql/db.h"
#include "stats/figures.h"

#define STATS_MONTH_DEFAULT (-1)

/* What a window without a first month spans, unless somebody says otherwise. */
#define STATS_WINDOW_MONTHS 3

struct stats_request {
    const char *threat; /* NULL: the only one that is defined */
    /* STATS_MONTH_DEFAULT until stats_choose_window. */
    month_t from;
    month_t to;
    int64_t months; /* of a window whose `from` is left out; not 0 */
    size_t top;     /* at most FIGURES_TOP_MAX */
    bool unique;
    bool by[DIMENSIONS];       /* dimensions besides country, or country by month */
    int64_t suppress_below;    /* not negative */
    int64_t rate_minimum;      /* active machines a month; not negative */
    struct progress *progress; /* NULL: nobody looks */
};

/* Fills in what the request leaves out: to is the last month that is over in the report time zone,
 * from so that it spans request->months. STATUS_REJECT: the window ends before it starts or in the
 * future, or is too long. */
enum status stats_choose_window(struct db *db, struct stats_request *request,
                                struct error *error) MUST_CHECK;

/* The window is one of stats_choose_window. The caller frees *out. STATUS_REJECT: no such threat,
 * or more than one to choose from. STATUS_RETRY: the threat, or a dimension of it, is still being
 * counted, or the database is away. */
enum status stats_load(struct db *db, const struct stats_request *request, struct figures **out,
                       struct error *error) MUST_CHECK;

/* The same in a transaction of the caller's, which sees one snapshot. */
enum status stats_load_within(struct db *db, const struct stats_request *request,
                              struct figures **out, struct error *error) MUST_CHECK;

#endif
