/* Reads whether an edition of the window has been published. */
#ifndef KANSEN_STATS_PUBLISHED_LOAD_H
#define KANSEN_STATS_PUBLISHED_LOAD_H

#include "kansen/status.h"
#include "sql/db.h"
#include "stats/figures.h"

/* Of figures whose threat, window and time zone are set. */
enum status published_load(struct db *db, struct figures *figures, struct error *error) MUST_CHECK;

#endif
