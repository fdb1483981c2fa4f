/* The codes of ISO 3166-1 alpha-2, and what is none. */
#include "ingest/event/country.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* The officially assigned ones, in the order of the alphabet. */
static const char assigned[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN "
    "BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ "
    "DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL "
    "GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM "
    "JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME "
    "MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP "
    "NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD "
    "SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO "
    "TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

static bool is_assigned(const char code[2])
{
    for (size_t place = 0; place < strlen(assigned); place += 3)
        if (memcmp(assigned + place, code, 2) == 0)
            return true;
    return false;
}

START_TEST(exactly_the_assigned_codes_and_kosovo_are_known)
{
    int known = 0;

    for (int first = 0; first < 256; first++)
        for (int second = 0; second < 256; second++) {
            const char code[2] = {(char)first, (char)second};
            bool expected = is_assigned(code) || memcmp(code, "XK", 2) == 0;

            ck_assert_msg(country_is_known(code) == expected, "%02x%02x", first, second);
            known += expected;
        }
    ck_assert_int_eq(known, 250);
}
END_TEST

static const char *const others[] = {
    "UK", "EU", "SU", "AC", "TA",                   /* reserved */
    "AN", "CS", "TP", "YU", "ZR", "DD", "BU", "FX", /* withdrawn */
    "A1", "A2", "O1", "AP", "T1",                   /* MaxMind's and others' own */
    "ZZ", "XX", "AA", "QM", "jp", "Jp", "jP", "  ", "--",
};

START_TEST(other_words_for_countries_are_not)
{
    ck_assert_msg(!country_is_known(others[_i]), "%s", others[_i]);
}
END_TEST

static Suite *country_suite(void)
{
    Suite *suite = suite_create("country");
    TCase *cases = tcase_create("country");

    tcase_add_test(cases, exactly_the_assigned_codes_and_kosovo_are_known);
    tcase_add_loop_test(cases, other_words_for_countries_are_not, 0,
                        sizeof(others) / sizeof(others[0]));
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(country_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
