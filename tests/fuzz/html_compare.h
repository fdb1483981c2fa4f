/* Two HTML documents, one with hostile names and one with harmless ones, node by node. */
#ifndef KANSEN_TESTS_FUZZ_HTML_COMPARE_H
#define KANSEN_TESTS_FUZZ_HTML_COMPARE_H

#include "report_input.h"

/* How names may stand in text. */
enum html_names {
    HTML_WHOLE,
    HTML_CUT /* a long one may lack its end; only elements and attributes are compared */
};

/* Ends the program where they differ in more than the names; returns how many names there were. */
size_t html_compare(const struct report_input *input, const char *hostile, const char *harmless,
                    enum html_names kind);

#endif
