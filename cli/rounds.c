#include "cli/rounds.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/log.h"
#include "cli/option_bounds.h"
#include "kansen/clock.h"
#include "sql/db.h"

/* Between the end of a round that failed and the next one, at most. */
#define AFTER_FAILURE_S 600

/* What was said is said again after so long. */
#define AGAIN_MS (INT64_C(24) * 60 * 60 * 1000)

/* Lines of a round that are known again; any more are said each time. */
#define LINES_MAX 512

struct lines {
    uint64_t digests[LINES_MAX];
    size_t count;
};

/* Of this round and the one before it; the program has one thread that says anything. */
static struct {
    struct lines now;
    struct lines before;
    int64_t since_ms;
} said;

/* FNV-1a: what is alike has the same, and nobody gains from what only seems so. */
static uint64_t digest(enum log_level level, const char *text)
{
    uint64_t value = UINT64_C(14695981039346656037);

    for (; *text != '\0'; text++)
        if (level == LOG_LEVEL_INFO || !isdigit((unsigned char)*text))
            value = (value ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return value;
}

static bool holds(const struct lines *lines, uint64_t value)
{
    for (size_t i = 0; i < lines->count; i++)
        if (lines->digests[i] == value)
            return true;
    return false;
}

static bool is_news(enum log_level level, const char *text)
{
    uint64_t value = digest(level, text);

    if (!holds(&said.now, value) && said.now.count < LINES_MAX)
        said.now.digests[said.now.count++] = value;
    return !holds(&said.before, value);
}

static void end_of_round(void)
{
    int64_t now_ms = clock_ms(CLOCK_MONOTONIC);

    said.before = said.now;
    said.now.count = 0;
    if (now_ms - said.since_ms < AGAIN_MS)
        return;
    said.before.count = 0;
    said.since_ms = now_ms;
}

static bool flushed(struct error *error)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    error_set(error, STATUS_FATAL, "standard output: %s",
              errno == 0 ? "a write failed" : strerror(errno));
    return false;
}

int rounds_run(const struct options *options, const char *command, rounds_do *one,
               struct error *error)
{
    int64_t every_s = 0;

    if (option_bounded(options, "every", &every_s, error) != STATUS_OK)
        return EX_USAGE;
    if (every_s == 0)
        return one(options, error);
    said.since_ms = clock_ms(CLOCK_MONOTONIC);
    log_say_only(is_news);
    for (;;) {
        int code = one(options, error);

        log_progress_end();
        if (code == EX_USAGE || db_is_interrupted())
            return code;
        if (*error->message != '\0')
            log_say(LOG_LEVEL_ERROR, command, "%s", error->message);
        *error->message = '\0';
        if (!flushed(error))
            return EX_IOERR;
        end_of_round();
        clock_rest((code == EX_OK || every_s < AFTER_FAILURE_S ? every_s : AFTER_FAILURE_S) * 1000);
    }
}
