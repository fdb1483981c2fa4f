#define _GNU_SOURCE /* strcasestr */
#include "ingest/files/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Bytes asked of the file at once. */
#define READ_SIZE (256 * 1024)

/* Enough of a file to tell its compression, and to find the dictionary's size in xz's first header.
 * A pipe that holds less is at its end, or not compressed. */
#define HEAD_SIZE 64

/* xz: its magic and flags, then the first block's header (the .xz file format, 3.1). */
#define XZ_STREAM_HEADER 12
#define XZ_FILTER_LZMA2 0x21
#define XZ_FILTERS_MAX 4

struct packing {
    const char *name;
    const char *magic;
    size_t magic_length;
    int filter; /* libarchive's; ARCHIVE_FILTER_GZIP is read by zlib */
};

/* What is at the front of a zstd or lz4 file may be skipped by them: pzstd begins so. */
#define SKIPPABLE_MAGIC "\x2a\x4d\x18"

static const struct packing packings[] = {
    {"gzip", "\x1f\x8b", 2, ARCHIVE_FILTER_GZIP},
    {"zstd", "\x28\xb5\x2f\xfd", 4, ARCHIVE_FILTER_ZSTD},
    {"xz", "\xfd\x37zXZ\0", 6, ARCHIVE_FILTER_XZ},
    {"bzip2", "BZh", 3, ARCHIVE_FILTER_BZIP2},
    {"lz4", "\x04\x22\x4d\x18", 4, ARCHIVE_FILTER_LZ4},
    {"lz4", "\x02\x21\x4c\x18", 4, ARCHIVE_FILTER_LZ4},
};

struct unpack {
    struct input input;
    bool started;
    bool read_failed;
    const struct packing *packing; /* NULL: none */
    char block[READ_SIZE];         /* bytes of the file, not yet unpacked */
    size_t block_start;
    size_t block_end;
    bool input_over;
    int64_t solid_end; /* behind the last byte of the file that is no zero */
    z_stream gzip;
    bool gzip_started;
    bool member_open; /* inside a gzip member: the file may not end here */
    struct archive *archive;
    bool archive_over;
};

enum status unpack_open(const char *path, struct unpack **out, struct error *error)
{
    struct unpack *unpack = calloc(1, sizeof(*unpack));
    enum status status;

    if (unpack == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    status = input_open(path, &unpack->input, error);
    if (status != STATUS_OK) {
        free(unpack);
        return status;
    }
    *out = unpack;
    return STATUS_OK;
}

void unpack_close(struct unpack *unpack)
{
    if (unpack == NULL)
        return;
    if (unpack->gzip_started)
        inflateEnd(&unpack->gzip);
    archive_read_free(unpack->archive);
    input_close(&unpack->input);
    free(unpack);
}

/* ---- bytes of the file */

/* Adds to the block, which has room. */
static enum status fill_block(struct unpack *unpack, struct error *error)
{
    size_t count = 0;
    enum status status = input_read(&unpack->input, unpack->block + unpack->block_end,
                                    READ_SIZE - unpack->block_end, &count, error);

    if (status != STATUS_OK) {
        unpack->read_failed = true;
        return status;
    }
    unpack->input_over = count == 0;
    for (size_t i = count; i > 0; i--) {
        if (unpack->block[unpack->block_end + i - 1] == '\0')
            continue;
        unpack->solid_end = unpack->input.position - (int64_t)(count - i);
        break;
    }
    unpack->block_end += count;
    return STATUS_OK;
}

/* The next block, when the last one has been used up. */
static enum status next_block(struct unpack *unpack, struct error *error)
{
    if (unpack->block_start < unpack->block_end || unpack->input_over)
        return STATUS_OK;
    unpack->block_start = 0;
    unpack->block_end = 0;
    return fill_block(unpack, error);
}

/* ---- which compression */

static const struct packing *recognise(const char *bytes, size_t length)
{
    for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++)
        if (length >= packings[i].magic_length &&
            memcmp(bytes, packings[i].magic, packings[i].magic_length) == 0)
            return &packings[i];
    if (length >= 4 && (bytes[0] & 0xF0) == 0x50 && memcmp(bytes + 1, SKIPPABLE_MAGIC, 3) == 0)
        return &packings[1];
    return NULL;
}

