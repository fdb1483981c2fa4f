/* ICU, which formats a report's text, with the failure that all its calls have: no memory. What it
 * allocates inside is not made to fail: ICU itself crashes and hangs then (72.1).
 *
 * Its functions are macros that add the version to the name; WRAPPED and REAL paste behind that. */
#include "failing.h"

#include <unicode/ubrk.h>
#include <unicode/udat.h>
#include <unicode/uldnames.h>
#include <unicode/ulistformatter.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

#define PASTE_EXPANDED(prefix, name) prefix##name
#define PASTE(prefix, name) PASTE_EXPANDED(prefix, name)
#define REAL(function) PASTE(__real_, function)
#define WRAPPED(function) PASTE(__wrap_, function)

/* A call with an error behind it does nothing, and is none. */
static bool is_short(const char *call, UErrorCode *icu, const void *place)
{
    if (U_FAILURE(*icu) || !failing_now(FAILING_MEMORY, call, place))
        return false;
    *icu = U_MEMORY_ALLOCATION_ERROR;
    return true;
}

UChar *REAL(u_strFromUTF8)(UChar *to, int32_t size, int32_t *length, const char *from,
                           int32_t from_length, UErrorCode *icu);
UChar *WRAPPED(u_strFromUTF8)(UChar *to, int32_t size, int32_t *length, const char *from,
                              int32_t from_length, UErrorCode *icu);
UChar *WRAPPED(u_strFromUTF8)(UChar *to, int32_t size, int32_t *length, const char *from,
                              int32_t from_length, UErrorCode *icu)
{
    return is_short("u_strFromUTF8", icu, FAILING_PLACE)
               ? to
               : REAL(u_strFromUTF8)(to, size, length, from, from_length, icu);
}

char *REAL(u_strToUTF8)(char *to, int32_t size, int32_t *length, const UChar *from,
                        int32_t from_length, UErrorCode *icu);
char *WRAPPED(u_strToUTF8)(char *to, int32_t size, int32_t *length, const UChar *from,
                           int32_t from_length, UErrorCode *icu);
char *WRAPPED(u_strToUTF8)(char *to, int32_t size, int32_t *length, const UChar *from,
                           int32_t from_length, UErrorCode *icu)
{
    return is_short("u_strToUTF8", icu, FAILING_PLACE)
               ? to
               : REAL(u_strToUTF8)(to, size, length, from, from_length, icu);
}

UDateFormat *REAL(udat_open)(UDateFormatStyle time, UDateFormatStyle date, const char *locale,
                             const UChar *zone, int32_t zone_length, const UChar *pattern,
                             int32_t pattern_length, UErrorCode *icu);
UDateFormat *WRAPPED(udat_open)(UDateFormatStyle time, UDateFormatStyle date, const char *locale,
                                const UChar *zone, int32_t zone_length, const UChar *pattern,
                                int32_t pattern_length, UErrorCode *icu);
UDateFormat *WRAPPED(udat_open)(UDateFormatStyle time, UDateFormatStyle date, const char *locale,
                                const UChar *zone, int32_t zone_length, const UChar *pattern,
                                int32_t pattern_length, UErrorCode *icu)
{
    return is_short("udat_open", icu, FAILING_PLACE)
               ? NULL
               : REAL(udat_open)(time, date, locale, zone, zone_length, pattern, pattern_length,
                                 icu);
}

int32_t REAL(udat_format)(const UDateFormat *format, UDate date, UChar *to, int32_t size,
                          UFieldPosition *position, UErrorCode *icu);
int32_t WRAPPED(udat_format)(const UDateFormat *format, UDate date, UChar *to, int32_t size,
                             UFieldPosition *position, UErrorCode *icu);
int32_t WRAPPED(udat_format)(const UDateFormat *format, UDate date, UChar *to, int32_t size,
                             UFieldPosition *position, UErrorCode *icu)
{
    return is_short("udat_format", icu, FAILING_PLACE)
               ? 0
               : REAL(udat_format)(format, date, to, size, position, icu);
}

UNumberFormat *REAL(unum_open)(UNumberFormatStyle style, const UChar *pattern, int32_t length,
                               const char *locale, UParseError *where, UErrorCode *icu);
UNumberFormat *WRAPPED(unum_open)(UNumberFormatStyle style, const UChar *pattern, int32_t length,
                                  const char *locale, UParseError *where, UErrorCode *icu);
UNumberFormat *WRAPPED(unum_open)(UNumberFormatStyle style, const UChar *pattern, int32_t length,
                                  const char *locale, UParseError *where, UErrorCode *icu)
{
    return is_short("unum_open", icu, FAILING_PLACE)
               ? NULL
               : REAL(unum_open)(style, pattern, length, locale, where, icu);
}

int32_t REAL(unum_formatInt64)(const UNumberFormat *format, int64_t number, UChar *to, int32_t size,
                               UFieldPosition *position, UErrorCode *icu);
int32_t WRAPPED(unum_formatInt64)(const UNumberFormat *format, int64_t number, UChar *to,
                                  int32_t size, UFieldPosition *position, UErrorCode *icu);
