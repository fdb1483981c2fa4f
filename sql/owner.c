#include "sql/owner.h"

static enum status become(struct db *db, const char *set_role, struct error *error)
{
    return db_is_distributed(db) ? STATUS_OK : db_script(db, set_role, error);
}

enum status owner_begin(struct db *db, struct error *error)
{
    enum status status = db_begin(db, DB_READ_COMMITTED, error);

    return status == STATUS_OK ? become(db, "set local role kansen_owner", error) : status;
}

enum status owner_stay(struct db *db, struct error *error)
{
    return become(db, "set role kansen_owner", error);
}

enum status owner_run(struct db *db, const char *sql, struct error *error)
{
    enum status status = owner_stay(db, error);

    if (status == STATUS_OK)
        status = db_script(db, sql, error);
    return status == STATUS_OK ? db_script(db, "reset role", error) : status;
}
