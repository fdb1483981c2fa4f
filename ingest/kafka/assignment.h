/* The partitions that are ours at the moment, and where we are in each.
 *
 * A position is compared with the topic before it is believed: it must lie between the low and the
 * high watermark, and the message in front of it must be the one that was stored last. If not, the
 * topic was truncated or created again, and going on would lose or mix up events: halt, and
 * `kansen db reread` is the way on. How partitions become ours: ownership.h. */
#ifndef KANSEN_INGEST_KAFKA_ASSIGNMENT_H
#define KANSEN_INGEST_KAFKA_ASSIGNMENT_H

#include <stdbool.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/read_mark.h"
#include "ingest/store/message.h"
#include "kansen/status.h"

/* Why a partition is left out although it could be read (ingest/kafka/crash_guard.h). */
enum assigned_pause {
    PAUSE_NONE,
    PAUSE_TURN,    /* another suspect is read first */
    PAUSE_RESTING, /* too many workers have died of it */
};

struct assigned {
    struct origin origin;
    int64_t position;    /* messages in front of this offset have been stored or are in a batch */
    int64_t last_offset; /* of the last of them; -1: there is none to be recognised */
    uint8_t last_fingerprint[FINGERPRINT_SIZE];
    bool unverified;      /* that message must be seen again before the next one is taken */
    int64_t committed;    /* the offset last committed to Kafka for its lag tools */
    int64_t taken_at;     /* next_offset when it was taken */
    bool has_messages;    /* there was something to read then */
    bool is_tried;        /* and reading it is noted as a try in its row */
    int tries;            /* in a row, without this one */
    int64_t tried_ago_ms; /* the last of those */
    enum assigned_pause pause;
    int64_t backoff_until_ms; /* by CLOCK_BOOTTIME, in milliseconds; 0: the partition is read */
    int64_t backoff_ms;       /* how long it was left out the last time */
    struct read_mark mark;
    int64_t first_us;     /* when the first message read since it was taken came; 0: none has */
    int64_t caught_up_us; /* when nothing was left to be stored; 0: never. Of partition_report.h */
};

struct assignment {
    struct assigned *partitions; /* in order of their numbers, each once */
    int count;
    char *source; /* "kafka:CLUSTER", that the origins point to */
    char *topic;
};

/* Does one of the partitions that are read go on behind where we are? `ends` is of
 * broker_query_latest. */
bool assignment_is_behind(const struct assignment *assignment,
                          const rd_kafka_topic_partition_list_t *ends);

/* No batch may point to its origins any more. A zeroed struct is allowed. */
void assignment_clear(struct assignment *assignment);

/* All of them, as librdkafka wants them. The caller destroys the list. */
rd_kafka_topic_partition_list_t *assignment_list(const struct assignment *assignment);

/* Makes librdkafka fetch these partitions from their offsets, and no others (NULL: none), after
 * what the call before this began has ended. STATUS_FATAL: librdkafka refuses. */
enum status assignment_fetch(rd_kafka_t *kafka, const rd_kafka_topic_partition_list_t *list,
                             struct error *error) MUST_CHECK;

/* NULL when the partition is not ours. */
struct assigned *assignment_find(const struct assignment *assignment, int32_t partition);

/* Has anything been stored of it since it was taken? */
bool assignment_has_progressed(const struct assigned *assigned);

/* Does [low, high] of the partition still hold what comes next? STATUS_FATAL: it was deleted before
 * it was read, or the log was truncated. When the last message seen is gone, nothing is left
 * to verify: retention may take it. */
enum status assignment_check_range(struct assigned *assigned, int64_t low, int64_t high,
                                   struct error *error) MUST_CHECK;

/* All partitions are to be read anew from the last message seen, to compare it. */
void assignment_unverify(struct assignment *assignment);
/* Where to read from. */
int64_t assignment_start(const struct assigned *assigned);

/* Does the message belong behind what is stored? False: drop it. STATUS_FATAL: the last message
 * seen is not the one that Kafka has at its offset. */
enum status assignment_admit(struct assigned *assigned, const rd_kafka_message_t *message,
                             const uint8_t fingerprint[FINGERPRINT_SIZE], bool *admitted,
                             struct error *error) MUST_CHECK;

/* The message has been put into a batch. */
void assignment_note_message(struct assigned *assigned, int64_t offset,
                             const uint8_t fingerprint[FINGERPRINT_SIZE]);
/* The partition ends at this offset, and everything in front of it that can be read was. */
void assignment_note_end(struct assigned *assigned, int64_t offset);

#endif
