#include "stats/cells.h"

#include <string.h>

enum status stats_out_of_memory(struct error *error)
{
    return error_set(error, STATUS_FATAL, "out of memory");
}

char *stats_copy_text(const struct db_result *result, int row, int column, enum status *status,
                      struct error *error)
{
    const char *text = db_text(result, row, column);

    if (text == NULL)
        return NULL;

    char *copy = strdup(text);

    if (copy == NULL)
        *status = stats_out_of_memory(error);
    return copy;
}
