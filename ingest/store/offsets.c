#include "ingest/store/offsets.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "sql/schema.h"
#include "text/hex.h"

/* How long a row is waited for. offsets_take then ends the connection of its former owner. */
#define LOCK_TIMEOUT "5s"

/* Waits of that length before offsets_take gives up and the caller retries. */
#define TAKE_ATTEMPTS 3

/* The parameters of offsets_take.sql, and the first of them, which are those of offsets_add.sql. */
#define TAKE_PARAMETERS 7
#define ADD_PARAMETERS 5

/* And of those that concern one partition. */
#define ONE_PARAMETERS 4

enum status offsets_connected(struct offsets *offsets, struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_backend_self, 0, NULL, &rows, error);

    if (status == STATUS_OK) {
        snprintf(offsets->backend_pid, sizeof(offsets->backend_pid), "%s", db_text(rows, 0, 0));
        snprintf(offsets->backend_start, sizeof(offsets->backend_start), "%s", db_text(rows, 0, 1));
    }
    db_result_free(rows);
    return status;
}

void offsets_clear(struct offsets *offsets)
{
    for (int i = 0; i < OFFSETS_ARRAYS; i++)
        array_clear(&offsets->arrays[i]);
}

static enum status limit_lock_waits(struct db *db, const char *timeout, struct error *error)
{
    char statement[64];

    snprintf(statement, sizeof(statement), "set lock_timeout = '%s'", timeout);
    return db_script(db, statement, error);
}

static bool has_waited_in_vain(const struct db *db, enum status status)
{
    return status == STATUS_RETRY && strcmp(db_sqlstate(db), "55P03") == 0;
}

/* ---- taking partitions */

static void read_fingerprint(const char *hex, uint8_t fingerprint[FINGERPRINT_SIZE])
{
    memset(fingerprint, 0, FINGERPRINT_SIZE);
    if (*hex != '\0')
        (void)hex_decode(hex, fingerprint,
                         FINGERPRINT_SIZE); /* PostgreSQL's own encode() wrote it */
}

static void read_claim(const struct db_result *rows, int row, struct offsets_claim *claim)
{
    struct origin *origin = claim->origin;
    struct offsets_position *position = &claim->position;

    origin->slot = (int32_t)db_int64(rows, row, 1);
    origin->epoch = db_int64(rows, row, 2);
    origin->stored = db_int64(rows, row, 3);
    origin->place[0] = '\0';
    position->next_offset = origin->stored;
    position->last_offset = db_int64(rows, row, 4);
    read_fingerprint(db_text(rows, row, 5), position->fingerprint);
    position->tries = (int)db_int64(rows, row, 6);
    position->tried_ago_ms = db_int64(rows, row, 7);
    claim->is_taken = true;
}

/* Takes the rows that nobody has locked: claims of which is_taken is false. */
static enum status take_free(struct offsets *offsets, struct db *db, const char **parameters,
                             struct offsets_claim *claims, int count, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status;

    array_reset(&offsets->arrays[0]);
    array_reset(&offsets->arrays[1]);
    for (int i = 0; i < count; i++) {
        /* One that is ours already has a place in the arrays and no row. */
        if (claims[i].is_taken)
            array_add_null(&offsets->arrays[0]);
        else
            array_add_int64(&offsets->arrays[0], claims[i].origin->partition);
        array_add_int64(&offsets->arrays[1], claims[i].first_offset);
    }
    parameters[3] = array_text(&offsets->arrays[0]);
    parameters[6] = array_text(&offsets->arrays[1]);
    if (parameters[3] == NULL || parameters[6] == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    status = db_query(db, sql_offsets_take, TAKE_PARAMETERS, parameters, &rows, error);
    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++)
        read_claim(rows, row, &claims[db_int64(rows, row, 0)]);
    db_result_free(rows);
    return status;
}

/* Ends the connection of the former owner. A role sees and ends connections of its own kind only;
 * all that is left with another's is to wait. */
