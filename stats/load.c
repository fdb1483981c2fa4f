#include "stats/load.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "sql/moment.h"
#include "stats/cells.h"
#include "stats/comparison.h"
#include "stats/completeness_load.h"
#include "stats/dimension_load.h"
#include "stats/history_load.h"
#include "stats/monthly.h"
#include "stats/published_load.h"
#include "stats/rates.h"
#include "stats/threat_load.h"
#include "stats/trend.h"

/* What the database says of itself and of the present. */
struct settings {
    char *timezone; /* owned by whoever asked */
    month_t last_over;
    month_t present;
    int64_t partitions; /* of Kafka, without those that are retired */
};

static enum status load_settings(struct db *db, struct settings *settings, struct error *error)
{
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_settings, 0, NULL, &result, error);

    if (status != STATUS_OK)
        return status;
    if (db_rows(result) != 1 || !month_parse(db_text(result, 0, 1), &settings->last_over) ||
        !month_parse(db_text(result, 0, 2), &settings->present))
        status = error_set(error, STATUS_FATAL,
                           "the database has no report time zone: run 'kansen db init'");
    if (status == STATUS_OK) {
        settings->timezone = stats_copy_text(result, 0, 0, &status, error);
        settings->partitions = db_int64(result, 0, 3);
    }
    db_result_free(result);
    return status;
}

static enum status refuse_future(const char *which, month_t month, const struct settings *settings,
                                 struct error *error)
{
    char asked[MONTH_TEXT_SIZE];
    char present[MONTH_TEXT_SIZE];
    char last_over[MONTH_TEXT_SIZE];

    return error_set(error, STATUS_REJECT,
                     "the window's %s month %s lies in the future: in %s it is %s now, which "
                     "would be provisional, and the last month that is over is %s",
                     which, month_format(month, asked), settings->timezone,
                     month_format(settings->present, present),
                     month_format(settings->last_over, last_over));
}

/* A window that begins behind the last month that is over, and says nothing of its end. */
static enum status ask_for_end(month_t from, const struct settings *settings, struct error *error)
{
    char asked[MONTH_TEXT_SIZE];
    char last_over[MONTH_TEXT_SIZE];

    month_format(from, asked);
    return error_set(
        error, STATUS_REJECT,
        "--from %s: without --to the window ends with the last month that is over, %s; "
        "give --to %s for what has come of it so far",
        asked, month_format(settings->last_over, last_over), asked);
}

static enum status check_window(const struct stats_request *request, month_t from, month_t to,
                                const struct settings *settings, struct error *error)
{
    if (from > settings->present)
        return refuse_future("first", from, settings, error);
    if (to > settings->present)
        return refuse_future("last", to, settings, error);
    if (from > to && request->to == STATS_MONTH_DEFAULT)
        return ask_for_end(from, settings, error);
    return monthly_check_window(from, to, error);
}

enum status stats_choose_window(struct db *db, struct stats_request *request, struct error *error)
{
    struct settings settings = {.timezone = NULL};
    enum status status = load_settings(db, &settings, error);
    month_t to = request->to == STATS_MONTH_DEFAULT ? settings.last_over : request->to;
    month_t from = request->from;
    month_t before = (month_t)request->months - 1;

    if (from == STATS_MONTH_DEFAULT)
        from = to - before > 0 ? to - before : 0;
    if (status == STATUS_OK)
        status = check_window(request, from, to, &settings, error);
    free(settings.timezone);
    if (status == STATUS_OK) {
        request->from = from;
        request->to = to;
    }
    return status;
}

static enum status load_window(struct db *db, const struct stats_request *request,
                               struct figures *figures, struct error *error)
{
    struct settings settings = {.timezone = NULL};
    enum status status = load_settings(db, &settings, error);

    figures->timezone = settings.timezone;
    figures->from = request->from;
    figures->to = request->to;
    if (status != STATUS_OK)
        return status;
    figures->ongoing = figures->to > settings.last_over;
    figures->completeness.from_kafka = settings.partitions > 0;
    figures->completeness.judged = figures->ongoing ? settings.last_over : figures->to;
    if (figures->completeness.judged < figures->from)
        figures->completeness.judged = -1;
    return STATUS_OK;
}

/* What the countries of the window's events were looked up in. */
static enum status load_geoip(struct db *db, struct figures *figures, struct error *error)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    const char *const parameters[] = {month_format(figures->from, from),
                                      month_format(figures->to, to)};
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_geoip, 2, parameters, &result, error);

    if (status != STATUS_OK)
        return status;

    int rows = db_rows(result);

    figures->geoip_builds = calloc((size_t)rows + 1, sizeof(*figures->geoip_builds));
    if (figures->geoip_builds == NULL)
        status = stats_out_of_memory(error);
    for (int row = 0; row < rows && status == STATUS_OK; row++) {
        const char *state = db_text(result, row, 0);

        if (strcmp(state, "not-noted") == 0)
            figures->geoip_unnoted = true;
        if (strcmp(state, "not-looked-up") == 0)
            figures->geoip_not_asked = true;
        if (strcmp(state, "looked-up") != 0)
            continue;
        figures->geoip_builds[figures->geoip_build_count] =
            stats_copy_text(result, row, 1, &status, error);
        figures->geoip_build_count += status == STATUS_OK;
    }
    db_result_free(result);
    return status;
}

