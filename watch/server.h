/* Answers who asks how a worker is, by HTTP: GET and HEAD of
 *
 *   /metrics  Prometheus' text format
 *   /livez    200 while the worker's loop turns, else 503 and why
 *   /readyz   200 while it waits for nothing, else 503 and for what
 *
 * and of nothing else; nothing can be changed from outside. One thread of its own, which takes no
 * signals, and few connections, each for a few seconds: no one who asks can hold the worker up. */
#ifndef KANSEN_WATCH_SERVER_H
#define KANSEN_WATCH_SERVER_H

#include "kansen/status.h"
#include "watch/address.h"
#include "watch/watch.h"

struct server;

/* Port 0 is any that is free. STATUS_RETRY: the address can't be had now, somebody else has it;
 * STATUS_DENIED: we may not have it. The caller ends it with server_stop, before watch_clear. */
enum status server_start(const struct address *address, struct watch *watch, struct server **out,
                         struct error *error) MUST_CHECK;
/* Of libmicrohttpd. */
const char *server_library_version(void);

/* "http://127.0.0.1:9464", as long as it runs. */
const char *server_url(const struct server *server);
/* NULL is allowed. */
void server_stop(struct server *server);

#endif
