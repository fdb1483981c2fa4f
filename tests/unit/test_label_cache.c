/* Labels that are kept: how many have to be looked up again, and that each keeps what is its own.
 */
#include "ingest/store/label_cache.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY 1000
#define BATCH 200

static struct label_cache cache;
static struct string_set batch;
static uint32_t of_batch[BATCH];
static uint32_t missing[BATCH];

static void make_with(uint32_t bytes_size)
{
    struct error error;

    ck_assert_int_eq(label_cache_init(&cache, CAPACITY, bytes_size, &error), STATUS_OK);
    ck_assert_int_eq(string_set_init(&batch, BATCH, BATCH * 32, &error), STATUS_OK);
}

static void make(void)
{
    make_with(CAPACITY * 32);
}

static void clear(void)
{
    label_cache_clear(&cache);
    string_set_clear(&batch);
}

static void want(uint32_t label)
{
    char text[32];
    bool is_new;
    int length = snprintf(text, sizeof(text), "label %u", label);

    string_set_add(&batch, text, (size_t)length, &is_new);
}

static uint32_t number_in(struct slice text)
{
    char copy[32];

    snprintf(copy, sizeof(copy), "%.*s", (int)text.length, text.data);
    return (uint32_t)strtoul(copy + strlen("label "), NULL, 10);
}

/* What PostgreSQL would say. */
static int32_t id_of(uint32_t label)
{
    return (int32_t)label * 7 + 1;
}

/* Looks the batch up, and says how many labels the cache had not got. Each has its own id. */
static uint32_t look_up(void)
{
    struct error error;
    uint32_t count = 0;

    ck_assert_int_eq(label_cache_match(&cache, &batch, of_batch, missing, &count, &error),
                     STATUS_OK);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t label = number_in(string_set_get(&cache.texts, missing[i]));

        cache.labels[missing[i]].id = id_of(label);
        cache.labels[missing[i]].threat_start = label;
    }
    for (uint32_t i = 0; i < batch.count; i++) {
        uint32_t label = number_in(string_set_get(&batch, i));

        ck_assert_int_eq(cache.labels[of_batch[i]].id, id_of(label));
        ck_assert_uint_eq(cache.labels[of_batch[i]].threat_start, label);
    }
    ck_assert_uint_le(cache.texts.count, CAPACITY);
    string_set_reset(&batch);
    return count;
}

START_TEST(what_was_looked_up_is_known)
{
    make();
    for (uint32_t i = 0; i < BATCH; i++)
        want(i);
    ck_assert_uint_eq(look_up(), BATCH);
    for (uint32_t i = 0; i < BATCH; i++)
        want(i);
    ck_assert_uint_eq(look_up(), 0);
}
END_TEST

/* A tenth more labels than there is room for, one behind the other, over and over. */
START_TEST(a_working_set_slightly_too_large_is_mostly_known)
{
    uint32_t labels = CAPACITY + CAPACITY / 10;
    uint32_t looked_up = 0;
    uint32_t asked = 0;
    uint32_t next = 0;

    make();
    for (int round = 0; round < 300; round++) {
        for (int i = 0; i < BATCH; i++)
            want(next++ % labels);
        asked += BATCH;
        looked_up += look_up();
    }
    ck_assert_uint_lt(looked_up, asked / 2);
}
END_TEST

/* Names that nobody asks for twice, as of files that are named by chance. */
START_TEST(labels_of_each_batch_stay_beside_those_that_come_once)
{
    uint32_t looked_up_again = 0;
    uint32_t once = 100000;

    make();
    for (uint32_t i = 0; i < BATCH / 2; i++)
        want(i);
    look_up();
    for (int round = 0; round < 300; round++) {
        for (uint32_t i = 0; i < BATCH / 2; i++)
            want(i);
        for (int i = 0; i < BATCH / 2; i++)
            want(once++);
        looked_up_again += look_up() - BATCH / 2;
    }
    ck_assert_uint_eq(looked_up_again, 0);
}
END_TEST

START_TEST(bytes_run_out_before_places_do)
{
    uint32_t most = 0;

    make_with(BATCH * 12);
    for (uint32_t round = 0; round < 20; round++) {
        for (uint32_t i = 0; i < BATCH; i++)
            want(1000 + (round * 50 + i) % 5000);
        ck_assert_uint_le(look_up(), BATCH);
        if (cache.texts.count > most)
            most = cache.texts.count;
    }
    ck_assert_uint_lt(most, BATCH * 3 / 2);
}
END_TEST

START_TEST(a_batch_that_never_fits_is_an_error)
{
    struct error error = {""};
    uint32_t count = 0;

    make_with(BATCH);
    for (uint32_t i = 0; i < BATCH; i++)
        want(i);
    ck_assert_int_eq(label_cache_match(&cache, &batch, of_batch, missing, &count, &error),
                     STATUS_FATAL);
    ck_assert_str_eq(error.message, "the labels of one batch don't fit the cache");
}
END_TEST

START_TEST(a_quarter_goes_and_then_the_last_one)
{
    make();
    for (uint32_t i = 0; i < 100; i++)
        want(i);
    look_up();
    label_cache_evict(&cache);
    ck_assert_uint_eq(cache.texts.count, 74);
    while (cache.texts.count > 0) {
        uint32_t before = cache.texts.count;

        label_cache_evict(&cache);
        ck_assert_uint_lt(cache.texts.count, before);
    }
}
END_TEST

static Suite *label_cache_suite(void)
{
    Suite *suite = suite_create("label cache");
    TCase *cases = tcase_create("label cache");

    tcase_add_checked_fixture(cases, NULL, clear);
    tcase_add_test(cases, what_was_looked_up_is_known);
    tcase_add_test(cases, a_working_set_slightly_too_large_is_mostly_known);
    tcase_add_test(cases, labels_of_each_batch_stay_beside_those_that_come_once);
    tcase_add_test(cases, bytes_run_out_before_places_do);
    tcase_add_test(cases, a_batch_that_never_fits_is_an_error);
    tcase_add_test(cases, a_quarter_goes_and_then_the_last_one);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(label_cache_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
