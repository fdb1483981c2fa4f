#include "watch/address.h"

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#define LOOPBACK "127.0.0.1"

#define PORT_MAX 65535

static bool is_port(const char *text)
{
    long port = 0;

    if (*text == '\0' || strlen(text) >= ADDRESS_PORT_SIZE)
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        port = port * 10 + (*text - '0');
    }
    return port <= PORT_MAX;
}

enum status address_read(const char *text, struct address *out, struct error *error)
{
    const char *colon = strrchr(text, ':');
    const char *port = colon == NULL ? text : colon + 1;
    const char *host = colon == NULL ? LOOPBACK : text;
    size_t length = colon == NULL ? strlen(LOOPBACK) : (size_t)(colon - text);

    if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    } else if (memchr(host, ':', length) != NULL) {
        return error_set(error, STATUS_REJECT,
                         "%.300s: an IPv6 address stands in brackets, as in [::1]:9464", text);
    }
    if (!is_port(port))
        return error_set(error, STATUS_REJECT, "%.300s: not [HOST:]PORT, as 9464 or 0.0.0.0:9464",
                         text);
    if (length == 0 || length >= sizeof(out->host))
        return error_set(error, STATUS_REJECT, "%.300s: in front of the colon a host is missing",
                         text);
    memcpy(out->host, host, length);
    out->host[length] = '\0';
    memcpy(out->port, port, strlen(port) + 1);
    return STATUS_OK;
}

enum status address_resolve(const struct address *address, int flags, struct addrinfo **out,
                            struct error *error)
{
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | flags};
    int failure = getaddrinfo(address->host, address->port, &hints, out);

    if (failure != 0)
        return error_set(error, STATUS_RETRY, "%s: %s", address->host, gai_strerror(failure));
    return STATUS_OK;
}