const char *unpack_recognise(const char *bytes, size_t length)
{
    const struct packing *packing = recognise(bytes, length);

    return packing == NULL ? NULL : packing->name;
}

/* A magic number may still come: the bytes so far are the beginning of one. */
static bool may_be_packed(const char *bytes, size_t length)
{
    if (length == 0)
        return true;
    for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++)
        if (memcmp(bytes, packings[i].magic,
                   length < packings[i].magic_length ? length : packings[i].magic_length) == 0)
            return true;
    return (bytes[0] & 0xF0) == 0x50;
}

static enum status refuse_window(const struct unpack *unpack, struct error *error)
{
    const char *name = unpack->packing->name;

    return error_set(error, STATUS_REJECT,
                     "to unpack it takes a window of more than %d MiB; `%s%s -dc FILE | kansen "
                     "load -` gives it one",
                     UNPACK_WINDOW_MAX_MIB, name, strcmp(name, "zstd") == 0 ? " --long=31" : "");
}

/* The size of an xz dictionary as its header has it: 2 or 3 times a power of two, in MiB. */
static uint64_t xz_dictionary_mib(unsigned bits)
{
    return bits > 40 ? UINT64_MAX : ((2 | (uint64_t)(bits & 1)) << (bits / 2 + 11)) >> 20;
}

/* libarchive 3.6 sets no bound to xz's memory, so the first block's header is looked at: a list of
 * filters, each an id, the size of its properties, and these; numbers below 128 are one byte. */
static enum status check_xz_window(const struct unpack *unpack, struct error *error)
{
    const unsigned char *head = (const unsigned char *)unpack->block;
    size_t at = XZ_STREAM_HEADER + 2;
    unsigned flags;

    if (unpack->block_end < HEAD_SIZE || head[XZ_STREAM_HEADER] == 0)
        return STATUS_OK;
    flags = head[XZ_STREAM_HEADER + 1];
    for (unsigned sizes = (flags >> 6 & 1) + (flags >> 7 & 1); sizes > 0; sizes--)
        while (at < HEAD_SIZE - 1 && head[at++] & 0x80)
            continue;
    for (unsigned i = 0; i <= (flags & (XZ_FILTERS_MAX - 1)) && at + 2 < HEAD_SIZE; i++) {
        if (head[at] == XZ_FILTER_LZMA2 && xz_dictionary_mib(head[at + 2]) > UNPACK_WINDOW_MAX_MIB)
            return refuse_window(unpack, error);
        at += 2 + (size_t)head[at + 1];
    }
    return STATUS_OK;
}

/* Checksums stand behind what they are of, so a bit that fell over may have passed already. */
static enum status refuse_damage(const char *packing, const char *reason, struct error *error)
{
    return error_set(error, STATUS_REJECT,
                     "damaged %s data: %s; what was read before that may be wrong, too", packing,
                     reason == NULL ? "unknown" : reason);
}

/* ---- gzip, by zlib */

static enum status start_gzip(struct unpack *unpack, struct error *error)
{
    /* 16 more than the largest window: a gzip header is expected. */
    unpack->gzip_started = inflateInit2(&unpack->gzip, 15 + 16) == Z_OK;
    return unpack->gzip_started ? STATUS_OK : error_set(error, STATUS_FATAL, "out of memory");
}

/* Between members: skips zeros, which tapes fill their blocks with. */
static enum status skip_zeros(struct unpack *unpack, struct error *error)
{
    enum status status;

    while ((status = next_block(unpack, error)) == STATUS_OK && !unpack->input_over) {
        while (unpack->block_start < unpack->block_end &&
               unpack->block[unpack->block_start] == '\0')
            unpack->block_start++;
        if (unpack->block_start < unpack->block_end)
            break;
    }
    if (status != STATUS_OK || unpack->block_start == unpack->block_end)
        return status;
    if (unpack->block[unpack->block_start] != packings[0].magic[0])
        return error_set(error, STATUS_REJECT,
                         "something that is no gzip data follows its end, at byte %lld",
                         (long long)unpack->input.position -
                             (long long)(unpack->block_end - unpack->block_start));
    return STATUS_OK;
}

