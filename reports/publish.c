#include "reports/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/leftovers.h"
#include "reports/formats/writers.h"
#include "text/file_name.h"

/* A folder, a name and the mark of a temporary file. */
#define PATH_SIZE 4096

static const struct report_writer *find_writer(const char *format)
{
    for (size_t i = 0; i < REPORT_WRITERS; i++)
        if (strcmp(report_writers[i].format, format) == 0)
            return &report_writers[i];
    return NULL;
}

/* "THREAT-FROM-TO[-CHART].LANGUAGE.SUFFIX" */
static void make_name(const struct document *document, const char *chart, const char *suffix,
                      char name[PUBLISH_NAME_MAX + 1])
{
    char threat[FILE_NAME_PART_MAX + 1];
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    file_name_part(document->figures->threat, threat);
    snprintf(name, PUBLISH_NAME_MAX + 1, "%s-%s-%s%s%s%s.%s.%s", threat,
             month_format(document->figures->from, from), month_format(document->figures->to, to),
             document->figures->unique ? "-unique" : "", *chart == '\0' ? "" : "-", chart,
             document->language, suffix);
}

/* ---- charts */

/* Of one section; without images when it has no chart. */
struct section_images {
    struct chart_image images[CHART_FORMATS];
    char names[CHART_FORMATS][PUBLISH_NAME_MAX + 1];
};

/* Both arrays have an element for each section of the document. */
struct charts {
    struct section_images *sections;
    struct report_chart *shown;
};

static void charts_clear(struct charts *charts, const struct document *document)
{
    for (size_t i = 0; charts->sections != NULL && i < document->section_count; i++)
        for (int format = 0; format < CHART_FORMATS; format++)
            chart_image_clear(&charts->sections[i].images[format]);
    free(charts->sections);
    free(charts->shown);
}

static enum status draw_section(const struct document *document, const struct section *section,
                                enum chart_format last, struct section_images *out,
                                struct error *error)
{
    enum status status = STATUS_OK;

    for (int format = 0; format <= (int)last && status == STATUS_OK; format++) {
        const char *suffix = chart_format_name((enum chart_format)format);

        status =
            chart_draw(document, section, (enum chart_format)format, &out->images[format], error);
        make_name(document, section->chart.name, suffix, out->names[format]);
    }
    return status;
}

/* Draws every chart in the formats up to `last`. */
static enum status charts_draw(const struct document *document, enum chart_format last,
                               struct charts *charts, struct error *error)
{
    enum status status = STATUS_OK;

    charts->sections = calloc(document->section_count, sizeof(*charts->sections));
    charts->shown = calloc(document->section_count, sizeof(*charts->shown));
    if (charts->sections == NULL || charts->shown == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; i < document->section_count && status == STATUS_OK; i++) {
        struct section_images *images = &charts->sections[i];

        if (document->sections[i].chart.kind == CHART_NONE)
            continue;
        status = draw_section(document, &document->sections[i], last, images, error);
        charts->shown[i].svg = &images->images[CHART_SVG];
        if (last >= CHART_PNG)
            charts->shown[i].image_name = images->names[CHART_PNG];
    }
    return status;
}

/* ---- one file */

struct pending {
    FILE *stream;
    char temporary[PATH_SIZE];
    char path[PATH_SIZE];
};

static enum status pending_open(struct pending *pending, const char *folder, const char *name,
                                struct error *error)
{
    int length = snprintf(pending->temporary, PATH_SIZE, "%s/.%s.XXXXXX", folder, name);

    if (length < 0 || length >= PATH_SIZE)
        return error_set(error, STATUS_FATAL, "%s: the path is too long", folder);
    snprintf(pending->path, PATH_SIZE, "%s/%s", folder, name);

    int file = leftovers_make_file(pending->temporary);

    pending->stream = file < 0 ? NULL : fdopen(file, "w");
    if (pending->stream != NULL)
        return STATUS_OK;
    error_set(error, STATUS_FATAL, "%s: %s", pending->path, strerror(errno));
    if (file >= 0) {
        close(file);
        leftovers_take_away(pending->temporary);
    }
    return STATUS_FATAL;
}

/* stdio keeps a failed write in mind, so one look at the end covers all of them; why it failed is
 * only known when the last one does, too. NULL: nothing is wrong. */
static const char *find_write_error(FILE *stream)
{
    if (fflush(stream) != 0)
        return strerror(errno);
    return ferror(stream) ? "a write failed" : NULL;
}

static enum status pending_finish(struct pending *pending, struct error *error)
{
    const char *reason = find_write_error(pending->stream);
    bool written = reason == NULL && fsync(fileno(pending->stream)) == 0;

