/* Golden reports: tests/golden/ holds what each writer made of the published figures, and of some
 * that need other words. When a change
 * of theirs is meant, `KANSEN_UPDATE_GOLDEN=1 build/.../test_writers` writes them anew, and the
 * difference is reviewed like code. Runs from the top folder. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "figures_fixture.h"
#include "reports/formats/writers.h"
#include "reports/sections/compose.h"
#include "text/escape.h"

#define GOLDEN "tests/golden/"

/* Counted once in the window, and under way. */
static struct figures *unusual_figures(void)
{
    struct figures *figures = fixture_published();

    figures->unique = true;
    figures->ongoing = true;
    fixture_geoip(figures, 3);
    figures->geoip_unnoted = true;
    figures->geoip_not_asked = true;
    figures->months[2].state = MONTH_PROVISIONAL;
    figures->completeness.judged = month_from(2013, 10);
    return figures;
}

/* A month before the first event, two that are complete, one that partitions lag behind, and the
 * present one; and a tie at the cut. */
static struct figures *unfinished_figures(void)
{
    static const int64_t months[] = {0, 5867, 2518, 3828, 787};
    struct figures *figures = fixture_empty(month_from(2013, 8), month_from(2013, 12), 4);

    for (size_t i = 0; i < 5; i++)
        fixture_month(figures, figures->from + (month_t)i, months[i]);
    fixture_country(figures, "JP", 6000);
    fixture_country(figures, "US", 3000);
    fixture_country(figures, "AU", 3000);
    fixture_country(figures, "FR", 1000);
    fixture_rank(figures, 2);
    figures->patterns = calloc(1, sizeof(*figures->patterns));
    ck_assert_ptr_nonnull(figures->patterns);
    figures->patterns[figures->pattern_count++] = fixture_text("*");
    figures->months[0].state = MONTH_NO_DATA;
    figures->months[3].state = figures->months[4].state = MONTH_PROVISIONAL;
    figures->ongoing = true;
    figures->completeness.from_kafka = true;
    figures->completeness.judged = month_from(2013, 11);
    figures->completeness.first_month = month_from(2013, 9);
    for (int64_t partition = 1; partition < 8; partition++)
        fixture_lag(figures, partition, partition / 2 - 1);
    return figures;
}

static struct figures *no_figures(void)
{
    struct figures *figures = fixture_empty(month_from(2013, 9), month_from(2013, 11), 0);

    fixture_rank(figures, 10);
    figures->patterns = calloc(1, sizeof(*figures->patterns));
    ck_assert_ptr_nonnull(figures->patterns);
    figures->patterns[figures->pattern_count++] = fixture_text("*");
    return figures;
}

/* All of the window lies before the first event: nothing is known, which is not a zero. */
static struct figures *unknown_figures(void)
{
    struct figures *figures = no_figures();

    for (size_t i = 0; i < figures->month_count; i++)
        figures->months[i].state = MONTH_NO_DATA;
    figures->completeness.first_month = month_from(2014, 2);
    return figures;
}

static const struct {
    const char *file, *language;
    bool (*write)(FILE *out, const struct report *report);
    struct figures *(*make)(void);
} golden[] = {
    {"published.en.table", "en", write_tables, fixture_published},
    {"published.ja.table", "ja", write_tables, fixture_published},
    {"published.de.table", "de", write_tables, fixture_published},
    {"published.en.txt", "en", write_text, fixture_published},
    {"published.ja.txt", "ja", write_text, fixture_published},
    {"published.de.txt", "de", write_text, fixture_published},
    {"published.en.md", "en", write_markdown, fixture_published},
    {"published.ja.md", "ja", write_markdown, fixture_published},
    {"published.de.md", "de", write_markdown, fixture_published},
    {"published.en.html", "en", write_html, fixture_published},
    {"published.ja.html", "ja", write_html, fixture_published},
    {"published.de.html", "de", write_html, fixture_published},
    {"published.en.csv", "en", write_csv, fixture_published},
    {"published.ja.csv", "ja", write_csv, fixture_published},
    {"published.de.csv", "de", write_csv, fixture_published},
    {"published.stats.json", "en", write_figures_json, fixture_published},
    {"published.en.json", "en", write_json, fixture_published},
    {"published.ja.json", "ja", write_json, fixture_published},
    {"published.de.json", "de", write_json, fixture_published},
    {"unusual.en.txt", "en", write_text, unusual_figures},
    {"unusual.ja.txt", "ja", write_text, unusual_figures},
    {"unusual.de.txt", "de", write_text, unusual_figures},
    {"unfinished.en.table", "en", write_tables, unfinished_figures},
    {"unfinished.en.txt", "en", write_text, unfinished_figures},
    {"unfinished.ja.txt", "ja", write_text, unfinished_figures},
    {"unfinished.de.txt", "de", write_text, unfinished_figures},
    {"unfinished.en.md", "en", write_markdown, unfinished_figures},
    {"unfinished.ja.html", "ja", write_html, unfinished_figures},
    {"unfinished.en.csv", "en", write_csv, unfinished_figures},
    {"unfinished.stats.json", "en", write_figures_json, unfinished_figures},
    {"empty.en.txt", "en", write_text, no_figures},
    {"empty.ja.txt", "ja", write_text, no_figures},
    {"empty.de.txt", "de", write_text, no_figures},
    {"unknown.en.txt", "en", write_text, unknown_figures},
    {"unknown.ja.md", "ja", write_markdown, unknown_figures},
    {"unknown.de.html", "de", write_html, unknown_figures},
    {"unknown.stats.json", "en", write_figures_json, unknown_figures},
};

