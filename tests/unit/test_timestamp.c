/* Which texts are instants, and which one. */
#include "ingest/event/timestamp.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define SECOND INT64_C(1000000)

static struct slice slice_of(const char *text)
{
    struct slice slice = {text, strlen(text)};

    return slice;
}

static const struct {
    const char *text;
    int64_t time_us;
} good_times[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1970-01-01T00:00:00.000001Z", 1},
    {"1970-01-01t00:00:00z", 0},
    {"1969-12-31T23:59:59Z", -SECOND},
    {"1969-12-31T23:59:59.999999Z", -1},
    {"1969-12-31T23:59:59.9999999Z", -1}, /* digits are cut, towards the past */
    {"1970-01-01T09:00:00+09:00", 0},
    {"1969-12-31T15:00:00-09:00", 0},
    {"1970-01-01T00:00:00+00:00", 0},
    {"1970-01-01T00:00:00-00:00", 0},
    {"1970-01-01T23:59:00+23:59", 0},
    {"1969-12-31T00:01:00-23:59", 0},
    {"1970-01-01T05:45:00+05:45", 0},
    {"2013-09-13T16:05:28Z", 1379088328 * SECOND},
    {"2013-09-13T16:05:28.0Z", 1379088328 * SECOND},
    {"2013-09-13T16:05:28.1Z", 1379088328 * SECOND + 100000},
    {"2013-09-13T16:05:28.12Z", 1379088328 * SECOND + 120000},
    {"2013-09-13T16:05:28.123Z", 1379088328 * SECOND + 123000},
    {"2013-09-13T16:05:28.1234Z", 1379088328 * SECOND + 123400},
    {"2013-09-13T16:05:28.12345Z", 1379088328 * SECOND + 123450},
    {"2013-09-13T16:05:28.123456Z", 1379088328 * SECOND + 123456},
    {"2013-09-13T16:05:28.1234569Z", 1379088328 * SECOND + 123456},
    {"2013-09-13T16:05:28.000000999999999999999999999999999Z", 1379088328 * SECOND},
    {"2013-09-14T01:05:28+09:00", 1379088328 * SECOND},
    {"2013-09-13T10:05:28-06:00", 1379088328 * SECOND},
    {"2012-02-29T00:00:00Z", 1330473600 * SECOND},
    {"2000-02-29T00:00:00Z", 951782400 * SECOND},
    {"2013-02-28T23:59:59Z", 1362095999 * SECOND},
    {"2013-03-01T00:00:00Z", 1362096000 * SECOND},
    {"2013-12-31T23:59:59Z", 1388534399 * SECOND},
    {"2024-01-31T15:30:00Z", 1706715000 * SECOND},
    {"2024-02-01T00:30:00+09:00", 1706715000 * SECOND},
    {"2038-01-19T03:14:08Z", (INT64_C(1) << 31) * SECOND},
    {"0000-01-01T00:00:00Z", INT64_C(-62167219200) * SECOND},
    {"0000-02-29T00:00:00Z", INT64_C(-62162121600) * SECOND},
    {"0001-01-01T00:00:00Z", INT64_C(-62135596800) * SECOND},
    {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799) * SECOND + 999999},
    {"9999-12-31T23:59:59-23:59", (INT64_C(253402300799) + 86340) * SECOND},
    {"0000-01-01T00:00:00+23:59", (INT64_C(-62167219200) - 86340) * SECOND},
    /* Leap seconds, of which each counts in the second before. */
    {"2016-12-31T23:59:60Z", 1483228799 * SECOND},
    {"2016-12-31t23:59:60.5z", 1483228799 * SECOND + 500000},
    {"2016-12-31T23:59:60.999999999Z", 1483228799 * SECOND + 999999},
    {"2017-01-01T08:59:60+09:00", 1483228799 * SECOND},
    {"2017-01-01T05:44:60+05:45", 1483228799 * SECOND},
    {"2016-12-31T15:59:60-08:00", 1483228799 * SECOND},
    {"1990-12-31T15:59:60-08:00", 662687999 * SECOND}, /* RFC 3339's own example */
    {"2016-12-31T12:29:60-11:30", 1483228799 * SECOND},
    {"2015-06-30T23:59:60Z", 1435708799 * SECOND},
    {"2013-09-30T23:59:60Z", 1380585599 * SECOND},
    {"2016-02-29T23:59:60Z", 1456790399 * SECOND},
    {"2100-02-28T23:59:60Z", INT64_C(4107542399) * SECOND},
    {"1972-06-30T23:59:60Z", 78796799 * SECOND},
    {"1969-12-31T23:59:60Z", -SECOND},
    {"0000-12-31T23:59:60Z", INT64_C(-62135596801) * SECOND},
    {"9999-12-31T23:59:60Z", INT64_C(253402300799) * SECOND},
    {"0000-01-01T00:14:60+00:15", INT64_C(-62167219201) * SECOND},
};

