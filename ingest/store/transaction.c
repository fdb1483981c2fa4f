#include "ingest/store/transaction.h"

#include <string.h>

#include "ingest/store/dead_letters.h"
#include "ingest/store/repeats.h"
#include "ingest/store/store_internal.h"
#include "kansen/clock.h"
#include "sql/embedded.h"
#include "sql/schema.h"

/* For durations. */
static int64_t now_us(void)
{
    return clock_us(CLOCK_MONOTONIC);
}

/* ---- infections and counts */

/* What a row counts for: borrowed until the next call. */
static const int32_t *threats_of(const struct store *store, const struct batch_row *row,
                                 size_t *count)
{
    static const int32_t heartbeats = THREAT_OF_HEARTBEATS;

    if (!batch_is_heartbeat(row))
        return dictionary_threats(store->dictionary, row->name, count);
    *count = 1;
    return &heartbeats;
}

/* Rows between the one that is counted and the one whose infection is fetched; as many further
 * ahead the row itself is. */
#define EXPECTED_AHEAD 8

static struct sighting_labels labels_of(const struct store *store, const struct batch_row *row)
{
    const struct dictionary *dictionary = store->dictionary;
    struct sighting_labels labels = {.name_id = 0};

    memcpy(labels.country, row->country, sizeof(labels.country));
    if (!batch_is_heartbeat(row))
        labels.name_id = dictionary_name_id(dictionary, row->name);
    if (row->product != STRING_SET_NONE)
        labels.product_id = dictionary_product_id(dictionary, row->product);
    if (row->os != STRING_SET_NONE)
        labels.os_id = dictionary_os_id(dictionary, row->os);
    if (row->segment != STRING_SET_NONE)
        labels.segment_id = dictionary_segment_id(dictionary, row->segment);
    return labels;
}

/* Has decided what the labels are counted as that the batch counts: before the transaction, so that
 * nobody waits for a batch, and in the order of time. */
static enum status decide_labels(struct store *store, const struct batch *batch,
                                 struct error *error)
{
    enum status status = STATUS_OK;

    for (uint32_t i = 0; status == STATUS_OK && i < batch->row_count; i++) {
        const struct batch_row *row = store->detections.order[i];
        const struct calendar_entry *month;
        size_t count;

        if (i + 2 * EXPECTED_AHEAD < batch->row_count)
            batch_prefetch_row(store->detections.order[i + 2 * EXPECTED_AHEAD]);
        (void)threats_of(store, row, &count);
        if (count == 0 || (month = calendar_find(&store->calendar, row->time_us)) == NULL)
            continue;
        if (!infections_can_want(store->infections))
            status = infections_decide(store->infections, store->db, error);

        const struct sighting_labels labels = labels_of(store, row);

        infections_want(store->infections, month->first_day, &labels);
    }
    return status == STATUS_OK ? infections_decide(store->infections, store->db, error) : status;
}

static enum status count_row(struct store *store, const struct batch_row *row,
                             const int32_t *threats, size_t count, struct error *error)
{
    const struct calendar_entry *month = calendar_find(&store->calendar, row->time_us);
    struct sighting sighting = {.time_us = row->time_us};

    if (month == NULL)
        return error_set(error, STATUS_FATAL, "an event outside of the calendar was accepted");
    sighting.first_day = month->first_day;
    memcpy(sighting.device, row->device, sizeof(sighting.device));
    memcpy(sighting.event_id, row->id, sizeof(sighting.event_id));
    sighting.labels = labels_of(store, row);
    for (size_t i = 0; i < count; i++) {
        sighting.threat_id = threats[i];
        infections_add(store->infections, &sighting);
    }
    return STATUS_OK;
}

/* Rows that are tallied in a row: PostgreSQL has several times as many in its socket to store. */
#define CHUNK 256

/* Adds the rows from *next to the one before `last`, those that were stored already left out, until
 * the infections is full. */
static enum status count_rows(struct store *store, const struct batch *batch, uint32_t *next,
                              uint32_t last, struct error *error)
{
    enum status status = STATUS_OK;

    for (; status == STATUS_OK && *next < last; ++*next) {
        const struct batch_row *row = store->detections.order[*next];
        size_t count;
        const int32_t *threats = threats_of(store, row, &count);

        if (*next + 2 * EXPECTED_AHEAD < batch->row_count)
            batch_prefetch_row(store->detections.order[*next + 2 * EXPECTED_AHEAD]);
        if (*next + EXPECTED_AHEAD < batch->row_count)
            infections_prefetch(store->infections,
                                store->detections.order[*next + EXPECTED_AHEAD]->device);
        if (store->detections.is_stored[*next] ||
            closed_months_is_restored(&store->calendar, batch, row))
            continue;
        if (!batch_is_heartbeat(row))
            geoip_notes_add(&store->geoip_notes, &store->calendar, row);
        if (count == 0)
            continue;
        if (!infections_has_room(store->infections, count))
            break;
        status = count_row(store, row, threats, count, error);
    }
    return status;
}

