/* Plain text with hostile names, as terminals and mails get it: nothing that acts, every name on a
 * line of its report, tables untouched by what stands around them. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "report_input.h"

/* What the line below the title has at most. */
#define RULE_MAX 80

/* Months and countries. */
#define TABLES_MIN 2

/* Lines are wrapped elsewhere, so blanks and line ends are taken out before texts are compared. */
static void squeeze(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++)
        if (*text != ' ' && *text != '\n')
            *to++ = *text;
    *to = '\0';
}

/* The first line is a title, never an item. */
static size_t count_items(const char *text)
{
    size_t count = 0;

    while ((text = strstr(text, "\n- ")) != NULL) {
        count++;
        text++;
    }
    return count;
}

static void compare(const struct report_input *input, const char *hostile, const char *harmless)
{
    char *squeezed = strdup(hostile);
    char *expected = report_input_expected(input, harmless, REPORT_ESCAPED);

    CHECK(count_items(hostile) == count_items(harmless), "%zu items instead of %zu:\n%s",
          count_items(hostile), count_items(harmless), hostile);
    squeeze(squeezed);
    squeeze(expected);
    CHECK(strcmp(squeezed, expected) == 0, "%s\ninstead of\n%s", hostile, harmless);
    free(squeezed);
    free(expected);
}

/* Below the title stands a line of = as wide as the title. Returns what comes behind it. */
static const char *skip_rule(const char *text)
{
    const char *rule = strchr(text, '\n') + 1;
    size_t length = strspn(rule, "=");

    CHECK(length >= 1 && length <= RULE_MAX && rule[length] == '\n', "the title's rule is %.100s",
          rule);
    return rule + length;
}

/* Of the harmless report, byte for byte. */
static void find_table(const char *text, const struct table *table)
{
    char *expected = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&expected, &length);

    CHECK(out != NULL, "out of memory");
    table_write_plain(out, table);
    CHECK(fclose(out) == 0, "out of memory");
    CHECK(strstr(text, expected) != NULL, "this table is not in it:\n%s\n%s", expected, text);
    free(expected);
}

static void find_tables(const char *text, const struct document *document)
{
    size_t tables = 0;

    for (size_t i = 0; i < document->section_count; i++) {
        if (document->sections[i].table.column_count == 0)
            continue;
        find_table(text, &document->sections[i].table);
        tables++;
    }
    CHECK(tables >= TABLES_MIN, "only %zu tables", tables);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct report_input input;

    report_input_read(data, size, &input);
    for (int tables = 0; tables <= 1; tables++) {
        report_write *write = tables ? write_tables : write_text;
        char *hostile = report_input_hostile(&input, write);
        const char *harmless = report_input_harmless(&input, write);

        report_input_check_shown(hostile);
        find_tables(hostile, input.harmless.document);
        compare(&input, tables ? hostile : skip_rule(hostile),
                tables ? harmless : skip_rule(harmless));
        free(hostile);
    }
    report_input_clear(&input);
    return 0;
}
