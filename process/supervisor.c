#include "process/supervisor.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "kansen/clock.h"

/* One sign of life may get lost, and one come late. */
#define SIGNS_WITHIN_SILENCE 3

/* A supervisor whose queue is full is busy, not gone. */
#define SEND_PATIENCE_S 1

/* The number that a variable holds; 0 when there is none. */
static int64_t number_of(const char *variable)
{
    const char *text = getenv(variable);
    char *end;
    long long number;

    if (text == NULL || *text == '\0')
        return 0;
    errno = 0;
    number = strtoll(text, &end, 10);
    return errno != 0 || *end != '\0' || number < 0 ? 0 : number;
}

/* Between two signs of life. Those of a parent's watchdog are not ours to give. */
static int64_t wanted_feed_ms(void)
{
    int64_t pid = number_of("WATCHDOG_PID");
    int64_t silence_ms = number_of("WATCHDOG_USEC") / 1000;

    if (silence_ms == 0 || (pid != 0 && pid != getpid()))
        return 0;
    return silence_ms < SIGNS_WITHIN_SILENCE ? 1 : silence_ms / SIGNS_WITHIN_SILENCE;
}

/* A path, or @NAME for a socket that has none. */
static bool read_address(struct supervisor *supervisor, const char *name)
{
    size_t length = strlen(name);

    if ((*name != '/' && *name != '@') || length < 2 ||
        length >= sizeof(supervisor->address.sun_path))
        return false;
    supervisor->address.sun_family = AF_UNIX;
    memcpy(supervisor->address.sun_path, name, length);
    if (*name == '@')
        supervisor->address.sun_path[0] = '\0';
    supervisor->address_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return true;
}

enum status supervisor_open(struct supervisor *out, struct error *error)
{
    const char *name = getenv("NOTIFY_SOCKET");
    const struct timeval patience = {.tv_sec = SEND_PATIENCE_S};

    *out = (struct supervisor){.socket = -1};
    if (name == NULL || *name == '\0')
        return STATUS_OK;
    if (!read_address(out, name))
        return error_set(error, STATUS_FATAL,
                         "NOTIFY_SOCKET=%.200s is no path of a socket, nor @NAME", name);
    out->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (out->socket < 0 ||
        setsockopt(out->socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) != 0) {
        supervisor_close(out);
        return error_set(error, STATUS_FATAL, "a socket to the supervisor: %s", strerror(errno));
    }
    out->feed_ms = wanted_feed_ms();
    return STATUS_OK;
}

void supervisor_close(struct supervisor *supervisor)
{
    if (supervisor->socket >= 0)
        close(supervisor->socket);
    supervisor->socket = -1;
}

bool supervisor_is_there(const struct supervisor *supervisor)
{
    return supervisor->socket >= 0;
}

/* What does not arrive can't be helped, and there is nobody else to be told. */
static void tell(const struct supervisor *supervisor, const char *message, int flags)
{
    ssize_t sent;

    if (!supervisor_is_there(supervisor))
        return;
    do
        sent = sendto(supervisor->socket, message, strlen(message), MSG_NOSIGNAL | flags,
                      (const struct sockaddr *)&supervisor->address, supervisor->address_length);
    while (sent < 0 && errno == EINTR);
}

void supervisor_ready(struct supervisor *supervisor)
{
    tell(supervisor, "READY=1", 0);
}

void supervisor_reloading(struct supervisor *supervisor)
{
    char message[80];
    struct timespec now;

    /* systemd 253 and newer want to know that this answers their signal, and not one before. */
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(message, sizeof(message), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
             (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    tell(supervisor, message, 0);
}

void supervisor_stopping(struct supervisor *supervisor)
{
    tell(supervisor, "STOPPING=1", 0);
}

void supervisor_say(struct supervisor *supervisor, const char *text)
{
    char message[sizeof("STATUS=") + SUPERVISOR_TEXT_SIZE];

    if (!supervisor_is_there(supervisor) ||
        strncmp(supervisor->text, text, SUPERVISOR_TEXT_SIZE - 1) == 0)
        return;
    snprintf(supervisor->text, sizeof(supervisor->text), "%s", text);
    /* A newline would begin another variable. */
    supervisor->text[strcspn(supervisor->text, "\n")] = '\0';
    snprintf(message, sizeof(message), "STATUS=%s", supervisor->text);
    tell(supervisor, message, MSG_DONTWAIT);
}

void supervisor_feed(struct supervisor *supervisor)
{
    int64_t now_ms;

    if (!supervisor_is_there(supervisor) || supervisor->feed_ms == 0)
        return;
    now_ms = clock_ms(CLOCK_MONOTONIC);
    if (supervisor->fed_at_ms != 0 && now_ms - supervisor->fed_at_ms < supervisor->feed_ms)
        return;
    supervisor->fed_at_ms = now_ms;
    tell(supervisor, "WATCHDOG=1", MSG_DONTWAIT);
}