START_TEST(good_times_are_read)
{
    int64_t time_us = 42;
    const char *problem = timestamp_parse(slice_of(good_times[_i].text), &time_us);

    ck_assert_msg(problem == NULL, "%s: %s", good_times[_i].text, problem);
    ck_assert_int_eq(time_us, good_times[_i].time_us);
}
END_TEST

static const struct {
    const char *text;
    const char *problem; /* a part of it */
} bad_times[] = {
    {"", "date"},
    {"2", "date"},
    {"now", "date"},
    {"infinity", "date"},
    {"1379088328", "date"},
    {"20130913T160528Z", "date"},
    {"13-09-13T16:05:28Z", "date"},
    {"02013-09-13T16:05:28Z", "date"},
    {"12013-09-13T16:05:28Z", "date"},
    {"+2013-09-13T16:05:28Z", "date"},
    {"-013-09-13T16:05:28Z", "date"},
    {"2013/09/13T16:05:28Z", "date"},
    {"2013-9-13T16:05:28Z", "date"},
    {"2013-09-3T16:05:28Z", "date"},
    {"2013-09", "date"},
    {"2013-W37-5T16:05:28Z", "date"},
    {"2013-256T16:05:28Z", "date"},
    {" 2013-09-13T16:05:28Z", "date"},
    {"2013-00-13T16:05:28Z", "no such day"},
    {"2013-13-13T16:05:28Z", "no such day"},
    {"2013-09-00T16:05:28Z", "no such day"},
    {"2013-01-32T16:05:28Z", "no such day"},
    {"2013-02-29T16:05:28Z", "no such day"},
    {"2012-02-30T16:05:28Z", "no such day"},
    {"1900-02-29T16:05:28Z", "no such day"},
    {"2100-02-29T16:05:28Z", "no such day"},
    {"2013-04-31T16:05:28Z", "no such day"},
    {"2013-06-31T16:05:28Z", "no such day"},
    {"2013-09-31T16:05:28Z", "no such day"},
    {"2013-11-31T16:05:28Z", "no such day"},
    {"2013-12-99T16:05:28Z", "no such day"},
    {"2013-09-13", "no T"},
    {"2013-09-13 16:05:28Z", "no T"},
    {"2013-09-13_16:05:28Z", "no T"},
    {"2013-09-13Z", "no T"},
    {"2013-09-133T16:05:28Z", "no T"},
    {"2013-09-13T", "not a time"},
    {"2013-09-13T16", "not a time"},
    {"2013-09-13T16Z", "not a time"},
    {"2013-09-13T16:05", "not a time"},
    {"2013-09-13T16:05Z", "not a time"},
    {"2013-09-13T16:05+09:00", "not a time"},
    {"2013-09-13T160528Z", "not a time"},
    {"2013-09-13T6:05:28Z", "not a time"},
    {"2013-09-13T16:5:28Z", "not a time"},
    {"2013-09-13T16:05:8Z", "not a time"},
    {"2013-09-13T16:05:", "not a time"},
    {"2013-09-13T -6:05:28Z", "not a time"},
    {"2013-09-13T24:00:00Z", "no such time"},
    {"2013-09-13T99:00:00Z", "no such time"},
    {"2013-09-13T16:60:00Z", "no such time"},
    {"2013-09-13T16:05:61Z", "no such time"},
    {"2016-12-31T23:59:61Z", "no such time"},
    {"2013-09-13T16:05:60Z", "second 60"},
    {"2013-09-13T23:59:60Z", "second 60"},
    {"2016-12-30T23:59:60Z", "second 60"},
    {"2017-01-01T23:59:60Z", "second 60"},
    {"2016-12-31T23:58:60Z", "second 60"},
    {"2016-12-31T22:59:60Z", "second 60"},
    {"2017-01-01T00:00:60Z", "second 60"},
    {"2016-12-31T23:59:60+09:00", "second 60"}, /* where it is local midnight */
    {"2016-12-31T23:59:60-00:01", "second 60"},
    {"2016-12-31T23:59:60+00:01", "second 60"},
    {"2016-02-28T23:59:60Z", "second 60"}, /* a leap year */
    {"2013-02-27T23:59:60Z", "second 60"},
    {"2016-12-31T23:59:60", "no offset"},
    {"2016-12-31T23:59:60.Z", "no digits"},
    {"2013-09-13T16:05:28.Z", "no digits"},
    {"2013-09-13T16:05:28.", "no digits"},
    {"2013-09-13T16:05:28.+09:00", "no digits"},
    {"2013-09-13T16:05:28.-5Z", "no digits"},
    {"2013-09-13T16:05:28", "no offset"},
    {"2013-09-13T16:05:28.5", "no offset"},
    {"2013-09-13T16:05:28,5Z", "no offset"},
    {"2013-09-13T16:05:28.5.5Z", "no offset"},
    {"2013-09-13T16:05:28.1e3Z", "no offset"},
    {"2013-09-13T16:05:280Z", "no offset"},
    {"2013-09-13T16:05:28 Z", "no offset"},
    {"2013-09-13T16:05:28UTC", "no offset"},
    {"2013-09-13T16:05:28+", "no offset"},
    {"2013-09-13T16:05:28+09", "no offset"},
    {"2013-09-13T16:05:28+09:", "no offset"},
    {"2013-09-13T16:05:28+09:0", "no offset"},
    {"2013-09-13T16:05:28+0900", "no offset"},
    {"2013-09-13T16:05:28+9:00", "no offset"},
    {"2013-09-13T16:05:28+24:00", "no offset"},
    {"2013-09-13T16:05:28+09:60", "no offset"},
    {"2013-09-13T16:05:28+-9:00", "no offset"},
    {"2013-09-13T16:05:28-+9:00", "no offset"},
    {"2013-09-13T16:05:28\xE2\x88\x92"
     "09:00",
     "no offset"}, /* U+2212, a typographic minus */
    {"2013-09-13T16:05:28Z ", "text after"},
    {"2013-09-13T16:05:28Z\n", "text after"},
    {"2013-09-13T16:05:28ZZ", "text after"},
    {"2013-09-13T16:05:28Z+09:00", "text after"},
    {"2013-09-13T16:05:28+09:00Z", "text after"},
    {"2013-09-13T16:05:28+09:00:00", "text after"},
    {"2013-09-13T16:05:28+09:00[Asia/Tokyo]", "text after"},
};

