#include "ingest/store/writer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ingest/store/transaction.h"
#include "kansen/clock.h"
#include "kansen/outage.h"
#include "kansen/thread.h"

/* Waits between attempts while PostgreSQL is away: doubled each time between these bounds. */
#define BACKOFF_FIRST_MS 100
#define BACKOFF_LAST_MS 5000

/* How often writer_discard cuts the connection: at the first time there may be none yet. */
#define CUT_INTERVAL_MS 200

/* What the thread is busy with. */
enum work { WORK_CONNECT, WORK_BATCH, WORK_TASK };

struct task {
    store_task *run;
    void *context;
    bool answered; /* it has ended, and nobody has asked yet */
    enum status status;
    struct error error;
};

struct writer {
    const char *conninfo; /* the caller's, until the thread has connected */
    size_t infection_cache_mib;
    const struct logger *logger;
    struct watch *watch; /* NULL: nobody watches */
    /* The thread's: PostgreSQL is gone; or it is there, but has a full disk, a deadlock, a row that
     * is locked for long, which is another thing to look into. */
    struct outage away;
    struct outage refusing;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct store *store; /* the thread's; NULL until it has connected. For store_cut: under lock */
    /* Guarded by lock. */
    enum writer_state state;
    enum work work;
    bool discard;
    bool stop;
    enum status failure; /* of WRITER_FAILED, with its error */
    struct error error;
    struct task task;
    int64_t call_since_ms; /* 0: in no call */
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

/* Around each call into the store, for writer_waited_ms. */
static void note_call(struct writer *writer, bool begins)
{
    pthread_mutex_lock(&writer->lock);
    writer->call_since_ms = begins ? clock_ms(CLOCK_MONOTONIC) : 0;
    pthread_mutex_unlock(&writer->lock);
}

/* ---- batches */

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

static void note_outage(struct writer *writer, const struct error *error)
{
    outage_begin(store_is_away(writer->store) ? &writer->away : &writer->refusing, error->message);
}

static void note_success(struct writer *writer)
{
    outage_end(&writer->away);
    outage_end(&writer->refusing);
}

static enum status store_once(struct writer *writer, enum transaction_outcome *outcome,
                              struct error *error)
{
    enum status status;

    note_call(writer, true);
    status = transaction_store(writer->store, writer->storing, outcome, error);
    note_call(writer, false);
    return status;
}

/* What became of the batch, and the batch again when it is not stored. */
static enum status recover(struct writer *writer, enum transaction_outcome *outcome,
                           struct error *error)
{
    enum status status;

    note_call(writer, true);
    status = transaction_recover(writer->store, writer->storing, outcome, error);
    note_call(writer, false);
    if (status == STATUS_OK && *outcome == TRANSACTION_AGAIN)
        status = store_once(writer, outcome, error);
    return status;
}

/* Stores the batch, however long PostgreSQL is away. A batch that is no longer wanted is no
 * failure. */
static enum status store_batch(struct writer *writer, enum transaction_outcome *outcome,
                               struct error *error)
{
    enum status status = store_once(writer, outcome, error);
    int backoff_ms = BACKOFF_FIRST_MS;

