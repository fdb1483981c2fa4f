/* The outlines of countries: made by reports/charts/make-world, see docs/decisions.md.
 *
 * The map is 720 pixels wide; y runs downwards. A country's code is ISO 3166-1's, Kosovo's XK. */
#ifndef KANSEN_REPORTS_CHARTS_WORLD_H
#define KANSEN_REPORTS_CHARTS_WORLD_H

#include <stddef.h>

/* In tenths of a pixel. */
#define WORLD_WIDTH 7200
extern const int world_height;

struct world_land {
    const char *code;
    const char *path; /* of SVG, in pixels */
};

/* A country that is too small for an outline, or part of another's; in tenths of a pixel. */
struct world_dot {
    const char *code;
    int x;
    int y;
};

/* Each ends with NULL. A code may stand in several lands. */
extern const struct world_land world_lands[];
extern const struct world_dot world_dots[];

#endif
