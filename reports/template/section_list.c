#include "reports/template/section_list.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "reports/sections/compose.h"
#include "text/nearest.h"

#define BLANKS " \t\r"

/* The id of a section. */
#define NAME_SIZE 64

static const char *find_section(const char *id)
{
    const char *known;

    for (size_t i = 0; (known = compose_section_at(i)) != NULL; i++)
        if (strcmp(known, id) == 0)
            return known;
    return NULL;
}

static enum status refuse_section(const struct template_file *file, int number, const char *id,
                                  struct error *error)
{
    char list[SECTIONS_MAX * NAME_SIZE] = "";
    char question[160];
    struct nearest nearest;
    const char *known;

    nearest_start(&nearest, id);
    for (size_t i = 0; (known = compose_section_at(i)) != NULL; i++) {
        nearest_offer(&nearest, known);
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i > 0 ? ", " : "",
                 known);
    }
    return error_set(error, STATUS_REJECT, "%.300s:%d: no section \"%.60s\"%s; sections are %.300s",
                     file->path, number, id,
                     nearest_question(&nearest, "", question, sizeof(question)), list);
}

static bool has_section(const struct section_list *list, const char *id)
{
    for (size_t i = 0; i < list->order.count; i++)
        if (strcmp(list->ids[i], id) == 0)
            return true;
    return false;
}

static enum status add_section(const struct template_file *file, struct section_list *list,
                               int number, const char *id, struct error *error)
{
    const char *known = find_section(id);

    if (known == NULL)
        return refuse_section(file, number, id, error);
    if (has_section(list, known))
        return error_set(error, STATUS_REJECT, "%.300s:%d: %s is there twice", file->path, number,
                         known);
    list->ids[list->order.count++] = known;
    return STATUS_OK;
}

enum status section_list_read(struct template_file *file, struct section_list *list,
                              struct error *error)
{
    char *next = file->bytes;
    enum status status = STATUS_OK;

    list->order.ids = list->ids;
    for (int number = 1; next != NULL && status == STATUS_OK; number++) {
        char *line = next;

        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        line[strcspn(line, "#")] = '\0';
        line += strspn(line, BLANKS);
        for (size_t length = strlen(line); length > 0 && strchr(BLANKS, line[length - 1]) != NULL;)
            line[--length] = '\0';
        if (*line != '\0')
            status = add_section(file, list, number, line, error);
    }
    if (status == STATUS_OK && !has_section(list, COMPOSE_NOTES))
        status = error_set(error, STATUS_REJECT,
                           "%s: " COMPOSE_NOTES
                           " can't be left out: they say how the figures were counted",
                           file->path);
    return status;
}
