/* The figures of all editions for programs: CSV, described by CSV on the Web's metadata, and JSON,
 * described by JSON Schemas. */
#ifndef KANSEN_SITE_DATA_H
#define KANSEN_SITE_DATA_H

#include <stdio.h>

#include "site/model.h"
#include "site/tree.h"

/* What the folder has them under. */
#define DATA_EDITIONS_JSON "data/editions.json"
#define DATA_EDITIONS "data/editions.csv"
#define DATA_MONTHS "data/months.csv"
#define DATA_VALUES "data/values.csv"
#define DATA_COLUMNS "data/csv-metadata.json"

/* Adds the lines of an edition to those of DATA_VALUES, which stand below a head of
 * data_values_begin. */
void data_values_begin(FILE *values);
void data_values_add(FILE *values, const struct edition *edition, const struct figures *figures);

/* All of it, and the schemas. */
enum status data_make(const struct model *model, struct tree *tree, const char *values,
                      size_t values_length, struct error *error) MUST_CHECK;

/* Describes the columns of an edition's CSV file beside it. */
enum status data_describe(struct tree *tree, const char *path, struct error *error) MUST_CHECK;

#endif
