#include "editions/render.h"

#include <stdlib.h>
#include <string.h>

#include "editions/kept_template.h"
#include "reports/formats/writers.h"
#include "reports/languages/language.h"
#include "stats/cells.h"

static enum status make_language(const struct figures *figures, const char *code,
                                 const struct template *template,
                                 const struct render_request *request, struct rendering *out,
                                 struct error *error)
{
    struct composed composed;
    enum status status = template_compose(template, code, figures, &composed, error);

    if (status == STATUS_OK)
        status = render_report(composed.document, request, out, error);
    composed_clear(&composed);
    return status;
}

enum status edition_make(const struct figures *figures, const struct edition_wish *wish,
                         struct rendering *out, struct error *left_out, struct error *error)
{
    const struct render_request request = {.formats = wish->formats,
                                           .format_count = wish->format_count,
                                           .bom = wish->bom,
                                           .dress = template_dress(wish->template),
                                           .progress = wish->progress};
    enum status status = STATUS_OK;

    left_out->message[0] = '\0';
    progress_plan(wish->progress, wish->language_count * render_steps(&request));
    for (size_t i = 0; i < wish->language_count && status == STATUS_OK; i++) {
        status = make_language(figures, wish->languages[i], wish->template, &request, out, error);
        if (status != STATUS_REJECT || !wish->every_format)
            continue;
        *left_out = *error;
        status = STATUS_OK;
    }
    return status;
}

/* ---- had again */

static bool is_there(const struct rendering *rendering, const char *name)
{
    for (size_t i = 0; i < rendering->count; i++)
        if (strcmp(rendering->files[i].name, name) == 0)
            return true;
    return false;
}

static enum status add_stored(struct db *db, const struct edition *edition,
                              const struct edition_file *file, struct progress *progress,
                              struct rendering *out, struct error *error)
{
    struct rendered_file added = {.format = file->format, .language = file->language};
    enum status status;

    if (is_there(out, file->name))
        return STATUS_OK;
    progress_say(progress, "reading the files");
    snprintf(added.name, sizeof(added.name), "%s", file->name);
    status = edition_content(db, edition, file, &added.bytes, &added.length, error);
    progress_step(progress);
    return status == STATUS_OK ? rendering_add(out, &added, error) : status;
}

/* Is it a document of that format, or a chart that stands beside one? */
static bool belongs_to(const struct edition_file *file, const struct report_writer *writer)
{
    return strcmp(file->format, writer->format) == 0 ||
           (writer->charts != CHARTS_NONE && report_writer_find(file->format) == NULL);
}

static enum status add_published(struct db *db, const struct edition *edition, const char *language,
                                 const struct report_writer *writer, struct progress *progress,
                                 struct rendering *out, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < edition->file_count && status == STATUS_OK; i++)
        if (strcmp(edition->files[i].language, language) == 0 &&
            belongs_to(&edition->files[i], writer))
            status = add_stored(db, edition, &edition->files[i], progress, out, error);
    return status;
}

static bool was_published(const struct edition *edition, const char *language, const char *format)
{
    for (size_t i = 0; i < edition->file_count; i++)
        if (strcmp(edition->files[i].language, language) == 0 &&
            strcmp(edition->files[i].format, format) == 0)
            return true;
    return false;
}

/* Moves what is not there yet. */
static enum status add_made(struct rendering *made, struct rendering *out, size_t *count,
                            struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < made->count && status == STATUS_OK; i++) {
        if (is_there(out, made->files[i].name))
            continue;
        status = rendering_add(out, &made->files[i], error);
        made->files[i].bytes = NULL;
        *count += status == STATUS_OK;
    }
    return status;
}

/* What files are made of that were not published: loaded when the first is. */
struct source {
    struct figures *figures;
    struct template *template; /* NULL: none, or not loaded */
};

static enum status load_source(struct db *db, const struct edition *edition, struct source *source,
                               struct error *error)
{
    enum status status = STATUS_OK;

    if (source->figures != NULL)
        return STATUS_OK;
    status = edition_template(db, edition, &source->template, error);
    return status == STATUS_OK ? edition_figures(db, edition, &source->figures, error) : status;
}

/* Those that were published first: charts of theirs are not made anew for others. */
static enum status render_language(struct db *db, const struct edition *edition,
                                   const char *language, const struct edition_wish *wish,
                                   struct source *source, struct rendering *out, size_t *made,
                                   struct error *error)
{
    const char *missing[REPORT_WRITERS];
    struct edition_wish rest = {.languages = &language,
                                .language_count = 1,
                                .formats = missing,
                                .bom = wish->bom,
                                .progress = wish->progress};
    struct rendering rendering = {NULL, 0};
    struct error left_out;
    enum status status = STATUS_OK;

    progress_plan(wish->progress, 0);
    for (size_t i = 0; i < wish->format_count && status == STATUS_OK; i++) {
        if (was_published(edition, language, wish->formats[i]))
            status = add_published(db, edition, language, report_writer_find(wish->formats[i]),
                                   wish->progress, out, error);
        else
            missing[rest.format_count++] = wish->formats[i];
    }
    if (status != STATUS_OK || rest.format_count == 0)
        return status;
    status = load_source(db, edition, source, error);
    rest.template = source->template;
    if (status == STATUS_OK)
        status = edition_make(source->figures, &rest, &rendering, &left_out, error);
    if (status == STATUS_OK)
        status = add_made(&rendering, out, made, error);
    rendering_clear(&rendering);
    return status;
}

/* What was published, each once: the languages, or the formats that are documents. */
static size_t list_published(const struct edition *edition, bool languages, const char **out,
                             size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < edition->file_count && count < room; i++) {
        const struct edition_file *file = &edition->files[i];
        const char *word = languages ? file->language : file->format;
        bool known = !languages && report_writer_find(file->format) == NULL;

        for (size_t at = 0; at < count; at++)
            known |= strcmp(out[at], word) == 0;
        if (!known)
            out[count++] = word;
    }
    return count;
}

enum status edition_render(struct db *db, const struct edition *edition,
                           const struct edition_wish *wish, struct rendering *out, size_t *made,
                           struct error *error)
{
    const char *languages[LANGUAGES];
    const char *formats[REPORT_WRITERS];
    struct edition_wish whole = *wish;
    struct source source = {NULL, NULL};
    enum status status = STATUS_OK;

    *made = 0;
    progress_plan(wish->progress, edition->file_count);
    /* All of it, formats included that this version no longer knows. */
    for (size_t i = 0; i < edition->file_count && status == STATUS_OK; i++)
        if (wish->language_count == 0 && wish->format_count == 0)
            status = add_stored(db, edition, &edition->files[i], wish->progress, out, error);
    if (wish->language_count == 0 && wish->format_count == 0)
        return status;
    if (wish->language_count == 0) {
        whole.languages = languages;
        whole.language_count = list_published(edition, true, languages, LANGUAGES);
    }
    if (wish->format_count == 0) {
        whole.formats = formats;
        whole.format_count = list_published(edition, false, formats, REPORT_WRITERS);
    }
    for (size_t i = 0; i < whole.language_count && status == STATUS_OK; i++)
        status =
            render_language(db, edition, whole.languages[i], &whole, &source, out, made, error);
    figures_free(source.figures);
    template_free(source.template);
    return status;
}
