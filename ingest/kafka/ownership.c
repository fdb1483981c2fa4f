#include "ingest/kafka/ownership.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/kafka/broker_query.h"
#include "ingest/kafka/crash_guard.h"

/* ---- statements, run on the pipeline's connection */

struct take {
    const struct offsets_reader *reader;
    int64_t first_offset;
    const struct logger *logger;
    struct origin *origin;
    struct offsets_position *position;
};

static enum status take_row(struct db *db, struct offsets *offsets, void *context,
                            struct error *error)
{
    const struct take *take = context;

    (void)offsets;
    return offsets_take(db, take->reader, take->first_offset, take->logger, take->origin,
                        take->position, error);
}

struct tries {
    const struct origin *origin;
    int tries;
};

static enum status note_tries(struct db *db, struct offsets *offsets, void *context,
                              struct error *error)
{
    const struct tries *tries = context;

    (void)offsets;
    return offsets_note_tries(db, tries->origin, tries->tries, error);
}

struct check {
    const struct origin **origins;
    int count;
    bool *ours;
};

static enum status check_rows(struct db *db, struct offsets *offsets, void *context,
                              struct error *error)
{
    const struct check *check = context;

    return offsets_are_ours(offsets, db, check->origins, check->count, check->ours, error);
}

struct ends {
    const struct offsets_reader *reader;
    const struct topic_ends *ends;
    bool *reached;
};

static enum status check_ends(struct db *db, struct offsets *offsets, void *context,
                              struct error *error)
{
    const struct ends *ends = context;

    return offsets_have_reached(offsets, db, ends->reader, ends->ends->offsets, ends->ends->count,
                                ends->reached, error);
}

/* ---- taking */

/* A partition that nobody has read starts where its log does now: what is deleted from then on
 * without having been read is missed. */
static enum status take_partition(struct assigned *assigned, rd_kafka_t *kafka,
                                  struct pipeline *pipeline, const struct offsets_reader *reader,
                                  const struct logger *logger, struct error *error)
{
    const struct origin *origin = &assigned->origin;
    struct offsets_position position = {0};
    int64_t low = 0;
    int64_t high = 0;
    enum status status =
        broker_query_watermarks(kafka, origin->topic, origin->partition, &low, &high, error);
    struct take take = {reader, low, logger, &assigned->origin, &position};

    if (status == STATUS_OK)
        status = pipeline_perform(pipeline, take_row, &take, error);
    /* The former owner may have gone on until the partition was taken from him. */
    if (status == STATUS_OK && position.next_offset > high)
        status =
            broker_query_watermarks(kafka, origin->topic, origin->partition, &low, &high, error);
    if (status != STATUS_OK)
        return status;
    assigned->committed = position.next_offset;
    assigned->position = position.next_offset;
    assigned->last_offset = position.last_offset;
    memcpy(assigned->last_fingerprint, position.fingerprint, FINGERPRINT_SIZE);
    assigned->unverified = position.last_offset >= 0;
    assigned->taken_at = position.next_offset;
    assigned->has_messages = position.next_offset < high;
    assigned->tries = position.tries;
    assigned->tried_ago_ms = position.tried_ago_ms;
    return assignment_check_range(assigned, low, high, error);
}

static enum status prepare(struct assignment *assignment, const struct offsets_reader *reader,
                           int count, struct error *error)
{
    static const char prefix[] = "kafka:";
    size_t source_size = sizeof(prefix) + strlen(reader->cluster);

    if (count > BATCH_PARTITIONS)
        return error_set(error, STATUS_FATAL, "%d partitions for one worker; at most %d", count,
                         BATCH_PARTITIONS);
    assignment->partitions = calloc((size_t)count + 1, sizeof(*assignment->partitions));
    assignment->source = malloc(source_size);
    assignment->topic = strdup(reader->topic);
    if (assignment->partitions == NULL || assignment->source == NULL || assignment->topic == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    snprintf(assignment->source, source_size, "%s%s", prefix, reader->cluster);
    return STATUS_OK;
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

static enum status store_tries(struct pipeline *pipeline, const struct assigned *assigned,
                               int count, struct error *error)
{
    struct tries tries = {&assigned->origin, count};

    return pipeline_perform(pipeline, note_tries, &tries, error);
}

static enum status note_try(struct assigned *assigned, struct pipeline *pipeline,
                            struct error *error)
{
    enum status status = STATUS_OK;

    if (!assigned->has_messages || assigned->pause != PAUSE_NONE)
        return STATUS_OK;
    status = store_tries(pipeline, assigned, assigned->tries + 1, error);
    assigned->is_tried = status == STATUS_OK;
    return status;
}

enum status ownership_take(struct assignment *out, rd_kafka_t *kafka, struct pipeline *pipeline,
                           const struct offsets_reader *reader,
                           const rd_kafka_topic_partition_list_t *list, const struct logger *logger,
                           int64_t now_ms, struct error *error)
{
    struct assignment taken = {0};
    enum status status = prepare(&taken, reader, list->cnt, error);

    for (int i = 0; status == STATUS_OK && i < list->cnt; i++) {
        struct assigned *assigned = &taken.partitions[taken.count++];

        assigned->origin.source = taken.source;
        assigned->origin.topic = taken.topic;
        assigned->origin.partition = list->elems[i].partition;
        status = take_partition(assigned, kafka, pipeline, reader, logger, error);
    }
    if (status == STATUS_OK)
        crash_guard_choose(&taken, now_ms);
    for (int i = 0; status == STATUS_OK && i < taken.count; i++)
        status = note_try(&taken.partitions[i], pipeline, error);
    if (status != STATUS_OK) {
        ownership_release(&taken, pipeline);
        assignment_clear(&taken);
        return status;
    }
    for (int i = 0; i < taken.count; i++)
        log_taken(&taken.partitions[i], logger, now_ms);
    *out = taken;
    return STATUS_OK;
}

void ownership_release(struct assignment *assignment, struct pipeline *pipeline)
{
    for (int i = 0; i < assignment->count; i++) {
        struct assigned *assigned = &assignment->partitions[i];
        struct error ignored;

        if (!assigned->is_tried || assignment_has_progressed(assigned))
            continue;
        /* One try too many is noted when PostgreSQL is away. */
        if (pipeline_is_disconnected(pipeline) ||
            store_tries(pipeline, assigned, 0, &ignored) != STATUS_OK)
            return;
        assigned->is_tried = false;
    }
}

enum status ownership_check(const struct assignment *assignment, struct pipeline *pipeline,
                            bool *ours, struct error *error)
{
    struct check check = {calloc((size_t)assignment->count + 1, sizeof(*check.origins)),
                          assignment->count, ours};
    enum status status;

    if (check.origins == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (int i = 0; i < assignment->count; i++)
        check.origins[i] = &assignment->partitions[i].origin;
    status = pipeline_perform(pipeline, check_rows, &check, error);
    free(check.origins);
    return status;
}

enum status ownership_has_reached(struct pipeline *pipeline, const struct offsets_reader *reader,
                                  const struct topic_ends *ends, bool *reached, struct error *error)
{
    struct ends question = {reader, ends, reached};

    return pipeline_perform(pipeline, check_ends, &question, error);
}
