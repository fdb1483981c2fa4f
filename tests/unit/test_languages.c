/* The files of the languages: each is read whole, every mistake in one is refused and named, and
 * every message of each is printed by some report. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compared_fixture.h"
#include "dimensions_fixture.h"
#include "edition_fixture.h"
#include "reports/formats/writers.h"
#include "reports/languages/embedded.h"
#include "reports/languages/language.h"
#include "reports/sections/compose.h"

/* A message with its continued lines. */
#define MESSAGE_MAX 4096

/* Random reports that are printed to meet every message. */
#define RANDOM_REPORTS 600
#include "stats/rates.h"

static const char *text_of(const char *code)
{
    for (size_t i = 0; i < LANGUAGES; i++)
        if (strcmp(embedded_languages[i].code, code) == 0)
            return embedded_languages[i].text;
    ck_abort_msg("there is no language %s", code);
    return NULL;
}

/* text with `length` bytes from `place` on replaced; the caller frees it. */
static char *replace_at(const char *text, const char *place, size_t length, const char *with)
{
    size_t size = strlen(text) + strlen(with) + 1;
    char *changed = malloc(size);

    ck_assert_ptr_nonnull(changed);
    snprintf(changed, size, "%.*s%s%s", (int)(place - text), text, with, place + length);
    return changed;
}

/* The first `old` behind the place. */
static char *replace(const char *text, const char *from, const char *old, const char *with)
{
    const char *place = strstr(from, old);

    ck_assert_msg(place != NULL, "there is no \"%s\"", old);
    return replace_at(text, place, strlen(old), with);
}

/* Where "key = …" of [messages] begins; *length is up to the line behind it. */
static const char *find_message(const char *text, const char *key, size_t *length)
{
    char start[64];
    const char *found = strstr(text, "\n[messages]\n");

    snprintf(start, sizeof(start), "\n%s = ", key);
    ck_assert_ptr_nonnull(found);
    found = strstr(found, start);
    ck_assert_msg(found != NULL, "there is no %s", key);
    found++;

    const char *end = strchr(found, '\n');

    while (end != NULL && end[-1] == '\\')
        end = strchr(end + 1, '\n');
    ck_assert_ptr_nonnull(end);
    *length = (size_t)(end + 1 - found);
    return found;
}

static char *message_of(const char *text, const char *key)
{
    size_t length;
    const char *found = find_message(text, key, &length);

    return strndup(found, length);
}

/* text in which the message has the given lines instead of its own. */
static char *with_message(const char *text, const char *key, const char *lines)
{
    size_t length;
    const char *found = find_message(text, key, &length);

    return replace_at(text, found, length, lines);
}

static void check_refused(const char *text, const char *named)
{
    struct language *language = NULL;
    struct error error = {""};

    ck_assert_msg(language_read("xx", text, &language, &error) == STATUS_REJECT, "%s: taken",
                  named);
    ck_assert_ptr_null(language);
    ck_assert_msg(strstr(error.message, named) != NULL, "\"%s\" doesn't name %s", error.message,
                  named);
    ck_assert_ptr_nonnull(strstr(error.message, "xx"));
}

static struct language *must_open(const char *code)
{
    struct language *language = NULL;
    struct error error = {""};

    ck_assert_msg(language_open(code, &language, &error) == STATUS_OK, "%s", error.message);
    return language;
}

static struct language *must_read(const char *text)
{
    struct language *language = NULL;
    struct error error = {""};

    ck_assert_msg(language_read("xx", text, &language, &error) == STATUS_OK, "%s", error.message);
    return language;
}

/* ---- which languages there are */

START_TEST(every_language_can_be_opened)
{
    struct language *language = must_open(embedded_languages[_i].code);

    ck_assert_str_eq(language_code(language), embedded_languages[_i].code);
    language_close(language);
}
END_TEST

START_TEST(languages_are_listed_once_the_default_first)
{
    ck_assert_str_eq(language_code_at(0), LANGUAGE_DEFAULT);
    for (size_t i = 0; i < LANGUAGES; i++) {
        ck_assert_ptr_nonnull(strstr(LANGUAGE_CODES, language_code_at(i)));
        if (i > 1)
            ck_assert_int_lt(strcmp(language_code_at(i - 1), language_code_at(i)), 0);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(language_code_at(j), language_code_at(i));
    }
    ck_assert_ptr_null(language_code_at(LANGUAGES));
}
END_TEST

