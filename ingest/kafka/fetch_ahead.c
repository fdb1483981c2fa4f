#include "ingest/kafka/fetch_ahead.h"

#include "ingest/kafka/properties.h"

/* A quarter of the queue. */
#define WAKE_BYTES ((size_t)1024 * 1024)

void fetch_ahead_note_taken(struct fetch_ahead *ahead, size_t bytes)
{
    ahead->taken += bytes;
}

/* Any request wakes the threads of the brokers that it goes to, and where a partition ends costs a
 * broker least. Nobody waits for the answer. */
void fetch_ahead_go_on(struct fetch_ahead *ahead, rd_kafka_t *kafka,
                       const struct assignment *assignment)
{
    rd_kafka_topic_partition_list_t *ends;

    if (ahead->taken < WAKE_BYTES || rd_kafka_version() >= FETCH_LOOKS_ITSELF)
        return;
    ahead->taken = 0;
    ends = assignment_list(assignment);
    for (int i = 0; i < ends->cnt; i++)
        ends->elems[i].offset = RD_KAFKA_OFFSET_END;
    rd_kafka_offsets_for_times(kafka, ends, 0);
    rd_kafka_topic_partition_list_destroy(ends);
}
