/* What was meant by months that are not written as YYYY-MM. */
#include "text/month_reading.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    const char *meant;
} readings[] = {
    {"2013-9", "2013-09"},     {"2013/09", "2013-09"},        {"2013.9", "2013-09"},
    {"2013 09", "2013-09"},    {"201309", "2013-09"},         {"20130913", "2013-09"},
    {"2013-09-13", "2013-09"}, {"2013/9/13", "2013-09"},      {"9/2013", "2013-09"},
    {"09.2013", "2013-09"},    {"Sept 2013", "2013-09"},      {"sep-2013", "2013-09"},
    {"2013SEP", "2013-09"},    {"September 2013", "2013-09"}, {"13 September 2013", "2013-09"},
    {"2013年9月", "2013-09"},  {" 2013-09 ", "2013-09"},      {"2013--09", "2013-09"},
    {"2013-09-", "2013-09"},   {"May 2013", "2013-05"},       {"2013-12", "2013-12"},
};

START_TEST(one_reading_is_asked_for)
{
    char answer[128];
    char expected[128];

    snprintf(expected, sizeof(expected), "a month is YYYY-MM; did you mean %s?",
             readings[_i].meant);
    ck_assert_str_eq(month_reading(readings[_i].text, answer, sizeof(answer)), expected);
}
END_TEST

static const char *const no_months[] = {"2013-13", "2013-00", "2013/99", "201313", "13/2013"};

START_TEST(a_month_that_no_year_has_is_named)
{
    char answer[128];

    ck_assert_str_eq(month_reading(no_months[_i], answer, sizeof(answer)),
                     "a month is YYYY-MM, and MM is 01 to 12");
}
END_TEST

static const char *const too_early[] = {"0001-01", "0213-09", "1969-12", "12/1969"};

START_TEST(a_year_that_no_month_has_is_no_suggestion)
{
    char answer[128];

    ck_assert_str_eq(month_reading(too_early[_i], answer, sizeof(answer)),
                     "a month is YYYY-MM, and YYYY is 1970 or later");
}
END_TEST

/* Years of two digits, days that could be months, words, numbers without end. */
static const char *const unreadable[] = {"",
                                         "2013",
                                         "13-09",
                                         "9-10-2013",
                                         "20139",
                                         "soon",
                                         "last month",
                                         "Ma 2013",
                                         "Smarch 2013",
                                         "2013-09-13-1",
                                         "99999999999999999999",
                                         "2013-123",
                                         "\xff\xfe",
                                         "-",
                                         "September"};

START_TEST(nothing_is_guessed)
{
    char answer[128];

    ck_assert_str_eq(month_reading(unreadable[_i], answer, sizeof(answer)),
                     "a month is YYYY-MM, as 2013-09 is");
}
END_TEST

static Suite *month_reading_suite(void)
{
    Suite *suite = suite_create("month_reading");
    TCase *cases = tcase_create("month_reading");

    tcase_add_loop_test(cases, one_reading_is_asked_for, 0, sizeof(readings) / sizeof(readings[0]));
    tcase_add_loop_test(cases, a_month_that_no_year_has_is_named, 0,
                        sizeof(no_months) / sizeof(no_months[0]));
    tcase_add_loop_test(cases, a_year_that_no_month_has_is_no_suggestion, 0,
                        sizeof(too_early) / sizeof(too_early[0]));
    tcase_add_loop_test(cases, nothing_is_guessed, 0, sizeof(unreadable) / sizeof(unreadable[0]));
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(month_reading_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
