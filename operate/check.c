#include "operate/check.h"

#include <stdlib.h>
#include <string.h>

#include "operate/safe_line.h"
#include "sql/embedded.h"
#include "text/json_writer.h"

/* Behind "hurts  " and "note   ". */
#define INDENT 7

static const struct {
    const char *sql;
    bool on_citus; /* where Citus is there */
    bool is_first; /* what the others need: they are asked when it finds nothing */
} checks[] = {
    {sql_check_schema, false, true},       {sql_check_nodes, true, true},
    {sql_check_settings, false, false},    {sql_check_locks, false, false},
    {sql_check_connections, false, false}, {sql_check_freeze, false, false},
    {sql_check_holders, false, false},     {sql_check_tables, false, false},
    {sql_check_database, false, false},    {sql_check_roles, false, false},
    {sql_check_months, false, false},      {sql_check_citus, true, false},
};

_Static_assert(sizeof(checks) / sizeof(checks[0]) == CHECK_RESULTS, "each answer is kept");

/* Columns of each of them. */
enum { KIND, NAME, VALUE, WHY, WAY_ON };

static bool is_hurting(const struct db_result *rows, int row)
{
    return strcmp(db_text(rows, row, KIND), "hurts") == 0;
}

static void add(struct check *out, bool hurting)
{
    for (size_t i = 0; i < CHECK_RESULTS; i++)
        for (int row = 0; out->results[i] != NULL && row < db_rows(out->results[i]); row++)
            if (is_hurting(out->results[i], row) == hurting)
                out->findings[out->count++] = (struct check_finding){
                    .hurts = hurting,
                    .name = db_text(out->results[i], row, NAME),
                    .value = db_text(out->results[i], row, VALUE),
                    .why = db_text(out->results[i], row, WHY),
                    .way_on = db_text(out->results[i], row, WAY_ON),
                };
}

enum status check_run(struct db *db, struct check *out, struct error *error)
{
    size_t rows = 0;
    bool is_whole = true;
    enum status status = db_script(db, sql_standing_limits, error);

    for (size_t i = 0; status == STATUS_OK && is_whole && i < CHECK_RESULTS; i++) {
        if (checks[i].on_citus && !db_has_citus(db))
            continue;
        status = db_query(db, checks[i].sql, 0, NULL, &out->results[i], error);
        if (status == STATUS_OK)
            rows += (size_t)db_rows(out->results[i]);
        is_whole = !checks[i].is_first || rows == 0;
    }
    if (status != STATUS_OK)
        return status;
    out->findings = calloc(rows + 1, sizeof(*out->findings));
    if (out->findings == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    add(out, true);
    out->hurting = out->count;
    add(out, false);
    return STATUS_OK;
}

void check_clear(struct check *check)
{
    free(check->findings);
    for (size_t i = 0; i < CHECK_RESULTS; i++)
        db_result_free(check->results[i]);
    memset(check, 0, sizeof(*check));
}

void check_print(FILE *out, const struct check *check)
{
    for (size_t i = 0; i < check->count; i++) {
        const struct check_finding *finding = &check->findings[i];

        safe_line(out, finding->hurts ? "hurts" : "note", INDENT, "%s: %s", finding->name,
                  finding->value);
        safe_line(out, "", INDENT, "%s", finding->why);
        if (*finding->way_on != '\0')
            safe_line(out, "", INDENT, "> %s", finding->way_on);
    }
}

void check_print_json(FILE *out, const struct check *check)
{
    struct json_writer json;

    json_writer_init(&json, out);
    json_writer_array(&json, NULL, JSON_LINES);
    for (size_t i = 0; i < check->count; i++) {
        const struct check_finding *finding = &check->findings[i];

        json_writer_object(&json, NULL, JSON_ONE_LINE);
        json_writer_bool(&json, "hurts", finding->hurts);
        json_writer_text(&json, "name", finding->name);
        json_writer_text(&json, "value", finding->value);
        json_writer_text(&json, "why", finding->why);
        json_writer_text(&json, "way_on", *finding->way_on == '\0' ? NULL : finding->way_on);
        json_writer_end(&json);
    }
    json_writer_end(&json);
    putc('\n', out);
}
