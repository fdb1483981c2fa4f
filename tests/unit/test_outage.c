#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "kansen/outage.h"

#define LINES_MAX (4 * OUTAGE_REASONS_MAX)

/* What was logged, a line as "message|name=value|…". */
static char lines[LINES_MAX][256];
static int line_count;

static void keep(const struct logger *logger, enum log_level level, const char *message,
                 const struct log_field *fields, size_t count)
{
    char *line = lines[line_count++];
    size_t used = (size_t)snprintf(line, sizeof(lines[0]), "%s", message);

    (void)logger;
    (void)level;
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(line + used, sizeof(lines[0]) - used, "|%s=%s", fields[i].name,
                                 fields[i].value);
}

static const struct logger logger = {keep};

static struct outage postgres(void)
{
    line_count = 0;
    return (struct outage){.logger = &logger, .gone = "away", .back = "back"};
}

START_TEST(an_outage_is_told_once_at_its_begin_and_once_at_its_end)
{
    struct outage outage = postgres();

    for (int i = 0; i < 100; i++)
        outage_begin(&outage, "connection refused");
    ck_assert(outage_is_on(&outage));
    for (int i = 0; i < 100; i++)
        outage_end(&outage);
    ck_assert(!outage_is_on(&outage));
    ck_assert_int_eq(line_count, 2);
    ck_assert_str_eq(lines[0], "away|reason=connection refused");
    ck_assert_str_eq(lines[1], "back|after_s=0");
}
END_TEST

START_TEST(what_was_never_away_is_not_told_to_be_back)
{
    struct outage outage = postgres();

    outage_end(&outage);
    ck_assert_int_eq(line_count, 0);
}
END_TEST

START_TEST(another_reason_is_told_and_an_old_one_is_not_told_again)
{
    struct outage outage = postgres();

    for (int i = 0; i < 10; i++) {
        outage_begin(&outage, "refused");
        outage_begin(&outage, "starting up");
    }
    ck_assert_int_eq(line_count, 2);
    ck_assert_str_eq(lines[1], "away|reason=starting up");
}
END_TEST

START_TEST(the_next_outage_tells_its_reason_again)
{
    struct outage outage = postgres();

    outage_begin(&outage, "refused");
    outage_end(&outage);
    outage_begin(&outage, "refused");
    ck_assert_int_eq(line_count, 3);
    ck_assert_str_eq(lines[2], "away|reason=refused");
}
END_TEST

START_TEST(numbers_make_no_other_reason)
{
    struct outage outage = postgres();

    outage_begin(&outage, "no answer after 1001 ms");
    outage_begin(&outage, "no answer after 2000 ms");
    ck_assert_int_eq(line_count, 1);
}
END_TEST

START_TEST(more_reasons_than_are_remembered_are_all_told)
{
    struct outage outage = postgres();
    char reason[] = "a";

    for (int i = 0; i < 3 * OUTAGE_REASONS_MAX; i++, reason[0]++)
        outage_begin(&outage, reason);
    ck_assert_int_eq(line_count, 3 * OUTAGE_REASONS_MAX);
    ck_assert(outage_is_on(&outage));
}
END_TEST

START_TEST(two_things_do_not_hide_each_other)
{
    struct outage first = postgres();
    struct outage second = postgres();

    second.name = "topic";
    second.value = "detections";
    outage_begin(&first, "refused");
    outage_begin(&second, "refused");
    outage_end(&second);
    ck_assert_int_eq(line_count, 3);
    ck_assert_str_eq(lines[1], "away|reason=refused|topic=detections");
    ck_assert_str_eq(lines[2], "back|after_s=0|topic=detections");
    ck_assert(outage_is_on(&first));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("outage");
    TCase *cases = tcase_create("outage");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(cases, an_outage_is_told_once_at_its_begin_and_once_at_its_end);
    tcase_add_test(cases, what_was_never_away_is_not_told_to_be_back);
    tcase_add_test(cases, another_reason_is_told_and_an_old_one_is_not_told_again);
    tcase_add_test(cases, the_next_outage_tells_its_reason_again);
    tcase_add_test(cases, numbers_make_no_other_reason);
    tcase_add_test(cases, more_reasons_than_are_remembered_are_all_told);
    tcase_add_test(cases, two_things_do_not_hide_each_other);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
