#include "ingest/event/timestamp.h"

#include <stdbool.h>

#include "ingest/event/scan.h"

#define MICROSECONDS 1000000
#define MINUTES_PER_DAY (24 * 60)
#define LEAP_SECOND 60
/* 1970-01-01, counted from 0000-03-01. */
#define EPOCH_DAY 719468
/* Days of 400 years, after which the calendar repeats. */
#define DAYS_PER_CYCLE 146097

struct reader {
    const char *at;
    const char *end;
};

struct civil_time {
    int year;
    int month;
    int day;
    int hour;
    int minute;
    int second;
    int microsecond;
    int offset_minutes; /* east of UTC */
};

/* Exactly `digits` of them. */
static bool read_number(struct reader *reader, int digits, int *out)
{
    int number = 0;

    if (reader->end - reader->at < digits)
        return false;
    for (int place = 0; place < digits; place++) {
        char character = reader->at[place];

        if (!scan_is_digit(character))
            return false;
        number = number * 10 + (character - '0');
    }
    reader->at += digits;
    *out = number;
    return true;
}

static bool read_either(struct reader *reader, char one, char other)
{
    if (reader->at == reader->end || (*reader->at != one && *reader->at != other))
        return false;
    reader->at++;
    return true;
}

static bool read_character(struct reader *reader, char character)
{
    return read_either(reader, character, character);
}

static bool read_date(struct reader *reader, struct civil_time *time)
{
    return read_number(reader, 4, &time->year) && read_character(reader, '-') &&
           read_number(reader, 2, &time->month) && read_character(reader, '-') &&
           read_number(reader, 2, &time->day);
}

static bool read_clock(struct reader *reader, struct civil_time *time)
{
    return read_number(reader, 2, &time->hour) && read_character(reader, ':') &&
           read_number(reader, 2, &time->minute) && read_character(reader, ':') &&
           read_number(reader, 2, &time->second);
}

static bool read_fraction(struct reader *reader, struct civil_time *time)
{
    int worth = MICROSECONDS / 10;

    time->microsecond = 0;
    if (!read_character(reader, '.'))
        return true;
    if (reader->at == reader->end || !scan_is_digit(*reader->at))
        return false;
    for (; reader->at < reader->end && scan_is_digit(*reader->at); reader->at++) {
        time->microsecond += (*reader->at - '0') * worth;
        worth /= 10;
    }
    return true;
}

static bool read_offset(struct reader *reader, struct civil_time *time)
{
    int hours;
    int minutes;

    time->offset_minutes = 0;
    if (read_either(reader, 'Z', 'z'))
        return true;

    bool west = read_character(reader, '-');

    if (!west && !read_character(reader, '+'))
        return false;
    if (!read_number(reader, 2, &hours) || !read_character(reader, ':') ||
        !read_number(reader, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    time->offset_minutes = (hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

static bool is_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool date_exists(const struct civil_time *time)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (time->month < 1 || time->month > 12 || time->day < 1)
        return false;

    int days = month_days[time->month - 1];

    if (time->month == 2 && is_leap_year(time->year))
        days = 29;
    return time->day <= days;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. Counting years from March puts the
 * leap day at the end, where it shifts nothing. */
static int64_t days_since_epoch(const struct civil_time *time)
{
    int from_march = (time->month + 9) % 12;
    /* One cycle of 400 years earlier keeps the divisions away from negative numbers. */
    int64_t year = time->year + 400 - (time->month <= 2 ? 1 : 0);
    int64_t day_of_year = (153 * from_march + 2) / 5 + time->day - 1;

    return year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - EPOCH_DAY -
           DAYS_PER_CYCLE;
}

/* The day, counted from 1970-01-01, is the first of a month. */
static bool begins_a_month(int64_t day)
{
    /* From 0000-03-01 on, in the cycle of 400 years; each step as days_since_epoch has it. */
    int64_t day_of_cycle = (day + EPOCH_DAY + DAYS_PER_CYCLE) % DAYS_PER_CYCLE;
    int64_t year = (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 -
                    day_of_cycle / (DAYS_PER_CYCLE - 1)) /
                   365;
    int64_t day_of_year = day_of_cycle - (year * 365 + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;

    return day_of_year == (153 * month + 2) / 5;
}

/* The minute that begins at minute_of_epoch (UTC) is the last one of a month. */
static bool ends_a_month(int64_t minute_of_epoch)
{
    int64_t next = minute_of_epoch + 1;

    return next % MINUTES_PER_DAY == 0 && begins_a_month(next / MINUTES_PER_DAY);
}

const char *timestamp_parse(struct slice text, int64_t *time_us)
{
    struct civil_time time;
    struct reader reader = {text.data, text.data + text.length};

    if (!read_date(&reader, &time))
        return "not a date YYYY-MM-DD";
    if (!date_exists(&time))
        return "no such day in the calendar";
    if (!read_either(&reader, 'T', 't'))
        return "no T between date and time";
    if (!read_clock(&reader, &time))
        return "not a time HH:MM:SS";
    if (time.hour > 23 || time.minute > 59 || time.second > LEAP_SECOND)
        return "no such time of day";
    if (!read_fraction(&reader, &time))
        return "no digits after the decimal point";
    if (!read_offset(&reader, &time))
        return "no offset from UTC: Z or +HH:MM";
    if (reader.at != reader.end)
        return "text after the offset";

    int64_t minutes =
        (days_since_epoch(&time) * 24 + time.hour) * 60 + time.minute - time.offset_minutes;

    if (time.second == LEAP_SECOND) {
        if (!ends_a_month(minutes))
            return "second 60, where UTC has no leap second: not at the end of a month in UTC";
        time.second = LEAP_SECOND - 1;
    }
    *time_us = (minutes * 60 + time.second) * MICROSECONDS + time.microsecond;
    return NULL;
}
