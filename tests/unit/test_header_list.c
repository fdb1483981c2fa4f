/* Headers of a rejected message: kept in order, bounded. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/store/header_list.h"

static struct header_list list;

static void teardown(void)
{
    header_list_clear(&list);
}

START_TEST(names_and_values_stay_in_order_each_behind_its_length)
{
    static const char expected[] = "\0\0\0\1a\0\0\0\2bc\0\0\0\1a\xff\xff\xff\xff\0\0\0\1d\0\0\0\0";
    struct slice items;

    ck_assert(header_list_add(&list, "a", "bc", 2));
    ck_assert(header_list_add(&list, "a", NULL, 0));
    ck_assert(header_list_add(&list, "d", "", 0));
    items = header_list_items(&list);
    ck_assert_uint_eq(items.length, sizeof(expected) - 1);
    ck_assert_mem_eq(items.data, expected, items.length);
    ck_assert_int_eq(header_list_count(items), 6);
    ck_assert(!list.is_full);
}
END_TEST

START_TEST(no_headers_are_no_bytes)
{
    ck_assert_ptr_null(header_list_items(&list).data);
    ck_assert(header_list_add(&list, "a", "b", 1));
    header_list_reset(&list);
    ck_assert_ptr_null(header_list_items(&list).data);
}
END_TEST

START_TEST(what_is_beyond_the_bound_is_cut_and_what_follows_left_out)
{
    size_t size = HEADER_LIST_MAX + 1000;
    char *value = malloc(size);
    struct slice items;

    memset(value, 'x', size);
    ck_assert(header_list_add(&list, "first", "1", 1));
    ck_assert(header_list_add(&list, "huge", value, size));
    ck_assert(list.is_full);
    ck_assert(header_list_add(&list, "last", "2", 1));
    items = header_list_items(&list);
    ck_assert_uint_eq(items.length, HEADER_LIST_MAX);
    ck_assert_int_eq(header_list_count(items), 4);
    free(value);
}
END_TEST

START_TEST(a_bound_that_is_met_exactly_cuts_nothing)
{
    size_t size = HEADER_LIST_MAX - 2 * 4 - 1;
    char *value = malloc(size);

    memset(value, 'x', size);
    ck_assert(header_list_add(&list, "a", value, size));
    ck_assert(!list.is_full);
    ck_assert_uint_eq(header_list_items(&list).length, HEADER_LIST_MAX);
    ck_assert(header_list_add(&list, "b", "", 0));
    ck_assert(list.is_full);
    ck_assert_int_eq(header_list_count(header_list_items(&list)), 2);
    free(value);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("header list");
    TCase *cases = tcase_create("header list");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(cases, NULL, teardown);
    tcase_add_test(cases, names_and_values_stay_in_order_each_behind_its_length);
    tcase_add_test(cases, no_headers_are_no_bytes);
    tcase_add_test(cases, what_is_beyond_the_bound_is_cut_and_what_follows_left_out);
    tcase_add_test(cases, a_bound_that_is_met_exactly_cuts_nothing);
    suite_add_tcase(suite, cases);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
