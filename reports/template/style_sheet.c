#include "reports/template/style_sheet.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "reports/template/template_file.h"

/* Brackets in brackets; style sheets that are written for people have four or five. */
#define DEPTH_MAX 64

#define BLANKS " \t\r\n\f"

/* The longest name of a function that is looked at. */
#define NAME_SHOWN 40

struct bracket {
    char closes;
    const char *place;
    bool fetches; /* the strings in it are addresses */
};

struct scan {
    const char *name;
    const char *text;
    const char *at;
    struct bracket brackets[DEPTH_MAX];
    size_t depth;
    struct error *error;
};

__attribute__((format(printf, 3, 4))) static enum status
refuse(const struct scan *scan, const char *place, const char *format, ...)
{
    char why[ERROR_MESSAGE_SIZE / 2];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, sizeof(why), format, arguments);
    va_end(arguments);
    return error_set(scan->error, STATUS_REJECT, "%s:%d: %s", scan->name,
                     template_file_line(scan->text, place), why);
}

/* ---- what stands for something else */

static enum status pass_comment(struct scan *scan)
{
    const char *end = strstr(scan->at + 2, "*/");

    if (end == NULL)
        return refuse(scan, scan->at, "the comment that begins here has no end");
    scan->at = end + 2;
    return STATUS_OK;
}

/* Inside the file, or inside the page: nothing that a browser has to fetch. */
static bool is_inside(const char *address, size_t length)
{
    static const char data[] = "data:";

    return length == 0 || *address == '#' ||
           (length >= sizeof(data) - 1 && strncasecmp(address, data, sizeof(data) - 1) == 0);
}

static enum status refuse_address(const struct scan *scan, const char *address, size_t length)
{
    return refuse(scan, address,
                  "\"%.*s\" would be fetched, and a page is one file: put what it holds here, as "
                  "url(data:…)",
                  length < NAME_SHOWN ? (int)length : NAME_SHOWN, address);
}

/* A backslash could spell the beginning of an address otherwise. */
static enum status check_address(const struct scan *scan, const char *address, size_t length)
{
    if (!is_inside(address, length) || memchr(address, '\\', length) != NULL)
        return refuse_address(scan, address, length);
    return STATUS_OK;
}

static enum status pass_string(struct scan *scan, bool is_address)
{
    const char *start = scan->at;
    char quote = *scan->at++;

    while (*scan->at != quote) {
        if (*scan->at == '\0' || *scan->at == '\n')
            return refuse(scan, start, "the text that begins with %c here has no end on its line",
                          quote);
        if (*scan->at == '\\' && scan->at[1] != '\0')
            scan->at++;
        scan->at++;
    }
    scan->at++;
    return is_address ? check_address(scan, start + 1, (size_t)(scan->at - start) - 2) : STATUS_OK;
}

/* ---- names */

static bool is_name(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || strchr("-_", character) != NULL ||
           (unsigned char)character >= 0x80;
}

static bool is_word(const char *name, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(name, word, length) == 0;
}

static size_t name_length(const char *name)
{
    size_t length = 0;

    while (name[length] != '\0' && is_name(name[length]))
        length++;
    return length;
}

/* A browser takes what isn't for no address, up to the bracket that it thinks is the end. */
static bool is_plain(const char *address, size_t length)
{
    const char *comment = strstr(address, "/*");

    return strcspn(address, "\"'(") >= length &&
           (comment == NULL || (size_t)(comment - address) >= length);
}

/* From behind `url(`; a text in quotes is left to pass_string. */
static enum status pass_url(struct scan *scan)
{
    scan->at += strspn(scan->at, BLANKS);
    if (*scan->at == '"' || *scan->at == '\'')
        return STATUS_OK;

    size_t length = strcspn(scan->at, ")" BLANKS);
    enum status status = check_address(scan, scan->at, length);
    const char *behind = scan->at + length + strspn(scan->at + length, BLANKS);

    if (status == STATUS_OK && (!is_plain(scan->at, length) || *behind != ')'))
        return refuse(
            scan, scan->at,
            "an address with quotes, blanks, brackets or comments in it stands in quotes");
    scan->at += length;
    return status;
}

