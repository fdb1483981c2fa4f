#include "ingest/event/json_limits.h"

#include <stdbool.h>
#include <string.h>

#include "ingest/event/scan.h"

/* The shortest spelling of a number that doesn't fit, 1e309, has as many bytes. */
#define FITTING "9e307"
#define FITTING_LENGTH (sizeof(FITTING) - 1)
/* A double takes every number whose first digit counts less than this power of ten. */
#define DOUBLE_POWER 308
/* Beyond any power that matters; small enough to be added to a message's length. */
#define POWER_MAX 1000000

/* Behind the string that begins at `at` with a quote; `end` when it is not closed. */
static const char *behind_string(const char *at, const char *end)
{
    const char *behind = scan_skip_string(at, end);

    return behind == NULL ? end : behind;
}

ptrdiff_t json_limits_too_deep(const char *json, size_t length)
{
    const char *end = json + length;
    const char *at = json;
    int depth = 0;

    while (at < end) {
        if (*at == '"') {
            at = behind_string(at, end);
            continue;
        }
        if (*at == '[' || *at == '{') {
            if (++depth > JSON_NESTING_MAX)
                return at - json;
        } else if (*at == ']' || *at == '}') {
            depth--;
        }
        at++;
    }
    return -1;
}

/* A number as JSON spells it: digits of its parts, without sign and point. */
struct number {
    bool negative;
    bool is_integer;
    const char *digits; /* before the point */
    size_t digit_count;
    const char *fraction;
    size_t fraction_count;
    long power; /* of ten, as the exponent says; bounded by POWER_MAX */
};

static size_t count_digits(const char *at, const char *end)
{
    size_t count = 0;

    while (at + count < end && scan_is_digit(at[count]))
        count++;
    return count;
}

/* Reads the exponent at *at, if there is one. False: it has no digits. */
static bool read_exponent(const char **at, const char *end, struct number *number)
{
    bool negative = false;
    long power = 0;

    if (*at == end || (**at != 'e' && **at != 'E'))
        return true;
    number->is_integer = false;
    (*at)++;
    if (*at < end && (**at == '+' || **at == '-')) {
        negative = **at == '-';
        (*at)++;
    }

    size_t count = count_digits(*at, end);

    for (size_t place = 0; place < count && power < POWER_MAX; place++)
        power = power * 10 + ((*at)[place] - '0');
    *at += count;
    number->power = negative ? -power : power;
    return count > 0;
}

/* Behind the number that begins at `at`; NULL when it is not spelled as JSON spells numbers. */
static const char *read_number(const char *at, const char *end, struct number *number)
{
    *number = (struct number){.is_integer = true, .negative = *at == '-'};
    at += number->negative;
    number->digits = at;
    number->digit_count = count_digits(at, end);
    if (number->digit_count == 0 || (number->digits[0] == '0' && number->digit_count > 1))
        return NULL;
    at += number->digit_count;
    if (at < end && *at == '.') {
        number->is_integer = false;
        number->fraction = at + 1;
        number->fraction_count = count_digits(at + 1, end);
        if (number->fraction_count == 0)
            return NULL;
        at += 1 + number->fraction_count;
    }
    return read_exponent(&at, end, number) ? at : NULL;
}

/* int64_t and uint64_t, which is what simdjson keeps integers in. */
static bool integer_fits(const struct number *number)
{
    const char *limit = number->negative ? "9223372036854775808" : "18446744073709551615";
    size_t limit_length = strlen(limit);

    return number->digit_count < limit_length || (number->digit_count == limit_length &&
                                                  memcmp(number->digits, limit, limit_length) <= 0);
}

/* Where the first digit that is not 0 stands: 0 for 1 to 9, 1 for 10 to 99, -1 for 0.1. */
static long leading_place(const struct number *number)
{
    size_t zeros = 0;

    if (number->digits[0] != '0')
        return (long)number->digit_count - 1;
    while (zeros < number->fraction_count && number->fraction[zeros] == '0')
        zeros++;
    return -(long)zeros - 1;
}

static bool is_zero(const struct number *number)
{
    return number->digits[0] == '0' && leading_place(number) == -(long)number->fraction_count - 1;
}

/* A few of those that just fit are said not to: they lie near 1.7e308. Nothing is lost by it. */
static bool number_fits(const struct number *number)
{
    if (number->is_integer)
        return integer_fits(number);
    return is_zero(number) || leading_place(number) + number->power < DOUBLE_POWER;
}

/* May stand in a number or in a word. What is written over is whole, or a number could come to be
 * where none was: --1e400. */
static bool is_of_token(char character)
{
    return scan_is_digit(character) || character == '+' || character == '-' || character == '.' ||
           (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/* Behind the number or word that begins at `at`. */
static char *fit_token(char *at, char *end)
{
    struct number number;
    char *behind = at;

    while (behind < end && is_of_token(*behind))
        behind++;
    if (read_number(at, behind, &number) == behind && !number_fits(&number)) {
        memset(at, ' ', (size_t)(behind - at));
        memcpy(at, FITTING, FITTING_LENGTH);
    }
    return behind;
}

void json_limits_fit_numbers(char *json, size_t length)
{
    char *end = json + length;
    char *at = json;

    while (at < end)
        if (*at == '"')
            at += behind_string(at, end) - at;
        else if (is_of_token(*at))
            at = fit_token(at, end);
        else
            at++;
}
