#include "threats/threat.h"

#include <stdio.h>
#include <string.h>

#include "sql/array.h"
#include "sql/embedded.h"
#include "text/nearest.h"
#include "threats/catalogue.h"
#include "threats/sweep.h"

/* A definition that takes the place of others of its name. */
struct change {
    struct db *db;
    const struct threat_definition *definition;
    struct array patterns;
    char threat_id[16];
};

/* Removes the definitions of a name but one, in a state or (NULL) in any; *count is how many. */
static enum status drop(struct db *db, const char *name, const char *keep, const char *state,
                        int *count, struct error *error)
{
    const char *const parameters[] = {name, keep, state};
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_threat_drop, 3, parameters, &rows, error);

    if (status == STATUS_OK)
        *count = db_rows(rows);
    db_result_free(rows);
    return status;
}

static enum status insert_names(struct change *change, struct error *error)
{
    struct array languages = {0};
    struct array names = {0};
    enum status status;

    for (size_t i = 0; i < change->definition->name_count; i++) {
        const struct threat_name *name = &change->definition->names[i];

        array_add_text(&languages, name->language, name->language_length);
        array_add_text(&names, name->name, strlen(name->name));
    }

    const char *const parameters[] = {change->threat_id, array_text(&languages),
                                      array_text(&names)};

    if (parameters[1] == NULL || parameters[2] == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = db_query(change->db, sql_threat_names_insert, 3, parameters, NULL, error);
    array_clear(&languages);
    array_clear(&names);
    return status;
}

static enum status insert_definition(struct change *change, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status =
        db_query(change->db, sql_threat_insert, 1, &change->definition->name, &rows, error);

    if (status == STATUS_OK)
        snprintf(change->threat_id, sizeof(change->threat_id), "%s", db_text(rows, 0, 0));
    db_result_free(rows);

    const char *const parameters[] = {change->threat_id, array_text(&change->patterns)};

    if (status == STATUS_OK)
        status = db_query(change->db, sql_threat_rules_insert, 2, parameters, NULL, error);
    if (status == STATUS_OK)
        status = insert_names(change, error);
    return status;
}

/* A new definition. Workers count it from the commit on; what was stored before is still to be
 * counted. */
static enum status publish(struct change *change, struct error *error)
{
    const char *threat_id = change->threat_id;
    int dropped;
    enum status status = catalogue_begin_change(change->db, error);

    if (status == STATUS_OK)
        status = drop(change->db, change->definition->name, NULL, "counting", &dropped, error);
    if (status == STATUS_OK)
        status = insert_definition(change, error);
    if (status == STATUS_OK)
        status = db_query(change->db, sql_recount_begin, 1, &threat_id, NULL, error);
    return db_end(change->db, status, error);
}

/* The definition is there already, its recount was interrupted: nobody sees it, and workers count
 * it. */
static enum status resume(struct change *change, struct error *error)
{
    const char *threat_id = change->threat_id;
    enum status status = db_begin(change->db, DB_READ_COMMITTED, error);

    if (status == STATUS_OK)
        status = db_query(change->db, sql_threat_names_forget, 1, &threat_id, NULL, error);
    if (status == STATUS_OK)
        status = insert_names(change, error);
    return db_end(change->db, status, error);
}

/* Leaves threat_id empty when there is none to go on with. */
static enum status find_unfinished(struct change *change, struct error *error)
{
    const char *const parameters[] = {change->definition->name, array_text(&change->patterns)};
    struct db_result *rows = NULL;
    enum status status =
        db_query(change->db, sql_threat_find_unfinished, 2, parameters, &rows, error);

    if (status == STATUS_OK && db_rows(rows) > 0)
        snprintf(change->threat_id, sizeof(change->threat_id), "%s", db_text(rows, 0, 0));
    db_result_free(rows);
    return status;
}

static enum status check_room(struct change *change, struct error *error)
{
    struct db_result *rows = NULL;
    enum status status =
        db_query(change->db, sql_threat_room, 1, &change->definition->name, &rows, error);

    if (status == STATUS_OK && db_int64(rows, 0, 0) >= THREATS_MAX)
        status = error_set(error, STATUS_REJECT,
                           "there are %d threats, and no more can be counted: remove one first",
                           THREATS_MAX);
    else if (status == STATUS_OK &&
             db_int64(rows, 0, 1) + (int64_t)change->definition->pattern_count >
                 THREAT_PATTERNS_MAX)
        status = error_set(error, STATUS_REJECT,
                           "all threats together may have %d patterns, the others have %s: use "
                           "wider ones, or remove a threat first",
                           THREAT_PATTERNS_MAX, db_text(rows, 0, 1));
    db_result_free(rows);
    return status;
}

static enum status define(struct change *change, struct error *error)
{
    enum status status = check_room(change, error);

    if (status == STATUS_OK)
        status = find_unfinished(change, error);
    if (status != STATUS_OK)
        return status;
    return change->threat_id[0] != '\0' ? resume(change, error) : publish(change, error);
}

/* The new definition is shown in place of the old one, which is deleted behind it; its counts go on
 * saying why they are what they are. */
static enum status finish(struct change *change, struct error *error)
{
    const char *threat_id = change->threat_id;
    int dropped;
    enum status status = catalogue_begin_change(change->db, error);

