/* What `kansen ingest`, `kansen load` and `kansen dead-letters replay` share: options of the
 * pipeline, signals. */
#ifndef KANSEN_CLI_INTAKE_H
#define KANSEN_CLI_INTAKE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/options.h"
#include "ingest/pipeline.h"
#include "kansen/log.h"
#include "kansen/status.h"

/* What lies too far ahead, in days, of all commands unless they are told otherwise. */
#define INTAKE_MAX_AHEAD_DAYS 1

/* Between two lines of what came in. */
#define INTAKE_STATS_INTERVAL_S 60

/* True once SIGTERM or SIGINT has come; intake_check_db sees to it that they don't end us. */
extern volatile sig_atomic_t intake_stopped;

/* True once SIGHUP has come to a program that takes it for a wish to read its settings again; who
 * does so sets it back. */
extern volatile sig_atomic_t intake_reload_asked;

/* From now on SIGHUP asks for that, as supervisors and logrotate mean it, instead of stopping us.
 * With a terminal it goes on to say that this was closed. Before intake_open. */
void intake_expect_reloads(void);

/* Catches the signals, and looks whether the database is there and ready, and we may store in it.
 * EX_OK, or the code to end with: EX_TEMPFAIL when we are told to stop while it makes us wait. */
int intake_check_db(const struct options *options, struct error *error);

/* Reads the pipeline's options, checks the database and opens the pipeline. watch NULL: nobody
 * watches. EX_OK, or the code to
 * end with. */
int intake_open(const struct options *options, int64_t default_max_age_days,
                const struct logger *logger, struct watch *watch, struct pipeline **out,
                struct error *error);

/* What --heartbeats says that comes. */
enum event_kind intake_kind(const struct options *options);

/* Reads --wait: how many seconds a run that somebody waits for (`ends`) gives Kafka brokers that
 * have never answered. Refuses it on the command line of one that goes on until it is told to stop,
 * and says what would make it end: `how`. EX_OK or EX_USAGE. */
int intake_read_wait(const struct options *options, bool ends, const char *how, int *wait_s,
                     struct error *error);

#endif
