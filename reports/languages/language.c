#include "reports/languages/language.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucasemap.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/uldnames.h>
#include <unicode/ulistformatter.h>
#include <unicode/umsg.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

#include "reports/languages/catalogue.h"

/* UTF-16 units that ICU may need for one name, number, month or list of countries. */
#define ICU_TEXT_MAX 1024

/* A character that becomes a capital may become several. */
#define CAPITAL_MAX 16

/* In place of bytes that are no UTF-8. */
#define REPLACEMENT 0xFFFD

/* Counts are told to ICU as double. Beyond what that holds, these last digits choose the plural:
 * no language looks at more of them. */
#define EXACT_MAX ((int64_t)1 << 53)
#define LAST_DIGITS INT64_C(1000000000000000)

struct language {
    const char *code;
    struct catalogue catalogue;
    struct catalogue words; /* which the catalogue borrows from */
    UNumberFormat *numbers;
    UNumberFormat *shares;
    UDateFormat *months;
    UDateFormat *months_alone;
    UDateFormat *days;
    UDateFormat *brief_months;
    UDateFormat *years;
    ULocaleDisplayNames *names;
    UListFormatter *lists;
    UCaseMap *capitals;
};

static UDateFormat *open_pattern(const char *locale, const char *pattern, UErrorCode *icu)
{
    UChar units[ICU_TEXT_MAX];
    UChar utc[sizeof("UTC")];

    u_strFromUTF8(units, ICU_TEXT_MAX, NULL, pattern, -1, icu);
    u_strFromUTF8(utc, (int32_t)sizeof("UTC"), NULL, "UTC", -1, icu);
    return udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, utc, -1, units, -1, icu);
}

/* Dates with what the skeleton names, as the locale puts it together. */
static UDateFormat *open_dates(const char *locale, const char *skeleton, UErrorCode *icu)
{
    UDateTimePatternGenerator *generator = udatpg_open(locale, icu);
    UChar wanted[16];
    UChar pattern[ICU_TEXT_MAX];
    UChar utc[sizeof("UTC")];

    u_strFromUTF8(wanted, 16, NULL, skeleton, -1, icu);
    u_strFromUTF8(utc, (int32_t)sizeof("UTC"), NULL, "UTC", -1, icu);

    int32_t length = udatpg_getBestPattern(generator, wanted, -1, pattern, ICU_TEXT_MAX, icu);
    UDateFormat *dates =
        udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, utc, -1, pattern, length, icu);

    udatpg_close(generator);
    return dates;
}

static void open_formatters(struct language *language, UErrorCode *icu)
{
    const char *locale = language->catalogue.locale;
    UDisplayContext contexts[] = {UDISPCTX_LENGTH_SHORT};

    language->months = open_pattern(locale, language->catalogue.month, icu);
    language->months_alone = open_pattern(locale, language->catalogue.month_alone, icu);
    language->days = open_pattern(locale, language->catalogue.day, icu);
    language->brief_months = open_dates(locale, "LLL", icu);
    language->years = open_dates(locale, "y", icu);
    language->numbers = unum_open(UNUM_DECIMAL, NULL, 0, locale, NULL, icu);
    language->shares = unum_open(UNUM_DECIMAL, NULL, 0, locale, NULL, icu);
    language->names = uldn_openForContext(locale, contexts, 1, icu);
    language->lists = ulistfmt_open(locale, icu);
    language->capitals =
        ucasemap_open(locale, U_TITLECASE_WHOLE_STRING | U_TITLECASE_NO_LOWERCASE, icu);
    if (U_FAILURE(*icu))
        return;
    unum_setAttribute(language->shares, UNUM_MIN_FRACTION_DIGITS, 2);
    unum_setAttribute(language->shares, UNUM_MAX_FRACTION_DIGITS, 2);
}

static size_t find_language(const char *code)
{
    size_t i = 0;

    while (i < LANGUAGES && strcmp(embedded_languages[i].code, code) != 0)
        i++;
    return i;
}

const char *language_code_at(size_t index)
{
    size_t first = find_language(LANGUAGE_DEFAULT);

    if (index == 0)
        return embedded_languages[first].code;
    return embedded_languages[index <= first ? index - 1 : index].code;
}

static enum status read_language(const char *code, const char *text,
                                 const struct language_words *words, struct language **out,
                                 struct error *error)
{
    struct language *language = calloc(1, sizeof(*language));
    UErrorCode icu = U_ZERO_ERROR;
    enum status status;

