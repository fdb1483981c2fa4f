/* From the bytes of a file to a batch, with each allocation and each system call failing once, and
 * with all of them failing from one on: an error comes back, nothing leaks, what was made before
 * stays good, and the same step succeeds when it is tried again. */
#define _GNU_SOURCE /* mkdtemp beside gnu's basename */
#include "failing.h"

#include <archive.h>
#include <archive_entry.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "ingest/event/decode.h"
#include "ingest/files/file_source.h"
#include "ingest/geoip/geo.h"
#include "ingest/store/batch.h"
#include "ingest/store/dictionary.h"
#include "ingest/store/infections.h"
#include "kansen/event.h"
#include "sql/array.h"

/* Of LeakSanitizer, where the build has it: leaks are found where they are made. */
__attribute__((weak)) int __lsan_do_recoverable_leak_check(void);

/* More than any path here makes. */
#define CALLS_MAX 1000

/* So that no batch holds it without growing. */
#define HUGE_SIZE (BATCH_BYTES + 4096)

#define EVENT(id, more)                                                                            \
    "{\"id\":\"" id "\",\"time\":\"2013-09-13T16:05:28Z\",\"device\":\"" id                        \
    "\",\"name\":\"TROJ_COINMINE.A\"" more "}"

static const char *const lines[] = {
    EVENT("one", ",\"country\":\"JP\",\"vendor\":\"Example\",\"action\":\"cleaned\""),
    EVENT("two", ",\"ip\":\"192.0.2.1\",\"product\":\"Endpoint\",\"version\":\"11\""),
    EVENT("one", ",\"country\":\"US\""),
    "{\"time\":\"2013-09-13T16:05:28Z\"}",
    "no JSON",
    "{\"topic\":\"t\",\"partition\":0,\"offset\":7,\"payload\":\"{\\\"id\\\":\\\"three\\\","
    "\\\"time\\\":\\\"2013-09-13T16:05:28Z\\\",\\\"device\\\":\\\"three\\\",\\\"name\\\":"
    "\\\"WORM.A\\\",\\\"country\\\":\\\"DE\\\"}\"}",
};
#define LINES (sizeof(lines) / sizeof(lines[0]))

static const struct time_policy policy = {1356998400000000, 1420070400000000};
static char folder[] = "/tmp/failing.XXXXXX";
static char path[64];
static char *huge;
static bool is_packed;
static bool is_archived; /* by libarchive, which does not go on behind a read that failed */

/* ---- the file, plain and packed */

static void write_file(const void *bytes, size_t length)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

static size_t join_lines(char *text, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < LINES; i++)
        length += (size_t)snprintf(text + length, size - length, "%s\n", lines[i]);
    return length;
}

static void write_plain(const char *text, size_t length)
{
    write_file(text, length);
}

static void write_gzip(const char *text, size_t length)
{
    char packed[8192];
    z_stream stream = {0};

    ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)text;
    stream.avail_in = (uInt)length;
    stream.next_out = (Bytef *)packed;
    stream.avail_out = sizeof(packed);
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    write_file(packed, sizeof(packed) - stream.avail_out);
}

static void write_zstd(const char *text, size_t length)
{
    char packed[8192];
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    size_t size = 0;

    ck_assert_int_eq(archive_write_add_filter_zstd(archive), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_set_format_raw(archive), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_set_bytes_in_last_block(archive, 1), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_open_memory(archive, packed, sizeof(packed), &size), ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFREG);
    ck_assert_int_eq(archive_write_header(archive, entry), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_data(archive, text, length), (la_ssize_t)length);
    ck_assert_int_eq(archive_write_close(archive), ARCHIVE_OK);
    archive_entry_free(entry);
    archive_write_free(archive);
    write_file(packed, size);
}

static void (*const file_writers[])(const char *, size_t) = {write_plain, write_gzip, write_zstd};
#define FILE_WRITERS ((int)(sizeof(file_writers) / sizeof(file_writers[0])))

static void make_file(int writer)
{
    char text[8192];
    size_t length = join_lines(text, sizeof(text));

    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/events", folder);
    file_writers[writer](text, length);
    is_packed = writer > 0;
    is_archived = file_writers[writer] == write_zstd;
    huge = calloc(1, HUGE_SIZE);
    ck_assert_ptr_nonnull(huge);
}

static void remove_file(void)
{
    free(huge);
    unlink(path);
    rmdir(folder);
}

/* ---- the walk */

