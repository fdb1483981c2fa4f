/* What the window is compared with, and what of it may be seen. tests/e2e/test_compared.py has the
 * whole of it, against a model that shares nothing with the program. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dimensions_fixture.h"

/* ---- percentages of change */

static const struct {
    int64_t before, after, hundredths, percent;
} changes[] = {
    {2518, 3828, 5203, 52},
    {5867, 2518, -5708, -57},
    {200, 201, 50, 1}, /* halves away from zero, each from the counts themselves */
    {200, 199, -50, -1},
    {201, 200, -50, 0},
    {20000, 20001, 1, 0},
    {1, 0, -10000, -100},
    {7, 7, 0, 0},
    {1, 1000, 9990000, 99900},
    {INT64_MAX, INT64_MAX - 1, 0, 0},
    {INT64_MAX, 0, -10000, -100},
    {1, INT64_MAX, INT64_MAX, INT64_MAX},
};

START_TEST(changes_are_rounded_once)
{
    ck_assert_int_eq(comparison_hundredths(changes[_i].before, changes[_i].after),
                     changes[_i].hundredths);
    ck_assert_int_eq(comparison_percent(changes[_i].before, changes[_i].after),
                     changes[_i].percent);
}
END_TEST

/* ---- what is listed */

#define COUNTS_MAX 8

static const struct {
    const char *what;
    int64_t counts[COUNTS_MAX]; /* ended by 0 */
    size_t top;
    int64_t minimum;
    size_t listed;
} cuts[] = {
    {"no minimum", {9, 5, 1}, 10, 0, 3},
    {"the top alone", {9, 5, 1}, 2, 0, 2},
    {"none is small", {9, 5, 5}, 10, 5, 3},
    {"two small ones that are large enough together", {9, 4, 4}, 10, 5, 1},
    {"a small one takes the next with it", {9, 8, 4}, 10, 5, 1},
    {"two small ones that are small together too", {9, 8, 2, 2}, 10, 5, 1},
    {"equal ones go together", {9, 8, 8, 8, 4}, 10, 5, 1},
    {"a small one below the top needs no other", {9, 8, 7, 4}, 2, 5, 2},
    {"a small one just below the top, alone", {9, 8, 4}, 2, 5, 1},
    {"all are small", {4, 3, 2}, 10, 5, 0},
    {"one alone is small", {4}, 10, 5, 0},
    {"one alone beside a small one", {9, 4}, 10, 5, 0},
    {"nothing", {0}, 10, 5, 0},
};

START_TEST(small_counts_are_not_listed_nor_left_alone)
{
    size_t count = 0;

    while (count < COUNTS_MAX && cuts[_i].counts[count] > 0)
        count++;
    ck_assert_msg(shares_cut(cuts[_i].counts, count, cuts[_i].top, cuts[_i].minimum) ==
                      cuts[_i].listed,
                  "%s", cuts[_i].what);
}
END_TEST

/* ---- records and months in a row */

#define TREND_MONTHS 8

static const struct {
    const char *what;
    const char *states; /* c complete, p provisional; the window is the last three */
    int64_t infections[TREND_MONTHS];
    int month, since, as_high, as_low, rises, falls; /* indices; -1: none */
    bool whole;
} trends[] = {
    {"the highest of all", "cccccccc", {5, 4, 3, 2, 3, 4, 5, 6}, 7, 0, -1, 6, 4, 0, true},
    {"highest since the first", "cccccccc", {7, 4, 3, 2, 3, 4, 5, 6}, 7, 0, 0, 6, 4, 0, true},
    {"as high as one before", "cccccccc", {6, 4, 3, 2, 3, 4, 5, 6}, 7, 0, 0, 6, 4, 0, true},
    {"the lowest", "cccccccc", {9, 8, 8, 7, 6, 5, 4, 3}, 7, 0, 6, -1, 0, 5, true},
    {"no change", "cccccccc", {1, 1, 1, 1, 1, 1, 1, 1}, 7, 0, 6, 6, 0, 0, true},
    {"a gap ends what is known", "ccpccccc", {9, 9, 9, 2, 3, 4, 5, 6}, 7, 3, -1, 6, 4, 0, false},
    {"the last month is open", "cccccccp", {5, 4, 3, 2, 3, 4, 5, 1}, 6, 0, 0, 5, 3, 0, true},
    {"all of the window is open",
     "cccccppp",
     {5, 4, 3, 2, 3, 4, 5, 1},
     -1,
     -1,
     -1,
     -1,
     0,
     0,
     false},
    {"one month alone", "ccccccpc", {5, 4, 3, 2, 3, 4, 5, 1}, 7, 7, -1, -1, 0, 0, false},
};

static month_t month_at(const struct figures *figures, int index)
{
    return index < 0 ? -1 : figures->history[0].month + index;
}

