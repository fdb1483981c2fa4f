/* A message of another format is walked once along the tree of the mapping's pointers. */
#include "ingest/event/mapped.hh"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "ingest/event/elements.h"
#include "ingest/event/key_head.h"
#include "ingest/event/repeated_key.hh"

/* What is not there yet has the last rank. */
static constexpr uint8_t rank_none = UINT8_MAX;

struct walk {
    const struct mapping *mapping;
    struct raw_field *fields;                            /* of raw */
    struct raw_field conditions[MAPPING_CONDITIONS_MAX]; /* what stands there */
    uint8_t ranks[MAPPING_TARGETS];
    const struct mapping_node *twice; /* a member that is there twice; NULL: none */
    bool has_text;                    /* of raw */
    const struct mapped_encoded *encoded;
    struct rejection *why;      /* of encoded_status */
    enum status encoded_status; /* of the text in base64, if there is one */
};

/* ---- times */

/* The end of the year 9999, as far as times are written. Numbers beyond it are rejected as it is.
 */
static constexpr double microseconds_max = 253402300799e6;

/* As near as a double is, which is exact to the microsecond for seconds until 2100. */
static int64_t round_time(double microseconds)
{
    return std::llround(std::clamp(microseconds, -microseconds_max, microseconds_max));
}

/* As numbers are expected; a nullptr: in milliseconds, as in kansen's own format. */
static constexpr const char *unit_names[] = {nullptr,        "seconds",     nullptr,
                                             "microseconds", "nanoseconds", "RFC 3339 times"};

/* A number that stands for a time becomes microseconds, by the unit of the mapping. */
static void convert_time(enum mapping_unit unit, struct raw_field *field)
{
    static constexpr int64_t factors[] = {1, 1000000, 1000, 1, 1, 1};
    double number =
        field->type == JSON_INTEGER ? static_cast<double>(field->integer) : field->number;
    int64_t factor = factors[unit];

    if (unit == MAPPING_UNIT_NONE || (field->type != JSON_INTEGER && field->type != JSON_NUMBER))
        return;
    if (unit == MAPPING_UNIT_RFC3339) {
        field->type = JSON_NO_TIME;
        return;
    }
    if (unit == MAPPING_UNIT_NS && field->type == JSON_INTEGER)
        field->integer = field->integer / 1000 - (field->integer % 1000 < 0);
    else if (unit == MAPPING_UNIT_NS)
        field->integer = round_time(number / 1000);
    else if (field->type == JSON_INTEGER &&
             std::fabs(number) < microseconds_max / static_cast<double>(factor))
        field->integer *= factor;
    else
        field->integer = round_time(number * static_cast<double>(factor));
    field->type = JSON_MICROSECONDS;
}

/* ---- the walk */

static struct raw_field *place_of(struct walk *walk, uint8_t target)
{
    return target < RAW_NAMES ? &walk->fields[target] : &walk->conditions[target - RAW_NAMES];
}

static void use_value(struct walk *walk, const struct mapping_node *node,
                      simdjson::dom::element value)
{
    struct raw_field field = mapped_field(value);

    if (field.type == JSON_ABSENT)
        return;
    for (const struct mapping_use *use = node->uses; use != nullptr; use = use->next) {
        if (use->rank >= walk->ranks[use->target])
            continue;
        walk->ranks[use->target] = use->rank;
        *place_of(walk, use->target) = field;
        if (use->target == RAW_TIME)
            convert_time(walk->mapping->unit, place_of(walk, RAW_TIME));
    }
}

/* NULL: no pointer names the key. */
static const struct mapping_node *find_child(const struct mapping_node *node, std::string_view key)
{
    uint64_t head = key_head(key.data(), key.size());
    uint64_t tail = key_tail(key.data(), key.size());
    size_t slot = mapping_slot(head, key.size());

    if (node->slots == nullptr)
        return nullptr;
    for (const struct mapping_node *child; (child = node->slots[slot]) != nullptr;
         slot = (slot + 1) % MAPPING_SLOTS)
        if (child->key_head == head && child->key_length == key.size() && child->key_tail == tail &&
            (key.size() <= 2 * KEY_HEAD_SIZE ||
             std::memcmp(child->key, key.data(), key.size()) == 0))
            return child;
    return nullptr;
}

static void walk_into(struct walk *walk, const struct mapping_node *node,
                      simdjson::dom::element value);

static inline void walk_value(struct walk *walk, const struct mapping_node *node,
                              simdjson::dom::element value)
{
    if (node->uses != nullptr)
        use_value(walk, node, value);
    if (node->first_child != nullptr)
        walk_into(walk, node, value);
}

/* Members that no pointer names are added to unknown, unless that is null; the number of them is
 * returned. */
