/* Every sentence of many random reports is read back and checked against the figures, by rules that
 * share nothing with reports/sections/section_findings.c but the wording. */
#include <check.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures_fixture.h"
#include "reports/sections/compose.h"
#include "reports/sections/document.h"

#define GROUPS 6
#define GROUP_SIZE 200
#define COUNTRIES_MAX 64

/* A sum; what it leaves out; what is provisional; highest and lowest month; changes; leaders; the
 * rest. */
#define FINDINGS_MAX 13

/* What one sentence says, and what the sentences before it said. */
struct claim {
    const struct figures *figures;
    char groups[GROUPS][GROUP_SIZE];
    bool is_leader[COUNTRIES_MAX]; /* of the lines of countries; set by the sentence on leaders */
    size_t leaders;
};

static const struct {
    const char *code, *name;
} countries[] = {
    {"JP", "Japan"},     {"US", "the United States"},
    {"AU", "Australia"}, {"IN", "India"},
    {"FR", "France"},    {"TW", "Taiwan"},
    {"DE", "Germany"},   {"CA", "Canada"},
    {"IT", "Italy"},     {"GB", "the United Kingdom"},
};

static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};

/* "12,213" and "45.36" as integers; the point is dropped, so that both stay exact. */
static int64_t read_number(const char *text)
{
    int64_t value = 0;

    for (; *text != '\0'; text++)
        if (*text >= '0' && *text <= '9')
            value = value * 10 + (*text - '0');
    return value;
}

static size_t read_month(const struct figures *figures, const char *text)
{
    for (size_t i = 0; i < figures->month_count; i++) {
        char name[64];
        month_t month = figures->months[i].month;

        snprintf(name, sizeof(name), "%s %d", month_names[month_of_year(month) - 1],
                 month_year(month));
        if (strcmp(name, text) == 0)
            return i;
    }
    ck_abort_msg("\"%s\" is no month of the window", text);
    return 0;
}

/* Index in the lines of countries of the name that text starts with; *length is how long it is. */
static size_t read_country(const struct figures *figures, const char *text, size_t *length)
{
    for (size_t i = 0; i < sizeof(countries) / sizeof(*countries); i++) {
        const char *name = countries[i].name;
        size_t size = strlen(name);

        if (strncmp(text + 1, name + 1, size - 1) != 0 || (text[0] | 32) != (name[0] | 32))
            continue;
        for (size_t j = 0; j < figures_countries(figures)->line_count; j++) {
            if (strcmp(figures_countries(figures)->lines[j].value, countries[i].code) == 0) {
                *length = size;
                return j;
            }
        }
    }
    ck_abort_msg("\"%s\" starts with no country that was counted", text);
    return 0;
}

/* Of a month that is compared, which only complete ones may be. */
static int64_t infections_of(const struct claim *claim, int group)
{
    const struct month_figures *month =
        &claim->figures->months[read_month(claim->figures, claim->groups[group])];

    ck_assert_msg(month->state == MONTH_COMPLETE, "%s is %s", claim->groups[group],
                  month_state_name(month->state));
    return month->infections;
}

static size_t months_of(const struct figures *figures, enum month_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < figures->month_count; i++)
        count += figures->months[i].state == state;
    return count;
}

static bool is_provisional(struct claim *claim)
{
    return months_of(claim->figures, MONTH_PROVISIONAL) > 0;
}

static bool is_no_data(struct claim *claim)
{
    return claim->figures->total == 0 &&
           months_of(claim->figures, MONTH_NO_DATA) == claim->figures->month_count;
}

/* groups: the first month that is not without data */
static bool is_no_data_before(struct claim *claim)
{
    size_t known = read_month(claim->figures, claim->groups[1]);

    for (size_t i = 0; i < known; i++)
        if (claim->figures->months[i].state != MONTH_NO_DATA)
            return false;
    return known > 0 && claim->figures->months[known].state != MONTH_NO_DATA;
}

static bool is_total(struct claim *claim)
{
    int64_t sum = 0;

    for (size_t i = 0; i < claim->figures->month_count; i++)
        sum += claim->figures->months[i].infections;
    return read_number(claim->groups[1]) == (claim->figures->unique ? claim->figures->total : sum);
}

static bool is_one(struct claim *claim)
{
    return claim->figures->total == 1;
}

