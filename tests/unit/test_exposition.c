/* Metrics as Prometheus reads them, line by line. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "kansen/clock.h"
#include "watch/exposition.h"

static struct watch watch;
static char *text;

static const char *reason_at(size_t index)
{
    static const char *const reasons[] = {"bad_json", "bad_time", NULL};

    return reasons[index];
}

static const struct watch_label build[] = {{"version", "1.2"}, {NULL, NULL}};
static const struct watch_label worker[] = {{"topic", "a\"b\\c\nd"}, {"group", "g"}, {NULL, NULL}};

static void set_up(void)
{
    const struct watch_settings settings = {"t\"", reason_at, build, worker};

    watch_init(&watch, &settings);
}

static void tear_down(void)
{
    free(text);
    watch_clear(&watch);
}

static void expose(void)
{
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    ck_assert_ptr_nonnull(out);
    exposition_write(&watch, out);
    ck_assert_int_eq(fclose(out), 0);
}

static void assert_line(const char *line)
{
    char whole[300];

    snprintf(whole, sizeof(whole), "\n%s\n", line);
    ck_assert_msg(strstr(text, whole) != NULL, "there is no line %s in\n%s", line, text);
}

static void assert_nothing_of(const char *name)
{
    ck_assert_msg(strstr(text, name) == NULL, "there is %s in\n%s", name, text);
}

START_TEST(counters_and_gauges_are_shown_with_type_and_help)
{
    metrics_add(&watch.metrics, METRIC_ACCEPTED, 40);
    metrics_add(&watch.metrics, METRIC_ACCEPTED, 2);
    metrics_set(&watch.metrics, METRIC_PARTITIONS, 7);
    metrics_set(&watch.metrics, METRIC_PARTITIONS, 3);
    expose();
    assert_line("# HELP kansen_events_accepted_total Events stored.");
    assert_line("# TYPE kansen_events_accepted_total counter");
    assert_line("kansen_events_accepted_total 42");
    assert_line("# TYPE kansen_partitions gauge");
    assert_line("kansen_partitions 3");
    assert_line("kansen_events_repeated_total 0");
}
END_TEST

START_TEST(every_reason_has_a_line_also_without_a_rejection)
{
    metrics_add_rejected(&watch.metrics, 1, 5);
    metrics_add_rejected(&watch.metrics, METRIC_REASONS_MAX, 5);
    expose();
    assert_line("kansen_events_rejected_total{reason=\"bad_json\"} 0");
    assert_line("kansen_events_rejected_total{reason=\"bad_time\"} 5");
}
END_TEST

START_TEST(labels_are_escaped)
{
    expose();
    assert_line("kansen_worker_info{topic=\"a\\\"b\\\\c\\nd\",group=\"g\"} 1");
    ck_assert_int_eq(strncmp(text, "# HELP kansen_build_info ", 25), 0);
    assert_line("kansen_build_info{version=\"1.2\"} 1");
}
END_TEST

START_TEST(what_is_not_known_is_not_shown)
{
    expose();
    assert_nothing_of("kansen_geoip_build_timestamp_seconds");
    free(text);
    metrics_set(&watch.metrics, METRIC_GEOIP_BUILD, 1700000000);
    expose();
    assert_line("kansen_geoip_build_timestamp_seconds 1700000000");
}
END_TEST

START_TEST(buckets_of_a_histogram_add_up)
{
    metrics_observe(&watch.metrics, HISTOGRAM_COMMIT_TIME, 1000);     /* 1 ms: within its bound */
    metrics_observe(&watch.metrics, HISTOGRAM_COMMIT_TIME, 1001);     /* just beyond */
    metrics_observe(&watch.metrics, HISTOGRAM_COMMIT_TIME, 1500000);  /* 1.5 s */
    metrics_observe(&watch.metrics, HISTOGRAM_COMMIT_TIME, 99000000); /* beyond all */
    expose();
    assert_line("# TYPE kansen_commit_seconds histogram");
    assert_line("kansen_commit_seconds_bucket{le=\"0.001\"} 1");
    assert_line("kansen_commit_seconds_bucket{le=\"0.0025\"} 2");
    assert_line("kansen_commit_seconds_bucket{le=\"1\"} 2");
    assert_line("kansen_commit_seconds_bucket{le=\"2.5\"} 3");
    assert_line("kansen_commit_seconds_bucket{le=\"60\"} 3");
    assert_line("kansen_commit_seconds_bucket{le=\"+Inf\"} 4");
    assert_line("kansen_commit_seconds_sum 100.502001");
    assert_line("kansen_commit_seconds_count 4");
}
END_TEST

