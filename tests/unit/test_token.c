#include "ingest/kafka/token.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* 2024-05-01T00:00:00Z */
#define NOW_MS INT64_C(1714521600000)

/* {"alg":"none"}, and the claims in base64url. */
#define HEAD "eyJhbGciOiJub25lIn0."

START_TEST(a_jwt_says_until_when_and_of_whom)
{
    struct token token;
    struct error error;

    /* {"sub":"agent","exp":1714525200.5} */
    ck_assert_int_eq(
        token_read(HEAD "eyJzdWIiOiJhZ2VudCIsImV4cCI6MTcxNDUyNTIwMC41fQ.x", NOW_MS, &token, &error),
        STATUS_OK);
    ck_assert_int_eq(token.expires_ms, NOW_MS + 3600500);
    ck_assert_str_eq(token.subject, "agent");
}
END_TEST

START_TEST(a_jwt_that_has_expired_is_refused_with_its_time)
{
    struct token token = {7, "untouched"};
    struct error error;

    /* {"sub":"a","exp":1714521600}: this very moment */
    ck_assert_int_eq(
        token_read(HEAD "eyJzdWIiOiJhIiwiZXhwIjoxNzE0NTIxNjAwfQ.", NOW_MS, &token, &error),
        STATUS_REJECT);
    ck_assert_str_eq(error.message, "the token has expired at 2024-05-01T00:00:00Z");
    ck_assert_int_eq(token.expires_ms, 7);
    /* {"exp":-1e300} */
    ck_assert_int_eq(token_read(HEAD "eyJleHAiOi0xZTMwMH0.", NOW_MS, &token, &error),
                     STATUS_REJECT);
    ck_assert_str_eq(error.message, "the token has expired at 1970-01-01T00:00:00Z");
}
END_TEST

/* What is no JWT, or one without the claims, or with claims of other types. */
static const char *const opaque[] = {
    "",
    "abc",
    ".",
    "..",
    "a.b",
    "a.*.c",
    HEAD "e30.x",                /* {} */
    HEAD "WzFd.x",               /* [1] */
    HEAD "eyJleHAiOiJub3cifQ.x", /* {"exp":"now"} */
    HEAD "eyJzdWIiOiIifQ.x",     /* {"sub":""} */
    HEAD "eyJleHAiOjFlMzAwfQ.x", /* {"exp":1e300} */
};

START_TEST(what_only_its_issuer_can_read_is_good_for_a_while)
{
    struct token token;
    struct error error;

    ck_assert_int_eq(token_read(opaque[_i], NOW_MS, &token, &error), STATUS_OK);
    ck_assert_int_eq(token.expires_ms, NOW_MS + TOKEN_OPAQUE_MS);
    ck_assert_str_eq(token.subject, "kansen");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("token");
    TCase *tcase = tcase_create("token");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, a_jwt_says_until_when_and_of_whom);
    tcase_add_test(tcase, a_jwt_that_has_expired_is_refused_with_its_time);
    tcase_add_loop_test(tcase, what_only_its_issuer_can_read_is_good_for_a_while, 0,
                        (int)(sizeof(opaque) / sizeof(opaque[0])));
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
