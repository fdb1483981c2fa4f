/* Reads sentences of reports back, in each language, by rules that share nothing with reports/ but
 * the wording: a template with <names> becomes an expression, and what stands in their places is
 * months, numbers, countries and changes again. */
#ifndef KANSEN_TESTS_FINDINGS_READING_H
#define KANSEN_TESTS_FINDINGS_READING_H

#include <check.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/figures.h"

#define READING_NAMES 8
#define READING_TEXT 400
#define READING_PATTERN 4000
#define READING_GROUPS 40
#define READING_COUNTRIES 15
#define READING_LINES 64

/* How a language writes what all of them write. */
struct tongue {
    const char *code;
    char grouping;
    const char *percent;
    const char *const *months;    /* in front of the year; NULL: 2013年9月 */
    const char *const *countries; /* in sentences, in the order of reading_codes */
    const char *const *numbers;   /* from 1; NULL: digits */
    const char *counter;          /* behind digits that count countries, below ten */
    const char *complete;         /* what a sentence has that speaks of complete months alone */
    const char *period, *between; /* "September to November" */
    const char *open, *close;     /* brackets around a share */
};

static const char *const reading_codes[READING_COUNTRIES] = {
    "JP", "US", "AU", "IN", "FR", "TW", "DE", "CA", "IT", "GB", "BR", "KR", "NL", "ES", "CH"};
static const char *const english_months[] = {"January",   "February", "March",    "April",
                                             "May",       "June",     "July",     "August",
                                             "September", "October",  "November", "December"};
static const char *const german_months[] = {"Januar",    "Februar", "März",     "April",
                                            "Mai",       "Juni",    "Juli",     "August",
                                            "September", "Oktober", "November", "Dezember"};
static const char *const english_numbers[] = {"one", "two",   "three", "four", "five",
                                              "six", "seven", "eight", "nine"};
static const char *const german_numbers[] = {"eins",  "zwei",   "drei", "vier", "fünf",
                                             "sechs", "sieben", "acht", "neun"};
static const char *const english_countries[] = {
    "Japan",  "the United States", "Australia",       "India", "France",
    "Taiwan", "Germany",           "Canada",          "Italy", "the United Kingdom",
    "Brazil", "South Korea",       "the Netherlands", "Spain", "Switzerland"};
static const char *const german_countries[] = {
    "Japan",     "die USA",     "Australien",      "Indien",  "Frankreich",
    "Taiwan",    "Deutschland", "Kanada",          "Italien", "Großbritannien",
    "Brasilien", "Südkorea",    "die Niederlande", "Spanien", "die Schweiz"};
static const char *const japanese_countries[] = {
    "日本",     "米国", "オーストラリア", "インド", "フランス", "台湾",     "ドイツ", "カナダ",
    "イタリア", "英国", "ブラジル",       "韓国",   "オランダ", "スペイン", "スイス"};

#define TONGUES 3
static const struct tongue tongues[TONGUES] = {
    {.code = "en",
     .grouping = ',',
     .percent = "%",
     .months = english_months,
     .countries = english_countries,
     .numbers = english_numbers,
     .counter = "",
     .complete = "omplete month",
     .between = " to ",
     .open = " (",
     .close = ")"},
    {.code = "de",
     .grouping = '.',
     .percent = "\xc2\xa0%",
     .months = german_months,
     .countries = german_countries,
     .numbers = german_numbers,
     .counter = "",
     .complete = "vollständigen Monat",
     .between = " bis ",
     .open = " (",
     .close = ")"},
    {.code = "ja",
     .grouping = ',',
     .percent = "%",
     .months = NULL,
     .countries = japanese_countries,
     .numbers = NULL,
     .counter = "つ",
     .complete = "集計が完了した月",
     .between = "から",
     .open = "（",
     .close = "）"},
};

