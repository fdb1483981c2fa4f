#include "site/data.h"

#include <stdlib.h>
#include <string.h>

#include "site/data_parts.h"
#include "site/embedded.h"
#include "site/page.h"

/* ---- what they share */

char *data_address(const char *file)
{
    char path[TREE_PATH_MAX + sizeof("../")];

    snprintf(path, sizeof(path), "../%s", file);
    return page_url(path);
}

char *data_page_address(const struct model *model, size_t language,
                        const struct site_edition *edition)
{
    char file[TREE_PATH_MAX + 1];

    snprintf(file, sizeof(file), "%s/%s", language_code(model->languages[language]), edition->page);
    return data_address(file);
}

const char *data_standing(const struct site_edition *edition)
{
    if (edition->edition->withdrawn != NULL)
        return "withdrawn";
    return model_is_current(edition) ? "current" : "replaced";
}

int32_t data_replaced_by(const struct site_edition *edition)
{
    return edition->standing == NULL || model_is_current(edition)
               ? 0
               : edition->standing->edition->number;
}

/* ---- all of it */

enum status data_make(const struct model *model, struct tree *tree, const char *values,
                      size_t values_length, struct error *error)
{
    static data_maker *const makers[] = {data_make_editions, data_make_months, data_make_columns,
                                         data_make_json};
    enum status status = tree_put(tree, DATA_VALUES, values, values_length, error);

    for (size_t i = 0; i < sizeof(makers) / sizeof(*makers) && status == STATUS_OK; i++)
        status = makers[i](model, tree, error);
    for (size_t i = 0; site_schemas[i].name != NULL && status == STATUS_OK; i++) {
        char path[TREE_PATH_MAX + 1];

        snprintf(path, sizeof(path), "schemas/%s", site_schemas[i].name);
        status = tree_put(tree, path, site_schemas[i].text, strlen(site_schemas[i].text), error);
    }
    return status;
}
