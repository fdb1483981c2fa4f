/* The bytes of a file as they lie on disk, or of standard input. */
#ifndef KANSEN_INGEST_FILES_INPUT_H
#define KANSEN_INGEST_FILES_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "kansen/status.h"

struct input {
    char *name; /* for messages: the path, or "standard input"; owned */
    int descriptor;
    bool is_regular;       /* has a size, and a time of change that means something */
    struct timespec since; /* when it was last changed, as it was opened */
    int64_t position;      /* bytes read so far */
};

/* "-", and the names that Linux gives to the same thing. */
bool input_is_stdin(const char *path);

/* Can the file be opened, and how large is it (0 when unknown)? Reads nothing: what is taken from a
 * pipe is gone. STATUS_REJECT as below. */
enum status input_look(const char *path, int64_t *size, struct error *error) MUST_CHECK;

/* STATUS_REJECT names the file, and why it can't be opened. The caller ends with input_close. */
enum status input_open(const char *path, struct input *out, struct error *error) MUST_CHECK;
/* Zeroed is allowed, and closed. */
void input_close(struct input *input);

/* At most `size` bytes; *count 0: the file is at its end. STATUS_REJECT is the system's word,
 * without the name of the file. */
enum status input_read(struct input *input, char *out, size_t size, size_t *count,
                       struct error *error) MUST_CHECK;

/* At its end: is the file as long as what was read of it, and as it was when it was opened? */
enum input_change { INPUT_SAME, INPUT_CHANGED, INPUT_CUT };
enum input_change input_change(const struct input *input);

#endif
