#include "ingest/sink.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ingest/calendar.h"
#include "ingest/labels.h"
#include "ingest/tally.h"
#include "sql/array.h"
#include "sql/copy.h"
#include "sql/db.h"
#include "sql/embedded.h"

/* How long sink_take waits for the former owner's transaction before it ends that connection. */
#define TAKE_LOCK_TIMEOUT "5s"

/* Locks that sink_take waits for before it gives up and the caller retries. */
#define TAKE_ATTEMPTS 3

/* slot, epoch, stored, next_offset, last_offset, fingerprint */
#define ADVANCE_ARRAYS 6

struct sink {
    char *conninfo;
    const struct logger *logger;
    pthread_mutex_t lock; /* guards db against sink_cancel, and totals */
    struct db *db;
    char backend_pid[16];
    char backend_start[64];
    int64_t catalogue_version; /* by which names were matched with threats */
    struct calendar calendar;
    struct labels *labels;
    struct tally *tally;
    struct sink_totals totals;
    bool staged; /* the last batch repeated stored events: look before inserting */
    struct copy copy;
    struct array arrays[ADVANCE_ARRAYS];
    const struct batch_row *order[BATCH_ROWS]; /* rows by the key of detection */
    bool is_stored[BATCH_ROWS];                /* by place in order: was in detection already */
};

/* ---- connection */

static enum status query_int64(struct sink *sink, const char *sql, int64_t *out,
                               struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(sink->db, sql, 0, NULL, &rows, error);

    if (status == STATUS_OK)
        *out = db_int64(rows, 0, 0);
    db_result_free(rows);
    return status;
}

static enum status read_backend(struct sink *sink, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(sink->db, sql_backend_self, 0, NULL, &rows, error);

    if (status == STATUS_OK) {
        snprintf(sink->backend_pid, sizeof(sink->backend_pid), "%s", db_text(rows, 0, 0));
        snprintf(sink->backend_start, sizeof(sink->backend_start), "%s", db_text(rows, 0, 1));
    }
    db_result_free(rows);
    return status;
}

static void drop_connection(struct sink *sink)
{
    struct db *db = sink->db;

    pthread_mutex_lock(&sink->lock);
    sink->db = NULL;
    pthread_mutex_unlock(&sink->lock);
    db_close(db);
}

/* A new connection may lead to another server than the last one (a standby that took over): nothing
 * that was read from the last one is believed. */
static enum status connect_anew(struct sink *sink, struct error *error)
{
    struct db *db = NULL;
    enum status status;

    drop_connection(sink);
    labels_forget(sink->labels);
    tally_forget(sink->tally);
    tally_reset(sink->tally);
    status = db_open(sink->conninfo, &db, error);
    if (status != STATUS_OK)
        return status;
    pthread_mutex_lock(&sink->lock);
    sink->db = db;
    pthread_mutex_unlock(&sink->lock);

    status = db_script(db, sql_stage_create, error);
    if (status == STATUS_OK)
        status = read_backend(sink, error);
    if (status == STATUS_OK)
        status = query_int64(sink, sql_catalogue_version, &sink->catalogue_version, error);
    if (status != STATUS_OK)
        drop_connection(sink);
    return status;
}

enum status sink_open(const char *conninfo, const struct logger *logger, struct sink **out,
                      struct error *error)
{
    struct sink *sink = calloc(1, sizeof(*sink));
    enum status status;

