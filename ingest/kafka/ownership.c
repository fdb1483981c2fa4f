#include "ingest/kafka/ownership.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/kafka/crash_guard.h"
#include "ingest/store/partitions_ahead.h"
#include "kansen/clock.h"

/* After so long a task leaves the rest to the next one, so that each ends well within
 * WRITER_TASK_MS: one partition may take the answers of a broker and the lock timeouts of a row.
 */
#define STEP_MS 2000

/* For brokers to say where partitions end, once a minute: nothing is stored meanwhile, and the next
 * minute is as good. */
#define MARKS_ANSWER_MS 1000

#define US_PER_MS 1000

/* For the tries to be reset when partitions are given back. */
#define RELEASE_MS 2000

static int64_t now_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

/* ---- taking: run in the writer's thread */

/* A partition that nobody has read starts where its log does now: what is deleted from then on
 * without having been read is missed. */
static enum status take_partition(struct ownership *ownership, struct assigned *assigned,
                                  struct db *db, struct error *error)
{
    const struct origin *origin = &assigned->origin;
    struct offsets_position position = {0};
    int64_t low = 0;
    int64_t high = 0;
    int64_t asked_us = clock_ms(CLOCK_REALTIME) * US_PER_MS;
    enum status status = broker_query_watermarks(ownership->kafka, origin->topic, origin->partition,
                                                 &low, &high, error);

    if (status == STATUS_OK)
        status = offsets_take(db, &ownership->identity, low, ownership->logger, &assigned->origin,
                              &position, error);
    /* The former owner may have gone on until the partition was taken from him. */
    if (status == STATUS_OK && position.next_offset > high)
        status = broker_query_watermarks(ownership->kafka, origin->topic, origin->partition, &low,
                                         &high, error);
    if (status != STATUS_OK)
        return status;
    assigned->committed = position.next_offset;
    assigned->position = position.next_offset;
    assigned->last_offset = position.last_offset;
    memcpy(assigned->last_fingerprint, position.fingerprint, FINGERPRINT_SIZE);
    assigned->unverified = position.last_offset >= 0;
    assigned->taken_at = position.next_offset;
    assigned->origin.end_offset = high;
    assigned->has_messages = position.next_offset < high;
    assigned->tries = position.tries;
    assigned->tried_ago_ms = position.tried_ago_ms;
    read_mark_ask(&assigned->mark, position.next_offset, asked_us);
    read_mark_answer(&assigned->mark, high);
    return assignment_check_range(assigned, low, high, error);
}

static enum status note_try(struct assigned *assigned, struct db *db, struct error *error)
{
    enum status status;

    if (!assigned->has_messages || assigned->pause != PAUSE_NONE)
        return STATUS_OK;
    status = offsets_note_tries(db, &assigned->origin, assigned->tries + 1, error);
    assigned->is_tried = status == STATUS_OK;
    return status;
}

/* Takes partitions, then decides which of them are read, then notes the tries: as much of it as
 * fits into STEP_MS. */
static enum status take_step(struct db *db, struct offsets *offsets, void *context,
                             struct error *error)
{
    struct ownership *ownership = context;
    struct assignment *taken = &ownership->taken;
    int64_t until_ms = now_ms() + STEP_MS;
    enum status status = STATUS_OK;

    (void)offsets;
    while (status == STATUS_OK && ownership->took < taken->count && now_ms() < until_ms) {
        status = take_partition(ownership, &taken->partitions[ownership->took], db, error);
        ownership->took += status == STATUS_OK;
    }
    if (status == STATUS_OK && ownership->took == taken->count && ownership->noted == 0)
        crash_guard_choose(taken, clock_ms(CLOCK_BOOTTIME));
    while (status == STATUS_OK && ownership->took == taken->count &&
           ownership->noted < taken->count && now_ms() < until_ms) {
        status = note_try(&taken->partitions[ownership->noted], db, error);
        ownership->noted += status == STATUS_OK;
    }
    return status;
}

/* ---- questions: run in the writer's thread */

static enum status check_rows(struct db *db, struct offsets *offsets, void *context,
                              struct error *error)
{
    struct ownership *ownership = context;

    return offsets_are_ours(offsets, db, ownership->origins, ownership->origin_count,
                            &ownership->yes, error);
}

static enum status check_ends(struct db *db, struct offsets *offsets, void *context,
                              struct error *error)
{
    struct ownership *ownership = context;

    return offsets_have_reached(offsets, db, &ownership->identity, ownership->ends->offsets,
                                ownership->ends->count, &ownership->yes, error);
}

static enum status query_latest(struct db *db, struct offsets *offsets, void *context,
                                struct error *error)
{
    struct ownership *ownership = context;

