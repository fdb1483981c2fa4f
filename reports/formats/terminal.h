/* A report at a glance, for a terminal: headline, summary, and the tables that have a chart with
 * their bars drawn in text. Lines of at most 80 columns, but for names that are longer. */
#ifndef KANSEN_REPORTS_FORMATS_TERMINAL_H
#define KANSEN_REPORTS_FORMATS_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "kansen/status.h"
#include "reports/sections/document.h"

struct terminal_style {
    bool blocks; /* the terminal's characters have block elements; else # */
    bool colour; /* it may be coloured */
};

/* False when memory was short. A failed write stays in the stream's error flag. */
bool terminal_write(FILE *out, const struct document *document,
                    struct terminal_style style) MUST_CHECK;

#endif
