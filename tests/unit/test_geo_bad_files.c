/* Files that are no MaxMind DB, or a damaged or hostile one: each is refused, and says why. */
#include <check.h>

#include "geo_fixture.h"

START_TEST(what_is_no_file_is_refused)
{
    assert_bad("No such file");
    ck_assert_int_eq(mkdir(path, 0700), 0);
    assert_bad("not a file");
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    assert_bad("not a file");
    remove(path);
    ck_assert_int_eq(symlink("/dev/zero", path), 0);
    assert_bad("not a file");
}
END_TEST

START_TEST(what_is_no_database_is_refused)
{
    write_bytes("", 0);
    assert_bad("0 bytes");
    write_bytes("hello", 5);
    assert_bad("not a MaxMind DB");
    write_bytes("\xAB\xCD\xEFMaxMind.com", 14);
    assert_bad("metadata is damaged");
    write_bytes("\xAB\xCD\xEFMaxMind.com\xE0", 15);
    assert_bad("metadata is damaged");
    write_bytes("\xAB\xCD\xEFMaxMind.com\xE0\0\0", 17);
    assert_bad("metadata lacks the size");
}
END_TEST

START_TEST(a_file_beyond_a_gibibyte_is_refused_unread)
{
    write_bytes("", 0);
    ck_assert_int_eq(truncate(path, ((off_t)1 << 30) + 1), 0);
    assert_bad("1073741825 bytes");
}
END_TEST

START_TEST(every_cut_of_a_file_is_refused)
{
    write_countries(6, 28);
    for (size_t size = 0; size < file.size; size++) {
        write_bytes(file.data, size);
        assert_bad("");
    }
}
END_TEST

/* Seeded, so that a failure can be repeated. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Whatever a damaged file says, the answer is two dead_letters. */
static void look_up_all(struct geo *geo)
{
    for (size_t index = 0; index < COUNT(look_ups); index++) {
        struct event event = event_from(look_ups[index].address);
        char country[COUNTRY_SIZE] = "??";

        geo_country(geo, &event, country);
        ck_assert_msg(country[0] >= 'A' && country[0] <= 'Z' && country[1] >= 'A' &&
                          country[1] <= 'Z' && country[2] == '\0',
                      "%s", country);
    }
}

START_TEST(damaged_files_are_refused_or_harmless)
{
    static struct bytes good;
    uint32_t state = 2013 + (uint32_t)_i;
    uint32_t opened = 0;

    write_countries(formats[_i].ip_version, formats[_i].record_size);
    good = file;
    for (int round = 0; round < 1000; round++) {
        struct geo *geo = NULL;
        struct error error;

        file = good;
        for (uint32_t flips = 1 + next_random(&state) % 4; flips > 0; flips--) {
            /* Every other time in the metadata, which is small and matters most. */
            size_t range = round % 2 == 0 ? file.size : 220;

            file.data[file.size - 1 - next_random(&state) % range] ^=
                (uint8_t)(1 << next_random(&state) % 8);
        }
        write_file();
        if (geo_open(path, &geo, &error) != STATUS_OK)
            continue;
        opened++;
        look_up_all(geo);
        geo_close(geo);
    }
    ck_assert_uint_gt(opened, 0);
}
END_TEST

/* libmaxminddb 1.7.1 follows the larger ones until the stack ends. */
static const struct {
    bool of_maps;
    int levels;
} nestings[] = {{true, 20}, {false, 20}, {true, 100000}, {false, 100000}};

START_TEST(a_record_nested_too_deep_is_refused)
{
    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, 0);
    for (int level = 0; level < nestings[_i].levels; level++)
        if (nestings[_i].of_maps) {
            put_map(&writer.records, 1);
            put_text(&writer.records, "a");
        } else {
            put_array(&writer.records, 1);
        }
    put_text(&writer.records, "end");
    writer_finish();
    write_file();
    assert_bad("record at byte 0");
}
END_TEST

START_TEST(pointers_in_a_circle_are_refused)
{
    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, 0);
    put_map(&writer.records, 1);
    put_text(&writer.records, "country");
    put_pointer(&writer.records, 0);
    writer_finish();
    write_file();
    assert_bad("record at byte 0");

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, 0);
    put_pointer(&writer.records, 0);
    writer_finish();
    write_file();
    assert_bad("record at byte 0");
}
END_TEST

