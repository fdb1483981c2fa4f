#include "ingest/sink.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/calendar.h"
#include "ingest/detections.h"
#include "ingest/labels.h"
#include "ingest/letters.h"
#include "ingest/tally.h"
#include "sql/copy.h"
#include "sql/db.h"
#include "sql/embedded.h"

struct sink {
    char *conninfo;
    const struct logger *logger;
    pthread_mutex_t lock; /* guards db against sink_cut, and totals */
    struct db *db;
    int64_t catalogue_version; /* by which names were matched with threats */
    int64_t geoip_build;       /* of the MaxMind DB that the database knows of; 0: none */
    struct calendar calendar;
    struct labels *labels;
    struct tally *tally;
    struct sink_totals totals;
    struct offsets offsets;
    struct detections detections;
    struct copy copy; /* scratch of letters_store */
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
    sink->geoip_build = 0;
    status = db_open(sink->conninfo, &db, error);
    if (status != STATUS_OK)
        return status;
    db_log_warnings(db, sink->logger);
    pthread_mutex_lock(&sink->lock);
    sink->db = db;
    pthread_mutex_unlock(&sink->lock);

    status = db_script(db, sql_stage_create, error);
    if (status == STATUS_OK)
        status = offsets_connected(&sink->offsets, db, error);
    if (status == STATUS_OK)
        status = query_int64(sink, sql_catalogue_version, &sink->catalogue_version, error);
    if (status != STATUS_OK)
        drop_connection(sink);
    return status;
}

bool sink_is_away(const struct sink *sink)
{
    return sink->db == NULL || db_is_broken(sink->db);
}

/* A server that refuses us now took us before: it is on its way down or up. */
static enum status connect_if_needed(struct sink *sink, struct error *error)
{
    if (!sink_is_away(sink))
        return STATUS_OK;
    return connect_anew(sink, error) == STATUS_OK ? STATUS_OK : STATUS_RETRY;
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
        status = tally_new(TALLY_STRAIGHT, &sink->tally, error);
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
    offsets_clear(&sink->offsets);
    pthread_mutex_destroy(&sink->lock);
    free(sink->conninfo);
    free(sink);
}

