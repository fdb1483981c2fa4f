#include "site/data.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "site/data_columns.h"
#include "site/edition_page.h"
#include "site/embedded.h"
#include "site/page.h"
#include "text/csv_writer.h"
#include "text/json_writer.h"

#define CSVW_CONTEXT "http://www.w3.org/ns/csvw"

/* Columns of any CSV file of a report. */
#define COLUMNS_MAX 128

/* Closes what was written into memory, and puts it into the tree. */
static enum status finish(struct tree *tree, const char *path, FILE *out, char **bytes,
                          const size_t *length, struct error *error)
{
    bool whole = !ferror(out);
    enum status status = STATUS_OK;

    if (fclose(out) != 0 || !whole)
        status = error_set(error, STATUS_FATAL, "%s: out of memory", path);
    if (status == STATUS_OK)
        status = tree_put(tree, path, *bytes, *length, error);
    free(*bytes);
    return status;
}

static enum status out_of_memory(const char *path, struct error *error)
{
    return error_set(error, STATUS_FATAL, "%s: out of memory", path);
}

/* ---- CSV */

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

/* The address of a page as files in data/ see it; the caller frees it. */
static char *address_of(const char *file)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (out == NULL)
        return NULL;
    fputs("../", out);
    page_put_path(out, file);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static char *page_address(const struct model *model, size_t language,
                          const struct site_edition *edition)
{
    char file[TREE_PATH_MAX + 1];

    snprintf(file, sizeof(file), "%s/%s", language_code(model->languages[language]), edition->page);
    return address_of(file);
}

static const char *standing_of(const struct site_edition *edition)
{
    if (edition->edition->withdrawn != NULL)
        return "withdrawn";
    return model_is_current(edition) ? "current" : "replaced";
}

/* The number of the edition that stands in its place; 0: there is none. */
static int32_t replaced_by(const struct site_edition *edition)
{
    return edition->standing == NULL || model_is_current(edition)
               ? 0
               : edition->standing->edition->number;
}

static enum status put_edition_line(struct csv_writer *csv, const struct model *model,
                                    const struct site_edition *of, struct error *error)
{
    const struct edition *edition = of->edition;
    char *page = page_address(model, 0, of);

    if (page == NULL)
        return out_of_memory(DATA_EDITIONS, error);
    put_key(csv, edition);
    csv_writer_field(csv, edition->published_utc);
    csv_writer_field(csv, edition->timezone);
    csv_writer_field(csv, edition->provisional ? "true" : "false");
    csv_writer_field(csv, of->unique ? "true" : "false");
    put_number(csv, edition->total);
    csv_writer_field(csv, standing_of(of));
    if (replaced_by(of) == 0)
        csv_writer_field(csv, NULL);
    else
        put_number(csv, replaced_by(of));
    csv_writer_field(csv, edition->withdrawn_utc);
    csv_writer_field(csv, edition->withdrawn_reason);
    csv_writer_field(csv, page);
    csv_writer_end(csv);
    free(page);
    return STATUS_OK;
}

static enum status make_editions(const struct model *model, struct tree *tree, struct error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    struct csv_writer csv;
    enum status status = STATUS_OK;

    if (out == NULL)
        return out_of_memory(DATA_EDITIONS, error);
    csv_writer_init(&csv, out);
    put_names(&csv, data_tables[DATA_TABLE_EDITIONS].columns);
    for (size_t i = 0; i < model->list.count && status == STATUS_OK; i++)
        status = put_edition_line(&csv, model, &model->editions[i], error);
    if (status == STATUS_OK)
        return finish(tree, DATA_EDITIONS, out, &bytes, &length, error);
    fclose(out);
    free(bytes);
    return status;
}

