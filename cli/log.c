#include "cli/log.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/option_notes.h"
#include "config/keyfile.h"
#include "kansen/clock.h"
#include "kansen/progress.h"
#include "kansen/thread.h"
#include "text/escape.h"
#include "text/json_writer.h"

#define REDRAW_INTERVAL_MS 100
#define BAR_WIDTH 24

/* Nobody minds waiting for so long. */
#define SHOWN_AFTER_MS 1000

/* Words that stand still for so long get the seconds behind them. */
#define STILL_MS 2000

/* Of the progress line. */
#define PROGRESS_TEXT_SIZE 160

/* Of what is said at once: the message of an error, and some words around it. */
#define SAID_MAX (ERROR_MESSAGE_SIZE + 512)

static pthread_mutex_t terminal = PTHREAD_MUTEX_INITIALIZER;
static volatile sig_atomic_t progress_shown;

/* What the progress line says, and the thread that draws it; `terminal` guards it. */
static struct {
    bool runs;
    bool changed; /* since it was drawn */
    pthread_t thread;
    pthread_cond_t ended;
    int64_t begun_ms; /* of the first words */
    int64_t said_ms;  /* of these words */
    int64_t done;
    int64_t total;
    char text[PROGRESS_TEXT_SIZE];
} progress_line = {.ended = PTHREAD_COND_INITIALIZER};

static const struct {
    const char *name;
    int priority; /* of syslog(3), which the journal takes over */
} levels[] = {
    [LOG_LEVEL_INFO] = {"info", 6},
    [LOG_LEVEL_WARNING] = {"warning", 4},
    [LOG_LEVEL_ERROR] = {"error", 3},
};

#define LEVELS (sizeof(levels) / sizeof(levels[0]))

/* Log lines below it are left out; a reload changes it while other threads write. */
static atomic_int lowest = LOG_LEVEL_INFO;

/* Does stderr lead to the journal? systemd says so by the device and inode of its socket. Set
 * before there are threads. */
static bool to_journal;

static void find_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    uintmax_t device;
    uintmax_t inode;
    struct stat about;

    to_journal = stream != NULL && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
                 fstat(STDERR_FILENO, &about) == 0 && device == (uintmax_t)about.st_dev &&
                 inode == (uintmax_t)about.st_ino;
}

static void put_priority(enum log_level level)
{
    if (to_journal)
        fprintf(stderr, "<%d>", levels[level].priority);
}

static void wipe_progress(void)
{
    if (progress_shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    progress_shown = 0;
}

/* In double quotes, as JSON has them, when it needs them: nothing that acts on a terminal leaves as
 * it is. */
static void put_logfmt_value(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_.:/@+";

    if (*text != '\0' && text[strspn(text, plain)] == '\0')
        fputs(text, stderr);
    else
        escape_json(stderr, text);
}

static void timestamp(char *text, size_t size)
{
    struct timespec now;
    struct tm utc;
    char seconds[32];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text, size, "%s.%03ldZ", seconds, now.tv_nsec / 1000000);
}

struct line {
    const char *time;
    const char *level;
    const char *message;
    const struct log_field *fields;
    size_t count;
};

static void put_logfmt(const struct line *line)
{
    fprintf(stderr, "time=%s level=%s msg=", line->time, line->level);
    put_logfmt_value(line->message);
    for (size_t i = 0; i < line->count; i++) {
        fprintf(stderr, " %s=", line->fields[i].name);
        put_logfmt_value(line->fields[i].value);
    }
    fputc('\n', stderr);
}

static void put_json(const struct line *line)
{
    struct json_writer writer;

    json_writer_init(&writer, stderr);
    json_writer_object(&writer, NULL, JSON_COMPACT);
    json_writer_text(&writer, "time", line->time);
    json_writer_text(&writer, "level", line->level);
    json_writer_text(&writer, "msg", line->message);
    for (size_t i = 0; i < line->count; i++) {
        const struct log_field *field = &line->fields[i];

        if (field->is_number)
            json_writer_number(&writer, field->name, field->value);
        else
            json_writer_text(&writer, field->name, field->value);
    }
    json_writer_end(&writer);
    fputc('\n', stderr);
}

