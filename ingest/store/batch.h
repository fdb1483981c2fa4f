/* What is stored in one transaction: rows, rejected messages, and how far each partition was read.
 *
 * A batch owns memory of fixed size, taken once and reused after each commit; every bound below is
 * there so that memory follows configuration and not traffic. Events that repeat within a batch
 * are dropped when it is stored (repeats.h). */
#ifndef KANSEN_INGEST_STORE_BATCH_H
#define KANSEN_INGEST_STORE_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/event/rejection.h"
#include "ingest/store/message.h"
#include "ingest/store/string_set.h"
#include "kansen/event.h"
#include "kansen/status.h"

/* Enough rows that the round trips of a transaction (about ten) and its wait for the disk are lost
 * among them. */
#define BATCH_ROWS 32768

/* Bytes of the messages themselves, kept until the commit so that a row which PostgreSQL refuses
 * can be kept whole as a dead letter. Holds as many messages of 512 bytes. */
#define BATCH_BYTES (16 * 1024 * 1024)

/* Distinct names, products, actions, operating systems and segments: a third of a batch of each. */
#define BATCH_DICTIONARY_ENTRIES 10000
#define BATCH_DICTIONARY_BYTES (2 * 1024 * 1024)

/* Partitions that one worker reads; Kafka's own practical limit per broker is lower. */
#define BATCH_PARTITIONS 4096

/* MaxMind DBs that the countries of one batch were looked up in: the file changes seldom. */
#define BATCH_GEOIP_BUILDS 6

/* Where the country of a row comes from: from BATCH_COUNTRY_LOOKED_UP on the number of one of the
 * batch's MaxMind DBs is added. */
enum {
    BATCH_COUNTRY_OWN,
    BATCH_COUNTRY_NOT_LOOKED_UP,
    BATCH_COUNTRY_LOOKED_UP,
    BATCH_COUNTRY_ORIGINS = BATCH_COUNTRY_LOOKED_UP + BATCH_GEOIP_BUILDS,
};

struct batch_row {
    int64_t time_us;
    uint8_t device[16];
    uint8_t id[16];
    uint32_t name; /* numbers in the batch's tables; STRING_SET_NONE when absent: of heartbeats */
    uint32_t product;
    uint32_t action;
    uint32_t os;
    uint32_t segment;
    char country[COUNTRY_SIZE];
    uint8_t country_origin; /* BATCH_COUNTRY_… */
    uint8_t address_family;
    uint8_t address[16];
    uint8_t sha256[32];
    uint8_t has_sha256;
};

static inline bool batch_is_heartbeat(const struct batch_row *row)
{
    return row->name == STRING_SET_NONE;
}

/* Fetches a row that is going to be read, to be called a few rows ahead where they are read in
 * another order than they lie in. */
static inline void batch_prefetch_row(const struct batch_row *row)
{
    __builtin_prefetch(row);
    __builtin_prefetch(&row->sha256);
}

struct batch_dead_letter {
    struct message message; /* key and value in the batch's memory */
    enum reject_reason reason;
    const char *detail; /* in the batch's memory */
};

/* A dead letter whose event is accepted now. */
struct batch_replayed {
    int64_t dead_letter_id;
    uint32_t row; /* its event; several dead letters can hold the same one */
};

/* How far the batch reads one partition. */
struct batch_progress {
    struct origin *origin;
    int64_t next_offset; /* behind the last message, or behind the end when nothing else is there */
    int64_t last_offset; /* of the last message; -1 when the batch holds none of this partition */
    uint8_t fingerprint[FINGERPRINT_SIZE]; /* of that message */
    /* Up to when it has been read then, and the newest event time, in microseconds since 1970; 0:
     * nothing new is known. */
    int64_t read_until_us;
    int64_t newest_event_us;
    int64_t end_offset;         /* of the partition as far as is known, next_offset or behind it */
    char place[ROW_PLACE_SIZE]; /* where its row lies once the batch is committed */
};

