#include "text/month_reading.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define EXPECTED "a month is YYYY-MM"

/* The first that months have. */
#define YEAR_MIN 1970

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Of a month's name, so many letters say which. */
#define NAME_MIN 3

/* A date has three numbers; what has more is none. */
#define NUMBERS_MAX 3
#define NUMBER_LENGTH_MAX 8

struct number {
    int value;
    size_t length; /* in digits */
};

struct parts {
    struct number numbers[NUMBERS_MAX];
    size_t count;
    int named; /* 1 to 12 when a month's name is there, else 0 */
};

struct reading {
    int year;
    int month;
};

static int month_named(const char *word, size_t length)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

    for (int i = 0; i < 12 && length >= NAME_MIN; i++)
        if (length <= strlen(names[i]) && strncasecmp(names[i], word, length) == 0)
            return i + 1;
    return 0;
}

static bool add_number(struct parts *parts, const char *digits, size_t length)
{
    int value = 0;

    if (parts->count == NUMBERS_MAX || length > NUMBER_LENGTH_MAX)
        return false;
    for (size_t i = 0; i < length; i++)
        value = value * 10 + (digits[i] - '0');
    parts->numbers[parts->count++] = (struct number){value, length};
    return true;
}

/* Numbers and the name of a month; anything between them is a separator, but for other words. */
static bool take_apart(const char *text, struct parts *parts)
{
    *parts = (struct parts){.count = 0};
    while (*text != '\0') {
        size_t digits = strspn(text, DIGITS);
        size_t letters = strspn(text, LETTERS);

        if (digits > 0 && !add_number(parts, text, digits))
            return false;
        if (letters > 0 && parts->named == 0)
            parts->named = month_named(text, letters);
        if (letters > 0 && parts->named == 0)
            return false;
        text += digits + letters > 0 ? digits + letters : 1;
    }
    return true;
}

/* 2013-9, 2013/09/13, 9.2013, 201309, 20130913; not 9-10-2013, which can be two months. */
static bool read_numbers(const struct parts *parts, struct reading *reading)
{
    const struct number *numbers = parts->numbers;

    if (parts->count == 1 && numbers[0].length == 6)
        *reading = (struct reading){numbers[0].value / 100, numbers[0].value % 100};
    else if (parts->count == 1 && numbers[0].length == 8)
        *reading = (struct reading){numbers[0].value / 10000, numbers[0].value / 100 % 100};
    else if (parts->count >= 2 && numbers[0].length == 4 && numbers[1].length <= 2)
        *reading = (struct reading){numbers[0].value, numbers[1].value};
    else if (parts->count == 2 && numbers[0].length <= 2 && numbers[1].length == 4)
        *reading = (struct reading){numbers[1].value, numbers[0].value};
    else
        return false;
    return true;
}

/* Sept 2013, 13 September 2013, 2013-sep. */
static bool read_named(const struct parts *parts, struct reading *reading)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->numbers[i].length == 4) {
            *reading = (struct reading){parts->numbers[i].value, parts->named};
            return true;
        }
    }
    return false;
}

const char *month_reading(const char *text, char *answer, size_t size)
{
    struct parts parts;
    struct reading reading = {0, 0};
    bool read = take_apart(text, &parts) &&
                (parts.named != 0 ? read_named(&parts, &reading) : read_numbers(&parts, &reading));

    if (!read)
        snprintf(answer, size, EXPECTED ", as 2013-09 is");
    else if (reading.month < 1 || reading.month > 12)
        snprintf(answer, size, EXPECTED ", and MM is 01 to 12");
    else if (reading.year < YEAR_MIN)
        snprintf(answer, size, EXPECTED ", and YYYY is 1970 or later");
    else
        snprintf(answer, size, EXPECTED "; did you mean %04d-%02d?", reading.year, reading.month);
    return answer;
}