/* Counts go to a slot whose offset row this transaction holds, so that no other worker writes the
 * same rows of infection_count. Files have no such row; they share a slot and take turns, and so do
 * dead letters that are replayed. */
static int32_t slot_of(const struct batch *batch)
{
    if (batch->progress_count > 0)
        return batch->progress[0].origin->slot;
    return batch->replayed_count > 0 ? COUNTS_REPLAYED_SLOT : COUNTS_FILES_SLOT;
}

/* Counts the rows from `next` on, and stores what the infections holds. */
static enum status store_counts(struct store *store, const struct batch *batch, uint32_t next,
                                struct error *error)
{
    int32_t slot = slot_of(batch);
    enum status status = count_rows(store, batch, &next, batch->row_count, error);

    while (status == STATUS_OK && next < batch->row_count) {
        uint32_t before = next;

        status = infections_spill(store->infections, store->db, slot, error);
        if (status == STATUS_OK)
            status = count_rows(store, batch, &next, batch->row_count, error);
        if (status == STATUS_OK && next == before)
            status = error_set(error, STATUS_FATAL, "a name of more threats than can be counted");
    }
    return status == STATUS_OK ? infections_store(store->infections, store->db, slot, error)
                               : status;
}

/* Sends the detections, and counts those that are on their way while PostgreSQL stores them. */
static enum status send_detections(struct store *store, const struct batch *batch,
                                   uint32_t *counted, struct error *error)
{
    enum status status = STATUS_OK;
    uint32_t last;

    for (uint32_t first = 0; status == STATUS_OK && first < batch->row_count; first = last) {
        last = batch->row_count - first < CHUNK ? batch->row_count : first + CHUNK;
        status = count_rows(store, batch, counted, last, error);
        detections_send(&store->detections, store->dictionary, first, last);
    }
    return status;
}

static bool has_detections(const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->row_count; i++)
        if (!batch_is_heartbeat(&batch->rows[i]))
            return true;
    return false;
}

static enum status store_rows(struct store *store, const struct batch *batch,
                              struct detections_repeats *repeats, struct error *error)
{
    int64_t began_us = now_us();
    uint32_t counted = 0;
    enum status status;

    if (!has_detections(batch))
        return store_counts(store, batch, 0, error);
    status = detections_begin(&store->detections, store->db, store->dictionary, repeats, error);
    if (status == STATUS_OK)
        status = send_detections(store, batch, &counted, error);
    if (status == STATUS_OK)
        status = detections_end(&store->detections, error);
    if (status != STATUS_OK)
        return status;
    metrics_observe(store->metrics, HISTOGRAM_COPY_TIME, now_us() - began_us);
    return store_counts(store, batch, counted, error);
}

/* ---- the transaction */

/* Keeps `threat set` and `db migrate` out until the commit, and sees whether one of them ended
 * since names were matched. */
static enum status check_catalogue(struct store *store, bool *changed, struct error *error)
{
    struct catalogue now = store->catalogue;
    enum status status = db_query(store->db, sql_catalogue_share, 0, NULL, NULL, error);

    if (status == STATUS_OK)
        status = store_read_catalogue(store, &now, error);
    if (status != STATUS_OK)
        return status;
    if (now.renoted != store->catalogue.renoted)
        geoip_notes_forget_months(&store->geoip_notes);
    store->catalogue.renoted = now.renoted;
    *changed = now.version != store->catalogue.version;
    if (!*changed)
        return STATUS_OK;
    status = schema_stays(store->db, error);
    if (status == STATUS_REJECT) /* which would be an event's */
        return STATUS_FATAL;
    if (status == STATUS_OK)
        status = barred_load(&store->barred, store->db, error);
    if (status != STATUS_OK)
        return status;
    dictionary_forget(store->dictionary);
    if (now.forgotten != store->catalogue.forgotten)
        infections_forget(store->infections);
    store->catalogue = now;
    return STATUS_OK;
}

static enum status commit(struct store *store, struct error *error)
{
    int64_t began_us = now_us();
    enum status status = db_commit(store->db, error);

    if (status == STATUS_OK)
        metrics_observe(store->metrics, HISTOGRAM_COMMIT_TIME, now_us() - began_us);
    return status;
}

/* Everything of one batch between BEGIN and COMMIT. The offsets stand first: nothing is written for
 * a partition that is not ours. */
