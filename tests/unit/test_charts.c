/* Charts as SVG, and as the pictures that are made of it.
 *
 * With KANSEN_PICTURES=FOLDER it also leaves every chart of every sample there, and a workbook of
 * each, for tests/e2e/test_chart_pictures.py and for whoever wants to look at them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dimensions_fixture.h"
#include "figures_fixture.h"
#include "reports/charts/chart.h"
#include "reports/charts/palette.h"
#include "reports/formats/writers.h"
#include "reports/languages/language.h"
#include "reports/sections/compose.h"

/* A document, and what it is made of. */
struct sample {
    struct figures *figures;
    struct language *language;
    struct document *document;
};

static void compose(struct sample *sample, const char *code)
{
    struct error error = {""};

    ck_assert_int_eq(language_open(code, &sample->language, &error), STATUS_OK);
    ck_assert_msg(compose_document(sample->language, sample->figures, NULL, &sample->document,
                                   &error) == STATUS_OK,
                  "%s", error.message);
}

static struct sample published(const char *threat)
{
    struct sample sample = {.figures = fixture_published()};

    if (threat != NULL) {
        free(sample.figures->threat);
        sample.figures->threat = fixture_text(threat);
        fixture_rename(sample.figures, threat);
    }
    compose(&sample, "en");
    return sample;
}

static void clear(struct sample *sample)
{
    document_free(sample->document);
    language_close(sample->language);
    figures_free(sample->figures);
}

static const struct chart *find_chart(const struct sample *sample, const char *name)
{
    const struct document *document = sample->document;

    for (size_t i = 0; i < document->section_count; i++)
        for (size_t j = 0; j < document->sections[i].chart_count; j++)
            if (strcmp(document->sections[i].charts[j].name, name) == 0)
                return &document->sections[i].charts[j];
    return NULL;
}

static void draw(const struct sample *sample, const char *name, struct chart_image *image)
{
    const struct chart *chart = find_chart(sample, name);
    struct error error = {""};

    ck_assert_msg(chart != NULL, "no chart %s", name);
    ck_assert_msg(chart_draw(sample->document, chart, image, &error) == STATUS_OK, "%s",
                  error.message);
}

/* ---- samples */

static void make_zero(struct figures *figures)
{
    struct dimension_figures *countries = &figures->dimensions[0];

    for (size_t i = 0; i < figures->month_count; i++)
        figures->months[i].infections = 0;
    for (size_t i = 0; i < figures->history_count; i++)
        figures->history[i].infections = 0;
    for (size_t i = 0; i < countries->line_count; i++) {
        memset(countries->lines[i].months, 0,
               figures->month_count * sizeof(*countries->lines[i].months));
        countries->lines[i].share = 0;
    }
    countries->other.share = 0;
    figures->total = 0;
}

/* One country has as many as fit; all digits are there. */
static void make_giant(struct figures *figures)
{
    struct line_figures *line = &figures->dimensions[0].lines[0];

    for (size_t i = 0; i < figures->month_count; i++) {
        line->months[i] += INT64_C(999999999999);
        figures->months[i].infections += INT64_C(999999999999);
    }
    line->against[BASE_PREVIOUS_WINDOW].before = INT64_C(9223372036854);
}

static void make_unfinished(struct figures *figures)
{
    size_t last = figures->month_count - 1;

    figures->months[0].state = MONTH_NO_DATA;
    figures->months[0].infections = 0;
    figures->months[last].state = MONTH_PROVISIONAL;
    for (size_t i = 0; i < figures->dimensions[0].line_count; i++)
        if (figures->dimensions[0].lines[i].months != NULL)
            figures->dimensions[0].lines[i].months[0] = 0;
}

