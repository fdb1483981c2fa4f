#include "site/tree_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between digest and path. */
static const char separator[] = "  ";

#define DIGEST_LENGTH (DIGEST_TEXT_SIZE - 1)

void tree_list_clear(struct tree_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->entries[i].path);
    free(list->entries);
    *list = (struct tree_list){NULL, 0, 0};
}

bool tree_list_add(struct tree_list *list, const char *path, const char *sha256)
{
    struct tree_entry *entry;

    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        struct tree_entry *entries = realloc(list->entries, capacity * sizeof(*entries));

        if (entries == NULL)
            return false;
        list->entries = entries;
        list->capacity = capacity;
    }
    entry = &list->entries[list->count];
    entry->path = strdup(path);
    if (entry->path == NULL)
        return false;
    snprintf(entry->sha256, sizeof(entry->sha256), "%s", sha256);
    list->count++;
    return true;
}

static int compare(const void *a, const void *b)
{
    const struct tree_entry *one = a;
    const struct tree_entry *two = b;
    int order = strcmp(one->path, two->path);

    return order != 0 ? order : strcmp(one->sha256, two->sha256);
}

void tree_list_sort(struct tree_list *list)
{
    size_t kept = 0;

    if (list->count > 0)
        qsort(list->entries, list->count, sizeof(*list->entries), compare);
    for (size_t i = 0; i < list->count; i++) {
        if (kept > 0 && compare(&list->entries[kept - 1], &list->entries[i]) == 0)
            free(list->entries[i].path);
        else
            list->entries[kept++] = list->entries[i];
    }
    list->count = kept;
}

const struct tree_entry *tree_list_find(const struct tree_list *list, const char *path)
{
    size_t low = 0;
    size_t high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(list->entries[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == list->count || strcmp(list->entries[low].path, path) != 0)
        return NULL;
    return &list->entries[low];
}

/* ---- text */

static bool part_is_sound(const char *part, size_t length)
{
    return length > 0 && strncmp(part, ".", length) != 0 &&
           !(length == 2 && part[0] == '.' && part[1] == '.');
}

bool tree_path_is_sound(const char *path)
{
    const char *part = path;

    if (strlen(path) > TREE_PATH_MAX || strcmp(path, TREE_LIST) == 0)
        return false;
    for (const char *at = path; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f || *at == '\\')
            return false;
    for (;;) {
        size_t length = strcspn(part, "/");

        if (!part_is_sound(part, length))
            return false;
        if (part[length] == '\0')
            return true;
        part += length + 1;
    }
}

static bool read_line(char *line, struct tree_list *out, bool *sound)
{
    char *path = line + DIGEST_LENGTH + strlen(separator);

    *sound = strspn(line, "0123456789abcdef") == DIGEST_LENGTH &&
             strncmp(line + DIGEST_LENGTH, separator, strlen(separator)) == 0 &&
             tree_path_is_sound(path);
    if (!*sound)
        return true;
    line[DIGEST_LENGTH] = '\0';
    return tree_list_add(out, path, line);
}

enum status tree_list_read(const char *text, struct tree_list *out, struct error *error)
{
    size_t number = 1;

    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1, number++) {
        char *line = strndup(text, (size_t)(end - text));
        bool sound = true;
        bool added = line != NULL && read_line(line, out, &sound);

        free(line);
        if (!added)
            return error_set(error, STATUS_FATAL, "out of memory");
        if (!sound)
            return error_set(error, STATUS_REJECT,
                             TREE_LIST ":%zu: this is no line of a list that kansen wrote", number);
    }
    return STATUS_OK;
}

char *tree_list_write(const struct tree_list *list)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < list->count; i++)
        fprintf(out, "%s%s%s\n", list->entries[i].sha256, separator, list->entries[i].path);

    bool whole = !ferror(out);

    if (fclose(out) == 0 && whole)
        return text;
    free(text);
    return NULL;
}
