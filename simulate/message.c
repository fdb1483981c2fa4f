#include "simulate/message.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "simulate/broken.h"
#include "simulate/prng.h"

/* Longest text that a good event's field is made into: a name of 256 bytes and its quotes. */
#define FIELD_TEXT_SIZE (EVENT_NAME_MAX + 8)
#define UUID_LENGTH 36

/* What a sequence of random numbers is for; fleet.c has smaller ones. A kind of sighting is added
 * to PURPOSE_MESSAGE. */
#define PURPOSE_IDENTITY 16
#define PURPOSE_FILE 17
#define PURPOSE_MESSAGE 32

/* A file that carries a malware name is one of so many. */
#define FILES_PER_NAME 32

/* So many events carry a key that nobody knows, their hash, their product. */
#define EXTRA_PER_MILLE 100
#define HASH_PER_MILLE 800
#define PRODUCT_PER_MILLE 950

struct draft {
    struct slice fields[EVENT_FIELDS]; /* JSON values; absent when empty */
    char texts[EVENT_FIELDS][FIELD_TEXT_SIZE];
};

/* ---- pieces of text; each function returns the place behind what it wrote */

static char *put_text(char *at, const char *text)
{
    size_t length = strlen(text);

    memcpy(at, text, length);
    return at + length;
}

static char *put_digits(char *at, int64_t number, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return at + digits;
}

static char *put_hex(char *at, uint64_t bits, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = "0123456789abcdef"[bits & 15];
        bits >>= 4;
    }
    return at + digits;
}

/* A random UUID as RFC 4122 has it: version 4, variant 10. */
static char *put_uuid(char *at, struct prng *prng)
{
    uint64_t high = (prng_next(prng) & ~UINT64_C(0xf000)) | 0x4000;
    uint64_t low = prng_next(prng) >> 2 | UINT64_C(1) << 63;

    at = put_hex(at, high >> 32, 8);
    *at++ = '-';
    at = put_hex(at, high >> 16, 4);
    *at++ = '-';
    at = put_hex(at, high, 4);
    *at++ = '-';
    at = put_hex(at, low >> 48, 4);
    *at++ = '-';
    return put_hex(at, low, 12);
}

/* RFC 3339 with milliseconds, in a zone so many minutes east of UTC. */
static char *put_time(char *at, int64_t time_ms, int offset_minutes)
{
    time_t seconds = (time_t)(time_ms / 1000 + offset_minutes * 60);
    int distance = abs(offset_minutes);
    struct tm local;

    gmtime_r(&seconds, &local);
    at = put_digits(at, local.tm_year + 1900, 4);
    *at++ = '-';
    at = put_digits(at, local.tm_mon + 1, 2);
    *at++ = '-';
    at = put_digits(at, local.tm_mday, 2);
    *at++ = 'T';
    at = put_digits(at, local.tm_hour, 2);
    *at++ = ':';
    at = put_digits(at, local.tm_min, 2);
    *at++ = ':';
    at = put_digits(at, local.tm_sec, 2);
    *at++ = '.';
    at = put_digits(at, time_ms % 1000, 3);
    if (offset_minutes == 0) {
        *at++ = 'Z';
        return at;
    }
    *at++ = offset_minutes < 0 ? '-' : '+';
    at = put_digits(at, distance / 60, 2);
    *at++ = ':';
    return put_digits(at, distance % 60, 2);
}

/* ---- fields of a good event */

static void end_field(struct draft *draft, enum event_field field, const char *end)
{
    draft->fields[field] = (struct slice){draft->texts[field], (size_t)(end - draft->texts[field])};
}

static void set_string(struct draft *draft, enum event_field field, const char *text)
{
    char *at = draft->texts[field];

    *at++ = '"';
    at = put_text(at, text);
    *at++ = '"';
    end_field(draft, field, at);
}