/* What one sentence says. */
struct claim {
    const struct figures *figures;
    const struct tongue *tongue;
    const char *sentence;
    char names[READING_NAMES][24];
    char texts[READING_NAMES][READING_TEXT];
    size_t count;
    const int64_t *counts; /* of reading_codes, the suppressed too; NULL: lines have them all */
    bool is_leader[READING_LINES]; /* of the lines; set by the sentence on leaders */
    size_t leaders;
};

/* ---- templates */

/* What may stand for a name, by its first letter where it has a meaning: see reading_compile. */
static inline const char *reading_expression(const struct tongue *tongue, const char *name)
{
    static const char *const numbers[] = {"total",  "infections", "peak",  "low",
                                          "before", "after",      "first", "last"};
    static const char *const months[] = {"month",   "peak_month", "low_month",
                                         "earlier", "later",      "since"};
    static const char *const counted[] = {"count", "months", "leaders", "countries_counted"};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        if (strcmp(numbers[i], name) == 0)
            return "([0-9.,]+)";
    for (size_t i = 0; i < sizeof(months) / sizeof(*months); i++)
        if (strcmp(months[i], name) == 0)
            return tongue->months == NULL ? "(([0-9]{4}年)?[0-9]{1,2}月)"
                                          : "([A-Z][a-zä]+( [0-9]{4})?)";
    for (size_t i = 0; i < sizeof(counted) / sizeof(*counted); i++)
        if (strcmp(counted[i], name) == 0)
            return "([A-Za-zü]+|[0-9.,]+(つ)?)";
    if (strstr(name, "share") != NULL || strcmp(name, "threshold") == 0)
        return "([0-9.,]+(\xc2\xa0)?%)";
    if (strstr(name, "rate") != NULL)
        return "([0-9.,]+)";
    if (strcmp(name, "change") == 0 && strcmp(tongue->code, "de") == 0)
        return "(.+ (als|wie))";
    return "(.+)";
}

struct template_expression {
    regex_t compiled;
    char names[READING_NAMES][24];
    size_t groups[READING_NAMES];
    size_t count;
};

static inline void reading_compile(const struct tongue *tongue, const char *text,
                                   struct template_expression *out)
{
    char pattern[READING_PATTERN] = "^";
    size_t used = 1;
    size_t group = 1;

    out->count = 0;
    while (*text != '\0') {
        ck_assert_uint_lt(used, sizeof(pattern) - 200);
        if (*text == '<') {
            size_t length = strcspn(text, ">") - 1;
            char *name = out->names[out->count];

            ck_assert_uint_lt(length, 24);
            snprintf(name, 24, "%.*s", (int)length, text + 1);
            out->groups[out->count++] = group;

            const char *expression = reading_expression(tongue, name);

            for (const char *here = expression; *here != '\0'; here++)
                group += *here == '(';
            used += (size_t)sprintf(pattern + used, "%s", expression);
            text += length + 2;
        } else {
            if (strchr("().*+?[]{}^$|\\", *text) != NULL)
                pattern[used++] = '\\';
            pattern[used++] = *text++;
            pattern[used] = '\0';
        }
    }
    sprintf(pattern + used, "$");
    ck_assert_msg(regcomp(&out->compiled, pattern, REG_EXTENDED) == 0, "%s", pattern);
}

static inline bool reading_match(const struct template_expression *template, const char *sentence,
                                 struct claim *claim)
{
    regmatch_t matches[READING_GROUPS];

    if (regexec(&template->compiled, sentence, READING_GROUPS, matches, 0) != 0)
        return false;
    claim->sentence = sentence;
    claim->count = template->count;
    for (size_t i = 0; i < template->count; i++) {
        const regmatch_t *match = &matches[template->groups[i]];

        memcpy(claim->names[i], template->names[i], sizeof(claim->names[i]));
        ck_assert_int_lt(match->rm_eo - match->rm_so, READING_TEXT);
        snprintf(claim->texts[i], READING_TEXT, "%.*s", (int)(match->rm_eo - match->rm_so),
                 sentence + match->rm_so);
    }
    return true;
}

