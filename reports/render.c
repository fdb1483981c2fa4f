#include "reports/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/formats/stamp.h"
#include "reports/formats/writers.h"
#include "text/file_name.h"

static enum status out_of_memory(const char *name, struct error *error)
{
    return error_set(error, STATUS_FATAL, "%s: out of memory", name);
}

void rendering_clear(struct rendering *rendering)
{
    for (size_t i = 0; i < rendering->count; i++)
        free(rendering->files[i].bytes);
    free(rendering->files);
    *rendering = (struct rendering){NULL, 0};
}

enum status rendering_add(struct rendering *rendering, const struct rendered_file *file,
                          struct error *error)
{
    struct rendered_file *files =
        realloc(rendering->files, (rendering->count + 1) * sizeof(*rendering->files));

    if (files == NULL || file->bytes == NULL) {
        free(file->bytes);
        if (files != NULL)
            rendering->files = files;
        return out_of_memory(file->name, error);
    }
    files[rendering->count++] = *file;
    rendering->files = files;
    return STATUS_OK;
}

/* "THREAT-FROM-TO[-edition-N][-CHART].LANGUAGE.SUFFIX": files of one edition never get into the
 * place of another's. */
static void make_name(const struct document *document, const char *chart, const char *suffix,
                      char name[RENDER_NAME_MAX + 1])
{
    char threat[FILE_NAME_PART_MAX + 1];
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    char edition[32] = "";

    if (document->figures->edition != NULL)
        snprintf(edition, sizeof(edition), "-edition-%d", document->figures->edition->number);
    file_name_part(document->figures->threat, threat);
    snprintf(name, RENDER_NAME_MAX + 1, "%s-%s-%s%s%s%s%s.%s.%s", threat,
             month_format(document->figures->from, from), month_format(document->figures->to, to),
             document->figures->unique ? "-unique" : "", edition, *chart == '\0' ? "" : "-", chart,
             document->language, suffix);
}

/* ---- charts */

/* One chart in all formats. */
struct chart_files {
    struct chart_image images[CHART_FORMATS];
    char names[CHART_FORMATS][RENDER_NAME_MAX + 1];
};

/* Both arrays have an element for each chart of the document. */
struct charts {
    struct chart_files *files;
    struct report_chart *shown;
};

static void charts_clear(struct charts *charts, const struct document *document)
{
    for (size_t i = 0; charts->files != NULL && i < document->chart_count; i++)
        for (int format = 0; format < CHART_FORMATS; format++)
            chart_image_clear(&charts->files[i].images[format]);
    free(charts->files);
    free(charts->shown);
}

static enum status draw_chart(const struct document *document, const struct chart *chart,
                              enum chart_format last, struct chart_files *out, struct error *error)
{
    enum status status = chart_draw(document, chart, &out->images[CHART_SVG], error);
    time_t stamp = 0;

    if (status == STATUS_OK && last > CHART_SVG)
        status = stamp_read(document, &stamp, error);
    for (int format = 0; format <= (int)last && status == STATUS_OK; format++) {
        make_name(document, chart->name, chart_format_name((enum chart_format)format),
                  out->names[format]);
        if (format != CHART_SVG)
            status = chart_image_convert(&out->images[CHART_SVG], (enum chart_format)format, stamp,
                                         &out->images[format], error);
    }
    return status;
}

static enum status draw_section(const struct document *document, const struct section *section,
                                enum chart_format last, struct progress *progress,
                                struct charts *out, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < section->chart_count && status == STATUS_OK; i++) {
        progress_say(progress, "%s: chart %zu of %zu", document->language,
                     section->first_chart + i + 1, document->chart_count);
        struct chart_files *files = &out->files[section->first_chart + i];
        struct report_chart *shown = &out->shown[section->first_chart + i];

        status = draw_chart(document, &section->charts[i], last, files, error);
        shown->svg = &files->images[CHART_SVG];
        shown->image_name = last >= CHART_PNG ? files->names[CHART_PNG] : NULL;
    }
    return status;
}

/* Draws every chart in the formats up to `last`. */
static enum status charts_draw(const struct document *document, enum chart_format last,
                               struct progress *progress, struct charts *charts,
                               struct error *error)
{
    enum status status = STATUS_OK;

    charts->files = calloc(document->chart_count + 1, sizeof(*charts->files));
    charts->shown = calloc(document->chart_count + 1, sizeof(*charts->shown));
    if (charts->files == NULL || charts->shown == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; i < document->section_count && status == STATUS_OK; i++)
        status = draw_section(document, &document->sections[i], last, progress, charts, error);
    return status;
}

