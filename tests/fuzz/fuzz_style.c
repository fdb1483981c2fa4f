/* A style sheet of somebody else, and the page that holds it.
 *
 * What it is held against: gumbo, an HTML5 parser, for which the sheet is one text in one element;
 * and a second reader of CSS, which takes comments and texts out and finds no import and no address
 * outside of the page in the rest. */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gumbo.h>

#include "check.h"
#include "reports/template/style_sheet.h"

#define BEFORE "<!DOCTYPE html><html><head><style>"
#define BEHIND "</style></head><body><p></p></body></html>"

static const GumboNode *child(const GumboNode *node, GumboTag tag)
{
    for (unsigned i = 0; i < node->v.element.children.length; i++) {
        const GumboNode *one = node->v.element.children.data[i];

        if (one->type == GUMBO_NODE_ELEMENT && one->v.element.tag == tag)
            return one;
    }
    CHECK(false, "no %s", gumbo_normalized_tagname(tag));
    return NULL;
}

static char *join(const char *text)
{
    char *page = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&page, &size);

    CHECK(out != NULL, "out of memory");
    fprintf(out, "%s%s%s", BEFORE, text, BEHIND);
    CHECK(fclose(out) == 0, "out of memory");
    return page;
}

static void check_page(const char *text)
{
    char *page = join(text);
    GumboOutput *tree = gumbo_parse(page);
    const GumboNode *head = child(tree->root, GUMBO_TAG_HEAD);
    const GumboNode *body = child(tree->root, GUMBO_TAG_BODY);

    CHECK(head->v.element.children.length == 1, "%u elements in the head",
          head->v.element.children.length);
    CHECK(child(head, GUMBO_TAG_STYLE)->v.element.children.length <= 1, "the sheet is one text");
    CHECK(body->v.element.children.length == 1, "%u nodes in the body",
          body->v.element.children.length);
    (void)child(body, GUMBO_TAG_P);
    gumbo_destroy_output(&kGumboDefaultOptions, tree);
    free(page);
}

static bool is_name(char character)
{
    return isalnum((unsigned char)character) || (character != 0 && strchr("-_@", character)) ||
           (unsigned char)character >= 0x80;
}

/* Behind the address that begins here, which is not in quotes. */
static const char *pass_address(const char *text)
{
    return text + strcspn(text, ")\"'");
}

/* A blank stands for a comment, a quote for a text, its beginning for an address. */
static char *without_texts(const char *text)
{
    static const char url[] = "url(";
    char *rest = malloc(strlen(text) + 1);
    size_t length = 0;

    CHECK(rest != NULL, "out of memory");
    while (*text != '\0') {
        if (strncmp(text, "/*", 2) == 0) {
            text = strstr(text + 2, "*/");
            CHECK(text != NULL, "a comment without an end");
            text += 2;
            rest[length++] = ' ';
        } else if (*text == '"' || *text == '\'') {
            char quote = *text++;

            for (; *text != quote; text++) {
                CHECK(*text != '\0', "a text without an end");
                text += *text == '\\';
            }
            text++;
            rest[length++] = '"';
        } else if (strncasecmp(text, url, strlen(url)) == 0 &&
                   (length == 0 || !is_name(rest[length - 1]))) {
            length += (size_t)sprintf(rest + length, "%s", url);
            text += strlen(url);
            text += strspn(text, " \t\r\n\f");
            if (strncasecmp(text, "data:", strlen("data:")) == 0 || *text == '#') {
                rest[length++] = '#';
                text = pass_address(text);
            }
        } else {
            rest[length++] = (char)tolower((unsigned char)*text++);
        }
    }
    rest[length] = '\0';
    return rest;
}

static void check_addresses(const char *rest)
{
    for (const char *rule = strstr(rest, "@import"); rule; rule = strstr(rule + 1, "@import"))
        CHECK(is_name(rule[strlen("@import")]), "an import");
    CHECK(strchr(rest, '\\') == NULL, "a name that is spelled otherwise");
    for (const char *url = strstr(rest, "url("); url != NULL; url = strstr(url + 1, "url(")) {
        const char *address = url + strlen("url(");

        if (url > rest && is_name(url[-1]))
            continue;
        address += strspn(address, " \t\r\n\f");
        CHECK(*address == '"' || *address == '#' || *address == ')', "%.40s", url);
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char *text = malloc(size + 1);
    struct error error = {""};

    CHECK(text != NULL, "out of memory");
    memcpy(text, data, size);
    text[size] = '\0';
    if (style_sheet_check("style.css", text, &error) == STATUS_OK) {
        char *rest = without_texts(text);

        check_page(text);
        check_addresses(rest);
        free(rest);
    } else {
        CHECK(strncmp(error.message, "style.css:", strlen("style.css:")) == 0, "%s", error.message);
    }
    free(text);
    return 0;
}
