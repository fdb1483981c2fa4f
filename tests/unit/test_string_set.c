/* A set of strings in fixed memory. */
#include "ingest/store/string_set.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct string_set set;

static void make(uint32_t capacity, uint32_t bytes_size)
{
    struct error error;

    ck_assert_int_eq(string_set_init(&set, capacity, bytes_size, &error), STATUS_OK);
}

static void clear(void)
{
    string_set_clear(&set);
}

static uint32_t add(const char *text, bool expect_new)
{
    bool is_new = !expect_new;
    uint32_t number = string_set_add(&set, text, strlen(text), &is_new);

    ck_assert_int_eq(is_new, expect_new);
    return number;
}

/* Which strings meet in one place of the table differs from process to process, and from set to
 * set. */
START_TEST(nobody_can_know_where_a_string_lies)
{
    struct string_set other;
    struct error error;
    int apart = 0;

    make(32, 1000);
    ck_assert_int_eq(string_set_init(&other, 32, 1000, &error), STATUS_OK);
    for (uint64_t i = 0; i < 32; i++) {
        bool is_new;

        string_set_add(&set, &i, sizeof(i), &is_new);
        string_set_add(&other, &i, sizeof(i), &is_new);
    }
    for (uint32_t place = 0; place <= set.mask; place++)
        apart += set.places[place].number != other.places[place].number;
    ck_assert_int_gt(apart, 0);
    string_set_clear(&other);
}
END_TEST

START_TEST(strings_are_numbered_from_zero_and_found_again)
{
    make(4, 100);
    ck_assert_uint_eq(string_set_find(&set, "a", 1), STRING_SET_NONE);
    ck_assert_uint_eq(add("a", true), 0);
    ck_assert_uint_eq(add("bc", true), 1);
    ck_assert_uint_eq(add("", true), 2);
    ck_assert_uint_eq(add("a", false), 0);
    ck_assert_uint_eq(add("", false), 2);
    ck_assert_uint_eq(string_set_find(&set, "bc", 2), 1);
    ck_assert_uint_eq(string_set_find(&set, "b", 1), STRING_SET_NONE);
    ck_assert_uint_eq(string_set_get(&set, 1).length, 2);
    ck_assert_mem_eq(string_set_get(&set, 1).data, "bc", 2);
}
END_TEST

START_TEST(bytes_count_not_text)
{
    bool is_new;

    make(4, 100);
    ck_assert_uint_eq(string_set_add(&set, "a\0b", 3, &is_new), 0);
    ck_assert_uint_eq(string_set_add(&set, "a\0c", 3, &is_new), 1);
    ck_assert_uint_eq(string_set_add(&set, "a", 1, &is_new), 2);
    ck_assert_uint_eq(string_set_add(&set, "a\0b", 3, &is_new), 0);
    ck_assert(!is_new);
}
END_TEST

START_TEST(what_does_not_fit_is_refused_and_what_is_there_stays)
{
    make(2, 8);
    ck_assert_uint_eq(add("12345678", true), 0);
    ck_assert_uint_eq(add("9", false), STRING_SET_NONE);
    ck_assert_uint_eq(add("12345678", false), 0);
    ck_assert_uint_eq(add("", true), 1);
    /* Both entries are taken now; the room in bytes no longer matters. */
    string_set_reset(&set);
    ck_assert_uint_eq(add("1", true), 0);
    ck_assert_uint_eq(add("2", true), 1);
    ck_assert_uint_eq(add("3", false), STRING_SET_NONE);
    ck_assert_uint_eq(add("2", false), 1);
}
END_TEST

START_TEST(a_reset_forgets_everything)
{
    make(4, 100);
    add("a", true);
    add("b", true);
    string_set_reset(&set);
    ck_assert_uint_eq(string_set_find(&set, "a", 1), STRING_SET_NONE);
    ck_assert_uint_eq(add("b", true), 0);
}
END_TEST

