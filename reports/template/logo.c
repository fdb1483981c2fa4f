#include "reports/template/logo.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Pixels of a side. A logo is shown 250 wide at most, four times that for fine screens. */
#define SIDE_MAX 4096

#define BLANKS " \t\r\n"

/* ---- SVG */

/* What a picture doesn't need, and readers of SVG have been harmed by. */
static const struct {
    const char *text, *what;
} refused[] = {
    {"<!doctype", "a document type"},
    {"<!entity", "an entity"},
    {"<script", "a script"},
    {"<foreignobject", "a page inside the picture"},
    {"<?xml-stylesheet", "a style sheet that would be fetched"},
    {"@import", "a style sheet that would be fetched"},
};

/* Addresses stand behind these. */
static const char *const leading[] = {"href", "src", "url("};

static const char *find(const char *text, const char *what)
{
    for (size_t length = strlen(what); *text != '\0'; text++)
        if (strncasecmp(text, what, length) == 0)
            return text;
    return NULL;
}

static enum status refuse(const struct template_file *file, const char *place, const char *what,
                          struct error *error)
{
    return error_set(error, STATUS_REJECT, "%s:%d: %s; save the picture as plain SVG without it",
                     file->path, template_file_line(file->bytes, place), what);
}

/* What stands behind one of these: no address, or one inside the file. */
static bool is_inside(const char *lead, const char *behind)
{
    static const char data[] = "data:image/";
    const char *address = behind + strspn(behind, BLANKS);

    if (lead[strlen(lead) - 1] != '(' && *address++ != '=')
        return true;
    address += strspn(address, BLANKS "\"'");
    return *address == '#' || strncasecmp(address, data, sizeof(data) - 1) == 0;
}

static enum status check_addresses(const struct template_file *file, const char *lead,
                                   struct error *error)
{
    const char *found = file->bytes;

    while ((found = find(found, lead)) != NULL) {
        if (!is_inside(lead, found + strlen(lead)))
            return refuse(file, found, "this address would be fetched", error);
        found += strlen(lead);
    }
    return STATUS_OK;
}

enum status logo_check_svg(const struct template_file *file, struct error *error)
{
    enum status status = STATUS_OK;

    if (strstr(file->bytes, "<svg") == NULL || strstr(file->bytes, "</svg>") == NULL ||
        strstr(file->bytes, "http://www.w3.org/2000/svg") == NULL)
        return error_set(error, STATUS_REJECT,
                         "%s: no SVG: <svg xmlns=\"http://www.w3.org/2000/svg\" …> … </svg>",
                         file->path);
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        const char *found = find(file->bytes, refused[i].text);

        if (found != NULL)
            return refuse(file, found, refused[i].what, error);
    }
    for (size_t i = 0; i < sizeof(leading) / sizeof(*leading) && status == STATUS_OK; i++)
        status = check_addresses(file, leading[i], error);
    return status;
}

/* ---- PNG */

#define SIGNATURE "\x89PNG\r\n\x1A\n"
#define END "IEND\xAE\x42\x60\x82"

/* Of the first chunk, which holds width and height. */
#define HEADER_OFFSET 12
#define HEADER "IHDR"

static uint32_t read_number(const char *bytes)
{
    const unsigned char *at = (const unsigned char *)bytes;

    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

enum status logo_check_png(const struct template_file *file, struct error *error)
{
    const size_t signature = sizeof(SIGNATURE) - 1;
    const size_t end = sizeof(END) - 1;
    const char *sides = file->bytes + HEADER_OFFSET + sizeof(HEADER) - 1;

    if (file->length < HEADER_OFFSET + sizeof(HEADER) + 8 + end ||
        memcmp(file->bytes, SIGNATURE, signature) != 0 ||
        memcmp(file->bytes + HEADER_OFFSET, HEADER, sizeof(HEADER) - 1) != 0)
        return error_set(error, STATUS_REJECT, "%s: no PNG", file->path);
    if (memcmp(file->bytes + file->length - end, END, end) != 0)
        return error_set(error, STATUS_REJECT, "%s: a PNG that is cut short", file->path);

    uint32_t width = read_number(sides);
    uint32_t height = read_number(sides + 4);

    if (width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX)
        return error_set(error, STATUS_REJECT,
                         "%s: %lu x %lu pixels; a logo has %d at most on each side", file->path,
                         (unsigned long)width, (unsigned long)height, SIDE_MAX);
    return STATUS_OK;
}
