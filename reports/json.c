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

static void put_names(FILE *out, const struct figures *figures)
{
    fputs("  \"names\": {", out);
    for (size_t i = 0; i < figures->name_count; i++) {
        fputs(i == 0 ? "" : ", ", out);
        escape_json(out, figures->names[i].language);
        fputs(": ", out);
        escape_json(out, figures->names[i].name);
    }
    fputs("},\n", out);
}

static void put_window(FILE *out, const struct figures *figures)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    put_text(out, "threat", figures->threat);
    put_names(out, figures);
    put_texts(out, "patterns", (const char *const *)figures->patterns, figures->pattern_count);
    put_text(out, "from", month_format(figures->from, from));
    put_text(out, "to", month_format(figures->to, to));
    put_text(out, "timezone", figures->timezone);
    fprintf(out, "  \"ongoing\": %s,\n", figures->ongoing ? "true" : "false");
    fprintf(out, "  \"unique\": %s,\n", figures->unique ? "true" : "false");
}

static void put_months(FILE *out, const struct figures *figures)
{
    char text[MONTH_TEXT_SIZE];

    fputs("  \"months\": [", out);
    for (size_t i = 0; i < figures->month_count; i++) {
        const struct month_figures *month = &figures->months[i];

        fprintf(out,
                "%s\n    {\"month\": \"%s\", \"infections\": %" PRId64 ", \"detections\": %" PRId64
                "}",
                i == 0 ? "" : ",", month_format(month->month, text), month->infections,
                month->detections);
    }
    fputs("\n  ],\n", out);
}

static void put_countries(FILE *out, const struct figures *figures)
{
    const struct other_figures *other = &figures->other;

    fputs("  \"countries\": [", out);
    for (size_t i = 0; i < figures->ranked; i++) {
        const struct country_figures *country = &figures->countries[i];

        fprintf(out,
                "%s\n    {\"rank\": %zu, \"country\": \"%s\", \"infections\": %" PRId64
                ", \"share\": ",
                i == 0 ? "" : ",", i + 1, country->country, country->infections);
        put_share(out, country->share);
        fputc('}', out);
    }
    fprintf(out, "%s],\n  \"other\": {\"infections\": %" PRId64 ", \"share\": ",
            figures->ranked > 0 ? "\n  " : "", other->infections);
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

static void put_figures(FILE *out, const struct figures *figures)
{
    put_window(out, figures);
    fprintf(out, "  \"total\": %" PRId64 ",\n", figures->total);
    put_months(out, figures);
    put_countries(out, figures);
    put_text(out, "geoip_build", figures->geoip_build);
    put_offsets(out, figures);
}

bool write_figures_json(FILE *out, const struct report *report)
{
    fputs("{\n", out);
    put_figures(out, report->document->figures);
    fputs("  \"version\": \"" KANSEN_VERSION "\"\n}\n", out);
    return true;
}

bool write_json(FILE *out, const struct report *report)
{
    const struct document *document = report->document;

    fputs("{\n", out);
    put_figures(out, document->figures);
    put_text(out, "language", language_code(document->language));
    put_text(out, "title", document->title);
    put_texts(out, "findings", document->findings, document->finding_count);
    put_texts(out, "notes", document->notes, document->note_count);
    fputs("  \"version\": \"" KANSEN_VERSION "\"\n}\n", out);
    return true;
}