START_TEST(an_unknown_language_is_answered_with_those_that_there_are)
{
    struct language *language = NULL;
    struct error error = {""};

    ck_assert_int_eq(language_open("xx", &language, &error), STATUS_REJECT);
    for (size_t i = 0; i < LANGUAGES; i++)
        ck_assert_ptr_nonnull(strstr(error.message, embedded_languages[i].code));
}
END_TEST

/* ---- mistakes */

/* What a hurried translator does to the English file, and what is said to that. */
static const struct {
    const char *old, *with, *named;
} mistakes[] = {
    {"locale = en\n", "", "locale"},
    {"month = MMMM y\n", "", "month"},
    {"month_alone = MMMM\n", "", "month_alone"},
    {"day = MMMM d, y\n", "", "day"},
    {"2 = two\n", "2 = two\n2 = a pair\n", "2"},
    {"2 = two\n", "10 = ten\n", "10"},
    {"2 = two\n", "0 = none\n", "0"},
    {"locale = en\n", "locale = en\nlocale = de\n", "locale"},
    {"locale = en\n", "locale =\n", "locale"},
    {"locale = en\n", "locale = en\nlanguage = English\n", "line 5: language"},
    {"[countries]\n", "[nations]\n", "[nations]"},
    {"[countries]\n", "[countries\n", "[countries"},
    {"[language]\n", "", "locale = en"},
    {"US = United States\n", "USA = United States\n", "USA"},
    {"US = United States\n", "us = United States\n", "us"},
    {"US = United States\n", "US = United States\nUS = America\n", "US"},
    {"US = the United States\n", "US = the United States\nUS = the States\n", "US"},
    {"US = United States\n", "United States\n", "United States"},
    {"findings = Key findings\n", "findings = Find\\ings\n", "\\"},
    {"findings = Key findings\n", "findings = Findings\\u12x4\n", "\\"},
    {"findings = Key findings\n", "findings = Findings\\uD800\n", "\\"},
    {"findings = Key findings\n", "findings = {Findings}\n", "findings"},
    {"findings = Key findings\n", "findings = {findings}\n", "{findings}"},
    {"{threat}: infection", "threat: infection", "{threat}"},
    {"{threat}: infection", "{Threat}: infection", "title"},
    {"{threat}: infection", "{threat: infection", "title"},
    {"{threat}: infection", "{threat}}: infection", "}"},
    {"{threat}: infection", "{0}: infection", "title"},
    {"{threat}: infection", "'{threat}': infection", "quote"},
    {"{threat}: infection", "{threat}''s infection", "quote"},
    {"{threat}: infection", "{threat, number}: infection", "{threat, number}"},
    {"{threat}: infection", "{threat, plural, one {a} other {{threat}}}: infection", "{threat}"},
    {"{threat}: infection", "{threat, select, one {a} other {{threat}}}: infection", "{threat}"},
    {"{earlier} ({infections})", "{later} ({infections})", "{earlier}"},
    {"one {in} other {from}", "one {in} many {from}", "other"},
    {"one {in} other {from}", "one {in} others {from}", "others"},
    {"one {in} other {from}", "single {in} other {from}", "single"},
    {"one {in} other {from}", "=x {in} other {from}", "=x"},
    {"one {in} other {from}", "one {in #} other {from}", "#"},
    {"one {in} other {from}", "offset:1 one {in} other {from}", "offset"},
    {"one {in} other {from}", "one in} other {from}", "one"},
    {"{months, plural, one {in} other {from}} {window}.",
     "{months, plural, one {in {window}} other {from}}.", "{window}"},
    {"{months, plural, one {in} other {from}}", "{months, plural", "months"},
    {"{months, plural, one {in} other {from}} {window}.", "{months, plural, one {in}",
     "total_none"},
    {"{counting, select, unique", "{counting, plural, unique", "{counting}"},
    {"{counting, select, unique {infected machines} other {infections}}", "{counting}",
     "{counting}"},
    {"select, unique {infected machines} other {infections}", "select, unique {infected machines}",
     "other"},
};

START_TEST(a_mistake_is_refused_and_named)
{
    const char *text = text_of("en");
    char *changed = replace(text, text, mistakes[_i].old, mistakes[_i].with);

    check_refused(changed, mistakes[_i].named);
    free(changed);
}
END_TEST

