/* What a style sheet of somebody else must not do inside a page. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "reports/template/style_sheet.h"

static const char *const accepted[] = {
    "",
    "h1 { color: red }",
    "/* url(x) @import </styl */ p::before { content: \"\\201C url(http://x) @import {\" }",
    ":root { --mark: #a4262c; --w: calc(1px + (2px * 3)); }\n@media print { h1 { color: #000 } }",
    "a[href^='http'] { color: red }",
    "@font-face { font-family: X; src: url(data:font/woff2;base64,d09G) format('woff2') }",
    "p { background: url( \"data:image/svg+xml,%3Csvg%3E\" ) }",
    "p { background: url(DATA:image/png;base64,iVBO) }",
    "p { filter: url(#shade); mask: url('#m') }",
    "p { background: image-set(\"data:image/png;base64,iVBO\" 1x) }",
    "@media (width < 30rem) { p { color: red } }",
    "p { content: 'it\\'s'; quotes: \"\xE3\x80\x8C\" \"\xE3\x80\x8D\" }",
    "p { content: 'two \\\nlines' }",
    "\xC3\xA4 { color: red }",
    "@charset \"utf-8\"; @supports (display: grid) { p { margin: 0 } }",
};

static const struct {
    const char *text, *message;
} refused[] = {
    {"p {}\n</style><script>alert(1)</script>", "x.css:2: </style would end"},
    {"/* </STYLE > */", "x.css:1: </style would end"},
    {"p::before { content: '</Style' }", "x.css:1: </style would end"},
    {"\n\n@import 'more.css';", "x.css:3: @import would be fetched"},
    {"@IMPORT url(data:text/css,p{})", "x.css:1: @import would be fetched"},
    {"@\\69mport 'x';", "x.css:1: a \\ outside of a text"},
    {"p { background: url(http://example.com/x.png) }",
     "x.css:1: \"http://example.com/x.png\" would be fetched"},
    {"p { background: url( 'logo.png' ) }", "x.css:1: \"logo.png\" would be fetched"},
    {"p { background: URL(//example.com) }", "\"//example.com\" would be fetched"},
    {"p {\n background: u\\72l(x.png) }", "x.css:2: a \\ outside of a text"},
    {"p { background: url('data\\3a x') }", "would be fetched"},
    {"p { background: url(data:image/svg+xml,<svg xmlns='x'>) }",
     "x.css:1: an address with quotes, blanks, brackets or comments in it stands in quotes"},
    {"p { background: url(data:,/*) }", "x.css:1: an address with quotes"},
    {"p { background: url(#a b) }", "x.css:1: an address with quotes"},
    {"p { background: url(#a(b)) }", "x.css:1: an address with quotes"},
    {"p { background: url(#a", "x.css:1: an address with quotes"},
    {"p { background: image-set('x.png' 1x, 'data:,' 2x) }", "\"x.png\" would be fetched"},
    {"p { background: -webkit-image-set('x.png' 1x) }", "\"x.png\" would be fetched"},
    {"p { background: src('x.png') }", "\"x.png\" would be fetched"},
    {"p { background: image-set((('x.png')) 1x) }", "\"x.png\" would be fetched"},
    {"p { background: cross-fade(url(x.png), url(#a)) }", "\"x.png\" would be fetched"},
    {"p { color: red", "x.css:1: this { has no }"},
    {"p { color: red }\n}", "x.css:2: this } closes nothing"},
    {"p { width: calc(1px }", "x.css:1: this } stands where the ( of line 1 has no ) yet"},
    {"p {}\n/* open", "x.css:2: the comment that begins here has no end"},
    {"p { content: 'open }\n'", "x.css:1: the text that begins with ' here has no end"},
    {"p { content: \"\\", "x.css:1: the text that begins with \" here has no end"},
};

START_TEST(what_a_page_can_hold_is_accepted)
{
    struct error error = {""};

    ck_assert_msg(style_sheet_check("x.css", accepted[_i], &error) == STATUS_OK, "%s: %s",
                  accepted[_i], error.message);
}
END_TEST

START_TEST(what_would_leave_the_page_or_fetch_is_refused)
{
    struct error error = {""};

    ck_assert_msg(style_sheet_check("x.css", refused[_i].text, &error) == STATUS_REJECT, "%s",
                  refused[_i].text);
    ck_assert_msg(strstr(error.message, refused[_i].message) != NULL, "%s: %s", refused[_i].text,
                  error.message);
}
END_TEST

START_TEST(brackets_have_a_bound)
{
    char deep[256] = "";
    struct error error = {""};

    memset(deep, '(', 64);
    memset(deep + 64, ')', 64);
    ck_assert_int_eq(style_sheet_check("x.css", deep, &error), STATUS_OK);
    memset(deep, '(', 65);
    memset(deep + 65, ')', 65);
    ck_assert_int_eq(style_sheet_check("x.css", deep, &error), STATUS_REJECT);
    ck_assert_ptr_nonnull(strstr(error.message, "more than 64 brackets"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("style_sheet");
    TCase *cases = tcase_create("style_sheet");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(cases, what_a_page_can_hold_is_accepted, 0,
                        sizeof(accepted) / sizeof(*accepted));
    tcase_add_loop_test(cases, what_would_leave_the_page_or_fetch_is_refused, 0,
                        sizeof(refused) / sizeof(*refused));
    tcase_add_test(cases, brackets_have_a_bound);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