static enum status inflate_some(struct unpack *unpack, char *out, size_t size, size_t *made,
                                struct error *error)
{
    z_stream *stream = &unpack->gzip;
    int result;

    stream->next_in = (Bytef *)unpack->block + unpack->block_start;
    stream->avail_in = (uInt)(unpack->block_end - unpack->block_start);
    stream->next_out = (Bytef *)out;
    stream->avail_out = (uInt)size;
    unpack->member_open = unpack->member_open || stream->avail_in > 0;
    result = inflate(stream, Z_NO_FLUSH);
    unpack->block_start = unpack->block_end - stream->avail_in;
    *made = size - stream->avail_out;
    if (result == Z_STREAM_END) {
        unpack->member_open = false;
        inflateReset(stream);
        return STATUS_OK;
    }
    if (result == Z_MEM_ERROR)
        return error_set(error, STATUS_FATAL, "out of memory");
    if (result != Z_OK && result != Z_BUF_ERROR)
        return refuse_damage("gzip", stream->msg, error);
    return STATUS_OK;
}

static enum status read_gzip(struct unpack *unpack, char *out, size_t size, size_t *made,
                             struct error *error)
{
    enum status status = STATUS_OK;

    *made = 0;
    while (status == STATUS_OK && *made == 0) {
        /* Members may follow each other: `cat a.gz b.gz`. */
        status = unpack->member_open ? next_block(unpack, error) : skip_zeros(unpack, error);
        if (status == STATUS_OK && unpack->block_start == unpack->block_end && unpack->input_over)
            break;
        if (status == STATUS_OK)
            status = inflate_some(unpack, out, size, made, error);
    }
    /* What has not come out yet when the file is over: the window's last bytes. */
    if (status == STATUS_OK && *made == 0 && unpack->member_open) {
        status = inflate_some(unpack, out, size, made, error);
        if (status == STATUS_OK && *made == 0 && unpack->member_open)
            status = error_set(error, STATUS_REJECT, "the gzip data ends too early");
    }
    return status;
}

/* ---- all else, by libarchive */

static la_ssize_t give_block(struct archive *archive, void *context, const void **bytes)
{
    struct unpack *unpack = context;
    struct error error;
    size_t start;

    if (next_block(unpack, &error) != STATUS_OK) {
        archive_set_error(archive, EIO, "%s", error.message);
        return ARCHIVE_FATAL;
    }
    start = unpack->block_start;
    unpack->block_start = unpack->block_end;
    *bytes = unpack->block + start;
    return (la_ssize_t)(unpack->block_end - start);
}

static enum status refuse_archive(const struct unpack *unpack, struct error *error)
{
    const char *reason = archive_error_string(unpack->archive);

    if (unpack->read_failed)
        return error_set(error, STATUS_REJECT, "%s", reason);
    if (archive_errno(unpack->archive) == ENOMEM)
        return error_set(error, STATUS_FATAL, "out of memory");
    if (reason != NULL && strstr(reason, "too much memory") != NULL)
        return refuse_window(unpack, error);
    if (reason != NULL &&
        (strcasestr(reason, "truncated") != NULL || strstr(reason, "No progress") != NULL))
        return error_set(error, STATUS_REJECT, "the %s data ends too early", unpack->packing->name);
    return refuse_damage(unpack->packing->name, reason, error);
}

/* Behind what libarchive took, nothing but zeros may follow: it leaves alone what it doesn't know,
 * and says nothing of it. */
static enum status check_rest(struct unpack *unpack, struct error *error)
{
    int64_t used = archive_filter_bytes(unpack->archive, -1);
    enum status status = STATUS_OK;

    unpack->archive_over = true;
    while (status == STATUS_OK && !unpack->input_over) {
        unpack->block_start = unpack->block_end;
        status = next_block(unpack, error);
    }
    if (status == STATUS_OK && unpack->solid_end > used)
        status = error_set(error, STATUS_REJECT,
                           "something that is no %s data follows its end, at byte %lld",
                           unpack->packing->name, (long long)used);
    return status;
}

