/* What a supervisor hears, over a socket as systemd's. */
#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kansen/clock.h"
#include "process/supervisor.h"

static char folder[64];
static char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
static int ear = -1;
static struct supervisor supervisor;
static struct error error;

/* A socket of that name, as NOTIFY_SOCKET has it. */
static void listen_at(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);

    memcpy(address.sun_path, name, length);
    if (*name == '@')
        address.sun_path[0] = '\0';
    ear = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    ck_assert_int_ge(ear, 0);
    ck_assert_int_eq(bind(ear, (struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
                     0);
    ck_assert_int_eq(setenv("NOTIFY_SOCKET", name, 1), 0);
}

static void start(void)
{
    snprintf(folder, sizeof(folder), "/tmp/supervisor.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/notify", folder);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

static void end(void)
{
    supervisor_close(&supervisor);
    if (ear >= 0)
        close(ear);
    ear = -1;
    unlink(path);
    rmdir(folder);
}

static void open_it(void)
{
    ck_assert_int_eq(supervisor_open(&supervisor, &error), STATUS_OK);
}

/* The next message; "" when there is none. */
static const char *heard(void)
{
    static char message[1024];
    ssize_t length = recv(ear, message, sizeof(message) - 1, 0);

    ck_assert(length >= 0 || errno == EAGAIN);
    message[length < 0 ? 0 : length] = '\0';
    return message;
}

START_TEST(without_a_supervisor_nothing_happens)
{
    open_it();
    ck_assert(!supervisor_is_there(&supervisor));
    supervisor_ready(&supervisor);
    supervisor_say(&supervisor, "reading");
    supervisor_feed(&supervisor);
    supervisor_stopping(&supervisor);
}
END_TEST

START_TEST(each_message_is_a_datagram)
{
    listen_at(path);
    open_it();
    supervisor_ready(&supervisor);
    supervisor_stopping(&supervisor);
    ck_assert_str_eq(heard(), "READY=1");
    ck_assert_str_eq(heard(), "STOPPING=1");
    ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(a_socket_without_a_path_is_found)
{
    char name[64];

    snprintf(name, sizeof(name), "@kansen-test-%ld", (long)getpid());
    listen_at(name);
    open_it();
    supervisor_ready(&supervisor);
    ck_assert_str_eq(heard(), "READY=1");
}
END_TEST

START_TEST(reloading_says_when)
{
    int64_t before = clock_ms(CLOCK_MONOTONIC) * 1000;
    int64_t when;

    listen_at(path);
    open_it();
    supervisor_reloading(&supervisor);
    ck_assert_int_eq(sscanf(heard(), "RELOADING=1\nMONOTONIC_USEC=%" SCNd64, &when), 1);
    ck_assert_int_ge(when, before);
    ck_assert_int_le(when, (clock_ms(CLOCK_MONOTONIC) + 1) * 1000);
}
END_TEST

START_TEST(the_same_words_are_said_once_and_on_one_line)
{
    listen_at(path);
    open_it();
    supervisor_say(&supervisor, "reading 4 partitions");
    supervisor_say(&supervisor, "reading 4 partitions");
    supervisor_say(&supervisor, "waiting\nMAINPID=1");
    ck_assert_str_eq(heard(), "STATUS=reading 4 partitions");
    ck_assert_str_eq(heard(), "STATUS=waiting");
    ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(signs_of_life_come_three_times_within_the_silence_that_is_allowed)
{
    int signs = 0;
    int64_t begun_ms;

    setenv("WATCHDOG_USEC", "3000000", 1);
    listen_at(path);
    open_it();
    ck_assert_int_eq(supervisor.feed_ms, 1000);
    begun_ms = clock_ms(CLOCK_MONOTONIC);
    for (int turn = 0; turn < 1000; turn++)
        supervisor_feed(&supervisor);
    /* However slow the machine is: no more than the time that went by allows. */
    int64_t most = 1 + (clock_ms(CLOCK_MONOTONIC) - begun_ms) / 1000;

    while (strcmp(heard(), "WATCHDOG=1") == 0)
        signs++;
    ck_assert_int_ge(signs, 1);
    ck_assert_int_le(signs, most);
    supervisor.fed_at_ms -= 1000;
    supervisor_feed(&supervisor);
    ck_assert_str_eq(heard(), "WATCHDOG=1");
}
END_TEST

START_TEST(no_signs_of_life_are_sent_that_nobody_wants)
{
    static const char *const silences[] = {"", "0", "soon", "-1"};

    listen_at(path);
    for (size_t i = 0; i < sizeof(silences) / sizeof(silences[0]); i++) {
        setenv("WATCHDOG_USEC", silences[i], 1);
        open_it();
        supervisor_feed(&supervisor);
        ck_assert_str_eq(heard(), "");
        supervisor_close(&supervisor);
    }
    /* The parent's own. */
    setenv("WATCHDOG_USEC", "3000000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    open_it();
    supervisor_feed(&supervisor);
    ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(a_supervisor_whose_queue_is_full_holds_nobody_up)
{
    char text[32];

    setenv("WATCHDOG_USEC", "3000", 1);
    listen_at(path);
    open_it();
    /* Far more than a socket's queue holds; nobody reads. */
    for (int turn = 0; turn < 2000; turn++) {
        snprintf(text, sizeof(text), "turn %d", turn);
        supervisor_say(&supervisor, text);
        supervisor.fed_at_ms = 0;
        supervisor_feed(&supervisor);
    }
    ck_assert_str_eq(heard(), "STATUS=turn 0");
}
END_TEST

START_TEST(a_supervisor_that_is_gone_is_no_failure)
{
    listen_at(path);
    open_it();
    close(ear);
    ear = -1;
    unlink(path);
    supervisor_ready(&supervisor);
    supervisor_say(&supervisor, "reading");
}
END_TEST

START_TEST(what_is_no_socket_is_refused)
{
    static const char *const names[] = {"notify", "vsock:2:1", "@", "/"};
    char long_name[200];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        setenv("NOTIFY_SOCKET", names[i], 1);
        ck_assert_int_eq(supervisor_open(&supervisor, &error), STATUS_FATAL);
        ck_assert_ptr_nonnull(strstr(error.message, names[i]));
    }
    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[0] = '/';
    long_name[sizeof(long_name) - 1] = '\0';
    setenv("NOTIFY_SOCKET", long_name, 1);
    ck_assert_int_eq(supervisor_open(&supervisor, &error), STATUS_FATAL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("supervisor");
    TCase *cases = tcase_create("supervisor");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(cases, start, end);
    tcase_add_test(cases, without_a_supervisor_nothing_happens);
    tcase_add_test(cases, each_message_is_a_datagram);
    tcase_add_test(cases, a_socket_without_a_path_is_found);
    tcase_add_test(cases, reloading_says_when);
    tcase_add_test(cases, the_same_words_are_said_once_and_on_one_line);
    tcase_add_test(cases, signs_of_life_come_three_times_within_the_silence_that_is_allowed);
    tcase_add_test(cases, no_signs_of_life_are_sent_that_nobody_wants);
    tcase_add_test(cases, a_supervisor_whose_queue_is_full_holds_nobody_up);
    tcase_add_test(cases, a_supervisor_that_is_gone_is_no_failure);
    tcase_add_test(cases, what_is_no_socket_is_refused);
    suite_add_tcase(suite, cases);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
