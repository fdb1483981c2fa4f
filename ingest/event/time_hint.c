#include "ingest/event/time_hint.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ingest/event/scan.h"

/* 2000-01-01 and 2101-01-01 in seconds since 1970: the years that a report can show. */
#define FIRST_SECOND 946684800.0
#define LAST_SECOND 4133980800.0
/* From 1601 and from 0001 to 1970, in seconds. */
#define SECONDS_FROM_1601 11644473600.0
#define SECONDS_FROM_0001 62135596800.0

#define MICROSECONDS 1000000
/* The longest number that is read: digits, sign, point. */
#define NUMBER_LENGTH_MAX 40

/* No two of these overlap between their 2000 and their 2100. */
static const struct {
    double per_second;
    double seconds_to_1970;
    const char *looks;
} units[] = {
    {1, 0, "seconds since 1970"},
    {1e3, 0, "milliseconds since 1970"},
    {1e6, 0, "microseconds since 1970"},
    {1e9, 0, "nanoseconds since 1970"},
    {1e6, SECONDS_FROM_1601, "microseconds since 1601 (Chrome, WebKit)"},
    {1e7, SECONDS_FROM_1601, "a Windows FILETIME (100 ns since 1601)"},
    {1e7, SECONDS_FROM_0001, "ticks of .NET (100 ns since 0001)"},
};

const char *time_hint_of_number(double number)
{
    for (size_t index = 0; index < sizeof(units) / sizeof(units[0]); index++) {
        double second = number / units[index].per_second - units[index].seconds_to_1970;

        if (second >= FIRST_SECOND && second < LAST_SECOND)
            return units[index].looks;
    }
    return NULL;
}

bool time_hint_is_milliseconds(double number)
{
    return number / 1000 >= FIRST_SECOND && number / 1000 < LAST_SECOND;
}

bool time_hint_read_number(struct slice text, double *number)
{
    size_t place = text.length > 0 && text.data[0] == '-' ? 1 : 0;
    double value = 0;
    double worth = 0;

    if (text.length > NUMBER_LENGTH_MAX || place == text.length || !scan_is_digit(text.data[place]))
        return false;
    for (; place < text.length; place++) {
        if (text.data[place] == '.' && worth == 0) {
            worth = 1;
        } else if (scan_is_digit(text.data[place])) {
            value = value * 10 + (text.data[place] - '0');
            worth *= 10;
        } else {
            return false;
        }
    }
    value = worth > 1 ? value / worth : value;
    *number = text.data[0] == '-' ? -value : value;
    return true;
}

/* In a form, 9 is a digit and A a letter; what it names begins like it, or is like it ($). */
static const struct {
    const char *form;
    const char *looks;
} forms[] = {
    {"9999-99-99 99:99:99,9", "a log's local time (a blank, a comma, no offset)"},
    {"9999-99-99 99:99", "SQL's form, with a blank instead of T"},
    {"9999-99-99T99:99:99,9", "ISO 8601 with a comma; RFC 3339 has a point"},
    {"9999-99-99T99:99:99$", "a local time without its offset (Z for UTC)"},
    {"9999-99-99T99:99:99.9", "a local time, or an offset without colon"},
    {"9999-99-99T99:99:99+99:", "an offset beyond 23:59"},
    {"9999-99-99T99:99:99-99:", "an offset beyond 23:59"},
    {"9999-99-99T99:99:99+99$", "an offset without minutes"},
    {"9999-99-99T99:99:99-99$", "an offset without minutes"},
    {"9999-99-99T99:99:99+", "an offset without colon"},
    {"9999-99-99T99:99:99-", "an offset without colon"},
    {"9999-99-99T99:99:99 ", "a time zone's name in place of its offset"},
    {"9999-99-99$", "a date without a time"},
    {"99999999T9999", "ISO 8601's basic form"},
    {"99999999$", "ISO 8601's basic form of a date"},
    {"99999999999999$", "a date and time without separators"},
    {"9999-A99", "a week of ISO 8601"},
    {"9999-999", "a day of the year of ISO 8601"},
    {"9999/99/99", "a date with slashes; RFC 3339 has hyphens"},
    {"9/9/9999", "a date with slashes (month or day first?)"},
    {"9/99/9999", "a date with slashes (month or day first?)"},
    {"99/9/9999", "a date with slashes (month or day first?)"},
    {"99/99/9999", "a date with slashes (month or day first?)"},
    {"9999\xE5\xB9\xB4", "a Japanese or Chinese date"},
    {"9.9.9999", "a date with points"},
    {"99.99.9999", "a date with points"},
    {"99/AAA/9999:99", "a web server's log"},
    {"AAA, 9 AAA 9999", "RFC 2822"},
    {"AAA, 99 AAA 9999", "RFC 2822"},
    {"9 AAA 9999 99:", "RFC 2822"},
    {"99 AAA 9999 99:", "RFC 2822"},
    {"AAA AAA 99 99:99:99", "C's ctime"},
    {"AAA AAA  9 99:99:99", "C's ctime"},
    {"AAA 99 99:99:99", "syslog's form, without a year"},
    {"AAA  9 99:99:99", "syslog's form, without a year"},
    {"/AAAA(", "ASP.NET's form of a date"},
};

static bool has_form(struct slice text, const char *form)
{
    size_t place = 0;

    for (; form[place] != '\0' && form[place] != '$'; place++) {
        if (place >= text.length)
            return false;

        char character = text.data[place];
        char lower = (char)(character | 0x20);

        if (form[place] == '9'   ? !scan_is_digit(character)
            : form[place] == 'A' ? lower < 'a' || lower > 'z'
                                 : character != form[place])
            return false;
    }
    return form[place] == '\0' || place == text.length;
}

const char *time_hint_of_text(struct slice text)
{
    for (size_t index = 0; index < sizeof(forms) / sizeof(forms[0]); index++)
        if (has_form(text, forms[index].form))
            return forms[index].looks;
    return NULL;
}

bool time_hint_is_of_seconds(int64_t time_us)
{
    double number = (double)time_us / 1000;

    return number >= FIRST_SECOND && number < LAST_SECOND;
}

void time_hint_write(int64_t time_us, char text[TIME_HINT_SIZE])
{
    int64_t microsecond = (time_us % MICROSECONDS + MICROSECONDS) % MICROSECONDS;
    time_t second = (time_t)((time_us - microsecond) / MICROSECONDS);
    struct tm civil;

    if (gmtime_r(&second, &civil) == NULL) {
        snprintf(text, TIME_HINT_SIZE, "beyond all years");
        return;
    }

    size_t length = strftime(text, TIME_HINT_SIZE, "%Y-%m-%dT%H:%M:%S", &civil);

    if (microsecond >= 1000)
        snprintf(text + length, TIME_HINT_SIZE - length, ".%03dZ", (int)(microsecond / 1000));
    else
        snprintf(text + length, TIME_HINT_SIZE - length, "Z");
}
