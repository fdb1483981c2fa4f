/* Joins the steps of ingest: message -> decode -> geo -> batch -> writer. Sources stand in front of
 * it: Kafka (kafka/consumer.h), files (files/load.h) and dead letters (dead_letters/replay.h). All
 * functions belong to one thread. */
#ifndef KANSEN_INGEST_PIPELINE_H
#define KANSEN_INGEST_PIPELINE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "ingest/event/mapping.h"
#include "ingest/intake_watch.h"
#include "ingest/store/message.h"
#include "ingest/store/store.h"
#include "ingest/store/writer.h"
#include "kansen/log.h"
#include "kansen/status.h"
#include "watch/watch.h"

/* A batch that is not full is handed over when its first message is this old and the writer is
 * idle: what bounds the time from Kafka to the report at low traffic. */
#define PIPELINE_LINGER_MS 100

struct pipeline_settings {
    const char *conninfo;   /* libpq's */
    const char *geoip_path; /* NULL: only events that carry a country get one */
    /* Of another format; the pipeline's own from now on, also when it can't be opened. NULL: events
     * are of our own. */
    struct mapping *mapping;
    int64_t max_age_days;        /* older events are rejected */
    int64_t max_ahead_days;      /* so are events further in the future */
    int64_t infection_cache_mib; /* memory for what is known to be stored */
    const struct logger *logger;
    const volatile sig_atomic_t *stop; /* becomes true: give connecting up */
    struct watch *watch;               /* NULL: nobody watches */
};

struct pipeline;

/* Opens database and MaxMind DB and starts the writer. STATUS_RETRY: PostgreSQL is away, or it was
 * told to stop. The caller ends it with pipeline_close. */
enum status pipeline_open(const struct pipeline_settings *settings, struct pipeline **out,
                          struct error *error) MUST_CHECK;
/* Says so when the MaxMind DB is the demo's: addresses of the internet would all be unknown, in
 * silence until most of a thousand are. For workers, not for runs that end, of which the demo is
 * one. */
void pipeline_warn_of_demo_geoip(const struct pipeline *pipeline);
/* Drops what is not stored. NULL is allowed. */
void pipeline_close(struct pipeline *pipeline);

enum pipeline_added {
    PIPELINE_ADDED,
    PIPELINE_FULL,      /* nothing was added: the batch is full and the writer busy; try again */
    PIPELINE_NO_MEMORY, /* nothing was added, and never will be: not even an empty batch holds it */
};

/* Decodes a message and puts its event, or its rejection, into the batch; of an array those of each
 * element, all of them or none. */
enum pipeline_added pipeline_add(struct pipeline *pipeline, const struct message *message);

/* How many events the message that was added last held, rejected ones too: the elements of an
 * array, else 1. */
uint32_t pipeline_last_events(const struct pipeline *pipeline);

/* Would it be an event, if it were added? 1, also when nothing but its time is out of range; 0, and
 * *why; -1 when memory is short. Nothing is added. */
int pipeline_try(struct pipeline *pipeline, const struct message *message, struct rejection *why);

/* Notes how far a partition has been read, behind the message that was just added (fingerprint:
 * FINGERPRINT_SIZE bytes are filled by the caller) or at its end (last_offset -1). What the source
 * took before read_until_us (microseconds since 1970; 0: not known) lies in front of next_offset.
 */
void pipeline_advance(struct pipeline *pipeline, struct origin *origin, int64_t next_offset,
                      int64_t last_offset, const uint8_t *fingerprint, int64_t read_until_us);

/* Regular work: hands over a batch that has waited long enough, looks for a new MaxMind DB. Call it
 * at least every PIPELINE_LINGER_MS. */
void pipeline_tick(struct pipeline *pipeline);

/* Settings that may change while it runs. The MaxMind DB of a path: looked at at once when it is
 * the one in use; NULL: none from now on. STATUS_FATAL: the new one can't be used, the old one
 * stays. */
enum status pipeline_set_geoip(struct pipeline *pipeline, const char *path,
                               struct error *error) MUST_CHECK;
void pipeline_set_ages(struct pipeline *pipeline, int64_t max_age_days, int64_t max_ahead_days);

/* Hands over what is there as soon as the writer is free, waits for it, at most timeout_ms
 * altogether. True: everything added so far is stored, and no task is under way. */
bool pipeline_drain(struct pipeline *pipeline, int timeout_ms);

/* Waits until the writer is free, at most timeout_ms. Like pipeline_tick and pipeline_drain it
 * looks after a writer that waits for PostgreSQL: says so, and cuts the connection when it is too
 * long. */
void pipeline_wait(struct pipeline *pipeline, int timeout_ms);

/* Gives up everything that is not stored. */
void pipeline_discard(struct pipeline *pipeline);

enum writer_state pipeline_state(struct pipeline *pipeline);
enum status pipeline_failure(struct pipeline *pipeline, struct error *error) MUST_CHECK;
/* Has something been added that is not stored yet? */
bool pipeline_has_unstored(struct pipeline *pipeline);

/* Has a task run once, in the writer's thread, on the connection that batches are stored on, made
 * anew when it is broken. The state must be WRITER_IDLE; context is borrowed until it is again. */
void pipeline_perform(struct pipeline *pipeline, store_task *task, void *context);
/* What the task returned, once, when it has ended and was not discarded; else false. STATUS_RETRY:
 * PostgreSQL is away. */
bool pipeline_answer(struct pipeline *pipeline, enum status *status, struct error *error);
/* Is that connection lost? The state must not be WRITER_BUSY. */
bool pipeline_is_disconnected(const struct pipeline *pipeline);

/* Since pipeline_open. */
struct store_totals pipeline_totals(struct pipeline *pipeline);

/* Before the first message: are there months of which nothing is stored any more? */
bool pipeline_has_closed_months(struct pipeline *pipeline);
/* What was rejected and stored since it was asked for last. */
void pipeline_take_rejected(struct pipeline *pipeline, struct rejected *out);

#endif
