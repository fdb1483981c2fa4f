/* Text of PostgreSQL's arrays. */
#include "sql/array.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct array array;

static void clear(void)
{
    array_clear(&array);
}

static void add(const char *text)
{
    array_add_text(&array, text, strlen(text));
}

START_TEST(nothing_is_an_empty_array)
{
    ck_assert_str_eq(array_text(&array), "{}");
    array_reset(&array);
    ck_assert_str_eq(array_text(&array), "{}");
}
END_TEST

START_TEST(every_kind_of_item_has_its_spelling)
{
    static const uint8_t bytes[] = {0x00, 0x7f, 0xff};

    array_add_int64(&array, INT64_MIN);
    array_add_int64(&array, INT64_MAX);
    array_add_null(&array);
    array_add_hex(&array, bytes, sizeof(bytes));
    array_add_hex(&array, bytes, 0);
    ck_assert_str_eq(array_text(&array), "{-9223372036854775808,9223372036854775807,NULL,"
                                         "\"\\\\x007fff\",\"\\\\x\"}");
}
END_TEST

static const struct {
    const char *text;
    const char *quoted;
} texts[] = {
    {"", "{\"\"}"},
    {"plain", "{\"plain\"}"},
    {"NULL", "{\"NULL\"}"},
    {"a,b {c} d", "{\"a,b {c} d\"}"},
    {"\"", "{\"\\\"\"}"},
    {"\\", "{\"\\\\\"}"},
    {"a\"\\\"b", "{\"a\\\"\\\\\\\"b\"}"},
    {"'; drop table x; --", "{\"'; drop table x; --\"}"},
    {"端末\n", "{\"端末\n\"}"},
};

START_TEST(text_is_quoted)
{
    add(texts[_i].text);
    ck_assert_str_eq(array_text(&array), texts[_i].quoted);
}
END_TEST

START_TEST(asking_again_and_adding_more_goes_on_where_it_was)
{
    array_add_int64(&array, 1);
    ck_assert_str_eq(array_text(&array), "{1}");
    ck_assert_str_eq(array_text(&array), "{1}");
    array_add_int64(&array, 2);
    ck_assert_str_eq(array_text(&array), "{1,2}");
    array_reset(&array);
    array_add_int64(&array, 3);
    ck_assert_str_eq(array_text(&array), "{3}");
}
END_TEST

START_TEST(many_items_arrive_whole)
{
    const char *text;

    for (int i = 0; i < 5000; i++)
        add("\"quoted\"");
    text = array_text(&array);
    /* Each: a comma or the brace, two quotes, 6 dead letters, two escaped quotes. */
    ck_assert_uint_eq(strlen(text), 5000 * (1 + 2 + 6 + 4) + 1);
    ck_assert_int_eq(text[strlen(text) - 1], '}');
}
END_TEST

static Suite *array_suite(void)
{
    Suite *suite = suite_create("array");
    TCase *cases = tcase_create("array");

    tcase_add_checked_fixture(cases, NULL, clear);
    tcase_add_test(cases, nothing_is_an_empty_array);
    tcase_add_test(cases, every_kind_of_item_has_its_spelling);
    tcase_add_loop_test(cases, text_is_quoted, 0, sizeof(texts) / sizeof(texts[0]));
    tcase_add_test(cases, asking_again_and_adding_more_goes_on_where_it_was);
    tcase_add_test(cases, many_items_arrive_whole);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(array_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
