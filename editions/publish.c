#include "editions/publish.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "editions/changes.h"
#include "editions/committed.h"
#include "editions/kept_template.h"
#include "reports/stage.h"
#include "sql/embedded.h"
#include "sql/moment.h"
#include "stats/cells.h"
#include "stats/completeness.h"
#include "stats/figures_json.h"
#include "text/hex.h"

/* Of one edition while it is made. */
struct making {
    const struct edition_request *request;
    struct figures *figures;
    char *json; /* of them */
    char edition_id[24];
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    char figures_sha256[DIGEST_TEXT_SIZE];
    char template_sha256[DIGEST_TEXT_SIZE]; /* "": there is none */
    struct rendering files;
    struct stage *stage;
};

/* ---- what is to be published */

/* Months that `db migrate` has not yet counted by every dimension: their causes would change. */
static enum status check_counted(struct db *db, const struct making *making, struct error *error)
{
    const char *const window[] = {making->figures->threat, making->from, making->to};
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_edition_recounts, 3, window, &rows, error);

    if (status == STATUS_OK && db_rows(rows) > 0)
        status = error_set(error, STATUS_RETRY,
                           "%s is not yet counted by every dimension: `kansen db migrate` does it",
                           db_text(rows, 0, 0));
    db_result_free(rows);
    return status;
}

static enum status check_complete(const struct making *making, struct error *error)
{
    char why[ERROR_MESSAGE_SIZE - 128];

    if (!completeness_explain(making->figures, why, sizeof(why)) || making->request->provisional)
        return STATUS_OK;
    return error_set(error, STATUS_RETRY,
                     "not complete, and nothing is published: %s; or publish what there is with "
                     "--provisional",
                     why);
}

static enum status number_edition(struct db *db, struct making *making, struct error *error)
{
    struct edition_figures *edition = calloc(1, sizeof(*edition));
    const struct edition *before = making->request->before;
    struct db_result *rows = NULL;
    enum status status;

    making->figures->edition = edition;
    if (edition == NULL)
        return stats_out_of_memory(error);
    status = db_query(db, sql_edition_now, 0, NULL, &rows, error);
    if (status == STATUS_OK)
        edition->published = stats_copy_text(rows, 0, 0, &status, error);
    if (status == STATUS_OK)
        edition->published_utc = stats_copy_text(rows, 0, 1, &status, error);
    if (status == STATUS_OK)
        edition->published_s = db_int64(rows, 0, 2);
    edition->number = before == NULL ? 1 : before->number + 1;
    edition->provisional = !figures_are_complete(making->figures);
    db_result_free(rows);
    return status;
}

static enum status compare(struct db *db, struct making *making, bool *differs, struct error *error)
{
    const struct edition *before = making->request->before;
    struct edition_changes changes = {NULL, 0, NULL, 0};
    struct figures *figures = NULL;
    enum status status = edition_figures(db, before, &figures, error);

    if (status == STATUS_OK)
        status = edition_changes_load(db, before, NULL, &changes, error);
    if (status == STATUS_OK)
        status = edition_restate(before, figures, &changes, making->figures, differs, error);
    if (status == STATUS_OK && (making->request->options_differ ||
                                strcmp(before->template_sha256, making->template_sha256) != 0)) {
        making->figures->edition->restatement->options_changed = true;
        *differs = true;
    }
    edition_changes_clear(&changes);
    figures_free(figures);
    return status;
}

static enum status load(struct db *db, struct making *making, bool *differs, struct error *error)
{
    enum status status = stats_load_within(db, &making->request->figures, &making->figures, error);

    if (status == STATUS_OK)
        status = check_complete(making, error);
    if (status == STATUS_OK)
        status = check_counted(db, making, error);
    if (status == STATUS_OK)
        status = number_edition(db, making, error);
    if (status == STATUS_OK && making->request->before != NULL)
        status = compare(db, making, differs, error);
    return status;
}

/* ---- into the database */

static enum status store_edition(struct db *db, struct making *making, struct error *error)
{
    const struct figures *figures = making->figures;
    char number[16];
    char total[24];
    const char *const parameters[] = {figures->threat,
                                      making->from,
                                      making->to,
                                      number,
                                      figures->edition->provisional ? "true" : "false",
                                      making->request->options,
                                      total,
                                      making->json,
                                      making->figures_sha256,
                                      KANSEN_VERSION,
                                      *making->template_sha256 == '\0' ? NULL
                                                                       : making->template_sha256};
    struct db_result *rows = NULL;
    enum status status;

    snprintf(number, sizeof(number), "%d", figures->edition->number);
    snprintf(total, sizeof(total), "%" PRId64, figures->total);
    if (!digest_of(making->json, strlen(making->json), making->figures_sha256))
        return stats_out_of_memory(error);
    status = db_query(db, sql_edition_add, 11, parameters, &rows, error);
    if (status == STATUS_OK)
        snprintf(making->edition_id, sizeof(making->edition_id), "%s", db_text(rows, 0, 0));
    db_result_free(rows);
    return status;
}

