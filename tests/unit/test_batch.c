/* What a batch holds, and when it is full. */
#include "ingest/store/batch.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "batch_fixture.h"

static void make(void)
{
    struct error error;

    ck_assert_int_eq(batch_new(&batch, &error), STATUS_OK);
}

static void clear(void)
{
    batch_free(batch);
}

START_TEST(an_event_and_its_message_are_kept)
{
    struct event event = event_of(7);
    char value[] = "{\"a\":1}";
    struct message message = message_of(42, value);

    ck_assert(batch_is_empty(batch));
    ck_assert(batch_add_event(batch, &event, &message));
    memset(value, 'x', sizeof(value) - 1);

    const struct batch_row *row = &batch->rows[0];

    ck_assert(!batch_is_empty(batch));
    ck_assert_uint_eq(batch->row_count, 1);
    ck_assert_int_eq(row->time_us, event.time_us);
    ck_assert_mem_eq(row->device, event.device, 16);
    ck_assert_str_eq(row->country, "JP");
    ck_assert_mem_eq(string_set_get(&batch->names, row->name).data, "WORM.A", 6);
    ck_assert_uint_eq(string_set_get(&batch->products, row->product).length, strlen("Example") + 3);
    ck_assert_mem_eq(batch->messages[0].value.data, "{\"a\":1}", 7);
    ck_assert_mem_eq(batch->messages[0].key.data, "key", 3);
    ck_assert_int_eq(batch->messages[0].offset, 42);
    ck_assert_ptr_eq(batch->messages[0].origin, &origin);
}
END_TEST

START_TEST(absent_labels_have_no_number)
{
    struct event event = event_of(1);

    event.vendor = event.product = event.version = event.action = (struct slice){NULL, 0};
    ck_assert(add(&event, 0));
    ck_assert_uint_eq(batch->rows[0].product, STRING_SET_NONE);
    ck_assert_uint_eq(batch->rows[0].action, STRING_SET_NONE);
    ck_assert_uint_eq(batch->rows[0].os, STRING_SET_NONE);
    ck_assert_uint_eq(batch->rows[0].segment, STRING_SET_NONE);
}
END_TEST

/* Vendor "a" of product "b" is not vendor "ab". */
START_TEST(parts_of_a_product_do_not_run_into_each_other)
{
    struct event event = event_of(1);
    struct event other = event_of(2);

    event.vendor = slice_of("a");
    event.product = slice_of("b");
    other.vendor = slice_of("ab");
    ck_assert(add(&event, 0) && add(&other, 1));
    ck_assert_uint_ne(batch->rows[0].product, batch->rows[1].product);
}
END_TEST

static const struct geoip_build builds[] = {{1, {1}}, {1, {2}}, {2, {1}}, {3, {0}},
                                            {4, {0}}, {5, {0}}, {6, {0}}};

static struct event looked_up_event(uint32_t number, const struct geoip_build *build)
{
    struct event event = event_of(number);

    event.has_own_country = 0;
    event.geoip = build;
    return event;
}

START_TEST(each_row_knows_in_which_database_its_country_was_looked_up)
{
    struct event none = looked_up_event(100, NULL);
    struct event own = event_of(101);

    for (uint32_t i = 0; i < BATCH_GEOIP_BUILDS; i++) {
        struct event event = looked_up_event(i, &builds[i]);
        struct event again = looked_up_event(50 + i, &builds[0]);

        ck_assert(add(&event, 0) && add(&again, 1));
        ck_assert_uint_eq(batch->rows[2 * i].country_origin, BATCH_COUNTRY_LOOKED_UP + i);
        ck_assert_uint_eq(batch->rows[2 * i + 1].country_origin, BATCH_COUNTRY_LOOKED_UP);
        ck_assert_mem_eq(&batch->geoip_builds[i], &builds[i], sizeof(builds[i]));
    }

    struct event one_more = looked_up_event(99, &builds[BATCH_GEOIP_BUILDS]);

    ck_assert(!add(&one_more, 2)); /* full: it goes into the next batch */
    ck_assert(add(&none, 3) && add(&own, 4));
    ck_assert_uint_eq(batch->rows[12].country_origin, BATCH_COUNTRY_NOT_LOOKED_UP);
    ck_assert_uint_eq(batch->rows[13].country_origin, BATCH_COUNTRY_OWN);
    batch_reset(batch);
    ck_assert(add(&one_more, 2));
    ck_assert_uint_eq(batch->geoip_build_count, 1);
}
END_TEST

