#include "stats/dimension_rank.h"

#include "stats/by_month.h"
#include "stats/comparison.h"
#include "stats/shares.h"

/* A value is new when complete months without it lead up to its first one. */
static void mark_new(const struct figures *figures, struct dimension_figures *dimension)
{
    const struct trend_figures *trend = &figures->trend;

    for (size_t i = 0; i < dimension->line_count; i++) {
        struct line_figures *line = &dimension->lines[i];

        line->is_new = trend->month >= 0 && trend->whole && line->first_seen >= figures->from &&
                       line->first_seen > trend->since && line->first_seen <= trend->month;
    }
}

/* Where one value is all there is, its months are those of the threat, which are never hidden. */
static bool totals_tell(const struct figures *figures, const struct dimension_figures *dimension)
{
    size_t values = 0;
    bool small = false;

    for (size_t i = 0; i < dimension->line_count; i++)
        values += dimension->lines[i].infections > 0;
    for (size_t i = 0; i < figures->month_count; i++)
        small |= figures->months[i].infections > 0 &&
                 figures->months[i].infections < figures->suppress_below;
    return values == 1 && small;
}

enum status dimension_rank(const struct figures *figures, struct dimension_figures *dimension,
                           size_t top, struct error *error)
{
    struct comparison_sides sides[BASES];
    enum status status = STATUS_OK;

    mark_new(figures, dimension);
    for (enum base base = 0; base < BASES && status == STATUS_OK; base++)
        status = comparison_rank(figures, dimension, base, top, &sides[base], error);
    if (status == STATUS_OK)
        status = shares_rank(dimension, top,
                             totals_tell(figures, dimension) ? INT64_MAX : figures->suppress_below,
                             error);
    if (status == STATUS_OK)
        status = by_month_show(figures, dimension, error);
    if (status == STATUS_OK)
        comparison_show(figures, dimension, sides);
    return status;
}
