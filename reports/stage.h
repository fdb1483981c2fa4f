/* Files that are to get their names together, when something else has happened: they lie, synced,
 * in a hidden folder inside the one where they belong, and a disk that is full has said so already.
 */
#ifndef KANSEN_REPORTS_STAGE_H
#define KANSEN_REPORTS_STAGE_H

#include "kansen/status.h"
#include "reports/publish.h"
#include "reports/render.h"

struct stage;

/* Puts the files there; the folder is made when it is missing, but not those above it. STATUS_FATAL
 * names the file and what went wrong, and nothing stays behind. The caller ends *out by stage_end;
 * the rendering must live until then. */
enum status stage_files(const char *folder, const struct rendering *rendering, struct stage **out,
                        struct error *error) MUST_CHECK;

/* STATUS_FATAL names a file that is there under one of the names, with other bytes. */
enum status stage_spares_others(const struct stage *stage, struct error *error) MUST_CHECK;

/* Gives the files their names, over what was there, and calls done with the path of each.
 * STATUS_FATAL: those that have got theirs keep them. */
enum status stage_keep(struct stage *stage, publish_done *done, void *context,
                       struct error *error) MUST_CHECK;

/* Takes away what has no name yet; NULL is allowed. */
void stage_end(struct stage *stage);

#endif
