#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "reports/formats/sheet_text.h"

static const struct {
    const char *text;
    const char *cell;
} cells[] = {
    {"", ""},
    {"Japan", "Japan"},
    {"=1+1", "=1+1"}, /* a string for the library, whatever it looks like */
    {"<r><t>x</t></r>", "<r><t>x</t></r>"},
    {"a\tb\r\nc", "a\\u{0009}b\\u{000D}\\u{000A}c"},
    {"\x01", "\\u{0001}"},
    {"\xE2\x80\xAE", "\\u{202E}"},
    {"\xEF\xBF\xBE \xEF\xBF\xBF", "\\u{FFFE} \\u{FFFF}"},
    {"\xFF", "\xEF\xBF\xBD"},
    {"\xF0\x9F\xA6\xA0", "\xF0\x9F\xA6\xA0"},
    {"_x0041_", "_x005F_x0041_"},
    {"_x00zz_ _x0041 _X0041_ _x00411_", "_x00zz_ _x0041 _X0041_ _x00411_"},
    {"__xABcd__x0000_", "__x005F_xABcd__x005F_x0000_"},
    {"_", "_"},
    {"_x", "_x"},
};

START_TEST(a_cell_holds_what_people_see)
{
    char *cell = sheet_text(cells[_i].text);

    ck_assert_ptr_nonnull(cell);
    ck_assert_str_eq(cell, cells[_i].cell);
    free(cell);
}
END_TEST

/* Characters of one unit each, or of two. */
static char *repeat(const char *character, size_t times)
{
    size_t length = strlen(character);
    char *text = calloc(times * length + 1, 1);

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * length, character, length);
    return text;
}

static const struct {
    const char *character;
    size_t times;
    bool is_cut;
    size_t kept; /* characters before "…" */
} lengths[] = {
    {"a", SHEET_TEXT_UNITS_MAX, false, 0},
    {"a", SHEET_TEXT_UNITS_MAX + 1, true, SHEET_TEXT_UNITS_MAX - 1},
    {"\xE6\x84\x9F", SHEET_TEXT_UNITS_MAX, false, 0},
    {"\xE6\x84\x9F", SHEET_TEXT_UNITS_MAX + 1, true, SHEET_TEXT_UNITS_MAX - 1},
    {"\xF0\x9F\xA6\xA0", SHEET_TEXT_UNITS_MAX / 2, false, 0},
    {"\xF0\x9F\xA6\xA0", SHEET_TEXT_UNITS_MAX / 2 + 1, true, SHEET_TEXT_UNITS_MAX / 2},
};

START_TEST(a_text_too_long_for_a_cell_ends_with_an_ellipsis)
{
    char *text = repeat(lengths[_i].character, lengths[_i].times);
    char *cell = sheet_text(text);
    size_t kept = lengths[_i].kept * strlen(lengths[_i].character);

    ck_assert_ptr_nonnull(cell);
    if (lengths[_i].is_cut) {
        ck_assert_uint_eq(strspn(cell, lengths[_i].character), kept);
        ck_assert_str_eq(cell + kept, "\xE2\x80\xA6");
    } else {
        ck_assert_str_eq(cell, text);
    }
    free(cell);
    free(text);
}
END_TEST

START_TEST(a_title_keeps_its_underscores_and_is_short)
{
    char *text = repeat("a", SHEET_TITLE_UNITS_MAX + 1);
    char *shown = sheet_title("_x0041_ =1\t");
    char *cut = sheet_title(text);

    ck_assert_str_eq(shown, "_x0041_ =1\\u{0009}");
    ck_assert_uint_eq(strspn(cut, "a"), SHEET_TITLE_UNITS_MAX - 1);
    ck_assert_str_eq(cut + SHEET_TITLE_UNITS_MAX - 1, "\xE2\x80\xA6");
    free(cut);
    free(shown);
    free(text);
}
END_TEST

static const struct {
    const char *text;
    const char *name;
} names[] = {
    {"Table 1. Infections per month", "Table 1. Infections per month"},
    {"1234567890123456789012345678901", "1234567890123456789012345678901"},
    {"12345678901234567890123456789012", "123456789012345678901234567890\xE2\x80\xA6"},
    {"Table 2. Share of infections by country", "Table 2. Share of infections\xE2\x80\xA6"},
    {"a [b]: c*d?e/f\\g", "a -b-- c-d-e-f-g"},
    {"'quoted'", "\xE2\x80\x99quoted\xE2\x80\x99"},
    {"  padded \t ", "padded"},
    {"\xE8\xA1\xA8\x32\xE3\x80\x80\xE5\x9B\xBD", "\xE8\xA1\xA8\x32\xE3\x80\x80\xE5\x9B\xBD"},
    {"", "-"},
    {" \xE2\x80\xAE\x01", "-"},
    {"\xFFx", "\xEF\xBF\xBDx"},
    {"History", "History (2)"},
    {"HISTORY", "HISTORY (2)"},
    /* Two units each: fifteen, and one unit for the rest. */
    {"\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6"
     "\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F"
     "\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0",
     "\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6"
     "\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F"
     "\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xF0\x9F\xA6\xA0\xE2\x80\xA6"},
};

START_TEST(a_sheet_has_a_name_that_spreadsheets_take)
{
    struct sheet_names taken = {.count = 0};

    ck_assert_str_eq(sheet_name_add(&taken, names[_i].text), names[_i].name);
}
END_TEST

START_TEST(no_two_sheets_have_the_same_name)
{
    struct sheet_names taken = {.count = 0};

    ck_assert_str_eq(sheet_name_add(&taken, "Notes"), "Notes");
    ck_assert_str_eq(sheet_name_add(&taken, "notes"), "notes (2)");
    ck_assert_str_eq(sheet_name_add(&taken, "NOTES"), "NOTES (3)");
    ck_assert_str_eq(sheet_name_add(&taken, "\xC3\x84ndern"), "\xC3\x84ndern");
    ck_assert_str_eq(sheet_name_add(&taken, "\xC3\xA4NDERN"), "\xC3\xA4NDERN (2)");
    ck_assert_str_eq(sheet_name_add(&taken, "Share of infections by country and by name"),
                     "Share of infections by country\xE2\x80\xA6");
    ck_assert_str_eq(sheet_name_add(&taken, "Share of infections by country and by product"),
                     "Share of infections by\xE2\x80\xA6 (2)");
}
END_TEST

START_TEST(there_are_not_more_names_than_room)
{
    struct sheet_names taken = {.count = 0};

    for (int i = 0; i < SHEETS_MAX; i++)
        ck_assert_ptr_nonnull(sheet_name_add(&taken, "x"));
    ck_assert_ptr_null(sheet_name_add(&taken, "y"));
    ck_assert_str_eq(taken.names[SHEETS_MAX - 1], "x (96)");
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
    Suite *suite = suite_create("sheet_text");
    TCase *cases = tcase_create("sheet_text");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(cases, a_cell_holds_what_people_see, 0, COUNT(cells));
    tcase_add_loop_test(cases, a_text_too_long_for_a_cell_ends_with_an_ellipsis, 0, COUNT(lengths));
    tcase_add_test(cases, a_title_keeps_its_underscores_and_is_short);
    tcase_add_loop_test(cases, a_sheet_has_a_name_that_spreadsheets_take, 0, COUNT(names));
    tcase_add_test(cases, no_two_sheets_have_the_same_name);
    tcase_add_test(cases, there_are_not_more_names_than_room);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
