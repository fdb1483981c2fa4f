#include "relocate/chunk.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sql/copy.h"
#include "sql/embedded.h"
#include "text/hex.h"

/* Deadlocks with workers are retried; more in a row mean something else is wrong. */
#define ATTEMPTS 10

/* Chunks whose changes of counts are left to be read beside infection_count. */
#define FOLD_CHUNKS 16

#define STAGE_FIELDS 7

/* As text for parameters. */
#define NUMBER(constant) NUMBER_(constant)
#define NUMBER_(constant) #constant

/* In front of the month's first detection, whatever its ids. */
#define LAST_UUID "ffffffff-ffff-ffff-ffff-ffffffffffff"

/* A detection whose address is looked up again. */
struct located {
    int64_t time_us;
    uint8_t device[16];
    uint8_t event_id[16];
    int32_t name_id;
    int16_t geoip_id;
    bool has_geoip_id;
    char from[COUNTRY_SIZE];
    char to[COUNTRY_SIZE];
};

struct chunks {
    struct db *db;
    struct geo *geo;
    const char *country;
    volatile sig_atomic_t *busy;
    char geoip_id[8];
    int unfolded; /* chunks, since the last fold of a chunk */
    struct located *rows;
    int row_count;
    struct tally moved; /* by the chunk under way */
    struct copy copy;
};

enum status chunks_new(struct db *db, struct geo *geo, int16_t geoip_id, const char *country,
                       volatile sig_atomic_t *busy, struct chunks **out, struct error *error)
{
    struct chunks *chunks = calloc(1, sizeof(*chunks));
    enum status status;

    if (chunks == NULL || (chunks->rows = calloc(CHUNK_ROWS, sizeof(*chunks->rows))) == NULL) {
        free(chunks);
        return error_set(error, STATUS_FATAL, "out of memory");
    }
    chunks->db = db;
    chunks->geo = geo;
    chunks->country = country;
    chunks->busy = busy;
    snprintf(chunks->geoip_id, sizeof(chunks->geoip_id), "%d", geoip_id);
    status = db_script(db, sql_relocate_stage, error);
    if (status == STATUS_OK)
        *out = chunks;
    else
        chunks_free(chunks);
    return status;
}

void chunks_free(struct chunks *chunks)
{
    if (chunks == NULL)
        return;
    free(chunks->rows);
    tally_clear(&chunks->moved);
    free(chunks);
}

/* ---- reading */

static void set_place(struct chunk_place *place, const char *time, const char *device,
                      const char *event)
{
    snprintf(place->time, sizeof(place->time), "%s", time);
    snprintf(place->device, sizeof(place->device), "%s", device);
    snprintf(place->event, sizeof(place->event), "%s", event);
}

/* Where the chunk that begins behind month->place ends. */
static enum status find_edge(struct chunks *chunks, struct chunk_month *month,
                             struct chunk_place *edge, int64_t *edge_s, bool *last,
                             struct error *error)
{
    const char *const parameters[] = {month->place.time, month->place.device, month->place.event,
                                      month->ends_at, NUMBER(CHUNK_ROWS)};
    struct db_result *rows = NULL;
    enum status status = db_query(chunks->db, sql_relocate_edge, 5, parameters, &rows, error);

    if (status == STATUS_OK) {
        *last = db_rows(rows) == 0;
        if (!*last) {
            set_place(edge, db_text(rows, 0, 0), db_text(rows, 0, 1), db_text(rows, 0, 2));
            *edge_s = db_int64(rows, 0, 3);
        }
    }
    db_result_free(rows);
    return status;
}

static bool read_address(const char *text, struct event *event)
{
    *event = (struct event){.address_family = ADDRESS_IPV4};
    if (inet_pton(AF_INET, text, event->address) == 1)
        return true;
    event->address_family = ADDRESS_IPV6;
    return inet_pton(AF_INET6, text, event->address) == 1;
}

static enum status read_row(struct chunks *chunks, const struct db_result *rows, int row,
                            struct error *error)
{
    struct located *located = &chunks->rows[row];
    struct event event;

