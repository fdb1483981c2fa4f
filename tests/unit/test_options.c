/* Options of file, environment and command line: which counts, what is refused. */
#include "config/options.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORDS_MAX 16

static const char *const taken[] = {"db",  "topic", "group", "property", "until-end",
                                    "top", "match", "lang",  NULL};

/* As if one other command had every option. */
static void name_owner(const char *option, char *text, size_t size)
{
    snprintf(text, size, "simulate has (%s)", option);
}

static const struct options_scope scope = {"try", taken, name_owner};

static char path[] = "/tmp/options.XXXXXX";
static struct options *options;
static struct error error;

static void start(void)
{
    int descriptor;

    strcpy(path + strlen(path) - 6, "XXXXXX");
    descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
    options = NULL;
}

static void end(void)
{
    options_free(options);
    unlink(path);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* Parses words that are parted by blanks. */
static enum status parse(const char *line)
{
    static char words[512];
    static char *argv[WORDS_MAX];
    char *state = NULL;
    int argc = 0;

    snprintf(words, sizeof(words), "%s", line);
    for (char *word = strtok_r(words, " ", &state); word != NULL;
         word = strtok_r(NULL, " ", &state))
        argv[argc++] = word;
    return options_parse(&scope, argc, argv, &options, &error);
}

static void parse_good(const char *line)
{
    enum status status = parse(line);

    ck_assert_msg(status == STATUS_OK, "%s", error.message);
}

static void parse_with_file(const char *line)
{
    char with_file[256];

    snprintf(with_file, sizeof(with_file), "--config %s %s", path, line);
    parse_good(with_file);
}

/* Which of file, environment and flag say something, and who is heard. */
static const struct {
    const char *file;
    const char *environment;
    const char *flag;
    const char *expected;
} levels[] = {
    {"", NULL, "", NULL},
    {"topic = file\n", NULL, "", "file"},
    {"", "environment", "", "environment"},
    {"", NULL, "--topic flag", "flag"},
    {"topic = file\n", "environment", "", "environment"},
    {"topic = file\n", NULL, "-t flag", "flag"},
    {"", "environment", "--topic=flag", "flag"},
    {"topic = file\n", "environment", "-tflag", "flag"},
    {"topic = one\ntopic = two\n", NULL, "", "two"},
    {"", NULL, "-t one -t two", "two"},
};

START_TEST(flags_win_over_environment_and_environment_over_file)
{
    write_file(levels[_i].file);
    if (levels[_i].environment != NULL)
        setenv("KANSEN_TOPIC", levels[_i].environment, 1);
    parse_with_file(levels[_i].flag);
    ck_assert_pstr_eq(options_value(options, "topic"), levels[_i].expected);
}
END_TEST

static const struct {
    const char *file;
    const char *environment;
    const char *flag;
    bool expected;
} switches[] = {
    {"", NULL, "", false},
    {"until-end = true\n", NULL, "", true},
    {"until-end = false\n", NULL, "", false},
    {"", "true", "", true},
    {"until-end = true\n", "false", "", false},
    {"until-end = false\n", "true", "", true},
    {"", NULL, "--until-end", true},
    {"until-end = false\n", "false", "--until-end", true},
};

START_TEST(a_flag_is_switched_on_and_off)
{
    write_file(switches[_i].file);
    if (switches[_i].environment != NULL)
        setenv("KANSEN_UNTIL_END", switches[_i].environment, 1);
    parse_with_file(switches[_i].flag);
    ck_assert_int_eq(options_flag(options, "until-end"), switches[_i].expected);
}
END_TEST

START_TEST(the_file_may_be_named_by_the_environment)
{
    write_file("group = theirs\n");
    setenv("KANSEN_CONFIG", path, 1);
    parse_good("");
    ck_assert_str_eq(options_value(options, "group"), "theirs");
}
END_TEST

START_TEST(properties_of_all_levels_add_up_lowest_first)
{
    write_file("[kafka]\nssl.key.password = from file\nclient.id = a=b\n");
    setenv("KANSEN_KAFKA_FETCH_WAIT_MAX_MS", "7", 1);
    parse_with_file("-X debug=cgrp -X client.id=c");
    ck_assert_uint_eq(options_count(options, "property"), 5);
    ck_assert_str_eq(options_item(options, "property", 0), "ssl.key.password=from file");
    ck_assert_str_eq(options_item(options, "property", 1), "client.id=a=b");
    ck_assert_str_eq(options_item(options, "property", 2), "fetch.wait.max.ms=7");
    ck_assert_str_eq(options_item(options, "property", 3), "debug=cgrp");
    ck_assert_str_eq(options_item(options, "property", 4), "client.id=c");
    ck_assert_ptr_null(options_item(options, "property", 5));
}
END_TEST

/* Which files may be open to others: those that hold no secret. */
static const struct {
    const char *text;
    mode_t mode;
    bool refused;
} readable[] = {
    {"[kafka]\nsasl.password = x\n", 0600, false}, {"[kafka]\nsasl.password = x\n", 0640, false},
    {"[kafka]\nsasl.password = x\n", 0644, true},  {"db = host=h password=x\n", 0604, true},
    {"db = postgresql://me:x@h/d\n", 0644, true},  {"db = host=h passfile=/p\n", 0644, false},
    {"[kafka]\nsasl.username = x\n", 0666, false},
};

START_TEST(a_file_with_a_secret_is_closed_to_others)
{
    char line[256];
    enum status status;

    write_file(readable[_i].text);
    ck_assert_int_eq(chmod(path, readable[_i].mode), 0);
    snprintf(line, sizeof(line), "--config %s", path);
    status = parse(line);
    ck_assert_int_eq(status, readable[_i].refused ? STATUS_REJECT : STATUS_OK);
    if (!readable[_i].refused)
        return;
    ck_assert_ptr_nonnull(strstr(error.message, path));
    ck_assert_ptr_nonnull(strstr(error.message, "chmod"));
}
END_TEST

START_TEST(values_of_a_repeated_option_replace_those_of_the_levels_below)
{
    write_file("match = A*\nmatch = B*\n");
    parse_with_file("");
    ck_assert_uint_eq(options_count(options, "match"), 2);
    options_free(options);
    parse_with_file("--match C* --match D* --match E*");
    ck_assert_uint_eq(options_count(options, "match"), 3);
    ck_assert_str_eq(options_item(options, "match", 0), "C*");
    ck_assert_str_eq(options_item(options, "match", 2), "E*");
}
END_TEST

START_TEST(what_is_no_option_is_an_argument)
{
    parse_good("one -t topic two -- --three");
    ck_assert_uint_eq(options_arguments(options), 3);
    ck_assert_str_eq(options_argument(options, 0), "one");
    ck_assert_str_eq(options_argument(options, 1), "two");
    ck_assert_str_eq(options_argument(options, 2), "--three");
    ck_assert_ptr_null(options_argument(options, 3));
    ck_assert_str_eq(options_value(options, "topic"), "topic");
}
END_TEST

static const struct {
    const char *line;
    const char *named; /* in the message */
} refused[] = {
    {"--nonsense", "--nonsense"},
    {"-z", "-z"},
    {"--topic", "--topic"},
    {"-t", "-t"},
    {"--until-end=true", "--until-end"},
    {"--partitions 3", "--partitions"}, /* an option of other commands */
    {"-X word", "word"},
    {"-X sasl.password=x", "sasl.password"},
    {"-Xsasl.password=x", "sasl.password"},
    {"--property ssl.key.password=x", "ssl.key.password"},
    {"--prop ssl.keystore.password=x", "--prop"}, /* no abbreviation of --property */
    {"--prop=ssl.keystore.password=x", "--prop"},
    {"-X sasl.oauthbearer.client.secret=x", "client.secret"},
    {"-X ssl.key.pem=x", "ssl.key.pem"},
    {"--db password=x", "password"},
    {"--db host=h\tpassword\t=x", "password"},
    {"--db sslpassword=x", "password"},
    {"--db postgresql://user:x@host/db", "password"},
    {"--db postgresql://host/db?password=x", "password"},
    {"--config /nonexistent/kansen.conf", "/nonexistent/kansen.conf"},
};

START_TEST(mistakes_and_secrets_are_refused_by_name)
{
    ck_assert_int_ne(parse(refused[_i].line), STATUS_OK);
    ck_assert_ptr_null(options);
    ck_assert_msg(strstr(error.message, refused[_i].named) != NULL, "%s", error.message);
    ck_assert_msg(strstr(error.message, "=x") == NULL, "the secret is shown: %s", error.message);
}
END_TEST

static const char *const harmless[] = {
    "--db host=/run user=me dbname=password", "--db postgresql://user@host:5432/db",
    "--db postgresql:///db?host=/run",        "--db a@b://c",
    "--db passfile=/home/me/pgpass",          "-X client.id=password",
    "-X ssl.key.location=/etc/key.pem",
};

START_TEST(what_only_looks_like_a_secret_is_taken)
{
    parse_good(harmless[_i]);
}
END_TEST

static const struct {
    const char *text;
    int line;
} bad_files[] = {
    {"nonsense = 1\n", 1},     {"topic = a\nuntil-end = yes\n", 2},
    {"\n[other]\na = b\n", 3}, {"config = other\n", 1},
    {"help = true\n", 1},      {"property = a=b\n", 1},
};

START_TEST(a_mistake_in_the_file_is_named_with_its_place)
{
    char line[64];
    char place[64];

    write_file(bad_files[_i].text);
    snprintf(line, sizeof(line), "--config %s", path);
    snprintf(place, sizeof(place), "%s:%d: ", path, bad_files[_i].line);
    ck_assert_int_eq(parse(line), STATUS_REJECT);
    ck_assert_msg(strncmp(error.message, place, strlen(place)) == 0, "%s", error.message);
}
END_TEST

static const struct {
    const char *text;
    bool good;
    int64_t number;
} numbers[] = {
    {"1", true, 1},     {"100", true, 100}, {"007", true, 7},  {"0", false, 0},
    {"101", false, 0},  {"-1", false, 0},   {"1.5", false, 0}, {"1e2", false, 0},
    {"0x10", false, 0}, {"ten", false, 0},  {"10x", false, 0}, {"99999999999999999999", false, 0},
    {"\t5", false, 0},
};

START_TEST(numbers_are_whole_and_in_range)
{
    char line[64];
    int64_t number = 42;

    snprintf(line, sizeof(line), "--top %s", numbers[_i].text);
    parse_good(line);

    enum status status = options_number(options, "top", 1, 100, &number, &error);

    ck_assert_int_eq(status, numbers[_i].good ? STATUS_OK : STATUS_REJECT);
    ck_assert_int_eq(number, numbers[_i].good ? numbers[_i].number : 42);
}
END_TEST

START_TEST(a_number_that_was_not_given_keeps_its_default)
{
    int64_t number = 42;

    parse_good("");
    ck_assert_int_eq(options_number(options, "top", 1, 100, &number, &error), STATUS_OK);
    ck_assert_int_eq(number, 42);
}
END_TEST

static Suite *options_suite(void)
{
    Suite *suite = suite_create("options");
    TCase *cases = tcase_create("options");

    tcase_add_checked_fixture(cases, start, end);
    tcase_add_loop_test(cases, flags_win_over_environment_and_environment_over_file, 0,
                        sizeof(levels) / sizeof(levels[0]));
    tcase_add_loop_test(cases, a_flag_is_switched_on_and_off, 0,
                        sizeof(switches) / sizeof(switches[0]));
    tcase_add_test(cases, the_file_may_be_named_by_the_environment);
    tcase_add_test(cases, properties_of_all_levels_add_up_lowest_first);
    tcase_add_loop_test(cases, a_file_with_a_secret_is_closed_to_others, 0,
                        sizeof(readable) / sizeof(readable[0]));
    tcase_add_test(cases, values_of_a_repeated_option_replace_those_of_the_levels_below);
    tcase_add_test(cases, what_is_no_option_is_an_argument);
    tcase_add_loop_test(cases, mistakes_and_secrets_are_refused_by_name, 0,
                        sizeof(refused) / sizeof(refused[0]));
    tcase_add_loop_test(cases, what_only_looks_like_a_secret_is_taken, 0,
                        sizeof(harmless) / sizeof(harmless[0]));
    tcase_add_loop_test(cases, a_mistake_in_the_file_is_named_with_its_place, 0,
                        sizeof(bad_files) / sizeof(bad_files[0]));
    tcase_add_loop_test(cases, numbers_are_whole_and_in_range, 0,
                        sizeof(numbers) / sizeof(numbers[0]));
    tcase_add_test(cases, a_number_that_was_not_given_keeps_its_default);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(options_suite());

    /* The environment of whoever runs the tests is none of their business. */
    unsetenv("KANSEN_CONFIG");
    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
