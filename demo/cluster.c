#include "demo/cluster.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

enum status cluster_find_program(const char *program, char path[PATH_MAX], struct error *error)
{
    if (find_in_path(program, path) || find_in_debian(program, path))
        return STATUS_OK;
    return error_set(error, STATUS_FATAL,
                     "PostgreSQL's %s is neither in PATH nor in /usr/lib/postgresql/*/bin: "
                     "install the package postgresql",
                     program);
}

/* ---- whose it is */

enum status cluster_choose_user(uid_t *user, struct error *error)
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

/* ---- its folder */

const char *cluster_parent(void)
{
    const size_t rest = strlen("/" CLUSTER_FOLDER_PREFIX CLUSTER_FOLDER_RANDOM);
    const char *parent = getenv("TMPDIR");

    if (parent == NULL || *parent != '/' || strpbrk(parent, " \t\n'\\,") != NULL ||
        strlen(parent) + rest >= DEMO_FOLDER_SIZE)
        return "/tmp";
    return parent;
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

bool cluster_remove(const char *folder)
{
    return remove_tree(AT_FDCWD, folder);
}
