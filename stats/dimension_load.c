#include "stats/dimension_load.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "stats/cells.h"
#include "stats/dimension_rank.h"

/* Columns of sql/queries/stats_dimension.sql. */
enum column {
    COLUMN_VALUE,
    COLUMN_INFECTIONS,
    COLUMN_DETECTIONS,
    COLUMN_LATEST,
    COLUMN_MONTH_BEFORE,
    COLUMN_WINDOW_BEFORE,
    COLUMN_YEAR_BEFORE,
    COLUMN_FIRST_SEEN,
    COLUMN_MONTHS
};

/* Its parameters: the threat, the dimension, ten months. */
#define PARAMETERS 11

/* ---- months that are still to be counted by this dimension */

static enum status refuse_recount(const struct figures *figures,
                                  const struct dimension_figures *dimension, const char *month,
                                  struct error *error)
{
    return error_set(error, STATUS_RETRY,
                     "%s of threat '%s' is still being counted by %s, as all that was stored by an "
                     "older kansen: ask again when 'kansen db migrate' is done",
                     month, figures->threat, dimension_name(dimension->dimension));
}

/* The first month of the window and of all that it is compared with. */
static month_t first_needed(const struct figures *figures)
{
    month_t first = figures->from;

    for (enum base base = 0; base < BASES; base++)
        if (figures->comparisons[base].known && figures->comparisons[base].from < first)
            first = figures->comparisons[base].from;
    return first;
}

/* Whether the window or what it is compared with has the month. */
static bool is_needed(const struct figures *figures, month_t month)
{
    if (month >= figures->from)
        return true;
    for (enum base base = 0; base < BASES; base++)
        if (figures->comparisons[base].known && month >= figures->comparisons[base].from &&
            month <= figures->comparisons[base].to)
            return true;
    return false;
}

/* *whole: every month before is counted too. */
static enum status check_recounts(struct db *db, const struct figures *figures,
                                  const struct dimension_figures *dimension, bool *whole,
                                  struct error *error)
{
    char to[MONTH_TEXT_SIZE];
    const char *const parameters[] = {figures->threat, month_format(figures->to, to)};
    struct db_result *result = NULL;
    enum status status = STATUS_OK;

    *whole = true;
    if (dimension->dimension == DIMENSION_COUNTRY)
        return STATUS_OK;
    status = db_query(db, sql_stats_recounts, 2, parameters, &result, error);
    for (int row = 0; status == STATUS_OK && row < db_rows(result); row++) {
        month_t month = -1;

        *whole = false;
        if (!month_parse(db_text(result, row, 0), &month) || is_needed(figures, month))
            status = refuse_recount(figures, dimension, db_text(result, row, 0), error);
    }
    db_result_free(result);
    return status;
}

/* ---- sums over months */

static bool is_country(const char *text)
{
    return strlen(text) == COUNTRY_SIZE - 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' &&
           text[1] <= 'Z';
}

/* Reads "2013-09 5867 2013-10 2518". */
static enum status read_months(const struct figures *figures, const char *text,
                               struct line_figures *line, struct error *error)
{
    line->months = calloc(figures->month_count, sizeof(*line->months));
    if (line->months == NULL)
        return stats_out_of_memory(error);
    while (text != NULL && *text != '\0') {
        char name[MONTH_TEXT_SIZE] = "";
        month_t month = -1;
        int64_t infections = 0;
        int length = 0;

        if (sscanf(text, "%7s %" SCNd64 "%n", name, &infections, &length) != 2 ||
            !month_parse(name, &month) || month < figures->from || month > figures->to)
            return error_set(error, STATUS_FATAL, "the database counts in a month '%s'", text);
        line->months[month - figures->from] = infections;
        text += length;
    }
    return STATUS_OK;
}

static enum status read_line(const struct figures *figures, enum dimension dimension,
                             const struct db_result *result, int row, struct line_figures *line,
                             struct error *error)
{
    enum status status = STATUS_OK;
    const char *first_seen = db_text(result, row, COLUMN_FIRST_SEEN);

