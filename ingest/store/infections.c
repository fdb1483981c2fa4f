#define _GNU_SOURCE /* qsort_r */
#include "ingest/store/infections.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/store/admissions.h"
#include "ingest/store/counts.h"
#include "ingest/store/look_up.h"
#include "ingest/store/string_set.h"
#include "sql/array.h"
#include "sql/copy.h"
#include "sql/embedded.h"

/* Month, threat and device. */
#define INFECTION_KEY_SIZE (2 * sizeof(int32_t) + 16)

/* Columns of infection. */
#define INFECTION_FIELDS 10

/* Transactions in a row without an infection that was stored already, before new ones are copied
 * straight in again. */
#define CLEAN_TRANSACTIONS_MIN 4

/* Transactions behind the last one with an infection that had been forgotten, in which all that
 * were met and are not known any more are looked at. A look for nothing costs a few milliseconds, a
 * refusal a whole transaction. */
#define WATCHFUL_TRANSACTIONS 64

struct infections {
    bool staged;                /* at present all are looked at */
    bool copying;               /* they are being copied straight in */
    int clean_transactions;     /* in a row, while staged: all that was unmet was new */
    int watchful;               /* transactions in which those that were met are looked at */
    struct string_set keys;     /* month, threat, device -> number in sightings */
    struct sighting *sightings; /* the earliest of each */
    enum infection_cache_answer *answers; /* of the cache, by number */
    /* Of the transaction so far, by answer: those that were looked at, and those of them that were
     * not there; and those that were met and taken for new all the same. */
    struct {
        uint64_t asked[INFECTION_CACHE_HIT];
        uint64_t missing[INFECTION_CACHE_HIT];
        uint64_t dared;
    } looks;
    uint32_t *fresh; /* numbers of those that are taken for new */
    uint32_t fresh_count;
    uint32_t *known; /* numbers of all others */
    uint32_t known_count;
    struct array to_move; /* numbers of those whose stored first detection is later */
    uint32_t to_move_count;
    struct counts counts;
    struct admissions admissions;
    struct infection_cache *cache;
    struct copy copy;
};

static enum status init_tables(struct infections *infections, size_t cache_mib, struct error *error)
{
    enum status status = string_set_init(&infections->keys, INFECTIONS_MAX,
                                         INFECTIONS_MAX * (uint32_t)INFECTION_KEY_SIZE, error);

    if (status == STATUS_OK)
        status = counts_init(&infections->counts, error);
    if (status == STATUS_OK)
        status = admissions_init(&infections->admissions, error);
    if (status == STATUS_OK)
        status = infection_cache_new(cache_mib, &infections->cache, error);
    return status;
}

enum status infections_new(size_t cache_mib, struct infections **out, struct error *error)
{
    struct infections *infections = calloc(1, sizeof(*infections));
    enum status status;

