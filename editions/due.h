/* Which window's edition is due: the one that ends with the last month that is over.
 *
 * Nothing is remembered of what was published when: it is asked of the database, so that whoever
 * was away on the first of a month catches up, and two who ask do no harm. */
#ifndef KANSEN_EDITIONS_DUE_H
#define KANSEN_EDITIONS_DUE_H

#include <stdbool.h>
#include <stdint.h>

#include "editions/catalogue.h"
#include "kansen/month.h"
#include "kansen/status.h"
#include "sql/db.h"

struct due_window {
    month_t from; /* not in front of the first event; -1: nothing is stored of `to`, none is due */
    month_t to;   /* the last month that is over in the report time zone */
    bool complete;
};

/* The window of so many months, one at least. */
enum status due_window_load(struct db *db, int64_t months, struct due_window *out,
                            struct error *error) MUST_CHECK;

/* How many detections are counted in the window, of all threats. While that grows, events that are
 * late arrive: of whoever was cut off over the end of the month, or sends what happened months ago.
 * Completeness goes by Kafka's timestamps, of when they were sent, and can't see them coming. */
enum status due_count(struct db *db, const struct due_window *window, int64_t *out,
                      struct error *error) MUST_CHECK;

/* The edition that stands for a window which ends with `to`, whatever its first month: the newest
 * that was not withdrawn, else the newest. NULL: there is none. */
struct edition *due_standing(const struct edition_list *of_threat, month_t to);

/* How many files of an edition whose edition_files are there a folder lacks. */
size_t due_missing_files(const struct edition *edition, const char *folder);

#endif
