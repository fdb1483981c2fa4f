/* Removes dead letters for good, with the marks of relays for them: for the owner, since nothing
 * else deletes what came. A topic that is read again (`kansen db reread`) brings them back. */
#ifndef KANSEN_DEAD_LETTERS_REMOVE_H
#define KANSEN_DEAD_LETTERS_REMOVE_H

#include <signal.h>
#include <stdint.h>

#include "dead_letters/replay.h"
#include "ingest/event/rejection.h"
#include "kansen/status.h"
#include "sql/db.h"

enum removable {
    REMOVABLE_WAITING,  /* still rejected */
    REMOVABLE_REPLAYED, /* their events are stored by now */
    REMOVABLE_BOTH,
};

struct remove_settings {
    struct dead_letter_filter filter;
    enum removable which;
    const char *letters; /* an array of PostgreSQL of their numbers; NULL: any */
    /* Called behind each chunk; may be NULL. */
    void (*show)(void *context, int64_t removed, int64_t total);
    void *context;
    const volatile sig_atomic_t *stop; /* becomes true: return behind the present chunk */
};

/* What is removed, or would be. */
struct removal {
    int64_t total;
    int64_t newest; /* number of the last letter; what is rejected later is left alone */
    struct {
        char reason[32];
        int64_t count;
    } reasons[REJECT_REASONS]; /* the most frequent first */
    int reason_count;
    int64_t removed;
};

/* Counts what remove_dead_letters would remove now. */
enum status remove_count(struct db *db, const struct remove_settings *settings, struct removal *out,
                         struct error *error) MUST_CHECK;

/* Removes what was counted, a chunk a transaction; removal->removed grows with each. STATUS_RETRY:
 * PostgreSQL is away, or it was interrupted; what has been removed stays so. */
enum status remove_dead_letters(struct db *db, const struct remove_settings *settings,
                                struct removal *removal, struct error *error) MUST_CHECK;

#endif
