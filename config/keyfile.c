#include "config/keyfile.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Bytes of a line with its end, many more than any has that a person wrote. */
#define KEYFILE_LINE_MAX (1024 * 1024)

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

static char *cut_blanks(char *text)
{
    static const char blanks[] = " \t\r\n";

    text += strspn(text, blanks);

    size_t length = strlen(text);

    while (length > 0 && strchr(blanks, text[length - 1]) != NULL)
        length--;
    text[length] = '\0';
    return text;
}

/* Reads "[section]" into *section, which is replaced by a copy. */
static enum status read_heading(char *text, char **section, struct error *error)
{
    size_t length = strlen(text);

    if (text[length - 1] != ']')
        return error_set(error, STATUS_REJECT, "a section starts with [ and ends with ]");
    text[length - 1] = '\0';

    char *name = strdup(cut_blanks(text + 1));

    if (name == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    free(*section);
    *section = name;
    return STATUS_OK;
}

/* The line that is being read, and whom it is for. */
struct reading {
    unsigned long number;
    char *section; /* owned */
    keyfile_numbered_line *line;
    void *context;
};

static enum status read_line(struct reading *reading, char *text, struct error *error)
{
    text = cut_blanks(text);
    if (*text == '\0' || *text == '#')
        return STATUS_OK;
    if (*text == '[')
        return read_heading(text, &reading->section, error);

    char *equals = strchr(text, '=');

    if (equals == NULL)
        return error_set(error, STATUS_REJECT, "expected \"key = value\"");
    *equals = '\0';

    const char *key = cut_blanks(text);

    if (*key == '\0')
        return error_set(error, STATUS_REJECT, "no key in front of =");
    return reading->line(reading->context, reading->number, reading->section, key,
                         cut_blanks(equals + 1), error);
}

/* Windows' editors put it in front of the first line. */
static char *skip_mark(char *text)
{
    return strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0
               ? text + strlen(BYTE_ORDER_MARK)
               : text;
}

/* A line with its end, into `text` of KEYFILE_LINE_MAX bytes and one more; -1 behind the last. Of
 * one that is longer the first bytes: what never ends (/dev/zero) must not fill the memory. */
static ssize_t next_line(FILE *file, char *text)
{
    size_t length = 0;
    int byte = 0;

    while (length < KEYFILE_LINE_MAX && byte != '\n' && (byte = getc(file)) != EOF)
        text[length++] = (char)byte;
    text[length] = '\0';
    return length == 0 ? -1 : (ssize_t)length;
}

static enum status read_lines(FILE *file, const char *path, struct reading *reading,
                              struct error *error)
{
    enum status status = STATUS_OK;
    char *text = malloc(KEYFILE_LINE_MAX + 1);
    ssize_t length;

    if (text == NULL)
        return error_set(error, STATUS_FATAL, "%s: out of memory", path);
    while (status == STATUS_OK && (length = next_line(file, text)) >= 0) {
        struct error why = {""};

        reading->number++;
        if (memchr(text, '\0', (size_t)length) != NULL)
            status = error_set(&why, STATUS_REJECT, "the line holds a NUL byte");
        else if (length == KEYFILE_LINE_MAX)
            status = error_set(&why, STATUS_REJECT, "the line is longer than %d bytes",
                               KEYFILE_LINE_MAX - 1);
        else
            status = read_line(reading, reading->number == 1 ? skip_mark(text) : text, &why);
        if (status != STATUS_OK)
            error_set(error, status, "%s:%lu: %.900s", path, reading->number, why.message);
    }
    if (status == STATUS_OK && ferror(file))
        status = error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
    free(text);
    return status;
}

/* Reads and closes the file; NULL: it could not be opened, as errno says. */
static enum status read_file(FILE *file, const char *path, keyfile_numbered_line *line,
                             void *context, struct error *error)
{
    struct reading reading = {0, strdup(""), line, context};
    enum status status;

    if (file == NULL)
        status = error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
    else if (reading.section == NULL)
        status = error_set(error, STATUS_FATAL, "%s: out of memory", path);
    else
        status = read_lines(file, path, &reading, error);
    free(reading.section);
    if (file != NULL)
        fclose(file);
    return status;
}

enum status keyfile_read_numbered(const char *path, keyfile_numbered_line *line, void *context,
                                  struct error *error)
{
    return read_file(fopen(path, "re"), path, line, context, error);
}

/* Whoever doesn't want to know the number. */
struct plain {
    keyfile_line *line;
    void *context;
};

static enum status read_plain(void *context, unsigned long number, const char *section,
                              const char *key, const char *value, struct error *error)
{
    const struct plain *plain = context;

    (void)number;
    return plain->line(plain->context, section, key, value, error);
}

enum status keyfile_read(const char *path, keyfile_line *line, void *context, struct error *error)
{
    struct plain plain = {line, context};

    return keyfile_read_numbered(path, read_plain, &plain, error);
}

enum status keyfile_read_text(const char *text, const char *name, keyfile_line *line, void *context,
                              struct error *error)
{
    struct plain plain = {line, context};
    /* Opened for reading, it is not written to. */
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

    return read_file(file, name, read_plain, &plain, error);
}

static char *peek(FILE *file, const char *key)
{
    char *found = NULL;
    char *text = malloc(KEYFILE_LINE_MAX + 1);
    bool first = true;

    while (text != NULL && next_line(file, text) >= 0) {
        char *line = cut_blanks(first ? skip_mark(text) : text);
        char *equals = strchr(line, '=');

        first = false;
        if (*line == '[')
            break;
        if (equals == NULL)
            continue;
        *equals = '\0';
        if (strcmp(cut_blanks(line), key) != 0)
            continue;
        free(found);
        found = strdup(cut_blanks(equals + 1));
    }
    free(text);
    return found;
}

char *keyfile_peek(const char *path, const char *key)
{
    struct stat about;
    FILE *file = stat(path, &about) == 0 && S_ISREG(about.st_mode) ? fopen(path, "re") : NULL;
    char *found = file == NULL ? NULL : peek(file, key);

    if (file != NULL)
        fclose(file);
    return found;
}
