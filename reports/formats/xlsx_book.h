/* A workbook while it is made: its formats, the names of its sheets, and whether anything failed,
 * which is looked at once, at the end. */
#ifndef KANSEN_REPORTS_FORMATS_XLSX_BOOK_H
#define KANSEN_REPORTS_FORMATS_XLSX_BOOK_H

#include <stdbool.h>

#include <xlsxwriter.h>

#include "reports/formats/sheet_text.h"
#include "reports/formats/writers.h"

/* What a cell of a table holds. */
enum xlsx_cell {
    XLSX_TEXT, /* to the left; stays text when a person edits it */
    XLSX_WORD, /* to the right, in place of a number */
    XLSX_COUNT,
    XLSX_HUNDREDTHS, /* with two decimals */
    XLSX_CHANGE,     /* with its sign */
    XLSX_CHANGE_HUNDREDTHS,
    XLSX_CELLS
};

struct xlsx_book {
    lxw_workbook *workbook;
    const struct report *report;
    struct sheet_names names;
    lxw_format *title;
    lxw_format *subtitle;
    lxw_format *head;
    lxw_format *head_right;
    lxw_format *headline;
    lxw_format *sentence;
    lxw_format *formats[XLSX_CELLS][2]; /* of a body's row, of a total's */
    bool summary_said;
    bool failed;
    lxw_error error; /* the first; LXW_NO_ERROR and failed: memory is short */
};

/* Rows of a sheet: titles, a note or an empty one, then the table's heads or the first sentence. */
#define XLSX_ROW_TITLE 0
#define XLSX_ROW_SUBTITLE 1
#define XLSX_ROW_HEADS 3

#define XLSX_CHANGE_FORMAT "+#,##0;\xE2\x88\x92#,##0;0"
#define XLSX_CHANGE_HUNDREDTHS_FORMAT                                                              \
    "+0.00;\xE2\x88\x92"                                                                           \
    "0.00;0.00"

/* A colour of the palette, "1c2430", as libxlsxwriter takes it. */
lxw_color_t xlsx_color(const char *digits);

/* False when memory is short. */
bool xlsx_make_formats(struct xlsx_book *book);

/* A sheet of that name, or one like it, that prints on A4, with its title and the report's
 * subtitle; NULL: the book has failed. */
lxw_worksheet *xlsx_add_sheet(struct xlsx_book *book, const char *name, const char *title,
                              bool landscape);

/* Of a column that holds a text, in characters, within what people still read. */
double xlsx_width(const char *text);

/* Whole numbers that are larger lose digits in a spreadsheet, which has floating point alone. */
bool xlsx_is_exact(int64_t value);

/* Keeps the first error in mind. */
void xlsx_note(struct xlsx_book *book, lxw_error error);

/* A text into a cell, as a string whatever it looks like. */
void xlsx_put(struct xlsx_book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
              const char *text, lxw_format *format);

#endif
