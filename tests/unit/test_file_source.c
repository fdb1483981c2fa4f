/* Lines of files of every kind: whole, damaged, and of things that are no files. */
#include "ingest/files/file_source.h"

#include <archive.h>
#include <archive_entry.h>
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PACKED_SIZE (16 * 1024 * 1024)

static char folder[] = "/tmp/file_source.XXXXXX";
static char path[64];
static char packed[PACKED_SIZE];

static void make_folder(void)
{
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/events", folder);
}

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

static void append(const void *bytes, size_t length)
{
    FILE *file = fopen(path, "ab");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

struct packing {
    const char *name; /* NULL: plain */
    int filter;       /* libarchive's */
};

static const struct packing packings[] = {
    {NULL, ARCHIVE_FILTER_NONE}, {"gzip", ARCHIVE_FILTER_GZIP},   {"zstd", ARCHIVE_FILTER_ZSTD},
    {"xz", ARCHIVE_FILTER_XZ},   {"bzip2", ARCHIVE_FILTER_BZIP2}, {"lz4", ARCHIVE_FILTER_LZ4},
};
#define PACKINGS ((int)(sizeof(packings) / sizeof(packings[0])))
/* Behind the plain one. */
#define FIRST_COMPRESSED 1

static size_t pack(int packing, const char *text, size_t length)
{
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    size_t used = 0;

    ck_assert_int_eq(archive_write_add_filter(archive, packings[packing].filter), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_set_format_raw(archive), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_set_bytes_in_last_block(archive, 1), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_open_memory(archive, packed, PACKED_SIZE, &used), ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFREG);
    ck_assert_int_eq(archive_write_header(archive, entry), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_data(archive, text, length), (la_ssize_t)length);
    ck_assert_int_eq(archive_write_close(archive), ARCHIVE_OK);
    archive_entry_free(entry);
    archive_write_free(archive);
    return used;
}

static struct file_source *open_file(void)
{
    struct file_source *source = NULL;
    struct error error = {""};
    enum status status = file_source_open(path, &source, &error);

    ck_assert_msg(status == STATUS_OK, "%s", error.message);
    return source;
}

static struct file_record next_of(struct file_source *source)
{
    struct file_record record;
    struct error error = {""};
    enum status status = file_source_next(source, &record, &error);

    ck_assert_msg(status == STATUS_OK, "%s", error.message);
    return record;
}

static void assert_line(struct file_source *source, const char *expected, size_t length,
                        int64_t expected_number)
{
    struct file_record record = next_of(source);

    ck_assert_ptr_nonnull(record.text.data);
    ck_assert_uint_eq(record.text.length, length);
    ck_assert_mem_eq(record.text.data, expected, length);
    ck_assert_int_eq(record.length, (int64_t)length);
    ck_assert_int_eq(record.line, expected_number);
    ck_assert_uint_eq(record.element, 0);
    ck_assert_ptr_null(record.damage);
}

static void assert_end(struct file_source *source)
{
    ck_assert_ptr_null(next_of(source).text.data);
}

/* Reads to the failure that must come, and returns what it says. */
static const char *failure_of(struct file_source *source)
{
    static struct error error;
    struct file_record record;
    enum status status;

    do
        status = file_source_next(source, &record, &error);
    while (status == STATUS_OK && record.text.data != NULL);
    ck_assert_int_eq(status, STATUS_REJECT);
    ck_assert(!file_source_has_read_error(source));
    return error.message;
}

START_TEST(lines_end_with_a_newline_of_either_kind_or_with_the_file)
{
    static const char text[] = "one\ntwo\r\n\n\r\nth\0ree\n\rfive\r\nlast";
    struct file_source *source;

    append(packed, pack(_i, text, sizeof(text) - 1));
    source = open_file();
    assert_line(source, "one", 3, 1);
    assert_line(source, "two", 3, 2);
    assert_line(source, "", 0, 3);
    assert_line(source, "", 0, 4);
    assert_line(source, "th\0ree", 6, 5);
    assert_line(source, "\rfive", 5, 6);
    assert_line(source, "last", 4, 7);
    assert_end(source);
    assert_end(source);
    file_source_close(source);
}
END_TEST

/* `cat a.gz b.gz`: a line may even go on in the next one. */
START_TEST(compressed_files_may_follow_each_other)
{
    struct file_source *source;

    append(packed, pack(_i, "one\ntw", 6));
    append(packed, pack(_i, "o\nthree\n", 8));
    source = open_file();
    assert_line(source, "one", 3, 1);
    assert_line(source, "two", 3, 2);
    assert_line(source, "three", 5, 3);
    assert_end(source);
    file_source_close(source);
}
END_TEST

START_TEST(an_empty_file_has_no_lines)
{
    struct file_source *source;

    /* libarchive 3.6 crashes when it makes an lz4 file of nothing; test_load_packed.py has one. */
    if (packings[_i].filter == ARCHIVE_FILTER_LZ4)
        return;
    append(packed, pack(_i, "", 0));
    source = open_file();
    assert_end(source);
    file_source_close(source);
}
END_TEST

/* Larger than every buffer, so that lines lie across their edges. */
START_TEST(a_long_file_arrives_whole)
{
    const int lines = 100000;
    size_t size = 0;
    char *text = malloc((size_t)lines * 32);
    struct file_source *source;
    char line[32];

    for (int i = 0; i < lines; i++)
        size += (size_t)sprintf(text + size, "line %d of many\n", i * 7919);
    append(packed, pack(_i, text, size));
    free(text);
    source = open_file();
    for (int i = 0; i < lines; i++) {
        int length = sprintf(line, "line %d of many", i * 7919);

        assert_line(source, line, (size_t)length, i + 1);
    }
    assert_end(source);
    file_source_close(source);
}
END_TEST

static void fill_text(char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text[i] = i % 40 == 39 ? '\n' : (char)('a' + i * i % 23);
}

/* In its first bytes and its last ones. */
START_TEST(a_compressed_file_that_was_cut_is_an_error)
{
    char text[40000];
    size_t size;

    fill_text(text, sizeof(text));
    size = pack(_i, text, sizeof(text));
    for (size_t cut = 1; cut < 90; cut++) {
        size_t length = cut < 20 ? size - cut : cut - 12;
        struct file_source *source;
        const char *why;

        append(packed, length);
        source = open_file();
        why = failure_of(source);
        ck_assert_msg(strncmp(why, path, strlen(path)) == 0, "%s", why);
        ck_assert_msg(strstr(why, "ends too early") != NULL, "%zu: %s", length, why);
        file_source_close(source);
        unlink(path);
    }
}
END_TEST

START_TEST(damaged_compression_is_an_error)
{
    char text[40000];
    size_t size;
    struct file_source *source;

    fill_text(text, sizeof(text));
    size = pack(_i, text, sizeof(text));
    memset(packed + size / 2, 0x5a, size / 4);
    append(packed, size);
    source = open_file();
    ck_assert_ptr_nonnull(strstr(failure_of(source), path));
    ck_assert_str_eq(file_source_packing(source), packings[_i].name);
    file_source_close(source);
}
END_TEST

/* libarchive 3.6 doesn't look at them; kansen does. */
START_TEST(the_checksum_and_the_length_of_gzip_are_looked_at)
{
    size_t size = pack(1, "one\ntwo\n", 8);
    struct file_source *source;

    packed[size - 1 - (size_t)_i] ^= 1;
    append(packed, size);
    source = open_file();
    ck_assert_ptr_nonnull(strstr(failure_of(source), "damaged gzip data: incorrect"));
    file_source_close(source);
}
END_TEST

/* As pzstd does it, in front of each frame. */
START_TEST(what_zstd_skips_may_stand_first_last_and_between)
{
    static const char skipped[] = "\x50\x2a\x4d\x18\4\0\0\0abcd";
    struct file_source *source;

    append(skipped, 12);
    append(packed, pack(2, "one\ntw", 6));
    append(skipped, 12);
    append(packed, pack(2, "o\n", 2));
    append(skipped, 12);
    source = open_file();
    assert_line(source, "one", 3, 1);
    assert_line(source, "two", 3, 2);
    assert_end(source);
    file_source_close(source);
}
END_TEST

START_TEST(nothing_but_what_zstd_skips_is_an_empty_file)
{
    struct file_source *source;

    append("\x5f\x2a\x4d\x18\4\0\0\0abcd", 12);
    source = open_file();
    assert_end(source);
    file_source_close(source);
}
END_TEST

/* gzip, xz, bzip2, lz4: what their formats, or kansen, take for padding. */
START_TEST(zeros_behind_the_end_are_padding)
{
    static const int padded[] = {1, 3, 4, 5};
    static const char zeros[300 * 1024];
    struct file_source *source;

    append(packed, pack(padded[_i], "one\ntwo\n", 8));
    append(zeros, sizeof(zeros));
    source = open_file();
    assert_line(source, "one", 3, 1);
    assert_line(source, "two", 3, 2);
    assert_end(source);
    file_source_close(source);
}
END_TEST

START_TEST(anything_else_behind_the_end_is_an_error)
{
    struct file_source *source;

    append(packed, pack(_i, "one\ntwo\n", 8));
    append("\0\0\0\0\0\0\0\0something else that is no compressed data", 48);
    source = open_file();
    ck_assert_ptr_nonnull(strstr(failure_of(source), packings[_i].name));
    file_source_close(source);
}
END_TEST

static char *long_line(size_t length, const char *end)
{
    char *text = malloc(length + strlen(end) + 1);

    memset(text, 'x', length);
    strcpy(text + length, end);
    return text;
}

START_TEST(the_longest_line_is_kept_whole)
{
    static const char *const ends[] = {"\nnext", "\r\nnext", ""};
    const char *end = ends[_i];
    char *text = long_line(FILE_SOURCE_RECORD_MAX, end);
    struct file_source *source;

    append(text, FILE_SOURCE_RECORD_MAX + strlen(end));
    source = open_file();
    assert_line(source, text, FILE_SOURCE_RECORD_MAX, 1);
    if (*end != '\0')
        assert_line(source, "next", 4, 2);
    assert_end(source);
    file_source_close(source);
    free(text);
}
END_TEST

START_TEST(of_a_longer_line_the_first_part_is_kept_and_the_next_line_is_whole)
{
    static const size_t more[] = {1, 300000, 3 * FILE_SOURCE_RECORD_MAX};
    size_t length = FILE_SOURCE_RECORD_MAX + more[_i];
    char *text = long_line(length, "\nnext\n");
    struct file_source *source;
    struct file_record record;

    append("first\n", 6);
    append(text, strlen(text));
    source = open_file();
    assert_line(source, "first", 5, 1);
    record = next_of(source);
    ck_assert_int_eq(record.line, 2);
    ck_assert_int_eq(record.length, (int64_t)length);
    ck_assert_uint_eq(record.text.length, FILE_SOURCE_RECORD_MAX);
    ck_assert_mem_eq(record.text.data, text, FILE_SOURCE_RECORD_MAX);
    assert_line(source, "next", 4, 3);
    assert_end(source);
    file_source_close(source);
    free(text);
}
END_TEST

/* What comes of a file, one record a line: LINE[ELEMENT] TEXT, with ! in front of what is damaged,
 * and the end: "." or the word "damaged". */
static const char *walk(const char *text)
{
    static char said[4096];
    struct file_source *source;
    struct file_record record;
    struct error error;
    enum status status;

    append(text, strlen(text));
    source = open_file();
    *said = '\0';
    while ((status = file_source_next(source, &record, &error)) == STATUS_OK &&
           record.text.data != NULL)
        sprintf(said + strlen(said), "%s%d[%u] %.*s|", record.damage == NULL ? "" : "!",
                (int)record.line, record.element, (int)record.text.length, record.text.data);
    strcat(said, status == STATUS_OK ? "." : "damaged");
    file_source_close(source);
    return said;
}

static const struct {
    const char *text;
    const char *records;
} arrays[] = {
    {"[{\"a\":1},{\"b\":2}]", "1[1] {\"a\":1}|1[2] {\"b\":2}|."},
    {"[\n {\"a\":1},\n\n {\"b\":\n2}\n]\n", "2[1] {\"a\":1}|4[2] {\"b\":\n2}|."},
    {"[{\"a\":\"]},{\\\"\\\\\"},{}]\n{}", "1[1] {\"a\":\"]},{\\\"\\\\\"}|1[2] {}|2[0] {}|."},
    {"[{},1 , \"x,]\" ,null,[1,[2]],-1e5]", "1[1] {}|1[2] 1|1[3] \"x,]\"|1[4] null|1[5] [1,[2]]|"
                                            "1[6] -1e5|."},
    {"[]\n[ ]\n[\n]\n{}", "1[0] []|2[0] []|3[0] []|5[0] {}|."},
    {"[{}][{}]\n[{}]", "1[1] {}|1[1] {}|2[1] {}|."},
    /* lines that only begin like arrays */
    {"[1,2]\n[INFO] x\n[", "1[0] [1,2]|2[0] [INFO] x|3[0] [|."},
    {"[\n1]", "1[0] [|2[0] 1]|."},
    /* damage in one line */
    {"[{} {}]\n{}", "1[1] {}|!1[2] {}]|2[0] {}|."},
    {"[{},,{}]\r\n{}", "1[1] {}|!1[2] ,{}]|2[0] {}|."},
    {"[{},]\n{}", "1[1] {}|!1[2] ]|2[0] {}|."},
    {"[{}] x\n{}", "1[1] {}|!1[2] x|2[0] {}|."},
    {"[{},{]\n{}", "1[1] {}|!1[2] {]|2[0] {}|."},
    {"[{}\n{}\n", "1[1] {}|!1[2] |2[0] {}|."},
    {"[{\"a\n[{}]\n", "!1[1] {\"a|2[1] {}|."},
    {"[{\"a\":{\n[{}]", "!1[1] {\"a\":{|2[1] {}|."},
    {"[{\"a\":1\n\n{}", "!1[1] {\"a\":1|2[0] |3[0] {}|."},
    /* a [ alone among lines */
    {"{}\n[\n{}\n{}\n", "1[0] {}|3[1] {}|!2[0] [|4[0] {}|."},
    {"[\n{\"a\n{}\n", "!1[0] [|2[0] {\"a|3[0] {}|."},
    {"[\n{} {}\n{}", "2[1] {}|!2[2] {}|3[0] {}|."},
    /* damage over many lines, and the end of the file */
    {"[{},\n{} {},\n{}]", "1[1] {}|2[2] {}|damaged"},
    {"[\n{\n\"a\n\"}]", "damaged"},
    {"[\n{},\n{}\n{}]", "2[1] {}|3[2] {}|damaged"},
    {"[{},{}", "1[1] {}|1[2] {}|damaged"},
    {"[{},{\"a\"", "1[1] {}|damaged"},
    {"[{},5", "1[1] {}|damaged"},
};

START_TEST(arrays_are_told_into_their_elements)
{
    ck_assert_str_eq(walk(arrays[_i].text), arrays[_i].records);
}
END_TEST

START_TEST(a_byte_order_mark_in_front_is_left_out)
{
    ck_assert_str_eq(walk("\xEF\xBB\xBF{}\n\xEF\xBB\xBF{}"), "1[0] {}|2[0] \xEF\xBB\xBF{}|.");
}
END_TEST

START_TEST(a_long_array_arrives_whole)
{
    const int elements = 100000;
    size_t size = 1;
    char *text = malloc((size_t)elements * 48);
    struct file_source *source;
    char element[48];

    *text = '[';
    for (int i = 0; i < elements; i++)
        size += (size_t)sprintf(text + size, "{\"n\": %d, \"of\": [\"many\"]},\n", i * 7919);
    text[size - 2] = ']';
    append(packed, pack(_i, text, size));
    free(text);
    source = open_file();
    for (int i = 0; i < elements; i++) {
        int length = sprintf(element, "{\"n\": %d, \"of\": [\"many\"]}", i * 7919);
        struct file_record record = next_of(source);

        ck_assert_uint_eq(record.text.length, (size_t)length);
        ck_assert_mem_eq(record.text.data, element, (size_t)length);
        ck_assert_int_eq(record.line, i + 1);
        ck_assert_uint_eq(record.element, (unsigned)i + 1);
    }
    assert_end(source);
    file_source_close(source);
}
END_TEST

START_TEST(of_a_longer_element_the_first_part_is_kept)
{
    size_t length = FILE_SOURCE_RECORD_MAX + 700000;
    char *text = long_line(length, "\"}, {}]");
    struct file_source *source;
    struct file_record record;

    memcpy(text, "[{\"a\":\"", 7);
    append(text, strlen(text));
    free(text);
    source = open_file();
    record = next_of(source);
    ck_assert_uint_eq(record.element, 1);
    ck_assert_int_eq(record.length, (int64_t)length + 1);
    ck_assert_uint_eq(record.text.length, FILE_SOURCE_RECORD_MAX);
    record = next_of(source);
    ck_assert_uint_eq(record.element, 2);
    ck_assert_mem_eq(record.text.data, "{}", 2);
    assert_end(source);
    file_source_close(source);
}
END_TEST

START_TEST(a_folder_and_a_missing_file_are_named)
{
    struct file_source *source = NULL;
    struct error error;
    int64_t size_bytes;

    ck_assert_int_eq(file_source_open(folder, &source, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, folder));
    ck_assert_int_eq(input_look(folder, &size_bytes, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, folder));
    ck_assert_int_eq(file_source_open(path, &source, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, path));
    ck_assert_int_eq(input_look(path, &size_bytes, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, path));
    ck_assert_ptr_null(source);
}
END_TEST

START_TEST(a_device_without_bytes_has_no_lines)
{
    struct file_source *source = NULL;
    struct error error;

    ck_assert_int_eq(file_source_open("/dev/null", &source, &error), STATUS_OK);
    assert_end(source);
    file_source_close(source);
}
END_TEST

START_TEST(looking_at_a_pipe_takes_nothing_from_it)
{
    struct file_source *source;
    struct error error;
    int64_t size_bytes = -1;
    int writer;

    ck_assert_int_eq(mkfifo(path, 0600), 0);
    writer = open(path, O_RDWR);
    ck_assert_int_ge(writer, 0);
    ck_assert_int_eq(write(writer, "one\ntwo\n", 8), 8);
    ck_assert_int_eq(input_look(path, &size_bytes, &error), STATUS_OK);
    ck_assert_int_eq(size_bytes, 0);
    source = open_file();
    close(writer);
    assert_line(source, "one", 3, 1);
    assert_line(source, "two", 3, 2);
    assert_end(source);
    file_source_close(source);
}
END_TEST

START_TEST(the_size_of_a_file_is_known)
{
    struct error error;
    int64_t size_bytes = 0;

    append("12345", 5);
    ck_assert_int_eq(input_look(path, &size_bytes, &error), STATUS_OK);
    ck_assert_int_eq(size_bytes, 5);
}
END_TEST

START_TEST(a_line_without_end_can_be_stopped)
{
    static volatile sig_atomic_t stop = 1;
    struct file_source *source = NULL;
    struct file_record record;
    struct error error;

    ck_assert_int_eq(file_source_open("/dev/zero", &source, &error), STATUS_OK);
    file_source_stop_by(source, &stop);
    ck_assert_int_eq(file_source_next(source, &record, &error), STATUS_OK);
    file_source_close(source);
}
END_TEST

static Suite *file_source_suite(void)
{
    Suite *suite = suite_create("file_source");
    TCase *cases = tcase_create("file_source");

    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, lines_end_with_a_newline_of_either_kind_or_with_the_file, 0,
                        PACKINGS);
    tcase_add_loop_test(cases, compressed_files_may_follow_each_other, 0, PACKINGS);
    tcase_add_loop_test(cases, an_empty_file_has_no_lines, 0, PACKINGS);
    tcase_add_loop_test(cases, a_long_file_arrives_whole, 0, PACKINGS);
    tcase_add_loop_test(cases, a_compressed_file_that_was_cut_is_an_error, FIRST_COMPRESSED,
                        PACKINGS);
    tcase_add_loop_test(cases, damaged_compression_is_an_error, FIRST_COMPRESSED, PACKINGS);
    tcase_add_loop_test(cases, the_checksum_and_the_length_of_gzip_are_looked_at, 0, 8);
    tcase_add_test(cases, what_zstd_skips_may_stand_first_last_and_between);
    tcase_add_test(cases, nothing_but_what_zstd_skips_is_an_empty_file);
    tcase_add_loop_test(cases, zeros_behind_the_end_are_padding, 0, 4);
    tcase_add_loop_test(cases, anything_else_behind_the_end_is_an_error, FIRST_COMPRESSED,
                        PACKINGS);
    tcase_add_loop_test(cases, the_longest_line_is_kept_whole, 0, 3);
    tcase_add_loop_test(cases, of_a_longer_line_the_first_part_is_kept_and_the_next_line_is_whole,
                        0, 3);
    tcase_add_loop_test(cases, arrays_are_told_into_their_elements, 0,
                        (int)(sizeof(arrays) / sizeof(arrays[0])));
    tcase_add_test(cases, a_byte_order_mark_in_front_is_left_out);
    tcase_add_loop_test(cases, a_long_array_arrives_whole, 0, PACKINGS);
    tcase_add_test(cases, of_a_longer_element_the_first_part_is_kept);
    tcase_add_test(cases, a_folder_and_a_missing_file_are_named);
    tcase_add_test(cases, a_device_without_bytes_has_no_lines);
    tcase_add_test(cases, a_line_without_end_can_be_stopped);
    tcase_add_test(cases, looking_at_a_pipe_takes_nothing_from_it);
    tcase_add_test(cases, the_size_of_a_file_is_known);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(file_source_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
