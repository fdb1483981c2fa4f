/* How kansen stands, for programs: docs/status.schema.json says what each member means. */
#ifndef KANSEN_OPERATE_STATUS_JSON_H
#define KANSEN_OPERATE_STATUS_JSON_H

#include <stdio.h>

#include "operate/concerns.h"
#include "operate/standing.h"

/* One object, ended by a newline. A failed write stays in the stream's error flag. */
void status_json_print(FILE *out, const struct standing *standing, const struct concerns *concerns,
                       int exit_code);

#endif
