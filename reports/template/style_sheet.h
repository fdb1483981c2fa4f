/* Is a style sheet one that a page can hold?
 *
 * It stands inside the page, behind kansen's own. So it must not end its element, nor fetch
 * anything: a page is one file. What is said about names and values is the browser's business. */
#ifndef KANSEN_REPORTS_TEMPLATE_STYLE_SHEET_H
#define KANSEN_REPORTS_TEMPLATE_STYLE_SHEET_H

#include "kansen/status.h"

/* text is UTF-8. STATUS_REJECT: the message begins with "name:LINE: ". */
enum status style_sheet_check(const char *name, const char *text, struct error *error) MUST_CHECK;

#endif
