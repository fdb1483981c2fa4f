#include "config/keyfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

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

static enum status read_line(char *text, char **section, keyfile_line *line, void *context,
                             struct error *error)
{
    text = cut_blanks(text);
    if (*text == '\0' || *text == '#')
        return STATUS_OK;
    if (*text == '[')
        return read_heading(text, section, error);

    char *equals = strchr(text, '=');

    if (equals == NULL)
        return error_set(error, STATUS_REJECT, "expected \"key = value\"");
    *equals = '\0';

    const char *key = cut_blanks(text);

    if (*key == '\0')
        return error_set(error, STATUS_REJECT, "no key in front of =");
    return line(context, *section, key, cut_blanks(equals + 1), error);
}

static enum status read_lines(FILE *file, const char *path, keyfile_line *line, void *context,
                              struct error *error)
{
    enum status status = STATUS_OK;
    char *section = strdup("");
    char *text = NULL;
    size_t capacity = 0;
    ssize_t length;
    unsigned long number = 0;

    if (section == NULL)
        return error_set(error, STATUS_FATAL, "%s: out of memory", path);
    while (status == STATUS_OK && (length = getline(&text, &capacity, file)) >= 0) {
        struct error why = {""};

        number++;
        if (memchr(text, '\0', (size_t)length) != NULL)
            status = error_set(&why, STATUS_REJECT, "the line holds a NUL byte");
        else
            status = read_line(text, &section, line, context, &why);
        if (status != STATUS_OK)
            error_set(error, status, "%s:%lu: %.900s", path, number, why.message);
    }
    if (status == STATUS_OK && ferror(file))
        status = error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
    free(text);
    free(section);
    return status;
}

enum status keyfile_read(const char *path, keyfile_line *line, void *context, struct error *error)
{
    FILE *file = fopen(path, "re");

    if (file == NULL)
        return error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));

    enum status status = read_lines(file, path, line, context, error);

    fclose(file);
    return status;
}
