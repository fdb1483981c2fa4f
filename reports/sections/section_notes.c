#include "reports/sections/sections.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Partitions that lag and are named; the others are counted. JSON has them all. */
#define LAGS_PRINTED_MAX 5

static void add(struct draft *draft, const char *note)
{
    draft_add_item(draft, (struct section_item){.text = note});
}

static void say(struct draft *draft, enum message message, const struct message_argument *arguments)
{
    add(draft, language_say(draft->language, draft->phrases, message, arguments));
}

static struct message_argument text(const char *name, const char *value)
{
    return language_text(name, value);
}

static struct message_argument count(struct draft *draft, const char *name, int64_t value)
{
    return language_count(draft->language, draft->phrases, name, value);
}

/* What figures alone, as `kansen stats` prints them, must not go without. */
static void warn(struct draft *draft, enum message message,
                 const struct message_argument *arguments)
{
    draft_add_item(draft,
                   (struct section_item){
                       .text = language_say(draft->language, draft->phrases, message, arguments),
                       .essential = true});
}

/* The same, for who runs kansen. */
static void warn_operators(struct draft *draft, enum message message,
                           const struct message_argument *arguments)
{
    draft_add_item(draft,
                   (struct section_item){
                       .text = language_say(draft->language, draft->phrases, message, arguments),
                       .essential = true,
                       .operators = true});
}

static void note_lag(struct draft *draft, const struct lag_figures *lag)
{
    char number[24];
    struct message_argument topic = text("topic", lag->topic);
    struct message_argument partition = text("partition", number);

    snprintf(number, sizeof(number), "%" PRId64, lag->partition);

    if (lag->read_until == NULL)
        warn_operators(draft, MESSAGE_NOTE_LAG_UNKNOWN, MESSAGE_ARGUMENTS(topic, partition));
    else
        warn_operators(draft, MESSAGE_NOTE_LAG,
                       MESSAGE_ARGUMENTS(topic, partition, text("time", lag->read_until),
                                         count(draft, "days", lag->days_short)));
}

static void note_lags(struct draft *draft)
{
    const struct completeness_figures *completeness = &draft->figures->completeness;
    size_t count_all = completeness->lag_count;
    char beyond[FIGURES_DAY_SIZE];

    figures_beyond(draft->figures, beyond);
    warn(draft, MESSAGE_NOTE_LAGGING,
         MESSAGE_ARGUMENTS(count(draft, "partitions", (int64_t)count_all), text("beyond", beyond)));
    for (size_t i = 0; i < count_all && i < LAGS_PRINTED_MAX; i++)
        note_lag(draft, &completeness->lags[i]);
    if (count_all > LAGS_PRINTED_MAX)
        warn_operators(
            draft, MESSAGE_NOTE_LAG_MORE,
            MESSAGE_ARGUMENTS(count(draft, "partitions", (int64_t)(count_all - LAGS_PRINTED_MAX))));
}

static void note_no_data(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    month_t first = figures->completeness.first_month;

    if (first < 0)
        warn(draft, MESSAGE_NOTE_NO_DATA_AT_ALL, MESSAGE_NO_ARGUMENTS);
    else
        warn(draft, MESSAGE_NOTE_NO_DATA,
             MESSAGE_ARGUMENTS(
                 text("month", language_month(draft->language, draft->phrases, first))));
}

/* A report over a complete window says the same whenever it is made: no time of reading. */
static void note_completeness(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    char beyond[FIGURES_DAY_SIZE];

    if (figures->ongoing)
        warn(draft, MESSAGE_NOTE_ONGOING,
             MESSAGE_ARGUMENTS(
                 text("month", language_month(draft->language, draft->phrases, figures->to))));
    if (figures->completeness.lag_count > 0)
        note_lags(draft);
    if (figures_months_of(figures, MONTH_NO_DATA) > 0)
        note_no_data(draft);
    if (!figures_are_complete(figures))
        return;
    if (figures->completeness.from_kafka)
        say(draft, MESSAGE_NOTE_COMPLETE,
            MESSAGE_ARGUMENTS(text("beyond", figures_beyond(figures, beyond))));
    else
        add(draft, draft_message(draft, MESSAGE_NOTE_COMPLETE_FILES));
}

