/* Ready or not, alive or not, and the pages that say so, also while others tell. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "kansen/clock.h"
#include "watch/probe.h"
#include "watch/server.h"

static struct watch watch;
static struct server *server;

static const char *reason_at(size_t index)
{
    return index == 0 ? "bad_json" : NULL;
}

static void set_up(void)
{
    static const struct watch_label labels[] = {{"version", "1"}, {NULL, NULL}};
    const struct watch_settings settings = {"t", reason_at, labels, labels};

    watch_init(&watch, &settings);
}

static void tear_down(void)
{
    server_stop(server);
    server = NULL;
    watch_clear(&watch);
}

/* Why it is not ready; "" when it is. */
static const char *readiness(void)
{
    static char text[2000];
    FILE *out = fmemopen(text, sizeof(text), "w");
    bool ready;

    ck_assert_ptr_nonnull(out);
    *text = '\0';
    ready = health_is_ready(&watch.health, out);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_int_eq(ready, *text == '\0');
    return text;
}

static void write_nothing(const struct logger *logger, enum log_level level, const char *message,
                          const struct log_field *fields, size_t count)
{
    (void)logger, (void)level, (void)message, (void)fields, (void)count;
}

/* ---- ready */

START_TEST(a_worker_is_not_ready_before_it_has_begun)
{
    ck_assert_str_eq(readiness(), "start: starting for 0 s: nothing has been read yet\n");
    health_note(&watch.health, WAIT_START, NULL);
    ck_assert_str_eq(readiness(), "");
}
END_TEST

START_TEST(every_wait_is_named_until_it_is_over)
{
    health_note(&watch.health, WAIT_START, NULL);
    health_note(&watch.health, WAIT_POSTGRES_AWAY, "refused");
    health_note(&watch.health, WAIT_BROKERS, "silent");
    ck_assert_str_eq(readiness(), "postgresql: PostgreSQL is away for 0 s: refused\n"
                                  "kafka: no answer from the Kafka brokers for 0 s: silent\n");
    ck_assert(health_waits_for(&watch.health, PARTY_KAFKA));
    health_note(&watch.health, WAIT_BROKERS, NULL);
    ck_assert(!health_waits_for(&watch.health, PARTY_KAFKA));
    /* Two waits for one party: it is free when both are over. */
    health_note(&watch.health, WAIT_POSTGRES_SILENT, "a batch to be stored");
    health_note(&watch.health, WAIT_POSTGRES_AWAY, NULL);
    ck_assert(health_waits_for(&watch.health, PARTY_POSTGRES));
    health_note(&watch.health, WAIT_POSTGRES_SILENT, NULL);
    ck_assert_str_eq(readiness(), "");
}
END_TEST

START_TEST(an_outage_is_a_wait_as_long_as_it_lasts)
{
    const struct logger logger = {write_nothing};
    struct outage outage = outage_of(&logger, "gone", "back", NULL, NULL);

    health_note(&watch.health, WAIT_START, NULL);
    outage.witness = health_witness(&watch.health, WAIT_TOPIC);
    outage_end(&outage);
    ck_assert_str_eq(readiness(), "");
    outage_begin(&outage, "not there");
    outage_begin(&outage, "forbidden");
    ck_assert_str_eq(readiness(), "topic: the topic can't be read for 0 s: forbidden\n");
    outage_end(&outage);
    ck_assert_str_eq(readiness(), "");
    ck_assert_ptr_null(health_witness(NULL, WAIT_TOPIC));
}
END_TEST

START_TEST(a_new_session_forgets_the_waits_of_the_last_one)
{
    health_note(&watch.health, WAIT_START, NULL);
    health_note(&watch.health, WAIT_MESSAGES, "not allowed");
    health_note(&watch.health, WAIT_POSTGRES_AWAY, "refused");
    health_begin_session(&watch.health);
    ck_assert_str_eq(readiness(), "postgresql: PostgreSQL is away for 0 s: refused\n"
                                  "group: no partitions yet for 0 s: joining the group\n");
}
END_TEST

