#define _GNU_SOURCE /* memmem */
#include "ingest/geoip/mmdb_check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The format's own constants. */
#define METADATA_MARKER "\xAB\xCD\xEFMaxMind.com"
#define METADATA_MARKER_LENGTH (sizeof(METADATA_MARKER) - 1)
#define METADATA_SIZE_MAX (128 * 1024)
#define SEPARATOR_SIZE 16
/* Shorter metadata could not hold what is required, and libmaxminddb relies on three bytes. */
#define METADATA_SIZE_MIN 3

/* MaxMind's deepest records nest four levels; the limit leaves room and bounds the stack. */
#define DEPTH_MAX 16
/* MaxMind's largest records hold about 200 values. */
#define VALUES_MAX 10000
/* Some seconds of checking. A real file of 100 MB needs a tenth of it. */
#define TOTAL_VALUES_MAX 500000000

/* Offsets of records that were good a moment ago: neighbours mostly share theirs. */
#define RECENT_RECORDS 65536

/* Part of a file that pointers count from. */
struct section {
    const uint8_t *data;
    uint32_t size;
};

struct walk {
    struct section section;
    bool is_metadata; /* its arrays, and the maps in its map, hold nothing but text */
    uint32_t values_left;
};

/* One control byte and what belongs to it; size counts bytes, or the members of a map or array. */
struct value {
    uint32_t type; /* MMDB_DATA_TYPE_… */
    uint32_t size;
    uint32_t pointer;
    uint32_t content; /* offset of the bytes behind the size */
};

/* Big-endian; false past the end. */
static bool read_number(struct section section, uint32_t *offset, uint32_t bytes, uint32_t *number)
{
    uint32_t result = 0;

    if (*offset > section.size || section.size - *offset < bytes)
        return false;
    for (uint32_t place = 0; place < bytes; place++)
        result = result << 8 | section.data[*offset + place];
    *offset += bytes;
    *number = result;
    return true;
}

static bool read_pointer(struct section section, uint32_t offset, uint32_t control,
                         struct value *value)
{
    /* What each size adds, so that no two spellings overlap. */
    static const uint32_t bases[] = {0, 2048, 526336, 0};
    uint32_t size = control >> 3 & 3;
    uint32_t number;

    if (!read_number(section, &offset, size + 1, &number))
        return false;
    if (size < 3)
        number += (control & 7) << (8 * (size + 1));
    value->pointer = number + bases[size];
    value->size = 0;
    value->content = offset;
    return true;
}

static bool read_size(struct section section, uint32_t offset, uint32_t control,
                      struct value *value)
{
    static const uint32_t bases[] = {29, 285, 65821};
    uint32_t size = control & 31;

    if (size >= 29) {
        uint32_t extra;

        if (!read_number(section, &offset, size - 28, &extra))
            return false;
        size = bases[size - 29] + extra;
    }
    value->size = size;
    value->content = offset;
    return true;
}

static bool read_value(struct section section, uint32_t offset, struct value *value)
{
    uint32_t control;
    uint32_t extended;

    if (!read_number(section, &offset, 1, &control))
        return false;
    value->type = control >> 5;
    if (value->type == MMDB_DATA_TYPE_POINTER)
        return read_pointer(section, offset, control, value);
    if (value->type == MMDB_DATA_TYPE_EXTENDED) {
        if (!read_number(section, &offset, 1, &extended))
            return false;
        value->type = 7 + extended;
    }
    return read_size(section, offset, control, value);
}

/* The value that counts, behind a pointer if there is one; the format forbids a second pointer. */
static bool read_target(struct section section, uint32_t offset, struct value *value)
{
    if (!read_value(section, offset, value))
        return false;
    return value->type != MMDB_DATA_TYPE_POINTER ||
           (read_value(section, value->pointer, value) && value->type != MMDB_DATA_TYPE_POINTER);
}

static bool is_text(struct section section, uint32_t offset)
{
    struct value value;

    return read_target(section, offset, &value) && value.type == MMDB_DATA_TYPE_UTF8_STRING;
}

static bool walk_value(struct walk *walk, uint32_t offset, int depth, uint32_t *next);

