/* Every label and sentence of a report, and what its translations are given to print.
 *
 * The words themselves stand in reports/languages/, one file a language, as ICU's MessageFormat;
 * reports/sections/section_findings says when each finding is true. */
#ifndef KANSEN_REPORTS_LANGUAGES_MESSAGES_H
#define KANSEN_REPORTS_LANGUAGES_MESSAGES_H

#include <stddef.h>
#include <stdint.h>

enum message {
    /* labels */
    MESSAGE_TITLE,
    MESSAGE_WINDOW,
    MESSAGE_SUBTITLE,
    MESSAGE_SKIP,
    MESSAGE_CONTENTS,
    MESSAGE_FINDINGS,
    MESSAGE_MONTHS,
    MESSAGE_COUNTRIES,
    MESSAGE_NOTES,
    MESSAGE_TABLE_MONTHS,
    MESSAGE_TABLE_SHARES,
    MESSAGE_TABLE_SHARES_UNIQUE,
    MESSAGE_CHART_MONTHS,
    MESSAGE_CHART_SHARES,
    MESSAGE_CHART_SHARES_UNIQUE,
    MESSAGE_MONTH,
    MESSAGE_INFECTIONS,
    MESSAGE_MACHINES,
    MESSAGE_DETECTIONS,
    MESSAGE_RANK,
    MESSAGE_COUNTRY,
    MESSAGE_SHARE,
    MESSAGE_TOTAL,
    MESSAGE_SUM_OF_MONTHS,
    MESSAGE_DISTINCT_MACHINES,
    MESSAGE_OTHER,
    MESSAGE_UNKNOWN,
    MESSAGE_NO_DATA,
    MESSAGE_TABLE_NUMBERED,
    MESSAGE_FIGURE_NUMBERED,

    /* labels of dimensions and of what was before */
    MESSAGE_COMPARISON,
    MESSAGE_BY_DIMENSION,
    MESSAGE_BY_DIMENSION_AND_MONTH,
    MESSAGE_CHANGES_BY_DIMENSION,
    MESSAGE_TABLE_COMPARISON,
    MESSAGE_TABLE_DIMENSION,
    MESSAGE_TABLE_DIMENSION_AND_MONTH,
    MESSAGE_TABLE_CHANGES,
    MESSAGE_VALUE,
    MESSAGE_BEYOND,
    MESSAGE_PERIOD,
    MESSAGE_QUARTER_AND_YEAR,
    MESSAGE_YEAR,
    MESSAGE_NOW,
    MESSAGE_BEFORE,
    MESSAGE_CHANGE_SINCE,
    MESSAGE_CHANGE_PERCENT,
    MESSAGE_POINTS,
    MESSAGE_RANK_BEFORE,
    MESSAGE_PER_MACHINE,
    MESSAGE_IS_NEW,
    MESSAGE_IS_GONE,
    MESSAGE_NOT_SHOWN,

    /* parts of sentences and charts */
    MESSAGE_PERCENT,
    MESSAGE_COUNTRY_AT,
    MESSAGE_CHANGE,
    MESSAGE_SENTENCES,
    MESSAGE_MARKED,
    MESSAGE_MARK_EXPLAINED,

    /* charts */
    MESSAGE_ALT,
    MESSAGE_ALT_BETWEEN,
    MESSAGE_ALT_OF,
    MESSAGE_QUARTER,
    MESSAGE_QUARTER_OF_YEAR,
    MESSAGE_BY_QUARTER,
    MESSAGE_BY_YEAR,
    MESSAGE_YEAR_BEFORE,
    MESSAGE_CHART_FIRST,
    MESSAGE_CHART_STACKS,
    MESSAGE_CHART_MAP,
    MESSAGE_CHART_MAP_UNIQUE,
    MESSAGE_CHART_RATES,
    MESSAGE_CHART_CHANGES,
    MESSAGE_CHART_COMPARED,
    MESSAGE_CHART_OPEN,
    MESSAGE_STEP_BELOW,
    MESSAGE_STEP_BETWEEN,
    MESSAGE_STEP_FROM,
    MESSAGE_STEP_NONE,
    MESSAGE_REST_OF_LINES,
    MESSAGE_GAINED,
    MESSAGE_LOST,

