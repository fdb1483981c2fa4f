/* A picture that stands in pages as a part of them, shown as an image: nothing in it runs. */
#ifndef KANSEN_REPORTS_TEMPLATE_LOGO_H
#define KANSEN_REPORTS_TEMPLATE_LOGO_H

#include "kansen/status.h"
#include "reports/template/template_file.h"

/* An SVG that names nothing outside of it, and has no script, entities or document type.
 * STATUS_REJECT: the message begins with "FILE:LINE: ". */
enum status logo_check_svg(const struct template_file *file, struct error *error) MUST_CHECK;

/* A whole PNG of a size that pages have room for. */
enum status logo_check_png(const struct template_file *file, struct error *error) MUST_CHECK;

#endif
