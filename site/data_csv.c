/* The part of site/data that makes CSV. */
#include <inttypes.h>
#include <stdlib.h>

#include "site/data.h"
#include "site/data_columns.h"
#include "site/data_parts.h"
#include "site/tree_file.h"
#include "text/csv_writer.h"

static void put_names(struct csv_writer *csv, const char *const *names)
{
    for (; *names != NULL; names++)
        csv_writer_field(csv, *names);
    csv_writer_end(csv);
}

static void put_number(struct csv_writer *csv, int64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, number);
    csv_writer_number(csv, text);
}

static void put_month(struct csv_writer *csv, month_t month)
{
    char text[MONTH_TEXT_SIZE];

    csv_writer_field(csv, month_format(month, text));
}

static void put_key(struct csv_writer *csv, const struct edition *edition)
{
    csv_writer_field(csv, edition->threat);
    put_month(csv, edition->from);
    put_month(csv, edition->to);
    put_number(csv, edition->number);
}

static enum status put_edition_line(struct csv_writer *csv, const struct model *model,
                                    const struct site_edition *of, struct error *error)
{
    const struct edition *edition = of->edition;
    char *page = data_page_address(model, 0, of);

    if (page == NULL)
        return tree_file_short(DATA_EDITIONS, error);
    put_key(csv, edition);
    csv_writer_field(csv, edition->published_utc);
    csv_writer_field(csv, edition->timezone);
    csv_writer_field(csv, edition->provisional ? "true" : "false");
    csv_writer_field(csv, of->unique ? "true" : "false");
    put_number(csv, edition->total);
    csv_writer_field(csv, data_standing(of));
    if (data_replaced_by(of) == 0)
        csv_writer_field(csv, NULL);
    else
        put_number(csv, data_replaced_by(of));
    csv_writer_field(csv, edition->withdrawn_utc);
    csv_writer_field(csv, edition->withdrawn_reason);
    csv_writer_field(csv, page);
    csv_writer_end(csv);
    free(page);
    return STATUS_OK;
}

enum status data_make_editions(const struct model *model, struct tree *tree, struct error *error)
{
    struct tree_file file;
    struct csv_writer csv;
    enum status status = tree_file_open(&file, DATA_EDITIONS, error);

    if (status != STATUS_OK)
        return status;
    csv_writer_init(&csv, file.out);
    put_names(&csv, data_tables[DATA_TABLE_EDITIONS].columns);
    for (size_t i = 0; i < model->list.count && status == STATUS_OK; i++)
        status = put_edition_line(&csv, model, &model->editions[i], error);
    if (status == STATUS_OK)
        return tree_file_put(&file, tree, error);
    tree_file_drop(&file);
    return status;
}

enum status data_make_months(const struct model *model, struct tree *tree, struct error *error)
{
    struct tree_file file;
    struct csv_writer csv;
    enum status status = tree_file_open(&file, DATA_MONTHS, error);

    if (status != STATUS_OK)
        return status;
    csv_writer_init(&csv, file.out);
    put_names(&csv, data_tables[DATA_TABLE_MONTHS].columns);
    for (size_t i = 0; i < model->list.count; i++) {
        const struct site_edition *edition = &model->editions[i];

        for (size_t month = 0; month < edition->month_count; month++) {
            put_key(&csv, edition->edition);
            put_month(&csv, edition->months[month].month);
            put_number(&csv, edition->months[month].infections);
            put_number(&csv, edition->months[month].detections);
            csv_writer_field(&csv, month_state_name(edition->months[month].state));
            csv_writer_end(&csv);
        }
    }
    return tree_file_put(&file, tree, error);
}

void data_values_begin(FILE *values)
{
    struct csv_writer csv;

    csv_writer_init(&csv, values);
    put_names(&csv, data_tables[DATA_TABLE_VALUES].columns);
}

/* Rank 0: all that the ranking leaves out. */
static void put_value(struct csv_writer *csv, const struct edition *edition,
                      enum dimension dimension, size_t rank, const struct line_figures *line)
{
    char share[24];

    put_key(csv, edition);
    csv_writer_field(csv, dimension_name(dimension));
    csv_writer_field(csv, rank == 0 ? "other" : "value");
    if (rank == 0)
        csv_writer_field(csv, NULL);
    else
        put_number(csv, (int64_t)rank);
    csv_writer_field(csv, line->value);
    put_number(csv, line->infections);
    snprintf(share, sizeof(share), "%d.%02d", line->share / 100, line->share % 100);
    csv_writer_number(csv, share);
    csv_writer_end(csv);
}

void data_values_add(FILE *values, const struct edition *edition, const struct figures *figures)
{
    struct csv_writer csv;

    csv_writer_init(&csv, values);
    for (size_t i = 0; i < figures->dimension_count; i++) {
        const struct dimension_figures *dimension = &figures->dimensions[i];
        const struct line_figures other = {.infections = dimension->other.infections,
                                           .share = dimension->other.share};

        for (size_t rank = 1; rank <= dimension->ranked; rank++)
            put_value(&csv, edition, dimension->dimension, rank, &dimension->lines[rank - 1]);
        put_value(&csv, edition, dimension->dimension, 0, &other);
    }
}
