/* XLSX by libxlsxwriter: a sheet a section, tables with numbers that are numbers, charts that the
 * spreadsheet draws itself.
 *
 * What comes from people goes in as strings, never as anything that is tried for a formula, a
 * number or a link. */
#include "reports/formats/writers.h"

#include <stdlib.h>
#include <string.h>

#include <xlsxwriter.h>

#include "process/leftovers.h"
#include "process/tool.h"
#include "reports/formats/sheet_text.h"
#include "reports/formats/stamp.h"
#include "reports/formats/xlsx_book.h"
#include "reports/formats/xlsx_chart.h"
#include "text/escape.h"

/* Rows of a sheet: titles, an empty one, then the table's heads or the first sentence. */
#define ROW_TITLE 0
#define ROW_SUBTITLE 1
#define ROW_HEADS 3

/* Of a column, in characters: what fits and what people still read. */
#define WIDTH_MIN 9
#define WIDTH_MAX 60
#define WIDTH_MARGIN 2

/* Of a sheet of sentences, so that it fits on A4 also where Calibri is missing and a wider font
 * stands in; fonts differ, so lines are counted with some room. */
#define WIDTH_SENTENCES 68
#define WIDTH_LINE 62
#define LINE_HEIGHT 16.0
#define HEIGHT_MAX 409.0 /* of a row, in points */
#define LINES_MAX (HEIGHT_MAX / LINE_HEIGHT)

/* As spreadsheets number them. */
#define PAPER_A4 9

static const char *const folder_files[] = {"book.xlsx", NULL};

/* ---- cells */

/* Whole numbers beyond this lose digits in a spreadsheet, which has floating point alone. */
#define EXACT_MAX (INT64_C(1) << 53)

/* Does a word stand there in place of a number ("no data"), or nothing? Programs may get a number
 * all the same. */
static bool is_word(const struct table_cell *cell)
{
    return cell->text == NULL || cell->blank || strpbrk(cell->text, "0123456789") == NULL ||
           cell->value > EXACT_MAX || cell->value < -EXACT_MAX;
}

/* What people read in whole percent has its decimals beneath. */
static enum xlsx_cell kind_of(enum column_role role)
{
    return column_traits[role].hundredths && role != COLUMN_CHANGE_PERCENT ? XLSX_HUNDREDTHS
                                                                           : XLSX_COUNT;
}

static void put_cell(struct xlsx_book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                     enum column_role role, const struct table_row *from)
{
    const struct table_cell *cell = &from->cells[role];
    bool total = from->kind == ROW_TOTAL;
    const char *text = table_text(from, role);

    double value = column_traits[role].hundredths ? (double)cell->value / 100 : (double)cell->value;

    if (!column_traits[role].right)
        xlsx_put(book, sheet, row, column, text, book->formats[XLSX_TEXT][total]);
    else if (is_word(cell))
        xlsx_put(book, sheet, row, column, text, book->formats[XLSX_WORD][total]);
    else
        xlsx_note(book, worksheet_write_number(sheet, row, column, value,
                                               book->formats[kind_of(role)][total]));
}

/* ---- sheets */

static double width_of(const struct table *table, const struct table_column *column)
{
    size_t width = escape_width(column->heading);

    for (size_t row = table_next_shown(table, 0); row < table->row_count;
         row = table_next_shown(table, row + 1)) {
        size_t taken = escape_width(table_text(&table->rows[row], column->role));

        width = taken > width ? taken : width;
    }
    width += WIDTH_MARGIN;
    return (double)(width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width);
}

static void put_heads(struct xlsx_book *book, lxw_worksheet *sheet, const struct table *table)
{
    lxw_col_t frozen = 0;

    for (size_t i = 0; i < table->column_count; i++) {
        const struct table_column *column = &table->columns[i];
        lxw_col_t at = (lxw_col_t)i;
        bool right = column_traits[column->role].right;

        xlsx_note(book, worksheet_set_column(sheet, at, at, width_of(table, column), NULL));
        xlsx_put(book, sheet, ROW_HEADS, at, column->heading,
                 right ? book->head_right : book->head);
        if (column->role == COLUMN_NAME)
            frozen = (lxw_col_t)(at + 1);
    }
    worksheet_freeze_panes(sheet, ROW_HEADS + 1, frozen);
    xlsx_note(book, worksheet_repeat_rows(sheet, ROW_HEADS, ROW_HEADS));
}

/* Returns the row below the table. */
static lxw_row_t put_table(struct xlsx_book *book, lxw_worksheet *sheet, const struct table *table)
{
    lxw_row_t row = ROW_HEADS + 1;

    put_heads(book, sheet, table);
    for (size_t i = table_next_shown(table, 0); i < table->row_count;
         i = table_next_shown(table, i + 1), row++)
        for (size_t column = 0; column < table->column_count; column++)
            put_cell(book, sheet, row, (lxw_col_t)column, table->columns[column].role,
                     &table->rows[i]);
    return row;
}

/* LibreOffice leaves a row as high as one line unless it is told. */
static void put_sentence(struct xlsx_book *book, lxw_worksheet *sheet, lxw_row_t row,
                         const char *text, lxw_format *format)
{
    size_t lines = escape_width(text) / WIDTH_LINE + 1;
    double height = (double)lines < LINES_MAX ? LINE_HEIGHT * (double)lines : HEIGHT_MAX;

    xlsx_put(book, sheet, row, 0, text, format);
    xlsx_note(book, worksheet_set_row(sheet, row, height, NULL));
}

