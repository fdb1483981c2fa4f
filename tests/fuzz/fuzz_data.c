/* CSV and JSON with hostile names, read by parsers: every field and string is the name itself, and
 * no field of CSV is a formula. */
#include <csv.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "report_input.h"
#include "text/file_name.h"

#define FIELDS_MAX 1024
/* Threat and time zone of the first line. */
#define NAMES_MIN 2

/* ---- CSV */

struct fields {
    char *items[FIELDS_MAX]; /* NULL ends a record */
    size_t count;
};

static void add(struct fields *fields, char *item)
{
    CHECK(fields->count < FIELDS_MAX, "too many fields for the target");
    fields->items[fields->count++] = item;
}

static void end_field(void *text, size_t length, void *context)
{
    add(context, strndup(text, length));
}

static void end_record(int character, void *context)
{
    (void)character;
    add(context, NULL);
}

static void parse_csv(const char *text, struct fields *fields)
{
    struct csv_parser parser;

    fields->count = 0;
    CHECK(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) == 0, "libcsv");
    CHECK(csv_parse(&parser, text, strlen(text), end_field, end_record, fields) == strlen(text),
          "no CSV: %s", csv_strerror(csv_error(&parser)));
    CHECK(csv_fini(&parser, end_field, end_record, fields) == 0, "no end: %s",
          csv_strerror(csv_error(&parser)));
    csv_free(&parser);
}

static bool opens_formula(const char *text)
{
    static const char *const openers[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                          "\n", "＝", "＋", "－", "＠"};

    for (size_t i = 0; i < sizeof(openers) / sizeof(openers[0]); i++)
        if (strncmp(text, openers[i], strlen(openers[i])) == 0)
            return true;
    return false;
}

static void compare_field(const struct report_input *input, const char *hostile,
                          const char *harmless)
{
    char *expected = report_input_expected(input, harmless, REPORT_RAW);

    CHECK(!opens_formula(hostile), "a formula: %s", hostile);
    if (opens_formula(expected)) {
        CHECK(*hostile == '\'', "no apostrophe in front of %s", hostile);
        hostile++;
    }
    CHECK(strcmp(hostile, expected) == 0, "\"%s\" instead of \"%s\"", hostile, expected);
    free(expected);
}

static void check_csv(const struct report_input *input)
{
    static struct fields hostile_fields;
    static struct fields harmless_fields;
    char *hostile = report_input_hostile(input, write_csv);
    const char *harmless = report_input_harmless(input, write_csv);

    parse_csv(hostile, &hostile_fields);
    parse_csv(harmless, &harmless_fields);
    CHECK(hostile_fields.count == harmless_fields.count, "%zu fields instead of %zu",
          hostile_fields.count, harmless_fields.count);
    for (size_t i = 0; i < hostile_fields.count; i++) {
        char *one = hostile_fields.items[i];
        char *other = harmless_fields.items[i];

        CHECK((one == NULL) == (other == NULL), "a record of another length");
        if (one != NULL)
            compare_field(input, one, other);
        free(one);
        free(other);
    }
    free(hostile);
}

/* ---- JSON */

struct comparison {
    const struct report_input *input;
    size_t names;
};

static void compare_values(struct comparison *comparison, const json_t *hostile,
                           const json_t *harmless);

static void compare_objects(struct comparison *comparison, const json_t *hostile,
                            const json_t *harmless)
{
    void *one = json_object_iter((json_t *)(uintptr_t)hostile);
    void *other = json_object_iter((json_t *)(uintptr_t)harmless);

    CHECK(json_object_size(hostile) == json_object_size(harmless), "other members");
    while (one != NULL) {
        CHECK(strcmp(json_object_iter_key(one), json_object_iter_key(other)) == 0, "member %s",
              json_object_iter_key(one));
        compare_values(comparison, json_object_iter_value(one), json_object_iter_value(other));
        one = json_object_iter_next((json_t *)(uintptr_t)hostile, one);
        other = json_object_iter_next((json_t *)(uintptr_t)harmless, other);
    }
}