static enum status end_owner(struct db *db, const char *const *parameters,
                             const struct logger *logger, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_offset_free, ONE_PARAMETERS, parameters, &rows, error);
    bool ended = status == STATUS_OK && db_rows(rows) > 0;

    db_result_free(rows);
    if (ended)
        log_write(logger, LOG_LEVEL_WARNING,
                  "a former owner held the partition; its connection was ended", "topic",
                  parameters[2], LOG_INT("partition", atoi(parameters[3])), NULL);
    else if (status == STATUS_OK || status == STATUS_DENIED)
        status = error_set(error, STATUS_RETRY,
                           "%s [%s]: its row in kafka_offset stays locked; connections of other "
                           "roles are ended only by a member of pg_signal_backend and "
                           "pg_read_all_stats",
                           parameters[2], parameters[3]);
    return status;
}

/* A process that stands still here would hold what nobody can free: the row names its former owner
 * until the commit. */
#define NO_IDLING "set local idle_in_transaction_session_timeout = '5s'"

/* Waits for the one row, and takes it with all that are free by then. */
static enum status take_behind(struct offsets *offsets, struct db *db, const char *const *one,
                               const char **parameters, struct offsets_claim *claims, int count,
                               struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_begin(db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = db_script(db, NO_IDLING, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_offset_wait, ONE_PARAMETERS, one, &rows, error);
    if (status == STATUS_OK && db_rows(rows) != 1)
        status = error_set(error, STATUS_FATAL, "%s [%s]: its row in kafka_offset is gone", one[2],
                           one[3]);
    db_result_free(rows);
    if (status == STATUS_OK)
        status = take_free(offsets, db, parameters, claims, count, error);
    return db_end(db, status, error);
}

/* A row that was locked: its former owner's connection is ended when that lasts. */
static enum status take_locked(struct offsets *offsets, struct db *db, const char **parameters,
                               const struct offsets_claim *locked, struct offsets_claim *claims,
                               int count, const struct logger *logger, struct error *error)
{
    char partition[16];
    const char *const one[ONE_PARAMETERS] = {parameters[0], parameters[1], parameters[2],
                                             partition};
    enum status status = STATUS_OK;

    snprintf(partition, sizeof(partition), "%d", locked->origin->partition);
    for (int attempt = 0; status == STATUS_OK && attempt < TAKE_ATTEMPTS; attempt++) {
        status = take_behind(offsets, db, one, parameters, claims, count, error);
        if (!has_waited_in_vain(db, status))
            break;
        status = end_owner(db, one, logger, error);
        if (status == STATUS_OK && attempt + 1 == TAKE_ATTEMPTS)
            return error_set(error, STATUS_RETRY, "%s [%s]: its row in kafka_offset stays locked",
                             one[2], one[3]);
    }
    return status;
}

static const struct offsets_claim *find_locked(const struct offsets_claim *claims, int count)
{
    for (int i = 0; i < count; i++)
        if (!claims[i].is_taken)
            return &claims[i];
    return NULL;
}

/* One row that is locked is waited for, at most: what its owner held with it is free then, too. */
static enum status take_with_timeout(struct offsets *offsets, struct db *db,
                                     const char **parameters, struct offsets_claim *claims,
                                     int count, const struct logger *logger, struct error *error)
{
    const struct offsets_claim *locked;
    enum status status = db_query(db, sql_offsets_add, ADD_PARAMETERS, parameters, NULL, error);

    if (status != STATUS_OK)
        return status;
    status = take_free(offsets, db, parameters, claims, count, error);
    /* Of the table, which somebody has locked. */
    if (has_waited_in_vain(db, status))
        status = STATUS_OK;
    if (status == STATUS_OK && (locked = find_locked(claims, count)) != NULL)
        status = take_locked(offsets, db, parameters, locked, claims, count, logger, error);
    return status;
}

static const char *kind_name(enum event_kind kind)
{
    return kind == EVENT_HEARTBEAT ? "heartbeats" : "detections";
}

/* A topic is of one kind: who reads it as the other one would take detections for signs of life, or
 * reject all that comes. */
static enum status check_kind(struct db *db, const struct offsets_reader *reader,
                              struct error *error)
{
    const char *const parameters[] = {reader->cluster, reader->group, reader->topic,
                                      reader->kind == EVENT_HEARTBEAT ? "true" : "false"};
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_offset_kind, 4, parameters, &rows, error);

    if (status == STATUS_OK && db_rows(rows) > 0) {
        const char *group = db_text(rows, 0, 0);
        bool is_ours = strcmp(group, reader->group) == 0;

        status = error_set(
            error, STATUS_REJECT,
            "topic %s is read as %s by group %s, not as %s; if that was a mistake: kansen db %s "
            "--topic %s --group %s",
            reader->topic,
            kind_name(reader->kind == EVENT_HEARTBEAT ? EVENT_DETECTION : EVENT_HEARTBEAT), group,
            kind_name(reader->kind), is_ours ? "reread" : "retire", reader->topic, group);
    }
    db_result_free(rows);
    return status;
}

