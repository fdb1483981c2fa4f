/* What the figures of an edition have beside those of a report: its number, when it was published,
 * and what changed since the edition that it replaces.
 *
 * A change is the difference of two vectors of counts by cause (report.count_causes), so that the
 * figures of its causes add up to it. */
#ifndef KANSEN_STATS_EDITION_FIGURES_H
#define KANSEN_STATS_EDITION_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/dimension.h"
#include "kansen/month.h"

/* Why a count is what it is. */
enum cause {
    CAUSE_ARRIVED,   /* events that came, by Kafka or in files */
    CAUSE_RELOCATED, /* `db relocate` looked countries up again */
    CAUSE_REPLAYED,  /* dead letters were replayed */
    CAUSE_REDEFINED, /* `threat set` changed the patterns */
    CAUSES
};

/* "arrived", "relocated", "replayed", "redefined": those of the database; static. */
const char *cause_name(enum cause cause);

/* Changed values of a dimension that are listed one by one, the largest changes; the others are
 * summed up. A page that lists more is read by nobody, and `kansen editions diff` has them all. */
#define CHANGE_LINES_MAX 50

/* How one count changed: before + the sum of causes = now. */
struct change_figures {
    month_t month;
    char *value; /* NULL: all values of the month */
    int64_t before;
    int64_t now;
    int64_t causes[CAUSES];
    int64_t detections_before;
    int64_t detections_now;
};

/* Of one dimension that the report shows. */
struct dimension_changes {
    enum dimension dimension;
    struct change_figures *lines; /* by month, the largest first, then by value */
    size_t line_count;
    size_t others; /* changed values beyond CHANGE_LINES_MAX, or too small to be shown */
    int64_t others_causes[CAUSES];
};

/* Why an edition was made in place of another, and what is different. */
struct restatement_figures {
    int32_t replaces;         /* its number */
    char *replaces_published; /* as edition_figures.published */
    bool replaces_withdrawn;
    int64_t total_before;          /* of the report; -1: it counted by another rule */
    char *patterns_before;         /* joined by ", "; NULL: the same as now */
    bool was_provisional;          /* and this one is not */
    bool names_changed;            /* those that reports call the threat by */
    bool geoip_changed;            /* which MaxMind DBs were asked */
    bool options_changed;          /* what was asked for: dimensions, top, unique … */
    struct change_figures *months; /* those that changed, in order */
    size_t month_count;
    struct dimension_changes *dimensions;
    size_t dimension_count;
};

struct edition_figures {
    int32_t number;
    char *published;                         /* "2013-12-05 10:15" in the report time zone */
    char *published_utc;                     /* "2013-12-05T10:15:07Z" */
    int64_t published_s;                     /* the same in seconds since 1970 */
    bool provisional;                        /* published though not every month was complete */
    struct restatement_figures *restatement; /* NULL: it replaces none */
};

/* The newest edition of a window, for a report that is none. */
struct published_figures {
    int32_t number;  /* 0: there is none */
    char *published; /* as above */
    char *published_utc;
    bool withdrawn;
};

/* Frees it and all it owns; NULL is allowed. */
void edition_figures_free(struct edition_figures *edition);

#endif
