#include "cli/confirmed.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/log.h"

int confirmed(const struct options *options, const struct question *question, bool *go_on,
              struct error *error)
{
    char answer[16] = "";

    *go_on = options_flag(options, "yes");
    if (*go_on)
        return EX_OK;
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        error_set(error, STATUS_REJECT, "%.900s; --yes if that is meant", question->would);
        return EX_USAGE;
    }
    fprintf(stderr, "%s [y/N] ", question->question);
    fflush(stderr);
    *go_on =
        fgets(answer, sizeof(answer), stdin) != NULL &&
        (strcmp(answer, "y\n") == 0 || strcmp(answer, "Y\n") == 0 || strcmp(answer, "yes\n") == 0);
    if (!*go_on)
        log_say(LOG_LEVEL_INFO, NULL, "%s", question->nothing);
    return EX_OK;
}