static bool walk_members(struct walk *walk, const struct value *value, int depth, uint32_t *next)
{
    bool is_map = value->type == MMDB_DATA_TYPE_MAP;
    bool values_are_text = walk->is_metadata && (!is_map || depth > 1);

    *next = value->content;
    for (uint32_t member = 0; member < value->size; member++) {
        if (is_map && (!is_text(walk->section, *next) || !walk_value(walk, *next, depth, next)))
            return false;
        if (values_are_text && !is_text(walk->section, *next))
            return false;
        if (!walk_value(walk, *next, depth, next))
            return false;
    }
    return true;
}

/* True when the value, and all that it leads to, is within bounds and limits. */
static bool walk_value(struct walk *walk, uint32_t offset, int depth, uint32_t *next)
{
    struct value value;
    struct value target;
    uint32_t unused;

    if (depth == DEPTH_MAX || walk->values_left == 0 || !read_value(walk->section, offset, &value))
        return false;
    walk->values_left--;

    switch (value.type) {
    case MMDB_DATA_TYPE_POINTER:
        *next = value.content;
        return read_target(walk->section, offset, &target) &&
               walk_value(walk, value.pointer, depth + 1, &unused);
    case MMDB_DATA_TYPE_MAP:
    case MMDB_DATA_TYPE_ARRAY:
        return walk_members(walk, &value, depth + 1, next);
    case MMDB_DATA_TYPE_BOOLEAN:
        *next = value.content;
        return true;
    default:
        *next = value.content + value.size;
        return value.size <= walk->section.size - value.content;
    }
}

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

static bool key_equals(struct section section, uint32_t offset, const char *key)
{
    struct value value;

    return read_target(section, offset, &value) && value.size == strlen(key) &&
           memcmp(section.data + value.content, key, value.size) == 0;
}

/* An unsigned number of the metadata, whose map has been walked. */
static bool find_number(struct section section, const char *key, uint32_t *number)
{
    struct walk walk = {.section = section, .values_left = VALUES_MAX};
    struct value root;
    struct value value;
    uint32_t offset;
    bool found = false;

    if (!read_value(section, 0, &root))
        return false;
    offset = root.content;
    for (uint32_t member = 0; member < root.size && !found; member++) {
        found = key_equals(section, offset, key);
        if (!walk_value(&walk, offset, 0, &offset) ||
            (!found && !walk_value(&walk, offset, 0, &offset)))
            return false;
    }
    return found && read_target(section, offset, &value) &&
           (value.type == MMDB_DATA_TYPE_UINT16 || value.type == MMDB_DATA_TYPE_UINT32) &&
           value.size <= sizeof(*number) &&
           read_number(section, &value.content, value.size, number);
}

enum status mmdb_check_metadata(const uint8_t *file, size_t size, struct error *error)
{
    const uint8_t *metadata = find_metadata(file, size);
    struct walk walk = {.is_metadata = true, .values_left = VALUES_MAX};
    struct value root;
    uint32_t node_count;
    uint32_t record_bits;
    uint32_t unused;

    if (metadata == NULL)
        return error_set(error, STATUS_REJECT, "not a MaxMind DB, or cut off: no metadata");
    walk.section = (struct section){metadata, (uint32_t)(file + size - metadata)};
    if (walk.section.size < METADATA_SIZE_MIN || !read_value(walk.section, 0, &root) ||
        root.type != MMDB_DATA_TYPE_MAP || !walk_value(&walk, 0, 0, &unused))
        return error_set(error, STATUS_REJECT, "its metadata is damaged");
    if (!find_number(walk.section, "node_count", &node_count) ||
        !find_number(walk.section, "record_size", &record_bits))
        return error_set(error, STATUS_REJECT, "its metadata lacks the size of the search tree");

    uint64_t tree_size = (uint64_t)node_count * record_bits * 2 / 8;

    if (tree_size + SEPARATOR_SIZE > (uint64_t)(metadata - METADATA_MARKER_LENGTH - file))
        return error_set(error, STATUS_REJECT, "its search tree is larger than the file");
    return STATUS_OK;
}

/* What is left of the whole check: the search tree's records one by one. */
struct records {
    struct section section;
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

    struct walk walk = {.section = records->section, .values_left = VALUES_MAX};
    uint32_t unused;

    if (!walk_value(&walk, offset, 0, &unused))
        return error_set(error, STATUS_REJECT, "its record at byte %u of the data is damaged",
                         offset);
    if (VALUES_MAX - walk.values_left > records->values_left)
        return error_set(error, STATUS_REJECT, "it would take too long to check");
    records->values_left -= VALUES_MAX - walk.values_left;
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
    return status;
}
