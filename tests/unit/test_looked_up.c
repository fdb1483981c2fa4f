/* What an exported line says about where its country is from. */
#include "ingest/event/looked_up.h"

#include <check.h>
#include <string.h>

#define BUILD "2026-11-03T01:02:03Z 8b8be822-b922-3a25-f9ce-4c54a6f263ac"

static struct geoip_build build;

static enum looked_up read_line(const char *line)
{
    memset(&build, 0, sizeof(build));
    return looked_up_read((struct slice){line, strlen(line)}, &build);
}

START_TEST(a_build_is_read)
{
    ck_assert_int_eq(read_line("{\"id\":\"a\",\"located\":\"" BUILD "\"}"), LOOKED_UP_IN);
    ck_assert_int_eq(build.built_s, 1793667723);
    ck_assert_int_eq(build.fingerprint[0], 0x8b);
    ck_assert_int_eq(build.fingerprint[15], 0xac);
}
END_TEST

START_TEST(no_build_is_said)
{
    ck_assert_int_eq(read_line("{\"id\":\"a\",\"located\":\"nowhere\"}"), LOOKED_UP_NOWHERE);
}
END_TEST

START_TEST(anything_else_says_nothing)
{
    static const char *const lines[] = {
        "",
        "{}",
        "{\"id\":\"a\"}",
        "{\"id\":\"a\",\"located\":\"2026-11-03\"}",
        "{\"id\":\"a\",\"located\":\"2026-11-03T01:02:03Z\"}",
        "{\"id\":\"a\",\"located\":\"2026-13-03T01:02:03Z 8b8be822-b922-3a25-f9ce-4c54a6f263ac\"}",
        "{\"id\":\"a\",\"located\":\"2026-11-03T01:02:03Z 8b8be822-b922-3a25-f9ce-4c54a6f263aX\"}",
        "{\"id\":\"a\\\",\\\"located\\\":\\\"nowhere\"}",
        ",\"located\":\"" BUILD "\"",
        "{\"located\":\"" BUILD "\",\"id\":\"a\"}",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        ck_assert_int_eq(read_line(lines[i]), LOOKED_UP_NOT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("looked_up");
    TCase *cases = tcase_create("looked_up");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_test(cases, a_build_is_read);
    tcase_add_test(cases, no_build_is_said);
    tcase_add_test(cases, anything_else_says_nothing);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
