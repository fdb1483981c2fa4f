/* Machines whose rows were erased (`kansen db forget`): what they sent before is counted, so it
 * does not come back however often it is sent again, and nothing is kept of it.
 *
 * Known by a digest alone. Read again with the list of closed months (closed_months.h). */
#ifndef KANSEN_INGEST_STORE_FORGOTTEN_H
#define KANSEN_INGEST_STORE_FORGOTTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/store/batch.h"
#include "kansen/status.h"
#include "sql/db.h"
#include "text/digest.h"

#define FORGOTTEN_SALT_SIZE 16

struct forgotten_machine {
    unsigned char digest[DIGEST_SIZE];
    int64_t until_us; /* microseconds since 1970 */
};

/* Zeroed before its first use. */
struct forgotten {
    struct forgotten_machine *machines; /* in order */
    size_t count;
    int64_t until_us; /* the latest */
    uint8_t salt[FORGOTTEN_SALT_SIZE];
    struct digest *digest; /* NULL while there are none */
};

/* Reads them anew; what was there stays on failure. */
enum status forgotten_load(struct forgotten *forgotten, struct db *db,
                           struct error *error) MUST_CHECK;
void forgotten_clear(struct forgotten *forgotten);

/* Takes their rows out of the batch, as repeats. True: there were some. */
bool forgotten_drop(const struct forgotten *forgotten, struct batch *batch);

#endif
