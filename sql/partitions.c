#include "sql/partitions.h"

#include <inttypes.h>
#include <string.h>

#include "kansen/clock.h"
#include "sql/array.h"
#include "sql/embedded.h"
#include "sql/owner.h"

/* How long `threat set` is waited for, which nobody waits behind us for. */
#define TURN_TIMEOUT "20s"

/* For the lock on a default partition: writers queue behind us as long as we wait for it. What a
 * batch of theirs takes is waited for, a reader that holds it longer is not: we let them pass, and
 * try again. */
#define LOCK_FIRST_MS 100
#define LOCK_LAST_MS 2000

/* Then we have tried for long enough. */
#define LOCK_TOTAL_MS 20000

/* Rows of a step out of a default partition: a tenth of a second. */
#define STEP_ROWS "20000"

/* Months that are added while the default partition is locked once. */
#define MONTHS_AT_ONCE 24

/* Writers get this much at least between two steps. */
#define REST_MIN_MS 20
#define REST_MAX_MS 500

/* A statement of the owner's that wants the default partition of a table for itself. */
struct step {
    const char *parent;
    const char *sql;
    int count;
    const char *const *parameters;
};

/* Begins a transaction of the owner's, in which nobody else defines threats. */
static enum status begin_turn(struct db *db, struct error *error)
{
    enum status status = owner_begin(db, error);

    if (status == STATUS_OK)
        status = db_script(db, "set local lock_timeout = '" TURN_TIMEOUT "'", error);
    return status == STATUS_OK ? db_script(db, sql_maintain_turn, error) : status;
}

static enum status try_step(struct db *db, const struct step *step, int timeout_ms,
                            struct db_result **out, struct error *error)
{
    char timeout[64];
    enum status status = begin_turn(db, error);

    snprintf(timeout, sizeof(timeout), "set local lock_timeout = '%dms'", timeout_ms);
    if (status == STATUS_OK)
        status = db_script(db, timeout, error);
    if (status == STATUS_OK)
        status = db_query(db, step->sql, step->count, step->parameters, out, error);
    return db_end(db, status, error);
}

static enum status say_holder(struct db *db, const char *parent, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_partitions_holder, 1, &parent, &rows, error);

    if (status == STATUS_OK && db_rows(rows) > 0)
        status = error_set(error, STATUS_RETRY,
                           "%s is in use: connection %s (%s) holds it since %s; run this "
                           "again, nothing is lost and what is done is done",
                           parent, db_text(rows, 0, 0), db_text(rows, 0, 1), db_text(rows, 0, 2));
    else if (status == STATUS_OK)
        status = error_set(error, STATUS_RETRY,
                           "%s is in use all the time; run this again when less is stored", parent);
    db_result_free(rows);
    return status;
}

/* Was it the default partition that we could not get, or a deadlock that we were taken out of? */
static bool is_worth_a_try(const struct db *db)
{
    return strcmp(db_sqlstate(db), "55P03") == 0 || strcmp(db_sqlstate(db), "40P01") == 0;
}

static enum status run_step(struct db *db, const struct step *step, struct db_result **out,
                            struct error *error)
{
    int64_t began_ms = clock_ms(CLOCK_MONOTONIC);
    int timeout_ms = LOCK_FIRST_MS;

    for (;;) {
        int64_t tried_ms = clock_ms(CLOCK_MONOTONIC);
        enum status status = try_step(db, step, timeout_ms, out, error);

        if (status != STATUS_RETRY || db_is_broken(db) || !is_worth_a_try(db))
            return status;
        /* The turn, not the partition. */
        if (clock_ms(CLOCK_MONOTONIC) - tried_ms >= LOCK_TOTAL_MS)
            return status;
        if (clock_ms(CLOCK_MONOTONIC) - began_ms >= LOCK_TOTAL_MS)
            return say_holder(db, step->parent, error);
        clock_rest(timeout_ms);
        timeout_ms = timeout_ms * 2 < LOCK_LAST_MS ? timeout_ms * 2 : LOCK_LAST_MS;
    }
}

enum status partitions_run_alone(struct db *db, const char *parent, const char *sql, int count,
                                 const char *const *parameters, struct db_result **out,
                                 struct error *error)
{
    const struct step step = {parent, sql, count, parameters};

