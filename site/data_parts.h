/* The makers of data files, and what they share. Only site/data* includes it. */
#ifndef KANSEN_SITE_DATA_PARTS_H
#define KANSEN_SITE_DATA_PARTS_H

#include "site/model.h"
#include "site/tree.h"

/* One of the files in data/. */
typedef enum status data_maker(const struct model *model, struct tree *tree, struct error *error);

data_maker data_make_editions; /* data_csv.c */
data_maker data_make_months;
data_maker data_make_columns; /* data_description.c */
data_maker data_make_json;    /* data_json.c */

/* The address of a file as those in data/ see it; the caller frees it. NULL: memory is short. */
char *data_address(const char *file);
char *data_page_address(const struct model *model, size_t language,
                        const struct site_edition *edition);

/* "current", "replaced", "withdrawn". */
const char *data_standing(const struct site_edition *edition);

/* The number of the edition that stands in its place; 0: there is none. */
int32_t data_replaced_by(const struct site_edition *edition);

#endif
