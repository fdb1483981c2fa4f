/* The filter of infections that are known to be stored: it may forget, never make up. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/store/infection_cache.h"

#define DAY_US (INT64_C(86400) * 1000000)
#define SEPTEMBER 15949 /* days from 1970-01-01 to 2013-09-01 */
#define MANY 2000000

static struct infection_cache *cache;

static void set_up(void)
{
    struct error error;

    ck_assert_int_eq(infection_cache_new(INFECTION_CACHE_MIB, &cache, &error), STATUS_OK);
}

static void tear_down(void)
{
    infection_cache_free(cache);
}

/* The number spreads over all bytes of the device. */
static struct sighting sighting_of(uint64_t device, int32_t threat_id, int64_t time_us)
{
    struct sighting sighting = {
        .first_day = SEPTEMBER, .threat_id = threat_id, .labels = {.country = "JP"}};
    uint64_t mixed = device * UINT64_C(0x9E3779B97F4A7C15);

    memcpy(sighting.device, &device, sizeof(device));
    memcpy(sighting.device + 8, &mixed, sizeof(mixed));
    sighting.time_us = SEPTEMBER * DAY_US + time_us;
    return sighting;
}

START_TEST(an_infection_is_known_once_it_was_added)
{
    struct sighting first = sighting_of(1, 1, 5000);
    struct sighting later = sighting_of(1, 1, 5001);
    struct sighting earlier = sighting_of(1, 1, 4999);
    struct sighting same_instant = sighting_of(1, 1, 5000);

    ck_assert_int_eq(infection_cache_find(cache, &first), INFECTION_CACHE_UNMET);
    infection_cache_add(cache, &first);
    ck_assert_int_eq(infection_cache_find(cache, &later), INFECTION_CACHE_HIT);
    ck_assert_int_eq(infection_cache_find(cache, &earlier), INFECTION_CACHE_MAYBE_EARLIER);
    /* Its id may be the smaller one. */
    ck_assert_int_eq(infection_cache_find(cache, &same_instant), INFECTION_CACHE_MAYBE_EARLIER);
}
END_TEST

START_TEST(only_an_earlier_first_detection_takes_the_place_of_another)
{
    struct sighting first = sighting_of(1, 1, 5000);
    struct sighting later = sighting_of(1, 1, 6000);
    struct sighting earlier = sighting_of(1, 1, 4000);
    struct sighting between = sighting_of(1, 1, 4500);

    infection_cache_add(cache, &first);
    infection_cache_add(cache, &later);
    ck_assert_int_eq(infection_cache_find(cache, &between), INFECTION_CACHE_MAYBE_EARLIER);
    infection_cache_add(cache, &earlier);
    ck_assert_int_eq(infection_cache_find(cache, &between), INFECTION_CACHE_HIT);
}
END_TEST

START_TEST(devices_threats_and_months_are_told_apart)
{
    struct sighting first = sighting_of(1, 1, 5000);
    struct sighting other_device = sighting_of(2, 1, 5000);
    struct sighting other_threat = sighting_of(1, 2, 5000);
    struct sighting other_month = first;

    other_month.first_day += 30;
    other_month.time_us += 30 * DAY_US;
    infection_cache_add(cache, &first);
    ck_assert_int_eq(infection_cache_find(cache, &other_device), INFECTION_CACHE_UNMET);
    ck_assert_int_eq(infection_cache_find(cache, &other_threat), INFECTION_CACHE_UNMET);
    ck_assert_int_eq(infection_cache_find(cache, &other_month), INFECTION_CACHE_UNMET);
}
END_TEST

/* The report's months begin up to 14 hours in front of UTC's and 12 behind, and have up to 31 days.
 */
START_TEST(the_edges_of_a_month_in_every_time_zone)
{
    static const int64_t edges_us[] = {-14 * DAY_US / 24, 0, 31 * DAY_US, 31 * DAY_US + DAY_US / 2};

    for (size_t i = 0; i < sizeof(edges_us) / sizeof(edges_us[0]); i++) {
        struct sighting first = sighting_of(i, 1, edges_us[i]);
        struct sighting earlier = sighting_of(i, 1, edges_us[i] - 1);
        struct sighting later = sighting_of(i, 1, edges_us[i] + 1);

        infection_cache_add(cache, &first);
        ck_assert_int_eq(infection_cache_find(cache, &earlier), INFECTION_CACHE_MAYBE_EARLIER);
        ck_assert_int_eq(infection_cache_find(cache, &later), INFECTION_CACHE_HIT);
    }
}
END_TEST

