#include "ingest/breaker.h"

#include <stddef.h>

static int64_t rest_ms(int tries)
{
    int64_t rest = BREAKER_REST_MS;

    for (int i = BREAKER_REST_TRIES; i < tries && rest < BREAKER_REST_MAX_MS; i++)
        rest *= 2;
    return rest < BREAKER_REST_MAX_MS ? rest : BREAKER_REST_MAX_MS;
}

/* Without messages to read there is nothing to die of. */
static bool is_suspect(const struct assigned *assigned)
{
    return assigned->has_messages && assigned->tries >= BREAKER_SUSPECT_TRIES;
}

static void leave_out(struct assigned *assigned, enum assigned_wait wait, int64_t until)
{
    assigned->wait = wait;
    assigned->left_out_until = until;
}

void breaker_choose(struct assignment *assignment, int64_t now_ms)
{
    struct assigned *chosen = NULL;

    for (int i = 0; i < assignment->count; i++) {
        struct assigned *assigned = &assignment->partitions[i];
        int64_t rest = 0;

        if (!is_suspect(assigned))
            continue;
        if (assigned->tries >= BREAKER_REST_TRIES)
            rest = rest_ms(assigned->tries) - assigned->tried_ago_ms;
        if (rest > 0)
            leave_out(assigned, WAITS_RESTING, now_ms + rest);
        else
            leave_out(assigned, WAITS_TURN, now_ms + BREAKER_TURN_MS);
        if (rest <= 0 && (chosen == NULL || assigned->tries < chosen->tries))
            chosen = assigned;
    }
    if (chosen != NULL)
        leave_out(chosen, WAITS_NOT, 0);
}

bool breaker_is_due(const struct assignment *assignment, int64_t now_ms)
{
    bool is_turn_over = true;

    for (int i = 0; i < assignment->count; i++) {
        const struct assigned *assigned = &assignment->partitions[i];

        if (assigned->wait == WAITS_NOT && is_suspect(assigned) &&
            !assignment_has_progressed(assigned))
            is_turn_over = false;
    }
    for (int i = 0; i < assignment->count; i++) {
        const struct assigned *assigned = &assignment->partitions[i];

        if (assigned->wait != WAITS_NOT && assigned->left_out_until <= now_ms)
            return true;
        if (assigned->wait == WAITS_TURN && is_turn_over)
            return true;
    }
    return false;
}
