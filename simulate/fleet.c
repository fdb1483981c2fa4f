#include "simulate/fleet.h"

#include <stdlib.h>
#include <string.h>

#include "simulate/broken.h"
#include "simulate/prng.h"
#include "simulate/zone.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS (24 * 60 * MINUTE_MS)

/* How far an event out of order is displaced, either way. */
#define DISORDER_MS (10 * MINUTE_MS)
/* A producer that lost an answer sends again soon … */
#define RESEND_SOON_MS (5 * MINUTE_MS)
/* … but a quarter of the resends come from a restored queue, up to so long after the last month. */
#define RESEND_LATEST_MS (30 * DAY_MS)

/* What a sequence of random numbers is for. */
enum purpose {
    PURPOSE_DEVICE = 1,
    PURPOSE_ARRIVAL,
    PURPOSE_BACKGROUND,
    PURPOSE_BROKEN,
    PURPOSE_HEARTBEAT,
    PURPOSE_COVERAGE
};

/* Infected devices of one month and country. */
struct roster {
    uint32_t *devices; /* owned */
    size_t count;
    size_t front; /* front to back - 1 have not been taken over into the next month yet */
    size_t back;
};

struct plan {
    const struct scenario *scenario;
    struct fleet *fleet;
    struct truth *truth;
    size_t capacity;
    uint32_t devices;        /* infected so far */
    struct roster *rosters;  /* by country, of the month being planned */
    struct roster *previous; /* of the month before */
    int64_t starts_ms[SCENARIO_MONTHS_MAX + 1];
};

/* ---- adding a sighting to the stream */

static enum status append(struct plan *plan, struct sighting sighting, struct error *error)
{
    struct fleet *fleet = plan->fleet;

    if (fleet->count == UINT32_MAX)
        return error_set(error, STATUS_REJECT, "%s: more than %u events", plan->scenario->name,
                         UINT32_MAX);
    if (fleet->count == plan->capacity) {
        size_t capacity = plan->capacity == 0 ? 4096 : plan->capacity * 2;
        struct sighting *grown = realloc(fleet->sightings, capacity * sizeof(*grown));

        if (grown == NULL)
            return error_set(error, STATUS_FATAL, "out of memory for %zu events", capacity);
        fleet->sightings = grown;
        plan->capacity = capacity;
    }
    sighting.sequence = (uint32_t)fleet->count;
    fleet->sightings[fleet->count++] = sighting;
    return STATUS_OK;
}

/* Gives the sighting its place in the stream, and a second one if it is sent again. */
static enum status send_event(struct plan *plan, struct sighting sighting, struct error *error)
{
    const struct scenario_events *events = &plan->scenario->events;
    int64_t latest_ms = plan->starts_ms[plan->scenario->month_count] + RESEND_LATEST_MS;
    struct prng prng = prng_for(plan->scenario->seed, PURPOSE_ARRIVAL, plan->fleet->count);
    enum status status;

    sighting.arrival_ms = sighting.time_ms;
    if (prng_chance(&prng, events->out_of_order))
        sighting.arrival_ms += (int64_t)prng_below(&prng, 2 * DISORDER_MS) - DISORDER_MS;
    if (prng_chance(&prng, events->late))
        sighting.arrival_ms += prng_below(&prng, (uint32_t)(events->late_days * DAY_MS));
    status = append(plan, sighting, error);
    if (status != STATUS_OK || !prng_chance(&prng, events->resent))
        return status;

    int64_t minutes_left = (latest_ms - sighting.arrival_ms) / MINUTE_MS;

    if (prng_chance(&prng, 250) && minutes_left > 0)
        sighting.arrival_ms += prng_below(&prng, (uint32_t)minutes_left) * MINUTE_MS;
    else
        sighting.arrival_ms += prng_below(&prng, RESEND_SOON_MS);
    plan->truth->duplicates++;
    return append(plan, sighting, error);
}

