#include "stats/figures.h"

#include <stdlib.h>
#include <strings.h>

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
    for (size_t i = 0; i < figures->name_count; i++) {
        free(figures->names[i].language);
        free(figures->names[i].name);
    }
    free(figures->threat);
    free(figures->names);
    free(figures->patterns);
    free(figures->timezone);
    for (size_t i = 0; i < figures->geoip_build_count; i++)
        free(figures->geoip_builds[i]);
    free(figures->geoip_builds);
    free(figures->months);
    free(figures->countries);
    free(figures->offsets);
    free(figures);
}

const char *figures_name(const struct figures *figures, const char *language)
{
    for (size_t i = 0; i < figures->name_count; i++)
        if (strcasecmp(figures->names[i].language, language) == 0)
            return figures->names[i].name;
    return NULL;
}