static void note_counting(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    /* Patterns are code, the same in every language. */
    const char *patterns = phrases_join(
        draft->phrases, ", ", (const char *const *)figures->patterns, figures->pattern_count);

    say(draft, MESSAGE_NOTE_THREAT,
        MESSAGE_ARGUMENTS(text("threat", figures->threat), text("patterns", patterns)));
    say(draft, MESSAGE_NOTE_WINDOW,
        MESSAGE_ARGUMENTS(text("window", draft->document->window),
                          text("timezone", figures->timezone)));
    note_completeness(draft);
    draft_add_item(draft, (struct section_item){
                              .text = draft_message(draft, figures->unique ? MESSAGE_NOTE_UNIQUE
                                                                           : MESSAGE_NOTE_SUM),
                              .essential = true});
    if (!figures_know_nothing(figures))
        add(draft, draft_message(draft, figures->total > 0 ? MESSAGE_NOTE_ROUNDING
                                                           : MESSAGE_NOTE_NO_SHARES));
}

static void note_tie(struct draft *draft)
{
    const struct dimension_figures *countries = figures_countries(draft->figures);
    const struct tie_figures *tie = &countries->tie;

    if (tie->values > 0)
        warn(draft, MESSAGE_NOTE_TIE,
             MESSAGE_ARGUMENTS(count(draft, "countries", (int64_t)tie->values),
                               count(draft, "rank", (int64_t)countries->ranked),
                               count(draft, "listed", (int64_t)tie->listed)));
}

/* Whose word the countries are. */
static void note_geoip(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    size_t count = figures->geoip_build_count;

    if (count == 0)
        add(draft, draft_message(draft, figures->geoip_unnoted ? MESSAGE_NOTE_GEOIP_UNKNOWN
                                                               : MESSAGE_NOTE_GEOIP_NONE));
    else if (count == 1)
        say(draft, MESSAGE_NOTE_GEOIP, MESSAGE_ARGUMENTS(text("built", figures->geoip_builds[0])));
    else
        say(draft, MESSAGE_NOTE_GEOIP_MANY,
            MESSAGE_ARGUMENTS(
                language_count(draft->language, draft->phrases, "builds", (int64_t)count),
                text("oldest", figures->geoip_builds[0]),
                text("newest", figures->geoip_builds[count - 1])));
    if (figures->geoip_unnoted && count > 0)
        add(draft, draft_message(draft, MESSAGE_NOTE_GEOIP_UNNOTED));
    if (figures->geoip_not_asked)
        add(draft, draft_message(draft, MESSAGE_NOTE_GEOIP_NOT_ASKED));
}

static void note_countries(struct draft *draft)
{
    const struct other_figures *other = &figures_countries(draft->figures)->other;
    const struct language *language = draft->language;
    struct phrases *phrases = draft->phrases;
    const char *share = language_percent(language, phrases,
                                         language_share(language, phrases, other->unknown_share));

    say(draft, MESSAGE_NOTE_OTHER,
        MESSAGE_ARGUMENTS(count(draft, "countries", (int64_t)other->values),
                          count(draft, "unknown", other->unknown), text("share", share)));
    note_geoip(draft);
}

static bool is_left_out(const struct section_order *order, const struct section *section)
{
    for (size_t i = 0; i < order->count; i++)
        if (strcmp(order->ids[i], section->id) == 0)
            return false;
    return !section_is_empty(section);
}

/* Notes are the last section; the others are built. */
static void note_left_out(struct draft *draft)
{
    const struct document *document = draft->document;
    const char *headings[LANGUAGE_LIST_MAX];
    size_t count = 0;

    for (size_t i = 0; draft->order != NULL && i + 1 < document->section_count; i++)
        if (is_left_out(draft->order, &document->sections[i]) && count < LANGUAGE_LIST_MAX)
            headings[count++] = document->sections[i].heading;
    if (count > 0)
        say(draft, MESSAGE_NOTE_LEFT_OUT,
            MESSAGE_ARGUMENTS(
                text("sections", language_list(draft->language, draft->phrases, headings, count))));
}

void section_notes(struct draft *draft)
{
    note_counting(draft);
    note_tie(draft);
    note_countries(draft);
    note_left_out(draft);
    say(draft, MESSAGE_NOTE_VERSION, MESSAGE_ARGUMENTS(text("version", KANSEN_VERSION)));
}
