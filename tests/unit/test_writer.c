/* The thread that talks to PostgreSQL: connect, submit, perform, wait, outages, discard, stop.
 * PostgreSQL is a script here: this program's own functions of transaction.h and store.h stand in
 * the place of the library's. .ci/run runs it under ThreadSanitizer. */
#include "ingest/store/writer.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/store/transaction.h"

/* More than any case needs on a busy machine. */
#define PATIENCE_MS 60000
#define ANSWERS_MAX 8
#define REASON "the script says so"
#define CACHE_MIB 7
#define CONNINFO "dbname=scripted"

/* What becomes of one attempt. */
enum answer { STORED, NOTHING_STORED, LOST, AWAY, REFUSED };

static const struct {
    enum status status;
    enum transaction_outcome outcome;
} meaning[] = {
    [STORED] = {STATUS_OK, TRANSACTION_STORED},
    [NOTHING_STORED] = {STATUS_OK, TRANSACTION_AGAIN},
    [LOST] = {STATUS_OK, TRANSACTION_LOST},
    [AWAY] = {STATUS_RETRY, TRANSACTION_AGAIN},
    [REFUSED] = {STATUS_FATAL, TRANSACTION_AGAIN},
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* Guarded by lock. */
    enum answer answers[ANSWERS_MAX]; /* in their order; behind them always the last one */
    size_t answer_count;
    size_t answers_taken;
    bool held; /* an attempt waits for being let go, or for a cut */
    size_t attempts;
    size_t recoveries;
    size_t cuts;
    size_t rows; /* of the batches that were stored */
    int64_t last_offset;
    size_t waits; /* lines of the log: waiting, back */
    size_t returns;
    size_t opened; /* connections */
    size_t closed;
    size_t tasks;
} script = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static struct writer *writer;
static struct origin origin = {.source = "kafka:test", .topic = "detections", .partition = 3};

/* batch NULL: the call is no transaction. */
static enum status attempt(size_t *counted, const struct batch *batch,
                           enum transaction_outcome *outcome, struct error *error)
{
    enum answer answer;
    size_t cuts;

    pthread_mutex_lock(&script.lock);
    (*counted)++;
    cuts = script.cuts;
    pthread_cond_broadcast(&script.changed);
    while (script.held && script.cuts == cuts)
        pthread_cond_wait(&script.changed, &script.lock);
    answer = script.answers[script.answers_taken];
    if (script.answers_taken + 1 < script.answer_count)
        script.answers_taken++;
    if (answer == STORED && batch != NULL) {
        script.rows += batch->row_count;
        script.last_offset = batch->messages[batch->row_count - 1].offset;
    }
    pthread_mutex_unlock(&script.lock);
    *outcome = meaning[answer].outcome;
    return meaning[answer].status == STATUS_OK
               ? STATUS_OK
               : error_set(error, meaning[answer].status, "%s", REASON);
}

enum status transaction_store(struct store *store, struct batch *batch,
                              enum transaction_outcome *outcome, struct error *error)
{
    (void)store;
    return attempt(&script.attempts, batch, outcome, error);
}

enum status transaction_recover(struct store *store, const struct batch *batch,
                                enum transaction_outcome *outcome, struct error *error)
{
    (void)store;
    return attempt(&script.recoveries, batch, outcome, error);
}

/* Stands for the connection: nobody looks into it. */
static char connection;

enum status store_open(const char *conninfo, size_t infection_cache_mib,
                       const struct logger *logger, struct watch *watch, struct store **out,
                       struct error *error)
{
    enum transaction_outcome outcome;
    enum status status;

    (void)logger, (void)watch;
    ck_assert_uint_eq(infection_cache_mib, CACHE_MIB);
    ck_assert_str_eq(conninfo, CONNINFO);
    status = attempt(&script.opened, NULL, &outcome, error);
    if (status == STATUS_OK)
        *out = (struct store *)&connection;
    return status;
}

