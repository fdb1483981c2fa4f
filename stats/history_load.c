#include "stats/history_load.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "stats/cells.h"
#include "stats/monthly.h"

static enum month_state parse_state(const char *text)
{
    enum month_state state = 0;

    while (state < MONTH_NO_DATA && strcmp(month_state_name(state), text) != 0)
        state++;
    return state;
}

static enum status read_month(const struct db_result *result, int row, month_t *out,
                              struct error *error)
{
    if (month_parse(db_text(result, row, 0), out))
        return STATUS_OK;
    return error_set(error, STATUS_FATAL, "the database has a month '%s'", db_text(result, row, 0));
}

/* All months from the first of which anything is known, if that is not behind the window. */
static enum status make_history(struct figures *figures, struct error *error)
{
    month_t first = figures->completeness.first_month;
    size_t count;

    if (first < 0 || first > figures->to)
        return STATUS_OK;
    if (figures->to - first >= FIGURES_HISTORY_MAX)
        first = figures->to - FIGURES_HISTORY_MAX + 1;
    count = (size_t)(figures->to - first) + 1;
    figures->history = calloc(count, sizeof(*figures->history));
    if (figures->history == NULL)
        return stats_out_of_memory(error);
    for (; figures->history_count < count; figures->history_count++)
        figures->history[figures->history_count] = (struct month_figures){
            .month = first + (month_t)figures->history_count, .state = MONTH_NO_DATA, .active = -1};
    return STATUS_OK;
}

/* NULL: older than the history. */
static struct month_figures *history_at(struct figures *figures, month_t month)
{
    if (figures->history_count == 0 || month < figures->history[0].month || month > figures->to)
        return NULL;
    return &figures->history[month - figures->history[0].month];
}

/* Months of which the database says nothing have no data. */
static enum status load_states(struct db *db, struct figures *figures, struct error *error)
{
    char to[MONTH_TEXT_SIZE];
    const char *const parameters[] = {month_format(figures->to, to), figures->timezone};
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_states, 2, parameters, &result, error);

    figures->completeness.first_month = -1;
    if (status == STATUS_OK && db_rows(result) > 0)
        status = read_month(result, 0, &figures->completeness.first_month, error);
    if (status == STATUS_OK && db_rows(result) > 0)
        figures->completeness.first_day = stats_copy_text(result, 0, 2, &status, error);
    if (status == STATUS_OK)
        status = make_history(figures, error);
    for (int row = 0; status == STATUS_OK && row < db_rows(result); row++) {
        month_t month = 0;

        status = read_month(result, row, &month, error);

        struct month_figures *found = history_at(figures, month);

        if (status == STATUS_OK && found != NULL)
            found->state = parse_state(db_text(result, row, 1));
    }
    db_result_free(result);
    return status;
}

static enum status take_counts(struct figures *figures, const struct month_figures *counts,
                               struct error *error)
{
    struct month_figures *found = history_at(figures, counts->month);

    if (found != NULL) {
        found->infections = counts->infections;
        found->detections = counts->detections;
    }
    if (counts->month < figures->from || counts->month > figures->to)
        return STATUS_OK;
    return monthly_add(figures, counts, error);
}

static enum status load_counts(struct db *db, struct figures *figures, struct error *error)
{
    char to[MONTH_TEXT_SIZE];
    const char *const parameters[] = {figures->threat, month_format(figures->to, to)};
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_months, 2, parameters, &result, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(result); row++) {
        struct month_figures counts = {.infections = db_int64(result, row, 1),
                                       .detections = db_int64(result, row, 2)};

        status = read_month(result, row, &counts.month, error);
        if (status == STATUS_OK)
            status = take_counts(figures, &counts, error);
    }
    db_result_free(result);
    return status;
}

enum status history_load(struct db *db, struct figures *figures, struct error *error)
{
    enum status status = monthly_init(figures, error);

    if (status == STATUS_OK)
        status = load_states(db, figures, error);
    if (status == STATUS_OK)
        status = load_counts(db, figures, error);
    for (size_t i = 0; status == STATUS_OK && i < figures->month_count; i++) {
        const struct month_figures *known = history_at(figures, figures->months[i].month);

        figures->months[i].state = known == NULL ? MONTH_NO_DATA : known->state;
    }
    return status;
}
