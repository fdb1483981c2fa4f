/* Countries from a MaxMind DB: look-ups, and files that change under them. */
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>

#include "geo_fixture.h"

/* ---- Good files ---- */

START_TEST(countries_are_found_in_every_format)
{
    int ip_version = formats[_i].ip_version;

    write_countries(ip_version, formats[_i].record_size);
    write_file();

    struct geo *geo = open_good();

    for (size_t index = 0; index < COUNT(look_ups); index++)
        assert_country(geo, look_ups[index].address,
                       ip_version == 4 ? look_ups[index].country_in_v4_file
                                       : look_ups[index].country);
    geo_close(geo);
}
END_TEST

START_TEST(an_event_without_an_address_is_of_unknown_country)
{
    struct event event = {.address_family = ADDRESS_NONE};
    char country[COUNTRY_SIZE] = "??";

    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    geo_country(geo, &event, country);
    ck_assert_str_eq(country, "ZZ");
    geo_close(geo);
}
END_TEST

START_TEST(the_build_date_is_that_of_the_file)
{
    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    ck_assert_int_eq(geo_build_epoch(geo), BUILD_EPOCH);
    geo_close(geo);
}
END_TEST

START_TEST(closing_nothing_is_allowed)
{
    geo_close(NULL);
}
END_TEST
/* ---- Files that change ---- */

START_TEST(look_ups_survive_a_file_cut_and_rewritten_in_place)
{
    static struct bytes good;

    write_countries(6, 24);
    write_file();
    good = file;

    struct geo *geo = open_good();

    ck_assert_int_eq(truncate(path, 0), 0);
    assert_country(geo, "192.0.2.1", "JP");
    ck_assert_int_eq(truncate(path, (off_t)good.size), 0);
    assert_country(geo, "192.0.2.1", "JP");
    memset(file.data, 0xFF, file.size);
    write_file();
    assert_country(geo, "192.0.2.1", "JP");
    assert_country(geo, "2001:db8::1", "FR");
    geo_close(geo);
}
END_TEST

START_TEST(an_unchanged_file_is_not_read_again)
{
    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    assert_refresh(geo, STATUS_OK, 0);
    assert_refresh(geo, STATUS_OK, 0);
    geo_close(geo);
}
END_TEST

START_TEST(a_changed_file_is_swapped_in_whole)
{
    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    writer_start(4, 32);
    writer_insert("192.0.2.0", 24, record_of_country("DE"));
    writer_finish();
    write_file();
    assert_country(geo, "192.0.2.1", "JP");
    assert_refresh(geo, STATUS_OK, 1);
    assert_country(geo, "192.0.2.1", "DE");
    assert_country(geo, "2001:db8::1", "ZZ");
    assert_refresh(geo, STATUS_OK, 0);
    geo_close(geo);
}
END_TEST

START_TEST(a_file_renamed_over_the_old_one_is_new_whatever_its_time)
{
    char other[600];

    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    snprintf(other, sizeof(other), "%s.old", path);
    ck_assert_int_eq(rename(path, other), 0);
    written--; /* the same time and, but for one dead letter, the same bytes */
    for (size_t at = 0; at + 1 < file.size; at++)
        if (memcmp(file.data + at, "JP", 2) == 0)
            memcpy(file.data + at, "DE", 2);
    write_file();
    assert_refresh(geo, STATUS_OK, 1);
    assert_country(geo, "192.0.2.1", "DE");
    remove(other);
    geo_close(geo);
}
END_TEST

START_TEST(a_bad_new_file_keeps_the_old_one_and_is_named_once)
{
    static struct bytes good;

    write_countries(6, 24);
    write_file();
    good = file;

    struct geo *geo = open_good();

    write_bytes("rubbish", 7);
    assert_refresh(geo, STATUS_REJECT, 0);
    assert_refresh(geo, STATUS_OK, 0);
    assert_country(geo, "192.0.2.1", "JP");

    write_bytes(good.data, good.size - 1); /* bad in another way */
    assert_refresh(geo, STATUS_REJECT, 0);
    assert_refresh(geo, STATUS_OK, 0);
    assert_country(geo, "192.0.2.1", "JP");

    write_bytes(good.data, good.size);
    assert_refresh(geo, STATUS_OK, 1);
    assert_country(geo, "192.0.2.1", "JP");
    geo_close(geo);
}
END_TEST

