#include "ingest/event/mapping.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/event/country.h"
#include "ingest/event/key_head.h"
#include "ingest/event/mapping_internal.h"
#include "ingest/event/places.h"
#include "text/nearest.h"

#define ONLY_SECTION "only"

/* Behind the names of our own keys in struct mapping's `given`, and in the table below. */
enum { KEY_UNIT = RAW_NAMES, KEY_EACH, KEY_BASE64, KEYS };

/* Bytes of places that a rejection names: with our words beside them they fit its detail. */
#define TRIED_SIZE 170

static const char *const units[] = {
    [MAPPING_UNIT_S] = "s",   [MAPPING_UNIT_MS] = "ms",           [MAPPING_UNIT_US] = "us",
    [MAPPING_UNIT_NS] = "ns", [MAPPING_UNIT_RFC3339] = "rfc3339",
};

static const char *key_name(int key)
{
    static const char *const names[] = {"time.unit", "each", "base64"};

    return key < RAW_NAMES ? raw_keys[key] : names[key - RAW_NAMES];
}

static enum status no_memory(struct error *error)
{
    return error_set(error, STATUS_FATAL, "out of memory");
}

struct mapping *mapping_new(void)
{
    return calloc(1, sizeof(struct mapping));
}

bool mapping_reads_headers(const struct mapping *mapping)
{
    return mapping->headers != NULL;
}

/* ---- the tree */

static void free_uses(struct mapping_use *use)
{
    while (use != NULL) {
        struct mapping_use *next = use->next;

        free(use);
        use = next;
    }
}

/* As deep as a pointer has steps. */
static void free_children(struct mapping_node *node)
{
    while (node->first_child != NULL) {
        struct mapping_node *child = node->first_child;

        node->first_child = child->next;
        free_children(child);
        free_uses(child->uses);
        free(child->slots);
        free(child->key);
        free(child);
    }
}

static void free_texts(struct mapping_text *text)
{
    while (text != NULL) {
        struct mapping_text *next = text->next;

        free(text);
        text = next;
    }
}

void mapping_free(struct mapping *mapping)
{
    if (mapping == NULL)
        return;
    free_children(&mapping->root);
    free(mapping->root.slots);
    free_texts(mapping->headers);
    free_texts(mapping->constants);
    for (size_t i = 0; i < mapping->each_count; i++)
        for (size_t step = 0; step < mapping->each[i].count; step++)
            free((void *)(uintptr_t)mapping->each[i].steps[step].data);
    free(mapping->each);
    for (size_t i = 0; i < mapping->condition_count; i++) {
        for (size_t value = 0; value < mapping->conditions[i].count; value++)
            free((void *)(uintptr_t)mapping->conditions[i].values[value].text.data);
        free(mapping->conditions[i].name);
    }
    for (int key = 0; key < RAW_NAMES; key++)
        free(mapping->tried[key]);
    free(mapping->each_tried);
    free(mapping);
}

/* "7" as the place of an element; -1 for what is none: RFC 6901 has no leading zeros. */
static int32_t index_of(struct slice step)
{
    int32_t index = 0;

    if (step.length == 0 || step.length > 5 || (step.data[0] == '0' && step.length > 1))
        return -1;
    for (size_t i = 0; i < step.length; i++) {
        if (step.data[i] < '0' || step.data[i] > '9')
            return -1;
        index = index * 10 + (step.data[i] - '0');
    }
    return index;
}

/* A copy that ends with a NUL; NULL when memory is short. */
static char *copy_of(struct slice text)
{
    char *copy = malloc(text.length + 1);

    if (copy == NULL)
        return NULL;
    if (text.length > 0)
        memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    return copy;
}

/* Reads "[name=value]". */
static void read_choice(struct mapping_node *node)
{
    const char *equals = memchr(node->key, '=', node->key_length);
    const char *end = node->key + node->key_length - 1;

    if (node->key_length < 2 || *node->key != '[' || *end != ']' || equals == NULL)
        return;
    node->chosen_by = (struct slice){node->key + 1, (size_t)(equals - node->key - 1)};
    node->chosen_value = (struct slice){equals + 1, (size_t)(end - equals - 1)};
}

static size_t free_slot(const struct mapping_node *node, const struct mapping_node *child)
{
    size_t slot = mapping_slot(child->key_head, child->key_length);

    while (node->slots[slot] != NULL)
        slot = (slot + 1) % MAPPING_SLOTS;
    return slot;
}

