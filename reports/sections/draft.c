#include "reports/sections/draft.h"

#include <stdlib.h>
#include <string.h>

#include "reports/languages/period.h"
#include "stats/comparison.h"
#include "text/escape.h"

/* U+2212, as wide as a plus sign. */
#define MINUS "\xE2\x88\x92"

/* U+2026, where a value was cut. */
#define ELLIPSIS "\xE2\x80\xA6"

/* Columns of a cut value behind the cut; versions and suffixes differ there. */
#define VALUE_END_COLUMNS 13

const char *draft_message(const struct draft *draft, enum message message)
{
    return language_message(draft->language, message);
}

const char *draft_month(const struct draft *draft, const struct month_figures *month)
{
    const char *name = language_month(draft->language, draft->phrases, month->month);

    if (month->state != MONTH_PROVISIONAL)
        return name;
    return language_say(draft->language, draft->phrases, MESSAGE_MARKED,
                        MESSAGE_ARGUMENTS(language_text("name", name)));
}

void draft_add_item(struct draft *draft, struct section_item item)
{
    struct section *section = draft->section;

    if (section->item_count < SECTION_ITEMS_MAX)
        section->items[section->item_count++] = item;
}

void draft_add_column(struct draft *draft, enum column_role role, enum message heading)
{
    table_add_column(&draft->section->table, role, draft_message(draft, heading));
}

void draft_add_row(struct draft *draft, const struct table_row *row)
{
    if (!table_add_row(&draft->section->table, row))
        draft->phrases->failed = true;
}

struct table_cell draft_name(const char *text)
{
    return (struct table_cell){.text = text};
}

struct table_cell draft_count(struct draft *draft, int64_t value)
{
    return (struct table_cell){.text = language_number(draft->language, draft->phrases, value),
                               .value = value};
}

struct table_cell draft_share(struct draft *draft, int64_t hundredths)
{
    return (struct table_cell){.text = language_share(draft->language, draft->phrases, hundredths),
                               .value = hundredths};
}

const char *draft_period(const struct draft *draft, month_t from, month_t to)
{
    return period_name(draft->language, draft->phrases, (struct period_end){from, false},
                       (struct period_end){to, false});
}

const struct dimension_figures *draft_dimension(const struct draft *draft)
{
    return figures_dimension(draft->figures, draft->dimension);
}

const char *draft_say_dimension(const struct draft *draft, enum message message)
{
    return language_say(
        draft->language, draft->phrases, message,
        MESSAGE_ARGUMENTS(
            language_text("dimension", dimension_name(draft->dimension)),
            language_text("counting", draft->figures->unique ? "unique" : "monthly")));
}

/* Bytes at the beginning of text that take so many columns at most, as escape_plain shows them.
 * What has no width stays with what it follows. */
static size_t head_of(const char *text, size_t columns)
{
    char *copy = strdup(text);
    size_t kept = 0;
    const char *end = text;

    while (copy != NULL && escape_next(&end) != 0) {
        size_t length = (size_t)(end - text);

        memcpy(copy, text, length);
        copy[length] = '\0';
        if (escape_width(copy) > columns)
            break;
        kept = length;
    }
    free(copy);
    return kept;
}

/* The byte from which text takes so many columns at most. */
static size_t tail_of(const char *text, size_t columns)
{
    const char *rest = text;

    while (escape_width(rest) > columns && escape_next(&rest) != 0)
        ;
    return (size_t)(rest - text);
}

const char *draft_value(const struct draft *draft, enum dimension dimension, const char *value)
{
    char *cut;
    size_t head;
    size_t tail;
    int length;

    if (dimension == DIMENSION_COUNTRY)
        return language_country(draft->language, draft->phrases, value);
    if (escape_width(value) <= DRAFT_VALUE_COLUMNS)
        return phrases_copy(draft->phrases, value, strlen(value));
    head = head_of(value, DRAFT_VALUE_COLUMNS - VALUE_END_COLUMNS - 1);
    tail = tail_of(value, VALUE_END_COLUMNS);
    cut = malloc(strlen(value) + sizeof(ELLIPSIS));
    if (cut == NULL) {
        draft->phrases->failed = true;
        return "";
    }
    length = sprintf(cut, "%.*s%s%s", (int)head, value, ELLIPSIS, value + tail);

    const char *kept = phrases_copy(draft->phrases, cut, (size_t)length);

    free(cut);
    return kept;
}

struct table_cell draft_blank(const char *text)
{
    return (struct table_cell){.text = text, .blank = true};
}

static const char *with_sign(struct draft *draft, int64_t value, const char *size)
{
    char text[64];
    int length = snprintf(text, sizeof(text), "%s%s",
                          value > 0   ? "+"
                          : value < 0 ? MINUS
                                      : "",
                          size);

    return phrases_copy(draft->phrases, text, (size_t)length);
}

struct table_cell draft_change(struct draft *draft, int64_t value)
{
    const char *size = language_number(draft->language, draft->phrases, value < 0 ? -value : value);

    return (struct table_cell){.text = with_sign(draft, value, size), .value = value};
}

struct table_cell draft_points(struct draft *draft, int64_t hundredths)
{
    const char *size =
        language_share(draft->language, draft->phrases, hundredths < 0 ? -hundredths : hundredths);

    return (struct table_cell){.text = with_sign(draft, hundredths, size), .value = hundredths};
}

struct table_cell draft_percent(struct draft *draft, int64_t before, int64_t after)
{
    struct table_cell cell = draft_change(draft, comparison_percent(before, after));

    cell.value = comparison_hundredths(before, after);
    return cell;
}
