/* What a reader has to know to trust the figures, at the end of every report: window, time zone,
 * counting rule, rounding, what "other" holds, where countries come from, offsets read, version. */
#ifndef KANSEN_REPORTS_NOTES_H
#define KANSEN_REPORTS_NOTES_H

#include "reports/draft.h"

/* Fills the section of notes. */
void notes_write(struct draft *draft);

#endif
