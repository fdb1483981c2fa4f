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
#include "reports/formats/xlsx_chart_sheet.h"
#include "text/escape.h"

/* Of a sheet of sentences, so that it fits on A4 also where Calibri is missing and a wider font
 * stands in; fonts differ, so lines are counted with some room. */
#define WIDTH_SENTENCES 68
#define WIDTH_LINE 62
#define LINE_HEIGHT 16.0
#define HEIGHT_MAX 409.0 /* of a row, in points */
#define LINES_MAX (HEIGHT_MAX / LINE_HEIGHT)

static const char *const folder_files[] = {"book.xlsx", NULL};

/* ---- cells */

/* Does a word stand there in place of a number ("no data"), or nothing? Programs may get a number
 * all the same. */
static bool is_word(const struct table_cell *cell)
{
    return cell->text == NULL || cell->blank || strpbrk(cell->text, "0123456789") == NULL ||
           !xlsx_is_exact(cell->value);
}

/* What is more or less, and says so by its sign. */
static bool is_signed(enum column_role role)
{
    static const enum column_role roles[] = {
        COLUMN_CHANGE,    COLUMN_CHANGE_PERCENT, COLUMN_POINTS,   COLUMN_ARRIVED,
        COLUMN_RELOCATED, COLUMN_REPLAYED,       COLUMN_REDEFINED};

    for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
        if (roles[i] == role)
            return true;
    return false;
}

/* What people read in whole percent has its decimals beneath. */
static enum xlsx_cell kind_of(enum column_role role)
{
    if (column_traits[role].hundredths && role != COLUMN_CHANGE_PERCENT)
        return is_signed(role) ? XLSX_CHANGE_HUNDREDTHS : XLSX_HUNDREDTHS;
    return is_signed(role) ? XLSX_CHANGE : XLSX_COUNT;
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
    double widest = xlsx_width(column->heading);

    for (size_t row = table_next_shown(table, 0); row < table->row_count;
         row = table_next_shown(table, row + 1)) {
        double width = xlsx_width(table_text(&table->rows[row], column->role));

        widest = width > widest ? width : widest;
    }
    return widest;
}

static void put_heads(struct xlsx_book *book, lxw_worksheet *sheet, const struct table *table)
{
    lxw_col_t frozen = 0;

    for (size_t i = 0; i < table->column_count; i++) {
        const struct table_column *column = &table->columns[i];
        lxw_col_t at = (lxw_col_t)i;
        bool right = column_traits[column->role].right;

        xlsx_note(book, worksheet_set_column(sheet, at, at, width_of(table, column), NULL));
        xlsx_put(book, sheet, XLSX_ROW_HEADS, at, column->heading,
                 right ? book->head_right : book->head);
        if (column->role == COLUMN_NAME)
            frozen = (lxw_col_t)(at + 1);
    }
    worksheet_freeze_panes(sheet, XLSX_ROW_HEADS + 1, frozen);
    xlsx_note(book, worksheet_repeat_rows(sheet, XLSX_ROW_HEADS, XLSX_ROW_HEADS));
}

/* Returns the row below the table. */
static lxw_row_t put_table(struct xlsx_book *book, lxw_worksheet *sheet, const struct table *table)
{
    lxw_row_t row = XLSX_ROW_HEADS + 1;

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

/* The first sheet of sentences begins with what all of them come to, and then has their heading.
 * Returns the row below. */
static lxw_row_t put_summary(struct xlsx_book *book, lxw_worksheet *sheet,
                             const struct section *section, lxw_row_t row)
{
    const struct document *document = book->report->document;

    if (book->summary_said)
        return row;
    book->summary_said = true;
    put_sentence(book, sheet, row, document->headline, book->headline);
    put_sentence(book, sheet, row + 1, document->summary, book->sentence);
    put_sentence(book, sheet, row + 3, section->heading, book->headline);
    return row + 4;
}

/* Charts whose values stand in the table lie beside it, the others have sheets of their own. */
static void put_charts(struct xlsx_book *book, lxw_worksheet *sheet, const struct section *section)
{
    for (size_t i = 0; i < section->chart_count && !book->failed; i++) {
        const struct chart *chart = &section->charts[i];
        struct xlsx_cells cells = {.sheet = sheet->name, .heads = XLSX_ROW_HEADS};

        if (!xlsx_chart_is_drawn(chart))
            continue;
        if (xlsx_chart_is_of_table(section, chart, &cells))
            xlsx_chart_insert(book, sheet, chart, &cells,
                              (lxw_col_t)(section->table.column_count + 1));
        else
            xlsx_chart_sheet(book, section, chart);
    }
}

static bool has_chart_beside(const struct section *section)
{
    struct xlsx_cells cells;

    for (size_t i = 0; i < section->chart_count; i++)
        if (xlsx_chart_is_drawn(&section->charts[i]) &&
            xlsx_chart_is_of_table(section, &section->charts[i], &cells))
            return true;
    return false;
}

static void put_section(struct xlsx_book *book, const struct section *section)
{
    const struct document *document = book->report->document;
    const struct table *table = &section->table;
    bool has_table = table->column_count > 0;
    const char *caption = table->numbered != NULL ? table->numbered : table->caption;
    const char *title = has_table            ? caption
                        : book->summary_said ? section->heading
                                             : document->title;
    lxw_worksheet *sheet = xlsx_add_sheet(book, has_table ? table->caption : section->heading,
                                          title, has_chart_beside(section));
    lxw_row_t below = XLSX_ROW_HEADS;

    if (sheet == NULL)
        return;
    if (has_table) {
        below = put_table(book, sheet, table) + 1;
    } else {
        xlsx_note(book, worksheet_set_column(sheet, 0, 0, WIDTH_SENTENCES, NULL));
        below = put_summary(book, sheet, section, below);
    }
    put_items(book, sheet, section, below);
    if (has_table)
        put_charts(book, sheet, section);
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
