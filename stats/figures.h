/* The figures of one report: plain integers, ready to be printed.
 *
 * stats/load reads the counts, stats/monthly and stats/shares turn them into figures, reports/
 * prints them. A share is a whole number of hundredths of a percent: 2402 is 24.02 %. A difference
 * of two shares is one of hundredths of a percentage point, and has a sign.
 *
 * "Known" values of a dimension are those that can be ranked: not the unknown one (country ZZ, else
 * ""), nor the one beyond the bound (" "). */
#ifndef KANSEN_STATS_FIGURES_H
#define KANSEN_STATS_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/dimension.h"
#include "kansen/event.h"
#include "kansen/month.h"
#include "stats/edition_figures.h"

/* ISO 3166-1 has 249 codes and MaxMind adds XK: more lines of countries can't be ranked. Of other
 * dimensions, no more are kept. */
#define FIGURES_TOP_MAX 250

/* Ten years: what one chart can show month by month. */
#define FIGURES_MONTHS_MAX 120

/* A century: how far records go back. */
#define FIGURES_HISTORY_MAX 1200

#define SHARE_WHOLE 10000

/* What can be said of a month. Only complete months are compared with each other. */
enum month_state {
    MONTH_COMPLETE,    /* over, and every Kafka partition has been read beyond its end */
    MONTH_PROVISIONAL, /* not over, or a partition is not there yet: the counts may grow */
    MONTH_NO_DATA,     /* before the first event that is stored, or without Kafka a month of which
                        * none is: 0 means nothing */
    MONTH_STATES
};

/* "complete", "provisional", "no-data"; static. */
const char *month_state_name(enum month_state state);

struct month_figures {
    month_t month;
    int64_t infections;
    int64_t detections;
    enum month_state state;
    int64_t active;          /* machines that sent a heartbeat; -1: no heartbeats are known of it */
    int64_t covered;         /* infected machines that did; 0 unless active is known, -1: dropped */
    bool active_provisional; /* more heartbeats may come of it */
};

/* What the window is compared with. Complete periods only, on both sides. */
enum base {
    BASE_PREVIOUS_MONTH,  /* the last complete month of the window, with the month before it */
    BASE_PREVIOUS_WINDOW, /* the window, with as many months right before it; not of one month */
    BASE_YEAR_AGO,        /* the window, with the same months a year earlier */
    BASES
};

/* "previous-month", "previous-window", "year-ago"; static. */
const char *base_name(enum base base);

/* Both sides of one comparison. Counted as the report counts: a machine once a month, or once in
 * the period when the report is unique. */
struct comparison_figures {
    bool known; /* false: a side is not complete or not stored, and nothing below means anything */
    month_t now_from; /* of the window */
    month_t now_to;
    month_t from; /* of the base */
    month_t to;
    int64_t now;
    int64_t before;
    int64_t now_cumulative; /* a machine once a month: the same unless the report is unique */
    int64_t before_cumulative;
    int64_t now_detections;
    int64_t before_detections;
};

/* How one value stood on both sides of a comparison. With a minimum size (suppress_below), a side
 * that must not be seen makes `shown` false. */
struct against_figures {
    bool shown;  /* false: too small, or the comparison is not known; nothing below is to be printed
                  */
    int64_t now; /* as comparison_figures counts; 0: it was not there */
    int64_t before;
    int32_t now_share; /* as that period's own report prints it, else rounded to the nearest */
    int32_t before_share;
    int32_t now_rank; /* from 1, equal counts by value; 0: it was not there */
    int32_t before_rank;
};

/* One value of a dimension. */
struct line_figures {
    char *value;        /* a country's code; else the events' own text, as it came */
    int64_t infections; /* > 0 */
    int32_t share;      /* 0 for lines that are not ranked */
    int64_t cumulative; /* sum over `months`; differs from infections only when unique */
    int64_t detections; /* in the window: those with this value, whatever their machine counts as */
    int64_t *months;    /* infections of each month of the window; NULL: not loaded */
    bool months_shown;  /* false: one of them is below suppress_below */
    month_t first_seen; /* month of its first infection in all that is stored; -1: not loaded */
    bool is_new;        /* first seen in the window, after complete months without it */
    struct against_figures against[BASES];

