#include "cli/load_summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/log.h"
#include "ingest/files/input.h"
#include "text/escape.h"
#include "text/wrap.h"

/* Files whose rejected lines get a command of their own; beyond that one command names them all. */
#define COMMANDS_MAX 5

/* The table of reasons: where the column of files begins; what has to be left beside it for what is
 * wrong there; and where that stands below. */
#define FIRST_COLUMN 32
#define DETAIL_COLUMNS 30
#define DETAIL_INDENT 13

/* In the place of which a command gets the name of the file. */
#define FILE_WORD "FILE"

struct reason {
    uint64_t count;
    char *first; /* "FILE:LINE", owned; NULL when memory is short */
    char detail[REJECTION_DETAIL_SIZE];
};

struct load_summary {
    const struct options *options;
    const struct logger *logger;
    int code; /* the worst so far, but for rejected lines */
    int64_t lines;
    uint64_t rejected;
    struct reason reasons[REJECT_REASONS];
    char *topics[COMMANDS_MAX]; /* with rejected lines, owned */
    size_t topic_count;         /* may be more */
    char *failed;               /* names of files that were not loaded whole, owned */
    size_t failed_count;
};

/* ---- the allowance */

enum status load_allowance_read(const char *text, struct load_allowance *out, struct error *error)
{
    const char *digits = text == NULL ? "0" : text;
    size_t length = strspn(digits, "0123456789");
    bool percent = strcmp(digits + length, "%") == 0;
    long long number = strtoll(digits, NULL, 10);

    if (length == 0 || length > 18 || (digits[length] != '\0' && !percent) ||
        (percent && number > 100))
        return error_set(error, STATUS_REJECT,
                         "--allow-rejected is a number of lines, or 0%% to 100%% of them, not "
                         "\"%s\"",
                         digits);
    *out = (struct load_allowance){.lines = number, .percent = percent ? number : -1};
    return STATUS_OK;
}

static bool is_allowed(const struct load_summary *summary, const struct load_allowance *allowance)
{
    if (allowance->percent < 0)
        return summary->rejected <= (uint64_t)allowance->lines;
    return (double)summary->rejected * 100 <= (double)allowance->percent * (double)summary->lines;
}

/* ---- text */

/* What printf makes of it, on the heap; NULL when memory is short. */
__attribute__((format(printf, 1, 2))) static char *text_of(const char *format, ...)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    va_list arguments;

    if (out == NULL)
        return NULL;
    va_start(arguments, format);
    vfprintf(out, format, arguments);
    va_end(arguments);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* A word for a shell, on the heap; NULL when memory is short. */
static char *word_of(const char *text)
{
    char *word = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&word, &size);

    if (out == NULL)
        return NULL;
    escape_shell(out, text);
    if (fclose(out) == 0)
        return word;
    free(word);
    return NULL;
}

static const char *or_file(const char *text)
{
    return text == NULL ? FILE_WORD : text;
}

/* What stands for FILE in a command: a compressed file is unpacked for it, but for the commands
 * that do so themselves. */
static char *argument_of(const struct load_file *file)
{
    const char *way_on = file->kind->way_on;
    char *word = input_is_stdin(file->path) ? NULL : word_of(file->path);
    char *unpacked;

    if (word == NULL || file->packing == NULL || strncmp(way_on, "kansen ", 7) == 0 ||
        strncmp(way_on, "tar ", 4) == 0 || strstr(way_on, "-dc FILE") != NULL)
        return word;
    unpacked = text_of("<(%s -dc %s)", file->packing, word);
    free(word);
    return unpacked;
}

static const char *format_of(const struct load_summary *summary)
{
    const char *format = options_value(summary->options, "event-format");

    return format == NULL ? "kansen" : format;
}

/* Does the way on load heartbeats? */
static bool heartbeats_in(const struct load_summary *summary, const struct file_kind *kind)
{
    enum file_events events = file_kind_events(kind);

    if (events == FILE_OF_EITHER)
        return options_flag(summary->options, "heartbeats");
    return events == FILE_OF_HEARTBEATS;
}

static const char loading_with_format[] = "kansen load --event-format ";

/* The format that a way on says with FILE behind it is the one that was asked for. */
static bool format_was_given(const struct load_summary *summary, const char *way_on)
{
    size_t begin = strlen(loading_with_format);
    size_t length = strlen(format_of(summary));

    return strncmp(way_on, loading_with_format, begin) == 0 &&
           strncmp(way_on + begin, format_of(summary), length) == 0 &&
           way_on[begin + length] == ' ';
}

