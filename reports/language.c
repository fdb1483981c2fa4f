#include "reports/language.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/udat.h>
#include <unicode/uldnames.h>
#include <unicode/ulistformatter.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

/* UTF-16 units that ICU may need for one name, number, month or list; and the UTF-8 made of it. */
#define ICU_TEXT_MAX 1024
#define ICU_UTF8_MAX (ICU_TEXT_MAX * 3)

struct language {
    enum message_language messages;
    const char *code;
    UNumberFormat *numbers;
    UDateFormat *months;
    ULocaleDisplayNames *names;
    UListFormatter *lists;
};

/* Where ICU's short names are not what a report prints: "US" and "Bosnia" are too short for a
 * table, and Japanese newspapers write 米国. */
struct override {
    const char *country;
    const char *names[MESSAGE_LANGUAGES];
};

static const struct override overrides[] = {
    {"US", {"United States", "米国"}},      {"GB", {"United Kingdom", "英国"}},
    {"BA", {"Bosnia & Herzegovina", NULL}}, {"CD", {"DR Congo", "コンゴ民主共和国"}},
    {"CG", {"Congo", "コンゴ共和国"}},      {"MM", {NULL, "ミャンマー"}},
};

/* Countries whose English name takes an article inside a sentence. */
static const char *const with_article[] = {
    "AE", "BS", "CC", "CF", "CK", "DO", "FK", "FO", "GB", "GM", "KM", "KY", "MH",
    "MP", "MV", "NL", "PH", "SB", "SC", "TC", "UM", "US", "VG", "VI", "AX",
};

static void open_formatters(struct language *language, UErrorCode *icu)
{
    static const char *const month_patterns[MESSAGE_LANGUAGES] = {"MMMM y", "y年M月"};
    UDisplayContext contexts[] = {UDISPCTX_LENGTH_SHORT};
    UChar pattern[ICU_TEXT_MAX];
    UChar utc[sizeof("UTC")];

    u_strFromUTF8(pattern, ICU_TEXT_MAX, NULL, month_patterns[language->messages], -1, icu);
    u_strFromUTF8(utc, (int32_t)sizeof("UTC"), NULL, "UTC", -1, icu);
    language->months =
        udat_open(UDAT_PATTERN, UDAT_PATTERN, language->code, utc, -1, pattern, -1, icu);
    language->numbers = unum_open(UNUM_DECIMAL, NULL, 0, language->code, NULL, icu);
    language->names = uldn_openForContext(language->code, contexts, 1, icu);
    language->lists = ulistfmt_open(language->code, icu);
}

enum status language_open(const char *code, struct language **out, struct error *error)
{
    static const char *const codes[MESSAGE_LANGUAGES] = {"en", "ja"};
    int found = -1;

    for (int i = 0; i < MESSAGE_LANGUAGES; i++)
        if (strcmp(code, codes[i]) == 0)
            found = i;
    if (found < 0)
        return error_set(error, STATUS_REJECT, "no language '%s': reports come in en and ja", code);

    struct language *language = calloc(1, sizeof(*language));
    UErrorCode icu = U_ZERO_ERROR;

