#include "reports/sections/charts.h"

/* Values of a map fall into steps: below 1, 1 to 2, 2 to 5, 5 to 10, 10 and more, times a power of
 * ten that fits the highest value. All are hundredths. */
#define CUTS (CHART_STEPS - 1)

/* What a map shows of a line; -1: nothing. */
typedef int64_t map_value(const struct figures *figures, const struct line_figures *line);

/* Puts a number into the words that stand for it. */
typedef const char *map_text(struct draft *draft, const char *number);

struct map {
    map_value *value;
    map_text *text;
    int64_t cuts[CUTS]; /* rising */
};

/* The number of 1, 2, 5, 10, 20, 50, … hundredths that is so many behind the first. */
static int64_t round_number(size_t index)
{
    static const int64_t firsts[] = {1, 2, 5};
    int64_t number = firsts[index % 3];

    for (size_t i = 0; i < index / 3; i++)
        number *= 10;
    return number;
}

/* As many of them as there are powers of ten in an int64_t. */
#define ROUND_NUMBERS 54

/* The highest step is to begin at half the highest value or below. */
static void choose_cuts(int64_t highest, int64_t cuts[CUTS])
{
    size_t last = CUTS - 1;

    while (last + 1 < ROUND_NUMBERS && round_number(last + 1) <= highest / 2)
        last++;
    for (size_t i = 0; i < CUTS; i++)
        cuts[i] = round_number(last - (CUTS - 1) + i);
}

static int64_t step_of(const struct map *map, int64_t value)
{
    int64_t step = 1;

    while (step <= CUTS && value >= map->cuts[step - 1])
        step++;
    return step;
}

/* Ends of steps are round: "2", "0.50". */
static const char *round_text(struct draft *draft, int64_t hundredths)
{
    if (hundredths % 100 == 0)
        return language_number(draft->language, draft->phrases, hundredths / 100);
    return language_share(draft->language, draft->phrases, hundredths);
}

static const char *say_step(struct draft *draft, const struct map *map, size_t index)
{
    const struct language *language = draft->language;
    const char *from =
        index == 0 ? NULL : map->text(draft, round_text(draft, map->cuts[index - 1]));
    const char *to = index == CUTS ? NULL : map->text(draft, round_text(draft, map->cuts[index]));

    if (from == NULL)
        return language_say(language, draft->phrases, MESSAGE_STEP_BELOW,
                            MESSAGE_ARGUMENTS(language_text("to", to)));
    if (to == NULL)
        return language_say(language, draft->phrases, MESSAGE_STEP_FROM,
                            MESSAGE_ARGUMENTS(language_text("from", from)));
    return language_say(language, draft->phrases, MESSAGE_STEP_BETWEEN,
                        MESSAGE_ARGUMENTS(language_text("from", from), language_text("to", to)));
}

static bool is_on_map(const struct figures *figures, const struct map *map, size_t index)
{
    const struct line_figures *line = &figures_countries(figures)->lines[index];

    return line->infections >= figures->suppress_below && map->value(figures, line) >= 0;
}

/* Only ranked ones are named. */
static const char *name_of(struct draft *draft, size_t index)
{
    const struct dimension_figures *countries = figures_countries(draft->figures);
    const char *code = countries->lines[index].value;

    return index < countries->ranked ? language_country(draft->language, draft->phrases, code)
                                     : code;
}

static void add_countries(struct draft *draft, struct chart *chart, const struct map *map)
{
    const struct figures *figures = draft->figures;
    const struct dimension_figures *countries = figures_countries(figures);
    struct chart_value *values;
    size_t count = 0;

    for (size_t i = 0; i < countries->line_count; i++)
        if (is_on_map(figures, map, i))
            draft_add_point(draft, chart,
                            &(struct chart_point){.label = name_of(draft, i),
                                                  .code = countries->lines[i].value});
    values = draft_add_series(draft, chart, NULL);
    for (size_t i = 0; values != NULL && i < countries->line_count; i++) {
        int64_t value = map->value(figures, &countries->lines[i]);

        if (!is_on_map(figures, map, i))
            continue;
        values[count].value = step_of(map, value);
        if (i < countries->ranked)
            values[count].text =
                map->text(draft, language_share(draft->language, draft->phrases, value));
        count++;
    }
}

static void add_map(struct draft *draft, struct map *map, const char *name, const char *title)
{
    const struct figures *figures = draft->figures;
    int64_t highest = 0;

    for (size_t i = 0; i < figures_countries(figures)->line_count; i++) {
        int64_t value = map->value(figures, &figures_countries(figures)->lines[i]);

        if (is_on_map(figures, map, i) && value > highest)
            highest = value;
    }
    if (highest == 0)
        return;

    struct chart *chart = draft_add_chart(draft, CHART_MAP, name, title);

    chart->heading = draft_say_dimension(draft, MESSAGE_VALUE);
    choose_cuts(highest, map->cuts);
    add_countries(draft, chart, map);
    for (size_t i = 0; i < CHART_STEPS; i++)
        chart->steps[i] = say_step(draft, map, i);
    chart->no_step = draft_message(draft, MESSAGE_STEP_NONE);
}

/* As the table prints it when it is ranked; else cut to hundredths. */
static int64_t share_of(const struct figures *figures, const struct line_figures *line)
{
    if (line->share > 0 || figures->total == 0)
        return line->share;
    return (int64_t)((double)line->infections / (double)figures->total * SHARE_WHOLE);
}

static const char *share_text(struct draft *draft, const char *number)
{
    return language_percent(draft->language, draft->phrases, number);
}

static int64_t rate_of(const struct figures *figures, const struct line_figures *line)
{
    (void)figures;
    return line->rate;
}

static const char *rate_text(struct draft *draft, const char *number)
{
    (void)draft;
    return number;
}

void charts_add_map(struct draft *draft)
{
    struct map map = {.value = share_of, .text = share_text};

    add_map(draft, &map, "map",
            draft_message(draft,
                          draft->figures->unique ? MESSAGE_CHART_MAP_UNIQUE : MESSAGE_CHART_MAP));
}

void charts_add_rates_map(struct draft *draft)
{
    struct map map = {.value = rate_of, .text = rate_text};

    add_map(draft, &map, "rates", draft_message(draft, MESSAGE_CHART_RATES));
}
