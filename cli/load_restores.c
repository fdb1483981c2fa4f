#include "cli/load_restores.h"

#include <stdlib.h>

#include "retention/restore.h"
#include "sql/db.h"

struct load_restores {
    const char *conninfo;
    const struct logger *logger;
    struct db *db; /* NULL: not needed yet */
    struct restored_month *months;
    size_t count;
};

struct load_restores *load_restores_new(const char *conninfo, const struct logger *logger)
{
    struct load_restores *restores = calloc(1, sizeof(*restores));

    if (restores != NULL) {
        restores->conninfo = conninfo;
        restores->logger = logger;
    }
    return restores;
}

void load_restores_free(struct load_restores *restores)
{
    if (restores == NULL)
        return;
    db_close(restores->db);
    free(restores->months);
    free(restores);
}

/* Its lines are rejected then, which can be mended. */
static void warn(const struct load_restores *restores, const struct error *error)
{
    log_write(restores->logger, LOG_LEVEL_WARNING,
              "can't find out which dropped months are restored", "reason", error->message, NULL);
}

static enum status find(struct load_restores *restores, const char *path,
                        struct restored_month *out, struct error *error)
{
    enum status status = STATUS_OK;

    if (restores->db == NULL)
        status = db_open(restores->conninfo, &restores->db, error);
    return status == STATUS_OK ? restore_find(restores->db, path, out, error) : status;
}

int32_t load_restores_of(struct load_restores *restores, const char *path)
{
    struct restored_month month = {.first_day = 0};
    struct restored_month *grown;
    struct error error;

    if (find(restores, path, &month, &error) != STATUS_OK) {
        warn(restores, &error);
        return 0;
    }
    if (month.first_day == 0)
        return 0;
    if (month.machines_are_gone) {
        log_write(restores->logger, LOG_LEVEL_WARNING,
                  "the infections of this file's month were dropped, so its events can't go back; "
                  "load it into another database",
                  "file", path, "month", month.month, NULL);
        return 0;
    }
    grown = realloc(restores->months, (restores->count + 1) * sizeof(*grown));
    if (grown == NULL)
        return 0;
    restores->months = grown;
    restores->months[restores->count++] = month;
    return month.first_day;
}

void load_restores_end(struct load_restores *restores)
{
    for (size_t i = 0; i < restores->count; i++) {
        const struct restored_month *month = &restores->months[i];
        bool opened = false;
        int64_t back = 0;
        struct error error;

        if (restore_open(restores->db, month, &opened, &back, &error) != STATUS_OK)
            warn(restores, &error);
        else if (opened)
            log_write(restores->logger, LOG_LEVEL_INFO,
                      "all events of a dropped month are back, and it is open again", "month",
                      month->month, LOG_INT("events", month->detections), NULL);
        else
            log_write(restores->logger, LOG_LEVEL_WARNING,
                      "not all events of a dropped month are back, and it stays closed: its file "
                      "was read in part, which loading it again mends, or a machine of it is "
                      "forgotten",
                      "month", month->month, LOG_INT("back", back),
                      LOG_INT("events", month->detections), NULL);
    }
}