    /* Rates; filled when figures->rates.known. */
    int64_t active;    /* sum over the window's months of active machines; -1: not known */
    int64_t *actives;  /* of each month of the window; NULL: not loaded */
    int64_t rate;      /* hundredths of an infection per 1,000 active machines; -1: not ranked */
    int32_t rate_rank; /* from 1; 0: it has none */
};

/* All that the ranked lines leave out. */
struct other_figures {
    int64_t infections;
    int32_t share;
    size_t values;         /* known values in it, those that are suppressed included */
    int64_t unknown;       /* infections in it whose value is unknown */
    int32_t unknown_share; /* rounded to the nearest; never more than share */
    int64_t beyond;        /* infections in it of values beyond the bound of a month */
    int32_t beyond_share;  /* rounded to the nearest; never more than share */
    size_t suppressed;     /* values in it that are smaller than suppress_below, or went with them
                            * lest they be worked out; they are in no list */
};

/* Values that have as many infections as the last one that is ranked, when some are not. */
struct tie_figures {
    size_t values; /* 0: the ranking ends between different counts, or with the last value */
    size_t listed; /* those of them that are ranked, the first by value */
};

/* A value that is ranked on the side before and not on the side of now. */
struct left_figures {
    char *value;
    struct against_figures against; /* shown; now 0: it is gone altogether */
};

/* Infections by the values of one dimension. */
struct dimension_figures {
    enum dimension dimension;
    bool asked;                 /* by --by */
    struct line_figures *lines; /* known ones, by infections, then by value in C order */
    size_t line_count; /* those kept: FIGURES_TOP_MAX at most, so every country; none that is
                          suppressed */
    size_t ranked;     /* the first of them that are printed */
    struct tie_figures tie;
    struct other_figures other;
    int64_t total;         /* of all, other included: figures->total */
    int64_t *other_months; /* of each month, what is not in lines shown by month; or NULL */
    /* Lines with a now_rank up to that are listed by a comparison, in that order; those with a
     * share of their own when they are looked at without the other months of the window. */
    int64_t listed[BASES];
    struct left_figures *left[BASES]; /* by rank in the base */
    size_t left_count[BASES];
};

/* The months that lead up to the last complete one of the window, all of them complete and without
 * a gap: what may be said of records and of months that rose in a row. */
struct trend_figures {
    month_t month; /* the last complete month of the window; -1: there is none, and nothing else
                      here means anything */
    month_t since; /* the first month of the run that ends with it */
    bool whole;    /* nothing is stored before the run: records hold of all that was counted */
    int64_t infections;
    month_t as_high; /* the last month before it with as many or more; -1: none in the run */
    month_t as_low;  /* the last month before it with as many or fewer; -1: none in the run */
    int32_t rises;   /* months in a row, it included, each with more than the one before */
    int32_t falls;   /* likewise, with fewer; one of the two is 0 */
};

/* Infections per 1,000 active machines. */
struct rate_figures {
    bool known;      /* heartbeats are stored of every month of the window that has data */
    int64_t active;  /* sum over these months */
    int64_t covered; /* likewise */
    int64_t rate;    /* hundredths of an infection per 1,000 active machines */
    int64_t minimum; /* values with fewer active machines a month are not ranked by rate */
};

/* A Kafka partition that has not been read far enough. */
struct lag_figures {
    char *cluster;
    char *topic;
    int64_t partition;
    char *read_until;     /* "2013-11-28 09:15" in the report time zone; NULL: not known */
    char *read_until_utc; /* "2013-11-28T09:15:00Z"; NULL likewise */
    int64_t days_short;   /* whole days up to the end of `judged` */
};

/* Whether everything was read that belongs to the window. */
struct completeness_figures {
    bool from_kafka;     /* partitions decide; else a month is complete when it is over */
    month_t judged;      /* the last month of the window that is over; -1: none is */
    month_t first_month; /* of the first event that is stored, whenever it was; -1: none is */
    char *first_day;     /* of that event, "2013-09-15" in the report time zone; NULL: not known */
    struct lag_figures *lags; /* of partitions not read beyond the end of `judged` */
    size_t lag_count;
};

