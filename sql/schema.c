#include "sql/schema.h"

#include <string.h>

#include "sql/embedded.h"
#include "sql/owner.h"
#include "sql/partitions.h"

/* Deadlocks that a migration begins anew behind. Each takes a second or more of PostgreSQL's. */
#define DEADLOCKS_MAX 5

/* One value of the first row of a query, copied into `text`; "" for no row or null. */
static enum status query_text(struct db *db, const char *sql, int count,
                              const char *const *parameters, char *text, size_t size,
                              struct error *error)
{
    struct db_result *result = NULL;
    enum status status = db_query(db, sql, count, parameters, &result, error);

    if (status != STATUS_OK)
        return status;

    const char *value = db_rows(result) > 0 ? db_text(result, 0, 0) : NULL;

    snprintf(text, size, "%s", value == NULL ? "" : value);
    db_result_free(result);
    return STATUS_OK;
}

static const struct sql_migration *newest_migration(void)
{
    const struct sql_migration *migration = sql_migrations;

    while (migration[1].text != NULL)
        migration++;
    return migration;
}

/* Of pg_restore that was killed or left something out. */
#define RESTORED_IN_PART                                                                           \
    "the database is not whole: %.800s; restore it anew, into an empty database: "                 \
    "pg_restore --exit-on-error"
#define NO_MIGRATION_NOTED "it notes no migration"

/* Compares the applied migrations with this program's; *next is the first that is missing. */
static enum status compare_applied(struct db *db, const struct sql_migration **next,
                                   struct error *error)
{
    struct db_result *applied = NULL;
    enum status status = db_query(db, sql_schema_applied, 0, NULL, &applied, error);
    const struct sql_migration *migration = sql_migrations;

    for (int row = 0; status == STATUS_OK && row < db_rows(applied); row++) {
        char checksum[64];

        if (migration->text == NULL || migration->version != db_int64(applied, row, 0)) {
            status = error_set(error, STATUS_REJECT,
                               "the database has migration %s, this program's newest is %d: use a "
                               "newer kansen",
                               db_text(applied, row, 1), newest_migration()->version);
            break;
        }
        status = query_text(db, sql_schema_checksum, 1, &migration->text, checksum,
                            sizeof(checksum), error);
        if (status == STATUS_OK && strcmp(checksum, db_text(applied, row, 2)) != 0)
            status = error_set(error, STATUS_REJECT,
                               "migration %s was applied with another text than this program's",
                               migration->name);
        migration++;
    }
    db_result_free(applied);
    if (status == STATUS_OK)
        *next = migration;
    return status;
}

static enum status check_initialised(struct db *db, struct error *error)
{
    char exists[8];
    enum status status = query_text(db, sql_schema_exists, 0, NULL, exists, sizeof(exists), error);

    if (status == STATUS_OK && strcmp(exists, "t") != 0)
        status = error_set(error, STATUS_REJECT,
                           "the database has not been initialised: run `kansen db init`");
    return status;
}

static const char *const roles[] = {[SCHEMA_READ] = "kansen_reader",
                                    [SCHEMA_LOAD] = "kansen_loader",
                                    [SCHEMA_OWN] = "kansen_owner",
                                    [SCHEMA_PUBLISH] = "kansen_publisher"};

static enum status deny(const char *user, enum schema_right right, struct error *error)
{
    return error_set(error, STATUS_DENIED,
                     "permission denied: role %s has to be a member of %s (grant %s to %s)", user,
                     roles[right], roles[right], user);
}

/* The column of schema_version.sql that says whether we have a right; -1: all have it who may ask.
 */
static const int right_columns[] = {
    [SCHEMA_READ] = -1, [SCHEMA_LOAD] = 2, [SCHEMA_OWN] = 3, [SCHEMA_PUBLISH] = 4};

/* A database that was migrated by someone who may not create roles has none for publishers. */
static enum status check_right(const struct db_result *rows, enum schema_right right,
                               struct error *error)
{
    if (right_columns[right] < 0 || db_bool(rows, 0, right_columns[right]))
        return STATUS_OK;
    if (right == SCHEMA_PUBLISH && !db_bool(rows, 0, 5))
        return error_set(
            error, STATUS_DENIED,
            "permission denied: the role kansen_publisher is missing; `kansen db init`,"
            " run by a role that may create roles, makes it");
    return deny(db_text(rows, 0, 1), right, error);
}