int32_t WRAPPED(unum_formatInt64)(const UNumberFormat *format, int64_t number, UChar *to,
                                  int32_t size, UFieldPosition *position, UErrorCode *icu)
{
    return is_short("unum_formatInt64", icu, FAILING_PLACE)
               ? 0
               : REAL(unum_formatInt64)(format, number, to, size, position, icu);
}

ULocaleDisplayNames *REAL(uldn_openForContext)(const char *locale, UDisplayContext *contexts,
                                               int32_t count, UErrorCode *icu);
ULocaleDisplayNames *WRAPPED(uldn_openForContext)(const char *locale, UDisplayContext *contexts,
                                                  int32_t count, UErrorCode *icu);
ULocaleDisplayNames *WRAPPED(uldn_openForContext)(const char *locale, UDisplayContext *contexts,
                                                  int32_t count, UErrorCode *icu)
{
    return is_short("uldn_openForContext", icu, FAILING_PLACE)
               ? NULL
               : REAL(uldn_openForContext)(locale, contexts, count, icu);
}

int32_t REAL(uldn_regionDisplayName)(const ULocaleDisplayNames *names, const char *region,
                                     UChar *to, int32_t size, UErrorCode *icu);
int32_t WRAPPED(uldn_regionDisplayName)(const ULocaleDisplayNames *names, const char *region,
                                        UChar *to, int32_t size, UErrorCode *icu);
int32_t WRAPPED(uldn_regionDisplayName)(const ULocaleDisplayNames *names, const char *region,
                                        UChar *to, int32_t size, UErrorCode *icu)
{
    return is_short("uldn_regionDisplayName", icu, FAILING_PLACE)
               ? 0
               : REAL(uldn_regionDisplayName)(names, region, to, size, icu);
}

UListFormatter *REAL(ulistfmt_open)(const char *locale, UErrorCode *icu);
UListFormatter *WRAPPED(ulistfmt_open)(const char *locale, UErrorCode *icu);
UListFormatter *WRAPPED(ulistfmt_open)(const char *locale, UErrorCode *icu)
{
    return is_short("ulistfmt_open", icu, FAILING_PLACE) ? NULL : REAL(ulistfmt_open)(locale, icu);
}

int32_t REAL(ulistfmt_format)(const UListFormatter *lists, const UChar *const texts[],
                              const int32_t *lengths, int32_t count, UChar *to, int32_t size,
                              UErrorCode *icu);
int32_t WRAPPED(ulistfmt_format)(const UListFormatter *lists, const UChar *const texts[],
                                 const int32_t *lengths, int32_t count, UChar *to, int32_t size,
                                 UErrorCode *icu);
int32_t WRAPPED(ulistfmt_format)(const UListFormatter *lists, const UChar *const texts[],
                                 const int32_t *lengths, int32_t count, UChar *to, int32_t size,
                                 UErrorCode *icu)
{
    return is_short("ulistfmt_format", icu, FAILING_PLACE)
               ? 0
               : REAL(ulistfmt_format)(lists, texts, lengths, count, to, size, icu);
}

UText *REAL(utext_openUTF8)(UText *text, const char *bytes, int64_t length, UErrorCode *icu);
UText *WRAPPED(utext_openUTF8)(UText *text, const char *bytes, int64_t length, UErrorCode *icu);
UText *WRAPPED(utext_openUTF8)(UText *text, const char *bytes, int64_t length, UErrorCode *icu)
{
    return is_short("utext_openUTF8", icu, FAILING_PLACE)
               ? NULL
               : REAL(utext_openUTF8)(text, bytes, length, icu);
}

UBreakIterator *REAL(ubrk_open)(UBreakIteratorType type, const char *locale, const UChar *text,
                                int32_t length, UErrorCode *icu);
UBreakIterator *WRAPPED(ubrk_open)(UBreakIteratorType type, const char *locale, const UChar *text,
                                   int32_t length, UErrorCode *icu);
UBreakIterator *WRAPPED(ubrk_open)(UBreakIteratorType type, const char *locale, const UChar *text,
                                   int32_t length, UErrorCode *icu)
{
    return is_short("ubrk_open", icu, FAILING_PLACE)
               ? NULL
               : REAL(ubrk_open)(type, locale, text, length, icu);
}

void REAL(ubrk_setUText)(UBreakIterator *iterator, UText *text, UErrorCode *icu);
void WRAPPED(ubrk_setUText)(UBreakIterator *iterator, UText *text, UErrorCode *icu);
void WRAPPED(ubrk_setUText)(UBreakIterator *iterator, UText *text, UErrorCode *icu)
{
    if (!is_short("ubrk_setUText", icu, FAILING_PLACE))
        REAL(ubrk_setUText)(iterator, text, icu);
}

/* It has no error to tell: it ends early. */
int32_t REAL(ubrk_next)(UBreakIterator *iterator);
int32_t WRAPPED(ubrk_next)(UBreakIterator *iterator);
int32_t WRAPPED(ubrk_next)(UBreakIterator *iterator)
{
    int32_t place = REAL(ubrk_next)(iterator);

    return place != UBRK_DONE && failing_now(FAILING_MEMORY, "ubrk_next", FAILING_PLACE) ? UBRK_DONE
                                                                                         : place;
}
