#include <stdio.h>
#include <string.h>

#include "reports/sections/sections.h"

static const struct restatement_figures *restatement_of(const struct draft *draft)
{
    const struct edition_figures *edition = draft->figures->edition;

    return edition == NULL ? NULL : edition->restatement;
}

static void say(struct draft *draft, enum message message, const struct message_argument *arguments)
{
    draft_add_item(draft,
                   (struct section_item){
                       .text = language_say(draft->language, draft->phrases, message, arguments),
                       .essential = true});
}

/* ---- in sentences */

static void say_replaced(struct draft *draft, const struct restatement_figures *restatement)
{
    char number[16];

    snprintf(number, sizeof(number), "%d", restatement->replaces);
    say(draft, MESSAGE_RESTATES,
        MESSAGE_ARGUMENTS(
            language_text("number", number),
            language_text("published", language_day(draft->language, draft->phrases,
                                                    restatement->replaces_published)),
            language_text("state", restatement->replaces_withdrawn ? "withdrawn" : "standing")));
}

static void say_total(struct draft *draft, const struct restatement_figures *restatement)
{
    int64_t now = draft->figures->total;

    if (restatement->total_before >= 0 && restatement->total_before != now)
        say(draft, MESSAGE_RESTATED_TOTAL,
            MESSAGE_ARGUMENTS(language_count(draft->language, draft->phrases, "before",
                                             restatement->total_before),
                              language_count(draft->language, draft->phrases, "now", now)));
    else if (restatement->month_count == 0)
        say(draft, MESSAGE_RESTATED_NOTHING, MESSAGE_NO_ARGUMENTS);
}

static void say_patterns(struct draft *draft, const struct restatement_figures *restatement)
{
    const char *now =
        phrases_join(draft->phrases, ", ", (const char *const *)draft->figures->patterns,
                     draft->figures->pattern_count);

    if (restatement->patterns_before != NULL)
        say(draft, MESSAGE_RESTATED_PATTERNS,
            MESSAGE_ARGUMENTS(language_text("before", restatement->patterns_before),
                              language_text("now", now)));
}

void section_restatement(struct draft *draft)
{
    const struct restatement_figures *restatement = restatement_of(draft);

    if (restatement == NULL)
        return;

    const struct {
        bool is_so;
        enum message message;
    } others[] = {{restatement->was_provisional, MESSAGE_RESTATED_COMPLETE},
                  {restatement->names_changed, MESSAGE_RESTATED_NAMES},
                  {restatement->geoip_changed, MESSAGE_RESTATED_GEOIP},
                  {restatement->options_changed, MESSAGE_RESTATED_OPTIONS}};

    say_replaced(draft, restatement);
    say_total(draft, restatement);
    say_patterns(draft, restatement);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (others[i].is_so)
            say(draft, others[i].message, MESSAGE_NO_ARGUMENTS);
}

/* ---- in tables */

static const struct {
    enum column_role role;
    enum message heading;
} causes[CAUSES] = {[CAUSE_ARRIVED] = {COLUMN_ARRIVED, MESSAGE_CAUSE_ARRIVED},
                    [CAUSE_RELOCATED] = {COLUMN_RELOCATED, MESSAGE_CAUSE_RELOCATED},
                    [CAUSE_REPLAYED] = {COLUMN_REPLAYED, MESSAGE_CAUSE_REPLAYED},
                    [CAUSE_REDEFINED] = {COLUMN_REDEFINED, MESSAGE_CAUSE_REDEFINED}};

/* Which causes the lines have. */
static void find_causes(const struct change_figures *lines, size_t count, bool found[CAUSES])
{
    for (size_t i = 0; i < count; i++)
        for (int cause = 0; cause < CAUSES; cause++)
            found[cause] |= lines[i].causes[cause] != 0;
}

static void add_columns(struct draft *draft, const bool found[CAUSES])
{
    draft_add_column(draft, COLUMN_BEFORE, MESSAGE_BEFORE);
    draft_add_column(draft, COLUMN_INFECTIONS, MESSAGE_NOW);
    draft_add_column(draft, COLUMN_CHANGE, MESSAGE_CHANGE_SINCE);
    for (int cause = 0; cause < CAUSES; cause++)
        if (found[cause])
            draft_add_column(draft, causes[cause].role, causes[cause].heading);
}

static void set_causes(struct draft *draft, struct table_row *row, const int64_t by_cause[CAUSES])
{
    int64_t change = 0;

    for (int cause = 0; cause < CAUSES; cause++) {
        row->cells[causes[cause].role] = draft_change(draft, by_cause[cause]);
        change += by_cause[cause];
    }
    row->cells[COLUMN_CHANGE] = draft_change(draft, change);
}

static struct table_row row_of(struct draft *draft, const struct change_figures *change)
{
    struct table_row row = {.kind = ROW_ALONE};