    if (language == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    language->messages = (enum message_language)found;
    language->code = codes[found];
    open_formatters(language, &icu);
    if (U_FAILURE(icu)) {
        language_close(language);
        return error_set(error, STATUS_FATAL, "ICU has no data for '%s': %s", code,
                         u_errorName(icu));
    }
    *out = language;
    return STATUS_OK;
}

void language_close(struct language *language)
{
    if (language == NULL)
        return;
    udat_close(language->months);
    unum_close(language->numbers);
    uldn_close(language->names);
    ulistfmt_close(language->lists);
    free(language);
}

const char *language_code(const struct language *language)
{
    return language->code;
}

const char *language_message(const struct language *language, enum message message)
{
    return message_text(message, language->messages);
}

/* ICU's UTF-16 as UTF-8. A failure of the call that made it arrives in icu. */
static const char *keep(struct phrases *phrases, const UChar *text, UErrorCode icu)
{
    char utf8[ICU_UTF8_MAX];
    int32_t length = 0;

    if (U_SUCCESS(icu))
        u_strToUTF8(utf8, ICU_UTF8_MAX, &length, text, -1, &icu);
    if (U_SUCCESS(icu))
        return phrases_copy(phrases, utf8, (size_t)length);
    phrases->failed = true;
    return "";
}

const char *language_number(const struct language *language, struct phrases *phrases,
                            int64_t number)
{
    UChar text[ICU_TEXT_MAX];
    UErrorCode icu = U_ZERO_ERROR;

    unum_formatInt64(language->numbers, number, text, ICU_TEXT_MAX, NULL, &icu);
    return keep(phrases, text, icu);
}

const char *language_share(const struct language *language, struct phrases *phrases,
                           int64_t hundredths)
{
    char fraction[] = {(char)('0' + hundredths % 100 / 10), (char)('0' + hundredths % 10), '\0'};

    return phrases_compose(phrases, "{0}.{1}", language_number(language, phrases, hundredths / 100),
                           fraction, NULL);
}

/* Days from 1970-01-01 to the first of a month: every fourth year is a leap year, except centuries
 * that 400 doesn't divide. */
static int64_t days_to_month(month_t month)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int year = month_year(month);
    int of_year = month_of_year(month);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    int64_t past = year - 1;
    int64_t leap_days = past / 4 - past / 100 + past / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400);

    return (int64_t)(year - 1970) * 365 + leap_days + before[of_year - 1] + (leap && of_year > 2);
}

const char *language_month(const struct language *language, struct phrases *phrases, month_t month)
{
    UChar text[ICU_TEXT_MAX];
    UErrorCode icu = U_ZERO_ERROR;
    UDate first_day = (UDate)(days_to_month(month) * U_MILLIS_PER_DAY);

    udat_format(language->months, first_day, text, ICU_TEXT_MAX, NULL, &icu);
    return keep(phrases, text, icu);
}

const char *language_country(const struct language *language, struct phrases *phrases,
                             const char *country)
{
    UChar text[ICU_TEXT_MAX];
    UErrorCode icu = U_ZERO_ERROR;

    for (size_t i = 0; i < sizeof(overrides) / sizeof(*overrides); i++) {
        const char *name = overrides[i].names[language->messages];

        if (strcmp(country, overrides[i].country) == 0 && name != NULL)
            return name;
    }
    uldn_regionDisplayName(language->names, country, text, ICU_TEXT_MAX, &icu);
    return keep(phrases, text, icu);
}

const char *language_country_in_sentence(const struct language *language, struct phrases *phrases,
                                         const char *country)
{
    const char *name = language_country(language, phrases, country);

    if (language->messages != MESSAGE_EN)
        return name;
    for (size_t i = 0; i < sizeof(with_article) / sizeof(*with_article); i++)
        if (strcmp(country, with_article[i]) == 0)
            return phrases_compose(phrases, "the {0}", name, NULL);
    return name;
}

const char *language_list(const struct language *language, struct phrases *phrases,
                          const char *const *items, size_t count)
{
    UChar texts[LANGUAGE_LIST_MAX][ICU_TEXT_MAX];
    const UChar *pointers[LANGUAGE_LIST_MAX];
    UChar list[ICU_TEXT_MAX];
    UErrorCode icu = U_ZERO_ERROR;

    for (size_t i = 0; i < count; i++) {
        u_strFromUTF8(texts[i], ICU_TEXT_MAX, NULL, items[i], -1, &icu);
        pointers[i] = texts[i];
    }
    ulistfmt_format(language->lists, pointers, NULL, (int32_t)count, list, ICU_TEXT_MAX, &icu);
    return keep(phrases, list, icu);
}
