#include "demo/kept.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo/cluster.h"
#include "process/child.h"
#include "sql/db.h"

#define MARK "/kept"
#define PATH_SIZE (DEMO_FOLDER_SIZE + 16)

/* For pg_ctl, in seconds; beyond that it is ended itself. */
#define CTL_TIMEOUT "60"
#define CTL_SECONDS_MAX 90
/* Words behind its name, "-D data" and the null that ends them included. */
#define CTL_WORDS_MAX 16
/* What `pg_ctl status` ends with when there is no server. */
#define CTL_NOT_RUNNING 3

/* ---- pg_ctl, as the user whose server it is */

/* `words` are those behind "-D data", up to a null one. Signals that ask us to stop wait until it
 * is done: it must not be left half. *code is what it ended with. */
static enum status control(const char *folder, const char *const *words, int *code,
                           struct error *error)
{
    char path[PATH_MAX];
    char log[PATH_SIZE];
    const char *argv[1 + CTL_WORDS_MAX] = {path};
    struct child_settings settings = {.argv = argv,
                                      .program = path,
                                      .folder = folder,
                                      .input = "/dev/null",
                                      .output = log,
                                      .messages = log,
                                      .own_group = true,
                                      .seconds_max = CTL_SECONDS_MAX};
    size_t count = 1;
    int ending = 0;
    pid_t child = 0;
    enum status status = cluster_find_program("pg_ctl", path, error);

    snprintf(log, sizeof(log), "%s/log", folder);
    for (; *words != NULL && count + 3 <= CTL_WORDS_MAX; words++)
        argv[count++] = *words;
    argv[count++] = "-D";
    argv[count] = "data";
    if (status == STATUS_OK)
        status = cluster_choose_user(&settings.user, error);
    if (status == STATUS_OK)
        status = child_start(&settings, &child, error);
    if (status == STATUS_OK)
        status = child_wait(&settings, child, &ending, error);
    if (status == STATUS_OK)
        *code = WIFEXITED(ending) ? WEXITSTATUS(ending) : -1;
    return status;
}

static enum status start(const char *folder, struct error *error)
{
    char options[PATH_SIZE + 8];
    const char *const words[] = {"start", "-w",  "-s", "-t",    CTL_TIMEOUT,
                                 "-l",    "log", "-o", options, NULL};
    int code = -1;
    enum status status;

    /* For a shell; cluster_parent allows no single quote. */
    snprintf(options, sizeof(options), "-k '%s'", folder);
    status = control(folder, words, &code, error);
    if (status == STATUS_OK && code != 0)
        status = error_set(error, STATUS_FATAL,
                           "PostgreSQL stopped, and did not start anew to be left running");
    return status;
}

static enum status is_running(const char *folder, bool *out, struct error *error)
{
    const char *const words[] = {"status", NULL};
    int code = -1;
    enum status status = control(folder, words, &code, error);

    if (status == STATUS_OK && code != 0 && code != CTL_NOT_RUNNING)
        status = error_set(error, STATUS_FATAL,
                           "%s: pg_ctl can't say whether PostgreSQL runs there", folder);
    if (status == STATUS_OK)
        *out = code == 0;
    return status;
}

static enum status end(const char *folder, struct error *error)
{
    const char *const words[] = {"stop", "-w", "-s", "-t", CTL_TIMEOUT, "-m", "fast", NULL};
    int code = -1;
    bool running = false;
    enum status status = is_running(folder, &running, error);

    if (status == STATUS_OK && running)
        status = control(folder, words, &code, error);
    if (status == STATUS_OK && running && code != 0)
        status = error_set(error, STATUS_FATAL,
                           "%s: PostgreSQL did not stop within " CTL_TIMEOUT " s", folder);
    return status;
}

/* ---- left running */

static enum status make_reader(const struct demo_postgres *postgres, struct error *error)
{
    struct db *db = NULL;
    enum status status = db_open(postgres->conninfo, &db, error);

    if (status == STATUS_OK)
        status = db_script(db, "create role " KEPT_READER " login in role kansen_reader", error);
    if (status == STATUS_OK)
        status = db_script(db, "analyze", error);
    db_close(db);
    return status;
}

