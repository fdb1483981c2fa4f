#include "html_compare.h"

#include <gumbo.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

struct comparison {
    const struct report_input *input;
    enum html_names kind;
    size_t names; /* found so far */
};

static void compare_text(struct comparison *comparison, const char *hostile, const char *harmless)
{
    CHECK(report_input_matches(comparison->input, hostile, harmless, REPORT_ESCAPED,
                               &comparison->names),
          "\"%s\" in place of \"%s\"", hostile, harmless);
}

static void compare_attributes(struct comparison *comparison, const GumboVector *hostile,
                               const GumboVector *harmless)
{
    unsigned i = 0;

    for (; i < hostile->length && i < harmless->length; i++) {
        const GumboAttribute *one = hostile->data[i];
        const GumboAttribute *other = harmless->data[i];

        CHECK(strcmp(one->name, other->name) == 0, "attribute %s instead of %s", one->name,
              other->name);
        compare_text(comparison, one->value, other->value);
    }
    CHECK(i == hostile->length && i == harmless->length, "%u attributes instead of %u",
          hostile->length, harmless->length);
}

static const GumboVector *children_of(const GumboNode *node)
{
    return node->type == GUMBO_NODE_DOCUMENT ? &node->v.document.children
                                             : &node->v.element.children;
}

static bool is_text(const GumboNode *node)
{
    return node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE;
}

/* SVG's elements have no numbers. */
static bool same_element(const GumboElement *one, const GumboElement *other)
{
    GumboStringPiece name = one->original_tag;
    GumboStringPiece other_name = other->original_tag;

    if (one->tag != other->tag || one->tag_namespace != other->tag_namespace)
        return false;
    if (one->tag != GUMBO_TAG_UNKNOWN)
        return true;
    gumbo_tag_from_original_text(&name);
    gumbo_tag_from_original_text(&other_name);
    return gumbo_string_equals(&name, &other_name);
}

/* As deep as the harmless report, which is not deep. */
static void compare_nodes(struct comparison *comparison, const GumboNode *hostile,
                          const GumboNode *harmless)
{
    if (is_text(harmless)) {
        CHECK(is_text(hostile), "markup in place of \"%s\"", harmless->v.text.text);
        if (comparison->kind == HTML_WHOLE)
            compare_text(comparison, hostile->v.text.text, harmless->v.text.text);
        return;
    }
    CHECK(hostile->type == harmless->type, "a node of type %d instead of %d", (int)hostile->type,
          (int)harmless->type);
    CHECK(hostile->type == GUMBO_NODE_ELEMENT || hostile->type == GUMBO_NODE_DOCUMENT,
          "a comment or CDATA section");
    if (hostile->type == GUMBO_NODE_ELEMENT) {
        CHECK(same_element(&hostile->v.element, &harmless->v.element), "%.*s instead of %.*s",
              (int)hostile->v.element.original_tag.length, hostile->v.element.original_tag.data,
              (int)harmless->v.element.original_tag.length, harmless->v.element.original_tag.data);
        compare_attributes(comparison, &hostile->v.element.attributes,
                           &harmless->v.element.attributes);
    }

    const GumboVector *ours = children_of(hostile);
    const GumboVector *theirs = children_of(harmless);

    CHECK(ours->length == theirs->length, "%u children instead of %u", ours->length,
          theirs->length);
    for (unsigned i = 0; i < ours->length; i++)
        compare_nodes(comparison, ours->data[i], theirs->data[i]);
}

/* The tree of a harmless report, which is often that of the call before. */
static const GumboNode *keep_tree(const char *text)
{
    static GumboOutput *tree;
    static char *parsed; /* what the tree borrows from */

    if (parsed != NULL && strcmp(parsed, text) == 0)
        return tree->document;
    if (parsed != NULL)
        gumbo_destroy_output(&kGumboDefaultOptions, tree);
    free(parsed);
    parsed = strdup(text);
    CHECK(parsed != NULL, "out of memory");
    tree = gumbo_parse(parsed);
    return tree->document;
}

size_t html_compare(const struct report_input *input, const char *hostile, const char *harmless,
                    enum html_names kind)
{
    struct comparison comparison = {input, kind, 0};
    GumboOutput *hostile_tree = gumbo_parse(hostile);

    compare_nodes(&comparison, hostile_tree->document, keep_tree(harmless));
    gumbo_destroy_output(&kGumboDefaultOptions, hostile_tree);
    return comparison.names;
}
