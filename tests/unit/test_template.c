/* A template's folder: what is taken from it, and each mistake by its file and line. */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/template/template.h"
#include "text/base64.h"

#define SVG "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">%s</svg>\n"

/* One pixel, but for its data. */
#define PNG(width)                                                                                 \
    "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0" width "\0\0\0\1\10\6\0\0\0\x1F\x15\xC4\x89"                \
    "\0\0\0\0IEND\xAE\x42\x60\x82"

static char folder[] = "/tmp/kansen-template-XXXXXX";

static void in_folder(const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%s", folder, name);
}

static void put_bytes(const char *name, const char *bytes, size_t length)
{
    char path[PATH_MAX];

    in_folder(name, path);

    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

static void put(const char *name, const char *text)
{
    put_bytes(name, text, strlen(text));
}

static void make_folder(void)
{
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[PATH_MAX];

    snprintf(command, sizeof(command), "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static struct template *must_read(void)
{
    struct template *template = NULL;
    struct error error = {""};

    ck_assert_msg(template_read(folder, &template, &error) == STATUS_OK, "%s", error.message);
    return template;
}

START_TEST(an_empty_folder_changes_nothing)
{
    struct template *template = must_read();

    ck_assert_ptr_null(template_order(template));
    ck_assert_ptr_null(template_dress(template)->style);
    ck_assert_ptr_null(template_dress(template)->logo);
    template_free(template);
}
END_TEST

/* What is kept of a template makes the same one, with the bytes as they lay in the folder. */
START_TEST(a_template_is_made_again_of_its_files)
{
    static const char words[] = "\xEF\xBB\xBF[messages]\nnotes = Method\n";
    struct template_part parts[TEMPLATE_FILES_MAX];
    struct template *recalled = NULL;
    struct error error = {""};

    put("style.css", "h1 { color: red }\n");
    put("sections.txt", "notes # alone\n");
    put_bytes("en.messages", words, sizeof(words) - 1);
    put_bytes("logo.png", PNG("\0\1"), sizeof(PNG("\0\1")) - 1);
    put("logo.txt", "Example\nand more\n");

    struct template *template = must_read();

    ck_assert_uint_eq(template_parts(template, parts), 5);
    ck_assert_int_eq(template_recall("edition 7", parts, 5, &recalled, &error), STATUS_OK);
    template_free(template);

    struct template_part again[TEMPLATE_FILES_MAX];
    bool marked = false;

    ck_assert_uint_eq(template_parts(recalled, again), 5);
    for (size_t i = 0; i < 5; i++)
        marked |= strcmp(again[i].name, "en.messages") == 0 &&
                  again[i].length == sizeof(words) - 1 &&
                  memcmp(again[i].bytes, words, sizeof(words)) == 0;
    ck_assert(marked);
    ck_assert_str_eq(template_dress(recalled)->style, "h1 { color: red }\n");
    ck_assert_str_eq(template_dress(recalled)->logo_text, "Example");
    ck_assert_uint_eq(template_order(recalled)->count, 1);
    template_free(recalled);
}
END_TEST

START_TEST(a_kept_file_is_checked_like_one_of_a_folder)
{
    static char large[256 * 1024 + 2];
    static const struct {
        const char *name, *text, *said;
    } rows[] = {
        {"style.css", "p {", "edition 7/style.css:1: "},
        {"fr.messages", "", "edition 7/fr.messages: this version of kansen knows no such file"},
        {"../style.css", "", "no such file"},
        {"style.css", large, "edition 7/style.css has more than 256 KiB"},
        {"en.messages", "[messages]\ntitel = x\n", "edition 7/en.messages:2: titel"},
        {"logo.txt", "x", "describes a logo"},
    };

    memset(large, ' ', sizeof(large) - 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct template_part part = {rows[i].name, rows[i].text, strlen(rows[i].text)};
        struct template *template = NULL;
        struct error error = {""};

        ck_assert_int_eq(template_recall("edition 7", &part, 1, &template, &error), STATUS_REJECT);
        ck_assert_msg(strstr(error.message, rows[i].said) != NULL, "%s", error.message);
    }
}
END_TEST

START_TEST(no_template_is_one_that_changes_nothing)
{
    struct language *language = NULL;
    struct error error = {""};

    ck_assert_ptr_null(template_order(NULL));
    ck_assert_ptr_null(template_dress(NULL));
    ck_assert_int_eq(template_open_language(NULL, "de", &language, &error), STATUS_OK);
    ck_assert_str_eq(language_message(language, MESSAGE_NOTES), "Anmerkungen");
    language_close(language);
}
END_TEST

START_TEST(all_parts_are_taken)
{
    struct language *language = NULL;
    struct error error = {""};
    char svg[200];

    snprintf(svg, sizeof(svg), SVG, "<a href=\"#x\"/><image href='data:image/png;base64,iV'/>");
    put("style.css", "\xEF\xBB\xBFh1 { color: red }\n");
    put("logo.svg", svg);
    put("logo.txt", "Example & Co\n");
    put("sections.txt", "# order\n notes \n\ncountries # first\r\n");
    put("en.messages", "[messages]\nnotes = Method\n[countries]\nJP = Nippon\n");
    put("README.md", "…");
    put(".hidden", "");

    struct template *template = must_read();
    const struct section_order *order = template_order(template);
    const struct page_dress *dress = template_dress(template);

    ck_assert_str_eq(dress->style, "h1 { color: red }\n");
    ck_assert_str_eq(dress->logo_type, "image/svg+xml");
    ck_assert_str_eq(dress->logo_text, "Example & Co");
    ck_assert_uint_eq(dress->logo_length, strlen(svg));
    ck_assert_uint_eq(order->count, 2);
    ck_assert_str_eq(order->ids[0], "notes");
    ck_assert_str_eq(order->ids[1], "countries");
    ck_assert_int_eq(template_open_language(template, "en", &language, &error), STATUS_OK);
    ck_assert_str_eq(language_message(language, MESSAGE_NOTES), "Method");
    ck_assert_str_eq(language_message(language, MESSAGE_TOTAL), "Total");
    ck_assert_str_eq(language_country(language, NULL, "JP"), "Nippon");
    language_close(language);
    template_free(template);
}
END_TEST

START_TEST(a_png_is_taken)
{
    put_bytes("logo.png", PNG("\0\1"), sizeof(PNG("\0\1")) - 1);
    put("logo.txt", "Example");

    struct template *template = must_read();

    ck_assert_str_eq(template_dress(template)->logo_type, "image/png");
    template_free(template);
}
END_TEST

#define ALT "logo.txt", "Example"

static const struct {
    const char *name, *text;   /* of the file with the mistake */
    const char *other, *words; /* of another one; NULL: none */
    const char *message;
} mistakes[] = {
    {"style.css", "p {\n}\n</style>", NULL, NULL, "/style.css:3: </style would end"},
    {"style.css", "p {}\n\xFF", NULL, NULL, "/style.css:2: this is no UTF-8"},
    {"styles.css", "", NULL, NULL,
     "/styles.css: no file of a template; did you mean style.css?; those are style.css, logo.svg"},
    {"fr.messages", "", NULL, NULL, "/fr.messages: no file of a template"},
    {"logo.svg", "<svg/>", ALT, "/logo.svg: no SVG"},
    {"logo.svg", "<!DOCTYPE svg>\n" SVG, ALT, "/logo.svg:1: a document type"},
    {"logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'>\n<SCRIPT/></svg>", ALT,
     "/logo.svg:2: a script"},
    {"logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'>\n<image href = \"x.png\"/></svg>", ALT,
     "/logo.svg:2: this address would be fetched"},
    {"logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'><image xlink:href='http://x'/></svg>",
     ALT, "/logo.svg:1: this address would be fetched"},
    {"logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'><g fill='url(http://x)'/></svg>", ALT,
     "/logo.svg:1: this address would be fetched"},
    {"logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'><style>@import 'x'</style></svg>", ALT,
     "/logo.svg:1: a style sheet that would be fetched"},
    {"logo.svg", SVG, NULL, NULL, "/logo.txt is missing: what the logo says"},
    {"logo.svg", SVG, "logo.txt", " \n", "/logo.txt is missing: what the logo says"},
    {"logo.txt", "Example", NULL, NULL, "/logo.txt describes a logo, and there is none"},
    {"logo.png", "no PNG at all, but long enough to look like one, in bytes", ALT,
     "/logo.png: no PNG"},
    {"sections.txt", "findings\ncontries\nnotes\n", NULL, NULL,
     "/sections.txt:2: no section \"contries\"; did you mean countries?; sections are findings"},
    {"sections.txt", "notes\nnotes\n", NULL, NULL, "/sections.txt:2: notes is there twice"},
    {"sections.txt", "findings\n", NULL, NULL, "/sections.txt: notes can't be left out"},
    {"sections.txt", "", NULL, NULL, "/sections.txt: notes can't be left out"},
    {"en.messages", "[messages]\n\ntitel = x\n", NULL, NULL,
     "/en.messages:3: titel: is unknown; did you mean title?"},
    {"en.messages", "[messages]\ntitle = Report\n", NULL, NULL,
     "/en.messages:2: title: {threat} is missing"},
    {"de.messages", "[language]\nlocale = fr\n", NULL, NULL,
     "/de.messages:2: locale: is the language's own"},
    {"ja.messages", "[messages]\nnotes = a\nnotes = b\n", NULL, NULL,
     "/ja.messages:3: notes: is there twice"},
    {"en.messages", "[words]\n", NULL, NULL, "/en.messages:1: there is no section [words]"},
};

START_TEST(a_mistake_is_refused_and_named)
{
    struct template *template = NULL;
    struct error error = {""};

    put(mistakes[_i].name, mistakes[_i].text);
    if (mistakes[_i].other != NULL)
        put(mistakes[_i].other, mistakes[_i].words);
    ck_assert_int_eq(template_read(folder, &template, &error), STATUS_REJECT);
    ck_assert_ptr_null(template);
    ck_assert_msg(strstr(error.message, mistakes[_i].message) != NULL, "%s", error.message);
    ck_assert_msg(strncmp(error.message, folder, strlen(folder)) == 0, "%s", error.message);
}
END_TEST

static void check_refused(const char *message)
{
    struct template *template = NULL;
    struct error error = {""};

    ck_assert_int_eq(template_read(folder, &template, &error), STATUS_REJECT);
    ck_assert_msg(strstr(error.message, message) != NULL, "%s", error.message);
}

START_TEST(sizes_have_a_bound)
{
    const size_t bound = (size_t)256 * 1024;
    char *large = malloc(bound + 1);

    ck_assert_ptr_nonnull(large);
    memset(large, ' ', bound + 1);
    put_bytes("style.css", large, bound);
    template_free(must_read());
    put_bytes("style.css", large, bound + 1);
    check_refused("/style.css has more than 256 KiB, and would stand in each page");
    free(large);
}
END_TEST

START_TEST(a_png_has_a_size_and_an_end)
{
    put("logo.txt", "Example");
    put_bytes("logo.png", PNG("\x10\1"), sizeof(PNG("\x10\1")) - 1);
    check_refused("/logo.png: 4097 x 1 pixels");
    put_bytes("logo.png", PNG("\0\0"), sizeof(PNG("\0\0")) - 1);
    check_refused("/logo.png: 0 x 1 pixels");
    put_bytes("logo.png", PNG("\0\1"), sizeof(PNG("\0\1")) - 2);
    check_refused("/logo.png: a PNG that is cut short");
}
END_TEST

START_TEST(one_logo_is_enough)
{
    put("logo.txt", "Example");
    put("logo.svg", SVG);
    put_bytes("logo.png", PNG("\0\1"), sizeof(PNG("\0\1")) - 1);
    check_refused("/logo.png: there is logo.svg as well; leave one");
}
END_TEST

START_TEST(zeros_and_pipes_are_no_text)
{
    char path[PATH_MAX];

    put_bytes("style.css", "p {}\n\0p {}", 10);
    check_refused("/style.css:2: this is no UTF-8");
    in_folder("style.css", path);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    check_refused("/style.css: this is no file");
}
END_TEST

START_TEST(a_folder_that_is_not_there_cannot_be_read)
{
    struct template *template = NULL;
    struct error error = {""};

    ck_assert_int_eq(template_read("/nowhere/at/all", &template, &error), STATUS_FATAL);
    ck_assert_str_eq(error.message, "--template /nowhere/at/all: No such file or directory");
}
END_TEST

static const struct {
    const char *bytes, *text;
} encoded[] = {{"", ""},
               {"f", "Zg=="},
               {"fo", "Zm8="},
               {"foo", "Zm9v"},
               {"foob", "Zm9vYg=="},
               {"fooba", "Zm9vYmE="},
               {"\xFF\xFE\xFD", "//79"}};

START_TEST(base64_is_that_of_rfc_4648)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    ck_assert_ptr_nonnull(out);
    base64_write(out, encoded[_i].bytes, strlen(encoded[_i].bytes));
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_str_eq(text, encoded[_i].text);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("template");
    TCase *cases = tcase_create("template");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_add_test(cases, an_empty_folder_changes_nothing);
    tcase_add_test(cases, a_template_is_made_again_of_its_files);
    tcase_add_test(cases, a_kept_file_is_checked_like_one_of_a_folder);
    tcase_add_test(cases, no_template_is_one_that_changes_nothing);
    tcase_add_test(cases, all_parts_are_taken);
    tcase_add_test(cases, a_png_is_taken);
    tcase_add_loop_test(cases, a_mistake_is_refused_and_named, 0,
                        sizeof(mistakes) / sizeof(*mistakes));
    tcase_add_test(cases, sizes_have_a_bound);
    tcase_add_test(cases, a_png_has_a_size_and_an_end);
    tcase_add_test(cases, one_logo_is_enough);
    tcase_add_test(cases, zeros_and_pipes_are_no_text);
    tcase_add_test(cases, a_folder_that_is_not_there_cannot_be_read);
    tcase_add_loop_test(cases, base64_is_that_of_rfc_4648, 0, sizeof(encoded) / sizeof(*encoded));
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