    if (status == STATUS_OK)
        status = db_query(change->db, sql_threat_carry_over, 1, &threat_id, NULL, error);
    if (status == STATUS_OK)
        status = db_query(change->db, sql_threat_keep_forgotten, 1, &threat_id, NULL, error);
    if (status == STATUS_OK)
        status = drop(change->db, change->definition->name, threat_id, NULL, &dropped, error);
    if (status == STATUS_OK)
        status = db_query(change->db, sql_threat_ready, 1, &threat_id, NULL, error);
    status = db_end(change->db, status, error);
    return status == STATUS_OK ? sweep_removed(change->db, error) : status;
}

static enum status keep_months(struct change *change, struct error *error)
{
    const char *threat_id = change->threat_id;
    struct db_result *months = NULL;
    enum status status =
        db_query(change->db, sql_threat_keep_months, 1, &threat_id, &months, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(months); row++) {
        const char *const parameters[] = {threat_id, db_text(months, row, 0),
                                          db_text(months, row, 1)};

        status = db_query(change->db, sql_threat_keep_dropped, 3, parameters, NULL, error);
    }
    db_result_free(months);
    return status;
}

/* Months whose detections are dropped stay as the definition before has counted them. */
static enum status keep_dropped(struct change *change, struct threat_dropped *out,
                                struct error *error)
{
    struct db_result *rows = NULL;
    enum status status = keep_months(change, error);

    if (status == STATUS_OK)
        status = db_query(change->db, sql_threat_dropped, 0, NULL, &rows, error);
    if (status == STATUS_OK && db_int64(rows, 0, 0) > 0) {
        out->months = db_int64(rows, 0, 0);
        snprintf(out->first, sizeof(out->first), "%s", db_text(rows, 0, 1));
        snprintf(out->last, sizeof(out->last), "%s", db_text(rows, 0, 2));
    }
    db_result_free(rows);
    return status;
}

static enum status prepare(struct change *change, const char *conninfo, struct error *error)
{
    const struct threat_definition *definition = change->definition;
    enum status status = db_open(conninfo, &change->db, error);

    for (size_t i = 0; i < definition->pattern_count; i++)
        array_add_text(&change->patterns, definition->patterns[i], strlen(definition->patterns[i]));
    if (status == STATUS_OK && array_text(&change->patterns) == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    if (status == STATUS_OK)
        status = db_query(change->db, sql_threat_turn_lock, 0, NULL, NULL, error);
    return status;
}

enum status threat_define(const char *conninfo, const struct threat_definition *definition,
                          recount_show *show, void *context, int64_t *detections,
                          struct threat_dropped *dropped, struct error *error)
{
    struct change change = {.definition = definition};
    struct recount *recount = NULL;

    *dropped = (struct threat_dropped){.months = 0};

    enum status status = prepare(&change, conninfo, error);

    if (status == STATUS_OK)
        status = recount_new(conninfo, change.db, show, context, &recount, error);
    if (status == STATUS_OK)
        status = define(&change, error);
    if (status == STATUS_OK)
        status = recount_stored(recount, change.threat_id, detections, error);
    if (status == STATUS_OK)
        status = keep_dropped(&change, dropped, error);
    if (status == STATUS_OK)
        status = finish(&change, error);
    recount_free(recount);
    array_clear(&change.patterns);
    db_close(change.db);
    return status;
}

/* Names the threats that could have been meant. */
static enum status refuse_unknown(struct db *db, const char *name, struct error *error)
{
    struct db_result *threats = NULL;
    struct nearest nearest;
    char question[ERROR_MESSAGE_SIZE / 2];
    enum status status = db_query(db, sql_threat_list, 0, NULL, &threats, error);

    if (status != STATUS_OK)
        return status;
    nearest_start(&nearest, name);
    for (int row = 0; row < db_rows(threats); row++)
        nearest_offer(&nearest, db_text(threats, row, 1));
    status =
        error_set(error, STATUS_REJECT, "there is no threat \"%.200s\"%s", name,
                  nearest.count == 0 ? "; `kansen threat list` names them"
                                     : nearest_question(&nearest, "", question, sizeof(question)));
    db_result_free(threats);
    return status;
}

enum status threat_remove(const char *conninfo, const char *name, struct error *error)
{
    struct db *db = NULL;
    int count = 0;
    enum status status = db_open(conninfo, &db, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_threat_turn_lock, 0, NULL, NULL, error);
    if (status == STATUS_OK)
        status = catalogue_begin_change(db, error);
    if (status == STATUS_OK)
        status = drop(db, name, NULL, NULL, &count, error);
    if (status == STATUS_OK && count == 0)
        status = refuse_unknown(db, name, error);
    if (status == STATUS_OK)
        status = db_commit(db, error);
    if (status == STATUS_OK)
        status = sweep_removed(db, error);
    db_close(db);
    return status;
}

enum status threat_sweep(const char *conninfo, struct error *error)
{
    struct db *db = NULL;
    struct db_result *rows = NULL;
    enum status status = db_open(conninfo, &db, error);

    if (status == STATUS_OK)
        status = db_query(db, sql_threat_turn_try, 0, NULL, &rows, error);
    if (status == STATUS_OK && db_bool(rows, 0, 0))
        status = sweep_removed(db, error);
    db_result_free(rows);
    db_close(db);
    return status;
}
