#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "text/escape.h"

typedef void escape(FILE *out, const char *text);

static char *escaped(escape *function, const char *text)
{
    char *result = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&result, &length);

    ck_assert_ptr_nonnull(out);
    function(out, text);
    ck_assert_int_eq(fclose(out), 0);
    return result;
}

static const struct {
    escape *function;
    const char *name, *text, *expected;
} cases[] = {
    {escape_plain, "plain", "TROJ_COINMINE.A", "TROJ_COINMINE.A"},
    {escape_plain, "plain", "感染", "感染"},
    {escape_plain, "plain", "a\nb\tc\r", "a\\u{000A}b\\u{0009}c\\u{000D}"},
    {escape_plain, "plain", "\x1b]0;owned\a", "\\u{001B}]0;owned\\u{0007}"},
    {escape_plain, "plain", "\x7f\xc2\x9b", "\\u{007F}\\u{009B}"},
    {escape_plain, "plain",
     "gpj.\xe2\x80\xae"
     "exe",
     "gpj.\\u{202E}exe"},
    {escape_plain, "plain", "\xe2\x81\xa6\xe2\x80\xa8\xe2\x80\x8b", "\\u{2066}\\u{2028}\\u{200B}"},
    {escape_plain, "plain", "\xf3\xa0\x81\x81", "\\u{E0041}"},
    {escape_plain, "plain", "a\xff\xc3", "a\xef\xbf\xbd\xef\xbf\xbd"},
    {escape_plain, "plain", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {escape_html, "HTML", "<b a=\"x\" c='y'>&amp;</b>",
     "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;&lt;/b&gt;"},
    {escape_html, "HTML", "\xe2\x80\xae<", "\\u{202E}&lt;"},
    {escape_html, "HTML", "a\xef\xbf\xbf\xf3\xaf\xbf\xbe", "a\\u{FFFF}\\u{EFFFE}"},
    {escape_markdown, "Markdown", "a|b", "a\\|b"},
    {escape_markdown, "Markdown", "BKDR_BTMINE*", "BKDR\\_BTMINE\\*"},
    {escape_markdown, "Markdown", "[x](http://e) <b>", "\\[x\\](http\\://e) &lt;b&gt;"},
    {escape_markdown, "Markdown", "`id` ~~x~~ $1$ !", "\\`id\\` \\~\\~x\\~\\~ \\$1\\$ \\!"},
    {escape_markdown, "Markdown", "1. one", "1\\. one"},
    {escape_markdown, "Markdown", "23) one", "23\\) one"},
    {escape_markdown, "Markdown", "- one", "\\- one"},
    {escape_markdown, "Markdown", "+ one", "\\+ one"},
    {escape_markdown, "Markdown", "# one", "\\# one"},
    {escape_markdown, "Markdown", "    code", "&#32;   code"},
    {escape_markdown, "Markdown", "www.evil.example", "www\\.evil.example"},
    {escape_markdown, "Markdown", "a@b.cc @a a @ b@", "a@<!-- -->b.cc @a a @ b@"},
    {escape_markdown, "Markdown", "a & b: 5.00 % (2,518)", "a &amp; b: 5.00 % (2,518)"},
    {escape_markdown, "Markdown", "a\nb", "a\\u{000A}b"},
    {escape_csv, "CSV", "plain", "plain"},
    {escape_csv, "CSV", "a,b", "\"a,b\""},
    {escape_csv, "CSV", "say \"a\"", "\"say \"\"a\"\"\""},
    {escape_csv, "CSV", "a\r\nb", "\"a\r\nb\""},
    {escape_csv, "CSV", "=1+1", "\"'=1+1\""},
    {escape_csv, "CSV", "=cmd|'/C calc'!A0", "\"'=cmd|'/C calc'!A0\""},
    {escape_csv, "CSV", "+1", "\"'+1\""},
    {escape_csv, "CSV", "-1", "\"'-1\""},
    {escape_csv, "CSV", "@sum(a)", "\"'@sum(a)\""},
    {escape_csv, "CSV", "\t=1", "\"'\t=1\""},
    {escape_csv, "CSV", "\r=1", "\"'\r=1\""},
    {escape_csv, "CSV", "\n=1", "\"'\n=1\""},
    {escape_csv, "CSV", "＝1", "\"'＝1\""},
    {escape_csv, "CSV", "1-1=0", "1-1=0"},
    {escape_csv, "CSV", " a", "\" a\""},
    {escape_csv, "CSV", "a ", "\"a \""},
    {escape_csv, "CSV", "a\t", "\"a\t\""},
    {escape_json, "JSON", "a\"b\\c", "\"a\\\"b\\\\c\""},
    {escape_json, "JSON", "\x01\n\x7f\xe2\x80\xae", "\"\\u0001\\u000a\\u007f\\u202e\""},
    {escape_json, "JSON", "感染 \xf0\x9f\x98\x80", "\"感染 \xf0\x9f\x98\x80\""},
    {escape_json, "JSON", "\xff", "\"\xef\xbf\xbd\""},
    {escape_json, "JSON", "\xef\xbf\xbe", "\"\\ufffe\""},
    {escape_url, "URL", "bitcoin-miner_1.0~x", "bitcoin-miner_1.0~x"},
    {escape_url, "URL", "a b(c)%2F#?", "a%20b%28c%29%252F%23%3F"},
    {escape_sql, "SQL", "bitcoin-miner", "'bitcoin-miner'"},
    {escape_sql, "SQL", "", "''"},
    {escape_sql, "SQL", "O'Neil; drop table x --", "'O''Neil; drop table x --'"},
    {escape_sql, "SQL", "感染", "'感染'"},
    {escape_sql, "SQL", "a\\'b", "E'a\\\\''b'"},
    {escape_sql, "SQL", "a\nb\x1b[31m", "E'a\\U0000000Ab\\U0000001B[31m'"},
    {escape_sql, "SQL", "\xe2\x80\xae", "E'\\U0000202E'"},
    {escape_url, "URL", "感", "%E6%84%9F"},
};

START_TEST(text_is_escaped_for_its_place)
{
    char *result = escaped(cases[_i].function, cases[_i].text);

    ck_assert_msg(strcmp(result, cases[_i].expected) == 0, "%s: %s instead of %s", cases[_i].name,
                  result, cases[_i].expected);
    free(result);
}
END_TEST

#define BYTES(text)                                                                                \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static const struct {
    struct {
        const char *data;
        size_t length;
    } bytes;
    const char *expected;
} byte_cases[] = {
    {BYTES(""), ""},
    {BYTES("plain \xe6\x84\x9f\xe6\x9f\x93"), "plain \xe6\x84\x9f\xe6\x9f\x93"},
    {BYTES("a\0b"), "a\\u{0000}b"},
    {BYTES("\x1b[2J\r\n\x9b"), "\\u{001B}[2J\\u{000D}\\u{000A}\\x{9B}"},
    {BYTES("\xc2\x9b"), "\\u{009B}"},
    {BYTES("\xe2\x80\xae"), "\\u{202E}"},
    {BYTES("\xff\xfe"), "\\x{FF}\\x{FE}"},
    {BYTES("\xed\xa0\x80"), "\\x{ED}\\x{A0}\\x{80}"},
    {BYTES("\xf0\x9f\x98"), "\\x{F0}\\x{9F}\\x{98}"},
    {BYTES("\xf0\x9f\x98x"), "\\x{F0}\\x{9F}\\x{98}x"},
};

