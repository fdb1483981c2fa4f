#include "ingest/event/address.h"

#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

bool address_parse(struct slice text, struct event *event)
{
    char terminated[INET6_ADDRSTRLEN];
    struct in6_addr v6;

    if (text.length >= sizeof(terminated) || memchr(text.data, '\0', text.length) != NULL)
        return false;
    memcpy(terminated, text.data, text.length);
    terminated[text.length] = '\0';

    if (memchr(text.data, ':', text.length) == NULL) {
        if (inet_pton(AF_INET, terminated, event->address) != 1)
            return false;
        event->address_family = ADDRESS_IPV4;
        return true;
    }
    if (inet_pton(AF_INET6, terminated, &v6) != 1)
        return false;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        event->address_family = ADDRESS_IPV4;
        memcpy(event->address, v6.s6_addr + 12, 4);
    } else {
        event->address_family = ADDRESS_IPV6;
        memcpy(event->address, v6.s6_addr, sizeof(v6.s6_addr));
    }
    return true;
}