void store_close(struct store *store)
{
    script.closed += store != NULL;
}

enum status store_perform(struct store *store, store_task *task, void *context, struct error *error)
{
    enum transaction_outcome outcome;
    enum status status = attempt(&script.tasks, NULL, &outcome, error);

    ck_assert_ptr_eq(store, &connection);
    return status == STATUS_OK ? task(NULL, NULL, context, error) : status;
}

bool store_is_away(const struct store *store)
{
    ck_assert_ptr_eq(store, &connection);
    return true;
}

void store_take_rejected(struct store *store, struct rejected *out)
{
    (void)store;
    *out = (struct rejected){0};
}

bool store_has_closed_months(const struct store *store)
{
    (void)store;
    return false;
}

struct store_totals store_totals(struct store *store)
{
    (void)store;
    return (struct store_totals){0};
}

void store_cut(struct store *store)
{
    (void)store;
    pthread_mutex_lock(&script.lock);
    script.cuts++;
    pthread_cond_broadcast(&script.changed);
    pthread_mutex_unlock(&script.lock);
}

static void note(const struct logger *logger, enum log_level level, const char *message,
                 const struct log_field *fields, size_t count)
{
    (void)logger;
    (void)level;
    pthread_mutex_lock(&script.lock);
    if (strcmp(message, "PostgreSQL is away, waiting") == 0 && count > 0 &&
        strcmp(fields[0].value, REASON) == 0)
        script.waits++;
    if (strcmp(message, "PostgreSQL is back") == 0)
        script.returns++;
    pthread_cond_broadcast(&script.changed);
    pthread_mutex_unlock(&script.lock);
}

static const struct logger logger = {note};

/* What PostgreSQL answers from now on. */
static void answer_in_turn(const enum answer *answers, size_t count)
{
    ck_assert_uint_le(count, ANSWERS_MAX);
    pthread_mutex_lock(&script.lock);
    memcpy(script.answers, answers, count * sizeof(*answers));
    script.answer_count = count;
    script.answers_taken = 0;
    pthread_mutex_unlock(&script.lock);
}

static void answer_always(enum answer answer)
{
    answer_in_turn(&answer, 1);
}

static void hold(bool held)
{
    pthread_mutex_lock(&script.lock);
    script.held = held;
    pthread_cond_broadcast(&script.changed);
    pthread_mutex_unlock(&script.lock);
}

/* Waits until a counter of the script has come that far. */
static void wait_for(const size_t *counter, size_t wanted)
{
    pthread_mutex_lock(&script.lock);
    while (*counter < wanted)
        pthread_cond_wait(&script.changed, &script.lock);
    pthread_mutex_unlock(&script.lock);
}

static size_t read_counter(const size_t *counter)
{
    size_t value;

    pthread_mutex_lock(&script.lock);
    value = *counter;
    pthread_mutex_unlock(&script.lock);
    return value;
}

static void start(void)
{
    struct error error;

    answer_always(STORED);
    ck_assert_int_eq(writer_start(CONNINFO, CACHE_MIB, &logger, NULL, &writer, &error), STATUS_OK);
    ck_assert(writer_wait(writer, PATIENCE_MS));
    ck_assert_int_eq(writer_state(writer), WRITER_IDLE);
}

static void stop(void)
{
    writer_stop(writer);
}

/* Puts one event into the batch that is being filled. */
static void fill(int64_t offset)
{
    static const struct slice name = {"WORM.A", 6};
    struct event event = {.time_us = 1700000000000000, .name = name, .country = "JP"};
    struct message message = {.origin = &origin, .offset = offset, .value = {"{}", 2}};

    memcpy(event.device, &offset, sizeof(offset));
    ck_assert(batch_add_event(writer_batch(writer), &event, &message));
}

static void fill_and_submit(int64_t offset)
{
    fill(offset);
    writer_submit(writer);
}

