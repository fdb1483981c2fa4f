#include "stats/rates.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "stats/cells.h"

/* Hundredths of one in a thousand. */
#define RATE_SCALE (1000 * INT64_C(100))

int64_t rates_of(int64_t infections, int64_t active)
{
    if (active <= 0)
        return -1;
    return infections / active * RATE_SCALE +
           (infections % active * RATE_SCALE + active / 2) / active;
}

/* The month of a row within the window. */
static enum status find_month(struct figures *figures, const struct db_result *rows, int row,
                              int column, struct month_figures **out, struct error *error)
{
    month_t month = -1;

    if (!month_parse(db_text(rows, row, column), &month) || month < figures->from ||
        month > figures->to)
        return error_set(error, STATUS_FATAL, "the database has active machines in a month '%s'",
                         db_text(rows, row, column));
    *out = &figures->months[month - figures->from];
    return STATUS_OK;
}

/* ---- months */

static enum status load_months(struct db *db, struct figures *figures, struct error *error)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    const char *const parameters[] = {month_format(figures->from, from),
                                      month_format(figures->to, to)};
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_stats_active, 2, parameters, &rows, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        struct month_figures *month;

        status = find_month(figures, rows, row, 0, &month, error);
        if (status != STATUS_OK)
            break;
        month->active = db_int64(rows, row, 2);
        month->covered = 0;
        month->active_provisional =
            strcmp(db_text(rows, row, 1), month_state_name(MONTH_PROVISIONAL)) == 0;
    }
    db_result_free(rows);
    return status;
}

static enum status load_coverage(struct db *db, struct figures *figures, struct error *error)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    const char *const parameters[] = {figures->threat, month_format(figures->from, from),
                                      month_format(figures->to, to)};
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_stats_covered, 3, parameters, &rows, error);

    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++) {
        struct month_figures *month;

        status = find_month(figures, rows, row, 0, &month, error);
        if (status == STATUS_OK)
            month->covered = db_int64(rows, row, 1);
    }
    db_result_free(rows);
    return status;
}

/* Months of which nothing is stored count on neither side. */
static bool counts(const struct month_figures *month)
{
    return month->state != MONTH_NO_DATA;
}

/* Sums of the window, when heartbeats are stored of each of its months that counts. Returns how
 * many these are; 0: the rates of the window aren't known. */
static size_t sum_window(struct figures *figures)
{
    struct rate_figures *rates = &figures->rates;
    size_t months = 0;

    for (size_t i = 0; i < figures->month_count; i++) {
        const struct month_figures *month = &figures->months[i];

        if (!counts(month))
            continue;
        if (month->active < 0)
            return 0;
        rates->active += month->active;
        rates->covered =
            rates->covered < 0 || month->covered < 0 ? -1 : rates->covered + month->covered;
        months++;
    }
    return rates->active > 0 ? months : 0;
}

/* ---- values */

static int compare_values(const void *left, const void *right)
{
    const struct line_figures *const *a = left;
    const struct line_figures *const *b = right;

    return strcmp((*a)->value, (*b)->value);
}

/* The lines by value; owned by the caller, NULL when memory is short. */
static struct line_figures **sort_lines(struct dimension_figures *dimension)
{
    struct line_figures **lines = calloc(dimension->line_count + 1, sizeof(struct line_figures *));

    for (size_t i = 0; lines != NULL && i < dimension->line_count; i++)
        lines[i] = &dimension->lines[i];
    if (lines != NULL)
        qsort(lines, dimension->line_count, sizeof(struct line_figures *), compare_values);
    return lines;
}

static enum status make_room(struct figures *figures, struct dimension_figures *dimension,
                             struct error *error)
{
    for (size_t i = 0; i < dimension->line_count; i++) {
        struct line_figures *line = &dimension->lines[i];

        line->active = 0;
        line->actives = calloc(figures->month_count, sizeof(*line->actives));
        if (line->actives == NULL)
            return stats_out_of_memory(error);
    }
    return STATUS_OK;
}

