#include <stdlib.h>

#include "reports/languages/period.h"
#include "reports/sections/charts.h"

/* Bars of a chart of changes. */
#define LINES_MAX 20

struct change {
    const char *value; /* borrowed */
    int64_t change;
};

struct changes {
    struct change list[FIGURES_TOP_MAX * 2];
    size_t count;
};

static void add(struct changes *changes, const char *value, const struct against_figures *against)
{
    if (against->shown && changes->count < FIGURES_TOP_MAX * 2 && against->now != against->before)
        changes->list[changes->count++] = (struct change){value, against->now - against->before};
}

static int by_size(const void *one, const void *other)
{
    int64_t first = llabs(((const struct change *)one)->change);
    int64_t second = llabs(((const struct change *)other)->change);

    return (first < second) - (first > second);
}

static int by_change(const void *one, const void *other)
{
    int64_t first = ((const struct change *)one)->change;
    int64_t second = ((const struct change *)other)->change;

    return (first < second) - (first > second);
}

/* The largest changes, from gains to losses. */
static void collect(const struct dimension_figures *dimension, enum base base, struct changes *out)
{
    out->count = 0;
    for (size_t i = 0; i < dimension->ranked; i++)
        add(out, dimension->lines[i].value, &dimension->lines[i].against[base]);
    for (size_t i = 0; i < dimension->left_count[base]; i++)
        add(out, dimension->left[base][i].value, &dimension->left[base][i].against);
    qsort(out->list, out->count, sizeof(*out->list), by_size);
    if (out->count > LINES_MAX)
        out->count = LINES_MAX;
    qsort(out->list, out->count, sizeof(*out->list), by_change);
}

/* A window is compared as a whole: BASE_PREVIOUS_MONTH compares its last month alone. */
static enum base choose_base(const struct figures *figures)
{
    enum base previous = figures->month_count == 1 ? BASE_PREVIOUS_MONTH : BASE_PREVIOUS_WINDOW;

    if (figures->comparisons[previous].known)
        return previous;
    return figures->comparisons[BASE_YEAR_AGO].known ? BASE_YEAR_AGO : BASES;
}

static const char *say_change(struct draft *draft, int64_t change)
{
    const char *number = language_number(draft->language, draft->phrases, llabs(change));

    return language_say(draft->language, draft->phrases, change < 0 ? MESSAGE_LOST : MESSAGE_GAINED,
                        MESSAGE_ARGUMENTS(language_text("number", number)));
}

static const char *say_base(struct draft *draft, enum base base)
{
    const struct comparison_figures *comparison = &draft->figures->comparisons[base];
    const char *period =
        period_name(draft->language, draft->phrases, (struct period_end){.month = comparison->from},
                    (struct period_end){.month = comparison->to});

    return language_say(draft->language, draft->phrases, MESSAGE_CHART_COMPARED,
                        MESSAGE_ARGUMENTS(language_text("period", period)));
}

static void draw_up(struct draft *draft, struct chart *chart, const struct changes *changes)
{
    struct chart_value *values;

    for (size_t i = 0; i < changes->count; i++)
        draft_add_point(draft, chart,
                        &(struct chart_point){
                            .label = draft_value(draft, draft->dimension, changes->list[i].value)});
    values = draft_add_series(draft, chart, draft_message(draft, MESSAGE_CHANGE_SINCE));
    for (size_t i = 0; values != NULL && i < changes->count; i++)
        values[i] = (struct chart_value){.value = changes->list[i].change,
                                         .text = say_change(draft, changes->list[i].change)};
}

void charts_add_changes(struct draft *draft)
{
    struct changes *changes;

    if (draft->base != choose_base(draft->figures))
        return;
    changes = malloc(sizeof(*changes));
    if (changes == NULL) {
        draft->phrases->failed = true;
        return;
    }
    collect(draft_dimension(draft), draft->base, changes);
    if (changes->count > 0) {
        struct chart *chart =
            draft_add_chart(draft, CHART_CHANGES, draft_chart_name(draft, "changes"),
                            draft_say_dimension(draft, MESSAGE_CHART_CHANGES));

        chart->heading = draft_say_dimension(draft, MESSAGE_VALUE);
        chart->note = say_base(draft, draft->base);
        draw_up(draft, chart, changes);
    }
    free(changes);
}
