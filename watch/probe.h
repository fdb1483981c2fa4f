/* Asks a worker how it is, as a health check does: the other side of server.h. */
#ifndef KANSEN_WATCH_PROBE_H
#define KANSEN_WATCH_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "kansen/status.h"
#include "watch/address.h"

/* For all of it: health checks are made every few seconds. */
#define PROBE_TIMEOUT_MS 3000

/* What is kept of an answer; the rest is cut off. */
#define PROBE_TEXT_SIZE 4096

struct probe_answer {
    int status; /* of HTTP */
    char text[PROBE_TEXT_SIZE];
};

/* GET of a path. STATUS_RETRY: nobody answers there, or not in time; STATUS_REJECT: somebody does
 * who is no HTTP server. */
enum status probe_get(const struct address *address, const char *path, struct probe_answer *out,
                      struct error *error) MUST_CHECK;

#endif
