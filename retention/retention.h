/* Old months: their events are exported and dropped; their machines too, if that is wanted. Counts
 * and editions stay.
 *
 * A month is closed first: from the commit on no worker stores anything of it, so that what is
 * exported is all there is (ingest/store/closed_months.h). Then it is counted anew a last time,
 * exported, and dropped. What fails on the way opens it again; what a run that was killed has
 * closed, the next one opens. */
#ifndef KANSEN_RETENTION_RETENTION_H
#define KANSEN_RETENTION_RETENTION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kansen/status.h"
#include "retention/export.h"
#include "sql/db.h"

struct retention_settings {
    int64_t keep_months;     /* in front of the present one */
    int64_t keep_infections; /* at least as many; -1: for ever */
    const char *folder;      /* NULL: events are not exported */
    bool force;              /* also what no edition has, and what differs from its counts */
    FILE *differences;       /* that the last count found, a line each */
    export_show *show;       /* while a month is exported; may be NULL */
    /* A month is done: `events` were dropped, with or without a file; -1: its machines were. */
    void (*done)(void *context, const char *month, int64_t events, const struct pack_file *file);
    void *context;
};

/* Whether anything of this went wrong with files, for exit codes. */
struct retention_result {
    int months;
    bool file_failed;
};

/* As owner. STATUS_REJECT: a month is in no edition, or differs from its counts; nothing of it was
 * dropped. STATUS_RETRY: what has to go on first, or is in the way. Months that were done before
 * stay so. */
enum status retention_run(struct db *db, const struct retention_settings *settings,
                          struct retention_result *result, struct error *error) MUST_CHECK;

/* Opens months that are closed and of which nothing was dropped, unless another run is at work on
 * them; `opened` is told of each. Months that are due are closed again when it is their turn. */
enum status retention_open_closed(struct db *db, void (*opened)(const char *month),
                                  struct error *error) MUST_CHECK;

#endif
