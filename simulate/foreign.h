/* Events of the simulated fleet in the formats of other products, as --event-format reads them. */
#ifndef KANSEN_SIMULATE_FOREIGN_H
#define KANSEN_SIMULATE_FOREIGN_H

#include <stddef.h>

#include "kansen/event.h"
#include "simulate/broken.h"

struct foreign_format;

/* The names of formats, one after the other; NULL behind the last. */
const char *foreign_name_at(size_t index);

/* NULL: there is none of that name. */
const struct foreign_format *foreign_find(const char *name);

/* Bytes that an event may get longer than in kansen's own format. */
#define FOREIGN_MORE 2048

/* Writes an event, whose fields are JSON values (absent when empty), and returns the place behind
 * it. Not terminated. */
char *foreign_write(const struct foreign_format *format, char *at,
                    const struct slice fields[EVENT_FIELDS]);

#endif
