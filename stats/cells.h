/* Cells of a result as the figures keep them. */
#ifndef KANSEN_STATS_CELLS_H
#define KANSEN_STATS_CELLS_H

#include "kansen/status.h"
#include "sql/db.h"

/* A copy of one cell, which the caller frees; NULL for SQL null and, with *status changed, when
 * memory is short. */
char *stats_copy_text(const struct db_result *result, int row, int column, enum status *status,
                      struct error *error);

/* STATUS_FATAL, with the words for it. */
enum status stats_out_of_memory(struct error *error) MUST_CHECK;

#endif
