/* Where the elements of an array begin and end, in any text. */
#include "ingest/event/elements.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define ELEMENTS_MAX 5

static const struct {
    const char *text;
    const char *elements[ELEMENTS_MAX + 1];
} arrays[] = {
    {"[1]", {"1"}},
    {"[ 1 , 2 ]", {"1", "2"}},
    {" \t\r\n[\n{}\n,\r\n{}\n]\n", {"{}", "{}"}},
    {"[{\"a\":1},{\"b\":[1,2]},[3],\"four\",null]",
     {"{\"a\":1}", "{\"b\":[1,2]}", "[3]", "\"four\"", "null"}},
    {"[[],[[]],{\"a\":{}}]", {"[]", "[[]]", "{\"a\":{}}"}},
    /* What looks like a border inside of a string is none. */
    {"[\"],\",\"[\",\"}{\"]", {"\"],\"", "\"[\"", "\"}{\""}},
    {"[\"a\\\"],\\\\\",2]", {"\"a\\\"],\\\\\"", "2"}},
    {"[{\"a\\\\\":\"\\\\\"},1]", {"{\"a\\\\\":\"\\\\\"}", "1"}},
    {"[\"感染\",\"\xFF\"]", {"\"感染\"", "\"\xFF\""}},
    /* Not JSON, but whoever reads the elements says so. */
    {"[nonsense,{]]", {"nonsense", "{]"}},
    {"[1 2,3]", {"1 2", "3"}},
};

START_TEST(each_element_has_its_own_bytes)
{
    struct slice text = {arrays[_i].text, strlen(arrays[_i].text)};
    struct elements elements;
    struct slice element;
    uint32_t count = 0;

    ck_assert(elements_open(text, &elements));
    for (; arrays[_i].elements[count] != NULL; count++) {
        ck_assert(elements_next(&elements, &element));
        ck_assert_uint_eq(element.length, strlen(arrays[_i].elements[count]));
        ck_assert_mem_eq(element.data, arrays[_i].elements[count], element.length);
    }
    ck_assert(!elements_next(&elements, &element));
    ck_assert_uint_eq(elements.count, count);
}
END_TEST

static const char *const no_arrays[] = {
    "",
    " ",
    "{}",
    "{\"a\":[1]}",
    "1",
    "\"[1]\"",
    "null",
    "[]",
    "[ ]",
    "[",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1]]",
    "[1],[2]",
    "[1] 2",
    "[\"a",
    "[\"a\\",
    "[{]",
    "[{\"a\"",
    "[1}",
    "]",
    "[\"a]\"",
    "[[1]",
    "\xEF\xBB\xBF[1]",
    "x[1]",
    "[ , ]",
    "[1]\v",
    "[{},{},",
};

START_TEST(what_does_not_end_as_an_array_is_none)
{
    struct elements elements;

    ck_assert(!elements_open((struct slice){no_arrays[_i], strlen(no_arrays[_i])}, &elements));
    ck_assert(!elements_open((struct slice){NULL, 0}, &elements));
}
END_TEST

/* As AddressSanitizer sees it: the bytes of the text and not one more are read. */
START_TEST(every_cut_of_an_array_is_none)
{
    const char *text = arrays[3].text;

    for (size_t length = 0; length < strlen(text); length++) {
        char *cut = malloc(length + 1);
        struct elements elements;

        ck_assert_ptr_nonnull(cut);
        memcpy(cut + 1, text, length);
        ck_assert(!elements_open((struct slice){cut + 1, length}, &elements));
        free(cut);
    }
}
END_TEST

static Suite *elements_suite(void)
{
    Suite *suite = suite_create("elements");
    TCase *cases = tcase_create("elements");

    tcase_add_loop_test(cases, each_element_has_its_own_bytes, 0, COUNT(arrays));
    tcase_add_loop_test(cases, what_does_not_end_as_an_array_is_none, 0, COUNT(no_arrays));
    tcase_add_test(cases, every_cut_of_an_array_is_none);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(elements_suite());

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
