/* A report in one language, before it has a format: what is said, in order, as text.
 *
 * Built once from the figures and read by every writer, so that all formats say the same. Holds
 * names from users as they are; each writer escapes for its own place. */
#ifndef KANSEN_REPORTS_DOCUMENT_H
#define KANSEN_REPORTS_DOCUMENT_H

#include "kansen/status.h"
#include "reports/language.h"
#include "reports/phrases.h"
#include "reports/table.h"
#include "stats/figures.h"

/* A sum; highest and lowest month; changes; leaders; the rest. */
#define DOCUMENT_FINDINGS_MAX 12

/* The fixed notes, and one for each topic and consumer group that was read. */
#define DOCUMENT_NOTES_MAX 32

struct document {
    const struct language *language;
    const struct figures *figures;
    struct phrases phrases; /* owns all text below */

    const char *threat; /* its display name in this language */
    const char *title;
    const char *window;
    const char *subtitle; /* the window and the time zone */
    const char *findings[DOCUMENT_FINDINGS_MAX];
    size_t finding_count;
    struct table months;
    struct table shares;
    const char *counting; /* the note that says what the total counts */
    const char *notes[DOCUMENT_NOTES_MAX];
    size_t note_count;
};

/* NULL is allowed. */
void document_free(struct document *document);

/* A heading or label in the document's language. */
const char *document_message(const struct document *document, enum message message);

#endif
