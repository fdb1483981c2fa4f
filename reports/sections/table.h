/* A table: columns known by what they hold, rows known by what they are, and for each cell both the
 * number and its printed text.
 *
 * Nothing finds a cell by its position, so that a column or row more changes no other. Texts are
 * borrowed. */
#ifndef KANSEN_REPORTS_SECTIONS_TABLE_H
#define KANSEN_REPORTS_SECTIONS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Periods that can stand side by side. */
#define TABLE_PERIODS_MAX 13

/* What a column holds. CSV has its columns in this order. */
enum column_role {
    COLUMN_RANK,
    COLUMN_NAME, /* names its row */
    COLUMN_INFECTIONS,
    COLUMN_DETECTIONS,
    COLUMN_SHARE,

    /* CSV has those from here on only when a table does, behind all else. */
    COLUMN_CUMULATIVE, /* infections, a machine once a month, beside machines that count once */
    COLUMN_BEFORE,
    COLUMN_CHANGE,
    COLUMN_CHANGE_PERCENT, /* people read it in whole percent */
    COLUMN_POINTS,         /* a share less the one before */
    COLUMN_RANK_BEFORE,
    COLUMN_PER_MACHINE, /* detections */

    /* Of what changed since an edition: in which month, and how much for which reason. */
    COLUMN_MONTH,
    COLUMN_ARRIVED,
    COLUMN_RELOCATED,
    COLUMN_REPLAYED,
    COLUMN_REDEFINED,
    COLUMN_DETECTIONS_BEFORE,

    /* Infections of one period each, which the column's code names. */
    COLUMN_ACTIVE,   /* machines that sent a heartbeat */
    COLUMN_RATE,     /* infections per 1,000 of them */
    COLUMN_COVERAGE, /* infected machines that sent one */
    COLUMN_PERIOD,
    COLUMN_PERIOD_LAST = COLUMN_PERIOD + TABLE_PERIODS_MAX - 1,
    COLUMN_ROLES
};

struct column_traits {
    const char *key; /* in formats for programs, the same in every language */
    bool right;      /* aligned to the right, as numbers are */
    bool hundredths; /* values are hundredths, printed with two decimals */
    bool month;      /* values are months (month_t), for programs "2013-09" */
};

/* Indexed by enum column_role. */
extern const struct column_traits column_traits[COLUMN_ROLES];

struct table_column {
    enum column_role role;
    const char *heading;
    const char *code; /* of a period, for programs: "2013-09", "2013-Q3", "2013"; else NULL */
};

struct table_cell {
    const char *text; /* NULL: nothing stands here, and value means nothing */
    int64_t value;    /* 0 in COLUMN_NAME */
    bool blank;       /* the text says why there is no value: "new", "no data" */
};

/* In a table, those of the body and what they leave out stand before totals. */
enum row_kind {
    ROW_BODY,
    ROW_OTHER, /* all that the body leaves out */
    ROW_PART,  /* a part of the row before it; for programs, people read it in the notes */
    ROW_TOTAL, /* at the table's foot */
    ROW_ALONE  /* one of a table whose rows don't add up to anything */
};

struct table_row {
    enum row_kind kind;
    const char *line;  /* what it counts, for programs: "month", "other"; NULL: people only */
    const char *code;  /* of what it counts: "2013-09", "JP"; NULL: none */
    const char *alone; /* its name outside the table; NULL: as in the table */
    const char
        *bar; /* its value beside a bar, where no heading says its unit; NULL: as in the table
               */
    const char *state; /* of a month, for programs: "complete"; NULL: it has none */
    bool provisional;  /* its count may grow: a lighter bar */
    struct table_cell cells[COLUMN_ROLES];
};

/* Zeroed: no table. */
struct table {
    const char *caption;
    const char *numbered; /* the caption as the document's n-th table; NULL: not in one */
    const char *subject;  /* what codes of its body are of, for programs: "month", "country" */
    struct table_column columns[COLUMN_ROLES]; /* in the order in which they are printed */
    size_t column_count;
    struct table_row *rows; /* owned */
    size_t row_count;
    size_t row_capacity;
};

void table_clear(struct table *table);

/* A column of each role at most. */
void table_add_column(struct table *table, enum column_role role, const char *heading);

/* A column of the next period. */
void table_add_period(struct table *table, const char *code, const char *heading);

/* The table's column of that role; NULL: it has none. */
const struct table_column *table_find_column(const struct table *table, enum column_role role);

/* Whether the role is COLUMN_PERIOD or one of those behind it. */
bool column_is_period(enum column_role role);

/* Copies the row; false when memory is short. */
bool table_add_row(struct table *table, const struct table_row *row);

/* The cell's text, "" when there is none. */
const char *table_text(const struct table_row *row, enum column_role role);

/* Holds any value, terminated. */
#define TABLE_VALUE_SIZE 24

/* A value of such a column as programs read it, "12213", "24.02", "-0.50" or "2013-09". Returns
 * text. */
const char *table_format(enum column_role role, int64_t value, char text[TABLE_VALUE_SIZE]);

/* The same of a cell; NULL when nothing stands there, or a blank. */
const char *table_value(const struct table_row *row, enum column_role role,
                        char text[TABLE_VALUE_SIZE]);

/* The first row from `index` on that people see; table->row_count when there is none. */
size_t table_next_shown(const struct table *table, size_t index);

/* For a terminal: aligned by the width that characters take there, rules of dashes, no line longer
 * than it needs to be. Columns for which TABLE_PLAIN_COLUMNS have no room stand below the others,
 * behind the rows' names once more. */
#define TABLE_PLAIN_COLUMNS 80
void table_write_plain(FILE *out, const struct table *table);

#endif
