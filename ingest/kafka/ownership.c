#include "ingest/kafka/ownership.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/kafka/crash_guard.h"
#include "ingest/store/partitions_ahead.h"
#include "kansen/clock.h"

/* After so long a task leaves the next step to the next one, so that each ends well within
 * WRITER_TASK_MS: a step may take two answers of brokers, or the lock timeouts of a row. */
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

/* Where partitions begin and end: all, or those whose former owner went on behind the end that was
 * heard of until they were taken from him. */
static enum status ask_ranges(struct ownership *ownership, bool again, struct error *error)
{
    struct assignment *taken = &ownership->taken;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(taken->count);
    enum status status;

    for (int i = 0; i < taken->count; i++) {
        const struct origin *origin = &taken->partitions[i].origin;

        if (!again || ownership->claims[i].position.next_offset > origin->end_offset)
            rd_kafka_topic_partition_list_add(list, taken->topic, origin->partition);
    }
    status = broker_query_all_offsets(ownership->kafka, list, RD_KAFKA_OFFSET_BEGINNING, error);
    for (int i = 0; status == STATUS_OK && i < list->cnt; i++)
        ownership->claims[assignment_find(taken, list->elems[i].partition) - taken->partitions]
            .first_offset = list->elems[i].offset;
    if (status == STATUS_OK)
        status = broker_query_all_offsets(ownership->kafka, list, RD_KAFKA_OFFSET_END, error);
    for (int i = 0; status == STATUS_OK && i < list->cnt; i++)
        assignment_find(taken, list->elems[i].partition)->origin.end_offset = list->elems[i].offset;
    rd_kafka_topic_partition_list_destroy(list);
    return status;
}

/* What the row of a partition says, which is compared with where the brokers say that it goes. A
 * partition that nobody has read starts where its log does now: what is deleted from then on
 * without having been read is missed. */
static enum status check_claim(const struct ownership *ownership, const struct offsets_claim *claim,
                               struct assigned *assigned, struct error *error)
{
    const struct offsets_position *position = &claim->position;
    int64_t high = assigned->origin.end_offset;

    assigned->committed = position->next_offset;
    assigned->position = position->next_offset;
    assigned->last_offset = position->last_offset;
    memcpy(assigned->last_fingerprint, position->fingerprint, FINGERPRINT_SIZE);
    assigned->unverified = position->last_offset >= 0;
    assigned->taken_at = position->next_offset;
    assigned->has_messages = position->next_offset < high;
    assigned->tries = position->tries;
    assigned->tried_ago_ms = position->tried_ago_ms;
    read_mark_ask(&assigned->mark, position->next_offset, ownership->ranges_asked_us);
    read_mark_answer(&assigned->mark, high);
    return assignment_check_range(assigned, claim->first_offset, high, error);
}

static enum status check_claims(struct ownership *ownership, struct error *error)
{
    struct assignment *taken = &ownership->taken;
    enum status status = STATUS_OK;

    for (int i = 0; status == STATUS_OK && i < taken->count; i++)
        status = check_claim(ownership, &ownership->claims[i], &taken->partitions[i], error);
    return status;
}

static bool are_all_taken(const struct ownership *ownership)
{
    for (int i = 0; i < ownership->taken.count; i++)
        if (!ownership->claims[i].is_taken)
            return false;
    return true;
}

static bool is_to_be_tried(const struct assigned *assigned)
{
    return assigned->has_messages && assigned->pause == PAUSE_NONE;
}

static bool is_tried_in_vain(const struct assigned *assigned)
{
    return assigned->is_tried && !assignment_has_progressed(assigned);
}

/* Notes that reading begins, or (begin: false) that it ended in order. */
static enum status note_tries(const struct assignment *assignment, bool begin,
                              struct offsets *offsets, struct db *db, struct error *error)
{
    struct offsets_tries *tries = calloc((size_t)assignment->count + 1, sizeof(*tries));
    enum status status = STATUS_OK;
    int count = 0;

    if (tries == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (int i = 0; i < assignment->count; i++) {
        const struct assigned *assigned = &assignment->partitions[i];

        if (begin ? is_to_be_tried(assigned) : is_tried_in_vain(assigned))
            tries[count++] =
                (struct offsets_tries){&assigned->origin, begin ? assigned->tries + 1 : 0};
    }
    if (count > 0)
        status = offsets_note_tries(offsets, db, tries, count, error);
    free(tries);
    return status;
}

static enum status begin_tries(struct assignment *taken, struct offsets *offsets, struct db *db,
                               struct error *error)
{
    enum status status;

