/* What is wrong about how kansen stands, what to do about it, and with which code a command ends
 * that was asked by a monitor. Pure: facts in, sentences out.
 *
 * A concern is of one of three kinds. A note is worth knowing and no trouble. What is behind may
 * pass by itself: something is away, slow, or still at work. The rest waits for a person. */
#ifndef KANSEN_OPERATE_CONCERNS_H
#define KANSEN_OPERATE_CONCERNS_H

#include <stddef.h>
#include <stdint.h>

#include "kansen/status.h"
#include "operate/standing.h"

/* In order of what comes first. */
enum concern_kind {
    CONCERN_NOTE,
    CONCERN_BEHIND,
    CONCERN_PERSON,
};

#define CONCERN_TEXT_SIZE 512

struct concern {
    enum concern_kind kind;
    const char *name;               /* a word for programs, which never changes: "lag" */
    char text[CONCERN_TEXT_SIZE];   /* a sentence without its full stop */
    char way_on[CONCERN_TEXT_SIZE]; /* what to do; "" when there is nothing but to wait */
};

/* The gravest first. Zeroed before its first use. */
struct concerns {
    struct concern *list;
    size_t count;
    size_t room;
};

/* From when on a fact is a concern. */
struct concern_limits {
    int64_t max_lag;      /* seconds that a partition may be behind */
    int64_t max_rejected; /* dead letters of an hour */
};

/* STATUS_FATAL when memory is short. The caller clears *out in any case. */
enum status concerns_find(const struct standing *standing, const struct concern_limits *limits,
                          struct concerns *out, struct error *error) MUST_CHECK;
void concerns_clear(struct concerns *concerns);

/* Of the gravest; a note when there is none. */
enum concern_kind concerns_gravest(const struct concerns *concerns);

/* "well", "behind", "attention": in JSON, never changed. */
const char *concern_state(enum concern_kind kind);

#endif
