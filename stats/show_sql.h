/* The statements that give a report's tables and notes, as one would ask them in psql.
 *
 * They are those that stats_load has run, with literals in place of $1: there is no second copy of
 * them that could say something else. */
#ifndef KANSEN_STATS_SHOW_SQL_H
#define KANSEN_STATS_SHOW_SQL_H

#include "kansen/status.h"
#include "sql/db.h"
#include "stats/load.h"

/* As stats_load, which it calls; *text, the caller's to free as *out is, holds the statements, in
 * one transaction, each with a comment that says what it gives. */
enum status stats_show_sql(struct db *db, const struct stats_request *request, char **text,
                           struct figures **out, struct error *error) MUST_CHECK;

#endif
