#include "process/tool.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/child.h"
#include "process/folder.h"
#include "process/leftovers.h"

/* A line of what a program says; longer ones are cut. */
#define LINE_SIZE 512

static void make_path(const struct tool *tool, const char *name,
                      char path[FOLDER_PATH_SIZE + FOLDER_NAME_SIZE])
{
    snprintf(path, FOLDER_PATH_SIZE + FOLDER_NAME_SIZE, "%s/%s", tool->folder, name);
}

enum status tool_open(struct tool *tool, const char *purpose, const char *const *files,
                      struct error *error)
{
    return folder_make_temporary(purpose, files, tool->folder, error);
}

void tool_close(struct tool *tool)
{
    leftovers_take_away(tool->folder);
}

FILE *tool_file(const struct tool *tool, const char *name, const char *mode)
{
    char path[FOLDER_PATH_SIZE + FOLDER_NAME_SIZE];

    make_path(tool, name, path);
    return fopen(path, mode);
}

void tool_drop(const struct tool *tool, const char *name)
{
    char path[FOLDER_PATH_SIZE + FOLDER_NAME_SIZE];

    make_path(tool, name, path);
    unlink(path);
}

/* The last line that it wrote to stderr: what it stumbled over. */
static void read_message(const struct tool *tool, char message[LINE_SIZE])
{
    FILE *messages = tool_file(tool, TOOL_MESSAGES, "r");
    char line[LINE_SIZE];

    snprintf(message, LINE_SIZE, "no message");
    while (messages != NULL && fgets(line, sizeof(line), messages) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[strspn(line, " ^")] != '\0')
            memcpy(message, line, sizeof(line));
    }
    if (messages != NULL)
        fclose(messages);
}

/* Takes its end from the system only while no signal can come between that and our forgetting it.
 */
static enum status wait_for_child(const struct child_settings *settings, pid_t child, int *ending,
                                  struct error *error)
{
    siginfo_t state;
    enum status status;

    while (waitid(P_PID, (id_t)child, &state, WEXITED | WNOWAIT) != 0 && errno == EINTR)
        continue;
    leftovers_block();
    status = child_wait(settings, child, ending, error);
    leftovers_note_child(0);
    leftovers_unblock();
    return status;
}

static enum status start(const struct child_settings *settings, pid_t *child, struct error *error)
{
    leftovers_block();

    enum status status = child_start(settings, child, error);

    if (status == STATUS_OK)
        leftovers_note_child(*child);
    leftovers_unblock();
    return status;
}

enum status tool_run(const struct tool *tool, const struct tool_program *program,
                     struct error *error)
{
    char path[FOLDER_PATH_SIZE + FOLDER_NAME_SIZE];
    char output[FOLDER_PATH_SIZE + FOLDER_NAME_SIZE] = "/dev/null";
    char message[LINE_SIZE];
    bool is_missing = false;
    const struct child_settings settings = {.argv = program->argv,
                                            .environment = program->environment,
                                            .missing = program->missing,
                                            .is_missing = &is_missing,
                                            .folder = tool->folder,
                                            .input = "/dev/null",
                                            .output = output,
                                            .messages = path,
                                            .user = geteuid(),
                                            .end_signal =
                                                SIGKILL, /* should we be killed ourselves */
                                            .seconds_max = program->seconds_max};
    int ending = 0;
    pid_t child;

    make_path(tool, TOOL_MESSAGES, path);
    if (program->output != NULL)
        make_path(tool, program->output, output);

    enum status status = start(&settings, &child, error);

    if (status != STATUS_OK)
        return is_missing ? STATUS_REJECT : status;
    status = wait_for_child(&settings, child, &ending, error);
    if (status != STATUS_OK)
        return status;
    if (!WIFEXITED(ending) || WEXITSTATUS(ending) == EXIT_SUCCESS)
        return child_check(&settings, ending, error);
    read_message(tool, message);
    return error_set(error, STATUS_FATAL, "%s failed: %s", program->argv[0], message);
}

enum status tool_read(const struct tool *tool, const char *name, char **bytes, size_t *length,
                      struct error *error)
{
    FILE *file = tool_file(tool, name, "r");
    struct stat state;
    char *read = NULL;

    if (file == NULL || fstat(fileno(file), &state) != 0)
        goto fail;
    read = malloc((size_t)state.st_size + 1);
    if (read == NULL || fread(read, 1, (size_t)state.st_size, file) != (size_t)state.st_size)
        goto fail;
    read[state.st_size] = '\0';
    *bytes = read;
    *length = (size_t)state.st_size;
    fclose(file);
    return STATUS_OK;
fail:
    error_set(error, STATUS_FATAL, "%s/%s: %s", tool->folder, name, strerror(errno));
    free(read);
    if (file != NULL)
        fclose(file);
    return STATUS_FATAL;
}
