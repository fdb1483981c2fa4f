#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/csv_writer.h"

/* Records of three fields, and their bytes. */
static const struct {
    const char *fields[3];
    const char *expected;
} records[] = {
    {{"a", "b", "c"}, "a,b,c\r\n"},
    {{"", NULL, ""}, ",,\r\n"},
    {{"a,b", "say \"x\"", "two\nlines"}, "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\r\n"},
    {{"=1+1", "-5", "12.50"}, "\"'=1+1\",\"'-5\",12.50\r\n"},
    {{" blank", "日本", "end "}, "\" blank\",日本,\"end \"\r\n"},
};

#define RECORDS (sizeof(records) / sizeof(*records))

static void put_record(struct csv_writer *writer, size_t record)
{
    for (size_t i = 0; i < 3; i++)
        csv_writer_field(writer, records[record].fields[i]);
    csv_writer_end(writer);
}

START_TEST(fields_are_quoted_where_they_must_be)
{
    struct csv_writer writer;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    ck_assert_ptr_nonnull(out);
    csv_writer_init(&writer, out);
    put_record(&writer, (size_t)_i);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_str_eq(text, records[_i].expected);
    free(text);
}
END_TEST

START_TEST(every_record_starts_without_a_comma)
{
    struct csv_writer writer;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    ck_assert_ptr_nonnull(out);
    csv_writer_init(&writer, out);
    put_record(&writer, 0);
    put_record(&writer, 1);
    put_record(&writer, 0);
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_str_eq(text, "a,b,c\r\n,,\r\na,b,c\r\n");
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csv_writer");
    TCase *cases = tcase_create("csv_writer");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(cases, fields_are_quoted_where_they_must_be, 0, (int)RECORDS);
    tcase_add_test(cases, every_record_starts_without_a_comma);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