/* What a chart's file is called among formats: "pdf" is a document. */
static const char *const image_formats[CHART_FORMATS] = {"svg", "png", "chart-pdf"};

static enum status add_image(const struct document *document, enum chart_format format,
                             const struct chart_files *files, struct rendering *out,
                             struct error *error)
{
    const struct chart_image *image = &files->images[format];
    struct rendered_file file = {.format = image_formats[format],
                                 .language = document->language,
                                 .bytes = malloc(image->length + 1),
                                 .length = image->length};

    memcpy(file.name, files->names[format], sizeof(file.name));
    if (file.bytes != NULL)
        memcpy(file.bytes, image->bytes, image->length);
    return rendering_add(out, &file, error);
}

static enum status add_charts(const struct document *document, const struct charts *charts,
                              struct rendering *out, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < document->chart_count; i++)
        for (int format = 0; format < CHART_FORMATS && status == STATUS_OK; format++)
            status = add_image(document, (enum chart_format)format, &charts->files[i], out, error);
    return status;
}

/* ---- documents */

static enum status add_document(const struct report *report, const struct report_writer *writer,
                                struct rendering *out, struct error *error)
{
    struct rendered_file file = {.format = writer->format, .language = report->document->language};
    FILE *stream = open_memstream(&file.bytes, &file.length);
    enum status status;

    make_name(report->document, "", writer->suffix, file.name);
    if (stream == NULL)
        return out_of_memory(file.name, error);
    status = report_writer_run(writer, stream, report, error);

    bool whole = !ferror(stream);

    if (fclose(stream) != 0 || (status == STATUS_OK && !whole))
        status = error_set(error, STATUS_FATAL, "out of memory");
    if (status == STATUS_OK)
        return rendering_add(out, &file, error);
    free(file.bytes);
    if (status == STATUS_REJECT)
        return status;

    struct error why = *error;

    return error_set(error, status, "%s: %s", file.name, why.message);
}

/* A format that fails alone keeps none of the others back. */
static enum status add_documents(const struct report *report, const struct render_request *request,
                                 struct rendering *out, struct error *error)
{
    enum status worst = STATUS_OK;

    for (size_t i = 0; i < request->format_count && worst != STATUS_FATAL; i++) {
        struct error reason;
        enum status status;

        progress_say(request->progress, "%s: %s", report->document->language, request->formats[i]);
        status = add_document(report, report_writer_find(request->formats[i]), out, &reason);
        progress_step(request->progress);

        if (status == STATUS_OK)
            continue;
        worst = status;
        *error = reason;
    }
    return worst;
}

static bool wants_charts(const struct render_request *request)
{
    for (size_t i = 0; i < request->format_count; i++)
        if (report_writer_find(request->formats[i])->charts != CHARTS_NONE)
            return true;
    return false;
}

size_t render_steps(const struct render_request *request)
{
    return request->format_count + (wants_charts(request) ? 1 : 0);
}

enum status render_report(const struct document *document, const struct render_request *request,
                          struct rendering *out, struct error *error)
{
    struct report report = {.document = document, .dress = request->dress, .bom = request->bom};
    struct charts charts = {NULL, NULL};
    enum status status = STATUS_OK;

    if (wants_charts(request)) {
        status = charts_draw(document, CHART_FORMATS - 1, request->progress, &charts, error);
        report.charts = charts.shown;
        if (status == STATUS_OK)
            status = add_charts(document, &charts, out, error);
        progress_step(request->progress);
    }
    if (status == STATUS_OK)
        status = add_documents(&report, request, out, error);
    charts_clear(&charts, document);
    return status;
}

enum status render_alone(const struct document *document, const struct render_request *request,
                         struct rendering *out, struct error *error)
{
    const struct report_writer *writer = report_writer_find(request->formats[0]);
    struct report report = {.document = document, .dress = request->dress, .bom = request->bom};
    struct charts charts = {NULL, NULL};
    enum status status = STATUS_OK;

    if (writer->charts == CHARTS_INSIDE)
        status = charts_draw(document, CHART_SVG, request->progress, &charts, error);
    report.charts = charts.shown;
    if (status == STATUS_OK)
        status = add_document(&report, writer, out, error);
    charts_clear(&charts, document);
    return status;
}