static bool is_zero(struct claim *claim)
{
    return claim->figures->total == 0 && figures_countries(claim->figures)->line_count == 0 &&
           !is_no_data(claim);
}

static size_t months_with(const struct figures *figures, int64_t infections, int sign)
{
    size_t equal = 0;

    for (size_t i = 0; i < figures->month_count; i++) {
        int64_t count = figures->months[i].infections;

        if (figures->months[i].state != MONTH_COMPLETE)
            continue;
        ck_assert_msg(sign > 0 ? count <= infections : count >= infections, "not the extreme");
        equal += count == infections;
    }
    return equal;
}

static bool is_extreme(struct claim *claim, int month, int count, int sign)
{
    int64_t infections = read_number(claim->groups[count]);

    return infections == infections_of(claim, month) &&
           months_with(claim->figures, infections, sign) == 1;
}

static bool is_peak_and_low(struct claim *claim)
{
    return is_extreme(claim, 1, 2, 1) && is_extreme(claim, 3, 4, -1);
}

static bool is_peak(struct claim *claim)
{
    return is_extreme(claim, 1, 2, 1);
}

static bool is_low(struct claim *claim)
{
    return is_extreme(claim, 1, 2, -1);
}

static bool is_shared_peak(struct claim *claim)
{
    return months_with(claim->figures, read_number(claim->groups[1]), 1) ==
           (size_t)read_number(claim->groups[2]);
}

static bool is_shared_low(struct claim *claim)
{
    return months_with(claim->figures, read_number(claim->groups[1]), -1) ==
           (size_t)read_number(claim->groups[2]);
}

static bool is_every_month(struct claim *claim)
{
    return months_with(claim->figures, read_number(claim->groups[1]), 1) ==
           months_of(claim->figures, MONTH_COMPLETE);
}

/* groups: later month, more|fewer, earlier month, later count, earlier count */
static bool is_change(struct claim *claim)
{
    int64_t later = infections_of(claim, 1);
    int64_t earlier = infections_of(claim, 3);

    return read_number(claim->groups[4]) == later && read_number(claim->groups[5]) == earlier &&
           (strcmp(claim->groups[2], "more") == 0 ? later > earlier : later < earlier);
}

/* groups: later month, "52.03 % more", earlier month, later count, earlier count */
static bool is_change_by(struct claim *claim)
{
    int64_t later = infections_of(claim, 1);
    int64_t earlier = infections_of(claim, 3);
    bool more = strstr(claim->groups[2], "more") != NULL;
    int64_t error = read_number(claim->groups[2]) * earlier -
                    (more ? later - earlier : earlier - later) * SHARE_WHOLE;

    return later != 0 && (more ? later > earlier : later < earlier) &&
           (error < 0 ? -error : error) * 2 <= earlier && read_number(claim->groups[4]) == later &&
           read_number(claim->groups[5]) == earlier;
}

static bool is_same(struct claim *claim)
{
    return infections_of(claim, 1) == infections_of(claim, 2) &&
           read_number(claim->groups[3]) == infections_of(claim, 1);
}

static bool is_all_unknown(struct claim *claim)
{
    return figures_countries(claim->figures)->line_count == 0 &&
           figures_countries(claim->figures)->other.unknown == claim->figures->total;
}

static bool is_only_country(struct claim *claim)
{
    size_t length;

    return read_country(claim->figures, claim->groups[1], &length) == 0 &&
           figures_countries(claim->figures)->lines[0].infections == claim->figures->total;
}

static bool is_only_known(struct claim *claim)
{
    size_t length;
    size_t index = read_country(claim->figures, claim->groups[1], &length);

    return figures_countries(claim->figures)->line_count == 1 &&
           figures_countries(claim->figures)->ranked == 1 &&
           figures_countries(claim->figures)->other.unknown > 0 &&
           read_number(claim->groups[2]) == figures_countries(claim->figures)->lines[index].share;
}

static bool noun_fits(const struct claim *claim, int group)
{
    return strcmp(claim->groups[group],
                  claim->figures->unique ? "infected machines" : "infections") == 0;
}