static size_t walk_object(struct walk *walk, const struct mapping_node *node,
                          simdjson::dom::object object, std::string_view *unknown)
{
    size_t unknown_count = 0;
    uint64_t seen = 0;

    for (simdjson::dom::key_value_pair member : object) {
        const struct mapping_node *child = find_child(node, member.key);

        if (child == nullptr) {
            if (unknown != nullptr)
                unknown[unknown_count++] = member.key;
            continue;
        }
        if (seen >> child->number & 1)
            walk->twice = child;
        seen |= UINT64_C(1) << child->number;
        walk_value(walk, child, member.value);
    }
    return unknown_count;
}

static bool is_number(int64_t number, std::string_view digits)
{
    char text[24];
    std::to_chars_result end = std::to_chars(text, text + sizeof(text), number);

    return digits == std::string_view(text, static_cast<size_t>(end.ptr - text));
}

/* Has the element the member that the step asks for? */
static bool is_chosen(const struct mapping_node *node, simdjson::dom::element element)
{
    std::string_view wanted(node->chosen_value.data, node->chosen_value.length);
    simdjson::dom::element value;
    std::string_view text;
    int64_t number;

    if (element.at_key({node->chosen_by.data, node->chosen_by.length}).get(value) !=
        simdjson::SUCCESS)
        return false;
    if (value.get(text) == simdjson::SUCCESS)
        return text == wanted;
    return value.get(number) == simdjson::SUCCESS && is_number(number, wanted);
}

static void walk_array(struct walk *walk, const struct mapping_node *node,
                       simdjson::dom::array array)
{
    uint32_t left = node->child_count;
    uint64_t found = 0;
    int32_t place = 0;

    for (simdjson::dom::element element : array) {
        for (const struct mapping_node *child = node->first_child; child != nullptr;
             child = child->next) {
            if (found >> child->number & 1)
                continue;
            if (child->chosen_by.data == nullptr ? child->index != place
                                                 : !is_chosen(child, element))
                continue;
            found |= UINT64_C(1) << child->number;
            left--;
            walk_value(walk, child, element);
        }
        if (left == 0)
            break;
        place++;
    }
}

static void walk_text(struct walk *walk, const struct mapping_node *node, std::string_view text)
{
    simdjson::dom::object object;

    if (!node->is_encoded) {
        walk->has_text |= !text.empty() && text.front() == '{';
        return;
    }
    walk->encoded_status = walk->encoded->open(walk->encoded->context, text, &object, walk->why);
    if (walk->encoded_status == STATUS_OK)
        walk_object(walk, node, object, nullptr);
    else
        rejection_add(walk->why, " (in %.40s)", node->key);
}

/* As deep as the pointers are. */
static void walk_into(struct walk *walk, const struct mapping_node *node,
                      simdjson::dom::element value)
{
    simdjson::dom::object object;
    simdjson::dom::array array;
    std::string_view text;

    switch (value.type()) {
    case simdjson::dom::element_type::OBJECT:
        if (value.get(object) == simdjson::SUCCESS)
            walk_object(walk, node, object, nullptr);
        break;
    case simdjson::dom::element_type::ARRAY:
        if (value.get(array) == simdjson::SUCCESS)
            walk_array(walk, node, array);
        break;
    case simdjson::dom::element_type::STRING:
        if (value.get(text) == simdjson::SUCCESS)
            walk_text(walk, node, text);
        break;
    default:
        break;
    }
}

/* ---- headers and fixed texts */

static struct raw_field text_field(struct slice text)
{
    struct raw_field field = {};

    field.type = JSON_STRING;
    field.text = text;
    return field;
}

static enum status read_headers(struct walk *walk, const struct mapped_headers *headers,
                                struct rejection *why)
{
    for (const struct mapping_text *header = walk->mapping->headers; header != nullptr;
         header = header->next) {
        struct slice value = {nullptr, 0};
        size_t count = headers->find == nullptr || header->rank >= walk->ranks[header->target]
                           ? 0
                           : headers->find(headers->context, header->text, &value);

        if (count == 0 || value.data == nullptr)
            continue;
        if (count > 1)
            return rejection_set(why, REJECT_DUPLICATE_KEY,
                                 "a header that is read: more than once");
        if (std::memchr(value.data, '\0', value.length) != nullptr)
            return rejection_set(why, REJECT_NUL, "NUL in a header");
        if (!simdjson::validate_utf8(value.data, value.length))
            return rejection_set(why, REJECT_BAD_UTF8, "a header that is not UTF-8");
        walk->ranks[header->target] = header->rank;
        *place_of(walk, header->target) = text_field(value);
    }
    return STATUS_OK;
}

static void read_constants(struct walk *walk)
{
    for (const struct mapping_text *constant = walk->mapping->constants; constant != nullptr;
         constant = constant->next)
        if (constant->rank < walk->ranks[constant->target]) {
            walk->ranks[constant->target] = constant->rank;
            *place_of(walk, constant->target) = text_field(constant->text);
        }
}

/* ---- conditions */

