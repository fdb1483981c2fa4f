#include "threats/recount.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "sql/moment.h"
#include "sql/owner.h"
#include "threats/parts.h"
#include "threats/tallies.h"

/* Deadlocks with workers are retried; more in a row mean something else is wrong. */
#define ATTEMPTS 10

struct recount {
    struct db *db;       /* writes */
    struct db *snapshot; /* reads what is there and what is counted of it, at one moment */
    struct tallies tallies;
    const char *threat_id;
    struct db_result *names; /* an array of those that match, read behind the definition */
    bool is_shared; /* somebody else adds infections of the month: some of ours may be there */
    recount_show *show;
    void *context;
    struct recount_progress progress;
};

/* One of the months that are still to be counted. */
struct month {
    const char *first_day; /* as PostgreSQL writes it */
    struct tallied tallied;
    const char *starts_at;
    const char *ends_at;
    const char *name; /* YYYY-MM */
};

/* What is there at one moment, and how much of it is counted. */
struct state {
    struct db_result *totals;
    struct db_result *counted;
};

enum status recount_new(const char *conninfo, struct db *db, recount_show *show, void *context,
                        struct recount **recount, struct error *error)
{
    enum status status;

    *recount = calloc(1, sizeof(**recount));
    if (*recount == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    (*recount)->db = db;
    (*recount)->show = show;
    (*recount)->context = context;
    status = db_open(conninfo, &(*recount)->snapshot, error);
    return status == STATUS_OK ? tallies_init(&(*recount)->tallies, error) : status;
}

void recount_free(struct recount *recount)
{
    if (recount == NULL)
        return;
    db_result_free(recount->names);
    tallies_clear(&recount->tallies);
    db_close(recount->snapshot);
    free(recount);
}

static void show_progress(const struct recount *recount)
{
    if (recount->show != NULL)
        recount->show(recount->context, &recount->progress);
}

/* A name of which something is stored was there before. */
static enum status read_names(struct recount *recount, struct error *error)
{
    struct db_result *names = NULL;
    enum status status =
        db_query(recount->db, sql_recount_names, 1, &recount->threat_id, &names, error);

    if (status != STATUS_OK)
        return status;
    db_result_free(recount->names);
    recount->names = names;
    return STATUS_OK;
}

/* ---- infections */

/* PostgreSQL would clean up behind the last month only, and walk through what is gone till then. */
static enum status empty_stage(struct recount *recount, struct error *error)
{
    struct db_result *gone = NULL;
    enum status status = db_query(recount->db, sql_recount_empty, 0, NULL, &gone, error);

    if (status == STATUS_OK && db_written(gone) > 0)
        status = owner_run(recount->db, "vacuum kansen.recount_stage", error);
    db_result_free(gone);
    return status;
}

static enum status stage(struct recount *recount, const struct month *month, int64_t *staged,
                         struct error *error)
{
    const char *const parameters[] = {db_text(recount->names, 0, 0), month->starts_at,
                                      month->ends_at};
    struct db_result *rows = NULL;
    enum status status = empty_stage(recount, error);

    if (status == STATUS_OK)
        status = db_query(recount->db, sql_recount_stage, 3, parameters, &rows, error);
    if (status == STATUS_OK)
        *staged = db_written(rows);
    db_result_free(rows);
    return status;
}

/* Has decided what the labels of the staged infections are counted as, before they are stored and a
 * worker can move one of them to another label. */
static enum status decide_labels(struct recount *recount, const struct month *month,
                                 struct error *error)
{
    struct db_result *labels = NULL;
    enum status status = db_query(recount->db, sql_recount_labels, 0, NULL, &labels, error);

    if (status == STATUS_OK)
        status = tallies_decide(&recount->tallies, recount->db, &month->tallied, labels, error);
    db_result_free(labels);
    return status;
}

/* A deadlock, and nothing else: behind a crash, also one of a distributed database's node, what was
 * staged is gone. */
static bool may_try_again(const struct db *db)
{
    return strncmp(db_sqlstate(db), "40", 2) == 0;
}

/* Adds the staged infections of the part's devices. That they are all new is the quicker way, for
 * as long as it is true; of what is refused, nothing is stored. */
static enum status add_part(struct recount *recount, const struct month *month,
                            const struct part *part, struct error *error)
{
    const char *const parameters[] = {month->first_day, recount->threat_id, part->first, part->end};
    enum status status;

    if (!recount->is_shared) {
        status = db_query(recount->db, sql_recount_add, 4, parameters, NULL, error);
        if (status == STATUS_OK)
            return status;
        recount->is_shared = strcmp(db_sqlstate(recount->db), "23505") == 0;
        if (!recount->is_shared && !may_try_again(recount->db))
            return status;
    }
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        status = db_query(recount->db, sql_recount_merge, 4, parameters, NULL, error);
        if (status == STATUS_OK || !may_try_again(recount->db))
            break;
    }
    return status;
}

/* Each part in a transaction of its own: workers with infections of it wait for its end. */
static enum status add_infections(struct recount *recount, const struct month *month,
                                  struct error *error)
{
    struct db_result *edges = NULL;
    enum status status = db_query(recount->db, sql_recount_edges, 0, NULL, &edges, error);

    if (status == STATUS_OK)
        recount->progress.parts = parts_count(edges);
    for (int i = 0; status == STATUS_OK && i < parts_count(edges); i++) {
        const struct part part = parts_get(edges, i);

        show_progress(recount);
        status = add_part(recount, month, &part, error);
        recount->progress.parts_done++;
    }
    db_result_free(edges);
    return status;
}

/* Not *is_whole: a node of a distributed database has crashed meanwhile, and what was staged there
 * was not added; the rest was. */
