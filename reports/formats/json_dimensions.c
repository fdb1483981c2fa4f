#include "reports/formats/json_dimensions.h"

static void put_share(struct json_writer *writer, int32_t share)
{
    char text[TABLE_VALUE_SIZE];

    json_writer_text(writer, "share", table_format(COLUMN_SHARE, share, text));
}

/* Infections of each month of the window; null where they are too small to be seen. */
static void put_months(struct json_writer *writer, const int64_t *months, size_t count)
{
    json_writer_array(writer, "months", JSON_COMPACT);
    for (size_t i = 0; i < count; i++)
        json_writer_integer(writer, NULL, months[i]);
    json_writer_end(writer);
}

static void put_line(struct json_writer *writer, const struct figures *figures,
                     const struct line_figures *line, size_t rank)
{
    json_writer_object(writer, NULL, JSON_ONE_LINE);
    json_writer_unsigned(writer, "rank", rank);
    json_writer_text(writer, "value", line->value);
    json_writer_integer(writer, "infections", line->infections);
    put_share(writer, line->share);
    if (figures->unique)
        json_writer_integer(writer, "cumulative", line->cumulative);
    if (line->months != NULL && line->months_shown)
        put_months(writer, line->months, figures->month_count);
    else
        json_writer_number(writer, "months", NULL);
    json_writer_end(writer);
}

static void put_other(struct json_writer *writer, const struct figures *figures,
                      const struct dimension_figures *dimension)
{
    const struct other_figures *other = &dimension->other;

    json_writer_object(writer, "other", JSON_ONE_LINE);
    json_writer_integer(writer, "infections", other->infections);
    put_share(writer, other->share);
    json_writer_unsigned(writer, "values", other->values);
    json_writer_integer(writer, "unknown", other->unknown);
    json_writer_integer(writer, "beyond", other->beyond);
    if (figures->suppress_below > 0)
        json_writer_unsigned(writer, "suppressed", other->suppressed);
    if (dimension->other_months != NULL)
        put_months(writer, dimension->other_months, figures->month_count);
    json_writer_end(writer);
}

static void put_tie(struct json_writer *writer, const struct dimension_figures *dimension)
{
    if (dimension->tie.values == 0) {
        json_writer_number(writer, "tie", NULL);
        return;
    }
    json_writer_object(writer, "tie", JSON_ONE_LINE);
    json_writer_unsigned(writer, "rank", dimension->ranked);
    json_writer_unsigned(writer, "values", dimension->tie.values);
    json_writer_unsigned(writer, "listed", dimension->tie.listed);
    json_writer_end(writer);
}

static void put_dimension(struct json_writer *writer, const struct figures *figures,
                          const struct dimension_figures *dimension)
{
    json_writer_object(writer, NULL, JSON_LINES);
    json_writer_text(writer, "dimension", dimension_name(dimension->dimension));
    json_writer_array(writer, "lines", JSON_LINES);
    for (size_t i = 0; i < dimension->ranked; i++)
        put_line(writer, figures, &dimension->lines[i], i + 1);
    json_writer_end(writer);
    put_other(writer, figures, dimension);
    put_tie(writer, dimension);
    json_writer_end(writer);
}

void json_put_dimensions(struct json_writer *writer, const struct figures *figures)
{
    bool any = false;

    for (size_t i = 0; i < figures->dimension_count; i++)
        any |= figures->dimensions[i].asked;
    if (!any)
        return;
    json_writer_array(writer, "dimensions", JSON_LINES);
    for (size_t i = 0; i < figures->dimension_count; i++)
        if (figures->dimensions[i].asked)
            put_dimension(writer, figures, &figures->dimensions[i]);
    json_writer_end(writer);
}

static void put_month(struct json_writer *writer, const char *key, month_t month)
{
    char text[MONTH_TEXT_SIZE];

    json_writer_text(writer, key, month < 0 ? NULL : month_format(month, text));
}

/* Nothing of a single month, which is neither high nor low. */
static void put_trend(struct json_writer *writer, const struct trend_figures *trend)
{
    if (trend->month < 0 || trend->since == trend->month)
        return;
    json_writer_object(writer, "trend", JSON_ONE_LINE);
    put_month(writer, "month", trend->month);
    json_writer_integer(writer, "infections", trend->infections);
    put_month(writer, "since", trend->since);
    json_writer_bool(writer, "whole", trend->whole);
    put_month(writer, "as_high", trend->as_high);
    put_month(writer, "as_low", trend->as_low);
    json_writer_integer(writer, "rises", trend->rises);
    json_writer_integer(writer, "falls", trend->falls);
    json_writer_end(writer);
}

static void put_new(struct json_writer *writer, const struct dimension_figures *dimension,
                    bool *opened)
{
    for (size_t i = 0; i < dimension->line_count; i++) {
        const struct line_figures *line = &dimension->lines[i];

        if (!line->is_new)
            continue;
        if (!*opened)
            json_writer_array(writer, "first_seen", JSON_LINES);
        *opened = true;
        json_writer_object(writer, NULL, JSON_ONE_LINE);
        json_writer_text(writer, "dimension", dimension_name(dimension->dimension));
        json_writer_text(writer, "value", line->value);
        put_month(writer, "month", line->first_seen);
        json_writer_end(writer);
    }
}

void json_put_history(struct json_writer *writer, const struct figures *figures)
{
    bool opened = false;

    put_trend(writer, &figures->trend);
    for (size_t i = 0; i < figures->dimension_count; i++)
        put_new(writer, &figures->dimensions[i], &opened);
    if (opened)
        json_writer_end(writer);
}
