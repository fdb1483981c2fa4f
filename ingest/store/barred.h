/* What a batch may bring and PostgreSQL must not get: events of months that are closed, which
 * become dead letters, and of machines that are forgotten, of which nothing stays. */
#ifndef KANSEN_INGEST_STORE_BARRED_H
#define KANSEN_INGEST_STORE_BARRED_H

#include "ingest/store/closed_months.h"
#include "ingest/store/forgotten.h"

/* Zeroed before its first use. */
struct barred {
    struct closed_months closed;
    struct forgotten forgotten;
};

static inline enum status barred_load(struct barred *barred, struct db *db, struct error *error)
{
    enum status status = closed_months_load(&barred->closed, db, error);

    return status == STATUS_OK ? forgotten_load(&barred->forgotten, db, error) : status;
}

static inline void barred_clear(struct barred *barred)
{
    closed_months_clear(&barred->closed);
    forgotten_clear(&barred->forgotten);
}

/* Takes it out of the batch. True: there was something. */
static inline bool barred_take_out(const struct barred *barred, struct calendar *calendar,
                                   struct batch *batch)
{
    bool of_machines = forgotten_drop(&barred->forgotten, batch);

    return closed_months_reject(&barred->closed, calendar, batch) || of_machines;
}

#endif