/* The device's identifier, without quotes. Its number makes the ones that are no UUID unique. */
static size_t write_device(const struct scenario *scenario, uint32_t device,
                           char text[MESSAGE_KEY_SIZE])
{
    struct prng prng = prng_for(scenario->seed, PURPOSE_IDENTITY, device);
    char *at = text;

    if (prng_chance(&prng, scenario->events.other_ids)) {
        at = put_text(at, "PC-");
        at = put_hex(at, prng_next(&prng), 4);
        *at++ = '-';
        at = put_digits(at, device, 10);
    } else {
        at = put_uuid(at, &prng);
    }
    *at = '\0';
    return (size_t)(at - text);
}

static void set_id(struct draft *draft, const struct scenario *scenario, struct prng *prng)
{
    char text[UUID_LENGTH + 1];
    char *at = text;

    if (prng_chance(prng, scenario->events.other_ids)) {
        at = put_text(at, "event/");
        at = put_hex(at, prng_next(prng), 16);
        at = put_hex(at, prng_next(prng), 8);
    } else {
        at = put_uuid(at, prng);
    }
    *at = '\0';
    if (!prng_chance(prng, scenario->events.without_id))
        set_string(draft, FIELD_ID, text);
}

static void set_time(struct draft *draft, const struct scenario *scenario, int64_t time_ms,
                     struct prng *prng)
{
    static const int offsets_minutes[] = {9 * 60,      -5 * 60,        60,
                                          5 * 60 + 30, -(3 * 60 + 30), 13 * 60};
    uint32_t places = sizeof(offsets_minutes) / sizeof(offsets_minutes[0]);
    char *at = draft->texts[FIELD_TIME];
    bool integer = prng_chance(prng, scenario->events.integer_time);
    bool offset = prng_chance(prng, scenario->events.time_offset);
    int offset_minutes = offsets_minutes[prng_below(prng, places)];

    if (integer) {
        at += snprintf(at, FIELD_TEXT_SIZE, "%lld", (long long)time_ms);
    } else {
        *at++ = '"';
        at = put_time(at, time_ms, offset ? offset_minutes : 0);
        *at++ = '"';
    }
    end_field(draft, FIELD_TIME, at);
}

static void set_address(struct draft *draft, const struct networks *networks, const char *country,
                        struct prng *prng)
{
    char text[ADDRESS_TEXT_SIZE];

    networks_address(networks, country, prng, text);
    set_string(draft, FIELD_IP, text);
}

/* An address, or the country itself; then half of the events also have an address that lies
 * elsewhere and must not count. What is nowhere can't be said otherwise than by an address. */
static void set_place(struct draft *draft, const struct scenario *scenario,
                      const struct networks *networks, uint16_t country, struct prng *prng)
{
    const char *code = scenario->countries[country].code;
    bool own = prng_chance(prng, scenario->events.country);
    uint32_t elsewhere = prng_below(prng, (uint32_t)scenario->country_count);

    if (!own || strcmp(code, COUNTRY_UNKNOWN) == 0) {
        set_address(draft, networks, code, prng);
        return;
    }
    set_string(draft, FIELD_COUNTRY, code);
    if (prng_chance(prng, 500))
        set_address(draft, networks, scenario->countries[elsewhere].code, prng);
}

/* The same file every time that the variant of the name is drawn. */
static void set_hash(struct draft *draft, const struct scenario *scenario, uint32_t name,
                     uint32_t variant)
{
    struct prng file = prng_for(scenario->seed, PURPOSE_FILE, (uint64_t)name << 32 | variant);
    char *at = draft->texts[FIELD_SHA256];

    *at++ = '"';
    for (int i = 0; i < 4; i++)
        at = put_hex(at, prng_next(&file), 16);
    *at++ = '"';
    end_field(draft, FIELD_SHA256, at);
}

