/* A PostgreSQL of the demo's own: in a temporary folder, reachable through a unix socket alone,
 * gone at the end. */
#ifndef KANSEN_DEMO_POSTGRES_H
#define KANSEN_DEMO_POSTGRES_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "demo/cluster.h"
#include "kansen/status.h"

#define DEMO_CONNINFO_SIZE 192

#define DEMO_DATABASE "kansen"

struct demo_postgres {
    char folder[DEMO_FOLDER_SIZE]; /* "" before it was made */
    char log[DEMO_FOLDER_SIZE + 8];
    char conninfo[DEMO_CONNINFO_SIZE]; /* of the database */
    uid_t user;                        /* that it runs as; root is not allowed to */
    pid_t pid;                         /* 0 when it does not run */
};

/* Makes the folder and the cluster, starts the server and creates an empty database. On failure
 * too, demo_postgres_stop has to be called; `said` gets what PostgreSQL said. STATUS_RETRY: a
 * signal asks to stop. */
enum status demo_postgres_start(struct demo_postgres *postgres, FILE *said,
                                struct error *error) MUST_CHECK;

/* Writes what PostgreSQL has said so far. */
void demo_postgres_show_log(const struct demo_postgres *postgres, FILE *said);

/* Stops the server and leaves the folder. False: it did not stop as it should. */
bool demo_postgres_halt(struct demo_postgres *postgres);

/* Stops the server and removes the folder. STATUS_FATAL when something stays behind. */
enum status demo_postgres_stop(struct demo_postgres *postgres, struct error *error) MUST_CHECK;

#endif
