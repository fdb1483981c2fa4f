#include "site/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/sections/document.h"

static enum status out_of_memory(struct error *error)
{
    return error_set(error, STATUS_FATAL, "out of memory");
}

bool model_same_window(const struct site_edition *a, const struct site_edition *b)
{
    return a->edition->from == b->edition->from && a->edition->to == b->edition->to &&
           strcmp(a->edition->threat, b->edition->threat) == 0;
}

bool model_is_current(const struct site_edition *edition)
{
    return edition->standing == edition;
}

const struct month_figures *model_month(const struct site_edition *edition, month_t month)
{
    for (size_t i = 0; i < edition->month_count; i++)
        if (edition->months[i].month == month)
            return &edition->months[i];
    return NULL;
}

/* ---- languages */

static bool is_published_in(const struct edition_list *list, const char *code)
{
    for (size_t i = 0; i < list->count; i++)
        for (size_t file = 0; file < list->editions[i].file_count; file++)
            if (strcmp(list->editions[i].files[file].language, code) == 0)
                return true;
    return false;
}

static enum status open_language(struct model *model, const char *code, struct error *error)
{
    enum status status = template_open_language(model->request->template, code,
                                                &model->languages[model->language_count], error);

    model->language_count += status == STATUS_OK;
    return status;
}

/* When nothing was published in a language that this version has, the default. */
static enum status open_languages(struct model *model, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < LANGUAGES && status == STATUS_OK; i++)
        if (is_published_in(&model->list, language_code_at(i)))
            status = open_language(model, language_code_at(i), error);
    if (status == STATUS_OK && model->language_count == 0)
        status = open_language(model, LANGUAGE_DEFAULT, error);
    return status;
}

/* ---- threats */

static int compare_threats(const void *a, const void *b)
{
    const struct site_threat *one = a;
    const struct site_threat *two = b;

    return strcmp(one->name, two->name);
}

static size_t find_threat(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->threat_count; i++)
        if (strcmp(model->threats[i].name, name) == 0)
            return i;
    return model->threat_count;
}

static void list_threats(struct model *model)
{
    for (size_t i = 0; i < model->list.count; i++) {
        const char *name = model->list.editions[i].threat;

        if (find_threat(model, name) == model->threat_count)
            model->threats[model->threat_count++].name = name;
    }
    qsort(model->threats, model->threat_count, sizeof(*model->threats), compare_threats);
    for (size_t i = 0; i < model->threat_count; i++)
        file_name_part(model->threats[i].name, model->threats[i].part);
}

/* The newest that stands; else the newest. */
static void choose_newest(struct model *model)
{
    for (size_t i = 0; i < model->list.count; i++) {
        struct site_edition *edition = &model->editions[i];
        struct site_threat *threat = &model->threats[edition->threat];

        if (threat->newest == NULL ||
            (threat->newest->standing == NULL && edition->standing != NULL))
            threat->newest = edition;
    }
}

/* ---- editions */

__attribute__((format(printf, 1, 2))) static char *format(const char *form, ...)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    va_list arguments;

    if (out == NULL)
        return NULL;
    va_start(arguments, form);
    vfprintf(out, form, arguments);
    va_end(arguments);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static const struct site_edition *find_standing(const struct model *model,
                                                const struct site_edition *edition)
{
    const struct site_edition *found = NULL;

    for (size_t i = 0; i < model->list.count; i++) {
        const struct site_edition *one = &model->editions[i];

        if (model_same_window(one, edition) && one->edition->withdrawn == NULL &&
            (found == NULL || one->edition->number > found->edition->number))
            found = one;
    }
    return found;
}

static enum status place_edition(struct model *model, size_t index, struct error *error)
{
    struct site_edition *edition = &model->editions[index];
    const char *part = model->threats[edition->threat].part;
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    month_format(edition->edition->from, from);
    month_format(edition->edition->to, to);
    edition->standing = find_standing(model, edition);
    edition->page =
        format("threats/%s/%s-%s-edition-%d.html", part, from, to, edition->edition->number);
    edition->folder = format("files/%s/%s-%s-edition-%d", part, from, to, edition->edition->number);
    return edition->page == NULL || edition->folder == NULL ? out_of_memory(error) : STATUS_OK;
}

