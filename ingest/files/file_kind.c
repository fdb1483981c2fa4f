#define _GNU_SOURCE /* memmem */
#include "ingest/files/file_kind.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "ingest/files/unpack.h"

/* A name of a member fills a tar archive's first bytes; this stands behind it. */
#define TAR_MAGIC_AT 257

/* Bytes that are looked at for words and columns. */
#define LOOK_AT 4096

/* Delimiters in the first line that make columns of it. */
#define DELIMITERS_MIN 2

struct signature {
    size_t at;
    const char *bytes;
    size_t length;
    struct file_kind kind;
};

#define BYTES(text) text, sizeof(text) - 1

static const struct signature signatures[] = {
    {0, BYTES("PK\x03\x04"), {"a zip archive", "unzip -p FILE | kansen load -"}},
    {0, BYTES("PK\x05\x06"), {"an empty zip archive", NULL}},
    {0, BYTES("7z\xBC\xAF\x27\x1C"), {"a 7z archive", "7z x -so FILE | kansen load -"}},
    {0, BYTES("Rar!\x1A\x07"), {"a rar archive", "unrar p -inul FILE | kansen load -"}},
    {TAR_MAGIC_AT, BYTES("ustar"), {"a tar archive", "tar -xOf FILE | kansen load -"}},
    {0, BYTES("070701"), {"a cpio archive", "cpio -i --to-stdout < FILE | kansen load -"}},
    {0, BYTES("\xFF\xFE\0\0"), {"UTF-32", "iconv -f UTF-32 -t UTF-8 FILE | kansen load -"}},
    {0, BYTES("\0\0\xFE\xFF"), {"UTF-32", "iconv -f UTF-32 -t UTF-8 FILE | kansen load -"}},
    {0, BYTES("\xFF\xFE"), {"UTF-16", "iconv -f UTF-16 -t UTF-8 FILE | kansen load -"}},
    {0, BYTES("\xFE\xFF"), {"UTF-16", "iconv -f UTF-16 -t UTF-8 FILE | kansen load -"}},
    {0, BYTES("%PDF-"), {"a PDF document", NULL}},
    {0,
     BYTES("PAR1"),
     {"a Parquet file",
      "duckdb -c \"copy (from 'FILE') to '/dev/stdout' (format json)\" | kansen load -"}},
    {0, BYTES("Obj\x01"), {"an Avro file", "avrocat FILE | kansen load -"}},
    {0, BYTES("ORC"), {"an ORC file", "orc-contents FILE | kansen load -"}},
    {0, BYTES("ARROW1"), {"an Arrow file", NULL}},
    {0,
     BYTES("SQLite format 3\0"),
     {"an SQLite database", "sqlite3 -json FILE 'select … from …' | kansen load -"}},
    {0,
     BYTES("ElfFile\0"),
     {"a Windows event log", "evtx_dump -o jsonl FILE | kansen load --event-format … -"}},
    {0, BYTES("\xD4\xC3\xB2\xA1"), {"a packet capture", NULL}},
    {0, BYTES("\xA1\xB2\xC3\xD4"), {"a packet capture", NULL}},
    {0, BYTES("\x4D\x3C\xB2\xA1"), {"a packet capture", NULL}},
    {0, BYTES("\n\r\r\n"), {"a packet capture", NULL}},
    {0, BYTES("\x89LZO\0\r\n\x1A\n"), {"lzop data", "lzop -dc FILE | kansen load -"}},
    {0, BYTES("LZIP"), {"lzip data", "lzip -dc FILE | kansen load -"}},
    {0, BYTES("\x1F\x9D"), {"compress data", "zcat FILE | kansen load -"}},
    {0, BYTES("LRZI"), {"lrzip data", "lrzcat -q FILE | kansen load -"}},
    {0, BYTES("\x5D\0\0"), {"lzma data", "xz --format=lzma -dc FILE | kansen load -"}},
    {0, BYTES("\xFF\x06\0\0sNaPpY"), {"snappy data", "snzip -dc FILE | kansen load -"}},
    {0, BYTES("-----BEGIN PGP MESSAGE"), {"an encrypted file", "gpg -d FILE | kansen load -"}},
    {0, BYTES("age-encryption.org/v1"), {"an encrypted file", "age -d FILE | kansen load -"}},
    {0, BYTES("\x7F\x45LF"), {"a program", NULL}},
    {0, BYTES("\x89PNG\r\n"), {"a picture", NULL}},
    {0, BYTES("\xFF\xD8\xFF"), {"a picture", NULL}},
};

