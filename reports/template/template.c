#include "reports/template/template.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/sections/compose.h"
#include "reports/template/logo.h"
#include "reports/template/section_list.h"
#include "reports/template/style_sheet.h"
#include "reports/template/template_file.h"
#include "text/nearest.h"

/* They stand in every page. */
#define STYLE_BYTES_MAX ((size_t)256 * 1024)
#define LOGO_BYTES_MAX ((size_t)256 * 1024)

/* The largest language has some 30 KiB. */
#define WORDS_BYTES_MAX ((size_t)256 * 1024)

/* A list of a dozen names, with comments. */
#define SECTIONS_BYTES_MAX ((size_t)16 * 1024)

/* A sentence. */
#define ALT_BYTES_MAX ((size_t)1024)

#define BLANKS " \t\r"

#define NAME_SIZE 64

enum part { PART_STYLE, PART_SVG, PART_PNG, PART_ALT, PART_SECTIONS, PARTS };

_Static_assert(PARTS + LANGUAGES == TEMPLATE_FILES_MAX, "every file has a place");

struct part_traits {
    const char *name;
    size_t bytes_max;
    bool is_text;
};

static const struct part_traits parts[PARTS] = {
    [PART_STYLE] = {"style.css", STYLE_BYTES_MAX, true},
    [PART_SVG] = {"logo.svg", LOGO_BYTES_MAX, true},
    [PART_PNG] = {"logo.png", LOGO_BYTES_MAX, false},
    [PART_ALT] = {"logo.txt", ALT_BYTES_MAX, true},
    [PART_SECTIONS] = {"sections.txt", SECTIONS_BYTES_MAX, true},
};

struct template
{
    struct template_file
        kept[TEMPLATE_FILES_MAX]; /* as they lie in the folder; as name_at has them */
    struct template_file files[PARTS];
    struct template_file words[LANGUAGES]; /* in the order of language_code_at */
    struct page_dress dress;
    struct section_list sections;
};

/* ---- names of files */

static const char *words_name(size_t language, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "%s.messages", language_code_at(language));
    return name;
}

/* The i-th name that a file can have; NULL behind the last. */
static const char *name_at(size_t index, char name[NAME_SIZE])
{
    if (index < PARTS)
        return parts[index].name;
    return index - PARTS < LANGUAGES ? words_name(index - PARTS, name) : NULL;
}

/* What stands at an index of name_at. */
static struct part_traits traits_at(size_t index)
{
    return index < PARTS ? parts[index] : (struct part_traits){NULL, WORDS_BYTES_MAX, true};
}

static enum status refuse_name(const char *folder, const char *found, struct error *error)
{
    char names[PARTS + LANGUAGES][NAME_SIZE];
    char list[(PARTS + LANGUAGES) * NAME_SIZE] = "";
    char question[160];
    struct nearest nearest;
    const char *name;

    nearest_start(&nearest, found);
    for (size_t i = 0; (name = name_at(i, names[i])) != NULL; i++) {
        nearest_offer(&nearest, name);
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i > 0 ? ", " : "", name);
    }
    return error_set(error, STATUS_REJECT, "%.300s/%.100s: no file of a template%s; those are %s",
                     folder, found, nearest_question(&nearest, "", question, sizeof(question)),
                     list);
}

static bool is_known(const char *found)
{
    char name[NAME_SIZE];
    const char *known;

    if (*found == '.' || strncmp(found, "README", strlen("README")) == 0)
        return true;
    for (size_t i = 0; (known = name_at(i, name)) != NULL; i++)
        if (strcmp(known, found) == 0)
            return true;
    return false;
}

/* The first in order of their names, so that the same folder is always refused for the same. */
static enum status check_names(const char *folder, struct error *error)
{
    DIR *directory = opendir(folder);
    char worst[NAME_MAX + 1] = "";

