#include "stats/by_month.h"

#include <stdlib.h>

static bool is_small(int64_t infections, int64_t minimum)
{
    return infections > 0 && infections < minimum;
}

static bool has_small_month(const struct line_figures *line, size_t months, int64_t minimum)
{
    for (size_t i = 0; i < months; i++)
        if (is_small(line->months[i], minimum))
            return true;
    return false;
}

static void leave_out(struct dimension_figures *dimension, size_t months, size_t index)
{
    dimension->lines[index].months_shown = false;
    for (size_t i = 0; i < months; i++)
        dimension->other_months[i] += dimension->lines[index].months[i];
}

/* Whether what is hidden could be had by subtraction. */
static bool is_open(const struct figures *figures, const struct dimension_figures *dimension)
{
    size_t hidden = dimension->other.values;

    for (size_t i = 0; i < dimension->ranked; i++)
        hidden += !dimension->lines[i].months_shown;
    if (hidden == 0)
        return false;
    for (size_t i = 0; i < figures->month_count; i++)
        if (is_small(dimension->other_months[i], figures->suppress_below))
            return true;
    return hidden < 2 && dimension->other.values == 0;
}

enum status by_month_show(const struct figures *figures, struct dimension_figures *dimension,
                          struct error *error)
{
    int64_t minimum = figures->suppress_below;
    size_t months = figures->month_count;

    dimension->other_months = calloc(months, sizeof(*dimension->other_months));
    if (dimension->other_months == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (size_t month = 0; month < months; month++) {
        dimension->other_months[month] = figures->months[month].infections;
        for (size_t i = 0; i < dimension->ranked; i++)
            dimension->other_months[month] -= dimension->lines[i].months[month];
    }
    for (size_t i = 0; i < dimension->ranked; i++) {
        dimension->lines[i].months_shown = true;
        if (minimum > 0 && has_small_month(&dimension->lines[i], months, minimum))
            leave_out(dimension, months, i);
    }
    for (size_t i = dimension->ranked; minimum > 0 && i > 0 && is_open(figures, dimension); i--)
        if (dimension->lines[i - 1].months_shown)
            leave_out(dimension, months, i - 1);
    return STATUS_OK;
}