    if (!written)
        error_set(error, STATUS_FATAL, "%s: %s", pending->path,
                  reason == NULL ? strerror(errno) : reason);
    if (fclose(pending->stream) != 0 && written) {
        error_set(error, STATUS_FATAL, "%s: %s", pending->path, strerror(errno));
        written = false;
    }
    if (written && !leftovers_keep_file(pending->temporary, pending->path)) {
        error_set(error, STATUS_FATAL, "%s: %s", pending->path, strerror(errno));
        written = false;
    }
    if (written)
        return STATUS_OK;
    leftovers_take_away(pending->temporary);
    return STATUS_FATAL;
}

static void pending_drop(struct pending *pending)
{
    fclose(pending->stream);
    leftovers_take_away(pending->temporary);
}

static enum status sync_folder(const char *folder, struct error *error)
{
    int directory = open(folder, O_RDONLY | O_DIRECTORY);
    bool synced = directory >= 0 && fsync(directory) == 0;

    if (!synced)
        error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
    if (directory >= 0)
        close(directory);
    return synced ? STATUS_OK : STATUS_FATAL;
}

static enum status make_folder(const char *folder, struct error *error)
{
    if (mkdir(folder, 0777) == 0 || errno == EEXIST)
        return STATUS_OK;
    return error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
}

/* ---- all of them */

struct publication {
    const struct publish_request *request;
    struct report report;
    publish_done *done;
    void *context;
};

static enum status publish_document(const struct publication *publication,
                                    const struct report_writer *writer, struct error *error)
{
    char name[PUBLISH_NAME_MAX + 1];
    struct pending pending;

    make_name(publication->report.document, "", writer->suffix, name);

    enum status status = pending_open(&pending, publication->request->folder, name, error);

    if (status != STATUS_OK)
        return status;
    if (!writer->write(pending.stream, &publication->report)) {
        pending_drop(&pending);
        return error_set(error, STATUS_FATAL, "%s: out of memory", pending.path);
    }
    status = pending_finish(&pending, error);
    if (status == STATUS_OK)
        publication->done(publication->context, pending.path);
    return status;
}

static enum status publish_image(const struct publication *publication, const char *name,
                                 const struct chart_image *image, struct error *error)
{
    struct pending pending;
    enum status status = pending_open(&pending, publication->request->folder, name, error);

    if (status != STATUS_OK)
        return status;
    if (fwrite(image->bytes, 1, image->length, pending.stream) != image->length) {
        error_set(error, STATUS_FATAL, "%s: %s", pending.path, strerror(errno));
        pending_drop(&pending);
        return STATUS_FATAL;
    }
    status = pending_finish(&pending, error);
    if (status == STATUS_OK)
        publication->done(publication->context, pending.path);
    return status;
}

static enum status publish_charts(const struct publication *publication,
                                  const struct charts *charts, struct error *error)
{
    const struct document *document = publication->report.document;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < document->section_count; i++) {
        const struct section_images *images = &charts->sections[i];

        if (document->sections[i].chart.kind == CHART_NONE)
            continue;
        for (int format = 0; format < CHART_FORMATS && status == STATUS_OK; format++)
            status =
                publish_image(publication, images->names[format], &images->images[format], error);
    }
    return status;
}

static bool wants_charts(const struct publish_request *request)
{
    for (size_t i = 0; i < request->format_count; i++)
        if (find_writer(request->formats[i])->charts != CHARTS_NONE)
            return true;
    return false;
}

enum status publish_report(const struct document *document, const struct publish_request *request,
                           publish_done *done, void *context, struct error *error)
{
    struct publication publication = {
        request, {.document = document, .bom = request->bom}, done, context};
    struct charts charts = {NULL, NULL};
    enum status status = make_folder(request->folder, error);

    if (status == STATUS_OK && wants_charts(request)) {
        status = charts_draw(document, CHART_FORMATS - 1, &charts, error);
        publication.report.charts = charts.shown;
        /* Before the documents that show them. */
        if (status == STATUS_OK)
            status = publish_charts(&publication, &charts, error);
    }
    for (size_t i = 0; i < request->format_count && status == STATUS_OK; i++)
        status = publish_document(&publication, find_writer(request->formats[i]), error);
    if (status == STATUS_OK)
        status = sync_folder(request->folder, error);
    charts_clear(&charts, document);
    return status;
}

enum status publish_stream(const struct document *document, const struct publish_request *request,
                           FILE *out, struct error *error)
{
    const struct report_writer *writer = find_writer(request->formats[0]);
    struct report report = {.document = document, .bom = request->bom};
    struct charts charts = {NULL, NULL};
    enum status status = STATUS_OK;

    if (writer->charts == CHARTS_INSIDE)
        status = charts_draw(document, CHART_SVG, &charts, error);
    if (status == STATUS_OK) {
        report.charts = charts.shown;

        bool whole = writer->write(out, &report);
        const char *reason = find_write_error(out);

        if (!whole)
            reason = "out of memory";
        if (reason != NULL)
            status = error_set(error, STATUS_FATAL, "standard output: %s", reason);
    }
    charts_clear(&charts, document);
    return status;
}
