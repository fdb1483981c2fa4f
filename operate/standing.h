/* How kansen stands at one moment, as far as its database knows: who reads what and how far behind,
 * which months are complete, what was rejected, how much room everything takes.
 *
 * Plain facts, read in one snapshot through the views of schema report, so that a member of
 * kansen_reader may look. What is wrong about them is operate/concerns.h. Times are ISO 8601 in
 * UTC, ages and lags seconds, sizes bytes. */
#ifndef KANSEN_OPERATE_STANDING_H
#define KANSEN_OPERATE_STANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kansen/month.h"
#include "kansen/status.h"
#include "sql/db.h"

/* Of a number that nobody knows. */
#define STANDING_UNKNOWN INT64_C(-1)

struct standing_partition {
    int64_t partition;
    const char *worker; /* HOST:PID that reads it at this moment; NULL: none */
    int64_t next_offset;
    int64_t end_offset;    /* when it was last heard of, or unknown */
    int64_t behind;        /* offsets up to there, or unknown */
    const char *end_known; /* when that was; NULL: never */
    const char *read_until;
    int64_t lag; /* since read_until, or unknown */
    const char *stored;
    int64_t stored_age;
    const char *newest_event; /* NULL: none was accepted */
    int64_t tries;
};

/* What one consumer group reads of one topic. */
struct standing_topic {
    const char *cluster;
    const char *group;
    const char *topic;
    bool heartbeats;
    bool retired; /* all of its partitions */
    const struct standing_partition *partitions;
    size_t partition_count;
};

struct standing_command {
    const char *command; /* "ingest", "threat set" */
    int64_t connections;
};

struct standing_month {
    month_t month;
    bool complete;
};

struct standing_rejected {
    const char *reason;
    int64_t waiting;
    int64_t last_hour;
    int64_t last_day;
    const char *last;
};

/* Partitions of one month. */
struct standing_room {
    bool is_default; /* those of what has no partition of its month */
    month_t month;
    int64_t detection_bytes;
    int64_t infection_bytes;
    int64_t about_detections; /* or unknown */
};

/* What is still to be counted. */
struct standing_recount {
    const char *threat;
    const char *by;    /* the command that counts it */
    const char *since; /* NULL: not known */
    int64_t months;    /* or unknown */
};

struct standing_edition {
    const char *threat;
    month_t from;
    month_t to;
    int64_t number;
    const char *published;
    bool provisional;
};

/* Results of queries, whose texts everything borrows. */
#define STANDING_RESULTS 10

struct standing {
    const char *at;
    const char *database;
    const char *server; /* version of PostgreSQL */
    int64_t version;    /* of the schema */
    const char *timezone;
    int64_t bytes;
    bool standby; /* who reads is then not to be seen */
    month_t month;
    size_t hurting;          /* things that `db check` finds; see operate/check.h */
    const char *geoip_build; /* YYYY-MM-DD; NULL: nothing was looked up */
    int64_t geoip_age;

    struct standing_topic *topics;
    size_t topic_count;
    struct standing_partition *partitions; /* of all topics */
    struct standing_command *commands;
    size_t command_count;
    struct standing_month *months; /* of which anything is known, the last first */
    size_t month_count;
    struct standing_rejected *rejected; /* that waits, most of all first */
    size_t rejected_count;
    struct standing_room *rooms; /* the last month first */
    size_t room_count;
    month_t *in_default; /* months of which rows lie in the default partitions */
    size_t in_default_count;
    month_t *closed; /* months that are closed to be dropped, the first first */
    size_t closed_count;
    struct standing_recount *recounts;
    size_t recount_count;
    struct standing_edition *editions; /* the newest of each threat */
    size_t edition_count;

    struct db_result *results[STANDING_RESULTS];
};

/* Reads all but `hurting` in one snapshot of a connection that is used for nothing else. Waits a
 * few seconds for locks and a minute for an answer, then STATUS_RETRY. The caller clears *out in
 * any case. */
enum status standing_load(struct db *db, struct standing *out, struct error *error) MUST_CHECK;
void standing_clear(struct standing *standing);

/* Is a command connected at this moment? */
bool standing_is_at_work(const struct standing *standing, const char *command);

/* The last month up to which every one from the present one on has its partition; false: the
 * present one has none. */
bool standing_months_ahead(const struct standing *standing, month_t *last);

#endif