static enum status write_batch(struct store *store, struct batch *batch,
                               struct detections_repeats *repeats,
                               enum transaction_outcome *outcome, struct error *error)
{
    enum offsets_answer answer = OFFSETS_LOST;
    bool changed = false;
    enum status status = db_begin(store->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = offsets_advance(&store->offsets, store->db, batch, &answer, error);
    if (status != STATUS_OK)
        return status;
    if (answer != OFFSETS_MOVED) {
        *outcome = answer == OFFSETS_LOST ? TRANSACTION_LOST : TRANSACTION_AGAIN;
        return STATUS_OK;
    }
    status = check_catalogue(store, &changed, error);
    if (status == STATUS_OK &&
        (changed || barred_take_out(&store->barred, &store->calendar, batch))) {
        *outcome = TRANSACTION_AGAIN;
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        status = geoip_notes_begin(&store->geoip_notes, store->db, batch,
                                   store->detections.geoip_ids, error);
    if (status == STATUS_OK)
        status = dead_letters_store(&store->copy, store->db, batch, error);
    if (status == STATUS_OK && batch->row_count > 0)
        status = store_rows(store, batch, repeats, error);
    if (status == STATUS_OK)
        status = geoip_notes_store(&store->geoip_notes, store->db, error);
    if (status == STATUS_OK)
        status = commit(store, error);
    if (status == STATUS_OK)
        *outcome = TRANSACTION_STORED;
    return status;
}

static void count_rejected(struct metrics *metrics, const struct batch *batch)
{
    int64_t counts[REJECT_REASONS] = {0};

    for (uint32_t i = 0; i < batch->dead_letter_count; i++)
        counts[batch->dead_letters[i].reason]++;
    for (unsigned reason = 0; reason < REJECT_REASONS; reason++)
        if (counts[reason] > 0)
            metrics_add_rejected(metrics, reason, counts[reason]);
}

/* For those who watch: what note_stored notes. */
static void count_stored(struct metrics *metrics, const struct batch *batch,
                         const struct detections_repeats *repeats)
{
    metrics_add(metrics, METRIC_ACCEPTED, batch->row_count - (int64_t)repeats->stored);
    metrics_add(metrics, METRIC_REPEATED, (int64_t)(repeats->stored + batch->repeated));
    metrics_add(metrics, METRIC_CONFLICTING, (int64_t)(repeats->conflicting + batch->conflicting));
    metrics_add(metrics, METRIC_LOOKUPS, (int64_t)batch->addresses);
    metrics_add(metrics, METRIC_MISSES, (int64_t)batch->unlocated);
    metrics_add(metrics, METRIC_IGNORED_ADDRESSES, (int64_t)batch->bad_addresses);
    count_rejected(metrics, batch);
    metrics_observe(metrics, HISTOGRAM_BATCH_EVENTS,
                    (int64_t)batch->row_count + batch->dead_letter_count);
}

static void note_stored(struct store *store, const struct batch *batch,
                        const struct detections_repeats *repeats)
{
    count_stored(store->metrics, batch, repeats);
    offsets_advanced(batch);
    geoip_notes_committed(&store->geoip_notes);
    pthread_mutex_lock(&store->lock);
    store->totals.accepted += batch->row_count - repeats->stored;
    store->totals.repeated += repeats->stored + batch->repeated;
    store->totals.conflicting += repeats->conflicting + batch->conflicting;
    store->totals.rejected += batch->dead_letter_count;
    for (uint32_t i = 0; i < batch->dead_letter_count; i++)
        store->totals.rejected_for[batch->dead_letters[i].reason]++;
    store->totals.addresses += batch->addresses;
    store->totals.unlocated += batch->unlocated;
    store->totals.bad_addresses += batch->bad_addresses;
    store->totals.batches++;
    rejected_add(&store->rejected, batch);
    pthread_mutex_unlock(&store->lock);
    infections_committed(store->infections);
    detections_committed(&store->detections);
}

/* Can order[first … last-1] be stored? Tried in a transaction that is always rolled back. */
static enum status try_rows(struct store *store, uint32_t first, uint32_t last, struct error *error)
{
    enum status status = db_begin(store->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status =
            detections_try(&store->detections, store->db, store->dictionary, first, last, error);
    db_rollback(store->db);
    return status;
}

/* PostgreSQL refused something (SQLSTATE class 22 or 23). Finds the first row that it refuses by
 * halving, and makes it a dead letter. STATUS_REJECT: no row alone is to blame. */
static enum status isolate_row(struct store *store, struct batch *batch, struct error *error)
{
    uint32_t good = 0; /* rows before this place can be stored */
    uint32_t bad = batch->row_count;
    enum status status = try_rows(store, 0, batch->row_count, error);

    if (status != STATUS_REJECT)
        return status == STATUS_OK ? STATUS_REJECT : status;
    while (bad - good > 1) {
        uint32_t middle = good + (bad - good) / 2;

        status = try_rows(store, good, middle, error);
        if (status == STATUS_OK)
            good = middle;
        else if (status == STATUS_REJECT)
            bad = middle;
        else
            return status;
    }
    /* What halving says is only believed when the row alone is refused, too. */
    status = try_rows(store, good, bad, error);
    if (status != STATUS_REJECT)
        return status == STATUS_OK ? STATUS_REJECT : status;
    log_write(store->logger, LOG_LEVEL_WARNING, "PostgreSQL refused an event", "reason",
              error->message, NULL);
    batch_reject_row(batch, (uint32_t)(store->detections.order[good] - batch->rows),
                     error->message);
    return STATUS_OK;
}

/* What a distributed database says of a COPY that another of its nodes has refused, whatever the
 * reason. Without a COPY of what is taken for new, the reason itself comes to light. */
#define COPY_REFUSED "XX000"

/* Was something that was taken for new, and copied straight in, stored already? */
static bool may_be_repeats(const struct store *store)
{
    const char *state = db_sqlstate(store->db);

    return strcmp(state, "23505") == 0 || strcmp(state, COPY_REFUSED) == 0;
}

/* What to do about a failed transaction that left the connection usable. */
static enum status handle_refusal(struct store *store, struct batch *batch, enum status status,
                                  struct error *error)
{
    /* Look at more rows. */
    if (may_be_repeats(store)) {
        if (infections_were_refused(store->infections))
            return STATUS_OK;
        if (detections_were_refused(&store->detections))
            return STATUS_OK;
    }
    if (status != STATUS_REJECT)
        return status;

    struct error refusal = *error;

    status = isolate_row(store, batch, error);
    if (status == STATUS_REJECT)
        return error_set(error, STATUS_FATAL, "%s", refusal.message);
    return status;
}

enum status transaction_store(struct store *store, struct batch *batch,
                              enum transaction_outcome *outcome, struct error *error)
{
    for (;;) {
        struct detections_repeats repeats = {0};
        int64_t began_us = now_us();
        enum status status;

        if (store->db == NULL)
            return error_set(error, STATUS_RETRY, "PostgreSQL: not connected");
        status = dictionary_resolve(store->dictionary, store->db, batch, error);
        if (status == STATUS_REJECT)
            return STATUS_FATAL;
        if (status == STATUS_OK) {
            detections_sort(&store->detections, batch);
            if (repeats_drop(batch, store->detections.keys))
                detections_sort(&store->detections, batch);
            status = decide_labels(store, batch, error);
        }
        if (status == STATUS_OK)
            status = write_batch(store, batch, &repeats, outcome, error);
        if (status == STATUS_OK && *outcome == TRANSACTION_STORED) {
            note_stored(store, batch, &repeats);
            metrics_observe(store->metrics, HISTOGRAM_BATCH_TIME, now_us() - began_us);
            return STATUS_OK;
        }
        db_rollback(store->db);
        if (status == STATUS_REJECT || (status == STATUS_RETRY && !db_is_broken(store->db) &&
                                        strcmp(db_sqlstate(store->db), COPY_REFUSED) == 0))
            status = handle_refusal(store, batch, status, error);
        infections_reset(store->infections);
        if (status != STATUS_OK || *outcome == TRANSACTION_LOST)
            return store_explain(store, status, error);
    }
}

/* ---- after a failure */

enum status transaction_recover(struct store *store, const struct batch *batch,
                                enum transaction_outcome *outcome, struct error *error)
{
    enum offsets_place place = OFFSETS_ELSEWHERE;
    enum status status;

    *outcome = TRANSACTION_AGAIN;
    if (!store_is_away(store))
        return STATUS_OK;
    status = store_connect(store, error);
    if (status != STATUS_OK)
        return status;
    status = offsets_retake(&store->offsets, store->db, batch, &place, error);
    if (status != STATUS_OK) {
        /* Half a recovery is none: the next attempt asks the rows again. */
        store_disconnect(store);
        return status;
    }
    if (place == OFFSETS_ELSEWHERE)
        *outcome = TRANSACTION_LOST;
    if (place == OFFSETS_BEHIND_BATCH) {
        const struct detections_repeats unknown = {0};

        note_stored(store, batch, &unknown);
        *outcome = TRANSACTION_STORED;
    }
    return STATUS_OK;
}