#define TWICE "data that is compressed twice"

/* One layer is unpacked; by the name of that one. */
static const struct {
    const char *packing;
    struct file_kind kind;
} packed_twice[] = {
    {"gzip", {TWICE, "gzip -dc FILE | kansen load -"}},
    {"zstd", {TWICE, "zstd -dc FILE | kansen load -"}},
    {"xz", {TWICE, "xz -dc FILE | kansen load -"}},
    {"bzip2", {TWICE, "bzip2 -dc FILE | kansen load -"}},
    {"lz4", {TWICE, "lz4 -dc FILE | kansen load -"}},
};

/* ---- text */

static const struct file_kind nothing = {"an empty file", NULL};
static const struct file_kind utf16_le = {"UTF-16",
                                          "iconv -f UTF-16LE -t UTF-8 FILE | kansen load -"};
static const struct file_kind utf16_be = {"UTF-16",
                                          "iconv -f UTF-16BE -t UTF-8 FILE | kansen load -"};
static const struct file_kind utf32_le = {"UTF-32",
                                          "iconv -f UTF-32LE -t UTF-8 FILE | kansen load -"};
static const struct file_kind utf32_be = {"UTF-32",
                                          "iconv -f UTF-32BE -t UTF-8 FILE | kansen load -"};
static const struct file_kind binary = {"binary data", NULL};
static const struct file_kind html = {"an HTML page", "download the data instead of the page"};
static const struct file_kind xml = {"XML", NULL};
static const struct file_kind csv = {"CSV", "mlr --icsv --ojsonl cat FILE | kansen load -"};
static const struct file_kind tsv = {"TSV", "mlr --itsv --ojsonl cat FILE | kansen load -"};
static const struct file_kind sequence = {"a JSON text sequence",
                                          "tr -d '\\036' < FILE | kansen load -"};
static const struct file_kind answer = {
    "an answer of Elasticsearch",
    "jq -c '.hits.hits[]._source' FILE | kansen load --event-format ecs -"};
static const struct file_kind documents = {
    "documents of Elasticsearch", "jq -c ._source FILE | kansen load --event-format ecs -"};
static const struct file_kind cef = {"CEF", NULL};
static const struct file_kind syslog = {"syslog lines", NULL};
static const struct file_kind text = {"text that is no JSON", NULL};

static bool holds(struct slice head, const char *word)
{
    return memmem(head.data, head.length, word, strlen(word)) != NULL;
}

static bool begins(struct slice head, const char *word)
{
    size_t length = strlen(word);

    return head.length >= length && strncasecmp(head.data, word, length) == 0;
}

const struct file_kind *file_kind_certain(struct slice head, const char *packing)
{
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        const struct signature *each = &signatures[i];

        if (head.length >= each->at + each->length &&
            memcmp(head.data + each->at, each->bytes, each->length) == 0)
            return &each->kind;
    }
    if (packing == NULL || unpack_recognise(head.data, head.length) == NULL)
        return NULL;
    for (size_t i = 0; i < sizeof(packed_twice) / sizeof(packed_twice[0]); i++)
        if (strcmp(packed_twice[i].packing, packing) == 0)
            return &packed_twice[i].kind;
    return NULL;
}

/* ASCII in units of two or four bytes, without a byte order mark. */
static const struct file_kind *guess_wide(struct slice head)
{
    static const struct {
        char zeros[4]; /* which of the first four bytes are 0 */
        const struct file_kind *kind;
    } orders[] = {
        {{0, 1, 0, 1}, &utf16_le},
        {{1, 0, 1, 0}, &utf16_be},
        {{0, 1, 1, 1}, &utf32_le},
        {{1, 1, 1, 0}, &utf32_be},
    };

    for (size_t i = 0; head.length >= 4 && i < sizeof(orders) / sizeof(orders[0]); i++) {
        size_t same = 0;

        while (same < 4 && (head.data[same] == '\0') == orders[i].zeros[same])
            same++;
        if (same == 4)
            return orders[i].kind;
    }
    return NULL;
}

