#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "figures_fixture.h"
#include "reports/formats/chart.h"
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
    ck_assert_int_eq(compose_document(language, figures, &document, &error), STATUS_OK);
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

static void remember(void *context, const char *path)
{
    int *count = context;
    struct stat state;

    ck_assert_int_eq(stat(path, &state), 0);
    ck_assert_int_gt(state.st_size, 0);
    ck_assert_ptr_nonnull(strstr(path, "/bitcoin-miner-2013-09-2013-11"));
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
    ck_assert_int_eq(count, 9);
    ck_assert_int_eq(empty_folder(), 9);
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

static const struct section *find_section(const struct document *in, const char *id)
{
    for (size_t i = 0; i < in->section_count; i++)
        if (strcmp(in->sections[i].id, id) == 0)
            return &in->sections[i];
    ck_abort_msg("no section %s", id);
}

/* Sections with charts. */
static const char *const charts[] = {"months", "countries"};

#define CHARTS (int)(sizeof(charts) / sizeof(*charts))

/* gnuplot or nothing: a machine without it can't run these tests. */
static void draw(const char *section, enum chart_format format, struct chart_image *image)
{
    struct error error = {""};

    ck_assert_msg(chart_draw(document, find_section(document, section), format, image, &error) ==
                      STATUS_OK,
                  "%s", error.message);
}

START_TEST(charts_come_out_the_same_every_time)
{
    for (int i = 0; i < CHARTS * CHART_FORMATS; i++) {
        struct chart_image first = {0};
        struct chart_image second = {0};

        draw(charts[i / CHART_FORMATS], (enum chart_format)(i % CHART_FORMATS), &first);
        draw(charts[i / CHART_FORMATS], (enum chart_format)(i % CHART_FORMATS), &second);
        ck_assert_uint_eq(first.length, second.length);
        ck_assert_mem_eq(first.bytes, second.bytes, first.length);
        chart_image_clear(&first);
        chart_image_clear(&second);
    }
}
END_TEST

START_TEST(charts_print_every_value_and_share_no_ids)
{
    struct chart_image months = {0};
    struct chart_image shares = {0};

    draw("months", CHART_SVG, &months);
    draw("countries", CHART_SVG, &shares);
    ck_assert_ptr_nonnull(strstr(months.bytes, "5,867"));
    ck_assert_ptr_nonnull(strstr(months.bytes, "October 2013"));
    ck_assert_ptr_nonnull(strstr(shares.bytes, "24.02 %"));
    ck_assert_ptr_nonnull(strstr(shares.bytes, "Other"));
    ck_assert_ptr_null(strstr(months.bytes, "id="));
    ck_assert_ptr_null(strstr(shares.bytes, "id="));
    ck_assert_ptr_null(strstr(shares.bytes, "<title"));
    chart_image_clear(&months);
    chart_image_clear(&shares);
}
END_TEST

/* What gnuplot would run or read as markup, were it part of a script. */
static const char *const hostile[] = {
    "`touch /tmp/kansen-pwned`",
    "\" ; system('touch /tmp/kansen-pwned') #",
    "'\nset output '|touch /tmp/kansen-pwned'\n",
    "a_b^c{/Symbol a} @x &{y} %s $1",
    "</text></svg><script>alert(1)</script>",
    " id=\"x\" <title>a</title>",
    " <g id=\"",
    " id=\"",
    "<title>",
    "\t\t\t",
    "#",
    "\\",
    "",
};

START_TEST(names_are_data_to_gnuplot)
{
    struct chart_image image = {0};

    teardown();
    open_all(hostile[_i]);
    draw("months", CHART_SVG, &image);
    ck_assert_ptr_nonnull(strstr(image.bytes, "September 2013 to November 2013"));
    ck_assert_ptr_nonnull(strstr(image.bytes, "5,867"));
    ck_assert_ptr_nonnull(strstr(image.bytes, "3,828"));
    ck_assert_ptr_null(strstr(image.bytes, "<script"));
    ck_assert_str_eq(image.bytes + image.length - strlen("</svg>\n\n"), "</svg>\n\n");
    ck_assert_int_ne(access("/tmp/kansen-pwned", F_OK), 0);
    chart_image_clear(&image);
}
END_TEST

static const struct {
    const char *name;
    const char *shown;
} labels[] = {
    {"a\\nb \\101 \\", ">a\\nb \\101 \\ · September"},
    {"\x01 \xe2\x80\xae", ">\\u{0001} \\u{202E} · September"},
    {"]]>]]]]>>", ">]]&gt;]]]]&gt;> · September"},
    {"\"\"\"1\"\"", ">\"\"\"1\"\" · September"},
    {"\"a\" \"", ">\"a\" \" · September"},
};

START_TEST(names_are_shown_as_they_are)
{
    struct chart_image image = {0};

    teardown();
    open_all(labels[_i].name);
    draw("countries", CHART_SVG, &image);
    ck_assert_msg(strstr(image.bytes, labels[_i].shown) != NULL, "%s is not in %s",
                  labels[_i].shown, image.bytes);
    ck_assert_uint_eq(strlen(image.bytes), image.length);
    chart_image_clear(&image);
}
END_TEST

/* U+0378 is given to no character, so no font has it; its number, typed, is plain text. */
START_TEST(what_no_font_has_is_its_number_in_a_picture)
{
    struct chart_image without_glyph = {0};
    struct chart_image typed = {0};

    teardown();
    open_all("a \xCD\xB8 b");
    draw("countries", CHART_PNG, &without_glyph);
    teardown();
    open_all("a \\u{0378} b");
    draw("countries", CHART_PNG, &typed);
    ck_assert_uint_eq(without_glyph.length, typed.length);
    ck_assert_mem_eq(without_glyph.bytes, typed.bytes, typed.length);
    chart_image_clear(&without_glyph);
    chart_image_clear(&typed);
}
END_TEST

/* Who looks at it has other fonts than we have. */
START_TEST(an_svg_has_every_character_itself)
{
    struct chart_image image = {0};

    teardown();
    open_all("a \xCD\xB8 \xF0\x9F\xA6\xA0 \xE6\x84\x9F b");
    draw("countries", CHART_SVG, &image);
    ck_assert_ptr_nonnull(strstr(image.bytes, ">a \xCD\xB8 \xF0\x9F\xA6\xA0 \xE6\x84\x9F b · "));
    chart_image_clear(&image);
}
END_TEST

/* A chart of a single bar, with and without anything in it. */
START_TEST(one_month_is_drawn)
{
    month_t month = month_from(2013, 9);
    struct figures *one = fixture_empty(month, month, 1);
    struct document *short_document = NULL;
    struct chart_image image = {0};
    struct error error = {""};

    fixture_month(one, month, _i == 0 ? 0 : 5867);
    fixture_country(one, "JP", _i == 0 ? 0 : 5867);
    fixture_rank(one, 10);
    ck_assert_int_eq(compose_document(language, one, &short_document, &error), STATUS_OK);
    for (int chart = 0; chart < CHARTS; chart++) {
        ck_assert_msg(chart_draw(short_document, find_section(short_document, charts[chart]),
                                 CHART_SVG, &image, &error) == STATUS_OK,
                      "%s", error.message);
        ck_assert_ptr_nonnull(strstr(image.bytes, chart == 0 ? "September" : "Other"));
        chart_image_clear(&image);
    }
    document_free(short_document);
    figures_free(one);
}
END_TEST

START_TEST(a_missing_gnuplot_is_named)
{
    struct chart_image image = {0};
    struct error error = {""};

    ck_assert_int_eq(setenv("PATH", "/nonexistent", 1), 0);
    ck_assert_int_eq(
        chart_draw(document, find_section(document, "months"), CHART_SVG, &image, &error),
        STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, "gnuplot-nox"));
    ck_assert_ptr_null(image.bytes);
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
    tcase_add_test(cases, charts_come_out_the_same_every_time);
    tcase_add_test(cases, charts_print_every_value_and_share_no_ids);
    tcase_add_loop_test(cases, names_are_shown_as_they_are, 0, sizeof(labels) / sizeof(*labels));
    tcase_add_test(cases, what_no_font_has_is_its_number_in_a_picture);
    tcase_add_test(cases, an_svg_has_every_character_itself);
    tcase_add_loop_test(cases, one_month_is_drawn, 0, 2);
    tcase_add_loop_test(cases, names_are_data_to_gnuplot, 0, sizeof(hostile) / sizeof(*hostile));
    tcase_add_test(cases, a_missing_gnuplot_is_named);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
