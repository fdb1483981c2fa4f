/* A simulated fleet: repeatable, and exactly what its truth says. The truth is checked by counting
 * the events' own bytes again here, with none of kansen's code in between. */
#include "simulate/fleet.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ingest/event/decode.h"
#include "published_figures.h"
#include "simulate/broken.h"
#include "simulate/message.h"
#include "simulate/networks.h"
#include "simulate/prng.h"
#include "simulate/zone.h"

#define NETWORKS "simulate/geo/networks.csv"
#define SMALL "simulate/scenarios/small.scenario"
#define PUBLISHED "simulate/scenarios/bitcoin-miner-2013.scenario"
/* FNV-1a of all bytes of the small scenario. It may change only together with a reason to change
 * the fleets of all scenarios, which the changelog must then name. */
#define SMALL_HASH UINT64_C(15520813132241790820)

static struct networks *networks;
static struct message message;

static void set_up(void)
{
    struct error error;

    ck_assert_msg(networks_read(NETWORKS, &networks, &error) == STATUS_OK, "%s", error.message);
}

static void tear_down(void)
{
    networks_free(networks);
}

static struct scenario *read_scenario(const char *path)
{
    struct scenario *scenario = NULL;
    struct error error;

    ck_assert_msg(scenario_read(path, networks, &scenario, &error) == STATUS_OK, "%s",
                  error.message);
    return scenario;
}

static struct fleet *plan_fleet(const struct scenario *scenario, bool in_files)
{
    struct fleet *fleet = NULL;
    struct error error;

    ck_assert_msg(fleet_plan(scenario, in_files, &fleet, &error) == STATUS_OK, "%s", error.message);
    return fleet;
}