/* ---- what stands in their places */

/* NULL: the language doesn't say it. */
static inline const char *text_of(const struct claim *claim, const char *name)
{
    for (size_t i = 0; i < claim->count; i++)
        if (strcmp(claim->names[i], name) == 0)
            return claim->texts[i];
    return NULL;
}

/* Digits alone: "12,213" and "45.36%" as integers, without grouping and point. */
static inline int64_t digits_of(const char *text)
{
    int64_t value = 0;

    for (; *text != '\0'; text++)
        if (*text >= '0' && *text <= '9')
            value = value * 10 + (*text - '0');
    return value;
}

static inline int64_t number_of(const struct claim *claim, const char *name)
{
    const char *text = text_of(claim, name);

    ck_assert_msg(text != NULL, "no %s in: %s", name, claim->sentence);
    for (int i = 0; claim->tongue->numbers != NULL && i < 9; i++)
        if (strcmp(text + 1, claim->tongue->numbers[i] + 1) == 0 &&
            (text[0] | 32) == claim->tongue->numbers[i][0])
            return i + 1;

    int64_t value = digits_of(text);
    bool counted = strstr(text, "つ") != NULL;

    ck_assert_msg(*claim->tongue->counter == '\0' || strcmp(name, "months") == 0 ||
                      (strcmp(name, "count") != 0 && strcmp(name, "leaders") != 0 &&
                       strcmp(name, "countries_counted") != 0) ||
                      counted == (value < 10),
                  "not as Japanese counts: %s", claim->sentence);
    return value;
}

/* Whether a number is as said; a language may leave it out. */
static inline bool number_fits(const struct claim *claim, const char *name, int64_t value)
{
    return text_of(claim, name) == NULL || number_of(claim, name) == value;
}

/* A share as it is printed: with two decimals. */
static inline bool share_fits(const struct claim *claim, const char *name, int64_t hundredths)
{
    const char *text = text_of(claim, name);
    size_t length = strlen(text);
    size_t sign = strlen(claim->tongue->percent);

    return digits_of(text) == hundredths && length > sign + 3 &&
           strcmp(text + length - sign, claim->tongue->percent) == 0 &&
           strchr(".,", text[length - sign - 3]) != NULL;
}

/* Months without a year are those of the window's only one. */
static inline month_t month_of(const struct claim *claim, const char *name)
{
    const char *text = text_of(claim, name);
    const struct tongue *tongue = claim->tongue;
    int year = month_year(claim->figures->from);
    int month = 0;
    const char *digits = strpbrk(text, "0123456789");

    ck_assert_msg(text != NULL, "no %s in: %s", name, claim->sentence);
    if (tongue->months == NULL) {
        bool dated = strstr(text, "年") != NULL;

        if (dated)
            year = atoi(text);
        month = atoi(dated ? strstr(text, "年") + strlen("年") : text);
        digits = dated ? digits : NULL;
    } else {
        for (int i = 0; i < 12; i++)
            if (strncmp(text, tongue->months[i], strlen(tongue->months[i])) == 0)
                month = i + 1;
        if (digits != NULL)
            year = atoi(digits);
    }
    ck_assert_msg(month > 0, "\"%s\" is no month", text);
    ck_assert_msg(digits != NULL || month_year(claim->figures->to) == year,
                  "of which year is it: %s", claim->sentence);
    return month_from(year, month);
}

