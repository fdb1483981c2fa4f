#include "editions/changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "stats/cells.h"

/* Columns of edition_changes.sql; those of causes stand in the order of the enum. */
enum column {
    CHANGED_MONTH,
    CHANGED_DIMENSION,
    CHANGED_VALUE,
    CHANGED_BEFORE,
    CHANGED_NOW,
    CHANGED_CAUSES,
    CHANGED_DETECTIONS_BEFORE = CHANGED_CAUSES + CAUSES,
    CHANGED_DETECTIONS_NOW
};

void edition_changes_clear(struct edition_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        free(changes->lines[i].change.value);
    free(changes->lines);
    free(changes->months);
    *changes = (struct edition_changes){NULL, 0, NULL, 0};
}

static enum status copy_line(const struct db_result *rows, int row, struct edition_change *out,
                             struct error *error)
{
    struct change_figures *change = &out->change;
    enum status status = STATUS_OK;

    if (!month_parse(db_text(rows, row, CHANGED_MONTH), &change->month) ||
        !dimension_parse(db_text(rows, row, CHANGED_DIMENSION), &out->dimension))
        return error_set(error, STATUS_FATAL, "the database counts by '%s' in a month '%s'",
                         db_text(rows, row, CHANGED_DIMENSION), db_text(rows, row, CHANGED_MONTH));
    change->value = stats_copy_text(rows, row, CHANGED_VALUE, &status, error);
    change->before = db_int64(rows, row, CHANGED_BEFORE);
    change->now = db_int64(rows, row, CHANGED_NOW);
    for (int cause = 0; cause < CAUSES; cause++)
        change->causes[cause] = db_int64(rows, row, CHANGED_CAUSES + cause);
    change->detections_before = db_int64(rows, row, CHANGED_DETECTIONS_BEFORE);
    change->detections_now = db_int64(rows, row, CHANGED_DETECTIONS_NOW);
    return status;
}

/* A row without a value is the sum of its month. */
static enum status add_row(const struct db_result *rows, int row, struct edition_changes *out,
                           struct error *error)
{
    struct edition_change line = {.dimension = DIMENSION_COUNTRY};
    enum status status = copy_line(rows, row, &line, error);

    if (status == STATUS_OK && line.change.value == NULL)
        out->months[out->month_count++] = line.change;
    else if (status == STATUS_OK)
        out->lines[out->count++] = line;
    return status;
}

enum status edition_changes_load(struct db *db, const struct edition *before,
                                 const struct edition *now, struct edition_changes *out,
                                 struct error *error)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    char first[16];
    char second[16] = "";
    const char *const parameters[] = {before->threat, month_format(before->from, from),
                                      month_format(before->to, to), first,
                                      now == NULL ? NULL : second};
    struct db_result *rows = NULL;
    enum status status;

    snprintf(first, sizeof(first), "%d", before->number);
    if (now != NULL)
        snprintf(second, sizeof(second), "%d", now->number);
    status = db_query(db, sql_edition_changes, 5, parameters, &rows, error);
    if (status != STATUS_OK)
        return status;
    out->lines = calloc((size_t)db_rows(rows) + 1, sizeof(*out->lines));
    out->months = calloc((size_t)db_rows(rows) + 1, sizeof(*out->months));
    if (out->lines == NULL || out->months == NULL)
        status = stats_out_of_memory(error);
    for (int row = 0; row < db_rows(rows) && status == STATUS_OK; row++)
        status = add_row(rows, row, out, error);
    db_result_free(rows);
    return status;
}