/* How far one consumer group had read one topic when the figures were taken. */
struct offset_figures {
    char *topic;
    char *group;
    int64_t partitions;
    int64_t offsets;    /* sum of the partitions' next offsets */
    char *next_offsets; /* "0:120 1:98": partition and its next offset, in order */
    char *read_until;   /* of the partition that is least far, in UTC; NULL: not known */
};

/* What a threat is called in reports of one language. */
struct name_figures {
    char *language; /* "en", "pt-BR" */
    char *name;
};

struct figures {
    char *threat;               /* as commands know it */
    struct name_figures *names; /* in order of language */
    size_t name_count;
    char **patterns;
    size_t pattern_count;

    char *timezone;
    char **
        geoip_builds; /* "YYYY-MM-DD" of the MaxMind DBs asked for events of the window, in order */
    size_t geoip_build_count;
    bool geoip_unnoted;   /* some were stored by a version that did not note which was asked */
    bool geoip_not_asked; /* some had an address and no country, and there was no MaxMind DB */
    month_t from;
    month_t to;
    bool ongoing; /* the window reaches into a month that is not over */
    bool unique;  /* total counts a device once in the window, not once a month */

    struct month_figures *months; /* every month of the window, in order; zeros where nothing was */
    size_t month_count;
    int64_t months_infections; /* sum over the months */
    int64_t months_detections;

    int64_t total;    /* months_infections unless unique */
    int64_t machines; /* different ones in the window; -1: not counted, as it is for a sum of months
                         longer than one */

    /* Countries come first, always; then what --by adds, in the order of the enum. */
    struct dimension_figures *dimensions;
    size_t dimension_count;

    int64_t suppress_below; /* what a line, a share or a change needs to be shown; 0: nothing */

    struct comparison_figures comparisons[BASES];

    /* Every month from the first that is stored to the window's last, in order; FIGURES_HISTORY_MAX
     * at most, the latest. */
    struct month_figures *history;
    size_t history_count;
    struct trend_figures trend;
    struct rate_figures rates;

    struct completeness_figures completeness;
    struct offset_figures *offsets; /* none when events came from files only */
    size_t offset_count;

    struct edition_figures *edition;    /* NULL: these are not the figures of an edition */
    struct published_figures published; /* of the same window, when they are not */
};

/* Frees the figures and all they own; NULL is allowed. */
void figures_free(struct figures *figures);

/* The figures of countries. */
const struct dimension_figures *figures_countries(const struct figures *figures);

/* Those of a dimension; NULL when they were not asked for. */
const struct dimension_figures *figures_dimension(const struct figures *figures,
                                                  enum dimension dimension);

/* A month of the window or of the history; NULL when it is in neither. */
const struct month_figures *figures_month(const struct figures *figures, month_t month);

/* Detections per infected machine in hundredths, rounded to the nearest; infections > 0. */
int64_t figures_per_machine(int64_t detections, int64_t infections);

/* Free what they own, and zero it. */
void line_figures_clear(struct line_figures *line);
void dimension_figures_clear(struct dimension_figures *dimension);

/* How many months of the window are in this state. */
size_t figures_months_of(const struct figures *figures, enum month_state state);

/* Is nothing known of any month of the window? Then its zeros mean nothing. */
bool figures_know_nothing(const struct figures *figures);

/* Is nothing known of a month of the window, although something is of one before it? A window may
 * begin before the first event. */
bool figures_have_gap(const struct figures *figures);

/* The day of the first event, when that is not the first one of its month, and a figure of that
 * month is in the report; else NULL. What happened before it in the month may be missing. */
const char *figures_begin_late(const struct figures *figures);

/* Is every month of the window over, every partition read beyond the last one's end, no gap in it,
 * and something known of one month at least? */
bool figures_are_complete(const struct figures *figures);

/* The first day behind the last month of the window that is over, "2013-12-01": what partitions
 * must have been read beyond. Returns text; NULL when no month is over. */
#define FIGURES_DAY_SIZE (MONTH_TEXT_SIZE + 3)
const char *figures_beyond(const struct figures *figures, char text[FIGURES_DAY_SIZE]);

/* The name in a language, NULL when there is none. Letters of languages may be of any case. */
const char *figures_name(const struct figures *figures, const char *language);

#endif
