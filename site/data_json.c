/* The part of site/data that makes JSON. */
#include <stdlib.h>

#include "site/data.h"
#include "site/data_parts.h"
#include "site/tree_file.h"
#include "text/json_writer.h"

static void put_month(struct json_writer *json, const struct month_figures *figures)
{
    char text[MONTH_TEXT_SIZE];

    json_writer_object(json, NULL, JSON_ONE_LINE);
    json_writer_text(json, "month", month_format(figures->month, text));
    json_writer_integer(json, "infections", figures->infections);
    json_writer_integer(json, "detections", figures->detections);
    json_writer_text(json, "state", month_state_name(figures->state));
    json_writer_end(json);
}

static bool put_file(struct json_writer *json, const struct site_edition *edition,
                     const struct edition_file *file)
{
    char path[TREE_PATH_MAX + 1];
    char *address;

    snprintf(path, sizeof(path), "%s/%s", edition->folder, file->name);
    address = data_address(path);
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

static bool put_pages(struct json_writer *json, const struct model *model,
                      const struct site_edition *edition)
{
    bool whole = true;

    json_writer_object(json, "pages", JSON_ONE_LINE);
    for (size_t i = 0; i < model->language_count; i++) {
        char *address = data_page_address(model, i, edition);

        json_writer_text(json, language_code(model->languages[i]), address);
        whole &= address != NULL;
        free(address);
    }
    json_writer_end(json);
    return whole;
}

static bool put_edition(struct json_writer *json, const struct model *model,
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
    json_writer_text(json, "standing", data_standing(of));
    if (data_replaced_by(of) == 0)
        json_writer_number(json, "replaced_by", NULL);
    else
        json_writer_integer(json, "replaced_by", data_replaced_by(of));
    json_writer_text(json, "withdrawn", edition->withdrawn_utc);
    json_writer_text(json, "withdrawn_reason", edition->withdrawn_reason);
    whole = put_pages(json, model, of);
    json_writer_array(json, "months", JSON_LINES);
    for (size_t i = 0; i < of->month_count; i++)
        put_month(json, &of->months[i]);
    json_writer_end(json);
    json_writer_array(json, "files", JSON_LINES);
    for (size_t i = 0; i < edition->file_count; i++)
        whole &= put_file(json, of, &edition->files[i]);
    json_writer_end(json);
    json_writer_end(json);
    return whole;
}

enum status data_make_json(const struct model *model, struct tree *tree, struct error *error)
{
    struct tree_file file;
    struct json_writer json;
    bool whole = true;
    enum status status = tree_file_open(&file, DATA_EDITIONS_JSON, error);

    if (status != STATUS_OK)
        return status;
    json_writer_init(&json, file.out);
    json_writer_object(&json, NULL, JSON_LINES);
    json_writer_text(&json, "$schema", "../schemas/editions-1.schema.json");
    json_writer_array(&json, "editions", JSON_LINES);
    for (size_t i = 0; i < model->list.count; i++)
        whole &= put_edition(&json, model, &model->editions[i]);
    json_writer_end(&json);
    json_writer_end(&json);
    fputc('\n', file.out);
    if (whole)
        return tree_file_put(&file, tree, error);
    tree_file_drop(&file);
    return tree_file_short(DATA_EDITIONS_JSON, error);
}
