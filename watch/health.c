#include "watch/health.h"

#include <inttypes.h>
#include <string.h>

#include "kansen/clock.h"

static const struct {
    enum health_party party;
    bool of_session; /* ends with the session in the group */
    const char *what;
} waits[HEALTH_WAITS] = {
    [WAIT_START] = {PARTY_START, false, "starting"},
    [WAIT_POSTGRES_AWAY] = {PARTY_POSTGRES, false, "PostgreSQL is away"},
    [WAIT_POSTGRES_REFUSING] = {PARTY_POSTGRES, false, "PostgreSQL can't store a batch now"},
    [WAIT_POSTGRES_SILENT] = {PARTY_POSTGRES, false, "PostgreSQL does not answer"},
    [WAIT_BROKERS] = {PARTY_KAFKA, true, "no answer from the Kafka brokers"},
    [WAIT_MESSAGES] = {PARTY_KAFKA, true, "Kafka gives no messages"},
    [WAIT_TOPIC] = {PARTY_TOPIC, true, "the topic can't be read"},
    [WAIT_GROUP] = {PARTY_GROUP, true, "no partitions yet"},
    [WAIT_TAKING] = {PARTY_GROUP, true, "partitions can't be taken yet"},
};

static const char *const parties[HEALTH_PARTIES] = {
    [PARTY_START] = "start", [PARTY_POSTGRES] = "postgresql", [PARTY_KAFKA] = "kafka",
    [PARTY_TOPIC] = "topic", [PARTY_GROUP] = "group",
};

static int64_t now_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

/* The reason of an outage; NULL when it is over. */
static void see(const struct outage_witness *witness, const char *reason)
{
    const struct health_state *state = (const struct health_state *)witness;

    health_note(state->health, (enum health_wait)(state - state->health->waits), reason);
}

void health_init(struct health *health)
{
    memset(health, 0, sizeof(*health));
    pthread_mutex_init(&health->lock, NULL);
    for (int i = 0; i < HEALTH_WAITS; i++) {
        health->waits[i].witness.see = see;
        health->waits[i].health = health;
    }
    health->doing = "starting";
    health_note(health, WAIT_START, "nothing has been read yet");
}

void health_clear(struct health *health)
{
    pthread_mutex_destroy(&health->lock);
}

static void note(struct health_state *state, const char *reason)
{
    if (reason != NULL && !state->is_on)
        state->since_ms = now_ms();
    state->is_on = reason != NULL;
    snprintf(state->reason, sizeof(state->reason), "%s", reason == NULL ? "" : reason);
}

void health_note(struct health *health, enum health_wait wait, const char *reason)
{
    if (health == NULL)
        return;
    pthread_mutex_lock(&health->lock);
    note(&health->waits[wait], reason);
    pthread_mutex_unlock(&health->lock);
}

void health_begin_session(struct health *health)
{
    if (health == NULL)
        return;
    pthread_mutex_lock(&health->lock);
    for (int i = 0; i < HEALTH_WAITS; i++)
        if (waits[i].of_session)
            note(&health->waits[i], NULL);
    note(&health->waits[WAIT_GROUP], "joining the group");
    pthread_mutex_unlock(&health->lock);
}

const struct outage_witness *health_witness(struct health *health, enum health_wait wait)
{
    return health == NULL ? NULL : &health->waits[wait].witness;
}

void health_beat(struct health *health, const char *doing)
{
    if (health == NULL)
        return;
    atomic_store_explicit(&health->doing, doing, memory_order_relaxed);
    atomic_store_explicit(&health->beat_ms, now_ms(), memory_order_relaxed);
}

int64_t health_silence_s(const struct health *health, const char **doing)
{
    int64_t beat_ms = atomic_load_explicit(&health->beat_ms, memory_order_relaxed);

    *doing = atomic_load_explicit(&health->doing, memory_order_relaxed);
    return beat_ms == 0 ? 0 : (now_ms() - beat_ms) / 1000;
}

bool health_is_alive(const struct health *health, FILE *out)
{
    const char *doing;
    int64_t silence_s = health_silence_s(health, &doing);

    if (silence_s < HEALTH_SILENCE_S)
        return true;
    if (out != NULL)
        fprintf(out, "no sign of life for %" PRId64 " s, while %s\n", silence_s, doing);
    return false;
}

bool health_is_ready(struct health *health, FILE *out)
{
    bool ready = health_is_alive(health, out);
    int64_t now = now_ms();

    pthread_mutex_lock(&health->lock);
    for (int i = 0; i < HEALTH_WAITS; i++) {
        const struct health_state *state = &health->waits[i];

        if (!state->is_on)
            continue;
        ready = false;
        if (out != NULL)
            fprintf(out, "%s: %s for %" PRId64 " s: %s\n", parties[waits[i].party], waits[i].what,
                    (now - state->since_ms) / 1000, state->reason);
    }
    pthread_mutex_unlock(&health->lock);
    return ready;
}

bool health_waits_for(struct health *health, enum health_party party)
{
    bool found = false;

    pthread_mutex_lock(&health->lock);
    for (int i = 0; i < HEALTH_WAITS; i++)
        found = found || (health->waits[i].is_on && waits[i].party == party);
    pthread_mutex_unlock(&health->lock);
    return found;
}

const char *health_party_name(enum health_party party)
{
    return parties[party];
}