/* An instant in part number `part` of `parts` equal parts of the month: a device's detections come
 * one after the other and never at the same time. */
static int64_t time_in_part(const struct plan *plan, size_t month, uint64_t part, uint64_t parts,
                            struct prng *prng)
{
    int64_t start_ms = plan->starts_ms[month];
    uint64_t length_ms = (uint64_t)(plan->starts_ms[month + 1] - start_ms);
    uint64_t from_ms = length_ms * part / parts;
    uint64_t to_ms = length_ms * (part + 1) / parts;

    return start_ms + (int64_t)from_ms + prng_below(prng, (uint32_t)(to_ms - from_ms));
}

/* ---- an infected device in one month */

struct stay {
    size_t month;
    size_t country; /* of the first detection */
    uint32_t device;
    uint32_t detections;
    uint32_t moves_at; /* first detection from `moves_to`; `detections` when it stays */
    size_t moves_to;
    bool at_start; /* seen in the month's first millisecond */
    bool at_end;   /* … and in its last */
};

static struct stay draw_stay(const struct scenario *scenario, size_t month, size_t country,
                             uint32_t device, struct prng *prng)
{
    const struct scenario_events *events = &scenario->events;
    struct stay stay = {.month = month, .country = country, .device = device};
    bool moves;
    bool at_edges;

    stay.detections =
        events->repeats_min + prng_below(prng, events->repeats_max - events->repeats_min + 1);
    stay.moves_at = stay.detections;
    moves = prng_chance(prng, events->moved);
    at_edges = prng_chance(prng, events->month_edges);
    if (moves && stay.detections > 1 && scenario->country_count > 1) {
        stay.moves_at = 1 + prng_below(prng, stay.detections - 1);
        stay.moves_to = (country + 1 + prng_below(prng, (uint32_t)scenario->country_count - 1)) %
                        scenario->country_count;
    }
    if (at_edges) {
        bool start_alone = prng_chance(prng, 500);

        stay.at_start = stay.detections > 1 || start_alone;
        stay.at_end = stay.detections > 1 || !start_alone;
    }
    return stay;
}

static enum status plan_stay(struct plan *plan, size_t month, size_t country, uint32_t device,
                             struct error *error)
{
    const struct scenario *scenario = plan->scenario;
    struct prng prng =
        prng_for(scenario->seed, PURPOSE_DEVICE, (uint64_t)device << 32 | (uint32_t)month);
    struct stay stay = draw_stay(scenario, month, country, device, &prng);
    struct truth_cell *cells = &plan->truth->cells[month * scenario->country_count];
    enum status status = STATUS_OK;

    cells[country].infections++;
    for (enum scenario_trait trait = 0; trait < SCENARIO_TRAITS; trait++) {
        size_t texts = scenario->traits[trait].count;

        if (texts > 0)
            plan->truth->traits[trait][month * texts + scenario_trait(scenario, trait, device)]++;
    }
    for (uint32_t i = 0; i < stay.detections && status == STATUS_OK; i++) {
        struct sighting sighting = {
            .time_ms = time_in_part(plan, month, i, stay.detections, &prng),
            .device = device,
            .country = (uint16_t)(i < stay.moves_at ? country : stay.moves_to),
            .kind = SIGHTING_THREAT,
        };

        if (stay.at_start && i == 0)
            sighting.time_ms = plan->starts_ms[month];
        if (stay.at_end && i == stay.detections - 1)
            sighting.time_ms = plan->starts_ms[month + 1] - 1;
        cells[sighting.country].detections++;
        status = send_event(plan, sighting, error);
    }
    return status;
}

/* ---- who is infected in a month */

static void take_front(struct roster *from, struct roster *to, size_t count)
{
    for (; count > 0 && from->front < from->back; count--)
        to->devices[to->count++] = from->devices[from->front++];
}

static void take_back(struct roster *from, struct roster *to, size_t count)
{
    for (; count > 0 && from->front < from->back; count--)
        to->devices[to->count++] = from->devices[--from->back];
}

