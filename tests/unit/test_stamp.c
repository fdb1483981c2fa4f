#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "figures_fixture.h"
#include "reports/formats/stamp.h"

static const struct {
    int year, month;
    const char *stamp;
} ends[] = {
    {1970, 1, "1970-02-01T00:00:00Z"},  {2013, 11, "2013-12-01T00:00:00Z"},
    {2013, 12, "2014-01-01T00:00:00Z"}, {2024, 1, "2024-02-01T00:00:00Z"},
    {2024, 2, "2024-03-01T00:00:00Z"},  {2000, 2, "2000-03-01T00:00:00Z"},
    {2100, 2, "2100-03-01T00:00:00Z"},  {9999, 12, "9999-12-31T23:59:59Z"},
};

static enum status read_stamp(int year, int month, time_t *out, struct error *error)
{
    month_t last = month_from(year, month);
    struct figures *figures = fixture_empty(last, last, 0);
    const struct document document = {.figures = figures};
    enum status status = stamp_read(&document, out, error);

    figures_free(figures);
    return status;
}

START_TEST(a_file_is_dated_by_the_end_of_its_window)
{
    struct error error = {""};
    char text[STAMP_TEXT_SIZE];
    time_t stamp = 0;

    ck_assert_int_eq(unsetenv("SOURCE_DATE_EPOCH"), 0);
    ck_assert_int_eq(read_stamp(ends[_i].year, ends[_i].month, &stamp, &error), STATUS_OK);
    ck_assert_str_eq(stamp_format(stamp, text), ends[_i].stamp);
}
END_TEST

static const struct {
    const char *epoch;
    const char *stamp; /* NULL: refused */
} epochs[] = {
    {"", "2013-12-01T00:00:00Z"},
    {"0", "1970-01-01T00:00:00Z"},
    {"1385856001", "2013-12-01T00:00:01Z"},
    {"253402300799", "9999-12-31T23:59:59Z"},
    {"253402300800", NULL},
    {"99999999999999999999999", NULL},
    {"-1", NULL},
    {"+1", NULL},
    {" 1", NULL},
    {"1 ", NULL},
    {"1.5", NULL},
    {"2013-12-01", NULL},
    {"now", NULL},
};

START_TEST(source_date_epoch_is_taken_or_refused)
{
    struct error error = {""};
    char text[STAMP_TEXT_SIZE];
    time_t stamp = 7;

    ck_assert_int_eq(setenv("SOURCE_DATE_EPOCH", epochs[_i].epoch, 1), 0);

    enum status status = read_stamp(2013, 11, &stamp, &error);

    if (epochs[_i].stamp == NULL) {
        ck_assert_int_eq(status, STATUS_FATAL);
        ck_assert_ptr_nonnull(strstr(error.message, "SOURCE_DATE_EPOCH"));
        ck_assert_int_eq(stamp, 7);
    } else {
        ck_assert_int_eq(status, STATUS_OK);
        ck_assert_str_eq(stamp_format(stamp, text), epochs[_i].stamp);
    }
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
    Suite *suite = suite_create("stamp");
    TCase *cases = tcase_create("stamp");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(cases, a_file_is_dated_by_the_end_of_its_window, 0, COUNT(ends));
    tcase_add_loop_test(cases, source_date_epoch_is_taken_or_refused, 0, COUNT(epochs));
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
