#include "ingest/files/file_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

/* Bytes asked of the file at once. */
#define READ_SIZE (256 * 1024)

/* The longest signature that tells a compression. */
#define SIGNATURE_SIZE 4

/* Unpacked text that is kept: the longest line and its end. */
#define TEXT_SIZE_MAX (FILE_SOURCE_LINE_MAX + 2)

enum compression { COMPRESSION_NONE, COMPRESSION_GZIP, COMPRESSION_ZSTD };

struct file_source {
    char *path;
    int descriptor;
    int64_t position;
    enum compression compression;
    z_stream gzip;
    bool gzip_started;
    ZSTD_DStream *zstd;
    bool member_open;      /* inside a gzip member or zstd frame: the file may not end here */
    char input[READ_SIZE]; /* bytes of the file, not yet unpacked */
    size_t input_start;
    size_t input_end;
    bool input_over;
    char *text; /* unpacked bytes, not yet returned */
    size_t text_start;
    size_t text_end;
    size_t text_size;
    size_t searched; /* from text_start: known to hold no newline */
    int64_t line;
};

/* ---- bytes of the file */

static enum status read_input(struct file_source *source, struct error *error)
{
    size_t left = source->input_end - source->input_start;
    ssize_t count;

    memmove(source->input, source->input + source->input_start, left);
    source->input_start = 0;
    source->input_end = left;
    do
        count = read(source->descriptor, source->input + left, READ_SIZE - left);
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return error_set(error, STATUS_REJECT, "%s: %s", source->path, strerror(errno));
    source->input_over = count == 0;
    source->input_end += (size_t)count;
    source->position += count;
    return STATUS_OK;
}

static enum status start_unpacking(struct file_source *source, struct error *error)
{
    static const unsigned char gzip[] = {0x1f, 0x8b};
    static const unsigned char zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
    size_t length = source->input_end - source->input_start;
    const char *start = source->input + source->input_start;

    if (length >= sizeof(gzip) && memcmp(start, gzip, sizeof(gzip)) == 0) {
        source->compression = COMPRESSION_GZIP;
        /* 16 more than the largest window: a gzip header is expected. */
        source->gzip_started = inflateInit2(&source->gzip, 15 + 16) == Z_OK;
        if (!source->gzip_started)
            return error_set(error, STATUS_FATAL, "%s: out of memory", source->path);
    } else if (length >= sizeof(zstd) && memcmp(start, zstd, sizeof(zstd)) == 0) {
        source->compression = COMPRESSION_ZSTD;
        source->zstd = ZSTD_createDStream();
        if (source->zstd == NULL)
            return error_set(error, STATUS_FATAL, "%s: out of memory", source->path);
    }
    return STATUS_OK;
}

static enum status check_kind(const char *path, const struct stat *about, struct error *error)
{
    if (S_ISDIR(about->st_mode))
        return error_set(error, STATUS_REJECT, "%s: is a directory", path);
    return STATUS_OK;
}

enum status file_source_look(const char *path, int64_t *size, struct error *error)
{
    struct stat about;
    enum status status;

    *size = 0;
    if (strcmp(path, "-") == 0)
        return STATUS_OK;
    if (stat(path, &about) != 0 || access(path, R_OK) != 0)
        return error_set(error, STATUS_REJECT, "%s: %s", path, strerror(errno));
    status = check_kind(path, &about, error);
    if (status == STATUS_OK && S_ISREG(about.st_mode))
        *size = about.st_size;
    return status;
}

enum status file_source_open(const char *path, struct file_source **out, struct error *error)
{
    struct file_source *source = calloc(1, sizeof(*source));
    bool is_stdin = strcmp(path, "-") == 0;
    struct stat about;
    enum status status = STATUS_OK;

