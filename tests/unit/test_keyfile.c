/* Files of `key = value` lines: what is read, and where a mistake is named. */
#include "config/keyfile.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/keyfile.XXXXXX";

static void make_file(void)
{
    int descriptor;

    strcpy(path + strlen(path) - 6, "XXXXXX");
    descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
}

static void remove_file(void)
{
    unlink(path);
}

static void write_file(const char *text, size_t length)
{
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

/* Writes each line as "[section]key=value;"; refuses the key "bad". */
static enum status note_line(void *context, const char *section, const char *key, const char *value,
                             struct error *error)
{
    char *notes = context;

    if (strcmp(key, "bad") == 0)
        return error_set(error, STATUS_REJECT, "\"%s\" is refused", value);
    sprintf(notes + strlen(notes), "[%s]%s=%s;", section, key, value);
    return STATUS_OK;
}

static const struct {
    const char *text;
    const char *notes;
} accepted[] = {
    {"", ""},
    {"\n\n  \n", ""},
    {"# a = b\n  # c = d\n", ""},
    {"a = b", "[]a=b;"},
    {"a=b\n", "[]a=b;"},
    {"\t a  =  b c \t\r\n", "[]a=b c;"},
    {"a =\n", "[]a=;"},
    {"a = b = c\n", "[]a=b = c;"},
    {"a = # no comment\n", "[]a=# no comment;"},
    {"a = \"x\" 'y' \\n\n", "[]a=\"x\" 'y' \\n;"},
    {"a = [b]\n", "[]a=[b];"},
    {"a = 1\na = 2\n", "[]a=1;[]a=2;"},
    {"a = 0\n[one]\na = 1\n [ two ] \na = 2\n[]\na = 3", "[]a=0;[one]a=1;[two]a=2;[]a=3;"},
    {"名前 = 感染\n", "[]名前=感染;"},
};

START_TEST(lines_are_read)
{
    char notes[512] = "";
    struct error error = {""};

    write_file(accepted[_i].text, strlen(accepted[_i].text));
    ck_assert_msg(keyfile_read(path, note_line, notes, &error) == STATUS_OK, "%s", error.message);
    ck_assert_str_eq(notes, accepted[_i].notes);
}
END_TEST

#define TEXT(text) text, sizeof(text) - 1

static const struct {
    const char *text;
    size_t length;
    int line;
    const char *why;
} refused[] = {
    {TEXT("word\n"), 1, "expected \"key = value\""},
    {TEXT("a = b\n\n# c\nword"), 4, "expected \"key = value\""},
    {TEXT("= b\n"), 1, "no key in front of ="},
    {TEXT("  \t= b\n"), 1, "no key in front of ="},
    {TEXT("[one\na = b\n"), 1, "a section starts with [ and ends with ]"},
    {TEXT("a = b\n[\n"), 2, "a section starts with [ and ends with ]"},
    {TEXT("[one] a = b\n"), 1, "a section starts with [ and ends with ]"},
    {TEXT("a = b\nb = c\0d\n"), 2, "the line holds a NUL byte"},
    {TEXT("a = b\n[s]\nbad = x\na = c\n"), 3, "\"x\" is refused"},
};

START_TEST(a_mistake_is_named_with_its_place)
{
    char notes[512] = "";
    char expected[ERROR_MESSAGE_SIZE];
    struct error error = {""};

    write_file(refused[_i].text, refused[_i].length);
    ck_assert_int_eq(keyfile_read(path, note_line, notes, &error), STATUS_REJECT);
    snprintf(expected, sizeof(expected), "%s:%d: %s", path, refused[_i].line, refused[_i].why);
    ck_assert_str_eq(error.message, expected);
    /* Nothing behind the mistake is read. */
    ck_assert_ptr_null(strstr(notes, "a=c"));
}
END_TEST

START_TEST(a_long_line_is_read_whole)
{
    static char text[100000];
    static char notes[110000];
    struct error error;

    memset(text, 'x', sizeof(text));
    memcpy(text, "a = ", 4);
    write_file(text, sizeof(text));
    *notes = '\0';
    ck_assert_int_eq(keyfile_read(path, note_line, notes, &error), STATUS_OK);
    ck_assert_uint_eq(strlen(notes), sizeof(text) - 4 + strlen("[]a=;"));
}
END_TEST

/* What never ends must not fill the memory. */
START_TEST(a_line_without_end_is_refused)
{
    static char text[2 * 1024 * 1024];
    char notes[4096] = "";
    struct error error;

    memset(text, 'x', sizeof(text));
    memcpy(text, "a = b\nc = ", 10);
    write_file(text, sizeof(text));
    ck_assert_int_eq(keyfile_read(path, note_line, notes, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, ":2: the line is longer than 1048575 bytes"));
    ck_assert_str_eq(notes, "[]a=b;");
    ck_assert_int_eq(keyfile_read("/dev/zero", note_line, notes, &error), STATUS_REJECT);
}
END_TEST

START_TEST(a_file_that_can_not_be_read_is_named)
{
    static const char *const paths[] = {"/nonexistent/kansen.conf", "/tmp"};
    struct error error = {""};

    ck_assert_int_eq(keyfile_read(paths[_i], note_line, NULL, &error), STATUS_FATAL);
    ck_assert_msg(strncmp(error.message, paths[_i], strlen(paths[_i])) == 0, "%s", error.message);
}
END_TEST

static Suite *keyfile_suite(void)
{
    Suite *suite = suite_create("keyfile");
    TCase *cases = tcase_create("keyfile");

    tcase_add_checked_fixture(cases, make_file, remove_file);
    tcase_add_loop_test(cases, lines_are_read, 0, sizeof(accepted) / sizeof(accepted[0]));
    tcase_add_loop_test(cases, a_mistake_is_named_with_its_place, 0,
                        sizeof(refused) / sizeof(refused[0]));
    tcase_add_test(cases, a_long_line_is_read_whole);
    tcase_add_test(cases, a_line_without_end_is_refused);
    tcase_add_loop_test(cases, a_file_that_can_not_be_read_is_named, 0, 2);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(keyfile_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
