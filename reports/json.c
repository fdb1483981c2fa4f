/* JSON: the figures, and for a report its sentences too. Two spaces deep, one line an element. */
#include <inttypes.h>

#include "reports/writers.h"
#include "text/escape.h"

static void put_text(FILE *out, const char *key, const char *text)
{
    fprintf(out, "  \"%s\": ", key);
    if (text == NULL)
        fputs("null", out);
    else
        escape_json(out, text);
    fputs(",\n", out);
}

/* Shares are text: a reader's floating point must not change them. */
static void put_share(FILE *out, int32_t hundredths)
{
    fprintf(out, "\"%" PRId32 ".%02" PRId32 "\"", hundredths / 100, hundredths % 100);
}

static void put_texts(FILE *out, const char *key, const char *const *texts, size_t count)
{
    fprintf(out, "  \"%s\": [", key);
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "\n    " : ",\n    ", out);
        escape_json(out, texts[i]);
    }
    fputs(count > 0 ? "\n  ],\n" : "],\n", out);
}

static void put_items(FILE *out, const struct section *section)
{
    const char *texts[SECTION_ITEMS_MAX];

    for (size_t i = 0; i < section->item_count; i++)
        texts[i] = section->items[i].text;
    put_texts(out, section->id, texts, section->item_count);
}

static void put_window(FILE *out, const struct figures *figures)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    put_text(out, "threat", figures->threat);
    fputs("  \"names\": {\"en\": ", out);
    escape_json(out, figures->name_en);
    fputs(", \"ja\": ", out);
    escape_json(out, figures->name_ja);
    fputs("},\n", out);
    put_texts(out, "patterns", (const char *const *)figures->patterns, figures->pattern_count);
    put_text(out, "from", month_format(figures->from, from));
    put_text(out, "to", month_format(figures->to, to));
    put_text(out, "timezone", figures->timezone);
    fprintf(out, "  \"ongoing\": %s,\n", figures->ongoing ? "true" : "false");
    fprintf(out, "  \"unique\": %s,\n", figures->unique ? "true" : "false");
}

/* A row of the body: its code in place of its name. */
static void put_row(FILE *out, const struct table *table, const struct table_row *row)
{
    for (size_t i = 0; i < table->column_count; i++) {
        enum column_role role = table->columns[i].role;
        int64_t value = row->cells[role].value;

        fputs(i == 0 ? "{" : ", ", out);
        if (role == COLUMN_NAME)
            fprintf(out, "\"%s\": \"%s\"", table->subject, row->code);
        else if (column_traits[role].hundredths)
            fprintf(out, "\"%s\": \"%" PRId64 ".%02" PRId64 "\"", column_traits[role].key,
                    value / 100, value % 100);
        else
            fprintf(out, "\"%s\": %" PRId64, column_traits[role].key, value);
    }
    fputc('}', out);
}

static void put_table(FILE *out, const struct section *section)
{
    const struct table *table = &section->table;
    bool empty = true;

    fprintf(out, "  \"%s\": [", section->id);
    for (size_t i = 0; i < table->row_count; i++) {
        if (table->rows[i].kind != ROW_BODY)
            continue;
        fputs(empty ? "\n    " : ",\n    ", out);
        put_row(out, table, &table->rows[i]);
        empty = false;
    }
    fputs(empty ? "],\n" : "\n  ],\n", out);
}

static void put_other(FILE *out, const struct other_figures *other)
{
    fprintf(out, "  \"other\": {\"infections\": %" PRId64 ", \"share\": ", other->infections);
    put_share(out, other->share);
    fprintf(out, ", \"countries\": %zu, \"unknown\": %" PRId64 "},\n", other->countries,
            other->unknown);
}

static void put_offsets(FILE *out, const struct figures *figures)
{
    fputs("  \"offsets\": [", out);
    for (size_t i = 0; i < figures->offset_count; i++) {
        const struct offset_figures *offsets = &figures->offsets[i];

        fprintf(out, "%s\n    {\"topic\": ", i == 0 ? "" : ",");
        escape_json(out, offsets->topic);
        fputs(", \"group\": ", out);
        escape_json(out, offsets->group);
        fprintf(out, ", \"partitions\": %" PRId64 ", \"next_offsets\": ", offsets->partitions);
        escape_json(out, offsets->next_offsets);
        fputc('}', out);
    }
    fputs(figures->offset_count > 0 ? "\n  ],\n" : "],\n", out);
}

static void put_figures(FILE *out, const struct document *document)
{
    const struct figures *figures = document->figures;

    put_window(out, figures);
    fprintf(out, "  \"total\": %" PRId64 ",\n", figures->total);
    for (size_t i = 0; i < document->section_count; i++)
        if (document->sections[i].table.column_count > 0)
            put_table(out, &document->sections[i]);
    put_other(out, &figures->other);
    put_text(out, "geoip_build", figures->geoip_build);
    put_offsets(out, figures);
}

bool write_figures_json(FILE *out, const struct report *report)
{
    fputs("{\n", out);
    put_figures(out, report->document);
    fputs("  \"version\": \"" KANSEN_VERSION "\"\n}\n", out);
    return true;
}

bool write_json(FILE *out, const struct report *report)
{
    const struct document *document = report->document;

    fputs("{\n", out);
    put_figures(out, document);
    put_text(out, "language", document->language);
    put_text(out, "title", document->title);
    for (size_t i = 0; i < document->section_count; i++)
        if (document->sections[i].item_count > 0)
            put_items(out, &document->sections[i]);
    fputs("  \"version\": \"" KANSEN_VERSION "\"\n}\n", out);
    return true;
}
