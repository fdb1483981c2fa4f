/* How code below the programs tells people what happened: a message and named values.
 *
 * Only the programs decide where that goes and in which format; they hand a struct logger down. */
#ifndef KANSEN_LOG_H
#define KANSEN_LOG_H

#include <stdarg.h>
#include <stddef.h>

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* The most pairs of one log line. */
#define LOG_FIELDS_MAX 8

struct log_field {
    const char *name;
    const char *value;
};

struct logger {
    /* May be called from any thread. */
    void (*write)(const struct logger *logger, enum log_level level, const char *message,
                  const struct log_field *fields, size_t count);
};

/* Pairs of name and value behind the message, ended by NULL:
 * log_write(logger, LOG_LEVEL_INFO, "assigned", "topic", topic, NULL). */
__attribute__((sentinel)) static inline void
log_write(const struct logger *logger, enum log_level level, const char *message, ...)
{
    struct log_field fields[LOG_FIELDS_MAX];
    size_t count = 0;
    va_list arguments;
    const char *name;

    va_start(arguments, message);
    while (count < LOG_FIELDS_MAX && (name = va_arg(arguments, const char *)) != NULL) {
        fields[count].name = name;
        fields[count].value = va_arg(arguments, const char *);
        count++;
    }
    va_end(arguments);
    logger->write(logger, level, message, fields, count);
}

#endif