    if (sink == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    pthread_mutex_init(&sink->lock, NULL);
    sink->logger = logger;
    sink->conninfo = strdup(conninfo == NULL ? "" : conninfo);
    if (sink->conninfo == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = labels_new(&sink->labels, error);
    if (status == STATUS_OK)
        status = tally_new(&sink->tally, error);
    if (status == STATUS_OK)
        status = connect_anew(sink, error);
    if (status == STATUS_OK)
        status = calendar_load(&sink->calendar, sink->db, error);
    if (status != STATUS_OK) {
        sink_close(sink);
        return status;
    }
    *out = sink;
    return STATUS_OK;
}

void sink_close(struct sink *sink)
{
    if (sink == NULL)
        return;
    drop_connection(sink);
    calendar_clear(&sink->calendar);
    labels_free(sink->labels);
    tally_free(sink->tally);
    for (int i = 0; i < ADVANCE_ARRAYS; i++)
        array_clear(&sink->arrays[i]);
    pthread_mutex_destroy(&sink->lock);
    free(sink->conninfo);
    free(sink);
}

void sink_cancel(struct sink *sink)
{
    pthread_mutex_lock(&sink->lock);
    if (sink->db != NULL)
        db_cancel(sink->db);
    pthread_mutex_unlock(&sink->lock);
}

struct sink_totals sink_totals(struct sink *sink)
{
    struct sink_totals totals;

    pthread_mutex_lock(&sink->lock);
    totals = sink->totals;
    pthread_mutex_unlock(&sink->lock);
    return totals;
}

/* ---- offsets */

static enum status advance_offsets(struct sink *sink, const struct batch *batch, bool *ours,
                                   struct error *error)
{
    const char *parameters[ADVANCE_ARRAYS + 2];
    struct db_result *rows = NULL;
    enum status status;

    *ours = true;
    if (batch->progress_count == 0)
        return STATUS_OK;
    for (int i = 0; i < ADVANCE_ARRAYS; i++)
        array_reset(&sink->arrays[i]);
    for (uint32_t i = 0; i < batch->progress_count; i++) {
        const struct batch_progress *progress = &batch->progress[i];

        array_add_int64(&sink->arrays[0], progress->origin->slot);
        array_add_int64(&sink->arrays[1], progress->origin->epoch);
        array_add_int64(&sink->arrays[2], progress->origin->stored);
        array_add_int64(&sink->arrays[3], progress->next_offset);
        if (progress->last_offset < 0) {
            array_add_null(&sink->arrays[4]);
            array_add_null(&sink->arrays[5]);
            continue;
        }
        array_add_int64(&sink->arrays[4], progress->last_offset);
        array_add_hex(&sink->arrays[5], progress->fingerprint, FINGERPRINT_SIZE);
    }
    for (int i = 0; i < ADVANCE_ARRAYS; i++) {
        parameters[i] = array_text(&sink->arrays[i]);
        if (parameters[i] == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
    }
    parameters[ADVANCE_ARRAYS] = sink->backend_pid;
    parameters[ADVANCE_ARRAYS + 1] = sink->backend_start;
    status = db_query(sink->db, sql_offsets_advance, ADVANCE_ARRAYS + 2, parameters, &rows, error);
    if (status == STATUS_OK)
        *ours = db_rows(rows) == (int)batch->progress_count;
    db_result_free(rows);
    return status;
}

/* ---- rows */

static int compare_rows(const void *left, const void *right)
{
    const struct batch_row *a = *(const struct batch_row *const *)left;
    const struct batch_row *b = *(const struct batch_row *const *)right;
    int order = (a->time_us > b->time_us) - (a->time_us < b->time_us);

    if (order == 0)
        order = memcmp(a->device, b->device, sizeof(a->device));
    return order != 0 ? order : memcmp(a->id, b->id, sizeof(a->id));
}

/* In the order of detection's key: neighbours in the index, and two workers with the same events
 * meet in the same order. */
static void sort_rows(struct sink *sink, const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->row_count; i++)
        sink->order[i] = &batch->rows[i];
    qsort(sink->order, batch->row_count, sizeof(sink->order[0]), compare_rows);
    memset(sink->is_stored, 0, batch->row_count * sizeof(sink->is_stored[0]));
}

static void copy_id(struct copy *copy, bool present, int32_t id)
{
    if (present)
        copy_int32(copy, id);
    else
        copy_null(copy);
}

static void copy_fields(struct sink *sink, const struct batch_row *row)
{
    struct copy *copy = &sink->copy;
    bool has_product = row->product != INTERN_NONE;
    bool has_action = row->action != INTERN_NONE;

    copy_timestamp(copy, row->time_us);
    copy_bytes(copy, row->device, sizeof(row->device));
    copy_bytes(copy, row->id, sizeof(row->id));
    copy_int32(copy, labels_name_id(sink->labels, row->name));
    copy_id(copy, has_product, has_product ? labels_product_id(sink->labels, row->product) : 0);
    copy_id(copy, has_action, has_action ? labels_action_id(sink->labels, row->action) : 0);
    copy_bytes(copy, row->country, strlen(row->country));
    if (row->address_family == ADDRESS_NONE)
        copy_null(copy);
    else
        copy_inet(copy, row->address_family, row->address);
    if (row->has_sha256)
        copy_bytes(copy, row->sha256, sizeof(row->sha256));
    else
        copy_null(copy);
}

#define DETECTION_FIELDS 9

/* COPYs order[first … last-1] straight into detection, or numbered into the stage. */
static enum status copy_rows(struct sink *sink, uint32_t first, uint32_t last, bool staged,
                             struct error *error)
{
    const char *sql = staged ? sql_detections_stage : sql_detections_copy;
    enum status status = copy_begin(&sink->copy, sink->db, sql, error);

    if (status != STATUS_OK)
        return status;
    for (uint32_t i = first; i < last; i++) {
        copy_row(&sink->copy, staged ? DETECTION_FIELDS + 1 : DETECTION_FIELDS);
        if (staged)
            copy_int32(&sink->copy, (int32_t)i);
        copy_fields(sink, sink->order[i]);
    }
    return copy_end(&sink->copy, error);
}

/* Stores rows of which some may be there already, and marks those. */
static enum status store_staged(struct sink *sink, uint32_t first, uint32_t last,
                                struct sink_totals *totals, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = copy_rows(sink, first, last, true, error);

    if (status == STATUS_OK)
        status = db_query(sink->db, sql_detections_add_staged, 0, NULL, &rows, error);
    for (int i = 0; status == STATUS_OK && i < db_rows(rows); i++) {
        sink->is_stored[db_int64(rows, i, 0)] = true;
        totals->repeated++;
        totals->conflicting += strcmp(db_text(rows, i, 1), "t") == 0;
    }
    db_result_free(rows);
    return status;
}

static enum status store_rows(struct sink *sink, const struct batch *batch,
                              struct sink_totals *totals, struct error *error)
{
    uint64_t repeated = totals->repeated;
    enum status status;

    if (batch->row_count == 0)
        return STATUS_OK;
    if (!sink->staged) {
        status = copy_rows(sink, 0, batch->row_count, false, error);
    } else {
        status = store_staged(sink, 0, batch->row_count, totals, error);
        /* Resends come in waves: once a batch has none, the next is copied straight in again. */
        if (status == STATUS_OK && totals->repeated == repeated)
            sink->staged = false;
    }
    if (status == STATUS_OK)
        totals->accepted += batch->row_count - (totals->repeated - repeated);
    return status;
}

/* ---- infections and counts */

static enum status tally_row(struct sink *sink, const struct batch_row *row, int32_t slot,
                             struct error *error)
{
    size_t count;
    const int32_t *threats = labels_threats(sink->labels, row->name, &count);
    const struct calendar_entry *month;
    struct sighting sighting = {.time_us = row->time_us};

    if (count == 0)
        return STATUS_OK;
    month = calendar_find(&sink->calendar, row->time_us);
    if (month == NULL)
        return error_set(error, STATUS_FATAL, "an event outside of the calendar was accepted");
    sighting.first_day = month->first_day;
    memcpy(sighting.device, row->device, sizeof(sighting.device));
    memcpy(sighting.event_id, row->id, sizeof(sighting.event_id));
    memcpy(sighting.country, row->country, sizeof(sighting.country));
    for (size_t i = 0; i < count; i++) {
        sighting.threat_id = threats[i];
        if (tally_add(sink->tally, &sighting))
            continue;

        enum status status = tally_spill(sink->tally, sink->db, slot, error);

        if (status != STATUS_OK)
            return status;
        if (!tally_add(sink->tally, &sighting))
            return error_set(error, STATUS_FATAL, "an empty tally is full");
    }
    return STATUS_OK;
}

/* Counts go to a slot whose offset row this transaction holds, so that no other worker writes the
 * same rows of infection_count. Files have no such row; they share slot 0. */
static int32_t slot_of(const struct batch *batch)
{
    return batch->progress_count == 0 ? 0 : batch->progress[0].origin->slot;
}

static enum status store_counts(struct sink *sink, const struct batch *batch, struct error *error)
{
    int32_t slot = slot_of(batch);

    for (uint32_t i = 0; i < batch->row_count; i++) {
        enum status status;

        if (sink->is_stored[i])
            continue;
        status = tally_row(sink, sink->order[i], slot, error);
        if (status != STATUS_OK)
            return status;
    }
    return tally_store(sink->tally, sink->db, slot, error);
}

/* ---- dead letters */

static void copy_slice(struct copy *copy, struct slice bytes)
{
    if (bytes.data == NULL)
        copy_null(copy);
    else
        copy_bytes(copy, bytes.data, bytes.length);
}

static void copy_letter(struct copy *copy, const struct batch_letter *letter)
{
    const struct message *message = &letter->message;
    const char *reason = reject_reason_name(letter->reason);
    XXH128_canonical_t hash;

    XXH128_canonicalFromHash(&hash, XXH3_128bits(message->value.data, message->value.length));
    copy_row(copy, 9);
    copy_bytes(copy, message->origin->source, strlen(message->origin->source));
    copy_bytes(copy, message->origin->topic, strlen(message->origin->topic));
    copy_int32(copy, message->origin->partition);
    copy_int64(copy, message->offset);
    copy_bytes(copy, hash.digest, sizeof(hash.digest));
    copy_bytes(copy, reason, strlen(reason));
    copy_bytes(copy, letter->detail, strlen(letter->detail));
    copy_slice(copy, message->key);
    copy_slice(copy, message->value);
}

static enum status store_letters(struct sink *sink, const struct batch *batch, struct error *error)
{
    enum status status;

    if (batch->letter_count == 0)
        return STATUS_OK;
    status = copy_begin(&sink->copy, sink->db, sql_letters_stage, error);
    if (status != STATUS_OK)
        return status;
    for (uint32_t i = 0; i < batch->letter_count; i++)
        copy_letter(&sink->copy, &batch->letters[i]);
    status = copy_end(&sink->copy, error);
    if (status == STATUS_OK)
        status = db_query(sink->db, sql_letters_add, 0, NULL, NULL, error);
    return status;
}

/* ---- the transaction */

/* Keeps `threat set` out until the commit, and sees whether one ended since names were matched. */
static enum status check_catalogue(struct sink *sink, bool *changed, struct error *error)
{
    int64_t version = 0;
    enum status status = db_query(sink->db, sql_catalogue_share, 0, NULL, NULL, error);

    if (status == STATUS_OK)
        status = query_int64(sink, sql_catalogue_version, &version, error);
    if (status != STATUS_OK)
        return status;
    *changed = version != sink->catalogue_version;
    sink->catalogue_version = version;
    return STATUS_OK;
}

/* Everything of one batch between BEGIN and COMMIT. The offsets stand first: nothing is written for
 * a partition that is not ours. */
static enum status write_batch(struct sink *sink, const struct batch *batch,
                               struct sink_totals *totals, enum sink_outcome *outcome,
                               struct error *error)
{
    bool ours = false;
    bool changed = false;
    enum status status = db_begin(sink->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = advance_offsets(sink, batch, &ours, error);
    if (status != STATUS_OK)
        return status;
    if (!ours) {
        *outcome = SINK_LOST;
        return STATUS_OK;
    }
    status = check_catalogue(sink, &changed, error);
    if (status == STATUS_OK && changed) {
        labels_forget(sink->labels);
        tally_forget(sink->tally);
        *outcome = SINK_AGAIN;
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        status = store_letters(sink, batch, error);
    if (status == STATUS_OK)
        status = store_rows(sink, batch, totals, error);
    if (status == STATUS_OK)
        status = store_counts(sink, batch, error);
    if (status == STATUS_OK)
        status = db_commit(sink->db, error);
    if (status == STATUS_OK)
        *outcome = SINK_STORED;
    return status;
}

static void note_stored(struct sink *sink, const struct batch *batch,
                        const struct sink_totals *totals)
{
    for (uint32_t i = 0; i < batch->progress_count; i++)
        batch->progress[i].origin->stored = batch->progress[i].next_offset;
    pthread_mutex_lock(&sink->lock);
    sink->totals.accepted += totals->accepted;
    sink->totals.repeated += totals->repeated + batch->repeated;
    sink->totals.conflicting += totals->conflicting + batch->conflicting;
    sink->totals.rejected += batch->letter_count;
    sink->totals.batches++;
    pthread_mutex_unlock(&sink->lock);
    tally_committed(sink->tally);
}

/* Can order[first … last-1] be stored? Tried in a transaction that is always rolled back. */
static enum status try_rows(struct sink *sink, uint32_t first, uint32_t last, struct error *error)
{
    struct sink_totals ignored = {0};
    enum status status = db_begin(sink->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = store_staged(sink, first, last, &ignored, error);
    db_rollback(sink->db);
    return status;
}

/* PostgreSQL refused something (SQLSTATE class 22 or 23). Finds the first row that it refuses by
 * halving, and makes it a dead letter. STATUS_REJECT: no row alone is to blame. */
static enum status isolate_row(struct sink *sink, struct batch *batch, struct error *error)
{
    uint32_t good = 0; /* rows before this place can be stored */
    uint32_t bad = batch->row_count;
    enum status status = try_rows(sink, 0, batch->row_count, error);

    if (status != STATUS_REJECT)
        return status == STATUS_OK ? STATUS_REJECT : status;
    while (bad - good > 1) {
        uint32_t middle = good + (bad - good) / 2;

        status = try_rows(sink, good, middle, error);
        if (status == STATUS_OK)
            good = middle;
        else if (status == STATUS_REJECT)
            bad = middle;
        else
            return status;
    }
    /* What halving says is only believed when the row alone is refused, too. */
    status = try_rows(sink, good, bad, error);
    if (status != STATUS_REJECT)
        return status == STATUS_OK ? STATUS_REJECT : status;
    log_write(sink->logger, LOG_LEVEL_WARNING, "PostgreSQL refused an event", "reason",
              error->message, NULL);
    batch_reject_row(batch, (uint32_t)(sink->order[good] - batch->rows), error->message);
    return STATUS_OK;
}

/* What to do about a failed transaction that left the connection usable. */
static enum status handle_refusal(struct sink *sink, struct batch *batch, struct error *error)
{
    /* A stored event came again: look at each row. */
    if (!sink->staged && strcmp(db_sqlstate(sink->db), "23505") == 0) {
        sink->staged = true;
        return STATUS_OK;
    }

    struct error refusal = *error;
    enum status status = isolate_row(sink, batch, error);

    if (status == STATUS_REJECT)
        return error_set(error, STATUS_FATAL, "%s", refusal.message);
    return status;
}

enum status sink_store(struct sink *sink, struct batch *batch, enum sink_outcome *outcome,
                       struct error *error)
{
    for (;;) {
        struct sink_totals totals = {0};
        enum status status;

        if (sink->db == NULL)
            return error_set(error, STATUS_RETRY, "PostgreSQL: not connected");
        status = labels_resolve(sink->labels, sink->db, batch, error);
        if (status == STATUS_REJECT)
            return STATUS_FATAL;
        if (status == STATUS_OK) {
            sort_rows(sink, batch);
            status = write_batch(sink, batch, &totals, outcome, error);
        }
        if (status == STATUS_OK && *outcome == SINK_STORED) {
            note_stored(sink, batch, &totals);
            return STATUS_OK;
        }
        db_rollback(sink->db);
        tally_reset(sink->tally);
        if (status == STATUS_OK && *outcome == SINK_LOST)
            return STATUS_OK;
        if (status == STATUS_REJECT)
            status = handle_refusal(sink, batch, error);
        if (status != STATUS_OK)
            return status;
    }
}

/* ---- after a failure */

static enum status limit_lock_waits(struct sink *sink, const char *timeout, struct error *error)
{
    char statement[64];

    snprintf(statement, sizeof(statement), "set lock_timeout = '%s'", timeout);
    return db_script(sink->db, statement, error);
}

static enum status retake(struct sink *sink, const struct batch_progress *progress,
                          enum sink_outcome *outcome, struct error *error)
{
    struct origin *origin = progress->origin;
    char slot[16];
    char epoch[24];
    const char *const parameters[] = {slot, epoch};
    struct db_result *rows = NULL;
    enum status status;

    snprintf(slot, sizeof(slot), "%d", origin->slot);
    snprintf(epoch, sizeof(epoch), "%" PRId64, origin->epoch);
    status = db_query(sink->db, sql_offset_retake, 2, parameters, &rows, error);
    if (status != STATUS_OK)
        return status;
    *outcome = SINK_LOST;
    if (db_rows(rows) == 1) {
        int64_t next_offset = db_int64(rows, 0, 1);

        origin->epoch = db_int64(rows, 0, 0);
        if (next_offset == progress->next_offset)
            *outcome = SINK_STORED;
        else if (next_offset == origin->stored)
            *outcome = SINK_AGAIN;
    }
    db_result_free(rows);
    return STATUS_OK;
}

/* What became of the batch, by its offset rows. One transaction: all partitions tell the same, or
 * the database went back in time. */
static enum status retake_all(struct sink *sink, const struct batch *batch,
                              enum sink_outcome *common, struct error *error)
{
    bool told = false;

    for (uint32_t i = 0; i < batch->progress_count; i++) {
        const struct batch_progress *progress = &batch->progress[i];
        /* A partition whose end was only seen again looks the same before and after. */
        bool tells = progress->next_offset != progress->origin->stored;
        enum sink_outcome each = SINK_LOST;
        enum status status = retake(sink, progress, &each, error);

        if (status != STATUS_OK)
            return status;
        if (each == SINK_LOST || (tells && told && each != *common)) {
            *common = SINK_LOST;
            return STATUS_OK;
        }
        if (tells || !told)
            *common = each;
        told = told || tells;
    }
    return STATUS_OK;
}

enum status sink_recover(struct sink *sink, const struct batch *batch, enum sink_outcome *outcome,
                         struct error *error)
{
    enum sink_outcome common = SINK_AGAIN;
    enum status status;

    if (sink->db != NULL && !db_is_broken(sink->db)) {
        *outcome = SINK_AGAIN;
        return STATUS_OK;
    }
    status = connect_anew(sink, error);
    /* A server that refuses us now took us before: it is on its way down or up. */
    if (status != STATUS_OK)
        return STATUS_RETRY;
    status = limit_lock_waits(sink, TAKE_LOCK_TIMEOUT, error);
    if (status == STATUS_OK)
        status = retake_all(sink, batch, &common, error);
    if (status == STATUS_RETRY && strcmp(db_sqlstate(sink->db), "55P03") == 0) {
        /* Our former connection still holds the row, on a server that has not noticed its end.
         * sink_take knows how to end it. */
        status = STATUS_OK;
        common = SINK_LOST;
    }
    if (status == STATUS_OK)
        status = limit_lock_waits(sink, "0", error);
    if (status != STATUS_OK) {
        /* Half a recovery is none: the next attempt asks the rows again. */
        drop_connection(sink);
        return status;
    }
    if (common == SINK_STORED) {
        struct sink_totals totals = {.accepted = batch->row_count};

        note_stored(sink, batch, &totals);
    }
    *outcome = common;
    return STATUS_OK;
}

/* ---- taking partitions */

static int hex_digit(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

static void read_fingerprint(const char *hex, uint8_t fingerprint[FINGERPRINT_SIZE])
{
    memset(fingerprint, 0, FINGERPRINT_SIZE);
    for (size_t i = 0; i < FINGERPRINT_SIZE && hex[2 * i] != '\0'; i++)
        fingerprint[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
}

static enum status take_row(struct sink *sink, const char *const *parameters, struct origin *origin,
                            struct sink_position *position, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(sink->db, sql_offset_take, 5, parameters, &rows, error);

    if (status != STATUS_OK)
        return status;
    if (db_rows(rows) != 1) {
        status = error_set(error, STATUS_FATAL, "%s [%s]: its row in kafka_offset is gone",
                           parameters[2], parameters[3]);
    } else {
        origin->slot = (int32_t)db_int64(rows, 0, 0);
        origin->epoch = db_int64(rows, 0, 1);
        origin->stored = db_int64(rows, 0, 2);
        position->next_offset = origin->stored;
        position->last_offset = db_int64(rows, 0, 3);
        read_fingerprint(db_text(rows, 0, 4), position->fingerprint);
    }
    db_result_free(rows);
    return status;
}

static enum status take_with_timeout(struct sink *sink, const char *const *parameters,
                                     struct origin *origin, struct sink_position *position,
                                     struct error *error)
{
    enum status status = db_query(sink->db, sql_offset_add, 4, parameters, NULL, error);

    for (int attempt = 0; status == STATUS_OK && attempt < TAKE_ATTEMPTS; attempt++) {
        status = take_row(sink, parameters, origin, position, error);
        if (status != STATUS_RETRY || strcmp(db_sqlstate(sink->db), "55P03") != 0)
            break;
        log_write(sink->logger, LOG_LEVEL_WARNING,
                  "a former owner holds the partition; ending its connection", "topic",
                  parameters[2], "partition", parameters[3], NULL);
        status = db_query(sink->db, sql_offset_free, 4, parameters, NULL, error);
        if (status == STATUS_OK && attempt + 1 == TAKE_ATTEMPTS)
            return error_set(error, STATUS_RETRY, "%s [%s]: its row in kafka_offset stays locked",
                             parameters[2], parameters[3]);
    }
    return status;
}

enum status sink_take(struct sink *sink, const char *cluster, const char *group, const char *owner,
                      struct origin *origin, struct sink_position *position, struct error *error)
{
    char partition[16];
    const char *const parameters[] = {cluster, group, origin->topic, partition, owner};
    enum status status = STATUS_OK;

    snprintf(partition, sizeof(partition), "%d", origin->partition);
    if (sink->db == NULL || db_is_broken(sink->db)) {
        status = connect_anew(sink, error);
        if (status != STATUS_OK)
            return STATUS_RETRY;
    }
    status = limit_lock_waits(sink, TAKE_LOCK_TIMEOUT, error);
    if (status == STATUS_OK)
        status = take_with_timeout(sink, parameters, origin, position, error);
    if (!db_is_broken(sink->db)) {
        struct error ignored;
        enum status reset = limit_lock_waits(sink, "0", &ignored);

        if (status == STATUS_OK && reset != STATUS_OK)
            status = error_set(error, reset, "%s", ignored.message);
    }
    return status;
}

enum status sink_has_reached(struct sink *sink, const char *cluster, const char *group,
                             const char *topic, const int64_t *offsets, int32_t partitions,
                             bool *reached, struct error *error)
{
    struct array *wanted = &sink->arrays[0];
    struct db_result *rows = NULL;
    int expected = 0;

    if (sink->db == NULL || db_is_broken(sink->db)) {
        if (connect_anew(sink, error) != STATUS_OK)
            return STATUS_RETRY;
    }
    array_reset(wanted);
    for (int32_t i = 0; i < partitions; i++) {
        /* Nothing to be read means nothing to be stored, not even a row. */
        if (offsets[i] > 0)
            expected++;
        if (offsets[i] > 0)
            array_add_int64(wanted, offsets[i]);
        else
            array_add_null(wanted);
    }

    const char *const parameters[] = {cluster, group, topic, array_text(wanted)};

    if (parameters[3] == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");

    enum status status = db_query(sink->db, sql_offsets_reached, 4, parameters, &rows, error);

    if (status == STATUS_OK)
        *reached = db_int64(rows, 0, 0) == expected;
    db_result_free(rows);
    return status;
}

enum status sink_note_geoip(struct sink *sink, int64_t build_epoch, struct error *error)
{
    char text[24];
    const char *const parameter = text;

    snprintf(text, sizeof(text), "%" PRId64, build_epoch);
    if (sink->db == NULL)
        return error_set(error, STATUS_RETRY, "PostgreSQL: not connected");
    return db_query(sink->db, sql_geoip_note, 1, &parameter, NULL, error);
}