static enum status add_child(struct mapping_node *node, struct slice step,
                             struct mapping_node **out, struct error *error)
{
    struct mapping_node **end = &node->first_child;
    struct mapping_node *child;

    for (; *end != NULL; end = &(*end)->next)
        if ((*end)->key_length == step.length && memcmp((*end)->key, step.data, step.length) == 0) {
            *out = *end;
            return STATUS_OK;
        }
    if (node->child_count == MAPPING_CHILDREN_MAX)
        return error_set(error, STATUS_REJECT, "more than %d places beside each other",
                         MAPPING_CHILDREN_MAX);
    if (node->slots == NULL)
        node->slots = calloc(MAPPING_SLOTS, sizeof(struct mapping_node *));
    child = calloc(1, sizeof(*child));
    if (child == NULL || node->slots == NULL) {
        free(child);
        return no_memory(error);
    }
    child->key = copy_of(step);
    if (child->key == NULL) {
        free(child);
        return no_memory(error);
    }
    child->key_length = step.length;
    child->key_head = key_head_of_text(step.data, step.length);
    child->key_tail = key_tail(step.data, step.length);
    child->index = index_of(step);
    child->number = node->child_count++;
    read_choice(child);
    node->slots[free_slot(node, child)] = child;
    *end = child;
    *out = child;
    return STATUS_OK;
}

static enum status find_node(struct mapping *mapping, const struct place *place,
                             struct mapping_node **out, struct error *error)
{
    struct mapping_node *node = &mapping->root;
    enum status status = STATUS_OK;

    for (size_t step = 0; step < place->step_count && status == STATUS_OK; step++)
        status = add_child(node, place->steps[step], &node, error);
    *out = node;
    return status;
}

static enum status add_pointer(struct mapping *mapping, const struct place *place, uint8_t target,
                               uint8_t rank, struct error *error)
{
    struct mapping_node *node;
    struct mapping_use *use;
    enum status status = find_node(mapping, place, &node, error);

    if (status != STATUS_OK)
        return status;
    use = malloc(sizeof(*use));
    if (use == NULL)
        return no_memory(error);
    *use = (struct mapping_use){node->uses, target, rank};
    node->uses = use;
    return STATUS_OK;
}

static enum status add_text(struct mapping_text **list, struct slice text, uint8_t target,
                            uint8_t rank, struct error *error)
{
    struct mapping_text *added = malloc(sizeof(*added) + text.length + 1);
    char *copy;

    if (added == NULL)
        return no_memory(error);
    copy = (char *)(added + 1);
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    *added = (struct mapping_text){*list, {copy, text.length}, target, rank};
    *list = added;
    return STATUS_OK;
}

static enum status add_each(struct mapping *mapping, const struct place *place, struct error *error)
{
    struct mapping_pointer *grown =
        realloc(mapping->each, (mapping->each_count + 1) * sizeof(*mapping->each));
    struct mapping_pointer *added;

    if (grown == NULL)
        return no_memory(error);
    mapping->each = grown;
    added = &grown[mapping->each_count++];
    added->count = 0;
    for (size_t step = 0; step < place->step_count; step++) {
        char *copy = copy_of(place->steps[step]);

        if (copy == NULL)
            return no_memory(error);
        added->steps[added->count++] = (struct slice){copy, place->steps[step].length};
    }
    return STATUS_OK;
}

/* What is decoded of one text is in the way of another. */
static enum status set_encoded(struct mapping *mapping, const struct place *place,
                               struct error *error)
{
    struct mapping_node *node;
    enum status status = STATUS_OK;

    if (mapping->has_encoded || place->kind != PLACE_POINTER || place->step_count == 0)
        return error_set(error, STATUS_REJECT,
                         "base64: one JSON Pointer, to a text that is JSON in base64");
    status = find_node(mapping, place, &node, error);
    if (status == STATUS_OK)
        node->is_encoded = mapping->has_encoded = true;
    return status;
}

/* ---- places of a key */

/* What is the same in all events can't tell them or their machines apart. */
static bool may_be_constant(int key)
{
    return key == RAW_NAME || key == RAW_COUNTRY || key == RAW_VENDOR || key == RAW_PRODUCT ||
           key == RAW_VERSION || key == RAW_ACTION || key == RAW_OS || key == RAW_SEGMENT;
}

static enum status check_constant(int key, struct slice text, struct error *error)
{
    size_t limit = key == RAW_NAME ? EVENT_NAME_MAX : EVENT_LABEL_MAX;

