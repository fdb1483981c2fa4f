#include "matcher.h"

#include <stddef.h>

static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

static const char *behind_character(const char *text)
{
    do
        text++;
    while (continues_character(*text));
    return text;
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

bool matcher_matches(const char *pattern, const char *name)
{
    const char *behind_star = NULL; /* in the pattern, behind the last * that was met */
    const char *retry = NULL;       /* where the text that this * stands for ends at present */

    while (*name != '\0') {
        if (*pattern == '*') {
            behind_star = ++pattern;
            retry = name;
        } else if (*pattern == '?') {
            pattern++;
            name = behind_character(name);
        } else if (lower(*pattern) == lower(*name)) {
            pattern++;
            name++;
        } else if (behind_star != NULL) {
            retry = behind_character(retry);
            pattern = behind_star;
            name = retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
