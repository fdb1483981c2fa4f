/* How many messages were rejected for each reason, and the first of them. */

#include "ingest/store/rejected.h"

#include <check.h>
#include <stdlib.h>

#define LETTERS(array)                                                                             \
    (struct batch)                                                                                 \
    {                                                                                              \
        .dead_letters = (array), .dead_letter_count = sizeof(array) / sizeof((array)[0])           \
    }

START_TEST(the_first_of_each_reason_is_kept)
{
    struct batch_dead_letter later[] = {
        {{.offset = 15}, REJECT_BAD_NAME, "detail of 15"},
        {{.offset = 16}, REJECT_BAD_NAME, "detail of 16"},
        {{.offset = 9, .element = 2}, REJECT_BAD_HASH, "detail of 9[2]"},
    };
    struct batch_dead_letter earlier[] = {
        {{.offset = 7, .element = 3}, REJECT_BAD_HASH, "detail of 7[3]"},
        {{.offset = 7, .element = 1}, REJECT_BAD_HASH, "detail of 7[1]"},
    };
    struct batch first = LETTERS(later);
    struct batch second = LETTERS(earlier);
    static struct rejected rejected;

    /* What PostgreSQL refuses comes behind the other dead letters of its batch. */
    rejected_add(&rejected, &first);
    rejected_add(&rejected, &second);
    ck_assert_uint_eq(rejected.reasons[REJECT_BAD_HASH].count, 3);
    ck_assert_int_eq(rejected.reasons[REJECT_BAD_HASH].offset, 7);
    ck_assert_uint_eq(rejected.reasons[REJECT_BAD_HASH].element, 1);
    ck_assert_str_eq(rejected.reasons[REJECT_BAD_HASH].detail, "detail of 7[1]");
    ck_assert_uint_eq(rejected.reasons[REJECT_BAD_NAME].count, 2);
    ck_assert_int_eq(rejected.reasons[REJECT_BAD_NAME].offset, 15);
    ck_assert_str_eq(rejected.reasons[REJECT_BAD_NAME].detail, "detail of 15");
    ck_assert_uint_eq(rejected.reasons[REJECT_NUL].count, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rejected");
    TCase *tcase = tcase_create("rejected");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, the_first_of_each_reason_is_kept);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
