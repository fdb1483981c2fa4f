#include "watch/partition_board.h"

#include <stdlib.h>
#include <string.h>

void partition_board_init(struct partition_board *board)
{
    memset(board, 0, sizeof(*board));
    pthread_mutex_init(&board->lock, NULL);
}

void partition_board_clear(struct partition_board *board)
{
    free(board->states);
    pthread_mutex_destroy(&board->lock);
}

static bool reserve(struct partition_board *board, int count)
{
    struct partition_state *states;

    if (count <= board->capacity)
        return true;
    states = realloc(board->states, (size_t)count * sizeof(*states));
    if (states == NULL)
        return false;
    board->states = states;
    board->capacity = count;
    return true;
}

bool partition_board_put(struct partition_board *board, const struct partition_state *states,
                         int count)
{
    bool kept;

    pthread_mutex_lock(&board->lock);
    kept = reserve(board, count);
    board->count = kept ? count : 0;
    if (board->count > 0)
        memcpy(board->states, states, (size_t)count * sizeof(*states));
    pthread_mutex_unlock(&board->lock);
    return kept;
}

struct partition_state *partition_board_get(struct partition_board *board, int *count)
{
    struct partition_state *copy = NULL;

    pthread_mutex_lock(&board->lock);
    *count = board->count;
    if (board->count > 0)
        copy = malloc((size_t)board->count * sizeof(*copy));
    if (copy != NULL)
        memcpy(copy, board->states, (size_t)board->count * sizeof(*copy));
    else
        *count = 0;
    pthread_mutex_unlock(&board->lock);
    return copy;
}

int64_t partition_state_lag(const struct partition_state *state)
{
    if (state->end < 0)
        return -1;
    return state->end > state->stored ? state->end - state->stored : 0;
}

int64_t partition_state_lag_us(const struct partition_state *state, int64_t now_us)
{
    int64_t lag = partition_state_lag(state);

    if (lag <= 0)
        return lag;
    if (state->since_us == 0)
        return -1;
    return now_us > state->since_us ? now_us - state->since_us : 0;
}