    crash_guard_choose(taken, clock_ms(CLOCK_BOOTTIME));
    status = note_tries(taken, true, offsets, db, error);
    for (int i = 0; status == STATUS_OK && i < taken->count; i++)
        taken->partitions[i].is_tried = is_to_be_tried(&taken->partitions[i]);
    return status;
}

static enum status take_next_step(struct ownership *ownership, struct db *db,
                                  struct offsets *offsets, struct error *error)
{
    enum status status = STATUS_OK;

    switch (ownership->step) {
    case OWNERSHIP_ASKS_RANGES:
        ownership->ranges_asked_us = clock_ms(CLOCK_REALTIME) * US_PER_MS;
        status = ask_ranges(ownership, false, error);
        break;
    case OWNERSHIP_TAKES_ROWS:
        status = offsets_take(offsets, db, &ownership->identity, ownership->claims,
                              ownership->taken.count, ownership->logger, error);
        if (status == STATUS_OK && !are_all_taken(ownership))
            return STATUS_OK;
        break;
    case OWNERSHIP_ASKS_AGAIN:
        status = ask_ranges(ownership, true, error);
        break;
    case OWNERSHIP_NOTES_TRIES:
        status = check_claims(ownership, error);
        if (status == STATUS_OK)
            status = begin_tries(&ownership->taken, offsets, db, error);
        break;
    case OWNERSHIP_HAS_TAKEN:
        return STATUS_OK;
    }
    ownership->step += status == STATUS_OK;
    return status;
}

/* Takes partitions, then decides which of them are read, then notes the tries: as much of it as
 * fits into STEP_MS. */
static enum status take_step(struct db *db, struct offsets *offsets, void *context,
                             struct error *error)
{
    struct ownership *ownership = context;
    int64_t until_ms = now_ms() + STEP_MS;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && ownership->step != OWNERSHIP_HAS_TAKEN && now_ms() < until_ms)
        status = take_next_step(ownership, db, offsets, error);
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
    return broker_query_offsets(ownership->kafka, ownership->latest, RD_KAFKA_OFFSET_END,
                                ownership->answer_ms, error);
}

static enum status reset_tries(struct db *db, struct offsets *offsets, void *context,
                               struct error *error)
{
    return note_tries(context, false, offsets, db, error);
}

/* ---- asking */

static void perform(struct ownership *ownership, enum ownership_question question, store_task *task)
{
    ownership->asked = question;
    ownership->yes = false;
    pipeline_perform(ownership->pipeline, task, ownership);
}

/* Sorts the list. */
static enum status prepare(struct assignment *assignment, const struct offsets_reader *reader,
                           rd_kafka_topic_partition_list_t *list, struct error *error)
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
    rd_kafka_topic_partition_list_sort(list, NULL, NULL);
    for (; assignment->count < list->cnt; assignment->count++) {
        struct origin *origin = &assignment->partitions[assignment->count].origin;

        origin->source = assignment->source;
        origin->topic = assignment->topic;
        origin->kind = reader->kind;
        origin->partition = list->elems[assignment->count].partition;
        origin->place_in_source = (uint32_t)assignment->count;
    }
    return STATUS_OK;
}

static struct offsets_claim *make_claims(struct assignment *assignment)
{
    struct offsets_claim *claims = calloc((size_t)assignment->count + 1, sizeof(*claims));

    for (int i = 0; claims != NULL && i < assignment->count; i++)
        claims[i].origin = &assignment->partitions[i].origin;
    return claims;
}

enum status ownership_ask_take(struct ownership *ownership, rd_kafka_topic_partition_list_t *list,
                               struct error *error)
{
    struct assignment taken = {0};
    enum status status = prepare(&taken, &ownership->identity, list, error);
    struct offsets_claim *claims = status == STATUS_OK ? make_claims(&taken) : NULL;

    if (status == STATUS_OK && claims == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    if (status != STATUS_OK) {
        assignment_clear(&taken);
        return status;
    }
    ownership->taken = taken;
    ownership->claims = claims;
    ownership->step = taken.count == 0 ? OWNERSHIP_HAS_TAKEN : OWNERSHIP_ASKS_RANGES;
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
    free(ownership->claims);
    ownership->claims = NULL;
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
    if (asked == OWNERSHIP_TAKE && *status == STATUS_OK && ownership->step != OWNERSHIP_HAS_TAKEN) {
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
    end_question(ownership);
}

void ownership_drop(struct ownership *ownership)
{
    ownership_release(&ownership->taken, ownership->pipeline);
    end_question(ownership);
}

static bool is_any_tried(const struct assignment *assignment)
{
    for (int i = 0; i < assignment->count; i++)
        if (is_tried_in_vain(&assignment->partitions[i]))
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
