#include "text/secret_file.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "/tmp/kansen-secret-XXXXXX";

static void setup(void)
{
    int file;

    strcpy(path + strlen(path) - 6, "XXXXXX");
    file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    close(file);
}

static void teardown(void)
{
    unlink(path);
}

static void write_bytes(const char *bytes, size_t length)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static const struct {
    const char *bytes;
    size_t length;
    const char *secret; /* NULL: refused, for this reason: */
    const char *reason;
} files[] = {
    {"pass", 4, "pass", NULL},
    {"pass\n", 5, "pass", NULL},
    {"pass\r\n", 6, "pass", NULL},
    {" pass word ", 11, " pass word ", NULL},
    {"p\xC3\xA4ss\n", 6, "p\xC3\xA4ss", NULL},
    {"", 0, NULL, "is empty"},
    {"\n", 1, NULL, "is empty"},
    {"one\ntwo\n", 8, NULL, "more than one line"},
    {"pass\n\n", 6, NULL, "more than one line"},
    {"pa\0ss", 5, NULL, "more than one line"},
};

START_TEST(a_file_holds_one_line)
{
    char secret[SECRET_SIZE];
    struct error error = {""};
    enum status status;

    write_bytes(files[_i].bytes, files[_i].length);
    status = secret_file_read(path, secret, &error);
    if (files[_i].secret != NULL) {
        ck_assert_int_eq(status, STATUS_OK);
        ck_assert_str_eq(secret, files[_i].secret);
        return;
    }
    ck_assert_int_eq(status, STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, files[_i].reason));
    ck_assert_ptr_nonnull(strstr(error.message, path));
    ck_assert_int_eq(secret[0], '\0');
}
END_TEST

START_TEST(a_file_that_everyone_may_read_is_refused)
{
    char secret[SECRET_SIZE];
    struct error error;

    write_bytes("pass", 4);
    ck_assert_int_eq(chmod(path, 0640), 0);
    ck_assert_int_eq(secret_file_read(path, secret, &error), STATUS_OK);
    ck_assert_int_eq(chmod(path, 0644), 0);
    ck_assert_int_eq(secret_file_read(path, secret, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, "chmod 600"));
    ck_assert_ptr_null(strstr(error.message, "pass,"));
    ck_assert(!secret_file_is_open("/run/secrets/kansen-is-not-there"));
}
END_TEST

START_TEST(a_file_that_is_not_there_says_so)
{
    char secret[SECRET_SIZE];
    struct error error;

    unlink(path);
    ck_assert_int_eq(secret_file_read(path, secret, &error), STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, "No such file"));
}
END_TEST

START_TEST(a_secret_has_a_bound)
{
    static char long_one[SECRET_SIZE];
    char secret[SECRET_SIZE];
    struct error error;

    memset(long_one, 'x', sizeof(long_one));
    write_bytes(long_one, sizeof(long_one) - 1);
    ck_assert_int_eq(secret_file_read(path, secret, &error), STATUS_OK);
    ck_assert_uint_eq(strlen(secret), sizeof(long_one) - 1);
    write_bytes(long_one, sizeof(long_one));
    ck_assert_int_eq(secret_file_read(path, secret, &error), STATUS_REJECT);
}
END_TEST

START_TEST(a_stamp_changes_with_the_file)
{
    struct file_stamp first;
    struct file_stamp second;

    write_bytes("one", 3);
    first = file_stamp_of(path);
    second = file_stamp_of(path);
    ck_assert(file_stamp_equals(&first, &second));
    write_bytes("other", 5);
    second = file_stamp_of(path);
    ck_assert(!file_stamp_equals(&first, &second));
    unlink(path);
    first = file_stamp_of(path);
    ck_assert(!file_stamp_equals(&first, &second));
    ck_assert(file_stamp_equals(&first, &(struct file_stamp){0}));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("secret_file");
    TCase *tcase = tcase_create("secret_file");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, a_file_holds_one_line, 0, (int)(sizeof(files) / sizeof(files[0])));
    tcase_add_test(tcase, a_file_that_everyone_may_read_is_refused);
    tcase_add_test(tcase, a_file_that_is_not_there_says_so);
    tcase_add_test(tcase, a_secret_has_a_bound);
    tcase_add_test(tcase, a_stamp_changes_with_the_file);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
