/* What every fallible function of kansen returns, and the message that travels with it.
 *
 * A status is named by what the caller does about it. The message is written into a struct that
 * the caller owns, and only the programs in cli/ print it. */
#ifndef KANSEN_STATUS_H
#define KANSEN_STATUS_H

#include <stdarg.h>
#include <stdio.h>

#define MUST_CHECK __attribute__((warn_unused_result))

enum status {
    STATUS_OK,
    STATUS_REJECT, /* the input is bad: count it, keep it, go on with the next */
    STATUS_RETRY,  /* something we depend on is away: wait and do the same again */
    STATUS_DENIED, /* PostgreSQL withholds a right: stop and say which */
    STATUS_FATAL,  /* going on would be wrong: stop and say why */
};

/* Long enough for a file name, a place in it and PostgreSQL's own words. */
#define ERROR_MESSAGE_SIZE 1024

struct error {
    char message[ERROR_MESSAGE_SIZE]; /* always terminated; one line, no newline at its end */
};

/* Writes the message, cut at the size of the struct. Returns status, so that a failing function
 * ends with `return error_set(error, STATUS_FATAL, "…")`. */
__attribute__((format(printf, 3, 4))) static inline enum status
error_set(struct error *error, enum status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error->message, sizeof(error->message), format, arguments);
    va_end(arguments);
    return status;
}

#endif
