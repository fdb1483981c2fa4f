/* Charts with hostile names, drawn by the real gnuplot.
 *
 * It must succeed, run nothing and write nothing but the chart (canary.c is loaded into it); the
 * SVG must be XML with the elements and attributes that harmless names give, and its text the
 * names; and so must the HTML report that holds it. */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "html_compare.h"

#define ELLIPSIS "…"
/* One input in so many is drawn as PNG too, which takes gnuplot five times as long. */
#define PNG_ONE_IN 16
#define SECTIONS_MAX 16

static char canary[] = "/tmp/kansen-canary.XXXXXX";

static void prepare(void)
{
    int file = mkstemp(canary);

    CHECK(file >= 0, "%s can't be made", canary);
    close(file);
    unlink(canary);
    setenv("KANSEN_FUZZ_CANARY", canary, 1);
    setenv("LD_PRELOAD", KANSEN_FUZZ_CANARY_LIBRARY, 1);
}

static void draw(const struct document *document, size_t section, enum chart_format format,
                 struct chart_image *image)
{
    struct error error = {""};
    enum status status = chart_draw(document, &document->sections[section], format, image, &error);

    CHECK(access(canary, F_OK) != 0, "gnuplot did what it must not, see %s", canary);
    CHECK(status == STATUS_OK, "%s", error.message);
}

/* ---- SVG */

/* gnuplot cuts blanks at the ends of a label. */
static char *trim(char *text)
{
    size_t length;

    text += strspn(text, " ");
    length = strlen(text);
    while (length > 0 && text[length - 1] == ' ')
        text[--length] = '\0';
    return text;
}

/* A name too long for its line ends in an ellipsis, and what stood behind it still follows. */
static bool is_cut(const char *hostile, const char *expected)
{
    const char *dots = strstr(hostile, ELLIPSIS);

    for (; dots != NULL; dots = strstr(dots + 1, ELLIPSIS)) {
        const char *rest = dots + strlen(ELLIPSIS);
        size_t kept = (size_t)(dots - hostile);

        if (strncmp(hostile, expected, kept) == 0 && strlen(rest) <= strlen(expected) - kept &&
            strcmp(expected + strlen(expected) - strlen(rest), rest) == 0)
            return true;
    }
    return false;
}

static void compare_text(const struct report_input *input, const xmlNode *hostile,
                         const xmlNode *harmless)
{
    char *text = strdup((const char *)hostile->content);
    char *expected = report_input_expected(input, (const char *)harmless->content, REPORT_ESCAPED);

    CHECK(strcmp(trim(text), trim(expected)) == 0 || is_cut(trim(text), trim(expected)),
          "\"%s\" instead of \"%s\"", text, expected);
    free(text);
    free(expected);
}

/* gnuplot says xml:space="preserve" where a text has blanks that would get lost. */
static const xmlAttr *skip_space(const xmlAttr *attribute)
{
    while (attribute != NULL && xmlStrEqual(attribute->name, (const xmlChar *)"space"))
        attribute = attribute->next;
    return attribute;
}

static void compare_attributes(const xmlNode *hostile, const xmlNode *harmless)
{
    const xmlAttr *one = skip_space(hostile->properties);
    const xmlAttr *other = skip_space(harmless->properties);

    while (one != NULL && other != NULL) {
        CHECK(xmlStrEqual(one->name, other->name) &&
                  xmlStrEqual(one->children->content, other->children->content),
              "attribute %s=\"%s\"", (const char *)one->name, (const char *)one->children->content);
        one = skip_space(one->next);
        other = skip_space(other->next);
    }
    CHECK(one == NULL && other == NULL, "other attributes");
}