static size_t count(struct slice line, char byte)
{
    size_t found = 0;

    for (size_t i = 0; i < line.length; i++)
        found += line.data[i] == byte;
    return found;
}

/* The next line of what is left, which it is cut off. False: there is no whole one. */
static bool take_line(struct slice *left, struct slice *line)
{
    const char *newline = left->length == 0 ? NULL : memchr(left->data, '\n', left->length);

    if (newline == NULL)
        return false;
    *line = (struct slice){left->data, (size_t)(newline - left->data)};
    left->data = newline + 1;
    left->length -= line->length + 1;
    return true;
}

/* The first two lines have as many delimiters. */
static bool has_columns(struct slice head, char delimiter)
{
    struct slice first;
    struct slice second;

    return take_line(&head, &first) && take_line(&head, &second) &&
           count(first, delimiter) >= DELIMITERS_MIN &&
           count(first, delimiter) == count(second, delimiter);
}

/* ---- JSON */

/* Whose events they are, by the names of their members. */
enum form { FORM_OWN, FORM_HEARTBEATS, FORM_OCSF, FORM_CLOUDEVENTS, FORM_ECS, FORM_OTHER, FORMS };

/* How they stand in the file. */
enum shape { SHAPE_LINES, SHAPE_SPREAD, SHAPE_JOINED, SHAPE_WRAPPED, SHAPES };

#define IN_SHAPES(name, lines, format)                                                             \
    {                                                                                              \
        {name, lines},                                                                             \
            {"JSON with one object over several lines", "jq -c . FILE | kansen load " format "-"}, \
            {"JSON with several objects on one line", "jq -c . FILE | kansen load " format "-"},   \
        {                                                                                          \
            "JSON with its events in an array within an object",                                   \
                "jq -c '.[] | arrays | .[]' FILE | kansen load " format "-"                        \
        }                                                                                          \
    }
#define OF_FORMAT(name, format)                                                                    \
    IN_SHAPES(name, "kansen load --event-format " format " FILE", "--event-format " format " ")

static const struct file_kind json_kinds[FORMS][SHAPES] = {
    [FORM_OWN] =
        IN_SHAPES("events of kansen's own format", "kansen load --event-format kansen FILE", ""),
    [FORM_HEARTBEATS] = IN_SHAPES("heartbeats", "kansen load --event-format kansen FILE", ""),
    [FORM_OCSF] = OF_FORMAT("OCSF events", "ocsf"),
    [FORM_CLOUDEVENTS] = OF_FORMAT("CloudEvents", "cloudevents"),
    [FORM_ECS] = OF_FORMAT("ECS events", "ecs"),
    [FORM_OTHER] =
        IN_SHAPES("JSON in another format",
                  "kansen load --event-format FORMAT-FILE FILE, or jq to rename its keys", ""),
};

/* Of the forms that are not here either can be. */
static const enum file_events form_events[FORMS] = {
    [FORM_OWN] = FILE_OF_DETECTIONS,
    [FORM_HEARTBEATS] = FILE_OF_HEARTBEATS,
    [FORM_OCSF] = FILE_OF_DETECTIONS,
    [FORM_ECS] = FILE_OF_DETECTIONS,
};

enum file_events file_kind_events(const struct file_kind *kind)
{
    if (kind == &answer || kind == &documents)
        return FILE_OF_DETECTIONS;
    for (int form = 0; form < FORMS; form++)
        for (int shape = 0; shape < SHAPES; shape++)
            if (kind == &json_kinds[form][shape])
                return form_events[form];
    return FILE_OF_EITHER;
}