static void compare_values(struct comparison *comparison, const json_t *hostile,
                           const json_t *harmless)
{
    CHECK(json_typeof(hostile) == json_typeof(harmless), "another type");
    if (json_is_object(hostile)) {
        compare_objects(comparison, hostile, harmless);
    } else if (json_is_array(hostile)) {
        CHECK(json_array_size(hostile) == json_array_size(harmless), "other items");
        for (size_t i = 0; i < json_array_size(hostile); i++)
            compare_values(comparison, json_array_get(hostile, i), json_array_get(harmless, i));
    } else if (json_is_string(hostile)) {
        CHECK(report_input_matches(comparison->input, json_string_value(hostile),
                                   json_string_value(harmless), REPORT_RAW, &comparison->names),
              "\"%s\" in place of \"%s\"", json_string_value(hostile), json_string_value(harmless));
    } else {
        CHECK(json_equal(hostile, harmless), "another number");
    }
}

static void check_json(const struct report_input *input, report_write *write)
{
    struct comparison comparison = {input, 0};
    json_error_t error;
    char *hostile_text = report_input_hostile(input, write);
    const char *harmless_text = report_input_harmless(input, write);
    json_t *hostile = json_loads(hostile_text, JSON_REJECT_DUPLICATES, &error);

    CHECK(hostile != NULL, "no JSON: %s in line %d", error.text, error.line);

    json_t *harmless = json_loads(harmless_text, JSON_REJECT_DUPLICATES, &error);

    CHECK(harmless != NULL, "no JSON: %s in line %d", error.text, error.line);
    compare_values(&comparison, hostile, harmless);
    CHECK(comparison.names >= NAMES_MIN, "only %zu names", comparison.names);
    /* People look at JSON in terminals, too. */
    report_input_check_shown(hostile_text);
    json_decref(hostile);
    json_decref(harmless);
    free(hostile_text);
}

/* ---- names of files */

/* Takes %XX and what a cut has put at the end away again: the text, or how it begins. */
static void undo_file_name(const char *name, char *text)
{
    const char *end = strchr(name, '~');
    size_t length = end == NULL ? strlen(name) : (size_t)(end - name);

    CHECK(end == NULL || strlen(end) == 17, "a digest that is none: %s", end);
    for (size_t i = 0; i < length; i++) {
        unsigned byte = (unsigned char)name[i];

        if (byte == '%') {
            CHECK(sscanf(name + i + 1, "%2X", &byte) == 1, "%s", name);
            i += 2;
        }
        *text++ = (char)byte;
    }
    *text = '\0';
}

static void check_file_name(const char *name)
{
    static const char forbidden[] = "/\\<>:\"|?*#";
    char part[FILE_NAME_PART_MAX + 1];
    char again[FILE_NAME_PART_MAX + 1];

    file_name_part(name, part);
    CHECK(strlen(part) <= FILE_NAME_PART_MAX, "%zu bytes", strlen(part));
    CHECK(strpbrk(part, forbidden) == NULL && (*part == '\0' || strchr(".- ", *part) == NULL),
          "a file named %s", part);
    for (const char *byte = part; *byte != '\0'; byte++)
        CHECK((unsigned char)*byte >= 0x20 && *byte != 0x7F, "a control in %s", part);
    undo_file_name(part, again);
    CHECK(strncmp(again, name, strlen(again)) == 0, "%s became %s", name, part);
    CHECK(strchr(part, '~') != NULL || strcmp(again, name) == 0, "%s became %s", name, part);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct report_input input;

    report_input_read(data, size, &input);
    check_csv(&input);
    check_json(&input, write_json);
    check_json(&input, write_figures_json);
    check_file_name(input.names[REPORT_THREAT]);
    report_input_clear(&input);
    return 0;
}