static enum status make_months(const struct model *model, struct tree *tree, struct error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    struct csv_writer csv;

    if (out == NULL)
        return out_of_memory(DATA_MONTHS, error);
    csv_writer_init(&csv, out);
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
    return finish(tree, DATA_MONTHS, out, &bytes, &length, error);
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

/* ---- what columns mean */

static void put_list(struct json_writer *json, const char *key, const char *const *names,
                     size_t count)
{
    json_writer_array(json, key, JSON_ONE_LINE);
    for (size_t i = 0; i < count; i++)
        json_writer_text(json, NULL, names[i]);
    json_writer_end(json);
}

static void put_foreign_key(struct json_writer *json, const struct data_table *table)
{
    json_writer_array(json, "foreignKeys", JSON_LINES);
    json_writer_object(json, NULL, JSON_LINES);
    put_list(json, "columnReference", table->columns, table->foreign_keys);
    json_writer_object(json, "reference", JSON_LINES);
    json_writer_text(json, "resource", data_tables[DATA_TABLE_EDITIONS].file);
    put_list(json, "columnReference", table->columns, table->foreign_keys);
    json_writer_end(json);
    json_writer_end(json);
    json_writer_end(json);
}

static void put_table(struct json_writer *json, const struct data_table *table)
{
    json_writer_object(json, NULL, JSON_LINES);
    json_writer_text(json, "url", table->file);
    json_writer_text(json, "dc:title", table->description);
    json_writer_object(json, "tableSchema", JSON_LINES);
    data_columns_put(json, table->columns);
    if (table->keys > 0)
        put_list(json, "primaryKey", table->columns, table->keys);
    if (table->foreign_keys > 0)
        put_foreign_key(json, table);
    json_writer_end(json);
    json_writer_end(json);
}

static enum status make_columns(struct tree *tree, struct error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    struct json_writer json;

    if (out == NULL)
        return out_of_memory(DATA_COLUMNS, error);
    json_writer_init(&json, out);
    json_writer_object(&json, NULL, JSON_LINES);
    json_writer_text(&json, "@context", CSVW_CONTEXT);
    json_writer_array(&json, "tables", JSON_LINES);
    for (size_t i = 0; i < DATA_TABLES; i++)
        put_table(&json, &data_tables[i]);
    json_writer_end(&json);
    json_writer_end(&json);
    fputc('\n', out);
    return finish(tree, DATA_COLUMNS, out, &bytes, &length, error);
}

/* The names in the first line, which the program wrote and never quotes; false: too many. */
static bool read_names(char *text, const char *names[COLUMNS_MAX + 1])
{
    size_t count = 0;

    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3;
    text[strcspn(text, "\r\n")] = '\0';
    for (char *rest = NULL, *name = strtok_r(text, ",", &rest); name != NULL;
         name = strtok_r(NULL, ",", &rest)) {
        if (count == COLUMNS_MAX)
            return false;
        names[count++] = name;
    }
    names[count] = NULL;
    return true;
}

static enum status describe(struct tree *tree, const char *path, const char *const *names,
                            struct error *error)
{
    char target[TREE_PATH_MAX + sizeof(CSV_METADATA)];
    const char *slash = strrchr(path, '/');
    char *url = NULL;
    char *bytes = NULL;
    size_t url_length = 0;
    size_t length = 0;
    FILE *address = open_memstream(&url, &url_length);
    FILE *out = open_memstream(&bytes, &length);
    struct json_writer json;

    if (address != NULL) {
        page_put_path(address, slash == NULL ? path : slash + 1);
        fclose(address);
    }
    if (out == NULL || url == NULL) {
        if (out != NULL)
            fclose(out);
        free(bytes);
        free(url);
        return out_of_memory(path, error);
    }
    snprintf(target, sizeof(target), "%s" CSV_METADATA, path);
    json_writer_init(&json, out);
    json_writer_object(&json, NULL, JSON_LINES);
    json_writer_text(&json, "@context", CSVW_CONTEXT);
    json_writer_text(&json, "url", url);
    json_writer_object(&json, "tableSchema", JSON_LINES);
    data_columns_put(&json, names);
    json_writer_end(&json);
    json_writer_end(&json);
    fputc('\n', out);
    free(url);
    return finish(tree, target, out, &bytes, &length, error);
}

enum status data_describe(struct tree *tree, const char *path, struct error *error)
{
    const char *names[COLUMNS_MAX + 1];
    char *text = NULL;
    enum status status = tree_read(tree, path, &text, error);

    if (status == STATUS_OK && !read_names(text, names))
        status = error_set(error, STATUS_REJECT, "%s: more than %d columns", path, COLUMNS_MAX);
    if (status == STATUS_OK)
        status = describe(tree, path, names, error);
    free(text);
    return status;
}

/* ---- JSON */

static void put_json_month(struct json_writer *json, const struct month_figures *figures)
{
    char text[MONTH_TEXT_SIZE];

    json_writer_object(json, NULL, JSON_ONE_LINE);
    json_writer_text(json, "month", month_format(figures->month, text));
    json_writer_integer(json, "infections", figures->infections);
    json_writer_integer(json, "detections", figures->detections);
    json_writer_text(json, "state", month_state_name(figures->state));
    json_writer_end(json);
}

static bool put_json_file(struct json_writer *json, const struct site_edition *edition,
                          const struct edition_file *file)
{
    char path[TREE_PATH_MAX + 1];
    char *address;

    snprintf(path, sizeof(path), "%s/%s", edition->folder, file->name);
    address = address_of(path);
    json_writer_object(json, NULL, JSON_ONE_LINE);
    json_writer_text(json, "name", file->name);
    json_writer_text(json, "url", address);
    json_writer_text(json, "format", file->format);
    json_writer_text(json, "language", file->language);
    json_writer_integer(json, "bytes", file->bytes);
    json_writer_text(json, "sha256", file->sha256);
    json_writer_end(json);
    free(address);
    return address != NULL;
}

static bool put_json_pages(struct json_writer *json, const struct model *model,
                           const struct site_edition *edition)
{
    bool whole = true;

    json_writer_object(json, "pages", JSON_ONE_LINE);
    for (size_t i = 0; i < model->language_count; i++) {
        char *address = page_address(model, i, edition);

        json_writer_text(json, language_code(model->languages[i]), address);
        whole &= address != NULL;
        free(address);
    }
    json_writer_end(json);
    return whole;
}

static bool put_json_edition(struct json_writer *json, const struct model *model,
                             const struct site_edition *of)
{
    const struct edition *edition = of->edition;
    char text[MONTH_TEXT_SIZE];
    bool whole;

    json_writer_object(json, NULL, JSON_LINES);
    json_writer_text(json, "threat", edition->threat);
    json_writer_text(json, "from", month_format(edition->from, text));
    json_writer_text(json, "to", month_format(edition->to, text));
    json_writer_integer(json, "edition", edition->number);
    json_writer_text(json, "published", edition->published_utc);
    json_writer_text(json, "timezone", edition->timezone);
    json_writer_bool(json, "provisional", edition->provisional);
    json_writer_bool(json, "unique", of->unique);
    json_writer_integer(json, "total", edition->total);
    json_writer_text(json, "standing", standing_of(of));
    if (replaced_by(of) == 0)
        json_writer_number(json, "replaced_by", NULL);
    else
        json_writer_integer(json, "replaced_by", replaced_by(of));
    json_writer_text(json, "withdrawn", edition->withdrawn_utc);
    json_writer_text(json, "withdrawn_reason", edition->withdrawn_reason);
    whole = put_json_pages(json, model, of);
    json_writer_array(json, "months", JSON_LINES);
    for (size_t i = 0; i < of->month_count; i++)
        put_json_month(json, &of->months[i]);
    json_writer_end(json);
    json_writer_array(json, "files", JSON_LINES);
    for (size_t i = 0; i < edition->file_count; i++)
        whole &= put_json_file(json, of, &edition->files[i]);
    json_writer_end(json);
    json_writer_end(json);
    return whole;
}

static enum status make_json(const struct model *model, struct tree *tree, struct error *error)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    struct json_writer json;
    bool whole = true;

    if (out == NULL)
        return out_of_memory(DATA_EDITIONS_JSON, error);
    json_writer_init(&json, out);
    json_writer_object(&json, NULL, JSON_LINES);
    json_writer_text(&json, "$schema", "../schemas/editions-1.schema.json");
    json_writer_array(&json, "editions", JSON_LINES);
    for (size_t i = 0; i < model->list.count; i++)
        whole &= put_json_edition(&json, model, &model->editions[i]);
    json_writer_end(&json);
    json_writer_end(&json);
    fputc('\n', out);
    if (whole)
        return finish(tree, DATA_EDITIONS_JSON, out, &bytes, &length, error);
    fclose(out);
    free(bytes);
    return out_of_memory(DATA_EDITIONS_JSON, error);
}

/* ---- all of it */

enum status data_make(const struct model *model, struct tree *tree, const char *values,
                      size_t values_length, struct error *error)
{
    enum status status = make_editions(model, tree, error);

    if (status == STATUS_OK)
        status = make_months(model, tree, error);
    if (status == STATUS_OK)
        status = tree_put(tree, DATA_VALUES, values, values_length, error);
    if (status == STATUS_OK)
        status = make_columns(tree, error);
    if (status == STATUS_OK)
        status = make_json(model, tree, error);
    for (size_t i = 0; site_schemas[i].name != NULL && status == STATUS_OK; i++) {
        char path[TREE_PATH_MAX + 1];

        snprintf(path, sizeof(path), "schemas/%s", site_schemas[i].name);
        status = tree_put(tree, path, site_schemas[i].text, strlen(site_schemas[i].text), error);
    }
    return status;
}
