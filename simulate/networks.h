/* Addresses of countries, drawn from the list of reserved networks that the demo's MaxMind DB is
 * made from, so that the simulator and the database agree. */
#ifndef KANSEN_SIMULATE_NETWORKS_H
#define KANSEN_SIMULATE_NETWORKS_H

#include <stdbool.h>
#include <stddef.h>

#include "kansen/status.h"
#include "simulate/prng.h"

/* Enough for any IPv6 address and for ::ffff:255.255.255.255. */
#define ADDRESS_TEXT_SIZE 48

struct networks;

/* Reads a list of NETWORK/PREFIX,CC lines under the heading network,iso_code; # starts a comment.
 * The caller frees *out. STATUS_REJECT names FILE:LINE, STATUS_FATAL the file. */
enum status networks_read(const char *path, struct networks **out, struct error *error) MUST_CHECK;
/* NULL is allowed. */
void networks_free(struct networks *networks);

/* Whether the list has a network of the country. */
bool networks_has(const struct networks *networks, const char *country);

/* A random address of a country that networks_has; IPv4 is written as ::ffff:a.b.c.d now and then,
 * which means the same. Returns the length of the text. */
size_t networks_address(const struct networks *networks, const char *country, struct prng *prng,
                        char text[ADDRESS_TEXT_SIZE]);

#endif
