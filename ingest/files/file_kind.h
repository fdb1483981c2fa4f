/* What a file is that holds no events, and the way on: for whoever gave kansen the wrong file, or
 * the right one in another form. */
#ifndef KANSEN_INGEST_FILES_FILE_KIND_H
#define KANSEN_INGEST_FILES_FILE_KIND_H

#include <stddef.h>

#include "kansen/event.h"

/* Both texts are constant. */
struct file_kind {
    const char *name;   /* "a zip archive" */
    const char *way_on; /* a command with FILE in the place of the file's name, or a sentence; NULL:
                         * there is none. Whoever prints it adds --heartbeats where it loads some */
};

/* By the first bytes of the file, unpacked when it is compressed (packing: by what; else NULL),
 * when they leave no doubt; NULL: it may hold events. */
const struct file_kind *file_kind_certain(struct slice head, const char *packing);

/* What a file looks like none of whose lines is an event. Always an answer. */
const struct file_kind *file_kind_guess(struct slice head);

/* Which events a file of this kind holds; either, when that can't be known. */
enum file_events { FILE_OF_EITHER, FILE_OF_DETECTIONS, FILE_OF_HEARTBEATS };
enum file_events file_kind_events(const struct file_kind *kind);

#endif
