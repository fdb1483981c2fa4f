#include "stats/threat_load.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "stats/cells.h"
#include "text/nearest.h"

/* Threats that a message names. */
#define THREATS_NAMED 20

/* Names as many threats as a message has room for. */
static void list_threats(const struct db_result *threats, char *text, size_t size)
{
    int rows = db_rows(threats);
    size_t used = 0;

    for (int row = 0; row < rows && row < THREATS_NAMED && used < size; row++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", row == 0 ? "" : ", ",
                                 db_text(threats, row, 0));
    if (rows > THREATS_NAMED && used < size)
        snprintf(text + used, size - used, " and %d more, see `kansen threat list`",
                 rows - THREATS_NAMED);
}

/* Why there is no figure to print: names the threats that could be asked for. */
static enum status explain_choice(const struct db_result *threats, const char *wanted,
                                  struct error *error)
{
    struct nearest nearest;
    char names[ERROR_MESSAGE_SIZE / 2] = "";

    if (db_rows(threats) == 0 && wanted == NULL)
        return error_set(error, STATUS_REJECT,
                         "no threat is defined: 'kansen threat set' defines one");
    if (db_rows(threats) == 0)
        return error_set(
            error, STATUS_REJECT,
            "no threat is named '%s', none is defined: 'kansen threat set' defines one", wanted);
    list_threats(threats, names, sizeof(names));
    if (wanted == NULL)
        return error_set(error, STATUS_REJECT, "which threat? Defined are: %s", names);
    nearest_start(&nearest, wanted);
    for (int row = 0; row < db_rows(threats); row++)
        nearest_offer(&nearest, db_text(threats, row, 0));
    if (nearest.count == 0)
        return error_set(error, STATUS_REJECT, "no threat is named '%s'; defined are: %s", wanted,
                         names);
    return error_set(error, STATUS_REJECT, "no threat is named '%s'%s", wanted,
                     nearest_question(&nearest, "", names, sizeof(names)));
}

enum status threat_find(struct db *db, const char *wanted, char **out, struct error *error)
{
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_threats, 0, NULL, &result, error);
    int found = -1;

    if (status != STATUS_OK)
        return status;
    for (int row = 0; row < db_rows(result) && wanted != NULL; row++)
        if (strcmp(db_text(result, row, 0), wanted) == 0)
            found = row;
    if (wanted == NULL && db_rows(result) == 1)
        found = 0;
    if (found < 0) {
        status = explain_choice(result, wanted, error);
    } else if (strcmp(db_text(result, found, 1), "ready") != 0) {
        status = error_set(error, STATUS_RETRY,
                           "threat '%s' is still being counted; ask again when that is done",
                           db_text(result, found, 0));
    } else {
        *out = stats_copy_text(result, found, 0, &status, error);
    }
    db_result_free(result);
    return status;
}

static enum status load_names(struct db *db, struct figures *figures, struct error *error)
{
    const char *const parameters[] = {figures->threat};
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_names, 1, parameters, &result, error);

    if (status != STATUS_OK)
        return status;

    int rows = db_rows(result);

    figures->names = calloc((size_t)rows + 1, sizeof(*figures->names));
    if (figures->names == NULL)
        status = stats_out_of_memory(error);
    for (int row = 0; row < rows && status == STATUS_OK; row++) {
        struct name_figures *name = &figures->names[figures->name_count++];

        name->language = stats_copy_text(result, row, 0, &status, error);
        name->name = stats_copy_text(result, row, 1, &status, error);
    }
    db_result_free(result);
    return status;
}

static enum status load_patterns(struct db *db, struct figures *figures, struct error *error)
{
    const char *const parameters[] = {figures->threat};
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_patterns, 1, parameters, &result, error);

    if (status != STATUS_OK)
        return status;

    int rows = db_rows(result);

    figures->patterns = calloc((size_t)rows + 1, sizeof(*figures->patterns));
    if (figures->patterns == NULL)
        status = stats_out_of_memory(error);
    for (int row = 0; row < rows && status == STATUS_OK; row++) {
        figures->patterns[row] = stats_copy_text(result, row, 0, &status, error);
        figures->pattern_count = (size_t)row + 1;
    }
    db_result_free(result);
    return status;
}

enum status threat_load(struct db *db, const char *wanted, struct figures *figures,
                        struct error *error)
{
    enum status status = threat_find(db, wanted, &figures->threat, error);

    if (status == STATUS_OK)
        status = load_names(db, figures, error);
    if (status == STATUS_OK)
        status = load_patterns(db, figures, error);
    return status;
}