static void put_items(struct xlsx_book *book, lxw_worksheet *sheet, const struct section *section,
                      lxw_row_t row)
{
    for (size_t i = section_next_shown(section, 0); i < section->item_count;
         i = section_next_shown(section, i + 1), row++)
        put_sentence(book, sheet, row, section->items[i].text, book->sentence);
}

/* The first sheet of sentences begins with what all of them come to. Returns the row below. */
static lxw_row_t put_summary(struct xlsx_book *book, lxw_worksheet *sheet, lxw_row_t row)
{
    const struct document *document = book->report->document;

    if (book->summary_said)
        return row;
    book->summary_said = true;
    put_sentence(book, sheet, row, document->headline, book->headline);
    put_sentence(book, sheet, row + 1, document->summary, book->sentence);
    return row + 3;
}

static void set_page(struct xlsx_book *book, lxw_worksheet *sheet, bool has_chart)
{
    if (has_chart)
        worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, PAPER_A4);
    worksheet_fit_to_pages(sheet, 1, 0);
    xlsx_note(book, worksheet_set_footer(sheet, "&C&P / &N"));
}

static void put_section(struct xlsx_book *book, const struct section *section)
{
    const struct document *document = book->report->document;
    bool has_table = section->table.column_count > 0;
    const struct table *table = &section->table;
    const char *caption = table->numbered != NULL ? table->numbered : table->caption;
    const char *name = sheet_name_add(&book->names, has_table ? table->caption : section->heading);
    lxw_worksheet *sheet = name == NULL ? NULL : workbook_add_worksheet(book->workbook, name);
    lxw_row_t below = ROW_HEADS;

    if (sheet == NULL) {
        book->failed = true;
        return;
    }
    set_page(book, sheet, has_table && section_table_chart(section) != NULL);
    xlsx_put(book, sheet, ROW_TITLE, 0, has_table ? caption : document->title, book->title);
    xlsx_put(book, sheet, ROW_SUBTITLE, 0, document->subtitle, book->subtitle);
    if (has_table) {
        below = put_table(book, sheet, table) + 1;
    } else {
        xlsx_note(book, worksheet_set_column(sheet, 0, 0, WIDTH_SENTENCES, NULL));
        below = put_summary(book, sheet, below);
    }
    put_items(book, sheet, section, below);
    if (has_table && section_table_chart(section) != NULL)
        xlsx_chart(book, sheet, name, section, ROW_HEADS);
}

/* ---- the book */

static void set_properties(struct xlsx_book *book, time_t stamp)
{
    const struct document *document = book->report->document;
    char *title = sheet_title(document->title);
    char *subject = sheet_title(document->subtitle);
    char program[] = "kansen " KANSEN_VERSION;
    lxw_doc_properties properties = {
        .title = title, .subject = subject, .author = program, .created = stamp};

    if (title == NULL || subject == NULL)
        book->failed = true;
    else
        xlsx_note(book, workbook_set_properties(book->workbook, &properties));
    free(title);
    free(subject);
}

static enum status make_book(const char *path, const char *folder, const struct report *report,
                             time_t stamp, struct error *error)
{
    /* libxlsxwriter takes a pointer to non-const and changes nothing. */
    lxw_workbook_options options = {.tmpdir = (char *)(uintptr_t)folder};
    struct xlsx_book *book = calloc(1, sizeof(*book));
    const struct document *document = report->document;

    if (book == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    book->report = report;
    book->workbook = workbook_new_opt(path, &options);
    if (book->workbook == NULL || !xlsx_make_formats(book))
        book->failed = true;
    if (!book->failed)
        set_properties(book, stamp);
    for (size_t i = 0; i < document->shown_count && !book->failed; i++)
        put_section(book, &document->sections[document->shown[i]]);
    if (book->workbook != NULL)
        xlsx_note(book, workbook_close(book->workbook));

    bool failed = book->failed;
    lxw_error reason = book->error;

    free(book);
    if (!failed)
        return STATUS_OK;
    return error_set(error, STATUS_FATAL, "the workbook could not be made: %s",
                     reason == LXW_NO_ERROR ? "out of memory" : lxw_strerror(reason));
}

enum status make_xlsx(FILE *out, const struct report *report, struct error *error)
{
    struct tool tool;
    char path[FOLDER_PATH_SIZE + sizeof("/book.xlsx")];
    char *bytes = NULL;
    size_t length = 0;
    time_t stamp = 0;
    enum status status = stamp_read(report->document, &stamp, error);

    if (status == STATUS_OK)
        status = tool_open(&tool, "xlsx", folder_files, error);
    if (status != STATUS_OK)
        return status;
    snprintf(path, sizeof(path), "%s/%s", tool.folder, folder_files[0]);
    /* libxlsxwriter's own files have names for a moment, which nobody knows: a signal waits until
     * the book is there, some milliseconds. */
    leftovers_block();
    status = make_book(path, tool.folder, report, stamp, error);
    leftovers_unblock();
    if (status == STATUS_OK)
        status = tool_read(&tool, folder_files[0], &bytes, &length, error);
    if (status == STATUS_OK)
        fwrite(bytes, 1, length, out);
    free(bytes);
    tool_close(&tool);
    return status;
}
