#include "reports/compose.h"

#include <stdlib.h>

#include "reports/narrative.h"
#include "reports/notes.h"

static const char *number(struct document *document, int64_t value)
{
    return language_number(document->language, &document->phrases, value);
}

static const char *share(struct document *document, int64_t hundredths)
{
    return language_share(document->language, &document->phrases, hundredths);
}

static const char *display_name(const struct figures *figures, const char *language)
{
    const char *name = figures_name(figures, language);

    if (name == NULL)
        name = figures_name(figures, LANGUAGE_DEFAULT);
    return name == NULL ? figures->threat : name;
}

static void set_titles(struct document *document)
{
    const struct figures *figures = document->figures;
    const struct language *language = document->language;
    struct phrases *phrases = &document->phrases;
    const char *from = language_month(language, phrases, figures->from);
    const char *to = language_month(language, phrases, figures->to);

    document->threat = display_name(figures, language_code(language));
    document->title = language_say(language, phrases, MESSAGE_TITLE,
                                   MESSAGE_ARGUMENTS(language_text("threat", document->threat)));
    document->window = from;
    if (figures->from != figures->to)
        document->window =
            language_say(language, phrases, MESSAGE_WINDOW,
                         MESSAGE_ARGUMENTS(language_text("from", from), language_text("to", to)));
    document->subtitle =
        language_say(language, phrases, MESSAGE_SUBTITLE,
                     MESSAGE_ARGUMENTS(language_text("window", document->window),
                                       language_text("timezone", figures->timezone)));
}

static bool build_months(struct document *document)
{
    const struct figures *figures = document->figures;
    struct table *table = &document->months;

    if (!table_init(table, document_message(document, MESSAGE_TABLE_MONTHS),
                    figures->month_count + 2))
        return false;
    table_add_column(table, document_message(document, MESSAGE_MONTH), TABLE_LEFT);
    table_add_column(table, document_message(document, MESSAGE_INFECTIONS), TABLE_RIGHT);
    table_add_column(table, document_message(document, MESSAGE_DETECTIONS), TABLE_RIGHT);
    for (size_t i = 0; i < figures->month_count; i++) {
        const struct month_figures *month = &figures->months[i];
        const char *name = language_month(document->language, &document->phrases, month->month);

        table_add_row(table, TABLE_BODY, name, number(document, month->infections),
                      number(document, month->detections), NULL);
    }
    table_add_row(
        table, TABLE_FOOT,
        document_message(document, figures->unique ? MESSAGE_SUM_OF_MONTHS : MESSAGE_TOTAL),
        number(document, figures->months_infections), number(document, figures->months_detections),
        NULL);
    if (figures->unique)
        table_add_row(table, TABLE_FOOT, document_message(document, MESSAGE_DISTINCT_MACHINES),
                      number(document, figures->total), "", NULL);
    return true;
}

static bool build_shares(struct document *document)
{
    const struct figures *figures = document->figures;
    struct table *table = &document->shares;
    bool unique = figures->unique;

    if (!table_init(
            table,
            document_message(document, unique ? MESSAGE_TABLE_SHARES_UNIQUE : MESSAGE_TABLE_SHARES),
            figures->ranked + 2))
        return false;
    table_add_column(table, document_message(document, MESSAGE_RANK), TABLE_RIGHT);
    table_add_column(table, document_message(document, MESSAGE_COUNTRY), TABLE_LEFT);
    table_add_column(table,
                     document_message(document, unique ? MESSAGE_MACHINES : MESSAGE_INFECTIONS),
                     TABLE_RIGHT);
    table_add_column(table, document_message(document, MESSAGE_SHARE), TABLE_RIGHT);
    for (size_t i = 0; i < figures->ranked; i++) {
        const struct country_figures *country = &figures->countries[i];
        const char *name =
            language_country(document->language, &document->phrases, country->country);

        table_add_row(table, TABLE_BODY, number(document, (int64_t)i + 1), name,
                      number(document, country->infections), share(document, country->share), NULL);
    }
    table_add_row(table, TABLE_BODY, "", document_message(document, MESSAGE_OTHER),
                  number(document, figures->other.infections),
                  share(document, figures->other.share), NULL);
    table_add_row(table, TABLE_FOOT, "", document_message(document, MESSAGE_TOTAL),
                  number(document, figures->total),
                  share(document, figures->total > 0 ? SHARE_WHOLE : 0), NULL);
    return true;
}

enum status compose_document(const struct language *language, const struct figures *figures,
                             struct document **out, struct error *error)
{
    struct document *document = calloc(1, sizeof(*document));

    if (document == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    document->language = language;
    document->figures = figures;
    phrases_init(&document->phrases);
    set_titles(document);
    if (build_months(document) && build_shares(document)) {
        narrative_write(document);
        notes_write(document);
    } else {
        document->phrases.failed = true;
    }
    if (document->phrases.failed) {
        document_free(document);
        return error_set(error, STATUS_FATAL, "the report's text could not be made: out of memory");
    }
    *out = document;
    return STATUS_OK;
}
