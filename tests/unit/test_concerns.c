/* What is wrong, what is worth knowing, and what is neither. */
#include "operate/concerns.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MAY month_from(2026, 5)

static const struct concern_limits limits = {.max_lag = 300, .max_rejected = 100};

static struct standing_partition partitions[3];
static struct standing_topic topic;
static struct standing_room rooms[4];
static struct standing standing;
static struct concerns concerns;

/* Two of three partitions are read by one worker, one by another; all is well. */
static void set_up(void)
{
    for (int i = 0; i < 3; i++)
        partitions[i] = (struct standing_partition){
            .partition = i, .worker = i == 2 ? "b:2" : "a:1", .lag = 60, .stored_age = 1};
    topic = (struct standing_topic){
        .group = "kansen", .topic = "detections", .partitions = partitions, .partition_count = 3};
    rooms[0] = (struct standing_room){.is_default = true};
    for (int i = 1; i < 4; i++)
        rooms[i] = (struct standing_room){.month = MAY + 2 - i};
    standing = (struct standing){
        .month = MAY, .topics = &topic, .topic_count = 1, .rooms = rooms, .room_count = 4};
}

static void find(void)
{
    struct error error;

    concerns_clear(&concerns);
    ck_assert_int_eq(concerns_find(&standing, &limits, &concerns, &error), STATUS_OK);
}

static void clear(void)
{
    concerns_clear(&concerns);
}

/* There is exactly one. */
static const struct concern *only(const char *name, enum concern_kind kind)
{
    find();
    ck_assert_uint_eq(concerns.count, 1);
    ck_assert_str_eq(concerns.list[0].name, name);
    ck_assert_int_eq(concerns.list[0].kind, kind);
    return &concerns.list[0];
}

static void none(void)
{
    find();
    ck_assert_uint_eq(concerns.count, 0);
    ck_assert_int_eq(concerns_gravest(&concerns), CONCERN_NOTE);
}

START_TEST(what_is_well_is_no_concern)
{
    none();
    partitions[1].lag = 300;
    none();
    standing.topic_count = 0; /* all comes from files */
    none();
}
END_TEST

START_TEST(a_partition_that_is_behind_is_named_with_its_worker)
{
    const struct concern *concern;

    partitions[1].lag = 301;
    partitions[2].lag = 7200;
    concern = only("lag", CONCERN_BEHIND);
    ck_assert_str_eq(concern->text, "detections, group kansen: 2 of 3 partitions are behind, "
                                    "partition 2 most, by 2 h 0 min");
    ck_assert_ptr_nonnull(strstr(concern->way_on, "b:2"));
}
END_TEST

START_TEST(a_topic_that_nobody_reads_is_told_how_to_be_read_or_retired)
{
    const struct concern *concern;

    for (int i = 0; i < 3; i++)
        partitions[i].worker = NULL;
    none(); /* a batch job has just read it to its end */
    partitions[0].lag = 301;
    topic.heartbeats = true;
    concern = only("unread", CONCERN_BEHIND);
    ck_assert_ptr_nonnull(strstr(concern->text, "nobody reads it; 1 of 3 partitions is behind"));
    ck_assert_ptr_nonnull(
        strstr(concern->way_on, "kansen ingest --heartbeats -t detections -G kansen"));
    ck_assert_ptr_nonnull(strstr(concern->way_on, "kansen db retire -t detections -G kansen"));
    topic.retired = true;
    none();
}
END_TEST

START_TEST(a_partition_without_a_worker_beside_others_has_not_been_taken)
{
    partitions[1].worker = NULL;
    partitions[1].lag = 4000;
    ck_assert_ptr_nonnull(strstr(only("lag", CONCERN_BEHIND)->way_on, "have not taken"));
}
END_TEST

START_TEST(a_standby_sees_no_worker_and_misses_none)
{
    for (int i = 0; i < 3; i++)
        partitions[i].worker = NULL;
    partitions[0].lag = 301;
    standing.standby = true;
    ck_assert_ptr_null(strstr(only("lag", CONCERN_BEHIND)->text, "nobody"));
}
END_TEST

START_TEST(an_unknown_lag_is_as_old_as_what_was_stored)
{
    partitions[0].lag = STANDING_UNKNOWN;
    none();
    partitions[0].stored_age = 301;
    only("lag", CONCERN_BEHIND);
}
END_TEST

START_TEST(a_partition_that_kills_workers_waits_for_a_person)
{
    partitions[2].tries = 4;
    none();
    partitions[2].tries = 5;
    only("resting", CONCERN_PERSON);
}
END_TEST

START_TEST(the_next_month_needs_its_partition)
{
    standing.room_count = 3;
    rooms[1].month = MAY + 1;
    rooms[2].month = MAY;
    none();
    rooms[1].month = MAY + 2; /* one that is made ahead does not help when there is a gap */
    ck_assert_ptr_nonnull(strstr(only("no-partition", CONCERN_PERSON)->text, "2026-06"));
    rooms[2].month = MAY - 1;
    ck_assert_ptr_nonnull(strstr(only("no-partition", CONCERN_PERSON)->text, "2026-05"));
}
END_TEST