static enum status check_version(int version, struct error *error)
{
    int needed = newest_migration()->version;

    if (version == 0)
        return error_set(error, STATUS_REJECT, RESTORED_IN_PART, NO_MIGRATION_NOTED);
    if (version < needed)
        return error_set(error, STATUS_REJECT,
                         "the database is at version %d, this program needs %d: run `kansen db "
                         "migrate`",
                         version, needed);
    if (version > needed)
        return error_set(error, STATUS_REJECT,
                         "the database is at version %d, this program knows %d: use a newer kansen",
                         version, needed);
    return STATUS_OK;
}

/* Whoever may not use the schema would hear that its tables don't exist. */
enum status schema_check(struct db *db, enum schema_right right, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_schema_version, 0, NULL, &rows, error);

    if (status == STATUS_FATAL &&
        (strcmp(db_sqlstate(db), "42P01") == 0 || strcmp(db_sqlstate(db), "3F000") == 0))
        return error_set(error, STATUS_REJECT,
                         "the database has not been initialised: run `kansen db init`");
    if (status == STATUS_DENIED) {
        struct error why = *error;

        return error_set(error, status, "%.900s; one has to be a member of %s", why.message,
                         roles[right]);
    }
    if (status != STATUS_OK)
        return status;
    status = check_version((int)db_int64(rows, 0, 0), error);
    if (status == STATUS_OK)
        status = check_right(rows, right, error);
    db_result_free(rows);
    return status;
}

enum status schema_stays(struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_schema_newest, 0, NULL, &rows, error);

    if (status != STATUS_OK)
        return status;
    if (db_text(rows, 0, 0) == NULL)
        status = error_set(error, STATUS_RETRY, "the database has no migration; is it restored?");
    else
        status = check_version((int)db_int64(rows, 0, 0), error);
    if (status == STATUS_REJECT) {
        struct error why = *error;

        error_set(error, status, "%.900s; nothing is lost, ingestion goes on where it stopped",
                  why.message);
    }
    db_result_free(rows);
    return status;
}

static enum status check_owner(struct db *db, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_schema_owner, 0, NULL, &rows, error);

    if (status == STATUS_OK && !db_bool(rows, 0, 1))
        status = deny(db_text(rows, 0, 0), SCHEMA_OWN, error);
    db_result_free(rows);
    return status;
}

static enum status apply_once(struct db *db, const struct sql_migration *migration,
                              struct error *error)
{
    char version[16];
    const char *const record[] = {version, migration->name, migration->text};
    enum status status = owner_begin(db, error);

    snprintf(version, sizeof(version), "%d", migration->version);
    if (status == STATUS_OK)
        status = db_script(db, sql_schema_writers, error);
    if (status == STATUS_OK)
        status = db_script(db, migration->text, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_schema_record, 3, record, NULL, error);
    if (status == STATUS_OK && db_is_distributed(db))
        status = db_script(db, sql_schema_own, error);
    if (status == STATUS_OK)
        status = db_commit(db, error);
    return status;
}

/* Reports hold tables that a migration wants, in orders of their own: whoever is chosen to end such
 * a deadlock, it is over. */
static enum status apply(struct db *db, const struct sql_migration *migration, struct error *error)
{
    enum status status;

    for (int tries = 1;; tries++) {
        status = apply_once(db, migration, error);
        if (status == STATUS_OK)
            return status;

        bool is_deadlock = strcmp(db_sqlstate(db), "40P01") == 0;

        db_rollback(db);
        if (!is_deadlock || tries == DEADLOCKS_MAX)
            break;
    }

    struct error why = *error;

    return error_set(error, status, "migration %s: %.900s", migration->name, why.message);
}

/* Tables without a migration that made them. */
static enum status check_noted(struct db *db, struct error *error)
{
    char there[8];
    enum status status = query_text(db, sql_schema_unnoted, 0, NULL, there, sizeof(there), error);

    if (status == STATUS_OK && strcmp(there, "t") == 0)
        status = error_set(error, STATUS_REJECT, RESTORED_IN_PART, NO_MIGRATION_NOTED);
    return status;
}

static enum status apply_missing(struct db *db, int *applied, struct error *error)
{
    const struct sql_migration *next = NULL;
    enum status status = compare_applied(db, &next, error);