START_TEST(every_message_is_needed_once)
{
    const char *text = embedded_languages[_i].text;

    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const char *key = message_specs[i].key;
        char *lines = message_of(text, key);
        char twice[2 * MESSAGE_MAX];
        char renamed[MESSAGE_MAX + 8];

        snprintf(twice, sizeof(twice), "%s%s", lines, lines);
        snprintf(renamed, sizeof(renamed), "x%s", lines);

        const char *const changes[] = {"", twice, renamed};

        for (size_t j = 0; j < sizeof(changes) / sizeof(*changes); j++) {
            char *changed = with_message(text, key, changes[j]);

            check_refused(changed, key);
            free(changed);
        }
        free(lines);
    }
}
END_TEST

/* Every {name} of a message by another name, or by none. */
static char *without_parameter(const char *lines, const char *name, const char *with)
{
    char *changed = strdup(lines);
    char braces[64];

    snprintf(braces, sizeof(braces), "{%s}", name);
    ck_assert_ptr_nonnull(changed);
    for (char *place; (place = strstr(changed, braces)) != NULL;) {
        char *next = replace_at(changed, place, strlen(braces), with);

        free(changed);
        changed = next;
    }
    return changed;
}

static void check_parameter_needed(const char *text, const struct message_spec *spec,
                                   const char *name)
{
    char *lines = message_of(text, spec->key);
    char *without = without_parameter(lines, name, "");
    char *misspelt = without_parameter(lines, name, "{unknown_name}");
    char *changed = with_message(text, spec->key, without);

    check_refused(changed, name);
    free(changed);
    changed = with_message(text, spec->key, misspelt);
    check_refused(changed, "unknown_name");
    free(changed);
    free(misspelt);
    free(without);
    free(lines);
}

START_TEST(every_parameter_is_needed)
{
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const struct message_parameter *parameters = message_specs[i].parameters;

        for (size_t j = 0; j < MESSAGE_PARAMETERS_MAX && parameters[j].name != NULL; j++)
            if (parameters[j].kind == PARAMETER_TEXT || parameters[j].kind == PARAMETER_NUMBER)
                check_parameter_needed(embedded_languages[_i].text, &message_specs[i],
                                       parameters[j].name);
    }
}
END_TEST

/* ---- what the program says */

static const char *say(const struct language *language, struct phrases *phrases, int64_t months,
                       int64_t infections)
{
    return language_say(
        language, phrases, MESSAGE_PEAK_SHARED,
        MESSAGE_ARGUMENTS(language_count(language, phrases, "months", months),
                          language_count(language, phrases, "infections", infections),
                          language_text("scope", "all")));
}

START_TEST(arguments_that_are_not_the_messages_are_an_error)
{
    struct language *language = must_open("en");
    struct message_argument threat = language_text("threat", "x");
    struct message_argument other = language_text("name", "x");
    const struct {
        const struct message_argument *arguments;
        bool failed;
    } calls[] = {{MESSAGE_ARGUMENTS(threat), false},
                 {MESSAGE_NO_ARGUMENTS, true},
                 {MESSAGE_ARGUMENTS(other), true},
                 {MESSAGE_ARGUMENTS(threat, other), true},
                 {MESSAGE_ARGUMENTS(threat, threat), true}};

    for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        struct phrases phrases;

        phrases_init(&phrases);
        language_say(language, &phrases, MESSAGE_TITLE, calls[i].arguments);
        ck_assert_int_eq(phrases.failed, calls[i].failed);
        phrases_clear(&phrases);
    }
    language_close(language);
}
END_TEST

START_TEST(arguments_are_inserted_as_they_are)
{
    static const struct {
        const char *threat, *title;
    } cases[] = {
        {"a {threat} 'b' {0} }{ #", "a {threat} 'b' {0} }{ #: infection report"},
        {"", ": infection report"},
        {"不正 \xf0\x9f\x98\x80", "不正 \xf0\x9f\x98\x80: infection report"},
        {"a\xff"
         "b",
         "a\xef\xbf\xbd"
         "b: infection report"},
    };
    struct language *language = must_open("en");
    struct phrases phrases;
    char *long_threat = calloc(1, 100001);

    ck_assert_ptr_nonnull(long_threat);
    memset(long_threat, 'x', 100000);
    phrases_init(&phrases);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        ck_assert_str_eq(language_say(language, &phrases, MESSAGE_TITLE,
                                      MESSAGE_ARGUMENTS(language_text("threat", cases[i].threat))),
                         cases[i].title);

    const char *said = language_say(language, &phrases, MESSAGE_TITLE,
                                    MESSAGE_ARGUMENTS(language_text("threat", long_threat)));

    ck_assert_uint_eq(strlen(said), 100000 + strlen(": infection report"));
    ck_assert(!phrases.failed);
    phrases_clear(&phrases);
    free(long_threat);
    language_close(language);
}
END_TEST