/* Reads "A, B, and C", each followed by what `at` makes of it; returns how many. */
static size_t read_list(const struct figures *figures, const char *text, bool with_share,
                        bool *listed)
{
    size_t count = 0;

    while (*text != '\0') {
        size_t length = 0;
        size_t index = read_country(figures, text, &length);

        ck_assert(!listed[index]);
        listed[index] = true;
        count++;
        text += length;
        if (with_share) {
            char share[32];

            snprintf(share, sizeof(share), " at %d.%02d %%",
                     figures_countries(figures)->lines[index].share / 100,
                     figures_countries(figures)->lines[index].share % 100);
            ck_assert_uint_lt(index, figures_countries(figures)->ranked);
            ck_assert_msg(strncmp(text, share, strlen(share)) == 0, "\"%s\" is not \"%s\"", text,
                          share);
            text += strlen(share);
        }
        text += strncmp(text, ", ", 2) == 0 ? 2 : 0;
        text += strncmp(text, " and ", 5) == 0 ? 5 : strncmp(text, "and ", 4) == 0 ? 4 : 0;
    }
    return count;
}

static bool is_leaders(struct claim *claim)
{
    const struct figures *figures = claim->figures;
    int64_t together = 0;
    int64_t least = INT64_MAX;

    claim->leaders = read_list(figures, claim->groups[1], false, claim->is_leader);
    for (size_t i = 0; i < figures_countries(figures)->line_count; i++) {
        if (!claim->is_leader[i])
            continue;
        ck_assert_uint_lt(i, figures_countries(figures)->ranked);
        together += figures_countries(figures)->lines[i].share;
        if (figures_countries(figures)->lines[i].infections < least)
            least = figures_countries(figures)->lines[i].infections;
    }
    for (size_t i = 0; i < figures_countries(figures)->line_count; i++)
        if (!claim->is_leader[i] && figures_countries(figures)->lines[i].infections >= least)
            return false;
    return together == read_number(claim->groups[2]) && noun_fits(claim, 3);
}

static bool is_equal_leaders(struct claim *claim)
{
    const struct figures *figures = claim->figures;
    int64_t each = read_number(claim->groups[2]);
    int64_t equal = 0;

    for (size_t i = 0; i < figures_countries(figures)->line_count; i++) {
        if (figures_countries(figures)->lines[i].infections > each)
            return false;
        equal += figures_countries(figures)->lines[i].infections == each;
    }
    return equal == read_number(claim->groups[1]);
}

/* "Outside Japan", "these two", "these three" names the leaders of the sentence before. */
static bool outside_fits(const struct claim *claim)
{
    size_t length = 0;

    if (strcmp(claim->groups[1], "these two") == 0)
        return claim->leaders == 2;
    if (strcmp(claim->groups[1], "these three") == 0)
        return claim->leaders == 3;
    return claim->leaders == 1 &&
           claim->is_leader[read_country(claim->figures, claim->groups[1], &length)];
}

static bool exceeds_five(const struct figures *figures, size_t index)
{
    return figures_countries(figures)->lines[index].infections * 20 > figures->total;
}

static bool is_rest_except(struct claim *claim)
{
    bool listed[COUNTRIES_MAX] = {false};

    read_list(claim->figures, claim->groups[2], true, listed);
    for (size_t i = 0; i < figures_countries(claim->figures)->line_count; i++) {
        if (claim->is_leader[i] && listed[i])
            return false;
        if (!claim->is_leader[i] && exceeds_five(claim->figures, i) != listed[i])
            return false;
        if (listed[i] && figures_countries(claim->figures)->lines[i].share <= 500)
            return false; /* the table would seem to say otherwise */
    }
    return outside_fits(claim);
}

static bool is_rest_many(struct claim *claim)
{
    int64_t more = 0;

    for (size_t i = 0; i < figures_countries(claim->figures)->line_count; i++)
        more += !claim->is_leader[i] && exceeds_five(claim->figures, i);
    return more == read_number(claim->groups[2]) && outside_fits(claim);
}

static bool is_rest_highest(struct claim *claim)
{
    const struct figures *figures = claim->figures;
    size_t length = 0;
    size_t index = read_country(figures, claim->groups[2], &length);

    for (size_t i = 0; i < figures_countries(figures)->line_count; i++)
        if (i != index && !claim->is_leader[i] &&
            figures_countries(figures)->lines[i].infections >=
                figures_countries(figures)->lines[index].infections)
            return false;
    return outside_fits(claim) && !claim->is_leader[index] &&
           index < figures_countries(figures)->ranked &&
           read_number(claim->groups[3]) == figures_countries(figures)->lines[index].share;
}

#define N "([0-9,]+)"
#define P "([0-9.]+) %"
#define M "([A-Z][a-z]+ [0-9]{4})"

