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

static void say(struct document *document, enum message message,
                const struct message_argument *arguments)
{
    add(document, language_say(document->language, &document->phrases, message, arguments));
}

static struct message_argument text(const char *name, const char *value)
{
    return language_text(name, value);
}

static struct message_argument count(struct document *document, const char *name, int64_t value)
{
    return language_count(document->language, &document->phrases, name, value);
}

static void note_counting(struct document *document)
{
    const struct figures *figures = document->figures;
    /* Patterns are code, the same in every language. */
    const char *patterns = phrases_join(
        &document->phrases, ", ", (const char *const *)figures->patterns, figures->pattern_count);

    say(document, MESSAGE_NOTE_THREAT,
        MESSAGE_ARGUMENTS(text("threat", figures->threat), text("patterns", patterns)));
    say(document, MESSAGE_NOTE_WINDOW,
        MESSAGE_ARGUMENTS(text("window", document->window), text("timezone", figures->timezone)));
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
    const struct language *language = document->language;
    struct phrases *phrases = &document->phrases;
    const char *share = language_percent(language, phrases,
                                         language_share(language, phrases, other->unknown_share));

    say(document, MESSAGE_NOTE_OTHER,
        MESSAGE_ARGUMENTS(count(document, "countries", (int64_t)other->countries),
                          count(document, "unknown", other->unknown), text("share", share)));
    if (figures->geoip_build == NULL)
        add(document, document_message(document, MESSAGE_NOTE_GEOIP_UNKNOWN));
    else
        say(document, MESSAGE_NOTE_GEOIP, MESSAGE_ARGUMENTS(text("built", figures->geoip_build)));
}

static void note_offsets(struct document *document)
{
    const struct figures *figures = document->figures;

    if (figures->offset_count == 0)
        add(document, document_message(document, MESSAGE_NOTE_OFFSETS_NONE));
    for (size_t i = 0; i < figures->offset_count; i++) {
        const struct offset_figures *offsets = &figures->offsets[i];
        struct message_argument topic = text("topic", offsets->topic);
        struct message_argument group = text("group", offsets->group);
        struct message_argument partitions = count(document, "partitions", offsets->partitions);
        struct message_argument sum = count(document, "sum", offsets->offsets);

        if (offsets->partitions <= PARTITIONS_PRINTED_MAX)
            say(document, MESSAGE_NOTE_OFFSETS_EACH,
                MESSAGE_ARGUMENTS(topic, group, partitions, sum,
                                  text("offsets", offsets->next_offsets)));
        else
            say(document, MESSAGE_NOTE_OFFSETS, MESSAGE_ARGUMENTS(topic, group, partitions, sum));
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
    say(document, MESSAGE_NOTE_VERSION, MESSAGE_ARGUMENTS(text("version", KANSEN_VERSION)));
}