    if (!may_be_constant(key))
        return error_set(error, STATUS_REJECT,
                         "%s: a text in quotes is the same in all events; only name, country, "
                         "vendor, product, version, action, os and segment may be",
                         key_name(key));
    if (text.length == 0 || text.length > limit)
        return error_set(error, STATUS_REJECT, "%s: a text in quotes has 1 to %zu bytes",
                         key_name(key), limit);
    if (key == RAW_COUNTRY && (text.length != COUNTRY_SIZE - 1 || !country_is_known(text.data)))
        return error_set(error, STATUS_REJECT,
                         "country: \"%.*s\" is no ISO 3166-1 alpha-2 code in upper case",
                         (int)text.length, text.data);
    return STATUS_OK;
}

static enum status add_place(struct mapping *mapping, int key, const struct place *place,
                             uint8_t rank, struct error *error)
{
    enum status status;

    if (key == KEY_EACH && place->kind != PLACE_POINTER)
        return error_set(error, STATUS_REJECT, "each: only a JSON Pointer leads to an array");
    if (key == KEY_EACH)
        return add_each(mapping, place, error);
    if (key == KEY_BASE64)
        return set_encoded(mapping, place, error);
    switch (place->kind) {
    case PLACE_POINTER:
        return add_pointer(mapping, place, (uint8_t)key, rank, error);
    case PLACE_HEADER:
        return add_text(&mapping->headers, place->text, (uint8_t)key, rank, error);
    case PLACE_CONSTANT:
        status = check_constant(key, place->text, error);
        return status == STATUS_OK
                   ? add_text(&mapping->constants, place->text, (uint8_t)key, rank, error)
                   : status;
    case PLACE_NUMBER:
    case PLACE_NULL:
        break;
    }
    return error_set(error, STATUS_REJECT,
                     "%s: a place is /a/json/pointer, header:NAME or \"a text\"", key_name(key));
}

/* The places as they stand in the file, in plain ASCII, cut where there are too many. */
static char *describe(const char *value)
{
    size_t length = strlen(value);
    size_t shown = length < TRIED_SIZE ? length : TRIED_SIZE - 3;
    char *text = malloc(TRIED_SIZE + 1);

    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < shown; i++)
        text[i] = value[i] >= ' ' && value[i] <= '~' ? value[i] : '?';
    strcpy(text + shown, shown < length ? "..." : "");
    return text;
}

/* Calls `add` for each alternative of a value, in order. */
static enum status read_places(struct mapping *mapping, int key, const char *value,
                               struct error *error)
{
    const char *at = value;
    uint8_t rank = 0;

    do {
        struct place place;
        enum status status = place_read(&at, &place, error);

        if (status == STATUS_OK && rank == MAPPING_ALTERNATIVES_MAX)
            status = error_set(error, STATUS_REJECT, "more than %d alternatives",
                               MAPPING_ALTERNATIVES_MAX);
        if (status == STATUS_OK)
            status = add_place(mapping, key, &place, rank++, error);
        if (status != STATUS_OK)
            return status;
    } while (*at != '\0');
    return STATUS_OK;
}

/* ---- lines */

static enum status read_unit(struct mapping *mapping, const char *value, struct error *error)
{
    for (size_t unit = MAPPING_UNIT_S; unit < sizeof(units) / sizeof(units[0]); unit++)
        if (strcmp(units[unit], value) == 0) {
            mapping->unit = (enum mapping_unit)unit;
            return STATUS_OK;
        }
    return error_set(error, STATUS_REJECT,
                     "time.unit is s, ms, us, ns (since 1970) or rfc3339 (text only), not \"%s\"",
                     value);
}

static enum status refuse_key(const char *key, struct error *error)
{
    struct nearest nearest;
    char question[160];
    char all[256] = "";

    nearest_start(&nearest, key);
    for (int each = 0; each < KEYS; each++) {
        nearest_offer(&nearest, key_name(each));
        snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", each > 0 ? ", " : "",
                 key_name(each));
    }
    return error_set(error, STATUS_REJECT, "unknown key \"%s\"%s; there are %s", key,
                     nearest_question(&nearest, "", question, sizeof(question)), all);
}

static enum status read_key(struct mapping *mapping, const char *name, const char *value,
                            struct error *error)
{
    char **tried;
    int key = 0;

