#include "reports/sections/document.h"

#include <stdlib.h>
#include <string.h>

bool document_opens_heading(const struct document *document, size_t index)
{
    return index == 0 ||
           strcmp(document->sections[index].heading, document->sections[index - 1].heading) != 0;
}

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