static char *written(const struct figures *figures, const char *code,
                     bool (*write)(FILE *out, const struct report *report))
{
    struct language *language = NULL;
    struct document *document = NULL;
    struct error error = {""};
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(language_open(code, &language, &error), STATUS_OK);
    ck_assert_int_eq(compose_document(language, figures, NULL, &document, &error), STATUS_OK);

    struct report_chart *charts = calloc(document->chart_count + 1, sizeof(*charts));
    char(*names)[64] = calloc(document->chart_count + 1, sizeof(*names));
    struct report report = {.document = document, .charts = charts};

    ck_assert_ptr_nonnull(charts);
    ck_assert_ptr_nonnull(names);
    for (size_t i = 0; i < document->section_count; i++) {
        const struct section *section = &document->sections[i];

        for (size_t j = 0; j < section->chart_count; j++) {
            size_t chart = section->first_chart + j;

            snprintf(names[chart], sizeof(*names), "published-%s.png", section->charts[j].name);
            charts[chart].image_name = names[chart];
        }
    }
    ck_assert(write(out, &report));
    free(charts);
    free(names);
    ck_assert_int_eq(fclose(out), 0);
    document_free(document);
    language_close(language);
    return text;
}

static char *read_golden(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 65536);

    ck_assert_ptr_nonnull(text);
    ck_assert_msg(file != NULL, "%s is missing", path);
    ck_assert_uint_lt(fread(text, 1, 65535, file), 65535);
    fclose(file);
    return text;
}

START_TEST(report_is_written_as_before)
{
    struct figures *figures = golden[_i].make();
    char path[256];

    if (strcmp(golden[_i].language, "de") == 0)
        fixture_name(figures, "de", "Bitcoin-Mining-Schadsoftware");

    char *text = written(figures, golden[_i].language, golden[_i].write);

    snprintf(path, sizeof(path), GOLDEN "%s", golden[_i].file);
    if (getenv("KANSEN_UPDATE_GOLDEN") != NULL) {
        FILE *file = fopen(path, "w");

        ck_assert_ptr_nonnull(file);
        fputs(text, file);
        ck_assert_int_eq(fclose(file), 0);
    }

    char *expected = read_golden(path);

    size_t same = 0;

    while (text[same] != '\0' && text[same] == expected[same])
        same++;
    ck_assert_msg(strcmp(text, expected) == 0,
                  "%s differs behind %zu bytes: \"%.300s\" was \"%.300s\"", path, same, text + same,
                  expected + same);
    free(expected);
    free(text);
    figures_free(figures);
}
END_TEST

/* Names as an enemy would choose them, and what must never come out of a format. */
static const char *const hostile[] = {
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r\n=1",
    "a|b|c\n|---|",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "`touch /tmp/x` $(id)",
    "\x1b[31mred\x1b[0m\a",
    "\xe2\x80\xae"
    "fdp.exe\xe2\x81\xa9",
    "\xc2\x9b"
    "31m",
    "a\"b\\c\x01",
    "</title></style><script>",
    "*/ -- ; drop table",
    "a\xe2\x80\xa8"
    "b",
};

#define HOSTILE (sizeof(hostile) / sizeof(*hostile))

static struct figures *hostile_figures(const char *name)
{
    struct figures *figures = fixture_published();

    free(figures->threat);
    free(figures->patterns[0]);
    free(figures->offsets[0].topic);
    figures->threat = fixture_text(name);
    fixture_rename(figures, name);
    figures->patterns[0] = fixture_text(name);
    figures->offsets[0].topic = fixture_text(name);
    return figures;
}

static void check_shown_safely(const char *text)
{
    static const char *const hidden[] = {"\x1b",         "\a",           "\x01",
                                         "\t",           "\r",           "\xe2\x80\xae",
                                         "\xe2\x81\xa9", "\xe2\x80\xa8", "\xc2\x9b"};

    for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
        ck_assert_msg(strstr(text, hidden[i]) == NULL, "a hidden character is left: %s", text);
}

