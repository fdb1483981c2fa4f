#include "reports/formats/xlsx_book.h"

#include <stdlib.h>

#include "reports/charts/palette.h"
#include "text/escape.h"

/* Of a column, in characters: what fits and what people still read. */
#define WIDTH_MIN 9
#define WIDTH_MAX 60
#define WIDTH_MARGIN 2

#define EXACT_MAX (INT64_C(1) << 53)

/* As spreadsheets number them. */
#define PAPER_A4 9

lxw_color_t xlsx_color(const char *digits)
{
    return (lxw_color_t)strtoul(digits, NULL, 16);
}

void xlsx_note(struct xlsx_book *book, lxw_error error)
{
    if (error == LXW_NO_ERROR)
        return;
    if (!book->failed)
        book->error = error;
    book->failed = true;
}

void xlsx_put(struct xlsx_book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
              const char *text, lxw_format *format)
{
    char *shown = sheet_text(text);

    if (shown == NULL)
        book->failed = true;
    else
        xlsx_note(book, worksheet_write_string(sheet, row, column, shown, format));
    free(shown);
}

static lxw_format *add_format(struct xlsx_book *book)
{
    lxw_format *format = workbook_add_format(book->workbook);

    if (format == NULL)
        book->failed = true;
    return format;
}

static void make_cell_format(struct xlsx_book *book, enum xlsx_cell cell, bool total)
{
    static const char *const number_formats[XLSX_CELLS] = {[XLSX_TEXT] = "@",
                                                           [XLSX_WORD] = "@",
                                                           [XLSX_COUNT] = "#,##0",
                                                           [XLSX_HUNDREDTHS] = "0.00",
                                                           [XLSX_CHANGE] = XLSX_CHANGE_FORMAT,
                                                           [XLSX_CHANGE_HUNDREDTHS] =
                                                               XLSX_CHANGE_HUNDREDTHS_FORMAT};
    lxw_format *format = add_format(book);

    if (format == NULL)
        return;
    book->formats[cell][total] = format;
    format_set_num_format(format, number_formats[cell]);
    if (cell == XLSX_TEXT)
        format_set_indent(format, 1); /* away from a number to its left */
    else
        format_set_align(format, LXW_ALIGN_RIGHT);
    if (total) {
        format_set_bold(format);
        format_set_top(format, LXW_BORDER_THIN);
        format_set_top_color(format, xlsx_color(PALETTE_AXIS));
    }
}

static void make_head_format(struct xlsx_book *book, lxw_format **out, bool right)
{
    lxw_format *format = *out = add_format(book);

    if (format == NULL)
        return;
    format_set_num_format(format, "@");
    format_set_bold(format);
    format_set_font_color(format, xlsx_color(PALETTE_SOFT));
    format_set_bottom(format, LXW_BORDER_MEDIUM);
    format_set_bottom_color(format, xlsx_color(PALETTE_AXIS));
    if (right)
        format_set_align(format, LXW_ALIGN_RIGHT);
    else
        format_set_indent(format, 1);
}

static void make_sentence_format(lxw_format *format)
{
    format_set_num_format(format, "@");
    format_set_text_wrap(format);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
}

bool xlsx_make_formats(struct xlsx_book *book)
{
    book->title = add_format(book);
    book->subtitle = add_format(book);
    book->headline = add_format(book);
    book->sentence = add_format(book);
    make_head_format(book, &book->head, false);
    make_head_format(book, &book->head_right, true);
    for (int cell = 0; cell < XLSX_CELLS; cell++)
        for (int total = 0; total < 2; total++)
            make_cell_format(book, (enum xlsx_cell)cell, total == 1);
    if (book->failed)
        return false;
    format_set_num_format(book->title, "@");
    format_set_bold(book->title);
    format_set_font_size(book->title, 14);
    format_set_num_format(book->subtitle, "@");
    format_set_font_color(book->subtitle, xlsx_color(PALETTE_SOFT));
    make_sentence_format(book->headline);
    format_set_bold(book->headline);
    make_sentence_format(book->sentence);
    return true;
}

double xlsx_width(const char *text)
{
    size_t width = escape_width(text) + WIDTH_MARGIN;

    return (double)(width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width);
}

bool xlsx_is_exact(int64_t value)
{
    return value <= EXACT_MAX && value >= -EXACT_MAX;
}

lxw_worksheet *xlsx_add_sheet(struct xlsx_book *book, const char *name, const char *title,
                              bool landscape)
{
    const char *taken = sheet_name_add(&book->names, name);
    lxw_worksheet *sheet = taken == NULL ? NULL : workbook_add_worksheet(book->workbook, taken);

    if (sheet == NULL) {
        book->failed = true;
        return NULL;
    }
    if (landscape)
        worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, PAPER_A4);
    worksheet_fit_to_pages(sheet, 1, 0);
    xlsx_note(book, worksheet_set_footer(sheet, "&C&P / &N"));
    xlsx_put(book, sheet, XLSX_ROW_TITLE, 0, title, book->title);
    xlsx_put(book, sheet, XLSX_ROW_SUBTITLE, 0, book->report->document->subtitle, book->subtitle);
    return sheet;
}