/* Consecutive months, with the year once when it is one. */
static inline const char *period_text(const struct tongue *tongue, month_t from, month_t to,
                                      char text[READING_TEXT])
{
    int years[] = {month_year(from), month_year(to)};
    int months[] = {month_of_year(from), month_of_year(to)};
    bool one = years[0] == years[1];
    char names[2][64];

    for (int i = 0; i < 2; i++) {
        /* Where the year may be left out: in front in Japanese, behind in others. */
        bool bare = one && from != to && (tongue->months == NULL ? i == 1 : i == 0);

        const char *name = tongue->months == NULL ? NULL : tongue->months[months[i] - 1];

        if (name == NULL && bare)
            snprintf(names[i], 64, "%d月", months[i]);
        else if (name == NULL)
            snprintf(names[i], 64, "%d年%d月", years[i], months[i]);
        else if (bare)
            snprintf(names[i], 64, "%s", name);
        else
            snprintf(names[i], 64, "%s %d", name, years[i]);
    }
    if (from == to)
        snprintf(text, READING_TEXT, "%s", names[0]);
    else
        snprintf(text, READING_TEXT, "%s%s%s", names[0], tongue->between, names[1]);
    return text;
}

static inline bool period_fits(const struct claim *claim, const char *name, month_t from,
                               month_t to)
{
    char expected[READING_TEXT];

    return strcmp(text_of(claim, name), period_text(claim->tongue, from, to, expected)) == 0;
}

/* ---- countries */

/* Index of the country in reading_codes that text starts with; *length is how long it is. */
static inline size_t country_at(const struct tongue *tongue, const char *text, size_t *length)
{
    for (size_t i = 0; i < READING_COUNTRIES; i++) {
        const char *name = tongue->countries[i];
        size_t size = strlen(name);
        bool same = text[0] == name[0] || (name[0] >= 'a' && text[0] == name[0] - 32);

        if (!same || strncmp(text + 1, name + 1, size - 1) != 0)
            continue;
        *length = size;
        return i;
    }
    ck_abort_msg("\"%s\" starts with no country", text);
    return 0;
}

static inline size_t skip_separator(const char *text)
{
    static const char *const separators[] = {", and ", ", und ", ", ", " and ", " und ", "、"};

    for (size_t i = 0; i < sizeof(separators) / sizeof(*separators); i++)
        if (strncmp(text, separators[i], strlen(separators[i])) == 0)
            return strlen(separators[i]);
    return 0;
}

/* Index of a line by its country; line_count: there is none. */
static inline size_t line_of(const struct dimension_figures *countries, const char *code)
{
    size_t i = 0;

    while (i < countries->line_count && strcmp(countries->lines[i].value, code) != 0)
        i++;
    return i;
}

/* Reads a list of countries, each once, with its share or without; returns how many. */
static inline size_t list_of(const struct claim *claim, const char *name, bool with_share,
                             const char *codes[READING_COUNTRIES])
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    const char *text = text_of(claim, name);
    size_t count = 0;

    while (*text != '\0') {
        size_t length = 0;
        const char *code = reading_codes[country_at(claim->tongue, text, &length)];

        for (size_t i = 0; i < count; i++)
            ck_assert_str_ne(codes[i], code);
        codes[count++] = code;
        text += length;
        if (with_share) {
            const struct line_figures *line = &countries->lines[line_of(countries, code)];
            char share[64];
            char point = claim->tongue->grouping == ',' ? '.' : ',';

            ck_assert_uint_lt(line_of(countries, code), countries->ranked);
            snprintf(share, sizeof(share), "%s%d%c%02d%s%s", claim->tongue->open, line->share / 100,
                     point, line->share % 100, claim->tongue->percent, claim->tongue->close);
            ck_assert_msg(strncmp(text, share, strlen(share)) == 0, "\"%s\" is not \"%s\"", text,
                          share);
            text += strlen(share);
        }
        length = skip_separator(text);
        ck_assert_msg(length > 0 || *text == '\0', "\"%s\" follows a country", text);
        text += length;
    }
    return count;
}

/* ---- changes */