START_TEST(rows_and_letters_fill_a_batch_together)
{
    struct rejection why = {REJECT_BAD_JSON, "no object"};
    struct message message = message_of(0, "{");

    for (uint32_t i = 0; i < BATCH_ROWS; i++) {
        struct event event = event_of(i);

        ck_assert(i % 2 == 0 ? add(&event, i) : batch_add_dead_letter(batch, &why, &message));
    }

    struct event one_more = event_of(BATCH_ROWS);

    ck_assert(!add(&one_more, 0));
    ck_assert(!batch_add_dead_letter(batch, &why, &message));
    ck_assert_uint_eq(batch->row_count + batch->dead_letter_count, BATCH_ROWS);
    batch_reset(batch);
    ck_assert(batch_is_empty(batch));
    ck_assert(add(&one_more, 0));
}
END_TEST

START_TEST(new_names_fill_a_batch_and_known_ones_still_fit)
{
    char name[16];
    struct event event;

    for (uint32_t i = 0; i < BATCH_DICTIONARY_ENTRIES; i++) {
        event = event_of(i);
        snprintf(name, sizeof(name), "WORM.%u", i);
        event.name = slice_of(name);
        ck_assert(add(&event, i));
    }
    event = event_of(BATCH_DICTIONARY_ENTRIES);
    event.name = slice_of("ONE.MORE");
    ck_assert(!add(&event, 0));
    event.name = slice_of("WORM.0");
    ck_assert(add(&event, 0));
}
END_TEST

START_TEST(bytes_fill_a_batch)
{
    size_t size = BATCH_BYTES / 4;
    char *value = malloc(size + 1);
    struct event event = event_of(1);
    struct message message;

    memset(value, 'x', size);
    value[size] = '\0';
    message = message_of(0, value);
    for (uint32_t i = 0; i < 3; i++) {
        event = event_of(i);
        ck_assert(batch_add_event(batch, &event, &message));
    }
    event = event_of(3);
    /* The keys of those in front don't leave enough for a fourth quarter. */
    ck_assert(!batch_add_event(batch, &event, &message));
    ck_assert_uint_eq(batch->row_count, 3);
    free(value);
}
END_TEST

START_TEST(memory_grows_for_one_huge_message_and_shrinks_again)
{
    size_t size = MESSAGE_KEPT_MAX + 1000;
    char *value = malloc(size);
    struct rejection why = {REJECT_TOO_LARGE, "too large"};
    struct message message = {
        .origin = &origin, .offset = 5, .key = {value, 1000}, .value = {value, size}};
    struct event event = event_of(1);

    memset(value, 'x', size);
    ck_assert(add(&event, 0));
    ck_assert(!batch_add_dead_letter(batch, &why, &message));
    batch_reset(batch);
    ck_assert(batch_add_dead_letter(batch, &why, &message));
    ck_assert_uint_gt(batch->bytes_size, BATCH_BYTES);
    ck_assert_uint_eq(batch->dead_letters[0].message.key.length, 1000);
    /* What is beyond that is cut off. */
    ck_assert_uint_eq(batch->dead_letters[0].message.value.length, MESSAGE_KEPT_MAX);
    ck_assert_mem_eq(batch->dead_letters[0].message.value.data, value, MESSAGE_KEPT_MAX);
    ck_assert_str_eq(batch->dead_letters[0].detail, "too large");
    batch_reset(batch);
    ck_assert_uint_eq(batch->bytes_size, BATCH_BYTES);
    free(value);
}
END_TEST

START_TEST(a_tombstone_stays_one)
{
    struct rejection why = {REJECT_EMPTY, "no value"};
    struct message message = {.origin = &origin, .offset = 5, .key = {"", 0}};

    ck_assert(batch_add_dead_letter(batch, &why, &message));
    ck_assert_ptr_null(batch->dead_letters[0].message.value.data);
    ck_assert_ptr_nonnull(batch->dead_letters[0].message.key.data);
}
END_TEST