static const struct {
    const char *language;
    size_t months; /* 0: all dimensions, of some months */
    size_t countries;
    void (*change)(struct figures *figures);
} samples[] = {
    {"en", 1, 1, NULL},
    {"ja", 3, 10, NULL},
    {"en", 12, 10, NULL},
    {"de", 13, 50, NULL},
    {"ja", 36, 12, NULL},
    {"en", 60, 250, NULL},
    {"ja", 60, 6, NULL},
    {"de", 120, 250, NULL},
    {"ja", 118, 1, NULL},
    {"en", 3, 10, make_zero},
    {"de", 3, 10, make_giant},
    {"ja", 12, 10, make_giant},
    {"ja", 40, 4, make_giant},
    {"en", 5, 4, make_unfinished},
    {"ja", 38, 4, make_unfinished},
    {"ja", 0, 0, NULL},
    {"de", 0, 0, NULL},
    {"en", 0, 0, NULL},
};

#define SAMPLES (int)(sizeof(samples) / sizeof(*samples))

/* A long name, and one of wide characters, both longer than a table has room for. */
static void rename_values(struct dimension_figures *dimension)
{
    static const char *const names[] = {
        "Sicherheitsprogrammpaket für Großunternehmen, Server (64 Bit)",
        "統合型セキュリティ対策製品スイート（サーバー版）"};

    for (size_t i = 0; i < dimension->line_count && i < 2; i++) {
        free(dimension->lines[i].value);
        dimension->lines[i].value = fixture_text(names[i]);
    }
}

static struct figures *make_dimensions(uint64_t *state)
{
    struct figures *figures = fixture_dimensions(state);

    for (size_t i = 1; i < figures->dimension_count; i++)
        rename_values(&figures->dimensions[i]);
    return figures;
}

static struct sample make_sample(int index)
{
    uint64_t state = 0x9e3779b97f4a7c15u + (uint64_t)index;
    struct sample sample = {.figures =
                                samples[index].months == 0
                                    ? make_dimensions(&state)
                                    : fixture_charted(month_from(2012, 2), samples[index].months,
                                                      samples[index].countries, &state)};

    if (samples[index].change != NULL)
        samples[index].change(sample.figures);
    compose(&sample, samples[index].language);
    return sample;
}

static void leave_picture(int index, const char *name, const struct chart_image *image)
{
    const char *folder = getenv("KANSEN_PICTURES");
    char path[512];
    FILE *file;

    if (folder == NULL)
        return;
    snprintf(path, sizeof(path), "%s/%02d-%s.svg", folder, index, name);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(image->bytes, 1, image->length, file), image->length);
    ck_assert_int_eq(fclose(file), 0);
}

static void leave_book(int index, const struct document *document)
{
    const char *folder = getenv("KANSEN_PICTURES");
    struct report report = {.document = document};
    struct error error = {""};
    char path[512];
    FILE *file;

    if (folder == NULL)
        return;
    snprintf(path, sizeof(path), "%s/%02d.xlsx", folder, index);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_msg(make_xlsx(file, &report, &error) == STATUS_OK, "%s", error.message);
    ck_assert_int_eq(fclose(file), 0);
}

static bool is_of_palette(const char *color)
{
    for (const struct palette_color *known = palette; known->name != NULL; known++)
        if (strncmp(color, known->light, 6) == 0 && color[6] == '"')
            return true;
    return strncmp(color, "none\"", 5) == 0;
}

/* The page finds colours again by their values, so there must be no other. */
static void check_colors(const char *svg, const char *attribute)
{
    for (const char *here = svg; (here = strstr(here, attribute)) != NULL;) {
        here += strlen(attribute);
        here += *here == '#';
        ck_assert_msg(is_of_palette(here), "no color of the palette: %.20s", here);
    }
}

