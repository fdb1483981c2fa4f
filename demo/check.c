#include "demo/check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "simulate/broken.h"
#include "sql/db.h"
#include "sql/embedded.h"

/* "detections 2013-09 JP", "rejected time_out_of_range" */
#define FIGURE_NAME_SIZE (EVENT_LABEL_MAX + 64)

struct figure {
    char name[FIGURE_NAME_SIZE];
    int64_t value;
};

struct figures {
    struct figure *items;
    size_t count;
};

/* ---- what is expected; the names are those of sql/queries/demo_figures.sql */

__attribute__((format(printf, 3, 4))) static void expect(struct figures *figures, uint64_t value,
                                                         const char *format, ...)
{
    struct figure *figure = &figures->items[figures->count];
    va_list arguments;

    /* The database has no row for what does not occur. */
    if (value == 0)
        return;
    va_start(arguments, format);
    vsnprintf(figure->name, sizeof(figure->name), format, arguments);
    va_end(arguments);
    figure->value = (int64_t)value;
    figures->count++;
}

static void expect_cells(struct figures *figures, const struct scenario *scenario,
                         const struct truth *truth)
{
    for (size_t month = 0; month < scenario->month_count; month++) {
        char text[MONTH_TEXT_SIZE];

        month_format(scenario->first_month + (month_t)month, text);
        for (size_t country = 0; country < scenario->country_count; country++) {
            const struct truth_cell *cell =
                &truth->cells[month * scenario->country_count + country];
            const char *code = scenario->countries[country].code;

            expect(figures, cell->infections, "infections %s %s", text, code);
            expect(figures, cell->detections, "detections %s %s", text, code);
        }
    }
}

/* Machines by what they say of themselves; "" is said by those that don't. */
static void expect_traits(struct figures *figures, const struct scenario *scenario,
                          const struct truth *truth)
{
    for (enum scenario_trait trait = 0; trait < SCENARIO_TRAITS; trait++) {
        const struct choices *choices = &scenario->traits[trait];

        for (size_t i = 0; i < scenario->month_count * choices->count; i++) {
            char text[MONTH_TEXT_SIZE];

            month_format(scenario->first_month + (month_t)(i / choices->count), text);
            expect(figures, truth->traits[trait][i], "%s %s %s", scenario_traits[trait], text,
                   choices->items[i % choices->count].text);
        }
    }
}

static void expect_active(struct figures *figures, const struct scenario *scenario,
                          const struct truth *heartbeats)
{
    for (size_t month = 0; month < scenario->month_count; month++) {
        char text[MONTH_TEXT_SIZE];

        month_format(scenario->first_month + (month_t)month, text);
        expect(figures, heartbeats->active.covered[month], "covered %s", text);
        for (size_t country = 0; country < scenario->country_count; country++)
            expect(figures, heartbeats->active.cells[month * scenario->country_count + country],
                   "active %s %s", text, scenario->countries[country].code);
    }
}

static void expect_rejected(struct figures *figures, const struct truth *truth)
{
    for (size_t kind = 0; kind < broken_kinds_count;) {
        const char *reason = broken_kinds[kind].reason;
        uint64_t events = 0;

        for (; kind < broken_kinds_count && strcmp(broken_kinds[kind].reason, reason) == 0; kind++)
            events += truth->rejected[kind];
        expect(figures, events, "rejected %s", reason);
    }
}

static int compare_figures(const void *left, const void *right)
{
    const struct figure *a = left;
    const struct figure *b = right;

    return strcmp(a->name, b->name);
}

static enum status expect_all(struct figures *figures, const struct scenario *scenario,
                              const struct truth *truth, const struct truth *heartbeats,
                              struct error *error)
{
    size_t bound = 3 * scenario->month_count * scenario->country_count + scenario->country_count +
                   scenario->month_count + broken_kinds_count + 1;

    for (enum scenario_trait trait = 0; trait < SCENARIO_TRAITS; trait++)
        bound += scenario->month_count * scenario->traits[trait].count;
    figures->items = calloc(bound, sizeof(*figures->items));
    if (figures->items == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    expect_cells(figures, scenario, truth);
    expect_traits(figures, scenario, truth);
    if (heartbeats != NULL)
        expect_active(figures, scenario, heartbeats);
    for (size_t country = 0; country < scenario->country_count; country++)
        expect(figures, truth->unique_devices[country], "unique %s",
               scenario->countries[country].code);
    expect_rejected(figures, truth);
    expect(figures, truth_accepted(truth, scenario), "stored");
    qsort(figures->items, figures->count, sizeof(*figures->items), compare_figures);
    return STATUS_OK;
}

/* ---- what the database says: rows of name and value, in the same order */

static size_t compare(const struct figures *expected, const struct db_result *rows, FILE *out)
{
    size_t differences = 0;
    size_t next = 0;
    int row = 0;

    while (next < expected->count || row < db_rows(rows)) {
        const struct figure *figure = next < expected->count ? &expected->items[next] : NULL;
        const char *name = row < db_rows(rows) ? db_text(rows, row, 0) : NULL;
        int order = figure == NULL ? 1 : name == NULL ? -1 : strcmp(figure->name, name);
        int64_t intended = order <= 0 ? figure->value : 0;
        int64_t found = order >= 0 ? db_int64(rows, row, 1) : 0;

        if (intended != found) {
            fprintf(out, "%s: %" PRId64 " intended, %" PRId64 " found\n",
                    order <= 0 ? figure->name : name, intended, found);
            differences++;
        }
        next += order <= 0;
        row += order >= 0;
    }
    return differences;
}

enum status demo_check(struct db *db, const struct scenario *scenario, const struct truth *truth,
                       const struct truth *heartbeats, FILE *out, size_t *figures,
                       struct error *error)
{
    /* Of what a scenario doesn't say there is no truth. */
    const char *parameters[1 + SCENARIO_TRAITS] = {scenario->threat};
    struct figures expected = {NULL, 0};
    struct db_result *rows = NULL;
    enum status status = expect_all(&expected, scenario, truth, heartbeats, error);

    for (enum scenario_trait trait = 0; trait < SCENARIO_TRAITS; trait++)
        parameters[1 + trait] = scenario->traits[trait].count > 0 ? scenario_traits[trait] : NULL;
    if (status == STATUS_OK)
        status = db_query(db, sql_demo_figures, 1 + SCENARIO_TRAITS, parameters, &rows, error);
    if (status == STATUS_OK) {
        size_t differences = compare(&expected, rows, out);

        *figures = expected.count;
        if (differences > 0)
            status = error_set(error, STATUS_REJECT,
                               "%zu figures are not what the simulator intended", differences);
    }
    db_result_free(rows);
    free(expected.items);
    return status;
}
