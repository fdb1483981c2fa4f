/* A calendar month as one number, so that windows are loops and months compare as integers.
 *
 * Which instants belong to a month depends on the report time zone; that is answered by the table
 * calendar_month in PostgreSQL, never here. */
#ifndef KANSEN_MONTH_H
#define KANSEN_MONTH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Months since 1970-01: 2013-09 is 524. */
typedef int32_t month_t;

/* "YYYY-MM" and its terminator; years have four digits. */
#define MONTH_TEXT_SIZE 8

static inline int month_year(month_t month)
{
    return 1970 + month / 12;
}

/* 1 to 12. */
static inline int month_of_year(month_t month)
{
    return month % 12 + 1;
}

static inline month_t month_from(int year, int month_of_year)
{
    return (month_t)((year - 1970) * 12 + month_of_year - 1);
}

/* Accepts exactly "YYYY-MM" from 1970-01 to 9999-12; *out is untouched when false. */
static inline bool month_parse(const char *text, month_t *out)
{
    int digits[6] = {0};
    int found = 0;

    for (int place = 0; place < 7; place++) {
        if (place == 4) {
            if (text[place] != '-')
                return false;
            continue;
        }
        if (text[place] < '0' || text[place] > '9')
            return false;
        digits[found++] = text[place] - '0';
    }
    if (text[7] != '\0')
        return false;

    int year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
    int month = digits[4] * 10 + digits[5];

    if (year < 1970 || month < 1 || month > 12)
        return false;
    *out = month_from(year, month);
    return true;
}

/* Writes "YYYY-MM" and returns text. Months are those that month_parse accepts. */
static inline const char *month_format(month_t month, char text[MONTH_TEXT_SIZE])
{
    int year = month_year(month);
    int of_year = month_of_year(month);
    const int digits[] = {year / 1000 % 10, year / 100 % 10, year / 10 % 10,
                          year % 10,        of_year / 10,    of_year % 10};

    for (int place = 0, digit = 0; place < 7; place++)
        text[place] = place == 4 ? '-' : (char)('0' + digits[digit++]);
    text[7] = '\0';
    return text;
}

#endif