static void check_picture(const struct chart *chart, const struct chart_image *image)
{
    const char *end = image->bytes + image->length - strlen("</svg>\n");

    ck_assert_uint_eq(strlen(image->bytes), image->length);
    ck_assert_ptr_eq(strstr(image->bytes, "<svg "), image->bytes);
    ck_assert_str_eq(end, "</svg>\n");
    ck_assert_ptr_null(strstr(image->bytes, " id=\""));
    ck_assert_ptr_null(strstr(image->bytes, "href=\""));
    ck_assert_ptr_nonnull(strstr(image->bytes, "<title>"));
    ck_assert_ptr_nonnull(strstr(image->bytes, "<desc>"));
    ck_assert_ptr_nonnull(chart->alt);
    ck_assert_ptr_nonnull(strstr(chart->alt, chart->title));
    check_colors(image->bytes, " fill=\"");
    check_colors(image->bytes, " stroke=\"");
}

START_TEST(every_sample_is_drawn)
{
    struct sample sample = make_sample(_i);
    const struct document *document = sample.document;
    size_t drawn = 0;

    for (size_t i = 0; i < document->section_count; i++) {
        ck_assert_uint_eq(document->sections[i].first_chart, drawn);
        for (size_t j = 0; j < document->sections[i].chart_count; j++, drawn++) {
            const struct chart *chart = &document->sections[i].charts[j];
            struct chart_image image = {0};
            struct error error = {""};

            ck_assert_int_eq(chart_draw(document, chart, &image, &error), STATUS_OK);
            leave_picture(_i, chart->name, &image);
            check_picture(chart, &image);
            chart_image_clear(&image);
        }
    }
    ck_assert_uint_eq(drawn, document->chart_count);
    ck_assert_uint_ge(drawn, 2);
    leave_book(_i, document);
    clear(&sample);
}
END_TEST

/* ---- what is shown */

START_TEST(values_are_shown_as_the_language_writes_them)
{
    struct sample sample = published(NULL);
    struct chart_image months = {0};
    struct chart_image shares = {0};

    draw(&sample, "monthly", &months);
    draw(&sample, "countries", &shares);
    ck_assert_ptr_nonnull(strstr(months.bytes, ">5,867<"));
    ck_assert_ptr_nonnull(strstr(months.bytes, ">October 2013<"));
    ck_assert_ptr_nonnull(
        strstr(shares.bytes, find_chart(&sample, "countries")->series[0].values[0].text));
    ck_assert_ptr_nonnull(strstr(shares.bytes, ">Other<"));
    chart_image_clear(&months);
    chart_image_clear(&shares);
    clear(&sample);
}
END_TEST

/* For who sees neither columns nor the line over them. */
START_TEST(a_chart_is_said_in_words)
{
    uint64_t state = 88172645463325252u;
    struct sample sample = {.figures = fixture_charted(month_from(2012, 2), 2, 1, &state)};
    struct figures *figures = sample.figures;
    char expected[512];

    figures->history[1].state = MONTH_PROVISIONAL;
    compose(&sample, "en");
    snprintf(expected, sizeof(expected),
             "Column chart: Infections per month. February 2012: %s; March 2012: %s. A year "
             "earlier: %s; no data",
             find_chart(&sample, "monthly")->series[0].values[0].text,
             find_chart(&sample, "monthly")->series[0].values[1].text,
             language_number(sample.language, &sample.document->phrases,
                             figures->history[0].infections));
    ck_assert_str_eq(find_chart(&sample, "monthly")->alt, expected);

    const struct chart *stacks = find_chart(&sample, "stacked");

    snprintf(expected, sizeof(expected), ". %s: %s; %s. All others: 21; 0", stacks->series[0].name,
             language_number(sample.language, &sample.document->phrases,
                             figures->dimensions[0].lines[0].months[0]),
             language_number(sample.language, &sample.document->phrases,
                             figures->dimensions[0].lines[0].months[1]));
    ck_assert_msg(strstr(stacks->alt, expected) != NULL, "%s is not in %s", expected, stacks->alt);
    clear(&sample);
}
END_TEST

