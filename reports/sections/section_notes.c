#include "reports/sections/sections.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "stats/rates.h"

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

/* The day of a date, as the language writes it. */
static struct message_argument day(struct draft *draft, const char *name, const char *date)
{
    return language_text(name, language_day(draft->language, draft->phrases, date));
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
         MESSAGE_ARGUMENTS(count(draft, "partitions", (int64_t)count_all),
                           day(draft, "beyond", beyond)));
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
    if (figures_have_gap(figures))
        warn(draft, MESSAGE_NOTE_GAP, MESSAGE_NO_ARGUMENTS);
    if (first > figures->from)
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
    if (figures_begin_late(figures) != NULL)
        warn(draft, MESSAGE_NOTE_BEGINS,
             MESSAGE_ARGUMENTS(day(draft, "day", figures_begin_late(figures)),
                               text("month", language_month(draft->language, draft->phrases,
                                                            figures->completeness.first_month))));
    if (!figures_are_complete(figures))
        return;
    if (figures->completeness.from_kafka)
        say(draft, MESSAGE_NOTE_COMPLETE,
            MESSAGE_ARGUMENTS(day(draft, "beyond", figures_beyond(figures, beyond))));
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
        say(draft, MESSAGE_NOTE_GEOIP,
            MESSAGE_ARGUMENTS(day(draft, "built", figures->geoip_builds[0])));
    else
        say(draft, MESSAGE_NOTE_GEOIP_MANY,
            MESSAGE_ARGUMENTS(
                language_count(draft->language, draft->phrases, "builds", (int64_t)count),
                day(draft, "oldest", figures->geoip_builds[0]),
                day(draft, "newest", figures->geoip_builds[count - 1])));
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

/* The dimension that a note is about. */
static struct message_argument about(const struct dimension_figures *dimension)
{
    return text("dimension", dimension_name(dimension->dimension));
}

static const char *share_of(struct draft *draft, int32_t share)
{
    return language_percent(draft->language, draft->phrases,
                            language_share(draft->language, draft->phrases, share));
}

static void note_beyond(struct draft *draft, const struct dimension_figures *dimension)
{
    const struct other_figures *other = &dimension->other;

    if (other->beyond > 0)
        warn(draft, MESSAGE_NOTE_BEYOND,
             MESSAGE_ARGUMENTS(about(dimension), count(draft, "beyond", other->beyond),
                               text("share", share_of(draft, other->beyond_share)),
                               count(draft, "bound", DIMENSION_VALUES_MAX)));
}

static void note_values(struct draft *draft, const struct dimension_figures *dimension)
{
    const struct other_figures *other = &dimension->other;
    const struct tie_figures *tie = &dimension->tie;

    say(draft, MESSAGE_NOTE_DIMENSION, MESSAGE_ARGUMENTS(about(dimension)));
    if (tie->values > 0)
        warn(draft, MESSAGE_NOTE_TIE_VALUES,
             MESSAGE_ARGUMENTS(about(dimension), count(draft, "values", (int64_t)tie->values),
                               count(draft, "rank", (int64_t)dimension->ranked),
                               count(draft, "listed", (int64_t)tie->listed)));
    warn(draft, MESSAGE_NOTE_OTHER_VALUES,
         MESSAGE_ARGUMENTS(about(dimension), count(draft, "values", (int64_t)other->values),
                           count(draft, "unknown", other->unknown),
                           text("share", share_of(draft, other->unknown_share))));
    note_beyond(draft, dimension);
}

static void note_dimensions(struct draft *draft)
{
    bool by_month = false;

    for (size_t i = 0; i < draft->figures->dimension_count; i++)
        by_month |= draft->figures->dimensions[i].asked;
    if (by_month && section_dimension_months_joins(draft->figures))
        warn(draft, MESSAGE_NOTE_PARTIAL, MESSAGE_NO_ARGUMENTS);
    for (size_t i = 1; i < draft->figures->dimension_count; i++)
        if (draft->figures->dimensions[i].asked)
            note_values(draft, &draft->figures->dimensions[i]);
}

static void note_suppressed(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    struct message_argument minimum = count(draft, "minimum", figures->suppress_below);

    if (figures->suppress_below == 0)
        return;
    warn(draft, MESSAGE_NOTE_SUPPRESSED, MESSAGE_ARGUMENTS(minimum));
    for (size_t i = 0; i < figures->dimension_count; i++) {
        const struct dimension_figures *dimension = &figures->dimensions[i];

        if (dimension->other.suppressed > 0)
            warn(draft, MESSAGE_NOTE_SUPPRESSED_VALUES,
                 MESSAGE_ARGUMENTS(about(dimension),
                                   count(draft, "values", (int64_t)dimension->other.suppressed)));
    }
}

static void note_comparison(struct draft *draft)
{
    const struct document *document = draft->document;
    bool compared = false;

    for (size_t i = 0; i < document->section_count; i++)
        compared |= table_find_column(&document->sections[i].table, COLUMN_CHANGE) != NULL;
    if (compared)
        add(draft, draft_message(draft, MESSAGE_NOTE_COMPARED));
}

/* Which edition this is; of a report that is none, which one there is. */
static void note_edition(struct draft *draft)
{
    const struct edition_figures *edition = draft->figures->edition;
    const struct published_figures *published = &draft->figures->published;
    char number[16];

    snprintf(number, sizeof(number), "%d", edition == NULL ? published->number : edition->number);
    if (edition != NULL)
        say(draft, MESSAGE_NOTE_EDITION,
            MESSAGE_ARGUMENTS(text("number", number), day(draft, "published", edition->published),
                              text("state", edition->provisional ? "provisional" : "complete")));
    else if (published->number > 0)
        say(draft, MESSAGE_NOTE_PUBLISHED,
            MESSAGE_ARGUMENTS(text("number", number), day(draft, "published", published->published),
                              text("state", published->withdrawn ? "withdrawn" : "standing")));
}

static void note_rates(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    bool provisional = false;

    if (!rates_has_months(figures))
        return;
    add(draft, draft_message(draft, MESSAGE_NOTE_RATES));
    for (size_t i = 0; i < figures->dimension_count; i++) {
        const struct dimension_figures *dimension = &figures->dimensions[i];
        int64_t below = (int64_t)rates_below(dimension, figures->suppress_below);

        if (below > 0)
            say(draft, MESSAGE_NOTE_RATES_BELOW,
                MESSAGE_ARGUMENTS(about(dimension), count(draft, "values", below),
                                  count(draft, "minimum", figures->rates.minimum)));
    }
    for (size_t i = 0; i < figures->month_count; i++)
        provisional |= figures->months[i].active_provisional;
    if (provisional)
        add(draft, draft_message(draft, MESSAGE_NOTE_RATES_PROVISIONAL));
}

void section_notes(struct draft *draft)
{
    note_edition(draft);
    note_counting(draft);
    note_tie(draft);
    note_countries(draft);
    note_dimensions(draft);
    note_suppressed(draft);
    note_comparison(draft);
    note_rates(draft);
    note_left_out(draft);
    say(draft, MESSAGE_NOTE_VERSION, MESSAGE_ARGUMENTS(text("version", KANSEN_VERSION)));
}
