#include "demo/postgres.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo/process.h"
#include "sql/db.h"

/* Superuser of the private cluster. */
#define ROLE "kansen"
#define FOLDER_TEMPLATE "/" CLUSTER_FOLDER_PREFIX CLUSTER_FOLDER_RANDOM

/* A fast shutdown: connections are ended. */
#define STOP_SIGNAL SIGINT

#define START_TIMEOUT_MS 60000
#define START_LOOK_MS 50
#define STOP_TIMEOUT_MS 30000
/* The line of postmaster.pid that holds the state, from 1, as pg_ctl reads it. */
#define STATE_LINE 8

/* ---- the folder */

static enum status make_folder(struct demo_postgres *postgres, struct error *error)
{
    char folder[DEMO_FOLDER_SIZE];

    snprintf(folder, sizeof(folder), "%s" FOLDER_TEMPLATE, cluster_parent());
    if (mkdtemp(folder) == NULL)
        return error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
    memcpy(postgres->folder, folder, sizeof(folder));
    snprintf(postgres->log, sizeof(postgres->log), "%s/log", folder);
    snprintf(postgres->conninfo, sizeof(postgres->conninfo), "host=%s user=%s dbname=%s", folder,
             ROLE, DEMO_DATABASE);
    if (postgres->user != geteuid() && chown(folder, postgres->user, (gid_t)-1) != 0)
        return error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
    return STATUS_OK;
}

/* ---- the server */

/* argv[0] is the program's path: its relatives are looked for beside it. */
static struct child_settings settings_of(const struct demo_postgres *postgres,
                                         const char *const *argv)
{
    return (struct child_settings){.argv = argv,
                                   .program = argv[0],
                                   .folder = postgres->folder,
                                   .output = postgres->log,
                                   .messages = postgres->log,
                                   .user = postgres->user,
                                   .end_signal = STOP_SIGNAL,
                                   .own_group = true};
}

/* It is thrown away at the end, so nothing of it need survive a crash of the machine. */
static enum status write_settings(const struct demo_postgres *postgres, struct error *error)
{
    static const char text[] = "listen_addresses = ''\n"
                               "fsync = off\n"
                               "synchronous_commit = off\n"
                               "full_page_writes = off\n";
    char path[DEMO_FOLDER_SIZE + 32];
    FILE *file;
    bool written;

    snprintf(path, sizeof(path), "%s/data/postgresql.conf", postgres->folder);
    file = fopen(path, "ae");
    written = file != NULL && fputs(text, file) >= 0;
    if (file != NULL)
        written = fclose(file) == 0 && written;
    return written ? STATUS_OK : error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
}

static enum status make_cluster(const struct demo_postgres *postgres, struct error *error)
{
    char path[PATH_MAX];
    const char *const argv[] = {path,
                                "-D",
                                "data",
                                "-U",
                                ROLE,
                                "--auth=trust",
                                "-E",
                                "UTF8",
                                "--locale=C.UTF-8",
                                "--no-sync",
                                "--no-instructions",
                                NULL};
    struct child_settings settings = settings_of(postgres, argv);
    enum status status = cluster_find_program("initdb", path, error);

    if (status == STATUS_OK)
        status = process_run(&settings, error);
    return status == STATUS_OK ? write_settings(postgres, error) : status;
}

static enum status start_server(struct demo_postgres *postgres, struct error *error)
{
    char path[PATH_MAX];
    const char *const argv[] = {path, "-D", "data", "-k", postgres->folder, NULL};
    struct child_settings settings = settings_of(postgres, argv);
    enum status status = cluster_find_program("postgres", path, error);

    return status == STATUS_OK ? child_start(&settings, &postgres->pid, error) : status;
}

static enum status make_database(const struct demo_postgres *postgres, struct error *error)
{
    char conninfo[DEMO_CONNINFO_SIZE];
    struct db *db = NULL;
    enum status status;

    snprintf(conninfo, sizeof(conninfo), "host=%s user=%s dbname=postgres", postgres->folder, ROLE);
    status = db_open(conninfo, &db, error);
    if (status == STATUS_OK)
        status = db_script(db, "create database " DEMO_DATABASE, error);
    db_close(db);
    /* The server has said that it is ready; STATUS_RETRY would mean a signal here. */
    return status == STATUS_OK ? STATUS_OK : STATUS_FATAL;
}

static bool is_ready(const struct demo_postgres *postgres)
{
    char path[DEMO_FOLDER_SIZE + 32];
    char line[128] = "";
    FILE *file;

    snprintf(path, sizeof(path), "%s/data/postmaster.pid", postgres->folder);
    file = fopen(path, "re");
    if (file == NULL)
        return false;
    for (int number = 0; number < STATE_LINE; number++)
        if (fgets(line, sizeof(line), file) == NULL)
            *line = '\0';
    fclose(file);
    return strncmp(line, "ready", strlen("ready")) == 0;
}

static enum status wait_until_ready(struct demo_postgres *postgres, struct error *error)
{
    int ending = 0;

    for (int waited_ms = 0; waited_ms < START_TIMEOUT_MS; waited_ms += START_LOOK_MS) {
        if (is_ready(postgres))
            return STATUS_OK;
        if (child_ended(postgres->pid, &ending)) {
            postgres->pid = 0;
            return error_set(error, STATUS_FATAL, "PostgreSQL did not start");
        }
        if (process_interrupted(START_LOOK_MS) != 0)
            return error_set(error, STATUS_RETRY, "stopped by a signal");
    }
    return error_set(error, STATUS_FATAL, "PostgreSQL did not start within %d s",
                     START_TIMEOUT_MS / 1000);
}

/* What PostgreSQL said is the reason; the folder with its log is about to go. */
void demo_postgres_show_log(const struct demo_postgres *postgres, FILE *said)
{
    char line[512];
    FILE *file = fopen(postgres->log, "re");

    while (file != NULL && fgets(line, sizeof(line), file) != NULL)
        fprintf(said, "  %s", line);
    if (file != NULL)
        fclose(file);
}

static enum status create(struct demo_postgres *postgres, FILE *said, struct error *error)
{
    enum status status = make_cluster(postgres, error);

    if (status == STATUS_OK)
        status = start_server(postgres, error);
    if (status == STATUS_OK)
        status = wait_until_ready(postgres, error);
    if (status == STATUS_OK)
        status = make_database(postgres, error);
    if (status == STATUS_FATAL)
        demo_postgres_show_log(postgres, said);
    return status;
}

enum status demo_postgres_start(struct demo_postgres *postgres, FILE *said, struct error *error)
{
    enum status status = cluster_choose_user(&postgres->user, error);

    if (status == STATUS_OK)
        status = make_folder(postgres, error);
    return status == STATUS_OK ? create(postgres, said, error) : status;
}

bool demo_postgres_halt(struct demo_postgres *postgres)
{
    int ending;

    if (postgres->pid == 0)
        return true;
    ending = child_stop(postgres->pid, STOP_SIGNAL, STOP_TIMEOUT_MS);
    postgres->pid = 0;
    return WIFEXITED(ending) && WEXITSTATUS(ending) == 0;
}

enum status demo_postgres_stop(struct demo_postgres *postgres, struct error *error)
{
    bool clean = demo_postgres_halt(postgres);

    if (*postgres->folder != '\0' && !cluster_remove(postgres->folder))
        return error_set(error, STATUS_FATAL, "%s can't be removed: %s", postgres->folder,
                         strerror(errno));
    *postgres->folder = '\0';
    return clean ? STATUS_OK
                 : error_set(error, STATUS_FATAL, "PostgreSQL did not stop as it should");
}
