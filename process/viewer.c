#include "process/viewer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kansen/clock.h"
#include "process/child.h"
#include "process/folder.h"

/* Between two looks whether it has ended. */
#define LOOK_MS 20

static const char *const viewers[] = {"xdg-open", "open", "wslview"};

#define VIEWER_COUNT (sizeof(viewers) / sizeof(*viewers))

/* xdg-open(1) says what its codes mean; those of others are their own. */
static const char *explain(const char *viewer, int code)
{
    if (strcmp(viewer, "xdg-open") != 0)
        return "";
    switch (code) {
    case 2:
        return " (it finds no such file)";
    case 3:
        return " (it finds no program that shows such a file)";
    case 4:
        return " (the program that it chose failed)";
    default:
        return "";
    }
}

/* As others can use it, whatever folder they are in; and it begins with no dash. */
static enum status make_absolute(const char *path, char out[2 * FOLDER_PATH_SIZE],
                                 struct error *error)
{
    char folder[FOLDER_PATH_SIZE] = "";
    bool is_relative = *path != '/';
    int length;

    if (is_relative && getcwd(folder, sizeof(folder)) == NULL)
        return error_set(error, STATUS_REJECT, "the current folder: %s", strerror(errno));
    length = snprintf(out, 2 * FOLDER_PATH_SIZE, "%s%s%s", folder, is_relative ? "/" : "", path);
    if (length < 0 || length >= 2 * FOLDER_PATH_SIZE)
        return error_set(error, STATUS_REJECT, "the path is too long");
    return STATUS_OK;
}

static bool has_screen(void)
{
    static const char *const names[] = {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && *value != '\0')
            return true;
    }
    return false;
}

static enum status watch(pid_t child, struct viewing *out, struct error *error)
{
    int ending = 0;
    int64_t end_ms = clock_ms(CLOCK_MONOTONIC) + VIEWER_WAIT_S * 1000;

    while (!child_ended(child, &ending)) {
        out->goes_on = clock_ms(CLOCK_MONOTONIC) >= end_ms;
        if (out->goes_on)
            return STATUS_OK;
        clock_rest(LOOK_MS);
    }
    if (WIFSIGNALED(ending))
        return error_set(error, STATUS_REJECT, "%s was ended by signal %d", out->viewer,
                         WTERMSIG(ending));
    if (WEXITSTATUS(ending) != 0)
        return error_set(error, STATUS_REJECT, "%s ended with %d%s", out->viewer,
                         WEXITSTATUS(ending), explain(out->viewer, WEXITSTATUS(ending)));
    return STATUS_OK;
}

/* One that is there and can't be started is passed over like one that isn't, as a shell does. */
static enum status start(const char *path, struct viewing *out, pid_t *child, struct error *error)
{
    struct error why = {""};

    for (size_t i = 0; i < VIEWER_COUNT; i++) {
        const char *const argv[] = {viewers[i], path, NULL};
        bool is_missing = false;
        const struct child_settings settings = {.argv = argv,
                                                .is_missing = &is_missing,
                                                .input = "/dev/null",
                                                .output = "/dev/null",
                                                .messages = "/dev/null",
                                                .user = geteuid(),
                                                .own_session = true};
        struct error reason;

        out->viewer = viewers[i];
        if (child_start(&settings, child, &reason) == STATUS_OK)
            return STATUS_OK;
        if (!is_missing && *why.message == '\0')
            why = reason;
    }
    if (*why.message != '\0') {
        *error = why;
        return STATUS_REJECT;
    }
    return error_set(error, STATUS_REJECT, "none of " VIEWERS " is installed (Debian: xdg-utils)");
}

enum status viewer_show(const char *path, struct viewing *out, struct error *error)
{
    char absolute[2 * FOLDER_PATH_SIZE];
    struct viewing viewing = {.no_screen = !has_screen()};
    pid_t child;
    enum status status = make_absolute(path, absolute, error);

    if (status == STATUS_OK)
        status = start(absolute, &viewing, &child, error);
    if (status == STATUS_OK)
        status = watch(child, &viewing, error);
    if (status == STATUS_OK)
        *out = viewing;
    return status;
}
