/* The filter that remembers what was there: it may take one for another, and denies nothing. */
#include <check.h>
#include <stdlib.h>

#include "ingest/store/bloom.h"

#define BYTES 4193344 /* any number of words will do */
#define BITS_FOR_EACH 8

static struct bloom bloom;

static void set_up(void)
{
    struct error error;

    ck_assert_int_eq(bloom_init(&bloom, BYTES, BITS_FOR_EACH, &error), STATUS_OK);
}

static void tear_down(void)
{
    bloom_clear(&bloom);
}

/* Spreads a number over 64 bits (Steele, Lea and Flood's SplitMix64). */
static uint64_t hash_of(uint64_t number)
{
    uint64_t mixed = number * UINT64_C(0x9E3779B97F4A7C15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ mixed >> 31;
}

static uint64_t found(uint64_t first, uint64_t last)
{
    uint64_t count = 0;

    for (uint64_t i = first; i < last; i++)
        count += bloom_may_have(&bloom, hash_of(i));
    return count;
}

START_TEST(what_was_added_is_found)
{
    for (uint64_t i = 0; i < 1000000; i++)
        bloom_add(&bloom, hash_of(i));
    ck_assert_uint_eq(found(0, 1000000), 1000000);
    /* A quarter full, it takes hardly any other for one of them. */
    ck_assert_uint_lt(found(2000000, 3000000), 2000);
}
END_TEST

START_TEST(a_full_one_is_still_of_use_and_then_begins_anew)
{
    uint64_t next = 0;

    while (bloom.count < BYTES)
        bloom_add(&bloom, hash_of(next++));
    ck_assert_uint_eq(found(0, next), next);
    ck_assert_uint_lt(found(next, next + 1000000), 60000);
    while (bloom_may_have(&bloom, hash_of(next)))
        next++;
    bloom_add(&bloom, hash_of(next));
    ck_assert_uint_eq(bloom.count, 1);
    ck_assert_uint_eq(found(next, next + 1), 1);
    ck_assert_uint_lt(found(0, 1000), 10);
}
END_TEST

START_TEST(the_same_again_takes_no_place)
{
    for (int i = 0; i < 1000; i++)
        bloom_add(&bloom, hash_of(7));
    ck_assert_uint_eq(bloom.count, 1);
    bloom_forget(&bloom);
    ck_assert_uint_eq(bloom.count, 0);
    ck_assert(!bloom_may_have(&bloom, hash_of(7)));
}
END_TEST

static Suite *bloom_suite(void)
{
    Suite *suite = suite_create("bloom");
    TCase *cases = tcase_create("bloom");

    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, what_was_added_is_found);
    tcase_add_test(cases, a_full_one_is_still_of_use_and_then_begins_anew);
    tcase_add_test(cases, the_same_again_takes_no_place);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(bloom_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
