#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/json_writer.h"

static struct json_writer writer;
static char *text;
static size_t length;

static void setup(void)
{
    FILE *out = open_memstream(&text, &length);

    ck_assert_ptr_nonnull(out);
    json_writer_init(&writer, out);
}

static void teardown(void)
{
    free(text);
}

static void check_written(const char *expected)
{
    ck_assert_int_eq(fclose(writer.out), 0);
    ck_assert_str_eq(text, expected);
}

static void write_example(enum json_layout layout)
{
    json_writer_object(&writer, NULL, layout);
    json_writer_text(&writer, "text", "a");
    json_writer_array(&writer, "array", layout);
    json_writer_integer(&writer, NULL, -1);
    json_writer_integer(&writer, NULL, 2);
    json_writer_end(&writer);
    json_writer_object(&writer, "empty", layout);
    json_writer_end(&writer);
    json_writer_end(&writer);
}

static const struct {
    enum json_layout layout;
    const char *expected;
} layouts[] = {
    {JSON_COMPACT, "{\"text\":\"a\",\"array\":[-1,2],\"empty\":{}}"},
    {JSON_ONE_LINE, "{\"text\": \"a\", \"array\": [-1, 2], \"empty\": {}}"},
    {JSON_LINES, "{\n"
                 "  \"text\": \"a\",\n"
                 "  \"array\": [\n"
                 "    -1,\n"
                 "    2\n"
                 "  ],\n"
                 "  \"empty\": {}\n"
                 "}"},
};

START_TEST(each_layout_has_its_commas_and_lines)
{
    write_example(layouts[_i].layout);
    check_written(layouts[_i].expected);
}
END_TEST

START_TEST(layouts_stand_inside_each_other)
{
    json_writer_array(&writer, NULL, JSON_LINES);
    for (int i = 0; i < 2; i++) {
        json_writer_object(&writer, NULL, JSON_ONE_LINE);
        json_writer_integer(&writer, "a", i);
        json_writer_integer(&writer, "b", i);
        json_writer_end(&writer);
    }
    json_writer_end(&writer);
    check_written("[\n"
                  "  {\"a\": 0, \"b\": 0},\n"
                  "  {\"a\": 1, \"b\": 1}\n"
                  "]");
}
END_TEST

START_TEST(lines_inside_one_line_are_as_deep_as_lines_outside)
{
    json_writer_array(&writer, NULL, JSON_LINES);
    json_writer_object(&writer, NULL, JSON_ONE_LINE);
    json_writer_array(&writer, "a", JSON_LINES);
    json_writer_integer(&writer, NULL, 1);
    json_writer_end(&writer);
    json_writer_end(&writer);
    json_writer_end(&writer);
    check_written("[\n"
                  "  {\"a\": [\n"
                  "    1\n"
                  "  ]}\n"
                  "]");
}
END_TEST

START_TEST(the_outermost_has_lines_of_its_own_even_when_empty)
{
    json_writer_array(&writer, NULL, JSON_LINES);
    json_writer_end(&writer);
    check_written("[\n]");
}
END_TEST

START_TEST(values_of_every_kind)
{
    json_writer_object(&writer, NULL, JSON_COMPACT);
    json_writer_text(&writer, "none", NULL);
    json_writer_text(&writer, "empty", "");
    json_writer_integer(&writer, "least", INT64_MIN);
    json_writer_unsigned(&writer, "most", UINT64_MAX);
    json_writer_bool(&writer, "yes", true);
    json_writer_bool(&writer, "no", false);
    json_writer_number(&writer, "number", "12.50");
    json_writer_number(&writer, "unknown", NULL);
    json_writer_end(&writer);
    check_written("{\"none\":null,\"empty\":\"\",\"least\":-9223372036854775808,"
                  "\"most\":18446744073709551615,\"yes\":true,\"no\":false,\"number\":12.50,"
                  "\"unknown\":null}");
}
END_TEST

START_TEST(keys_and_texts_stay_inside_their_quotes)
{
    json_writer_object(&writer, NULL, JSON_COMPACT);
    json_writer_text(&writer, "a\"b", "c\\\"d\n\x1b");
    json_writer_end(&writer);
    check_written("{\"a\\\"b\":\"c\\\\\\\"d\\u000a\\u001b\"}");
}
END_TEST

START_TEST(one_value_needs_no_object)
{
    json_writer_text(&writer, NULL, "alone");
    check_written("\"alone\"");
}
END_TEST

START_TEST(as_deep_as_promised)
{
    for (int i = 0; i < JSON_WRITER_DEPTH_MAX; i++)
        json_writer_array(&writer, NULL, JSON_COMPACT);
    for (int i = 0; i < JSON_WRITER_DEPTH_MAX; i++)
        json_writer_end(&writer);
    check_written("[[[[[[[[]]]]]]]]");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json_writer");
    TCase *cases = tcase_create("json_writer");
    SRunner *runner = srunner_create(suite);

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, each_layout_has_its_commas_and_lines, 0,
                        sizeof(layouts) / sizeof(*layouts));
    tcase_add_test(cases, layouts_stand_inside_each_other);
    tcase_add_test(cases, lines_inside_one_line_are_as_deep_as_lines_outside);
    tcase_add_test(cases, the_outermost_has_lines_of_its_own_even_when_empty);
    tcase_add_test(cases, values_of_every_kind);
    tcase_add_test(cases, keys_and_texts_stay_inside_their_quotes);
    tcase_add_test(cases, one_value_needs_no_object);
    tcase_add_test(cases, as_deep_as_promised);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
