/* XLSX with hostile names, unpacked by libarchive and read by libxml2: the same parts, sheets,
 * cells and charts as with harmless names, no formula, no link, and each string the name as it must
 * be shown. */
#include <archive.h>
#include <archive_entry.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "report_input.h"
#include "reports/formats/sheet_text.h"

#define PARTS_MAX 64
#define STRINGS_MAX 4096
#define PART_SIZE_MAX ((size_t)4 << 20)

/* The threat's and its time zone's, in titles. */
#define NAMES_MIN 4

static const char strings_part[] = "xl/sharedStrings.xml";

struct part {
    char *name;
    xmlDoc *xml;
};

struct book {
    struct part parts[PARTS_MAX];
    size_t count;
    const xmlNode *strings[STRINGS_MAX]; /* <si> of the shared strings */
    size_t string_count;
};

struct comparison {
    const struct report_input *input;
    const struct book *hostile;
    const struct book *harmless;
    size_t names;
};

/* ---- unpacking */

static void add_part(struct book *book, const char *name, const char *bytes, size_t length)
{
    struct part *part = &book->parts[book->count++];

    CHECK(book->count <= PARTS_MAX, "too many parts for the target");
    part->name = strdup(name);
    part->xml = xmlReadMemory(bytes, (int)length, name, "UTF-8",
                              XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET);
    CHECK(part->xml != NULL, "%s is no XML: %.*s", name, (int)length, bytes);
}

static xmlDoc *find_part(const struct book *book, const char *name)
{
    for (size_t i = 0; i < book->count; i++)
        if (strcmp(book->parts[i].name, name) == 0)
            return book->parts[i].xml;
    CHECK(false, "no part %s", name);
    return NULL;
}

static void read_strings(struct book *book)
{
    const xmlNode *strings = xmlDocGetRootElement(find_part(book, strings_part));

    book->string_count = 0;
    for (const xmlNode *item = strings->children; item != NULL; item = item->next) {
        CHECK(book->string_count < STRINGS_MAX, "too many strings for the target");
        book->strings[book->string_count++] = item;
    }
}

static void unpack(const char *bytes, size_t length, struct book *book)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    char *content = malloc(PART_SIZE_MAX);

    book->count = 0;
    CHECK(archive != NULL && content != NULL, "out of memory");
    archive_read_support_format_zip(archive);
    CHECK(archive_read_open_memory(archive, bytes, length) == ARCHIVE_OK, "no zip: %s",
          archive_error_string(archive));
    while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
        la_ssize_t size = archive_read_data(archive, content, PART_SIZE_MAX);

        CHECK(size > 0 && (size_t)size < PART_SIZE_MAX, "%s", archive_entry_pathname(entry));
        add_part(book, archive_entry_pathname(entry), content, (size_t)size);
    }
    archive_read_free(archive);
    free(content);
    read_strings(book);
}

static void make(const struct report_side *side, struct book *book)
{
    struct report report = {.document = side->document};
    struct error error = {""};
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);

    CHECK(out != NULL, "out of memory");
    CHECK(make_xlsx(out, &report, &error) == STATUS_OK, "%s", error.message);
    CHECK(fclose(out) == 0, "a write failed");
    unpack(bytes, length, book);
    free(bytes);
}

static void forget(struct book *book)
{
    for (size_t i = 0; i < book->count; i++) {
        free(book->parts[i].name);
        xmlFreeDoc(book->parts[i].xml);
    }
    book->count = 0;
}

/* ---- comparing */

/* A spreadsheet reads _x005F_ as an underscore. No other escape may be left: what they stand for
 * is shown as \u{…}. */
static void read_escapes(char *text)
{
    static const char underscore[] = "_x005F_";
    char *to = text;

    while (*text != '\0') {
        if (strncmp(text, "_x", 2) == 0 && strspn(text + 2, "0123456789abcdefABCDEF") >= 4 &&
            text[6] == '_') {
            CHECK(strncmp(text, underscore, strlen(underscore)) == 0, "an escape: %.7s", text);
            *to++ = '_';
            text += strlen(underscore);
        } else {
            *to++ = *text++;
        }
    }
    *to = '\0';
}

static size_t units_of(const char *text)
{
    size_t units = 0;

    for (; *text != '\0'; text++) /* four bytes are two units, what follows a first byte none */
        units += ((unsigned char)*text & 0xC0) == 0x80 ? 0 : (unsigned char)*text >= 0xF0 ? 2 : 1;
    return units;
}

/* A title that is longer than a book's titles may be. */
static bool is_cut(const struct comparison *comparison, const char *hostile, const char *harmless)
{
    static const char ellipsis[] = "…";
    size_t length = strlen(hostile);
    char *whole = report_input_expected(comparison->input, harmless, REPORT_ESCAPED);
    bool cut = false;

    if (length > strlen(ellipsis)) {
        length -= strlen(ellipsis);
        cut = strcmp(hostile + length, ellipsis) == 0 && strncmp(hostile, whole, length) == 0 &&
              units_of(whole) > SHEET_TITLE_UNITS_MAX;
    }
    free(whole);
    return cut;
}