    if (directory == NULL)
        return error_set(error, STATUS_FATAL, "--template %s: %s", folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (!is_known(entry->d_name) && (*worst == '\0' || strcmp(entry->d_name, worst) < 0))
            snprintf(worst, sizeof(worst), "%s", entry->d_name);
    closedir(directory);
    return *worst == '\0' ? STATUS_OK : refuse_name(folder, worst, error);
}

/* ---- the logo */

static enum status check_alt(const struct template *template, const char *folder,
                             struct error *error)
{
    const struct template_file *alt = &template->files[PART_ALT];
    bool has_logo =
        template->files[PART_SVG].bytes != NULL || template->files[PART_PNG].bytes != NULL;

    if (!has_logo && alt->bytes != NULL)
        return error_set(error, STATUS_REJECT,
                         "%s describes a logo, and there is none: logo.svg "
                         "or logo.png",
                         alt->path);
    if (has_logo && (alt->bytes == NULL || alt->bytes[strspn(alt->bytes, BLANKS "\n")] == '\0'))
        return error_set(error, STATUS_REJECT,
                         "%.300s/logo.txt is missing: what the logo says, for who can't see it",
                         folder);
    return STATUS_OK;
}

static enum status read_logo(struct template *template, const char *folder, struct error *error)
{
    struct template_file *svg = &template->files[PART_SVG];
    struct template_file *png = &template->files[PART_PNG];
    struct template_file *alt = &template->files[PART_ALT];
    const struct template_file *logo = svg->bytes != NULL ? svg : png;
    enum status status = check_alt(template, folder, error);

    if (status == STATUS_OK && svg->bytes != NULL && png->bytes != NULL)
        return error_set(error, STATUS_REJECT, "%s: there is %s as well; leave one", png->path,
                         parts[PART_SVG].name);
    if (status == STATUS_OK && svg->bytes != NULL)
        status = logo_check_svg(svg, error);
    if (status == STATUS_OK && png->bytes != NULL)
        status = logo_check_png(png, error);
    if (status != STATUS_OK || logo->bytes == NULL)
        return status;
    alt->bytes[strcspn(alt->bytes, "\r\n")] = '\0';
    template->dress.logo = logo->bytes;
    template->dress.logo_length = logo->length;
    template->dress.logo_type = logo == svg ? "image/svg+xml" : "image/png";
    template->dress.logo_text = alt->bytes;
    return STATUS_OK;
}

/* ---- the whole */

static enum status read_files(struct template *template, const char *folder, struct error *error)
{
    enum status status = check_names(folder, error);
    char name[NAME_SIZE];

    for (size_t i = 0; i < TEMPLATE_FILES_MAX && status == STATUS_OK; i++)
        status = template_file_read(folder, name_at(i, name), traits_at(i).bytes_max,
                                    &template->kept[i], error);
    return status;
}

static enum status take_file(struct template *template, const char *origin,
                             const struct template_part *part, struct error *error)
{
    char name[NAME_SIZE];

    for (size_t i = 0; i < TEMPLATE_FILES_MAX; i++)
        if (strcmp(name_at(i, name), part->name) == 0 && template->kept[i].bytes == NULL)
            return template_file_take(origin, part->name, part->bytes, part->length,
                                      traits_at(i).bytes_max, &template->kept[i], error);
    return error_set(error, STATUS_REJECT,
                     "%.300s/%.100s: this version of kansen knows no such file of a template",
                     origin, part->name);
}

/* Files are worn down when they are read, so that it is done with copies. */
static enum status copy_files(struct template *template, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < TEMPLATE_FILES_MAX && status == STATUS_OK; i++)
        status = template_file_copy(&template->kept[i], traits_at(i).is_text,
                                    i < PARTS ? &template->files[i] : &template->words[i - PARTS],
                                    error);
    return status;
}

/* Whatever language is asked for now. */
static enum status check_words(const struct template *template, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < LANGUAGES && status == STATUS_OK; i++) {
        struct language *language = NULL;