/* Is it the command that was given? */
static bool leads_nowhere(const struct load_summary *summary, const struct file_kind *kind)
{
    return kind->way_on == NULL ||
           (format_was_given(summary, kind->way_on) &&
            heartbeats_in(summary, kind) == options_flag(summary->options, "heartbeats"));
}

/* What stands in front of the file's name, up to there. */
static char *front_of(const struct load_summary *summary, const struct file_kind *kind,
                      const char *name)
{
    const char *way_on = kind->way_on;
    const char *added = heartbeats_in(summary, kind) ? "--heartbeats " : "";
    size_t loading = strlen("kansen load ");

    if (strncmp(way_on, "kansen load ", loading) != 0)
        return text_of("%.*s", (int)(name - way_on), way_on);
    if (format_was_given(summary, way_on)) /* but not as events of this kind */
        return text_of("kansen load %s", added);
    return text_of("kansen load %s%.*s", added, (int)(name - way_on - (ptrdiff_t)loading),
                   way_on + loading);
}

/* A command behind the file's name that loads standard input: with the format that was asked for,
 * unless it names one. */
static char *rest_of(const struct load_summary *summary, const char *rest, bool heartbeats)
{
    const char *load = strstr(rest, "kansen load ");
    const char *added = heartbeats ? "--heartbeats " : "";
    const char *arguments;
    char *word;
    char *text;

    if (load == NULL)
        return strdup(rest);
    arguments = load + strlen("kansen load ");
    if (strcmp(arguments, "-") != 0 || strcmp(format_of(summary), "kansen") == 0)
        return text_of("%.*s%s%s", (int)(arguments - rest), rest, added, arguments);
    word = word_of(format_of(summary));
    text =
        text_of("%.*s%s--event-format %s -", (int)(arguments - rest), rest, added, or_file(word));
    free(word);
    return text;
}

static void say_way_on(const struct load_summary *summary, const struct load_file *file)
{
    const char *way_on = file->kind->way_on;
    const char *place = strstr(way_on, FILE_WORD " ");
    char *argument;
    char *front;
    char *rest;

    if (place == NULL || (place > way_on && place[-1] != ' '))
        place = strstr(way_on, " " FILE_WORD) != NULL ? strstr(way_on, " " FILE_WORD) + 1 : NULL;
    if (place == NULL) {
        log_say(LOG_LEVEL_INFO, NULL, "  %s", way_on);
        return;
    }
    argument = argument_of(file);
    front = front_of(summary, file->kind, place);
    rest = rest_of(summary, place + strlen(FILE_WORD), heartbeats_in(summary, file->kind));
    log_say(LOG_LEVEL_INFO, NULL, "  %s%s%s", front == NULL ? "" : front, or_file(argument),
            rest == NULL ? "" : rest);
    free(rest);
    free(front);
    free(argument);
}

/* ---- files */

struct load_summary *load_summary_new(const struct options *options, const struct logger *logger)
{
    struct load_summary *summary = calloc(1, sizeof(*summary));

    if (summary != NULL) {
        summary->options = options;
        summary->logger = logger;
    }
    return summary;
}

void load_summary_free(struct load_summary *summary)
{
    if (summary == NULL)
        return;
    for (int i = 0; i < REJECT_REASONS; i++)
        free(summary->reasons[i].first);
    for (size_t i = 0; i < COMMANDS_MAX; i++)
        free(summary->topics[i]);
    free(summary->failed);
    free(summary);
}

static int code_of(enum load_outcome outcome)
{
    switch (outcome) {
    case LOAD_WHOLE:
        return EX_OK;
    case LOAD_MISSING:
        return EX_NOINPUT;
    case LOAD_UNREADABLE:
        return EX_IOERR;
    case LOAD_DAMAGED:
    case LOAD_FOREIGN:
        break;
    }
    return EX_DATAERR;
}

#define LOAD_IT " | kansen load -"

