#define _GNU_SOURCE /* memmem */
#include "ingest/geoip/mmdb_check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/geoip/mmdb_value.h"

/* The format's own constants. */
#define METADATA_MARKER "\xAB\xCD\xEFMaxMind.com"
#define METADATA_MARKER_LENGTH (sizeof(METADATA_MARKER) - 1)
#define METADATA_SIZE_MAX (128 * 1024)
#define SEPARATOR_SIZE 16
/* Shorter metadata could not hold what is required, and libmaxminddb relies on three bytes. */
#define METADATA_SIZE_MIN 3

/* Some seconds of checking. A real file of 100 MB needs a tenth of it. */
#define TOTAL_VALUES_MAX 500000000

/* Offsets of records that were good a moment ago: neighbours mostly share theirs. */
#define RECENT_RECORDS 65536

/* The last marker counts: the data before it may hold the same bytes. */
static const uint8_t *find_metadata(const uint8_t *file, size_t size)
{
    const uint8_t *end = file + size;
    const uint8_t *from = size > METADATA_SIZE_MAX ? end - METADATA_SIZE_MAX : file;
    const uint8_t *found = NULL;

    while ((from = memmem(from, (size_t)(end - from), METADATA_MARKER, METADATA_MARKER_LENGTH)) !=
           NULL) {
        from += METADATA_MARKER_LENGTH;
        found = from;
    }
    return found;
}

/* What people have in its place, as it is downloaded. */
static const struct {
    const char *start;
    size_t length;
    const char *name;
} other_files[] = {
    {"\x1F\x8B", 2, "gzip; unpack it first (`gunzip`, or `tar -xzf` and take the .mmdb in it)"},
    {"PK\3\4", 4, "a zip archive; unpack it first and take the .mmdb in it"},
    {"\xFD"
     "7zXZ",
     5, "xz; unpack it first (`unxz`)"},
    {"\x28\xB5\x2F\xFD", 4, "zstd; unpack it first (`unzstd`)"},
    {"<", 1, "a web page or XML, maybe the answer to a download that was refused"},
    {"version https://git-lfs", 23, "a pointer of Git LFS; fetch the file itself (`git lfs pull`)"},
    {"network,", 8, "CSV; take the same database as .mmdb"},
};

static enum status refuse_other(const uint8_t *file, size_t size, struct error *error)
{
    for (size_t other = 0; other < sizeof(other_files) / sizeof(other_files[0]); other++)
        if (size >= other_files[other].length &&
            memcmp(file, other_files[other].start, other_files[other].length) == 0)
            return error_set(error, STATUS_REJECT, "not a MaxMind DB, but %s",
                             other_files[other].name);
    return error_set(error, STATUS_REJECT, "not a MaxMind DB, or cut off: no metadata");
}

static bool key_equals(struct mmdb_section section, uint32_t offset, const char *key)
{
    struct mmdb_value value;

    return mmdb_read_target(section, offset, &value) && value.size == strlen(key) &&
           memcmp(section.data + value.content, key, value.size) == 0;
}

/* An unsigned number of the metadata, whose map has been walked. */
static bool find_number(struct mmdb_section section, const char *key, uint32_t *number)
{
    struct mmdb_walk walk = {.section = section, .values_left = MMDB_VALUES_MAX};
    struct mmdb_value root;
    struct mmdb_value value;
    uint32_t offset;
    bool found = false;

    if (!mmdb_read_value(section, 0, &root))
        return false;
    offset = root.content;
    for (uint32_t member = 0; member < root.size && !found; member++) {
        found = key_equals(section, offset, key);
        if (!mmdb_walk_value(&walk, offset, 0, &offset) ||
            (!found && !mmdb_walk_value(&walk, offset, 0, &offset)))
            return false;
    }
    return found && mmdb_read_target(section, offset, &value) &&
           (value.type == MMDB_DATA_TYPE_UINT16 || value.type == MMDB_DATA_TYPE_UINT32) &&
           value.size <= sizeof(*number) &&
           mmdb_read_number(section, &value.content, value.size, number);
}

enum status mmdb_check_metadata(const uint8_t *file, size_t size, struct error *error)
{
    const uint8_t *metadata = find_metadata(file, size);
    struct mmdb_walk walk = {.is_metadata = true, .values_left = MMDB_VALUES_MAX};
    struct mmdb_value root;
    uint32_t node_count;
    uint32_t record_bits;
    uint32_t unused;

    if (metadata == NULL)
        return refuse_other(file, size, error);
    walk.section = (struct mmdb_section){metadata, (uint32_t)(file + size - metadata)};
    if (walk.section.size < METADATA_SIZE_MIN || !mmdb_read_value(walk.section, 0, &root) ||
        root.type != MMDB_DATA_TYPE_MAP || !mmdb_walk_value(&walk, 0, 0, &unused))
        return error_set(error, STATUS_REJECT, "its metadata is damaged");
    if (!find_number(walk.section, "node_count", &node_count) ||
        !find_number(walk.section, "record_size", &record_bits))
        return error_set(error, STATUS_REJECT, "its metadata lacks the size of the search tree");