/* Six maps of twenty pointers to the one before: 64 million values in 800 bytes. */
START_TEST(metadata_that_unfolds_without_end_is_refused)
{
    struct bytes *metadata = &writer.metadata;
    size_t before = 0;

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    put_map(metadata, 10);
    put_text(metadata, "levels");
    put_map(metadata, 6);
    for (int level = 0; level < 6; level++) {
        put_text(metadata, "level");

        size_t start = metadata->size;

        put_map(metadata, 20);
        for (int member = 0; member < 20; member++) {
            put_text(metadata, "a");
            if (level == 0)
                put_text(metadata, "b");
            else
                put_pointer(metadata, before);
        }
        before = start;
    }
    put_metadata_without_languages(metadata, writer.node_count);
    put_text(metadata, "languages");
    put_array(metadata, 0);
    writer_finish();
    write_file();
    assert_bad("metadata is damaged");
}
END_TEST

START_TEST(languages_that_are_no_text_are_refused)
{
    struct bytes *metadata = &writer.metadata;

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    put_map(metadata, 9);
    put_metadata_without_languages(metadata, writer.node_count);
    put_text(metadata, "languages");
    put_array(metadata, 2);
    put_text(metadata, "en");
    put_unsigned(metadata, 5, 1, 1);
    writer_finish();
    write_file();
    assert_bad("metadata is damaged");
}
END_TEST

START_TEST(descriptions_that_are_no_text_are_refused)
{
    struct bytes *metadata = &writer.metadata;

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    put_map(metadata, 10);
    put_text(metadata, "description");
    put_map(metadata, 1);
    put_text(metadata, "en");
    put_pointer(metadata, 2); /* the d of description, which reads as a double of four bytes */
    put_metadata_without_languages(metadata, writer.node_count);
    put_text(metadata, "languages");
    put_array(metadata, 0);
    writer_finish();
    write_file();
    assert_bad("metadata is damaged");
}
END_TEST

START_TEST(a_map_of_more_members_than_bytes_is_refused)
{
    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, 0);
    put(&writer.records, "\xFF\xFF\xFF\xFF", 4); /* 16,843,036 members */
    put_text(&writer.records, "country");
    writer_finish();
    write_file();
    assert_bad("record at byte 0");
}
END_TEST

/* In 32-bit arithmetic, 715,827,883 nodes of six bytes are two bytes. */
static const uint32_t false_node_counts[] = {715827883, 0xFFFFFFFF, 100000};

START_TEST(a_tree_larger_than_the_file_is_refused)
{
    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    writer.node_count_claimed = false_node_counts[_i];
    writer_finish();
    write_file();
    assert_bad("search tree is larger");
}
END_TEST

static const char *const required_keys[] = {
    "node_count",  "record_size", "ip_version", "database_type", "binary_format_major_version",
    "build_epoch", "description", "languages",
};

START_TEST(metadata_without_a_required_key_is_refused)
{
    const char *key = required_keys[_i];

    write_countries(6, 24);
    for (size_t at = file.size - strlen(key); at > 0; at--)
        if (memcmp(file.data + at, key, strlen(key)) == 0) {
            file.data[at] = 'X';
            break;
        }
    write_file();
    assert_bad("metadata lacks");
}
END_TEST

START_TEST(a_tree_that_leads_into_the_separator_is_refused)
{
    writer_start(6, 24);
    /* One byte before the data. */
    writer.nodes[0][1] = DATA | 0x7FFFFFFF;
    put_text(&writer.records, "JP");
    writer_finish();
    write_file();
    assert_bad("search tree leads outside");
}
END_TEST

/* What people have in place of a MaxMind DB, as it was downloaded. */
static const struct {
    const char *bytes;
    size_t size;
    const char *message;
} other_files[] = {
    {"\x1F\x8B\x08\0\0\0", 6, "gzip; unpack it first"},
    {"PK\3\4\x14\0", 6, "zip archive"},
    {"\xFD"
     "7zXZ\0",
     6, "xz;"},
    {"\x28\xB5\x2F\xFD\0", 5, "zstd;"},
    {"<!DOCTYPE html><p>Invalid license key", 37, "web page"},
    {"version https://git-lfs.github.com/spec/v1", 42, "Git LFS"},
    {"network,geoname_id\n", 19, "CSV;"},
};

