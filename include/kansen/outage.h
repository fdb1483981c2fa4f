/* Something we depend on that may be away (PostgreSQL, Kafka, a topic): logged once when it goes,
 * once when it is back, and in between only when the reason is one that was not told yet.
 *
 * One struct a thing, so that one trouble does not hide another. It belongs to one thread. */
#ifndef KANSEN_OUTAGE_H
#define KANSEN_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "kansen/clock.h"
#include "kansen/log.h"

/* Reasons of one outage that are remembered: a server on its way down and up gives some four, which
 * may alternate; librdkafka says as many of each broker. */
#define OUTAGE_REASONS_MAX 32

/* Whoever wants to know of an outage as long as it lasts, as the log's readers do. */
struct outage_witness {
    /* `reason` is the last one; NULL: it is over. In the thread of the outage. */
    void (*see)(const struct outage_witness *witness, const char *reason);
};

/* Made by outage_of; all text is borrowed. */
struct outage {
    const struct logger *logger;
    const char *gone; /* "PostgreSQL is away, waiting" */
    const char *back; /* "PostgreSQL is back" */
    const char *name; /* a pair for both lines, e.g. "topic"; NULL: none */
    const char *value;
    uint64_t reasons[OUTAGE_REASONS_MAX]; /* hashes of those that were told */
    unsigned told;                        /* how many; 0: it is not away */
    int64_t since_ms;
    const struct outage_witness *witness; /* NULL: nobody; set behind outage_of */
};

/* name NULL: both lines have no pair of their own. */
static inline struct outage outage_of(const struct logger *logger, const char *gone,
                                      const char *back, const char *name, const char *value)
{
    return (struct outage){
        .logger = logger, .gone = gone, .back = back, .name = name, .value = value};
}

/* FNV-1a. Digits are left out: times, ports and process ids make no other reason. */
static inline uint64_t outage_hash(const char *reason)
{
    uint64_t hash = 14695981039346656037U;

    for (; *reason != '\0'; reason++)
        if (*reason < '0' || *reason > '9')
            hash = (hash ^ (unsigned char)*reason) * 1099511628211U;
    return hash;
}

/* Remembers a reason; false when it was told already. By itself for whoever writes the line. */
static inline bool outage_note(struct outage *outage, const char *reason)
{
    uint64_t hash = outage_hash(reason);

    for (unsigned i = 0; i < outage->told && i < OUTAGE_REASONS_MAX; i++)
        if (outage->reasons[i] == hash)
            return false;
    if (outage->told == 0)
        outage->since_ms = clock_ms(CLOCK_MONOTONIC);
    outage->reasons[outage->told++ % OUTAGE_REASONS_MAX] = hash;
    return true;
}

/* It is away; to be called with each attempt that fails. */
static inline void outage_begin(struct outage *outage, const char *reason)
{
    if (outage->witness != NULL)
        outage->witness->see(outage->witness, reason);
    if (outage_note(outage, reason))
        log_write(outage->logger, LOG_LEVEL_WARNING, outage->gone, "reason", reason, outage->name,
                  outage->value, NULL);
}

static inline bool outage_is_on(const struct outage *outage)
{
    return outage->told > 0;
}

/* It is there; to be called with each attempt that succeeds. */
static inline void outage_end(struct outage *outage)
{
    if (!outage_is_on(outage))
        return;
    outage->told = 0;
    if (outage->witness != NULL)
        outage->witness->see(outage->witness, NULL);
    log_write(outage->logger, LOG_LEVEL_INFO, outage->back,
              LOG_INT("after_s", (clock_ms(CLOCK_MONOTONIC) - outage->since_ms) / 1000),
              outage->name, outage->value, NULL);
}

#endif