enum status offsets_take(struct offsets *offsets, struct db *db,
                         const struct offsets_reader *reader, struct offsets_claim *claims,
                         int count, const struct logger *logger, struct error *error)
{
    struct array partitions = {0};
    const char *parameters[TAKE_PARAMETERS] = {reader->cluster,
                                               reader->group,
                                               reader->topic,
                                               NULL,
                                               reader->kind == EVENT_HEARTBEAT ? "true" : "false",
                                               reader->owner};
    enum status status = check_kind(db, reader, error);

    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < count; i++)
        array_add_int64(&partitions, claims[i].origin->partition);
    parameters[3] = array_text(&partitions);
    if (parameters[3] == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    if (status == STATUS_OK)
        status = limit_lock_waits(db, LOCK_TIMEOUT, error);
    if (status == STATUS_OK)
        status = take_with_timeout(offsets, db, parameters, claims, count, logger, error);
    array_clear(&partitions);
    if (!db_is_broken(db)) {
        struct error ignored;
        enum status reset = limit_lock_waits(db, "0", &ignored);

        if (status == STATUS_OK && reset != STATUS_OK)
            status = error_set(error, reset, "%s", ignored.message);
    }
    return status;
}

enum status offsets_note_tries(struct offsets *offsets, struct db *db,
                               const struct offsets_tries *tries, int count, struct error *error)
{
    const char *parameters[3];

    for (int i = 0; i < 3; i++)
        array_reset(&offsets->arrays[i]);
    for (int i = 0; i < count; i++) {
        array_add_int64(&offsets->arrays[0], tries[i].origin->slot);
        array_add_int64(&offsets->arrays[1], tries[i].origin->epoch);
        array_add_int64(&offsets->arrays[2], tries[i].tries);
    }
    for (int i = 0; i < 3; i++) {
        parameters[i] = array_text(&offsets->arrays[i]);
        if (parameters[i] == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
    }
    return db_query(db, sql_offsets_try, 3, parameters, NULL, error);
}

/* ---- with a batch */

static void add_known(struct array *array, int64_t time_us)
{
    if (time_us > 0)
        array_add_int64(array, time_us);
    else
        array_add_null(array);
}

static void add_progress(struct array arrays[OFFSETS_ARRAYS], const struct batch_progress *progress)
{
    array_add_int64(&arrays[0], progress->origin->slot);
    array_add_int64(&arrays[1], progress->origin->epoch);
    array_add_int64(&arrays[2], progress->origin->stored);
    array_add_int64(&arrays[3], progress->next_offset);
    if (progress->last_offset < 0) {
        array_add_null(&arrays[4]);
        array_add_null(&arrays[5]);
    } else {
        array_add_int64(&arrays[4], progress->last_offset);
        array_add_hex(&arrays[5], progress->fingerprint, FINGERPRINT_SIZE);
    }
    array_add_text(&arrays[6], progress->origin->place, strlen(progress->origin->place));
    add_known(&arrays[7], progress->read_until_us);
    add_known(&arrays[8], progress->newest_event_us);
    array_add_int64(&arrays[9], progress->end_offset);
}

/* Rows of (number in the batch, place), as they are or as they will be behind the commit. */
static void read_places(const struct batch *batch, const struct db_result *rows, bool behind)
{
    for (int row = 0; row < db_rows(rows); row++) {
        struct batch_progress *progress = &batch->progress[db_int64(rows, row, 0)];

        snprintf(behind ? progress->place : progress->origin->place, ROW_PLACE_SIZE, "%s",
                 db_text(rows, row, 1));
    }
}

/* Asks where the rows lie when that is not known of one of them. */
static enum status find_places(struct offsets *offsets, struct db *db, const struct batch *batch,
                               bool *asked, struct error *error)
{
    struct db_result *rows = NULL;
    const char *slots;
    enum status status;

    array_reset(&offsets->arrays[0]);
    for (uint32_t i = 0; i < batch->progress_count; i++) {
        *asked = *asked || batch->progress[i].origin->place[0] == '\0';
        array_add_int64(&offsets->arrays[0], batch->progress[i].origin->slot);
    }
    slots = array_text(&offsets->arrays[0]);
    if (slots == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    if (!*asked)
        return STATUS_OK;
    status = db_query(db, sql_offsets_places, 1, &slots, &rows, error);
    if (status == STATUS_OK)
        read_places(batch, rows, false);
    db_result_free(rows);
    return status;
}

static void forget_places(const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->progress_count; i++)
        batch->progress[i].origin->place[0] = '\0';
}

static enum status move_rows(struct offsets *offsets, struct db *db, const struct batch *batch,
                             bool *moved, struct error *error)
{
    const char *parameters[OFFSETS_ARRAYS + 2];
    struct db_result *rows = NULL;
    enum status status;

    for (int i = 0; i < OFFSETS_ARRAYS; i++)
        array_reset(&offsets->arrays[i]);
    for (uint32_t i = 0; i < batch->progress_count; i++)
        add_progress(offsets->arrays, &batch->progress[i]);
    for (int i = 0; i < OFFSETS_ARRAYS; i++) {
        parameters[i] = array_text(&offsets->arrays[i]);
        if (parameters[i] == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
    }
    parameters[OFFSETS_ARRAYS] = offsets->backend_pid;
    parameters[OFFSETS_ARRAYS + 1] = offsets->backend_start;
    status = db_query(db, sql_offsets_advance, OFFSETS_ARRAYS + 2, parameters, &rows, error);
    if (status == STATUS_OK) {
        *moved = db_rows(rows) == (int)batch->progress_count;
        read_places(batch, rows, true);
    }
    db_result_free(rows);
    return status;
}

enum status offsets_advance(struct offsets *offsets, struct db *db, const struct batch *batch,
                            enum offsets_answer *answer, struct error *error)
{
    bool asked = false;
    bool moved = true;
    enum status status = STATUS_OK;

    if (batch->progress_count > 0)
        status = find_places(offsets, db, batch, &asked, error);
    if (status == STATUS_OK && batch->progress_count > 0)
        status = move_rows(offsets, db, batch, &moved, error);
    if (status != STATUS_OK)
        return status;
    if (!moved)
        forget_places(batch);
    *answer = moved ? OFFSETS_MOVED : asked ? OFFSETS_LOST : OFFSETS_MISPLACED;
    return STATUS_OK;
}

void offsets_advanced(const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->progress_count; i++) {
        struct batch_progress *progress = &batch->progress[i];

        progress->origin->stored = progress->next_offset;
        if (progress->read_until_us > 0)
            progress->origin->stored_until_us = progress->read_until_us;
        snprintf(progress->origin->place, ROW_PLACE_SIZE, "%s", progress->place);
    }
}

/* Where a row stands that was where we left it, or behind the batch. */
static enum offsets_place place_of(const struct batch_progress *progress, int64_t next_offset)
{
    if (next_offset == progress->next_offset)
        return OFFSETS_BEHIND_BATCH;
    return next_offset == progress->origin->stored ? OFFSETS_BEFORE_BATCH : OFFSETS_ELSEWHERE;
}

/* A batch is one transaction: all its partitions tell the same, or the database went back in time.
 */
static enum offsets_place read_retaken(const struct batch *batch, const struct db_result *rows)
{
    enum offsets_place common = OFFSETS_BEFORE_BATCH;
    bool told = false;

    if (db_rows(rows) != (int)batch->progress_count)
        return OFFSETS_ELSEWHERE;
    for (int row = 0; row < db_rows(rows); row++) {
        struct batch_progress *progress = &batch->progress[db_int64(rows, row, 0)];
        /* A partition whose end was only seen again looks the same before and after. */
        bool tells = progress->next_offset != progress->origin->stored;
        enum offsets_place each = place_of(progress, db_int64(rows, row, 2));

        progress->origin->epoch = db_int64(rows, row, 1);
        if (each == OFFSETS_ELSEWHERE || (tells && told && each != common))
            return OFFSETS_ELSEWHERE;
        if (tells || !told)
            common = each;
        told = told || tells;
    }
    return common;
}

static enum status retake_rows(struct offsets *offsets, struct db *db, const struct batch *batch,
                               enum offsets_place *place, struct error *error)
{
    const char *parameters[2];
    struct db_result *rows = NULL;
    enum status status;

    array_reset(&offsets->arrays[0]);
    array_reset(&offsets->arrays[1]);
    for (uint32_t i = 0; i < batch->progress_count; i++) {
        struct batch_progress *progress = &batch->progress[i];

        array_add_int64(&offsets->arrays[0], progress->origin->slot);
        array_add_int64(&offsets->arrays[1], progress->origin->epoch);
        progress->origin->place[0] = progress->place[0] = '\0';
    }
    parameters[0] = array_text(&offsets->arrays[0]);
    parameters[1] = array_text(&offsets->arrays[1]);
    if (parameters[0] == NULL || parameters[1] == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    status = db_query(db, sql_offsets_retake, 2, parameters, &rows, error);
    if (status == STATUS_OK)
        *place = read_retaken(batch, rows);
    db_result_free(rows);
    return status;
}

enum status offsets_retake(struct offsets *offsets, struct db *db, const struct batch *batch,
                           enum offsets_place *place, struct error *error)
{
    enum status status = limit_lock_waits(db, LOCK_TIMEOUT, error);

    *place = OFFSETS_BEFORE_BATCH;
    if (status == STATUS_OK && batch->progress_count > 0)
        status = retake_rows(offsets, db, batch, place, error);
    if (has_waited_in_vain(db, status)) {
        /* Our former connection still holds a row, on a server that has not noticed its end.
         * offsets_take knows how to end it. */
        status = STATUS_OK;
        *place = OFFSETS_ELSEWHERE;
    }
    return status == STATUS_OK ? limit_lock_waits(db, "0", error) : status;
}

/* ---- between batches */

enum status offsets_are_ours(struct offsets *offsets, struct db *db,
                             const struct origin *const *origins, int count, bool *ours,
                             struct error *error)
{
    const char *parameters[3];
    struct db_result *rows = NULL;
    enum status status;

    for (int i = 0; i < 3; i++)
        array_reset(&offsets->arrays[i]);
    for (int i = 0; i < count; i++) {
        array_add_int64(&offsets->arrays[0], origins[i]->slot);
        array_add_int64(&offsets->arrays[1], origins[i]->epoch);
        array_add_int64(&offsets->arrays[2], origins[i]->stored);
    }
    for (int i = 0; i < 3; i++) {
        parameters[i] = array_text(&offsets->arrays[i]);
        if (parameters[i] == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
    }
    status = db_query(db, sql_offsets_ours, 3, parameters, &rows, error);
    if (status == STATUS_OK)
        *ours = db_int64(rows, 0, 0) == count;
    db_result_free(rows);
    if (status == STATUS_OK)
        status = schema_stays(db, error);
    return status == STATUS_REJECT ? STATUS_FATAL : status;
}

/* ---- the end of a topic */

enum status offsets_have_reached(struct offsets *offsets, struct db *db,
                                 const struct offsets_reader *reader, const int64_t *wanted,
                                 int32_t partitions, bool *reached, struct error *error)
{
    struct array *list = &offsets->arrays[0];
    struct db_result *rows = NULL;
    int expected = 0;

    array_reset(list);
    for (int32_t i = 0; i < partitions; i++) {
        /* Nothing to be read means nothing to be stored, not even a row. */
        if (wanted[i] > 0) {
            expected++;
            array_add_int64(list, wanted[i]);
        } else {
            array_add_null(list);
        }
    }

    const char *const parameters[] = {reader->cluster, reader->group, reader->topic,
                                      array_text(list)};

    if (parameters[3] == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");

    enum status status = db_query(db, sql_offsets_reached, 4, parameters, &rows, error);

    if (status == STATUS_OK)
        *reached = db_int64(rows, 0, 0) == expected;
    db_result_free(rows);
    return status;
}
