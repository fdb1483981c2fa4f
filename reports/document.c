#include "reports/document.h"

#include <stdlib.h>

const char *document_message(const struct document *document, enum message message)
{
    return language_message(document->language, message);
}

void document_free(struct document *document)
{
    if (document == NULL)
        return;
    table_clear(&document->months);
    table_clear(&document->shares);
    phrases_clear(&document->phrases);
    free(document);
}