static enum form form_of(struct slice json)
{
    if (holds(json, "\"class_uid\"") ||
        (holds(json, "\"category_uid\"") && holds(json, "\"metadata\"")))
        return FORM_OCSF;
    if (holds(json, "\"specversion\""))
        return FORM_CLOUDEVENTS;
    if (holds(json, "\"@timestamp\""))
        return FORM_ECS;
    if (!holds(json, "\"time\"") || !holds(json, "\"device\""))
        return FORM_OTHER;
    if (holds(json, "\"name\""))
        return FORM_OWN;
    return holds(json, "\"country\"") || holds(json, "\"ip\"") ? FORM_HEARTBEATS : FORM_OTHER;
}

static size_t skip_blanks(struct slice json, size_t place)
{
    while (place < json.length && json.data[place] != '\0' &&
           strchr(" \t\r\n", json.data[place]) != NULL)
        place++;
    return place;
}

/* Behind the text that begins here. */
static size_t skip_text(struct slice json, size_t place)
{
    for (place++; place < json.length && json.data[place] != '"'; place++)
        place += json.data[place] == '\\';
    return place + 1;
}

/* Behind the first object, or 0 when that is not all here; *array is where the first array of
 * objects begins that is a member of it, or 0. */
static size_t skip_object(struct slice json, size_t *array)
{
    size_t depth = 0;
    size_t place = 0;

    *array = 0;
    while (place < json.length) {
        char byte = json.data[place];
        size_t next = skip_blanks(json, place + 1);

        if (byte == '"') {
            place = skip_text(json, place);
            continue;
        }
        if (byte == '[' && depth == 1 && *array == 0 && next < json.length &&
            json.data[next] == '{')
            *array = place;
        depth += byte == '{' || byte == '[';
        depth -= (byte == '}' || byte == ']') && depth > 0;
        place++;
        if (depth == 0)
            return place;
    }
    return 0;
}

static bool is_spread(struct slice json)
{
    struct slice line;

    if (!take_line(&json, &line))
        return false;
    while (line.length > 0 && strchr(" \t\r", line.data[line.length - 1]) != NULL)
        line.length--;
    return line.length > 0 && strchr("{[,", line.data[line.length - 1]) != NULL;
}

static enum shape shape_of(struct slice json, enum form *form)
{
    size_t array;
    size_t end = skip_object(json, &array);
    size_t next = skip_blanks(json, end);

    *form = form_of(json);
    if (array > 0 && *form != FORM_OTHER &&
        form_of((struct slice){json.data, array}) == FORM_OTHER &&
        form_of((struct slice){json.data + array, json.length - array}) == *form)
        return SHAPE_WRAPPED;
    if (is_spread(json))
        return SHAPE_SPREAD;
    if (end > 0 && next < json.length && json.data[next] == '{' &&
        memchr(json.data + end, '\n', next - end) == NULL)
        return SHAPE_JOINED;
    return SHAPE_LINES;
}

static const struct file_kind *guess_json(struct slice head)
{
    enum form form;
    enum shape shape = shape_of(head, &form);

    if (holds(head, "\"_source\""))
        return holds(head, "\"hits\"") ? &answer : &documents;
    return &json_kinds[form][shape];
}

const struct file_kind *file_kind_guess(struct slice head)
{
    const struct file_kind *wide = guess_wide(head);

    if (head.length > LOOK_AT)
        head.length = LOOK_AT;
    while (head.length > 0 && strchr(" \t\r\n", *head.data) != NULL && *head.data != '\0') {
        head.data++;
        head.length--;
    }
    if (head.length == 0)
        return &nothing;
    if (wide != NULL)
        return wide;
    if (memchr(head.data, '\0', head.length) != NULL)
        return &binary;
    if (*head.data == '{' || *head.data == '[')
        return guess_json(head);
    if (*head.data == '\x1E')
        return &sequence;
    if (begins(head, "<!doctype html") || begins(head, "<html"))
        return &html;
    if (*head.data == '<')
        return *head.data == '<' && head.length > 1 && head.data[1] >= '0' && head.data[1] <= '9'
                   ? &syslog
                   : &xml;
    if (holds(head, "CEF:0|") || holds(head, "LEEF:"))
        return &cef;
    if (has_columns(head, '\t'))
        return &tsv;
    return has_columns(head, ',') || has_columns(head, ';') ? &csv : &text;
}