static const struct {
    const char *pattern;
    bool (*check)(struct claim *claim);
} sentences[] = {
    {"^No infection was counted (in|from) ", is_zero},
    {"^There is no data for the time before " M "; it is not part of the count\\.$",
     is_no_data_before},
    {"^There is no data for " M "( to " M ")?\\.$", is_no_data},
    {"^The window includes months that are still provisional; their counts may grow\\.$",
     is_provisional},
    {"^" N " infections were counted from .*; a machine counts once in each month\\.$", is_total},
    {"^One infection was counted from ", is_one},
    {"^" N " machines were infected in ", is_total},
    {"^One machine was infected (in|from) ", is_one},
    {"^" N " different machines were infected from .*; each counts once\\.$", is_total},
    {"^The monthly count was highest in " M " \\(" N "\\) and lowest in " M " \\(" N "\\)\\.$",
     is_peak_and_low},
    {"^The monthly count was highest in " M " \\(" N "\\)\\.$", is_peak},
    {"^The highest monthly count, " N ", was reached in " N " months\\.$", is_shared_peak},
    {"^The monthly count was lowest in " M " \\(" N "\\)\\.$", is_low},
    {"^The lowest monthly count, " N ", was seen in " N " months\\.$", is_shared_low},
    {"^Every month had the same count: " N "\\.$", is_every_month},
    {"^" M " had (more|fewer) infections than " M " \\(" N " after " N "\\)\\.$", is_change},
    {"^" M " had ([0-9.,]+ % (more|fewer)) infections than " M " \\(" N " after " N "\\)\\.$",
     is_change_by},
    {"^" M " had as many infections as " M " \\(" N "\\)\\.$", is_same},
    {"^No infection has a known country\\.$", is_all_unknown},
    {"^(.*) is the only country with infections\\.$", is_only_country},
    {"^(.*), the only country known, accounts for " P " of all", is_only_known},
    {"^(.*) alone accounts for " P " of all (.*)\\.$", is_leaders},
    {"^(.*) together account for " P " of all (.*)\\.$", is_leaders},
    {"^" N " countries share the highest count, " N " each\\.$", is_equal_leaders},
    {"^Outside (.*), no country exceeds 5 %()\\.$", is_rest_except},
    {"^Outside (.*), no country exceeds 5 % except (.*)\\.$", is_rest_except},
    {"^Outside (.*), " N " more countries exceed 5 %\\.$", is_rest_many},
    {"^Outside (.*), the highest share is that of (.*), " P "\\.$", is_rest_highest},
};

#define SENTENCES (sizeof(sentences) / sizeof(*sentences))

static int said[SENTENCES];
static regex_t compiled[SENTENCES];

/* Keeps the text of each group; the inner group of "52.03 % more" is left out. */
static void keep_groups(struct claim *claim, const char *sentence, const regmatch_t *matches)
{
    int kept = 0;

    for (size_t i = 0; i < GROUPS + 1 && kept < GROUPS; i++) {
        if (matches[i].rm_so < 0)
            break;
        if (i > 1 && matches[i].rm_so < matches[i - 1].rm_eo && kept > 1)
            continue;
        snprintf(claim->groups[kept++], GROUP_SIZE, "%.*s",
                 (int)(matches[i].rm_eo - matches[i].rm_so), sentence + matches[i].rm_so);
    }
}

static void compile_sentences(void)
{
    for (size_t i = 0; i < SENTENCES; i++)
        ck_assert_int_eq(regcomp(&compiled[i], sentences[i].pattern, REG_EXTENDED), 0);
}

static void free_sentences(void)
{
    for (size_t i = 0; i < SENTENCES; i++)
        regfree(&compiled[i]);
}

/* A sentence that compares months says of which it speaks, when it is not of all: takes that away.
 */
static const char *without_scope(const struct claim *claim, const char *sentence, char text[500])
{
    static const struct {
        const char *all, *complete;
    } openings[] = {{"The monthly count was ", "Among the complete months, the monthly count was "},
                    {"The highest monthly ", "Among the complete months, the highest monthly "},
                    {"The lowest monthly ", "Among the complete months, the lowest monthly "},
                    {"Every month ", "Every complete month "}};
    bool all = months_of(claim->figures, MONTH_COMPLETE) == claim->figures->month_count;

    for (size_t i = 0; i < sizeof(openings) / sizeof(*openings); i++) {
        size_t length = strlen(openings[i].complete);

        ck_assert_msg(all || strncmp(sentence, openings[i].all, strlen(openings[i].all)) != 0,
                      "not of all months: %s", sentence);
        if (strncmp(sentence, openings[i].complete, length) != 0)
            continue;
        ck_assert_msg(!all, "of all months: %s", sentence);
        snprintf(text, 500, "%s%s", openings[i].all, sentence + length);
        return text;
    }
    return sentence;
}