    *line = (struct line_figures){.first_seen = -1, .active = -1, .rate = -1};
    line->value = stats_copy_text(result, row, COLUMN_VALUE, &status, error);
    if (status != STATUS_OK)
        return status;
    if (dimension == DIMENSION_COUNTRY && !is_country(line->value))
        return error_set(error, STATUS_FATAL, "the database counts in a country '%s'", line->value);
    line->infections = line->cumulative = db_int64(result, row, COLUMN_INFECTIONS);
    line->detections = db_int64(result, row, COLUMN_DETECTIONS);
    line->against[BASE_PREVIOUS_MONTH].now = db_int64(result, row, COLUMN_LATEST);
    line->against[BASE_PREVIOUS_MONTH].before = db_int64(result, row, COLUMN_MONTH_BEFORE);
    line->against[BASE_PREVIOUS_WINDOW].now = line->infections;
    line->against[BASE_PREVIOUS_WINDOW].before = db_int64(result, row, COLUMN_WINDOW_BEFORE);
    line->against[BASE_YEAR_AGO].now = line->infections;
    line->against[BASE_YEAR_AGO].before = db_int64(result, row, COLUMN_YEAR_BEFORE);
    if (first_seen != NULL && !month_parse(first_seen, &line->first_seen))
        return error_set(error, STATUS_FATAL, "the database counts in a month '%s'", first_seen);
    return read_months(figures, db_text(result, row, COLUMN_MONTHS), line, error);
}

/* The period's first month or its last as a parameter; NULL when it is not compared with. */
static const char *edge(const struct comparison_figures *period, month_t month,
                        char text[MONTH_TEXT_SIZE])
{
    return period->known ? month_format(month, text) : NULL;
}

static enum status query_sums(struct db *db, const struct figures *figures,
                              const struct dimension_figures *dimension, struct db_result **out,
                              struct error *error)
{
    const struct comparison_figures *month = &figures->comparisons[BASE_PREVIOUS_MONTH];
    const struct comparison_figures *window = &figures->comparisons[BASE_PREVIOUS_WINDOW];
    const struct comparison_figures *year = &figures->comparisons[BASE_YEAR_AGO];
    char texts[PARAMETERS - 2][MONTH_TEXT_SIZE];
    const char *const parameters[PARAMETERS] = {
        figures->threat,
        dimension_name(dimension->dimension),
        month_format(figures->from, texts[0]),
        month_format(figures->to, texts[1]),
        edge(month, month->now_to, texts[2]),
        edge(month, month->to, texts[3]),
        edge(window, window->from, texts[4]),
        edge(window, window->to, texts[5]),
        edge(year, year->from, texts[6]),
        edge(year, year->to, texts[7]),
        month_format(first_needed(figures), texts[8]),
    };

    return db_query(db, sql_stats_dimension, PARAMETERS, parameters, out, error);
}

static enum status load_sums(struct db *db, const struct figures *figures,
                             struct dimension_figures *dimension, struct error *error)
{
    struct db_result *result = NULL;
    enum status status = query_sums(db, figures, dimension, &result, error);

    if (status != STATUS_OK)
        return status;

    int rows = db_rows(result);

    dimension->lines = calloc((size_t)rows + 1, sizeof(*dimension->lines));
    if (dimension->lines == NULL)
        status = stats_out_of_memory(error);
    for (int row = 0; row < rows && status == STATUS_OK; row++)
        status = read_line(figures, dimension->dimension, result, row,
                           &dimension->lines[dimension->line_count++], error);
    db_result_free(result);
    return status;
}

/* ---- devices that count once in a period */

static int compare_values(const void *left, const void *right)
{
    const struct line_figures *a = left;
    const struct line_figures *b = right;

    return strcmp(a->value, b->value);
}

/* Makes room for more lines; those that are added need not be in order. */
static enum status make_room(struct dimension_figures *dimension, size_t more, struct error *error)
{
    size_t size = (dimension->line_count + more + 1) * sizeof(struct line_figures);
    struct line_figures *lines = realloc(dimension->lines, size);

    if (lines == NULL)
        return stats_out_of_memory(error);
    dimension->lines = lines;
    return STATUS_OK;
}

/* The line of this value among the first `sorted`; a new one, without a month, when sums have none:
 * it is one of those beyond the bound, which are counted together there. */
static struct line_figures *line_of(const struct figures *figures,
                                    struct dimension_figures *dimension, size_t sorted,
                                    const struct db_result *result, int row, enum status *status,
                                    struct error *error)
{
    struct line_figures wanted = {.first_seen = -1, .active = -1, .rate = -1};
    struct line_figures *found;

    wanted.value = stats_copy_text(result, row, 0, status, error);
    if (*status != STATUS_OK)
        return NULL;
    found = bsearch(&wanted, dimension->lines, sorted, sizeof(wanted), compare_values);
    if (found != NULL) {
        free(wanted.value);
        return found;
    }
    wanted.months = calloc(figures->month_count, sizeof(*wanted.months));
    if (wanted.months == NULL)
        *status = stats_out_of_memory(error);
    found = &dimension->lines[dimension->line_count++];
    *found = wanted;
    return found;
}

