#include "watch/probe.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kansen/clock.h"

/* Headers and a text. */
#define ANSWER_SIZE (PROBE_TEXT_SIZE + 2048)

static enum status fail(int failure, struct error *error)
{
    return error_set(error, STATUS_RETRY, "%s", strerror(failure));
}

/* Waits until the socket can be read or written. */
static enum status await(int fd, short events, int64_t deadline_ms, struct error *error)
{
    struct pollfd waited = {.fd = fd, .events = events};

    for (;;) {
        int64_t left_ms = deadline_ms - clock_ms(CLOCK_MONOTONIC);
        int ready = left_ms <= 0 ? 0 : poll(&waited, 1, (int)left_ms);

        if (ready > 0)
            return STATUS_OK;
        if (ready == 0)
            return error_set(error, STATUS_RETRY, "no answer within %d s", PROBE_TIMEOUT_MS / 1000);
        if (errno != EINTR)
            return fail(errno, error);
    }
}

static enum status finish_connecting(int fd, int64_t deadline_ms, struct error *error)
{
    int failure = 0;
    socklen_t size = sizeof(failure);
    enum status status = await(fd, POLLOUT, deadline_ms, error);

    if (status != STATUS_OK)
        return status;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) != 0)
        failure = errno;
    return failure == 0 ? STATUS_OK : fail(failure, error);
}

static enum status connect_to(const struct addrinfo *place, int64_t deadline_ms, int *out,
                              struct error *error)
{
    int fd = socket(place->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    enum status status = STATUS_OK;

    if (fd < 0)
        return fail(errno, error);
    if (connect(fd, place->ai_addr, place->ai_addrlen) != 0)
        status =
            errno == EINPROGRESS ? finish_connecting(fd, deadline_ms, error) : fail(errno, error);
    if (status != STATUS_OK) {
        close(fd);
        return status;
    }
    *out = fd;
    return STATUS_OK;
}

/* The first of the host's addresses that takes a connection. */
static enum status connect_any(const struct addrinfo *places, int64_t deadline_ms, int *out,
                               struct error *error)
{
    enum status status = STATUS_RETRY;

    for (const struct addrinfo *place = places; place != NULL && status != STATUS_OK;
         place = place->ai_next)
        status = connect_to(place, deadline_ms, out, error);
    return status;
}

/* HTTP/1.0: the answer ends with the connection. Short enough to be sent at once. */
static enum status send_request(int fd, const char *path, int64_t deadline_ms, struct error *error)
{
    char request[256];
    int length = snprintf(request, sizeof(request),
                          "GET %s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    enum status status = await(fd, POLLOUT, deadline_ms, error);

    if (status != STATUS_OK)
        return status;
    return send(fd, request, (size_t)length, MSG_NOSIGNAL) == length ? STATUS_OK
                                                                     : fail(errno, error);
}

/* What lies beyond the room is not waited for. */
static enum status receive(int fd, int64_t deadline_ms, char answer[ANSWER_SIZE],
                           struct error *error)
{
    size_t used = 0;

    while (used < ANSWER_SIZE - 1) {
        enum status status = await(fd, POLLIN, deadline_ms, error);
        ssize_t got = status == STATUS_OK ? recv(fd, answer + used, ANSWER_SIZE - 1 - used, 0) : -1;

        if (status != STATUS_OK)
            return status;
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return fail(errno, error);
        if (got == 0)
            break;
        used += got < 0 ? 0 : (size_t)got;
    }
    answer[used] = '\0';
    return STATUS_OK;
}

static enum status read_answer(const char *answer, struct probe_answer *out, struct error *error)
{
    const char *text = strstr(answer, "\r\n\r\n");

    if (strncmp(answer, "HTTP/1.", 7) != 0 || strlen(answer) < 12 || text == NULL)
        return error_set(error, STATUS_REJECT, "what answers there is no worker of kansen");
    out->status = (int)strtol(answer + 9, NULL, 10);
    snprintf(out->text, sizeof(out->text), "%s", text + 4);
    return STATUS_OK;
}

enum status probe_get(const struct address *address, const char *path, struct probe_answer *out,
                      struct error *error)
{
    int64_t deadline_ms = clock_ms(CLOCK_MONOTONIC) + PROBE_TIMEOUT_MS;
    struct addrinfo *places = NULL;
    char answer[ANSWER_SIZE];
    int fd = -1;
    enum status status = address_resolve(address, 0, &places, error);

    if (status == STATUS_OK)
        status = connect_any(places, deadline_ms, &fd, error);
    if (status == STATUS_OK)
        status = send_request(fd, path, deadline_ms, error);
    if (status == STATUS_OK)
        status = receive(fd, deadline_ms, answer, error);
    if (status == STATUS_OK)
        status = read_answer(answer, out, error);
    if (fd >= 0)
        close(fd);
    if (places != NULL)
        freeaddrinfo(places);
    return status;
}
