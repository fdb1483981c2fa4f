#include "stats/completeness.h"

#include <inttypes.h>
#include <stdio.h>

/* Partitions that are named; the others are counted. */
#define NAMED_MAX 3

static void explain_lag(FILE *out, const struct lag_figures *lag)
{
    fprintf(out, "%s [%" PRId64 "] was read until ", lag->topic, lag->partition);
    if (lag->read_until == NULL)
        fputs("an instant that is not known", out);
    else if (lag->days_short == 0)
        fprintf(out, "%s, less than a day short", lag->read_until);
    else
        fprintf(out, "%s, %" PRId64 " day%s short", lag->read_until, lag->days_short,
                lag->days_short == 1 ? "" : "s");
}

static void explain_lags(FILE *out, const struct figures *figures)
{
    const struct completeness_figures *completeness = &figures->completeness;
    char beyond[FIGURES_DAY_SIZE];

    fprintf(out, "%zu Kafka partition%s not read beyond %s: ", completeness->lag_count,
            completeness->lag_count == 1 ? " is" : "s are", figures_beyond(figures, beyond));
    for (size_t i = 0; i < completeness->lag_count && i < NAMED_MAX; i++) {
        fputs(i > 0 ? "; " : "", out);
        explain_lag(out, &completeness->lags[i]);
    }
    if (completeness->lag_count > NAMED_MAX)
        fprintf(out, "; and %zu more", completeness->lag_count - NAMED_MAX);
    fputs("; let a worker read on (kansen ingest), or say of a topic from which nothing comes any "
          "more: kansen db retire --topic TOPIC",
          out);
}

static void explain_nothing(FILE *out, const struct figures *figures)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];
    char first[MONTH_TEXT_SIZE];

    if (figures->completeness.first_month < 0)
        fputs("no event is stored", out);
    else
        fprintf(out, "no event is stored of %s%s%s, the first one is of %s",
                month_format(figures->from, from), figures->month_count > 1 ? " to " : "",
                figures->month_count > 1 ? month_format(figures->to, to) : "",
                month_format(figures->completeness.first_month, first));
}

/* Months of the window without an event, although some are stored of one before. */
static void explain_gaps(FILE *out, const struct figures *figures)
{
    const char *before = "no event is stored of ";

    for (size_t i = 0; i < figures->month_count; i++) {
        const struct month_figures *month = &figures->months[i];
        char text[MONTH_TEXT_SIZE];

        if (month->state != MONTH_NO_DATA || month->month < figures->completeness.first_month)
            continue;
        fprintf(out, "%s%s", before, month_format(month->month, text));
        before = ", ";
    }
    fputs(", and of what comes from files nobody can tell whether there was none: load what is "
          "missing (kansen load)",
          out);
}

static void explain(FILE *out, const struct figures *figures)
{
    char month[MONTH_TEXT_SIZE];
    bool lags = figures->completeness.lag_count > 0;

    if (figures->ongoing)
        fprintf(out, "%s is not over", month_format(figures->to, month));
    if (lags) {
        fputs(figures->ongoing ? "; " : "", out);
        explain_lags(out, figures);
    }
    if (!figures_know_nothing(figures) && !figures_have_gap(figures))
        return;
    fputs(figures->ongoing || lags ? "; " : "", out);
    if (figures_have_gap(figures))
        explain_gaps(out, figures);
    else
        explain_nothing(out, figures);
}

bool completeness_explain(const struct figures *figures, char *out, size_t size)
{
    FILE *stream;

    if (figures_are_complete(figures))
        return false;
    stream = fmemopen(out, size, "w");
    *out = '\0';
    if (stream == NULL)
        return true;
    setvbuf(stream, NULL, _IONBF, 0); /* so that a list too long is cut, not lost */
    explain(stream, figures);
    fclose(stream);
    out[size - 1] = '\0';
    return true;
}
