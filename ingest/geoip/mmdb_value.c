#include "ingest/geoip/mmdb_value.h"

#include <maxminddb.h>

#include "ingest/event/decode.h"

/* MaxMind's deepest records nest four levels; the limit leaves room and bounds the stack. */
#define DEPTH_MAX 16

bool mmdb_read_number(struct mmdb_section section, uint32_t *offset, uint32_t bytes,
                      uint32_t *number)
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

static bool read_pointer(struct mmdb_section section, uint32_t offset, uint32_t control,
                         struct mmdb_value *value)
{
    /* What each size adds, so that no two spellings overlap. */
    static const uint32_t bases[] = {0, 2048, 526336, 0};
    uint32_t size = control >> 3 & 3;
    uint32_t number;

    if (!mmdb_read_number(section, &offset, size + 1, &number))
        return false;
    if (size < 3)
        number += (control & 7) << (8 * (size + 1));
    value->pointer = number + bases[size];
    value->size = 0;
    value->content = offset;
    return true;
}

static bool read_size(struct mmdb_section section, uint32_t offset, uint32_t control,
                      struct mmdb_value *value)
{
    static const uint32_t bases[] = {29, 285, 65821};
    uint32_t size = control & 31;

    if (size >= 29) {
        uint32_t extra;

        if (!mmdb_read_number(section, &offset, size - 28, &extra))
            return false;
        size = bases[size - 29] + extra;
    }
    value->size = size;
    value->content = offset;
    return true;
}

bool mmdb_read_value(struct mmdb_section section, uint32_t offset, struct mmdb_value *value)
{
    uint32_t control;
    uint32_t extended;

    if (!mmdb_read_number(section, &offset, 1, &control))
        return false;
    value->type = control >> 5;
    if (value->type == MMDB_DATA_TYPE_POINTER)
        return read_pointer(section, offset, control, value);
    if (value->type == MMDB_DATA_TYPE_EXTENDED) {
        if (!mmdb_read_number(section, &offset, 1, &extended))
            return false;
        /* A smaller one would be spelled without it, a larger one has no meaning. */
        if (extended == 0 || extended > MMDB_DATA_TYPE_FLOAT - 7)
            return false;
        value->type = 7 + extended;
    }
    return read_size(section, offset, control, value);
}

bool mmdb_read_target(struct mmdb_section section, uint32_t offset, struct mmdb_value *value)
{
    if (!mmdb_read_value(section, offset, value))
        return false;
    return value->type != MMDB_DATA_TYPE_POINTER ||
           (mmdb_read_value(section, value->pointer, value) &&
            value->type != MMDB_DATA_TYPE_POINTER);
}

static bool is_text(struct mmdb_section section, uint32_t offset)
{
    struct mmdb_value value;

    return mmdb_read_target(section, offset, &value) && value.type == MMDB_DATA_TYPE_UTF8_STRING;
}

/* A key that no program could name is a sign of damage, unlike a badly spelled city. */
static bool is_key(struct mmdb_section section, uint32_t offset)
{
    struct mmdb_value value;

    return mmdb_read_target(section, offset, &value) && value.type == MMDB_DATA_TYPE_UTF8_STRING &&
           value.size <= section.size - value.content &&
           decode_is_utf8((const char *)section.data + value.content, value.size) != 0;
}

/* Leading zeros are left out, so that a number may be shorter than its type. */
static bool is_size_of_type(const struct mmdb_value *value)
{
    switch (value->type) {
    case MMDB_DATA_TYPE_UTF8_STRING:
    case MMDB_DATA_TYPE_BYTES:
        return true;
    case MMDB_DATA_TYPE_DOUBLE:
        return value->size == sizeof(double);
    case MMDB_DATA_TYPE_FLOAT:
        return value->size == sizeof(float);
    case MMDB_DATA_TYPE_UINT16:
        return value->size <= sizeof(uint16_t);
    case MMDB_DATA_TYPE_UINT32:
    case MMDB_DATA_TYPE_INT32:
        return value->size <= sizeof(uint32_t);
    case MMDB_DATA_TYPE_UINT64:
        return value->size <= sizeof(uint64_t);
    case MMDB_DATA_TYPE_UINT128:
        return value->size <= 2 * sizeof(uint64_t);
    case MMDB_DATA_TYPE_BOOLEAN:
        return value->size <= 1;
    default: /* a container of the writer's cache, or an end marker */
        return false;
    }
}

static bool walk_members(struct mmdb_walk *walk, const struct mmdb_value *value, int depth,
                         uint32_t *next)
{
    bool is_map = value->type == MMDB_DATA_TYPE_MAP;
    bool values_are_text = walk->is_metadata && (!is_map || depth > 1);

    *next = value->content;
    for (uint32_t member = 0; member < value->size; member++) {
        if (is_map && (!is_key(walk->section, *next) || !mmdb_walk_value(walk, *next, depth, next)))
            return false;
        if (values_are_text && !is_text(walk->section, *next))
            return false;
        if (!mmdb_walk_value(walk, *next, depth, next))
            return false;
    }
    return true;
}

bool mmdb_walk_value(struct mmdb_walk *walk, uint32_t offset, int depth, uint32_t *next)
{
    struct mmdb_value value;
    struct mmdb_value target;
    uint32_t unused;

    if (depth == DEPTH_MAX || walk->values_left == 0 ||
        !mmdb_read_value(walk->section, offset, &value))
        return false;
    walk->values_left--;

    switch (value.type) {
    case MMDB_DATA_TYPE_POINTER:
        *next = value.content;
        return mmdb_read_target(walk->section, offset, &target) &&
               mmdb_walk_value(walk, value.pointer, depth + 1, &unused);
    case MMDB_DATA_TYPE_MAP:
    case MMDB_DATA_TYPE_ARRAY:
        return walk_members(walk, &value, depth + 1, next);
    case MMDB_DATA_TYPE_BOOLEAN:
        *next = value.content;
        return is_size_of_type(&value);
    default:
        *next = value.content + value.size;
        return is_size_of_type(&value) && value.size <= walk->section.size - value.content;
    }
}
