/* Up to when has a partition been read? What its row says of it (kafka_offset.read_until), and by
 * which reports know that a month is complete.
 *
 * Two things move the mark, and neither ever moves it back:
 * - A message that was read: Kafka appends in order, so what was taken before it lies in front of
 *   it. Its timestamp says when, as far as the topic's clock can be trusted: the broker's with
 *   LogAppendTime, the producer's with CreateTime. A timestamp of the future says nothing.
 * - The end: when the brokers, asked at some time, say where the partition ends, then all that they
 *   had taken by then has been read once that offset is reached, whatever timestamps say. So does a
 *   partition in which nothing happens get ahead.
 *
 * A reader of committed messages is told the end of those; behind it there may be messages that
 * wait for somebody's open transaction. They count as taken, so the offset to be reached is then
 * moved to the log's end. Pure; times are microseconds since 1970. */
#ifndef KANSEN_INGEST_KAFKA_READ_MARK_H
#define KANSEN_INGEST_KAFKA_READ_MARK_H

#include <stdbool.h>
#include <stdint.h>

/* A mark older than this asks for the end again, when that has been reached. */
#define READ_MARK_INTERVAL_US INT64_C(60000000)

/* Zeroed: nothing is known. */
struct read_mark {
    int64_t until_us; /* what was taken before it has been read; 0: not known */
    bool has_end;     /* the end is known, and not reached yet */
    bool is_log_end;  /* it is that of the log, not only of what is committed */
    int64_t end;
    int64_t asked_us;       /* just before the brokers were asked */
    int64_t asked_position; /* of the reader then */
};

/* A message was read whose timestamp is this (0 or less: it has none). */
void read_mark_note_message(struct read_mark *mark, int64_t timestamp_us, int64_t now_us);

/* Is it time to ask for the end? */
bool read_mark_is_due(const struct read_mark *mark, int64_t now_us);

/* The brokers are about to be asked, and then have answered: the partition ends at this offset. An
 * end in front of the reader is that of another topic by the same name, or of a log that was cut
 * off, and says nothing. */
void read_mark_ask(struct read_mark *mark, int64_t position, int64_t now_us);
void read_mark_answer(struct read_mark *mark, int64_t end);

/* Everything in front of `position` has been read, and the log ends at `log_end` as far as we heard
 * (negative: not at all). True: the end was reached, and the mark has moved. */
bool read_mark_reach(struct read_mark *mark, int64_t position, int64_t log_end);

/* Is an end known that the reader has not come to, but for open transactions? */
bool read_mark_is_awaited(const struct read_mark *mark);

#endif
