#include "reports/charts/image.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "process/tool.h"
#include "reports/charts/paper_fonts.h"

/* "SOURCE_DATE_EPOCH=" and a number. */
#define EPOCH_SIZE 48

static const char *const folder_files[] = {"drawing.svg", "image", TOOL_MESSAGES, PAPER_FONTS_FILES,
                                           NULL};

struct format_traits {
    const char *name;
    const char *zoom;
    const char *end; /* how a whole image ends */
};

/* PDF's unit is a point, of which a pixel is three quarters: rsvg-convert knows. */
static const struct format_traits formats[CHART_FORMATS] = {
    [CHART_SVG] = {"svg", "1", "</svg>\n"},
    [CHART_PNG] = {"png", "2", "IEND\xAE\x42\x60\x82"},
    [CHART_PDF] = {"pdf", "1", "%%EOF\n"},
};

void chart_image_clear(struct chart_image *image)
{
    free(image->bytes);
    *image = (struct chart_image){0};
}

const char *chart_format_name(enum chart_format format)
{
    return formats[format].name;
}

/* rsvg-convert may end with 0 also when the disk was full before its image was whole. */
static bool is_whole(const struct chart_image *image, enum chart_format format)
{
    const char *end = formats[format].end;
    size_t length = strlen(end);

    return image->length >= length &&
           memcmp(image->bytes + image->length - length, end, length) == 0;
}

static enum status write_drawing(const struct tool *tool, const struct chart_image *svg,
                                 struct error *error)
{
    FILE *file = tool_file(tool, "drawing.svg", "w");
    bool written = file != NULL && fwrite(svg->bytes, 1, svg->length, file) == svg->length;

    if (file != NULL)
        written = fclose(file) == 0 && written;
    if (!written)
        return error_set(error, STATUS_FATAL, "%s: %s", tool->folder, strerror(errno));
    return STATUS_OK;
}

static enum status run_converter(const struct tool *tool, enum chart_format format, time_t stamp,
                                 struct error *error)
{
    const struct format_traits *traits = &formats[format];
    char epoch[EPOCH_SIZE];
    char fonts[PAPER_FONTS_SIZE] = "";
    const char *environment[] = {epoch, NULL, NULL};
    const char *const argv[] = {"rsvg-convert", "--format", traits->name,  "--zoom", traits->zoom,
                                "--output",     "image",    "drawing.svg", NULL};
    const struct tool_program program = {
        .argv = argv,
        .environment = environment,
        .missing = "charts need rsvg-convert, which is not installed (Debian: librsvg2-bin)",
        .seconds_max = IMAGE_SECONDS_MAX};

    if (format == CHART_PDF && paper_fonts_cut(tool, "drawing.svg", fonts, error) != STATUS_OK)
        return STATUS_FATAL;
    if (*fonts != '\0')
        environment[1] = fonts;
    snprintf(epoch, sizeof(epoch), "SOURCE_DATE_EPOCH=%" PRId64, (int64_t)stamp);
    return tool_run(tool, &program, error) == STATUS_OK ? STATUS_OK : STATUS_FATAL;
}

static enum status read_image(const struct tool *tool, enum chart_format format,
                              struct chart_image *out, struct error *error)
{
    struct chart_image image = {0};
    enum status status = tool_read(tool, "image", &image.bytes, &image.length, error);

    if (status == STATUS_OK && !is_whole(&image, format)) {
        chart_image_clear(&image);
        status =
            error_set(error, STATUS_FATAL,
                      "rsvg-convert left no whole image in %s; is the disk full?", tool->folder);
    }
    if (status == STATUS_OK)
        *out = image;
    return status;
}

enum status chart_image_convert(const struct chart_image *svg, enum chart_format format,
                                time_t stamp, struct chart_image *out, struct error *error)
{
    struct tool tool;
    enum status status = tool_open(&tool, "chart", folder_files, error);

    if (status != STATUS_OK)
        return status;
    status = write_drawing(&tool, svg, error);
    if (status == STATUS_OK)
        status = run_converter(&tool, format, stamp, error);
    if (status == STATUS_OK)
        status = read_image(&tool, format, out, error);
    tool_close(&tool);
    return status;
}
