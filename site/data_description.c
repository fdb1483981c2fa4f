/* The part of site/data that says what columns of CSV files hold: CSV on the Web's metadata. */
#include <stdlib.h>
#include <string.h>

#include "site/data.h"
#include "site/data_columns.h"
#include "site/data_parts.h"
#include "site/edition_page.h"
#include "site/page.h"
#include "site/tree_file.h"
#include "text/json_writer.h"

#define CSVW_CONTEXT "http://www.w3.org/ns/csvw"

/* Columns of any CSV file of a report. */
#define COLUMNS_MAX 128

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

enum status data_make_columns(const struct model *model, struct tree *tree, struct error *error)
{
    struct tree_file file;
    struct json_writer json;
    enum status status = tree_file_open(&file, DATA_COLUMNS, error);

    (void)model;
    if (status != STATUS_OK)
        return status;
    json_writer_init(&json, file.out);
    json_writer_object(&json, NULL, JSON_LINES);
    json_writer_text(&json, "@context", CSVW_CONTEXT);
    json_writer_array(&json, "tables", JSON_LINES);
    for (size_t i = 0; i < DATA_TABLES; i++)
        put_table(&json, &data_tables[i]);
    json_writer_end(&json);
    json_writer_end(&json);
    fputc('\n', file.out);
    return tree_file_put(&file, tree, error);
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
    char *url = page_url(slash == NULL ? path : slash + 1);
    struct tree_file file;
    struct json_writer json;
    enum status status;

    snprintf(target, sizeof(target), "%s" CSV_METADATA, path);
    status = url == NULL ? tree_file_short(path, error) : tree_file_open(&file, target, error);
    if (status != STATUS_OK) {
        free(url);
        return status;
    }
    json_writer_init(&json, file.out);
    json_writer_object(&json, NULL, JSON_LINES);
    json_writer_text(&json, "@context", CSVW_CONTEXT);
    json_writer_text(&json, "url", url);
    json_writer_object(&json, "tableSchema", JSON_LINES);
    data_columns_put(&json, names);
    json_writer_end(&json);
    json_writer_end(&json);
    fputc('\n', file.out);
    free(url);
    return tree_file_put(&file, tree, error);
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