/* Devices of the month before that are infected again: most in the same country, some in the
 * country that follows in the table. */
static void take_over(struct plan *plan)
{
    const struct scenario_events *events = &plan->scenario->events;
    size_t countries = plan->scenario->country_count;

    for (size_t country = 0; country < countries; country++) {
        struct roster *roster = &plan->rosters[country];
        size_t returning = (roster->back * events->returning + 500) / 1000;
        size_t relocated = (returning * events->relocated + 500) / 1000;

        take_front(&plan->previous[country], roster, returning - relocated);
    }
    for (size_t country = 0; country < countries; country++) {
        struct roster *roster = &plan->rosters[country];
        size_t returning = (roster->back * events->returning + 500) / 1000;
        size_t relocated = (returning * events->relocated + 500) / 1000;

        take_back(&plan->previous[(country + countries - 1) % countries], roster, relocated);
    }
}

/* Fills plan->rosters for the month; those of the month before become plan->previous. */
static enum status fill_rosters(struct plan *plan, size_t month, struct error *error)
{
    struct roster *rosters = plan->previous;

    plan->previous = plan->rosters;
    plan->rosters = rosters;
    for (size_t country = 0; country < plan->scenario->country_count; country++) {
        size_t size = plan->scenario->countries[country].infections[month];

        free(rosters[country].devices);
        rosters[country] =
            (struct roster){.devices = calloc(size + 1, sizeof(uint32_t)), .back = size};
        if (rosters[country].devices == NULL)
            return error_set(error, STATUS_FATAL, "out of memory for %zu devices", size);
    }
    take_over(plan);
    for (size_t country = 0; country < plan->scenario->country_count; country++) {
        struct roster *roster = &rosters[country];

        while (roster->count < roster->back) {
            roster->devices[roster->count++] = plan->devices++;
            plan->truth->unique_devices[country]++;
        }
        if (plan->devices >= HEALTHY_DEVICE)
            return error_set(error, STATUS_REJECT, "%s: too many devices", plan->scenario->name);
    }
    return STATUS_OK;
}

/* ---- what is no detection of the threat */

/* Half of the background comes from infected devices, so that it must not make an infection
 * earlier or move it to another country. */
static enum status plan_background(struct plan *plan, size_t month, struct error *error)
{
    const struct scenario *scenario = plan->scenario;
    uint32_t countries = (uint32_t)scenario->country_count;
    uint64_t detections = 0;
    enum status status = STATUS_OK;

    for (size_t country = 0; country < countries; country++)
        detections += plan->truth->cells[month * countries + country].detections;

    uint64_t count = detections * scenario->events.background / 1000;

    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        struct prng prng = prng_for(scenario->seed, PURPOSE_BACKGROUND, (uint64_t)month << 40 | i);
        uint32_t country = prng_below(&prng, countries);
        const struct roster *roster = &plan->rosters[prng_below(&prng, countries)];
        struct sighting sighting = {
            .time_ms = time_in_part(plan, month, i, count, &prng),
            .device = BACKGROUND_DEVICE + prng_below(&prng, (uint32_t)(count / 2 + 1)),
            .country = (uint16_t)country,
            .kind = SIGHTING_BACKGROUND,
        };

        if (roster->count > 0 && prng_chance(&prng, 500))
            sighting.device = roster->devices[prng_below(&prng, (uint32_t)roster->count)];
        plan->truth->background[month]++;
        status = send_event(plan, sighting, error);
    }
    return status;
}