START_TEST(bounds_of_every_histogram_rise)
{
    for (int i = 0; i < HISTOGRAMS; i++)
        for (int at = 1; at < histogram_lines[i].bound_count; at++)
            ck_assert_int_lt(histogram_lines[i].bounds[at - 1], histogram_lines[i].bounds[at]);
}
END_TEST

START_TEST(every_metric_has_its_line)
{
    for (int i = 0; i < METRICS; i++) {
        const struct metric_line *line = &metric_lines[i];
        size_t length;

        ck_assert_ptr_nonnull(line->name);
        length = strlen(line->name);
        /* By Prometheus' rules a counter ends so, and nothing else does. */
        ck_assert_int_eq(length > 6 && strcmp(line->name + length - 6, "_total") == 0,
                         line->type == METRIC_COUNTER);
        ck_assert_ptr_null(strchr(line->help, '\n'));
    }
}
END_TEST

START_TEST(partitions_have_a_line_each)
{
    int64_t now_us = clock_us(CLOCK_REALTIME);
    const struct partition_state states[] = {
        {.partition = 0, .stored = 90, .end = 100, .read_until_us = 1500000, .since_us = now_us},
        {.partition = 11, .stored = 5, .end = -1},
    };

    ck_assert(partition_board_put(&watch.partitions, states, 2));
    expose();
    assert_line("kansen_partition_lag_events{topic=\"t\\\"\",partition=\"0\"} 10");
    assert_line(
        "kansen_partition_read_until_timestamp_seconds{topic=\"t\\\"\",partition=\"0\"} 1.5");
    assert_line("kansen_partition_stored_offset{topic=\"t\\\"\",partition=\"11\"} 5");
    assert_nothing_of("kansen_partition_lag_events{topic=\"t\\\"\",partition=\"11\"}");
    assert_nothing_of("kansen_partition_end_offset{topic=\"t\\\"\",partition=\"11\"}");
    free(text);
    ck_assert(partition_board_put(&watch.partitions, NULL, 0));
    expose();
    assert_nothing_of("partition=\"0\"");
}
END_TEST

START_TEST(the_lag_is_the_age_of_the_oldest_that_waits)
{
    struct partition_state state = {.stored = 90, .end = 100};

    ck_assert_int_eq(partition_state_lag(&state), 10);
    ck_assert_int_eq(partition_state_lag_us(&state, 5000), -1);
    state.since_us = 2000;
    ck_assert_int_eq(partition_state_lag_us(&state, 5000), 3000);
    ck_assert_int_eq(partition_state_lag_us(&state, 1000), 0);
    state.stored = 100;
    ck_assert_int_eq(partition_state_lag_us(&state, 5000), 0);
    /* The end that Kafka told is older than what was stored since. */
    state.stored = 120;
    ck_assert_int_eq(partition_state_lag(&state), 0);
    state.end = -1;
    ck_assert_int_eq(partition_state_lag_us(&state, 5000), -1);
}
END_TEST

START_TEST(the_process_is_there)
{
    expose();
    ck_assert_ptr_nonnull(strstr(text, "\nprocess_resident_memory_bytes "));
    ck_assert_ptr_nonnull(strstr(text, "\nprocess_open_fds "));
    ck_assert_ptr_nonnull(strstr(text, "\nprocess_cpu_seconds_total "));
}
END_TEST

START_TEST(nobody_who_watches_is_told_nothing)
{
    metrics_add(NULL, METRIC_ACCEPTED, 1);
    metrics_set(NULL, METRIC_PARTITIONS, 1);
    metrics_add_rejected(NULL, 0, 1);
    metrics_observe(NULL, HISTOGRAM_BATCH_TIME, 1);
    ck_assert_ptr_null(watch_metrics(NULL));
    ck_assert_ptr_null(watch_health(NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exposition");
    TCase *cases = tcase_create("exposition");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, counters_and_gauges_are_shown_with_type_and_help);
    tcase_add_test(cases, every_reason_has_a_line_also_without_a_rejection);
    tcase_add_test(cases, labels_are_escaped);
    tcase_add_test(cases, what_is_not_known_is_not_shown);
    tcase_add_test(cases, buckets_of_a_histogram_add_up);
    tcase_add_test(cases, bounds_of_every_histogram_rise);
    tcase_add_test(cases, every_metric_has_its_line);
    tcase_add_test(cases, partitions_have_a_line_each);
    tcase_add_test(cases, the_lag_is_the_age_of_the_oldest_that_waits);
    tcase_add_test(cases, the_process_is_there);
    tcase_add_test(cases, nobody_who_watches_is_told_nothing);
    suite_add_tcase(suite, cases);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
