#include "stats/edition_figures.h"

#include <stdlib.h>

const char *cause_name(enum cause cause)
{
    static const char *const names[CAUSES] = {
        [CAUSE_ARRIVED] = "arrived",
        [CAUSE_RELOCATED] = "relocated",
        [CAUSE_REPLAYED] = "replayed",
        [CAUSE_REDEFINED] = "redefined",
    };

    return names[cause];
}

static void free_changes(struct change_figures *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(lines[i].value);
    free(lines);
}

static void free_restatement(struct restatement_figures *restatement)
{
    if (restatement == NULL)
        return;
    for (size_t i = 0; i < restatement->dimension_count; i++)
        free_changes(restatement->dimensions[i].lines, restatement->dimensions[i].line_count);
    free(restatement->dimensions);
    free_changes(restatement->months, restatement->month_count);
    free(restatement->replaces_published);
    free(restatement->patterns_before);
    free(restatement);
}

void edition_figures_free(struct edition_figures *edition)
{
    if (edition == NULL)
        return;
    free_restatement(edition->restatement);
    free(edition->published);
    free(edition->published_utc);
    free(edition);
}
