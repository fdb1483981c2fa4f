#include "ingest/assignment.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ingest/breaker.h"
#include "ingest/cluster.h"

/* The part of a key or value that a message is recognised by: a small message may unpack to
 * gigabytes, which would keep the main loop from everything else. */
#define HASHED_MAX ((size_t)16 * 1024 * 1024)

#define WAY_ON                                                                                     \
    "; if that is what you want, `kansen db reread` reads the topic from its beginning "           \
    "(every event still counts once)"

static uint64_t hash(const void *data, size_t length)
{
    return XXH3_64bits(data, length < HASHED_MAX ? length : HASHED_MAX);
}

void assignment_fingerprint(const rd_kafka_message_t *message,
                            uint8_t fingerprint[FINGERPRINT_SIZE])
{
    const uint64_t parts[] = {
        (uint64_t)message->offset,  (uint64_t)rd_kafka_message_timestamp(message, NULL),
        (uint64_t)message->key_len, hash(message->key, message->key_len),
        (uint64_t)message->len,     hash(message->payload, message->len),
    };
    XXH128_canonical_t canonical;

    XXH128_canonicalFromHash(&canonical, XXH3_128bits(parts, sizeof(parts)));
    memcpy(fingerprint, canonical.digest, FINGERPRINT_SIZE);
}

enum status assignment_check_range(struct assigned *assigned, int64_t low, int64_t high,
                                   struct error *error)
{
    const char *topic = assigned->origin.topic;
    int32_t partition = assigned->origin.partition;

    if (assigned->expected > high)
        return error_set(error, STATUS_FATAL,
                         "%s [%d] ends at offset %" PRId64 ", but is stored up to %" PRId64
                         ": it was truncated or created again" WAY_ON,
                         topic, partition, high, assigned->expected);
    if (assigned->expected < low)
        return error_set(error, STATUS_FATAL,
                         "%s [%d]: offsets %" PRId64 " to %" PRId64
                         " were deleted before they were read" WAY_ON,
                         topic, partition, assigned->expected, low - 1);
    if (assigned->seen_offset < low) {
        assigned->seen_offset = -1;
        assigned->doubted = false;
    }
    return STATUS_OK;
}

/* A partition that nobody has read starts where its log does now: what is deleted from then on
 * without having been read is missed. */
static enum status take_partition(struct assigned *assigned, rd_kafka_t *kafka, struct sink *sink,
                                  const struct offsets_reader *reader, struct error *error)
{
    const struct origin *origin = &assigned->origin;
    struct offsets_position position = {0};
    int64_t low = 0;
    int64_t high = 0;
    enum status status =
        cluster_query_watermarks(kafka, origin->topic, origin->partition, &low, &high, error);

    if (status == STATUS_OK)
        status = sink_take(sink, reader, low, &assigned->origin, &position, error);
    /* The former owner may have gone on until the partition was taken from him. */
    if (status == STATUS_OK && position.next_offset > high)
        status =
            cluster_query_watermarks(kafka, origin->topic, origin->partition, &low, &high, error);
    if (status != STATUS_OK)
        return status;
    assigned->told_kafka = position.next_offset;
    assigned->expected = position.next_offset;
    assigned->seen_offset = position.last_offset;
    memcpy(assigned->seen_fingerprint, position.fingerprint, FINGERPRINT_SIZE);
    assigned->doubted = position.last_offset >= 0;
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
    char partition[16];
    char offset[24];
    char tries[16];
    char seconds[24];

    snprintf(partition, sizeof(partition), "%d", assigned->origin.partition);
    snprintf(offset, sizeof(offset), "%" PRId64, assigned->expected);
    snprintf(tries, sizeof(tries), "%d", assigned->tries);
    snprintf(seconds, sizeof(seconds), "%" PRId64,
             (assigned->left_out_until - now_ms + 999) / 1000);
    if (assigned->wait == WAITS_NOT)
        log_write(logger, LOG_LEVEL_INFO, "reading", "topic", assigned->origin.topic, "partition",
                  partition, "from", offset, NULL);
    else if (assigned->wait == WAITS_TURN)
        log_write(
            logger, LOG_LEVEL_WARNING,
            "workers died when they began to read here; another partition of this kind is first",
            "topic", assigned->origin.topic, "partition", partition, "from", offset, "died", tries,
            NULL);
    else
        log_write(logger, LOG_LEVEL_ERROR,
                  "every worker that began to read here died: messages that need more memory than "
                  "there is? Left out for a while; the other partitions go on",
                  "topic", assigned->origin.topic, "partition", partition, "from", offset, "died",
                  tries, "again_in_s", seconds, NULL);
}

static enum status note_try(struct assigned *assigned, struct sink *sink, struct error *error)
{
    enum status status = STATUS_OK;