    /* findings */
    MESSAGE_TOTAL_NONE,
    MESSAGE_TOTAL_SUM,
    MESSAGE_TOTAL_OF_MONTH,
    MESSAGE_TOTAL_UNIQUE,
    MESSAGE_TOTAL_NO_DATA,
    MESSAGE_NO_DATA_BEFORE,
    MESSAGE_PROVISIONAL,
    MESSAGE_COMPARED,
    MESSAGE_COMPARED_SAME,
    MESSAGE_RECORD,
    MESSAGE_STREAK,
    MESSAGE_PEAK_AND_LOW,
    MESSAGE_PEAK,
    MESSAGE_PEAK_SHARED,
    MESSAGE_LOW,
    MESSAGE_LOW_SHARED,
    MESSAGE_EVERY_MONTH,
    MESSAGE_CHANGED,
    MESSAGE_STAYED,
    MESSAGE_ALL_UNKNOWN,
    MESSAGE_ONLY_COUNTRY,
    MESSAGE_ONLY_KNOWN,
    MESSAGE_LEADERS,
    MESSAGE_LEADERS_EQUAL,
    MESSAGE_REST_NONE,
    MESSAGE_REST_EXCEPT,
    MESSAGE_REST_MANY,
    MESSAGE_REST_HIGHEST,
    MESSAGE_FIRST_SEEN,
    MESSAGE_FIRST_SEEN_MANY,
    MESSAGE_GONE,
    MESSAGE_MOVER,
    MESSAGE_RATE,
    MESSAGE_RATE_HIGHEST,
    MESSAGE_DIMENSION_LEADER,

    /* headline and summary */
    MESSAGE_HEADLINE,
    MESSAGE_HEADLINE_CHANGED,
    MESSAGE_HEADLINE_NONE,
    MESSAGE_HEADLINE_NO_DATA,
    MESSAGE_HEADLINE_PROVISIONAL,
    MESSAGE_SUBJECT,
    MESSAGE_SUMMARY_TOTAL,
    MESSAGE_SUMMARY_COURSE,
    MESSAGE_SUMMARY_LEADERS,

    /* notes */
    MESSAGE_NOTE_THREAT,
    MESSAGE_NOTE_WINDOW,
    MESSAGE_NOTE_COMPLETE,
    MESSAGE_NOTE_COMPLETE_FILES,
    MESSAGE_NOTE_ONGOING,
    MESSAGE_NOTE_LAGGING,
    MESSAGE_NOTE_LAG,
    MESSAGE_NOTE_LAG_UNKNOWN,
    MESSAGE_NOTE_LAG_MORE,
    MESSAGE_NOTE_NO_DATA,
    MESSAGE_NOTE_NO_DATA_AT_ALL,
    MESSAGE_NOTE_SUM,
    MESSAGE_NOTE_UNIQUE,
    MESSAGE_NOTE_ROUNDING,
    MESSAGE_NOTE_NO_SHARES,
    MESSAGE_NOTE_TIE,
    MESSAGE_NOTE_OTHER,
    MESSAGE_NOTE_GEOIP,
    MESSAGE_NOTE_GEOIP_MANY,
    MESSAGE_NOTE_GEOIP_NONE,
    MESSAGE_NOTE_GEOIP_UNKNOWN,
    MESSAGE_NOTE_GEOIP_UNNOTED,
    MESSAGE_NOTE_GEOIP_NOT_ASKED,
    MESSAGE_NOTE_LEFT_OUT,
    MESSAGE_NOTE_SUPPRESSED,
    MESSAGE_NOTE_DIMENSION,
    MESSAGE_NOTE_OTHER_VALUES,
    MESSAGE_NOTE_BEYOND,
    MESSAGE_NOTE_TIE_VALUES,
    MESSAGE_NOTE_SUPPRESSED_VALUES,
    MESSAGE_NOTE_PARTIAL,
    MESSAGE_NOTE_COMPARED,
    MESSAGE_NOTE_VERSION,
    MESSAGE_COUNT
};

/* How a translation may use what stands in braces. */
enum parameter_kind {
    PARAMETER_TEXT,     /* prints it */
    PARAMETER_HINT,     /* may print it */
    PARAMETER_NUMBER,   /* prints it; may choose words by it, with plural */
    PARAMETER_QUANTITY, /* may print it; may choose words by it */
    PARAMETER_CHOICE    /* may choose words by it, with select; never prints it */
};

#define MESSAGE_PARAMETERS_MAX 8

struct message_parameter {
    const char *name; /* NULL behind the last */
    enum parameter_kind kind;
};

struct message_spec {
    const char *key; /* in the files of the languages */
    struct message_parameter parameters[MESSAGE_PARAMETERS_MAX];
};

extern const struct message_spec message_specs[MESSAGE_COUNT];

/* What is said in place of one parameter: text as it is printed (or the word that select chooses
 * by), and for a number the count itself, that plural chooses by. */
struct message_argument {
    const char *name; /* NULL behind the last */
    const char *text;
    int64_t count;
};

/* The arguments of one message, for a call. */
#define MESSAGE_ARGUMENTS(...) ((const struct message_argument[]){__VA_ARGS__, {.name = NULL}})
#define MESSAGE_NO_ARGUMENTS ((const struct message_argument[]){{.name = NULL}})

/* Index of a parameter by its name, of `length` bytes; -1: the message has none of that name. */
int message_find_parameter(const struct message_spec *spec, const char *name, size_t length);

#endif
