#include "stats/comparison.h"

#include <stdlib.h>
#include <string.h>

#include "stats/shares.h"

/* A year: a window as long as that has the same months a year ago right before it. */
#define YEAR_MONTHS 12

__extension__ typedef __int128 wide;

/* ---- periods */

static bool is_complete(const struct figures *figures, month_t from, month_t to)
{
    for (month_t month = from; month <= to; month++) {
        const struct month_figures *found = figures_month(figures, month);

        if (found == NULL || found->state != MONTH_COMPLETE)
            return false;
    }
    return true;
}

static void choose(struct figures *figures, enum base base, month_t now_from, month_t now_to,
                   month_t back)
{
    struct comparison_figures chosen = {
        .now_from = now_from, .now_to = now_to, .from = now_from - back, .to = now_to - back};

    if (chosen.from < 0 || !is_complete(figures, chosen.now_from, chosen.now_to) ||
        !is_complete(figures, chosen.from, chosen.to))
        return;
    chosen.known = true;
    for (month_t month = chosen.from; month <= chosen.to; month++) {
        const struct month_figures *before = figures_month(figures, month);
        const struct month_figures *now = figures_month(figures, month + back);

        chosen.now += now->infections;
        chosen.now_detections += now->detections;
        chosen.before += before->infections;
        chosen.before_detections += before->detections;
    }
    chosen.now_cumulative = chosen.now;
    chosen.before_cumulative = chosen.before;
    figures->comparisons[base] = chosen;
}

void comparison_choose(struct figures *figures)
{
    month_t months = figures->to - figures->from + 1;
    month_t latest = figures->trend.month;

    memset(figures->comparisons, 0, sizeof(figures->comparisons));
    if (latest >= 0)
        choose(figures, BASE_PREVIOUS_MONTH, latest, latest, 1);
    if (months > 1)
        choose(figures, BASE_PREVIOUS_WINDOW, figures->from, figures->to, months);
    if (months < YEAR_MONTHS)
        choose(figures, BASE_YEAR_AGO, figures->from, figures->to, YEAR_MONTHS);
}

/* ---- ranks */

/* A line on one side. */
struct place {
    struct line_figures *line;
    int64_t count;
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left;
    const struct place *b = right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->line->value, b->line->value);
}

static int64_t count_of(const struct against_figures *against, enum comparison_side side)
{
    return side == SIDE_NOW ? against->now : against->before;
}

/* Takes the known lines that are there on this side, in order, and adds up all of them. */
static size_t collect(const struct dimension_figures *dimension, enum base base,
                      enum comparison_side side, struct place *places, int64_t *total)
{
    size_t count = 0;

    *total = 0;
    for (size_t i = 0; i < dimension->line_count; i++) {
        struct line_figures *line = &dimension->lines[i];
        int64_t infections = count_of(&line->against[base], side);

        *total += infections;
        if (infections > 0 && shares_is_known(dimension->dimension, line->value))
            places[count++] = (struct place){line, infections};
    }
    qsort(places, count, sizeof(*places), compare_places);
    return count;
}

static void set_share(struct against_figures *against, enum comparison_side side, int32_t share)
{
    if (side == SIDE_NOW)
        against->now_share = share;
    else
        against->before_share = share;
}

/* Those that the period's own report lists have the share that stands there. */
static void share(struct place *places, size_t count, size_t listed, enum base base,
                  enum comparison_side side, int64_t total)
{
    int64_t parts[SHARES_LINES_MAX];
    int32_t shares[SHARES_LINES_MAX];

    parts[listed] = total;
    for (size_t i = 0; i < listed; i++) {
        parts[i] = places[i].count;
        parts[listed] -= parts[i];
    }
    shares_split(parts, listed + 1, shares);
    for (size_t i = 0; i < count; i++)
        set_share(&places[i].line->against[base], side,
                  i < listed ? shares[i] : shares_nearest(places[i].count, total));
}