START_TEST(bytes_of_any_kind_are_shown)
{
    char *result = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&result, &size);
    /* On the heap, so that a sanitizer sees a look behind the end. */
    size_t length = byte_cases[_i].bytes.length;
    char *bytes = malloc(length + 1);

    bytes = realloc(memcpy(bytes, byte_cases[_i].bytes.data, length), length > 0 ? length : 1);
    escape_bytes(stream, bytes, length);
    fclose(stream);
    ck_assert_str_eq(result, byte_cases[_i].expected);
    free(bytes);
    free(result);
}
END_TEST

START_TEST(width_is_that_of_a_terminal)
{
    ck_assert_uint_eq(escape_width(""), 0);
    ck_assert_uint_eq(escape_width("Japan"), 5);
    ck_assert_uint_eq(escape_width("オーストラリア"), 14);
    ck_assert_uint_eq(escape_width("2013年9月"), 9);
    ck_assert_uint_eq(escape_width("Co\xcc\x82te"), 4); /* a combining circumflex */
    ck_assert_uint_eq(escape_width("\xe2\x80\xae"), strlen("\\u{202E}"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("escape");
    TCase *tests = tcase_create("escape");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(tests, text_is_escaped_for_its_place, 0, sizeof(cases) / sizeof(*cases));
    tcase_add_loop_test(tests, bytes_of_any_kind_are_shown, 0,
                        sizeof(byte_cases) / sizeof(*byte_cases));
    tcase_add_test(tests, width_is_that_of_a_terminal);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
