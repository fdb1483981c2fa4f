/* What structs of figures are made of, member by member, as data: the one list that
 * stats/figures_json writes and reads by. Only files of this folder include it. */
#ifndef KANSEN_STATS_FIGURES_LAYOUT_H
#define KANSEN_STATS_FIGURES_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

enum member_kind {
    MEMBER_BOOL,
    MEMBER_INT32,
    MEMBER_INT64,
    MEMBER_SIZE,
    MEMBER_MONTH, /* month_t: "2013-09"; null for -1 */
    MEMBER_WORD,  /* an enum, by the names of its values */
    MEMBER_TEXT,  /* char *, owned */
    MEMBER_TEXT_OR_NULL,
    MEMBER_TEXTS,   /* char **, and how many */
    MEMBER_NUMBERS, /* int64_t *, one a month of the window; NULL is null */
    MEMBER_ARRAY,   /* int64_t [fixed] */
    MEMBER_STRUCT,  /* inside */
    MEMBER_STRUCTS, /* struct [fixed], inside */
    MEMBER_POINTER, /* to one, or NULL */
    MEMBER_LIST     /* to the first of them, and how many */
};

struct layout;

struct member {
    const char *key;
    enum member_kind kind;
    size_t offset;
    size_t count_offset;         /* MEMBER_TEXTS, MEMBER_LIST: of a size_t */
    size_t fixed;                /* MEMBER_ARRAY, MEMBER_STRUCTS, MEMBER_WORD: how many there are */
    const struct layout *layout; /* of structs */
    const char *(*word)(int value);
    int64_t absent; /* the value of a number that a text of another version doesn't have */
};

/* Members end with a null key. */
struct layout {
    size_t size;
    const struct member *members;
};

/* Of struct figures. */
extern const struct layout figures_layout;

#endif
