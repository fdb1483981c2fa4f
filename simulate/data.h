/* Where the files that come with the program are: scenarios, networks.csv and demo.mmdb. */
#ifndef KANSEN_SIMULATE_DATA_H
#define KANSEN_SIMULATE_DATA_H

#include <stddef.h>

#include "kansen/status.h"

/* Writes the path of one of them: in the folder that KANSEN_DATA_DIR names, else beside the program
 * in the build tree (share/kansen), else where it was installed (../share/kansen).
 * STATUS_FATAL when it is in none of them. */
enum status data_path(const char *name, char *path, size_t size, struct error *error) MUST_CHECK;

#endif