START_TEST(what_is_packed_or_another_format_is_named)
{
    write_bytes(other_files[_i].bytes, other_files[_i].size);
    assert_bad(other_files[_i].message);
}
END_TEST

/* ---- values that the format has no meaning for */

static const struct {
    const char *why;
    const char *bytes;
    size_t size;
} bad_values[] = {
    {"a double of four bytes", "\x64\0\0\0\0", 5},
    {"a double of nine bytes", "\x69\0\0\0\0\0\0\0\0\0", 10},
    {"a float of three bytes", "\3\x08\0\0\0", 5},
    {"a uint16 of three bytes", "\xA3\0\0\0", 4},
    {"a uint32 of five bytes", "\xC5\0\0\0\0\0", 6},
    {"an int32 of five bytes", "\5\1\0\0\0\0\0", 7},
    {"a uint64 of nine bytes", "\x09\2\0\0\0\0\0\0\0\0\0", 11},
    {"a uint128 of seventeen bytes", "\x11\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 19},
    {"a boolean that is two", "\2\7", 2},
    {"a container of a cache", "\0\5", 2},
    {"an end marker", "\0\6", 2},
    {"a type of the future", "\0\x09", 2},
    {"a map by its longer spelling", "\0\0", 2},
    {"a text longer than the file", "\x5F\xFF\xFF\xFF", 4},
    {"bytes longer than the file", "\x9F\xFF\xFF\xFF", 4},
    {"an array of more members than there are bytes", "\x1F\4\xFF\xFF\xFF", 5},
    {"a pointer behind the end", "\x38\x7F\xFF\xFF\xFF", 5},
    {"a pointer cut off", "\x38\0", 2},
    {"a size cut off", "\x5F\xFF", 2},
    {"a key that is a number", "\xE1\xA1\1\x41z", 5},
    {"a key that is no UTF-8", "\xE1\x42\xC3\x28\x41z", 6},
};

/* Beside a good country: one bad record is enough. */
START_TEST(a_record_with_a_bad_value_is_refused)
{
    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));

    size_t offset = writer.records.size;

    writer_insert("198.51.100.0", 24, offset);
    put_map(&writer.records, 1);
    put_text(&writer.records, "value");
    put(&writer.records, bad_values[_i].bytes, bad_values[_i].size);
    writer_finish();
    write_file();
    assert_bad("is damaged");
}
END_TEST

/* ---- trees */

START_TEST(a_tree_that_leads_into_itself_is_refused)
{
    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    writer_link("2002::", 16, writer_leftmost(1));
    writer_finish();
    write_file();
    assert_bad("search tree is deeper than an address");
}
END_TEST

