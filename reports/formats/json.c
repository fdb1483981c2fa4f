/* JSON: the figures, and for a report its sentences too. Two spaces deep, one line an element. */
#include "reports/formats/writers.h"
#include <string.h>

#include "reports/formats/json_dimensions.h"
#include "text/json_writer.h"

/* Which edition this is, or which one there is of the same window: nothing of neither. */
static void put_edition(struct json_writer *writer, const struct figures *figures)
{
    const struct edition_figures *edition = figures->edition;
    const struct published_figures *published = &figures->published;

    if (edition != NULL) {
        json_writer_object(writer, "edition", JSON_ONE_LINE);
        json_writer_integer(writer, "number", edition->number);
        json_writer_text(writer, "published", edition->published_utc);
        json_writer_bool(writer, "provisional", edition->provisional);
        if (edition->restatement == NULL)
            json_writer_number(writer, "replaces", NULL);
        else
            json_writer_integer(writer, "replaces", edition->restatement->replaces);
        json_writer_end(writer);
    } else if (published->number > 0) {
        json_writer_object(writer, "published_edition", JSON_ONE_LINE);
        json_writer_integer(writer, "number", published->number);
        json_writer_text(writer, "published", published->published_utc);
        json_writer_bool(writer, "withdrawn", published->withdrawn);
        json_writer_end(writer);
    }
}

static void put_window(struct json_writer *writer, const struct figures *figures)
{
    char text[MONTH_TEXT_SIZE];

    json_writer_text(writer, "threat", figures->threat);
    json_writer_object(writer, "names", JSON_ONE_LINE);
    for (size_t i = 0; i < figures->name_count; i++)
        json_writer_text(writer, figures->names[i].language, figures->names[i].name);
    json_writer_end(writer);
    json_writer_array(writer, "patterns", JSON_LINES);
    for (size_t i = 0; i < figures->pattern_count; i++)
        json_writer_text(writer, NULL, figures->patterns[i]);
    json_writer_end(writer);
    json_writer_text(writer, "from", month_format(figures->from, text));
    json_writer_text(writer, "to", month_format(figures->to, text));
    json_writer_text(writer, "timezone", figures->timezone);
    json_writer_bool(writer, "ongoing", figures->ongoing);
    json_writer_bool(writer, "unique", figures->unique);
    json_writer_integer(writer, "total", figures->total);
    if (figures->unique)
        json_writer_integer(writer, "cumulative", figures->months_infections);
    if (figures->suppress_below > 0)
        json_writer_integer(writer, "suppress_below", figures->suppress_below);
}

/* Shares are text: a reader's floating point must not change them. A row is known by its code
 * instead of its name. */
static void put_row(struct json_writer *writer, const struct table *table,
                    const struct table_row *row)
{
    char text[TABLE_VALUE_SIZE];

    json_writer_object(writer, NULL, JSON_ONE_LINE);
    for (size_t i = 0; i < table->column_count; i++) {
        enum column_role role = table->columns[i].role;
        const char *key = column_traits[role].key;

        if (role == COLUMN_NAME)
            json_writer_text(writer, table->subject, row->code);
        else if (column_traits[role].hundredths || column_traits[role].month)
            json_writer_text(writer, key, table_value(row, role, text));
        else
            json_writer_number(writer, key, table_value(row, role, text));
    }
    if (row->kind == ROW_ALONE && strcmp(row->line, table->subject) != 0)
        json_writer_text(writer, "line", row->line);
    if (row->state != NULL)
        json_writer_text(writer, "state", row->state);
    json_writer_end(writer);
}

/* The rows of its body. */
static void put_table(struct json_writer *writer, const struct section *section)
{
    const struct table *table = &section->table;

    json_writer_array(writer, section->id, JSON_LINES);
    for (size_t i = 0; i < table->row_count; i++)
        if (table->rows[i].kind == ROW_BODY || table->rows[i].kind == ROW_ALONE)
            put_row(writer, table, &table->rows[i]);
    json_writer_end(writer);
}

static void put_other(struct json_writer *writer, const struct other_figures *other)
{
    char text[TABLE_VALUE_SIZE];

    json_writer_object(writer, "other", JSON_ONE_LINE);
    json_writer_integer(writer, "infections", other->infections);
    json_writer_text(writer, "share", table_format(COLUMN_SHARE, other->share, text));
    json_writer_integer(writer, "countries", (int64_t)other->values);
    json_writer_integer(writer, "unknown", other->unknown);
    if (other->suppressed > 0)
        json_writer_unsigned(writer, "suppressed", other->suppressed);
    json_writer_end(writer);
}

/* Null, or how many countries have as many infections as the last rank, and how many are listed. */
static void put_tie(struct json_writer *writer, const struct dimension_figures *countries)
{
    const struct tie_figures *tie = &countries->tie;

    if (tie->values == 0) {
        json_writer_number(writer, "tie", NULL);
        return;
    }
    json_writer_object(writer, "tie", JSON_ONE_LINE);
    json_writer_integer(writer, "rank", (int64_t)countries->ranked);
    json_writer_integer(writer, "countries", (int64_t)tie->values);
    json_writer_integer(writer, "listed", (int64_t)tie->listed);
    json_writer_end(writer);
}

