#include "demo/postgres.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo/process.h"
#include "sql/db.h"

#define DATABASE "kansen"
/* Superuser of the private cluster. */
#define ROLE "kansen"
#define FOLDER_TEMPLATE "/kansen-demo.XXXXXX"

/* A fast shutdown: connections are ended. */
#define STOP_SIGNAL SIGINT

#define START_TIMEOUT_MS 60000
#define START_LOOK_MS 50
#define STOP_TIMEOUT_MS 30000
/* The line of postmaster.pid that holds the state, from 1, as pg_ctl reads it. */
#define STATE_LINE 8

/* ---- where its programs are */

static bool has_program(const char *folder, const char *program, char path[PATH_MAX])
{
    return (size_t)snprintf(path, PATH_MAX, "%s/%s", folder, program) < PATH_MAX &&
           access(path, X_OK) == 0;
}

static bool find_in_path(const char *program, char path[PATH_MAX])
{
    const char *folders = getenv("PATH");

    while (folders != NULL && *folders != '\0') {
        char folder[PATH_MAX];
        size_t length = strcspn(folders, ":");

        if (length > 0 && length < sizeof(folder)) {
            memcpy(folder, folders, length);
            folder[length] = '\0';
            if (has_program(folder, program, path))
                return true;
        }
        folders += length + (folders[length] == ':');
    }
    return false;
}

/* Debian keeps them out of PATH, in a folder for each version; the newest one counts. */
static bool find_in_debian(const char *program, char path[PATH_MAX])
{
    glob_t found;
    long newest = 0;

    if (glob("/usr/lib/postgresql/*/bin", 0, NULL, &found) != 0)
        return false;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        long version = strtol(found.gl_pathv[i] + strlen("/usr/lib/postgresql/"), NULL, 10);
        char candidate[PATH_MAX];

        if (version > newest && has_program(found.gl_pathv[i], program, candidate)) {
            newest = version;
            memcpy(path, candidate, sizeof(candidate));
        }
    }
    globfree(&found);
    return newest > 0;
}

static enum status find_program(const char *program, char path[PATH_MAX], struct error *error)
{
    if (find_in_path(program, path) || find_in_debian(program, path))
        return STATUS_OK;
    return error_set(error, STATUS_FATAL,
                     "PostgreSQL's %s is neither in PATH nor in /usr/lib/postgresql/*/bin: "
                     "install the package postgresql",
                     program);
}

/* ---- the folder */

/* PostgreSQL refuses to run as root. */
static enum status choose_user(uid_t *user, struct error *error)
{
    const struct passwd *entry;

    *user = geteuid();
    if (*user != 0)
        return STATUS_OK;
    entry = getpwnam("postgres");
    if (entry == NULL)
        entry = getpwnam("nobody");
    if (entry == NULL)
        return error_set(error, STATUS_FATAL,
                         "run as root, and there is neither a user postgres nor nobody");
    *user = entry->pw_uid;
    return STATUS_OK;
}

static enum status make_folder(struct demo_postgres *postgres, struct error *error)
{
    const char *parent = getenv("TMPDIR");
    char folder[DEMO_FOLDER_SIZE];
    int length;

    /* It becomes part of a conninfo and of a socket's name. */
    if (parent == NULL || *parent != '/' || strpbrk(parent, " \t\n'\\,") != NULL)
        parent = "/tmp";
    length = snprintf(folder, sizeof(folder), "%s" FOLDER_TEMPLATE, parent);
    if (length < 0 || (size_t)length >= sizeof(folder))
        snprintf(folder, sizeof(folder), "/tmp" FOLDER_TEMPLATE);
    if (mkdtemp(folder) == NULL)
        return error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
    memcpy(postgres->folder, folder, sizeof(folder));
    snprintf(postgres->log, sizeof(postgres->log), "%s/log", folder);
    snprintf(postgres->conninfo, sizeof(postgres->conninfo), "host=%s user=%s dbname=%s", folder,
             ROLE, DATABASE);
    if (postgres->user != geteuid() && chown(folder, postgres->user, (gid_t)-1) != 0)
        return error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
    return STATUS_OK;
}

static bool remove_tree(int parent, const char *name)
{
    int file = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = file < 0 ? NULL : fdopendir(file);
    const struct dirent *entry;
    bool removed = true;

    if (folder == NULL) {
        if (file >= 0)
            close(file);
        return unlinkat(parent, name, 0) == 0;
    }
    while ((entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            removed = remove_tree(file, entry->d_name) && removed;
    closedir(folder);
    return unlinkat(parent, name, AT_REMOVEDIR) == 0 && removed;
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
    enum status status = find_program("initdb", path, error);

    return status == STATUS_OK ? process_run(&settings, error) : status;
}

/* It is thrown away at the end, so nothing of it need survive a crash of the machine. */
static enum status start_server(struct demo_postgres *postgres, struct error *error)
{
    char path[PATH_MAX];
    const char *const argv[] = {path,
                                "-D",
                                "data",
                                "-k",
                                postgres->folder,
                                "-c",
                                "listen_addresses=",
                                "-c",
                                "fsync=off",
                                "-c",
                                "synchronous_commit=off",
                                "-c",
                                "full_page_writes=off",
                                NULL};
    struct child_settings settings = settings_of(postgres, argv);
    enum status status = find_program("postgres", path, error);

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
        status = db_script(db, "create database " DATABASE, error);
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
static void show_log(const struct demo_postgres *postgres, FILE *said)
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
        show_log(postgres, said);
    return status;
}

enum status demo_postgres_start(struct demo_postgres *postgres, FILE *said, struct error *error)
{
    enum status status = choose_user(&postgres->user, error);

    if (status == STATUS_OK)
        status = make_folder(postgres, error);
    return status == STATUS_OK ? create(postgres, said, error) : status;
}

enum status demo_postgres_stop(struct demo_postgres *postgres, struct error *error)
{
    bool clean = true;

    if (postgres->pid != 0) {
        int ending = child_stop(postgres->pid, STOP_SIGNAL, STOP_TIMEOUT_MS);

        clean = WIFEXITED(ending) && WEXITSTATUS(ending) == 0;
        postgres->pid = 0;
    }
    if (*postgres->folder != '\0' && !remove_tree(AT_FDCWD, postgres->folder))
        return error_set(error, STATUS_FATAL, "%s can't be removed: %s", postgres->folder,
                         strerror(errno));
    *postgres->folder = '\0';
    return clean ? STATUS_OK
                 : error_set(error, STATUS_FATAL, "PostgreSQL did not stop as it should");
}
