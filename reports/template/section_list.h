/* sections.txt of a template: which sections pages show, in which order. */
#ifndef KANSEN_REPORTS_TEMPLATE_SECTION_LIST_H
#define KANSEN_REPORTS_TEMPLATE_SECTION_LIST_H

#include "kansen/status.h"
#include "reports/languages/language.h"
#include "reports/sections/document.h"
#include "reports/template/template_file.h"

/* A sentence names those that are left out. */
#define SECTIONS_MAX LANGUAGE_LIST_MAX

/* Zeroed: none is named. It points into itself, so that it must stay where it is. */
struct section_list {
    struct section_order order;
    const char *ids[SECTIONS_MAX]; /* static */
};

/* Each line holds an id; # begins a comment. The file's text is worn down. STATUS_REJECT: the
 * message begins with "path:LINE: ". */
enum status section_list_read(struct template_file *file, struct section_list *list,
                              struct error *error) MUST_CHECK;

#endif