    *located = (struct located){
        .time_us = db_int64(rows, row, 0),
        .name_id = (int32_t)db_int64(rows, row, 3),
        .geoip_id = (int16_t)db_int64(rows, row, 5),
        .has_geoip_id = db_text(rows, row, 5) != NULL,
    };
    snprintf(located->from, sizeof(located->from), "%s", db_text(rows, row, 4));
    if (!hex_decode_uuid(db_text(rows, row, 1), HEX_UUID_LENGTH, located->device) ||
        !hex_decode_uuid(db_text(rows, row, 2), HEX_UUID_LENGTH, located->event_id) ||
        !read_address(db_text(rows, row, 6), &event))
        return error_set(error, STATUS_FATAL, "PostgreSQL sent a UUID or an address that is none");
    geo_country(chunks->geo, &event, located->to);
    return STATUS_OK;
}

/* The detections behind month->place up to the edge that are to be looked up again. */
static enum status read_rows(struct chunks *chunks, const struct chunk_month *month,
                             const struct chunk_place *edge, bool last, struct error *error)
{
    const char *const parameters[] = {month->place.time,         month->place.device,
                                      month->place.event,        month->ends_at,
                                      last ? NULL : edge->time,  last ? NULL : edge->device,
                                      last ? NULL : edge->event, chunks->geoip_id,
                                      chunks->country,           NUMBER(CHUNK_ROWS)};
    struct db_result *rows = NULL;
    enum status status = db_query(chunks->db, sql_relocate_read, 10, parameters, &rows, error);

    chunks->row_count = status == STATUS_OK ? db_rows(rows) : 0;
    for (int row = 0; status == STATUS_OK && row < chunks->row_count; row++)
        status = read_row(chunks, rows, row, error);
    db_result_free(rows);
    return status;
}

/* ---- storing */

static enum status stage(struct chunks *chunks, struct error *error)
{
    struct copy *copy = &chunks->copy;
    enum status status = copy_begin(copy, chunks->db, sql_relocate_copy, error);

    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < chunks->row_count; i++) {
        const struct located *row = &chunks->rows[i];

        copy_row(copy, STAGE_FIELDS);
        copy_timestamp(copy, row->time_us);
        copy_uuid(copy, row->device);
        copy_uuid(copy, row->event_id);
        copy_int32(copy, row->name_id);
        if (row->has_geoip_id)
            copy_int16(copy, row->geoip_id);
        else
            copy_null(copy);
        copy_bytes(copy, row->from, strlen(row->from));
        copy_bytes(copy, row->to, strlen(row->to));
    }
    return copy_end(copy, error);
}

static enum status update_detections(struct chunks *chunks, struct error *error)
{
    char first[24];
    char last[24];
    const char *const parameters[] = {chunks->geoip_id, first, last};
    int64_t first_us = INT64_MAX;
    int64_t last_us = INT64_MIN;
    struct db_result *rows = NULL;
    enum status status;

    for (int i = 0; i < chunks->row_count; i++) {
        int64_t time_us = chunks->rows[i].time_us;

        first_us = time_us < first_us ? time_us : first_us;
        last_us = time_us > last_us ? time_us : last_us;
    }
    snprintf(first, sizeof(first), "%" PRId64, first_us);
    snprintf(last, sizeof(last), "%" PRId64, last_us);
    status = db_query(chunks->db, sql_relocate_detections, 3, parameters, &rows, error);
    if (status == STATUS_OK && db_int64(rows, 0, 0) != chunks->row_count)
        status = error_set(error, STATUS_RETRY, "detections have changed since they were read");
    db_result_free(rows);
    return status;
}

/* Moves infections and counts, and adds to chunks->moved what moved. */
static enum status move_infections(struct chunks *chunks, const struct chunk_month *month,
                                   struct error *error)
{
    struct db_result *rows = NULL;
    enum status status =
        db_query(chunks->db, sql_relocate_move, 1, &month->first_day, &rows, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        struct tally_move move = {"", "", 0, db_int64(rows, row, 2)};

        snprintf(move.from, sizeof(move.from), "%s", db_text(rows, row, 0));
        snprintf(move.to, sizeof(move.to), "%s", db_text(rows, row, 1));
        status = tally_add(&chunks->moved, &move, error);
    }
    db_result_free(rows);
    return status;
}

static enum status tally_detections(struct chunks *chunks, bool *any, struct error *error)
{
    enum status status = STATUS_OK;

    tally_reset(&chunks->moved);
    for (int i = 0; status == STATUS_OK && i < chunks->row_count; i++) {
        struct tally_move move = {"", "", 1, 0};

        memcpy(move.from, chunks->rows[i].from, sizeof(move.from));
        memcpy(move.to, chunks->rows[i].to, sizeof(move.to));
        if (strcmp(move.from, move.to) != 0)
            status = tally_add(&chunks->moved, &move, error);
    }
    *any = chunks->moved.count > 0;
    return status;
}