void sink_cut(struct sink *sink)
{
    pthread_mutex_lock(&sink->lock);
    if (sink->db != NULL)
        db_cut(sink->db);
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

/* ---- infections and counts */

static enum status tally_row(struct sink *sink, const struct batch_row *row, const int32_t *threats,
                             size_t count, struct error *error)
{
    const struct calendar_entry *month = calendar_find(&sink->calendar, row->time_us);
    struct sighting sighting = {.time_us = row->time_us};

    if (month == NULL)
        return error_set(error, STATUS_FATAL, "an event outside of the calendar was accepted");
    sighting.first_day = month->first_day;
    memcpy(sighting.device, row->device, sizeof(sighting.device));
    memcpy(sighting.event_id, row->id, sizeof(sighting.event_id));
    memcpy(sighting.country, row->country, sizeof(sighting.country));
    for (size_t i = 0; i < count; i++) {
        sighting.threat_id = threats[i];
        tally_add(sink->tally, &sighting);
    }
    return STATUS_OK;
}

/* Rows between the one that is tallied and the one whose memory is fetched. */
#define EXPECTED_AHEAD 8

/* Rows that are tallied in a row: PostgreSQL has several times as many in its socket to store. */
#define PORTION 256

/* Adds the rows from *next to the one before `last`, those that were stored already left out, until
 * the tally is full. */
static enum status tally_rows(struct sink *sink, const struct batch *batch, uint32_t *next,
                              uint32_t last, struct error *error)
{
    enum status status = STATUS_OK;

    for (; status == STATUS_OK && *next < last; ++*next) {
        const struct batch_row *row = sink->detections.order[*next];
        size_t count;
        const int32_t *threats = labels_threats(sink->labels, row->name, &count);

        if (*next + EXPECTED_AHEAD < batch->row_count)
            tally_expect(sink->tally, sink->detections.order[*next + EXPECTED_AHEAD]->device);
        if (count == 0 || sink->detections.is_stored[*next])
            continue;
        if (!tally_has_room(sink->tally, count))
            break;
        status = tally_row(sink, row, threats, count, error);
    }
    return status;
}

/* Counts go to a slot whose offset row this transaction holds, so that no other worker writes the
 * same rows of infection_count. Files have no such row; they share a slot and take turns. */
static int32_t slot_of(const struct batch *batch)
{
    return batch->progress_count == 0 ? TALLY_FILES_SLOT : batch->progress[0].origin->slot;
}

/* Counts the rows from `next` on, and stores what the tally holds. */
static enum status store_counts(struct sink *sink, const struct batch *batch, uint32_t next,
                                struct error *error)
{
    int32_t slot = slot_of(batch);
    enum status status = tally_rows(sink, batch, &next, batch->row_count, error);

    while (status == STATUS_OK && next < batch->row_count) {
        uint32_t before = next;

        status = tally_spill(sink->tally, sink->db, slot, error);
        if (status == STATUS_OK)
            status = tally_rows(sink, batch, &next, batch->row_count, error);
        if (status == STATUS_OK && next == before)
            status = error_set(error, STATUS_FATAL, "a name of more threats than can be counted");
    }
    return status == STATUS_OK ? tally_store(sink->tally, sink->db, slot, error) : status;
}

/* Sends the detections, and counts those that are on their way while PostgreSQL stores them, unless
 * it has to say first which of them it had. */
static enum status send_detections(struct sink *sink, const struct batch *batch, uint32_t *counted,
                                   struct error *error)
{
    enum status status = STATUS_OK;
    uint32_t last;

    for (uint32_t first = 0; status == STATUS_OK && first < batch->row_count; first = last) {
        last = batch->row_count - first < PORTION ? batch->row_count : first + PORTION;
        if (!sink->detections.staged)
            status = tally_rows(sink, batch, counted, last, error);
        detections_send(&sink->detections, sink->labels, first, last);
    }
    return status;
}

static enum status store_detections(struct sink *sink, const struct batch *batch,
                                    struct detections_repeats *repeats, struct error *error)
{
    uint32_t counted = 0;
    enum status status = detections_begin(&sink->detections, sink->db, error);

    if (status == STATUS_OK)
        status = send_detections(sink, batch, &counted, error);
    if (status == STATUS_OK)
        status = detections_end(&sink->detections, sink->db, repeats, error);
    return status == STATUS_OK ? store_counts(sink, batch, counted, error) : status;
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

/* The date belongs on every report that counts an event it was used for. It stands before the
 * events: whoever waits for another's note of the same date holds nothing that the other needs. */
static enum status note_geoip(struct sink *sink, const struct batch *batch, struct error *error)
{
    char text[24];
    const char *const parameter = text;

    if (batch->geoip_build == sink->geoip_build || batch->geoip_build == 0)
        return STATUS_OK;
    snprintf(text, sizeof(text), "%" PRId64, batch->geoip_build);
    return db_query(sink->db, sql_geoip_note, 1, &parameter, NULL, error);
}

/* Everything of one batch between BEGIN and COMMIT. The offsets stand first: nothing is written for
 * a partition that is not ours. */
static enum status write_batch(struct sink *sink, const struct batch *batch,
                               struct detections_repeats *repeats, enum sink_outcome *outcome,
                               struct error *error)
{
    bool ours = false;
    bool changed = false;
    enum status status = db_begin(sink->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = offsets_advance(&sink->offsets, sink->db, batch, &ours, error);
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
        status = note_geoip(sink, batch, error);
    if (status == STATUS_OK)
        status = letters_store(&sink->copy, sink->db, batch, error);
    if (status == STATUS_OK && batch->row_count > 0)
        status = store_detections(sink, batch, repeats, error);
    if (status == STATUS_OK)
        status = db_commit(sink->db, error);
    if (status == STATUS_OK)
        *outcome = SINK_STORED;
    return status;
}

static void note_stored(struct sink *sink, const struct batch *batch,
                        const struct detections_repeats *repeats)
{
    for (uint32_t i = 0; i < batch->progress_count; i++)
        batch->progress[i].origin->stored = batch->progress[i].next_offset;
    sink->geoip_build = batch->geoip_build;
    pthread_mutex_lock(&sink->lock);
    sink->totals.accepted += batch->row_count - repeats->stored;
    sink->totals.repeated += repeats->stored + batch->repeated;
    sink->totals.conflicting += repeats->conflicting + batch->conflicting;
    sink->totals.rejected += batch->letter_count;
    sink->totals.batches++;
    pthread_mutex_unlock(&sink->lock);
    tally_committed(sink->tally);
}

/* Can order[first … last-1] be stored? Tried in a transaction that is always rolled back. */
static enum status try_rows(struct sink *sink, uint32_t first, uint32_t last, struct error *error)
{
    enum status status = db_begin(sink->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = detections_try(&sink->detections, sink->db, sink->labels, first, last, error);
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
    batch_reject_row(batch, (uint32_t)(sink->detections.order[good] - batch->rows), error->message);
    return STATUS_OK;
}

/* What to do about a failed transaction that left the connection usable. */
static enum status handle_refusal(struct sink *sink, struct batch *batch, struct error *error)
{
    /* Something that was taken for new is stored: look at each row. */
    if (strcmp(db_sqlstate(sink->db), "23505") == 0) {
        if (tally_was_refused(sink->tally))
            return STATUS_OK;
        if (!sink->detections.staged) {
            sink->detections.staged = true;
            return STATUS_OK;
        }
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
        struct detections_repeats repeats = {0};
        enum status status;

        if (sink->db == NULL)
            return error_set(error, STATUS_RETRY, "PostgreSQL: not connected");
        status = labels_resolve(sink->labels, sink->db, batch, error);
        if (status == STATUS_REJECT)
            return STATUS_FATAL;
        if (status == STATUS_OK) {
            detections_sort(&sink->detections, batch);
            status = write_batch(sink, batch, &repeats, outcome, error);
        }
        if (status == STATUS_OK && *outcome == SINK_STORED) {
            note_stored(sink, batch, &repeats);
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

enum status sink_recover(struct sink *sink, const struct batch *batch, enum sink_outcome *outcome,
                         struct error *error)
{
    enum offsets_place place = OFFSETS_ELSEWHERE;
    enum status status;

    *outcome = SINK_AGAIN;
    if (!sink_is_away(sink))
        return STATUS_OK;
    status = connect_if_needed(sink, error);
    if (status != STATUS_OK)
        return status;
    status = offsets_retake(sink->db, batch, &place, error);
    if (status != STATUS_OK) {
        /* Half a recovery is none: the next attempt asks the rows again. */
        drop_connection(sink);
        return status;
    }
    if (place == OFFSETS_ELSEWHERE)
        *outcome = SINK_LOST;
    if (place == OFFSETS_BEHIND_BATCH) {
        const struct detections_repeats unknown = {0};

        note_stored(sink, batch, &unknown);
        *outcome = SINK_STORED;
    }
    return STATUS_OK;
}

enum status sink_take(struct sink *sink, const struct offsets_reader *reader, int64_t first_offset,
                      struct origin *origin, struct offsets_position *position, struct error *error)
{
    enum status status = connect_if_needed(sink, error);

    if (status == STATUS_OK)
        status =
            offsets_take(sink->db, reader, first_offset, sink->logger, origin, position, error);
    return status;
}

enum status sink_are_ours(struct sink *sink, const struct origin *const *origins, int count,
                          bool *ours, struct error *error)
{
    enum status status = connect_if_needed(sink, error);

    if (status == STATUS_OK)
        status = offsets_are_ours(&sink->offsets, sink->db, origins, count, ours, error);
    return status;
}

enum status sink_note_tries(struct sink *sink, const struct origin *origin, int tries,
                            struct error *error)
{
    if (sink->db == NULL || db_is_broken(sink->db))
        return error_set(error, STATUS_RETRY, "no connection to PostgreSQL");
    return offsets_note_tries(sink->db, origin, tries, error);
}

enum status sink_has_reached(struct sink *sink, const struct offsets_reader *reader,
                             const int64_t *offsets, int32_t partitions, bool *reached,
                             struct error *error)
{
    enum status status = connect_if_needed(sink, error);

    if (status == STATUS_OK)
        status = offsets_have_reached(&sink->offsets, sink->db, reader, offsets, partitions,
                                      reached, error);
    return status;
}