struct batch {
    struct batch_row *rows;
    struct message *messages; /* of each row, apart from what is read of every row again */
    uint32_t row_count;
    struct batch_dead_letter *dead_letters;
    uint32_t dead_letter_count;
    struct batch_replayed *replayed;
    uint32_t replayed_count;
    uint32_t *stands_for; /* of each row, while repeats are dropped: the row that stands */
    struct batch_progress *progress;
    uint32_t progress_count;
    uint32_t
        *progress_at; /* by an origin's place_in_source: its number in progress, from 1; 0: none */
    struct string_set names;
    struct string_set products; /* vendor, product, version, each ended by a NUL */
    struct string_set actions;
    struct string_set systems;
    struct string_set segments;
    char *bytes;
    size_t bytes_used;
    size_t bytes_size;      /* BATCH_BYTES, more only while a single message is larger than that */
    uint64_t repeated;      /* rows dropped because their event is in the batch already */
    uint64_t conflicting;   /* of those, the ones that differ in something else */
    uint64_t addresses;     /* looked up in the MaxMind DB, of events without a country */
    uint64_t unlocated;     /* of those, the ones without a country there, too */
    uint64_t bad_addresses; /* that count as absent beside their event's country */
    struct geoip_build geoip_builds[BATCH_GEOIP_BUILDS];
    uint32_t geoip_build_count;
};

/* STATUS_FATAL when memory is short. The caller frees with batch_free. */
enum status batch_new(struct batch **out, struct error *error) MUST_CHECK;
/* NULL is allowed. */
void batch_free(struct batch *batch);
void batch_reset(struct batch *batch);
bool batch_is_empty(const struct batch *batch);

/* Adds an event and its message, of which nothing but its number is kept when it is a dead letter:
 * that is in the database. False: the batch is full, store it first; nothing was added. */
bool batch_add_event(struct batch *batch, const struct event *event, const struct message *message);
/* Adds a rejected message, whole. False as above. */
bool batch_add_dead_letter(struct batch *batch, const struct rejection *why,
                           const struct message *message);

/* The elements of one message are added all or none. Where the batch stood before them, and what
 * they share: key and headers, kept once in the batch's memory. */
struct batch_elements {
    struct message whole;
    size_t copies_left; /* bytes of key and headers that may stand beside elements */
    bool has_dead_letter;
    uint32_t row_count;
    uint32_t dead_letter_count;
    uint32_t replayed_count;
    size_t bytes_used;
    uint64_t bad_addresses;
    uint64_t addresses;
    uint64_t unlocated;
    uint32_t names;
    uint32_t products;
    uint32_t actions;
    uint32_t systems;
    uint32_t segments;
};

/* Makes room for `count` events of a message whose headers have been read. An empty batch always
 * has it when memory is not short. False: store the batch first; nothing was added. */
bool batch_begin_elements(struct batch *batch, const struct message *message, uint32_t count,
                          struct batch_elements *out);
/* The message of an element, from 1, for batch_add_event or batch_add_dead_letter (rejected). Key
 * and headers of the whole stand beside it until as much was copied as a message may be long, and
 * beside the first dead letter in any case: what is kept of a message grows with its length, never
 * with its square. */
struct message batch_element(struct batch_elements *elements, uint32_t number, struct slice value,
                             bool rejected);
/* Takes back what was added since batch_begin_elements, when not all of it fits. */
void batch_undo_elements(struct batch *batch, const struct batch_elements *elements);

/* The progress entry of a partition, whose next_offset the caller sets; made when the batch has
 * none yet. Its place_in_source is below BATCH_PARTITIONS and no other's. */
struct batch_progress *batch_progress_of(struct batch *batch, struct origin *origin);

/* Turns a row that PostgreSQL refused into a dead letter; the rows behind it move up by one. Other
 * dead letters that hold the same event are left for the next replay. */
void batch_reject_row(struct batch *batch, uint32_t row, const char *why);

/* The same of all rows of which `is_rejected` says so, for one reason; how many. `why` NULL: they
 * are repeats, and nothing is kept of them. */
typedef bool batch_is_rejected(void *context, const struct batch *batch,
                               const struct batch_row *row);
uint32_t batch_reject_rows(struct batch *batch, batch_is_rejected *is_rejected, void *context,
                           enum reject_reason reason, const char *why);

#endif
