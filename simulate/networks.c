#include "simulate/networks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEADING "network,iso_code"
#define COUNTRY_SLOTS (26 * 26)
/* The list has some hundred lines; a bound keeps a wrong file from filling memory. */
#define NETWORKS_MAX 100000
/* IPv4 addresses written as IPv6 ones, per mille. */
#define MAPPED_PER_MILLE 20

struct network {
    uint16_t slot;       /* country */
    uint8_t family_bits; /* 32 or 128 */
    uint8_t prefix;
    uint8_t address[16];
};

struct networks {
    struct network *items; /* sorted by slot */
    size_t count;
    uint32_t first[COUNTRY_SLOTS + 1]; /* first[slot] to first[slot + 1] - 1 are the country's */
};

static uint16_t country_slot(const char *country)
{
    return (uint16_t)((country[0] - 'A') * 26 + country[1] - 'A');
}

static bool is_country(const char *text)
{
    return text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z' && text[2] == '\0';
}

/* Cuts the line at its separators. */
static bool parse_network(char *line, struct network *out)
{
    char *comma = strchr(line, ',');
    char *slash = strchr(line, '/');
    char *end;

    if (comma == NULL || slash == NULL || slash > comma || !is_country(comma + 1))
        return false;
    *comma = '\0';
    *slash = '\0';
    out->slot = country_slot(comma + 1);
    if (inet_pton(AF_INET, line, out->address) == 1)
        out->family_bits = 32;
    else if (inet_pton(AF_INET6, line, out->address) == 1)
        out->family_bits = 128;
    else
        return false;

    unsigned long prefix = strtoul(slash + 1, &end, 10);

    if (slash[1] == '\0' || *end != '\0' || prefix > out->family_bits)
        return false;
    out->prefix = (uint8_t)prefix;
    return true;
}

static enum status add(struct networks *networks, const struct network *network,
                       struct error *error)
{
    /* Grows at powers of two. */
    if ((networks->count & (networks->count - 1)) == 0) {
        size_t capacity = networks->count == 0 ? 1 : networks->count * 2;
        struct network *grown = realloc(networks->items, capacity * sizeof(*grown));

        if (grown == NULL)
            return error_set(error, STATUS_FATAL, "out of memory");
        networks->items = grown;
    }
    if (networks->count == NETWORKS_MAX)
        return error_set(error, STATUS_REJECT, "more than %d networks", NETWORKS_MAX);
    networks->items[networks->count++] = *network;
    return STATUS_OK;
}

static enum status read_lines(FILE *file, const char *path, struct networks *networks,
                              struct error *error)
{
    enum status status = STATUS_OK;
    struct error why = {""};
    char *line = NULL;
    size_t capacity = 0;
    unsigned long number = 0;

    while (status == STATUS_OK && getline(&line, &capacity, file) >= 0) {
        struct network network = {0};

        number++;
        line[strcspn(line, "\r\n")] = '\0';
        if (*line == '\0' || *line == '#' || strcmp(line, HEADING) == 0)
            continue;
        if (parse_network(line, &network))
            status = add(networks, &network, &why);
        else
            status = error_set(&why, STATUS_REJECT, "expected NETWORK/PREFIX,CC");
        if (status != STATUS_OK)
            error_set(error, status, "%s:%lu: %.200s", path, number, why.message);
    }
    if (status == STATUS_OK && ferror(file))
        status = error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
    free(line);
    return status;
}

static int compare_networks(const void *left, const void *right)
{
    const struct network *a = left;
    const struct network *b = right;

    if (a->slot != b->slot)
        return a->slot < b->slot ? -1 : 1;
    if (a->family_bits != b->family_bits)
        return a->family_bits < b->family_bits ? -1 : 1;
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    return memcmp(a->address, b->address, sizeof(a->address));
}

static void index_countries(struct networks *networks)
{
    size_t item = 0;

    if (networks->count > 0)
        qsort(networks->items, networks->count, sizeof(*networks->items), compare_networks);
    for (size_t slot = 0; slot <= COUNTRY_SLOTS; slot++) {
        while (item < networks->count && networks->items[item].slot < slot)
            item++;
        networks->first[slot] = (uint32_t)item;
    }
}

enum status networks_read(const char *path, struct networks **out, struct error *error)
{
    FILE *file = fopen(path, "re");
    struct networks *networks;
    enum status status;

    if (file == NULL)
        return error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
    networks = calloc(1, sizeof(*networks));
    if (networks == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        status = read_lines(file, path, networks, error);
    fclose(file);
    if (status != STATUS_OK) {
        networks_free(networks);
        return status;
    }
    index_countries(networks);
    *out = networks;
    return STATUS_OK;
}

void networks_free(struct networks *networks)
{
    if (networks == NULL)
        return;
    free(networks->items);
    free(networks);
}

bool networks_has(const struct networks *networks, const char *country)
{
    size_t slot = is_country(country) ? country_slot(country) : COUNTRY_SLOTS;

    return slot < COUNTRY_SLOTS && networks->first[slot] < networks->first[slot + 1];
}

/* Random bits behind the prefix. */
static void fill_host(const struct network *network, struct prng *prng, uint8_t address[16])
{
    memcpy(address, network->address, 16);
    for (unsigned bit = network->prefix; bit < network->family_bits;) {
        unsigned free_bits = 8 - bit % 8;
        uint8_t mask = (uint8_t)((1U << free_bits) - 1);

        address[bit / 8] = (uint8_t)((address[bit / 8] & ~mask) | (prng_next(prng) >> 56 & mask));
        bit += free_bits;
    }
}

size_t networks_address(const struct networks *networks, const char *country, struct prng *prng,
                        char text[ADDRESS_TEXT_SIZE])
{
    uint16_t slot = country_slot(country);
    uint32_t first = networks->first[slot];
    const struct network *network =
        &networks->items[first + prng_below(prng, networks->first[slot + 1] - first)];
    uint8_t address[16];

    fill_host(network, prng, address);
    if (network->family_bits == 128) {
        inet_ntop(AF_INET6, address, text, ADDRESS_TEXT_SIZE);
        return strlen(text);
    }
    return (size_t)snprintf(text, ADDRESS_TEXT_SIZE, "%s%d.%d.%d.%d",
                            prng_chance(prng, MAPPED_PER_MILLE) ? "::ffff:" : "", address[0],
                            address[1], address[2], address[3]);
}
