/* A worker as a service: what its supervisor hears of it, and settings that it reads again while it
 * runs. */
#ifndef KANSEN_CLI_SERVICE_H
#define KANSEN_CLI_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/intake_lines.h"
#include "config/options.h"
#include "ingest/kafka/consumer_progress.h"
#include "ingest/pipeline.h"
#include "ingest/store/store.h"
#include "kansen/log.h"
#include "kansen/status.h"
#include "process/supervisor.h"

/* What a reload works on; all of it is borrowed. */
struct service_parts {
    const struct options *options; /* the worker was started with */
    const char *const *names;      /* of the options that it takes */
    struct pipeline *pipeline;
    struct intake_minute *minute;
    const struct logger *logger;
};

/* Opened in the caller's memory. */
struct service {
    struct service_parts parts;
    struct options *reread; /* the last reading that counts; NULL: the one at the start */
    struct supervisor supervisor;
    bool is_ready;
    bool is_stopping;
    int64_t shown_at_ms;
};

/* STATUS_FATAL: the supervisor can't be reached. The caller ends it with service_close, also then.
 */
enum status service_open(struct service *out, const struct service_parts *parts,
                         struct error *error) MUST_CHECK;
void service_close(struct service *service);

/* The loop turns and does this next: the supervisor gets its sign of life, and the settings are
 * read again if that was asked for (intake_reload_asked). A file with a mistake changes nothing. */
void service_beat(struct service *service, const char *doing);

/* How far it is, for `systemctl status`. */
void service_show(struct service *service, const struct store_totals *totals,
                  const struct consumer_progress *progress);

#endif
