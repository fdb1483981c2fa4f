#include "reports/findings/findings.h"

#include "reports/findings/rules.h"
#include "reports/findings/summary.h"

/* In the order of the sentences. */
static void (*const rules[])(struct telling *telling) = {
    rule_total,      rule_no_data, rule_provisional, rule_previous, rule_year_ago,
    rule_record,     rule_streak,  rule_countries,   rule_extremes, rule_changes,
    rule_dimensions, rule_rate,    rule_first_seen,  rule_gone,     rule_mover,
};

/* Leaves out the last of the least, until the others fit. */
static void choose(struct telling *telling)
{
    while (telling->count > FINDINGS_MAX) {
        size_t least = telling->count - 1;

        for (size_t i = telling->count - 1; i-- > 0;)
            if (telling->told[i].weight < telling->told[least].weight)
                least = i;
        for (size_t i = least; i + 1 < telling->count; i++)
            telling->told[i] = telling->told[i + 1];
        telling->count--;
    }
}

void findings_find(const struct language *language, struct phrases *phrases,
                   const struct figures *figures, const char *threat, struct findings *out)
{
    struct telling telling = {.language = language, .figures = figures, .phrases = phrases};

    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
        rules[i](&telling);
    out->summary = summary_paragraph(&telling);
    out->headline = language_capitalise(language, phrases, summary_headline(&telling));
    out->subject = telling_say(
        &telling, MESSAGE_SUBJECT,
        MESSAGE_ARGUMENTS(telling_text("threat", threat), telling_text("headline", out->headline)));
    out->description = telling_say(&telling, MESSAGE_DESCRIPTION,
                                   MESSAGE_ARGUMENTS(telling_text("headline", out->headline),
                                                     telling_text("summary", out->summary)));
    choose(&telling);
    out->count = telling.count;
    for (size_t i = 0; i < telling.count; i++)
        out->sentences[i] = telling.told[i].sentence;
}
