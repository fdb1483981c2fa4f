#include "cli/worker_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include <librdkafka/rdkafka.h>

#include "cli/command.h"
#include "ingest/event/rejection.h"
#include "watch/server.h"

_Static_assert(REJECT_REASONS <= METRIC_REASONS_MAX, "reasons have no room");

#define LABELS_MAX 4

struct worker_watch {
    struct watch watch;
    struct server *server;
    struct watch_label build[LABELS_MAX];
    struct watch_label worker[LABELS_MAX];
};

static const char *reason_at(size_t index)
{
    return index < REJECT_REASONS ? reject_reason_name((enum reject_reason)index) : NULL;
}

static struct worker_watch *new_watch(const struct worker_identity *identity)
{
    struct worker_watch *watched = calloc(1, sizeof(*watched));

    if (watched == NULL)
        return NULL;
    watched->build[0] = (struct watch_label){"version", KANSEN_VERSION};
    watched->build[1] = (struct watch_label){"librdkafka", rd_kafka_version_str()};
    watched->worker[0] = (struct watch_label){"topic", identity->topic};
    watched->worker[1] = (struct watch_label){"group", identity->group};
    watched->worker[2] = (struct watch_label){"kind", identity->kind};

    const struct watch_settings settings = {
        .topic = identity->topic,
        .reason_at = reason_at,
        .build = watched->build,
        .worker = watched->worker,
    };

    watch_init(&watched->watch, &settings);
    return watched;
}

static int code_of(enum status status)
{
    if (status == STATUS_DENIED)
        return EX_NOPERM;
    return status == STATUS_FATAL ? EX_OSERR : EX_UNAVAILABLE;
}

int worker_watch_open(const struct options *options, const struct worker_identity *identity,
                      const struct logger *logger, struct worker_watch **out, struct error *error)
{
    struct worker_watch *watched;
    struct address address;
    struct error reason;
    enum status status;

    if (!command_is_given(options, "listen"))
        return EX_OK;
    if (address_read(options_value(options, "listen"), &address, &reason) != STATUS_OK) {
        error_set(error, STATUS_REJECT, "--listen %.900s", reason.message);
        return EX_USAGE;
    }
    watched = new_watch(identity);
    if (watched == NULL) {
        error_set(error, STATUS_FATAL, "out of memory");
        return EX_OSERR;
    }
    status = server_start(&address, &watched->watch, &watched->server, &reason);
    if (status != STATUS_OK) {
        error_set(error, status, "--listen: %.900s", reason.message);
        worker_watch_close(watched);
        return code_of(status);
    }
    log_write(logger, LOG_LEVEL_INFO, "answers /metrics, /livez and /readyz", "url",
              server_url(watched->server), NULL);
    *out = watched;
    return EX_OK;
}

struct watch *worker_watch_of(struct worker_watch *watched)
{
    return watched == NULL ? NULL : &watched->watch;
}

void worker_watch_close(struct worker_watch *watched)
{
    if (watched == NULL)
        return;
    server_stop(watched->server);
    watch_clear(&watched->watch);
    free(watched);
}