    if (infections == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    infections->sightings = malloc(INFECTIONS_MAX * sizeof(*infections->sightings));
    infections->fresh = malloc(INFECTIONS_MAX * sizeof(*infections->fresh));
    infections->known = malloc(INFECTIONS_MAX * sizeof(*infections->known));
    infections->answers = malloc(INFECTIONS_MAX * sizeof(*infections->answers));
    if (infections->sightings == NULL || infections->fresh == NULL || infections->known == NULL ||
        infections->answers == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = init_tables(infections, cache_mib, error);
    if (status != STATUS_OK) {
        infections_free(infections);
        return status;
    }
    *out = infections;
    return STATUS_OK;
}

void infections_free(struct infections *infections)
{
    if (infections == NULL)
        return;
    string_set_clear(&infections->keys);
    counts_clear(&infections->counts);
    admissions_clear(&infections->admissions);
    infection_cache_free(infections->cache);
    free(infections->sightings);
    free(infections->fresh);
    free(infections->known);
    free(infections->answers);
    array_clear(&infections->to_move);
    free(infections);
}

/* What was written, of a transaction that goes on. */
static void drop_written(struct infections *infections)
{
    string_set_reset(&infections->keys);
    counts_reset(&infections->counts);
    infections->fresh_count = 0;
    infections->known_count = 0;
    infections->copying = false;
}

void infections_reset(struct infections *infections)
{
    drop_written(infections);
    memset(&infections->looks, 0, sizeof(infections->looks));
}

void infections_forget(struct infections *infections)
{
    infection_cache_forget(infections->cache);
    admissions_forget(&infections->admissions);
}

static void infection_key(const struct sighting *sighting, char key[INFECTION_KEY_SIZE])
{
    memcpy(key, &sighting->first_day, sizeof(int32_t));
    memcpy(key + sizeof(int32_t), &sighting->threat_id, sizeof(int32_t));
    memcpy(key + 2 * sizeof(int32_t), sighting->device, 16);
}

/* What was met and forgotten is stored, or is taken for something that was: see the Bloom filter.
 */
static bool is_taken_for_new(const struct infections *infections,
                             enum infection_cache_answer answer)
{
    if (infections->staged)
        return false;
    return answer == INFECTION_CACHE_UNMET ||
           (answer == INFECTION_CACHE_MISS && infections->watchful == 0);
}

static void add_infection(struct infections *infections, const struct sighting *sighting)
{
    enum infection_cache_answer answer = infection_cache_find(infections->cache, sighting);
    char key[INFECTION_KEY_SIZE];
    bool is_new;
    uint32_t number;

    if (answer == INFECTION_CACHE_HIT)
        return;
    infection_key(sighting, key);
    number = string_set_add(&infections->keys, key, sizeof(key), &is_new);
    if (is_new || sighting_is_earlier(sighting, &infections->sightings[number]))
        infections->sightings[number] = *sighting;
    if (!is_new)
        return;
    infections->answers[number] = answer;
    if (is_taken_for_new(infections, answer)) {
        infections->fresh[infections->fresh_count++] = number;
        infections->looks.dared += answer == INFECTION_CACHE_MISS;
    } else {
        infections->known[infections->known_count++] = number;
        infections->looks.asked[answer]++;
    }
}

bool infections_has_room(const struct infections *infections, size_t sightings)
{
    return infections->keys.count + sightings <= INFECTIONS_MAX &&
           counts_has_room(&infections->counts, sightings);
}

void infections_prefetch(const struct infections *infections, const uint8_t device[16])
{
    infection_cache_prefetch(infections->cache, device);
}

void infections_add(struct infections *infections, const struct sighting *sighting)
{
    bool is_heartbeat = sighting->threat_id == THREAT_OF_HEARTBEATS;

    counts_add(&infections->counts, sighting, (struct count){.detections = is_heartbeat ? 0 : 1});
    add_infection(infections, sighting);
}

/* In the order of infection's key: neighbours in the index, and two workers with the same
 * infections meet in the same order. */
static int compare_infections(const void *left, const void *right, void *context)
{
    const struct infections *infections = context;
    const struct sighting *a = &infections->sightings[*(const uint32_t *)left];
    const struct sighting *b = &infections->sightings[*(const uint32_t *)right];

    if (a->first_day != b->first_day)
        return a->first_day < b->first_day ? -1 : 1;
    if (a->threat_id != b->threat_id)
        return a->threat_id < b->threat_id ? -1 : 1;
    return memcmp(a->device, b->device, sizeof(a->device));
}

static void copy_label(struct copy *copy, int32_t id)
{
    if (id != 0)
        copy_int32(copy, id);
    else
        copy_null(copy);
}

static void copy_infection(struct copy *copy, const struct sighting *sighting)
{
    const struct sighting_labels *labels = &sighting->labels;

    copy_date(copy, sighting->first_day);
    copy_int32(copy, sighting->threat_id);
    copy_uuid(copy, sighting->device);
    copy_bytes(copy, labels->country, strlen(labels->country));
    copy_timestamp(copy, sighting->time_us);
    copy_uuid(copy, sighting->event_id);
    copy_int32(copy, labels->name_id);
    copy_label(copy, labels->product_id);
    copy_label(copy, labels->os_id);
    copy_label(copy, labels->segment_id);
}

/* COPYs the infections with these numbers, which it puts in order, into infection or, numbered,
 * into the stage. */
static enum status copy_infections(struct infections *infections, struct db *db, bool staged,
                                   uint32_t *numbers, uint32_t count, struct error *error)
{
    const char *sql = staged ? sql_infections_stage : sql_infections_copy;
    enum status status = copy_begin(&infections->copy, db, sql, error);

    if (status != STATUS_OK)
        return status;
    qsort_r(numbers, count, sizeof(*numbers), compare_infections, infections);
    for (uint32_t i = 0; i < count; i++) {
        copy_row(&infections->copy, staged ? INFECTION_FIELDS + 1 : INFECTION_FIELDS);
        if (staged)
            copy_int32(&infections->copy, (int32_t)numbers[i]);
        copy_infection(&infections->copy, &infections->sightings[numbers[i]]);
    }
    return copy_end(&infections->copy, error);
}

static void count_new(struct infections *infections, uint32_t number)
{
    counts_add(&infections->counts, &infections->sightings[number],
               (struct count){.infections = 1});
}

/* Infections that are taken for new. PostgreSQL refuses them all when one is not. */
static enum status copy_new(struct infections *infections, struct db *db, struct error *error)
{
    uint32_t count = infections->fresh_count;
    enum status status;

    infections->copying = true;
    status = copy_infections(infections, db, false, infections->fresh, count, error);
    if (status != STATUS_OK)
        return status;
    infections->copying = false;
    for (uint32_t i = 0; i < count; i++)
        count_new(infections, infections->fresh[i]);
    return STATUS_OK;
}

/* The months of the stage, for what the planner must know. */
struct months {
    char first[16];
    char last[16];
};

static struct months months_of(const struct infections *infections)
{
    struct months months;

    snprintf(months.first, sizeof(months.first), "%" PRId32,
             infections->sightings[infections->known[0]].first_day);
    snprintf(months.last, sizeof(months.last), "%" PRId32,
             infections->sightings[infections->known[infections->known_count - 1]].first_day);
    return months;
}

/* Adds those of the stage that are not stored, counts them, and notes those that may have to be
 * moved. */
static enum status add_staged(struct infections *infections, struct db *db,
                              const struct months *months, struct error *error)
{
    const char *const parameters[] = {months->first, months->last};
    struct db_result *rows = NULL;
    enum status status = look_up(db, sql_infections_add, 2, parameters, &rows, error);

    array_reset(&infections->to_move);
    infections->to_move_count = 0;
    if (status != STATUS_OK)
        return status;

    const char *added = db_text(rows, 0, 0);
    const char *others = db_text(rows, 0, 1);
    int64_t number;

    while (array_next(&added, &number)) {
        count_new(infections, (uint32_t)number);
        infections->looks.missing[infections->answers[number]]++;
    }
    while (array_next(&others, &number)) {
        array_add_int64(&infections->to_move, number);
        infections->to_move_count++;
    }
    db_result_free(rows);
    return STATUS_OK;
}

static struct sighting_labels former_labels(const struct db_result *rows, int row)
{
    struct sighting_labels labels = {
        .name_id = db_text(rows, row, 2) == NULL ? SIGHTING_BY_COUNTRY_ALONE
                                                 : (int32_t)db_int64(rows, row, 2),
        .product_id = (int32_t)db_int64(rows, row, 3),
        .os_id = (int32_t)db_int64(rows, row, 4),
        .segment_id = (int32_t)db_int64(rows, row, 5),
    };

    snprintf(labels.country, sizeof(labels.country), "%s", db_text(rows, row, 1));
    return labels;
}

/* Counts an infection that has moved where it is now instead of where it was. */
static enum status count_moved(struct infections *infections, struct db *db,
                               const struct db_result *rows, int row, int32_t slot,
                               struct error *error)
{
    const struct sighting *sighting = &infections->sightings[db_int64(rows, row, 0)];
    struct sighting former = *sighting;

    /* What they were counted by takes room of its own. */
    if (!counts_has_room(&infections->counts, 2)) {
        enum status status = counts_store(&infections->counts, db, slot, error);

        if (status != STATUS_OK)
            return status;
        counts_reset(&infections->counts);
    }
    former.labels = former_labels(rows, row);
    counts_add(&infections->counts, &former, (struct count){.infections = -1});
    counts_add(&infections->counts, sighting, (struct count){.infections = 1});
    return STATUS_OK;
}

/* Moves those noted whose first detection is earlier than the one that is stored, and counts them.
 * *again: somebody else changed one of them meanwhile. */
static enum status move_once(struct infections *infections, struct db *db,
                             const struct months *months, int32_t slot, bool *again,
                             struct error *error)
{
    const char *const parameters[] = {months->first, months->last,
                                      array_text(&infections->to_move)};
    struct db_result *rows = NULL;
    enum status status = parameters[2] == NULL
                             ? error_set(error, STATUS_FATAL, "out of memory")
                             : look_up(db, sql_infections_move, 3, parameters, &rows, error);

    *again = false;
    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        if (db_text(rows, row, 0) == NULL)
            *again = true;
        else
            status = count_moved(infections, db, rows, row, slot, error);
    }
    db_result_free(rows);
    return status;
}

/* Ends: whoever was in between has moved one to an earlier detection, and there is an earliest. */
static enum status move_staged(struct infections *infections, struct db *db,
                               const struct months *months, int32_t slot, struct error *error)
{
    bool again = true;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && again)
        status = move_once(infections, db, months, slot, &again, error);
    return status;
}

