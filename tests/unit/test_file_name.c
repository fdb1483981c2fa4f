/* Names of threats as parts of files' names: legible, harmless, and never the same for two. */
#include "text/file_name.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    const char *text;
    const char *name;
} cases[] = {
    {"bitcoin-miner_1.0", "bitcoin-miner_1.0"},
    {"ビットコイン発掘", "ビットコイン発掘"},
    {"Émotet & Co. (2013)", "Émotet & Co. (2013)"},
    {"🦠 worm", "🦠 worm"},
    {"a\xE3\x80\x80"
     "b",
     "a\xE3\x80\x80"
     "b"}, /* an ideographic space */
    {"a/b", "a%2Fb"},
    {"a\\b", "a%5Cb"},
    {"..", "%2E."},
    {".hidden", "%2Ehidden"},
    {"-rf", "%2Drf"},
    {" a", "%20a"},
    {"a.b-c d", "a.b-c d"},
    {"a%2Fb", "a%252Fb"},
    {"100%", "100%25"},
    {"<>:\"|?*", "%3C%3E%3A%22%7C%3F%2A"},
    {"a#b", "a%23b"},
    {"a~b", "a%7Eb"},
    {"\x01\n\x7F", "%01%0A%7F"},
    {"\xE2\x80\xAEgpj.exe", "%E2%80%AEgpj.exe"}, /* right to left */
    {"\xFF", "%FF"},
    {"a\xC3", "a%C3"},
    {"\xEF\xBF\xBD", "\xEF\xBF\xBD"}, /* U+FFFD itself */
    {"e\xCC\x81", "e\xCC\x81"},       /* é of two characters stays what it is */
    {"", ""},
};

START_TEST(names_survive)
{
    char name[FILE_NAME_PART_MAX + 1];

    file_name_part(cases[_i].text, name);
    ck_assert_str_eq(name, cases[_i].name);
}
END_TEST

/* Pairs that one careless rule or another would give one file. */
static const char *const pairs[][2] = {
    {"a/b", "a_b"},     {"a/b", "a%2Fb"},         {"a~b", "a%7Eb"}, {"worm", "Worm"},
    {"é", "e\xCC\x81"}, {"\xFF", "\xEF\xBF\xBD"}, {".a", "%2Ea"},   {"a b", "a_b"},
    {"a", "a "},        {"感染", "感 染"},
};

START_TEST(different_names_stay_different)
{
    char one[FILE_NAME_PART_MAX + 1];
    char other[FILE_NAME_PART_MAX + 1];

    file_name_part(pairs[_i][0], one);
    file_name_part(pairs[_i][1], other);
    ck_assert_str_ne(one, other);
}
END_TEST

/* `count` times the text, then the end. */
static void repeat(const char *text, int count, const char *end, char *out)
{
    *out = '\0';
    for (int i = 0; i < count; i++)
        strcat(out, text);
    strcat(out, end);
}

static const struct {
    const char *text;
    int count;
    size_t kept; /* bytes in front of the digest */
} long_cases[] = {
    {"a", 200, 143}, {"感", 60, 141}, {"🦠", 60, 140}, {"/", 60, 141}, {"ab/", 50, 142}};

START_TEST(long_names_are_cut_at_a_character_and_still_differ)
{
    char text[1024];
    char one[FILE_NAME_PART_MAX + 1];
    char other[FILE_NAME_PART_MAX + 1];

    repeat(long_cases[_i].text, long_cases[_i].count, "1", text);
    file_name_part(text, one);
    repeat(long_cases[_i].text, long_cases[_i].count, "2", text);
    file_name_part(text, other);
    ck_assert_str_ne(one, other);
    ck_assert_uint_eq(strcspn(one, "~"), long_cases[_i].kept);
    ck_assert_uint_eq(strlen(one), long_cases[_i].kept + 17);
    ck_assert_uint_eq(strspn(one + long_cases[_i].kept + 1, "0123456789abcdef"), 16);
}
END_TEST

START_TEST(a_name_that_just_fits_is_whole)
{
    char text[1024];
    char name[FILE_NAME_PART_MAX + 1];

    repeat("a", FILE_NAME_PART_MAX, "", text);
    file_name_part(text, name);
    ck_assert_str_eq(name, text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file_name");
    TCase *tests = tcase_create("file_name");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(tests, names_survive, 0, COUNT(cases));
    tcase_add_loop_test(tests, different_names_stay_different, 0, COUNT(pairs));
    tcase_add_loop_test(tests, long_names_are_cut_at_a_character_and_still_differ, 0,
                        COUNT(long_cases));
    tcase_add_test(tests, a_name_that_just_fits_is_whole);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