struct log_format {
    struct logger logger; /* first, so that write finds its format again */
    void (*put)(const struct line *line);
};

static void write_line(const struct logger *logger, enum log_level level, const char *message,
                       const struct log_field *fields, size_t count)
{
    const struct log_format *format = (const struct log_format *)logger;
    char time[48];

    if ((int)level < atomic_load(&lowest))
        return;
    timestamp(time, sizeof(time));
    pthread_mutex_lock(&terminal);
    wipe_progress();
    put_priority(level);
    format->put(&(struct line){time, levels[level].name, message, fields, count});
    pthread_mutex_unlock(&terminal);
}

static const struct log_format logfmt = {{write_line}, put_logfmt};
static const struct log_format json = {{write_line}, put_json};

/* By which log_say goes; set before there are threads. */
static const struct log_format *current = &logfmt;

/* The value of an option in the words of a command line as they stand, else of the variable; NULL.
 */
static const char *guess_value(int argc, char **argv, const char *option, const char *variable)
{
    const char *value = getenv(variable);
    size_t length = strlen(option);

    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], option, length) != 0)
            continue;
        if (argv[i][length] == '=')
            value = argv[i] + length + 1;
        else if (argv[i][length] == '\0' && i + 1 < argc)
            value = argv[++i];
    }
    return value;
}

static const char *guess_format(int argc, char **argv)
{
    return guess_value(argc, argv, "--log-format", "KANSEN_LOG_FORMAT");
}

void log_guess_format(int argc, char **argv)
{
    const char *format = guess_format(argc, argv);

    find_journal();
    current = format != NULL && strcmp(format, "json") == 0 ? &json : &logfmt;
}

void log_guess_by_file(int argc, char **argv)
{
    const char *path = guess_value(argc, argv, "--config", "KANSEN_CONFIG");
    char *format;

    if (path == NULL || guess_format(argc, argv) != NULL)
        return;
    format = keyfile_peek(path, "log-format");
    if (format != NULL && strcmp(format, "json") == 0)
        current = &json;
    free(format);
}

enum status log_open(const struct options *options, const struct logger **out, struct error *error)
{
    static const char *const formats[] = {"logfmt", "json", NULL};
    const char *format = options_value(options, "log-format");

    if (format != NULL && strcmp(format, "logfmt") == 0)
        current = &logfmt;
    else if (format != NULL && strcmp(format, "json") == 0)
        current = &json;
    else if (format != NULL)
        return option_refuse_word("log-format", format, strlen(format), formats, error);
    *out = &current->logger;
    return log_set_level(options, error);
}

enum status log_set_level(const struct options *options, struct error *error)
{
    const char *names[LEVELS + 1] = {NULL};
    const char *level = options_value(options, "log-level");

    for (size_t i = 0; i < LEVELS; i++)
        names[i] = levels[i].name;
    for (size_t i = 0; i < LEVELS; i++)
        if (strcmp(level == NULL ? names[LOG_LEVEL_INFO] : level, names[i]) == 0) {
            atomic_store(&lowest, (int)i);
            return STATUS_OK;
        }
    return option_refuse_word("log-level", level, strlen(level), names, error);
}

static void say_text(enum log_level level, const char *command, const char *text)
{
    pthread_mutex_lock(&terminal);
    wipe_progress();
    put_priority(level);
    if (command != NULL)
        fprintf(stderr, "kansen%s%s: ", *command == '\0' ? "" : " ", command);
    escape_plain(stderr, text);
    fputc('\n', stderr);
    pthread_mutex_unlock(&terminal);
}

/* NULL: all are said. Set before there are threads. */
static bool (*said_only)(enum log_level level, const char *text);

void log_say_only(bool (*is_news)(enum log_level level, const char *text))
{
    said_only = is_news;
}

