/* The HTML report with hostile names, read by an HTML5 parser: the same elements and attributes as
 * with harmless names, and text that is the names. */
#include <stdlib.h>

#include "check.h"
#include "html_compare.h"

/* In title, heading and notes. */
#define NAMES_MIN 4

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct report_input input;

    report_input_read(data, size, &input);

    char *hostile = report_input_hostile(&input, write_html);
    const char *harmless = report_input_harmless(&input, write_html);

    report_input_check_shown(hostile);

    size_t names = html_compare(&input, hostile, harmless, HTML_WHOLE);

    CHECK(names >= NAMES_MIN, "only %zu names in the report", names);
    free(hostile);
    report_input_clear(&input);
    return 0;
}
