/* Text broken into lines of at most 80 columns, by the rules of its script. */
#ifndef KANSEN_REPORTS_FORMATS_TEXT_LINES_H
#define KANSEN_REPORTS_FORMATS_TEXT_LINES_H

#include <stdbool.h>
#include <stdio.h>

#include "kansen/status.h"

#define TEXT_COLUMNS 80

/* The text behind a bullet, or "", its lines aligned below each other, and a line end. False when
 * memory was short. */
bool text_lines_put(FILE *out, const char *bullet, const char *language,
                    const char *text) MUST_CHECK;

#endif
