/* A table of text: columns, rows, and totals at its foot. Cells are borrowed. */
#ifndef KANSEN_REPORTS_TABLE_H
#define KANSEN_REPORTS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 4

enum table_align { TABLE_LEFT, TABLE_RIGHT };

enum table_part { TABLE_BODY, TABLE_FOOT };

struct table_column {
    const char *name;
    enum table_align align;
};

struct table_row {
    const char *cells[TABLE_COLUMNS_MAX];
    enum table_part part;
};

struct table {
    const char *caption;
    struct table_column columns[TABLE_COLUMNS_MAX];
    size_t column_count;
    struct table_row *rows; /* owned; all of the body stand before those of the foot */
    size_t row_count;
    size_t row_capacity;
};

/* false when memory is short. */
bool table_init(struct table *table, const char *caption, size_t row_capacity);
void table_clear(struct table *table);

void table_add_column(struct table *table, const char *name, enum table_align align);

/* A cell for each column, then NULL. There must be room for the row. */
__attribute__((sentinel)) void table_add_row(struct table *table, enum table_part part, ...);

/* For a terminal: aligned by the width that characters take there, rules of dashes, no line longer
 * than it needs to be. */
void table_write_plain(FILE *out, const struct table *table);

#endif
