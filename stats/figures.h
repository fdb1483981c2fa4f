/* The figures of one report: plain integers, ready to be printed.
 *
 * stats/load reads the counts, stats/monthly and stats/shares turn them into figures, reports/
 * prints them. A share is a whole number of hundredths of a percent: 2402 is 24.02 %. */
#ifndef KANSEN_STATS_FIGURES_H
#define KANSEN_STATS_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/event.h"
#include "kansen/month.h"

/* ISO 3166-1 has 249 codes and MaxMind adds XK: more lines than this can't be ranked. */
#define FIGURES_TOP_MAX 250

/* Ten years: what one chart can show month by month. */
#define FIGURES_MONTHS_MAX 120

#define SHARE_WHOLE 10000

/* What can be said of a month. Only complete months are compared with each other. */
enum month_state {
    MONTH_COMPLETE,    /* over, and every Kafka partition has been read beyond its end */
    MONTH_PROVISIONAL, /* not over, or a partition is not there yet: the counts may grow */
    MONTH_NO_DATA,     /* before the first event that is stored: 0 means nothing */
    MONTH_STATES
};

/* "complete", "provisional", "no-data"; static. */
const char *month_state_name(enum month_state state);

struct month_figures {
    month_t month;
    int64_t infections;
    int64_t detections;
    enum month_state state;
};

struct country_figures {
    char country[COUNTRY_SIZE];
    int64_t infections; /* > 0 */
    int32_t share;      /* 0 for countries that are not ranked */
};

/* All that the ranked countries leave out. */
struct other_figures {
    int64_t infections;
    int32_t share;
    size_t countries;      /* known countries in it */
    int64_t unknown;       /* infections in it whose country is unknown (ZZ) */
    int32_t unknown_share; /* rounded to the nearest; never more than share */
};

/* Countries that have as many infections as the last one that is ranked, when some are not. */
struct tie_figures {
    size_t countries; /* 0: the ranking ends between different counts, or with the last country */
    size_t listed;    /* those of them that are ranked, the first by code */
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
    bool from_kafka;          /* partitions decide; else a month is complete when it is over */
    month_t judged;           /* the last month of the window that is over; -1: none is */
    month_t first_month;      /* of the first event that is stored, whenever it was; -1: none is */
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

    int64_t total; /* of countries, "other" included; months_infections unless unique */
    struct country_figures *countries; /* all known ones, by infections, then by code */
    size_t country_count;
    size_t ranked; /* the first of them that are printed */
    struct tie_figures tie;
    struct other_figures other;

    struct completeness_figures completeness;
    struct offset_figures *offsets; /* none when events came from files only */
    size_t offset_count;
};

/* Frees the figures and all they own; NULL is allowed. */
void figures_free(struct figures *figures);

/* How many months of the window are in this state. */
size_t figures_months_of(const struct figures *figures, enum month_state state);

/* Is nothing known of any month of the window? Then its zeros mean nothing. */
bool figures_know_nothing(const struct figures *figures);

/* Is every month of the window over, every partition read beyond the last one's end, and something
 * known of one at least? */
bool figures_are_complete(const struct figures *figures);

/* The first day behind the last month of the window that is over, "2013-12-01": what partitions
 * must have been read beyond. Returns text; NULL when no month is over. */
#define FIGURES_DAY_SIZE (MONTH_TEXT_SIZE + 3)
const char *figures_beyond(const struct figures *figures, char text[FIGURES_DAY_SIZE]);

/* The name in a language, NULL when there is none. Letters of languages may be of any case. */
const char *figures_name(const struct figures *figures, const char *language);

#endif