START_TEST(bad_times_are_named)
{
    int64_t time_us = 42;
    const char *problem = timestamp_parse(slice_of(bad_times[_i].text), &time_us);

    ck_assert_msg(problem != NULL, "accepted: %s", bad_times[_i].text);
    ck_assert_msg(strstr(problem, bad_times[_i].problem) != NULL, "%s: %s", bad_times[_i].text,
                  problem);
    ck_assert_int_eq(time_us, 42);
}
END_TEST

/* In a buffer of its own, so that AddressSanitizer sees a read past the end. */
START_TEST(every_cut_of_a_time_is_bad)
{
    static const char whole[] = "2013-09-13T16:05:28.123456+09:00";
    int64_t time_us = 42;

    for (size_t length = 0; length < sizeof(whole) - 1; length++) {
        char *cut = malloc(length + 1);
        struct slice text = {cut + 1, length};

        memcpy(cut + 1, whole, length);
        ck_assert_ptr_nonnull(timestamp_parse(text, &time_us));
        free(cut);
    }
    ck_assert_int_eq(time_us, 42);
}
END_TEST

/* The C library's calendar is the oracle: every day from 1600 to 2399. */
START_TEST(every_day_is_where_the_calendar_puts_it)
{
    const time_t day = 24 * 60 * 60;
    const time_t first = -11676096000;
    const time_t last = 13569465600;

    for (time_t at = first; at < last; at += day) {
        char text[64];
        struct tm parts;
        int64_t time_us = 42;

        ck_assert_ptr_nonnull(gmtime_r(&at, &parts));
        strftime(text, sizeof(text), "%Y-%m-%dT12:34:56Z", &parts);
        ck_assert_ptr_null(timestamp_parse(slice_of(text), &time_us));
        ck_assert_int_eq(time_us, (at + 45296) * SECOND);
    }
}
END_TEST

/* Whether the last second of this day is followed by the first of another month, by the C library.
 */
static bool is_last_of_month(time_t day_begins)
{
    time_t next = day_begins + 24 * 60 * 60;
    struct tm parts;

    return gmtime_r(&next, &parts) != NULL && parts.tm_mday == 1;
}

START_TEST(second_60_is_at_the_end_of_months_alone)
{
    const time_t day = 24 * 60 * 60;
    const time_t last = 13569465600;

    for (time_t at = -11676096000; at < last; at += day) {
        char text[64];
        struct tm parts;
        int64_t time_us = 42;
        bool expected = is_last_of_month(at);

        ck_assert_ptr_nonnull(gmtime_r(&at, &parts));
        strftime(text, sizeof(text), "%Y-%m-%dT23:59:60Z", &parts);
        ck_assert_msg((timestamp_parse(slice_of(text), &time_us) == NULL) == expected, "%s", text);
        ck_assert_int_eq(time_us, expected ? (at + day - 1) * SECOND : 42);
    }
}
END_TEST

static Suite *timestamp_suite(void)
{
    Suite *suite = suite_create("timestamp");
    TCase *cases = tcase_create("timestamp");

    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, good_times_are_read, 0, COUNT(good_times));
    tcase_add_loop_test(cases, bad_times_are_named, 0, COUNT(bad_times));
    tcase_add_test(cases, every_cut_of_a_time_is_bad);
    tcase_add_test(cases, every_day_is_where_the_calendar_puts_it);
    tcase_add_test(cases, second_60_is_at_the_end_of_months_alone);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(timestamp_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
