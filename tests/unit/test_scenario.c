/* Scenario files: what is accepted, what is refused, and where the refusal points to. */
#include "simulate/scenario.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "simulate/networks.h"

#define NETWORKS "simulate/geo/networks.csv"
#define THREAT "[threat]\nname = t\nmatch = A* ?B\ndetections = A.1 XB\n"
#define DEVICES "[devices]\nmonths = 2024-01 2024-02\nJP = 3 0\n"

/* A matcher that tries every way to share out the dead letters would not come to an end. */
#define STARS "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*"
#define LETTERS "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static struct networks *networks;
static char path[] = "/tmp/kansen-scenario.XXXXXX";

static void set_up(void)
{
    struct error error;
    int file = mkstemp(path);

    ck_assert_int_ge(file, 0);
    close(file);
    ck_assert_msg(networks_read(NETWORKS, &networks, &error) == STATUS_OK, "%s", error.message);
}

static void tear_down(void)
{
    networks_free(networks);
    unlink(path);
}

static enum status read_text(const char *text, struct scenario **out, struct error *error)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    return scenario_read(path, networks, out, error);
}

static const char *const accepted[] = {
    THREAT DEVICES,
    "# comment\n\n" THREAT "[simulation]\nseed = 0\ntimezone = Asia/Tokyo\n" DEVICES,
    THREAT "[simulation]\nseed = 18446744073709551615\ntimezone = UTC\n" DEVICES,
    THREAT "[events]\nrepeats = 7\n" DEVICES,
    THREAT "[events]\nrepeats = 1-50000\nresent_per_mille = 1000\n" DEVICES,
    THREAT "[background]\ndetections = B X.A\n[events]\nbackground_per_mille = 10000\n" DEVICES,
    THREAT "[events]\nlate_per_mille = 1\nlate_days = 45\n" DEVICES,
    THREAT "[devices]\nmonths = 2023-12 2024-01\nJP = 0 10000000\nZZ = 1 1\n",
    "[threat]\nname = t\nmatch = *\ndetections = マイナー\n" DEVICES,
    "[threat]\nname = t\nmatch = a*b*c\ndetections = ABC axxbxxc aBbcC\n" DEVICES,
    "[threat]\nname = t\nmatch = マ? *é?\ndetections = マイ Xé\xf0\x9f\x98\x80\n" DEVICES,
    "[threat]\nname = t\nmatch = " STARS "\ndetections = " LETTERS "\n" DEVICES,
    THREAT "[machines]\nos = Windows 7: 55, Windows XP: 30,-:5\nsegment = a:1\n" DEVICES,
    THREAT "[machines]\nproduct = a: b: 1000000\nversion =  端末 : 1 \n" DEVICES,
};

START_TEST(a_good_scenario_is_accepted)
{
    struct scenario *scenario = NULL;
    struct error error = {""};

    ck_assert_msg(read_text(accepted[_i], &scenario, &error) == STATUS_OK, "%s", error.message);
    scenario_free(scenario);
}
END_TEST

