#include "cli/option_notes.h"

#include <stdio.h>
#include <string.h>

#include "ingest/event/rejection.h"
#include "kansen/dimension.h"
#include "reports/formats/writers.h"
#include "reports/languages/language.h"
#include "simulate/foreign.h"
#include "text/nearest.h"

/* ---- words of fixed sets */

static const char *stats_format_at(size_t index)
{
    return index < STATS_WRITERS ? stats_writers[index].format : NULL;
}

static const char *report_format_at(size_t index)
{
    return index < REPORT_WRITERS ? report_writers[index].format : NULL;
}

static const char *list_format_at(size_t index)
{
    static const char *const formats[] = {"table", "json", "csv"};

    return index < sizeof(formats) / sizeof(formats[0]) ? formats[index] : NULL;
}

static const char *show_format_at(size_t index)
{
    static const char *const formats[] = {"table", "json"};

    return index < sizeof(formats) / sizeof(formats[0]) ? formats[index] : NULL;
}

static const char *log_format_at(size_t index)
{
    static const char *const formats[] = {"logfmt", "json"};

    return index < sizeof(formats) / sizeof(formats[0]) ? formats[index] : NULL;
}

static const char *log_level_at(size_t index)
{
    static const char *const levels[] = {"info", "warning", "error"};

    return index < sizeof(levels) / sizeof(levels[0]) ? levels[index] : NULL;
}

static const char *language_at(size_t index)
{
    return index < LANGUAGES ? language_code_at(index) : NULL;
}

static const char *reason_at(size_t index)
{
    return index < REJECT_REASONS ? reject_reason_name((enum reject_reason)index) : NULL;
}

static const char *dimension_at(size_t index)
{
    return index < DIMENSIONS ? dimension_name((enum dimension)index) : NULL;
}

/* What the simulator writes: it reads no format files. */
static const char *simulated_format_at(size_t index)
{
    return index == 0 ? "kansen" : foreign_name_at(index - 1);
}

/* ---- the table */

struct option_note {
    const char *option;
    const char *command; /* NULL: any that is not named in a line above */
    const char *unless_given;
    const char *(*word_at)(size_t index); /* NULL: anything */
};