        status = template_open_language(template, language_code_at(i), &language, error);
        language_close(language);
    }
    return status;
}

static enum status check_style(struct template *template, struct error *error)
{
    const struct template_file *style = &template->files[PART_STYLE];

    template->dress.style = style->bytes;
    return style->bytes == NULL ? STATUS_OK : style_sheet_check(style->path, style->bytes, error);
}

/* Of what its files hold. */
static enum status make(struct template *template, const char *origin, struct error *error)
{
    enum status status = copy_files(template, error);

    if (status == STATUS_OK)
        status = check_style(template, error);
    if (status == STATUS_OK)
        status = read_logo(template, origin, error);
    if (status == STATUS_OK && template->files[PART_SECTIONS].bytes != NULL)
        status = section_list_read(&template->files[PART_SECTIONS], &template->sections, error);
    return status == STATUS_OK ? check_words(template, error) : status;
}

static enum status make_or_free(struct template *template, const char *origin, enum status status,
                                struct template **out, struct error *error)
{
    if (status == STATUS_OK)
        status = make(template, origin, error);
    if (status == STATUS_OK)
        *out = template;
    else
        template_free(template);
    return status;
}

enum status template_read(const char *folder, struct template **out, struct error *error)
{
    struct template *template = calloc(1, sizeof(*template));

    if (template == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    return make_or_free(template, folder, read_files(template, folder, error), out, error);
}

enum status template_recall(const char *origin, const struct template_part *recalled, size_t count,
                            struct template **out, struct error *error)
{
    struct template *template = calloc(1, sizeof(*template));
    enum status status = STATUS_OK;

    if (template == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = take_file(template, origin, &recalled[i], error);
    return make_or_free(template, origin, status, out, error);
}

void template_free(struct template *template)
{
    if (template == NULL)
        return;
    for (size_t i = 0; i < TEMPLATE_FILES_MAX; i++)
        template_file_clear(&template->kept[i]);
    for (size_t i = 0; i < PARTS; i++)
        template_file_clear(&template->files[i]);
    for (size_t i = 0; i < LANGUAGES; i++)
        template_file_clear(&template->words[i]);
    free(template);
}

size_t template_parts(const struct template *template, struct template_part out[TEMPLATE_FILES_MAX])
{
    size_t count = 0;

    for (size_t i = 0; template != NULL && i < TEMPLATE_FILES_MAX; i++) {
        const struct template_file *file = &template->kept[i];

        if (file->bytes != NULL)
            out[count++] =
                (struct template_part){strrchr(file->path, '/') + 1, file->bytes, file->length};
    }
    return count;
}

const struct page_dress *template_dress(const struct template *template)
{
    return template == NULL ? NULL : &template->dress;
}

const struct section_order *template_order(const struct template *template)
{
    return template == NULL || template->sections.order.count == 0 ? NULL
                                                                   : &template->sections.order;
}

enum status template_open_language(const struct template *template, const char *code,
                                   struct language **out, struct error *error)
{
    for (size_t i = 0; template != NULL && i < LANGUAGES; i++)
        if (strcmp(language_code_at(i), code) == 0 && template->words[i].bytes != NULL)
            return language_open_with(
                code, &(struct language_words){template->words[i].path, template->words[i].bytes},
                out, error);
    return language_open(code, out, error);
}

/* ---- reports in it */

enum status template_compose(const struct template *template, const char *code,
                             const struct figures *figures, struct composed *out,
                             struct error *error)
{
    enum status status;

    *out = (struct composed){NULL, NULL};
    status = template_open_language(template, code, &out->language, error);
    if (status == STATUS_OK)
        status = compose_document(out->language, figures, template_order(template), &out->document,
                                  error);
    return status;
}

void composed_clear(struct composed *composed)
{
    document_free(composed->document);
    language_close(composed->language);
    *composed = (struct composed){NULL, NULL};
}