/* What the machine says of itself, in place of what is there. */
static void set_traits(struct draft *draft, const struct scenario *scenario, uint32_t device)
{
    static const enum event_field fields[SCENARIO_TRAITS] = {
        [TRAIT_PRODUCT] = FIELD_PRODUCT,
        [TRAIT_VERSION] = FIELD_VERSION,
        [TRAIT_OS] = FIELD_OS,
        [TRAIT_SEGMENT] = FIELD_SEGMENT,
    };

    for (enum scenario_trait trait = 0; trait < SCENARIO_TRAITS; trait++) {
        const struct choices *choices = &scenario->traits[trait];
        const char *text;

        if (choices->count == 0)
            continue;
        text = choices->items[scenario_trait(scenario, trait, device)].text;
        draft->fields[fields[trait]] = (struct slice){NULL, 0};
        if (*text != '\0')
            set_string(draft, fields[trait], text);
    }
}

static void set_labels(struct draft *draft, struct prng *prng)
{
    static const char *const versions[] = {"11.0.1028", "11.0.2995", "10.6.1180", "12.0.1"};
    static const char *const actions[] = {"quarantined", "cleaned", "deleted", "passed"};
    uint32_t version = prng_below(prng, sizeof(versions) / sizeof(versions[0]));
    uint32_t action = prng_below(prng, sizeof(actions) / sizeof(actions[0]));

    if (prng_chance(prng, PRODUCT_PER_MILLE)) {
        set_string(draft, FIELD_VENDOR, "Example");
        set_string(draft, FIELD_PRODUCT, "Endpoint");
        set_string(draft, FIELD_VERSION, versions[version]);
    }
    set_string(draft, FIELD_ACTION, actions[action]);
    if (prng_chance(prng, EXTRA_PER_MILLE))
        set_string(draft, FIELD_EXTRA, "B-204");
}

/* Who it is, when and where, and what it is. */
static void draft_heartbeat(struct draft *draft, const struct scenario *scenario,
                            const struct networks *networks, const struct sighting *sighting,
                            const char *device)
{
    static const enum event_field others[] = {FIELD_VENDOR, FIELD_ACTION, FIELD_EXTRA};
    struct prng prng = prng_for(
        scenario->seed, (uint64_t)sighting->device << 8 | (PURPOSE_MESSAGE + sighting->kind),
        (uint64_t)sighting->time_ms);

    for (size_t i = 0; i < EVENT_FIELDS; i++)
        draft->fields[i] = (struct slice){NULL, 0};
    set_time(draft, scenario, sighting->time_ms, &prng);
    set_string(draft, FIELD_DEVICE, device);
    set_place(draft, scenario, networks, sighting->country, &prng);
    set_labels(draft, &prng);
    set_traits(draft, scenario, sighting->device);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        draft->fields[others[i]] = (struct slice){NULL, 0};
}

static void draft_event(struct draft *draft, const struct scenario *scenario,
                        const struct networks *networks, const struct sighting *sighting,
                        const char *device)
{
    struct prng prng = prng_for(
        scenario->seed, (uint64_t)sighting->device << 8 | (PURPOSE_MESSAGE + sighting->kind),
        (uint64_t)sighting->time_ms);
    bool background = sighting->kind == SIGHTING_BACKGROUND;
    const struct words *names = background ? &scenario->background : &scenario->names;
    uint32_t name = prng_below(&prng, (uint32_t)names->count);
    uint32_t variant = prng_below(&prng, FILES_PER_NAME);

    for (size_t i = 0; i < EVENT_FIELDS; i++)
        draft->fields[i] = (struct slice){NULL, 0};
    set_id(draft, scenario, &prng);
    set_time(draft, scenario, sighting->time_ms, &prng);
    set_string(draft, FIELD_DEVICE, device);
    set_string(draft, FIELD_NAME, names->items[name]);
    if (sighting->kind == SIGHTING_BROKEN)
        set_address(draft, networks, scenario->countries[sighting->country].code, &prng);
    else
        set_place(draft, scenario, networks, sighting->country, &prng);
    if (prng_chance(&prng, HASH_PER_MILLE))
        set_hash(draft, scenario, background ? name + (uint32_t)scenario->names.count : name,
                 variant);
    set_labels(draft, &prng);
    set_traits(draft, scenario, sighting->device);
}

