/* Lists of dead letters on standard output, for people (table) and programs (JSON, CSV). */
#ifndef KANSEN_DEAD_LETTERS_LIST_H
#define KANSEN_DEAD_LETTERS_LIST_H

#include <stdbool.h>

#include "sql/db.h"

enum dead_letter_list_format {
    DEAD_LETTER_LIST_TABLE,
    DEAD_LETTER_LIST_JSON,
    DEAD_LETTER_LIST_CSV
};

/* Rows of sql/queries/dead_letters_summary.sql, or, when each, of dead_letters_each.sql. A failed
 * write stays in the error flag of standard output. */
void dead_letter_list_print(const struct db_result *rows, bool each,
                            enum dead_letter_list_format format);

#endif
