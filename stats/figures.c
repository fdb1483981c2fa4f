#include "stats/figures.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void line_figures_clear(struct line_figures *line)
{
    free(line->value);
    free(line->months);
    free(line->actives);
    *line = (struct line_figures){.value = NULL};
}

static void free_completeness(struct completeness_figures *completeness)
{
    for (size_t i = 0; i < completeness->lag_count; i++) {
        free(completeness->lags[i].cluster);
        free(completeness->lags[i].topic);
        free(completeness->lags[i].read_until);
        free(completeness->lags[i].read_until_utc);
    }
    free(completeness->lags);
    free(completeness->first_day);
}

void dimension_figures_clear(struct dimension_figures *dimension)
{
    for (size_t i = 0; i < dimension->line_count; i++)
        line_figures_clear(&dimension->lines[i]);
    free(dimension->lines);
    free(dimension->other_months);
    for (enum base base = 0; base < BASES; base++) {
        for (size_t i = 0; i < dimension->left_count[base]; i++)
            free(dimension->left[base][i].value);
        free(dimension->left[base]);
    }
    *dimension = (struct dimension_figures){.dimension = dimension->dimension};
}

void figures_free(struct figures *figures)
{
    if (figures == NULL)
        return;
    for (size_t i = 0; i < figures->pattern_count; i++)
        free(figures->patterns[i]);
    for (size_t i = 0; i < figures->offset_count; i++) {
        free(figures->offsets[i].topic);
        free(figures->offsets[i].group);
        free(figures->offsets[i].next_offsets);
        free(figures->offsets[i].read_until);
    }
    free_completeness(&figures->completeness);
    for (size_t i = 0; i < figures->name_count; i++) {
        free(figures->names[i].language);
        free(figures->names[i].name);
    }
    free(figures->threat);
    free(figures->names);
    free(figures->patterns);
    free(figures->timezone);
    for (size_t i = 0; i < figures->geoip_build_count; i++)
        free(figures->geoip_builds[i]);
    free(figures->geoip_builds);
    free(figures->months);
    for (size_t i = 0; i < figures->dimension_count; i++)
        dimension_figures_clear(&figures->dimensions[i]);
    free(figures->dimensions);
    free(figures->history);
    free(figures->offsets);
    edition_figures_free(figures->edition);
    free(figures->published.published);
    free(figures->published.published_utc);
    free(figures);
}

const char *month_state_name(enum month_state state)
{
    static const char *const names[MONTH_STATES] = {
        [MONTH_COMPLETE] = "complete",
        [MONTH_PROVISIONAL] = "provisional",
        [MONTH_NO_DATA] = "no-data",
    };

    return names[state];
}

const char *base_name(enum base base)
{
    static const char *const names[BASES] = {
        [BASE_PREVIOUS_MONTH] = "previous-month",
        [BASE_PREVIOUS_WINDOW] = "previous-window",
        [BASE_YEAR_AGO] = "year-ago",
    };

    return names[base];
}

const struct dimension_figures *figures_countries(const struct figures *figures)
{
    return &figures->dimensions[0];
}

const struct dimension_figures *figures_dimension(const struct figures *figures,
                                                  enum dimension dimension)
{
    for (size_t i = 0; i < figures->dimension_count; i++)
        if (figures->dimensions[i].dimension == dimension)
            return &figures->dimensions[i];
    return NULL;
}

const struct month_figures *figures_month(const struct figures *figures, month_t month)
{
    if (month >= figures->from && month <= figures->to)
        return &figures->months[month - figures->from];
    if (figures->history_count == 0 || month < figures->history[0].month || month > figures->to)
        return NULL;
    return &figures->history[month - figures->history[0].month];
}

int64_t figures_per_machine(int64_t detections, int64_t infections)
{
    __extension__ typedef __int128 wide;

    return (int64_t)(((wide)detections * 200 + infections) / ((wide)infections * 2));
}

size_t figures_months_of(const struct figures *figures, enum month_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < figures->month_count; i++)
        count += figures->months[i].state == state;
    return count;
}

bool figures_know_nothing(const struct figures *figures)
{
    return figures_months_of(figures, MONTH_NO_DATA) == figures->month_count;
}

bool figures_have_gap(const struct figures *figures)
{
    month_t first = figures->completeness.first_month;

    for (size_t i = 0; i < figures->month_count; i++)
        if (figures->months[i].state == MONTH_NO_DATA && first >= 0 &&
            figures->months[i].month > first)
            return true;
    return false;
}

const char *figures_begin_late(const struct figures *figures)
{
    const struct completeness_figures *completeness = &figures->completeness;
    month_t from = figures->from;

    for (enum base base = 0; base < BASES; base++)
        if (figures->comparisons[base].known && figures->comparisons[base].from < from)
            from = figures->comparisons[base].from;
    if (completeness->first_day == NULL || completeness->first_month < from ||
        completeness->first_month > figures->to)
        return NULL;
    return strcmp(completeness->first_day + strlen("2013-09-"), "01") == 0
               ? NULL
               : completeness->first_day;
}

bool figures_are_complete(const struct figures *figures)
{
    return !figures->ongoing && figures->completeness.lag_count == 0 &&
           !figures_know_nothing(figures) && !figures_have_gap(figures);
}

const char *figures_beyond(const struct figures *figures, char text[FIGURES_DAY_SIZE])
{
    char month[MONTH_TEXT_SIZE];

    if (figures->completeness.judged < 0)
        return NULL;
    snprintf(text, FIGURES_DAY_SIZE, "%s-01",
             month_format(figures->completeness.judged + 1, month));
    return text;
}

const char *figures_name(const struct figures *figures, const char *language)
{
    for (size_t i = 0; i < figures->name_count; i++)
        if (strcasecmp(figures->names[i].language, language) == 0)
            return figures->names[i].name;
    return NULL;
}