static enum status plan_broken(struct plan *plan, bool in_files, struct error *error)
{
    const struct scenario *scenario = plan->scenario;
    size_t kinds = in_files ? broken_kinds_in_files : broken_kinds_count;
    uint64_t count = truth_accepted(plan->truth, scenario) * scenario->events.broken / 1000;
    enum status status = STATUS_OK;

    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        struct prng prng = prng_for(scenario->seed, PURPOSE_BROKEN, i);
        size_t month = prng_below(&prng, (uint32_t)scenario->month_count);
        struct sighting sighting = {
            .time_ms = time_in_part(plan, month, 0, 1, &prng),
            .device = BROKEN_DEVICE + (uint32_t)i % 0x10000000,
            .country = (uint16_t)prng_below(&prng, (uint32_t)scenario->country_count),
            .kind = SIGHTING_BROKEN,
            .broken = (uint8_t)(i % kinds),
        };

        sighting.arrival_ms = sighting.time_ms;
        plan->truth->rejected[sighting.broken]++;
        status = append(plan, sighting, error);
    }
    return status;
}

/* ---- heartbeats */

/* Those of a machine in one month, all from the country in which it is counted. */
static enum status plan_heartbeats(struct plan *plan, size_t month, size_t country, uint32_t device,
                                   struct error *error)
{
    const struct scenario *scenario = plan->scenario;
    struct prng prng =
        prng_for(scenario->seed, PURPOSE_HEARTBEAT, (uint64_t)device << 32 | (uint32_t)month);
    uint32_t spread = scenario->heartbeats.repeats_max - scenario->heartbeats.repeats_min + 1;
    uint32_t count = scenario->heartbeats.repeats_min + prng_below(&prng, spread);
    enum status status = STATUS_OK;

    plan->truth->active.cells[month * scenario->country_count + country]++;
    plan->truth->active.heartbeats += count;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        const struct sighting sighting = {
            .time_ms = time_in_part(plan, month, i, count, &prng),
            .device = device,
            .country = (uint16_t)country,
            .kind = SIGHTING_HEARTBEAT,
        };

        status = send_event(plan, sighting, error);
    }
    return status;
}

/* The infected machines of the country that are active, then the others: the same ones each month,
 * numbered from `healthy` on. */
static enum status plan_active(struct plan *plan, size_t month, size_t country, uint32_t healthy,
                               struct error *error)
{
    const struct scenario *scenario = plan->scenario;
    const struct roster *roster = &plan->rosters[country];
    uint32_t active = scenario->countries[country].active[month];
    enum status status = STATUS_OK;

    for (size_t i = 0; i < roster->count && active > 0 && status == STATUS_OK; i++) {
        struct prng prng = prng_for(scenario->seed, PURPOSE_COVERAGE, roster->devices[i]);

        if (!prng_chance(&prng, scenario->heartbeats.coverage))
            continue;
        plan->truth->active.covered[month]++;
        active--;
        status = plan_heartbeats(plan, month, country, roster->devices[i], error);
    }
    for (uint32_t i = 0; i < active && status == STATUS_OK; i++)
        status = plan_heartbeats(plan, month, country, healthy + i, error);
    return status;
}

/* The most machines that a country has in any month. */
static uint32_t machines_of(const struct scenario *scenario, size_t country)
{
    uint32_t most = 0;

    for (size_t month = 0; month < scenario->month_count; month++)
        if (scenario->countries[country].active[month] > most)
            most = scenario->countries[country].active[month];
    return most;
}

static enum status plan_active_month(struct plan *plan, size_t month, struct error *error)
{
    enum status status = fill_rosters(plan, month, error);
    uint64_t healthy = HEALTHY_DEVICE;

    for (size_t country = 0; country < plan->scenario->country_count && status == STATUS_OK;
         country++) {
        if (healthy + machines_of(plan->scenario, country) >= BACKGROUND_DEVICE)
            return error_set(error, STATUS_REJECT, "%s: too many devices", plan->scenario->name);
        status = plan_active(plan, month, country, (uint32_t)healthy, error);
        healthy += machines_of(plan->scenario, country);
    }
    return status;
}

/* ---- the whole */

