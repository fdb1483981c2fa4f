#include "process/leftovers.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A report makes one file or one folder at a time. */
#define NOTED_MAX 4

/* The name of a file in a folder. */
#define NAME_SIZE 64

struct noted {
    char path[LEFTOVERS_PATH_SIZE]; /* "": free */
    const char *const *files;       /* of a folder; NULL: it is a file */
};

/* Changed only while the signals are blocked, so that a handler sees whole entries. */
static struct noted noted[NOTED_MAX];
static volatile pid_t noted_child;
static sigset_t mask_before;

void leftovers_block(void)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &mask_before);
}

void leftovers_unblock(void)
{
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

void leftovers_note_child(pid_t child)
{
    noted_child = child;
}

/* The entry of a path; of "", a free one. */
static struct noted *find(const char *path)
{
    for (size_t i = 0; i < NOTED_MAX; i++)
        if (strcmp(noted[i].path, path) == 0)
            return &noted[i];
    return NULL;
}

static void forget(const char *path)
{
    struct noted *entry = find(path);

    if (entry != NULL)
        *entry->path = '\0';
}

/* A free entry for a template that fits into one. */
static struct noted *take(const char *template)
{
    struct noted *entry = find("");

    if (strlen(template) >= LEFTOVERS_PATH_SIZE)
        errno = ENAMETOOLONG;
    else if (entry == NULL)
        errno = ENFILE;
    else
        return entry;
    return NULL;
}

/* mkstemp and mkdtemp have written the name that they chose into the template. */
static void note(struct noted *entry, const char *path, const char *const *files)
{
    entry->files = files;
    memcpy(entry->path, path, strlen(path) + 1);
}

/* Calls only what a signal handler may. */
static void take_away(const struct noted *entry)
{
    char path[LEFTOVERS_PATH_SIZE + NAME_SIZE];
    size_t length = strlen(entry->path);

    if (entry->files == NULL) {
        unlink(entry->path);
        return;
    }
    memcpy(path, entry->path, length);
    path[length++] = '/';
    for (const char *const *file = entry->files; *file != NULL; file++) {
        memcpy(path + length, *file, strnlen(*file, NAME_SIZE - 2) + 1);
        unlink(path);
    }
    rmdir(entry->path);
}

void leftovers_take_away(const char *path)
{
    struct noted *entry = find(path);

    leftovers_block();
    if (entry != NULL) {
        take_away(entry);
        *entry->path = '\0';
    }
    leftovers_unblock();
}

/* As open does with 0666. */
static bool give_usual_rights(int file)
{
    mode_t mask = umask(0);

    umask(mask);
    return fchmod(file, 0666 & ~mask) == 0;
}

int leftovers_make_file(char *template)
{
    struct noted *entry = take(template);
    int file = -1;

    if (entry == NULL)
        return -1;
    leftovers_block();
    file = mkstemp(template);
    if (file >= 0)
        note(entry, template, NULL);
    leftovers_unblock();
    if (file >= 0 && !give_usual_rights(file)) {
        close(file);
        leftovers_take_away(template);
        return -1;
    }
    return file;
}

bool leftovers_make_folder(char *template, const char *const *files)
{
    struct noted *entry = take(template);
    bool made = false;

    if (entry == NULL)
        return false;
    leftovers_block();
    made = mkdtemp(template) != NULL;
    if (made)
        note(entry, template, files);
    leftovers_unblock();
    return made;
}

bool leftovers_keep_file(const char *from, const char *to)
{
    bool renamed;
    int number;

    leftovers_block();
    renamed = rename(from, to) == 0;
    number = errno;
    if (renamed)
        forget(from);
    leftovers_unblock();
    errno = number;
    return renamed;
}

void leftovers_remove(void)
{
    pid_t child = noted_child;

    /* It must have ended before, or it would write anew what is taken away. */
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    /* A folder was noted before the files in it, which must go first. */
    for (size_t i = NOTED_MAX; i-- > 0;)
        if (*noted[i].path != '\0')
            take_away(&noted[i]);
}