/* More months than a page holds become quarters, more quarters years, and the title says so. */
START_TEST(long_windows_are_shown_by_quarter_or_year)
{
    static const struct {
        size_t months, points;
        const char *title;
    } cases[] = {{36, 36, "Infections per month"},
                 {37, 13, "Infections per month, by quarter"},
                 {118, 40, "Infections per month, by quarter"},
                 {120, 11, "Infections per month, by year"}};
    uint64_t state = 88172645463325252u;
    int64_t sum = 0;

    /* From February on: the first quarter and year lack a month. */
    struct sample sample = {.figures =
                                fixture_charted(month_from(2012, 2), cases[_i].months, 3, &state)};

    compose(&sample, "en");

    const struct chart *chart = find_chart(&sample, "monthly");

    ck_assert_uint_eq(chart->point_count, cases[_i].points);
    ck_assert_str_eq(chart->title, cases[_i].title);
    for (size_t i = 0; i < chart->point_count; i++)
        sum += chart->series[0].values[i].value;
    ck_assert_int_eq(sum, sample.figures->months_infections);
    ck_assert_int_eq(chart->series[0].values[0].mark, _i == 0 ? CHART_MARK_PLAIN : CHART_MARK_OPEN);
    clear(&sample);
}
END_TEST

/* What is joined adds up: 250 shares to 100.00, the countries of a month to its count. */
START_TEST(what_is_joined_adds_up)
{
    uint64_t state = 88172645463325252u;
    struct sample sample = {.figures = fixture_charted(month_from(2012, 2), 60, 249, &state)};
    int64_t sum = 0;

    compose(&sample, "en");

    const struct chart *shares = find_chart(&sample, "countries");
    const struct chart *stacks = find_chart(&sample, "stacked");
    const struct chart *months = find_chart(&sample, "monthly");

    ck_assert_uint_eq(shares->point_count, 41);
    ck_assert_str_eq(shares->title, "Share of infections by country or region (first 40)");
    for (size_t i = 0; i < shares->point_count; i++)
        sum += shares->series[0].values[i].value;
    ck_assert_int_eq(sum, SHARE_WHOLE);
    ck_assert_uint_eq(stacks->series_count, CHART_SERIES_MAX);
    for (size_t i = 0; i < stacks->point_count; i++) {
        sum = 0;
        for (size_t j = 0; j < stacks->series_count; j++)
            sum += stacks->series[j].values[i].value;
        ck_assert_int_eq(sum, months->series[0].values[i].value);
        ck_assert_str_eq(stacks->points[i].total, months->series[0].values[i].text);
    }
    clear(&sample);
}
END_TEST

/* A month of the year before counts only when it was complete. */
START_TEST(the_year_before_is_a_line_where_it_is_complete)
{
    uint64_t state = 88172645463325252u;
    struct figures *figures = fixture_charted(month_from(2012, 2), 6, 3, &state);

    figures->history[1].state = MONTH_PROVISIONAL;
    figures->history[2].state = MONTH_NO_DATA;

    struct sample sample = {.figures = figures};

    compose(&sample, "en");

    const struct chart *chart = find_chart(&sample, "monthly");

    ck_assert_uint_eq(chart->series_count, 2);
    for (size_t i = 0; i < 6; i++) {
        const struct chart_value *value = &chart->series[1].values[i];
        bool known = i != 1 && i != 2;

        ck_assert_int_eq(value->mark, known ? CHART_MARK_PLAIN : CHART_MARK_MISSING);
        ck_assert_int_eq(value->value, known ? figures->history[i].infections : 0);
    }
    clear(&sample);
}
END_TEST

