/* The moment that a file carries in itself, where its format wants one.
 *
 * Never the clock's: the same figures make the same bytes. Of an edition it is when that was
 * published, whenever and wherever the file is made. Else who builds reproducibly says it in
 * SOURCE_DATE_EPOCH (reproducible-builds.org), or it is the end of the report's window. */
#ifndef KANSEN_REPORTS_FORMATS_STAMP_H
#define KANSEN_REPORTS_FORMATS_STAMP_H

#include <time.h>

#include "kansen/status.h"
#include "reports/sections/document.h"

/* Seconds since 1970. STATUS_FATAL: SOURCE_DATE_EPOCH is no such number, or beyond the year 9999.
 */
enum status stamp_read(const struct document *document, time_t *out,
                       struct error *error) MUST_CHECK;

/* "2013-12-01T00:00:00Z" and its terminator. */
#define STAMP_TEXT_SIZE 21

/* Returns text. */
const char *stamp_format(time_t stamp, char text[STAMP_TEXT_SIZE]);

#endif
