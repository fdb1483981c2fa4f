/* How code below the programs tells people what happened: a message and named values.
 *
 * Only the programs decide where that goes and in which format; they hand a struct logger down. */
#ifndef KANSEN_LOG_H
#define KANSEN_LOG_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* The most pairs of one log line. */
#define LOG_FIELDS_MAX 12

struct log_field {
    const char *name;
    const char *value;
    bool is_number; /* value is a whole number in decimal digits */
};

/* Text of a number, as long as a line is written. */
struct log_number {
    char text[24];
};

static inline const char *log_number(struct log_number *number, int64_t value)
{
    snprintf(number->text, sizeof(number->text), "%" PRId64, value);
    return number->text;
}

/* In front of the name of a number; no name of a text begins with it. */
#define LOG_NUMBER_MARK '#'

/* A number as a pair of log_write: LOG_INT("partition", 3). The name is a literal. */
#define LOG_INT(name, value) "#" name, log_number(&(struct log_number){""}, (int64_t)(value))

struct logger {
    /* May be called from any thread. */
    void (*write)(const struct logger *logger, enum log_level level, const char *message,
                  const struct log_field *fields, size_t count);
};

/* Pairs of name and text behind the message, or LOG_INT, ended by NULL:
 * log_write(logger, LOG_LEVEL_INFO, "assigned", "topic", topic, LOG_INT("partition", 3), NULL). */
__attribute__((sentinel)) static inline void
log_write(const struct logger *logger, enum log_level level, const char *message, ...)
{
    struct log_field fields[LOG_FIELDS_MAX];
    size_t count = 0;
    va_list arguments;
    const char *name;

    va_start(arguments, message);
    while (count < LOG_FIELDS_MAX && (name = va_arg(arguments, const char *)) != NULL) {
        fields[count].is_number = *name == LOG_NUMBER_MARK;
        fields[count].name = fields[count].is_number ? name + 1 : name;
        fields[count].value = va_arg(arguments, const char *);
        count++;
    }
    va_end(arguments);
    logger->write(logger, level, message, fields, count);
}

#endif
