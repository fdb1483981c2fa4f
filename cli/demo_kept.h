/* What `kansen demo` says and does about a PostgreSQL that is left running. */
#ifndef KANSEN_CLI_DEMO_KEPT_H
#define KANSEN_CLI_DEMO_KEPT_H

#include "cli/command.h"
#include "demo/kept.h"

/* How it is asked, in psql and by kansen, and how it is ended. Months are YYYY-MM. */
void demo_kept_say_made(const struct kept *kept, const char *report_folder, const char *from,
                        const char *to);

/* Those that earlier demos left running; nothing when there is none. */
void demo_kept_say_left(void);

/* `demo --stop`. EX_OK or the code to end with. */
int demo_kept_stop_all(const struct options *options, struct error *error);

#endif
