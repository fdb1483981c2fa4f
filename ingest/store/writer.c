#include "ingest/store/writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ingest/store/transaction.h"

/* Waits between attempts while PostgreSQL is away: doubled each time between these bounds. */
#define BACKOFF_FIRST_MS 100
#define BACKOFF_LAST_MS 5000

/* How often writer_discard cuts the connection: at the first time there may be none yet. */
#define CUT_INTERVAL_MS 200

struct writer {
    struct store *store;
    const struct logger *logger;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* Guarded by lock. */
    enum writer_state state;
    bool discard;
    bool stop;
    enum status failure; /* of WRITER_FAILED, with its error */
    struct error error;
    /* filling belongs to the caller; storing to the thread while the state is WRITER_BUSY. */
    struct batch *filling;
    struct batch *storing;
};

static struct timespec deadline_in(int timeout_ms)
{
    struct timespec deadline;

    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += timeout_ms / 1000;
    deadline.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000;
    }
    return deadline;
}

static bool is_discarded(struct writer *writer)
{
    bool discarded;

    pthread_mutex_lock(&writer->lock);
    discarded = writer->discard || writer->stop;
    pthread_mutex_unlock(&writer->lock);
    return discarded;
}

/* Waits before the next attempt; ends early when the batch is no longer wanted. */
static void back_off(struct writer *writer, int *backoff_ms)
{
    struct timespec deadline = deadline_in(*backoff_ms);
    int waited = 0;

    pthread_mutex_lock(&writer->lock);
    while (!writer->discard && !writer->stop && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&writer->changed, &writer->lock, &deadline);
    pthread_mutex_unlock(&writer->lock);
    *backoff_ms = *backoff_ms * 2 < BACKOFF_LAST_MS ? *backoff_ms * 2 : BACKOFF_LAST_MS;
}

/* A full disk, a deadlock or a row locked for long is no outage, and another thing to look into. */
static void log_wait(const struct writer *writer, bool away, const struct error *error)
{
    log_write(writer->logger, LOG_LEVEL_WARNING,
              away ? "PostgreSQL is away, waiting"
                   : "PostgreSQL can't store the batch now, waiting",
              "reason", error->message, NULL);
}

/* Stores the batch, however long PostgreSQL is away. A batch that is no longer wanted is no
 * failure.
 */
static enum status store_patiently(struct writer *writer, enum transaction_outcome *outcome,
                                   struct error *error)
{
    enum status status = transaction_store(writer->store, writer->storing, outcome, error);
    int backoff_ms = BACKOFF_FIRST_MS;
    bool waited = false;
    bool away = false;

    while (status == STATUS_RETRY && !is_discarded(writer)) {
        away = store_is_away(writer->store);
        log_wait(writer, away, error);
        waited = true;
        back_off(writer, &backoff_ms);
        if (is_discarded(writer))
            break;
        status = transaction_recover(writer->store, writer->storing, outcome, error);
        if (status == STATUS_OK && *outcome == TRANSACTION_AGAIN)
            status = transaction_store(writer->store, writer->storing, outcome, error);
    }
    if (status != STATUS_OK && is_discarded(writer)) {
        *outcome = TRANSACTION_AGAIN;
        return STATUS_OK;
    }
    if (status == STATUS_OK && waited)
        log_write(writer->logger, LOG_LEVEL_INFO,
                  away ? "PostgreSQL is back" : "PostgreSQL stores batches again", NULL);
    return status;
}

static enum writer_state state_behind(enum status status, enum transaction_outcome outcome)
{
    if (status != STATUS_OK)
        return WRITER_FAILED;
    return outcome == TRANSACTION_LOST ? WRITER_LOST : WRITER_IDLE;
}