void log_say_text(enum log_level level, const char *command, const char *text)
{
    if (said_only != NULL && !said_only(level, text))
        return;
    if (current != &json)
        say_text(level, command, text);
    else if (command != NULL && *command != '\0')
        log_write(&json.logger, level, text, "command", command, NULL);
    else
        log_write(&json.logger, level, text, NULL);
}

void log_say(enum log_level level, const char *command, const char *format, ...)
{
    char text[SAID_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    log_say_text(level, command, text);
}

bool log_is_json(void)
{
    return current == &json;
}

static void draw_bar(int64_t done, int64_t total)
{
    int filled = (int)(done >= total ? BAR_WIDTH : done * BAR_WIDTH / total);

    fputc('[', stderr);
    for (int i = 0; i < BAR_WIDTH; i++)
        fputc(i < filled ? '#' : '.', stderr);
    fprintf(stderr, "] %3d %% ", (int)(done >= total ? 100 : done * 100 / total));
}

static void draw_progress(int64_t still_ms)
{
    fputs("\r\033[K", stderr);
    if (progress_line.total > 0)
        draw_bar(progress_line.done, progress_line.total);
    fputs(progress_line.text, stderr);
    if (still_ms >= STILL_MS)
        fprintf(stderr, " (%" PRId64 " s)", still_ms / 1000);
    fflush(stderr);
    progress_shown = 1;
    progress_line.changed = false;
}

/* Until log_progress_end. */
static void *draw_for_a_while(void *unused)
{
    int64_t drawn_s = 0;

    (void)unused;
    pthread_mutex_lock(&terminal);
    while (progress_line.runs) {
        int64_t now_ms = clock_ms(CLOCK_MONOTONIC);
        int64_t still_ms = now_ms - progress_line.said_ms;
        struct timespec next;

        if (now_ms - progress_line.begun_ms >= SHOWN_AFTER_MS &&
            (progress_line.changed || !progress_shown || still_ms / 1000 != drawn_s)) {
            draw_progress(still_ms);
            drawn_s = still_ms / 1000;
        }
        clock_gettime(CLOCK_REALTIME, &next);
        next.tv_nsec += REDRAW_INTERVAL_MS * 1000000L;
        next.tv_sec += next.tv_nsec / 1000000000L;
        next.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&progress_line.ended, &terminal, &next);
    }
    pthread_mutex_unlock(&terminal);
    return NULL;
}

void log_progress(int64_t done, int64_t total, const char *text)
{
    int64_t now_ms = clock_ms(CLOCK_MONOTONIC);

    if (!isatty(STDERR_FILENO) || current == &json)
        return;
    pthread_mutex_lock(&terminal);
    if (!progress_line.runs) {
        *progress_line.text = '\0';
        progress_line.begun_ms = now_ms;
        /* Without the thread there is no line. */
        progress_line.runs = thread_start(&progress_line.thread, draw_for_a_while, NULL) == 0;
    }
    if (strcmp(progress_line.text, text) != 0)
        progress_line.said_ms = now_ms;
    progress_line.done = done;
    progress_line.total = total;
    progress_line.changed = true;
    snprintf(progress_line.text, sizeof(progress_line.text), "%s", text);
    pthread_mutex_unlock(&terminal);
}

void log_progress_end(void)
{
    bool ran;

    pthread_mutex_lock(&terminal);
    ran = progress_line.runs;
    progress_line.runs = false;
    pthread_cond_signal(&progress_line.ended);
    wipe_progress();
    pthread_mutex_unlock(&terminal);
    if (ran)
        pthread_join(progress_line.thread, NULL);
}

void log_progress_wipe(void)
{
    static const char wipe[] = "\r\033[K";

    if (progress_shown && write(STDERR_FILENO, wipe, sizeof(wipe) - 1) < 0)
        progress_shown = 0;
}

void log_progress_show(const struct progress *progress)
{
    if (*progress->words == '\0')
        log_progress_end();
    else
        log_progress(progress->done, progress->total, progress->words);
}