    *applied = 0;
    if (status == STATUS_OK && next == sql_migrations)
        status = check_noted(db, error);
    for (; status == STATUS_OK && next->text != NULL; next++) {
        status = apply(db, next, error);
        *applied += status == STATUS_OK;
    }
    return status;
}

/* The first error is the one to be told. */
static enum status unlock(struct db *db, enum status status, struct error *error)
{
    struct error why = {""};
    enum status unlocked = db_query(db, sql_schema_unlock, 0, NULL, NULL, &why);

    if (status != STATUS_OK || unlocked == STATUS_OK)
        return status;
    *error = why;
    return unlocked;
}

enum status schema_migrate(struct db *db, int *applied, struct error *error)
{
    enum status status = check_initialised(db, error);

    if (status == STATUS_OK)
        status = check_owner(db, error);
    if (status != STATUS_OK)
        return status;
    status = db_query(db, sql_schema_lock, 0, NULL, NULL, error);
    if (status != STATUS_OK)
        return status;
    status = db_script(db, sql_schema_publisher, error);
    if (status == STATUS_OK)
        status = apply_missing(db, applied, error);
    return unlock(db, status, error);
}

/* Rights are given to a whole database alone, so that no worker comes into another one. */
static enum status check_whole(struct db *db, struct error *error)
{
    struct db_result *missing = NULL;
    enum status status = db_query(db, sql_check_schema, 0, NULL, &missing, error);

    if (status == STATUS_OK && db_rows(missing) > 0)
        status = error_set(error, STATUS_REJECT, RESTORED_IN_PART, db_text(missing, 0, 2));
    db_result_free(missing);
    return status;
}

static enum status run_as_owner(struct db *db, const char *sql, struct error *error)
{
    enum status status = owner_begin(db, error);

    if (status == STATUS_OK)
        status = db_script(db, sql, error);
    return db_end(db, status, error);
}

/* In one transaction: the time zone and the calendar that follows from it. */
static enum status fix_timezone(struct db *db, const char *timezone, struct error *error)
{
    enum status status = owner_begin(db, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_timezone_fix, 1, &timezone, NULL, error);
    if (status == STATUS_OK)
        status = db_query(db, sql_calendar_fill, 1, &timezone, NULL, error);
    return db_end(db, status, error);
}

static enum status settle_timezone(struct db *db, const char *timezone, struct error *error)
{
    char fixed[128];
    enum status status = query_text(db, sql_timezone_get, 0, NULL, fixed, sizeof(fixed), error);

    if (status != STATUS_OK)
        return status;
    if (*fixed == '\0')
        return fix_timezone(db, timezone == NULL ? SCHEMA_DEFAULT_TIMEZONE : timezone, error);
    if (timezone != NULL && strcmp(timezone, fixed) != 0)
        return error_set(error, STATUS_REJECT,
                         "the report time zone is fixed: this database has %s, not %s", fixed,
                         timezone);
    return STATUS_OK;
}

static enum status check_timezone(struct db *db, const char *timezone, struct error *error)
{
    char known[8];
    enum status status;

    if (timezone == NULL)
        return STATUS_OK;
    status = query_text(db, sql_timezone_known, 1, &timezone, known, sizeof(known), error);
    if (status == STATUS_OK && strcmp(known, "t") != 0)
        status = error_set(error, STATUS_REJECT,
                           "unknown time zone \"%s\"; use a name such as Asia/Tokyo", timezone);
    return status;
}

enum status schema_init(struct db *db, const char *timezone, struct error *error)
{
    const struct partitions_wanted none = {.has_range = false};
    int count = 0;
    enum status status = check_timezone(db, timezone, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_schema_lock, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = db_script(db, sql_schema_bootstrap, error);
    if (status == STATUS_OK)
        status = db_script(db, sql_schema_publisher, error);
    if (status == STATUS_OK)
        status = db_script(db, sql_schema_own, error);
    if (status == STATUS_OK)
        status = run_as_owner(db, sql_schema_migrations, error);
    if (status == STATUS_OK)
        status = apply_missing(db, &count, error);
    if (status == STATUS_OK)
        status = check_whole(db, error);
    if (status == STATUS_OK)
        status = run_as_owner(db, sql_schema_grants, error);
    if (status == STATUS_OK)
        status = settle_timezone(db, timezone, error);
    if (status == STATUS_OK)
        status = partitions_maintain(db, &none, &count, error);
    return unlock(db, status, error);
}