START_TEST(a_missing_file_keeps_the_old_one_and_is_named_once)
{
    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    remove(path);
    assert_refresh(geo, STATUS_REJECT, 0);
    assert_refresh(geo, STATUS_OK, 0);
    assert_country(geo, "192.0.2.1", "JP");
    write_file();
    assert_refresh(geo, STATUS_OK, 1);
    geo_close(geo);
}
END_TEST

/* Two good files in turn, each written in place, until the parent kills us or is gone. */
static void rewrite_forever(pid_t parent)
{
    static const char *const countries[] = {"JP", "DE"};

    for (int turn = 0; getppid() == parent; turn = 1 - turn) {
        writer_start(6, 24);
        writer_insert("192.0.2.0", 24, record_of_country(countries[turn]));
        writer_finish();
        write_file();
    }
    _exit(EXIT_FAILURE);
}

START_TEST(look_ups_and_refreshes_survive_a_file_that_is_always_being_written)
{
    int reloads = 0;

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    writer_finish();
    write_file();

    struct geo *geo = open_good();
    pid_t parent = getpid();
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0)
        rewrite_forever(parent);
    for (int round = 0; round < 2000 || reloads < 2; round++) {
        struct event event = event_from("192.0.2.1");
        char country[COUNTRY_SIZE] = "??";
        struct error error = {""};
        int reloaded = 0;
        enum status status = geo_refresh(geo, &reloaded, &error);

        ck_assert(status == STATUS_OK || status == STATUS_REJECT);
        reloads += reloaded;
        geo_country(geo, &event, country);
        ck_assert_msg(strcmp(country, "JP") == 0 || strcmp(country, "DE") == 0, "%s", country);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    geo_close(geo);
}
END_TEST

static int open_files(void)
{
    DIR *listing = opendir("/proc/self/fd");
    int count = 0;

    ck_assert_ptr_nonnull(listing);
    while (readdir(listing) != NULL)
        count++;
    closedir(listing);
    return count;
}

START_TEST(no_descriptor_is_kept)
{
    int before = open_files();

    write_countries(6, 24);
    write_file();

    struct geo *geo = open_good();

    ck_assert_int_eq(open_files(), before);
    write_file();
    assert_refresh(geo, STATUS_OK, 1);
    write_bytes("rubbish", 7);
    assert_refresh(geo, STATUS_REJECT, 0);
    remove(path);
    assert_refresh(geo, STATUS_REJECT, 0);
    geo_close(geo);
    ck_assert_int_eq(open_files(), before);
}
END_TEST

static Suite *geo_suite(void)
{
    Suite *suite = suite_create("geo");
    TCase *cases = tcase_create("geo");

    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, countries_are_found_in_every_format, 0, COUNT(formats));
    tcase_add_test(cases, an_event_without_an_address_is_of_unknown_country);
    tcase_add_test(cases, the_build_date_is_that_of_the_file);
    tcase_add_test(cases, closing_nothing_is_allowed);
    tcase_add_test(cases, look_ups_survive_a_file_cut_and_rewritten_in_place);
    tcase_add_test(cases, an_unchanged_file_is_not_read_again);
    tcase_add_test(cases, a_changed_file_is_swapped_in_whole);
    tcase_add_test(cases, a_file_renamed_over_the_old_one_is_new_whatever_its_time);
    tcase_add_test(cases, a_bad_new_file_keeps_the_old_one_and_is_named_once);
    tcase_add_test(cases, a_missing_file_keeps_the_old_one_and_is_named_once);
    tcase_add_test(cases, look_ups_and_refreshes_survive_a_file_that_is_always_being_written);
    tcase_add_test(cases, no_descriptor_is_kept);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(geo_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
