/* How far the partitions of a worker are: put up by its loop about once a second, looked at by
 * whoever watches. */
#ifndef KANSEN_WATCH_PARTITION_BOARD_H
#define KANSEN_WATCH_PARTITION_BOARD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Times are microseconds since 1970. */
struct partition_state {
    int32_t partition;
    int64_t stored; /* everything in front of this offset is stored */
    int64_t end;    /* where the partition ends, as Kafka last told; -1: it has not */
    /* What Kafka had taken before this has been stored; 0: not known. */
    int64_t read_until_us;
    int64_t since_us;        /* what is not stored came to Kafka then or later; 0: not known */
    int64_t newest_event_us; /* of all events that this worker stored of it; 0: none yet */
};

struct partition_board {
    pthread_mutex_t lock;
    struct partition_state *states;
    int count;
    int capacity;
};

void partition_board_init(struct partition_board *board);
void partition_board_clear(struct partition_board *board);

/* Replaces what is there. False: memory is short, and the board is empty. */
bool partition_board_put(struct partition_board *board, const struct partition_state *states,
                         int count);

/* A copy, which the caller frees; NULL when there is none. */
struct partition_state *partition_board_get(struct partition_board *board, int *count);

/* Messages that are not stored; -1: not known. */
int64_t partition_state_lag(const struct partition_state *state);

/* For how long, at most, the oldest of them has waited, in microseconds; 0 when there is none,
 * -1: not known. */
int64_t partition_state_lag_us(const struct partition_state *state, int64_t now_us);

#endif
