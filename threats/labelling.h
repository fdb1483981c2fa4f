/* Counts by name, product, version, os and segment what was stored before migration 017, which is
 * counted by country alone, while workers go on ingesting (docs/reliability.md).
 *
 * Month by month: some infections at a time get the labels of their earliest detection and are
 * counted by them in one transaction, those that a worker has moved meanwhile left out, since they
 * have labels already; in the end the detections are counted, in the transaction that takes the
 * month off the list. So whoever is interrupted goes on by doing the same again. */
#ifndef KANSEN_THREATS_LABELLING_H
#define KANSEN_THREATS_LABELLING_H

#include <stdint.h>

#include "sql/db.h"

struct labelling_progress {
    int months_done; /* of all threats */
    int months;
    const char *threat; /* being counted */
    const char *month;  /* "YYYY-MM" */
    int64_t infections; /* counted so far */
};

typedef void labelling_show(void *context, const struct labelling_progress *progress);

/* Counts all that is on the list. Needs the rights of kansen_owner; another one is waited for.
 * *done is filled in any case; show may be NULL. */
enum status labelling_run(const char *conninfo, labelling_show *show, void *context,
                          struct labelling_progress *done, struct error *error) MUST_CHECK;

#endif
