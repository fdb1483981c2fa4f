/* The devices of a month in parts, each of which is stored or deleted in one transaction. Rows of
 * edges, in order, are the devices at which a part ends (recount_edges.sql, threat_edges.sql). */
#ifndef KANSEN_THREATS_PARTS_H
#define KANSEN_THREATS_PARTS_H

#include "sql/db.h"

/* No device is in front of it. */
#define PARTS_FIRST_DEVICE "00000000-0000-0000-0000-000000000000"

/* From a device to before another one; NULL: to the last. Borrowed from the edges. */
struct part {
    const char *first;
    const char *end;
};

static inline int parts_count(const struct db_result *edges)
{
    return db_rows(edges) + 1;
}

static inline struct part parts_get(const struct db_result *edges, int number)
{
    return (struct part){
        .first = number == 0 ? PARTS_FIRST_DEVICE : db_text(edges, number - 1, 0),
        .end = number < db_rows(edges) ? db_text(edges, number, 0) : NULL,
    };
}

#endif
