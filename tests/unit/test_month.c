/* Months as numbers and as text. */
#include "kansen/month.h"

#include <check.h>
#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    const char *text;
    int year;
    int of_year;
    month_t number;
} months[] = {
    {"1970-01", 1970, 1, 0},     {"1970-12", 1970, 12, 11},    {"1971-01", 1971, 1, 12},
    {"2013-09", 2013, 9, 524},   {"2000-02", 2000, 2, 361},    {"2024-10", 2024, 10, 657},
    {"2099-12", 2099, 12, 1559}, {"9999-12", 9999, 12, 96359},
};

START_TEST(a_month_is_a_number_and_comes_back)
{
    month_t month = -1;
    char text[MONTH_TEXT_SIZE];

    ck_assert(month_parse(months[_i].text, &month));
    ck_assert_int_eq(month, months[_i].number);
    ck_assert_int_eq(month_year(month), months[_i].year);
    ck_assert_int_eq(month_of_year(month), months[_i].of_year);
    ck_assert_int_eq(month_from(months[_i].year, months[_i].of_year), month);
    ck_assert_str_eq(month_format(month, text), months[_i].text);
}
END_TEST

static const char *const refused[] = {
    "",        "2013",     "2013-",    "2013-9",   "2013-00",    "2013-13",  "2013/09",
    "201309",  "2013-09 ", " 2013-09", "2013-9 ",  "1969-12",    "0000-01",  "-013-09",
    "+013-09", "2013-0a",  "2013-1\n", "12013-09", "2013-09-01", "2013-009", "20l3-09",
};

START_TEST(anything_else_is_refused_and_changes_nothing)
{
    month_t month = -7;

    ck_assert(!month_parse(refused[_i], &month));
    ck_assert_int_eq(month, -7);
}
END_TEST

START_TEST(the_month_behind_december_is_january)
{
    char text[MONTH_TEXT_SIZE];

    ck_assert_str_eq(month_format(month_from(2013, 12) + 1, text), "2014-01");
}
END_TEST

static Suite *month_suite(void)
{
    Suite *suite = suite_create("month");
    TCase *cases = tcase_create("month");

    tcase_add_loop_test(cases, a_month_is_a_number_and_comes_back, 0, COUNT(months));
    tcase_add_loop_test(cases, anything_else_is_refused_and_changes_nothing, 0, COUNT(refused));
    tcase_add_test(cases, the_month_behind_december_is_january);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(month_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
