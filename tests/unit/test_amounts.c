/* Amounts in the words of people. */
#include "operate/amounts.h"

#include <check.h>
#include <stdlib.h>

static const struct {
    int64_t count;
    const char *text;
} counts[] = {
    {0, "0"},
    {999, "999"},
    {1000, "1,000"},
    {1234567, "1,234,567"},
    {INT64_MAX, "9,223,372,036,854,775,807"},
};

START_TEST(counts_have_their_thousands_parted)
{
    char text[AMOUNT_SIZE];

    ck_assert_str_eq(amount_count(counts[_i].count, text), counts[_i].text);
}
END_TEST

static const struct {
    int64_t bytes;
    const char *text;
} sizes[] = {
    {0, "0 bytes"},         {1023, "1023 bytes"}, {1024, "1.0 kB"},
    {10239, "9.9 kB"},      {10240, "10 kB"},     {1048575, "1023 kB"},
    {1048576, "1.0 MB"},    {1234567, "1.1 MB"},  {INT64_C(5) << 40, "5.0 TB"},
    {INT64_MAX, "8191 PB"},
};

START_TEST(sizes_have_two_digits_at_least_and_are_rounded_down)
{
    char text[AMOUNT_SIZE];

    ck_assert_str_eq(amount_bytes(sizes[_i].bytes, text), sizes[_i].text);
}
END_TEST

static const struct {
    int64_t seconds;
    const char *text;
} times[] = {
    {0, "0 s"},          {119, "119 s"},
    {120, "2 min"},      {3599, "59 min"},
    {3600, "1 h 0 min"}, {86399, "23 h 59 min"},
    {86400, "1 d 0 h"},  {INT64_C(400) * 86400 + 7200, "400 d 2 h"},
};

START_TEST(times_are_as_exact_as_they_are_short)
{
    char text[AMOUNT_SIZE];

    ck_assert_str_eq(amount_time(times[_i].seconds, text), times[_i].text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("amounts");
    TCase *tests = tcase_create("amounts");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(tests, counts_have_their_thousands_parted, 0,
                        (int)(sizeof(counts) / sizeof(counts[0])));
    tcase_add_loop_test(tests, sizes_have_two_digits_at_least_and_are_rounded_down, 0,
                        (int)(sizeof(sizes) / sizeof(sizes[0])));
    tcase_add_loop_test(tests, times_are_as_exact_as_they_are_short, 0,
                        (int)(sizeof(times) / sizeof(times[0])));
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