static void compare_nodes(const struct report_input *input, const xmlNode *hostile,
                          const xmlNode *harmless)
{
    for (; hostile != NULL && harmless != NULL;
         hostile = hostile->next, harmless = harmless->next) {
        CHECK(hostile->type == harmless->type && xmlStrEqual(hostile->name, harmless->name),
              "<%s> instead of <%s>", (const char *)hostile->name, (const char *)harmless->name);
        if (hostile->type == XML_TEXT_NODE)
            compare_text(input, hostile, harmless);
        if (hostile->type != XML_ELEMENT_NODE)
            continue;
        compare_attributes(hostile, harmless);
        compare_nodes(input, hostile->children, harmless->children);
    }
    CHECK(hostile == NULL && harmless == NULL, "other elements");
}

static xmlDoc *parse(const struct chart_image *image)
{
    xmlDoc *document = xmlReadMemory(image->bytes, (int)image->length, NULL, NULL,
                                     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

    CHECK(document != NULL, "the chart is no XML:\n%s", image->bytes);
    return document;
}

static void compare_images(const struct report_input *input, const struct chart_image *hostile,
                           const struct chart_image *harmless)
{
    xmlDoc *hostile_tree = parse(hostile);
    xmlDoc *harmless_tree = parse(harmless);

    compare_nodes(input, xmlDocGetRootElement(hostile_tree), xmlDocGetRootElement(harmless_tree));
    xmlFreeDoc(hostile_tree);
    xmlFreeDoc(harmless_tree);
}

/* The harmless chart, drawn when it isn't that of an input before. */
static const struct chart_image *keep_harmless(const struct report_input *input, size_t section)
{
    static struct chart_image images[SECTIONS_MAX];
    static unsigned long generations[SECTIONS_MAX];

    CHECK(section < SECTIONS_MAX, "too many sections for the target");
    if (generations[section] != input->generation) {
        chart_image_clear(&images[section]);
        draw(input->harmless.document, section, CHART_SVG, &images[section]);
        generations[section] = input->generation;
    }
    return &images[section];
}

/* The section of the chart that the input asks for. */
static size_t choose_section(const struct report_input *input)
{
    const struct document *document = input->hostile.document;
    size_t charts[SECTIONS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < document->section_count && count < SECTIONS_MAX; i++)
        if (document->sections[i].chart.kind != CHART_NONE)
            charts[count++] = i;
    CHECK(count > 0, "no charts");
    return charts[input->choice % count];
}

/* ---- inside HTML */

static const struct chart_image *shown;
static size_t shown_section;

static bool write_with_chart(FILE *out, const struct report *report)
{
    struct report_chart charts[SECTIONS_MAX] = {{NULL, NULL}};
    struct report with_chart = {.document = report->document, .charts = charts};

    charts[shown_section].svg = shown;
    return write_html(out, &with_chart);
}

static void compare_pages(const struct report_input *input, const struct chart_image *hostile,
                          const struct chart_image *harmless, size_t section)
{
    char *page;
    char *harmless_page;

    shown = hostile;
    shown_section = section;
    page = report_input_hostile(input, write_with_chart);
    shown = harmless;
    harmless_page = report_input_hostile(input, write_with_chart);
    html_compare(input, page, harmless_page, HTML_CUT);
    free(page);
    free(harmless_page);
}

static void draw_png(const struct document *document, size_t section)
{
    static const char signature[] = "\x89PNG\r\n\x1a\n";
    struct chart_image image = {0};

    draw(document, section, CHART_PNG, &image);
    CHECK(image.length > sizeof(signature) &&
              memcmp(image.bytes, signature, sizeof(signature) - 1) == 0,
          "no PNG");
    chart_image_clear(&image);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct chart_image hostile = {0};
    struct report_input input;

    if (getenv("KANSEN_FUZZ_CANARY") == NULL)
        prepare();
    report_input_read(data, size, &input);

    size_t section = choose_section(&input);

    draw(input.hostile.document, section, CHART_SVG, &hostile);

    const struct chart_image *harmless = keep_harmless(&input, section);

    compare_images(&input, &hostile, harmless);
    compare_pages(&input, &hostile, harmless, section);
    if (input.choice / 2 % PNG_ONE_IN == 1)
        draw_png(input.hostile.document, section);
    chart_image_clear(&hostile);
    report_input_clear(&input);
    return 0;
}