/* Counts of slot -1: one relocation runs at a time. */
static enum status fold(struct chunks *chunks, struct error *error)
{
    const char *const slots = "{-1}";

    return db_query(chunks->db, sql_counts_fold, 1, &slots, NULL, error);
}

static enum status move_counts(struct chunks *chunks, const struct chunk_month *month,
                               struct error *error)
{
    enum status status = move_infections(chunks, month, error);

    if (status == STATUS_OK && chunks->unfolded >= FOLD_CHUNKS)
        status = fold(chunks, error);
    return status;
}

/* Between BEGIN and COMMIT, once `threat set` is kept out: what is counted of which threat doesn't
 * change meanwhile. Locks are taken in the order of a batch's: detections, infections, counts, and
 * the notes last. */
static enum status write_chunk(struct chunks *chunks, const struct chunk_month *month,
                               struct error *error)
{
    char days[32];
    char ids[16];
    const char *const note[] = {days, ids};
    bool any = false;
    enum status status = tally_detections(chunks, &any, error);

    snprintf(days, sizeof(days), "{%s}", month->day);
    snprintf(ids, sizeof(ids), "{%s}", chunks->geoip_id);
    if (status == STATUS_OK)
        status = stage(chunks, error);
    if (status == STATUS_OK)
        status = update_detections(chunks, error);
    if (status == STATUS_OK && any)
        status = move_counts(chunks, month, error);
    if (status == STATUS_OK)
        status = db_query(chunks->db, sql_geoip_use_note, 2, note, NULL, error);
    return status;
}

static enum status store_once(struct chunks *chunks, const struct chunk_month *month,
                              struct error *error)
{
    enum status status = db_begin(chunks->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = db_query(chunks->db, sql_maintain_turn, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(chunks->db, sql_catalogue_share, 0, NULL, NULL, error);
    if (status == STATUS_OK) {
        *chunks->busy = 1;
        status = write_chunk(chunks, month, error);
    }
    status = db_end(chunks->db, status, error);
    *chunks->busy = 0;
    return status;
}

static enum status read_and_store(struct chunks *chunks, const struct chunk_month *month,
                                  const struct chunk_place *edge, bool last, struct error *error)
{
    enum status status = STATUS_RETRY;

    for (int attempt = 0; attempt < ATTEMPTS && status == STATUS_RETRY; attempt++) {
        if (db_is_broken(chunks->db))
            return status;
        status = read_rows(chunks, month, edge, last, error);
        if (status == STATUS_OK && chunks->row_count > 0)
            status = store_once(chunks, month, error);
    }
    return status;
}

static int64_t count_unlocated(const struct chunks *chunks)
{
    int64_t count = 0;

    for (int row = 0; row < chunks->row_count; row++)
        count += memcmp(chunks->rows[row].to, COUNTRY_UNKNOWN, COUNTRY_SIZE) == 0;
    return count;
}

enum status chunks_next(struct chunks *chunks, struct chunk_month *month, int64_t *detections,
                        int64_t *unlocated, struct tally *moved, struct error *error)
{
    struct chunk_place edge = {"", "", ""};
    int64_t edge_s = 0;
    bool last = false;
    enum status status;

    *detections = 0;
    *unlocated = 0;
    if (month->place.time[0] == '\0')
        set_place(&month->place, month->before, LAST_UUID, LAST_UUID);
    status = find_edge(chunks, month, &edge, &edge_s, &last, error);
    if (status == STATUS_OK)
        status = read_and_store(chunks, month, &edge, last, error);
    if (status != STATUS_OK)
        return status;
    if (chunks->row_count > 0)
        chunks->unfolded = chunks->unfolded >= FOLD_CHUNKS ? 0 : chunks->unfolded + 1;
    *detections = chunks->row_count;
    *unlocated = count_unlocated(chunks);
    /* When workers store so much there meanwhile that it is full, there may be more. */
    if (chunks->row_count < CHUNK_ROWS) {
        month->done = last;
        if (!last) {
            month->place = edge;
            month->place_s = edge_s;
        }
    }
    return chunks->row_count > 0 ? tally_add_all(moved, &chunks->moved, error) : STATUS_OK;
}

enum status chunks_fold(struct chunks *chunks, struct error *error)
{
    enum status status = db_begin(chunks->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = fold(chunks, error);
    return db_end(chunks->db, status, error);
}