/* Whether "rose 52%", "doppelt so viele Infektionen wie", "2倍超" is true of both counts. */
static inline bool change_fits(const struct claim *claim, int64_t before, int64_t after)
{
    const char *text = text_of(claim, "change");
    bool more =
        strstr(text, "rose") != NULL || strstr(text, "mehr ") != NULL || strstr(text, "増") != NULL;
    bool fewer = strstr(text, "fell") != NULL || strstr(text, "weniger") != NULL ||
                 strstr(text, "減") != NULL;
    static const struct {
        const char *word;
        int64_t times;
    } times[] = {{"doubled", 2},  {"tripled", 3},  {"quadrupled", 4},
                 {"doppelt ", 2}, {"dreimal ", 3}, {"viermal ", 4}};
    bool above = strstr(text, "more than") != NULL || strstr(text, "mehr als ") == text ||
                 strstr(text, "超") != NULL;
    bool almost = strstr(text, "almost") != NULL || strstr(text, "fast ") != NULL ||
                  strstr(text, "ほぼ") != NULL;
    int64_t factor =
        strstr(text, "-fold") != NULL || strstr(text, "-mal") != NULL || strstr(text, "倍") != NULL
            ? digits_of(text)
            : 0;

    for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
        if (strstr(text, times[i].word) != NULL)
            factor = times[i].times;
    if (factor > 0)
        return almost  ? after < factor * before && after * 1000 >= factor * before * 995
               : above ? after > factor * before && after < (factor + 1) * before
                       : after == factor * before;
    if (strstr(text, "halved") != NULL || strstr(text, "halb ") != NULL ||
        (strstr(text, "50%減") != NULL && after * 2 == before))
        return after * 2 == before;
    if (!(more ? after > before : fewer && after < before) || more == fewer)
        return false;
    if (strchr(text, '%') == NULL)
        return true;

    int64_t error = digits_of(text) * before - (more ? after - before : before - after) * 100;

    return before >= 10 && (error < 0 ? -error : error) * 2 <= before;
}

/* What is compared with, by name; in German also behind "gegenüber". */
static inline const char *base_text(const struct tongue *tongue, enum base base, int64_t months,
                                    bool dative, char text[READING_TEXT])
{
    static const char *const names[TONGUES][4] = {
        {"the month before", "the # months before", "the same month a year earlier",
         "the same months a year earlier"},
        {"im Monat davor", "in den # Monaten davor", "im gleichen Monat des Vorjahres",
         "in den gleichen Monaten des Vorjahres"},
        {"前月", "直前#か月", "前年同月", "前年同期"},
    };
    size_t which = base == BASE_PREVIOUS_MONTH    ? 0
                   : base == BASE_PREVIOUS_WINDOW ? 1
                   : months == 1                  ? 2
                                                  : 3;
    const char *name = names[tongue - tongues][which];
    char number[32];
    /* "dem " is longer than "im ". */
    char whole[READING_TEXT - 1];

    snprintf(number, sizeof(number), "%d", (int)months);
    if (tongue->numbers != NULL && months < 10)
        snprintf(number, sizeof(number), "%s", tongue->numbers[months - 1]);
    snprintf(whole, sizeof(whole), "%.*s%s%s", (int)strcspn(name, "#"), name,
             strchr(name, '#') == NULL ? "" : number,
             strchr(name, '#') == NULL ? "" : strchr(name, '#') + 1);
    if (dative && strncmp(whole, "im ", 3) == 0)
        snprintf(text, READING_TEXT, "dem %s", whole + 3);
    else
        snprintf(text, READING_TEXT, "%s",
                 dative && strncmp(whole, "in den ", 7) == 0 ? whole + 3 : whole);
    return text;
}

static inline bool base_fits(const struct claim *claim, enum base base, bool dative)
{
    const struct comparison_figures *comparison = &claim->figures->comparisons[base];
    char expected[READING_TEXT];

    return strcmp(text_of(claim, "base"),
                  base_text(claim->tongue, base, comparison->to - comparison->from + 1, dative,
                            expected)) == 0;
}

#endif
