#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "text/digest.h"

/* Of FIPS 180-4's examples, and of nothing. */
START_TEST(digests_are_those_of_the_standard)
{
    static const struct {
        const char *bytes;
        const char *digest;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char digest[DIGEST_TEXT_SIZE];

        ck_assert(digest_of(cases[i].bytes, strlen(cases[i].bytes), digest));
        ck_assert_str_eq(digest, cases[i].digest);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("digest");
    TCase *tests = tcase_create("digest");

    tcase_add_test(tests, digests_are_those_of_the_standard);
    suite_add_tcase(suite, tests);

    SRunner *runner = srunner_create(suite);

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