static uint64_t hash_events(const struct scenario *scenario, const struct fleet *fleet)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < fleet->count; i++) {
        message_write(scenario, networks, &fleet->sightings[i], NULL, &message);
        for (size_t byte = 0; byte < message.value.length; byte++)
            hash = (hash ^ (uint8_t)message.value.data[byte]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

static uint64_t hash_of_seed(uint64_t seed)
{
    struct scenario *scenario = read_scenario(SMALL);
    uint64_t hash;

    scenario->seed = seed;

    struct fleet *fleet = plan_fleet(scenario, true);

    hash = hash_events(scenario, fleet);
    fleet_free(fleet);
    scenario_free(scenario);
    return hash;
}

START_TEST(the_same_seed_gives_the_same_bytes_everywhere)
{
    ck_assert_uint_eq(hash_of_seed(1), SMALL_HASH);
    ck_assert_uint_eq(hash_of_seed(1), SMALL_HASH);
}
END_TEST

START_TEST(another_seed_gives_another_fleet)
{
    ck_assert_uint_ne(hash_of_seed(1), hash_of_seed(2));
}
END_TEST

/* ---- an independent recount of the good events */

#define ID_SIZE 64

struct record {
    int64_t time_ms;
    char device[ID_SIZE];
    char id[ID_SIZE]; /* the name, for an event without one */
    char country[3];
    size_t month;
    bool threat;
};

/* The text of a field, without quotes; "" when there is none. */
static void field(const char *json, const char *key, char *out, size_t size)
{
    char quoted[32];
    const char *at;
    size_t length;

    snprintf(quoted, sizeof(quoted), "\"%s\":", key);
    at = strstr(json, quoted);
    *out = '\0';
    if (at == NULL)
        return;
    at += strlen(quoted);
    at += *at == '"';
    length = strcspn(at, "\",}");
    ck_assert_uint_lt(length, size);
    memcpy(out, at, length);
    out[length] = '\0';
}

/* Days from 1970-01-01, counted year by year and month by month. */
static int64_t day_number(int year, int month, int day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = day - 1;

    for (int y = 1970; y < year; y++)
        days += y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 366 : 365;
    for (int m = 1; m < month; m++)
        days += lengths[m - 1] + (m == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    return days;
}

static int64_t parse_time(const char *text)
{
    int year, month, day, hour, minute, second, millisecond, east_hours, east_minutes;
    char sign;

    if (strchr(text, 'T') == NULL)
        return strtoll(text, NULL, 10);

    int found = sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%3d%c%2d:%2d", &year, &month, &day, &hour,
                       &minute, &second, &millisecond, &sign, &east_hours, &east_minutes);

    ck_assert_msg(found == 10 || (found == 8 && sign == 'Z'), "%s", text);

    int64_t seconds = day_number(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    int64_t east = found == 10 ? east_hours * 3600 + east_minutes * 60 : 0;

    return (sign == '-' ? seconds + east : seconds - east) * 1000 + millisecond;
}

/* A line of the list of networks, read by hand. */
struct network {
    int family;
    uint8_t address[16];
    int prefix;
    char country[3];
};

static struct network list[1024];
static size_t list_count;

static void read_list(void)
{
    FILE *file = fopen(NETWORKS, "r");
    char line[128];

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        struct network *network = &list[list_count];
        char text[64];

        if (*line == '#' || strchr(line, '/') == NULL)
            continue;
        ck_assert_uint_lt(list_count, sizeof(list) / sizeof(list[0]));
        ck_assert_int_eq(sscanf(line, "%63[^/]/%d,%2s", text, &network->prefix, network->country),
                         3);
        network->family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
        ck_assert_int_eq(inet_pton(network->family, text, network->address), 1);
        list_count++;
    }
    fclose(file);
}

static bool in_network(const struct network *network, int family, const uint8_t *address)
{
    if (network->family != family)
        return false;
    for (int bit = 0; bit < network->prefix; bit++)
        if ((network->address[bit / 8] ^ address[bit / 8]) >> (7 - bit % 8) & 1)
            return false;
    return true;
}

static void country_of(const char *text, char country[3])
{
    uint8_t address[16];
    int family;

    if (list_count == 0)
        read_list();
    if (strncmp(text, "::ffff:", 7) == 0)
        text += 7;
    family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    ck_assert_int_eq(inet_pton(family, text, address), 1);
    for (size_t i = 0; i < list_count; i++)
        if (in_network(&list[i], family, address)) {
            memcpy(country, list[i].country, 3);
            return;
        }
    ck_abort_msg("%s is in no network", text);
}

static void read_record(const char *json, const int64_t *starts_ms, size_t months,
                        struct record *out)
{
    char text[300];

    field(json, "time", text, sizeof(text));
    out->time_ms = parse_time(text);
    for (out->month = 0; out->month < months; out->month++)
        if (out->time_ms < starts_ms[out->month + 1])
            break;
    ck_assert_int_ge(out->time_ms, starts_ms[0]);
    ck_assert_uint_lt(out->month, months);
    field(json, "device", out->device, sizeof(out->device));
    field(json, "country", out->country, sizeof(out->country));
    if (*out->country == '\0') {
        field(json, "ip", text, sizeof(text));
        country_of(text, out->country);
    }
    field(json, "name", text, sizeof(text));
    out->threat =
        strncmp(text, "BKDR_BTMINE", 11) == 0 || strncmp(text, "TROJ_COINMINE", 13) == 0 ||
        strncmp(text, "troj_coinmine", 13) == 0 || strncmp(text, "HKTL_BITCOINMINE", 16) == 0 ||
        strncmp(text, "Hktl_BitcoinMine", 16) == 0 || strcmp(text, "TROJ_マイナーB") == 0;
    field(json, "id", out->id, sizeof(out->id));
    if (*out->id == '\0')
        snprintf(out->id, sizeof(out->id), "%.60s", text);
}

static int compare_records(const void *left, const void *right)
{
    const struct record *a = left;
    const struct record *b = right;
    int order = strcmp(a->device, b->device);

    if (order == 0)
        order = (a->time_ms > b->time_ms) - (a->time_ms < b->time_ms);
    return order != 0 ? order : strcmp(a->id, b->id);
}

static bool same_event(const struct record *a, const struct record *b)
{
    return compare_records(a, b) == 0;
}

static size_t row_of(const struct scenario *scenario, const char *country)
{
    for (size_t i = 0; i < scenario->country_count; i++)
        if (strcmp(scenario->countries[i].code, country) == 0)
            return i;
    ck_abort_msg("%s is not in the scenario", country);
    return 0;
}

/* Records are sorted by device and time. */
static void recount(const struct scenario *scenario, const struct record *records, size_t count,
                    struct truth *out)
{
    const char *device = "";
    int last_month = -1;

    for (size_t i = 0; i < count; i++) {
        const struct record *record = &records[i];
        size_t row = row_of(scenario, record->country);
        struct truth_cell *cell = &out->cells[record->month * scenario->country_count + row];

        if (i > 0 && same_event(record, record - 1)) {
            out->duplicates++;
            continue;
        }
        if (!record->threat) {
            out->background[record->month]++;
            continue;
        }
        cell->detections++;
        if (strcmp(device, record->device) != 0) {
            device = record->device;
            last_month = -1;
            out->unique_devices[row]++;
        }
        if ((int)record->month != last_month)
            cell->infections++;
        last_month = (int)record->month;
    }
}

static void check_truth(const char *path, uint64_t seed)
{
    struct scenario *scenario = read_scenario(path);
    struct truth *counted = NULL;
    struct error error;
    int64_t starts_ms[SCENARIO_MONTHS_MAX + 1];
    size_t count = 0;

    scenario->seed = seed;

    struct fleet *fleet = plan_fleet(scenario, true);
    struct record *records = calloc(fleet->count, sizeof(*records));

    ck_assert_int_eq(truth_new(scenario, &counted, &error), STATUS_OK);
    ck_assert_int_eq(zone_month_starts(scenario->timezone, scenario->first_month,
                                       scenario->month_count, starts_ms, &error),
                     STATUS_OK);
    for (size_t i = 0; i < fleet->count; i++) {
        if (fleet->sightings[i].kind == SIGHTING_BROKEN)
            continue;
        message_write(scenario, networks, &fleet->sightings[i], NULL, &message);
        message.value_text[message.value.length] = '\0';
        read_record(message.value.data, starts_ms, scenario->month_count, &records[count++]);
    }
    qsort(records, count, sizeof(*records), compare_records);
    recount(scenario, records, count, counted);

    const struct truth *truth = fleet->truth;
    size_t cells = scenario->month_count * scenario->country_count;

    for (size_t i = 0; i < cells; i++) {
        ck_assert_uint_eq(counted->cells[i].infections, truth->cells[i].infections);
        ck_assert_uint_eq(counted->cells[i].detections, truth->cells[i].detections);
        ck_assert_uint_eq(truth->cells[i].infections,
                          scenario->countries[i % scenario->country_count]
                              .infections[i / scenario->country_count]);
    }
    for (size_t i = 0; i < scenario->country_count; i++)
        ck_assert_uint_eq(counted->unique_devices[i], truth->unique_devices[i]);
    for (size_t i = 0; i < scenario->month_count; i++)
        ck_assert_uint_eq(counted->background[i], truth->background[i]);
    ck_assert_uint_eq(counted->duplicates, truth->duplicates);
    ck_assert_uint_eq(count, truth_accepted(truth, scenario) + truth->duplicates);
    ck_assert_uint_eq(fleet->count - count, truth_rejected(truth));
    free(records);
    truth_free(counted);
    fleet_free(fleet);
    scenario_free(scenario);
}

START_TEST(the_truth_is_what_the_events_say)
{
    check_truth(SMALL, (uint64_t)_i);
}
END_TEST

START_TEST(the_truth_of_the_published_fleet_is_what_its_events_say)
{
    check_truth(PUBLISHED, 2013);
}
END_TEST

/* ---- the published report */

static const struct {
    const char *country;
    uint64_t infections;
    int share;
} published[] = PUBLISHED_COUNTRIES;

#define RANKED (sizeof(published) / sizeof(published[0]))

START_TEST(the_published_fleet_has_the_published_counts)
{
    static const uint64_t months[] = PUBLISHED_MONTHS;
    struct scenario *scenario = read_scenario(PUBLISHED);
    uint64_t other = 0;
    size_t others = 0;

    ck_assert_int_eq(scenario->first_month, month_from(2013, 9));
    ck_assert_uint_eq(scenario->month_count, 3);
    for (size_t month = 0; month < 3; month++) {
        uint64_t sum = 0;

        for (size_t i = 0; i < scenario->country_count; i++)
            sum += scenario->countries[i].infections[month];
        ck_assert_uint_eq(sum, months[month]);
    }
    for (size_t i = 0; i < scenario->country_count; i++) {
        const uint32_t *counts = scenario->countries[i].infections;
        uint64_t sum = (uint64_t)counts[0] + counts[1] + counts[2];

        if (i < RANKED) {
            ck_assert_str_eq(scenario->countries[i].code, published[i].country);
            ck_assert_uint_eq(sum, published[i].infections);
            continue;
        }
        ck_assert_uint_lt(sum, published[RANKED - 1].infections);
        other += sum;
        others += strcmp(scenario->countries[i].code, COUNTRY_UNKNOWN) != 0;
    }
    ck_assert_uint_eq(other, PUBLISHED_OTHER);
    ck_assert_uint_ge(others, 40);
    scenario_free(scenario);
}
END_TEST

/* ---- broken events */

START_TEST(every_broken_event_is_rejected_for_its_reason)
{
    /* Any time that the simulator may give a good event. */
    const struct time_policy policy = {0, INT64_C(4102444800000000)};
    struct scenario *scenario = read_scenario(SMALL);
    struct fleet *fleet = plan_fleet(scenario, false);
    struct decoder *decoder = decoder_new();
    size_t good = 0;
    bool *seen = calloc(broken_kinds_count, sizeof(*seen));

    for (size_t i = 0; i < fleet->count; i++) {
        const struct sighting *sighting = &fleet->sightings[i];
        const char *expected = "good";
        struct rejection why;
        struct event event;

        message_write(scenario, networks, sighting, NULL, &message);
        if (sighting->kind == SIGHTING_BROKEN) {
            expected = broken_kinds[sighting->broken].reason;
            seen[sighting->broken] = true;
        }
        if (decode_event(decoder, message.value.data, message.value.length, &policy, &event,
                         &why) == STATUS_OK)
            ck_assert_msg(strcmp(expected, "good") == 0, "accepted, not %s: %.*s", expected, 400,
                          message.value.data);
        else
            ck_assert_msg(strcmp(reject_reason_name(why.reason), expected) == 0,
                          "%s (%s), not %s: %.*s", reject_reason_name(why.reason), why.detail,
                          expected, 400, message.value_text);
        good += sighting->kind != SIGHTING_BROKEN;
    }
    ck_assert_uint_eq(good, truth_accepted(fleet->truth, scenario) + fleet->truth->duplicates);
    for (size_t kind = 0; kind < broken_kinds_count; kind++)
        ck_assert_msg(seen[kind], "kind %zu is never sent", kind);
    free(seen);
    decoder_free(decoder);
    fleet_free(fleet);
    scenario_free(scenario);
}
END_TEST

START_TEST(a_line_of_a_file_is_never_empty_and_never_two)
{
    struct scenario *scenario = read_scenario(SMALL);
    struct fleet *fleet = plan_fleet(scenario, true);

    for (size_t i = 0; i < fleet->count; i++) {
        message_write(scenario, networks, &fleet->sightings[i], NULL, &message);
        ck_assert_ptr_nonnull(message.value.data);
        ck_assert_uint_gt(message.value.length, 0);
        ck_assert_ptr_null(memchr(message.value.data, '\n', message.value.length));
    }
    fleet_free(fleet);
    scenario_free(scenario);
}
END_TEST

/* ---- disorder */

/* All of one fleet, compared with its untidy settings. */
START_TEST(events_are_untidy_as_the_scenario_says)
{
    struct scenario *scenario = read_scenario(SMALL);
    struct fleet *fleet = plan_fleet(scenario, true);
    int64_t starts_ms[SCENARIO_MONTHS_MAX + 1];
    struct error error;
    size_t backwards = 0;
    size_t late = 0;
    size_t at_start = 0;
    size_t at_end = 0;

    ck_assert_int_eq(zone_month_starts(scenario->timezone, scenario->first_month,
                                       scenario->month_count, starts_ms, &error),
                     STATUS_OK);
    for (size_t i = 0; i < fleet->count; i++) {
        const struct sighting *sighting = &fleet->sightings[i];

        if (i > 0) {
            ck_assert_int_ge(sighting->arrival_ms, sighting[-1].arrival_ms);
            backwards += sighting->time_ms < sighting[-1].time_ms;
        }
        late += sighting->arrival_ms - sighting->time_ms > INT64_C(24) * 3600 * 1000;
        at_start += sighting->time_ms == starts_ms[1];
        at_end += sighting->time_ms == starts_ms[1] - 1;
    }
    ck_assert_uint_gt(backwards, fleet->count / 20);
    ck_assert_uint_gt(late, fleet->count / 40);
    ck_assert_uint_gt(at_start, 0);
    ck_assert_uint_gt(at_end, 0);
    fleet_free(fleet);
    scenario_free(scenario);
}
END_TEST

START_TEST(a_tidy_scenario_gives_one_event_a_device)
{
    struct scenario *scenario = read_scenario(SMALL);

    scenario->events = (struct scenario_events){.repeats_min = 1, .repeats_max = 1};

    struct fleet *fleet = plan_fleet(scenario, true);

    ck_assert_uint_eq(fleet->count, 320);
    ck_assert_uint_eq(fleet->truth->duplicates, 0);
    for (size_t i = 0; i < fleet->count; i++) {
        ck_assert_int_eq(fleet->sightings[i].arrival_ms, fleet->sightings[i].time_ms);
        ck_assert_int_eq(fleet->sightings[i].kind, SIGHTING_THREAT);
    }
    fleet_free(fleet);
    scenario_free(scenario);
}
END_TEST

/* ---- months */

static const struct {
    const char *timezone;
    int year;
    int month;
    int64_t start; /* seconds; from the zones' published rules */
} starts[] = {
    {"UTC", 2013, 9, 1377993600},
    {"Asia/Tokyo", 2024, 2, 1706713200},        /* 2024-01-31T15:00Z */
    {"Europe/Berlin", 2019, 4, 1554069600},     /* summer time began the day before */
    {"America/Havana", 2015, 11, 1446350400},   /* 1:00 goes back to 0:00: midnight comes twice */
    {"America/St_Johns", 2009, 11, 1257046200}, /* 0:01 goes back to 23:01 of October */
    {"Asia/Amman", 2016, 4, 1459461600},        /* midnight is missing: 0:00 becomes 1:00 */
};

START_TEST(a_month_starts_when_the_one_before_is_over)
{
    int64_t found[2];
    struct error error;

    ck_assert_int_eq(zone_month_starts(starts[_i].timezone,
                                       month_from(starts[_i].year, starts[_i].month), 1, found,
                                       &error),
                     STATUS_OK);
    ck_assert_msg(found[0] == starts[_i].start * 1000, "%s: %lld", starts[_i].timezone,
                  (long long)found[0] / 1000);
}
END_TEST

/* ---- random numbers */

START_TEST(random_numbers_stay_below_their_bound)
{
    struct prng prng = prng_for(1, 2, 3);
    unsigned seen[7] = {0};

    for (int i = 0; i < 7000; i++)
        seen[prng_below(&prng, 7)]++;
    for (int i = 0; i < 7; i++) {
        ck_assert_uint_gt(seen[i], 850);
        ck_assert_uint_lt(seen[i], 1150);
    }
    ck_assert_uint_eq(prng_below(&prng, 0), 0);
    ck_assert_uint_eq(prng_below(&prng, 1), 0);
    ck_assert(!prng_chance(&prng, 0));
    ck_assert(prng_chance(&prng, 1000));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fleet");
    TCase *test_case = tcase_create("fleet");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(test_case, 120);
    tcase_add_unchecked_fixture(test_case, set_up, tear_down);
    tcase_add_test(test_case, the_same_seed_gives_the_same_bytes_everywhere);
    tcase_add_test(test_case, another_seed_gives_another_fleet);
    tcase_add_loop_test(test_case, the_truth_is_what_the_events_say, 0, 10);
    tcase_add_test(test_case, the_truth_of_the_published_fleet_is_what_its_events_say);
    tcase_add_test(test_case, the_published_fleet_has_the_published_counts);
    tcase_add_test(test_case, every_broken_event_is_rejected_for_its_reason);
    tcase_add_test(test_case, a_line_of_a_file_is_never_empty_and_never_two);
    tcase_add_test(test_case, events_are_untidy_as_the_scenario_says);
    tcase_add_test(test_case, a_tidy_scenario_gives_one_event_a_device);
    tcase_add_loop_test(test_case, a_month_starts_when_the_one_before_is_over, 0,
                        sizeof(starts) / sizeof(starts[0]));
    tcase_add_test(test_case, random_numbers_stay_below_their_bound);
    suite_add_tcase(suite, test_case);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