START_TEST(the_next_batch_is_filled_while_one_is_stored)
{
    hold(true);
    fill_and_submit(1);
    wait_for(&script.attempts, 1);
    ck_assert_int_eq(writer_state(writer), WRITER_BUSY);
    ck_assert(batch_is_empty(writer_batch(writer)));
    fill(2);
    fill(3);
    hold(false);
    ck_assert(writer_wait(writer, PATIENCE_MS));
    ck_assert_int_eq(writer_state(writer), WRITER_IDLE);
    ck_assert_uint_eq(script.rows, 1);
    ck_assert_int_eq(script.last_offset, 1);
    ck_assert_uint_eq(writer_batch(writer)->row_count, 2);
    writer_submit(writer);
    ck_assert(writer_wait(writer, PATIENCE_MS));
    ck_assert_uint_eq(script.rows, 3);
    ck_assert_int_eq(script.last_offset, 3);
    ck_assert(batch_is_empty(writer_batch(writer)));
}
END_TEST

START_TEST(a_wait_ends_at_its_time)
{
    hold(true);
    fill_and_submit(1);
    ck_assert(!writer_wait(writer, 0));
    ck_assert(!writer_wait(writer, 20));
    ck_assert_int_eq(writer_state(writer), WRITER_BUSY);
    hold(false);
    ck_assert(writer_wait(writer, PATIENCE_MS));
}
END_TEST

/* What PostgreSQL answers, and how often it must have been asked. */
static const struct {
    const char *what;
    enum answer answers[ANSWERS_MAX];
    size_t count;
    enum writer_state state;
    size_t attempts, recoveries, waits, returns, rows;
} courses[] = {
    {"stored at once", {STORED}, 1, WRITER_IDLE, 1, 0, 0, 0, 1},
    {"away, found stored", {AWAY, STORED}, 2, WRITER_IDLE, 1, 1, 1, 1, 1},
    {"away, found not stored", {AWAY, NOTHING_STORED, STORED}, 3, WRITER_IDLE, 2, 1, 1, 1, 1},
    {"away for long", {AWAY, AWAY, AWAY, NOTHING_STORED, STORED}, 5, WRITER_IDLE, 2, 3, 1, 1, 1},
    {"away again", {AWAY, NOTHING_STORED, AWAY, STORED}, 4, WRITER_IDLE, 2, 2, 1, 1, 1},
    {"another owner", {LOST}, 1, WRITER_LOST, 1, 0, 0, 0, 0},
    {"another owner behind an outage", {AWAY, LOST}, 2, WRITER_LOST, 1, 1, 1, 1, 0},
    {"refused", {REFUSED}, 1, WRITER_FAILED, 1, 0, 0, 0, 0},
    {"refused behind an outage", {AWAY, REFUSED}, 2, WRITER_FAILED, 1, 1, 1, 0, 0},
};

START_TEST(a_batch_is_tried_until_it_is_known_what_became_of_it)
{
    struct error error = {""};

    answer_in_turn(courses[_i].answers, courses[_i].count);
    fill_and_submit(1);
    ck_assert_msg(writer_wait(writer, PATIENCE_MS), "%s: no end", courses[_i].what);
    ck_assert_msg(writer_state(writer) == courses[_i].state, "%s: state %d", courses[_i].what,
                  (int)writer_state(writer));
    ck_assert_uint_eq(read_counter(&script.attempts), courses[_i].attempts);
    ck_assert_uint_eq(read_counter(&script.recoveries), courses[_i].recoveries);
    ck_assert_uint_eq(read_counter(&script.waits), courses[_i].waits);
    ck_assert_uint_eq(read_counter(&script.returns), courses[_i].returns);
    ck_assert_uint_eq(read_counter(&script.rows), courses[_i].rows);
    if (courses[_i].state == WRITER_FAILED) {
        ck_assert_int_eq(writer_failure(writer, &error), STATUS_FATAL);
        ck_assert_str_eq(error.message, REASON);
    }
}
END_TEST

