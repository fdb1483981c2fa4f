#include "editions/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"
#include "stats/cells.h"
#include "stats/figures_json.h"
#include "text/hex.h"

void edition_key_make(const struct edition *edition, const char *more, struct edition_key *key)
{
    month_format(edition->from, key->from);
    month_format(edition->to, key->to);
    snprintf(key->number, sizeof(key->number), "%d", edition->number);
    key->parameters[0] = edition->threat;
    key->parameters[1] = key->from;
    key->parameters[2] = key->to;
    key->parameters[3] = key->number;
    key->parameters[4] = more;
}

static void clear_edition(struct edition *edition)
{
    for (size_t i = 0; i < edition->file_count; i++) {
        free(edition->files[i].name);
        free(edition->files[i].format);
        free(edition->files[i].language);
    }
    free(edition->files);
    free(edition->threat);
    free(edition->published);
    free(edition->published_utc);
    free(edition->published_by);
    free(edition->program);
    free(edition->options);
    free(edition->withdrawn);
    free(edition->withdrawn_utc);
    free(edition->withdrawn_by);
    free(edition->withdrawn_reason);
    free(edition->timezone);
}

void edition_list_clear(struct edition_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        clear_edition(&list->editions[i]);
    free(list->editions);
    *list = (struct edition_list){NULL, 0};
}

const char *edition_name(const struct edition *edition, char text[EDITION_NAME_SIZE])
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    snprintf(text, EDITION_NAME_SIZE, "edition %d of %.400s %s to %s", edition->number,
             edition->threat, month_format(edition->from, from), month_format(edition->to, to));
    return text;
}

/* ---- which there are */

/* Columns of editions_find.sql. */
enum column {
    FOUND_THREAT,
    FOUND_FROM,
    FOUND_TO,
    FOUND_NUMBER,
    FOUND_PUBLISHED,
    FOUND_PUBLISHED_UTC,
    FOUND_PUBLISHED_US,
    FOUND_PUBLISHED_BY,
    FOUND_PROVISIONAL,
    FOUND_TOTAL,
    FOUND_PROGRAM,
    FOUND_OPTIONS,
    FOUND_WITHDRAWN,
    FOUND_WITHDRAWN_UTC,
    FOUND_WITHDRAWN_BY,
    FOUND_WITHDRAWN_US,
    FOUND_WITHDRAWN_REASON,
    FOUND_TIMEZONE,
    FOUND_TEMPLATE,
    FOUND_FIGURES
};

static enum status copy_edition(const struct db_result *rows, int row, struct edition *edition,
                                struct error *error)
{
    const struct {
        int column;
        char **text;
    } texts[] = {
        {FOUND_THREAT, &edition->threat},
        {FOUND_PUBLISHED, &edition->published},
        {FOUND_PUBLISHED_UTC, &edition->published_utc},
        {FOUND_PUBLISHED_BY, &edition->published_by},
        {FOUND_PROGRAM, &edition->program},
        {FOUND_OPTIONS, &edition->options},
        {FOUND_WITHDRAWN, &edition->withdrawn},
        {FOUND_WITHDRAWN_UTC, &edition->withdrawn_utc},
        {FOUND_WITHDRAWN_BY, &edition->withdrawn_by},
        {FOUND_WITHDRAWN_REASON, &edition->withdrawn_reason},
        {FOUND_TIMEZONE, &edition->timezone},
    };
    enum status status = STATUS_OK;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && status == STATUS_OK; i++)
        *texts[i].text = stats_copy_text(rows, row, (int)texts[i].column, &status, error);
    edition->number = (int32_t)db_int64(rows, row, FOUND_NUMBER);
    edition->published_us = db_int64(rows, row, FOUND_PUBLISHED_US);
    if (edition->withdrawn != NULL)
        edition->withdrawn_us = db_int64(rows, row, FOUND_WITHDRAWN_US);
    edition->provisional = db_bool(rows, row, FOUND_PROVISIONAL);
    edition->total = db_int64(rows, row, FOUND_TOTAL);
    snprintf(edition->figures_sha256, sizeof(edition->figures_sha256), "%s",
             db_text(rows, row, FOUND_FIGURES));
    if (db_text(rows, row, FOUND_TEMPLATE) != NULL)
        snprintf(edition->template_sha256, sizeof(edition->template_sha256), "%s",
                 db_text(rows, row, FOUND_TEMPLATE));
    if (status == STATUS_OK && (!month_parse(db_text(rows, row, FOUND_FROM), &edition->from) ||
                                !month_parse(db_text(rows, row, FOUND_TO), &edition->to)))
        status =
            error_set(error, STATUS_FATAL, "the database has an edition of months '%s' to '%s'",
                      db_text(rows, row, FOUND_FROM), db_text(rows, row, FOUND_TO));
    return status;
}

enum status edition_list_load(struct db *db, const struct edition_filter *filter,
                              struct edition_list *out, struct error *error)
{
    struct edition_key key;
    const struct edition wanted = {.threat = (char *)filter->threat,
                                   .from = filter->from < 0 ? 0 : filter->from,
                                   .to = filter->to < 0 ? 0 : filter->to,
                                   .number = filter->number};
    struct db_result *rows = NULL;
    enum status status;