/* Reads one period into one of the counts of each line, `offset` bytes from its beginning. */
static enum status load_period(struct db *db, const struct figures *figures,
                               struct dimension_figures *dimension, month_t from, month_t to,
                               size_t offset, struct error *error)
{
    char texts[2][MONTH_TEXT_SIZE];
    const char *const parameters[] = {figures->threat, month_format(from, texts[0]),
                                      month_format(to, texts[1]),
                                      dimension_name(dimension->dimension)};
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_unique, 4, parameters, &result, error);
    size_t sorted = dimension->line_count;

    if (status == STATUS_OK)
        status = make_room(dimension, (size_t)db_rows(result), error);
    if (status == STATUS_OK)
        qsort(dimension->lines, sorted, sizeof(*dimension->lines), compare_values);
    for (int row = 0; status == STATUS_OK && row < db_rows(result); row++) {
        struct line_figures *line =
            line_of(figures, dimension, sorted, result, row, &status, error);
        int64_t count = db_int64(result, row, 1);

        if (line != NULL)
            memcpy((char *)line + offset, &count, sizeof(count));
    }
    db_result_free(result);
    return status;
}

#define NOW_OF(base) offsetof(struct line_figures, against[base].now)
#define BEFORE_OF(base) offsetof(struct line_figures, against[base].before)

/* Takes the place of sums over months, but for single months. */
static enum status load_unique(struct db *db, const struct figures *figures,
                               struct dimension_figures *dimension, struct error *error)
{
    static const struct {
        enum base base;
        size_t before;
    } windows[] = {{BASE_PREVIOUS_WINDOW, BEFORE_OF(BASE_PREVIOUS_WINDOW)},
                   {BASE_YEAR_AGO, BEFORE_OF(BASE_YEAR_AGO)}};
    enum status status = STATUS_OK;

    for (size_t i = 0; i < dimension->line_count; i++) {
        struct line_figures *line = &dimension->lines[i];

        line->infections = 0;
        line->against[BASE_PREVIOUS_WINDOW].before = line->against[BASE_YEAR_AGO].before = 0;
    }
    status = load_period(db, figures, dimension, figures->from, figures->to,
                         offsetof(struct line_figures, infections), error);
    for (size_t i = 0; i < sizeof(windows) / sizeof(*windows) && status == STATUS_OK; i++) {
        const struct comparison_figures *period = &figures->comparisons[windows[i].base];

        if (period->known)
            status = load_period(db, figures, dimension, period->from, period->to,
                                 windows[i].before, error);
    }
    for (size_t i = 0; i < dimension->line_count; i++) {
        struct line_figures *line = &dimension->lines[i];

        line->against[BASE_PREVIOUS_WINDOW].now = line->against[BASE_YEAR_AGO].now =
            line->infections;
    }
    return status;
}

/* ---- all of it */

/* The sums of what the window is compared with: a machine once in each of them. */
static void add_up_comparisons(struct figures *figures, const struct dimension_figures *countries)
{
    for (enum base base = BASE_PREVIOUS_WINDOW; base < BASES; base++) {
        struct comparison_figures *comparison = &figures->comparisons[base];

        comparison->now = comparison->before = 0;
        for (size_t i = 0; i < countries->line_count; i++) {
            comparison->now += countries->lines[i].against[base].now;
            comparison->before += countries->lines[i].against[base].before;
        }
    }
}

enum status dimension_load(struct db *db, size_t top, struct figures *figures,
                           struct dimension_figures *dimension, struct error *error)
{
    bool whole = true;
    enum status status = check_recounts(db, figures, dimension, &whole, error);

    if (status == STATUS_OK)
        status = load_sums(db, figures, dimension, error);
    if (status == STATUS_OK && figures->unique)
        status = load_unique(db, figures, dimension, error);
    if (status != STATUS_OK)
        return status;
    if (figures->unique && dimension->dimension == DIMENSION_COUNTRY)
        add_up_comparisons(figures, dimension);
    for (size_t i = 0; i < dimension->line_count && !whole; i++)
        dimension->lines[i].first_seen = -1;
    status = dimension_rank(figures, dimension, top, error);
    if (dimension->dimension == DIMENSION_COUNTRY) {
        figures->total = dimension->total;
        figures->machines =
            figures->unique || figures->month_count == 1 ? figures->total : figures->machines;
    }
    return status;
}
