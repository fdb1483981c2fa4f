#include "reports/sections/document.h"

#include <stdlib.h>

size_t section_next_shown(const struct section *section, size_t index)
{
    while (index < section->item_count && section->items[index].operators)
        index++;
    return index;
}

void document_free(struct document *document)
{
    if (document == NULL)
        return;
    for (size_t i = 0; i < document->section_count; i++)
        table_clear(&document->sections[i].table);
    free(document->sections);
    phrases_clear(&document->phrases);
    free(document);
}
