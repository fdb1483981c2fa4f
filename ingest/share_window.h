/* Of the last so many things that were seen, how large a share was marked? Tells when the share
 * becomes too high, once, and when it is low again, once.
 *
 * Shares are in hundredths of a percent. Each thing costs a few instructions; nothing is summed up
 * anew. */
#ifndef KANSEN_INGEST_SHARE_WINDOW_H
#define KANSEN_INGEST_SHARE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct share_limits {
    uint32_t size;    /* things that a window remembers */
    uint32_t minimum; /* fewer count as so many: none of them may be judged by its first things */
    uint32_t high;    /* at least this share is too high */
    uint32_t low;     /* below this share, which is smaller, all is well again */
};

struct share_window {
    const struct share_limits *limits;
    uint32_t filled; /* things that are remembered */
    uint32_t next;   /* place of the next one */
    uint32_t marked; /* of those that are remembered */
    bool is_high;
    uint8_t gone;     /* the mark of what was forgotten for the last thing */
    uint8_t things[]; /* the marks; 0: not marked */
};

enum share_news {
    SHARE_SAME,
    SHARE_TOO_HIGH,
    SHARE_WELL_AGAIN,
};

/* An empty window; NULL when memory is short. The limits are borrowed; free() frees it. */
struct share_window *share_window_new(const struct share_limits *limits);
/* Forgets everything. */
void share_window_reset(struct share_window *window);

/* One more thing, with its mark; window->gone is the mark of the one that is forgotten for it. */
enum share_news share_window_add(struct share_window *window, uint8_t mark);

/* Is the share of `marked` in `seen` at least `share`? */
bool share_is_reached(uint32_t marked, uint32_t seen, uint32_t share);

#endif