/* Of a branch that no address reaches otherwise: the shape counts, not the size. */
START_TEST(a_tree_deeper_than_an_address_is_refused)
{
    writer_start(4, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    writer_insert("198.51.100.1", 32, record_of_country("JP"));

    uint32_t last = writer.node_count - 1;

    writer.nodes[last][0] = writer.node_count++; /* a thirty-third bit */
    writer_finish();
    write_file();
    assert_bad("search tree is deeper than an address");
}
END_TEST

/* ---- metadata */

static const struct {
    int ip_version;
    uint32_t record_size;
    const char *message;
} bad_numbers[] = {
    {0, 24, ""}, {5, 24, ""}, {7, 24, ""}, {6, 0, ""},  {6, 1, ""},     {6, 23, ""},
    {6, 25, ""}, {6, 27, ""}, {6, 36, ""}, {6, 64, ""}, {6, 65535, ""},
};

/* The tree is written for 24 bits or 6 words; the metadata says otherwise. */
START_TEST(numbers_in_the_metadata_that_no_file_has_are_refused)
{
    struct bytes *metadata = &writer.metadata;

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    writer.ip_version = bad_numbers[_i].ip_version;
    writer.record_size = bad_numbers[_i].record_size;
    put_good_metadata(metadata, writer.node_count);
    writer.record_size = 24;
    writer_finish();
    write_file();
    assert_bad(bad_numbers[_i].message);
}
END_TEST

START_TEST(a_tree_without_nodes_is_refused)
{
    writer_start(6, 24);
    put_text(&writer.records, "JP");
    put_good_metadata(&writer.metadata, 0);
    writer_finish();
    write_file();
    assert_bad("no nodes");
}
END_TEST

START_TEST(a_format_of_the_future_is_refused)
{
    static const char key[] = "binary_format_major_version\xA2\0";

    write_countries(6, 24);
    for (size_t at = 0; at + sizeof(key) < file.size; at++)
        if (memcmp(file.data + at, key, sizeof(key) - 1) == 0)
            file.data[at + sizeof(key) - 1] = 3;
    write_file();
    assert_bad("");
}
END_TEST

START_TEST(a_build_date_that_no_calendar_has_is_refused)
{
    writer_start(6, 24);
    writer.build_epoch = UINT64_MAX;
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    writer_finish();
    write_file();
    assert_bad("build date");
}
END_TEST

START_TEST(metadata_that_is_no_map_is_refused)
{
    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    put_raw(&writer.metadata, 10, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    writer_finish();
    write_file();
    assert_bad("metadata is damaged");
}
END_TEST

/* Strange, not bad. */
START_TEST(an_empty_list_at_the_end_of_the_metadata_is_read)
{
    struct bytes *metadata = &writer.metadata;

    writer_start(6, 24);
    writer_insert("192.0.2.0", 24, record_of_country("JP"));
    put_map(metadata, 9);
    put_metadata_without_languages(metadata, writer.node_count);
    put_text(metadata, "languages");
    put_array(metadata, 0);
    writer_finish();
    write_file();

    struct geo *geo = open_good();

    assert_country(geo, "192.0.2.7", "JP");
    geo_close(geo);
}
END_TEST

static Suite *geo_bad_files_suite(void)
{
    Suite *suite = suite_create("geo_bad_files");
    TCase *cases = tcase_create("geo_bad_files");

    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, what_is_no_file_is_refused);
    tcase_add_test(cases, what_is_no_database_is_refused);
    tcase_add_test(cases, a_file_beyond_a_gibibyte_is_refused_unread);
    tcase_add_test(cases, every_cut_of_a_file_is_refused);
    tcase_add_loop_test(cases, damaged_files_are_refused_or_harmless, 0, COUNT(formats));
    tcase_add_loop_test(cases, a_record_nested_too_deep_is_refused, 0, COUNT(nestings));
    tcase_add_test(cases, pointers_in_a_circle_are_refused);
    tcase_add_test(cases, metadata_that_unfolds_without_end_is_refused);
    tcase_add_test(cases, languages_that_are_no_text_are_refused);
    tcase_add_test(cases, descriptions_that_are_no_text_are_refused);
    tcase_add_test(cases, a_map_of_more_members_than_bytes_is_refused);
    tcase_add_loop_test(cases, a_tree_larger_than_the_file_is_refused, 0, COUNT(false_node_counts));
    tcase_add_loop_test(cases, metadata_without_a_required_key_is_refused, 0, COUNT(required_keys));
    tcase_add_test(cases, a_tree_that_leads_into_the_separator_is_refused);
    tcase_add_loop_test(cases, what_is_packed_or_another_format_is_named, 0, COUNT(other_files));
    tcase_add_loop_test(cases, a_record_with_a_bad_value_is_refused, 0, COUNT(bad_values));
    tcase_add_test(cases, a_tree_that_leads_into_itself_is_refused);
    tcase_add_test(cases, a_tree_deeper_than_an_address_is_refused);
    tcase_add_loop_test(cases, numbers_in_the_metadata_that_no_file_has_are_refused, 0,
                        COUNT(bad_numbers));
    tcase_add_test(cases, a_tree_without_nodes_is_refused);
    tcase_add_test(cases, a_format_of_the_future_is_refused);
    tcase_add_test(cases, a_build_date_that_no_calendar_has_is_refused);
    tcase_add_test(cases, metadata_that_is_no_map_is_refused);
    tcase_add_test(cases, an_empty_list_at_the_end_of_the_metadata_is_read);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(geo_bad_files_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