/* line 0: the mistake is in no line of its own. */
static const struct {
    const char *text;
    int line;
    const char *reason;
} rejected[] = {
    {"", 0, "no name in [threat]"},
    {DEVICES, 0, "no name in [threat]"},
    {"[threat]\nname = t\ndetections = A\n" DEVICES, 0, "no match"},
    {"[threat]\nname = t\nmatch = A\n" DEVICES, 0, "no detections in [threat]"},
    {THREAT, 0, "no country in [devices]"},
    {THREAT "[devices]\nmonths = 2024-01\n", 0, "no country in [devices]"},
    {THREAT DEVICES "[events]\nbackground_per_mille = 1\n", 0, "no detections in [background]"},
    {THREAT DEVICES "[events]\nlate_per_mille = 1\n", 0, "no late_days"},
    {"[threat]\nname = t\nmatch = A*\ndetections = B\n" DEVICES, 0, "B is matched by no"},
    {"[threat]\nname = t\nmatch = A?\ndetections = A\n" DEVICES, 0, "A is matched by no"},
    {"[threat]\nname = t\nmatch = a*b*c\ndetections = acb\n" DEVICES, 0, "acb is matched by no"},
    {"[threat]\nname = t\nmatch = マ??\ndetections = マイ\n" DEVICES, 0, "マイ is matched by no"},
    {"[threat]\nname = t\nmatch = " STARS "b\ndetections = " LETTERS "\n" DEVICES, 0,
     "is matched by no"},
    {THREAT "[background]\ndetections = a.2\n" DEVICES, 0, "a.2 is matched by a"},
    {"key = 1\n", 1, "unknown section []"},
    {"[fleet]\nkey = 1\n", 2, "unknown section [fleet]"},
    {"nonsense\n", 1, ""},
    {"[threat]\nname\n", 2, ""},
    {"[threat]\ncolour = red\n", 2, "unknown key \"colour\" in [threat]"},
    {"[threat]\nname = a\n\nname = b\n", 4, "\"name\" is given twice"},
    {"[threat]\nname =\n", 2, "empty"},
    {"[threat]\nname = a\"b\n", 2, "quote"},
    {"[threat]\nmatch =\n", 2, "empty"},
    {"[threat]\ndetections = A\"B\n", 2, "quote"},
    {"[threat]\ndetections = A\\B\n", 2, "backslash"},
    {"[threat]\ndetections = A\001B\n", 2, "control character"},
    {"[threat]\nname_en = A\033[31m\n", 2, "control character"},
    {"[threat]\nmatch = A\177*\n", 2, "control character"},
    {"[threat]\ndetections = A\xff\n", 2, "no UTF-8"},
    {"[threat]\ndetections = A\xe6\x84\n", 2, "no UTF-8"},
    {"[threat]\ndetections = \xc0\xaf\n", 2, "no UTF-8"},
    {"[threat]\ndetections = \xed\xa0\x80\n", 2, "no UTF-8"},
    {"[threat]\nname_en = A\nname_EN = B\n", 3, "given twice"},
    {"[threat]\nname_ = A\n", 2, "unknown key"},
    {"[threat]\nname_e_n = A\n", 2, "unknown key"},
    {"[threat]\nname_ja = \xf4\x90\x80\x80\n", 2, "no UTF-8"},
    {"[threat]\ndetections = A\nmatch = A\ndetections = A\n", 4, "given twice"},
    {"[background]\nnames = A\n", 2, "unknown key"},
    {"[simulation]\ntime = 1\n", 2, "unknown key"},
    {"[simulation]\nseed = -1\n", 2, "whole number"},
    {"[simulation]\nseed = 1.5\n", 2, "whole number"},
    {"[simulation]\nseed = 18446744073709551616\n", 2, "whole number"},
    {"[simulation]\nseed = 1\nseed = 1\n", 3, "given twice"},
    {"[simulation]\ntimezone = Mars/Olympus\n", 2, "unknown time zone \"Mars/Olympus\""},
    {"[simulation]\ntimezone = ../../../etc/passwd\n", 2, "unknown time zone"},
    {"[simulation]\ntimezone = /usr/share/zoneinfo/UTC\n", 2, "unknown time zone"},
    {"[simulation]\ntimezone = Asia\n", 2, "unknown time zone"},
    {"[events]\nrepeats = 0\n", 2, "start at 1"},
    {"[events]\nrepeats = 3-2\n", 2, "minimum"},
    {"[events]\nrepeats = 1-\n", 2, "whole number"},
    {"[events]\nrepeats = -3\n", 2, "whole number"},
    {"[events]\nrepeats = 50001\n", 2, "whole number"},
    {"[events]\nrepeats = 11111111111111111111\n", 2, "MINIMUM-MAXIMUM"},
    {"[events]\nresent_per_mille = 1001\n", 2, "whole number from 0 to 1000"},
    {"[events]\nresent_per_mille = 3 %\n", 2, "whole number"},
    {"[events]\nlate_days = 46\n", 2, "whole number"},
    {"[events]\nresent_per_cent = 3\n", 2, "unknown key"},
    {"[events]\nmoved_per_mille = 1\nmoved_per_mille = 1\n", 3, "given twice"},
    {"[machines]\ncpu = a: 1\n", 2, "unknown key \"cpu\" in [machines]"},
    {"[machines]\nos = a\n", 2, "no weight"},
    {"[machines]\nos = a: 1, b\n", 2, "\"b\" has no weight"},
    {"[machines]\nos = a: 1,\n", 2, "no weight"},
    {"[machines]\nos = a: 0\n", 2, "no weight from 1"},
    {"[machines]\nos = a: 1000001\n", 2, "no weight from 1"},
    {"[machines]\nos = a: -1\n", 2, "no weight from 1"},
    {"[machines]\nos = a: 1 2\n", 2, "no weight from 1"},
    {"[machines]\nos = : 1\n", 2, "1 to 256 bytes"},
    {"[machines]\nos = a: 1, a: 2\n", 2, "\"a\" is given twice"},
    {"[machines]\nos = a: 1, -: 2, -: 3\n", 2, "\"-\" is given twice"},
    {"[machines]\nos = a\"b: 1\n", 2, "quote"},
    {"[machines]\nos = a: 1\nos = a: 1\n", 3, "\"os\" is given twice"},
    {"[devices]\nJP = 1\n", 2, "months comes first"},
    {"[devices]\nmonths =\n", 2, "no months"},
    {"[devices]\nmonths = 2024-13\n", 2, "MM is 01 to 12"},
    {"[devices]\nmonths = 2024-1\n", 2, "did you mean 2024-01?"},
    {"[devices]\nmonths = 2024-01 2024-03\n", 2, "does not follow"},
    {"[devices]\nmonths = 2024-02 2024-01\n", 2, "does not follow"},
    {"[devices]\nmonths = 2024-01\nmonths = 2024-01\n", 3, "given twice"},
    {"[devices]\nmonths = 2024-01\nJP = 1 2\n", 3, "more numbers"},
    {"[devices]\nmonths = 2024-01 2024-02\nJP = 1\n", 3, "1 numbers for 2 months"},
    {"[devices]\nmonths = 2024-01\nJP =\n", 3, "0 numbers"},
    {"[devices]\nmonths = 2024-01\nJP = 10000001\n", 3, "whole number"},
    {"[devices]\nmonths = 2024-01\nJP = 1\nJP = 1\n", 4, "given twice"},
    {"[devices]\nmonths = 2024-01\nJapan = 1\n", 3, "no country"},
    {"[devices]\nmonths = 2024-01\njp = 1\n", 3, "no country"},
    {"[devices]\nmonths = 2024-01\nQQ = 1\n", 3, "no country that has a network"},
};