static enum status store_causes(struct db *db, const struct making *making, struct error *error)
{
    const char *const parameters[] = {making->edition_id, making->figures->threat, making->from,
                                      making->to};

    return db_query(db, sql_edition_causes_add, 4, parameters, NULL, error);
}

static enum status store_file(struct db *db, const struct making *making, size_t place,
                              struct error *error)
{
    const struct rendered_file *file = &making->files.files[place];
    char position[24];
    char digest[DIGEST_TEXT_SIZE];
    char *hex = hex_write(file->bytes, file->length);
    const char *const parameters[] = {making->edition_id, position, file->name, file->format,
                                      file->language,     hex,      digest};
    enum status status = STATUS_OK;

    snprintf(position, sizeof(position), "%zu", place + 1);
    if (hex == NULL || !digest_of(file->bytes, file->length, digest))
        status = stats_out_of_memory(error);
    if (status == STATUS_OK)
        status = db_query(db, sql_edition_file_add, 7, parameters, NULL, error);
    free(hex);
    return status;
}

static enum status store(struct db *db, struct making *making, struct edition_outcome *outcome,
                         struct error *error)
{
    enum status status = figures_to_json(making->figures, &making->json, error);

    if (status == STATUS_OK)
        status = store_edition(db, making, error);
    if (status == STATUS_OK)
        status = store_causes(db, making, error);
    if (status == STATUS_OK)
        status =
            kept_template_store(db, making->edition_id, making->request->files.template, error);
    if (status == STATUS_OK) {
        status = edition_make(making->figures, &making->request->files, &making->files,
                              &outcome->left_out, error);
        outcome->no_format = status == STATUS_REJECT || status == STATUS_RETRY;
    }
    progress_plan(making->request->files.progress, making->files.count);
    for (size_t i = 0; i < making->files.count && status == STATUS_OK; i++) {
        progress_say(making->request->files.progress, "storing the files");
        status = store_file(db, making, i, error);
        progress_step(making->request->files.progress);
    }
    if (status == STATUS_OK)
        status = stage_files(making->request->folder, &making->files, &making->stage, error);
    if (status == STATUS_OK)
        status = stage_spares_others(making->stage, error);
    return status;
}

/* ---- all of it */

/* The answer may be lost, and the edition there all the same. */
static enum status commit(struct db *db, const struct making *making, struct error *error)
{
    const struct figures *figures = making->figures;
    struct edition edition = {.threat = figures->threat,
                              .from = figures->from,
                              .to = figures->to,
                              .number = figures->edition->number};
    bool is_there = false;
    enum status status = db_commit(db, error);
    struct error why = *error;

    if (status != STATUS_RETRY || !db_is_broken(db))
        return status;
    memcpy(edition.figures_sha256, making->figures_sha256, sizeof(edition.figures_sha256));
    if (committed_find_out(making->request->conninfo, &edition, &is_there, error) != STATUS_OK)
        return error_set(error, STATUS_RETRY,
                         "the answer to the commit was lost (%.300s), and whether edition %d is "
                         "there is not known: `kansen editions list` says; if it is, `kansen "
                         "editions render` writes its files, else publish again",
                         why.message, edition.number);
    if (is_there)
        return STATUS_OK;
    return error_set(error, STATUS_RETRY, "%.600s; nothing is published: publish again",
                     why.message);
}

static enum status make(struct db *db, struct making *making, struct edition_outcome *outcome,
                        struct error *error)
{
    bool differs = true;
    enum status status = load(db, making, &differs, error);

    if (status != STATUS_OK || (!differs && !making->request->forced))
        return status;
    status = store(db, making, outcome, error);
    if (status == STATUS_OK)
        status = commit(db, making, error);
    if (status != STATUS_OK)
        return status;
    outcome->committed = true;
    outcome->number = making->figures->edition->number;
    outcome->provisional = making->figures->edition->provisional;
    outcome->total = making->figures->total;
    if (making->figures->edition->restatement != NULL)
        outcome->changed = making->figures->edition->restatement->month_count;
    return STATUS_OK;
}

enum status edition_publish(struct db *db, const struct edition_request *request,
                            publish_done *done, void *context, struct edition_outcome *outcome,
                            struct error *error)
{
    struct making making = {.request = request};
    enum status status = moment_begin(db, DB_SNAPSHOT, error);

    *outcome = (struct edition_outcome){.number = 0};
    month_format(request->figures.from, making.from);
    month_format(request->figures.to, making.to);
    if (status == STATUS_OK)
        status = kept_template_digest(request->files.template, making.template_sha256, error);
    if (status == STATUS_OK)
        status = make(db, &making, outcome, error);
    db_rollback(db); /* what is committed stays */
    if (status == STATUS_OK && outcome->committed)
        status = stage_keep(making.stage, done, context, error);
    stage_end(making.stage);
    rendering_clear(&making.files);
    free(making.json);
    figures_free(making.figures);
    return status;
}
