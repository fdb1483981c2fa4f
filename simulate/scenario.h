/* A simulated fleet as its file describes it: how many devices are infected in which month and
 * country, and how untidily their events arrive.
 *
 * The file has the sections [simulation], [threat], [background], [events], [machines],
 * [devices] and [heartbeats]; scenarios/small.scenario explains every key. Shares are per mille,
 * whole numbers. */
#ifndef KANSEN_SIMULATE_SCENARIO_H
#define KANSEN_SIMULATE_SCENARIO_H

#include <stddef.h>
#include <stdint.h>

#include "kansen/event.h"
#include "kansen/month.h"
#include "kansen/status.h"
#include "simulate/choices.h"

struct networks;

/* Ten years. */
#define SCENARIO_MONTHS_MAX 120
/* ISO 3166-1 has 249 codes; ZZ and user-assigned ones fit as well. */
#define SCENARIO_COUNTRIES_MAX 300
/* Of one month and country; keeps a typing error from filling memory. */
#define SCENARIO_DEVICES_MAX 10000000
#define SCENARIO_TEXT_SIZE 256

/* Languages in which the threat has a name, and bytes of a language's code. */
#define SCENARIO_LANGUAGES_MAX 32
#define SCENARIO_LANGUAGE_MAX 35

/* Words of one line. */
struct words {
    char *text; /* owned; cut into words */
    const char **items;
    size_t count;
};

struct scenario_country {
    char code[COUNTRY_SIZE];
    uint32_t infections[SCENARIO_MONTHS_MAX];
    uint32_t
        active[SCENARIO_MONTHS_MAX]; /* machines that send heartbeats, infected ones included */
};

/* [events]: what happens to the events, in per mille unless the name says otherwise. */
struct scenario_events {
    uint32_t repeats_min; /* detections of a device in one month */
    uint32_t repeats_max;
    uint32_t background;   /* detections of no threat, in relation to those of the threat */
    uint32_t resent;       /* sent again, identically */
    uint32_t out_of_order; /* displaced by up to ten minutes */
    uint32_t late;         /* arrive up to late_days later */
    uint32_t late_days;
    uint32_t returning;   /* devices of a month that were infected in the month before */
    uint32_t relocated;   /* of those: now in another country */
    uint32_t moved;       /* devices whose later detections in a month come from elsewhere */
    uint32_t month_edges; /* devices seen in the first and last millisecond of the month */
    uint32_t country;     /* carry `country`, half of them with a contradicting ip */
    uint32_t other_ids;   /* devices whose identifier is no UUID */
    uint32_t without_id;
    uint32_t integer_time; /* milliseconds instead of RFC 3339 */
    uint32_t time_offset;  /* RFC 3339 with an offset other than Z */
    uint32_t broken;       /* further events that must be rejected */
};

/* [machines]: what a machine says of itself, the same all along. */
enum scenario_trait { TRAIT_PRODUCT, TRAIT_VERSION, TRAIT_OS, TRAIT_SEGMENT, SCENARIO_TRAITS };

/* The key of each, in the file as in events. */
extern const char *const scenario_traits[SCENARIO_TRAITS];

struct scenario {
    char name[SCENARIO_TEXT_SIZE]; /* of the file, without folder and ending */
    uint64_t seed;
    char timezone[SCENARIO_TEXT_SIZE]; /* where the months are cut */

    char threat[SCENARIO_TEXT_SIZE];
    /* As `threat set --name` takes them: "en=Bitcoin-mining malware". */
    char display_names[SCENARIO_LANGUAGES_MAX][SCENARIO_LANGUAGE_MAX + 1 + SCENARIO_TEXT_SIZE];
    size_t display_name_count;
    struct words patterns;   /* of the threat */
    struct words names;      /* malware names that are detected; the patterns match them */
    struct words background; /* malware names that no pattern matches */

    struct scenario_events events;
    struct choices traits[SCENARIO_TRAITS]; /* count 0: the file doesn't say */

    month_t first_month;
    size_t month_count;
    struct scenario_country *countries; /* in the order of the file */
    size_t country_count;

    /* [heartbeats]; repeats_max 0: the fleet sends none. */
    struct {
        uint32_t repeats_min; /* heartbeats of an active machine in one month */
        uint32_t repeats_max;
        uint32_t coverage; /* infected machines that are active, in per mille */
    } heartbeats;
};

/* Reads and checks the file; every country must have a network. The caller frees *out.
 * STATUS_REJECT names FILE:LINE, or FILE alone for what is missing. */
enum status scenario_read(const char *path, const struct networks *networks, struct scenario **out,
                          struct error *error) MUST_CHECK;
/* What the device says of itself, a number in traits[trait].items; there must be some. */
size_t scenario_trait(const struct scenario *scenario, enum scenario_trait trait, uint32_t device);

/* NULL is allowed. */
void scenario_free(struct scenario *scenario);

#endif