START_TEST(discard_forgets_a_lost_partition_and_keeps_a_failure)
{
    answer_always(LOST);
    fill_and_submit(1);
    ck_assert(writer_wait(writer, PATIENCE_MS));
    fill(2);
    writer_discard(writer);
    ck_assert_int_eq(writer_state(writer), WRITER_IDLE);
    ck_assert(batch_is_empty(writer_batch(writer)));
    answer_always(REFUSED);
    fill_and_submit(3);
    ck_assert(writer_wait(writer, PATIENCE_MS));
    writer_discard(writer);
    ck_assert_int_eq(writer_state(writer), WRITER_FAILED);
}
END_TEST

START_TEST(discard_ends_the_wait_for_postgresql)
{
    answer_always(AWAY);
    fill_and_submit(1);
    fill(2);
    wait_for(&script.recoveries, 2);
    writer_discard(writer);
    ck_assert_int_eq(writer_state(writer), WRITER_IDLE);
    ck_assert(batch_is_empty(writer_batch(writer)));
    ck_assert_uint_eq(read_counter(&script.rows), 0);

    answer_always(STORED);
    fill_and_submit(3);
    ck_assert(writer_wait(writer, PATIENCE_MS));
    ck_assert_uint_eq(script.rows, 1);
    ck_assert_int_eq(script.last_offset, 3);
}
END_TEST

/* The call under way ends only because its connection is cut; what it has done stands. */
START_TEST(discard_cuts_a_call_that_does_not_end)
{
    hold(true);
    answer_always(_i == 0 ? AWAY : STORED);
    fill_and_submit(1);
    wait_for(&script.attempts, 1);
    writer_discard(writer);
    ck_assert_int_eq(writer_state(writer), WRITER_IDLE);
    ck_assert_uint_ge(read_counter(&script.cuts), 1);
    ck_assert_uint_eq(read_counter(&script.attempts), 1);
    ck_assert_uint_eq(read_counter(&script.recoveries), 0);
    ck_assert_uint_eq(read_counter(&script.rows), _i == 0 ? 0 : 1);
}
END_TEST

static enum status note_task(struct db *db, struct offsets *offsets, void *context,
                             struct error *error)
{
    (void)db;
    (void)offsets;
    (void)error;
    *(int *)context += 1;
    return STATUS_OK;
}

START_TEST(a_task_is_tried_once_and_answered_once)
{
    enum status status = STATUS_FATAL;
    struct error error = {""};
    int performed = 0;

    ck_assert(!writer_answer(writer, &status, &error));
    answer_always(_i == 0 ? STORED : AWAY);
    writer_perform(writer, note_task, &performed);
    ck_assert(writer_wait(writer, PATIENCE_MS));
    ck_assert_int_eq(writer_state(writer), WRITER_IDLE);
    ck_assert_uint_eq(read_counter(&script.tasks), 1);
    ck_assert_int_eq(performed, _i == 0 ? 1 : 0);
    ck_assert(writer_answer(writer, &status, &error));
    ck_assert_int_eq(status, _i == 0 ? STATUS_OK : STATUS_RETRY);
    ck_assert(!writer_answer(writer, &status, &error));
}
END_TEST

START_TEST(a_task_that_is_dropped_has_no_answer)
{
    enum status status;
    struct error error;
    int performed = 0;

    hold(true);
    writer_perform(writer, note_task, &performed);
    wait_for(&script.tasks, 1);
    ck_assert(!writer_is_storing(writer));
    writer_discard(writer);
    ck_assert(!writer_answer(writer, &status, &error));
    ck_assert_int_eq(writer_state(writer), WRITER_IDLE);
}
END_TEST

