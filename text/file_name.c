#include "text/file_name.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "text/escape.h"

/* "~" and 64 bits in hexadecimal. */
#define DIGEST_LENGTH 17

/* A character of four bytes, each %XX. */
#define WRITTEN_SIZE (4 * 3 + 1)

/* What / \ < > : " | ? * are to file systems, and % # to URLs; ~ is our own mark. */
static const char reserved[] = "/\\<>:\"|?*%#~";

/* FNV-1a. */
static uint64_t digest(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * 0x100000001b3;
    return hash;
}

static bool is_kept(int32_t character, bool is_first)
{
    if (escape_is_hidden(character))
        return false;
    if (character < 0x80 && strchr(reserved, character) != NULL)
        return false;
    return !is_first || (character != '.' && character != '-' && character != ' ');
}

/* Takes the next character off the text and writes what stands for it; returns its length. */
static size_t write_next(const char **text, bool is_first, char written[WRITTEN_SIZE])
{
    const char *start = *text;
    int32_t character = escape_next(text);
    size_t size = (size_t)(*text - start);
    bool is_damaged = character == ESCAPE_REPLACEMENT && memcmp(start, "\xEF\xBF\xBD", size) != 0;
    size_t length = 0;

    if (!is_damaged && is_kept(character, is_first)) {
        memcpy(written, start, size);
        return size;
    }
    for (size_t i = 0; i < size; i++)
        length += (size_t)snprintf(written + length, WRITTEN_SIZE - length, "%%%02X",
                                   (unsigned)(uint8_t)start[i]);
    return length;
}

void file_name_part(const char *text, char name[FILE_NAME_PART_MAX + 1])
{
    const char *rest = text;
    size_t used = 0;
    size_t cut = 0; /* where the digest would stand */

    while (*rest != '\0') {
        char written[WRITTEN_SIZE];
        size_t length = write_next(&rest, used == 0, written);

        if (used + length > FILE_NAME_PART_MAX) {
            snprintf(name + cut, DIGEST_LENGTH + 1, "~%016" PRIx64, digest(text));
            return;
        }
        memcpy(name + used, written, length);
        used += length;
        if (used <= FILE_NAME_PART_MAX - DIGEST_LENGTH)
            cut = used;
    }
    name[used] = '\0';
}