/* Check allocates for its own assertions, so none of them may stand where calls fail. */
static void require(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

/* One walk from file to batch. What it made is freed by walk_clear, however far it came. */
struct walk {
    bool insist; /* a step that fails is tried again, with no failure */
    struct file_source *source;
    struct decoder *decoder;
    struct geo *geo;
    struct batch *batch;
    struct infections *infections;
    struct dictionary *dictionary;
    struct array array;
    char said[4096]; /* all that came of it; walks without failures say the same */
};

static void walk_clear(struct walk *walk)
{
    file_source_close(walk->source);
    decoder_free(walk->decoder);
    geo_close(walk->geo);
    batch_free(walk->batch);
    infections_free(walk->infections);
    dictionary_free(walk->dictionary);
    array_clear(&walk->array);
}

__attribute__((format(printf, 2, 3))) static void say(struct walk *walk, const char *format, ...)
{
    size_t used = strlen(walk->said);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(walk->said + used, sizeof(walk->said) - used, format, arguments);
    va_end(arguments);
}

typedef enum status step(struct walk *walk, struct error *error);

/* A step's failure names itself. */
static enum status take(struct walk *walk, step *next)
{
    struct error error = {""};
    enum status status = next(walk, &error);

    if (status == STATUS_OK)
        return STATUS_OK;
    require(*error.message != '\0' && strstr(error.message, "Success") == NULL, error.message);
    if (walk->insist) {
        require(failing_disarm(), "an error without a failure");
        status = next(walk, &error);
        require(status == STATUS_OK, error.message);
    }
    return status;
}

static enum status open_source(struct walk *walk, struct error *error)
{
    return file_source_open(path, &walk->source, error);
}

static enum status open_decoder(struct walk *walk, struct error *error)
{
    walk->decoder = decoder_new();
    return walk->decoder != NULL ? STATUS_OK : error_set(error, STATUS_FATAL, "no decoder");
}

static enum status open_geo(struct walk *walk, struct error *error)
{
    return geo_open(KANSEN_DEMO_MMDB, &walk->geo, error);
}

static enum status open_batch(struct walk *walk, struct error *error)
{
    return batch_new(&walk->batch, error);
}

static enum status open_tally(struct walk *walk, struct error *error)
{
    return infections_new(INFECTION_CACHE_MIB, &walk->infections, error);
}

static enum status open_labels(struct walk *walk, struct error *error)
{
    return dictionary_new(&walk->dictionary, error);
}

static void keep(struct walk *walk, struct slice text, const struct message *message)
{
    struct event event;
    struct rejection why;

    if (decode_event(walk->decoder, text.data, text.length, &policy, &event, &why) != STATUS_OK) {
        say(walk, "rejected %s; ", reject_reason_name(why.reason));
        require(batch_add_dead_letter(walk->batch, &why, message), "no room for a dead_letter");
        return;
    }
    if (event.country[0] == '\0')
        geo_country(walk->geo, &event, event.country);
    say(walk, "event %s; ", event.country);
    require(batch_add_event(walk->batch, &event, message), "no room for an event");
}

static enum status read_lines(struct walk *walk, struct error *error)
{
    static struct origin origin = {.source = "file", .topic = "events"};
    struct file_record record;
    enum status status;

    while ((status = file_source_next(walk->source, &record, error)) == STATUS_OK) {
        struct slice text = record.text;
        struct message message = {.origin = &origin, .offset = record.line, .value = text};

        if (text.data == NULL)
            return STATUS_OK;
        if (decode_kcat_envelope(walk->decoder, text.data, text.length, &text) < 0) {
            failing_disarm();
            require(decode_kcat_envelope(walk->decoder, text.data, text.length, &text) == 1,
                    "an envelope tried again is none");
        }
        keep(walk, text, &message);
    }
    return status;
}

static enum status empty_batch(struct walk *walk, struct error *error)
{
    (void)error;
    say(walk, "%u rows, %u dead_letters, %d repeated; ", walk->batch->row_count,
        walk->batch->dead_letter_count, (int)walk->batch->repeated);
    batch_reset(walk->batch);
    return STATUS_OK;
}

/* A message that is larger than a whole batch. */
static enum status keep_huge(struct walk *walk, struct error *error)
{
    static struct origin origin = {.source = "kafka:x", .topic = "events"};
    const struct message message = {.origin = &origin, .value = {huge, HUGE_SIZE}};
    const struct rejection why = {REJECT_TOO_LARGE, "too large"};

    if (batch_add_dead_letter(walk->batch, &why, &message))
        return STATUS_OK;
    require(batch_is_empty(walk->batch), "no empty batch");
    return error_set(error, STATUS_FATAL, "no room");
}

/* Gives the memory back when it can, and takes the next batch either way. */
static enum status reuse_batch(struct walk *walk, struct error *error)
{
    (void)error;
    batch_reset(walk->batch);
    require(batch_is_empty(walk->batch), "no empty batch");
    keep(walk, (struct slice){lines[0], strlen(lines[0])}, &(struct message){.offset = 1});
    return STATUS_OK;
}

static enum status fill_array(struct walk *walk, struct error *error)
{
    char text[100];

    memset(text, 'x', sizeof(text));
    array_reset(&walk->array);
    for (int i = 0; i < 300; i++)
        array_add_text(&walk->array, text, sizeof(text));
    if (array_text(&walk->array) == NULL)
        return error_set(error, STATUS_FATAL, "no array");
    say(walk, "%zu bytes; ", strlen(array_text(&walk->array)));
    return STATUS_OK;
}

/* How a file is packed matters to the steps up to read_lines. */
#define PACKED_STEPS 5

static enum status walk_all(struct walk *walk)
{
    static step *const steps[] = {open_source, open_decoder, open_geo,    open_batch,
                                  read_lines,  open_tally,   open_labels, empty_batch,
                                  keep_huge,   reuse_batch,  fill_array};
    const size_t count = is_packed ? PACKED_STEPS : sizeof(steps) / sizeof(steps[0]);
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = take(walk, steps[i]);
    return status;
}

/* ---- every call failed */

static const char *undisturbed(void)
{
    static struct walk walk;

    walk = (struct walk){.insist = false};
    require(walk_all(&walk) == STATUS_OK, "nothing was made to fail");
    walk_clear(&walk);
    return walk.said;
}

/* Once with the Nth call failing. What comes out in spite of it is right. */
static void fail_one(enum failing_kind kind, long number, enum failing_how how, bool insist,
                     const char *expected)
{
    struct walk *walk = calloc(1, sizeof(*walk));
    enum status status;

    ck_assert_ptr_nonnull(walk);
    walk->insist = insist;
    failing_arm(kind, number, how);
    status = walk_all(walk);
    failing_disarm();
    ck_assert(status == STATUS_OK || !insist);
    if (status == STATUS_OK)
        ck_assert_str_eq(walk->said, expected);
    walk_clear(walk);
    free(walk);
    if (__lsan_do_recoverable_leak_check != NULL)
        ck_assert_msg(__lsan_do_recoverable_leak_check() == 0, "call %ld leaks", number);
}

static void fail_each(enum failing_kind kind, const char *name)
{
    const char *expected = undisturbed();
    long calls;

    failing_arm(kind, 0, FAILING_ONCE);
    undisturbed();
    calls = failing_calls(kind);
    failing_disarm();
    ck_assert_int_gt(calls, 5);
    ck_assert_int_lt(calls, CALLS_MAX);
    for (long number = 1; number <= calls; number++) {
        fail_one(kind, number, FAILING_ON, false, expected);
        fail_one(kind, number, FAILING_ONCE, false, expected);
        if (!is_archived)
            fail_one(kind, number, FAILING_ONCE, true, expected);
    }
    printf("%s %ld\n", name, calls);
}

START_TEST(an_allocation_that_fails_is_an_error_and_leaves_everything_good)
{
    make_file(_i);
    fail_each(FAILING_MEMORY, "memory");
    remove_file();
}
END_TEST

START_TEST(a_system_call_that_fails_is_an_error_and_leaves_everything_good)
{
    make_file(_i);
    fail_each(FAILING_SYSTEM, "system");
    remove_file();
}
END_TEST

/* No memory is taken per event, so none can be short in the middle of one. */
START_TEST(decoding_and_batching_an_event_take_no_memory)
{
    struct walk walk = {.insist = false};
    struct error error;

    ck_assert_int_eq(open_decoder(&walk, &error), STATUS_OK);
    ck_assert_int_eq(open_geo(&walk, &error), STATUS_OK);
    ck_assert_int_eq(open_batch(&walk, &error), STATUS_OK);
    failing_arm(FAILING_MEMORY, 0, FAILING_ONCE);
    for (size_t i = 0; i + 1 < LINES; i++)
        keep(&walk, (struct slice){lines[i], strlen(lines[i])}, &(struct message){.offset = 1});
    ck_assert_int_eq(failing_calls(FAILING_MEMORY), 0);
    failing_disarm();
    walk_clear(&walk);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("failing calls");
    TCase *tests = tcase_create("file to batch");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, an_allocation_that_fails_is_an_error_and_leaves_everything_good, 0,
                        FILE_WRITERS);
    tcase_add_loop_test(tests, a_system_call_that_fails_is_an_error_and_leaves_everything_good, 0,
                        FILE_WRITERS);
    tcase_add_test(tests, decoding_and_batching_an_event_take_no_memory);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
