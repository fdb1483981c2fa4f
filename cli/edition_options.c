#include "cli/edition_options.h"

#include <stdlib.h>
#include <string.h>

#include "cli/month_option.h"

/* Windows and numbers that a message names. */
#define NAMED_MAX 10

int edition_options_list(const struct options *options, enum schema_right right, struct db **db,
                         struct edition_list *out, struct error *error)
{
    struct edition_filter filter = EDITION_FILTER_ANY;
    int code;

    if (month_option(options, "from", &filter.from, error) != STATUS_OK ||
        month_option(options, "to", &filter.to, error) != STATUS_OK)
        return EX_USAGE;
    if (options_arguments(options) > 0)
        filter.threat = options_argument(options, 0);
    code = command_open_ready_db(options, right, db, error);
    return code == EX_OK ? command_exit_code(edition_list_load(*db, &filter, out, error)) : code;
}

static bool same_window(const struct edition *a, const struct edition *b)
{
    return a->from == b->from && a->to == b->to;
}

/* Is it the first of its window? */
static bool is_first(const struct edition_list *list, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (same_window(&list->editions[i], &list->editions[index]))
            return false;
    return true;
}

static int ask_for_window(const struct edition_list *list, struct error *error)
{
    char windows[NAMED_MAX * 24] = "";
    size_t used = 0;
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        char from[MONTH_TEXT_SIZE];
        char to[MONTH_TEXT_SIZE];

        if (!is_first(list, i) || ++count > NAMED_MAX)
            continue;
        used += (size_t)snprintf(windows + used, sizeof(windows) - used, "%s%s to %s",
                                 used == 0 ? "" : ", ", month_format(list->editions[i].from, from),
                                 month_format(list->editions[i].to, to));
    }
    error_set(error, STATUS_REJECT,
              "which window? There are editions of %s%s: give --from and --to", windows,
              count > NAMED_MAX ? " and others" : "");
    return EX_USAGE;
}

static int say_none(const struct options *options, struct error *error)
{
    const char *from = options_value(options, "from");
    const char *to = options_value(options, "to");

    error_set(error, STATUS_REJECT,
              "no edition of %.200s%s%.20s%s%.20s is there: `kansen publish` makes one, `kansen "
              "editions list` shows all",
              options_argument(options, 0), from == NULL ? "" : " from ", from == NULL ? "" : from,
              to == NULL ? "" : " to ", to == NULL ? "" : to);
    return EX_DATAERR;
}

int edition_options_window(const struct options *options, size_t most, enum schema_right right,
                           struct db **db, struct edition_list *out, struct error *error)
{
    int code = command_check_arguments(options, 1, 1 + most, "THREAT", error);

    if (code == EX_OK)
        code = edition_options_list(options, right, db, out, error);
    if (code != EX_OK)
        return code;
    if (out->count == 0)
        return say_none(options, error);
    for (size_t i = 1; i < out->count; i++)
        if (!same_window(&out->editions[0], &out->editions[i]))
            return ask_for_window(out, error);
    return EX_OK;
}

struct edition *edition_options_pick(const struct options *options, size_t index,
                                     const struct edition_list *list, struct error *error)
{
    const char *text = options_argument(options, index);
    char *end = NULL;
    long number = text == NULL ? list->editions[0].number : strtol(text, &end, 10);

    for (size_t i = 0; i < list->count && (text == NULL || *end == '\0'); i++)
        if (list->editions[i].number == number)
            return &list->editions[i];
    error_set(error, STATUS_REJECT, "%.100s is no edition of it: they are numbered 1 to %d", text,
              list->editions[0].number);
    return NULL;
}