static void put_offsets(struct json_writer *writer, const struct figures *figures)
{
    json_writer_array(writer, "offsets", JSON_LINES);
    for (size_t i = 0; i < figures->offset_count; i++) {
        const struct offset_figures *offsets = &figures->offsets[i];

        json_writer_object(writer, NULL, JSON_ONE_LINE);
        json_writer_text(writer, "topic", offsets->topic);
        json_writer_text(writer, "group", offsets->group);
        json_writer_integer(writer, "partitions", offsets->partitions);
        json_writer_text(writer, "next_offsets", offsets->next_offsets);
        json_writer_text(writer, "read_until", offsets->read_until);
        json_writer_end(writer);
    }
    json_writer_end(writer);
}

/* geoip_build is the newest of them, null when none was asked or noted. */
static void put_geoip(struct json_writer *writer, const struct figures *figures)
{
    size_t count = figures->geoip_build_count;

    json_writer_text(writer, "geoip_build", count == 0 ? NULL : figures->geoip_builds[count - 1]);
    json_writer_array(writer, "geoip_builds", JSON_ONE_LINE);
    for (size_t i = 0; i < count; i++)
        json_writer_text(writer, NULL, figures->geoip_builds[i]);
    json_writer_end(writer);
    json_writer_bool(writer, "geoip_unnoted", figures->geoip_unnoted);
    json_writer_bool(writer, "geoip_not_asked", figures->geoip_not_asked);
}

static void put_lags(struct json_writer *writer, const struct completeness_figures *completeness)
{
    json_writer_array(writer, "lagging", JSON_LINES);
    for (size_t i = 0; i < completeness->lag_count; i++) {
        const struct lag_figures *lag = &completeness->lags[i];

        json_writer_object(writer, NULL, JSON_ONE_LINE);
        json_writer_text(writer, "cluster", lag->cluster);
        json_writer_text(writer, "topic", lag->topic);
        json_writer_integer(writer, "partition", lag->partition);
        json_writer_text(writer, "read_until", lag->read_until_utc);
        if (lag->read_until_utc == NULL)
            json_writer_number(writer, "days_short", NULL);
        else
            json_writer_integer(writer, "days_short", lag->days_short);
        json_writer_end(writer);
    }
    json_writer_end(writer);
}

static void put_completeness(struct json_writer *writer, const struct figures *figures)
{
    const struct completeness_figures *completeness = &figures->completeness;
    char beyond[FIGURES_DAY_SIZE];
    char first[MONTH_TEXT_SIZE];

    json_writer_object(writer, "completeness", JSON_LINES);
    json_writer_bool(writer, "complete", figures_are_complete(figures));
    json_writer_text(writer, "source", completeness->from_kafka ? "kafka" : "files");
    json_writer_text(writer, "beyond", figures_beyond(figures, beyond));
    json_writer_text(
        writer, "first_month",
        completeness->first_month < 0 ? NULL : month_format(completeness->first_month, first));
    json_writer_text(writer, "first_day", completeness->first_day);
    put_lags(writer, completeness);
    json_writer_end(writer);
}

static void put_figures(struct json_writer *writer, const struct document *document)
{
    put_window(writer, document->figures);
    put_edition(writer, document->figures);
    for (size_t i = 0; i < document->section_count; i++)
        if (document->sections[i].table.subject != NULL)
            put_table(writer, &document->sections[i]);
    put_other(writer, &figures_countries(document->figures)->other);
    put_tie(writer, figures_countries(document->figures));
    json_put_dimensions(writer, document->figures);
    json_put_history(writer, document->figures);
    put_geoip(writer, document->figures);
    put_completeness(writer, document->figures);
    put_offsets(writer, document->figures);
}

static void put_items(struct json_writer *writer, const struct section *section)
{
    json_writer_array(writer, section->id, JSON_LINES);
    for (size_t i = 0; i < section->item_count; i++)
        json_writer_text(writer, NULL, section->items[i].text);
    json_writer_end(writer);
}

static void put_words(struct json_writer *writer, const struct document *document)
{
    json_writer_text(writer, "language", document->language);
    json_writer_text(writer, "title", document->title);
    json_writer_text(writer, "headline", document->headline);
    json_writer_text(writer, "summary", document->summary);
    for (size_t i = 0; i < document->section_count; i++)
        if (document->sections[i].item_count > 0)
            put_items(writer, &document->sections[i]);
}

static void put_document(FILE *out, const struct document *document, bool with_words)
{
    struct json_writer writer;

    json_writer_init(&writer, out);
    json_writer_object(&writer, NULL, JSON_LINES);
    put_figures(&writer, document);
    if (with_words)
        put_words(&writer, document);
    json_writer_text(&writer, "version", KANSEN_VERSION);
    json_writer_end(&writer);
    fputc('\n', out);
}

bool write_figures_json(FILE *out, const struct report *report)
{
    put_document(out, report->document, false);
    return true;
}

bool write_json(FILE *out, const struct report *report)
{
    put_document(out, report->document, true);
    return true;
}