static enum status store_infections(struct recount *recount, const struct month *month,
                                    bool *is_whole, struct error *error)
{
    struct db_result *rows = NULL;
    int64_t staged = 0;
    enum status status;

    recount->progress.parts = 0;
    recount->progress.parts_done = 0;
    show_progress(recount);
    status = stage(recount, month, &staged, error);
    if (status == STATUS_OK)
        status = decide_labels(recount, month, error);
    if (status == STATUS_OK)
        status = add_infections(recount, month, error);
    if (status == STATUS_OK)
        status = db_query(recount->db, sql_recount_staged, 0, NULL, &rows, error);
    *is_whole = status == STATUS_OK && db_int64(rows, 0, 0) == staged;
    db_result_free(rows);
    return status;
}

/* ---- counts */

static enum status read_state(struct recount *recount, const struct month *month,
                              struct state *state, struct error *error)
{
    const char *const of[] = {recount->threat_id, month->first_day};
    enum status status = moment_begin(recount->snapshot, DB_READ_ONLY_SNAPSHOT, error);

    if (status == STATUS_OK)
        status = read_names(recount, error);
    if (status == STATUS_OK) {
        const char *const parameters[] = {db_text(recount->names, 0, 0), month->starts_at,
                                          month->ends_at, month->first_day, recount->threat_id};

        status =
            db_query(recount->snapshot, sql_recount_totals, 5, parameters, &state->totals, error);
    }
    if (status == STATUS_OK)
        status = db_query(recount->snapshot, sql_recount_counted, 2, of, &state->counted, error);
    db_rollback(recount->snapshot);
    return status;
}

static enum status subtract(struct recount *recount, const struct month *month,
                            const struct db_result *counted, struct error *error)
{
    const char *const parameters[] = {recount->threat_id,     month->first_day,
                                      db_text(counted, 0, 0), db_text(counted, 0, 1),
                                      db_text(counted, 0, 2), db_text(counted, 0, 3)};

    return parameters[2] == NULL
               ? STATUS_OK
               : db_query(recount->db, sql_recount_subtract, 6, parameters, NULL, error);
}

/* What is there and not counted is, and the month is off the list. */
static enum status store_once(struct recount *recount, const struct month *month,
                              const struct state *state, struct error *error)
{
    const char *const parameters[] = {recount->threat_id, month->first_day};
    struct db_result *done = NULL;
    enum status status = db_begin(recount->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = db_query(recount->db, sql_files_turn, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(recount->db, sql_recount_month_done, 2, parameters, &done, error);
    /* An attempt that was taken for failed had been committed. */
    if (status == STATUS_OK && db_rows(done) == 0)
        status =
            error_set(error, STATUS_FATAL, "%s was counted already; run it again", month->name);
    db_result_free(done);
    if (status == STATUS_OK)
        status = tallies_count(&recount->tallies, recount->db, &month->tallied, state->totals,
                               COUNTS_REDEFINED_SLOT, error);
    if (status == STATUS_OK)
        status = subtract(recount, month, state->counted, error);
    status = db_end(recount->db, status, error);
    tallies_ended(&recount->tallies, status == STATUS_OK);
    return status;
}

static int64_t detections_of(const struct state *state)
{
    int64_t detections = -db_int64(state->counted, 0, 4);

    for (int row = 0; row < db_rows(state->totals); row++)
        if (db_int64(state->totals, row, 0) == DIMENSION_COUNTRY)
            detections += db_int64(state->totals, row, 3);
    return detections;
}

static enum status store(struct recount *recount, const struct month *month,
                         const struct state *state, struct error *error)
{
    enum status status =
        tallies_decide(&recount->tallies, recount->db, &month->tallied, state->totals, error);

    if (status != STATUS_OK)
        return status;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        status = store_once(recount, month, state, error);
        if (status != STATUS_RETRY || db_is_broken(recount->db))
            break;
    }
    return status;
}

static enum status count(struct recount *recount, const struct month *month, struct error *error)
{
    struct state state = {NULL, NULL};
    enum status status = read_state(recount, month, &state, error);

    if (status == STATUS_OK)
        status = store(recount, month, &state, error);
    if (status == STATUS_OK)
        recount->progress.detections += detections_of(&state);
    db_result_free(state.totals);
    db_result_free(state.counted);
    return status;
}

static enum status count_month(struct recount *recount, const struct month *month,
                               struct error *error)
{
    enum status status;
    bool is_whole = false;

    recount->progress.month = month->name;
    recount->is_shared = false;
    do
        status = store_infections(recount, month, &is_whole, error);
    while (status == STATUS_OK && !is_whole);
    show_progress(recount);
    if (status == STATUS_OK)
        status = count(recount, month, error);
    recount->progress.months_done++;
    return status;
}

enum status recount_stored(struct recount *recount, const char *threat_id, int64_t *detections,
                           struct error *error)
{
    struct db_result *months = NULL;
    enum status status = db_query(recount->db, sql_recount_months, 1, &threat_id, &months, error);

    recount->threat_id = threat_id;
    if (status == STATUS_OK)
        status = read_names(recount, error);
    if (status == STATUS_OK)
        recount->progress.months = db_rows(months);
    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++) {
        const struct month month = {db_text(months, row, 0),
                                    {(int32_t)db_int64(months, row, 1), atoi(threat_id)},
                                    db_text(months, row, 2),
                                    db_text(months, row, 3),
                                    db_text(months, row, 4)};

        status = count_month(recount, &month, error);
    }
    show_progress(recount);
    /* The last month's name goes with the rows. */
    recount->progress.month = NULL;
    db_result_free(months);
    *detections = recount->progress.detections;
    return status;
}