START_TEST(hostile_names_are_harmless_in_text)
{
    struct figures *figures = hostile_figures(hostile[_i]);
    char *text = written(figures, "en", write_text);
    char *table = written(figures, "ja", write_tables);

    check_shown_safely(text);
    check_shown_safely(table);
    free(text);
    free(table);
    figures_free(figures);
}
END_TEST

START_TEST(hostile_names_are_harmless_in_html)
{
    struct figures *figures = hostile_figures(hostile[_i]);
    char *text = written(figures, "en", write_html);

    check_shown_safely(text);
    ck_assert_ptr_null(strstr(text, "<script"));
    ck_assert_ptr_null(strstr(text, "<img"));
    ck_assert_ptr_null(strstr(text, "</title></style>"));
    ck_assert_ptr_null(strstr(text, "' onmouseover"));
    free(text);
    figures_free(figures);
}
END_TEST

/* Whether markup stands in text without a backslash that takes its meaning away. */
static bool is_live(const char *text, const char *markup)
{
    for (const char *here = text; (here = strstr(here, markup)) != NULL; here++)
        if (here == text || here[-1] != '\\')
            return true;
    return false;
}

START_TEST(hostile_names_are_harmless_in_markdown)
{
    struct figures *figures = hostile_figures(hostile[_i]);
    char *text = written(figures, "en", write_markdown);

    check_shown_safely(text);
    ck_assert_ptr_null(strstr(text, "<script"));
    ck_assert_ptr_null(strstr(text, "<img"));
    ck_assert(!is_live(text, "](javascript"));
    ck_assert(!is_live(text, "![x"));
    ck_assert(!is_live(text, "`touch"));
    ck_assert_ptr_null(strstr(text, "a|b"));
    ck_assert_ptr_null(strstr(text, "http:/"));
    free(text);
    figures_free(figures);
}
END_TEST

/* Reads CSV back: every record has as many fields as the first, and none opens a formula. */
START_TEST(hostile_names_are_harmless_in_csv)
{
    struct figures *figures = hostile_figures(hostile[_i]);
    char *text = written(figures, "en", write_csv);
    bool quoted = false;
    bool first = true; /* at the first character of a field */
    int fields = 1;
    int columns = 0;

    for (const char *here = text; *here != '\0'; here++) {
        bool content = *here != '"' && (quoted || (*here != ',' && *here != '\r' && *here != '\n'));

        if (first && content)
            ck_assert_msg(strchr("=+-@\t\r\n", *here) == NULL, "a formula: %.20s", here);
        if (content || (*here == ',' && !quoted))
            first = false;
        if (*here == '"') {
            quoted = !quoted;
        } else if (*here == ',' && !quoted) {
            fields++;
            first = true;
        } else if (*here == '\n' && !quoted) {
            ck_assert_int_eq(here[-1], '\r');
            columns = columns == 0 ? fields : columns;
            ck_assert_int_eq(fields, columns);
            fields = 1;
            first = true;
        }
    }
    ck_assert(!quoted);
    ck_assert_int_eq(columns, 15);
    free(text);
    figures_free(figures);
}
END_TEST

START_TEST(hostile_names_stay_inside_json_strings)
{
    struct figures *figures = hostile_figures(hostile[_i]);
    char *text = written(figures, "en", write_json);
    int depth = 0;
    bool string = false;

    for (const char *here = text; *here != '\0'; here++) {
        if (string) {
            ck_assert_uint_ge((unsigned char)*here, 0x20);
            if (*here == '\\')
                here++;
            else if (*here == '"')
                string = false;
        } else if (*here == '"') {
            string = true;
        } else {
            ck_assert_ptr_nonnull(strchr("{}[]:, \n0123456789truefalsn", *here));
            depth += (*here == '{' || *here == '[') - (*here == '}' || *here == ']');
        }
    }
    ck_assert_int_eq(depth, 0);
    ck_assert(!string);
    free(text);
    figures_free(figures);
}
END_TEST

START_TEST(text_lines_fit_80_columns)
{
    struct figures *figures = fixture_published();
    char *text = written(figures, language_code_at((size_t)_i), write_text);

    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        size_t length = strlen(line);

        ck_assert_msg(escape_width(line) <= 80, "too long: %s", line);
        ck_assert_msg(length == 0 || line[length - 1] != ' ', "blank at the end: %s", line);
    }
    free(text);
    figures_free(figures);
}
END_TEST