/* Lines that must not be seen are in no chart, but inside the rest. */
START_TEST(suppressed_lines_are_in_no_chart)
{
    uint64_t state = 88172645463325252u;
    struct figures *figures = fixture_charted(month_from(2012, 2), 3, 3, &state);
    struct line_figures *hidden = &figures->dimensions[0].lines[1];
    struct sample sample = {.figures = figures};
    char code[COUNTRY_SIZE];

    memcpy(code, hidden->value, COUNTRY_SIZE);
    hidden->months_shown = false;
    hidden->against[BASE_PREVIOUS_WINDOW].shown = false;
    figures->suppress_below = hidden->infections + 1;
    compose(&sample, "en");

    struct phrases phrases;

    phrases_init(&phrases);

    const char *name = language_country(sample.language, &phrases, code);
    const struct chart *stacks = find_chart(&sample, "stacked");
    const struct chart *map = find_chart(&sample, "map");
    const struct chart *changes = find_chart(&sample, "changes");

    ck_assert_uint_eq(stacks->series_count, 3); /* two countries and the rest */
    for (size_t i = 0; i < stacks->series_count; i++)
        ck_assert_str_ne(stacks->series[i].name, name);
    for (size_t i = 0; i < map->point_count; i++)
        ck_assert_str_ne(map->points[i].code, code);
    for (size_t i = 0; i < changes->point_count; i++)
        ck_assert_str_ne(changes->points[i].label, name);
    phrases_clear(&phrases);
    clear(&sample);
}
END_TEST

/* Its last month alone is not what a chart of the whole window shows. */
START_TEST(a_window_is_compared_as_a_whole)
{
    uint64_t state = 88172645463325252u;
    struct figures *figures = fixture_charted(month_from(2012, 2), 3, 3, &state);
    struct sample sample = {.figures = figures};

    figures->comparisons[BASE_PREVIOUS_MONTH] = figures->comparisons[BASE_PREVIOUS_WINDOW];
    figures->comparisons[BASE_PREVIOUS_WINDOW].known = false;
    compose(&sample, "en");
    ck_assert_ptr_null(find_chart(&sample, "changes"));
    clear(&sample);
}
END_TEST

/* The section's chart of that name; NULL: it has none. */
static const struct chart *chart_of(const struct section *section, const char *name)
{
    for (size_t i = 0; i < section->chart_count; i++)
        if (strcmp(section->charts[i].name, name) == 0)
            return &section->charts[i];
    return NULL;
}

/* "by_product" and what is behind it. */
static const struct section *find_section(const struct sample *sample, enum dimension dimension,
                                          const char *behind)
{
    char id[64];

    snprintf(id, sizeof(id), "by_%s%s", dimension_name(dimension), behind);
    for (size_t i = 0; i < sample->document->section_count; i++)
        if (strcmp(sample->document->sections[i].id, id) == 0)
            return &sample->document->sections[i];
    return NULL;
}

static const char *name_of(enum dimension dimension, const char *kind)
{
    static char name[64];

    snprintf(name, sizeof(name), "%s-%s", dimension_name(dimension), kind);
    return dimension == DIMENSION_COUNTRY ? kind : name;
}

static void check_shares(const struct sample *sample, enum dimension dimension)
{
    bool country = dimension == DIMENSION_COUNTRY;
    const struct chart *chart =
        country ? find_chart(sample, "countries")
                : chart_of(find_section(sample, dimension, ""), name_of(dimension, "shares"));
    int64_t sum = 0;

    if (sample->figures->dimensions[dimension].ranked == 0)
        return;
    ck_assert_ptr_nonnull(chart);
    ck_assert_int_eq(chart->kind, CHART_BARS);
    for (size_t i = 0; i < chart->point_count; i++)
        sum += chart->series[0].values[i].value;
    ck_assert_int_eq(sum, sample->figures->total > 0 ? SHARE_WHOLE : 0);
}

/* Those of a dimension are nowhere else. */
static void check_over_time(const struct sample *sample, enum dimension dimension)
{
    const struct section *months = find_section(sample, dimension, "_months");
    size_t changes = 0;

    if (months != NULL)
        ck_assert_ptr_nonnull(chart_of(months, name_of(dimension, "stacked")));
    for (size_t i = 0; i < sample->document->section_count; i++) {
        const struct section *section = &sample->document->sections[i];

        if (section != months && months != NULL)
            ck_assert_ptr_null(chart_of(section, name_of(dimension, "stacked")));
        if (chart_of(section, name_of(dimension, "changes")) == NULL)
            continue;
        changes++;
        ck_assert_ptr_nonnull(strstr(section->id, dimension_name(dimension)));
        ck_assert_ptr_nonnull(table_find_column(&section->table, COLUMN_CHANGE));
    }
    ck_assert_uint_le(changes, 1);
}

