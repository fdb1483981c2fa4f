/* Scenario files, and the fleets that come out of them.
 *
 * Any bytes are read as a scenario and as a list of networks. What is accepted keeps within its
 * limits, and a small fleet of it is sent through the decoder: each event gets the fate that the
 * simulator wrote down for it. */
#include "simulate/scenario.h"

#include <stdbool.h>
#include <string.h>

#include <unicode/ustring.h>

#include "check.h"
#include "config/keyfile.h"
#include "ingest/event/decode.h"
#include "matcher.h"
#include "memory_file.h"
#include "simulate/broken.h"
#include "simulate/fleet.h"
#include "simulate/message.h"
#include "simulate/networks.h"
#include "simulate/truth.h"

/* Fleets of more events than this take too long for one input. */
#define EVENTS_MAX 256

static const char network_list[] = "network,iso_code\n"
                                   "203.0.113.0/24,JP\n"
                                   "198.51.100.0/25,US\n"
                                   "2001:db8:1::/48,DE\n"
                                   "192.0.2.128/32,FR\n"
                                   "2001:db8::1/128,FR\n"
                                   "0.0.0.0/0,XK\n"
                                   "::/0,TW\n"
                                   "198.18.0.0/15,ZZ\n";

/* The broken events of the simulator are out of range by centuries. */
static const struct time_policy policy = {INT64_C(-1577923200000000), INT64_C(4102444800000000)};

static struct memory_file file;
static struct networks *networks;
static struct decoder *decoder;

static void prepare(void)
{
    struct error error = {""};

    memory_file_open(&file);
    memory_file_write(&file, network_list, sizeof(network_list) - 1);
    CHECK(networks_read(file.path, &networks, &error) == STATUS_OK, "%s", error.message);
    decoder = decoder_new();
    CHECK(decoder != NULL, "no decoder");
}

/* ---- what an accepted scenario is */

static void check_text(const char *text)
{
    UErrorCode icu = U_ZERO_ERROR;
    int32_t units;

    CHECK(*text != '\0' && strlen(text) < SCENARIO_TEXT_SIZE, "a text of %zu bytes", strlen(text));
    CHECK(strpbrk(text, "\"\\") == NULL, "a text that JSON has to escape");
    u_strFromUTF8(NULL, 0, &units, text, -1, &icu);
    CHECK(icu != U_INVALID_CHAR_FOUND, "a text that is not UTF-8");
    for (; *text != '\0'; text++)
        CHECK((unsigned char)*text >= ' ' && *text != 0x7F, "a control character");
}

static bool matched(const struct words *patterns, const char *name)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (matcher_matches(patterns->items[i], name))
            return true;
    return false;
}

static void check_names(const struct scenario *scenario)
{
    CHECK(scenario->patterns.count > 0 && scenario->names.count > 0, "no threat");
    for (size_t i = 0; i < scenario->names.count; i++) {
        check_text(scenario->names.items[i]);
        CHECK(matched(&scenario->patterns, scenario->names.items[i]), "%s is not of the threat",
              scenario->names.items[i]);
    }
    for (size_t i = 0; i < scenario->background.count; i++) {
        check_text(scenario->background.items[i]);
        CHECK(!matched(&scenario->patterns, scenario->background.items[i]), "%s is of the threat",
              scenario->background.items[i]);
    }
}

static void check_limits(const struct scenario *scenario)
{
    const struct scenario_events *events = &scenario->events;

    check_text(scenario->threat);
    for (size_t i = 0; i < scenario->display_name_count; i++) {
        CHECK(strchr(scenario->display_names[i], '=') != NULL, "a name of no language");
        check_text(strchr(scenario->display_names[i], '=') + 1);
    }
    check_text(scenario->timezone);
    CHECK(events->repeats_min >= 1 && events->repeats_min <= events->repeats_max, "repeats");
    CHECK(events->resent <= 1000 && events->broken <= 1000 && events->country <= 1000, "shares");
    CHECK(events->background == 0 || scenario->background.count > 0, "no background");
    CHECK(scenario->month_count >= 1 && scenario->month_count <= SCENARIO_MONTHS_MAX, "months");
    CHECK(scenario->country_count >= 1 && scenario->country_count <= SCENARIO_COUNTRIES_MAX,
          "countries");
    for (size_t i = 0; i < scenario->country_count; i++)
        CHECK(networks_has(networks, scenario->countries[i].code), "a country without network");
}

/* ---- the fleet */

/* How many events there can be, or more than EVENTS_MAX. */
static uint64_t most_events(const struct scenario *scenario)
{
    uint64_t infections = 0;

    for (size_t i = 0; i < scenario->country_count; i++)
        for (size_t month = 0; month < scenario->month_count; month++)
            infections += scenario->countries[i].infections[month];

    uint64_t detections = infections * scenario->events.repeats_max;

    return detections + detections * (scenario->events.background + scenario->events.broken) / 1000;
}

struct identity {
    int64_t time_us;
    uint8_t device[16];
    uint8_t id[16];
};

struct tally {
    struct identity accepted[4 * EVENTS_MAX];
    size_t accepted_count; /* different ones */
    size_t rejected;
};

static void note_accepted(struct tally *tally, const struct event *event)
{
    struct identity identity = {.time_us = event->time_us};

    memcpy(identity.device, event->device, sizeof(identity.device));
    memcpy(identity.id, event->id, sizeof(identity.id));
    for (size_t i = 0; i < tally->accepted_count; i++)
        if (memcmp(&tally->accepted[i], &identity, sizeof(identity)) == 0)
            return;
    tally->accepted[tally->accepted_count++] = identity;
}

