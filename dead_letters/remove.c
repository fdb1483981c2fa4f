#include "dead_letters/remove.h"

#include <inttypes.h>
#include <stdio.h>

#include "sql/embedded.h"

#define NUMBER_SIZE 24

/* The first six of both queries. */
#define FILTER_PARAMETERS 6

static void fill_filter(const struct remove_settings *settings, const char **parameters)
{
    static const char *const replayed[] = {
        [REMOVABLE_WAITING] = "false", [REMOVABLE_REPLAYED] = "true", [REMOVABLE_BOTH] = NULL};

    parameters[0] = settings->filter.topics;
    parameters[1] = settings->filter.reason;
    parameters[2] = settings->filter.since;
    parameters[3] = settings->filter.until;
    parameters[4] = replayed[settings->which];
    parameters[5] = settings->letters;
}

enum status remove_count(struct db *db, const struct remove_settings *settings, struct removal *out,
                         struct error *error)
{
    const char *parameters[FILTER_PARAMETERS];
    struct db_result *rows = NULL;
    struct removal removal = {.total = 0};
    enum status status;

    fill_filter(settings, parameters);
    status = db_query(db, sql_dead_letters_removable, FILTER_PARAMETERS, parameters, &rows, error);
    if (status != STATUS_OK)
        return status;
    for (int row = 0; row < db_rows(rows); row++) {
        int64_t newest = db_int64(rows, row, 2);

        removal.total += db_int64(rows, row, 1);
        removal.newest = newest > removal.newest ? newest : removal.newest;
        /* A newer program may have left reasons that this one does not know. */
        if (removal.reason_count == REJECT_REASONS)
            continue;
        snprintf(removal.reasons[removal.reason_count].reason, sizeof(removal.reasons[0].reason),
                 "%s", db_text(rows, row, 0));
        removal.reasons[removal.reason_count++].count = db_int64(rows, row, 1);
    }
    db_result_free(rows);
    *out = removal;
    return STATUS_OK;
}

/* *removed is 0 when none is left. */
static enum status remove_chunk(struct db *db, const struct remove_settings *settings,
                                int64_t newest, int64_t *last, int64_t *removed,
                                struct error *error)
{
    const char *parameters[FILTER_PARAMETERS + 2];
    char behind[NUMBER_SIZE];
    char until[NUMBER_SIZE];
    struct db_result *rows = NULL;
    enum status status;

    fill_filter(settings, parameters);
    snprintf(behind, sizeof(behind), "%" PRId64, *last);
    snprintf(until, sizeof(until), "%" PRId64, newest);
    parameters[FILTER_PARAMETERS] = behind;
    parameters[FILTER_PARAMETERS + 1] = until;
    status = db_query(db, sql_dead_letters_remove, FILTER_PARAMETERS + 2, parameters, &rows, error);
    if (status != STATUS_OK)
        return status;
    *removed = db_int64(rows, 0, 0);
    *last = db_int64(rows, 0, 1);
    db_result_free(rows);
    return STATUS_OK;
}

enum status remove_dead_letters(struct db *db, const struct remove_settings *settings,
                                struct removal *removal, struct error *error)
{
    enum status status = STATUS_OK;
    int64_t last = 0;
    int64_t removed = 1;

    while (status == STATUS_OK && removed > 0 && !*settings->stop) {
        status = remove_chunk(db, settings, removal->newest, &last, &removed, error);
        if (status != STATUS_OK)
            return status;
        removal->removed += removed;
        if (settings->show != NULL)
            settings->show(settings->context, removal->removed, removal->total);
    }
    return status;
}
