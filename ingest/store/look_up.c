#include "ingest/store/look_up.h"

/* Subqueries of what was found are hashed as long as PostgreSQL expects their rows to fit into
 * work_mem: those of a batch need some 3 MB. */
#define SET(value, memory)                                                                         \
    "set local enable_hashjoin = " value "; set local enable_mergejoin = " value                   \
    "; set local enable_material = " value "; set local enable_seqscan = " value                   \
    "; set local work_mem = " memory

enum status look_up(struct db *db, const char *sql, int count, const char *const *parameters,
                    struct db_result **out, struct error *error)
{
    enum status status = db_script(db, SET("off", "'16MB'"), error);

    if (status == STATUS_OK)
        status = db_query(db, sql, count, parameters, out, error);
    if (status != STATUS_OK)
        return status;
    status = db_script(db, SET("default", "default"), error);
    if (status != STATUS_OK) {
        db_result_free(*out);
        *out = NULL;
    }
    return status;
}