    if (!assigned->has_messages || assigned->wait != WAITS_NOT)
        return STATUS_OK;
    status = sink_note_tries(sink, &assigned->origin, assigned->tries + 1, error);
    assigned->is_tried = status == STATUS_OK;
    return status;
}

enum status assignment_take(struct assignment *out, rd_kafka_t *kafka, struct sink *sink,
                            const struct offsets_reader *reader,
                            const rd_kafka_topic_partition_list_t *list,
                            const struct logger *logger, int64_t now_ms, struct error *error)
{
    struct assignment taken = {0};
    enum status status = prepare(&taken, reader, list->cnt, error);

    for (int i = 0; status == STATUS_OK && i < list->cnt; i++) {
        struct assigned *assigned = &taken.partitions[taken.count++];

        assigned->origin.source = taken.source;
        assigned->origin.topic = taken.topic;
        assigned->origin.partition = list->elems[i].partition;
        status = take_partition(assigned, kafka, sink, reader, error);
    }
    if (status == STATUS_OK)
        breaker_choose(&taken, now_ms);
    for (int i = 0; status == STATUS_OK && i < taken.count; i++)
        status = note_try(&taken.partitions[i], sink, error);
    if (status != STATUS_OK) {
        assignment_calm(&taken, sink);
        assignment_clear(&taken);
        return status;
    }
    for (int i = 0; i < taken.count; i++)
        log_taken(&taken.partitions[i], logger, now_ms);
    *out = taken;
    return STATUS_OK;
}

bool assignment_has_progressed(const struct assigned *assigned)
{
    return assigned->origin.stored > assigned->taken_at;
}

void assignment_calm(struct assignment *assignment, struct sink *sink)
{
    for (int i = 0; i < assignment->count; i++) {
        struct assigned *assigned = &assignment->partitions[i];
        struct error ignored;

        if (!assigned->is_tried || assignment_has_progressed(assigned))
            continue;
        /* One try too many is noted when PostgreSQL is away. */
        if (sink_note_tries(sink, &assigned->origin, 0, &ignored) != STATUS_OK)
            return;
        assigned->is_tried = false;
    }
}

void assignment_clear(struct assignment *assignment)
{
    free(assignment->partitions);
    free(assignment->source);
    free(assignment->topic);
    memset(assignment, 0, sizeof(*assignment));
}

enum status assignment_is_ours(const struct assignment *assignment, struct sink *sink, bool *ours,
                               struct error *error)
{
    const struct origin **origins = calloc((size_t)assignment->count + 1, sizeof(*origins));
    enum status status;

    if (origins == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (int i = 0; i < assignment->count; i++)
        origins[i] = &assignment->partitions[i].origin;
    status = sink_are_ours(sink, origins, assignment->count, ours, error);
    free(origins);
    return status;
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
    for (int i = 0; i < assignment->count; i++)
        if (assignment->partitions[i].origin.partition == partition)
            return &assignment->partitions[i];
    return NULL;
}

void assignment_doubt(struct assignment *assignment)
{
    for (int i = 0; i < assignment->count; i++)
        assignment->partitions[i].doubted = assignment->partitions[i].seen_offset >= 0;
}

int64_t assignment_start(const struct assigned *assigned)
{
    return assigned->doubted ? assigned->seen_offset : assigned->expected;
}

enum status assignment_admit(struct assigned *assigned, const rd_kafka_message_t *message,
                             const uint8_t fingerprint[FINGERPRINT_SIZE], bool *admitted,
                             struct error *error)
{
    *admitted = message->offset >= assigned->expected;
    if (!assigned->doubted || message->offset < assigned->seen_offset)
        return STATUS_OK;
    if (message->offset == assigned->seen_offset &&
        memcmp(fingerprint, assigned->seen_fingerprint, FINGERPRINT_SIZE) != 0)
        return error_set(error, STATUS_FATAL,
                         "%s [%d]: the message at offset %" PRId64
                         " is not the one that was stored: the topic was created again, or cut "
                         "off and filled again" WAY_ON,
                         assigned->origin.topic, assigned->origin.partition, message->offset);
    /* Behind it without having seen it: compaction took it away, which is no reason to halt. */
    assigned->doubted = false;
    return STATUS_OK;
}

void assignment_note_message(struct assigned *assigned, int64_t offset,
                             const uint8_t fingerprint[FINGERPRINT_SIZE])
{
    assigned->expected = offset + 1;
    assigned->seen_offset = offset;
    memcpy(assigned->seen_fingerprint, fingerprint, FINGERPRINT_SIZE);
    assigned->left_out_ms = 0;
}

void assignment_note_end(struct assigned *assigned, int64_t offset)
{
    if (offset > assigned->expected)
        assigned->expected = offset;
    /* Compaction took it away, as in assignment_admit. */
    if (offset > assigned->seen_offset)
        assigned->doubted = false;
}