/* In front of the server's start, so that one that runs can always be found. */
static enum status set_mark(const char *folder, struct error *error)
{
    char path[PATH_SIZE];
    int file;

    snprintf(path, sizeof(path), "%s" MARK, folder);
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
    close(file);
    return STATUS_OK;
}

enum status kept_make(struct demo_postgres *postgres, FILE *said, struct error *error)
{
    struct error why;
    enum status status = make_reader(postgres, error);

    if (status != STATUS_OK)
        return status;
    if (!demo_postgres_halt(postgres))
        return error_set(error, STATUS_FATAL, "PostgreSQL did not stop as it should");
    status = set_mark(postgres->folder, error);
    if (status == STATUS_OK)
        status = start(postgres->folder, error);
    if (status == STATUS_OK) {
        *postgres->folder = '\0';
        return STATUS_OK;
    }
    demo_postgres_show_log(postgres, said);
    if (end(postgres->folder, &why) != STATUS_OK)
        error_set(error, status, "%s", why.message);
    return status;
}

/* ---- found again */

static bool is_marked(const char *folder)
{
    struct stat found;
    char path[PATH_SIZE];

    snprintf(path, sizeof(path), "%s" MARK, folder);
    return lstat(path, &found) == 0 && S_ISREG(found.st_mode);
}

/* Adds it if it is one, or may be. */
static enum status look_at(const char *folder, uid_t user, struct kept *out, size_t *count,
                           struct error *error)
{
    struct kept kept = {.running = false};
    struct stat found;
    enum status status = STATUS_OK;

    if (strlen(folder) >= sizeof(kept.folder) || lstat(folder, &found) != 0 ||
        !S_ISDIR(found.st_mode))
        return STATUS_OK;
    memcpy(kept.folder, folder, strlen(folder) + 1);
    kept.is_others = found.st_uid != user;
    if (!kept.is_others && !is_marked(folder))
        return STATUS_OK;
    if (!kept.is_others)
        status = is_running(folder, &kept.running, error);
    if (status == STATUS_OK)
        out[(*count)++] = kept;
    return status;
}

/* As mkdtemp makes it: nobody else's name gets into a message. */
static int is_name(const struct dirent *entry)
{
    const size_t prefix = strlen(CLUSTER_FOLDER_PREFIX);
    const char *random = entry->d_name + prefix;

    if (strncmp(entry->d_name, CLUSTER_FOLDER_PREFIX, prefix) != 0)
        return false;
    for (; isalnum((unsigned char)*random); random++)
        continue;
    return *random == '\0' && strlen(entry->d_name) == prefix + strlen(CLUSTER_FOLDER_RANDOM);
}

enum status kept_find(struct kept **out, size_t *count, struct error *error)
{
    const char *parent = cluster_parent();
    struct dirent **names = NULL;
    struct kept *all;
    size_t used = 0;
    uid_t user = 0;
    enum status status = cluster_choose_user(&user, error);
    int found = scandir(parent, &names, is_name, alphasort);

    if (found < 0 && status == STATUS_OK)
        status = error_set(error, STATUS_FATAL, "%s: %s", parent, strerror(errno));
    all = calloc(found < 0 ? 1 : (size_t)found + 1, sizeof(*all));
    if (all == NULL && status == STATUS_OK)
        status = error_set(error, STATUS_FATAL, "out of memory");
    for (int i = 0; i < found; i++) {
        char folder[PATH_MAX];

        snprintf(folder, sizeof(folder), "%s/%s", parent, names[i]->d_name);
        if (status == STATUS_OK)
            status = look_at(folder, user, all, &used, error);
        free(names[i]);
    }
    free(names);
    if (status != STATUS_OK) {
        free(all);
        return status;
    }
    *out = all;
    *count = used;
    return STATUS_OK;
}

enum status kept_stop(const struct kept *kept, struct error *error)
{
    enum status status = end(kept->folder, error);

    if (status == STATUS_OK && !cluster_remove(kept->folder))
        status = error_set(error, STATUS_FATAL, "%s can't be removed: %s", kept->folder,
                           strerror(errno));
    return status;
}
