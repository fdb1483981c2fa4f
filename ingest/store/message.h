/* One message as it came, and where it came from: what a batch keeps of it until the commit.
 *
 * A source (ingest/kafka, ingest/files, dead_letters/replay) fills it in; nothing here knows how a
 * source reads. */
#ifndef KANSEN_INGEST_STORE_MESSAGE_H
#define KANSEN_INGEST_STORE_MESSAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ingest/event/rejection.h"
#include "ingest/store/header_list.h"
#include "kansen/event.h"

/* What is kept of the key and of the value of a rejected message, each; of its headers it is
 * HEADER_LIST_MAX. Few brokers take larger ones, but
 * a small one may unpack to gigabytes, and PostgreSQL stores less than one. */
#define MESSAGE_KEPT_MAX ((size_t)16 * 1024 * 1024)

/* Bytes by which a stored message is recognised: a hash that its source makes
 * (ingest/kafka/fingerprint.h). */
#define FINGERPRINT_SIZE 16

/* Where PostgreSQL says that a row lies, as text: "(0,1)". */
#define ROW_PLACE_SIZE 24

struct intake_window;

/* Where messages come from: a partition of a topic, or a file. Owned by the source; outlives every
 * batch that names it. */
struct origin {
    const char *source;       /* "kafka:CLUSTER" or "file" */
    const char *topic;        /* topic, or path of the file */
    enum event_kind kind;     /* what comes from there */
    int32_t partition;        /* 0 for a file */
    int32_t slot;             /* row of kafka_offset; 0 for a file, which has none */
    uint32_t place_in_source; /* among those that are read together, from 0 */
    int64_t epoch;            /* under which that row is ours */
    /* next_offset of that row as we last stored or took it; written by the writer's thread */
    _Atomic int64_t stored;
    /* Up to when it has been read then, in microseconds since 1970; 0: not known. By the same. */
    _Atomic int64_t stored_until_us;
    char place[ROW_PLACE_SIZE]; /* where that row lay then; "": unknown */
    /* What it gave last (ingest/intake_watch.h), whose memory it is; NULL until its first message
     */
    struct intake_window *window;
    /* Newest time of the events accepted so far, in microseconds since 1970; 0: none yet. Of the
     * source's thread. */
    int64_t newest_event_us;
    /* First day of the month (since 1970) that this file is the export of, whose events were
     * counted before they were dropped; 0: of none. */
    int32_t restores_day;
    int64_t
        end_offset; /* where the partition ended when that was last heard of; the same thread's */
};

enum message_form {
    MESSAGE_EVENT, /* the value is the event */
    MESSAGE_LINE,  /* of a file: an event, or an envelope of `kcat -J` around one */
};

struct message {
    struct origin *origin;
    int64_t offset; /* Kafka offset, or line number from 1 */
    enum message_form form;
    /* 0: an event, or an array of them. n: the n-th element of an array, from 1, whose own bytes
     * are the value; it is one event, and nothing is unpacked of it. */
    uint32_t element;
    struct slice key;
    struct slice value; /* data is NULL for a tombstone */
    /* Adds the headers to the list; called when the message is rejected, and only then. NULL: it
     * has none. False: memory is short. */
    bool (*read_headers)(const void *native, struct header_list *out);
    const void *native;   /* the source's own form of the message, for read_headers */
    struct slice headers; /* of a rejected message: see header_list.h; data NULL without any */
    const struct rejection *refused; /* by its source, and why; NULL: it is to be decoded */
    int64_t dead_letter_id; /* of the dead letter that is replayed; 0: it is a new message */
    /* When its source took it, by which its events' age is measured: microseconds since 1970. The
     * present when it is 0, lies in the future, or before anything could be an event. */
    int64_t arrived_us;
};

#endif
