#include "reports/charts/chart_text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "text/escape.h"

/* Hundredths of the font's size that each character from blank to ~ takes in a wide font. */
static const unsigned char ascii_widths[] = {
    32,  41, 46, 84, 64, 95, 78, 28, 39, 39, 50, 84, 32, 37, 32, 39, /* blank to / */
    64,  64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 54, /* 0 to ? */
    100, 69, 69, 70, 77, 64, 58, 78, 76, 30, 54, 66, 56, 87, 75, 79, /* @ to O */
    64,  79, 70, 64, 62, 74, 69, 99, 69, 62, 69, 39, 39, 39, 84, 57, /* P to _ */
    61,  62, 64, 56, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, /* ` to o */
    64,  64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,     /* p to ~ */
};

#define ELLIPSIS 0x2026
#define ELLIPSIS_WIDTH 100
#define EMOJI_FIRST 0x1F000
#define LETTERS_END 0x530 /* of Latin, Greek and Cyrillic */

static int width_of(int32_t character)
{
    int columns = escape_columns(character);

    if (character >= ' ' && character <= '~')
        return ascii_widths[character - ' '];
    if (character == 0xA0 || character == 0xB7) /* no-break space, middle dot */
        return 32;
    if (character == ELLIPSIS)
        return ELLIPSIS_WIDTH;
    if (columns == 2)
        return character >= EMOJI_FIRST ? 130 : 100;
    if (columns == 0)
        return 0;
    return character < LETTERS_END ? 85 : 110;
}

static int shown_width(int32_t character)
{
    char number[16];
    int width = 0;

    if (!escape_is_hidden(character))
        return width_of(character);
    snprintf(number, sizeof(number), "\\u{%04X}", (unsigned)character);
    for (const char *here = number; *here != '\0'; here++)
        width += width_of(*here);
    return width;
}

int chart_text_width(const char *text, int size)
{
    int64_t width = 0;

    for (int32_t character; (character = escape_next(&text)) != 0;)
        width += shown_width(character);
    width = (width * size + 99) / 100;
    return width > INT32_MAX / 4 ? INT32_MAX / 4 : (int)width;
}

size_t chart_text_fit(const char *text, int size, int width)
{
    const char *next = text;
    const char *end = text;
    int64_t taken = 0;

    if (chart_text_width(text, size) <= width)
        return strlen(text);
    for (int32_t character; (character = escape_next(&next)) != 0; end = next) {
        taken += shown_width(character);
        if ((taken + ELLIPSIS_WIDTH) * size > (int64_t)width * 100)
            break;
    }
    return (size_t)(end - text);
}
