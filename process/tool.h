/* A program that makes a file out of files: run in a private temporary folder, without a shell, for
 * a bounded time, with nothing to read and nothing to say but what stands in that folder.
 *
 * The folder and the program are noted as leftovers, so that a signal leaves neither behind. */
#ifndef KANSEN_PROCESS_TOOL_H
#define KANSEN_PROCESS_TOOL_H

#include <stddef.h>
#include <stdio.h>

#include "kansen/status.h"
#include "process/folder.h"

/* The file in the folder that gets what the program says. */
#define TOOL_MESSAGES "messages"

struct tool {
    char folder[FOLDER_PATH_SIZE];
};

/* Makes the folder, "kansen-PURPOSE-…" in TMPDIR. `files` are the names of all files that may come
 * to stand in it, TOOL_MESSAGES among them, and end with NULL; they are static. */
enum status tool_open(struct tool *tool, const char *purpose, const char *const *files,
                      struct error *error) MUST_CHECK;

/* Takes the folder away with its files. */
void tool_close(struct tool *tool);

/* A file of the folder, as fopen. */
FILE *tool_file(const struct tool *tool, const char *name, const char *mode);

/* Removes a file of the folder that nobody needs any more, if it is there. */
void tool_drop(const struct tool *tool, const char *name);

/* What is run, and how. */
struct tool_program {
    const char *const *argv;        /* names files as they are called in the folder */
    const char *const *environment; /* as struct child_settings has it */
    const char *missing;            /* what to say when there is no such program */
    const char *output; /* the file in the folder that gets its stdout; NULL: none does */
    unsigned seconds_max;
};

/* Runs the program to its end. STATUS_REJECT: there is no such program. STATUS_FATAL: it failed,
 * and the message holds its own last words. */
enum status tool_run(const struct tool *tool, const struct tool_program *program,
                     struct error *error) MUST_CHECK;

/* A file that the program has left, whole, with a 0 behind it that doesn't count; the caller frees
 * *bytes. */
enum status tool_read(const struct tool *tool, const char *name, char **bytes, size_t *length,
                      struct error *error) MUST_CHECK;

#endif