START_TEST(more_than_fit_are_forgotten_and_never_made_up)
{
    uint64_t kept = 0;
    uint64_t lies = 0;
    uint64_t denied = 0;
    uint64_t taken_for_met = 0;

    for (uint64_t device = 0; device < MANY; device++) {
        struct sighting sighting = sighting_of(device, 1, 5000);

        enum infection_cache_answer answer = infection_cache_find(cache, &sighting);

        lies += answer == INFECTION_CACHE_HIT || answer == INFECTION_CACHE_MAYBE_EARLIER;
        taken_for_met += answer == INFECTION_CACHE_MISS;
        infection_cache_add(cache, &sighting);
    }
    for (uint64_t device = 0; device < MANY; device++) {
        struct sighting later = sighting_of(device, 1, 5001);
        struct sighting earlier = sighting_of(device, 1, 4999);
        enum infection_cache_answer answer = infection_cache_find(cache, &later);

        lies += answer == INFECTION_CACHE_MAYBE_EARLIER ||
                infection_cache_find(cache, &earlier) == INFECTION_CACHE_HIT;
        kept += answer == INFECTION_CACHE_HIT;
        denied += answer == INFECTION_CACHE_UNMET;
    }
    ck_assert_uint_eq(lies, 0);
    ck_assert_uint_gt(kept, MANY / 10);
    ck_assert_uint_lt(kept, MANY);
    /* What was forgotten is known to have been there, and hardly anything else is. */
    ck_assert_uint_eq(denied, 0);
    ck_assert_uint_lt(taken_for_met, MANY / 50);
}
END_TEST

START_TEST(more_months_and_threats_than_fit_start_anew)
{
    for (int32_t threat = 1; threat <= 10000; threat++) {
        struct sighting sighting = sighting_of(1, threat, 5000);

        ck_assert_int_eq(infection_cache_find(cache, &sighting), INFECTION_CACHE_UNMET);
        infection_cache_add(cache, &sighting);
        ck_assert_int_eq(infection_cache_find(cache, &sighting), INFECTION_CACHE_MAYBE_EARLIER);
    }
}
END_TEST

START_TEST(all_can_be_forgotten)
{
    struct sighting first = sighting_of(1, 1, 5000);

    infection_cache_add(cache, &first);
    infection_cache_forget(cache);
    ck_assert_int_eq(infection_cache_find(cache, &first), INFECTION_CACHE_UNMET);
}
END_TEST

/* Heartbeats are of threat 0. A month that was the last one before all was forgotten is counted
 * anew. */
START_TEST(months_of_heartbeats_are_told_apart_after_all_was_forgotten)
{
    struct sighting march = sighting_of(1, THREAT_OF_HEARTBEATS, 5000);
    struct sighting january = sighting_of(1, THREAT_OF_HEARTBEATS, 6000);
    struct sighting other_machine = sighting_of(2, THREAT_OF_HEARTBEATS, 5000);

    january.first_day -= 59;
    january.time_us -= 59 * DAY_US;
    other_machine.first_day -= 59;
    other_machine.time_us -= 59 * DAY_US;
    infection_cache_add(cache, &march);
    infection_cache_forget(cache);
    infection_cache_add(cache, &march);
    infection_cache_add(cache, &other_machine);
    ck_assert_int_eq(infection_cache_find(cache, &january), INFECTION_CACHE_UNMET);
}
END_TEST

static Suite *known_suite(void)
{
    Suite *suite = suite_create("infection cache");
    TCase *cases = tcase_create("infection cache");

    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, an_infection_is_known_once_it_was_added);
    tcase_add_test(cases, only_an_earlier_first_detection_takes_the_place_of_another);
    tcase_add_test(cases, devices_threats_and_months_are_told_apart);
    tcase_add_test(cases, the_edges_of_a_month_in_every_time_zone);
    tcase_add_test(cases, more_than_fit_are_forgotten_and_never_made_up);
    tcase_add_test(cases, more_months_and_threats_than_fit_start_anew);
    tcase_add_test(cases, all_can_be_forgotten);
    tcase_add_test(cases, months_of_heartbeats_are_told_apart_after_all_was_forgotten);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(known_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
