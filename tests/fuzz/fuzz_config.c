/* Configuration files and command lines.
 *
 * The input is arguments, each ended by NUL, an empty one, and the file that --config names;
 * without an empty argument, all of it is the file. A second reader of the format, written here,
 * has to agree on every line. */
#include "config/options.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "config/keyfile.h"
#include "memory_file.h"

#define ARGUMENTS_MAX 16
#define LINES_SIZE (1024 * 1024)
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* What was read: section, key and value of each line, each ended by NUL. */
struct lines {
    char text[LINES_SIZE];
    size_t used;
    size_t kafka; /* lines under [kafka] */
    int refused;  /* number of the line that is none; 0 when all are good */
};

static struct memory_file file;
static struct lines expected;
static struct lines read;
static const char **names; /* ended by NULL */

static void add_text(struct lines *lines, const char *text, size_t length)
{
    CHECK(lines->used + length < LINES_SIZE, "too long for the target");
    memcpy(lines->text + lines->used, text, length);
    lines->text[lines->used + length] = '\0';
    lines->used += length + 1;
}

/* ---- the second reader */

struct piece {
    const char *at;
    size_t length;
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static struct piece trimmed(const char *from, const char *to)
{
    while (from < to && is_blank(*from))
        from++;
    while (to > from && is_blank(to[-1]))
        to--;
    return (struct piece){from, (size_t)(to - from)};
}

/* False when it is no line of the format. */
static bool expect_line(const char *from, const char *to, struct piece *section)
{
    struct piece line = trimmed(from, to);
    const char *end = line.at + line.length;
    const char *equals = memchr(line.at, '=', line.length);

    if (memchr(from, '\0', (size_t)(to - from)) != NULL)
        return false;
    if (line.length == 0 || *line.at == '#')
        return true;
    if (*line.at == '[') {
        *section = trimmed(line.at + 1, end - 1);
        return line.length > 1 && end[-1] == ']';
    }
    if (equals == NULL)
        return false;

    struct piece key = trimmed(line.at, equals);
    struct piece value = trimmed(equals + 1, end);

    if (key.length == 0)
        return false;
    add_text(&expected, section->at, section->length);
    add_text(&expected, key.at, key.length);
    add_text(&expected, value.at, value.length);
    expected.kafka += section->length == 5 && memcmp(section->at, "kafka", 5) == 0;
    return true;
}

static void expect_lines(const char *text, size_t size)
{
    struct piece section = {"", 0};
    const char *end = text + size;
    int number = 0;

    expected.used = 0;
    expected.kafka = 0;
    expected.refused = 0;
    if (size >= sizeof(BYTE_ORDER_MARK) - 1 &&
        memcmp(text, BYTE_ORDER_MARK, sizeof(BYTE_ORDER_MARK) - 1) == 0)
        text += sizeof(BYTE_ORDER_MARK) - 1;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *line_end = newline == NULL ? end : newline;

        number++;
        if (!expect_line(text, line_end, &section)) {
            expected.refused = number;
            return;
        }
        text = newline == NULL ? end : newline + 1;
    }
}

/* ---- kansen's reader */

static enum status note_line(void *context, const char *section, const char *key, const char *value,
                             struct error *error)
{
    (void)context;
    (void)error;
    add_text(&read, section, strlen(section));
    add_text(&read, key, strlen(key));
    add_text(&read, value, strlen(value));
    return STATUS_OK;
}

/* The message names the file and the line. */
static int refused_line(const struct error *error)
{
    size_t length = strlen(file.path);

    CHECK(strncmp(error->message, file.path, length) == 0 && error->message[length] == ':', "%s",
          error->message);
    return atoi(error->message + length + 1);
}

static void check_keyfile(void)
{
    struct error error = {""};

    read.used = 0;

    enum status status = keyfile_read(file.path, note_line, NULL, &error);
    int refused = status == STATUS_OK ? 0 : refused_line(&error);

    CHECK(status == STATUS_OK || status == STATUS_REJECT, "%s", error.message);
    CHECK(refused == expected.refused, "line %d refused instead of %d", refused, expected.refused);
    CHECK(read.used == expected.used && memcmp(read.text, expected.text, read.used) == 0,
          "other lines");
}

/* ---- options */

/* Value of the last line of the key in no section; NULL when there is none. */
static const char *expected_value(const char *key)
{
    const char *found = NULL;

    for (const char *at = expected.text; at < expected.text + expected.used;) {
        const char *section = at;
        const char *line_key = section + strlen(section) + 1;
        const char *value = line_key + strlen(line_key) + 1;

        if (*section == '\0' && strcmp(line_key, key) == 0)
            found = value;
        at = value + strlen(value) + 1;
    }
    return found;
}

