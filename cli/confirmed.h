/* May we? What can't be taken back, or is long, is asked on a terminal and refused elsewhere,
 * unless --yes. */
#ifndef KANSEN_CLI_CONFIRMED_H
#define KANSEN_CLI_CONFIRMED_H

#include <stdbool.h>

#include "config/options.h"
#include "kansen/status.h"

struct question {
    const char *would;    /* "this would erase …" */
    const char *question; /* "Erase …?", on a terminal */
    const char *nothing;  /* what is said behind a no: "nothing was erased" */
};

/* EX_OK and *go_on, or the code to end with. */
int confirmed(const struct options *options, const struct question *question, bool *go_on,
              struct error *error);

#endif