    row.cells[COLUMN_BEFORE] = draft_count(draft, change->before);
    row.cells[COLUMN_INFECTIONS] = draft_count(draft, change->now);
    row.cells[COLUMN_MONTH] =
        (struct table_cell){.text = language_month(draft->language, draft->phrases, change->month),
                            .value = change->month};
    set_causes(draft, &row, change->causes);
    return row;
}

static void add_month(struct draft *draft, const struct change_figures *change)
{
    struct table_row row = row_of(draft, change);
    char code[MONTH_TEXT_SIZE];

    month_format(change->month, code);
    row.line = "month";
    row.code = phrases_copy(draft->phrases, code, strlen(code));
    row.cells[COLUMN_NAME] = draft_name(row.cells[COLUMN_MONTH].text);
    row.cells[COLUMN_DETECTIONS_BEFORE] = draft_count(draft, change->detections_before);
    row.cells[COLUMN_DETECTIONS] = draft_count(draft, change->detections_now);
    draft_add_row(draft, &row);
}

void section_restated_months(struct draft *draft)
{
    const struct restatement_figures *restatement = restatement_of(draft);
    struct table *table = &draft->section->table;
    bool found[CAUSES] = {false};

    if (restatement == NULL || restatement->month_count == 0)
        return;
    table->caption = draft_message(draft, MESSAGE_TABLE_RESTATED_MONTHS);
    table->subject = "month";
    find_causes(restatement->months, restatement->month_count, found);
    draft_add_column(draft, COLUMN_NAME, MESSAGE_MONTH);
    add_columns(draft, found);
    draft_add_column(draft, COLUMN_DETECTIONS_BEFORE, MESSAGE_DETECTIONS_BEFORE);
    draft_add_column(draft, COLUMN_DETECTIONS, MESSAGE_DETECTIONS);
    for (size_t i = 0; i < restatement->month_count; i++)
        add_month(draft, &restatement->months[i]);
}

/* What a value that isn't the event's own text is called; NULL: it is one. */
static const char *name_of_none(struct draft *draft, const char *value)
{
    bool country = draft->dimension == DIMENSION_COUNTRY;

    if (strcmp(value, country ? COUNTRY_UNKNOWN : DIMENSION_VALUE_UNKNOWN) == 0)
        return draft_message(draft, MESSAGE_UNKNOWN);
    return !country && strcmp(value, DIMENSION_VALUE_BEYOND) == 0
               ? draft_message(draft, MESSAGE_BEYOND)
               : NULL;
}

static void add_value(struct draft *draft, const struct change_figures *change)
{
    struct table_row row = row_of(draft, change);
    const char *none = name_of_none(draft, change->value);

    row.line = dimension_name(draft->dimension);
    row.code = change->value;
    if (none == NULL && draft->dimension != DIMENSION_COUNTRY)
        row.alone = change->value;
    row.cells[COLUMN_NAME] =
        draft_name(none == NULL ? draft_value(draft, draft->dimension, change->value) : none);
    draft_add_row(draft, &row);
}

static void add_others(struct draft *draft, const struct dimension_changes *changes)
{
    struct table_row row = {.kind = ROW_ALONE, .line = "other"};

    row.cells[COLUMN_NAME] = draft_name(draft_message(draft, MESSAGE_OTHER));
    set_causes(draft, &row, changes->others_causes);
    draft_add_row(draft, &row);
}

static const struct dimension_changes *find_changes(const struct draft *draft)
{
    const struct restatement_figures *restatement = restatement_of(draft);

    for (size_t i = 0; restatement != NULL && i < restatement->dimension_count; i++)
        if (restatement->dimensions[i].dimension == draft->dimension)
            return &restatement->dimensions[i];
    return NULL;
}

void section_restated_values(struct draft *draft)
{
    const struct dimension_changes *changes = find_changes(draft);
    struct table *table = &draft->section->table;
    bool found[CAUSES] = {false};

    if (changes == NULL || changes->line_count + changes->others == 0)
        return;
    table->caption = draft_say_dimension(draft, MESSAGE_TABLE_RESTATED_VALUES);
    table->subject = dimension_name(draft->dimension);
    find_causes(changes->lines, changes->line_count, found);
    for (int cause = 0; cause < CAUSES; cause++)
        found[cause] |= changes->others_causes[cause] != 0;
    draft_add_column(draft, COLUMN_MONTH, MESSAGE_MONTH);
    table_add_column(table, COLUMN_NAME, draft_say_dimension(draft, MESSAGE_VALUE));
    add_columns(draft, found);
    for (size_t i = 0; i < changes->line_count; i++)
        add_value(draft, &changes->lines[i]);
    if (changes->others > 0)
        add_others(draft, changes);
}