static void add_side(struct comparison_sides *sides, enum comparison_side side, int64_t count,
                     int64_t minimum)
{
    sides->infections[side] += count;
    sides->values[side] += count > 0;
    sides->small[side] += count > 0 && count < minimum;
}

int64_t comparison_rest(const struct figures *figures, const struct line_figures *line,
                        enum base base)
{
    const struct against_figures *against = &line->against[base];

    if (base != BASE_PREVIOUS_MONTH)
        return 0;
    return line->cumulative - against->now -
           (figures->comparisons[base].from >= figures->from ? against->before : 0);
}

/* Returns how many are listed. */
static size_t rank_side(const struct figures *figures, struct dimension_figures *dimension,
                        enum base base, enum comparison_side side, size_t top, struct place *places,
                        int64_t *counts, struct comparison_sides *sides)
{
    int64_t total;
    size_t count = collect(dimension, base, side, places, &total);

    for (size_t i = 0; i < count; i++) {
        struct against_figures *against = &places[i].line->against[base];

        counts[i] = places[i].count;
        add_side(sides, side, counts[i], figures->suppress_below);
        *(side == SIDE_NOW ? &against->now_rank : &against->before_rank) = (int32_t)i + 1;
    }

    size_t listed = shares_cut(counts, count, top < FIGURES_TOP_MAX ? top : FIGURES_TOP_MAX,
                               figures->suppress_below);

    share(places, count, listed, base, side, total);
    return listed;
}

/* places are those of the side before. */
static enum status list_left(struct dimension_figures *dimension, enum base base,
                             const struct place *places, size_t listed, size_t listed_now,
                             struct error *error)
{
    struct left_figures *left = calloc(listed + 1, sizeof(*left));
    size_t count = 0;

    if (left == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    dimension->left[base] = left;
    for (size_t i = 0; i < listed; i++) {
        const struct against_figures *against = &places[i].line->against[base];

        if (against->now_rank > 0 && (size_t)against->now_rank <= listed_now)
            continue;
        left[count] = (struct left_figures){strdup(places[i].line->value), *against};
        if (left[count].value == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
        dimension->left_count[base] = ++count;
    }
    return STATUS_OK;
}

enum status comparison_rank(const struct figures *figures, struct dimension_figures *dimension,
                            enum base base, size_t top, struct comparison_sides *out,
                            struct error *error)
{
    struct place *places;
    int64_t *counts;
    enum status status = STATUS_OK;

    memset(out, 0, sizeof(*out));
    if (!figures->comparisons[base].known)
        return STATUS_OK;
    places = calloc(dimension->line_count + 1, sizeof(*places));
    counts = calloc(dimension->line_count + 1, sizeof(*counts));
    if (places == NULL || counts == NULL) {
        status = error_set(error, STATUS_FATAL, "out of memory");
    } else {
        size_t now = rank_side(figures, dimension, base, SIDE_NOW, top, places, counts, out);
        size_t before = rank_side(figures, dimension, base, SIDE_BEFORE, top, places, counts, out);

        for (size_t i = 0; i < dimension->line_count; i++)
            if (shares_is_known(dimension->dimension, dimension->lines[i].value))
                add_side(out, SIDE_REST, comparison_rest(figures, &dimension->lines[i], base),
                         figures->suppress_below);
        dimension->listed[base] = (int64_t)now;
        status = list_left(dimension, base, places, before, now, error);
    }
    free(places);
    free(counts);
    return status;
}

/* ---- percentages of change */

static int64_t scaled(int64_t before, int64_t after, int64_t whole)
{
    wide difference = (wide)after - before;
    wide twice = 2 * (difference < 0 ? -difference : difference) * whole;
    wide nearest = (twice + before) / (2 * (wide)before);

    if (nearest > INT64_MAX)
        nearest = INT64_MAX;
    return (int64_t)(difference < 0 ? -nearest : nearest);
}

int64_t comparison_hundredths(int64_t before, int64_t after)
{
    return scaled(before, after, SHARE_WHOLE);
}

int64_t comparison_percent(int64_t before, int64_t after)
{
    return scaled(before, after, 100);
}