/* Infections that may be stored: adds those that are not, in the order of their key, and moves
 * those that are. Who copied some straight in before holds these already: two workers with the same
 * new machines can wait for each other, of which PostgreSQL ends one, whose batch is made again. */
static enum status store_known(struct infections *infections, struct db *db, int32_t slot,
                               struct error *error)
{
    uint32_t count = infections->known_count;
    struct months months;
    enum status status;

    status = copy_infections(infections, db, true, infections->known, count, error);
    months = months_of(infections);
    if (status == STATUS_OK)
        status = add_staged(infections, db, &months, error);
    if (status == STATUS_OK && infections->to_move_count > 0)
        status = move_staged(infections, db, &months, slot, error);
    return status;
}

static enum status store_infections(struct infections *infections, struct db *db, int32_t slot,
                                    struct error *error)
{
    enum status status = STATUS_OK;

    if (infections->fresh_count > 0)
        status = copy_new(infections, db, error);
    if (status == STATUS_OK && infections->known_count > 0)
        status = store_known(infections, db, slot, error);
    return status;
}

enum status infections_store(struct infections *infections, struct db *db, int32_t slot,
                             struct error *error)
{
    enum status status = STATUS_OK;

    /* Of an attempt that failed. */
    counts_drop_infections(&infections->counts);
    if (slot <= COUNTS_FILES_SLOT && infections->counts.keys.count > 0)
        status = db_query(db, sql_files_turn, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = store_infections(infections, db, slot, error);
    if (status == STATUS_OK)
        status = counts_store(&infections->counts, db, slot, error);
    return status;
}

enum status infections_spill(struct infections *infections, struct db *db, int32_t slot,
                             struct error *error)
{
    enum status status = infections_store(infections, db, slot, error);