/* Of every dimension that has a table, whatever the figures are. */
START_TEST(charts_stand_beside_their_tables)
{
    uint64_t state = 0x2545f4914f6cdd1du;
    size_t changes = 0;

    for (int round = 0; round < 60; round++) {
        struct sample sample = {.figures = fixture_dimensions(&state)};

        compose(&sample, "en");
        for (enum dimension dimension = 0; dimension < DIMENSIONS; dimension++) {
            check_shares(&sample, dimension);
            check_over_time(&sample, dimension);
            changes += find_chart(&sample, name_of(dimension, "changes")) != NULL;
        }
        clear(&sample);
    }
    ck_assert_uint_gt(changes, 50);
}
END_TEST

START_TEST(steps_of_a_map_cover_all_values)
{
    uint64_t state = 88172645463325252u;
    struct sample sample = {.figures = fixture_charted(month_from(2012, 2), 3, 200, &state)};
    const struct chart *map;

    compose(&sample, "en");
    map = find_chart(&sample, "map");
    ck_assert_uint_gt(map->point_count, 100);
    for (size_t i = 0; i < map->point_count; i++) {
        int64_t step = map->series[0].values[i].value;

        ck_assert_int_ge(step, 1);
        ck_assert_int_le(step, CHART_STEPS);
        /* They are in the order of their counts. */
        if (i > 0)
            ck_assert_int_le(step, map->series[0].values[i - 1].value);
    }
    ck_assert_int_eq(map->series[0].values[0].value, CHART_STEPS);
    ck_assert_int_eq(map->series[0].values[map->point_count - 1].value, 1);
    clear(&sample);
}
END_TEST

/* ---- names */

static const char *const hostile[] = {
    "`touch /tmp/kansen-pwned`",
    "\" ; system('touch /tmp/kansen-pwned') #",
    "'\nset output '|touch /tmp/kansen-pwned'\n",
    "</text></svg><script>alert(1)</script>",
    "<image href=\"file:///etc/passwd\"/>",
    "<!ENTITY x SYSTEM \"file:///etc/passwd\">&x;",
    "]]><![CDATA[",
    "\" onload=\"alert(1)",
    " id=\"x\" <title>a</title>",
    "\t\t\t",
    "",
};

#define HOSTILE (int)(sizeof(hostile) / sizeof(*hostile))

START_TEST(hostile_names_are_text)
{
    struct sample sample = published(hostile[_i]);
    struct chart_image image = {0};

    draw(&sample, "monthly", &image);
    ck_assert_ptr_nonnull(strstr(image.bytes, "September to November 2013"));
    ck_assert_ptr_nonnull(strstr(image.bytes, ">5,867<"));
    ck_assert_ptr_null(strstr(image.bytes, "<script"));
    ck_assert_ptr_null(strstr(image.bytes, "<image"));
    ck_assert_ptr_null(strstr(image.bytes, "<!"));
    ck_assert_ptr_null(strstr(image.bytes, "\" onload"));
    check_picture(find_chart(&sample, "monthly"), &image);
    chart_image_clear(&image);
    clear(&sample);
}
END_TEST

static const struct {
    const char *name;
    const char *shown;
} labels[] = {
    {"a\\nb \\101 \\", ">a\\nb \\101 \\ · September"},
    {"\x01 \xe2\x80\xae", ">\\u{0001} \\u{202E} · September"},
    {"]]>", ">]]&gt; · September"},
    {"\"a\" \"", ">&quot;a&quot; &quot; · September"},
    {"a \xCD\xB8 \xF0\x9F\xA6\xA0 \xE6\x84\x9F b",
     ">a \xCD\xB8 \xF0\x9F\xA6\xA0 \xE6\x84\x9F b · September"},
};