static void compare_text(struct comparison *comparison, const char *hostile, const char *harmless)
{
    CHECK(report_input_matches(comparison->input, hostile, harmless, REPORT_ESCAPED,
                               &comparison->names) ||
              is_cut(comparison, hostile, harmless),
          "\"%s\" in place of \"%s\"", hostile, harmless);
}

static char *content_of(const xmlNode *node)
{
    char *text = (char *)xmlNodeGetContent(node);

    CHECK(text != NULL, "no text");
    return text;
}

/* Strings of cells: one plain text each. */
static void compare_strings(struct comparison *comparison, const xmlNode *hostile,
                            const xmlNode *harmless)
{
    char *text = content_of(hostile);
    char *other = content_of(harmless);

    CHECK(xmlStrEqual(hostile->children->name, (const xmlChar *)"t") &&
              hostile->children->next == NULL,
          "a rich string: %s", text);
    read_escapes(text);
    compare_text(comparison, text, other);
    xmlFree(text);
    xmlFree(other);
}

static const xmlNode *string_at(const struct book *book, const xmlNode *cell)
{
    char *number = content_of(cell);
    size_t index = strtoul(number, NULL, 10);

    CHECK(index < book->string_count, "no string %s", number);
    xmlFree(number);
    return book->strings[index];
}

/* Columns are as wide as their texts, and rows as high. */
static bool depends_on_length(const xmlAttr *attribute)
{
    static const char *const names[] = {"width", "ht", "space"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (xmlStrEqual(attribute->name, (const xmlChar *)names[i]))
            return true;
    return false;
}

static const xmlAttr *skip(const xmlAttr *attribute)
{
    while (attribute != NULL && depends_on_length(attribute))
        attribute = attribute->next;
    return attribute;
}

static void compare_attributes(struct comparison *comparison, const xmlNode *hostile,
                               const xmlNode *harmless)
{
    const xmlAttr *one = skip(hostile->properties);
    const xmlAttr *other = skip(harmless->properties);

    while (one != NULL && other != NULL) {
        CHECK(xmlStrEqual(one->name, other->name), "attribute %s", (const char *)one->name);
        if (one->children != NULL && other->children != NULL)
            compare_text(comparison, (const char *)one->children->content,
                         (const char *)other->children->content);
        one = skip(one->next);
        other = skip(other->next);
    }
    CHECK(one == NULL && other == NULL, "other attributes");
}

static bool is_named(const xmlNode *node, const char *name)
{
    return xmlStrEqual(node->name, (const xmlChar *)name);
}

static bool is_string(const xmlNode *node)
{
    xmlChar *type = is_named(node, "c") ? xmlGetNoNsProp(node, (const xmlChar *)"t") : NULL;
    bool string = xmlStrEqual(type, (const xmlChar *)"s");

    xmlFree(type);
    return string;
}

static void compare_nodes(struct comparison *comparison, const xmlNode *hostile,
                          const xmlNode *harmless)
{
    for (; hostile != NULL && harmless != NULL;
         hostile = hostile->next, harmless = harmless->next) {
        CHECK(hostile->type == harmless->type && xmlStrEqual(hostile->name, harmless->name),
              "<%s> instead of <%s>", (const char *)hostile->name, (const char *)harmless->name);
        CHECK(!is_named(hostile, "hyperlink") &&
                  !(is_named(hostile, "f") && is_named(hostile->parent, "c")),
              "a formula or a link: %s", (const char *)hostile->name);
        if (hostile->type == XML_TEXT_NODE)
            compare_text(comparison, (const char *)hostile->content,
                         (const char *)harmless->content);
        if (hostile->type != XML_ELEMENT_NODE)
            continue;
        compare_attributes(comparison, hostile, harmless);
        if (is_string(hostile))
            compare_strings(comparison, string_at(comparison->hostile, hostile),
                            string_at(comparison->harmless, harmless));
        else
            compare_nodes(comparison, hostile->children, harmless->children);
    }
    CHECK(hostile == NULL && harmless == NULL, "more in one than in the other");
}

static void compare_books(struct comparison *comparison)
{
    const struct book *hostile = comparison->hostile;
    const struct book *harmless = comparison->harmless;

    CHECK(hostile->count == harmless->count, "%zu parts instead of %zu", hostile->count,
          harmless->count);
    for (size_t i = 0; i < hostile->count; i++) {
        CHECK(strcmp(hostile->parts[i].name, harmless->parts[i].name) == 0, "part %s",
              hostile->parts[i].name);
        /* Equal ones are kept once, so their order says nothing: cells have been held together. */
        if (strcmp(hostile->parts[i].name, strings_part) != 0)
            compare_nodes(comparison, xmlDocGetRootElement(hostile->parts[i].xml),
                          xmlDocGetRootElement(harmless->parts[i].xml));
    }
    CHECK(comparison->names >= NAMES_MIN, "only %zu names", comparison->names);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static struct book harmless;
    static unsigned long generation;
    static struct book hostile;
    struct report_input input;
    struct comparison comparison = {&input, &hostile, &harmless, 0};

    report_input_read(data, size, &input);
    if (generation != input.generation) {
        forget(&harmless);
        make(&input.harmless, &harmless);
        generation = input.generation;
    }
    make(&input.hostile, &hostile);
    compare_books(&comparison);
    forget(&hostile);
    report_input_clear(&input);
    return 0;
}
