#include "reports/sections/draft.h"

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
    return (struct table_cell){language_number(draft->language, draft->phrases, value), value};
}

struct table_cell draft_share(struct draft *draft, int64_t hundredths)
{
    return (struct table_cell){language_share(draft->language, draft->phrases, hundredths),
                               hundredths};
}
