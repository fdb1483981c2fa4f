#include "editions/kept_template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "stats/cells.h"
#include "text/hex.h"

/* ---- the digest of all */

static int compare_names(const void *a, const void *b)
{
    const struct template_part *one = a;
    const struct template_part *two = b;

    return strcmp(one->name, two->name);
}

/* What sha256sum prints, a line a file. */
struct lines {
    FILE *out;
    char *text;
    size_t length;
    bool whole; /* nothing went wrong so far */
};

static enum status lines_open(struct lines *lines, struct error *error)
{
    *lines = (struct lines){.whole = true};
    lines->out = open_memstream(&lines->text, &lines->length);
    return lines->out == NULL ? stats_out_of_memory(error) : STATUS_OK;
}

static void lines_add(struct lines *lines, const char *sha256, const char *name)
{
    lines->whole &= fprintf(lines->out, "%s  %s\n", sha256, name) > 0;
}

/* The digest of them all. */
static enum status lines_end(struct lines *lines, char digest[DIGEST_TEXT_SIZE],
                             struct error *error)
{
    bool whole =
        fclose(lines->out) == 0 && lines->whole && digest_of(lines->text, lines->length, digest);

    free(lines->text);
    return whole ? STATUS_OK : stats_out_of_memory(error);
}

enum status kept_template_digest(const struct template *template, char out[DIGEST_TEXT_SIZE],
                                 struct error *error)
{
    struct template_part parts[TEMPLATE_FILES_MAX];
    size_t count = template_parts(template, parts);
    char digest[DIGEST_TEXT_SIZE];
    struct lines lines;
    enum status status;

    *out = '\0';
    if (count == 0)
        return STATUS_OK;
    qsort(parts, count, sizeof(*parts), compare_names);
    status = lines_open(&lines, error);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < count && lines.whole; i++) {
        lines.whole = digest_of(parts[i].bytes, parts[i].length, digest);
        if (lines.whole)
            lines_add(&lines, digest, parts[i].name);
    }
    return lines_end(&lines, out, error);
}

static enum status check_whole(const struct edition *edition, const struct kept_template *kept,
                               struct error *error)
{
    struct lines lines;
    char digest[DIGEST_TEXT_SIZE] = "";
    char name[EDITION_NAME_SIZE];
    enum status status = lines_open(&lines, error);

    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < kept->count; i++)
        lines_add(&lines, kept->files[i].sha256, kept->files[i].name);
    status = lines_end(&lines, digest, error);
    if (status != STATUS_OK || strcmp(digest, edition->template_sha256) == 0)
        return status;
    return error_set(error, STATUS_REJECT,
                     "%s: its template is damaged: a file is missing, or is there that was not; "
                     "restore the table kansen.edition_template from a backup",
                     edition_name(edition, name));
}

/* ---- stored and had again */

static enum status store_part(struct db *db, const char *edition_id,
                              const struct template_part *part, struct error *error)
{
    char digest[DIGEST_TEXT_SIZE];
    char *hex = hex_write(part->bytes, part->length);
    const char *const parameters[] = {edition_id, part->name, hex, digest};
    enum status status = STATUS_OK;

    if (hex == NULL || !digest_of(part->bytes, part->length, digest))
        status = stats_out_of_memory(error);
    if (status == STATUS_OK)
        status = db_query(db, sql_edition_template_add, 4, parameters, NULL, error);
    free(hex);
    return status;
}

enum status kept_template_store(struct db *db, const char *edition_id,
                                const struct template *template, struct error *error)
{
    struct template_part parts[TEMPLATE_FILES_MAX];
    size_t count = template_parts(template, parts);
    enum status status = STATUS_OK;

    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = store_part(db, edition_id, &parts[i], error);
    return status;
}

static enum status copy_file(const struct edition *edition, const struct db_result *rows, int row,
                             struct kept_file *file, struct error *error)
{
    char what[DIGEST_TEXT_SIZE + EDITION_NAME_SIZE];
    enum status status = STATUS_OK;

    file->name = stats_copy_text(rows, row, 0, &status, error);
    if (status != STATUS_OK)
        return status;
    snprintf(file->sha256, sizeof(file->sha256), "%s", db_text(rows, row, 2));
    file->bytes = hex_read(db_text(rows, row, 1), &file->length);
    if (file->bytes == NULL)
        return stats_out_of_memory(error);
    snprintf(what, sizeof(what), "%s of its template", file->name);
    return edition_check_digest(edition, "edition_template", what, file->bytes, file->length,
                                file->sha256, error);
}

enum status kept_template_load(struct db *db, const struct edition *edition,
                               struct kept_template *out, struct error *error)
{
    struct edition_key key;
    struct db_result *rows = NULL;
    enum status status;

    if (*edition->template_sha256 == '\0')
        return STATUS_OK;
    edition_key_make(edition, NULL, &key);
    status = db_query(db, sql_edition_template, EDITION_KEY_SIZE - 1, key.parameters, &rows, error);
    if (status != STATUS_OK)
        return status;
    out->files = calloc((size_t)db_rows(rows) + 1, sizeof(*out->files));
    if (out->files == NULL)
        status = stats_out_of_memory(error);
    for (int row = 0; row < db_rows(rows) && status == STATUS_OK; row++)
        status = copy_file(edition, rows, row, &out->files[out->count++], error);
    db_result_free(rows);
    return status == STATUS_OK ? check_whole(edition, out, error) : status;
}

enum status kept_template_open(const struct edition *edition, const struct kept_template *kept,
                               struct template **out, struct error *error)
{
    struct template_part parts[TEMPLATE_FILES_MAX];
    char name[EDITION_NAME_SIZE];

    if (kept->count > TEMPLATE_FILES_MAX)
        return error_set(error, STATUS_REJECT,
                         "%s: its template has more files than this version of kansen knows",
                         edition_name(edition, name));
    for (size_t i = 0; i < kept->count; i++)
        parts[i] = (struct template_part){kept->files[i].name, kept->files[i].bytes,
                                          kept->files[i].length};
    if (kept->count == 0)
        return STATUS_OK;
    return template_recall(edition_name(edition, name), parts, kept->count, out, error);
}

void kept_template_clear(struct kept_template *kept)
{
    for (size_t i = 0; i < kept->count; i++) {
        free(kept->files[i].name);
        free(kept->files[i].bytes);
    }
    free(kept->files);
    *kept = (struct kept_template){NULL, 0};
}

enum status edition_template(struct db *db, const struct edition *edition, struct template **out,
                             struct error *error)
{
    struct kept_template kept = {NULL, 0};
    enum status status = kept_template_load(db, edition, &kept, error);

    if (status == STATUS_OK)
        status = kept_template_open(edition, &kept, out, error);
    kept_template_clear(&kept);
    return status;
}
