/* A hostile file for `kansen load`: the input is the file, compressed or not.
 *
 * Whatever comes out keeps within its limits and in order, and the file is named whatever it is. A
 * file of plain lines comes out as a loop over its newlines has it; one that jansson takes for an
 * array of objects as the elements that jansson finds, and no other. */
#include "ingest/files/file_source.h"

#include <stdbool.h>
#include <string.h>

#include <jansson.h>

#include "check.h"
#include "ingest/files/file_kind.h"
#include "ingest/files/unpack.h"
#include "memory_file.h"

/* A few kilobytes may unpack to gigabytes: enough of them has been seen by then. */
#define BYTES_MAX (64 * 1024 * 1024)

static struct memory_file file;

/* ---- the model of plain lines */

static const char byte_order_mark[] = "\xEF\xBB\xBF";

static struct slice without_mark(struct slice text)
{
    if (text.length < 3 || memcmp(text.data, byte_order_mark, 3) != 0)
        return text;
    return (struct slice){text.data + 3, text.length - 3};
}

static bool may_be_array(struct slice line)
{
    size_t at = 0;

    while (at < line.length && strchr(" \t\r", line.data[at]) != NULL && line.data[at] != '\0')
        at++;
    return at < line.length && line.data[at] == '[';
}

static struct slice next_line(struct slice *left)
{
    const char *newline = memchr(left->data, '\n', left->length);
    size_t length = newline == NULL ? left->length : (size_t)(newline - left->data);
    struct slice line = {left->data, length};

    left->data += newline == NULL ? length : length + 1;
    left->length -= newline == NULL ? length : length + 1;
    return line;
}

static bool has_arrays(struct slice text)
{
    while (text.length > 0)
        if (may_be_array(next_line(&text)))
            return true;
    return false;
}

/* ---- the model of an array */

/* NULL: it is no array of objects alone. */
static json_t *as_array(struct slice text)
{
    json_error_t error;
    json_t *root = json_loadb(text.data, text.length, JSON_ALLOW_NUL, &error);
    json_t *each;
    size_t index;

    if (!json_is_array(root)) {
        json_decref(root);
        return NULL;
    }
    json_array_foreach(root, index, each)
    {
        if (!json_is_object(each)) {
            json_decref(root);
            return NULL;
        }
    }
    return root;
}

/* An array without elements is a record itself. */
static size_t count_records(const json_t *array)
{
    return json_array_size(array) == 0 ? 1 : json_array_size(array);
}

static void check_element(json_t *array, const struct file_record *record)
{
    if (json_array_size(array) == 0) {
        CHECK(record->element == 0 && record->text.length == 2 &&
                  memcmp(record->text.data, "[]", 2) == 0,
              "an empty array is another record");
        return;
    }

    json_error_t error;
    json_t *expected = json_array_get(array, record->element - 1);
    json_t *found = json_loadb(record->text.data, record->text.length, JSON_ALLOW_NUL, &error);

    CHECK(record->damage == NULL, "damage in a good array: %s", record->damage);
    CHECK(record->element > 0 && expected != NULL, "an element too many: %u", record->element);
    CHECK(json_equal(expected, found), "element %u is another", record->element);
    json_decref(found);
}

/* In front of an array and behind it. */
static bool is_blank(const struct file_record *record)
{
    for (size_t i = 0; i < record->text.length; i++)
        if (strchr(" \t\r", record->text.data[i]) == NULL || record->text.data[i] == '\0')
            return false;
    return record->element == 0;
}

/* ---- what comes out */

static void check_order(const struct file_record *record, const struct file_record *last)
{
    CHECK(record->text.length <= FILE_SOURCE_RECORD_MAX, "%zu bytes", record->text.length);
    CHECK(record->length >= (int64_t)record->text.length, "cut to %zu of %lld", record->text.length,
          (long long)record->length);
    CHECK(record->length == (int64_t)record->text.length ||
              record->text.length == FILE_SOURCE_RECORD_MAX,
          "%zu of %lld bytes are kept", record->text.length, (long long)record->length);
    /* That a [ began no array shows behind it. */
    CHECK(record->line >= 1 && (record->line >= last->line || record->damage != NULL),
          "line %lld behind %lld", (long long)record->line, (long long)last->line);
    CHECK(record->element == 0 || record->element == 1 || record->element == last->element + 1,
          "element %u behind %u", record->element, last->element);
    CHECK(record->element != 0 || memchr(record->text.data, '\n', record->text.length) == NULL,
          "a line of two");
}

static void check_line(struct slice *left, const struct file_record *record)
{
    struct slice line = next_line(left);

    if (line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    CHECK(record->length == (int64_t)line.length, "%lld bytes of %zu", (long long)record->length,
          line.length);
    CHECK(memcmp(record->text.data, line.data, record->text.length) == 0, "another line");
}

static void check_kind(struct file_source *source)
{
    struct slice head = {NULL, 0};
    struct error error;

    if (file_source_peek(source, &head, &error) != STATUS_OK)
        return;
    (void)file_kind_certain(head, file_source_packing(source));
    CHECK(file_kind_guess(head) != NULL && *file_kind_guess(head)->name != '\0', "no name");
}

static void check_file(struct slice text, bool is_plain, json_t *array)
{
    struct file_source *source = NULL;
    struct file_record last = {0};
    struct file_record record = {0};
    struct error error = {""};
    struct slice left = without_mark(text);
    int64_t bytes = 0;
    size_t elements = 0;
    enum status status = file_source_open(file.path, &source, &error);

    CHECK(status == STATUS_OK, "%s", error.message);
    check_kind(source);
    while (bytes < BYTES_MAX && (status = file_source_next(source, &record, &error)) == STATUS_OK &&
           record.text.data != NULL) {
        check_order(&record, &last);
        if (is_plain)
            check_line(&left, &record);
        if (array != NULL && !is_blank(&record))
            check_element(array, &record);
        elements += !is_blank(&record);
        bytes += record.length + 1;
        last = record;
    }
    CHECK(status == STATUS_OK || (status == STATUS_REJECT && strstr(error.message, file.path)),
          "%s", error.message);
    CHECK(!is_plain || (status == STATUS_OK && left.length == 0), "%zu bytes are left",
          left.length);
    CHECK(array == NULL || (status == STATUS_OK && elements == count_records(array)),
          "%zu elements: %s", elements, error.message);
    file_source_close(source);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct slice text = {size == 0 ? "" : (const char *)data, size};
    bool packed = unpack_recognise(text.data, size) != NULL;
    json_t *array;

    if (file.path[0] == '\0')
        memory_file_open(&file);
    memory_file_write(&file, data, size);
    array = packed ? NULL : as_array(without_mark(text));
    check_file(text, !packed && !has_arrays(without_mark(text)), array);
    json_decref(array);
    return 0;
}