static bool is_same(const struct raw_field *one, const struct raw_field *other)
{
    if (one->type != other->type)
        return false;
    if (one->type == JSON_INTEGER)
        return one->integer == other->integer;
    return one->text.length == other->text.length &&
           std::memcmp(one->text.data, other->text.data, one->text.length) == 0;
}

static enum status check_conditions(const struct walk *walk, struct rejection *why)
{
    for (size_t i = 0; i < walk->mapping->condition_count; i++) {
        const struct mapping_condition *condition = &walk->mapping->conditions[i];
        const struct raw_field *found = &walk->conditions[i];
        bool met = found->type == JSON_ABSENT && condition->takes_absent;

        if (found->type == JSON_ABSENT && !met)
            return rejection_set(why, REJECT_NOT_A_DETECTION, REJECTION_NOTHING_AT "%s",
                                 condition->name);
        for (size_t value = 0; value < condition->count && !met; value++)
            met = is_same(found, &condition->values[value]);
        if (!met)
            return rejection_set(why, REJECT_NOT_A_DETECTION,
                                 "the value at %s is not one of a detection", condition->name);
    }
    return STATUS_OK;
}

/* ---- the whole */

static enum status reject_twice(const struct mapping_node *node, struct rejection *why)
{
    char name[64];
    size_t length = std::min(node->key_length, sizeof(name) - 1);

    std::transform(node->key, node->key + length, name,
                   [](char byte) { return byte >= ' ' && byte <= '~' ? byte : '?'; });
    name[length] = '\0';
    return rejection_set(why, REJECT_DUPLICATE_KEY, "%s: more than once", name);
}

enum status mapped_read(const struct mapping *mapping, simdjson::dom::object object,
                        const struct mapped_headers *headers, const struct mapped_encoded *encoded,
                        std::string_view *scratch, struct raw_event *raw, struct rejection *why)
{
    struct walk walk;

    walk.mapping = mapping;
    walk.fields = raw->fields;
    walk.twice = nullptr;
    walk.has_text = false;
    walk.encoded = encoded;
    walk.why = why;
    walk.encoded_status = STATUS_OK;
    std::memset(walk.conditions, 0, mapping->condition_count * sizeof(walk.conditions[0]));
    std::memset(walk.ranks, rank_none, sizeof(walk.ranks));
    raw->tried = mapping->tried;
    raw->time_unit = unit_names[mapping->unit];

    size_t unknown = walk_object(&walk, &mapping->root, object, scratch);

    if (walk.encoded_status != STATUS_OK)
        return walk.encoded_status;
    raw->has_text = walk.has_text;
    if (walk.twice != nullptr)
        return reject_twice(walk.twice, why);
    if (repeated_key(scratch, scratch + unknown) != scratch + unknown)
        return rejection_set(why, REJECT_DUPLICATE_KEY, "a key that is not read: more than once");
    if (read_headers(&walk, headers, why) != STATUS_OK)
        return STATUS_REJECT;
    read_constants(&walk);
    return check_conditions(&walk, why);
}

/* ---- the array that holds the events */

/* One step of a pointer, in the tree and in the text. False: it leads nowhere. */
static bool take_step(struct slice step, simdjson::dom::element *value, struct slice *text)
{
    std::string_view key(step.data, step.length);
    simdjson::dom::object object;
    simdjson::dom::array array;
    size_t place = 0;

    if (value->get(object) == simdjson::SUCCESS) {
        for (simdjson::dom::key_value_pair member : object) {
            if (member.key == key) {
                *value = member.value;
                return elements_take_member(text, place);
            }
            place++;
        }
        return false;
    }
    if (value->get(array) != simdjson::SUCCESS)
        return false;
    for (simdjson::dom::element element : array) {
        if (is_number(static_cast<int64_t>(place), key)) {
            *value = element;
            return elements_take(text, place);
        }
        place++;
    }
    return false;
}

static bool follow(const struct mapping_pointer *pointer, simdjson::dom::element *value,
                   struct slice *text)
{
    for (size_t step = 0; step < pointer->count; step++)
        if (!take_step(pointer->steps[step], value, text))
            return false;
    return !value->is_null();
}

enum status mapped_find_each(const struct mapping *mapping, simdjson::dom::element root,
                             struct slice *array, struct rejection *why)
{
    for (size_t i = 0; i < mapping->each_count; i++) {
        simdjson::dom::element value = root;
        simdjson::dom::array elements;
        struct slice text = *array;

        if (!follow(&mapping->each[i], &value, &text))
            continue;
        if (value.get(elements) != simdjson::SUCCESS)
            return rejection_set(why, REJECT_WRONG_TYPE, "each: must be an array, is %s",
                                 json_type_name(mapped_field(value).type));
        if (elements.size() == 0)
            return rejection_set(why, REJECT_EMPTY, "each: an array without elements");
        *array = text;
        return STATUS_OK;
    }
    return rejection_set(why, REJECT_MISSING_FIELD, "each: missing or null; looked at %s",
                         mapping->each_tried);
}