    if (language == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    language->code = code;
    status = catalogue_read(code, text, &language->catalogue, error);
    if (status == STATUS_OK && words != NULL) {
        status = catalogue_read_words(words->path, words->text, &language->words, error);
        catalogue_put_over(&language->catalogue, &language->words);
    }
    if (status == STATUS_OK)
        open_formatters(language, &icu);
    if (U_FAILURE(icu))
        status =
            error_set(error, STATUS_FATAL, "ICU has no data for '%s': %s", code, u_errorName(icu));
    if (status != STATUS_OK) {
        language_close(language);
        return status;
    }
    *out = language;
    return STATUS_OK;
}

enum status language_open(const char *code, struct language **out, struct error *error)
{
    return language_open_with(code, NULL, out, error);
}

enum status language_open_with(const char *code, const struct language_words *words,
                               struct language **out, struct error *error)
{
    size_t found = find_language(code);

    if (found == LANGUAGES)
        return error_set(error, STATUS_REJECT, "no language '%s': reports come in %s", code,
                         LANGUAGE_CODES);
    return read_language(embedded_languages[found].code, embedded_languages[found].text, words, out,
                         error);
}

enum status language_read(const char *code, const char *text, struct language **out,
                          struct error *error)
{
    return read_language(code, text, NULL, out, error);
}

void language_close(struct language *language)
{
    if (language == NULL)
        return;
    udat_close(language->months);
    udat_close(language->months_alone);
    udat_close(language->days);
    udat_close(language->brief_months);
    udat_close(language->years);
    unum_close(language->numbers);
    unum_close(language->shares);
    uldn_close(language->names);
    ulistfmt_close(language->lists);
    ucasemap_close(language->capitals);
    catalogue_clear(&language->catalogue);
    catalogue_clear(&language->words);
    free(language);
}

const char *language_code(const struct language *language)
{
    return language->code;
}

const char *language_message(const struct language *language, enum message message)
{
    return language->catalogue.messages[message].text;
}

/* ICU's UTF-16 as UTF-8. A failure of the call that made it arrives in icu. */
static const char *keep(struct phrases *phrases, const UChar *text, int32_t length, UErrorCode icu)
{
    const char *phrase = "";
    size_t size = U_SUCCESS(icu) ? (size_t)length * 3 + 1 : 1;
    char *utf8 = malloc(size);
    int32_t bytes = 0;

    if (utf8 != NULL && U_SUCCESS(icu))
        u_strToUTF8(utf8, (int32_t)size, &bytes, text, length, &icu);
    if (utf8 != NULL && U_SUCCESS(icu))
        phrase = phrases_copy(phrases, utf8, (size_t)bytes);
    else
        phrases->failed = true;
    free(utf8);
    return phrase;
}

/* ---- messages */

/* What ICU is given for one message, by the numbers that its pattern has for them. */
struct slots {
    const UChar *texts[MESSAGE_PARAMETERS_MAX];
    double counts[MESSAGE_PARAMETERS_MAX];
};

/* Puts text at *to, as UTF-16 with its end, and moves *to behind it. */
static const UChar *put_units(UChar **to, const char *text, UErrorCode *icu)
{
    UChar *units = *to;
    int32_t size = (int32_t)strlen(text) + 1;

    u_strFromUTF8WithSub(units, size, NULL, text, size - 1, REPLACEMENT, NULL, icu);
    *to += size;
    return units;
}

/* The same as far as plurals go. */
static double as_double(int64_t count)
{
    return (double)(count < EXACT_MAX ? count : LAST_DIGITS + count % LAST_DIGITS);
}

/* Sorts the arguments by the parameters of the message. False: these are not its parameters. */
static bool sort_arguments(enum message message, const struct message_argument *arguments,
                           const struct message_argument *sorted[MESSAGE_PARAMETERS_MAX])
{
    const struct message_spec *spec = &message_specs[message];
    int given = 0;
    int wanted = 0;

    while (wanted < MESSAGE_PARAMETERS_MAX && spec->parameters[wanted].name != NULL)
        wanted++;
    for (; arguments->name != NULL; arguments++, given++) {
        int found = message_find_parameter(spec, arguments->name, strlen(arguments->name));

        if (found < 0 || sorted[found] != NULL)
            return false;
        sorted[found] = arguments;
    }
    return given == wanted;
}

static int32_t format_slots(UMessageFormat *format, const struct slots *slots, UChar *to,
                            int32_t size, UErrorCode *icu)
{
    const UChar *const *texts = slots->texts;
    const double *counts = slots->counts;

    _Static_assert(MESSAGE_PARAMETERS_MAX == 8, "all of them stand here");
    return umsg_format(format, to, size, icu, texts[0], texts[1], texts[2], texts[3], texts[4],
                       texts[5], texts[6], texts[7], counts[0], counts[1], counts[2], counts[3],
                       counts[4], counts[5], counts[6], counts[7]);
}

/* Formats into memory of the given size, and once more when that was too small. */
static const char *format_message(UMessageFormat *format, const struct slots *slots, int32_t size,
                                  struct phrases *phrases, UErrorCode *icu)
{
    const char *phrase = "";

