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

struct month_figures {
    month_t month;
    int64_t infections;
    int64_t detections;
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

/* How far one consumer group had read one topic when the figures were taken. */
struct offset_figures {
    char *topic;
    char *group;
    int64_t partitions;
    int64_t offsets;    /* sum of the partitions' next offsets */
    char *next_offsets; /* "0:120 1:98": partition and its next offset, in order */
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
    bool geoip_unnoted; /* some were stored by a version that did not note which was asked */
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
    struct other_figures other;

    struct offset_figures *offsets; /* none when events came from files only */
    size_t offset_count;
};

/* Frees the figures and all they own; NULL is allowed. */
void figures_free(struct figures *figures);

/* The name in a language, NULL when there is none. Letters of languages may be of any case. */
const char *figures_name(const struct figures *figures, const char *language);

#endif