static void *run(void *argument)
{
    struct writer *writer = argument;

    pthread_mutex_lock(&writer->lock);
    while (!writer->stop) {
        enum transaction_outcome outcome = TRANSACTION_AGAIN;
        struct error error = {""};
        enum status status;

        if (writer->state != WRITER_BUSY) {
            pthread_cond_wait(&writer->changed, &writer->lock);
            continue;
        }
        pthread_mutex_unlock(&writer->lock);
        status = store_patiently(writer, &outcome, &error);
        batch_reset(writer->storing);
        pthread_mutex_lock(&writer->lock);
        writer->state = state_behind(status, outcome);
        writer->failure = status;
        writer->error = error;
        pthread_cond_broadcast(&writer->changed);
    }
    pthread_mutex_unlock(&writer->lock);
    return NULL;
}

static enum status start_thread(struct writer *writer, struct error *error)
{
    pthread_condattr_t attributes;
    int failed;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&writer->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&writer->lock, NULL);
    failed = pthread_create(&writer->thread, NULL, run, writer);
    if (failed == 0)
        return STATUS_OK;
    pthread_cond_destroy(&writer->changed);
    pthread_mutex_destroy(&writer->lock);
    return error_set(error, STATUS_FATAL, "starting a thread: %s", strerror(failed));
}

enum status writer_start(struct store *store, const struct logger *logger, struct writer **out,
                         struct error *error)
{
    struct writer *writer = calloc(1, sizeof(*writer));
    enum status status;

    if (writer == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    writer->store = store;
    writer->logger = logger;
    status = batch_new(&writer->filling, error);
    if (status == STATUS_OK)
        status = batch_new(&writer->storing, error);
    if (status == STATUS_OK)
        status = start_thread(writer, error);
    if (status != STATUS_OK) {
        batch_free(writer->filling);
        batch_free(writer->storing);
        free(writer);
        return status;
    }
    *out = writer;
    return STATUS_OK;
}

struct batch *writer_batch(struct writer *writer)
{
    return writer->filling;
}

enum writer_state writer_state(struct writer *writer)
{
    enum writer_state state;

    pthread_mutex_lock(&writer->lock);
    state = writer->state;
    pthread_mutex_unlock(&writer->lock);
    return state;
}

enum status writer_failure(struct writer *writer, struct error *error)
{
    *error = writer->error;
    return writer->failure;
}

void writer_submit(struct writer *writer)
{
    struct batch *filled = writer->filling;

    pthread_mutex_lock(&writer->lock);
    writer->filling = writer->storing;
    writer->storing = filled;
    writer->state = WRITER_BUSY;
    pthread_cond_broadcast(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
}

bool writer_wait(struct writer *writer, int timeout_ms)
{
    struct timespec deadline = deadline_in(timeout_ms);
    int waited = 0;
    bool done;

    pthread_mutex_lock(&writer->lock);
    while (writer->state == WRITER_BUSY && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&writer->changed, &writer->lock, &deadline);
    done = writer->state != WRITER_BUSY;
    pthread_mutex_unlock(&writer->lock);
    return done;
}

static void set_discard(struct writer *writer, bool discard)
{
    pthread_mutex_lock(&writer->lock);
    writer->discard = discard;
    pthread_cond_broadcast(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
}

void writer_discard(struct writer *writer)
{
    set_discard(writer, true);
    while (!writer_wait(writer, CUT_INTERVAL_MS))
        store_cut(writer->store);
    set_discard(writer, false);
    pthread_mutex_lock(&writer->lock);
    if (writer->state == WRITER_LOST)
        writer->state = WRITER_IDLE;
    pthread_mutex_unlock(&writer->lock);
    batch_reset(writer->filling);
}

void writer_stop(struct writer *writer)
{
    if (writer == NULL)
        return;
    writer_discard(writer);
    pthread_mutex_lock(&writer->lock);
    writer->stop = true;
    pthread_cond_broadcast(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->changed);
    pthread_mutex_destroy(&writer->lock);
    batch_free(writer->filling);
    batch_free(writer->storing);
    free(writer);
}
