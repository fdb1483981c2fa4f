#include "site/site.h"

#include <stdlib.h>
#include <string.h>

#include "editions/kept_template.h"
#include "reports/formats/html_parts.h"
#include "reports/formats/page_style.h"
#include "reports/sections/compose.h"
#include "site/data.h"
#include "site/edition_page.h"
#include "site/embedded.h"
#include "site/feed.h"
#include "site/model.h"
#include "site/page.h"
#include "site/tree_file.h"

/* What one run holds. */
struct run {
    struct db *db;
    struct model model;
    struct tree *tree;
    FILE *values; /* lines of DATA_VALUES */
    char *values_bytes;
    size_t values_length;
    struct error undressed; /* why a page has not the looks of its edition; "" */
};

/* ---- files of an edition */

/* What is there already is not asked for. */
static enum status write_file(struct run *run, const struct site_edition *edition,
                              const struct edition_file *file, struct error *error)
{
    char path[TREE_PATH_MAX + 1];
    char *bytes = NULL;
    size_t length = 0;
    bool has = false;
    bool wanted;
    enum status status = STATUS_OK;

    snprintf(path, sizeof(path), "%s/%s", edition->folder, file->name);
    wanted = tree_wants(run->tree, path);
    if (wanted)
        status = tree_has(run->tree, path, file->sha256, &has, error);
    if (status == STATUS_OK && wanted && !has) {
        status = edition_content(run->db, edition->edition, file, &bytes, &length, error);
        if (status == STATUS_OK)
            status = tree_put(run->tree, path, bytes, length, error);
        free(bytes);
    }
    /* One that lies there unread is described when it was held against its digest. */
    if (status == STATUS_OK && (wanted || tree_is_rest(run->tree)) &&
        strcmp(file->format, "csv") == 0)
        status = data_describe(run->tree, path, error);
    return status;
}

static enum status write_digests(struct run *run, const struct site_edition *edition,
                                 struct error *error)
{
    char path[TREE_PATH_MAX + 1];
    struct tree_file file;
    enum status status;

    snprintf(path, sizeof(path), "%s/" EDITION_DIGESTS, edition->folder);
    status = tree_file_open(&file, path, error);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < edition->edition->file_count; i++)
        fprintf(file.out, "%s  %s\n", edition->edition->files[i].sha256,
                edition->edition->files[i].name);
    return tree_file_put(&file, run->tree, error);
}

static bool wants_page(const struct run *run, const struct site_edition *edition, size_t language)
{
    char file[TREE_PATH_MAX + 1];

    snprintf(file, sizeof(file), "%s/%s", language_code(run->model.languages[language]),
             edition->page);
    return tree_wants(run->tree, file);
}

/* The site's template, when it has one, is that of all its pages. Else an edition keeps its own, as
 * far as this version of the program can still read it. */
static enum status open_template(struct run *run, const struct site_edition *edition,
                                 struct template **out, struct error *error)
{
    struct kept_template kept = {NULL, 0};
    enum status status;

    *out = NULL;
    if (run->model.request->template != NULL)
        return STATUS_OK;
    status = kept_template_load(run->db, edition->edition, &kept, error);
    if (status == STATUS_OK) {
        status = kept_template_open(edition->edition, &kept, out, error);
        if (status == STATUS_REJECT) {
            run->undressed = *error;
            status = STATUS_OK;
        }
    }
    kept_template_clear(&kept);
    return status;
}

/* In the words and the order of sections of its own template, else of the site's. */
static enum status compose(const struct run *run, const struct template *own, size_t language,
                           const struct figures *figures, struct composed *out, struct error *error)
{
    const struct language *common = run->model.languages[language];

    if (own != NULL)
        return template_compose(own, language_code(common), figures, out, error);
    *out = (struct composed){NULL, NULL};
    return compose_document(common, figures, template_order(run->model.request->template),
                            &out->document, error);
}

