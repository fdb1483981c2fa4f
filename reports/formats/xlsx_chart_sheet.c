#include "reports/formats/xlsx_chart_sheet.h"

#include "reports/formats/xlsx_chart.h"

/* Behind what the chart is compared with, or what its marks mean. */
#define ROW_NOTE 2

static const char *head_of(const struct section *section, const struct chart *chart, size_t series)
{
    const struct table_column *column = table_find_column(&section->table, chart->column);

    if (chart->series[series].name != NULL || column == NULL)
        return chart->series[series].name;
    return column->heading;
}

static void put_heads(struct xlsx_book *book, lxw_worksheet *sheet, const struct section *section,
                      const struct chart *chart)
{
    double widest = xlsx_width(chart->heading);

    for (size_t i = 0; i < chart->point_count; i++)
        if (xlsx_width(chart->points[i].label) > widest)
            widest = xlsx_width(chart->points[i].label);
    xlsx_note(book, worksheet_set_column(sheet, 0, 0, widest, NULL));
    xlsx_put(book, sheet, XLSX_ROW_HEADS, 0, chart->heading, book->head);
    for (size_t i = 0; i < chart->series_count; i++) {
        const char *head = head_of(section, chart, i);
        lxw_col_t column = (lxw_col_t)(i + 1);

        xlsx_note(book, worksheet_set_column(sheet, column, column, xlsx_width(head), NULL));
        xlsx_put(book, sheet, XLSX_ROW_HEADS, column, head, book->head_right);
    }
    worksheet_freeze_panes(sheet, XLSX_ROW_HEADS + 1, 1);
    xlsx_note(book, worksheet_repeat_rows(sheet, XLSX_ROW_HEADS, XLSX_ROW_HEADS));
}

static void put_value(struct xlsx_book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                      const struct chart *chart, const struct chart_value *value)
{
    bool hundredths = chart->column != COLUMN_ROLES && column_traits[chart->column].hundredths;
    enum xlsx_cell kind = hundredths                     ? XLSX_HUNDREDTHS
                          : chart->kind == CHART_CHANGES ? XLSX_CHANGE
                                                         : XLSX_COUNT;
    bool missing = value->mark == CHART_MARK_MISSING;

    /* Of what is not known nothing stands there, or a word that says so. */
    if (missing && value->text == NULL)
        return;
    if (missing || !xlsx_is_exact(value->value))
        xlsx_put(book, sheet, row, column, value->text == NULL ? "" : value->text,
                 book->formats[XLSX_WORD][0]);
    else
        xlsx_note(book, worksheet_write_number(sheet, row, column,
                                               hundredths ? (double)value->value / 100
                                                          : (double)value->value,
                                               book->formats[kind][0]));
}

static void put_values(struct xlsx_book *book, lxw_worksheet *sheet, const struct chart *chart)
{
    for (size_t i = 0; i < chart->point_count; i++) {
        lxw_row_t row = (lxw_row_t)(XLSX_ROW_HEADS + 1 + i);

        xlsx_put(book, sheet, row, 0, chart->points[i].label, book->formats[XLSX_TEXT][0]);
        for (size_t j = 0; j < chart->series_count; j++)
            put_value(book, sheet, row, (lxw_col_t)(j + 1), chart, &chart->series[j].values[i]);
    }
}

void xlsx_chart_sheet(struct xlsx_book *book, const struct section *section,
                      const struct chart *chart)
{
    lxw_worksheet *sheet = xlsx_add_sheet(book, chart->title, chart->title, true);
    struct xlsx_cells cells = {.heads = XLSX_ROW_HEADS, .names = 0, .values = 1};

    if (sheet == NULL)
        return;
    cells.sheet = sheet->name;
    if (chart->note != NULL)
        xlsx_put(book, sheet, ROW_NOTE, 0, chart->note, book->subtitle);
    put_heads(book, sheet, section, chart);
    put_values(book, sheet, chart);
    xlsx_chart_insert(book, sheet, chart, &cells, (lxw_col_t)(chart->series_count + 2));
}
