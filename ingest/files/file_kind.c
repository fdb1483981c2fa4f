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
static const struct file_kind spread = {"JSON with one object over several lines",
                                        "jq -c . FILE | kansen load -"};
static const struct file_kind ocsf = {"OCSF events", "kansen load --event-format ocsf FILE"};
static const struct file_kind ecs = {"ECS events", "kansen load --event-format ecs FILE"};
static const struct file_kind cloudevents = {"CloudEvents",
                                             "kansen load --event-format cloudevents FILE"};
static const struct file_kind json = {
    "JSON in another format",
    "kansen load --event-format FORMAT-FILE FILE, or jq to rename its keys"};
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

static const struct file_kind *guess_json(struct slice head)
{
    struct slice rest = head;
    struct slice line;

    if (holds(head, "\"class_uid\"") ||
        (holds(head, "\"category_uid\"") && holds(head, "\"metadata\"")))
        return &ocsf;
    if (holds(head, "\"specversion\""))
        return &cloudevents;
    if (holds(head, "\"@timestamp\""))
        return &ecs;
    if (!take_line(&rest, &line))
        return &json;
    while (line.length > 0 && strchr(" \t\r", line.data[line.length - 1]) != NULL)
        line.length--;
    return line.length > 0 && strchr("{[,", line.data[line.length - 1]) != NULL ? &spread : &json;
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
