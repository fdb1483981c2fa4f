/* What a mapping is made of: for mapping.c, which builds it, and mapped.cc, which walks along it.
 */
#ifndef KANSEN_INGEST_EVENT_MAPPING_INTERNAL_H
#define KANSEN_INGEST_EVENT_MAPPING_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/event/validate.h"
#include "kansen/event.h"

/* Conditions under [only]. */
#define MAPPING_CONDITIONS_MAX 8
/* Values of one of them, and alternatives of one key. */
#define MAPPING_ALTERNATIVES_MAX 32
/* Steps of one pointer. */
#define MAPPING_STEPS_MAX 32
/* Members that pointers go on to from one place: as many as fit a mask. */
#define MAPPING_CHILDREN_MAX 64

/* What a value is for: one of our keys (enum raw_name), or a condition behind them. */
#define MAPPING_TARGETS (RAW_NAMES + MAPPING_CONDITIONS_MAX)

/* What a number is that stands for a time. */
enum mapping_unit {
    MAPPING_UNIT_NONE, /* not said: whole milliseconds, as in our own format */
    MAPPING_UNIT_S,
    MAPPING_UNIT_MS,
    MAPPING_UNIT_US,
    MAPPING_UNIT_NS,
    MAPPING_UNIT_RFC3339, /* numbers are no times */
};

/* The first alternative that is there and not null is taken: `rank` counts from 0. */
struct mapping_use {
    struct mapping_use *next;
    uint8_t target;
    uint8_t rank;
};

/* A place in the message that a pointer leads to or through. */
struct mapping_node {
    struct mapping_node *next;        /* of the same parent */
    struct mapping_node *first_child; /* NULL: no pointer goes on */
    struct mapping_use *uses;         /* NULL: pointers lead through */
    char *key;                        /* of the member */
    size_t key_length;
    uint64_t key_head; /* key_head.h */
    uint64_t key_tail;
    int32_t index; /* of the element, where the parent is an array; -1: it has none */
    /* A step [name=value]: the first element of an array that has this member; name NULL: it is
     * none. */
    struct slice chosen_by;
    struct slice chosen_value;
    uint32_t child_count; /* also the number of the next child among its siblings */
    uint32_t number;      /* among its siblings */
    bool is_encoded;      /* text there is JSON in base64, in which pointers go on */
    /* The children by mapping_slot of their key, each in that slot or the next free one behind it
     * (the first is next to the last); NULL without children. */
    struct mapping_node **slots;
};

/* Twice as many as children, so that most keys are found, or found missing, in one look. */
#define MAPPING_SLOTS (2 * MAPPING_CHILDREN_MAX)

/* Below MAPPING_SLOTS; the factor spreads what differs in one byte. */
static inline size_t mapping_slot(uint64_t key_head, size_t key_length)
{
    return (size_t)(((key_head ^ key_length) * UINT64_C(0x9E3779B97F4A7C15)) >> 57);
}

/* A header of the Kafka message, or a fixed text, among the alternatives of a key. */
struct mapping_text {
    struct mapping_text *next;
    struct slice text;
    uint8_t target;
    uint8_t rank;
};

struct mapping_pointer {
    struct slice steps[MAPPING_STEPS_MAX]; /* unescaped; in the mapping's memory */
    size_t count;
};

/* The values under [only] that a detection has. */
struct mapping_condition {
    char *name; /* the places, as in the file, for people */
    bool takes_absent;
    size_t count;
    struct raw_field values[MAPPING_ALTERNATIVES_MAX]; /* JSON_STRING or JSON_INTEGER */
};

struct mapping {
    struct mapping_node root;
    struct mapping_text *headers;
    struct mapping_text *constants;
    struct mapping_pointer *each; /* alternatives: the array whose elements are the events */
    size_t each_count;
    enum mapping_unit unit;
    struct mapping_condition conditions[MAPPING_CONDITIONS_MAX];
    size_t condition_count;
    bool has_encoded;
    /* The places of each key, and of `each`, as plain ASCII for the detail of a rejection; NULL: it
     * has none. */
    char *tried[RAW_NAMES];
    char *each_tried;
    uint32_t given; /* bits of keys that the file has: a name, then unit, each and base64 */
};

#endif
