/* The option --event-format: what events look like that are not kansen's own. */
#ifndef KANSEN_CLI_EVENT_FORMAT_H
#define KANSEN_CLI_EVENT_FORMAT_H

#include "ingest/event/mapping.h"
#include "kansen/status.h"

/* Reads the format of that name, or the file, for events of that kind: of the built-in ones, those
 * of alerts have no heartbeats (EX_USAGE). *out is NULL for kansen's own (also if name is NULL);
 * the caller frees it with mapping_free. EX_OK; EX_USAGE: there is neither such a format nor such a
 * file; EX_CONFIG: the file has a mistake, which is named with its line. */
int event_format_open(const char *name, enum event_kind kind, struct mapping **out,
                      struct error *error);

#endif
