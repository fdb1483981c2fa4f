#include "ingest/kafka/watchdog.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kansen/thread.h"

struct watchdog {
    struct watchdog_limits limits;
    struct watchdog_owner owner;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* Guarded by lock. */
    const char *doing;
    int silent_s; /* seconds without a sign of life, or since the end was asked for */
    bool ending;
    bool stop;
};

static void end_process(struct watchdog *watchdog)
{
    char what[200];

    if (watchdog->ending)
        snprintf(what, sizeof(what), "not ended within %d seconds, still %s",
                 watchdog->limits.end_s, watchdog->doing);
    else
        snprintf(what, sizeof(what), "no sign of life for %d seconds, while %s",
                 watchdog->limits.silence_s, watchdog->doing);
    watchdog->owner.bite(watchdog->owner.context, what);
}

/* One turn a second. */
static void *run(void *argument)
{
    struct watchdog *watchdog = argument;

    pthread_mutex_lock(&watchdog->lock);
    while (!watchdog->stop) {
        struct timespec next;

        clock_gettime(CLOCK_MONOTONIC, &next);
        next.tv_sec++;
        if (pthread_cond_timedwait(&watchdog->changed, &watchdog->lock, &next) != ETIMEDOUT)
            continue;
        watchdog->silent_s++;
        if (watchdog->silent_s >
            (watchdog->ending ? watchdog->limits.end_s : watchdog->limits.silence_s))
            end_process(watchdog);
    }
    pthread_mutex_unlock(&watchdog->lock);
    return NULL;
}

enum status watchdog_start(struct watchdog_limits limits, const struct watchdog_owner *owner,
                           struct watchdog **out, struct error *error)
{
    struct watchdog *watchdog = calloc(1, sizeof(*watchdog));
    pthread_condattr_t attributes;
    int failed;

    if (watchdog == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    watchdog->limits = limits;
    watchdog->owner = *owner;
    watchdog->doing = "starting";
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&watchdog->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&watchdog->lock, NULL);
    failed = thread_start(&watchdog->thread, run, watchdog);
    if (failed == 0) {
        *out = watchdog;
        return STATUS_OK;
    }
    pthread_cond_destroy(&watchdog->changed);
    pthread_mutex_destroy(&watchdog->lock);
    free(watchdog);
    return error_set(error, STATUS_FATAL, "starting a thread: %s", strerror(failed));
}

void watchdog_stop(struct watchdog *watchdog)
{
    if (watchdog == NULL)
        return;
    pthread_mutex_lock(&watchdog->lock);
    watchdog->stop = true;
    pthread_cond_signal(&watchdog->changed);
    pthread_mutex_unlock(&watchdog->lock);
    pthread_join(watchdog->thread, NULL);
    pthread_cond_destroy(&watchdog->changed);
    pthread_mutex_destroy(&watchdog->lock);
    free(watchdog);
}

void watchdog_feed(struct watchdog *watchdog, const char *doing)
{
    if (watchdog == NULL)
        return;
    pthread_mutex_lock(&watchdog->lock);
    watchdog->doing = doing;
    if (!watchdog->ending)
        watchdog->silent_s = 0;
    pthread_mutex_unlock(&watchdog->lock);
    if (watchdog->owner.beat != NULL)
        watchdog->owner.beat(watchdog->owner.context, doing);
}

void watchdog_expect_end(struct watchdog *watchdog)
{
    pthread_mutex_lock(&watchdog->lock);
    watchdog->ending = true;
    watchdog->silent_s = 0;
    pthread_mutex_unlock(&watchdog->lock);
}
