/* Which libraries this program runs with: what a report of a fault has to say. */
#ifndef KANSEN_CLI_LIBRARY_VERSIONS_H
#define KANSEN_CLI_LIBRARY_VERSIONS_H

#include <stdio.h>

/* A line each: its name and the version that is loaded, which may be younger than the one that this
 * program was built with. */
void library_versions_print(FILE *file);

#endif
