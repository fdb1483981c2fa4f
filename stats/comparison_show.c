/* The part of stats/comparison that says which rows may be seen. */
#include <stdlib.h>
#include <string.h>

#include "stats/comparison.h"

/* A value of which a table may say something: every line, and what is listed of those that left. */
struct row {
    struct against_figures *against; /* NULL: the comparison does not list it */
    int64_t counts[SIDES];
    bool by_month; /* its months stand in another table */
};

struct rows {
    struct row list[2 * FIGURES_TOP_MAX];
    size_t count;
    int64_t minimum;
    bool inside;    /* what is before lies in the window, too */
    bool of_months; /* two months of a longer window are compared */
};

static bool is_small(int64_t count, int64_t minimum)
{
    return count > 0 && count < minimum;
}

static bool has_small_side(const struct row *row, int64_t minimum)
{
    for (enum comparison_side side = 0; side < SIDES; side++)
        if (is_small(row->counts[side], minimum))
            return true;
    return false;
}

static struct left_figures *find_left(struct dimension_figures *dimension, enum base base,
                                      const char *value)
{
    for (size_t i = 0; i < dimension->left_count[base]; i++)
        if (strcmp(dimension->left[base][i].value, value) == 0)
            return &dimension->left[base][i];
    return NULL;
}

static void add_line(const struct figures *figures, struct dimension_figures *dimension,
                     struct line_figures *line, enum base base, struct rows *out)
{
    struct row *row = &out->list[out->count++];
    struct against_figures *against = &line->against[base];
    struct left_figures *left = find_left(dimension, base, line->value);

    *row = (struct row){
        .counts = {against->now, against->before, comparison_rest(figures, line, base)},
        .by_month = out->of_months && line->months_shown};
    against->shown = out->minimum == 0;
    if (against->now_rank > 0 && against->now_rank <= dimension->listed[base])
        row->against = against;
    else if (left != NULL)
        row->against = &left->against;
    if (row->against != NULL)
        row->against->shown = !has_small_side(row, out->minimum);
}

/* What has left and is no line is smaller than the ranking may show, or there no more: then its
 * number before is a part of the window that nobody may see, unless it lies in front of it. */
static void add_left(struct left_figures *left, struct rows *out)
{
    struct against_figures *against = &left->against;

    against->shown = out->minimum == 0 || (against->now == 0 && !out->inside &&
                                           !is_small(against->before, out->minimum));
    out->list[out->count++] =
        (struct row){.against = against, .counts = {against->now, against->before, 0}};
}

static void list_rows(const struct figures *figures, struct dimension_figures *dimension,
                      enum base base, struct rows *out)
{
    size_t lines;

    *out = (struct rows){.minimum = figures->suppress_below,
                         .inside = figures->comparisons[base].from >= figures->from,
                         .of_months = base == BASE_PREVIOUS_MONTH && figures->month_count > 1};
    for (size_t i = 0; i < dimension->line_count && i < FIGURES_TOP_MAX; i++)
        add_line(figures, dimension, &dimension->lines[i], base, out);
    lines = out->count;
    for (size_t i = 0; i < dimension->left_count[base]; i++) {
        struct left_figures *left = &dimension->left[base][i];
        bool is_line = false;

        for (size_t line = 0; line < lines && !is_line; line++)
            is_line = out->list[line].against == &left->against;
        if (!is_line)
            add_left(left, out);
    }
}

/* Whether what the row has on this side follows from its months. */
static bool stands_by_month(const struct rows *rows, const struct row *row,
                            enum comparison_side side)
{
    return row->by_month && (side != SIDE_BEFORE || rows->inside);
}

/* Whether a value may be one that must not be seen: then all that is hidden needs cover. */
static bool needs_cover(const struct rows *rows, const struct comparison_sides *sides)
{
    for (enum comparison_side side = rows->of_months ? SIDE_NOW : SIDE_BEFORE; side < SIDES;
         side++) {
        if (sides->small[side] > 0)
            return true;
        for (size_t i = 0; i < rows->count; i++) {
            const struct row *row = &rows->list[i];

            if (row->against != NULL && !row->against->shown && row->counts[side] > 0)
                return true;
        }
    }
    return false;
}

/* Hides one more row when a hidden one could be had by subtraction from the sum of this side. */
static bool hide_one(const struct rows *rows, enum comparison_side side,
                     const struct comparison_sides *sides)
{
    int64_t infections = sides->infections[side];
    size_t values = sides->values[side];
    const struct row *smallest = NULL;

    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->list[i];
        bool shown = row->against != NULL && row->against->shown;

        if (row->counts[side] == 0 || (!shown && !stands_by_month(rows, row, side)))
            continue;
        infections -= row->counts[side];
        values--;
        if (!stands_by_month(rows, row, side) &&
            (smallest == NULL || row->counts[side] < smallest->counts[side]))
            smallest = row;
    }
    if (smallest == NULL || values == 0 || (values >= 2 && infections >= rows->minimum))
        return false;
    smallest->against->shown = false;
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

static void cover(const struct rows *rows, const struct comparison_sides *sides)
{
    /* What is now in the whole window stands in the ranking, which covers what it hides. */
    bool again = rows->minimum > 0;

    while (again && needs_cover(rows, sides))
        again = hide_one(rows, SIDE_BEFORE, sides) ||
                (rows->of_months &&
                 (hide_one(rows, SIDE_NOW, sides) || hide_one(rows, SIDE_REST, sides)));
}

void comparison_show(const struct figures *figures, struct dimension_figures *dimension,
                     const struct comparison_sides sides[BASES])
{
    for (enum base base = 0; base < BASES; base++) {
        struct rows rows;

        if (!figures->comparisons[base].known)
            continue;
        list_rows(figures, dimension, base, &rows);
        cover(&rows, &sides[base]);
        drop_left(dimension, base);
    }
}
