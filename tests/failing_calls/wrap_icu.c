/* ICU, which formats a report's text, with the failure that all its calls have: no memory. What it
 * allocates inside is not made to fail: ICU itself crashes and hangs then (72.1).
 *
 * Its functions are macros that add the version to the name; WRAPPED and REAL paste behind that. */
#include "failing.h"

#include <stdarg.h>
#include <unicode/ubrk.h>
#include <unicode/ucasemap.h>
#include <unicode/udat.h>
#include <unicode/uldnames.h>
#include <unicode/ulistformatter.h>
#include <unicode/umsg.h>
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

/* One whose result is `nothing` when memory is short. */
#define WRAP(type, function, parameters, arguments, nothing)                                       \
    type REAL(function) parameters;                                                                \
    type WRAPPED(function) parameters;                                                             \
    type WRAPPED(function) parameters                                                              \
    {                                                                                              \
        return is_short(#function, icu, FAILING_PLACE) ? nothing : REAL(function) arguments;       \
    }

WRAP(UChar *, u_strFromUTF8,
     (UChar * to, int32_t size, int32_t *length, const char *from, int32_t from_length,
      UErrorCode *icu),
     (to, size, length, from, from_length, icu), to)

WRAP(UChar *, u_strFromUTF8WithSub,
     (UChar * to, int32_t size, int32_t *length, const char *from, int32_t from_length,
      UChar32 replacement, int32_t *replaced, UErrorCode *icu),
     (to, size, length, from, from_length, replacement, replaced, icu), to)

WRAP(char *, u_strToUTF8,
     (char *to, int32_t size, int32_t *length, const UChar *from, int32_t from_length,
      UErrorCode *icu),
     (to, size, length, from, from_length, icu), to)

WRAP(UDateFormat *, udat_open,
     (UDateFormatStyle time, UDateFormatStyle date, const char *locale, const UChar *zone,
      int32_t zone_length, const UChar *pattern, int32_t pattern_length, UErrorCode *icu),
     (time, date, locale, zone, zone_length, pattern, pattern_length, icu), NULL)

WRAP(int32_t, udat_format,
     (const UDateFormat *format, UDate date, UChar *to, int32_t size, UFieldPosition *position,
      UErrorCode *icu),
     (format, date, to, size, position, icu), 0)

WRAP(UNumberFormat *, unum_open,
     (UNumberFormatStyle style, const UChar *pattern, int32_t length, const char *locale,
      UParseError *where, UErrorCode *icu),
     (style, pattern, length, locale, where, icu), NULL)

WRAP(int32_t, unum_formatInt64,
     (const UNumberFormat *format, int64_t number, UChar *to, int32_t size,
      UFieldPosition *position, UErrorCode *icu),
     (format, number, to, size, position, icu), 0)

WRAP(int32_t, unum_formatDecimal,
     (const UNumberFormat *format, const char *number, int32_t length, UChar *to, int32_t size,
      UFieldPosition *position, UErrorCode *icu),
     (format, number, length, to, size, position, icu), 0)

WRAP(UCaseMap *, ucasemap_open, (const char *locale, uint32_t options, UErrorCode *icu),
     (locale, options, icu), NULL)

WRAP(int32_t, ucasemap_utf8ToTitle,
     (UCaseMap * map, char *to, int32_t size, const char *from, int32_t from_length,
      UErrorCode *icu),
     (map, to, size, from, from_length, icu), 0)

WRAP(UMessageFormat *, umsg_open,
     (const UChar *pattern, int32_t length, const char *locale, UParseError *where,
      UErrorCode *icu),
     (pattern, length, locale, where, icu), NULL)

/* Its arguments go on to the one that takes them as a list. */
int32_t WRAPPED(umsg_format)(const UMessageFormat *format, UChar *to, int32_t size, UErrorCode *icu,
                             ...);
int32_t WRAPPED(umsg_format)(const UMessageFormat *format, UChar *to, int32_t size, UErrorCode *icu,
                             ...)
{
    va_list arguments;
    int32_t length;

    if (is_short("umsg_format", icu, FAILING_PLACE))
        return 0;
    va_start(arguments, icu);
    length = umsg_vformat(format, to, size, arguments, icu);
    va_end(arguments);
    return length;
}

WRAP(ULocaleDisplayNames *, uldn_openForContext,
     (const char *locale, UDisplayContext *contexts, int32_t count, UErrorCode *icu),
     (locale, contexts, count, icu), NULL)

WRAP(int32_t, uldn_regionDisplayName,
     (const ULocaleDisplayNames *names, const char *region, UChar *to, int32_t size,
      UErrorCode *icu),
     (names, region, to, size, icu), 0)

WRAP(UListFormatter *, ulistfmt_open, (const char *locale, UErrorCode *icu), (locale, icu), NULL)

WRAP(int32_t, ulistfmt_format,
     (const UListFormatter *lists, const UChar *const texts[], const int32_t *lengths,
      int32_t count, UChar *to, int32_t size, UErrorCode *icu),
     (lists, texts, lengths, count, to, size, icu), 0)

WRAP(UText *, utext_openUTF8, (UText * text, const char *bytes, int64_t length, UErrorCode *icu),
     (text, bytes, length, icu), NULL)

WRAP(UBreakIterator *, ubrk_open,
     (UBreakIteratorType type, const char *locale, const UChar *text, int32_t length,
      UErrorCode *icu),
     (type, locale, text, length, icu), NULL)

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