static enum status write_pages(struct run *run, const struct site_edition *edition,
                               const struct figures *figures, struct error *error)
{
    const struct model *model = &run->model;
    struct template *own = NULL;
    enum status status = open_template(run, edition, &own, error);

    for (size_t i = 0; i < model->language_count && status == STATUS_OK; i++) {
        struct composed composed;
        struct edition_page about = {.edition = edition, .dress = template_dress(own)};

        if (!wants_page(run, edition, i))
            continue;
        status = compose(run, own, i, figures, &composed, error);
        about.document = composed.document;
        if (status == STATUS_OK)
            status = page_make(model, run->tree, i, edition->page, NULL, page_write_edition, &about,
                               error);
        composed_clear(&composed);
    }
    template_free(own);
    return status;
}

static enum status note_words(struct run *run, struct site_edition *edition,
                              const struct figures *figures, struct error *error)
{
    struct template *own = NULL;
    enum status status = open_template(run, edition, &own, error);

    for (size_t i = 0; i < run->model.language_count && status == STATUS_OK; i++) {
        struct composed composed;

        status = compose(run, own, i, figures, &composed, error);
        if (status == STATUS_OK)
            model_note_words(&run->model, edition, i, composed.document);
        composed_clear(&composed);
    }
    template_free(own);
    return status;
}

/* Pages name other editions, too: all words are noted before any page is written. */
static enum status note_edition(struct run *run, struct site_edition *edition, struct error *error)
{
    struct figures *figures = NULL;
    enum status status = edition_figures(run->db, edition->edition, &figures, error);

    if (status == STATUS_OK)
        status = model_note(&run->model, edition, figures, error);
    if (status == STATUS_OK)
        status = note_words(run, edition, figures, error);
    if (status == STATUS_OK)
        data_values_add(run->values, edition->edition, figures);
    figures_free(figures);
    return status;
}

static enum status write_edition(struct run *run, const struct site_edition *edition,
                                 struct error *error)
{
    struct figures *figures = NULL;
    enum status status = STATUS_OK;
    bool pages = false;

    for (size_t i = 0; i < run->model.language_count; i++)
        pages |= wants_page(run, edition, i);
    for (size_t i = 0; i < edition->edition->file_count && status == STATUS_OK; i++)
        status = write_file(run, edition, &edition->edition->files[i], error);
    if (status == STATUS_OK)
        status = write_digests(run, edition, error);
    if (status == STATUS_OK && pages)
        status = edition_figures(run->db, edition->edition, &figures, error);
    if (status == STATUS_OK && pages)
        status = write_pages(run, edition, figures, error);
    figures_free(figures);
    return status;
}

/* ---- what all pages share */

static enum status write_style(struct run *run, struct error *error)
{
    const struct page_dress *dress = template_dress(run->model.request->template);
    struct tree_file file;
    enum status status = tree_file_open(&file, "style.css", error);

    if (status != STATUS_OK)
        return status;
    html_put_colors(file.out);
    fprintf(file.out, "%s%s", page_style, site_style);
    if (dress != NULL && dress->style != NULL)
        fprintf(file.out, "%s\n", dress->style);
    status = tree_file_put(&file, run->tree, error);
    if (status == STATUS_OK)
        status = tree_put(run->tree, PAGE_SCRIPT, site_script, strlen(site_script), error);
    if (status != STATUS_OK || dress == NULL || dress->logo == NULL)
        return status;
    return tree_put(run->tree, strcmp(dress->logo_type, "image/png") == 0 ? "logo.png" : "logo.svg",
                    dress->logo, dress->logo_length, error);
}

/* ---- pages of a language */

static enum status write_threats(struct run *run, size_t language, struct error *error)
{
    const struct model *model = &run->model;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < model->threat_count && status == STATUS_OK; i++) {
        char path[TREE_PATH_MAX + 1];

        snprintf(path, sizeof(path), "threats/%s/index.html", model->threats[i].part);
        status = page_make(model, run->tree, language, path, NULL, page_write_threat,
                           &model->threats[i], error);
        if (status == STATUS_OK)
            status = feed_make(model, run->tree, language, &model->threats[i], error);
    }
    return status;
}

static enum status write_months(struct run *run, size_t language, struct error *error)
{
    const struct model *model = &run->model;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < model->month_count && status == STATUS_OK; i++) {
        char path[TREE_PATH_MAX + 1];
        char text[MONTH_TEXT_SIZE];

        snprintf(path, sizeof(path), "months/%s.html", month_format(model->months[i], text));
        status = page_make(model, run->tree, language, path, NULL, page_write_month,
                           &model->months[i], error);
    }
    return status;
}

