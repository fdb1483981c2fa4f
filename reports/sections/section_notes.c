#include "reports/sections/sections.h"

#include <stdlib.h>
#include <string.h>

/* Up to this many partitions, each offset is printed; else their sum has to do. */
#define PARTITIONS_PRINTED_MAX 16

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
    if (figures->ongoing)
        add(draft, draft_message(draft, MESSAGE_NOTE_ONGOING));
    draft_add_item(draft, (struct section_item){
                              .text = draft_message(draft, figures->unique ? MESSAGE_NOTE_UNIQUE
                                                                           : MESSAGE_NOTE_SUM),
                              .essential = true});
    add(draft,
        draft_message(draft, figures->total > 0 ? MESSAGE_NOTE_ROUNDING : MESSAGE_NOTE_NO_SHARES));
}

/* Whose word the countries are. */
static void note_geoip(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    size_t count = figures->geoip_build_count;

    if (count == 0) {
        add(draft, draft_message(draft, figures->geoip_unnoted ? MESSAGE_NOTE_GEOIP_UNKNOWN
                                                               : MESSAGE_NOTE_GEOIP_NONE));
        return;
    }
    if (count == 1)
        say(draft, MESSAGE_NOTE_GEOIP, MESSAGE_ARGUMENTS(text("built", figures->geoip_builds[0])));
    else
        say(draft, MESSAGE_NOTE_GEOIP_MANY,
            MESSAGE_ARGUMENTS(
                language_count(draft->language, draft->phrases, "builds", (int64_t)count),
                text("oldest", figures->geoip_builds[0]),
                text("newest", figures->geoip_builds[count - 1])));
    if (figures->geoip_unnoted)
        add(draft, draft_message(draft, MESSAGE_NOTE_GEOIP_UNNOTED));
}

static void note_countries(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    const struct other_figures *other = &figures->other;
    const struct language *language = draft->language;
    struct phrases *phrases = draft->phrases;
    const char *share = language_percent(language, phrases,
                                         language_share(language, phrases, other->unknown_share));

    say(draft, MESSAGE_NOTE_OTHER,
        MESSAGE_ARGUMENTS(count(draft, "countries", (int64_t)other->countries),
                          count(draft, "unknown", other->unknown), text("share", share)));
    note_geoip(draft);
}

static void note_offsets(struct draft *draft)
{
    const struct figures *figures = draft->figures;

    if (figures->offset_count == 0)
        add(draft, draft_message(draft, MESSAGE_NOTE_OFFSETS_NONE));
    for (size_t i = 0; i < figures->offset_count; i++) {
        const struct offset_figures *offsets = &figures->offsets[i];
        struct message_argument topic = text("topic", offsets->topic);
        struct message_argument group = text("group", offsets->group);
        struct message_argument partitions = count(draft, "partitions", offsets->partitions);
        struct message_argument sum = count(draft, "sum", offsets->offsets);

        if (offsets->partitions <= PARTITIONS_PRINTED_MAX)
            say(draft, MESSAGE_NOTE_OFFSETS_EACH,
                MESSAGE_ARGUMENTS(topic, group, partitions, sum,
                                  text("offsets", offsets->next_offsets)));
        else
            say(draft, MESSAGE_NOTE_OFFSETS, MESSAGE_ARGUMENTS(topic, group, partitions, sum));
    }
}

void section_notes(struct draft *draft)
{
    note_counting(draft);
    note_countries(draft);
    note_offsets(draft);
    /* Last, so that a version is never pushed out by many topics. */
    if (draft->section->item_count == SECTION_ITEMS_MAX)
        draft->section->item_count--;
    say(draft, MESSAGE_NOTE_VERSION, MESSAGE_ARGUMENTS(text("version", KANSEN_VERSION)));
}
