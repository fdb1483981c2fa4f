#include "dead_letters/list.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "text/csv_writer.h"
#include "text/escape.h"
#include "text/json_writer.h"

struct column {
    const char *name;
    bool is_number;
};

struct list {
    const struct column *columns; /* of the query, in order; ends with a null name */
    const char *head;             /* of the table, 80 columns at most without the last one */
    void (*print_row)(const struct db_result *rows, int row);
};

/* Of the table on a terminal; the lines of a detail begin under the reason. */
#define WIDTH 80
#define DETAIL_INDENT 11

/* Columns of dead_letters_summary.sql. */
enum summary {
    SUMMARY_LETTERS,
    SUMMARY_REASON,
    SUMMARY_FIRST,
    SUMMARY_LAST,
    SUMMARY_TOPIC,
    SUMMARY_SOURCE,
    SUMMARY_FIRST_OFFSET,
    SUMMARY_LAST_OFFSET,
    SUMMARY_LETTER, /* the newest; the columns behind it are that one's */
    SUMMARY_PARTITION,
    SUMMARY_OFFSET,
    SUMMARY_ELEMENT,
    SUMMARY_DETAIL
};

static const struct column summary_columns[] = {
    {"letters", true}, {"reason", false},   {"first", false},       {"last", false},
    {"topic", false},  {"source", false},   {"first_offset", true}, {"last_offset", true},
    {"letter", true},  {"partition", true}, {"offset", true},       {"element", true},
    {"detail", false}, {NULL, false}};

/* Columns of dead_letters_each.sql. */
enum each {
    EACH_LETTER,
    EACH_REASON,
    EACH_REJECTED,
    EACH_TOPIC,
    EACH_PARTITION,
    EACH_OFFSET,
    EACH_ELEMENT,
    EACH_SOURCE,
    EACH_BYTES,
    EACH_REPLAYED,
    EACH_DETAIL
};

static const struct column each_columns[] = {
    {"letter", true},    {"reason", false},   {"rejected", false}, {"topic", false},
    {"partition", true}, {"offset", true},    {"element", true},   {"source", false},
    {"bytes", true},     {"replayed", false}, {"detail", false},   {NULL, false}};

/* ---- for people */

/* Text broken at its blanks, in lines of its own; a word that is longer than a line stays whole. */
static void print_detail(const char *text)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t length = strcspn(text, " ");

        if (column == 0 || column + 1 + length > WIDTH) {
            printf("%s%*s", column == 0 ? "" : "\n", DETAIL_INDENT, "");
            column = DETAIL_INDENT;
        } else {
            putchar(' ');
            column++;
        }
        escape_bytes(stdout, text, length);
        column += length;
        text += length + (text[length] == ' ');
    }
    putchar('\n');
}

/* The newest one, and from where to where they lie. */
static void print_example(const struct db_result *rows, int row)
{
    bool of_file = strcmp(db_text(rows, row, SUMMARY_SOURCE), "file") == 0;
    bool of_element = strcmp(db_text(rows, row, SUMMARY_ELEMENT), "0") != 0;
    const char *first = db_text(rows, row, SUMMARY_FIRST_OFFSET);
    const char *last = db_text(rows, row, SUMMARY_LAST_OFFSET);
    char places[80] = "";
    char text[2048];

    if (strcmp(first, last) != 0)
        snprintf(places, sizeof(places), "%s %s to %s; ", of_file ? "lines" : "offsets", first,
                 last);
    snprintf(text, sizeof(text), "%sletter %s (%s%s%s %s%s%s): %s", places,
             db_text(rows, row, SUMMARY_LETTER), of_file ? "" : "partition ",
             of_file ? "" : db_text(rows, row, SUMMARY_PARTITION), of_file ? "line" : ", offset",
             db_text(rows, row, SUMMARY_OFFSET), of_element ? ", element " : "",
             of_element ? db_text(rows, row, SUMMARY_ELEMENT) : "",
             db_text(rows, row, SUMMARY_DETAIL));
    print_detail(text);
}

/* To the minute; the seconds of thousands of dead letters tell nobody anything. */
static void print_summary(const struct db_result *rows, int row)
{
    printf("%9s  %-17s  %.16s  %.16s  ", db_text(rows, row, SUMMARY_LETTERS),
           db_text(rows, row, SUMMARY_REASON), db_text(rows, row, SUMMARY_FIRST),
           db_text(rows, row, SUMMARY_LAST));
    escape_plain(stdout, db_text(rows, row, SUMMARY_TOPIC));
    putchar('\n');
    print_example(rows, row);
}

/* Topic, partition and offset are what `dead-letters show` takes. */
static void print_each(const struct db_result *rows, int row)
{
    const char *element = db_text(rows, row, EACH_ELEMENT);

    printf("%9s  %-17s  %s  ", db_text(rows, row, EACH_LETTER), db_text(rows, row, EACH_REASON),
           db_text(rows, row, EACH_REJECTED));
    escape_plain(stdout, db_text(rows, row, EACH_TOPIC));
    printf(" %s %s", db_text(rows, row, EACH_PARTITION), db_text(rows, row, EACH_OFFSET));
    if (strcmp(element, "0") != 0)
        printf(", element %s", element);
    putchar('\n');
    print_detail(db_text(rows, row, EACH_DETAIL));
}

static const struct list summary_list = {
    summary_columns,
    "  letters  reason             first (UTC)       last (UTC)        topic\n"
    "---------  -----------------  ----------------  ----------------  --------------\n",
    print_summary};

static const struct list each_list = {
    each_columns,
    "   letter  reason             rejected              topic, partition, offset\n"
    "---------  -----------------  --------------------  ----------------------------\n",
    print_each};

static void print_table(const struct db_result *rows, const struct list *list)
{
    fputs(list->head, stdout);
    for (int row = 0; row < db_rows(rows); row++)
        list->print_row(rows, row);
}

/* ---- for programs */

static void print_json(const struct db_result *rows, const struct list *list)
{
    struct json_writer writer;

    json_writer_init(&writer, stdout);
    json_writer_array(&writer, NULL, JSON_LINES);
    for (int row = 0; row < db_rows(rows); row++) {
        json_writer_object(&writer, NULL, JSON_ONE_LINE);
        for (int i = 0; list->columns[i].name != NULL; i++) {
            const struct column *column = &list->columns[i];

            if (column->is_number)
                json_writer_number(&writer, column->name, db_text(rows, row, i));
            else
                json_writer_text(&writer, column->name, db_text(rows, row, i));
        }
        json_writer_end(&writer);
    }
    json_writer_end(&writer);
    putchar('\n');
}

static void print_csv(const struct db_result *rows, const struct list *list)
{
    struct csv_writer writer;

    csv_writer_init(&writer, stdout);
    for (int i = 0; list->columns[i].name != NULL; i++)
        csv_writer_field(&writer, list->columns[i].name);
    csv_writer_end(&writer);
    for (int row = 0; row < db_rows(rows); row++) {
        for (int i = 0; list->columns[i].name != NULL; i++)
            csv_writer_field(&writer, db_text(rows, row, i));
        csv_writer_end(&writer);
    }
}

void dead_letter_list_print(const struct db_result *rows, bool each,
                            enum dead_letter_list_format format)
{
    const struct list *list = each ? &each_list : &summary_list;

    switch (format) {
    case DEAD_LETTER_LIST_TABLE:
        print_table(rows, list);
        break;
    case DEAD_LETTER_LIST_JSON:
        print_json(rows, list);
        break;
    case DEAD_LETTER_LIST_CSV:
        print_csv(rows, list);
        break;
    }
}