    if (status == STATUS_OK)
        status = db_script(db, "truncate pg_temp.stage_infection", error);
    if (status == STATUS_OK)
        drop_written(infections);
    return status;
}

void infections_want(struct infections *infections, int32_t first_day,
                     const struct sighting_labels *labels)
{
    admissions_want_all(&infections->admissions, first_day, labels);
}

bool infections_can_want(const struct infections *infections)
{
    return admissions_has_room(&infections->admissions);
}

enum status infections_decide(struct infections *infections, struct db *db, struct error *error)
{
    return admissions_decide(&infections->admissions, db, error);
}

bool infections_were_refused(struct infections *infections)
{
    if (!infections->copying)
        return false;
    infections->clean_transactions = 0;
    infections->staged = infections->looks.dared == 0;
    infections->watchful = WATCHFUL_TRANSACTIONS;
    return true;
}

/* How the next transactions go about it. */
static void learn(struct infections *infections)
{
    const uint64_t *asked = infections->looks.asked;
    const uint64_t *missing = infections->looks.missing;

    if (missing[INFECTION_CACHE_MISS] < asked[INFECTION_CACHE_MISS])
        infections->watchful = WATCHFUL_TRANSACTIONS;
    else if (infections->watchful > 0 && asked[INFECTION_CACHE_MISS] > 0)
        infections->watchful--;
    if (!infections->staged)
        return;
    if (missing[INFECTION_CACHE_UNMET] < asked[INFECTION_CACHE_UNMET])
        infections->clean_transactions = 0;
    else if (asked[INFECTION_CACHE_UNMET] > 0)
        infections->clean_transactions++;
}

void infections_committed(struct infections *infections)
{
    learn(infections);
    counts_committed(&infections->counts);
    for (uint32_t i = 0; i < infections->keys.count; i++)
        infection_cache_add(infections->cache, &infections->sightings[i]);
    if (infections->staged && infections->clean_transactions >= CLEAN_TRANSACTIONS_MIN) {
        infections->staged = false;
        infections->clean_transactions = 0;
    }
    infections_reset(infections);
}
