/* The rows of one machine are erased, and every count stays what it is.
 *
 * What is counted of it is added to forgotten_count, in the transaction that erases the rows, so
 * that a recount still agrees. First of all workers are told: what it has sent, and sends until the
 * end of the present month, is counted or has to be, and does not come back. */
#ifndef KANSEN_RETENTION_FORGET_H
#define KANSEN_RETENTION_FORGET_H

#include <stddef.h>
#include <stdint.h>

#include "kansen/status.h"
#include "sql/db.h"

struct forget_settings {
    const char *device;           /* its UUID */
    const char *const *spellings; /* by which dead letters may name it */
    size_t spelling_count;
    const char *reason;
    /* Before a month is gone through; may be NULL. */
    void (*show)(void *context, const char *month, int64_t done, int64_t months);
    void *context;
};

struct forget_result {
    int64_t detections;
    int64_t infections;
    int64_t active; /* months in which it was an active machine */
    int64_t dead_letters;
    int64_t files;  /* of months that were dropped: they are not in the database, and may hold it */
    char before[8]; /* YYYY-MM, the last month in which it was forgotten before; "": in none */
};

/* As owner. Interrupted, the same call goes on. STATUS_RETRY: a definition is still being counted,
 * or PostgreSQL went away. */
enum status forget_machine(struct db *db, const struct forget_settings *settings,
                           struct forget_result *out, struct error *error) MUST_CHECK;

#endif
