#include "ingest/geoip/survey.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/geoip/mmdb_value.h"

/* What was read of a record, at its offset's place: neighbours mostly share theirs. */
#define RECENT_RECORDS 65536

#define SEPARATOR_SIZE 16

/* Where IPv4 addresses begin in a tree for IPv6. */
#define IPV4_BITS 96

struct recent {
    uint32_t offset_plus_1; /* 0: free */
    int layout;
};

struct tour {
    const MMDB_s *mmdb;
    bool until_country;
    bool *seen; /* by node: 6to4 and Teredo lead into the nodes of IPv4 again */
    struct recent *recent;
    struct survey survey;
};

/* Writes the keys of a record; nothing when it is no map. */
static void note_keys(struct tour *tour, uint32_t offset)
{
    struct mmdb_section section = {tour->mmdb->data_section, tour->mmdb->data_section_size};
    struct mmdb_walk walk = {.section = section, .values_left = MMDB_VALUES_MAX};
    struct mmdb_value map;
    struct mmdb_value key;
    size_t used = 0;

    if (!mmdb_read_target(section, offset, &map) || map.type != MMDB_DATA_TYPE_MAP)
        return;
    memset(tour->survey.keys, 0, sizeof(tour->survey.keys));
    offset = map.content;
    for (uint32_t member = 0; member < map.size; member++) {
        const char *comma = used > 0 ? ", " : "";

        if (!mmdb_read_target(section, offset, &key) ||
            used + strlen(comma) + key.size >= SURVEY_KEYS_SIZE)
            return;
        memcpy(tour->survey.keys + used, comma, strlen(comma));
        used += strlen(comma);
        memcpy(tour->survey.keys + used, section.data + key.content, key.size);
        used += key.size;
        if (!mmdb_walk_value(&walk, offset, 0, &offset) ||
            !mmdb_walk_value(&walk, offset, 0, &offset))
            return;
    }
}

static void count_network(struct tour *tour, uint32_t offset, uint64_t *networks)
{
    struct recent *recent = &tour->recent[offset % RECENT_RECORDS];

    if (recent->offset_plus_1 != offset + 1) {
        MMDB_entry_s entry = {.mmdb = tour->mmdb, .offset = offset};
        char country[COUNTRY_SIZE];

        recent->offset_plus_1 = offset + 1;
        recent->layout = country_layout_read(&entry, country);
    }
    if (*tour->survey.keys == '\0' ||
        (recent->layout != COUNTRY_LAYOUT_NONE && tour->survey.with_country == 0))
        note_keys(tour, offset);
    (*networks)++;
    if (recent->layout != COUNTRY_LAYOUT_NONE) {
        tour->survey.with_country++;
        tour->survey.by_layout[recent->layout]++;
    }
}

/* As deep as an address is long, which mmdb_check has seen to. */
static void walk_tree(struct tour *tour, uint32_t number, uint64_t *networks)
{
    uint32_t node_count = tour->mmdb->metadata.node_count;
    MMDB_search_node_s node;

    if (tour->seen[number] || (tour->until_country && tour->survey.with_country > 0) ||
        MMDB_read_node(tour->mmdb, number, &node) != MMDB_SUCCESS)
        return;
    tour->seen[number] = true;

    const uint64_t records[] = {node.left_record, node.right_record};
    const uint8_t types[] = {node.left_record_type, node.right_record_type};

    for (int side = 0; side < 2; side++) {
        if (types[side] == MMDB_RECORD_TYPE_SEARCH_NODE)
            walk_tree(tour, (uint32_t)records[side], networks);
        else if (types[side] == MMDB_RECORD_TYPE_DATA)
            count_network(tour, (uint32_t)records[side] - node_count - SEPARATOR_SIZE, networks);
    }
}

/* The node of ::/96; false when the tree ends before. */
static bool find_ipv4(const MMDB_s *mmdb, uint32_t *number)
{
    MMDB_search_node_s node;
    uint32_t found = 0;

    for (int bit = 0; bit < IPV4_BITS; bit++) {
        if (MMDB_read_node(mmdb, found, &node) != MMDB_SUCCESS ||
            node.left_record_type != MMDB_RECORD_TYPE_SEARCH_NODE)
            return false;
        found = (uint32_t)node.left_record;
    }
    *number = found;
    return true;
}

static void walk_all(struct tour *tour)
{
    uint32_t number = 0;

    if (tour->mmdb->metadata.ip_version == 4 || find_ipv4(tour->mmdb, &number))
        walk_tree(tour, number, &tour->survey.networks_v4);
    walk_tree(tour, 0, &tour->survey.networks_v6);
}

enum status survey_take(const MMDB_s *mmdb, bool until_country, struct survey *out,
                        struct error *error)
{
    struct tour tour = {
        .mmdb = mmdb,
        .until_country = until_country,
        .seen = calloc(mmdb->metadata.node_count, sizeof(*tour.seen)),
        .recent = calloc(RECENT_RECORDS, sizeof(*tour.recent)),
    };
    enum status status = STATUS_OK;

    if (tour.seen == NULL || tour.recent == NULL) {
        status = error_set(error, STATUS_RETRY, "no memory to look for countries in it");
    } else {
        walk_all(&tour);
        *out = tour.survey;
    }
    free(tour.seen);
    free(tour.recent);
    return status;
}
