#include "text/escape.h"

#include <inttypes.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf.h>
#include <unicode/utf8.h>

/* ICU's macro narrows integers in ways that -Wconversion names at each use. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
int32_t escape_next(const char **text)
{
    const uint8_t *bytes = (const uint8_t *)*text;
    int32_t left = (int32_t)strnlen(*text, U8_MAX_LENGTH);
    int32_t position = 0;
    UChar32 character;

    if (left == 0)
        return 0;
    U8_NEXT(bytes, position, left, character);
    *text += position;
    return character < 0 ? ESCAPE_REPLACEMENT : character;
}

/* The character at the start of bytes, -1 when they are none; *size is how many bytes were taken.
 */
static int32_t next_of_bytes(const char *bytes, size_t length, size_t *size)
{
    const uint8_t *start = (const uint8_t *)bytes;
    int32_t left = length < U8_MAX_LENGTH ? (int32_t)length : U8_MAX_LENGTH;
    int32_t position = 0;
    UChar32 character;

    U8_NEXT(start, position, left, character);
    *size = (size_t)position;
    return character;
}
#pragma GCC diagnostic pop

/* Characters that act instead of being seen: controls, line breaks of Unicode, bidirectional
 * formatting, and what else has no shape of its own (tags, soft hyphen, zero-width space). The
 * zero-width joiners stay: several scripts are misspelt without them. Codes that will never be
 * characters (U+FFFF) are among them too: XML, and so SVG, forbids them. */
bool escape_is_hidden(int32_t character)
{
    if (U_IS_UNICODE_NONCHAR(character))
        return true;
    switch (u_charType(character)) {
    case U_CONTROL_CHAR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_SURROGATE:
        return true;
    case U_FORMAT_CHAR:
        return character != 0x200C && character != 0x200D;
    default:
        return false;
    }
}

static void put_character(FILE *out, int32_t character)
{
    unsigned code = (unsigned)character;

    if (code < 0x80) {
        fputc((int)code, out);
        return;
    }
    if (code < 0x800) {
        fputc((int)(0xC0 | code >> 6), out);
    } else if (code < 0x10000) {
        fputc((int)(0xE0 | code >> 12), out);
        fputc((int)(0x80 | (code >> 6 & 0x3F)), out);
    } else {
        fputc((int)(0xF0 | code >> 18), out);
        fputc((int)(0x80 | (code >> 12 & 0x3F)), out);
        fputc((int)(0x80 | (code >> 6 & 0x3F)), out);
    }
    fputc((int)(0x80 | (code & 0x3F)), out);
}

static void put_shown(FILE *out, int32_t character)
{
    if (escape_is_hidden(character))
        fprintf(out, "\\u{%04" PRIX32 "}", (uint32_t)character);
    else
        put_character(out, character);
}

void escape_plain(FILE *out, const char *text)
{
    for (int32_t character; (character = escape_next(&text)) != 0;)
        put_shown(out, character);
}

void escape_bytes(FILE *out, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t size;
        int32_t character = next_of_bytes(bytes, length, &size);

        if (character >= 0)
            put_shown(out, character);
        for (size_t i = 0; character < 0 && i < size; i++)
            fprintf(out, "\\x{%02X}", (unsigned)(uint8_t)bytes[i]);
        bytes += size;
        length -= size;
    }
}

void escape_html(FILE *out, const char *text)
{
    for (int32_t character; (character = escape_next(&text)) != 0;) {
        switch (character) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            put_shown(out, character);
        }
    }
}

/* Whether a backslash must stand before the character at `here`, of a text that opens at `start`.
 * Outside these places Markdown reads punctuation as itself, and the source stays legible. */
static bool is_markup(const char *start, const char *here)
{
    if (strchr("\\`*_[]|~$#!", *here) != NULL)
        return true;
    if (*here == ':') /* http://… would become a link */
        return here[1] == '/';
    if (*here == '.') /* so would www.…; "1." at the start opens a list */
        return (here - start >= 3 && strncmp(here - 3, "www", 3) == 0) ||
               strspn(start, "0123456789") == (size_t)(here - start);
    if (*here == ')')
        return strspn(start, "0123456789") == (size_t)(here - start);
    return here == start && strchr("-+=", *here) != NULL;
}

/* GitHub makes links of e-mail addresses, and neither a backslash nor &#64; keeps it from that. */
static bool may_be_address(const char *start, const char *at)
{
    return at != start && at[-1] != ' ' && at[1] != ' ' && at[1] != '\0';
}