/* For whoever cuts a connection that has not answered for long. */
START_TEST(the_wait_of_a_call_is_measured_and_ends_with_a_cut)
{
    hold(true);
    answer_in_turn((enum answer[]){AWAY, STORED}, 2);
    ck_assert_int_eq(writer_waited_ms(writer), 0);
    fill_and_submit(1);
    wait_for(&script.attempts, 1);
    ck_assert(!writer_wait(writer, 20));
    ck_assert_int_ge(writer_waited_ms(writer), 20);
    writer_cut(writer);
    wait_for(&script.recoveries, 1);
    hold(false);
    ck_assert(writer_wait(writer, PATIENCE_MS));
    ck_assert_int_eq(writer_waited_ms(writer), 0);
    ck_assert_uint_eq(script.rows, 1);
}
END_TEST

START_TEST(a_writer_that_cannot_connect_has_failed)
{
    struct error error = {""};

    writer_stop(writer);
    answer_always(REFUSED);
    ck_assert_int_eq(writer_start(CONNINFO, CACHE_MIB, &logger, NULL, &writer, &error), STATUS_OK);
    ck_assert(writer_wait(writer, PATIENCE_MS));
    ck_assert_int_eq(writer_state(writer), WRITER_FAILED);
    ck_assert_int_eq(writer_failure(writer, &error), STATUS_FATAL);
    ck_assert_str_eq(error.message, REASON);
    ck_assert(writer_is_disconnected(writer));
    writer_discard(writer);
    ck_assert_int_eq(writer_state(writer), WRITER_FAILED);
}
END_TEST

/* Idle; while PostgreSQL is away; in a call that doesn't end. The thread is gone when it returns,
 * or a sanitizer says so. */
START_TEST(stop_ends_the_thread_wherever_it_is)
{
    if (_i > 0) {
        hold(_i == 2);
        answer_always(AWAY);
        fill_and_submit(1);
        wait_for(_i == 1 ? &script.waits : &script.attempts, 1);
    }
    writer_stop(writer);
    writer = NULL;
    ck_assert_uint_eq(script.attempts, _i > 0 ? 1 : 0);
    ck_assert_uint_eq(script.rows, 0);
    ck_assert_uint_eq(script.opened, 1);
    ck_assert_uint_eq(script.closed, 1);
}
END_TEST

/* Filled and stored by turns, as fast as both threads can: each event once, in order. */
START_TEST(batches_follow_each_other_without_loss)
{
    enum { BATCHES = 2000 };
    size_t filled = 0;

    for (int64_t offset = 0; offset < BATCHES || !batch_is_empty(writer_batch(writer)); offset++) {
        if (offset < BATCHES) {
            fill(offset);
            filled++;
        }
        if (writer_state(writer) == WRITER_IDLE)
            writer_submit(writer);
    }
    ck_assert(writer_wait(writer, PATIENCE_MS));
    ck_assert_uint_eq(filled, BATCHES);
    ck_assert_uint_eq(script.rows, BATCHES);
    ck_assert_int_eq(script.last_offset, BATCHES - 1);
    ck_assert_uint_ge(script.attempts, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writer");
    TCase *cases = tcase_create("writer");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, the_next_batch_is_filled_while_one_is_stored);
    tcase_add_test(cases, a_wait_ends_at_its_time);
    tcase_add_loop_test(cases, a_batch_is_tried_until_it_is_known_what_became_of_it, 0,
                        sizeof(courses) / sizeof(*courses));
    tcase_add_test(cases, discard_forgets_a_lost_partition_and_keeps_a_failure);
    tcase_add_test(cases, discard_ends_the_wait_for_postgresql);
    tcase_add_loop_test(cases, discard_cuts_a_call_that_does_not_end, 0, 2);
    tcase_add_loop_test(cases, a_task_is_tried_once_and_answered_once, 0, 2);
    tcase_add_test(cases, a_task_that_is_dropped_has_no_answer);
    tcase_add_test(cases, the_wait_of_a_call_is_measured_and_ends_with_a_cut);
    tcase_add_test(cases, a_writer_that_cannot_connect_has_failed);
    tcase_add_loop_test(cases, stop_ends_the_thread_wherever_it_is, 0, 3);
    tcase_add_test(cases, batches_follow_each_other_without_loss);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