static int compare_sightings(const void *left, const void *right)
{
    const struct sighting *a = left;
    const struct sighting *b = right;

    if (a->arrival_ms != b->arrival_ms)
        return a->arrival_ms < b->arrival_ms ? -1 : 1;
    return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

static enum status plan_month(struct plan *plan, size_t month, struct error *error)
{
    enum status status = fill_rosters(plan, month, error);

    for (size_t country = 0; country < plan->scenario->country_count; country++) {
        const struct roster *roster = &plan->rosters[country];

        for (size_t i = 0; i < roster->count && status == STATUS_OK; i++)
            status = plan_stay(plan, month, country, roster->devices[i], error);
    }
    return status == STATUS_OK ? plan_background(plan, month, error) : status;
}

static enum status plan_months(struct plan *plan,
                               enum status (*plan_one)(struct plan *, size_t, struct error *),
                               struct error *error)
{
    const struct scenario *scenario = plan->scenario;
    enum status status = zone_month_starts(scenario->timezone, scenario->first_month,
                                           scenario->month_count, plan->starts_ms, error);

    for (size_t month = 0; month < scenario->month_count && status == STATUS_OK; month++)
        status = plan_one(plan, month, error);
    return status;
}

static void sort_sightings(struct fleet *fleet)
{
    if (fleet->count > 0)
        qsort(fleet->sightings, fleet->count, sizeof(struct sighting), compare_sightings);
}

static void free_rosters(struct roster *rosters, size_t count)
{
    for (size_t i = 0; rosters != NULL && i < count; i++)
        free(rosters[i].devices);
    free(rosters);
}

static enum status begin_plan(const struct scenario *scenario, struct plan *plan,
                              struct error *error)
{
    enum status status;

    *plan = (struct plan){.scenario = scenario};
    plan->fleet = calloc(1, sizeof(*plan->fleet));
    plan->rosters = calloc(scenario->country_count, sizeof(*plan->rosters));
    plan->previous = calloc(scenario->country_count, sizeof(*plan->previous));
    if (plan->fleet == NULL || plan->rosters == NULL || plan->previous == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    status = truth_new(scenario, &plan->fleet->truth, error);
    if (status == STATUS_OK)
        plan->truth = plan->fleet->truth;
    return status;
}

static enum status end_plan(struct plan *plan, enum status status, struct fleet **out)
{
    free_rosters(plan->rosters, plan->scenario->country_count);
    free_rosters(plan->previous, plan->scenario->country_count);
    if (status != STATUS_OK) {
        fleet_free(plan->fleet);
        return status;
    }
    sort_sightings(plan->fleet);
    *out = plan->fleet;
    return STATUS_OK;
}

enum status fleet_plan(const struct scenario *scenario, bool in_files, struct fleet **out,
                       struct error *error)
{
    struct plan plan;
    enum status status = begin_plan(scenario, &plan, error);

    if (status == STATUS_OK)
        status = plan_months(&plan, plan_month, error);
    if (status == STATUS_OK)
        status = plan_broken(&plan, in_files, error);
    return end_plan(&plan, status, out);
}

enum status fleet_plan_heartbeats(const struct scenario *scenario, struct fleet **out,
                                  struct error *error)
{
    struct plan plan;
    enum status status;

    if (scenario->heartbeats.repeats_max == 0)
        return error_set(
            error, STATUS_REJECT,
            "%s: the fleet sends no heartbeats; [heartbeats] with repeats and a row for "
            "each country says how many",
            scenario->name);
    status = begin_plan(scenario, &plan, error);
    if (status == STATUS_OK)
        status = plan_months(&plan, plan_active_month, error);
    return end_plan(&plan, status, out);
}

uint32_t fleet_part(const struct sighting *sighting, uint32_t parts)
{
    return sighting->kind == SIGHTING_BROKEN ? 0 : sighting->device % parts;
}

void fleet_free(struct fleet *fleet)
{
    if (fleet == NULL)
        return;
    truth_free(fleet->truth);
    free(fleet->sightings);
    free(fleet);
}
