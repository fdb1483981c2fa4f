/* Where a worker can be asked how it is: "[HOST:]PORT", the loopback address unless a host is
 * given. */
#ifndef KANSEN_WATCH_ADDRESS_H
#define KANSEN_WATCH_ADDRESS_H

#include <netdb.h>

#include "kansen/status.h"

/* Names of hosts have 253 characters at most; brackets around an IPv6 address are taken off. */
#define ADDRESS_HOST_SIZE 256
#define ADDRESS_PORT_SIZE 6

struct address {
    char host[ADDRESS_HOST_SIZE];
    char port[ADDRESS_PORT_SIZE];
};

/* STATUS_REJECT: it is none. */
enum status address_read(const char *text, struct address *out, struct error *error) MUST_CHECK;

/* What it means on this machine, by flags of getaddrinfo; the caller frees with freeaddrinfo.
 * STATUS_RETRY: the host has no address. */
enum status address_resolve(const struct address *address, int flags, struct addrinfo **out,
                            struct error *error) MUST_CHECK;

#endif
