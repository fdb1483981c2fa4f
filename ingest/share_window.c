#include "ingest/share_window.h"

#include <stdlib.h>
#include <string.h>

#define WHOLE 10000

struct share_window *share_window_new(const struct share_limits *limits)
{
    struct share_window *window = calloc(1, sizeof(*window) + limits->size);

    if (window != NULL)
        window->limits = limits;
    return window;
}

void share_window_reset(struct share_window *window)
{
    window->filled = 0;
    window->next = 0;
    window->marked = 0;
    window->is_high = false;
    memset(window->things, 0, window->limits->size);
}

bool share_is_reached(uint32_t marked, uint32_t seen, uint32_t share)
{
    return (uint64_t)marked * WHOLE >= (uint64_t)seen * share;
}

static enum share_news judge(struct share_window *window)
{
    const struct share_limits *limits = window->limits;
    uint32_t seen = window->filled < limits->minimum ? limits->minimum : window->filled;

    if (!window->is_high && share_is_reached(window->marked, seen, limits->high)) {
        window->is_high = true;
        return SHARE_TOO_HIGH;
    }
    if (window->is_high && window->filled >= limits->minimum &&
        !share_is_reached(window->marked, seen, limits->low)) {
        window->is_high = false;
        return SHARE_WELL_AGAIN;
    }
    return SHARE_SAME;
}

/* Where nothing is marked, one place is as good as another: nothing need be written. */
static enum share_news add_to_unmarked(struct share_window *window)
{
    if (window->filled < window->limits->size)
        window->next = ++window->filled == window->limits->size ? 0 : window->filled;
    return SHARE_SAME;
}

enum share_news share_window_add(struct share_window *window, uint8_t mark)
{
    uint8_t *place = &window->things[window->next];

    window->gone = 0;
    if (mark == 0 && window->marked == 0 && !window->is_high)
        return add_to_unmarked(window);
    if (window->filled == window->limits->size)
        window->gone = *place;
    else
        window->filled++;
    *place = mark;
    window->next = window->next + 1 == window->limits->size ? 0 : window->next + 1;
    window->marked += mark != 0;
    window->marked -= window->gone != 0;
    /* Only a marked thing raises the share, and only one that is not lowers it. */
    if ((mark != 0) == window->is_high)
        return SHARE_SAME;
    return judge(window);
}