static enum status load_offsets(struct db *db, struct figures *figures, struct error *error)
{
    struct db_result *result = NULL;
    enum status status = db_query(db, sql_stats_offsets, 0, NULL, &result, error);

    if (status != STATUS_OK)
        return status;

    int rows = db_rows(result);

    figures->offsets = calloc((size_t)rows + 1, sizeof(*figures->offsets));
    if (figures->offsets == NULL)
        status = stats_out_of_memory(error);
    for (int row = 0; row < rows && status == STATUS_OK; row++) {
        struct offset_figures *offsets = &figures->offsets[figures->offset_count++];

        offsets->topic = stats_copy_text(result, row, 0, &status, error);
        offsets->group = stats_copy_text(result, row, 1, &status, error);
        offsets->partitions = db_int64(result, row, 2);
        offsets->offsets = db_int64(result, row, 3);
        offsets->next_offsets = stats_copy_text(result, row, 4, &status, error);
        offsets->read_until = stats_copy_text(result, row, 5, &status, error);
    }
    db_result_free(result);
    return status;
}

/* Machines of a month that were dropped can't be told from those of the others. */
static enum status refuse_dropped(struct db *db, const struct figures *figures, struct error *error)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    const char *const parameters[] = {month_format(figures->from, from),
                                      month_format(figures->to, to)};
    struct db_result *rows = NULL;
    enum status status = STATUS_OK;

    if (!figures->unique)
        return STATUS_OK;
    status = db_query(db, sql_stats_dropped, 2, parameters, &rows, error);
    if (status == STATUS_OK && db_rows(rows) > 0)
        status = error_set(error, STATUS_REJECT,
                           "--unique needs the machines of each month, and those of %s were "
                           "dropped because they are old; without it the counts are all there",
                           db_text(rows, 0, 0));
    db_result_free(rows);
    return status;
}

static enum status load_all(struct db *db, const struct stats_request *request,
                            struct figures *figures, struct error *error)
{
    enum status status = load_window(db, request, figures, error);

    if (status == STATUS_OK)
        status = threat_load(db, request->threat, figures, error);
    if (status == STATUS_OK)
        status = history_load(db, figures, error);
    if (status == STATUS_OK)
        status = refuse_dropped(db, figures, error);
    if (status == STATUS_OK)
        status = completeness_load(db, figures, error);
    if (status != STATUS_OK)
        return status;
    trend_find(figures);
    comparison_choose(figures);
    for (size_t i = 0; i < figures->dimension_count && status == STATUS_OK; i++)
        status = dimension_load(db, request->top, figures, &figures->dimensions[i], error);
    if (status == STATUS_OK)
        status = rates_load(db, request->rate_minimum, figures, error);
    if (status == STATUS_OK)
        status = load_geoip(db, figures, error);
    if (status == STATUS_OK)
        status = load_offsets(db, figures, error);
    if (status == STATUS_OK)
        status = published_load(db, figures, error);
    return status;
}

static void take_request(struct figures *figures, const struct stats_request *request)
{
    figures->unique = request->unique;
    figures->suppress_below = request->suppress_below;
    figures->machines = -1;
    for (enum dimension i = 0; i < DIMENSIONS; i++)
        if (i == DIMENSION_COUNTRY || request->by[i])
            figures->dimensions[figures->dimension_count++] =
                (struct dimension_figures){.dimension = i, .asked = request->by[i]};
}

enum status stats_load_within(struct db *db, const struct stats_request *request,
                              struct figures **out, struct error *error)
{
    struct figures *figures = calloc(1, sizeof(*figures));

    if (figures == NULL)
        return stats_out_of_memory(error);
    figures->dimensions = calloc(DIMENSIONS, sizeof(*figures->dimensions));
    if (figures->dimensions == NULL) {
        figures_free(figures);
        return stats_out_of_memory(error);
    }
    take_request(figures, request);
    progress_say(request->progress,
                 request->unique ? "counting each machine once" : "reading the counts");

    enum status status = load_all(db, request, figures, error);

    if (status != STATUS_OK) {
        figures_free(figures);
        return status;
    }
    *out = figures;
    return STATUS_OK;
}

enum status stats_load(struct db *db, const struct stats_request *request, struct figures **out,
                       struct error *error)
{
    /* One moment for all of it: totals and countries agree while workers go on counting. */
    enum status status = moment_begin(db, DB_READ_ONLY_SNAPSHOT, error);

    if (status == STATUS_OK)
        status = stats_load_within(db, request, out, error);
    db_rollback(db); /* nothing was written; a report needs no commit */
    return status;
}
