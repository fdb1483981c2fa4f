#include "reports/notes.h"

#include <stdlib.h>
#include <string.h>

/* Up to this many partitions, each offset is printed; else their sum has to do. */
#define PARTITIONS_PRINTED_MAX 16

static void add(struct document *document, const char *note)
{
    if (document->note_count < DOCUMENT_NOTES_MAX)
        document->notes[document->note_count++] = note;
}

static const char *number(struct document *document, int64_t value)
{
    return language_number(document->language, &document->phrases, value);
}

/* "BKDR_BTMINE*, TROJ_COINMINE*": patterns are code, the same in every language. */
static const char *join_patterns(struct document *document)
{
    const struct figures *figures = document->figures;
    const char *joined = figures->pattern_count > 0 ? figures->patterns[0] : "";

    for (size_t i = 1; i < figures->pattern_count; i++)
        joined =
            phrases_compose(&document->phrases, "{0}, {1}", joined, figures->patterns[i], NULL);
    return joined;
}

static void note_counting(struct document *document)
{
    const struct figures *figures = document->figures;

    add(document,
        phrases_compose(&document->phrases, document_message(document, MESSAGE_NOTE_THREAT),
                        figures->threat, join_patterns(document), NULL));
    add(document,
        phrases_compose(&document->phrases, document_message(document, MESSAGE_NOTE_WINDOW),
                        document->window, figures->timezone, NULL));
    if (figures->ongoing)
        add(document, document_message(document, MESSAGE_NOTE_ONGOING));
    document->counting =
        document_message(document, figures->unique ? MESSAGE_NOTE_UNIQUE : MESSAGE_NOTE_SUM);
    add(document, document->counting);
    add(document, document_message(document, figures->total > 0 ? MESSAGE_NOTE_ROUNDING
                                                                : MESSAGE_NOTE_NO_SHARES));
}

static void note_countries(struct document *document)
{
    const struct figures *figures = document->figures;
    const struct other_figures *other = &figures->other;
    struct phrases *phrases = &document->phrases;

    add(document, phrases_compose(
                      phrases, document_message(document, MESSAGE_NOTE_OTHER),
                      number(document, (int64_t)other->countries), number(document, other->unknown),
                      language_share(document->language, phrases, other->unknown_share), NULL));
    if (figures->geoip_build == NULL)
        add(document, document_message(document, MESSAGE_NOTE_GEOIP_UNKNOWN));
    else
        add(document, phrases_compose(phrases, document_message(document, MESSAGE_NOTE_GEOIP),
                                      figures->geoip_build, NULL));
}

static void note_offsets(struct document *document)
{
    const struct figures *figures = document->figures;

    if (figures->offset_count == 0)
        add(document, document_message(document, MESSAGE_NOTE_OFFSETS_NONE));
    for (size_t i = 0; i < figures->offset_count; i++) {
        const struct offset_figures *offsets = &figures->offsets[i];
        bool each = offsets->partitions <= PARTITIONS_PRINTED_MAX;
        const char *text =
            document_message(document, each ? MESSAGE_NOTE_OFFSETS_EACH : MESSAGE_NOTE_OFFSETS);

        add(document,
            phrases_compose(&document->phrases, text, offsets->topic, offsets->group,
                            number(document, offsets->partitions),
                            number(document, offsets->offsets), offsets->next_offsets, NULL));
    }
}

void notes_write(struct document *document)
{
    note_counting(document);
    note_countries(document);
    note_offsets(document);
    /* Last, so that a version is never pushed out by many topics. */
    if (document->note_count == DOCUMENT_NOTES_MAX)
        document->note_count--;
    add(document,
        phrases_compose(&document->phrases, document_message(document, MESSAGE_NOTE_VERSION),
                        KANSEN_VERSION, NULL));
}
