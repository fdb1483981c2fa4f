#include "ingest/kafka/crash_guard.h"

#include <stddef.h>

static int64_t rest_ms(int tries)
{
    int64_t rest = CRASH_GUARD_REST_MS;

    for (int i = CRASH_GUARD_REST_TRIES; i < tries && rest < CRASH_GUARD_REST_MAX_MS; i++)
        rest *= 2;
    return rest < CRASH_GUARD_REST_MAX_MS ? rest : CRASH_GUARD_REST_MAX_MS;
}

/* Without messages to read there is nothing to die of. */
static bool is_suspect(const struct assigned *assigned)
{
    return assigned->has_messages && assigned->tries >= CRASH_GUARD_SUSPECT_TRIES;
}

static void pause_partition(struct assigned *assigned, enum assigned_pause pause, int64_t until)
{
    assigned->pause = pause;
    assigned->backoff_until_ms = until;
}

void crash_guard_choose(struct assignment *assignment, int64_t now_ms)
{
    struct assigned *chosen = NULL;

    for (int i = 0; i < assignment->count; i++) {
        struct assigned *assigned = &assignment->partitions[i];
        int64_t rest = 0;

        if (!is_suspect(assigned))
            continue;
        if (assigned->tries >= CRASH_GUARD_REST_TRIES)
            rest = rest_ms(assigned->tries) - assigned->tried_ago_ms;
        if (rest > 0)
            pause_partition(assigned, PAUSE_RESTING, now_ms + rest);
        else
            pause_partition(assigned, PAUSE_TURN, now_ms + CRASH_GUARD_TURN_MS);
        if (rest <= 0 && (chosen == NULL || assigned->tries < chosen->tries))
            chosen = assigned;
    }
    if (chosen != NULL)
        pause_partition(chosen, PAUSE_NONE, 0);
}

bool crash_guard_is_due(const struct assignment *assignment, int64_t now_ms)
{
    bool is_turn_over = true;

    for (int i = 0; i < assignment->count; i++) {
        const struct assigned *assigned = &assignment->partitions[i];

        if (assigned->pause == PAUSE_NONE && is_suspect(assigned) &&
            !assignment_has_progressed(assigned))
            is_turn_over = false;
    }
    for (int i = 0; i < assignment->count; i++) {
        const struct assigned *assigned = &assignment->partitions[i];

        if (assigned->pause != PAUSE_NONE && assigned->backoff_until_ms <= now_ms)
            return true;
        if (assigned->pause == PAUSE_TURN && is_turn_over)
            return true;
    }
    return false;
}