START_TEST(an_argument_may_stand_in_a_message_many_times)
{
    char *text = with_message(text_of("en"), "title",
                              "title = {threat}{threat}{threat}{threat}{threat}{threat}{threat}\n");
    struct language *language = must_read(text);
    struct phrases phrases;

    phrases_init(&phrases);
    ck_assert_str_eq(language_say(language, &phrases, MESSAGE_TITLE,
                                  MESSAGE_ARGUMENTS(language_text("threat", "abcdefghij"))),
                     "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij");
    ck_assert(!phrases.failed);
    phrases_clear(&phrases);
    language_close(language);
    free(text);
}
END_TEST

/* 2^53 + 1 is the first whole number that a double can't hold. */
START_TEST(counts_are_exact_however_large)
{
    struct language *language = must_open("en");
    struct phrases phrases;

    phrases_init(&phrases);
    ck_assert_str_eq(say(language, &phrases, 9007199254740993, INT64_MAX),
                     "The highest monthly count, 9,223,372,036,854,775,807, was reached in "
                     "9,007,199,254,740,993 months.");
    ck_assert(!phrases.failed);
    phrases_clear(&phrases);
    language_close(language);
}
END_TEST

/* Polish tells 1, 2 to 4, and 5 apart, by the last digits; both numbers choose at once. */
START_TEST(plurals_follow_the_rules_of_the_locale)
{
    static const struct {
        int64_t months, infections;
        const char *said;
    } cases[] = {
        {1, 5, "one many"},
        {2, 1, "few one"},
        {5, 3, "many few"},
        {12, 22, "many few"},
        {7, 0, "seven many"},
        {9007199254740994, 9007199254740995, "few many"},
        {9223372036854775802, 9223372036854775807, "few many"},
        {100000000000000000, 1000000000000000001, "many many"},
    };
    char *polish = replace(text_of("en"), text_of("en"), "locale = en\n", "locale = pl\n");
    char *text = with_message(
        polish, "peak_shared",
        "peak_shared = {months, plural, =7 {seven} one {one} few {few} many {many} \\\n"
        "    other {{months}{infections}}} \\\n"
        "    {infections, plural, one {one} few {few} many {many} \\\n"
        "    other {{months}{infections}}}\n");
    struct language *language = must_read(text);
    struct phrases phrases;

    phrases_init(&phrases);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        ck_assert_str_eq(say(language, &phrases, cases[i].months, cases[i].infections),
                         cases[i].said);
    ck_assert(!phrases.failed);
    phrases_clear(&phrases);
    language_close(language);
    free(text);
    free(polish);
}
END_TEST

START_TEST(characters_may_be_written_by_their_number)
{
    char *text = with_message(text_of("en"), "findings",
                              "findings = \\u00A0a\\u007e\\\n\t b \\\n    \\u6708\\u00e9\n");
    struct language *language = must_read(text);

    ck_assert_str_eq(language_message(language, MESSAGE_FINDINGS), "\xc2\xa0"
                                                                   "a~b \xe6\x9c\x88\xc3\xa9");
    language_close(language);
    free(text);
}
END_TEST

static const struct {
    const char *locale, *sentence, *capitalised;
} sentences[] = {
    {"en", "the United States alone", "The United States alone"},
    {"en", "12,213 infections", "12,213 infections"},
    {"en", "Japan and the USA", "Japan and the USA"},
    {"en", "", ""},
    {"de", "“die Niederlande”", "“Die Niederlande”"},
    {"de", "österreich", "Österreich"},
    {"nl", "ijsland", "IJsland"},
    {"tr", "italya", "İtalya"},
    {"ja", "日本だけで", "日本だけで"},
};