/* ---- the message */

/* By hand, not by text/json_writer: there are millions of messages, and with a stream a whole
 * simulation took two and a half times as many instructions. */
static char *put_object(char *at, const struct draft *draft)
{
    static const char *const keys[EVENT_FIELDS] = {
        [FIELD_ID] = "\"id\":",           [FIELD_TIME] = "\"time\":",
        [FIELD_DEVICE] = "\"device\":",   [FIELD_NAME] = "\"name\":",
        [FIELD_IP] = "\"ip\":",           [FIELD_COUNTRY] = "\"country\":",
        [FIELD_SHA256] = "\"sha256\":",   [FIELD_VENDOR] = "\"vendor\":",
        [FIELD_PRODUCT] = "\"product\":", [FIELD_VERSION] = "\"version\":",
        [FIELD_ACTION] = "\"action\":",   [FIELD_OS] = "\"os\":",
        [FIELD_SEGMENT] = "\"segment\":", [FIELD_EXTRA] = "\"room\":",
    };
    const char *start = at;

    *at++ = '{';
    for (size_t i = 0; i < EVENT_FIELDS; i++) {
        if (draft->fields[i].length == 0)
            continue;
        if (at != start + 1)
            *at++ = ',';
        at = put_text(at, keys[i]);
        memcpy(at, draft->fields[i].data, draft->fields[i].length);
        at += draft->fields[i].length;
    }
    *at++ = '}';
    return at;
}

/* Fills text with a JSON string of so many letters. */
static struct slice long_string(char *text, size_t letters)
{
    text[0] = '"';
    memset(text + 1, 'x', letters);
    text[letters + 1] = '"';
    return (struct slice){text, letters + 2};
}

static void write_broken(struct draft *draft, const struct broken_kind *kind, struct message *out)
{
    char *end;

    switch (kind->how) {
    case BROKEN_WITHOUT:
        draft->fields[kind->field] = (struct slice){NULL, 0};
        break;
    case BROKEN_VALUE:
        draft->fields[kind->field] = (struct slice){kind->text, strlen(kind->text)};
        break;
    case BROKEN_LONG:
        draft->fields[kind->field] = long_string(out->long_text, kind->length);
        break;
    case BROKEN_MESSAGE:
        memcpy(out->value_text, kind->text, kind->length);
        out->value = (struct slice){out->value_text, kind->length};
        return;
    case BROKEN_NULL:
        out->value = (struct slice){NULL, 0};
        return;
    case BROKEN_END:
        end = put_text(put_object(out->value_text, draft) - kind->length, kind->text);
        out->value = (struct slice){out->value_text, (size_t)(end - out->value_text)};
        return;
    }
    end = put_object(out->value_text, draft);
    out->value = (struct slice){out->value_text, (size_t)(end - out->value_text)};
}

void message_write(const struct scenario *scenario, const struct networks *networks,
                   const struct sighting *sighting, const struct foreign_format *format,
                   struct message *out)
{
    struct draft draft;
    char *end;

    out->key =
        (struct slice){out->key_text, write_device(scenario, sighting->device, out->key_text)};
    if (sighting->kind == SIGHTING_HEARTBEAT)
        draft_heartbeat(&draft, scenario, networks, sighting, out->key_text);
    else
        draft_event(&draft, scenario, networks, sighting, out->key_text);
    if (sighting->kind == SIGHTING_BROKEN) {
        write_broken(&draft, &broken_kinds[sighting->broken], out);
        return;
    }
    end = format == NULL ? put_object(out->value_text, &draft)
                         : foreign_write(format, out->value_text, draft.fields);
    out->value = (struct slice){out->value_text, (size_t)(end - out->value_text)};
}