    if (node_count == 0)
        return error_set(error, STATUS_REJECT, "its search tree has no nodes");

    uint64_t tree_size = (uint64_t)node_count * record_bits * 2 / 8;

    if (tree_size + SEPARATOR_SIZE > (uint64_t)(metadata - METADATA_MARKER_LENGTH - file))
        return error_set(error, STATUS_REJECT, "its search tree is larger than the file");
    return STATUS_OK;
}

/* What is left of the whole check: the search tree's records one by one. */
struct records {
    struct mmdb_section section;
    uint32_t *recent;
    uint32_t values_left;
};

static enum status check_record(struct records *records, const MMDB_s *mmdb, uint64_t record,
                                uint8_t type, struct error *error)
{
    if (type == MMDB_RECORD_TYPE_SEARCH_NODE || type == MMDB_RECORD_TYPE_EMPTY)
        return STATUS_OK;
    if (type != MMDB_RECORD_TYPE_DATA || record < mmdb->metadata.node_count + SEPARATOR_SIZE)
        return error_set(error, STATUS_REJECT, "its search tree leads outside of it");

    uint32_t offset = (uint32_t)record - mmdb->metadata.node_count - SEPARATOR_SIZE;
    /* Never zero, which marks a free place. */
    uint32_t *recent = &records->recent[offset % RECENT_RECORDS];

    if (*recent == offset + 1)
        return STATUS_OK;

    struct mmdb_walk walk = {.section = records->section, .values_left = MMDB_VALUES_MAX};
    uint32_t unused;

    if (!mmdb_walk_value(&walk, offset, 0, &unused))
        return error_set(error, STATUS_REJECT, "its record at byte %u of the data is damaged",
                         offset);
    if (MMDB_VALUES_MAX - walk.values_left > records->values_left)
        return error_set(error, STATUS_REJECT, "it would take too long to check");
    records->values_left -= MMDB_VALUES_MAX - walk.values_left;
    *recent = offset + 1;
    return STATUS_OK;
}

static enum status check_tree(struct records *records, const MMDB_s *mmdb, struct error *error)
{
    for (uint32_t number = 0; number < mmdb->metadata.node_count; number++) {
        MMDB_search_node_s node;

        if (MMDB_read_node(mmdb, number, &node) != MMDB_SUCCESS)
            return error_set(error, STATUS_REJECT, "its search tree is damaged");
        if (check_record(records, mmdb, node.left_record, node.left_record_type, error) !=
                STATUS_OK ||
            check_record(records, mmdb, node.right_record, node.right_record_type, error) !=
                STATUS_OK)
            return STATUS_REJECT;
    }
    return STATUS_OK;
}

/* Levels of the tree below each node that has been looked at, 0 for the others. */
struct shape {
    const MMDB_s *mmdb;
    uint8_t *levels;
};

/* True when every path from the node ends within the bits that an address has left. Depth is
 * bounded by these; each node is looked at once. */
static bool check_paths(struct shape *shape, uint32_t number, unsigned bits_left)
{
    MMDB_search_node_s node;
    unsigned deepest = 0;

    if (bits_left == 0)
        return false;
    if (shape->levels[number] > 0)
        return shape->levels[number] <= bits_left;
    if (MMDB_read_node(shape->mmdb, number, &node) != MMDB_SUCCESS)
        return false;

    const uint64_t records[] = {node.left_record, node.right_record};
    const uint8_t types[] = {node.left_record_type, node.right_record_type};

    for (int side = 0; side < 2; side++) {
        if (types[side] != MMDB_RECORD_TYPE_SEARCH_NODE)
            continue;
        if (!check_paths(shape, (uint32_t)records[side], bits_left - 1))
            return false;
        if (shape->levels[records[side]] > deepest)
            deepest = shape->levels[records[side]];
    }
    shape->levels[number] = (uint8_t)(deepest + 1);
    return true;
}

static enum status check_shape(const MMDB_s *mmdb, struct error *error)
{
    struct shape shape = {.mmdb = mmdb, .levels = calloc(mmdb->metadata.node_count, 1)};

    if (shape.levels == NULL)
        return error_set(error, STATUS_RETRY, "no memory to check it");

    bool good = check_paths(&shape, 0, mmdb->metadata.ip_version == 4 ? 32 : 128);

    free(shape.levels);
    if (!good)
        return error_set(error, STATUS_REJECT, "its search tree is deeper than an address is long");
    return STATUS_OK;
}

enum status mmdb_check_records(const MMDB_s *mmdb, struct error *error)
{
    struct records records = {
        .section = {mmdb->data_section, mmdb->data_section_size},
        .values_left = TOTAL_VALUES_MAX,
    };
    records.recent = calloc(RECENT_RECORDS, sizeof(*records.recent));
    if (records.recent == NULL)
        return error_set(error, STATUS_RETRY, "no memory to check it");

    enum status status = check_tree(&records, mmdb, error);

    free(records.recent);
    return status == STATUS_OK ? check_shape(mmdb, error) : status;
}