/* The way on that a message has in it is one for this file. */
static void say_damage(const struct load_summary *summary, const struct load_file *file)
{
    const char *after = file->lines > 0                 ? "; what comes before is stored"
                        : file->outcome == LOAD_MISSING ? ""
                                                        : "; nothing of it was stored";
    const char *place = strstr(file->message, " " FILE_WORD LOAD_IT);
    char *word = place == NULL || input_is_stdin(file->path) ? NULL : word_of(file->path);
    char *rest = word == NULL
                     ? NULL
                     : rest_of(summary, LOAD_IT, options_flag(summary->options, "heartbeats"));

    if (rest == NULL)
        log_say(LOG_LEVEL_ERROR, "load", "%s%s", file->message, after);
    else
        log_say(LOG_LEVEL_ERROR, "load", "%.*s%s%s%s%s", (int)(place + 1 - file->message),
                file->message, word, rest, place + strlen(" " FILE_WORD LOAD_IT), after);
    free(rest);
    free(word);
}

/* What to do about a file of which a part is stored. */
static void say_again(const struct load_file *file)
{
    if (file->lines == 0)
        return;
    log_say(LOG_LEVEL_INFO, NULL, "  Load it again when it is whole: an event counts once.");
}

static void add_failure(struct load_summary *summary, const struct load_file *file)
{
    int code = code_of(file->outcome);
    char *word = word_of(file->path);
    char *failed = text_of("%s%s%s", summary->failed == NULL ? "" : summary->failed,
                           summary->failed == NULL ? "" : " ", or_file(word));
    bool nowhere;

    free(word);
    free(summary->failed);
    summary->failed = failed;
    summary->failed_count++;
    summary->code = code > summary->code ? code : summary->code;
    if (file->outcome != LOAD_FOREIGN) {
        say_damage(summary, file);
        say_again(file);
        return;
    }
    nowhere = leads_nowhere(summary, file->kind);
    log_say(LOG_LEVEL_ERROR, "load", "%s; it looks like %s%s", file->message, file->kind->name,
            nowhere ? "" : "; the way on:");
    if (!nowhere)
        say_way_on(summary, file);
}

static void add_reason(struct reason *reason, const struct rejected_reason *more,
                       const struct load_file *file)
{
    if (more->count == 0)
        return;
    if (reason->count == 0) {
        reason->first = more->element == 0 ? text_of("%s:%" PRId64, file->path, more->offset)
                                           : text_of("%s:%" PRId64 "[%" PRIu32 "]", file->path,
                                                     more->offset, more->element);
        memcpy(reason->detail, more->detail, sizeof(reason->detail));
    }
    reason->count += more->count;
}

static void add_rejected(struct load_summary *summary, const struct load_file *file)
{
    uint64_t before = summary->rejected;

    for (int i = 0; i < REJECT_REASONS; i++) {
        add_reason(&summary->reasons[i], &file->rejected.reasons[i], file);
        summary->rejected += file->rejected.reasons[i].count;
    }
    if (summary->rejected == before)
        return;
    for (size_t i = 0; i < summary->topic_count && i < COMMANDS_MAX; i++)
        if (summary->topics[i] != NULL && strcmp(summary->topics[i], file->topic) == 0)
            return;
    if (summary->topic_count < COMMANDS_MAX)
        summary->topics[summary->topic_count] = strdup(file->topic);
    summary->topic_count++;
}

void load_summary_add(void *context, const struct load_file *file)
{
    struct load_summary *summary = context;

    summary->lines += file->lines;
    add_rejected(summary, file);
    if (file->outcome != LOAD_WHOLE)
        add_failure(summary, file);
    else if (file->lines == 0)
        log_write(summary->logger, LOG_LEVEL_INFO, "the file holds no events", "file", file->path,
                  NULL);
    if (file->changed)
        log_write(summary->logger, LOG_LEVEL_WARNING,
                  "the file was changed while it was read; load it again when it is complete",
                  "file", file->path, NULL);
}

/* ---- the end */

static void log_reasons(const struct load_summary *summary)
{
    for (int i = 0; i < REJECT_REASONS; i++) {
        const struct reason *reason = &summary->reasons[i];

        if (reason->count > 0)
            log_write(summary->logger, LOG_LEVEL_WARNING, "lines were rejected", "reason",
                      reject_reason_name((enum reject_reason)i), LOG_INT("rejected", reason->count),
                      "first", or_file(reason->first), "detail", reason->detail, NULL);
    }
}

/* Says each line of a text, which it changes. */
static void say_lines(char *text)
{
    for (char *end; *text != '\0'; text = end) {
        end = text + strcspn(text, "\n");
        if (*end == '\n')
            *end++ = '\0';
        log_say(LOG_LEVEL_WARNING, NULL, "%s", text);
    }
}