static void check_sentence(struct claim *claim, const char *whole)
{
    regmatch_t matches[GROUPS + 2];
    char text[500];
    const char *sentence = without_scope(claim, whole, text);

    for (size_t i = 0; i < SENTENCES; i++) {
        if (regexec(&compiled[i], sentence, GROUPS + 1, matches, 0) != 0)
            continue;
        keep_groups(claim, sentence, matches);
        ck_assert_msg(sentences[i].check(claim), "not true: %s", sentence);
        said[i]++;
        return;
    }
    ck_abort_msg("nobody checks: %s", sentence);
}

/* ---- the other languages, which say the same */

#define FACTS_MAX 16
#define FACT_SIZE 32

/* Months, countries or numbers that a sentence names, in its order. */
struct facts {
    char texts[FACTS_MAX][FACT_SIZE];
    size_t count;
};

/* How a language writes what all of them write. */
struct tongue {
    const char *code;
    char grouping, point;
    const char *const *months;    /* in front of the year; NULL: 2013年9月 */
    const char *const *countries; /* in sentences, in the order of `countries` */
};

static const char *const german_months[] = {"Januar",    "Februar", "März",     "April",
                                            "Mai",       "Juni",    "Juli",     "August",
                                            "September", "Oktober", "November", "Dezember"};

static const char *const english_countries[] = {
    "Japan",  "the United States", "Australia", "India", "France",
    "Taiwan", "Germany",           "Canada",    "Italy", "the United Kingdom"};
static const char *const german_countries[] = {
    "Japan",  "die USA",     "Australien", "Indien",  "Frankreich",
    "Taiwan", "Deutschland", "Kanada",     "Italien", "Großbritannien"};
static const char *const japanese_countries[] = {"日本",     "米国", "オーストラリア", "インド",
                                                 "フランス", "台湾", "ドイツ",         "カナダ",
                                                 "イタリア", "英国"};

static const struct tongue english = {"en", ',', '.', month_names, english_countries};
static const struct tongue german = {"de", '.', ',', german_months, german_countries};
static const struct tongue japanese = {"ja", ',', '.', NULL, japanese_countries};

static void add_fact(struct facts *facts, const char *text)
{
    ck_assert_uint_lt(facts->count, FACTS_MAX);
    snprintf(facts->texts[facts->count++], FACT_SIZE, "%s", text);
}

/* Bytes of the month of the window that text starts with; 0: none. */
static size_t take_month(const struct figures *figures, const struct tongue *tongue,
                         const char *text, struct facts *months)
{
    for (size_t i = 0; i < figures->month_count; i++) {
        char name[64];
        char fact[FACT_SIZE];
        int year = month_year(figures->months[i].month);
        int month = month_of_year(figures->months[i].month);

        if (tongue->months == NULL)
            snprintf(name, sizeof(name), "%d年%d月", year, month);
        else
            snprintf(name, sizeof(name), "%s %d", tongue->months[month - 1], year);
        if (strncmp(text, name, strlen(name)) != 0)
            continue;
        snprintf(fact, sizeof(fact), "%04d-%02d", year, month);
        add_fact(months, fact);
        return strlen(name);
    }
    return 0;
}

