/* Charts with hostile names, and the pictures that rsvg-convert makes of them.
 *
 * The SVG must be XML with the elements and attributes that harmless names give, and its text the
 * names; and so must the HTML report that holds it. rsvg-convert must succeed and run nothing
 * (canary.c is loaded into it). */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "html_compare.h"

#define ELLIPSIS "…"
/* One input in so many is drawn as PNG and PDF too, which takes much longer. */
#define CONVERTED_ONE_IN 64
#define CHARTS_MAX 16

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

static const struct chart *find_chart(const struct document *document, size_t number)
{
    for (size_t i = 0; i < document->section_count; i++) {
        const struct section *section = &document->sections[i];

        if (number >= section->first_chart && number - section->first_chart < section->chart_count)
            return &section->charts[number - section->first_chart];
    }
    CHECK(false, "no chart %zu", number);
    return NULL;
}

static void draw(const struct document *document, size_t number, struct chart_image *image)
{
    struct error error = {""};

    CHECK(chart_draw(document, find_chart(document, number), image, &error) == STATUS_OK, "%s",
          error.message);
}

/* ---- SVG */

/* What is cut of a name may end in a blank. */
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

static void compare_attributes(const xmlNode *hostile, const xmlNode *harmless)
{
    const xmlAttr *one = hostile->properties;
    const xmlAttr *other = harmless->properties;

    while (one != NULL && other != NULL) {
        CHECK(xmlStrEqual(one->name, other->name) &&
                  xmlStrEqual(one->children->content, other->children->content),
              "attribute %s=\"%s\"", (const char *)one->name, (const char *)one->children->content);
        one = one->next;
        other = other->next;
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
static const struct chart_image *keep_harmless(const struct report_input *input, size_t number)
{
    static struct chart_image images[CHARTS_MAX];
    static unsigned long generations[CHARTS_MAX];

    CHECK(number < CHARTS_MAX, "too many charts for the target");
    if (generations[number] != input->generation) {
        chart_image_clear(&images[number]);
        draw(input->harmless.document, number, &images[number]);
        generations[number] = input->generation;
    }
    return &images[number];
}

/* The chart that the input asks for. */
static size_t choose_chart(const struct report_input *input)
{
    CHECK(input->hostile.document->chart_count > 0, "no charts");
    return input->choice % input->hostile.document->chart_count;
}

/* ---- inside HTML */

static const struct chart_image *shown;
static size_t shown_chart;

static bool write_with_chart(FILE *out, const struct report *report)
{
    struct report_chart charts[CHARTS_MAX] = {{NULL, NULL}};
    struct report with_chart = {.document = report->document, .charts = charts};

    charts[shown_chart].svg = shown;
    return write_html(out, &with_chart);
}

static void compare_pages(const struct report_input *input, const struct chart_image *hostile,
                          const struct chart_image *harmless, size_t number)
{
    char *page;
    char *harmless_page;

    shown = hostile;
    shown_chart = number;
    page = report_input_hostile(input, write_with_chart);
    shown = harmless;
    harmless_page = report_input_hostile(input, write_with_chart);
    html_compare(input, page, harmless_page, HTML_CUT);
    free(page);
    free(harmless_page);
}

static void convert(const struct chart_image *svg, enum chart_format format, const char *begin)
{
    struct chart_image image = {0};
    struct error error = {""};
    enum status status = chart_image_convert(svg, format, 0, &image, &error);

    CHECK(access(canary, F_OK) != 0, "rsvg-convert did what it must not, see %s", canary);
    CHECK(status == STATUS_OK, "%s", error.message);
    CHECK(image.length > strlen(begin) && memcmp(image.bytes, begin, strlen(begin)) == 0, "no %s",
          chart_format_name(format));
    chart_image_clear(&image);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct chart_image hostile = {0};
    struct report_input input;

    if (getenv("KANSEN_FUZZ_CANARY") == NULL)
        prepare();
    report_input_read(data, size, &input);

    size_t number = choose_chart(&input);

    draw(input.hostile.document, number, &hostile);

    const struct chart_image *harmless = keep_harmless(&input, number);

    compare_images(&input, &hostile, harmless);
    compare_pages(&input, &hostile, harmless, number);
    if (input.choice / 2 % CONVERTED_ONE_IN == 1) {
        convert(&hostile, CHART_PNG, "\x89PNG\r\n\x1a\n");
        convert(&hostile, CHART_PDF, "%PDF-");
    }
    chart_image_clear(&hostile);
    report_input_clear(&input);
    return 0;
}
