#include "cli/dead_letter_options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/option_notes.h"
#include "ingest/event/rejection.h"
#include "ingest/event/timestamp.h"

/* "2013-09-13" and what makes it an instant. */
#define DATE_LENGTH 10
#define MIDNIGHT "T00:00:00Z"

/* A day or an instant; *out points into text when it was given. */
static enum status read_time(const struct options *options, const char *name, char *text,
                             size_t size, const char **out, struct error *error)
{
    const char *given = options_value(options, name);
    const char *wrong;
    int64_t time_us;

    if (given == NULL)
        return STATUS_OK;
    snprintf(text, size, "%s%s", given, strlen(given) == DATE_LENGTH ? MIDNIGHT : "");
    wrong = timestamp_parse((struct slice){text, strlen(text)}, &time_us);
    if (wrong != NULL)
        return error_set(error, STATUS_REJECT,
                         "--%s %s: neither YYYY-MM-DD nor RFC 3339 with an offset", name, given);
    *out = text;
    return STATUS_OK;
}

static enum status check_reason(const char *reason, struct error *error)
{
    const char *known[REJECT_REASONS + 1] = {NULL};

    for (int i = 0; i < REJECT_REASONS; i++)
        known[i] = reject_reason_name((enum reject_reason)i);
    for (int i = 0; i < REJECT_REASONS; i++)
        if (reason == NULL || strcmp(reason, known[i]) == 0)
            return STATUS_OK;
    return option_refuse_word("reason", reason, strlen(reason), known, error);
}

int dead_letter_options_read(const struct options *options, struct dead_letter_options *out,
                             struct error *error)
{
    int code = command_check_arguments(options, 0, 1, "TOPIC", error);

    if (code != EX_OK)
        return code;
    *out = (struct dead_letter_options){.filter.topic = options_argument(options, 0),
                                        .filter.reason = options_value(options, "reason")};
    if (check_reason(out->filter.reason, error) != STATUS_OK ||
        read_time(options, "since", out->since, sizeof(out->since), &out->filter.since, error) !=
            STATUS_OK ||
        read_time(options, "until", out->until, sizeof(out->until), &out->filter.until, error) !=
            STATUS_OK)
        return EX_USAGE;
    return EX_OK;
}

int dead_letter_output_check(struct error *error)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EX_OK;
    error_set(error, STATUS_FATAL, "standard output: %s", strerror(errno));
    return EX_IOERR;
}
