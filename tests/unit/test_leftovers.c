/* What a signal must not leave behind. */
#include "process/leftovers.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const files[] = {"one", "two", NULL};
static char folder[] = "/tmp/kansen-leftovers-XXXXXX";
static char file[64];
static char inner[64];

static void setup(void)
{
    strcpy(folder, "/tmp/kansen-leftovers-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(file, sizeof(file), "%s/file.XXXXXX", folder);
    snprintf(inner, sizeof(inner), "%s/inner.XXXXXX", folder);
}

static void teardown(void)
{
    ck_assert_int_eq(rmdir(folder), 0); /* nothing is left in it */
}

static void write_in(const char *name)
{
    char path[128];
    FILE *out;

    snprintf(path, sizeof(path), "%s/%s", inner, name);
    out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fclose(out);
}

static void make_all(void)
{
    int made = leftovers_make_file(file);

    ck_assert_int_ge(made, 0);
    close(made);
    ck_assert(leftovers_make_folder(inner, files));
    write_in("one");
}

START_TEST(all_of_it_goes)
{
    make_all();
    leftovers_remove();
    ck_assert_int_ne(access(file, F_OK), 0);
    ck_assert_int_ne(access(inner, F_OK), 0);
}
END_TEST

START_TEST(one_by_one_it_goes_too)
{
    make_all();
    write_in("two");
    leftovers_take_away(inner);
    ck_assert_int_ne(access(inner, F_OK), 0);
    ck_assert_int_eq(access(file, F_OK), 0);
    leftovers_take_away(file);
    ck_assert_int_ne(access(file, F_OK), 0);
    leftovers_take_away(file); /* once more does no harm */
}
END_TEST

START_TEST(what_has_got_its_name_stays)
{
    char name[64];

    make_all();
    snprintf(name, sizeof(name), "%s/name", folder);
    ck_assert(leftovers_keep_file(file, name));
    leftovers_remove();
    ck_assert_int_eq(unlink(name), 0);
    ck_assert_int_ne(access(inner, F_OK), 0);
}
END_TEST

START_TEST(a_name_that_can_t_be_given_leaves_it_noted)
{
    make_all();
    ck_assert(!leftovers_keep_file(file, "/nonexistent/name"));
    ck_assert_int_eq(errno, ENOENT);
    leftovers_remove();
    ck_assert_int_ne(access(file, F_OK), 0);
}
END_TEST

/* It would write on. */
START_TEST(the_child_is_ended_first)
{
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0)
        for (;;)
            pause();
    leftovers_block();
    leftovers_note_child(child);
    leftovers_unblock();
    leftovers_remove();
    ck_assert_int_eq(kill(child, 0), -1);
    ck_assert_int_eq(errno, ESRCH);
}
END_TEST

START_TEST(files_have_the_rights_of_any_other)
{
    struct stat state;
    mode_t before = umask(027);
    int made = leftovers_make_file(file);

    umask(before);
    ck_assert_int_eq(fstat(made, &state), 0);
    ck_assert_uint_eq(state.st_mode & 0777, 0640);
    close(made);
    leftovers_take_away(file);
}
END_TEST

START_TEST(what_can_t_be_noted_is_not_made)
{
    static char path[LEFTOVERS_PATH_SIZE + 16];

    memset(path, 'x', sizeof(path) - 1);
    ck_assert_int_eq(leftovers_make_file(path), -1);
    ck_assert_int_eq(errno, ENAMETOOLONG);
    ck_assert(!leftovers_make_folder(path, files));
    strcpy(file, "/nonexistent/file.XXXXXX");
    ck_assert_int_eq(leftovers_make_file(file), -1);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("leftovers");
    TCase *tests = tcase_create("leftovers");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, all_of_it_goes);
    tcase_add_test(tests, one_by_one_it_goes_too);
    tcase_add_test(tests, what_has_got_its_name_stays);
    tcase_add_test(tests, a_name_that_can_t_be_given_leaves_it_noted);
    tcase_add_test(tests, the_child_is_ended_first);
    tcase_add_test(tests, files_have_the_rights_of_any_other);
    tcase_add_test(tests, what_can_t_be_noted_is_not_made);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
