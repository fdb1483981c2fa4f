#include "stats/comparison.h"

#include <stdlib.h>
#include <string.h>

#include "stats/shares.h"

/* A year: a window as long as that has the same months a year ago right before it. */
#define YEAR_MONTHS 12

__extension__ typedef __int128 wide;

enum side { SIDE_NOW, SIDE_BEFORE, SIDES };

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

static int64_t count_of(const struct against_figures *against, enum side side)
{
    return side == SIDE_NOW ? against->now : against->before;
}

/* Takes the known lines that are there on this side, in order, and adds up all of them. */
static size_t collect(const struct dimension_figures *dimension, enum base base, enum side side,
                      struct place *places, int64_t *total)
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

static void set_share(struct against_figures *against, enum side side, int32_t share)
{
    if (side == SIDE_NOW)
        against->now_share = share;
    else
        against->before_share = share;
}

/* Those that the period's own report lists have the share that stands there. */
static void share(struct place *places, size_t count, size_t listed, enum base base, enum side side,
                  int64_t total)
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

/* Returns how many are listed. */
static size_t rank_side(const struct figures *figures, struct dimension_figures *dimension,
                        enum base base, enum side side, size_t top, struct place *places,
                        int64_t *counts, struct comparison_sides *sides)
{
    int64_t total;
    size_t count = collect(dimension, base, side, places, &total);

    sides->values[side] = count;
    for (size_t i = 0; i < count; i++) {
        struct against_figures *against = &places[i].line->against[base];

        counts[i] = places[i].count;
        sides->infections[side] += counts[i];
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

    *out = (struct comparison_sides){{0}, {0}};
    if (!figures->comparisons[base].known)
        return STATUS_OK;
    places = calloc(dimension->line_count + 1, sizeof(*places));
    counts = calloc(dimension->line_count + 1, sizeof(*counts));
    if (places == NULL || counts == NULL) {
        status = error_set(error, STATUS_FATAL, "out of memory");
    } else {
        size_t now = rank_side(figures, dimension, base, SIDE_NOW, top, places, counts, out);
        size_t before = rank_side(figures, dimension, base, SIDE_BEFORE, top, places, counts, out);

        dimension->listed[base] = (int64_t)now;
        status = list_left(dimension, base, places, before, now, error);
    }
    free(places);
    free(counts);
    return status;
}

/* ---- what is shown */

/* What is listed of one comparison: lines that rank now, and those that left. */
struct rows {
    struct against_figures *list[2 * FIGURES_TOP_MAX];
    size_t count;
    int64_t minimum;
};

static bool is_small(int64_t count, int64_t minimum)
{
    return count > 0 && count < minimum;
}

/* Whether the months of the window besides those that are compared could be had as a small sum. */
static bool leaves_small_rest(const struct figures *figures, const struct line_figures *line,
                              enum base base)
{
    const struct against_figures *against = &line->against[base];
    int64_t rest = line->cumulative - against->now;

    if (base != BASE_PREVIOUS_MONTH)
        return false;
    if (figures->comparisons[base].from >= figures->from)
        rest -= against->before;
    return is_small(rest, figures->suppress_below);
}

static void list_rows(const struct figures *figures, struct dimension_figures *dimension,
                      enum base base, struct rows *out)
{
    *out = (struct rows){.minimum = figures->suppress_below};
    for (size_t i = 0; i < dimension->line_count; i++) {
        struct line_figures *line = &dimension->lines[i];
        struct against_figures *against = &line->against[base];

        against->shown = out->minimum == 0;
        if (against->now_rank == 0 || against->now_rank > dimension->listed[base])
            continue;
        against->shown =
            !is_small(against->before, out->minimum) && !leaves_small_rest(figures, line, base);
        out->list[out->count++] = against;
    }
    for (size_t i = 0; i < dimension->left_count[base]; i++) {
        struct against_figures *against = &dimension->left[base][i].against;

        against->shown = !is_small(against->now, out->minimum);
        out->list[out->count++] = against;
    }
}

/* Hides one more row when a hidden one could be had by subtraction from the sum of this side. */
static bool hide_one(const struct rows *rows, enum side side, const struct comparison_sides *sides)
{
    int64_t infections = sides->infections[side];
    size_t values = sides->values[side];
    struct against_figures *smallest = NULL;
    bool hidden = false;

    for (size_t i = 0; i < rows->count; i++) {
        int64_t count = count_of(rows->list[i], side);

        hidden |= !rows->list[i]->shown && count > 0;
        if (!rows->list[i]->shown || count == 0)
            continue;
        infections -= count;
        values--;
        if (smallest == NULL || count < count_of(smallest, side))
            smallest = rows->list[i];
    }
    if (!hidden || smallest == NULL || (values >= 2 && infections >= rows->minimum))
        return false;
    smallest->shown = false;
    return true;
}

static void drop_left(struct dimension_figures *dimension, enum base base)
{
    size_t kept = 0;

    for (size_t i = 0; i < dimension->left_count[base]; i++) {
        struct left_figures *left = &dimension->left[base][i];

        if (left->against.shown)
            dimension->left[base][kept++] = *left;
        else
            free(left->value);
    }
    dimension->left_count[base] = kept;
}

void comparison_show(const struct figures *figures, struct dimension_figures *dimension,
                     const struct comparison_sides sides[BASES])
{
    for (enum base base = 0; base < BASES; base++) {
        struct rows rows;

        if (!figures->comparisons[base].known)
            continue;
        list_rows(figures, dimension, base, &rows);
        /* What is now in the whole window stands in the ranking too. */
        while (rows.minimum > 0 && (hide_one(&rows, SIDE_BEFORE, &sides[base]) ||
                                    (base == BASE_PREVIOUS_MONTH && figures->month_count > 1 &&
                                     hide_one(&rows, SIDE_NOW, &sides[base]))))
            ;
        drop_left(dimension, base);
    }
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
