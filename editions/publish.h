/* Publishing: an edition that is whole, in the database and in a folder, or is not there.
 *
 * One transaction that sees one snapshot: the figures, the counts by cause, the files made of them.
 * The files lie in the folder, synced, before it is committed, and get their names behind that: who
 * is interrupted in between has an edition, and `kansen editions render` writes its files. */
#ifndef KANSEN_EDITIONS_PUBLISH_H
#define KANSEN_EDITIONS_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>

#include "editions/catalogue.h"
#include "editions/render.h"
#include "kansen/status.h"
#include "reports/publish.h"
#include "sql/db.h"
#include "stats/load.h"

struct edition_request {
    struct stats_request figures; /* with a threat, and a window of stats_choose_window */
    struct edition_wish files;
    const char *options;          /* a JSON object, to be kept */
    bool options_differ;          /* from those of `before`, in what they mean */
    const struct edition *before; /* the one to be replaced, of edition_turn; NULL: there is none */
    const char *conninfo;         /* to ask anew when the answer to COMMIT is lost */
    bool provisional;             /* also when not every month is complete */
    bool forced;                  /* also when nothing has changed */
    const char *folder;           /* made when it is missing, but not the folders above it */
};

struct edition_outcome {
    int32_t number;   /* of the edition; 0: nothing has changed, and none was made */
    bool provisional; /* it is */
    int64_t total;
    size_t changed;        /* months in which counts changed since the one before */
    struct error left_out; /* formats that could not be had; "" when there are none */
    bool no_format; /* on an error: a format that was named can\'t be had here, or its program
                       failed */
    bool committed; /* also on an error: the edition is there, its files may have no names */
};

/* Publishes, on the connection that has the turn. When that is lost before COMMIT was answered, it
 * is found out whether the edition is there. STATUS_RETRY: the window is not complete, or a part of
 * it still being counted, or PostgreSQL is away. STATUS_FATAL names the file that could not be
 * written. On each of them there is no edition, but when outcome->committed. */
enum status edition_publish(struct db *db, const struct edition_request *request,
                            publish_done *done, void *context, struct edition_outcome *outcome,
                            struct error *error) MUST_CHECK;

#endif
