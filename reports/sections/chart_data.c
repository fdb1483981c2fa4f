#include "reports/sections/chart_data.h"

#include <stdlib.h>

/* Points that a chart has room for at first; then twice as many, and so on. */
#define POINTS_FIRST 16

void chart_data_clear(struct chart *chart)
{
    for (size_t i = 0; i < chart->series_count; i++)
        free(chart->series[i].values);
    free(chart->points);
    *chart = (struct chart){0};
}

/* Is there no room behind so many points? It is doubled at powers of two. */
static bool is_full(size_t count)
{
    return count == 0 || (count >= POINTS_FIRST && (count & (count - 1)) == 0);
}

bool chart_data_add_point(struct chart *chart, const struct chart_point *point)
{
    size_t count = chart->point_count;

    if (is_full(count)) {
        size_t room = count == 0 ? POINTS_FIRST : 2 * count;
        struct chart_point *points = realloc(chart->points, room * sizeof(*points));

        if (points == NULL)
            return false;
        chart->points = points;
    }
    chart->points[chart->point_count++] = *point;
    return true;
}

struct chart_value *chart_data_add_series(struct chart *chart, const char *name)
{
    struct chart_value *values = calloc(chart->point_count + 1, sizeof(*values));

    if (values != NULL)
        chart->series[chart->series_count++] =
            (struct chart_series){.name = name, .values = values};
    return values;
}