/* clang-format off */
static const struct option_note notes[] = {
    {"allow-rejected", NULL, "0", NULL},
    {"base-url", NULL, "none", NULL},
    {"because", "db forget", "not said", NULL},
    {"because", NULL, OPTION_NEEDED, NULL},
    {"brokers", "simulate", "standard output", NULL},
    {"brokers", NULL, OPTION_NEEDED, NULL},
    {"by", "editions diff", "all", dimension_at},
    {"by", NULL, "none", dimension_at},
    {"db", NULL, "libpq's own", NULL},
    {"db-password-file", NULL, "libpq's own ways", NULL},
    {"format", "stats", "table", stats_format_at},
    {"format", "report", "all", report_format_at},
    {"format", "publish", "all", report_format_at},
    {"format", "editions render", "those published", report_format_at},
    {"format", "editions show", "table", show_format_at},
    {"format", "status", "table", show_format_at},
    {"format", "db check", "table", show_format_at},
    {"format", NULL, "table", list_format_at},
    {"country", NULL, "any", NULL},
    {"device", NULL, OPTION_NEEDED, NULL},
    {"event-format", "simulate", "kansen", simulated_format_at},
    {"event-format", NULL, "kansen", NULL},
    {"every", NULL, "once", NULL},
    {"from", "editions list", "any", NULL},
    {"from", "editions show", "the only window", NULL},
    {"from", "editions diff", "the only window", NULL},
    {"from", "editions render", "the only window", NULL},
    {"from", "editions withdraw", "the only window", NULL},
    {"from", "db maintain", "14 months ago", NULL},
    {"from", "db relocate", OPTION_NEEDED, NULL},
    {"from", NULL, "by --months", NULL},
    {"geoip", "db relocate", OPTION_NEEDED, NULL},
    {"geoip", NULL, "none", NULL},
    {"group", "ingest", "kansen; of heartbeats kansen-heartbeats", NULL},
    {"group", NULL, OPTION_NEEDED, NULL},
    {"infection-cache", NULL, "22", NULL},
    {"keep-infections", NULL, "for ever", NULL},
    {"keep-months", NULL, "for ever", NULL},
    {"lang", "editions render", "those published", language_at},
    {"lang", NULL, LANGUAGE_DEFAULT, language_at},
    {"listen", NULL, "nobody is answered", NULL},
    {"log-format", NULL, "logfmt", log_format_at},
    {"log-level", NULL, "info", log_level_at},
    {"match", NULL, OPTION_NEEDED, NULL},
    {"max-age", "load", "36525", NULL},
    {"max-age", NULL, "400", NULL},
    {"max-ahead", NULL, "1", NULL},
    {"max-lag", NULL, "300", NULL},
    {"max-rejected", NULL, "100", NULL},
    {"month", NULL, OPTION_NEEDED, NULL},
    {"months", NULL, "3", NULL},
    {"oauth-token-file", NULL, "none", NULL},
    {"output", "demo", "kansen-report", NULL},
    {"output", "db maintain", "none", NULL},
    {"output", "manual", "standard output", NULL},
    {"output", "site", OPTION_NEEDED, NULL},
    {"output", NULL, "the current folder", NULL},
    {"part", NULL, "1/1", NULL},
    {"partitions", NULL, "4", NULL},
    {"rate-minimum", NULL, "100", NULL},
    {"reason", NULL, "any", reason_at},
    {"scenario", NULL, "the published report's", NULL},
    {"sasl-password-file", NULL, "none", NULL},
    {"seed", NULL, "the scenario's", NULL},
    {"suppress-below", NULL, "0", NULL},
    {"shards", NULL, "four a node, eight at least", NULL},
    {"settle", NULL, "30", NULL},
    {"stats-interval", NULL, "60", NULL},
    {"template", NULL, "none", NULL},
    {"timezone", NULL, "UTC", NULL},
    {"to", "editions list", "any", NULL},
    {"to", "editions show", "the only window", NULL},
    {"to", "editions diff", "the only window", NULL},
    {"to", "editions render", "the only window", NULL},
    {"to", "editions withdraw", "the only window", NULL},
    {"to", "db relocate", OPTION_NEEDED, NULL},
    {"to", "db maintain", "3 months ahead", NULL},
    {"to", NULL, "the last complete month", NULL},
    {"top", NULL, "10", NULL},
    {"topic", "simulate", "detections", NULL},
    {"topic", NULL, OPTION_NEEDED, NULL},
    {"wait", NULL, "30", NULL},
    {"worker", NULL, "none", NULL},
};
/* clang-format on */

static const struct option_note *find(const char *command, const char *option)
{
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
        if (strcmp(notes[i].option, option) == 0 &&
            (notes[i].command == NULL || strcmp(notes[i].command, command) == 0))
            return &notes[i];
    return NULL;
}

const char *option_help(const char *command, const struct option_spec *spec)
{
    bool simulated = strcmp(spec->name, "event-format") == 0 && strcmp(command, "simulate") == 0;

    return simulated ? "form of the events" : spec->help;
}

const char *option_word_at(const char *command, const char *option, size_t index)
{
    const struct option_note *note = find(command, option);

    return note == NULL || note->word_at == NULL ? NULL : note->word_at(index);
}

bool option_is_a_word(const char *option, const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
        const char *known;

        if (strcmp(notes[i].option, option) != 0 || notes[i].word_at == NULL)
            continue;
        for (size_t at = 0; (known = notes[i].word_at(at)) != NULL; at++)
            if (strlen(known) == length && strncmp(known, word, length) == 0)
                return true;
    }
    return false;
}

const char *option_unless_given(const char *command, const char *option)
{
    const struct option_note *note = find(command, option);

    return note == NULL ? NULL : note->unless_given;
}

enum status option_refuse_word(const char *option, const char *word, size_t length,
                               const char *const *known, struct error *error)
{
    char words[ERROR_MESSAGE_SIZE / 2] = "";
    char question[ERROR_MESSAGE_SIZE / 4];
    char typed[64];
    struct nearest nearest;
    size_t used = 0;

    snprintf(typed, sizeof(typed), "%.*s", (int)length, word);
    nearest_start(&nearest, typed);
    for (; *known != NULL; known++) {
        nearest_offer(&nearest, *known);
        if (used < sizeof(words))
            used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s",
                                     used > 0 ? ", " : "", *known);
    }
    return error_set(error, STATUS_REJECT, "%s%s%s%.*s: not one of %s%s",
                     option == NULL ? "" : "--", option == NULL ? "" : option,
                     option == NULL ? "" : " ", (int)length, word, words,
                     nearest_question(&nearest, "", question, sizeof(question)));
}
