/* Texts for spreadsheets: cells and the names of sheets, as XLSX takes them.
 *
 * What acts instead of being seen is shown as \u{202E}, as everywhere for people (text/escape.h),
 * so that no character is left that XML forbids. */
#ifndef KANSEN_REPORTS_FORMATS_SHEET_TEXT_H
#define KANSEN_REPORTS_FORMATS_SHEET_TEXT_H

#include <stddef.h>

/* What a cell holds, in units of UTF-16; longer texts are cut and end with "…". */
#define SHEET_TEXT_UNITS_MAX 32767

/* The text of a cell, which the caller frees; NULL: memory is short. XLSX reads "_x0041_" as "A",
 * so an underscore that begins one is written as "_x005F_". */
char *sheet_text(const char *text);

/* What a title or a property of a book holds, in units of UTF-16. */
#define SHEET_TITLE_UNITS_MAX 255

/* The same for titles of charts and properties, where an underscore is one; NULL: memory is short.
 */
char *sheet_title(const char *text);

/* The longest name of a sheet in units of UTF-16, and the bytes that it takes in UTF-8. */
#define SHEET_NAME_UNITS_MAX 31
#define SHEET_NAME_SIZE (3 * SHEET_NAME_UNITS_MAX + 1)

/* More sheets than any report has. */
#define SHEETS_MAX 96

/* Zeroed: no names yet. */
struct sheet_names {
    char names[SHEETS_MAX][SHEET_NAME_SIZE];
    size_t count;
};

/* A name made of the text and not taken yet, upper and lower case being the same: without
 * characters that names must not have, cut between words, with a number when it is taken. Borrowed
 * from names; NULL when there are SHEETS_MAX. */
const char *sheet_name_add(struct sheet_names *names, const char *text);

#endif
