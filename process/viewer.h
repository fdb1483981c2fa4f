/* The person's own viewer for a file: what a double click on it would start.
 *
 * It is started by the first of VIEWERS that is installed, which mostly hands over to another
 * program and ends at once. Some stay until that one has ended: they are waited for a moment and
 * then left to themselves, without our terminal. Nothing of what they say gets onto it. */
#ifndef KANSEN_PROCESS_VIEWER_H
#define KANSEN_PROCESS_VIEWER_H

#include <stdbool.h>

#include "kansen/status.h"

/* For people: Linux, macOS, Windows' Linux. */
#define VIEWERS "xdg-open, open, wslview"

/* By then it has failed, or is showing the file. */
#define VIEWER_WAIT_S 5

struct viewing {
    const char *viewer; /* which one it was */
    bool goes_on;       /* it had not ended after VIEWER_WAIT_S */
    bool no_screen;     /* nothing says that there is a screen here: DISPLAY, WAYLAND_DISPLAY; or
                         * BROWSER, which may lead to one elsewhere */
};

/* The path may be anything but empty; a relative one is ours. STATUS_REJECT: none is installed, or
 * it failed, and the message says so in half a sentence. */
enum status viewer_show(const char *path, struct viewing *out, struct error *error) MUST_CHECK;

#endif