void escape_markdown(FILE *out, const char *text)
{
    const char *start = text;

    for (const char *here = text; *here != '\0'; here = text) {
        int32_t character = escape_next(&text);

        if (character == '<')
            fputs("&lt;", out);
        else if (character == '>')
            fputs("&gt;", out);
        else if (character == '&')
            fputs("&amp;", out);
        else if (character == ' ' && here == start) /* four of them would be a code block */
            fputs("&#32;", out);
        else if (character == '@' && may_be_address(start, here))
            fputs("@<!-- -->", out);
        else if (character < 0x80 && is_markup(start, here))
            fprintf(out, "\\%c", (char)character);
        else
            put_shown(out, character);
    }
}

/* What a spreadsheet takes for the start of a formula; full-width forms count in Japanese ones. */
static bool opens_formula(const char *text)
{
    static const int32_t openers[] = {'=',  '+',    '-',    '@',    '\t',  '\r',
                                      '\n', 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20};
    int32_t first = escape_next(&text);

    for (size_t i = 0; i < sizeof(openers) / sizeof(*openers); i++)
        if (first == openers[i])
            return true;
    return false;
}

/* Blanks at the ends of a field that is not quoted get lost in some readers. */
static bool has_blank_end(const char *text)
{
    size_t length = strlen(text);

    return *text == ' ' || (length > 0 && strchr(" \t", text[length - 1]) != NULL);
}

void escape_csv(FILE *out, const char *text)
{
    bool formula = opens_formula(text);
    bool quoted = formula || strpbrk(text, "\",\r\n") != NULL || has_blank_end(text);

    if (quoted)
        fputc('"', out);
    if (formula)
        fputc('\'', out);
    for (int32_t character; (character = escape_next(&text)) != 0;) {
        if (character == '"')
            fputc('"', out);
        put_character(out, character);
    }
    if (quoted)
        fputc('"', out);
}

void escape_json(FILE *out, const char *text)
{
    fputc('"', out);
    for (int32_t character; (character = escape_next(&text)) != 0;) {
        if (character == '"' || character == '\\')
            fprintf(out, "\\%c", (char)character);
        else if (character < 0x20 || (escape_is_hidden(character) && character <= 0xFFFF))
            fprintf(out, "\\u%04" PRIx32, (uint32_t)character);
        else
            put_character(out, character);
    }
    fputc('"', out);
}

void escape_url(FILE *out, const char *text)
{
    static const char unreserved[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text != '\0'; text++) {
        if (strchr(unreserved, *text) != NULL)
            fputc(*text, out);
        else
            fprintf(out, "%%%02X", (unsigned)(uint8_t)*text);
    }
}

int escape_columns(int32_t character)
{
    switch (u_charType(character)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
        return 0;
    default:
        break;
    }
    switch (u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH)) {
    case U_EA_FULLWIDTH:
    case U_EA_WIDE:
        return 2;
    default:
        return 1;
    }
}

size_t escape_width(const char *text)
{
    size_t width = 0;

    for (int32_t character; (character = escape_next(&text)) != 0;) {
        if (escape_is_hidden(character))
            width += (size_t)snprintf(NULL, 0, "\\u{%04" PRIX32 "}", (uint32_t)character);
        else
            width += (size_t)escape_columns(character);
    }
    return width;
}

/* Text of a file name may be any bytes. */
static bool is_shown_whole(const char *text)
{
    size_t left = strlen(text);
    size_t size = 0;

    for (; left > 0; text += size, left -= size) {
        int32_t character = next_of_bytes(text, left, &size);

        if (character < 0 || escape_is_hidden(character))
            return false;
    }
    return true;
}

static void quote_bytes(FILE *out, const char *text)
{
    fputs("$'", out);
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < ' ' || byte > '~')
            fprintf(out, "\\x%02x", byte);
        else
            fprintf(out, byte == '\'' || byte == '\\' ? "\\%c" : "%c", byte);
    }
    fputc('\'', out);
}

void escape_shell(FILE *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_.:/@%+,=";

    if (*text != '\0' && text[strspn(text, plain)] == '\0') {
        fputs(text, out);
    } else if (!is_shown_whole(text)) {
        quote_bytes(out, text);
    } else {
        fputc('\'', out);
        for (; *text != '\0'; text++)
            fputs(*text == '\'' ? "'\\''" : (const char[]){*text, '\0'}, out);
        fputc('\'', out);
    }
}

void escape_sql(FILE *out, const char *text)
{
    bool escaped = strchr(text, '\\') != NULL || !is_shown_whole(text);

    fputs(escaped ? "E'" : "'", out);
    while (*text != '\0') {
        const char *start = text;
        int32_t character = escape_next(&text);

        if (character == '\'' || character == '\\')
            fprintf(out, "%c%c", (char)character, (char)character);
        else if (escape_is_hidden(character) || character == ESCAPE_REPLACEMENT)
            fprintf(out, "\\U%08X", (unsigned)character);
        else
            fwrite(start, 1, (size_t)(text - start), out);
    }
    fputc('\'', out);
}
