#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "figures_fixture.h"
#include "reports/publish.h"
#include "reports/sections/compose.h"

static const char *const json = "json";
static char folder[64];
static struct figures *figures;
static struct language *language;
static struct document *document;

static void open_all(const char *threat)
{
    struct error error = {""};

    strcpy(folder, "/tmp/kansen-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    figures = fixture_published();
    if (threat != NULL) {
        free(figures->threat);
        figures->threat = fixture_text(threat);
        fixture_rename(figures, threat);
    }
    ck_assert_int_eq(language_open("en", &language, &error), STATUS_OK);
    ck_assert_int_eq(compose_document(language, figures, NULL, &document, &error), STATUS_OK);
}

static void setup(void)
{
    open_all(NULL);
}

/* Removes what is left in the folder and returns how many files that was. */
static int empty_folder(void)
{
    DIR *directory = opendir(folder);
    int files = 0;

    ck_assert_ptr_nonnull(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        ck_assert_int_eq(unlinkat(dirfd(directory), entry->d_name, 0), 0);
        files++;
    }
    closedir(directory);
    return files;
}

static void teardown(void)
{
    empty_folder();
    rmdir(folder);
    document_free(document);
    language_close(language);
    figures_free(figures);
}

static void remember(void *context, const char *path, const struct rendered_file *file)
{
    int *count = context;
    struct stat state;

    ck_assert_int_eq(stat(path, &state), 0);
    ck_assert_int_gt(state.st_size, 0);
    ck_assert_ptr_nonnull(strstr(path, "/bitcoin-miner-2013-09-2013-11"));
    ck_assert_str_eq(strrchr(path, '/') + 1, file->name);
    (*count)++;
}

START_TEST(every_file_has_its_name_and_nothing_else_is_left)
{
    static const char *const formats[] = {"text", "md", "html", "csv", "json"};
    struct publish_request request = {.folder = folder,
                                      .render = {.formats = formats, .format_count = 5}};
    struct error error = {""};
    int count = 0;

    ck_assert_msg(publish_report(document, &request, remember, &count, &error) == STATUS_OK, "%s",
                  error.message);
    /* Five documents, and three charts in three formats. */
    ck_assert_int_eq(count, 14);
    ck_assert_int_eq(empty_folder(), 14);
}
END_TEST

START_TEST(a_folder_that_is_missing_is_named)
{
    struct publish_request request = {.folder = "/nonexistent/kansen",
                                      .render = {.formats = &json, .format_count = 1}};
    struct error error = {""};
    int count = 0;

    ck_assert_int_eq(publish_report(document, &request, remember, &count, &error), STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, "/nonexistent/kansen"));
    ck_assert_int_eq(count, 0);
}
END_TEST

/* A directory stands where the file should go: the rename fails after everything was written. */
START_TEST(a_failed_file_leaves_nothing_behind)
{
    struct publish_request request = {.folder = folder,
                                      .render = {.formats = &json, .format_count = 1}};
    struct error error = {""};
    char taken[160];
    int count = 0;

    snprintf(taken, sizeof(taken), "%s/bitcoin-miner-2013-09-2013-11.en.json", folder);
    ck_assert_int_eq(mkdir(taken, 0700), 0);
    ck_assert_int_eq(publish_report(document, &request, remember, &count, &error), STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, taken));
    ck_assert_int_eq(rmdir(taken), 0);
    ck_assert_int_eq(empty_folder(), 0);
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
    static const char *const text = "text";
    const struct publish_request request = {.render = {.formats = &text, .format_count = 1}};
    FILE *full = fopen("/dev/full", "w");
    struct error error = {""};

    ck_assert_ptr_nonnull(full);
    ck_assert_int_eq(publish_stream(document, &request, full, &error), STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, "No space"));
    fclose(full);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("publish");
    TCase *cases = tcase_create("publish");
    SRunner *runner = srunner_create(suite);

    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, every_file_has_its_name_and_nothing_else_is_left);
    tcase_add_test(cases, a_folder_that_is_missing_is_named);
    tcase_add_test(cases, a_failed_file_leaves_nothing_behind);
    tcase_add_test(cases, a_full_disk_is_an_error);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
