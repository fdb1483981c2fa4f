#include "cli/worker_status.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "text/escape.h"
#include "watch/probe.h"

#define HTTP_OK 200
#define HTTP_UNAVAILABLE 503

/* Whoever answers there may be anybody. */
static void print_lines(char *text)
{
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        escape_plain(stdout, line);
        putchar('\n');
    }
}

int worker_status_print(const struct options *options, struct error *error)
{
    const char *where = options_value(options, "worker");
    struct probe_answer answer;
    struct address address;
    struct error reason;

    if (address_read(where, &address, &reason) != STATUS_OK) {
        error_set(error, STATUS_REJECT, "--worker %.900s", reason.message);
        return EX_USAGE;
    }
    if (probe_get(&address, "/readyz", &answer, &reason) != STATUS_OK) {
        error_set(error, STATUS_RETRY, "the worker at %.300s: %.600s", where, reason.message);
        return EX_UNAVAILABLE;
    }
    if (answer.status != HTTP_OK && answer.status != HTTP_UNAVAILABLE) {
        error_set(error, STATUS_RETRY, "the worker at %.300s: HTTP status %d", where,
                  answer.status);
        return EX_UNAVAILABLE;
    }
    print_lines(answer.text);
    return answer.status == HTTP_OK ? EX_OK : EX_UNAVAILABLE;
}
