/* `kansen ingest --listen`: a worker that can be asked how it is. */
#ifndef KANSEN_CLI_WORKER_WATCH_H
#define KANSEN_CLI_WORKER_WATCH_H

#include "config/options.h"
#include "kansen/log.h"
#include "kansen/status.h"
#include "watch/watch.h"

struct worker_watch;

/* What a worker reads, which its metrics name. */
struct worker_identity {
    const char *topic;
    const char *group;
    const char *kind; /* "detections" */
};

/* Listens where --listen says; without it *out is NULL. The identity's text is borrowed. EX_OK, or
 * the code to end with: EX_UNAVAILABLE when the address is somebody else's. */
int worker_watch_open(const struct options *options, const struct worker_identity *identity,
                      const struct logger *logger, struct worker_watch **out, struct error *error);

/* NULL for NULL: nobody watches. */
struct watch *worker_watch_of(struct worker_watch *watched);

/* NULL is allowed. */
void worker_watch_close(struct worker_watch *watched);

#endif