    edition_key_make(&wanted, NULL, &key);
    if (filter->from < 0)
        key.parameters[1] = NULL;
    if (filter->to < 0)
        key.parameters[2] = NULL;
    if (filter->number == 0)
        key.parameters[3] = NULL;
    status = db_query(db, sql_editions_find, 4, key.parameters, &rows, error);
    if (status != STATUS_OK)
        return status;
    out->editions = calloc((size_t)db_rows(rows) + 1, sizeof(*out->editions));
    if (out->editions == NULL)
        status = stats_out_of_memory(error);
    for (int row = 0; row < db_rows(rows) && status == STATUS_OK; row++)
        status = copy_edition(rows, row, &out->editions[out->count++], error);
    db_result_free(rows);
    return status;
}

enum status edition_turn(struct db *db, const char *threat, month_t from, month_t to,
                         struct edition_list *newest, struct error *error)
{
    char first[MONTH_TEXT_SIZE];
    char last[MONTH_TEXT_SIZE];
    const char *const window[] = {threat, month_format(from, first), month_format(to, last)};
    const struct edition_filter filter = {.threat = threat, .from = from, .to = to};
    enum status status = db_query(db, sql_edition_turn, 3, window, NULL, error);

    return status == STATUS_OK ? edition_list_load(db, &filter, newest, error) : status;
}

/* ---- files */

enum status edition_files(struct db *db, struct edition *edition, struct error *error)
{
    struct edition_key key;
    struct db_result *rows = NULL;
    enum status status;

    edition_key_make(edition, NULL, &key);
    status = db_query(db, sql_edition_files, 4, key.parameters, &rows, error);
    if (status != STATUS_OK)
        return status;
    edition->files = calloc((size_t)db_rows(rows) + 1, sizeof(*edition->files));
    if (edition->files == NULL)
        status = stats_out_of_memory(error);
    for (int row = 0; row < db_rows(rows) && status == STATUS_OK; row++) {
        struct edition_file *file = &edition->files[edition->file_count++];

        file->name = stats_copy_text(rows, row, 0, &status, error);
        if (status == STATUS_OK)
            file->format = stats_copy_text(rows, row, 1, &status, error);
        if (status == STATUS_OK)
            file->language = stats_copy_text(rows, row, 2, &status, error);
        file->bytes = db_int64(rows, row, 3);
        snprintf(file->sha256, sizeof(file->sha256), "%s", db_text(rows, row, 4));
    }
    db_result_free(rows);
    return status;
}

enum status edition_check_digest(const struct edition *edition, const char *table, const char *what,
                                 const char *bytes, size_t length, const char *sha256,
                                 struct error *error)
{
    char name[EDITION_NAME_SIZE];
    char digest[DIGEST_TEXT_SIZE];

    if (!digest_of(bytes, length, digest))
        return stats_out_of_memory(error);
    if (strcmp(digest, sha256) == 0)
        return STATUS_OK;
    return error_set(error, STATUS_REJECT,
                     "%s: %.255s is damaged: its SHA-256 is %s, what was published has %s; restore "
                     "the table kansen.%s from a backup",
                     edition_name(edition, name), what, digest, sha256, table);
}

enum status edition_content(struct db *db, const struct edition *edition,
                            const struct edition_file *file, char **out, size_t *length,
                            struct error *error)
{
    struct edition_key key;
    struct db_result *rows = NULL;
    char *bytes = NULL;
    size_t size = 0;
    enum status status;

    edition_key_make(edition, file->name, &key);
    status = db_query(db, sql_edition_content, 5, key.parameters, &rows, error);
    if (status != STATUS_OK)
        return status;
    if (db_rows(rows) != 1) {
        db_result_free(rows);
        return error_set(error, STATUS_REJECT, "%.255s is no longer there", file->name);
    }

    bytes = hex_read(db_text(rows, 0, 0), &size);
    if (bytes == NULL)
        status = stats_out_of_memory(error);
    else
        status = edition_check_digest(edition, "edition_file", file->name, bytes, size,
                                      file->sha256, error);
    db_result_free(rows);
    if (status != STATUS_OK) {
        free(bytes);
        return status;
    }
    *out = bytes;
    *length = size;
    return STATUS_OK;
}

enum status edition_figures(struct db *db, const struct edition *edition, struct figures **out,
                            struct error *error)
{
    struct edition_key key;
    struct db_result *rows = NULL;
    char name[EDITION_NAME_SIZE];
    enum status status;

    edition_key_make(edition, NULL, &key);
    status = db_query(db, sql_edition_figures, 4, key.parameters, &rows, error);
    if (status != STATUS_OK)
        return status;
    if (db_rows(rows) != 1)
        status = error_set(error, STATUS_REJECT, "%s is not there", edition_name(edition, name));
    if (status == STATUS_OK)
        status = edition_check_digest(edition, "edition", "figures", db_text(rows, 0, 0),
                                      strlen(db_text(rows, 0, 0)), db_text(rows, 0, 1), error);
    if (status == STATUS_OK)
        status = figures_from_json(db_text(rows, 0, 0), out, error);
    db_result_free(rows);
    return status;
}

enum status edition_withdraw(struct db *db, const struct edition *edition, const char *reason,
                             struct error *error)
{
    struct edition_key key;
    struct db_result *rows = NULL;
    char name[EDITION_NAME_SIZE];
    enum status status;

    edition_key_make(edition, reason, &key);
    status = db_query(db, sql_edition_withdraw, 5, key.parameters, &rows, error);
    if (status == STATUS_OK && db_rows(rows) == 0)
        status =
            error_set(error, STATUS_REJECT, "%s is withdrawn already", edition_name(edition, name));
    db_result_free(rows);
    return status;
}
