/* An edition's files, had again and written: `kansen editions render`, and what `publish --due`
 * misses.
 */
#ifndef KANSEN_CLI_EDITION_WRITING_H
#define KANSEN_CLI_EDITION_WRITING_H

#include "cli/written.h"
#include "editions/catalogue.h"
#include "editions/render.h"
#include "sql/db.h"

/* Writes what is wished of an edition whose edition_files are there (edition_render) into a folder,
 * whole or not at all; says when it was withdrawn, and what is made anew. EX_OK, or the code to end
 * with. */
int edition_writing(struct db *db, const struct edition *edition, const struct edition_wish *wish,
                    const char *folder, struct written *written, struct error *error);

#endif
