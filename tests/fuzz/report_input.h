/* Bytes -> the figures of a report whose names are hostile, and a second report that is the same
 * but for harmless names.
 *
 * Every harmless name is a word of its own that stands nowhere else. What a writer makes of the
 * hostile report must therefore be what it makes of the harmless one, with each of these words
 * replaced by the hostile name as the format shows it, and with the same structure around it: a
 * name that becomes markup, or ends a field, shows as a difference. */
#ifndef KANSEN_TESTS_FUZZ_REPORT_INPUT_H
#define KANSEN_TESTS_FUZZ_REPORT_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/formats/writers.h"
#include "reports/languages/language.h"
#include "reports/sections/document.h"

enum report_name {
    REPORT_THREAT,
    REPORT_NAME_EN,
    REPORT_NAME_JA,
    REPORT_TIMEZONE,
    REPORT_TOPIC,
    REPORT_GROUP,
    REPORT_PATTERN_1,
    REPORT_PATTERN_2,
    REPORT_NAMES
};

/* How a format shows a name. */
enum report_shown {
    REPORT_RAW,     /* for programs: bytes that are no UTF-8 are U+FFFD */
    REPORT_ESCAPED, /* for people: besides, characters that nobody sees are \u{…} */
    REPORT_SHOWN
};

/* One report and what it was made from. */
struct report_side {
    struct figures *figures;
    struct document *document;
};

struct report_input {
    const struct language *language; /* kept for the next input */
    char *names[REPORT_NAMES];       /* hostile ones, any bytes but NUL, one at least */
    char *shown[REPORT_SHOWN][REPORT_NAMES];
    struct report_side hostile;
    struct report_side harmless; /* kept: most inputs differ from the one before in names alone */
    unsigned long generation;    /* of the harmless report: another number is another report */
    unsigned choice;             /* left to the target */
};

/* The input is a head of REPORT_HEAD bytes, which numbers are drawn from, and the names, each ended
 * by NUL. Short inputs are filled up. */
#define REPORT_HEAD 8

void report_input_read(const unsigned char *data, size_t size, struct report_input *out);
void report_input_clear(struct report_input *input);

typedef bool report_write(FILE *out, const struct report *report);

/* What the writer makes of the hostile report; the caller frees it. */
char *report_input_hostile(const struct report_input *input, report_write *write);

/* What it makes of the harmless one: borrowed until report_input_read. */
const char *report_input_harmless(const struct report_input *input, report_write *write);

/* Whether `hostile` is what `harmless`, a text out of the other report, must be with the names in
 * their places. Adds the number of names to *names. */
bool report_input_matches(const struct report_input *input, const char *hostile,
                          const char *harmless, enum report_shown shown, size_t *names);

/* The same as a text to be compared loosely; the caller frees it. */
char *report_input_expected(const struct report_input *input, const char *harmless,
                            enum report_shown shown);

/* How many names stand in a text out of the harmless report. */
size_t report_input_count_names(const char *harmless);

/* Ends the program when text for people holds a control character other than a newline, or one that
 * changes the direction of text, or what is no UTF-8. */
void report_input_check_shown(const char *text);

#endif
