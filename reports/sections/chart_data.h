/* What a chart shows, as plain data: whoever draws it computes nothing but places.
 *
 * Points lie along the chart's axis (months, countries); each series has a value for each of them.
 * Points are added first. Texts are borrowed. */
#ifndef KANSEN_REPORTS_SECTIONS_CHART_DATA_H
#define KANSEN_REPORTS_SECTIONS_CHART_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reports/sections/table.h"

enum chart_kind {
    CHART_COLUMNS, /* side by side, for what happens over time; a second series is a line */
    CHART_STACKS,  /* columns of several series that lie upon each other; values without text */
    CHART_BARS,    /* below each other, for what is compared */
    CHART_CHANGES, /* the same to both sides of a zero */
    CHART_MAP,     /* of the world; a value is a step of the legend, from 1 on */
    CHART_KINDS
};

/* How a value's mark looks. */
enum chart_mark {
    CHART_MARK_PLAIN,
    CHART_MARK_OPEN,   /* hatched: the value may grow, or a part of its time is missing */
    CHART_MARK_OTHER,  /* grey: what others leave out */
    CHART_MARK_MISSING /* none: nothing is known */
};

struct chart_point {
    const char *label; /* "September 2013", "Japan" */
    const char *brief; /* where labels have no room: "Sep"; NULL: the label */
    const char
        *group; /* what brief ones are of, once below those in a row: "2013"; NULL: nothing */
    const char *total; /* above what lies upon each other; NULL: nothing */
    const char *code;  /* of a map's country: "JP" */
};

struct chart_value {
    int64_t value;    /* only changes are negative */
    const char *text; /* beside the mark: "5,867", "24.02 %"; NULL: none */
    enum chart_mark mark;
};

struct chart_series {
    const char *name;           /* in the legend, where there is one; NULL: the column's heading */
    bool rest;                  /* grey, as what others leave out */
    struct chart_value *values; /* owned; one for each point */
};

/* Shades of a map, and series upon each other but for the rest: as many as can be told apart. */
#define CHART_STEPS 5
#define CHART_SERIES_MAX 7

struct chart {
    enum chart_kind kind;
    const char *name;           /* part of its file's name */
    const char *title;          /* what it shows */
    const char *heading;        /* what its points are: "Period", "Product" */
    const char *numbered;       /* the title as the document's n-th figure */
    const char *note;           /* a line below the subtitle; NULL: none */
    const char *open;           /* what hatched marks mean, when there are some */
    const char *alt;            /* its kind and values in words, for who can't see it */
    struct chart_point *points; /* owned */
    size_t point_count;
    struct chart_series series[CHART_SERIES_MAX];
    size_t series_count;
    enum column_role column; /* of the section's table, where the first series comes from, for
                                spreadsheets' own charts; COLUMN_ROLES: from elsewhere */
    const char *steps[CHART_STEPS]; /* the legend of a map; NULL: not used */
    const char *no_step;            /* and of land without figures */
};

void chart_data_clear(struct chart *chart);

/* Copies the point; false when memory is short. */
bool chart_data_add_point(struct chart *chart, const struct chart_point *point);

/* Values of a new series, zeroed, one for each point; NULL when memory is short. CHART_SERIES_MAX
 * at most. */
struct chart_value *chart_data_add_series(struct chart *chart, const char *name);

#endif
