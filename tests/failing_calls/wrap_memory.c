/* Allocations, and calls of libraries whose only failure is a lack of memory. */
#include "failing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <maxminddb.h>
#include <zlib.h>

static bool is_short(const char *call, const void *place)
{
    if (!failing_now(FAILING_MEMORY, call, place))
        return false;
    errno = ENOMEM;
    return true;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return is_short("malloc", FAILING_PLACE) ? NULL : __real_malloc(size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return is_short("calloc", FAILING_PLACE) ? NULL : __real_calloc(count, size);
}

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size)
{
    return is_short("realloc", FAILING_PLACE) ? NULL : __real_realloc(memory, size);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
    return is_short("strdup", FAILING_PLACE) ? NULL : __real_strdup(text);
}

char *__real_strndup(const char *text, size_t length);
char *__wrap_strndup(const char *text, size_t length);
char *__wrap_strndup(const char *text, size_t length)
{
    return is_short("strndup", FAILING_PLACE) ? NULL : __real_strndup(text, length);
}

FILE *__real_open_memstream(char **text, size_t *length);
FILE *__wrap_open_memstream(char **text, size_t *length);
FILE *__wrap_open_memstream(char **text, size_t *length)
{
    return is_short("open_memstream", FAILING_PLACE) ? NULL : __real_open_memstream(text, length);
}

FILE *__real_fmemopen(void *memory, size_t size, const char *mode);
FILE *__wrap_fmemopen(void *memory, size_t size, const char *mode);
FILE *__wrap_fmemopen(void *memory, size_t size, const char *mode)
{
    return is_short("fmemopen", FAILING_PLACE) ? NULL : __real_fmemopen(memory, size, mode);
}

int __real_inflateInit2_(z_stream *stream, int bits, const char *version, int size);
int __wrap_inflateInit2_(z_stream *stream, int bits, const char *version, int size);
int __wrap_inflateInit2_(z_stream *stream, int bits, const char *version, int size)
{
    return is_short("inflateInit2", FAILING_PLACE)
               ? Z_MEM_ERROR
               : __real_inflateInit2_(stream, bits, version, size);
}

int __real_inflate(z_stream *stream, int flush);
int __wrap_inflate(z_stream *stream, int flush);
int __wrap_inflate(z_stream *stream, int flush)
{
    return is_short("inflate", FAILING_PLACE) ? Z_MEM_ERROR : __real_inflate(stream, flush);
}

struct archive *__real_archive_read_new(void);
struct archive *__wrap_archive_read_new(void);
struct archive *__wrap_archive_read_new(void)
{
    return is_short("archive_read_new", FAILING_PLACE) ? NULL : __real_archive_read_new();
}

int __real_MMDB_open(const char *path, uint32_t flags, MMDB_s *mmdb);
int __wrap_MMDB_open(const char *path, uint32_t flags, MMDB_s *mmdb);
int __wrap_MMDB_open(const char *path, uint32_t flags, MMDB_s *mmdb)
{
    return is_short("MMDB_open", FAILING_PLACE) ? MMDB_OUT_OF_MEMORY_ERROR
                                                : __real_MMDB_open(path, flags, mmdb);
}