    (void)db, (void)offsets;
    return broker_query_latest(ownership->kafka, ownership->latest, ownership->answer_ms, error);
}

static enum status reset_tries(struct db *db, struct offsets *offsets, void *context,
                               struct error *error)
{
    const struct assignment *assignment = context;
    enum status status = STATUS_OK;

    (void)offsets;
    for (int i = 0; status == STATUS_OK && i < assignment->count; i++) {
        const struct assigned *assigned = &assignment->partitions[i];

        if (assigned->is_tried && !assignment_has_progressed(assigned))
            status = offsets_note_tries(db, &assigned->origin, 0, error);
    }
    return status;
}

/* ---- asking */

static void perform(struct ownership *ownership, enum ownership_question question, store_task *task)
{
    ownership->asked = question;
    ownership->yes = false;
    pipeline_perform(ownership->pipeline, task, ownership);
}

static enum status prepare(struct assignment *assignment, const struct offsets_reader *reader,
                           const rd_kafka_topic_partition_list_t *list, struct error *error)
{
    static const char prefix[] = "kafka:";
    size_t source_size = sizeof(prefix) + strlen(reader->cluster);

    if (list->cnt > BATCH_PARTITIONS)
        return error_set(error, STATUS_FATAL, "%d partitions for one worker; at most %d", list->cnt,
                         BATCH_PARTITIONS);
    assignment->partitions = calloc((size_t)list->cnt + 1, sizeof(*assignment->partitions));
    assignment->source = malloc(source_size);
    assignment->topic = strdup(reader->topic);
    if (assignment->partitions == NULL || assignment->source == NULL || assignment->topic == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    snprintf(assignment->source, source_size, "%s%s", prefix, reader->cluster);
    for (; assignment->count < list->cnt; assignment->count++) {
        struct origin *origin = &assignment->partitions[assignment->count].origin;

        origin->source = assignment->source;
        origin->topic = assignment->topic;
        origin->kind = reader->kind;
        origin->partition = list->elems[assignment->count].partition;
    }
    return STATUS_OK;
}

enum status ownership_ask_take(struct ownership *ownership,
                               const rd_kafka_topic_partition_list_t *list, struct error *error)
{
    struct assignment taken = {0};
    enum status status = prepare(&taken, &ownership->identity, list, error);

    if (status != STATUS_OK) {
        assignment_clear(&taken);
        return status;
    }
    ownership->taken = taken;
    ownership->took = 0;
    ownership->noted = 0;
    perform(ownership, OWNERSHIP_TAKE, take_step);
    return STATUS_OK;
}

enum status ownership_ask_check(struct ownership *ownership, const struct assignment *assignment,
                                struct error *error)
{
    ownership->origins = calloc((size_t)assignment->count + 1, sizeof(*ownership->origins));
    if (ownership->origins == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    ownership->origin_count = assignment->count;
    for (int i = 0; i < assignment->count; i++)
        ownership->origins[i] = &assignment->partitions[i].origin;
    perform(ownership, OWNERSHIP_CHECK, check_rows);
    return STATUS_OK;
}

void ownership_ask_ends(struct ownership *ownership, const struct topic_ends *ends)
{
    ownership->ends = ends;
    perform(ownership, OWNERSHIP_ENDS, check_ends);
}

void ownership_ask_behind(struct ownership *ownership, struct assignment *assignment)
{
    ownership->assignment = assignment;
    ownership->latest = assignment_list(assignment);
    ownership->answer_ms = BROKER_ANSWER_MS;
    perform(ownership, OWNERSHIP_BEHIND, query_latest);
}

void ownership_ask_marks(struct ownership *ownership, struct assignment *assignment)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(assignment->count);
    int64_t wall_us = clock_ms(CLOCK_REALTIME) * US_PER_MS;

    for (int i = 0; i < assignment->count; i++) {
        struct assigned *assigned = &assignment->partitions[i];

        if (assigned->unverified || assigned->backoff_until_ms != 0 ||
            !read_mark_is_due(&assigned->mark, wall_us))
            continue;
        read_mark_ask(&assigned->mark, assigned->position, wall_us);
        rd_kafka_topic_partition_list_add(list, assignment->topic, assigned->origin.partition);
    }
    if (list->cnt == 0) {
        rd_kafka_topic_partition_list_destroy(list);
        return;
    }
    ownership->assignment = assignment;
    ownership->latest = list;
    ownership->answer_ms = MARKS_ANSWER_MS;
    perform(ownership, OWNERSHIP_MARKS, query_latest);
}

static enum status look_ahead(struct db *db, struct offsets *offsets, void *context,
                              struct error *error)
{
    const struct ownership *ownership = context;

    (void)offsets;
    return partitions_ahead_warn(db, ownership->logger, error);
}

void ownership_ask_ahead(struct ownership *ownership)
{
    perform(ownership, OWNERSHIP_AHEAD, look_ahead);
}

/* ---- answers */

static void answer_marks(struct assignment *assignment, const rd_kafka_topic_partition_list_t *ends)
{
    for (int i = 0; i < ends->cnt; i++) {
        struct assigned *assigned = assignment_find(assignment, ends->elems[i].partition);

        if (assigned != NULL && ends->elems[i].offset >= 0)
            read_mark_answer(&assigned->mark, ends->elems[i].offset);
    }
}

static void end_question(struct ownership *ownership)
{
    free(ownership->origins);
    ownership->origins = NULL;
    if (ownership->latest != NULL)
        rd_kafka_topic_partition_list_destroy(ownership->latest);
    ownership->latest = NULL;
    assignment_clear(&ownership->taken);
    ownership->asked = OWNERSHIP_NOTHING;
}

enum ownership_question ownership_poll(struct ownership *ownership, enum status *status,
                                       struct error *error)
{
    enum ownership_question asked = ownership->asked;

    if (asked == OWNERSHIP_NOTHING || !pipeline_answer(ownership->pipeline, status, error))
        return OWNERSHIP_NOTHING;
    if (asked == OWNERSHIP_TAKE && *status == STATUS_OK &&
        ownership->noted < ownership->taken.count) {
        perform(ownership, OWNERSHIP_TAKE, take_step);
        return OWNERSHIP_NOTHING;
    }
    if (asked == OWNERSHIP_BEHIND && *status == STATUS_OK)
        ownership->yes = assignment_is_behind(ownership->assignment, ownership->latest);
    if (asked == OWNERSHIP_MARKS && *status == STATUS_OK)
        answer_marks(ownership->assignment, ownership->latest);
    if (asked == OWNERSHIP_TAKE && *status != STATUS_OK)
        ownership_release(&ownership->taken, ownership->pipeline);
    if (asked != OWNERSHIP_TAKE || *status != STATUS_OK)
        end_question(ownership);
    ownership->asked = OWNERSHIP_NOTHING;
    return asked;
}

static void log_taken(const struct assigned *assigned, const struct logger *logger, int64_t now_ms)
{
    int32_t partition = assigned->origin.partition;
    int64_t offset = assigned->position;

    if (assigned->pause == PAUSE_NONE)
        log_write(logger, LOG_LEVEL_INFO, "reading", "topic", assigned->origin.topic,
                  LOG_INT("partition", partition), LOG_INT("from", offset), NULL);
    else if (assigned->pause == PAUSE_TURN)
        log_write(
            logger, LOG_LEVEL_WARNING,
            "workers died when they began to read here; another partition of this kind is first",
            "topic", assigned->origin.topic, LOG_INT("partition", partition),
            LOG_INT("from", offset), LOG_INT("died", assigned->tries), NULL);
    else
        log_write(logger, LOG_LEVEL_ERROR,
                  "every worker that began to read here died: messages that need more memory than "
                  "there is? Left out for a while; the other partitions go on",
                  "topic", assigned->origin.topic, LOG_INT("partition", partition),
                  LOG_INT("from", offset), LOG_INT("died", assigned->tries),
                  LOG_INT("again_in_s", (assigned->backoff_until_ms - now_ms + 999) / 1000), NULL);
}

void ownership_finish_take(struct ownership *ownership, struct assignment *out)
{
    int64_t boot_ms = clock_ms(CLOCK_BOOTTIME);

    for (int i = 0; i < ownership->taken.count; i++)
        log_taken(&ownership->taken.partitions[i], ownership->logger, boot_ms);
    *out = ownership->taken;
    ownership->taken = (struct assignment){0};
}

void ownership_drop(struct ownership *ownership)
{
    ownership_release(&ownership->taken, ownership->pipeline);
    end_question(ownership);
}

static bool is_any_tried(const struct assignment *assignment)
{
    for (int i = 0; i < assignment->count; i++)
        if (assignment->partitions[i].is_tried &&
            !assignment_has_progressed(&assignment->partitions[i]))
            return true;
    return false;
}

void ownership_release(const struct assignment *assignment, struct pipeline *pipeline)
{
    enum status status;
    struct error ignored;

    /* One try too many is noted when PostgreSQL is away. */
    if (!is_any_tried(assignment) || pipeline_state(pipeline) != WRITER_IDLE ||
        pipeline_is_disconnected(pipeline))
        return;
    pipeline_perform(pipeline, reset_tries, (void *)(uintptr_t)assignment);
    pipeline_wait(pipeline, RELEASE_MS);
    if (!pipeline_answer(pipeline, &status, &ignored))
        pipeline_discard(pipeline);
}
