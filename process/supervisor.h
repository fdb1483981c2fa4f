/* What whoever started a service is told about it: systemd, of a unit with Type=notify.
 *
 * One datagram a message, to the socket that NOTIFY_SOCKET names; sd_notify(3) promises that this
 * protocol stays, so that a program with no other use for libsystemd needs none. Without a
 * supervisor each call does nothing. */
#ifndef KANSEN_PROCESS_SUPERVISOR_H
#define KANSEN_PROCESS_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "kansen/status.h"

/* Longer ones are cut: `systemctl status` has one line for it. */
#define SUPERVISOR_TEXT_SIZE 256

struct supervisor {
    int socket; /* -1: there is nobody */
    struct sockaddr_un address;
    socklen_t address_length;
    int64_t feed_ms;   /* between two signs of life that are sent; 0: none are wanted */
    int64_t fed_at_ms; /* by CLOCK_MONOTONIC; 0: never */
    char text[SUPERVISOR_TEXT_SIZE]; /* what was said last */
};

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. STATUS_FATAL: there is a supervisor that
 * can't be reached: it would wait in vain. */
enum status supervisor_open(struct supervisor *out, struct error *error) MUST_CHECK;
void supervisor_close(struct supervisor *supervisor);

bool supervisor_is_there(const struct supervisor *supervisor);

/* Whoever waits for us to be started may go on; after supervisor_reloading, that it is done. Waits
 * a second at most for a supervisor that is busy, as do the next two. */
void supervisor_ready(struct supervisor *supervisor);
void supervisor_reloading(struct supervisor *supervisor);
void supervisor_stopping(struct supervisor *supervisor);

/* What we are doing, one line for people. What was said before is not sent again. */
void supervisor_say(struct supervisor *supervisor, const char *text);

/* A sign of life, to be given by the loop whose hanging is to be noticed; sent three times within
 * the silence that the supervisor allows, however often this is called. */
void supervisor_feed(struct supervisor *supervisor);

#endif
