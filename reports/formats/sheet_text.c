#include "reports/formats/sheet_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>

#include "text/escape.h"

#define ELLIPSIS "…"
#define APOSTROPHE "’"  /* formulas put the names of sheets between straight ones */
#define REPLACEMENT "�" /* ESCAPE_REPLACEMENT */

/* Of an escaped underscore. */
static const char underscore[] = "_x005F_";

static size_t units_of(int32_t character)
{
    return character > 0xFFFF ? 2 : 1;
}

/* ---- cells */

/* "_x0041_", with any four hexadecimal digits. */
static bool begins_escape(const char *text)
{
    return text[0] == '_' && text[1] == 'x' && strspn(text + 2, "0123456789abcdefABCDEF") >= 4 &&
           text[6] == '_';
}

/* What a place takes. */
struct place {
    size_t units_max;
    bool reads_escapes;
};

static const struct place cell = {SHEET_TEXT_UNITS_MAX, true};
static const struct place title = {SHEET_TITLE_UNITS_MAX, false};

/* How much of a text goes into the place, in bytes: all, or as much as leaves room for "…". */
static size_t fitting(const struct place *place, const char *text)
{
    const char *here = text;
    size_t kept = 0;
    size_t units = 0;

    while (*here != '\0') {
        bool escaped = place->reads_escapes && begins_escape(here);
        int32_t character = escape_next(&here);

        units += escaped ? strlen(underscore) : units_of(character);
        if (units < place->units_max)
            kept = (size_t)(here - text);
    }
    return units > place->units_max ? kept : (size_t)(here - text);
}

static void put_fitting(FILE *out, const struct place *place, const char *text)
{
    size_t length = fitting(place, text);

    for (size_t i = 0; i < length; i++) {
        if (place->reads_escapes && begins_escape(text + i))
            fputs(underscore, out);
        else
            fputc(text[i], out);
    }
    if (text[length] != '\0')
        fputs(ELLIPSIS, out);
}

/* What people see of the text, as much as fits into the place or, without one, all of it. */
static char *shown(const struct place *place, const char *text)
{
    char *written = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&written, &length);

    if (out == NULL)
        return NULL;
    if (place == NULL)
        escape_plain(out, text);
    else
        put_fitting(out, place, text);

    bool whole = !ferror(out);

    if (fclose(out) == 0 && whole)
        return written;
    free(written);
    return NULL;
}

static char *text_for(const struct place *place, const char *text)
{
    char *plain = shown(NULL, text);
    char *fit = plain == NULL ? NULL : shown(place, plain);

    free(plain);
    return fit;
}

char *sheet_text(const char *text)
{
    return text_for(&cell, text);
}

char *sheet_title(const char *text)
{
    return text_for(&title, text);
}

/* ---- names of sheets */

/* A name while it is made. */
struct name {
    char *bytes;
    size_t length;
    size_t units;
};

/* Adds what stands for the character in a name; `start` is how it is written. */
static void append(struct name *name, int32_t character, const char *start, size_t length)
{
    if (escape_is_hidden(character))
        return;
    if (character == ESCAPE_REPLACEMENT) {
        start = REPLACEMENT;
        length = strlen(REPLACEMENT);
    } else if (character == '\'') {
        start = APOSTROPHE;
        length = strlen(APOSTROPHE);
    } else if (character < 0x80 && strchr("[]:*?/\\", (char)character) != NULL) {
        start = "-";
    }
    memcpy(name->bytes + name->length, start, length);
    name->length += length;
    name->units += units_of(character);
}

static bool is_blank(int32_t character)
{
    return character == ' ' || u_isblank(character);
}

/* The text as a name of `units_max` at most, cut behind a word if there is one in its second half.
 * False: it has to be cut, and room for "…" is left. */
static bool make_name(const char *text, size_t units_max, struct name *name)
{
    size_t word = 0; /* length up to the last blank */
    size_t word_units = 0;

    name->length = 0;
    name->units = 0;
    while (*text != '\0') {
        const char *start = text;
        int32_t character = escape_next(&text);

        if (is_blank(character)) {
            if (name->length == 0)
                continue; /* none at its beginning */
            word = name->length;
            word_units = name->units;
        }
        if (name->units + units_of(character) > units_max) {
            if (word_units > units_max / 2)
                name->length = word;
            return false;
        }
        append(name, character, start, (size_t)(text - start));
    }
    return true;
}

/* The name with `ending` at its end, which is ASCII. */
static void make_whole_name(const char *text, const char *ending, char out[SHEET_NAME_SIZE])
{
    size_t room = SHEET_NAME_UNITS_MAX - strlen(ending);
    struct name name = {out, 0, 0};
    bool whole = make_name(text, room, &name);

    if (!whole)
        make_name(text, room - 1, &name);
    while (name.length > 0 && out[name.length - 1] == ' ')
        name.length--;
    snprintf(out + name.length, SHEET_NAME_SIZE - name.length, "%s%s",
             !whole             ? ELLIPSIS
             : name.length == 0 ? "-"
                                : "",
             ending);
}

static bool is_same(const char *one, const char *other)
{
    int32_t character;

    do {
        character = u_foldCase(escape_next(&one), U_FOLD_CASE_DEFAULT);
        if (character != u_foldCase(escape_next(&other), U_FOLD_CASE_DEFAULT))
            return false;
    } while (character != 0);
    return true;
}

static bool is_taken(const struct sheet_names *names, const char *name)
{
    /* Excel keeps this one for itself. */
    if (is_same(name, "History"))
        return true;
    for (size_t i = 0; i < names->count; i++)
        if (is_same(name, names->names[i]))
            return true;
    return false;
}

const char *sheet_name_add(struct sheet_names *names, const char *text)
{
    char ending[16] = "";

    if (names->count == SHEETS_MAX)
        return NULL;

    char *name = names->names[names->count];

    make_whole_name(text, ending, name);
    for (int number = 2; is_taken(names, name); number++) {
        snprintf(ending, sizeof(ending), " (%d)", number);
        make_whole_name(text, ending, name);
    }
    names->count++;
    return name;
}
