/* Watches what comes in, so that nothing is lost to the reports without a word: most of a partition
 * or file is rejected, or most addresses have no country.
 *
 * Each is said once, when it begins, with an example and the way on, and once more when it is over.
 * A partition's window lives as long as the watch, however often the partition comes and goes; the
 * memory is 1.5 KiB for each. All functions belong to the pipeline's thread. */
#ifndef KANSEN_INGEST_INTAKE_WATCH_H
#define KANSEN_INGEST_INTAKE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/event/rejection.h"
#include "ingest/geoip/geo.h"
#include "ingest/store/message.h"
#include "kansen/log.h"

/* Of the last so many messages of a partition or file, more than half are rejected; a new one is
 * judged by its first hundred, so that a wrong topic is seen at once. */
#define INTAKE_REJECTED_OF 1000
#define INTAKE_REJECTED_OF_FIRST 100

/* Of the last so many addresses that were looked up, 99 % have no country. */
#define INTAKE_UNLOCATED_OF 10000

struct intake_watch;

/* NULL when memory is short. The logger is borrowed. */
struct intake_watch *intake_watch_new(const struct logger *logger);
/* NULL is allowed. */
void intake_watch_free(struct intake_watch *watch);

/* Gives the origin of a message that is new its window: that of its partition, or an empty one for
 * a file. False: memory is short. */
bool intake_watch_begin(struct intake_watch *watch, const struct message *message);

/* An event of the message was put into a batch, or (why is not NULL) rejected. */
void intake_watch_note(struct intake_watch *watch, const struct message *message,
                       const struct rejection *why);

/* An event's address was looked up in the MaxMind DB. */
void intake_watch_note_address(struct intake_watch *watch, const struct geo *geo, bool has_country);
/* There is another MaxMind DB. */
void intake_watch_forget_addresses(struct intake_watch *watch);
/* Nothing more comes: what too few addresses came for is said now. geo may be NULL. */
void intake_watch_end(struct intake_watch *watch, const struct geo *geo);

/* An event carries no country, and there is no MaxMind DB. */
void intake_watch_note_no_geoip(struct intake_watch *watch);

#endif