    return run_step(db, &step, out, error);
}

/* Rows that are gone are looked through by each statement that adds a partition, until PostgreSQL
 * has cleaned up. */
static enum status clean_default(struct db *db, const char *parent, struct error *error)
{
    const char *const sql = strcmp(parent, "detection") == 0 ? "vacuum kansen.detection_default"
                                                             : "vacuum kansen.infection_default";

    return owner_run(db, sql, error);
}

/* Moves the month of the first row of `missing` out of its default partition. */
static enum status move_month(struct db *db, const struct partitions_wanted *wanted,
                              const struct db_result *missing, struct error *error)
{
    const char *const parent = db_text(missing, 0, 0);
    const char *const parameters[] = {parent, db_text(missing, 0, 1), STEP_ROWS};
    const struct step step = {parent, sql_partitions_grow, 3, parameters};
    int64_t moved = 0;
    bool whole = false;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && !whole) {
        struct db_result *rows = NULL;
        int64_t began_ms = clock_ms(CLOCK_MONOTONIC);
        int64_t took_ms;

        status = run_step(db, &step, &rows, error);
        if (status == STATUS_OK) {
            moved += db_int64(rows, 0, 0);
            whole = db_int64(rows, 0, 1) != 0;
            if (wanted->show != NULL)
                wanted->show(wanted->context, db_text(missing, 0, 2), moved);
        }
        db_result_free(rows);
        took_ms = clock_ms(CLOCK_MONOTONIC) - began_ms;
        if (!whole)
            clock_rest(took_ms < REST_MIN_MS ? REST_MIN_MS
                                             : (took_ms > REST_MAX_MS ? REST_MAX_MS : took_ms));
    }
    if (status == STATUS_OK && moved > 0)
        status = clean_default(db, parent, error);
    return status;
}

/* Adds the next months of one table, of which nothing lies in its default partition. */
static enum status add_months(struct db *db, const struct db_result *missing, struct error *error)
{
    struct array months = {0};
    const char *const parent = db_text(missing, 0, 0);
    enum status status;

    for (int row = 0; row < db_rows(missing) && row < MONTHS_AT_ONCE &&
                      strcmp(db_text(missing, row, 0), parent) == 0;
         row++)
        array_add_text(&months, db_text(missing, row, 1), strlen(db_text(missing, row, 1)));

    const char *const parameters[] = {parent, array_text(&months)};
    const struct step step = {parent, sql_partitions_add, 2, parameters};

    if (parameters[1] == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = run_step(db, &step, NULL, error);
    array_clear(&months);
    return status;
}

static int count_months(const struct db_result *missing)
{
    int count = 0;

    for (int row = 0; row < db_rows(missing); row++)
        count += strcmp(db_text(missing, row, 0), "detection") == 0;
    return count;
}

/* What a `threat set` under way has moved into a default partition meanwhile is found behind it. */
static enum status await_turn(struct db *db, struct error *error)
{
    enum status status = begin_turn(db, error);

    db_rollback(db);
    return status;
}

enum status partitions_maintain(struct db *db, const struct partitions_wanted *wanted, int *made,
                                struct error *error)
{
    char from[MONTH_TEXT_SIZE + 3];
    char to[MONTH_TEXT_SIZE + 3];
    char text[MONTH_TEXT_SIZE];
    const char *range[] = {NULL, NULL};
    enum status status = await_turn(db, error);
    int at_first = -1;
    bool done = false;

    if (wanted->has_range) {
        snprintf(from, sizeof(from), "%s-01", month_format(wanted->first, text));
        snprintf(to, sizeof(to), "%s-01", month_format(wanted->last, text));
        range[0] = from;
        range[1] = to;
    }
    while (status == STATUS_OK && !done) {
        struct db_result *missing = NULL;

        status = db_query(db, sql_partitions_missing, 2, range, &missing, error);
        done = status == STATUS_OK && db_rows(missing) == 0;
        if (status == STATUS_OK && at_first < 0)
            at_first = count_months(missing);
        if (status == STATUS_OK && !done)
            status = db_int64(missing, 0, 3) != 0 ? move_month(db, wanted, missing, error)
                                                  : add_months(db, missing, error);
        db_result_free(missing);
    }
    if (status == STATUS_OK)
        *made = at_first;
    return status;
}