START_TEST(a_refused_row_becomes_a_letter_and_the_others_move_up)
{
    for (uint32_t i = 0; i < 4; i++) {
        struct event event = event_of(i);

        ck_assert(add(&event, i));
    }
    batch_reject_row(batch, 1, "because");
    batch_reject_row(batch, 2, "last");
    ck_assert_uint_eq(batch->row_count, 2);
    ck_assert_int_eq(batch->messages[0].offset, 0);
    ck_assert_int_eq(batch->messages[1].offset, 2);
    ck_assert_uint_eq(batch->dead_letter_count, 2);
    ck_assert_int_eq(batch->dead_letters[0].message.offset, 1);
    ck_assert_int_eq(batch->dead_letters[0].reason, REJECT_STORE);
    ck_assert_str_eq(batch->dead_letters[0].detail, "because");
    ck_assert_mem_eq(batch->dead_letters[0].message.value.data, "{}", 2);
    ck_assert_int_eq(batch->dead_letters[1].message.offset, 3);
}
END_TEST

/* PostgreSQL's words, cut somewhere, and the bytes that are left for them. */
static const struct {
    const char *why;
    size_t room;
    const char *detail;
} cuts[] = {
    {"ab", 0, ""},
    {"ab", 1, ""},
    {"ab", 2, "a"},
    {"ab", 3, "ab"},
    {"感染", 3, ""},
    {"感染", 4, "感"},
    {"感染", 6, "感"},
    {"感染", 7, "感染"},
    {"é", 100, "é"},
    {"\xF0\x9F\x98\x80", 4, ""},
    {"\xF0\x9F\x98\x80", 5, "\xF0\x9F\x98\x80"},
    /* Cut before it came here. */
    {"a\xE6\x84", 100, "a"},
    {"a\xE6", 100, "a"},
};

START_TEST(the_words_about_a_refused_row_are_cut_between_characters)
{
    struct event event = event_of(1);

    ck_assert(add(&event, 0));
    batch->bytes_used = batch->bytes_size - cuts[_i].room;
    batch_reject_row(batch, 0, cuts[_i].why);
    ck_assert_str_eq(batch->dead_letters[0].detail, cuts[_i].detail);
}
END_TEST

static bool replay(uint32_t number, int64_t dead_letter_id)
{
    struct event event = event_of(number);
    struct message message = {
        .origin = &origin, .value = slice_of("{}"), .dead_letter_id = dead_letter_id};

    return batch_add_event(batch, &event, &message);
}

START_TEST(letters_that_are_replayed_are_kept_by_number_alone)
{
    struct rejection why = {REJECT_BAD_JSON, ""};
    struct message message = {.origin = &origin,
                              .key = slice_of("key"),
                              .value = slice_of("{"),
                              .headers = slice_of("headers"),
                              .dead_letter_id = 3};

    ck_assert(replay(7, 1));
    ck_assert(replay(7, 2));
    ck_assert_uint_eq(batch->bytes_used, 0);
    ck_assert(batch_add_dead_letter(batch, &why, &message));
    ck_assert_uint_eq(batch->bytes_used, 1); /* the detail's terminator */
    ck_assert_int_eq(batch->dead_letters[0].message.dead_letter_id, 3);
    ck_assert_uint_eq(batch->row_count, 2);
    ck_assert_uint_eq(batch->replayed_count, 2);
    ck_assert_int_eq(batch->replayed[1].dead_letter_id, 2);
    ck_assert_uint_eq(batch->replayed[1].row, 1);
}
END_TEST

START_TEST(letters_with_one_event_fill_a_batch)
{
    for (uint32_t i = 0; i < BATCH_ROWS; i++)
        ck_assert(replay(7, i + 1));
    ck_assert(!replay(7, BATCH_ROWS + 1));
    ck_assert(!replay(8, BATCH_ROWS + 1));
    ck_assert_uint_eq(batch->row_count, BATCH_ROWS);
    batch_reset(batch);
    ck_assert(replay(7, 1));
    ck_assert_uint_eq(batch->replayed_count, 1);
}
END_TEST

START_TEST(letters_of_a_refused_row_are_not_replayed)
{
    ck_assert(replay(5, 1) && replay(6, 2) && replay(7, 3));
    /* As rows that are the same leave them. */
    for (uint32_t i = 3; i < 5; i++)
        batch->replayed[batch->replayed_count++] = (struct batch_replayed){i + 1, i == 3 ? 1 : 2};
    batch_reject_row(batch, 1, "because");
    ck_assert_uint_eq(batch->dead_letter_count, 1);
    ck_assert_int_eq(batch->dead_letters[0].message.dead_letter_id, 2);
    ck_assert_uint_eq(batch->replayed_count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        static const struct batch_replayed expected[] = {{1, 0}, {3, 1}, {5, 1}};

        ck_assert_int_eq(batch->replayed[i].dead_letter_id, expected[i].dead_letter_id);
        ck_assert_uint_eq(batch->replayed[i].row, expected[i].row);
    }
    ck_assert_int_eq(batch->messages[1].dead_letter_id, 3);
}
END_TEST