    if (source == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    source->path = strdup(is_stdin ? "standard input" : path);
    source->descriptor = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (source->path == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else if (source->descriptor < 0 || fstat(source->descriptor, &about) != 0)
        status = error_set(error, STATUS_REJECT, "%s: %s", path, strerror(errno));
    else
        status = check_kind(path, &about, error);
    while (status == STATUS_OK && !source->input_over && source->input_end < SIGNATURE_SIZE)
        status = read_input(source, error);
    if (status == STATUS_OK)
        status = start_unpacking(source, error);
    if (status != STATUS_OK) {
        file_source_close(source);
        return status;
    }
    *out = source;
    return STATUS_OK;
}

void file_source_close(struct file_source *source)
{
    if (source == NULL)
        return;
    if (source->gzip_started)
        inflateEnd(&source->gzip);
    ZSTD_freeDStream(source->zstd);
    if (source->descriptor > STDIN_FILENO)
        close(source->descriptor);
    free(source->path);
    free(source->text);
    free(source);
}

/* ---- unpacked text */

/* Unpacks into the free room behind the text; *made is how many bytes came out. */
static enum status unpack_gzip(struct file_source *source, size_t *made, struct error *error)
{
    z_stream *stream = &source->gzip;
    size_t room = source->text_size - source->text_end;
    int result;

    stream->next_in = (Bytef *)source->input + source->input_start;
    stream->avail_in = (uInt)(source->input_end - source->input_start);
    stream->next_out = (Bytef *)source->text + source->text_end;
    stream->avail_out = (uInt)room;
    source->member_open = source->member_open || stream->avail_in > 0;
    result = inflate(stream, Z_NO_FLUSH);
    source->input_start = source->input_end - stream->avail_in;
    *made = room - stream->avail_out;
    if (result == Z_STREAM_END) {
        /* Members may follow each other: `cat a.gz b.gz`. */
        source->member_open = false;
        inflateReset(stream);
        return STATUS_OK;
    }
    if (result != Z_OK && result != Z_BUF_ERROR)
        return error_set(error, STATUS_REJECT, "%s: behind line %lld: damaged gzip data: %s",
                         source->path, (long long)source->line,
                         stream->msg == NULL ? "unknown" : stream->msg);
    return STATUS_OK;
}

static enum status unpack_zstd(struct file_source *source, size_t *made, struct error *error)
{
    ZSTD_inBuffer in = {source->input, source->input_end, source->input_start};
    ZSTD_outBuffer out = {source->text + source->text_end, source->text_size - source->text_end, 0};
    size_t result = ZSTD_decompressStream(source->zstd, &out, &in);

    *made = out.pos;
    if (ZSTD_isError(result))
        return error_set(error, STATUS_REJECT, "%s: behind line %lld: damaged zstd data: %s",
                         source->path, (long long)source->line, ZSTD_getErrorName(result));
    /* Without a byte in or out, the answer is about a frame that may never come. */
    if (in.pos > source->input_start || out.pos > 0)
        source->member_open = result != 0;
    source->input_start = in.pos;
    return STATUS_OK;
}

static size_t copy_plain(struct file_source *source)
{
    size_t room = source->text_size - source->text_end;
    size_t length = source->input_end - source->input_start;

    if (length > room)
        length = room;
    memcpy(source->text + source->text_end, source->input + source->input_start, length);
    source->input_start += length;
    return length;
}

static enum status unpack(struct file_source *source, size_t *made, struct error *error)
{
    enum status status = STATUS_OK;

    *made = 0;
    if (source->compression == COMPRESSION_GZIP)
        status = unpack_gzip(source, made, error);
    else if (source->compression == COMPRESSION_ZSTD)
        status = unpack_zstd(source, made, error);
    else
        *made = copy_plain(source);
    source->text_end += *made;
    return status;
}

/* Makes room behind the text: moves it to the front, or grows the memory. */
static enum status make_room(struct file_source *source, struct error *error)
{
    size_t length = source->text_end - source->text_start;
    size_t size = source->text_size == 0 ? READ_SIZE : source->text_size * 2;
    char *grown;

    if (source->text_start > 0) {
        memmove(source->text, source->text + source->text_start, length);
        source->text_start = 0;
        source->text_end = length;
    }
    if (source->text_end < source->text_size)
        return STATUS_OK;
    if (length >= TEXT_SIZE_MAX)
        return error_set(error, STATUS_REJECT, "%s:%lld: a line of more than %d bytes",
                         source->path, (long long)source->line + 1, FILE_SOURCE_LINE_MAX);
    if (size > TEXT_SIZE_MAX)
        size = TEXT_SIZE_MAX;
    grown = realloc(source->text, size);
    if (grown == NULL)
        return error_set(error, STATUS_FATAL, "%s: out of memory", source->path);
    source->text = grown;
    source->text_size = size;
    return STATUS_OK;
}

/* Adds to the text. *more is false at the end of the file. */
static enum status fill(struct file_source *source, bool *more, struct error *error)
{
    enum status status = make_room(source, error);
    size_t made = 0;

    while (status == STATUS_OK && made == 0) {
        bool starved = source->input_start == source->input_end;

        if (starved && !source->input_over)
            status = read_input(source, error);
        if (status == STATUS_OK)
            status = unpack(source, &made, error);
        if (status == STATUS_OK && made == 0 && source->input_over &&
            source->input_start == source->input_end)
            break;
    }
    if (status == STATUS_OK && made == 0 && source->member_open)
        status = error_set(error, STATUS_REJECT,
                           "%s: behind line %lld: the compressed data ends too "
                           "early",
                           source->path, (long long)source->line);
    *more = made > 0;
    return status;
}

enum status file_source_line(struct file_source *source, struct slice *line, int64_t *number,
                             struct error *error)
{
    bool more = true;

    for (;;) {
        char *start = source->text == NULL ? NULL : source->text + source->text_start;
        size_t length = source->text_end - source->text_start;
        char *newline = length == source->searched
                            ? NULL
                            : memchr(start + source->searched, '\n', length - source->searched);

        if (newline != NULL || (!more && length > 0)) {
            size_t end = newline != NULL ? (size_t)(newline - start) : length;

            source->text_start += end + (newline != NULL);
            source->searched = 0;
            *line = (struct slice){start, end > 0 && start[end - 1] == '\r' ? end - 1 : end};
            *number = ++source->line;
            return STATUS_OK;
        }
        if (!more) {
            *line = (struct slice){NULL, 0};
            return STATUS_OK;
        }
        source->searched = length;

        enum status status = fill(source, &more, error);

        if (status != STATUS_OK)
            return status;
    }
}

int64_t file_source_position(const struct file_source *source)
{
    return source->position;
}