static enum status open_bracket(struct scan *scan, char closes, bool fetches)
{
    if (scan->depth == DEPTH_MAX)
        return refuse(scan, scan->at, "more than %d brackets in each other", DEPTH_MAX);
    scan->brackets[scan->depth++] = (struct bracket){closes, scan->at, fetches};
    scan->at++;
    return STATUS_OK;
}

/* A name, and what it opens when it is a function's. */
static enum status pass_name(struct scan *scan)
{
    static const char *const fetching[] = {"url",
                                           "src",
                                           "image",
                                           "image-set",
                                           "cross-fade",
                                           "-webkit-image-set",
                                           "-webkit-cross-fade"};
    const char *name = scan->at;
    size_t length = name_length(name);
    bool fetches = false;

    scan->at += length;
    if (*scan->at != '(')
        return STATUS_OK;
    for (size_t i = 0; i < sizeof(fetching) / sizeof(*fetching); i++)
        fetches = fetches || is_word(name, length, fetching[i]);

    enum status status = open_bracket(scan, ')', fetches);

    return status == STATUS_OK && is_word(name, length, "url") ? pass_url(scan) : status;
}

static enum status pass_rule(struct scan *scan)
{
    size_t length = name_length(scan->at + 1);

    if (is_word(scan->at + 1, length, "import"))
        return refuse(scan, scan->at,
                      "@import would be fetched, and a page is one file: put those rules here");
    scan->at += 1 + length;
    return STATUS_OK;
}

/* ---- the whole */

static enum status close_bracket(struct scan *scan)
{
    if (scan->depth == 0)
        return refuse(scan, scan->at, "this %c closes nothing", *scan->at);

    const struct bracket *bracket = &scan->brackets[scan->depth - 1];

    if (*scan->at != bracket->closes)
        return refuse(scan, scan->at, "this %c stands where the %c of line %d has no %c yet",
                      *scan->at, *bracket->place, template_file_line(scan->text, bracket->place),
                      bracket->closes);
    scan->depth--;
    scan->at++;
    return STATUS_OK;
}

static bool in_address(const struct scan *scan)
{
    return scan->depth > 0 && scan->brackets[scan->depth - 1].fetches;
}

static enum status pass_next(struct scan *scan)
{
    switch (*scan->at) {
    case '{':
        return open_bracket(scan, '}', false);
    case '[':
        return open_bracket(scan, ']', false);
    case '(':
        return open_bracket(scan, ')', in_address(scan));
    case '}':
    case ']':
    case ')':
        return close_bracket(scan);
    case '"':
    case '\'':
        return pass_string(scan, in_address(scan));
    case '@':
        return pass_rule(scan);
    case '\\':
        return refuse(scan, scan->at, "a \\ outside of a text: write the name as it is");
    default:
        break;
    }
    if (scan->at[0] == '/' && scan->at[1] == '*')
        return pass_comment(scan);
    if (is_name(*scan->at))
        return pass_name(scan);
    scan->at++;
    return STATUS_OK;
}

/* HTML ends the element here, whatever CSS thinks of the place. */
static const char *find_end(const char *text)
{
    static const char end[] = "</style";

    while ((text = strchr(text, '<')) != NULL) {
        if (strncasecmp(text, end, sizeof(end) - 1) == 0)
            return text;
        text++;
    }
    return NULL;
}

enum status style_sheet_check(const char *name, const char *text, struct error *error)
{
    struct scan scan = {.name = name, .text = text, .at = text, .error = error};
    const char *end = find_end(text);
    enum status status = STATUS_OK;

    if (end != NULL)
        return refuse(&scan, end, "</style would end the style sheet here, inside the page");
    while (status == STATUS_OK && *scan.at != '\0')
        status = pass_next(&scan);
    if (status == STATUS_OK && scan.depth > 0)
        status = refuse(&scan, scan.brackets[scan.depth - 1].place, "this %c has no %c",
                        *scan.brackets[scan.depth - 1].place, scan.brackets[scan.depth - 1].closes);
    return status;
}
