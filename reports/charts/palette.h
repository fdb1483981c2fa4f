/* The colours of pages and charts: one table, of which each colour has a light and a dark tone.
 *
 * Charts are drawn in the light tones on white. A page that holds a chart finds its colours again
 * (`fill` and `stroke` that are a light tone) and shows the dark ones where the reader's screen is
 * dark. So a chart paints with nothing but these, every stroke and fill names one, and two colours
 * that may differ in the dark have different light tones.
 *
 * tests/unit/test_palette.c holds the contrasts: 4.5 for text, 3 for what has to be seen, and that
 * series are told apart by every kind of colour vision. */
#ifndef KANSEN_REPORTS_CHARTS_PALETTE_H
#define KANSEN_REPORTS_CHARTS_PALETTE_H

#include <stddef.h>

/* Six hexadecimal digits of red, green and blue; scripts put "#" or "0x" in front. */
#define PALETTE_PAPER "ffffff"  /* what everything stands on */
#define PALETTE_GROUND "f3f5f8" /* around the paper, on screens */
#define PALETTE_INK "1c2430"    /* text */
#define PALETTE_SOFT "566070"   /* text beside it: subtitles, heads of columns */
#define PALETTE_RULE "d9dee5"   /* lines that only please: between rows, grids */
#define PALETTE_AXIS "858f9e"   /* lines that mean something: axes, outlines of a map */
#define PALETTE_LINK "005a91"   /* text that leads on */

#define PALETTE_MARK "0072b2"        /* a bar */
#define PALETTE_PROVISIONAL "9ccbe8" /* a bar that may grow, outlined in MARK */
#define PALETTE_OTHER "7d8590"       /* what others leave out */
#define PALETTE_BEFORE "5b3a00"      /* the line of a year ago, over bars */
#define PALETTE_MORE "c75400"        /* the bar of a rise */
#define PALETTE_LESS "0071b1"        /* the bar of a fall; MARK to the eye */

/* Series that lie upon each other, in this order, and PALETTE_OTHER at the end. */
#define PALETTE_SERIES 6
#define PALETTE_SERIES_1 "0073b3"
#define PALETTE_SERIES_2 "e6730c"
#define PALETTE_SERIES_3 "0da05f"
#define PALETTE_SERIES_4 "8a3172"
#define PALETTE_SERIES_5 "6b4a00"
#define PALETTE_SERIES_6 "0097ff"

/* From little to much, and where there is no figure; areas are outlined in AXIS. */
#define PALETTE_STEPS 5
#define PALETTE_STEP_NONE "eceff2"
#define PALETTE_STEP_1 "d3e6f3"
#define PALETTE_STEP_2 "9bcae7"
#define PALETTE_STEP_3 "56a5d6"
#define PALETTE_STEP_4 "1f78b8"
#define PALETTE_STEP_5 "0b4a7d"

/* What a colour is for, and so the contrast that it needs. */
enum palette_use {
    PALETTE_IS_GROUND, /* others are seen on it */
    PALETTE_IS_TEXT,   /* 4.5 against paper and ground */
    PALETTE_IS_MARK,   /* 3 against paper */
    PALETTE_IS_SERIES, /* the same, and told apart from the other series */
    PALETTE_IS_FILL    /* means nothing by itself, or has an outline */
};

struct palette_color {
    const char *name; /* in style sheets, behind "--" */
    const char *light;
    const char *dark;
    enum palette_use use;
};

/* Ends with one without a name. */
extern const struct palette_color palette[];

#endif
