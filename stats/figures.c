#include "stats/figures.h"

#include <stdlib.h>

void figures_free(struct figures *figures)
{
    if (figures == NULL)
        return;
    for (size_t i = 0; i < figures->pattern_count; i++)
        free(figures->patterns[i]);
    for (size_t i = 0; i < figures->offset_count; i++) {
        free(figures->offsets[i].topic);
        free(figures->offsets[i].group);
        free(figures->offsets[i].next_offsets);
    }
    free(figures->threat);
    free(figures->name_en);
    free(figures->name_ja);
    free(figures->patterns);
    free(figures->timezone);
    free(figures->geoip_build);
    free(figures->months);
    free(figures->countries);
    free(figures->offsets);
    free(figures);
}
