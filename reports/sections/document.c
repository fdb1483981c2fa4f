#include "reports/sections/document.h"

#include <stdlib.h>
#include <string.h>

bool section_is_empty(const struct section *section)
{
    return section->item_count == 0 && section->table.column_count == 0 &&
           section->chart_count == 0;
}

bool document_opens_heading(const struct document *document, size_t shown)
{
    const struct section *sections = document->sections;

    return shown == 0 || strcmp(sections[document->shown[shown]].heading,
                                sections[document->shown[shown - 1]].heading) != 0;
}

size_t section_next_shown(const struct section *section, size_t index)
{
    while (index < section->item_count && section->items[index].operators)
        index++;
    return index;
}

void section_clear_charts(struct section *section)
{
    for (size_t i = 0; i < section->chart_count; i++)
        chart_data_clear(&section->charts[i]);
    section->chart_count = 0;
}

const struct chart *section_table_chart(const struct section *section)
{
    for (size_t i = 0; i < section->chart_count; i++)
        if (section->charts[i].column != COLUMN_ROLES)
            return &section->charts[i];
    return NULL;
}

void document_free(struct document *document)
{
    if (document == NULL)
        return;
    for (size_t i = 0; i < document->section_count; i++) {
        table_clear(&document->sections[i].table);
        section_clear_charts(&document->sections[i]);
    }
    free(document->sections);
    free(document->shown);
    phrases_clear(&document->phrases);
    free(document);
}
