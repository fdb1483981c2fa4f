/* Whose are the partitions? Takes them in the database, checks them against Kafka, gives them back.
 *
 * Taking one makes its row in kafka_offset ours and answers where to go on. Before that position is
 * believed it is compared with the topic (assignment.h).
 *
 * Everything is asked in the writer's thread (pipeline_perform): one question at a time, which is
 * asked while the writer is idle and answered some turns of the consumer's loop later. Nobody waits
 * for PostgreSQL meanwhile, and the group goes on being polled. */
#ifndef KANSEN_INGEST_KAFKA_OWNERSHIP_H
#define KANSEN_INGEST_KAFKA_OWNERSHIP_H

#include <stdbool.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "ingest/kafka/assignment.h"
#include "ingest/kafka/broker_query.h"
#include "ingest/pipeline.h"
#include "kansen/log.h"
#include "kansen/status.h"

enum ownership_question {
    OWNERSHIP_NOTHING,
    OWNERSHIP_TAKE,   /* these partitions, for us */
    OWNERSHIP_CHECK,  /* does the database still say what we believe about every partition? */
    OWNERSHIP_ENDS,   /* is the whole topic stored up to its ends, by us and the group's others? */
    OWNERSHIP_BEHIND, /* do our partitions go on behind where we are? */
    OWNERSHIP_MARKS,  /* where do those end whose marks are old? */
    OWNERSHIP_AHEAD,  /* has the next month partitions? Says so itself when it has not */
};

/* Of OWNERSHIP_TAKE, in their order: each for all partitions at once. */
enum ownership_step {
    OWNERSHIP_ASKS_RANGES, /* of the brokers */
    OWNERSHIP_TAKES_ROWS,  /* of PostgreSQL: again while some are locked */
    OWNERSHIP_ASKS_AGAIN,  /* of the brokers, what the rows lie behind */
    OWNERSHIP_NOTES_TRIES, /* when it is clear what is read */
    OWNERSHIP_HAS_TAKEN,
};

struct ownership {
    struct pipeline *pipeline; /* the consumer's, as are the next three */
    rd_kafka_t *kafka;
    const struct logger *logger;
    struct offsets_reader identity;

    enum ownership_question asked; /* and not yet answered */
    bool yes;                      /* the answer to CHECK, ENDS and BEHIND */
    struct assignment taken;       /* by TAKE, so far */
    struct offsets_claim *claims;  /* on its partitions, in their order */
    enum ownership_step step;      /* the next one */
    int64_t ranges_asked_us;       /* just before the brokers were asked */
    const struct origin **origins; /* of CHECK */
    int origin_count;
    const struct topic_ends *ends;           /* of ENDS */
    struct assignment *assignment;           /* of BEHIND and MARKS, as are the next two */
    rd_kafka_topic_partition_list_t *latest; /* where its partitions end */
    int answer_ms;                           /* for the brokers to say so */
};

/* Each needs an idle writer, and no question that is still asked. The assignment must stay until
 * the answer, or ownership_drop. The list gets sorted. STATUS_FATAL: memory is short, or there are
 * too many partitions.
 */
enum status ownership_ask_take(struct ownership *ownership, rd_kafka_topic_partition_list_t *list,
                               struct error *error) MUST_CHECK;
enum status ownership_ask_check(struct ownership *ownership, const struct assignment *assignment,
                                struct error *error) MUST_CHECK;
void ownership_ask_ends(struct ownership *ownership, const struct topic_ends *ends);
void ownership_ask_behind(struct ownership *ownership, struct assignment *assignment);
/* Does not ask when the mark of no partition is due. The answer stands in the marks. */
void ownership_ask_marks(struct ownership *ownership, struct assignment *assignment);
void ownership_ask_ahead(struct ownership *ownership);

/* The question that has been answered since the last call, with its status; OWNERSHIP_NOTHING when
 * there is none. STATUS_RETRY: Kafka or PostgreSQL is away, ask again (nothing is taken);
 * STATUS_FATAL: halt. Behind OWNERSHIP_TAKE with STATUS_OK comes ownership_finish_take. */
enum ownership_question ownership_poll(struct ownership *ownership, enum status *status,
                                       struct error *error);
/* What was taken; the caller clears *out. */
void ownership_finish_take(struct ownership *ownership, struct assignment *out);

/* The question is of no interest any more. To be called behind pipeline_discard. */
void ownership_drop(struct ownership *ownership);

/* Gives partitions back in order: that nothing was stored of one is nobody's death. Without an idle
 * writer that has a connection nothing is noted; waits two seconds at most. */
void ownership_release(const struct assignment *assignment, struct pipeline *pipeline);

#endif