static enum status write_language(struct run *run, size_t language, struct error *error)
{
    const struct model *model = &run->model;
    enum status status = write_threats(run, language, error);

    if (status == STATUS_OK)
        status = write_months(run, language, error);
    if (status == STATUS_OK)
        status = page_make(model, run->tree, language, "method.html", NULL, page_write_method, NULL,
                           error);
    if (status == STATUS_OK)
        status =
            page_make(model, run->tree, language, "data.html", NULL, page_write_data, NULL, error);
    if (status == STATUS_OK)
        status = feed_make(model, run->tree, language, NULL, error);
    if (status == STATUS_OK)
        status = page_make(model, run->tree, language, "index.html", NULL, page_write_index, NULL,
                           error);
    return status;
}

/* ---- all of it */

static enum status note_all(struct run *run, struct error *error)
{
    enum status status = STATUS_OK;

    run->values = open_memstream(&run->values_bytes, &run->values_length);
    if (run->values == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    data_values_begin(run->values);
    for (size_t i = 0; i < run->model.list.count && status == STATUS_OK; i++) {
        progress_say(run->model.request->progress, "edition %zu of %zu: figures", i + 1,
                     run->model.list.count);
        status = note_edition(run, &run->model.editions[i], error);
        progress_step(run->model.request->progress);
    }

    bool whole = !ferror(run->values) && !run->model.phrases.failed;

    if (fclose(run->values) != 0 || (status == STATUS_OK && !whole))
        status = error_set(error, STATUS_FATAL, "out of memory");
    return status;
}

/* What pages lead to comes first, the page that a visitor comes to last. */
static enum status write_round(struct run *run, struct error *error)
{
    enum status status = write_style(run, error);

    for (size_t i = 0; i < run->model.list.count && status == STATUS_OK; i++) {
        progress_say(run->model.request->progress, "edition %zu of %zu: files and pages", i + 1,
                     run->model.list.count);
        status = write_edition(run, &run->model.editions[i], error);
        progress_step(run->model.request->progress);
    }
    if (status == STATUS_OK)
        status = data_make(&run->model, run->tree, run->values_bytes, run->values_length, error);
    for (size_t i = 0; i < run->model.language_count && status == STATUS_OK; i++) {
        progress_say(run->model.request->progress, "%s: pages",
                     language_code(run->model.languages[i]));
        status = write_language(run, i, error);
        progress_step(run->model.request->progress);
    }
    if (status == STATUS_OK)
        status = page_make(&run->model, run->tree, 0, "index.html", "index.html", page_write_index,
                           NULL, error);
    return status == STATUS_OK ? sitemap_make(&run->model, run->tree, error) : status;
}

static enum status refuse_empty(const char *folder, struct error *error)
{
    if (!tree_is_there(folder))
        return STATUS_OK;
    return error_set(error, STATUS_REJECT,
                     "%s has a site, and this database has no edition: nothing was changed; is it "
                     "the right database?",
                     folder);
}

enum status site_write(struct db *db, const struct site_request *request, struct site_outcome *out,
                       struct error *error)
{
    struct run run = {.db = db};
    enum status status = db_begin(db, DB_READ_ONLY_SNAPSHOT, error);

    *out = (struct site_outcome){.editions = 0};
    progress_say(request->progress, "reading the editions");
    if (status == STATUS_OK)
        status = model_load(db, request, &run.model, error);
    out->editions = run.model.list.count;
    progress_plan(request->progress, 2 * run.model.list.count + run.model.language_count);
    if (status == STATUS_OK && out->editions == 0) {
        status = refuse_empty(request->folder, error);
    } else if (status == STATUS_OK) {
        status = note_all(&run, error);
        if (status == STATUS_OK)
            status = tree_open(request->folder, &run.tree, error);
        if (status == STATUS_OK)
            status = write_round(&run, error);
        if (status == STATUS_OK) {
            tree_begin_rest(run.tree);
            status = write_round(&run, error);
        }
        if (status == STATUS_OK)
            status = tree_finish(run.tree, &out->files, error);
    }
    out->undressed = run.undressed;
    db_rollback(db);
    tree_close(run.tree);
    free(run.values_bytes);
    model_clear(&run.model);
    return status;
}
