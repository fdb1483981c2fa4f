/* The Markdown report with hostile names, read by GitHub's own parser with all of its extensions:
 * the same blocks, links and emphasis as with harmless names, and text that is the names. */
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "report_input.h"

#define NAMES_MIN 3
#define TEXT_MAX (64 * 1024)

/* A walk over one document that gathers the text up to whatever is not text. */
struct walk {
    cmark_iter *iter;
    cmark_event_type event;
    cmark_node *node;
    char text[TEXT_MAX];
    size_t length;
};

static cmark_node *parse(const char *text)
{
    static const char *const extensions[] = {"table", "strikethrough", "autolink", "tagfilter",
                                             "tasklist"};
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_FOOTNOTES);

    for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
        CHECK(cmark_parser_attach_syntax_extension(parser,
                                                   cmark_find_syntax_extension(extensions[i])) == 1,
              "no extension %s", extensions[i]);
    cmark_parser_feed(parser, text, strlen(text));

    cmark_node *document = cmark_parser_finish(parser);

    cmark_parser_free(parser);
    return document;
}

/* What the writer puts between an @ and what follows it. */
static bool is_empty_comment(cmark_node *node)
{
    return cmark_node_get_type(node) == CMARK_NODE_HTML_INLINE &&
           strcmp(cmark_node_get_literal(node), "<!-- -->") == 0;
}

static void next(struct walk *walk)
{
    walk->length = 0;
    walk->text[0] = '\0';
    while ((walk->event = cmark_iter_next(walk->iter)) != CMARK_EVENT_DONE) {
        const char *literal;

        walk->node = cmark_iter_get_node(walk->iter);
        if (is_empty_comment(walk->node))
            continue;
        if (cmark_node_get_type(walk->node) != CMARK_NODE_TEXT)
            return;
        literal = cmark_node_get_literal(walk->node);

        size_t length = strlen(literal);

        CHECK(walk->length + length < TEXT_MAX, "too much text for the target");
        memcpy(walk->text + walk->length, literal, length + 1);
        walk->length += length;
    }
}

/* Markdown cuts blanks at the ends of a line. */
static char *trim(char *text)
{
    size_t length;

    text += strspn(text, " ");
    length = strlen(text);
    while (length > 0 && text[length - 1] == ' ')
        text[--length] = '\0';
    return text;
}

static void compare_nodes(cmark_node *hostile, cmark_node *harmless)
{
    const char *one = cmark_node_get_url(hostile);
    const char *other = cmark_node_get_url(harmless);

    CHECK(cmark_node_get_type(hostile) == cmark_node_get_type(harmless), "%s instead of %s",
          cmark_node_get_type_string(hostile), cmark_node_get_type_string(harmless));
    CHECK((one == NULL) == (other == NULL), "a link, or none");
    CHECK(one == NULL || strcmp(one, other) == 0, "a link to %s", one);
}

static void compare(const struct report_input *input, struct walk *hostile, struct walk *harmless)
{
    size_t names = 0;

    do {
        next(hostile);
        next(harmless);

        char *expected = report_input_expected(input, harmless->text, REPORT_ESCAPED);

        names += report_input_count_names(harmless->text);
        CHECK(strcmp(trim(hostile->text), trim(expected)) == 0, "\"%s\" instead of \"%s\"",
              hostile->text, expected);
        free(expected);
        CHECK(hostile->event == harmless->event, "another structure behind \"%s\"", hostile->text);
        if (hostile->event != CMARK_EVENT_DONE)
            compare_nodes(hostile->node, harmless->node);
    } while (hostile->event != CMARK_EVENT_DONE);
    CHECK(names >= NAMES_MIN, "only %zu names", names);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static struct walk hostile;
    static struct walk harmless;
    struct report_input input;

    cmark_gfm_core_extensions_ensure_registered();
    report_input_read(data, size, &input);

    char *hostile_text = report_input_hostile(&input, write_markdown);
    const char *harmless_text = report_input_harmless(&input, write_markdown);
    cmark_node *hostile_tree = parse(hostile_text);
    cmark_node *harmless_tree = parse(harmless_text);

    report_input_check_shown(hostile_text);
    hostile.iter = cmark_iter_new(hostile_tree);
    harmless.iter = cmark_iter_new(harmless_tree);
    compare(&input, &hostile, &harmless);
    cmark_iter_free(hostile.iter);
    cmark_iter_free(harmless.iter);
    cmark_node_free(hostile_tree);
    cmark_node_free(harmless_tree);
    free(hostile_text);
    report_input_clear(&input);
    return 0;
}