static void send(const struct scenario *scenario, const struct sighting *sighting,
                 struct tally *tally)
{
    static struct message message;
    struct rejection why = {REJECT_REASONS, ""};
    struct event event;

    message_write(scenario, networks, sighting, NULL, &message);

    enum status status =
        decode_event(decoder, message.value.data, message.value.length, &policy, &event, &why);

    if (sighting->kind == SIGHTING_BROKEN) {
        const char *reason = broken_kinds[sighting->broken].reason;

        CHECK(status == STATUS_REJECT && strcmp(reject_reason_name(why.reason), reason) == 0,
              "%s expected: %.*s", reason, (int)message.value.length, message.value.data);
        tally->rejected++;
        return;
    }
    CHECK(status == STATUS_OK, "%s: %.*s", why.detail, (int)message.value.length,
          message.value.data);
    note_accepted(tally, &event);
}

static void check_fleet(const struct scenario *scenario)
{
    static struct tally tally;
    struct error error = {""};
    struct fleet *fleet = NULL;
    month_t last = scenario->first_month + (month_t)scenario->month_count;

    /* kansen takes events since 2000. */
    if (most_events(scenario) > EVENTS_MAX || scenario->first_month < month_from(2000, 2) ||
        last > month_from(2099, 1))
        return;
    CHECK(fleet_plan(scenario, false, &fleet, &error) == STATUS_OK, "%s", error.message);
    CHECK(fleet->count <= 4 * EVENTS_MAX, "%zu events", fleet->count);
    tally.accepted_count = 0;
    tally.rejected = 0;
    for (size_t i = 0; i < fleet->count; i++)
        send(scenario, &fleet->sightings[i], &tally);
    CHECK(tally.accepted_count == truth_accepted(fleet->truth, scenario),
          "%zu accepted events that differ", tally.accepted_count);
    CHECK(tally.rejected == truth_rejected(fleet->truth), "%zu rejected events", tally.rejected);
    fleet_free(fleet);
}

/* ---- the whole */

static void check_message(enum status status, const struct error *error)
{
    CHECK(status == STATUS_REJECT, "status %d", (int)status);
    CHECK(strncmp(error->message, file.path, strlen(file.path)) == 0, "%s", error->message);
    CHECK(strlen(error->message) > strlen(file.path) + 2, "no reason");
}

struct patterns {
    char words[8192];
    bool fits;
};

static enum status note_patterns(void *context, const char *section, const char *key,
                                 const char *value, struct error *error)
{
    struct patterns *patterns = context;

    (void)error;
    if (strcmp(section, "threat") != 0 || strcmp(key, "match") != 0)
        return STATUS_OK;
    patterns->fits = strlen(value) < sizeof(patterns->words);
    snprintf(patterns->words, sizeof(patterns->words), "%s", value);
    return STATUS_OK;
}

static bool any_matches(struct patterns *patterns, const char *name)
{
    char *rest = NULL;

    for (char *word = strtok_r(patterns->words, " \t", &rest); word != NULL;
         word = strtok_r(NULL, " \t", &rest))
        if (matcher_matches(word, name))
            return true;
    return false;
}

/* "PATH: NAME is matched by no pattern of the threat", or by a pattern: is it? */
static void check_refused_name(const struct error *error)
{
    static const char middle[] = " is matched by ";
    struct patterns patterns = {"", false};
    struct error unused;
    char name[ERROR_MESSAGE_SIZE];
    const char *found = strstr(error->message, middle);
    const char *start = error->message + strlen(file.path) + strlen(": ");

    /* Behind a number of a line, somebody else's words. */
    if (found == NULL || strncmp(start - 2, ": ", 2) != 0)
        return;
    snprintf(name, sizeof(name), "%.*s", (int)(found - start), start);
    CHECK(keyfile_read(file.path, note_patterns, &patterns, &unused) == STATUS_OK, "unreadable");
    if (patterns.fits)
        CHECK(any_matches(&patterns, name) == (strncmp(found + strlen(middle), "no ", 3) != 0),
              "%s", error->message);
}

static void read_as_networks(void)
{
    struct networks *list = NULL;
    struct error error = {""};
    enum status status = networks_read(file.path, &list, &error);

    if (status != STATUS_OK) {
        check_message(status, &error);
        return;
    }
    for (char one = 'A'; one <= 'Z'; one++) {
        for (char other = 'A'; other <= 'Z'; other++) {
            const char country[] = {one, other, '\0'};
            struct prng prng = prng_for(1, 2, 3);
            char text[ADDRESS_TEXT_SIZE];

            if (networks_has(list, country))
                CHECK(networks_address(list, country, &prng, text) == strlen(text), "%s", text);
        }
    }
    networks_free(list);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct scenario *scenario = NULL;
    struct error error = {""};

    if (*file.path == '\0')
        prepare();
    memory_file_write(&file, data, size);
    read_as_networks();

    enum status status = scenario_read(file.path, networks, &scenario, &error);

    if (status != STATUS_OK) {
        check_message(status, &error);
        check_refused_name(&error);
        return 0;
    }
    check_limits(scenario);
    check_names(scenario);
    check_fleet(scenario);
    scenario_free(scenario);
    return 0;
}