    for (int attempt = 0; attempt < 2; attempt++) {
        UChar *text = malloc((size_t)size * sizeof(*text));
        int32_t length = 0;

        if (text == NULL)
            *icu = U_MEMORY_ALLOCATION_ERROR;
        else
            length = format_slots(format, slots, text, size, icu);
        if (U_SUCCESS(*icu))
            phrase = keep(phrases, text, length, *icu);
        free(text);
        if (*icu != U_BUFFER_OVERFLOW_ERROR || attempt > 0)
            break;
        *icu = U_ZERO_ERROR;
        size = length + 1;
    }
    return phrase;
}

/* arguments in the order of the parameters. */
static const char *say_sorted(const struct language *language, struct phrases *phrases,
                              const struct pattern *pattern,
                              const struct message_argument *const *arguments)
{
    static const UChar empty[] = {0};
    struct slots slots = {.counts = {0}};
    size_t size = strlen(pattern->text) + 1;
    const char *phrase = "";
    UErrorCode icu = U_ZERO_ERROR;

    for (size_t i = 0; i < MESSAGE_PARAMETERS_MAX; i++)
        size += arguments[i] == NULL ? 0 : strlen(arguments[i]->text) + 1;

    UChar *units = size > INT32_MAX / 4 ? NULL : malloc(size * sizeof(*units));
    UChar *to = units;
    UMessageFormat *format = NULL;

    if (units == NULL) {
        phrases->failed = true;
        return phrase;
    }
    for (size_t i = 0; i < MESSAGE_PARAMETERS_MAX; i++)
        slots.texts[i] = arguments[i] == NULL ? empty : put_units(&to, arguments[i]->text, &icu);
    for (size_t i = 0; i < pattern->counts; i++)
        slots.counts[i] = as_double(arguments[pattern->count_of[i]]->count);

    const UChar *template = put_units(&to, pattern->text, &icu);

    format = umsg_open(template, -1, language->catalogue.locale, NULL, &icu);
    if (U_SUCCESS(icu))
        phrase = format_message(format, &slots, (int32_t)size, phrases, &icu);
    if (U_FAILURE(icu))
        phrases->failed = true;
    umsg_close(format);
    free(units);
    return phrase;
}

const char *language_say(const struct language *language, struct phrases *phrases,
                         enum message message, const struct message_argument *arguments)
{
    const struct message_argument *sorted[MESSAGE_PARAMETERS_MAX] = {NULL};