START_TEST(a_bad_scenario_is_refused_with_its_place)
{
    struct scenario *scenario = NULL;
    struct error error = {""};
    char place[64];

    if (rejected[_i].line == 0)
        snprintf(place, sizeof(place), "%s: ", path);
    else
        snprintf(place, sizeof(place), "%s:%d: ", path, rejected[_i].line);
    ck_assert_int_eq(read_text(rejected[_i].text, &scenario, &error), STATUS_REJECT);
    ck_assert_ptr_null(scenario);
    ck_assert_msg(strncmp(error.message, place, strlen(place)) == 0, "%s", error.message);
    ck_assert_msg(strstr(error.message, rejected[_i].reason) != NULL, "%s", error.message);
}
END_TEST

/* Machines keep what they are, and the weights decide how many of them are what. */
START_TEST(machines_are_what_the_weights_say)
{
    struct scenario *scenario = NULL;
    struct error error = {""};
    size_t seen[3] = {0};

    ck_assert_msg(read_text(THREAT "[machines]\nos = a: 60, b b: 30, -: 10\n" DEVICES, &scenario,
                            &error) == STATUS_OK,
                  "%s", error.message);
    ck_assert_uint_eq(scenario->traits[TRAIT_OS].count, 3);
    ck_assert_str_eq(scenario->traits[TRAIT_OS].items[1].text, "b b");
    ck_assert_str_eq(scenario->traits[TRAIT_OS].items[2].text, "");
    for (uint32_t device = 0; device < 10000; device++) {
        size_t number = scenario_trait(scenario, TRAIT_OS, device);

        ck_assert_uint_eq(number, scenario_trait(scenario, TRAIT_OS, device));
        seen[number]++;
    }
    ck_assert_uint_gt(seen[0], 5700);
    ck_assert_uint_gt(seen[1], 2700);
    ck_assert_uint_gt(seen[2], 800);
    scenario_free(scenario);
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    struct scenario *scenario = NULL;
    struct error error = {""};

    ck_assert_int_eq(scenario_read("/nowhere.scenario", networks, &scenario, &error), STATUS_FATAL);
    ck_assert_ptr_nonnull(strstr(error.message, "/nowhere.scenario"));
}
END_TEST

