#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edition_fixture.h"
#include "figures_fixture.h"
#include "reports/formats/writers.h"
#include "reports/sections/compose.h"
#include "stats/figures_json.h"
#include "stats/figures_layout.h"

/* ---- any value of any member, by the layout itself */

#define LIST_MAX 3

static uint64_t state;

static void fill(const struct layout *layout, char *base, size_t months);

static char *any_text(void)
{
    static const char *const texts[] = {"",     " ",   "JP", "日本", "a\"b\\c\n\x01",
                                        "=1+1", "<b>", "ZZ"};

    return fixture_text(texts[fixture_random(&state) % (sizeof(texts) / sizeof(*texts))]);
}

static int64_t any_number(int bits)
{
    uint64_t number = fixture_random(&state) >> (fixture_random(&state) % 64);

    return bits == 32 ? (int32_t)(uint32_t)number : (int64_t)number;
}

static int64_t *any_numbers(size_t count)
{
    int64_t *numbers = calloc(count + 1, sizeof(*numbers));

    ck_assert_ptr_nonnull(numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = any_number(64);
    return numbers;
}

static void fill_list(const struct member *member, char *base, size_t months)
{
    size_t count = fixture_random(&state) % (LIST_MAX + 1);
    bool of_texts = member->kind == MEMBER_TEXTS;
    size_t size = of_texts ? sizeof(char *) : member->layout->size;
    char *first = calloc(count + 1, size);

    ck_assert_ptr_nonnull(first);
    *(void **)(void *)(base + member->offset) = first;
    *(size_t *)(void *)(base + member->count_offset) = count;
    for (size_t i = 0; i < count && of_texts; i++)
        ((char **)(void *)first)[i] = any_text();
    for (size_t i = 0; i < count && !of_texts; i++)
        fill(member->layout, first + i * size, months);
}

static void fill_member(const struct member *member, char *base, size_t months)
{
    char *at = base + member->offset;
    bool one = fixture_random(&state) % 2;

    switch (member->kind) {
    case MEMBER_BOOL:
        *(bool *)at = one;
        break;
    case MEMBER_INT32:
        *(int32_t *)(void *)at = (int32_t)any_number(32);
        break;
    case MEMBER_INT64:
        *(int64_t *)(void *)at = any_number(64);
        break;
    case MEMBER_SIZE:
        *(size_t *)(void *)at = (size_t)any_number(64) >> 1;
        break;
    case MEMBER_MONTH:
        *(month_t *)(void *)at = one ? -1 : (month_t)(fixture_random(&state) % 1000);
        break;
    case MEMBER_WORD:
        *(unsigned *)(void *)at = (unsigned)(fixture_random(&state) % member->fixed);
        break;
    case MEMBER_TEXT:
    case MEMBER_TEXT_OR_NULL:
        *(char **)(void *)at = one && member->kind == MEMBER_TEXT_OR_NULL ? NULL : any_text();
        break;
    case MEMBER_NUMBERS:
        *(int64_t **)(void *)at = one ? NULL : any_numbers(months);
        break;
    case MEMBER_ARRAY:
        for (size_t i = 0; i < member->fixed; i++)
            ((int64_t *)(void *)at)[i] = any_number(64);
        break;
    case MEMBER_STRUCT:
        fill(member->layout, at, months);
        break;
    case MEMBER_STRUCTS:
        for (size_t i = 0; i < member->fixed; i++)
            fill(member->layout, at + i * member->layout->size, months);
        break;
    case MEMBER_POINTER:
        if (one)
            break;
        *(void **)(void *)at = calloc(1, member->layout->size);
        fill(member->layout, *(void **)(void *)at, months);
        break;
    case MEMBER_TEXTS:
    case MEMBER_LIST:
        fill_list(member, base, months);
        break;
    }
}

static void fill(const struct layout *layout, char *base, size_t months)
{
    for (const struct member *member = layout->members; member->key != NULL; member++)
        fill_member(member, base, months);
}

/* Of a window that fits; all else is as it comes. */
static struct figures *any_figures(void)
{
    struct figures *figures = calloc(1, sizeof(*figures));
    size_t months = fixture_random(&state) % 4 + 1;

    ck_assert_ptr_nonnull(figures);
    fill(&figures_layout, (char *)figures, months);
    figures->from = (month_t)(fixture_random(&state) % 1000);
    figures->to = figures->from + (month_t)months - 1;
    figures->months = realloc(figures->months, months * sizeof(*figures->months));
    ck_assert_ptr_nonnull(figures->months);
    figures->month_count = months;
    for (size_t i = 0; i < months; i++)
        figures->months[i] = (struct month_figures){.month = figures->from + (month_t)i,
                                                    .infections = any_number(64),
                                                    .state = MONTH_PROVISIONAL,
                                                    .active = any_number(64)};
    while (figures->dimension_count == 0) {
        free(figures->dimensions);
        for (const struct member *member = figures_layout.members; member->key != NULL; member++)
            if (strcmp(member->key, "dimensions") == 0)
                fill_list(member, (char *)figures, months);
    }
    for (size_t i = 0; i < figures->dimension_count; i++)
        figures->dimensions[i].ranked = figures->dimensions[i].line_count / 2;
    figures->dimensions[0].dimension = DIMENSION_COUNTRY;
    return figures;
}

static char *to_text(const struct figures *figures)
{
    struct error error = {""};
    char *text = NULL;

    ck_assert_msg(figures_to_json(figures, &text, &error) == STATUS_OK, "%s", error.message);
    return text;
}

static struct figures *of_text(const char *text)
{
    struct error error = {""};
    struct figures *figures = NULL;

    ck_assert_msg(figures_from_json(text, &figures, &error) == STATUS_OK, "%s\n%s", error.message,
                  text);
    return figures;
}

/* Members are read where they are written: the same bytes, whatever they are. */
START_TEST(every_member_comes_back)
{
    for (int round = 0; round < 200; round++) {
        struct figures *there = any_figures();
        char *text = to_text(there);
        struct figures *back = of_text(text);
        char *again = to_text(back);

        ck_assert_str_eq(text, again);
        ck_assert_int_eq(there->total, back->total);
        ck_assert_int_eq(there->trend.rises, back->trend.rises);
        free(text);
        free(again);
        figures_free(there);
        figures_free(back);
    }
}
END_TEST

/* ---- what is printed */

static char *print(const struct figures *figures, const struct report_writer *writer)
{
    struct error error = {""};
    struct language *language = NULL;
    struct document *document = NULL;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(language_open("de", &language, &error), STATUS_OK);
    ck_assert_int_eq(compose_document(language, figures, NULL, &document, &error), STATUS_OK);

    struct report report = {.document = document};

    ck_assert(writer->write(out, &report));
    ck_assert_int_eq(fclose(out), 0);
    document_free(document);
    language_close(language);
    return text;
}

static void check_prints(struct figures *figures)
{
    char *text = to_text(figures);
    struct figures *back = of_text(text);

    for (size_t i = 0; i < REPORT_WRITERS; i++) {
        if (report_writers[i].write == NULL) /* makes a file of its own */
            continue;

        char *before = print(figures, &report_writers[i]);
        char *after = print(back, &report_writers[i]);

        ck_assert_str_eq(before, after);
        free(before);
        free(after);
    }
    free(text);
    figures_free(back);
    figures_free(figures);
}

START_TEST(the_same_is_printed_of_them)
{
    check_prints(fixture_published());
    for (int round = 0; round < 20; round++) {
        struct figures *figures = fixture_any(&state);

        fixture_edition(figures, &state);
        check_prints(figures);
    }
}
END_TEST

/* ---- what is not theirs */

/* Takes a text that is right, with `what` in it replaced. */
static void check_refused(const char *what, const char *by, const char *said)
{
    struct figures *figures = fixture_published();
    struct figures *back = NULL;
    struct error error = {""};
    char *text = to_text(figures);
    char *place = strstr(text, what);
    char *changed = calloc(strlen(text) + strlen(by) + 1, 1);

    ck_assert_msg(place != NULL, "%s", what);
    ck_assert_ptr_nonnull(changed);
    sprintf(changed, "%.*s%s%s", (int)(place - text), text, by, place + strlen(what));
    ck_assert_int_eq(figures_from_json(changed, &back, &error), STATUS_REJECT);
    ck_assert_msg(strstr(error.message, said) != NULL, "%s", error.message);
    ck_assert_ptr_null(back);
    free(changed);
    free(text);
    figures_free(figures);
}

START_TEST(what_they_are_not_is_refused_and_named)
{
    check_refused("{\n", "[\n", "line");
    check_refused("\"figures\": 1", "\"figures\": \"1\"", "no version");
    check_refused("\"figures\": 1", "\"figures\": 2", "newer");
    check_refused("\"total\": 12213", "\"total\": 12213.5", "total");
    check_refused("\"total\": 12213", "\"total\": \"12213\"", "total");
    check_refused("\"threat\": \"bitcoin-miner\"", "\"threat\": null", "threat");
    check_refused("\"unique\": false", "\"unique\": 0", "unique");
    check_refused("\"state\":\"complete\"", "\"state\":\"finished\"", "state");
    check_refused("\"from\": \"2013-09\"", "\"from\": \"2013-13\"", "from");
    check_refused("\"from\": \"2013-09\"", "\"from\": \"2013-10\"", "months");
    check_refused("\"dimension\":\"country\"", "\"dimension\":\"name\"", "months");
    check_refused("\"share\":2402", "\"share\":4294967296", "share");
    check_refused("\"months\":null", "\"months\":[1,2]", "months");
    check_refused("\"patterns\": [", "\"patterns\": [1, ", "patterns");
    check_refused("\"threat\"", "\"threat\": \"a\", \"threat\"", "line");
}
END_TEST

/* An edition of a version that did not know a member. */
START_TEST(a_member_that_is_absent_is_not_known)
{
    struct figures *figures =
        of_text("{\"figures\": 1, \"threat\": \"a\", \"timezone\": \"UTC\", \"from\": \"2013-09\","
                " \"to\": \"2013-09\", \"months\": [{\"month\": \"2013-09\", \"infections\": 7}],"
                " \"dimensions\": [{\"lines\": [{\"value\": \"JP\", \"infections\": 7}]}]}");

    ck_assert_int_eq(figures->months[0].infections, 7);
    ck_assert_int_eq(figures->months[0].active, -1);
    ck_assert_int_eq(figures->machines, -1);
    ck_assert_int_eq(figures->trend.month, -1);
    ck_assert_int_eq(figures->dimensions[0].lines[0].first_seen, -1);
    ck_assert_int_eq(figures->dimensions[0].lines[0].rate, -1);
    ck_assert(!figures->comparisons[BASE_YEAR_AGO].known);
    ck_assert_ptr_null(figures->edition);
    figures_free(figures);
}
END_TEST

static void setup(void)
{
    const char *seed = getenv("KANSEN_SEED");

    state = seed == NULL ? 20131204 : strtoull(seed, NULL, 10);
}

int main(void)
{
    Suite *suite = suite_create("figures_json");
    TCase *tests = tcase_create("figures_json");

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, every_member_comes_back);
    tcase_add_test(tests, the_same_is_printed_of_them);
    tcase_add_test(tests, what_they_are_not_is_refused_and_named);
    tcase_add_test(tests, a_member_that_is_absent_is_not_known);
    suite_add_tcase(suite, tests);

    SRunner *runner = srunner_create(suite);

    srunner_run_all(runner, CK_NORMAL);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