    if (sort_arguments(message, arguments, sorted))
        return say_sorted(language, phrases, &language->catalogue.messages[message], sorted);
    phrases->failed = true;
    return "";
}

struct message_argument language_count(const struct language *language, struct phrases *phrases,
                                       const char *name, int64_t number)
{
    return (struct message_argument){name, language_number(language, phrases, number), number};
}

struct message_argument language_words(const struct language *language, struct phrases *phrases,
                                       const char *name, int64_t number)
{
    const char *const *numbers = language->catalogue.numbers;

    if (number > 0 && number < (int64_t)CATALOGUE_COUNTERS && numbers[number] != NULL)
        return (struct message_argument){name, numbers[number], number};
    return language_count(language, phrases, name, number);
}

struct message_argument language_counter(const struct language *language, struct phrases *phrases,
                                         const char *name, int64_t number)
{
    const char *const *counters = language->catalogue.counters;

    if (number > 0 && number < (int64_t)CATALOGUE_COUNTERS && counters[number] != NULL)
        return (struct message_argument){name, counters[number], number};
    return language_words(language, phrases, name, number);
}

struct message_argument language_text(const char *name, const char *text)
{
    return (struct message_argument){name, text, 0};
}

/* ---- numbers, months, names */

const char *language_number(const struct language *language, struct phrases *phrases,
                            int64_t number)
{
    UChar text[ICU_TEXT_MAX];
    UErrorCode icu = U_ZERO_ERROR;
    int32_t length = unum_formatInt64(language->numbers, number, text, ICU_TEXT_MAX, NULL, &icu);

    return keep(phrases, text, length, icu);
}

const char *language_share(const struct language *language, struct phrases *phrases,
                           int64_t hundredths)
{
    char decimal[32];
    UChar text[ICU_TEXT_MAX];
    UErrorCode icu = U_ZERO_ERROR;
    int size = snprintf(decimal, sizeof(decimal), "%" PRId64 ".%02d", hundredths / 100,
                        (int)(hundredths % 100));
    int32_t length =
        unum_formatDecimal(language->shares, decimal, size, text, ICU_TEXT_MAX, NULL, &icu);

    return keep(phrases, text, length, icu);
}

const char *language_percent(const struct language *language, struct phrases *phrases,
                             const char *number)
{
    return language_say(language, phrases, MESSAGE_PERCENT,
                        MESSAGE_ARGUMENTS(language_text("number", number)));
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

/* A day by its number since 1970-01-01. */
static const char *format_day(const UDateFormat *format, struct phrases *phrases, int64_t day)
{
    UChar text[ICU_TEXT_MAX];
    UErrorCode icu = U_ZERO_ERROR;
    int32_t length =
        udat_format(format, (UDate)(day * U_MILLIS_PER_DAY), text, ICU_TEXT_MAX, NULL, &icu);

    return keep(phrases, text, length, icu);
}

static const char *format_month(const UDateFormat *format, struct phrases *phrases, month_t month)
{
    return format_day(format, phrases, days_to_month(month));
}

const char *language_day(const struct language *language, struct phrases *phrases, const char *date)
{
    char text[MONTH_TEXT_SIZE];
    month_t month;
    long day = 0;

    snprintf(text, sizeof(text), "%.7s", date);
    if (strlen(date) >= sizeof("2013-12-01") - 1 && date[7] == '-')
        day = strtol(date + 8, NULL, 10);
    if (day < 1 || day > 31 || !month_parse(text, &month))
        return date;
    return format_day(language->days, phrases, days_to_month(month) + day - 1);
}

const char *language_month(const struct language *language, struct phrases *phrases, month_t month)
{
    return format_month(language->months, phrases, month);
}

const char *language_month_alone(const struct language *language, struct phrases *phrases,
                                 month_t month)
{
    return format_month(language->months_alone, phrases, month);
}

const char *language_month_brief(const struct language *language, struct phrases *phrases,
                                 month_t month)
{
    return format_month(language->brief_months, phrases, month);
}

const char *language_year(const struct language *language, struct phrases *phrases, month_t month)
{
    return format_month(language->years, phrases, month);
}

const char *language_country(const struct language *language, struct phrases *phrases,
                             const char *country)
{
    UChar text[ICU_TEXT_MAX];
    UErrorCode icu = U_ZERO_ERROR;
    size_t index = catalogue_country(country);

    if (index < CATALOGUE_COUNTRIES && language->catalogue.countries[index] != NULL)
        return language->catalogue.countries[index];

    int32_t length = uldn_regionDisplayName(language->names, country, text, ICU_TEXT_MAX, &icu);

    return keep(phrases, text, length, icu);
}

const char *language_country_in_sentence(const struct language *language, struct phrases *phrases,
                                         const char *country)
{
    size_t index = catalogue_country(country);

    if (index < CATALOGUE_COUNTRIES && language->catalogue.countries_in_sentences[index] != NULL)
        return language->catalogue.countries_in_sentences[index];
    return language_country(language, phrases, country);
}

const char *language_capitalise(const struct language *language, struct phrases *phrases,
                                const char *sentence)
{
    const char *phrase = "";
    size_t size = strlen(sentence) + CAPITAL_MAX;
    UErrorCode icu = U_ZERO_ERROR;
    char *text = malloc(size);
    int32_t length = 0;

    if (text != NULL)
        length = ucasemap_utf8ToTitle(language->capitals, text, (int32_t)size, sentence, -1, &icu);
    if (text != NULL && U_SUCCESS(icu))
        phrase = phrases_copy(phrases, text, (size_t)length);
    else
        phrases->failed = true;
    free(text);
    return phrase;
}

const char *language_list(const struct language *language, struct phrases *phrases,
                          const char *const *items, size_t count)
{
    UChar texts[LANGUAGE_LIST_MAX][ICU_TEXT_MAX];
    const UChar *pointers[LANGUAGE_LIST_MAX];
    UChar list[ICU_TEXT_MAX];
    UErrorCode icu = U_ZERO_ERROR;
    int32_t length;

    for (size_t i = 0; i < count; i++) {
        u_strFromUTF8(texts[i], ICU_TEXT_MAX, NULL, items[i], -1, &icu);
        pointers[i] = texts[i];
    }
    length =
        ulistfmt_format(language->lists, pointers, NULL, (int32_t)count, list, ICU_TEXT_MAX, &icu);
    return keep(phrases, list, length, icu);
}
