#include "reports/sections/sections.h"

void section_findings(struct draft *draft)
{
    for (size_t i = 0; i < draft->findings.count; i++)
        draft_add_item(draft, (struct section_item){.text = draft->findings.sentences[i]});
}
