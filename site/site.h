/* All editions as pages: a folder that any web server can serve, or nobody, since it works from a
 * disk too.
 *
 * Nothing in it depends on when or where it is made: editions, in the words of this version of the
 * program. So what hasn't changed stays untouched, and a second run writes nothing. */
#ifndef KANSEN_SITE_SITE_H
#define KANSEN_SITE_SITE_H

#include <stddef.h>

#include "kansen/status.h"
#include "site/model.h"
#include "site/tree.h"
#include "sql/db.h"

struct site_outcome {
    size_t editions; /* 0: there are none, and nothing was done */
    struct tree_counts files;
    struct error undressed; /* why the page of an edition has not the looks that it was published
                               with: this version can't read its template; "": none is such */
};

/* STATUS_REJECT: an edition is damaged, or the folder has a site and the database no edition.
 * STATUS_RETRY: another run writes into the folder, or the database is away. STATUS_FATAL: a file
 * can't be written, or is somebody else's; those that were finished stay. */
enum status site_write(struct db *db, const struct site_request *request, struct site_outcome *out,
                       struct error *error) MUST_CHECK;

#endif
