/* Is a worker well? What it waits for at the moment, and when its loop last turned.
 *
 * It is ready while it waits for nothing: not for PostgreSQL, not for Kafka. It is alive while its
 * loop turns, waiting or not: a worker that is not alive is to be ended and started anew, one that
 * is not ready is to be left alone. Any thread may tell and ask. NULL stands for nobody who
 * watches. */
#ifndef KANSEN_WATCH_HEALTH_H
#define KANSEN_WATCH_HEALTH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kansen/outage.h"

/* A loop that has not turned for so long is not alive. Longer than each bounded wait of the loop
 * (docs/reliability.md, "Waiting"), shorter than the watchdog's patience: whoever asks learns of it
 * before the watchdog ends the process. */
#define HEALTH_SILENCE_S 60

/* What is waited for. Several can be on at once. */
enum health_wait {
    WAIT_START,             /* nothing has been read yet */
    WAIT_POSTGRES_AWAY,     /* no connection */
    WAIT_POSTGRES_REFUSING, /* a full disk, a deadlock, a lock */
    WAIT_POSTGRES_SILENT,   /* a call without an answer */
    WAIT_BROKERS,
    WAIT_MESSAGES, /* Kafka has said why it gives none */
    WAIT_TOPIC,
    WAIT_GROUP,  /* its answer to a worker that joins */
    WAIT_TAKING, /* partitions that are given and can't be taken */
    HEALTH_WAITS
};

/* For whom one waits: a label of metrics, and the first word of a reason. */
enum health_party {
    PARTY_START,
    PARTY_POSTGRES,
    PARTY_KAFKA,
    PARTY_TOPIC,
    PARTY_GROUP,
    HEALTH_PARTIES
};

#define HEALTH_REASON_SIZE 300

struct health_state {
    struct outage_witness witness;
    struct health *health;
    bool is_on;
    int64_t since_ms;
    char reason[HEALTH_REASON_SIZE];
};

struct health {
    pthread_mutex_t lock; /* guards waits */
    struct health_state waits[HEALTH_WAITS];
    _Atomic int64_t beat_ms; /* 0: the loop has not begun */
    _Atomic(const char *) doing;
};

/* It waits for its start: a lock that somebody holds may take as long as it likes (not alive is
 * only a loop that has begun). */
void health_init(struct health *health);
void health_clear(struct health *health);

/* It waits; `reason` is for people, NULL: not any more. */
void health_note(struct health *health, enum health_wait wait, const char *reason);

/* The session in the group is over, and with it all waits for Kafka; a new one begins. */
void health_begin_session(struct health *health);

/* For `struct outage`: what begins and ends there is noted here. */
const struct outage_witness *health_witness(struct health *health, enum health_wait wait);

/* The loop has turned; `doing` is a constant that says what comes next. */
void health_beat(struct health *health, const char *doing);

/* Seconds since it last did, by a clock that stands still while the machine is suspended; 0 before
 * it begins. *doing is what it said then. */
int64_t health_silence_s(const struct health *health, const char **doing);

/* Writes one line why it is not alive, and nothing when it is; out NULL: nowhere. */
bool health_is_alive(const struct health *health, FILE *out);
/* The same for being ready: a line for each wait. One that is not alive is not ready. */
bool health_is_ready(struct health *health, FILE *out);

/* Does it wait for this party? */
bool health_waits_for(struct health *health, enum health_party party);
/* "postgresql" */
const char *health_party_name(enum health_party party);

#endif
