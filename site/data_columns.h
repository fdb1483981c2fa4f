/* What columns of CSV files hold, and their description as W3C's Metadata Vocabulary for Tabular
 * Data has it. Only site/data includes it. */
#ifndef KANSEN_SITE_DATA_COLUMNS_H
#define KANSEN_SITE_DATA_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "text/json_writer.h"

/* A table: its columns by name, and the first of them that are its key. */
struct data_table {
    const char *file;
    const char *description;
    const char *const *columns; /* ends with NULL */
    size_t keys;
    size_t foreign_keys; /* the first of them name a line of editions.csv; 0: none do */
};

extern const struct data_table data_tables[];
#define DATA_TABLES 3
enum { DATA_TABLE_EDITIONS, DATA_TABLE_MONTHS, DATA_TABLE_VALUES };

/* "columns": […] of a table's schema. */
void data_columns_put(struct json_writer *json, const char *const *names);

#endif