/* What holds for every option, whatever was given. */
static void check_option(const struct options *options, const struct option_spec *spec)
{
    const char *value = options_value(options, spec->name);
    size_t count = options_count(options, spec->name);
    struct error error = {""};
    int64_t number = 5;

    CHECK((value == NULL) == (count == 0), "%s has %zu values", spec->name, count);
    CHECK(options_item(options, spec->name, count) == NULL, "one value too many");
    for (size_t i = 0; i < count; i++)
        CHECK(options_item(options, spec->name, i) != NULL, "value %zu is missing", i);
    if (count > 0)
        CHECK(options_item(options, spec->name, count - 1) == value, "the last value counts");
    if (options_number(options, spec->name, -7, 1000, &number, &error) == STATUS_OK)
        CHECK(number >= -7 && number <= 1000, "%s is %jd", spec->name, (intmax_t)number);
    else
        CHECK(number == 5 && *error.message != '\0', "a bad number was taken");
}

static void check_options(const struct options *options, bool file_only)
{
    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++) {
        const char *value = options_value(options, spec->name);
        const char *wanted = expected_value(spec->name);

        check_option(options, spec);
        if (wanted != NULL)
            CHECK(value != NULL, "%s got lost", spec->name);
        if (!file_only || strcmp(spec->name, "config") == 0 || strcmp(spec->name, "property") == 0)
            continue;
        CHECK((value == NULL) == (wanted == NULL), "%s: given, or not", spec->name);
        CHECK(wanted == NULL || *wanted != '\0' || strcmp(spec->name, "db") == 0,
              "%s: nothing was taken for a value", spec->name);
        CHECK(value == NULL || strcmp(value, wanted) == 0, "%s is %s", spec->name, value);
    }
    CHECK(options_count(options, "property") >= expected.kafka, "a property got lost");
}

/* Secrets stand in files alone: those of the command line come last. */
static void check_secrets(const struct options *options)
{
    for (size_t i = expected.kafka; i < options_count(options, "property"); i++) {
        const char *property = options_item(options, "property", i);
        const char *equals = strchr(property, '=');
        const char *password = strstr(property, "password");

        CHECK(equals != NULL, "-X %s", property);
        CHECK(password == NULL || password > equals, "-X %s", property);
    }
}

static void parse(int count, char **arguments)
{
    struct options *options = NULL;
    struct error error = {""};
    const struct options_scope scope = {"fuzz", names, NULL};
    enum status status = options_parse(&scope, count, arguments, &options, &error);
    bool file_only = count == 2;

    if (status != STATUS_OK) {
        CHECK(status == STATUS_REJECT && *error.message != '\0', "status %d", (int)status);
        if (file_only)
            CHECK(expected.refused == 0 || refused_line(&error) <= expected.refused, "%s",
                  error.message);
        return;
    }
    /* Whoever asks for help gets it, whatever the file says. */
    if (!options_flag(options, "help")) {
        CHECK(expected.refused == 0, "line %d was not refused", expected.refused);
        check_options(options, file_only);
    }
    check_secrets(options);
    if (file_only)
        CHECK(options_arguments(options) == 0, "arguments from nowhere");
    for (size_t i = 0; i < options_arguments(options); i++)
        CHECK(options_argument(options, i) != NULL, "argument %zu", i);
    CHECK(options_argument(options, options_arguments(options)) == NULL, "an argument too many");
    options_free(options);
}

/* ---- the whole */

static void prepare(void)
{
    size_t count = 0;

    memory_file_open(&file);
    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
        count++;
    names = calloc(count + 1, sizeof(*names));
    CHECK(names != NULL, "out of memory");
    for (size_t i = 0; i < count; i++)
        names[i] = options_table[i].name;
}

/* Takes the arguments off the front; returns where the file starts. Another --config would lead
 * away from the input. */
static size_t take_arguments(const char *text, size_t size, char **arguments, int *count)
{
    size_t place = 0;

    while (place < size) {
        size_t length = strnlen(text + place, size - place);

        if (length == size - place)
            break;
        if (length == 0)
            return place + 1;
        if (*count < ARGUMENTS_MAX && strncmp(text + place, "--c", 3) != 0)
            arguments[(*count)++] = strdup(text + place);
        place += length + 1;
    }
    while (*count > 2)
        free(arguments[--*count]);
    return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    char *arguments[ARGUMENTS_MAX] = {"--config", file.path};
    const char *text = (const char *)data;
    int count = 2;

    if (*file.path == '\0')
        prepare();

    size_t start = take_arguments(text, size, arguments, &count);
    char *given[ARGUMENTS_MAX];

    memory_file_write(&file, text + start, size - start);
    expect_lines(text + start, size - start);
    check_keyfile();
    memcpy(given, arguments, sizeof(given)); /* their order may change */
    parse(count, given);
    while (count > 2)
        free(arguments[--count]);
    return 0;
}