static size_t take_country(const struct tongue *tongue, const char *text, struct facts *named)
{
    for (size_t i = 0; i < sizeof(countries) / sizeof(*countries); i++) {
        const char *name = tongue->countries[i];

        if (strncmp(text + 1, name + 1, strlen(name) - 1) != 0 || (text[0] | 32) != (name[0] | 32))
            continue;
        add_fact(named, countries[i].code);
        return strlen(name);
    }
    return 0;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* A number without grouping and with a point. The threshold, 5 %, is none of the figures. */
static size_t take_number(const struct tongue *tongue, const char *text, struct facts *numbers)
{
    char number[FACT_SIZE];
    size_t length = 0;
    size_t used = 0;

    for (; is_digit(text[length]) ||
           (length > 0 && is_digit(text[length + 1]) &&
            (text[length] == tongue->grouping || text[length] == tongue->point));
         length++) {
        ck_assert_uint_lt(used, sizeof(number) - 1);
        if (text[length] != tongue->grouping)
            number[used++] = is_digit(text[length]) ? text[length] : '.';
    }
    number[used] = '\0';

    size_t sign = strcspn(text + length, "%"); /* behind a blank at most */

    if (length > 0 && (strcmp(number, "5") != 0 || sign > 2 || text[length + sign] == '\0'))
        add_fact(numbers, number);
    return length;
}

struct told {
    struct facts months, countries, numbers;
};

static struct told read_facts(const struct figures *figures, const struct tongue *tongue,
                              const char *text)
{
    struct told told = {.months = {.count = 0}};

    while (*text != '\0') {
        size_t length = take_month(figures, tongue, text, &told.months);

        if (length == 0)
            length = take_country(tongue, text, &told.countries);
        if (length == 0)
            length = take_number(tongue, text, &told.numbers);
        text += length > 0 ? length : 1;
    }
    return told;
}

/* Whether the facts are those from `first` on. */
static bool are_facts(const struct facts *facts, const struct facts *wanted, size_t first)
{
    if (facts->count != wanted->count - first)
        return false;
    for (size_t i = 0; i < facts->count; i++)
        if (strcmp(facts->texts[i], wanted->texts[first + i]) != 0)
            return false;
    return true;
}

/* German names all of it in the order of English, but for the leader of the sentence before. */
static void check_german(const struct figures *figures, const char *sentence,
                         const char *translated)
{
    struct told wanted = read_facts(figures, &english, sentence);
    struct told told = read_facts(figures, &german, translated);
    bool outside = strncmp(sentence, "Outside ", 8) == 0 && strncmp(sentence + 8, "these", 5) != 0;

    ck_assert_msg(are_facts(&told.months, &wanted.months, 0) &&
                      are_facts(&told.numbers, &wanted.numbers, 0) &&
                      are_facts(&told.countries, &wanted.countries, outside),
                  "not the same: %s / %s", sentence, translated);
}

/* Japanese has "2,518 -> 5,867" for "5,867 after 2,518", and digits where English has words. */
static void check_japanese(const struct figures *figures, const char *sentence,
                           const char *translated)
{
    struct told wanted = read_facts(figures, &english, sentence);
    struct told told = read_facts(figures, &japanese, translated);
    struct facts *numbers = &wanted.numbers;
    size_t found = 0;

    if (strstr(sentence, " after ") != NULL) {
        ck_assert_uint_ge(numbers->count, 2);
        memcpy(numbers->texts[numbers->count], numbers->texts[numbers->count - 2], FACT_SIZE);
        memmove(numbers->texts[numbers->count - 2], numbers->texts[numbers->count - 1],
                (size_t)2 * FACT_SIZE);
    }
    for (size_t i = 0; i < told.numbers.count && found < numbers->count; i++)
        found += strcmp(told.numbers.texts[i], numbers->texts[found]) == 0;
    ck_assert_msg(are_facts(&told.months, &wanted.months, 0) && found == numbers->count &&
                      are_facts(&told.countries, &wanted.countries, 0),
                  "not the same: %s / %s", sentence, translated);
}

#define GN "[0-9.]+"
#define GP "[0-9.]+,[0-9]{2}\xc2\xa0%"
#define GM "[A-Z][a-zä]+ [0-9]{4}"
#define GALL " aller (infizierten Rechner|Infektionen)\\.$"
#define G5 "5\xc2\xa0%\\.$"

static const char *const german_sentences[] = {
    "^(Im " GM "|Von " GM " bis " GM ") wurde keine Infektion gezählt\\.$",
    "^Aus (dem " GM "|der Zeit von " GM " bis " GM ") liegen keine Daten vor\\.$",
    "^Für die Zeit vor dem " GM " liegen keine Daten vor; sie ist nicht mitgezählt\\.$",
    "^Der Zeitraum enthält vorläufige Monatswerte, die noch steigen können\\.$",
    "^Von den vollständigen Monaten verzeichnete der " GM " die meisten Infektionen \\(" GN
    "\\), der " GM " die wenigsten \\(" GN "\\)\\.$",
    "^Von den vollständigen Monaten verzeichnete der " GM
    " die (meisten|wenigsten) Infektionen \\(" GN "\\)\\.$",
    "^Der (höchste|niedrigste) Wert der vollständigen Monate, " GN ", (wurde|kam) in " GN
    " Monaten (erreicht|vor)\\.$",
    "^In jedem vollständigen Monat wurden gleich viele Infektionen gezählt: " GN "\\.$",
    "^Von " GM " bis " GM " wurden " GN
    " Infektionen gezählt; ein Rechner zählt in jedem Monat einmal\\.$",
    "^Von " GM " bis " GM " wurde eine Infektion gezählt\\.$",
    "^Im " GM " waren " GN " Rechner infiziert\\.$",
    "^(Im " GM "|Von " GM " bis " GM ") war ein Rechner infiziert\\.$",
    "^Von " GM " bis " GM " waren " GN " verschiedene Rechner infiziert; jeder zählt einmal\\.$",
    "^Die meisten Infektionen gab es im " GM " \\(" GN "\\), die wenigsten im " GM " \\(" GN
    "\\)\\.$",
    "^Die (meisten|wenigsten) Infektionen gab es im " GM " \\(" GN "\\)\\.$",
    "^Der höchste Monatswert, " GN ", wurde in " GN " Monaten erreicht\\.$",
    "^Der niedrigste Monatswert, " GN ", kam in " GN " Monaten vor\\.$",
    "^In jedem Monat wurden gleich viele Infektionen gezählt: " GN "\\.$",
    "^Im " GM " gab es (" GP " )?(mehr|weniger) Infektionen als im " GM " \\(" GN " nach " GN
    "\\)\\.$",
    "^Im " GM " gab es ebenso viele Infektionen wie im " GM " \\(" GN "\\)\\.$",
    "^Von keiner Infektion ist das Land bekannt\\.$",
    "^Alle Infektionen entfallen auf [^0-9]*\\.$",
    "^Auf [^0-9]*, das einzige bekannte Land, entfallen " GP GALL,
    "^Auf [^0-9]* allein entfallen " GP GALL,
    "^Auf [^0-9]* und [^0-9]* entfallen zusammen " GP GALL,
    "^" GN " Länder teilen sich den höchsten Wert: je " GN "\\.$",
    "^Auf keines der übrigen Länder entfallen mehr als " G5,
    "^Von den übrigen Ländern entfallen nur auf [^,(]* \\(" GP "\\) mehr als " G5,
    "^Von den übrigen Ländern entfallen nur auf .* \\(" GP "\\) und .* \\(" GP
    "\\) jeweils mehr als " G5,
    "^Auf " GN " der übrigen Länder entfallen jeweils mehr als " G5,
    "^Unter den übrigen Ländern entfällt der höchste Anteil auf [^0-9]*: " GP "\\.$",
};

#define GERMAN_SENTENCES (sizeof(german_sentences) / sizeof(*german_sentences))

static int german_said[GERMAN_SENTENCES];
static regex_t german_compiled[GERMAN_SENTENCES];

static void compile_german(void)
{
    for (size_t i = 0; i < GERMAN_SENTENCES; i++)
        ck_assert_int_eq(regcomp(&german_compiled[i], german_sentences[i], REG_EXTENDED), 0);
}

static void free_german(void)
{
    for (size_t i = 0; i < GERMAN_SENTENCES; i++)
        regfree(&german_compiled[i]);
}

static void check_wording(const char *sentence)
{
    for (size_t i = 0; i < GERMAN_SENTENCES; i++) {
        if (regexec(&german_compiled[i], sentence, 0, NULL, 0) == 0) {
            german_said[i]++;
            return;
        }
    }
    ck_abort_msg("no German of this test: %s", sentence);
}

#define TONGUES 3
static const struct tongue *const tongues[TONGUES] = {&english, &german, &japanese};
static struct language *languages[TONGUES];

static void open_languages(void)
{
    struct error error = {""};

    for (size_t i = 0; i < TONGUES; i++)
        ck_assert_int_eq(language_open(tongues[i]->code, &languages[i], &error), STATUS_OK);
}

static void close_languages(void)
{
    for (size_t i = 0; i < TONGUES; i++)
        language_close(languages[i]);
}

static struct document *compose(const struct language *language, const struct figures *figures)
{
    struct document *document = NULL;
    struct error error = {""};

    ck_assert_int_eq(compose_document(language, figures, &document, &error), STATUS_OK);
    return document;
}

static const struct section *findings_of(const struct document *document)
{
    for (size_t i = 0; i < document->section_count; i++)
        if (strcmp(document->sections[i].id, "findings") == 0)
            return &document->sections[i];
    ck_abort_msg("the report has no findings");
}

static void check_figures(const struct figures *figures)
{
    struct document *documents[TONGUES];
    struct claim claim = {.figures = figures};

    for (size_t i = 0; i < TONGUES; i++) {
        documents[i] = compose(languages[i], figures);
        ck_assert_uint_eq(findings_of(documents[i])->item_count,
                          findings_of(documents[0])->item_count);
    }
    ck_assert_uint_ge(findings_of(documents[0])->item_count, 1);
    ck_assert_uint_lt(findings_of(documents[0])->item_count, FINDINGS_MAX);
    for (size_t i = 0; i < findings_of(documents[0])->item_count; i++) {
        const char *sentence = findings_of(documents[0])->items[i].text;

        check_sentence(&claim, sentence);
        check_german(figures, sentence, findings_of(documents[1])->items[i].text);
        check_wording(findings_of(documents[1])->items[i].text);
        check_japanese(figures, sentence, findings_of(documents[2])->items[i].text);
        for (size_t j = 0; j < TONGUES; j++) {
            const char *finding = findings_of(documents[j])->items[i].text;

            ck_assert_ptr_null(strpbrk(finding, "{}#"));
            ck_assert_msg(*finding < 'a' || *finding > 'z', "no capital: %s", finding);
        }
    }
    for (size_t i = 0; i < TONGUES; i++)
        document_free(documents[i]);
}

START_TEST(every_sentence_of_random_reports_is_true)
{
    uint64_t state = 0x243f6a8885a308d3u;

    for (int round = 0; round < 2000; round++) {
        struct figures *figures = fixture_any(&state);

        check_figures(figures);
        figures_free(figures);
    }
    for (size_t i = 0; i < SENTENCES; i++)
        ck_assert_msg(said[i] > 0 || sentences[i].check == is_rest_highest, "no report said \"%s\"",
                      sentences[i].pattern);
    for (size_t i = 0; i < GERMAN_SENTENCES - 1; i++)
        ck_assert_msg(german_said[i] > 0, "no report said \"%s\"", german_sentences[i]);
}
END_TEST

static bool says(const struct document *document, const char *sentence)
{
    const struct section *findings = findings_of(document);

    for (size_t i = 0; i < findings->item_count; i++)
        if (strcmp(findings->items[i].text, sentence) == 0)
            return true;
    return false;
}

START_TEST(published_report_says_what_was_published)
{
    struct figures *figures = fixture_published();
    struct document *document = compose(languages[0], figures);

    ck_assert(says(document, "Japan and the United States together account for 45.36 % of all "
                             "infections."));
    ck_assert(
        says(document, "Outside these two, no country exceeds 5 % except Australia at 6.83 %."));
    check_figures(figures);
    document_free(document);
    figures_free(figures);
}
END_TEST

/* 5.003 % is more than 5 %, but the table shows 5.00. */
START_TEST(a_share_that_rounds_to_the_threshold_is_not_called_higher)
{
    struct figures *figures = fixture_empty(524, 524, 8);

    fixture_country(figures, "JP", 50000);
    fixture_country(figures, "US", 44000);
    fixture_country(figures, "AU", 5003);
    fixture_country(figures, "IN", 997);
    fixture_rank(figures, 10);
    fixture_month(figures, 524, figures->total);
    check_figures(figures);

    struct document *document = compose(languages[0], figures);

    ck_assert_int_eq(figures_countries(figures)->lines[2].share, 500);
    ck_assert(says(document, "Outside these two, the highest share is that of Australia, 5.00 %."));
    document_free(document);
    figures_free(figures);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("narrative");
    TCase *cases = tcase_create("narrative");
    SRunner *runner = srunner_create(suite);

    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, compile_sentences, free_sentences);
    tcase_add_checked_fixture(cases, compile_german, free_german);
    tcase_add_checked_fixture(cases, open_languages, close_languages);
    tcase_add_test(cases, every_sentence_of_random_reports_is_true);
    tcase_add_test(cases, published_report_says_what_was_published);
    tcase_add_test(cases, a_share_that_rounds_to_the_threshold_is_not_called_higher);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
