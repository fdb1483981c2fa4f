/* What was meant by a mistyped word. */
#include "text/nearest.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *one;
    const char *other;
    size_t slips;
} distances[] = {
    {"", "", 0},
    {"", "abc", 3},
    {"stats", "stats", 0},
    {"reprot", "report", 1}, /* two exchanged */
    {"stat", "stats", 1},    /* one is missing */
    {"loaad", "load", 1},    /* one too many */
    {"thread", "threat", 1}, /* another one */
    {"REPORT", "report", 0}, /* case doesn't count */
    {"until_end", "until-end", 0},
    {"ca", "abc", 3}, /* what was exchanged is not changed once more */
    {"kitten", "sitting", 3},
    {"感線", "感染", 1}, /* characters, not bytes */
    {"a\xff", "ab", 1},  /* what is no UTF-8 is one character */
};

START_TEST(slips_are_counted_both_ways)
{
    ck_assert_uint_eq(nearest_slips(distances[_i].one, distances[_i].other), distances[_i].slips);
    ck_assert_uint_eq(nearest_slips(distances[_i].other, distances[_i].one), distances[_i].slips);
}
END_TEST

START_TEST(words_without_end_are_compared_by_their_beginning)
{
    char one[1000];
    char other[1000];

    memset(one, 'a', sizeof(one) - 1);
    memset(other, 'b', sizeof(other) - 1);
    one[sizeof(one) - 1] = other[sizeof(other) - 1] = '\0';
    ck_assert_uint_eq(nearest_slips(one, other), 64);
}
END_TEST

static const char *const words[] = {"from",   "to",    "top",    "format", "follow",
                                    "replay", "relay", "remove", "stats",  "status",
                                    "list",   "seed",  "since",  "日本",   NULL};

static const struct {
    const char *typed;
    const char *question;
} meant[] = {
    {"form", "; did you mean from or format?"}, /* one slip, or not finished */
    {"fromat", "; did you mean format?"},
    {"frmo", "; did you mean from?"},
    {"forma", "; did you mean format?"},
    {"FORMAT", "; did you mean format?"},
    {"tpo", "; did you mean to or top?"},
    {"re", "; did you mean replay, relay or remove?"},
    {"stat", "; did you mean stats or status?"},
    {"rmeove", "; did you mean remove?"},
    {"日木", "; did you mean 日本?"},
    {"", ""},
    {"x", ""},
    {"l", ""},  /* the first letter alone */
    {"ls", ""}, /* two slips in two letters */
    {"frobnicate", ""},
    {"seeeeed", ""},
};

START_TEST(the_nearest_are_asked_for_and_nothing_far)
{
    struct nearest nearest;
    char text[128];

    nearest_start(&nearest, meant[_i].typed);
    for (size_t i = 0; words[i] != NULL; i++)
        nearest_offer(&nearest, words[i]);
    ck_assert_str_eq(nearest_question(&nearest, "", text, sizeof(text)), meant[_i].question);
}
END_TEST

START_TEST(what_is_shown_may_be_more_than_what_was_compared)
{
    struct nearest nearest;
    char text[64];

    nearest_start(&nearest, "verfiy");
    nearest_offer_as(&nearest, "verify", "db verify");
    nearest_offer_as(&nearest, "verify", "db verify"); /* is named once */
    ck_assert_str_eq(nearest_question(&nearest, "kansen ", text, sizeof(text)),
                     "; did you mean kansen db verify?");
}
END_TEST

START_TEST(no_more_are_named_than_have_room)
{
    static const char *const many[] = {"aa1", "aa2", "aa3", "aa4", "aa5", "aa6", "aa7"};
    struct nearest nearest;
    char text[16];

    nearest_start(&nearest, "aa");
    for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++)
        nearest_offer(&nearest, many[i]);
    ck_assert_uint_eq(nearest.count, NEAREST_MAX);
    ck_assert_str_eq(nearest_question(&nearest, "", text, sizeof(text)), "; did you mean ");
}
END_TEST

static Suite *nearest_suite(void)
{
    Suite *suite = suite_create("nearest");
    TCase *cases = tcase_create("nearest");

    tcase_add_loop_test(cases, slips_are_counted_both_ways, 0,
                        sizeof(distances) / sizeof(distances[0]));
    tcase_add_test(cases, words_without_end_are_compared_by_their_beginning);
    tcase_add_loop_test(cases, the_nearest_are_asked_for_and_nothing_far, 0,
                        sizeof(meant) / sizeof(meant[0]));
    tcase_add_test(cases, what_is_shown_may_be_more_than_what_was_compared);
    tcase_add_test(cases, no_more_are_named_than_have_room);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(nearest_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
