#include "reports/notes.h"

#include <stdlib.h>
#include <string.h>

/* Up to this many partitions, each offset is printed; else their sum has to do. */
#define PARTITIONS_PRINTED_MAX 16

static void add(struct draft *draft, const char *note)
{
    draft_add_item(draft, (struct section_item){.text = note});
}

static const char *number(struct draft *draft, int64_t value)
{
    return language_number(draft->language, draft->phrases, value);
}

/* "BKDR_BTMINE*, TROJ_COINMINE*": patterns are code, the same in every language. */
static const char *join_patterns(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    const char *joined = figures->pattern_count > 0 ? figures->patterns[0] : "";

    for (size_t i = 1; i < figures->pattern_count; i++)
        joined = phrases_compose(draft->phrases, "{0}, {1}", joined, figures->patterns[i], NULL);
    return joined;
}

static void note_counting(struct draft *draft)
{
    const struct figures *figures = draft->figures;

    add(draft, phrases_compose(draft->phrases, draft_message(draft, MESSAGE_NOTE_THREAT),
                               figures->threat, join_patterns(draft), NULL));
    add(draft, phrases_compose(draft->phrases, draft_message(draft, MESSAGE_NOTE_WINDOW),
                               draft->document->window, figures->timezone, NULL));
    if (figures->ongoing)
        add(draft, draft_message(draft, MESSAGE_NOTE_ONGOING));
    draft_add_item(draft, (struct section_item){
                              .text = draft_message(draft, figures->unique ? MESSAGE_NOTE_UNIQUE
                                                                           : MESSAGE_NOTE_SUM),
                              .essential = true});
    add(draft,
        draft_message(draft, figures->total > 0 ? MESSAGE_NOTE_ROUNDING : MESSAGE_NOTE_NO_SHARES));
}

static void note_countries(struct draft *draft)
{
    const struct figures *figures = draft->figures;
    const struct other_figures *other = &figures->other;
    struct phrases *phrases = draft->phrases;

    add(draft,
        phrases_compose(phrases, draft_message(draft, MESSAGE_NOTE_OTHER),
                        number(draft, (int64_t)other->countries), number(draft, other->unknown),
                        language_share(draft->language, phrases, other->unknown_share), NULL));
    if (figures->geoip_build == NULL)
        add(draft, draft_message(draft, MESSAGE_NOTE_GEOIP_UNKNOWN));
    else
        add(draft, phrases_compose(phrases, draft_message(draft, MESSAGE_NOTE_GEOIP),
                                   figures->geoip_build, NULL));
}

static void note_offsets(struct draft *draft)
{
    const struct figures *figures = draft->figures;

    if (figures->offset_count == 0)
        add(draft, draft_message(draft, MESSAGE_NOTE_OFFSETS_NONE));
    for (size_t i = 0; i < figures->offset_count; i++) {
        const struct offset_figures *offsets = &figures->offsets[i];
        bool each = offsets->partitions <= PARTITIONS_PRINTED_MAX;
        const char *text =
            draft_message(draft, each ? MESSAGE_NOTE_OFFSETS_EACH : MESSAGE_NOTE_OFFSETS);

        add(draft, phrases_compose(draft->phrases, text, offsets->topic, offsets->group,
                                   number(draft, offsets->partitions),
                                   number(draft, offsets->offsets), offsets->next_offsets, NULL));
    }
}

void notes_write(struct draft *draft)
{
    note_counting(draft);
    note_countries(draft);
    note_offsets(draft);
    /* Last, so that a version is never pushed out by many topics. */
    if (draft->section->item_count == SECTION_ITEMS_MAX)
        draft->section->item_count--;
    add(draft, phrases_compose(draft->phrases, draft_message(draft, MESSAGE_NOTE_VERSION),
                               KANSEN_VERSION, NULL));
}