START_TEST(what_is_left_out_has_its_default)
{
    struct scenario *scenario = NULL;
    struct error error = {""};

    ck_assert_int_eq(read_text(THREAT DEVICES, &scenario, &error), STATUS_OK);
    ck_assert_uint_eq(scenario->seed, 1);
    ck_assert_str_eq(scenario->timezone, "UTC");
    ck_assert_uint_eq(scenario->display_name_count, 0);
    ck_assert_uint_eq(scenario->events.repeats_min, 1);
    ck_assert_uint_eq(scenario->events.repeats_max, 1);
    ck_assert_uint_eq(scenario->events.resent, 0);
    scenario_free(scenario);
}
END_TEST

START_TEST(every_line_reaches_its_field)
{
    struct scenario *scenario = NULL;
    struct error error = {""};

    ck_assert_int_eq(
        read_text(
            "[threat]\nname = t\nname_en = Tee\nname_ja = ティー\nname_zh-Hant = 茶\nmatch = A*\n"
            "detections = A.1   A.2\n[events]\nrepeats = 2-9\nother_ids_per_mille = 77\n"
            "[devices]\nmonths = 2024-01 2024-02\nUS = 5 6\nZZ = 7 8\n",
            &scenario, &error),
        STATUS_OK);
    ck_assert_uint_eq(scenario->display_name_count, 3);
    ck_assert_str_eq(scenario->display_names[0], "en=Tee");
    ck_assert_str_eq(scenario->display_names[1], "ja=ティー");
    ck_assert_str_eq(scenario->display_names[2], "zh-Hant=茶");
    ck_assert_uint_eq(scenario->names.count, 2);
    ck_assert_str_eq(scenario->names.items[1], "A.2");
    ck_assert_uint_eq(scenario->events.repeats_min, 2);
    ck_assert_uint_eq(scenario->events.repeats_max, 9);
    ck_assert_uint_eq(scenario->events.other_ids, 77);
    ck_assert_int_eq(scenario->first_month, month_from(2024, 1));
    ck_assert_uint_eq(scenario->month_count, 2);
    ck_assert_uint_eq(scenario->country_count, 2);
    ck_assert_str_eq(scenario->countries[1].code, "ZZ");
    ck_assert_uint_eq(scenario->countries[1].infections[0], 7);
    ck_assert_uint_eq(scenario->countries[1].infections[1], 8);
    scenario_free(scenario);
}
END_TEST

static const struct {
    const char *text;
    const char *place;
} bad_networks[] = {
    {"network,iso_code\n192.0.2.0,JP\n", ":2: "},
    {"192.0.2.0/33,JP\n", ":1: "},
    {"192.0.2.0/,JP\n", ":1: "},
    {"192.0.2/24,JP\n", ":1: "},
    {"2001:db8::/129,JP\n", ":1: "},
    {"192.0.2.0/24,Japan\n", ":1: "},
    {"192.0.2.0/24,jp\n", ":1: "},
    {"192.0.2.0/24\n", ":1: "},
    {"# comment\n\n192.0.2.0/24,JP\nnonsense\n", ":4: "},
};

START_TEST(a_bad_network_is_refused_with_its_place)
{
    struct networks *bad = NULL;
    struct error error = {""};
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(bad_networks[_i].text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(networks_read(path, &bad, &error), STATUS_REJECT);
    ck_assert_msg(strstr(error.message, bad_networks[_i].place) != NULL, "%s", error.message);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scenario");
    TCase *test_case = tcase_create("scenario");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_unchecked_fixture(test_case, set_up, tear_down);
    tcase_add_loop_test(test_case, a_good_scenario_is_accepted, 0,
                        sizeof(accepted) / sizeof(accepted[0]));
    tcase_add_loop_test(test_case, a_bad_scenario_is_refused_with_its_place, 0,
                        sizeof(rejected) / sizeof(rejected[0]));
    tcase_add_test(test_case, a_missing_file_is_named);
    tcase_add_test(test_case, machines_are_what_the_weights_say);
    tcase_add_test(test_case, what_is_left_out_has_its_default);
    tcase_add_test(test_case, every_line_reaches_its_field);
    tcase_add_loop_test(test_case, a_bad_network_is_refused_with_its_place, 0,
                        sizeof(bad_networks) / sizeof(bad_networks[0]));
    suite_add_tcase(suite, test_case);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
