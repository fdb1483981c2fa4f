/* What is different between two editions of a window, or between one and what is counted now: each
 * month and value of each dimension, and why.
 *
 * An edition keeps the counts of its window by cause (report.count_causes). The difference of two
 * such vectors is the whole change, and each part of it has its cause: nothing is guessed. */
#ifndef KANSEN_EDITIONS_CHANGES_H
#define KANSEN_EDITIONS_CHANGES_H

#include "editions/catalogue.h"
#include "kansen/dimension.h"
#include "kansen/status.h"
#include "sql/db.h"
#include "stats/edition_figures.h"

/* Of one value; `dimension` says of which. */
struct edition_change {
    enum dimension dimension;
    struct change_figures change;
};

/* Zeroed: none. */
struct edition_changes {
    struct edition_change *lines; /* by month, dimension, the largest first, value */
    size_t count;
    struct change_figures *months; /* the sums of months that changed, in order; value is NULL */
    size_t month_count;
};

/* From one edition to another of the same threat and window; NULL: to what is counted now. The
 * caller clears *out. */
enum status edition_changes_load(struct db *db, const struct edition *before,
                                 const struct edition *now, struct edition_changes *out,
                                 struct error *error) MUST_CHECK;

void edition_changes_clear(struct edition_changes *changes);

/* Makes now->edition->restatement of them: why these figures replace those of `edition`, whose own
 * are `before`. Each dimension of `now` has its table; counts below now->suppress_below are summed
 * up. False in *differs: neither a count nor a definition, a month's state or a MaxMind DB is
 * different. */
enum status edition_restate(const struct edition *edition, const struct figures *before,
                            const struct edition_changes *changes, struct figures *now,
                            bool *differs, struct error *error) MUST_CHECK;

#endif