static enum status start_archive(struct unpack *unpack, struct error *error)
{
    struct archive_entry *entry;
    int result;

    if (unpack->packing->filter == ARCHIVE_FILTER_XZ && check_xz_window(unpack, error) != STATUS_OK)
        return STATUS_REJECT;
    /* It can't begin anew, behind what it has taken. */
    if (unpack->archive != NULL)
        return refuse_archive(unpack, error);
    unpack->archive = archive_read_new();
    if (unpack->archive == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    result = archive_read_support_filter_by_code(unpack->archive, unpack->packing->filter);
    if (result == ARCHIVE_OK)
        result = archive_read_support_format_raw(unpack->archive);
    if (result == ARCHIVE_OK)
        result = archive_read_support_format_empty(unpack->archive);
    if (result == ARCHIVE_OK)
        result = archive_read_open(unpack->archive, unpack, NULL, give_block, NULL);
    if (result != ARCHIVE_OK)
        return refuse_archive(unpack, error);
    /* Only the client itself: libarchive wants to see more of the file than there is. */
    if (archive_filter_count(unpack->archive) == 1)
        return error_set(error, STATUS_REJECT, "the %s data ends too early", unpack->packing->name);
    result = archive_read_next_header(unpack->archive, &entry);
    if (result == ARCHIVE_EOF)
        return check_rest(unpack, error);
    return result == ARCHIVE_OK ? STATUS_OK : refuse_archive(unpack, error);
}

static enum status read_archive(struct unpack *unpack, char *out, size_t size, size_t *made,
                                struct error *error)
{
    la_ssize_t count;

    *made = 0;
    if (unpack->archive_over)
        return STATUS_OK;
    count = archive_read_data(unpack->archive, out, size);
    if (count < 0)
        return refuse_archive(unpack, error);
    *made = (size_t)count;
    return count == 0 ? check_rest(unpack, error) : STATUS_OK;
}

/* ---- whichever it is */

static enum status start(struct unpack *unpack, struct error *error)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && !unpack->input_over && unpack->block_end < HEAD_SIZE &&
           may_be_packed(unpack->block, unpack->block_end))
        status = fill_block(unpack, error);
    if (status != STATUS_OK)
        return status;
    unpack->packing = recognise(unpack->block, unpack->block_end);
    if (unpack->packing != NULL)
        status = unpack->packing->filter == ARCHIVE_FILTER_GZIP ? start_gzip(unpack, error)
                                                                : start_archive(unpack, error);
    unpack->started = status == STATUS_OK;
    return status;
}

static enum status read_plain(struct unpack *unpack, char *out, size_t size, size_t *made,
                              struct error *error)
{
    size_t left = unpack->block_end - unpack->block_start;
    enum status status;

    if (left > 0) {
        *made = left < size ? left : size;
        memcpy(out, unpack->block + unpack->block_start, *made);
        unpack->block_start += *made;
        return STATUS_OK;
    }
    status = input_read(&unpack->input, out, size, made, error);
    unpack->read_failed = status != STATUS_OK;
    return status;
}

enum status unpack_read(struct unpack *unpack, char *out, size_t size, size_t *made,
                        struct error *error)
{
    enum status status = unpack->started ? STATUS_OK : start(unpack, error);

    if (status != STATUS_OK)
        return status;
    if (unpack->packing == NULL)
        return read_plain(unpack, out, size, made, error);
    return unpack->packing->filter == ARCHIVE_FILTER_GZIP
               ? read_gzip(unpack, out, size, made, error)
               : read_archive(unpack, out, size, made, error);
}

const char *unpack_packing(const struct unpack *unpack)
{
    return unpack->packing == NULL ? NULL : unpack->packing->name;
}

const struct input *unpack_input(const struct unpack *unpack)
{
    return &unpack->input;
}

bool unpack_has_read_error(const struct unpack *unpack)
{
    return unpack->read_failed;
}