/* What is wrong stands beside the other cells, or below them when the name of the file is long. */
static void say_row(const char *lines, const char *reason, const char *first, int width,
                    const char *detail)
{
    bool beside = FIRST_COLUMN + width + 2 + DETAIL_COLUMNS <= WRAP_COLUMNS;
    size_t column = beside ? (size_t)(FIRST_COLUMN + width + 2) : DETAIL_INDENT;
    int pad = beside ? width - (int)escape_width(first) + 2 : DETAIL_INDENT;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return;
    fprintf(out, "  %9s  %-17s  %s%s%*s", lines, reason, first, beside ? "" : "\n", pad, "");
    wrap_words(out, detail, column, column);
    if (fclose(out) == 0)
        say_lines(text);
    free(text);
}

static void say_reasons(const struct load_summary *summary)
{
    int width = (int)strlen("first");

    for (int i = 0; i < REJECT_REASONS; i++)
        if (summary->reasons[i].count > 0 &&
            (int)escape_width(or_file(summary->reasons[i].first)) > width)
            width = (int)escape_width(or_file(summary->reasons[i].first));
    log_say(LOG_LEVEL_WARNING, NULL,
            "%" PRIu64 " of %" PRId64 " line%s rejected:", summary->rejected, summary->lines,
            summary->lines == 1 ? " was" : "s were");
    say_row("lines", "reason", "first", width, "what is wrong there");
    for (int i = 0; i < REJECT_REASONS; i++) {
        const struct reason *reason = &summary->reasons[i];
        char lines[24];

        snprintf(lines, sizeof(lines), "%" PRIu64, reason->count);
        if (reason->count > 0)
            say_row(lines, reject_reason_name((enum reject_reason)i), or_file(reason->first), width,
                    reason->detail);
    }
}

/* What leads to the same database. A setting that stands elsewhere is found there again; it is not
 * repeated, since it may hold a password. */
static char *connection_of(const struct options *options)
{
    static const char *const names[] = {"config", "db"};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!options_on_command_line(options, names[i]))
            continue;
        fprintf(out, " --%s ", names[i]);
        escape_shell(out, options_value(options, names[i]));
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static void say_commands(const struct load_summary *summary)
{
    char *connection = connection_of(summary->options);
    size_t shown = summary->topic_count <= COMMANDS_MAX ? summary->topic_count : 0;

    log_say(LOG_LEVEL_INFO, NULL, "They are kept, and nothing else is harmed. To see them:");
    if (shown == 0)
        log_say(LOG_LEVEL_INFO, NULL, "  kansen dead-letters list%s",
                connection == NULL ? "" : connection);
    for (size_t i = 0; i < shown; i++) {
        char *topic = summary->topics[i] == NULL ? NULL : word_of(summary->topics[i]);

        log_say(LOG_LEVEL_INFO, NULL, "  kansen dead-letters list --each%s %s",
                connection == NULL ? "" : connection, or_file(topic));
        free(topic);
    }
    free(connection);
}

/* What is not as it should be, in one sentence; "" when everything is. */
static void describe(const struct load_summary *summary, struct error *error)
{
    char rejected[128] = "";

    *error->message = '\0';
    if (summary->rejected > 0)
        snprintf(rejected, sizeof(rejected), "%" PRIu64 " of %" PRId64 " line%s rejected",
                 summary->rejected, summary->lines, summary->lines == 1 ? " was" : "s were");
    if (summary->failed_count > 0)
        error_set(error, STATUS_REJECT, "%s%s%zu file%s not loaded whole: %s", rejected,
                  *rejected == '\0' ? "" : ", and ", summary->failed_count,
                  summary->failed_count == 1 ? " was" : "s were", or_file(summary->failed));
    else if (*rejected != '\0')
        error_set(error, STATUS_REJECT, "%s", rejected);
}

int load_summary_end(const struct load_summary *summary, const struct load_allowance *allowance,
                     struct error *error)
{
    bool allowed = is_allowed(summary, allowance);
    int code = summary->code == EX_OK && !allowed ? EX_DATAERR : summary->code;

    describe(summary, error);
    if (summary->rejected > 0) {
        if (log_is_json())
            log_reasons(summary);
        else
            say_reasons(summary);
        say_commands(summary);
    }
    if (code == EX_OK && summary->rejected > 0)
        log_say(LOG_LEVEL_INFO, NULL, "%s, which --allow-rejected allows", error->message);
    return code;
}
