/* A worker that is watched: what it counts, how far its partitions are, whether it is well.
 *
 * Passed down to whoever has something to tell; NULL stands for nobody who watches. */
#ifndef KANSEN_WATCH_WATCH_H
#define KANSEN_WATCH_WATCH_H

#include <stddef.h>
#include <stdint.h>

#include "watch/health.h"
#include "watch/metrics.h"
#include "watch/partition_board.h"

/* What stays as it is while the worker runs: a name and a value, of `kansen_build_info` or
 * `kansen_worker_info`. All text is borrowed. */
struct watch_label {
    const char *name;
    const char *value;
};

struct watch_settings {
    const char *topic;                      /* of the partitions */
    const char *(*reason_at)(size_t index); /* of rejections; NULL behind the last one */
    const struct watch_label *build;        /* each ends with a NULL name */
    const struct watch_label *worker;
};

struct watch {
    struct watch_settings settings;
    struct metrics metrics;
    struct health health;
    struct partition_board partitions;
    int64_t started_us; /* since 1970 */
};

void watch_init(struct watch *watch, const struct watch_settings *settings);
/* Nobody may tell or ask any more. */
void watch_clear(struct watch *watch);

static inline struct metrics *watch_metrics(struct watch *watch)
{
    return watch == NULL ? NULL : &watch->metrics;
}

static inline struct health *watch_health(struct watch *watch)
{
    return watch == NULL ? NULL : &watch->health;
}

#endif
