#include "editions/due.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "sql/embedded.h"

enum status due_window_load(struct db *db, int64_t months, struct due_window *out,
                            struct error *error)
{
    char text[24];
    const char *const parameters[] = {text};
    struct due_window window = {.from = -1};
    struct db_result *rows = NULL;
    enum status status;

    snprintf(text, sizeof(text), "%lld", (long long)months);
    status = db_query(db, sql_edition_due, 1, parameters, &rows, error);
    if (status == STATUS_OK &&
        (db_text(rows, 0, 0) == NULL || !month_parse(db_text(rows, 0, 0), &window.to)))
        status = error_set(error, STATUS_FATAL,
                           "the database's calendar has no month that is over: run 'kansen db "
                           "init'");
    if (status == STATUS_OK && db_text(rows, 0, 1) != NULL &&
        !month_parse(db_text(rows, 0, 1), &window.from))
        status =
            error_set(error, STATUS_FATAL, "the database has a month '%s'", db_text(rows, 0, 1));
    if (status == STATUS_OK) {
        window.complete = db_bool(rows, 0, 2);
        *out = window;
    }
    db_result_free(rows);
    return status;
}

enum status due_count(struct db *db, const struct due_window *window, int64_t *out,
                      struct error *error)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    const char *const parameters[] = {month_format(window->from, from),
                                      month_format(window->to, to)};
    struct db_result *rows = NULL;
    enum status status = db_query(db, sql_edition_due_count, 2, parameters, &rows, error);

    if (status == STATUS_OK)
        *out = db_int64(rows, 0, 0);
    db_result_free(rows);
    return status;
}

struct edition *due_standing(const struct edition_list *of_threat, month_t to)
{
    struct edition *found = NULL;

    for (size_t i = 0; i < of_threat->count; i++) {
        struct edition *edition = &of_threat->editions[i];

        if (edition->to == to &&
            (found == NULL || (found->withdrawn != NULL && edition->withdrawn == NULL)))
            found = edition;
    }
    return found;
}

size_t due_missing_files(const struct edition *edition, const char *folder)
{
    char path[PATH_MAX];
    size_t missing = 0;

    for (size_t i = 0; i < edition->file_count; i++) {
        int length = snprintf(path, sizeof(path), "%s/%s", folder, edition->files[i].name);

        missing += length < 0 || (size_t)length >= sizeof(path) || access(path, F_OK) != 0;
    }
    return missing;
}
