#include "reports/sections/draft.h"

/* An alternative text names so many values; of more months the first, the highest, the lowest and
 * the last one, of more countries the first ones. */
#define VALUES_MAX 13
#define LINES_MAX 10

const char *draft_chart_name(const struct draft *draft, const char *kind)
{
    const char *const words[] = {dimension_name(draft->dimension), kind};

    return draft->dimension == DIMENSION_COUNTRY ? kind
                                                 : phrases_join(draft->phrases, "-", words, 2);
}

const char *draft_first_of(const struct draft *draft, const char *title, size_t shown, size_t all)
{
    if (shown == all)
        return title;
    return language_say(draft->language, draft->phrases, MESSAGE_CHART_FIRST,
                        MESSAGE_ARGUMENTS(language_text("title", title),
                                          language_count(draft->language, draft->phrases, "count",
                                                         (int64_t)shown)));
}

struct chart *draft_add_chart(struct draft *draft, enum chart_kind kind, const char *name,
                              const char *title)
{
    struct section *section = draft->section;
    struct chart *chart = &section->charts[section->chart_count++];

    *chart = (struct chart){.kind = kind, .name = name, .title = title, .column = COLUMN_ROLES};
    return chart;
}

void draft_add_point(struct draft *draft, struct chart *chart, const struct chart_point *point)
{
    if (!chart_data_add_point(chart, point))
        draft->phrases->failed = true;
}

struct chart_value *draft_add_series(struct draft *draft, struct chart *chart, const char *name)
{
    struct chart_value *values = NULL;

    if (!draft->phrases->failed)
        values = chart_data_add_series(chart, name);
    if (values == NULL)
        draft->phrases->failed = true;
    return values;
}

static bool is_of_time(const struct chart *chart)
{
    return chart->kind == CHART_COLUMNS || chart->kind == CHART_STACKS;
}

/* What stands at a point; NULL: nothing does. */
static const char *text_of(const struct chart *chart, size_t index)
{
    if (chart->kind == CHART_STACKS)
        return chart->points[index].total;
    return chart->series_count == 0 ? NULL : chart->series[0].values[index].text;
}

static int64_t height_of(const struct chart *chart, size_t index)
{
    int64_t sum = 0;

    if (chart->kind == CHART_COLUMNS)
        return chart->series[0].values[index].value;
    for (size_t i = 0; i < chart->series_count; i++)
        sum += chart->series[i].values[index].value;
    return sum;
}

static size_t find_extreme(const struct chart *chart, bool highest)
{
    size_t found = 0;

    for (size_t i = 1; i < chart->point_count; i++)
        if (highest ? height_of(chart, i) > height_of(chart, found)
                    : height_of(chart, i) < height_of(chart, found))
            found = i;
    return found;
}

static bool is_named(const struct chart *chart, size_t index, size_t highest, size_t lowest)
{
    if (text_of(chart, index) == NULL)
        return false;
    if (chart->point_count <= VALUES_MAX)
        return true;
    if (!is_of_time(chart))
        return index < LINES_MAX;
    return index == 0 || index == highest || index == lowest || index + 1 == chart->point_count;
}

/* The points that an alternative text names. */
struct named {
    size_t list[VALUES_MAX];
    size_t count;
};

static struct named choose_points(const struct chart *chart)
{
    struct named named = {.count = 0};
    bool known = chart->series_count > 0 && chart->point_count > 0;
    size_t highest = known ? find_extreme(chart, true) : 0;
    size_t lowest = known ? find_extreme(chart, false) : 0;

    for (size_t i = 0; known && i < chart->point_count; i++)
        if (is_named(chart, i, highest, lowest))
            named.list[named.count++] = i;
    return named;
}

/* "September 2013: 5,867; October 2013: 2,518" */
static const char *list_values(struct draft *draft, const struct chart *chart,
                               const struct named *named)
{
    const char *list[VALUES_MAX];

    for (size_t i = 0; i < named->count; i++) {
        size_t point = named->list[i];
        const char *words[] = {chart->points[point].label, text_of(chart, point)};

        list[i] = phrases_join(draft->phrases, draft_message(draft, MESSAGE_ALT_OF), words, 2);
    }
    return phrases_join(draft->phrases, draft_message(draft, MESSAGE_ALT_BETWEEN), list,
                        named->count);
}

/* What a series adds that has no text in the picture, in the order of the same points: "Japan:
 * 1,403; 565". */
static const char *list_series(struct draft *draft, const struct chart_series *series,
                               const struct named *named)
{
    const char *list[VALUES_MAX];
    const char *words[2];

    for (size_t i = 0; i < named->count; i++) {
        const struct chart_value *value = &series->values[named->list[i]];

        list[i] = value->mark == CHART_MARK_MISSING
                      ? draft_message(draft, MESSAGE_NO_DATA)
                      : language_number(draft->language, draft->phrases, value->value);
    }
    words[0] = language_capitalise(draft->language, draft->phrases, series->name);
    words[1] =
        phrases_join(draft->phrases, draft_message(draft, MESSAGE_ALT_BETWEEN), list, named->count);
    return phrases_join(draft->phrases, draft_message(draft, MESSAGE_ALT_OF), words, 2);
}

/* What stands at the points, and then each series that a person sees only as a length. */
static const char *say_values(struct draft *draft, const struct chart *chart)
{
    struct named named = choose_points(chart);
    const char *parts[CHART_SERIES_MAX + 1] = {list_values(draft, chart, &named)};
    size_t count = 1;

    for (size_t i = chart->kind == CHART_STACKS ? 0 : 1;
         is_of_time(chart) && named.count > 0 && i < chart->series_count; i++)
        parts[count++] = list_series(draft, &chart->series[i], &named);
    return phrases_join(draft->phrases, draft_message(draft, MESSAGE_ALT_AFTER), parts, count);
}

void draft_describe_chart(struct draft *draft, struct chart *chart)
{
    static const char *const kinds[CHART_KINDS] = {[CHART_COLUMNS] = "columns",
                                                   [CHART_STACKS] = "stacks",
                                                   [CHART_BARS] = "bars",
                                                   [CHART_CHANGES] = "changes",
                                                   [CHART_MAP] = "map"};

    chart->alt = language_say(draft->language, draft->phrases, MESSAGE_ALT,
                              MESSAGE_ARGUMENTS(language_text("kind", kinds[chart->kind]),
                                                language_text("title", chart->title),
                                                language_text("values", say_values(draft, chart))));
}