START_TEST(a_long_reason_is_cut)
{
    char reason[2 * HEALTH_REASON_SIZE];

    memset(reason, 'x', sizeof(reason) - 1);
    reason[sizeof(reason) - 1] = '\0';
    health_note(&watch.health, WAIT_START, reason);
    ck_assert_uint_eq(strlen(readiness()),
                      strlen("start: starting for 0 s: \n") + HEALTH_REASON_SIZE - 1);
}
END_TEST

/* ---- alive */

START_TEST(a_worker_whose_loop_has_not_begun_is_alive)
{
    const char *doing;

    ck_assert(health_is_alive(&watch.health, NULL));
    ck_assert_int_eq(health_silence_s(&watch.health, &doing), 0);
    ck_assert_str_eq(doing, "starting");
}
END_TEST

START_TEST(a_loop_that_does_not_turn_is_not_alive_and_not_ready)
{
    const char *doing;

    health_note(&watch.health, WAIT_START, NULL);
    health_beat(&watch.health, "counting sheep");
    ck_assert(health_is_alive(&watch.health, NULL));
    ck_assert_int_eq(health_silence_s(&watch.health, &doing), 0);
    ck_assert_str_eq(doing, "counting sheep");
    watch.health.beat_ms -= HEALTH_SILENCE_S * 1000;
    ck_assert(!health_is_alive(&watch.health, NULL));
    ck_assert_str_eq(readiness(), "no sign of life for 60 s, while counting sheep\n");
    health_beat(&watch.health, "reading");
    ck_assert_str_eq(readiness(), "");
}
END_TEST

/* ---- pages */

static struct address listen_somewhere(void)
{
    struct address address;
    struct error error;

    ck_assert_int_eq(address_read("0", &address, &error), STATUS_OK);
    ck_assert_int_eq(server_start(&address, &watch, &server, &error), STATUS_OK);
    ck_assert_int_eq(strncmp(server_url(server), "http://127.0.0.1:", 17), 0);
    ck_assert_int_eq(address_read(server_url(server) + strlen("http://"), &address, &error),
                     STATUS_OK);
    return address;
}

START_TEST(pages_say_what_is_noted)
{
    struct address address = listen_somewhere();
    struct probe_answer answer;
    struct error error;

    ck_assert_int_eq(probe_get(&address, "/readyz", &answer, &error), STATUS_OK);
    ck_assert_int_eq(answer.status, 503);
    ck_assert_str_eq(answer.text, "start: starting for 0 s: nothing has been read yet\n");
    health_note(&watch.health, WAIT_START, NULL);
    health_beat(&watch.health, "reading");
    ck_assert_int_eq(probe_get(&address, "/readyz", &answer, &error), STATUS_OK);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_str_eq(answer.text, "ready\n");
    watch.health.beat_ms -= HEALTH_SILENCE_S * 1000;
    ck_assert_int_eq(probe_get(&address, "/livez", &answer, &error), STATUS_OK);
    ck_assert_int_eq(answer.status, 503);
    ck_assert_int_eq(probe_get(&address, "/elsewhere", &answer, &error), STATUS_OK);
    ck_assert_int_eq(answer.status, 404);
}
END_TEST

START_TEST(an_address_is_had_once)
{
    struct address address = listen_somewhere();
    struct server *second = NULL;
    struct error error;

    ck_assert_int_eq(server_start(&address, &watch, &second, &error), STATUS_RETRY);
    ck_assert_ptr_nonnull(strstr(error.message, "Address already in use"));
}
END_TEST

START_TEST(nobody_listens)
{
    struct address address = listen_somewhere();
    struct probe_answer answer;
    struct error error;

    server_stop(server);
    server = NULL;
    ck_assert_int_eq(probe_get(&address, "/readyz", &answer, &error), STATUS_RETRY);
    ck_assert_str_eq(error.message, "Connection refused");
}
END_TEST