static const struct {
    const char *code, *en, *ja, *de;
} names[] = {
    {"JP", "Japan", "日本", "Japan"},
    {"US", "United States", "米国", "USA"},
    {"AU", "Australia", "オーストラリア", "Australien"},
    {"IN", "India", "インド", "Indien"},
    {"FR", "France", "フランス", "Frankreich"},
    {"TW", "Taiwan", "台湾", "Taiwan"},
    {"DE", "Germany", "ドイツ", "Deutschland"},
    {"CA", "Canada", "カナダ", "Kanada"},
    {"IT", "Italy", "イタリア", "Italien"},
    {"GB", "United Kingdom", "英国", "Großbritannien"},
    {"HK", "Hong Kong", "香港", "Hongkong"},
    {"KR", "South Korea", "韓国", "Südkorea"},
    {"XK", "Kosovo", "コソボ", "Kosovo"},
    {"QQ", "QQ", "QQ", "QQ"},
};

static struct language *open_language(const char *code)
{
    struct language *language = NULL;
    struct error error = {""};

    ck_assert_int_eq(language_open(code, &language, &error), STATUS_OK);
    return language;
}

START_TEST(country_names_are_short_and_common)
{
    struct language *en = open_language("en");
    struct language *ja = open_language("ja");
    struct language *de = open_language("de");
    struct phrases phrases;

    phrases_init(&phrases);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        ck_assert_str_eq(language_country(en, &phrases, names[i].code), names[i].en);
        ck_assert_str_eq(language_country(ja, &phrases, names[i].code), names[i].ja);
        ck_assert_str_eq(language_country(de, &phrases, names[i].code), names[i].de);
    }
    ck_assert_str_eq(language_country_in_sentence(en, &phrases, "US"), "the United States");
    ck_assert_str_eq(language_country_in_sentence(ja, &phrases, "US"), "米国");
    ck_assert_str_eq(language_country_in_sentence(de, &phrases, "US"), "die USA");
    ck_assert(!phrases.failed);
    phrases_clear(&phrases);
    language_close(en);
    language_close(ja);
    language_close(de);
}
END_TEST

START_TEST(months_and_numbers_are_as_the_language_writes_them)
{
    struct language *en = open_language("en");
    struct language *ja = open_language("ja");
    struct language *de = open_language("de");
    struct phrases phrases;

    phrases_init(&phrases);
    ck_assert_str_eq(language_month(en, &phrases, month_from(2024, 2)), "February 2024");
    ck_assert_str_eq(language_month(ja, &phrases, month_from(1970, 1)), "1970年1月");
    ck_assert_str_eq(language_month(de, &phrases, month_from(2024, 3)), "März 2024");
    ck_assert_str_eq(language_month(en, &phrases, month_from(2100, 3)), "March 2100");
    ck_assert_str_eq(language_month(en, &phrases, month_from(9999, 12)), "December 9999");
    ck_assert_str_eq(language_number(ja, &phrases, INT64_MAX), "9,223,372,036,854,775,807");
    ck_assert_str_eq(language_number(de, &phrases, 12213), "12.213");
    ck_assert_str_eq(language_share(en, &phrases, 5), "0.05");
    ck_assert_str_eq(language_share(en, &phrases, 12345678), "123,456.78");
    ck_assert_str_eq(language_share(de, &phrases, 2402), "24,02");
    ck_assert_str_eq(language_share(de, &phrases, INT64_MAX), "92.233.720.368.547.758,07");
    ck_assert_str_eq(language_percent(en, &phrases, "24.02"), "24.02%");
    ck_assert_str_eq(language_percent(ja, &phrases, "24.02"), "24.02%");
    ck_assert_str_eq(language_percent(de, &phrases, "24,02"), "24,02\xc2\xa0%");
    ck_assert(!phrases.failed);
    phrases_clear(&phrases);
    language_close(en);
    language_close(ja);
    language_close(de);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writers");
    TCase *cases = tcase_create("writers");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(cases, report_is_written_as_before, 0, sizeof(golden) / sizeof(*golden));
    tcase_add_loop_test(cases, hostile_names_are_harmless_in_text, 0, HOSTILE);
    tcase_add_loop_test(cases, hostile_names_are_harmless_in_html, 0, HOSTILE);
    tcase_add_loop_test(cases, hostile_names_are_harmless_in_markdown, 0, HOSTILE);
    tcase_add_loop_test(cases, hostile_names_are_harmless_in_csv, 0, HOSTILE);
    tcase_add_loop_test(cases, hostile_names_stay_inside_json_strings, 0, HOSTILE);
    tcase_add_loop_test(cases, text_lines_fit_80_columns, 0, LANGUAGES);
    tcase_add_test(cases, country_names_are_short_and_common);
    tcase_add_test(cases, months_and_numbers_are_as_the_language_writes_them);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
