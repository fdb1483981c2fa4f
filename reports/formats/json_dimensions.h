/* The parts of JSON that are there when they were asked for or when there is something to say: what
 * --by counts by, and what is known of months before. */
#ifndef KANSEN_REPORTS_FORMATS_JSON_DIMENSIONS_H
#define KANSEN_REPORTS_FORMATS_JSON_DIMENSIONS_H

#include "reports/sections/document.h"
#include "text/json_writer.h"

/* "dimensions", unless none was asked for. */
void json_put_dimensions(struct json_writer *writer, const struct figures *figures);

/* "trend" and "first_seen", as far as there is something to say. */
void json_put_history(struct json_writer *writer, const struct figures *figures);

#endif