START_TEST(records_hold_over_complete_months_without_a_gap)
{
    month_t to = month_from(2013, 8);
    struct figures *figures = fixture_empty(to - 2, to, 0);

    figures->history = calloc(TREND_MONTHS, sizeof(*figures->history));
    ck_assert_ptr_nonnull(figures->history);
    figures->history_count = TREND_MONTHS;
    figures->completeness.first_month = to - TREND_MONTHS + 1;
    for (int i = 0; i < TREND_MONTHS; i++) {
        struct month_figures *month = &figures->history[i];

        *month = (struct month_figures){.month = to - TREND_MONTHS + 1 + i,
                                        .infections = trends[_i].infections[i],
                                        .state = trends[_i].states[i] == 'c' ? MONTH_COMPLETE
                                                                             : MONTH_PROVISIONAL};
        if (month->month >= figures->from)
            figures->months[month->month - figures->from] = *month;
    }
    trend_find(figures);
    ck_assert_msg(figures->trend.month == month_at(figures, trends[_i].month), "%s",
                  trends[_i].what);
    ck_assert_msg(figures->trend.since == month_at(figures, trends[_i].since), "%s",
                  trends[_i].what);
    ck_assert_msg(figures->trend.as_high == month_at(figures, trends[_i].as_high), "%s",
                  trends[_i].what);
    ck_assert_msg(figures->trend.as_low == month_at(figures, trends[_i].as_low), "%s",
                  trends[_i].what);
    ck_assert_msg(figures->trend.rises == trends[_i].rises, "%s", trends[_i].what);
    ck_assert_msg(figures->trend.falls == trends[_i].falls, "%s", trends[_i].what);
    ck_assert_msg(figures->trend.whole == trends[_i].whole, "%s", trends[_i].what);
    figures_free(figures);
}
END_TEST

/* ---- what may be seen */

static bool is_small(int64_t count, int64_t minimum)
{
    return count > 0 && count < minimum;
}

/* Whoever subtracts all that a comparison shows of one side from its sum gets nothing small. */
static void check_side(const struct figures *figures, const struct dimension_figures *dimension,
                       enum base base, bool now)
{
    int64_t seen = 0;
    int64_t total = now ? figures->comparisons[base].now : figures->comparisons[base].before;
    bool small = false;
    size_t rows = dimension->line_count + dimension->left_count[base];

    for (size_t i = 0; i < rows; i++) {
        const struct against_figures *row =
            i < dimension->line_count ? &dimension->lines[i].against[base]
                                      : &dimension->left[base][i - dimension->line_count].against;
        int64_t count = now ? row->now : row->before;
        bool listed = i >= dimension->line_count ||
                      (row->now_rank > 0 && row->now_rank <= dimension->listed[base]);

        if (!listed)
            continue;
        small |= !row->shown && is_small(count, figures->suppress_below);
        if (!row->shown)
            continue;
        ck_assert_msg(!is_small(count, figures->suppress_below), "a small count is shown");
        seen += count;
    }
    if (small)
        ck_assert_msg(seen == 0 || total - seen >= figures->suppress_below,
                      "what is hidden is %jd together", (intmax_t)(total - seen));
}

static void check_months(const struct figures *figures, const struct dimension_figures *dimension)
{
    bool any = false;

    for (size_t i = 0; i < dimension->ranked; i++)
        any |= dimension->lines[i].months_shown;
    for (size_t month = 0; month < figures->month_count; month++) {
        int64_t sum = dimension->other_months[month];

        for (size_t i = 0; i < dimension->ranked; i++) {
            const struct line_figures *line = &dimension->lines[i];

            if (!line->months_shown)
                continue;
            sum += line->months[month];
            ck_assert(!is_small(line->months[month], figures->suppress_below));
        }
        ck_assert_int_eq(sum, figures->months[month].infections);
        if (any)
            ck_assert_msg(dimension->other.values == 0 &&
                                  dimension->other_months[month] <=
                                      dimension->other.unknown + dimension->other.beyond
                              ? true
                              : !is_small(dimension->other_months[month], figures->suppress_below),
                          "other is small in a month");
    }
}

START_TEST(nothing_small_is_shown_or_left_over)
{
    uint64_t state = 0x9e3779b97f4a7c15u + (uint64_t)_i;

    for (int round = 0; round < 60; round++) {
        struct figures *figures = fixture_dimensions(&state);

        for (size_t i = 0; i < figures->dimension_count; i++) {
            const struct dimension_figures *dimension = &figures->dimensions[i];
            int32_t shares = dimension->other.share;

            for (size_t line = 0; line < dimension->line_count; line++) {
                shares += dimension->lines[line].share;
                ck_assert_int_ge(dimension->lines[line].infections, figures->suppress_below);
            }
            ck_assert_int_eq(shares, dimension->total > 0 ? SHARE_WHOLE : 0);
            ck_assert_int_eq(dimension->total, figures->total);
            if (dimension->other.suppressed > 0 && dimension->ranked > 0)
                ck_assert_int_ge(dimension->other.infections - dimension->other.unknown -
                                     dimension->other.beyond,
                                 figures->suppress_below);
            check_months(figures, dimension);
            for (enum base base = 0; base < BASES; base++)
                if (figures->comparisons[base].known) {
                    check_side(figures, dimension, base, true);
                    check_side(figures, dimension, base, false);
                }
        }
        figures_free(figures);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("comparison");
    TCase *cases = tcase_create("comparison");
    SRunner *runner = srunner_create(suite);

    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, changes_are_rounded_once, 0, sizeof(changes) / sizeof(*changes));
    tcase_add_loop_test(cases, small_counts_are_not_listed_nor_left_alone, 0,
                        sizeof(cuts) / sizeof(*cuts));
    tcase_add_loop_test(cases, records_hold_over_complete_months_without_a_gap, 0,
                        sizeof(trends) / sizeof(*trends));
    tcase_add_loop_test(cases, nothing_small_is_shown_or_left_over, 0, 4);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