/* ---- the elements of one message */

static struct batch_elements elements;

static bool begin(const char *key, const char *headers, uint32_t count)
{
    struct message message = message_of(7, "[…]");

    message.key = slice_of(key);
    message.headers = slice_of(headers);
    return batch_begin_elements(batch, &message, count, &elements);
}

static bool add_element(uint32_t number)
{
    struct event event = event_of(number);
    struct message message = batch_element(&elements, number, slice_of("{}"), false);

    return batch_add_event(batch, &event, &message);
}

static bool reject_element(uint32_t number)
{
    struct rejection why = {REJECT_BAD_TIME, "no time"};
    struct message message = batch_element(&elements, number, slice_of("{ }"), true);

    return batch_add_dead_letter(batch, &why, &message);
}

START_TEST(elements_have_their_own_bytes_and_share_the_key)
{
    ck_assert(begin("the key", "the headers", 3));
    ck_assert(add_element(1) && reject_element(2) && reject_element(3));

    const struct message *first = &batch->dead_letters[0].message;
    const struct message *second = &batch->dead_letters[1].message;

    ck_assert_uint_eq(batch->messages[0].element, 1);
    ck_assert_mem_eq(batch->messages[0].value.data, "{}", 2);
    ck_assert_uint_eq(first->element, 2);
    ck_assert_uint_eq(second->element, 3);
    ck_assert_uint_eq(second->value.length, 3);
    ck_assert_mem_eq(second->key.data, "the key", 7);
    ck_assert_mem_eq(second->headers.data, "the headers", 11);
    ck_assert_ptr_eq(first->key.data, second->key.data);
    ck_assert_ptr_eq(first->headers.data, second->headers.data);
}
END_TEST

START_TEST(what_is_kept_of_the_elements_is_linear)
{
    static char key[EVENT_MESSAGE_MAX / 3];
    size_t copied = 0;

    memset(key, 'k', sizeof(key) - 1);
    ck_assert(begin(key, "", 1000));
    ck_assert(add_element(1));
    for (uint32_t i = 2; i <= 1000; i++)
        ck_assert(reject_element(i));
    for (uint32_t i = 0; i < batch->dead_letter_count; i++)
        copied += batch->dead_letters[i].message.key.length;
    ck_assert_uint_eq(copied, 2 * (sizeof(key) - 1));
    ck_assert_uint_le(batch->bytes_used, sizeof(key) + 1000 * 20);
}
END_TEST

START_TEST(the_first_dead_letter_has_the_key_however_long_it_is)
{
    char *key = calloc(1, 3 * EVENT_MESSAGE_MAX);

    memset(key, 'k', 3 * EVENT_MESSAGE_MAX - 1);
    ck_assert(begin(key, "", 3));
    ck_assert(add_element(1) && reject_element(2) && reject_element(3));
    free(key);
    ck_assert_ptr_null(batch->messages[0].key.data);
    ck_assert_uint_eq(batch->dead_letters[0].message.key.length, 3 * EVENT_MESSAGE_MAX - 1);
    ck_assert_ptr_null(batch->dead_letters[1].message.key.data);
}
END_TEST

/* A key and headers of any size, in as many elements as a message can have. */
START_TEST(an_empty_batch_takes_any_message)
{
    char *huge = malloc(MESSAGE_KEPT_MAX + 1);

    memset(huge, 'k', MESSAGE_KEPT_MAX);
    huge[MESSAGE_KEPT_MAX] = '\0';
    ck_assert(begin(huge, huge, EVENT_MESSAGE_MAX / 2 - 1));
    free(huge);
    for (uint32_t i = 1; i < EVENT_MESSAGE_MAX / 2; i++)
        ck_assert(reject_element(i));
    ck_assert(!begin("", "", BATCH_ROWS - EVENT_MESSAGE_MAX / 2 + 2));
    ck_assert(begin("", "", BATCH_ROWS - EVENT_MESSAGE_MAX / 2 + 1));
    batch_reset(batch);
    ck_assert_uint_eq(batch->bytes_size, BATCH_BYTES);
}
END_TEST

