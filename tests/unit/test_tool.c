#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/tool.h"

static const char *const files[] = {"input", "output", TOOL_MESSAGES, NULL};

static struct tool tool;

static void setup(void)
{
    struct error error = {""};

    ck_assert_msg(tool_open(&tool, "test", files, &error) == STATUS_OK, "%s", error.message);
}

static void teardown(void)
{
    tool_close(&tool);
    ck_assert_int_ne(access(tool.folder, F_OK), 0);
}

static enum status run(const char *script, struct error *error)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    const struct tool_program program = {.argv = argv, .missing = "install sh", .seconds_max = 1};

    return tool_run(&tool, &program, error);
}

START_TEST(a_program_makes_a_file_out_of_files)
{
    struct error error = {""};
    FILE *input = tool_file(&tool, "input", "w");
    char *bytes = NULL;
    size_t length = 0;

    ck_assert_ptr_nonnull(input);
    fputs("abc", input);
    ck_assert_int_eq(fclose(input), 0);
    ck_assert_int_eq(run("tr a-c A-C < input > output; printf '\\0x' >> output", &error),
                     STATUS_OK);
    ck_assert_int_eq(tool_read(&tool, "output", &bytes, &length, &error), STATUS_OK);
    ck_assert_uint_eq(length, 5);
    ck_assert_mem_eq(bytes, "ABC\0x", 6);
    free(bytes);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
    struct error error = {""};
    char *bytes = NULL;
    size_t length = 0;

    ck_assert_int_eq(tool_read(&tool, "output", &bytes, &length, &error), STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, "/output: No such file"));
    ck_assert_ptr_null(bytes);
}
END_TEST

static const struct {
    const char *script, *message;
} failures[] = {
    {"echo one >&2; echo '  two' >&2; echo >&2; exit 2", "sh failed:   two"},
    {"exit 3", "sh failed: no message"},
    {"kill -9 $$", "sh was ended by signal 9"},
    {"exec sleep 60", "sh took more than 1 seconds and was ended"},
};

START_TEST(a_program_that_fails_is_quoted)
{
    struct error error = {""};

    ck_assert_int_eq(run(failures[_i].script, &error), STATUS_FATAL);
    ck_assert_str_eq(error.message, failures[_i].message);
}
END_TEST

START_TEST(a_program_that_is_not_installed_is_another_matter)
{
    const char *const argv[] = {"kansen-no-such-program", NULL};
    const struct tool_program program = {.argv = argv, .missing = "install it", .seconds_max = 1};
    struct error error = {""};

    ck_assert_int_eq(tool_run(&tool, &program, &error), STATUS_REJECT);
    ck_assert_str_eq(error.message, "install it");
}
END_TEST

START_TEST(a_folder_that_cannot_be_made_is_named)
{
    struct error error = {""};
    struct tool other;
    char parent[FOLDER_PATH_SIZE + 2];

    ck_assert_int_eq(setenv("TMPDIR", "/nonexistent", 1), 0);
    ck_assert_int_eq(tool_open(&other, "test", files, &error), STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, "/nonexistent/kansen-test-"));
    memset(parent, 'x', sizeof(parent) - 1);
    parent[sizeof(parent) - 1] = '\0';
    ck_assert_int_eq(setenv("TMPDIR", parent, 1), 0);
    ck_assert_int_eq(tool_open(&other, "test", files, &error), STATUS_FATAL);
    ck_assert_str_eq(error.message, "TMPDIR is too long");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tool");
    TCase *cases = tcase_create("tool");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_program_makes_a_file_out_of_files);
    tcase_add_test(cases, a_file_that_is_not_there_is_named);
    tcase_add_loop_test(cases, a_program_that_fails_is_quoted, 0,
                        (int)(sizeof(failures) / sizeof(failures[0])));
    tcase_add_test(cases, a_program_that_is_not_installed_is_another_matter);
    tcase_add_test(cases, a_folder_that_cannot_be_made_is_named);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