START_TEST(a_recount_is_behind_while_somebody_is_at_it)
{
    struct standing_recount recount = {
        .threat = "worms", .by = "threat set", .since = "…", .months = STANDING_UNKNOWN};
    struct standing_command command = {"threat set", 1};

    standing.recounts = &recount;
    standing.recount_count = 1;
    only("recount", CONCERN_PERSON);
    standing.commands = &command;
    standing.command_count = 1;
    only("recount", CONCERN_BEHIND);
    recount.by = "db migrate";
    recount.months = 1;
    ck_assert_str_eq(only("recount", CONCERN_PERSON)->way_on, "kansen db migrate goes on with it");
}
END_TEST

START_TEST(rejected_events_are_trouble_while_they_come)
{
    struct standing_rejected rejected[] = {
        {.reason = "bad_json", .waiting = 100000, .last_hour = 40},
        {.reason = "bad_time", .waiting = 61, .last_hour = 60}};

    standing.rejected = rejected;
    standing.rejected_count = 2;
    none();
    rejected[1].last_hour = 61;
    ck_assert_str_eq(only("rejected", CONCERN_PERSON)->text,
                     "101 events of the last hour were rejected, most of them as bad_time");
}
END_TEST

START_TEST(only_who_publishes_is_told_of_a_complete_month)
{
    struct standing_month months[] = {{MAY, false}, {MAY - 1, true}, {MAY - 2, true}};
    struct standing_edition edition = {
        .threat = "worms", .from = MAY - 4, .to = MAY - 2, .number = 1};

    standing.months = months;
    standing.month_count = 3;
    none();
    standing.editions = &edition;
    standing.edition_count = 1;
    ck_assert_str_eq(only("unpublished", CONCERN_NOTE)->way_on, "kansen publish worms");
    edition.to = MAY - 1;
    none();
}
END_TEST

START_TEST(an_old_file_of_countries_is_noted)
{
    standing.geoip_build = "2026-03-01";
    standing.geoip_age = INT64_C(62) * 86400;
    none();
    standing.geoip_age++;
    only("geoip-old", CONCERN_NOTE);
}
END_TEST

START_TEST(what_hurts_is_named_elsewhere)
{
    standing.hurting = 1;
    ck_assert_str_eq(only("settings", CONCERN_NOTE)->text,
                     "1 thing of the server or the database hurts");
    standing.hurting = 2;
    ck_assert_str_eq(only("settings", CONCERN_NOTE)->way_on, "kansen db check names them");
}
END_TEST

START_TEST(a_month_stays_closed_only_while_somebody_drops_it)
{
    month_t closed[] = {MAY - 30, MAY - 28};
    struct standing_command command = {"db maintain", 1};

    standing.closed = closed;
    standing.closed_count = 1;
    ck_assert_str_eq(only("closed-month", CONCERN_PERSON)->way_on, "kansen db maintain opens it");
    standing.closed_count = 2;
    ck_assert_str_eq(only("closed-month", CONCERN_PERSON)->text,
                     "2023-11 and 2024-01 are closed and not dropped: late events are rejected, "
                     "and nobody is at it");
    standing.commands = &command;
    standing.command_count = 1;
    ck_assert_str_eq(only("closed-month", CONCERN_NOTE)->way_on, "");
}
END_TEST

START_TEST(the_gravest_comes_first)
{
    month_t in_default[] = {MAY - 90};

    standing.in_default = in_default;
    standing.in_default_count = 1;
    partitions[0].lag = 301;
    partitions[1].tries = 6;
    find();
    ck_assert_uint_eq(concerns.count, 3);
    ck_assert_str_eq(concerns.list[0].name, "resting");
    ck_assert_str_eq(concerns.list[1].name, "lag");
    ck_assert_str_eq(concerns.list[2].name, "default-partition");
    ck_assert_str_eq(concern_state(concerns_gravest(&concerns)), "attention");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        what_is_well_is_no_concern,
        a_partition_that_is_behind_is_named_with_its_worker,
        a_topic_that_nobody_reads_is_told_how_to_be_read_or_retired,
        a_partition_without_a_worker_beside_others_has_not_been_taken,
        a_standby_sees_no_worker_and_misses_none,
        an_unknown_lag_is_as_old_as_what_was_stored,
        a_partition_that_kills_workers_waits_for_a_person,
        the_next_month_needs_its_partition,
        a_recount_is_behind_while_somebody_is_at_it,
        rejected_events_are_trouble_while_they_come,
        only_who_publishes_is_told_of_a_complete_month,
        an_old_file_of_countries_is_noted,
        what_hurts_is_named_elsewhere,
        a_month_stays_closed_only_while_somebody_drops_it,
        the_gravest_comes_first,
    };
    Suite *suite = suite_create("concerns");
    TCase *cases = tcase_create("concerns");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(cases, set_up, clear);
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        tcase_add_test(cases, tests[i]);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