START_TEST(sentences_begin_with_a_capital_of_the_locale)
{
    char locale[32];
    struct phrases phrases;

    snprintf(locale, sizeof(locale), "locale = %s\n", sentences[_i].locale);

    char *text = replace(text_of("en"), text_of("en"), "locale = en\n", locale);
    struct language *language = must_read(text);

    phrases_init(&phrases);
    ck_assert_str_eq(language_capitalise(language, &phrases, sentences[_i].sentence),
                     sentences[_i].capitalised);
    ck_assert(!phrases.failed);
    phrases_clear(&phrases);
    language_close(language);
    free(text);
}
END_TEST

/* ---- every message is printed */

/* Stands in front of what message i says, and nowhere else. */
static void mark_of(size_t i, char mark[16])
{
    snprintf(mark, 16, "Q%zuQ", i);
}

static char *with_marks(const char *text)
{
    char *marked = strdup(text);

    ck_assert_ptr_nonnull(marked);
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        size_t length;
        const char *found = find_message(marked, message_specs[i].key, &length);
        char mark[16];

        mark_of(i, mark);

        char *next = replace_at(marked, strstr(found, " = ") + 3, 0, mark);

        free(marked);
        marked = next;
    }
    return marked;
}

static void note_marks(const char *text, bool *met)
{
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        char mark[16];

        mark_of(i, mark);
        met[i] = met[i] || strstr(text, mark) != NULL;
    }
}

static void note_printed(const struct document *document, bool *met)
{
    static bool (*const writers[])(FILE * out, const struct report *report) = {
        write_text, write_tables, write_markdown, write_html, write_csv};
    struct report_chart *charts = calloc(document->chart_count + 1, sizeof(*charts));
    const struct report report = {.document = document, .charts = charts};

    ck_assert_ptr_nonnull(charts);
    note_marks(document->subject, met);
    for (size_t i = 0; i < document->chart_count; i++)
        charts[i].image_name = "chart.png";
    for (size_t i = 0; i < sizeof(writers) / sizeof(*writers); i++) {
        char *text = NULL;
        size_t length = 0;
        FILE *out = open_memstream(&text, &length);

        ck_assert_ptr_nonnull(out);
        ck_assert(writers[i](out, &report));
        ck_assert_int_eq(fclose(out), 0);
        note_marks(text, met);
        free(text);
    }
    free(charts);
}

static void note_drawn(const struct document *document, bool *met)
{
    for (size_t i = 0; i < document->section_count; i++) {
        const struct section *section = &document->sections[i];
        struct chart_image image = {NULL, 0};
        struct error error = {""};

        for (size_t j = 0; j < section->chart_count; j++) {
            ck_assert_msg(chart_draw(document, &section->charts[j], &image, &error) == STATUS_OK,
                          "%s", error.message);
            note_marks(image.bytes, met);
            chart_image_clear(&image);
        }
    }
}

/* Reports whose charts show all that they can: by month, by quarter and by year. */
#define CHARTED_REPORTS 4

static struct figures *charted_report(uint64_t *state, int round)
{
    static const size_t months[CHARTED_REPORTS] = {1, 3, 40, 120};
    struct figures *figures = fixture_charted(month_from(2012, 2), months[round], 50, state);

    figures->unique = round == 1;
    return figures;
}

/* One value has few machines. */
static void add_active(struct figures *figures, struct dimension_figures *dimension)
{
    for (size_t i = 0; i < dimension->line_count; i++)
        dimension->lines[i].active = i + 1 == dimension->line_count ? 1 : 100000;
    rates_rank(dimension, figures->rates.minimum, figures->month_count, 0);
}

/* Heartbeats of every month: of the last one more may come. They name no malware. */
static void add_heartbeats(struct figures *figures)
{
    for (size_t i = 0; i < figures->month_count; i++) {
        figures->months[i].active = 1000;
        figures->months[i].covered = figures->months[i].infections / 2;
        figures->months[i].active_provisional = i + 1 == figures->month_count;
    }
    figures->rates.known = true;
    figures->rates.active = 1000 * (int64_t)figures->month_count;
    figures->rates.minimum = 10;
    for (size_t i = 0; i < figures->dimension_count; i++)
        if (figures->dimensions[i].dimension != DIMENSION_NAME)
            add_active(figures, &figures->dimensions[i]);
}

/* Of all dimensions, some of them with heartbeats. */
static struct figures *dimensions_report(uint64_t *state, int round)
{
    struct figures *figures = fixture_dimensions(state);

    if (round % 16 == 5)
        add_heartbeats(figures);
    return figures;
}