START_TEST(a_shrunk_one_is_as_if_the_newest_had_never_come)
{
    const uint32_t capacity = 5000;
    const uint32_t kept = 1234;
    char text[16];

    make(capacity, capacity * 6);
    for (int turn = 0; turn < 2; turn++) {
        for (uint32_t i = turn == 0 ? 0 : kept; i < capacity; i++) {
            snprintf(text, sizeof(text), "%u", i + (i < kept ? 0 : 100000 * (uint32_t)turn));
            ck_assert_uint_eq(add(text, true), i);
        }
        string_set_shrink(&set, capacity);
        ck_assert_uint_eq(set.count, capacity);
        string_set_shrink(&set, kept);
        for (uint32_t i = 0; i < capacity; i++) {
            snprintf(text, sizeof(text), "%u", i);
            ck_assert_uint_eq(string_set_find(&set, text, strlen(text)),
                              i < kept ? i : STRING_SET_NONE);
        }
    }
    string_set_shrink(&set, 0);
    ck_assert_uint_eq(set.bytes_used, 0);
    ck_assert_uint_eq(add("b", true), 0);
}
END_TEST

START_TEST(those_that_stay_are_as_if_the_others_had_never_come)
{
    const uint32_t capacity = 3000;
    static bool stays[3000];
    char text[16];

    make(capacity, capacity * 6);
    for (uint32_t i = 0; i < capacity; i++) {
        snprintf(text, sizeof(text), "%u", i);
        add(text, true);
        stays[i] = i % 3 == 1;
    }
    string_set_keep(&set, stays);
    ck_assert_uint_eq(set.count, capacity / 3);
    for (uint32_t i = 0; i < capacity; i++) {
        snprintf(text, sizeof(text), "%u", i);
        ck_assert_uint_eq(string_set_find(&set, text, strlen(text)),
                          stays[i] ? i / 3 : STRING_SET_NONE);
    }
    for (uint32_t i = 0; i < capacity * 2 / 3; i++) {
        snprintf(text, sizeof(text), "b%u", i);
        ck_assert_uint_eq(add(text, true), capacity / 3 + i);
    }
    ck_assert_uint_eq(add("one more", false), STRING_SET_NONE);
}
END_TEST

START_TEST(a_full_table_finds_each_of_its_strings)
{
    const uint32_t capacity = 20000;
    char text[16];

    make(capacity, capacity * 6);
    for (uint32_t i = 0; i < capacity; i++) {
        snprintf(text, sizeof(text), "%u", i);
        ck_assert_uint_eq(add(text, true), i);
    }
    ck_assert_uint_eq(add("one more", false), STRING_SET_NONE);
    for (uint32_t i = 0; i < capacity; i++) {
        snprintf(text, sizeof(text), "%u", i);
        ck_assert_uint_eq(string_set_find(&set, text, strlen(text)), i);
    }
}
END_TEST

START_TEST(a_zeroed_one_can_be_cleared)
{
    struct string_set nothing = {0};

    string_set_clear(&nothing);
    ck_assert_ptr_null(nothing.entries);
}
END_TEST

static Suite *intern_suite(void)
{
    Suite *suite = suite_create("string set");
    TCase *cases = tcase_create("string set");

    tcase_add_checked_fixture(cases, NULL, clear);
    tcase_add_test(cases, nobody_can_know_where_a_string_lies);
    tcase_add_test(cases, strings_are_numbered_from_zero_and_found_again);
    tcase_add_test(cases, bytes_count_not_text);
    tcase_add_test(cases, what_does_not_fit_is_refused_and_what_is_there_stays);
    tcase_add_test(cases, a_reset_forgets_everything);
    tcase_add_test(cases, a_shrunk_one_is_as_if_the_newest_had_never_come);
    tcase_add_test(cases, those_that_stay_are_as_if_the_others_had_never_come);
    tcase_add_test(cases, a_full_table_finds_each_of_its_strings);
    tcase_add_test(cases, a_zeroed_one_can_be_cleared);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(intern_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
