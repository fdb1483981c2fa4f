#include "threats/tallies.h"

/* A row. */
struct tally {
    enum dimension dimension;
    int32_t label;
    struct count count;
};

static struct tally tally_of(const struct db_result *rows, int row)
{
    enum dimension dimension = (enum dimension)db_int64(rows, row, 0);
    int32_t label = dimension == DIMENSION_COUNTRY ? counts_country(db_text(rows, row, 1))
                                                   : (int32_t)db_int64(rows, row, 1);

    return (struct tally){dimension, label, {db_int64(rows, row, 2), db_int64(rows, row, 3)}};
}

enum status tallies_init(struct tallies *tallies, struct error *error)
{
    enum status status = admissions_init(&tallies->admissions, error);

    return status == STATUS_OK ? counts_init(&tallies->counts, error) : status;
}

void tallies_clear(struct tallies *tallies)
{
    counts_clear(&tallies->counts);
    admissions_clear(&tallies->admissions);
}

enum status tallies_decide(struct tallies *tallies, struct db *db, const struct tallied *tallied,
                           const struct db_result *rows, struct error *error)
{
    enum status status = STATUS_OK;

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        struct tally tally = tally_of(rows, row);

        if (!admissions_has_room(&tallies->admissions))
            status = admissions_decide(&tallies->admissions, db, error);
        admissions_want(&tallies->admissions, tallied->first_day, tally.dimension, tally.label);
    }
    return status == STATUS_OK ? admissions_decide(&tallies->admissions, db, error) : status;
}

enum status tallies_count(struct tallies *tallies, struct db *db, const struct tallied *tallied,
                          const struct db_result *rows, int32_t slot, struct error *error)
{
    struct counts *counts = &tallies->counts;
    enum status status = STATUS_OK;

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        struct tally tally = tally_of(rows, row);

        if (!counts_has_room(counts, 1)) {
            status = counts_store(counts, db, slot, error);
            counts_reset(counts);
        }
        counts_add_label(counts, tallied->first_day, tallied->threat_id, tally.dimension,
                         tally.label, tally.count);
    }
    return status == STATUS_OK ? counts_store(counts, db, slot, error) : status;
}

void tallies_ended(struct tallies *tallies, bool committed)
{
    if (committed)
        counts_committed(&tallies->counts);
    counts_reset(&tallies->counts);
}
