#include "ingest/kafka/assignment.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NEXT_STEP                                                                                  \
    "; if that is what you want, `kansen db reread` reads the topic from its beginning "           \
    "(every event still counts once)"

enum status assignment_check_range(struct assigned *assigned, int64_t low, int64_t high,
                                   struct error *error)
{
    const char *topic = assigned->origin.topic;
    int32_t partition = assigned->origin.partition;

    if (assigned->position > high)
        return error_set(error, STATUS_FATAL,
                         "%s [%d] ends at offset %" PRId64 ", but is stored up to %" PRId64
                         ": it was truncated or created again" NEXT_STEP,
                         topic, partition, high, assigned->position);
    if (assigned->position < low)
        return error_set(error, STATUS_FATAL,
                         "%s [%d]: offsets %" PRId64 " to %" PRId64
                         " were deleted before they were read" NEXT_STEP,
                         topic, partition, assigned->position, low - 1);
    if (assigned->last_offset < low) {
        assigned->last_offset = -1;
        assigned->unverified = false;
    }
    return STATUS_OK;
}

bool assignment_has_progressed(const struct assigned *assigned)
{
    return assigned->origin.stored > assigned->taken_at;
}

void assignment_clear(struct assignment *assignment)
{
    free(assignment->partitions);
    free(assignment->source);
    free(assignment->topic);
    memset(assignment, 0, sizeof(*assignment));
}

rd_kafka_topic_partition_list_t *assignment_list(const struct assignment *assignment)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(assignment->count);

    for (int i = 0; i < assignment->count; i++)
        rd_kafka_topic_partition_list_add(list, assignment->topic,
                                          assignment->partitions[i].origin.partition);
    return list;
}

/* librdkafka stops the fetchers of partitions behind the caller's back, and aborts the process when
 * they are taken away again before it has noticed that they stopped (librdkafka's issue 5573). Its
 * thread takes questions in their order: when the first is answered all fetchers have stopped, when
 * the second is answered it knows. */
static void settle(rd_kafka_t *kafka)
{
    for (int question = 0; question < 2; question++) {
        rd_kafka_topic_partition_list_t *list = NULL;

        rd_kafka_assignment(kafka, &list);
        if (list != NULL)
            rd_kafka_topic_partition_list_destroy(list);
    }
}

enum status assignment_fetch(rd_kafka_t *kafka, const rd_kafka_topic_partition_list_t *list,
                             struct error *error)
{
    rd_kafka_resp_err_t failure;

    settle(kafka);
    failure = rd_kafka_assign(kafka, list);
    if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        return error_set(error, STATUS_FATAL, "assigning partitions: %s",
                         rd_kafka_err2str(failure));
    return STATUS_OK;
}

struct assigned *assignment_find(const struct assignment *assignment, int32_t partition)
{
    int first = 0;
    int last = assignment->count - 1;

    if (last < 0 || partition < assignment->partitions[0].origin.partition ||
        partition > assignment->partitions[last].origin.partition)
        return NULL;
    /* A group gives each member partitions that follow each other, as a rule. */
    if (assignment->partitions[last].origin.partition -
            assignment->partitions[0].origin.partition ==
        last)
        return &assignment->partitions[partition - assignment->partitions[0].origin.partition];
    while (first < last) {
        int middle = first + (last - first) / 2;

        if (assignment->partitions[middle].origin.partition < partition)
            first = middle + 1;
        else
            last = middle;
    }
    return assignment->partitions[first].origin.partition == partition
               ? &assignment->partitions[first]
               : NULL;
}

void assignment_unverify(struct assignment *assignment)
{
    for (int i = 0; i < assignment->count; i++)
        assignment->partitions[i].unverified = assignment->partitions[i].last_offset >= 0;
}

int64_t assignment_start(const struct assigned *assigned)
{
    return assigned->unverified ? assigned->last_offset : assigned->position;
}

enum status assignment_admit(struct assigned *assigned, const rd_kafka_message_t *message,
                             const uint8_t fingerprint[FINGERPRINT_SIZE], bool *admitted,
                             struct error *error)
{
    *admitted = message->offset >= assigned->position;
    if (!assigned->unverified || message->offset < assigned->last_offset)
        return STATUS_OK;
    if (message->offset == assigned->last_offset &&
        memcmp(fingerprint, assigned->last_fingerprint, FINGERPRINT_SIZE) != 0)
        return error_set(error, STATUS_FATAL,
                         "%s [%d]: the message at offset %" PRId64
                         " is not the one that was stored: the topic was created again, or cut "
                         "off and filled again" NEXT_STEP,
                         assigned->origin.topic, assigned->origin.partition, message->offset);
    /* Behind it without having seen it: compaction took it away, which is no reason to halt. */
    assigned->unverified = false;
    return STATUS_OK;
}

void assignment_note_message(struct assigned *assigned, int64_t offset,
                             const uint8_t fingerprint[FINGERPRINT_SIZE])
{
    assigned->position = offset + 1;
    assigned->last_offset = offset;
    memcpy(assigned->last_fingerprint, fingerprint, FINGERPRINT_SIZE);
    assigned->backoff_ms = 0;
}

void assignment_note_end(struct assigned *assigned, int64_t offset)
{
    if (offset > assigned->position)
        assigned->position = offset;
    /* Compaction took it away, as in assignment_admit. */
    if (offset > assigned->last_offset)
        assigned->unverified = false;
}

bool assignment_is_behind(const struct assignment *assignment,
                          const rd_kafka_topic_partition_list_t *ends)
{
    for (int i = 0; i < ends->cnt; i++) {
        const struct assigned *assigned = assignment_find(assignment, ends->elems[i].partition);

        if (assigned != NULL && assigned->backoff_until_ms == 0 &&
            ends->elems[i].offset > assigned->position)
            return true;
    }
    return false;
}