START_TEST(what_is_undone_was_never_there)
{
    struct event event = event_of(1);
    struct event other = event_of(2);
    size_t bytes_used;

    other.name = slice_of("ANOTHER");
    ck_assert(add(&event, 0) && add(&event, 1) && replay(1, 1));
    bytes_used = batch->bytes_used;
    for (int turn = 0; turn < 2; turn++) {
        struct message message;

        ck_assert(begin("key", "headers", 5));
        message = batch_element(&elements, 1, slice_of("{}"), false);
        ck_assert(batch_add_event(batch, &other, &message));
        ck_assert(add_element(2) && add_element(3) && add_element(1) && reject_element(4));
        ck_assert_uint_eq(batch->row_count, 7);
        ck_assert_uint_eq(batch->names.count, 2);
        batch_undo_elements(batch, &elements);
        ck_assert_uint_eq(batch->row_count, 3);
        ck_assert_uint_eq(batch->dead_letter_count, 0);
        ck_assert_uint_eq(batch->replayed_count, 1);
        ck_assert_uint_eq(batch->names.count, 1);
        ck_assert_uint_eq(batch->bytes_used, bytes_used);
    }
}
END_TEST

START_TEST(a_refused_element_keeps_its_bytes_and_number)
{
    ck_assert(begin("key", "", 2));
    ck_assert(add_element(1) && add_element(2));
    batch_reject_row(batch, 1, "because");
    ck_assert_uint_eq(batch->dead_letters[0].message.element, 2);
    ck_assert_uint_eq(batch->dead_letters[0].message.value.length, 2);
    ck_assert_mem_eq(batch->dead_letters[0].message.value.data, "{}", 2);
}
END_TEST

START_TEST(each_partition_has_one_progress)
{
    struct origin other = origin;
    struct batch_progress *progress = batch_progress_of(batch, &origin);

    other.place_in_source = BATCH_PARTITIONS - 1;

    ck_assert_int_eq(progress->last_offset, -1);
    ck_assert(!batch_is_empty(batch));
    ck_assert_ptr_ne(batch_progress_of(batch, &other), progress);
    ck_assert_ptr_eq(batch_progress_of(batch, &origin), progress);
    ck_assert_uint_eq(batch->progress_count, 2);
    batch_reset(batch);
    ck_assert(batch_is_empty(batch));
    ck_assert_ptr_eq(batch_progress_of(batch, &other), batch->progress);
    ck_assert_ptr_eq(batch->progress[0].origin, &other);
    ck_assert_uint_eq(batch->progress_count, 1);
}
END_TEST

static Suite *batch_suite(void)
{
    Suite *suite = suite_create("batch");
    TCase *cases = tcase_create("batch");

    tcase_add_checked_fixture(cases, make, clear);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, an_event_and_its_message_are_kept);
    tcase_add_test(cases, absent_labels_have_no_number);
    tcase_add_test(cases, parts_of_a_product_do_not_run_into_each_other);
    tcase_add_test(cases, each_row_knows_in_which_database_its_country_was_looked_up);
    tcase_add_test(cases, rows_and_letters_fill_a_batch_together);
    tcase_add_test(cases, new_names_fill_a_batch_and_known_ones_still_fit);
    tcase_add_test(cases, bytes_fill_a_batch);
    tcase_add_test(cases, memory_grows_for_one_huge_message_and_shrinks_again);
    tcase_add_test(cases, a_tombstone_stays_one);
    tcase_add_test(cases, a_refused_row_becomes_a_letter_and_the_others_move_up);
    tcase_add_loop_test(cases, the_words_about_a_refused_row_are_cut_between_characters, 0,
                        sizeof(cuts) / sizeof(cuts[0]));
    tcase_add_test(cases, letters_that_are_replayed_are_kept_by_number_alone);
    tcase_add_test(cases, letters_with_one_event_fill_a_batch);
    tcase_add_test(cases, letters_of_a_refused_row_are_not_replayed);
    tcase_add_test(cases, elements_have_their_own_bytes_and_share_the_key);
    tcase_add_test(cases, what_is_kept_of_the_elements_is_linear);
    tcase_add_test(cases, the_first_dead_letter_has_the_key_however_long_it_is);
    tcase_add_test(cases, an_empty_batch_takes_any_message);
    tcase_add_test(cases, what_is_undone_was_never_there);
    tcase_add_test(cases, a_refused_element_keeps_its_bytes_and_number);
    tcase_add_test(cases, each_partition_has_one_progress);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(batch_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
