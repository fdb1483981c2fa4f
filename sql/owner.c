#include "sql/owner.h"

enum status owner_begin(struct db *db, struct error *error)
{
    enum status status = db_begin(db, DB_READ_COMMITTED, error);

    return status == STATUS_OK ? db_script(db, "set local role kansen_owner", error) : status;
}
