#include "threats/catalogue.h"

#include "sql/embedded.h"

enum status catalogue_begin_change(struct db *db, struct error *error)
{
    enum status status = db_begin(db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_catalogue_lock, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_catalogue_bump, 0, NULL, NULL, error);
    return status;
}
