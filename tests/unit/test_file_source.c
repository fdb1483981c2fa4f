/* Lines of files of every kind: whole, damaged, and of things that are no files. */
#include "ingest/files/file_source.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

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

static size_t pack_gzip(const char *text, size_t length)
{
    z_stream stream = {0};

    ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)text;
    stream.avail_in = (uInt)length;
    stream.next_out = (Bytef *)packed;
    stream.avail_out = PACKED_SIZE;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return PACKED_SIZE - stream.avail_out;
}

static size_t pack_zstd(const char *text, size_t length)
{
    size_t size = ZSTD_compress(packed, PACKED_SIZE, text, length, 3);

    ck_assert(!ZSTD_isError(size));
    return size;
}

static size_t pack_plain(const char *text, size_t length)
{
    memcpy(packed, text, length);
    return length;
}

static size_t (*const packers[])(const char *, size_t) = {pack_plain, pack_gzip, pack_zstd};

static struct file_source *open_file(void)
{
    struct file_source *source = NULL;
    struct error error = {""};
    enum status status = file_source_open(path, &source, &error);

    ck_assert_msg(status == STATUS_OK, "%s", error.message);
    return source;
}

static void assert_line(struct file_source *source, const char *expected, size_t length,
                        int64_t expected_number)
{
    struct slice line;
    int64_t number = 0;
    struct error error = {""};
    enum status status = file_source_line(source, &line, &number, &error);

    ck_assert_msg(status == STATUS_OK, "%s", error.message);
    ck_assert_ptr_nonnull(line.data);
    ck_assert_uint_eq(line.length, length);
    ck_assert_mem_eq(line.data, expected, length);
    ck_assert_int_eq(number, expected_number);
}

static void assert_end(struct file_source *source)
{
    struct slice line;
    int64_t number;
    struct error error = {""};
    enum status status = file_source_line(source, &line, &number, &error);

    ck_assert_msg(status == STATUS_OK, "%s", error.message);
    ck_assert_ptr_null(line.data);
}

/* Reads to the failure that must come, and returns what it says. */
static const char *failure_of(struct file_source *source)
{
    static struct error error;
    struct slice line;
    int64_t number;
    enum status status;

    do
        status = file_source_line(source, &line, &number, &error);
    while (status == STATUS_OK && line.data != NULL);
    ck_assert_int_eq(status, STATUS_REJECT);
    return error.message;
}

START_TEST(lines_end_with_a_newline_of_either_kind_or_with_the_file)
{
    static const char text[] = "one\ntwo\r\n\n\r\nth\0ree\n\rfive\r\nlast";
    struct file_source *source;

    append(packed, packers[_i](text, sizeof(text) - 1));
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

    append(packed, packers[_i]("one\ntw", 6));
    append(packed, packers[_i]("", 0));
    append(packed, packers[_i]("o\nthree\n", 8));
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

    append(packed, packers[_i]("", 0));
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
    append(packed, packers[_i](text, size));
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

START_TEST(a_compressed_file_that_was_cut_is_an_error)
{
    char text[40000];
    size_t size;

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = i % 40 == 39 ? '\n' : (char)('a' + i * i % 23);
    size = packers[_i](text, sizeof(text));
    for (size_t cut = 1; cut < 20; cut++) {
        struct file_source *source;
        const char *why;

        append(packed, size - cut);
        source = open_file();
        why = failure_of(source);
        ck_assert_msg(strncmp(why, path, strlen(path)) == 0, "%s", why);
        ck_assert_msg(strstr(why, "ends too early") != NULL, "%s", why);
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

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = i % 40 == 39 ? '\n' : (char)('a' + i * i % 23);
    size = packers[_i](text, sizeof(text));
    memset(packed + size / 2, 0x5a, size / 4);
    append(packed, size);
    source = open_file();
    ck_assert_ptr_nonnull(strstr(failure_of(source), path));
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

START_TEST(the_longest_line_fits)
{
    static const char *const ends[] = {"\nnext", "\r\nnext", ""};
    const char *end = ends[_i];
    char *text = long_line(FILE_SOURCE_LINE_MAX, end);
    struct file_source *source;

    append(text, FILE_SOURCE_LINE_MAX + strlen(end));
    source = open_file();
    assert_line(source, text, FILE_SOURCE_LINE_MAX, 1);
    if (*end != '\0')
        assert_line(source, "next", 4, 2);
    assert_end(source);
    file_source_close(source);
    free(text);
}
END_TEST

START_TEST(a_longer_line_is_an_error_with_its_number)
{
    char *text = long_line(FILE_SOURCE_LINE_MAX + 3, "\n");
    struct file_source *source;
    char place[80];
    const char *why;

    append("first\n", 6);
    append(text, strlen(text));
    free(text);
    source = open_file();
    assert_line(source, "first", 5, 1);
    why = failure_of(source);
    snprintf(place, sizeof(place), "%s:2: ", path);
    ck_assert_msg(strncmp(why, place, strlen(place)) == 0, "%s", why);
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
    ck_assert_int_eq(file_source_look(folder, &size_bytes, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, folder));
    ck_assert_int_eq(file_source_open(path, &source, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, path));
    ck_assert_int_eq(file_source_look(path, &size_bytes, &error), STATUS_REJECT);
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
    ck_assert_int_eq(file_source_look(path, &size_bytes, &error), STATUS_OK);
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
    ck_assert_int_eq(file_source_look(path, &size_bytes, &error), STATUS_OK);
    ck_assert_int_eq(size_bytes, 5);
}
END_TEST

static Suite *file_source_suite(void)
{
    Suite *suite = suite_create("file_source");
    TCase *cases = tcase_create("file_source");

    tcase_add_checked_fixture(cases, make_folder, remove_folder);
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, lines_end_with_a_newline_of_either_kind_or_with_the_file, 0, 3);
    tcase_add_loop_test(cases, compressed_files_may_follow_each_other, 0, 3);
    tcase_add_loop_test(cases, an_empty_file_has_no_lines, 0, 3);
    tcase_add_loop_test(cases, a_long_file_arrives_whole, 0, 3);
    tcase_add_loop_test(cases, a_compressed_file_that_was_cut_is_an_error, 1, 3);
    tcase_add_loop_test(cases, damaged_compression_is_an_error, 1, 3);
    tcase_add_loop_test(cases, the_longest_line_fits, 0, 3);
    tcase_add_test(cases, a_longer_line_is_an_error_with_its_number);
    tcase_add_test(cases, a_folder_and_a_missing_file_are_named);
    tcase_add_test(cases, a_device_without_bytes_has_no_lines);
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
