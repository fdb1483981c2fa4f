#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kansen/clock.h"
#include "process/child.h"

/* For a child that would go on for a minute. */
#define PROMPT_S 20

static char folder[64];

static void setup(void)
{
    strcpy(folder, "/tmp/kansen-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_file(const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    unlink(path);
}

static void teardown(void)
{
    remove_file("output");
    remove_file("messages");
    remove_file("input");
    ck_assert_int_eq(rmdir(folder), 0);
}

/* "FOLDER/name", in one of a few places that the next calls use again. */
static const char *path_of(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static const char *content_of(const char *name)
{
    static char content[256];
    FILE *file = fopen(path_of(name), "r");

    ck_assert_msg(file != NULL, "no file %s", name);
    content[fread(content, 1, sizeof(content) - 1, file)] = '\0';
    fclose(file);
    return content;
}

static int run(const struct child_settings *settings)
{
    struct error error = {""};
    int ending = 0;
    pid_t child = 0;

    ck_assert_msg(child_start(settings, &child, &error) == STATUS_OK, "%s", error.message);
    ck_assert_int_eq(child_wait(settings, child, &ending, &error), STATUS_OK);
    return ending;
}

/* A shell command with our own streams and user, unless changed. */
static struct child_settings shell(const char *const argv[4])
{
    return (struct child_settings){.argv = argv, .user = geteuid()};
}

#define SHELL(command) ((const char *const[4]){"sh", "-c", (command), NULL})

START_TEST(exit_code_comes_back)
{
    struct child_settings settings = shell(SHELL("exit 3"));
    struct error error = {""};
    int ending = run(&settings);

    ck_assert(WIFEXITED(ending));
    ck_assert_int_eq(WEXITSTATUS(ending), 3);
    ck_assert_int_eq(child_check(&settings, ending, &error), STATUS_FATAL);
    ck_assert_str_eq(error.message, "sh ended with 3");
    settings.argv = SHELL("exit 0");
    ck_assert_int_eq(child_check(&settings, run(&settings), &error), STATUS_OK);
}
END_TEST

static const struct {
    const char *program; /* NULL: looked up in PATH */
    const char *missing, *message;
} absent[] = {
    {NULL, NULL, "kansen-no-such-program could not be started: No such file or directory"},
    {NULL, "install it", "install it"},
    {"/nonexistent/program", "install it", "install it"},
    /* It is there, so that its absence is not what is wrong. */
    {"/dev/null", "install it", "kansen-no-such-program could not be started: Permission denied"},
};

START_TEST(program_that_cannot_run_is_an_error_of_the_start)
{
    const char *const argv[] = {"kansen-no-such-program", NULL};
    struct child_settings settings = {.argv = argv,
                                      .program = absent[_i].program,
                                      .missing = absent[_i].missing,
                                      .user = geteuid()};
    struct error error = {""};
    pid_t child = 4711;

    ck_assert_int_eq(child_start(&settings, &child, &error), STATUS_FATAL);
    ck_assert_str_eq(error.message, absent[_i].message);
    ck_assert_int_eq(child, 4711);
    /* Nothing is left that somebody would have to wait for. */
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(folder_that_is_missing_is_not_taken_for_a_missing_program)
{
    struct child_settings settings = shell(SHELL("exit 0"));
    struct error error = {""};
    pid_t child;

    settings.missing = "install it";
    settings.folder = "/nonexistent";
    ck_assert_int_eq(child_start(&settings, &child, &error), STATUS_FATAL);
    ck_assert_str_eq(error.message, "sh could not be started: No such file or directory");
}
END_TEST

START_TEST(a_missing_program_is_told_from_one_that_cannot_run)
{
    const char *const argv[] = {"kansen-no-such-program", NULL};
    const char *const paths[] = {NULL, "/nonexistent/program", "/dev/null"};
    const bool expected[] = {true, true, false};

    for (int i = 0; i < 3; i++) {
        bool is_missing = false;
        struct child_settings settings = {
            .argv = argv, .program = paths[i], .is_missing = &is_missing, .user = geteuid()};
        struct error error = {""};
        pid_t child;

        ck_assert_int_eq(child_start(&settings, &child, &error), STATUS_FATAL);
        ck_assert_int_eq(is_missing, expected[i]);
    }
}
END_TEST

START_TEST(its_environment_is_ours_and_what_is_said)
{
    static const char *const environment[] = {"KANSEN_TEST_ONE=1", "KANSEN_TEST_TWO=two=2", NULL};
    struct child_settings settings =
        shell(SHELL("echo \"$KANSEN_TEST_ONE $KANSEN_TEST_TWO $TEST_OURS$KANSEN_DB$PGPASSWORD "
                    "$KANSEN_DATA_DIR\""));

    ck_assert_int_eq(setenv("KANSEN_TEST_ONE", "ours", 1), 0);
    ck_assert_int_eq(setenv("TEST_OURS", "3", 1), 0);
    ck_assert_int_eq(setenv("KANSEN_DATA_DIR", "/data", 1), 0);
    /* Settings are for us alone. */
    ck_assert_int_eq(setenv("KANSEN_DB", "password=secret", 1), 0);
    ck_assert_int_eq(setenv("PGPASSWORD", "secret", 1), 0);
    settings.environment = environment;
    settings.output = path_of("output");
    ck_assert_int_eq(run(&settings), 0);
    ck_assert_str_eq(content_of("output"), "1 two=2 3 /data\n");
    ck_assert_str_eq(getenv("KANSEN_TEST_ONE"), "ours");
}
END_TEST

START_TEST(streams_are_files_and_the_folder_is_its_own)
{
    struct child_settings settings = shell(SHELL("cat; pwd; echo broken >&2"));
    FILE *input = fopen(path_of("input"), "w");
    char expected[128];

    ck_assert_ptr_nonnull(input);
    fputs("read\n", input);
    ck_assert_int_eq(fclose(input), 0);
    settings.folder = folder;
    settings.input = path_of("input");
    settings.output = path_of("output");
    settings.messages = path_of("messages");
    ck_assert_int_eq(run(&settings), 0);
    snprintf(expected, sizeof(expected), "read\n%s\n", folder);
    ck_assert_str_eq(content_of("output"), expected);
    ck_assert_str_eq(content_of("messages"), "broken\n");
}
END_TEST

START_TEST(output_is_added_to_a_file)
{
    struct child_settings settings = shell(SHELL("echo out; echo err >&2"));

    settings.output = path_of("output");
    settings.messages = settings.output;
    ck_assert_int_eq(run(&settings), 0);
    ck_assert_int_eq(run(&settings), 0);
    ck_assert_str_eq(content_of("output"), "out\nerr\nout\nerr\n");
}
END_TEST

START_TEST(arguments_are_no_shell_words)
{
    const char *const argv[] = {"printf", "%s|", "a b", "$HOME", "`id`", "", NULL};
    struct child_settings settings = {.argv = argv, .user = geteuid(), .output = path_of("output")};

    ck_assert_int_eq(run(&settings), 0);
    ck_assert_str_eq(content_of("output"), "a b|$HOME|`id`||");
}
END_TEST

/* Even when our caller blocks and ignores the signal that says so. */
START_TEST(time_limit_ends_a_program_that_hangs)
{
    struct child_settings settings = shell(SHELL("exec sleep 60"));
    struct error error = {""};
    time_t before = time(NULL);
    sigset_t alarms;

    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, &alarms, NULL), 0);
    signal(SIGALRM, SIG_IGN);
    settings.seconds_max = 1;
    ck_assert_int_eq(child_check(&settings, run(&settings), &error), STATUS_FATAL);
    ck_assert_str_eq(error.message, "sh took more than 1 seconds and was ended");
    ck_assert_int_lt(time(NULL) - before, PROMPT_S);
}
END_TEST

START_TEST(signal_that_ended_it_is_named)
{
    struct child_settings settings = shell(SHELL("kill -SEGV $$"));
    struct error error = {""};

    ck_assert_int_eq(child_check(&settings, run(&settings), &error), STATUS_FATAL);
    ck_assert_str_eq(error.message, "sh was ended by signal 11");
}
END_TEST

static const struct {
    const char *command;
    int signal; /* that ends it */
} stubborn[] = {
    {"exec sleep 60", SIGTERM},
    {"trap '' TERM; echo > output; while :; do sleep 1; done", SIGKILL},
};

START_TEST(stop_asks_first_and_then_kills)
{
    struct child_settings settings = shell(SHELL(stubborn[_i].command));
    struct error error = {""};
    struct stat state;
    pid_t child;
    int ending = 0;

    settings.folder = folder;
    settings.own_group = true;
    ck_assert_int_eq(child_start(&settings, &child, &error), STATUS_OK);
    ck_assert(!child_ended(child, &ending));
    /* Until it no longer minds being asked. */
    for (int i = 0; stubborn[_i].signal == SIGKILL && i < 1000; i++)
        if (stat(path_of("output"), &state) != 0)
            clock_rest(10);
    ending = child_stop(child, SIGTERM, 500);
    ck_assert(WIFSIGNALED(ending));
    ck_assert_int_eq(WTERMSIG(ending), stubborn[_i].signal);
}
END_TEST

/* A child that starts a child of its own by this module, and is killed. */
START_TEST(end_signal_comes_when_the_parent_is_gone)
{
    struct child_settings settings =
        shell(SHELL("trap 'echo told > output; exit' USR1; echo > messages; "
                    "while :; do sleep 0.1; done"));
    struct stat state;
    pid_t parent;

    settings.folder = folder;
    settings.end_signal = SIGUSR1;
    parent = fork();
    ck_assert_int_ge(parent, 0);
    if (parent == 0) {
        struct error error = {""};
        pid_t child;

        if (child_start(&settings, &child, &error) == STATUS_OK)
            pause();
        _exit(EXIT_FAILURE);
    }
    for (int i = 0; i < 1000 && stat(path_of("messages"), &state) != 0; i++)
        clock_rest(10);
    ck_assert_int_eq(kill(parent, SIGKILL), 0);
    ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
    for (int i = 0; i < 1000 && (stat(path_of("output"), &state) != 0 || state.st_size == 0); i++)
        clock_rest(10);
    ck_assert_str_eq(content_of("output"), "told\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("child");
    TCase *cases = tcase_create("child");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, exit_code_comes_back);
    tcase_add_loop_test(cases, program_that_cannot_run_is_an_error_of_the_start, 0,
                        sizeof(absent) / sizeof(*absent));
    tcase_add_test(cases, folder_that_is_missing_is_not_taken_for_a_missing_program);
    tcase_add_test(cases, a_missing_program_is_told_from_one_that_cannot_run);
    tcase_add_test(cases, its_environment_is_ours_and_what_is_said);
    tcase_add_test(cases, streams_are_files_and_the_folder_is_its_own);
    tcase_add_test(cases, output_is_added_to_a_file);
    tcase_add_test(cases, arguments_are_no_shell_words);
    tcase_add_test(cases, time_limit_ends_a_program_that_hangs);
    tcase_add_test(cases, signal_that_ended_it_is_named);
    tcase_add_loop_test(cases, stop_asks_first_and_then_kills, 0,
                        sizeof(stubborn) / sizeof(*stubborn));
    tcase_add_test(cases, end_signal_comes_when_the_parent_is_gone);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