    while (key < KEYS && strcmp(key_name(key), name) != 0)
        key++;
    if (key == KEYS)
        return refuse_key(name, error);
    if (mapping->given & 1u << key)
        return error_set(error, STATUS_REJECT,
                         "%s: given twice; alternatives stand in one line, with | between them",
                         name);
    mapping->given |= 1u << key;
    if (key == KEY_UNIT)
        return read_unit(mapping, value, error);
    if (key == KEY_BASE64)
        return read_places(mapping, key, value, error);
    tried = key == KEY_EACH ? &mapping->each_tried : &mapping->tried[key];
    *tried = describe(value);
    if (*tried == NULL)
        return no_memory(error);
    return read_places(mapping, key, value, error);
}

static enum status read_condition_values(struct mapping_condition *condition, const char *value,
                                         struct error *error)
{
    const char *at = value;

    do {
        struct place place;
        struct raw_field *field = &condition->values[condition->count];
        enum status status = place_read(&at, &place, error);

        if (status != STATUS_OK && strchr(value, '"') != NULL)
            return status;
        if (status != STATUS_OK)
            place.kind = PLACE_POINTER;
        if (place.kind == PLACE_NULL) {
            condition->takes_absent = true;
            continue;
        }
        if (place.kind != PLACE_NUMBER && place.kind != PLACE_CONSTANT)
            return error_set(
                error, STATUS_REJECT,
                "%s: what a detection has there is a whole number, \"a text\" in quotes, "
                "or null",
                condition->name);
        if (condition->count == MAPPING_ALTERNATIVES_MAX)
            return error_set(error, STATUS_REJECT, "more than %d values", MAPPING_ALTERNATIVES_MAX);
        *field = (struct raw_field){.type = JSON_INTEGER, .integer = place.number};
        if (place.kind == PLACE_CONSTANT) {
            char *copy = copy_of(place.text);

            if (copy == NULL)
                return no_memory(error);
            *field = (struct raw_field){.type = JSON_STRING, .text = {copy, place.text.length}};
        }
        condition->count++;
    } while (*at != '\0');
    return STATUS_OK;
}

/* Under [only]: places, and the values of which a detection has one there. */
static enum status read_condition(struct mapping *mapping, const char *key, const char *value,
                                  struct error *error)
{
    uint8_t target = (uint8_t)(RAW_NAMES + mapping->condition_count);
    struct mapping_condition *condition;
    const char *at = key;
    uint8_t rank = 0;

    if (mapping->condition_count == MAPPING_CONDITIONS_MAX)
        return error_set(error, STATUS_REJECT, "more than %d conditions", MAPPING_CONDITIONS_MAX);
    condition = &mapping->conditions[mapping->condition_count++];
    condition->name = describe(key);
    if (condition->name == NULL)
        return no_memory(error);
    do {
        struct place place;
        enum status status = place_read(&at, &place, error);

        if (status == STATUS_OK && place.kind != PLACE_POINTER && place.kind != PLACE_HEADER)
            status = error_set(error, STATUS_REJECT,
                               "%s: under [only] stand /a/json/pointer or header:NAME", key);
        if (status == STATUS_OK)
            status = place.kind == PLACE_POINTER
                         ? add_pointer(mapping, &place, target, rank, error)
                         : add_text(&mapping->headers, place.text, target, rank, error);
        if (status != STATUS_OK)
            return status;
    } while (*at != '\0' && ++rank < MAPPING_ALTERNATIVES_MAX);
    return read_condition_values(condition, value, error);
}

enum status mapping_line(void *mapping, const char *section, const char *key, const char *value,
                         struct error *error)
{
    if (*section == '\0')
        return read_key(mapping, key, value, error);
    if (strcmp(section, ONLY_SECTION) == 0)
        return read_condition(mapping, key, value, error);
    return error_set(error, STATUS_REJECT, "unknown section [%s]; there is only [%s]", section,
                     ONLY_SECTION);
}

enum status mapping_finish(const struct mapping *mapping, enum event_kind kind, struct error *error)
{
    static const enum raw_name needed[] = {RAW_TIME, RAW_DEVICE, RAW_NAME};
    const char *all =
        kind == EVENT_HEARTBEAT ? "heartbeat needs time, device" : "event needs time, device, name";

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (mapping->tried[needed[i]] == NULL && (needed[i] != RAW_NAME || kind == EVENT_DETECTION))
            return error_set(error, STATUS_REJECT, "%s is missing; every %s, and ip or country",
                             raw_keys[needed[i]], all);
    if (mapping->tried[RAW_IP] == NULL && mapping->tried[RAW_COUNTRY] == NULL)
        return error_set(error, STATUS_REJECT,
                         "ip and country are missing; every %s, and one of these two", all);
    return STATUS_OK;
}
