#include "reports/charts/chart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/charts/kinds.h"

#define SUBTITLE_SIZE (13 * PIXEL)

static void (*const kinds[CHART_KINDS])(const struct drawing *drawing) = {
    [CHART_COLUMNS] = kind_columns, [CHART_STACKS] = kind_stacks, [CHART_BARS] = kind_bars,
    [CHART_CHANGES] = kind_bars,    [CHART_MAP] = kind_map,
};

/* The threat, the window, and what a mark means; of a threat's name, what has room beside the
 * others. NULL when memory is short. */
static char *make_subtitle(const struct document *document)
{
    static const char dot[] = " · ";
    const char *mark = document->mark == NULL ? "" : document->mark;
    char *subtitle = NULL;
    char *rest = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&rest, &length);

    if (out == NULL)
        return NULL;
    fprintf(out, "%s%s%s%s", dot, document->window, *mark == '\0' ? "" : dot, mark);
    if (fclose(out) == 0 && (out = open_memstream(&subtitle, &length)) != NULL) {
        int room = FRAME_WIDTH - 2 * FRAME_EDGE - chart_text_width(rest, SUBTITLE_SIZE);
        size_t fits = chart_text_fit(document->threat, SUBTITLE_SIZE, room);

        fwrite(document->threat, 1, fits, out);
        fprintf(out, "%s%s", document->threat[fits] == '\0' ? "" : "…", rest);
        if (fclose(out) != 0) {
            free(subtitle);
            subtitle = NULL;
        }
    }
    free(rest);
    return subtitle;
}

enum status chart_draw(const struct document *document, const struct chart *chart,
                       struct chart_image *out, struct error *error)
{
    char *subtitle = make_subtitle(document);
    char *bytes = NULL;
    size_t length = 0;
    FILE *memory = subtitle == NULL ? NULL : open_memstream(&bytes, &length);
    bool whole = memory != NULL;

    if (whole) {
        kinds[chart->kind](&(struct drawing){chart, subtitle, memory});
        whole = !ferror(memory);
        whole = fclose(memory) == 0 && whole;
    }
    free(subtitle);
    if (!whole) {
        free(bytes);
        return error_set(error, STATUS_FATAL, "a chart could not be drawn: out of memory");
    }
    *out = (struct chart_image){bytes, length};
    return STATUS_OK;
}