START_TEST(names_are_shown_as_they_are)
{
    struct sample sample = published(labels[_i].name);
    struct chart_image image = {0};

    draw(&sample, "countries", &image);
    ck_assert_msg(strstr(image.bytes, labels[_i].shown) != NULL, "%s is not in %s",
                  labels[_i].shown, image.bytes);
    chart_image_clear(&image);
    clear(&sample);
}
END_TEST

/* A name as long as they come is cut; what stands behind it is whole. */
START_TEST(long_names_are_cut)
{
    char name[1201];
    struct chart_image image = {0};

    for (size_t i = 0; i + 3 < sizeof(name); i += 3)
        memcpy(name + i, "\xE6\x84\x9F", 4);

    struct sample sample = published(name);

    draw(&sample, "countries", &image);
    ck_assert_msg(strstr(image.bytes, "\xE6\x84\x9F… · September to November 2013<") != NULL, "%s",
                  image.bytes);
    chart_image_clear(&image);
    clear(&sample);
}
END_TEST

/* ---- other formats */

START_TEST(pictures_come_out_the_same_every_time)
{
    static const char *const begins[CHART_FORMATS] = {"<svg ", "\x89PNG", "%PDF"};
    struct sample sample = published(NULL);
    struct chart_image images[2] = {{0}, {0}};
    struct chart_image svg = {0};
    struct error error = {""};

    for (int format = CHART_PNG; format < CHART_FORMATS; format++) {
        for (int i = 0; i < 2; i++) {
            draw(&sample, "monthly", &svg);
            ck_assert_msg(chart_image_convert(&svg, (enum chart_format)format, 1386028800,
                                              &images[i], &error) == STATUS_OK,
                          "%s", error.message);
            chart_image_clear(&svg);
        }
        ck_assert_mem_eq(images[0].bytes, begins[format], 4);
        ck_assert_uint_eq(images[0].length, images[1].length);
        ck_assert_mem_eq(images[0].bytes, images[1].bytes, images[0].length);
        chart_image_clear(&images[0]);
        chart_image_clear(&images[1]);
    }
    clear(&sample);
}
END_TEST

START_TEST(a_missing_converter_is_named)
{
    struct sample sample = published(NULL);
    struct chart_image svg = {0};
    struct chart_image png = {0};
    struct error error = {""};

    draw(&sample, "monthly", &svg);
    ck_assert_int_eq(setenv("PATH", "/nonexistent", 1), 0);
    ck_assert_int_eq(chart_image_convert(&svg, CHART_PNG, 0, &png, &error), STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, "librsvg2-bin"));
    ck_assert_ptr_null(png.bytes);
    chart_image_clear(&svg);
    clear(&sample);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("charts");
    TCase *cases = tcase_create("charts");
    SRunner *runner = srunner_create(suite);

    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, every_sample_is_drawn, 0, SAMPLES);
    tcase_add_test(cases, values_are_shown_as_the_language_writes_them);
    tcase_add_test(cases, a_chart_is_said_in_words);
    tcase_add_loop_test(cases, long_windows_are_shown_by_quarter_or_year, 0, 4);
    tcase_add_test(cases, what_is_joined_adds_up);
    tcase_add_test(cases, the_year_before_is_a_line_where_it_is_complete);
    tcase_add_test(cases, suppressed_lines_are_in_no_chart);
    tcase_add_test(cases, a_window_is_compared_as_a_whole);
    tcase_add_test(cases, charts_stand_beside_their_tables);
    tcase_add_test(cases, steps_of_a_map_cover_all_values);
    tcase_add_loop_test(cases, hostile_names_are_text, 0, HOSTILE);
    tcase_add_loop_test(cases, names_are_shown_as_they_are, 0, sizeof(labels) / sizeof(*labels));
    tcase_add_test(cases, long_names_are_cut);
    tcase_add_test(cases, pictures_come_out_the_same_every_time);
    tcase_add_test(cases, a_missing_converter_is_named);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
