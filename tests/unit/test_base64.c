/* RFC 4648, section 10, and what is no base64. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "text/base64.h"

static const struct {
    const char *text;
    const char *bytes;
} vectors[] = {
    {"", ""},
    {"Zg==", "f"},
    {"Zm8=", "fo"},
    {"Zm9v", "foo"},
    {"Zm9vYg==", "foob"},
    {"Zm9vYmE=", "fooba"},
    {"Zm9vYmFy", "foobar"},
    {"+/+/", "\xFB\xFF\xBF"},
};

#define COUNT(list) (int)(sizeof(list) / sizeof((list)[0]))

START_TEST(the_examples_of_the_standard_are_read_and_written)
{
    char read[BASE64_BYTES_MAX(64)];
    char *written = NULL;
    size_t size = 0;
    size_t count = 99;
    FILE *out = open_memstream(&written, &size);

    ck_assert_ptr_nonnull(out);
    ck_assert(base64_read(vectors[_i].text, strlen(vectors[_i].text), read, &count));
    ck_assert_uint_eq(count, strlen(vectors[_i].bytes));
    ck_assert_mem_eq(read, vectors[_i].bytes, count);
    base64_write(out, vectors[_i].bytes, count);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_str_eq(written, vectors[_i].text);
    free(written);
}
END_TEST

static const char *const none[] = {"Z",       "Zg",       "Zg=",      "=",        "====",
                                   "Z===",    "Zg==Zg==", "Zm 8",     "Zm8\n",    "Zm-_",
                                   "Zm8\xC3", "Zg=g",     "Zm9v=Zm9", "Zm9v\nZg="};

START_TEST(what_is_not_padded_or_has_anything_else_in_it_is_none)
{
    char read[BASE64_BYTES_MAX(64)];
    size_t count = 99;

    ck_assert_msg(!base64_read(none[_i], strlen(none[_i]), read, &count), "%s", none[_i]);
    ck_assert_uint_eq(count, 99);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base64");
    TCase *cases = tcase_create("base64");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_loop_test(cases, the_examples_of_the_standard_are_read_and_written, 0,
                        COUNT(vectors));
    tcase_add_loop_test(cases, what_is_not_padded_or_has_anything_else_in_it_is_none, 0,
                        COUNT(none));
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
