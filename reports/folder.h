/* A folder that files are written into. Only files of this folder include it. */
#ifndef KANSEN_REPORTS_FOLDER_H
#define KANSEN_REPORTS_FOLDER_H

#include "kansen/status.h"

/* Makes it unless it is there; not the folders above it. STATUS_FATAL names it. */
enum status folder_make(const char *folder, struct error *error) MUST_CHECK;

/* Its names are on the disk then. STATUS_FATAL names it. */
enum status folder_sync(const char *folder, struct error *error) MUST_CHECK;

#endif
