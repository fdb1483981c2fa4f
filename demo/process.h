/* Signals to the demo, while it waits for the programs that it runs: it always stops them, and
 * nothing of it stays behind.
 *
 * SIGINT, SIGTERM, SIGHUP and SIGCHLD are blocked for the whole demo and taken one at a time while
 * it waits, so that there is no handler, and no moment at which a signal would be missed. */
#ifndef KANSEN_DEMO_PROCESS_H
#define KANSEN_DEMO_PROCESS_H

#include "kansen/status.h"
#include "process/child.h"

/* To be called before any thread is started. */
void process_block_signals(void);

/* The signal that asked the demo to stop, or 0. Waits up to timeout_ms for one. */
int process_interrupted(int timeout_ms);

/* Starts the program and waits for its end. STATUS_FATAL unless it ends with 0; STATUS_RETRY when
 * the demo was asked to stop meanwhile: the program has then been stopped. */
enum status process_run(const struct child_settings *settings, struct error *error) MUST_CHECK;

#endif