static struct figures *report_of(uint64_t *state, int round)
{
    struct figures *figures = round == 0 ? fixture_published() : compared_any(state);

    figures->ongoing = round % 3 == 0;
    if (figures->ongoing)
        figures->months[figures->month_count - 1].state = MONTH_PROVISIONAL;
    if (round % 5 == 0)
        figures->unique = !figures->unique;
    if (figures->geoip_build_count == 0)
        fixture_geoip(figures, (size_t)round % 4);
    if (round == 0)
        add_heartbeats(figures);
    figures->geoip_unnoted = round / 4 % 2 == 1;
    figures->geoip_not_asked = round / 8 % 2 == 1;
    return figures;
}

/* Of so many months that its page needs a list of its headings. */
static struct figures *long_report(void)
{
    struct figures *figures = fixture_empty(month_from(2008, 1), month_from(2013, 12), 1);

    for (month_t month = figures->from; month <= figures->to; month++)
        fixture_month(figures, month, 1);
    fixture_country(figures, "JP", figures->to - figures->from + 1);
    fixture_rank(figures, 1);
    return figures;
}

static const char *const notes_ids[] = {COMPOSE_NOTES};
static const struct section_order notes_alone = {notes_ids, 1};

START_TEST(every_message_is_printed_by_some_report)
{
    char *text = with_marks(embedded_languages[_i].text);
    struct language *language = must_read(text);
    uint64_t state = 0x452821e638d01377u;
    uint64_t editions = 20131205;
    bool met[MESSAGE_COUNT] = {false};
    struct error error = {""};

    for (int round = 0; round < RANDOM_REPORTS; round++) {
        int charted = RANDOM_REPORTS - 1 - round;
        struct figures *figures = round == 1                  ? fixture_published()
                                  : round == 2                ? long_report()
                                  : round == 3                ? compared_at_the_threshold()
                                  : charted < CHARTED_REPORTS ? charted_report(&state, charted)
                                  : round % 8 == 5            ? dimensions_report(&state, round)
                                                              : report_of(&state, round);
        struct document *document = NULL;

        if (round % 4 == 0 && round > 3)
            fixture_edition(figures, &editions);
        else if (round % 4 == 1)
            fixture_published_before(figures, &editions);
        ck_assert_msg(compose_document(language, figures, round == 3 ? &notes_alone : NULL,
                                       &document, &error) == STATUS_OK,
                      "%s", error.message);
        note_printed(document, met);
        if (round == 0 || charted < CHARTED_REPORTS)
            note_drawn(document, met);
        document_free(document);
        figures_free(figures);
    }
    /* Those of a site are met by its own test, tests/e2e/test_site.py. */
    for (size_t i = 0; i < MESSAGE_COUNT; i++)
        ck_assert_msg(met[i] || strncmp(message_specs[i].key, "site_", 5) == 0,
                      "%s: no report prints %s", embedded_languages[_i].code, message_specs[i].key);
    language_close(language);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("languages");
    TCase *cases = tcase_create("languages");
    SRunner *runner = srunner_create(suite);

    tcase_set_timeout(cases, 600);
    tcase_add_loop_test(cases, every_language_can_be_opened, 0, LANGUAGES);
    tcase_add_test(cases, languages_are_listed_once_the_default_first);
    tcase_add_test(cases, an_unknown_language_is_answered_with_those_that_there_are);
    tcase_add_loop_test(cases, a_mistake_is_refused_and_named, 0,
                        sizeof(mistakes) / sizeof(*mistakes));
    tcase_add_loop_test(cases, every_message_is_needed_once, 0, LANGUAGES);
    tcase_add_loop_test(cases, every_parameter_is_needed, 0, LANGUAGES);
    tcase_add_test(cases, arguments_that_are_not_the_messages_are_an_error);
    tcase_add_test(cases, arguments_are_inserted_as_they_are);
    tcase_add_test(cases, an_argument_may_stand_in_a_message_many_times);
    tcase_add_test(cases, counts_are_exact_however_large);
    tcase_add_test(cases, plurals_follow_the_rules_of_the_locale);
    tcase_add_test(cases, characters_may_be_written_by_their_number);
    tcase_add_loop_test(cases, sentences_begin_with_a_capital_of_the_locale, 0,
                        sizeof(sentences) / sizeof(*sentences));
    tcase_add_loop_test(cases, every_message_is_printed_by_some_report, 0, LANGUAGES);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
