#include "cli/dead_letter_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/log.h"
#include "cli/option_notes.h"
#include "ingest/event/rejection.h"
#include "ingest/event/timestamp.h"
#include "ingest/files/file_topic.h"
#include "sql/embedded.h"
#include "text/nearest.h"

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

const char *dead_letter_topics(struct array *topics, const char *given)
{
    char *whole = file_topic(given);

    array_reset(topics);
    array_add_text(topics, given, strlen(given));
    if (whole != NULL)
        array_add_text(topics, whole, strlen(whole));
    else
        topics->failed = true;
    free(whole);
    return array_text(topics);
}

void dead_letter_options_clear(struct dead_letter_options *options)
{
    array_clear(&options->topics);
}

/* Is anything from there? Offers all that there is meanwhile. */
static bool offer_topics(const struct db_result *rows, const char *given, struct nearest *nearest)
{
    char *whole = file_topic(given);
    bool found = false;

    for (int row = 0; row < db_rows(rows); row++) {
        const char *topic = db_text(rows, row, 0);
        const char *slash = strrchr(topic, '/');

        found |= strcmp(topic, given) == 0 || (whole != NULL && strcmp(topic, whole) == 0);
        nearest_offer(nearest, topic);
        if (slash != NULL)
            nearest_offer_as(nearest, slash + 1, topic);
    }
    free(whole);
    return found;
}

int dead_letter_say_none(struct db *db, const char *given, const char *and_so, struct error *error)
{
    struct db_result *rows = NULL;
    struct nearest nearest;
    char question[ERROR_MESSAGE_SIZE];
    enum status status = STATUS_OK;

    if (given != NULL)
        status = db_query(db, sql_dead_letters_topics, 0, NULL, &rows, error);
    if (status != STATUS_OK)
        return command_exit_code(status);
    nearest_start(&nearest, given == NULL ? "" : given);
    if (given == NULL || offer_topics(rows, given, &nearest))
        log_say(LOG_LEVEL_INFO, NULL, "there is no such dead letter%s", and_so);
    else
        log_say(LOG_LEVEL_WARNING, NULL, "there is no dead letter of %s%s%s", given, and_so,
                nearest_question(&nearest, "", question, sizeof(question)));
    db_result_free(rows);
    return EX_OK;
}

int dead_letter_options_read(const struct options *options, struct dead_letter_options *out,
                             struct error *error)
{
    const char *topic = options_argument(options, 0);
    int code = command_check_arguments(options, 0, 1, "TOPIC", error);

    *out = (struct dead_letter_options){.filter.reason = options_value(options, "reason")};
    if (code != EX_OK)
        return code;
    if (topic != NULL) {
        out->filter.topics = dead_letter_topics(&out->topics, topic);
        if (out->filter.topics == NULL)
            return command_exit_code(error_set(error, STATUS_FATAL, "out of memory"));
    }
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