#define TURNS 20000

static void *tell(void *argument)
{
    const struct partition_state states[2] = {{.partition = 0}, {.partition = 1}};

    (void)argument;
    for (int turn = 0; turn < TURNS; turn++) {
        health_beat(&watch.health, "reading");
        health_note(&watch.health, WAIT_BROKERS, turn % 2 == 0 ? "silent" : NULL);
        metrics_add(&watch.metrics, METRIC_ACCEPTED, 1);
        metrics_observe(&watch.metrics, HISTOGRAM_BATCH_TIME, turn);
        partition_board_put(&watch.partitions, states, turn % 3);
    }
    return NULL;
}

/* Run under ThreadSanitizer, too. */
START_TEST(threads_tell_while_others_ask)
{
    struct address address = listen_somewhere();
    struct probe_answer answer;
    struct error error;
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, tell, NULL), 0);
    for (int turn = 0; turn < 20; turn++) {
        ck_assert_int_eq(probe_get(&address, "/metrics", &answer, &error), STATUS_OK);
        ck_assert_int_eq(answer.status, 200);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(watch.metrics.values[METRIC_ACCEPTED], 2 * TURNS);
}
END_TEST

/* ---- addresses */

START_TEST(addresses_that_are_read)
{
    static const struct {
        const char *text;
        const char *host;
        const char *port;
    } cases[] = {
        {"9464", "127.0.0.1", "9464"},         {"0", "127.0.0.1", "0"},
        {"0.0.0.0:9464", "0.0.0.0", "9464"},   {"[::1]:65535", "::1", "65535"},
        {"worker-1:9464", "worker-1", "9464"}, {"[::]:1", "::", "1"},
    };
    struct address address;
    struct error error;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ck_assert_int_eq(address_read(cases[i].text, &address, &error), STATUS_OK);
        ck_assert_str_eq(address.host, cases[i].host);
        ck_assert_str_eq(address.port, cases[i].port);
    }
}
END_TEST

START_TEST(what_is_no_address)
{
    static const char *const cases[] = {"",      ":",      "a:",      ":9464", "65536", "a:99999",
                                        "-1",    "0x10",   "a:9464x", "::1",   "::1:5", "[]:5",
                                        "a b:c", "000001", "9464 ",   "[::1]"};
    char long_host[400];
    struct address address;
    struct error error;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        ck_assert_msg(address_read(cases[i], &address, &error) == STATUS_REJECT, "%s", cases[i]);
    memset(long_host, 'h', sizeof(long_host));
    memcpy(long_host + 300, ":1", 3);
    ck_assert_int_eq(address_read(long_host, &address, &error), STATUS_REJECT);
}
END_TEST

static void add_tests(TCase *cases)
{
    tcase_add_test(cases, a_worker_is_not_ready_before_it_has_begun);
    tcase_add_test(cases, every_wait_is_named_until_it_is_over);
    tcase_add_test(cases, an_outage_is_a_wait_as_long_as_it_lasts);
    tcase_add_test(cases, a_new_session_forgets_the_waits_of_the_last_one);
    tcase_add_test(cases, a_long_reason_is_cut);
    tcase_add_test(cases, a_worker_whose_loop_has_not_begun_is_alive);
    tcase_add_test(cases, a_loop_that_does_not_turn_is_not_alive_and_not_ready);
    tcase_add_test(cases, pages_say_what_is_noted);
    tcase_add_test(cases, an_address_is_had_once);
    tcase_add_test(cases, nobody_listens);
    tcase_add_test(cases, threads_tell_while_others_ask);
    tcase_add_test(cases, addresses_that_are_read);
    tcase_add_test(cases, what_is_no_address);
}

int main(void)
{
    Suite *suite = suite_create("health");
    TCase *cases = tcase_create("health");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(cases, set_up, tear_down);
    add_tests(cases);
    suite_add_tcase(suite, cases);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