static enum status add_value(struct figures *figures, struct line_figures **lines, size_t count,
                             const struct db_result *rows, int row, struct error *error)
{
    const struct line_figures wanted = {.value = (char *)(uintptr_t)db_text(rows, row, 0)};
    const struct line_figures *const key = &wanted;
    struct line_figures **found =
        bsearch(&key, lines, count, sizeof(struct line_figures *), compare_values);
    struct month_figures *month;
    enum status status = find_month(figures, rows, row, 1, &month, error);

    if (status != STATUS_OK || found == NULL || !counts(month))
        return status;
    (*found)->active += db_int64(rows, row, 2);
    (*found)->actives[month - figures->months] = db_int64(rows, row, 2);
    return STATUS_OK;
}

static enum status load_values(struct db *db, struct figures *figures,
                               struct dimension_figures *dimension, struct error *error)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    const char *const parameters[] = {dimension_name(dimension->dimension),
                                      month_format(figures->from, from),
                                      month_format(figures->to, to)};
    struct line_figures **lines = sort_lines(dimension);
    struct db_result *rows = NULL;
    enum status status = make_room(figures, dimension, error);

    if (lines == NULL)
        status = stats_out_of_memory(error);
    if (status == STATUS_OK)
        status = db_query(db, sql_stats_active_values, 3, parameters, &rows, error);
    for (int row = 0; status == STATUS_OK && row < db_rows(rows); row++)
        status = add_value(figures, lines, dimension->line_count, rows, row, error);
    db_result_free(rows);
    free(lines);
    return status;
}

/* ---- the ranking */

/* Higher rates first, exactly: the products fit 128 bits. */
static int compare_rates(const void *left, const void *right)
{
    const struct line_figures *a = *(const struct line_figures *const *)left;
    const struct line_figures *b = *(const struct line_figures *const *)right;
    __int128 of_a = (__int128)a->cumulative * b->active;
    __int128 of_b = (__int128)b->cumulative * a->active;

    if (of_a != of_b)
        return of_a > of_b ? -1 : 1;
    return strcmp(a->value, b->value);
}

static bool is_below(const struct line_figures *line, int64_t minimum, size_t months)
{
    return line->active == 0 || line->active / (int64_t)months < minimum;
}

void rates_rank(struct dimension_figures *dimension, int64_t minimum, size_t months,
                int64_t suppress_below)
{
    struct line_figures *ranked[FIGURES_TOP_MAX];
    size_t count = 0;

    for (size_t i = 0; i < dimension->line_count && count < FIGURES_TOP_MAX; i++) {
        struct line_figures *line = &dimension->lines[i];

        line->rate = -1;
        line->rate_rank = 0;
        if (is_below(line, minimum, months) || line->active < suppress_below)
            continue;
        line->rate = rates_of(line->cumulative, line->active);
        ranked[count++] = line;
    }
    qsort(ranked, count, sizeof(struct line_figures *), compare_rates);
    for (size_t i = 0; i < count; i++)
        ranked[i]->rate_rank = (int32_t)i + 1;
}

size_t rates_below(const struct dimension_figures *dimension, int64_t suppress_below)
{
    size_t below = 0;

    for (size_t i = 0; i < dimension->line_count; i++)
        below += dimension->lines[i].active >= 0 && dimension->lines[i].rate_rank == 0 &&
                 dimension->lines[i].active >= suppress_below;
    return below;
}

enum status rates_load(struct db *db, int64_t minimum, struct figures *figures, struct error *error)
{
    struct rate_figures *rates = &figures->rates;
    enum status status = load_months(db, figures, error);
    size_t months;

    rates->minimum = minimum;
    if (status == STATUS_OK && rates_has_months(figures))
        status = load_coverage(db, figures, error);
    months = sum_window(figures);
    if (status != STATUS_OK || months == 0) {
        rates->active = rates->covered = 0;
        return status;
    }
    rates->known = true;
    rates->rate = rates_of(figures->months_infections, rates->active);
    for (size_t i = 0; i < figures->dimension_count && status == STATUS_OK; i++) {
        struct dimension_figures *dimension = &figures->dimensions[i];

        /* Heartbeats name no malware. */
        if (dimension->dimension == DIMENSION_NAME)
            continue;
        status = load_values(db, figures, dimension, error);
        if (status == STATUS_OK)
            rates_rank(dimension, minimum, months, figures->suppress_below);
    }
    return status;
}

bool rates_has_months(const struct figures *figures)
{
    for (size_t i = 0; i < figures->month_count; i++)
        if (figures->months[i].active >= 0)
            return true;
    return false;
}
