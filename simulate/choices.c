#include "simulate/choices.h"

#include <stdlib.h>
#include <string.h>

#include "kansen/event.h"

#define BLANKS " \t"
#define NONE "-"

/* Without the blanks around it; writes a terminator. */
static char *trim(char *text)
{
    size_t length;

    text += strspn(text, BLANKS);
    length = strlen(text);
    while (length > 0 && strchr(BLANKS, text[length - 1]) != NULL)
        length--;
    text[length] = '\0';
    return text;
}

/* "Windows 7: 55" */
static enum status read_choice(struct choices *choices, char *item, struct error *error)
{
    struct choice *choice = &choices->items[choices->count];
    char *colon = strrchr(item, ':');
    char *number;
    char *end;
    unsigned long weight;

    if (colon == NULL)
        return error_set(error, STATUS_REJECT, "\"%.100s\" has no weight: TEXT: NUMBER, …",
                         trim(item));
    *colon = '\0';
    item = trim(item);
    number = trim(colon + 1);
    weight = strtoul(number, &end, 10);
    if (*number < '0' || *number > '9' || *end != '\0' || weight == 0 ||
        weight > CHOICES_WEIGHT_MAX)
        return error_set(error, STATUS_REJECT, "\"%.100s\" is no weight from 1 to %d", number,
                         CHOICES_WEIGHT_MAX);
    if (*item == '\0' || strlen(item) > EVENT_LABEL_MAX)
        return error_set(error, STATUS_REJECT,
                         "a text has 1 to %d bytes; \"" NONE "\" stands for none", EVENT_LABEL_MAX);
    choice->text = strcmp(item, NONE) == 0 ? "" : item;
    choice->weight = (uint32_t)weight;
    for (size_t i = 0; i < choices->count; i++)
        if (strcmp(choices->items[i].text, choice->text) == 0)
            return error_set(error, STATUS_REJECT, "\"%.100s\" is given twice", item);
    choices->weight += choice->weight;
    choices->count++;
    return STATUS_OK;
}

enum status choices_read(const char *value, struct choices *out, struct error *error)
{
    enum status status = STATUS_OK;
    char *rest;

    out->text = strdup(value);
    out->items = calloc(CHOICES_MAX, sizeof(*out->items));
    if (out->text == NULL || out->items == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    rest = out->text;
    while (status == STATUS_OK && rest != NULL) {
        char *item = rest;

        rest = strchr(item, ',');
        if (rest != NULL)
            *rest++ = '\0';
        status = out->count == CHOICES_MAX
                     ? error_set(error, STATUS_REJECT, "more than %d texts", CHOICES_MAX)
                     : read_choice(out, item, error);
    }
    return status;
}

void choices_clear(struct choices *choices)
{
    free(choices->items);
    free(choices->text);
}

size_t choices_at(const struct choices *choices, uint32_t random)
{
    size_t number = 0;

    while (number + 1 < choices->count && random >= choices->items[number].weight)
        random -= choices->items[number++].weight;
    return number;
}