    while (status == STATUS_RETRY && !is_discarded(writer)) {
        note_outage(writer, error);
        metrics_add(watch_metrics(writer->watch), METRIC_BATCH_RETRIES, 1);
        back_off(writer, &backoff_ms);
        if (is_discarded(writer))
            break;
        status = recover(writer, outcome, error);
    }
    if (status != STATUS_OK && is_discarded(writer)) {
        *outcome = TRANSACTION_AGAIN;
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        note_success(writer);
    return status;
}

/* ---- the thread */

static enum writer_state state_behind(enum status status, enum transaction_outcome outcome)
{
    if (status != STATUS_OK)
        return WRITER_FAILED;
    return outcome == TRANSACTION_LOST ? WRITER_LOST : WRITER_IDLE;
}

static void connect_store(struct writer *writer)
{
    struct store *store = NULL;
    struct error error = {""};
    enum status status;

    note_call(writer, true);
    status = store_open(writer->conninfo, writer->infection_cache_mib, writer->logger,
                        writer->watch, &store, &error);
    note_call(writer, false);
    pthread_mutex_lock(&writer->lock);
    writer->store = store;
    writer->state = state_behind(status, TRANSACTION_STORED);
    writer->failure = status;
    writer->error = error;
    pthread_mutex_unlock(&writer->lock);
}

static void work_on_batch(struct writer *writer)
{
    enum transaction_outcome outcome = TRANSACTION_AGAIN;
    struct error error = {""};
    enum status status = store_batch(writer, &outcome, &error);

    batch_reset(writer->storing);
    pthread_mutex_lock(&writer->lock);
    writer->state = state_behind(status, outcome);
    writer->failure = status;
    writer->error = error;
    pthread_mutex_unlock(&writer->lock);
}

static void work_on_task(struct writer *writer)
{
    struct task *task = &writer->task;
    struct error error = {""};
    enum status status;

    note_call(writer, true);
    status = store_perform(writer->store, task->run, task->context, &error);
    note_call(writer, false);
    if (status == STATUS_OK)
        note_success(writer);
    else if (status == STATUS_RETRY && store_is_away(writer->store) && !is_discarded(writer))
        note_outage(writer, &error);
    pthread_mutex_lock(&writer->lock);
    task->answered = true;
    task->status = status;
    task->error = error;
    writer->state = WRITER_IDLE;
    pthread_mutex_unlock(&writer->lock);
}

static void *run(void *argument)
{
    static void (*const works[])(struct writer * writer) = {
        [WORK_CONNECT] = connect_store, [WORK_BATCH] = work_on_batch, [WORK_TASK] = work_on_task};
    struct writer *writer = argument;

    pthread_mutex_lock(&writer->lock);
    while (!writer->stop) {
        enum work work = writer->work;

        if (writer->state != WRITER_BUSY) {
            pthread_cond_wait(&writer->changed, &writer->lock);
            continue;
        }
        pthread_mutex_unlock(&writer->lock);
        works[work](writer);
        pthread_mutex_lock(&writer->lock);
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
    failed = thread_start(&writer->thread, run, writer);
    if (failed == 0)
        return STATUS_OK;
    pthread_cond_destroy(&writer->changed);
    pthread_mutex_destroy(&writer->lock);
    return error_set(error, STATUS_FATAL, "starting a thread: %s", strerror(failed));
}

enum status writer_start(const char *conninfo, size_t infection_cache_mib,
                         const struct logger *logger, struct watch *watch, struct writer **out,
                         struct error *error)
{
    struct writer *writer = calloc(1, sizeof(*writer));
    enum status status;

    if (writer == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    writer->conninfo = conninfo;
    writer->infection_cache_mib = infection_cache_mib;
    writer->logger = logger;
    writer->watch = watch;
    writer->away =
        outage_of(logger, "PostgreSQL is away, waiting", "PostgreSQL is back", NULL, NULL);
    writer->refusing = outage_of(logger, "PostgreSQL can't store the batch now, waiting",
                                 "PostgreSQL stores batches again", NULL, NULL);
    writer->away.witness = health_witness(watch_health(watch), WAIT_POSTGRES_AWAY);
    writer->refusing.witness = health_witness(watch_health(watch), WAIT_POSTGRES_REFUSING);
    writer->state = WRITER_BUSY;
    writer->work = WORK_CONNECT;
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

/* ---- the caller's side */

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

static void begin(struct writer *writer, enum work work)
{
    writer->work = work;
    writer->state = WRITER_BUSY;
    pthread_cond_broadcast(&writer->changed);
}

void writer_submit(struct writer *writer)
{
    struct batch *filled = writer->filling;

    pthread_mutex_lock(&writer->lock);
    writer->filling = writer->storing;
    writer->storing = filled;
    begin(writer, WORK_BATCH);
    pthread_mutex_unlock(&writer->lock);
}

bool writer_is_storing(struct writer *writer)
{
    bool storing;

    pthread_mutex_lock(&writer->lock);
    storing = writer->state == WRITER_BUSY && writer->work == WORK_BATCH;
    pthread_mutex_unlock(&writer->lock);
    return storing;
}

void writer_perform(struct writer *writer, store_task *task, void *context)
{
    pthread_mutex_lock(&writer->lock);
    writer->task = (struct task){.run = task, .context = context};
    begin(writer, WORK_TASK);
    pthread_mutex_unlock(&writer->lock);
}

bool writer_answer(struct writer *writer, enum status *status, struct error *error)
{
    bool answered;

    pthread_mutex_lock(&writer->lock);
    answered = writer->task.answered;
    if (answered) {
        *status = writer->task.status;
        if (*status != STATUS_OK)
            *error = writer->task.error;
    }
    writer->task.answered = false;
    pthread_mutex_unlock(&writer->lock);
    return answered;
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

int64_t writer_waited_ms(struct writer *writer)
{
    int64_t since_ms;

    pthread_mutex_lock(&writer->lock);
    since_ms = writer->call_since_ms;
    pthread_mutex_unlock(&writer->lock);
    return since_ms == 0 ? 0 : clock_ms(CLOCK_MONOTONIC) - since_ms;
}

void writer_cut(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    if (writer->store != NULL)
        store_cut(writer->store);
    pthread_mutex_unlock(&writer->lock);
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
        writer_cut(writer);
    set_discard(writer, false);
    pthread_mutex_lock(&writer->lock);
    if (writer->state == WRITER_LOST)
        writer->state = WRITER_IDLE;
    writer->task.answered = false;
    pthread_mutex_unlock(&writer->lock);
    batch_reset(writer->filling);
}

bool writer_is_disconnected(const struct writer *writer)
{
    return writer->store == NULL || store_is_away(writer->store);
}

struct store_totals writer_totals(struct writer *writer)
{
    return writer->store == NULL ? (struct store_totals){0} : store_totals(writer->store);
}

bool writer_has_closed_months(struct writer *writer)
{
    return writer->store != NULL && store_has_closed_months(writer->store);
}

void writer_take_rejected(struct writer *writer, struct rejected *out)
{
    *out = (struct rejected){0};
    if (writer->store != NULL)
        store_take_rejected(writer->store, out);
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
    store_close(writer->store);
    batch_free(writer->filling);
    batch_free(writer->storing);
    free(writer);
}
