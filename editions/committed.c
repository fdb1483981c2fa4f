#include "editions/committed.h"

#include <string.h>

#include "kansen/clock.h"

/* A PostgreSQL that was restarted takes connections after a second or so. */
#define TRY_AGAIN_MS 1000

static enum status connect_again(const char *conninfo, struct db **out, struct error *error)
{
    enum status status = db_open(conninfo, out, error);

    for (int tries = 1; status == STATUS_RETRY && tries < COMMITTED_TRIES; tries++) {
        clock_rest(TRY_AGAIN_MS);
        status = db_open(conninfo, out, error);
    }
    return status;
}

enum status committed_find_out(const char *conninfo, const struct edition *edition, bool *is_there,
                               struct error *error)
{
    struct edition_list list = {NULL, 0};
    struct db *db = NULL;
    enum status status = connect_again(conninfo, &db, error);

    /* The turn is the lost connection's until PostgreSQL has ended it, one way or the other. */
    if (status == STATUS_OK)
        status = edition_turn(db, edition->threat, edition->from, edition->to, &list, error);
    *is_there = false;
    for (size_t i = 0; i < list.count; i++)
        *is_there |= list.editions[i].number == edition->number &&
                     strcmp(list.editions[i].figures_sha256, edition->figures_sha256) == 0;
    edition_list_clear(&list);
    db_close(db);
    return status;
}