static int compare_months(const void *a, const void *b)
{
    return *(const month_t *)b - *(const month_t *)a;
}

static enum status list_months(struct model *model, struct error *error)
{
    size_t room = 0;
    size_t kept = 0;

    for (size_t i = 0; i < model->list.count; i++)
        room += (size_t)(model->list.editions[i].to - model->list.editions[i].from) + 1;
    model->months = calloc(room + 1, sizeof(*model->months));
    if (model->months == NULL)
        return out_of_memory(error);
    for (size_t i = 0; i < model->list.count; i++)
        for (month_t month = model->list.editions[i].from; month <= model->list.editions[i].to;
             month++)
            model->months[model->month_count++] = month;
    qsort(model->months, model->month_count, sizeof(*model->months), compare_months);
    for (size_t i = 0; i < model->month_count; i++)
        if (kept == 0 || model->months[kept - 1] != model->months[i])
            model->months[kept++] = model->months[i];
    model->month_count = kept;
    return STATUS_OK;
}

static enum status arrange(struct model *model, struct error *error)
{
    enum status status = open_languages(model, error);

    model->editions = calloc(model->list.count + 1, sizeof(*model->editions));
    model->threats = calloc(model->list.count + 1, sizeof(*model->threats));
    if (status == STATUS_OK && (model->editions == NULL || model->threats == NULL))
        status = out_of_memory(error);
    if (status != STATUS_OK)
        return status;
    list_threats(model);
    for (size_t i = 0; i < model->list.count; i++) {
        model->editions[i].edition = &model->list.editions[i];
        model->editions[i].threat = find_threat(model, model->list.editions[i].threat);
    }
    for (size_t i = 0; i < model->list.count && status == STATUS_OK; i++)
        status = place_edition(model, i, error);
    if (status == STATUS_OK)
        status = list_months(model, error);
    choose_newest(model);
    return status;
}

enum status model_load(struct db *db, const struct site_request *request, struct model *out,
                       struct error *error)
{
    enum status status = edition_list_load(db, &EDITION_FILTER_ANY, &out->list, error);

    out->request = request;
    phrases_init(&out->phrases);
    for (size_t i = 0; i < out->list.count && status == STATUS_OK; i++)
        status = edition_files(db, &out->list.editions[i], error);
    return status == STATUS_OK && out->list.count > 0 ? arrange(out, error) : status;
}

void model_clear(struct model *model)
{
    for (size_t i = 0; model->editions != NULL && i < model->list.count; i++) {
        free(model->editions[i].page);
        free(model->editions[i].folder);
        free(model->editions[i].months);
    }
    for (size_t i = 0; i < model->language_count; i++)
        language_close(model->languages[i]);
    free(model->editions);
    free(model->threats);
    free(model->months);
    edition_list_clear(&model->list);
    phrases_clear(&model->phrases);
}

/* ---- what their figures say */

enum status model_note(struct model *model, struct site_edition *edition,
                       const struct figures *figures, struct error *error)
{
    edition->months = calloc(figures->month_count + 1, sizeof(*edition->months));
    if (edition->months == NULL)
        return out_of_memory(error);
    memcpy(edition->months, figures->months, figures->month_count * sizeof(*edition->months));
    edition->month_count = figures->month_count;
    edition->unique = figures->unique;
    edition->patterns = phrases_join(&model->phrases, ", ", (const char *const *)figures->patterns,
                                     figures->pattern_count);
    return model->phrases.failed ? out_of_memory(error) : STATUS_OK;
}

static const char *copy(struct model *model, const char *text)
{
    return phrases_copy(&model->phrases, text, strlen(text));
}

void model_note_words(struct model *model, struct site_edition *edition, size_t language,
                      const struct document *document)
{
    edition->words[language] =
        (struct edition_words){.threat = copy(model, document->threat),
                               .window = copy(model, document->window),
                               .subject = copy(model, document->subject),
                               .summary = copy(model, document->summary),
                               .description = copy(model, document->description)};
}
