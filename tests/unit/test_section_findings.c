/* Every sentence of many random reports is read back in each language, and checked against the
 * figures. */
#include "compared_fixture.h"
#include "findings_reading.h"
#include "reports/findings/findings.h"
#include "reports/sections/compose.h"
#include "reports/sections/document.h"

/* Random reports that are read back. */
#define ROUNDS 2500
#define ROUNDS_SUPPRESSED 600

static bool is_complete(const struct claim *claim, month_t month)
{
    return compared_month(claim->figures, month) != NULL
               ? compared_month(claim->figures, month)->state == MONTH_COMPLETE
               : claim->figures->history_count == 0 &&
                     claim->figures->months[month - claim->figures->from].state == MONTH_COMPLETE;
}

/* Of a month that is compared, which only complete ones may be. */
static int64_t infections_of(const struct claim *claim, const char *name)
{
    month_t month = month_of(claim, name);
    const struct figures *figures = claim->figures;

    ck_assert_msg(is_complete(claim, month), "not complete: %s", claim->sentence);
    return month >= figures->from && month <= figures->to
               ? figures->months[month - figures->from].infections
               : compared_month(figures, month)->infections;
}

static size_t months_of(const struct figures *figures, enum month_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < figures->month_count; i++)
        count += figures->months[i].state == state;
    return count;
}

static bool speaks_of_all(const struct claim *claim)
{
    bool all = months_of(claim->figures, MONTH_COMPLETE) == claim->figures->month_count;

    return (strstr(claim->sentence, claim->tongue->complete) == NULL) == all;
}

/* What shares are shares of; Japanese doesn't say it. */
static bool noun_fits(const struct claim *claim)
{
    bool machines =
        strstr(claim->sentence, "achine") != NULL || strstr(claim->sentence, "Rechner") != NULL;

    return claim->tongue->months == NULL || machines == claim->figures->unique;
}

static bool window_fits(const struct claim *claim)
{
    return period_fits(claim, "window", claim->figures->from, claim->figures->to);
}

/* ---- totals */

static bool is_provisional(struct claim *claim)
{
    return months_of(claim->figures, MONTH_PROVISIONAL) > 0;
}

static bool is_no_data(struct claim *claim)
{
    return claim->figures->total == 0 && window_fits(claim) &&
           months_of(claim->figures, MONTH_NO_DATA) == claim->figures->month_count;
}

static bool is_no_data_before(struct claim *claim)
{
    size_t known = (size_t)(month_of(claim, "month") - claim->figures->from);

    for (size_t i = 0; i < known; i++)
        if (claim->figures->months[i].state != MONTH_NO_DATA)
            return false;
    return known > 0 && claim->figures->months[known].state != MONTH_NO_DATA;
}

/* The months without data: from the first to the last of them, all have none. */
static bool is_gap(struct claim *claim)
{
    const struct figures *figures = claim->figures;
    size_t none = months_of(figures, MONTH_NO_DATA);
    size_t first = 0;

    while (first < figures->month_count && figures->months[first].state != MONTH_NO_DATA)
        first++;
    for (size_t i = first; i < first + none; i++)
        if (figures->months[i].state != MONTH_NO_DATA)
            return false;
    return none > 0 && none < figures->month_count &&
           period_fits(claim, "window", figures->months[first].month,
                       figures->months[first + none - 1].month);
}

static bool is_several_gaps(struct claim *claim)
{
    return months_of(claim->figures, MONTH_NO_DATA) < claim->figures->month_count &&
           number_of(claim, "months") == (int64_t)months_of(claim->figures, MONTH_NO_DATA);
}

static bool is_total(struct claim *claim)
{
    int64_t sum = 0;

    for (size_t i = 0; i < claim->figures->month_count; i++)
        sum += claim->figures->months[i].infections;
    if (claim->figures->unique)
        sum = claim->figures->total;
    return window_fits(claim) && sum > 0 &&
           (text_of(claim, "total") == NULL ? sum == 1 : number_of(claim, "total") == sum);
}

static bool is_zero(struct claim *claim)
{
    return claim->figures->total == 0 && window_fits(claim) &&
           months_of(claim->figures, MONTH_NO_DATA) < claim->figures->month_count;
}

/* ---- months of the window */

static size_t months_with(const struct figures *figures, int64_t infections, int sign)
{
    size_t equal = 0;

    for (size_t i = 0; i < figures->month_count; i++) {
        int64_t count = figures->months[i].infections;

        if (figures->months[i].state != MONTH_COMPLETE)
            continue;
        ck_assert_msg(sign > 0 ? count <= infections : count >= infections, "not the extreme");
        equal += count == infections;
    }
    return equal;
}

static bool is_extreme(struct claim *claim, const char *month, const char *count, int sign)
{
    int64_t infections = number_of(claim, count);

    return infections == infections_of(claim, month) && speaks_of_all(claim) &&
           months_with(claim->figures, infections, sign) == 1;
}

static bool is_peak_and_low(struct claim *claim)
{
    return is_extreme(claim, "peak_month", "peak", 1) && is_extreme(claim, "low_month", "low", -1);
}

static bool is_peak(struct claim *claim)
{
    return is_extreme(claim, "month", "infections", 1);
}

static bool is_low(struct claim *claim)
{
    return is_extreme(claim, "month", "infections", -1);
}

static bool is_shared(struct claim *claim, int sign)
{
    return months_with(claim->figures, number_of(claim, "infections"), sign) ==
               (size_t)number_of(claim, "months") &&
           speaks_of_all(claim);
}

static bool is_shared_peak(struct claim *claim)
{
    return is_shared(claim, 1);
}

static bool is_shared_low(struct claim *claim)
{
    return is_shared(claim, -1);
}

static bool is_every_month(struct claim *claim)
{
    return months_with(claim->figures, number_of(claim, "infections"), 1) ==
               months_of(claim->figures, MONTH_COMPLETE) &&
           speaks_of_all(claim);
}

/* "up from", "down from": a language may leave it out. */
static bool direction_fits(const struct claim *claim, int64_t before, int64_t after)
{
    const char *text = text_of(claim, "direction");
    static const char *const rising[] = {"up", "rose", "increase", "stieg", "Anstieg", "増加"};

    if (text == NULL)
        return true;
    for (size_t i = 0; i < sizeof(rising) / sizeof(*rising); i++)
        if (strcmp(text, rising[i]) == 0)
            return after > before;
    return after < before;
}

/* A month that isn't named is the one before. */
static month_t earlier_of(struct claim *claim)
{
    return text_of(claim, "earlier") == NULL ? month_of(claim, "later") - 1
                                             : month_of(claim, "earlier");
}

static int64_t infections_at(struct claim *claim, month_t month)
{
    const struct figures *figures = claim->figures;

    ck_assert_msg(is_complete(claim, month), "not complete: %s", claim->sentence);
    return month >= figures->from ? figures->months[month - figures->from].infections
                                  : compared_month(figures, month)->infections;
}

static bool is_change(struct claim *claim)
{
    month_t month = earlier_of(claim);
    int64_t before = infections_at(claim, month);
    int64_t after = infections_of(claim, "later");

    return month < month_of(claim, "later") && change_fits(claim, before, after) &&
           number_fits(claim, "before", before) && number_fits(claim, "after", after) &&
           direction_fits(claim, before, after);
}

static bool is_same(struct claim *claim)
{
    int64_t after = infections_of(claim, "later");

    return infections_at(claim, earlier_of(claim)) == after &&
           number_of(claim, "infections") == after;
}

/* ---- against what was before */

static enum base base_of(const struct claim *claim, bool dative)
{
    for (enum base base = 0; base < BASES; base++)
        if (claim->figures->comparisons[base].known && base_fits(claim, base, dative))
            return base;
    ck_abort_msg("compared with what is not known: %s", claim->sentence);
    return BASES;
}

/* Whether both totals are those of the history, added up here. */
static bool totals_fit(const struct claim *claim, const struct comparison_figures *comparison)
{
    int64_t sum = 0;

    for (month_t month = comparison->from; month <= comparison->to; month++) {
        ck_assert(is_complete(claim, month));
        sum += compared_month(claim->figures, month)->infections;
    }
    return comparison->now == claim->figures->total &&
           (claim->figures->unique || comparison->before == sum);
}

static bool is_compared(struct claim *claim)
{
    const struct comparison_figures *comparison =
        &claim->figures->comparisons[base_of(claim, false)];

    return totals_fit(claim, comparison) &&
           period_fits(claim, "period", comparison->from, comparison->to) &&
           number_fits(claim, "before", comparison->before) &&
           number_fits(claim, "after", comparison->now) &&
           direction_fits(claim, comparison->before, comparison->now) &&
           change_fits(claim, comparison->before, comparison->now);
}

static bool is_compared_same(struct claim *claim)
{
    const struct comparison_figures *comparison =
        &claim->figures->comparisons[base_of(claim, false)];

    return totals_fit(claim, comparison) &&
           period_fits(claim, "period", comparison->from, comparison->to) &&
           comparison->now == comparison->before &&
           number_of(claim, "infections") == comparison->now;
}

/* Highest or lowest of all months from `since` on, which are complete; sign: 1 or -1. */
static bool is_record(struct claim *claim, int sign, bool since_is_equal, bool beginning)
{
    const struct figures *figures = claim->figures;
    month_t month = month_of(claim, "month");
    month_t since = month_of(claim, "since");
    int64_t count = infections_of(claim, "month");

    for (month_t earlier = since; earlier < month; earlier++) {
        int64_t there = infections_at(claim, earlier);
        bool reached = sign > 0 ? there >= count : there <= count;

        if (reached != (since_is_equal && earlier == since))
            return false;
    }
    return number_of(claim, "infections") == count && since < figures->from &&
           (!beginning || compared_month(figures, since - 1) == NULL);
}

static bool is_high_since(struct claim *claim)
{
    return is_record(claim, 1, true, false);
}

static bool is_low_since(struct claim *claim)
{
    return is_record(claim, -1, true, false);
}

static bool is_highest_ever(struct claim *claim)
{
    return is_record(claim, 1, false, true);
}

static bool is_lowest_ever(struct claim *claim)
{
    return is_record(claim, -1, false, true);
}

static bool is_highest_known(struct claim *claim)
{
    return is_record(claim, 1, false, false);
}

static bool is_lowest_known(struct claim *claim)
{
    return is_record(claim, -1, false, false);
}

static bool is_streak(struct claim *claim)
{
    month_t month = month_of(claim, "month");
    int64_t months = number_of(claim, "months");

    for (int64_t i = 0; i < months; i++, month--)
        if (!direction_fits(claim, infections_at(claim, month - 1), infections_at(claim, month)))
            return false;
    return months >= 3;
}

/* ---- countries */

/* How many countries that are in no line, since they are suppressed, have at least so many. */
static int64_t hidden_with(const struct claim *claim, int64_t infections)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    int64_t found = 0;

    for (size_t i = 0; claim->counts != NULL && i < FIXTURE_COUNTRIES; i++)
        found += claim->counts[i] >= infections &&
                 line_of(countries, reading_codes[i]) == countries->line_count;
    return found;
}

/* The least count that is more than five percent. */
static int64_t above_five(const struct claim *claim)
{
    return claim->figures->total / 20 + 1;
}

static bool is_all_unknown(struct claim *claim)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);

    return countries->line_count == 0 && hidden_with(claim, 1) == 0 &&
           countries->other.unknown == claim->figures->total;
}

static const struct line_figures *named(struct claim *claim, const char *name)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    size_t length = 0;
    const char *text = text_of(claim, name);
    const char *code = reading_codes[country_at(claim->tongue, text, &length)];

    ck_assert_msg(text[length] == '\0', "\"%s\" is no country", text);
    ck_assert_uint_lt(line_of(countries, code), countries->line_count);
    return &countries->lines[line_of(countries, code)];
}

static bool is_only_country(struct claim *claim)
{
    return named(claim, "country")->infections == claim->figures->total;
}

static bool is_only_known(struct claim *claim)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);

    return countries->line_count == 1 && countries->ranked == 1 && countries->other.unknown > 0 &&
           hidden_with(claim, 1) == 0 &&
           share_fits(claim, "share", named(claim, "country")->share) && noun_fits(claim);
}

static bool is_leaders(struct claim *claim)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    const char *codes[READING_COUNTRIES];
    int64_t together = 0;
    int64_t least = INT64_MAX;

    claim->leaders = list_of(claim, "countries", false, codes);
    for (size_t i = 0; i < claim->leaders; i++) {
        size_t line = line_of(countries, codes[i]);

        ck_assert_uint_lt(line, countries->ranked);
        claim->is_leader[line] = true;
        together += countries->lines[line].share;
        if (countries->lines[line].infections < least)
            least = countries->lines[line].infections;
    }
    for (size_t i = 0; i < countries->line_count; i++)
        if (!claim->is_leader[i] && countries->lines[i].infections >= least)
            return false;
    return share_fits(claim, "share", together) && noun_fits(claim) &&
           hidden_with(claim, least) == 0 && number_fits(claim, "leaders", (int64_t)claim->leaders);
}

static bool is_equal_leaders(struct claim *claim)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    int64_t each = number_of(claim, "infections");
    int64_t equal = 0;

    for (size_t i = 0; i < countries->line_count; i++) {
        if (countries->lines[i].infections > each)
            return false;
        equal += countries->lines[i].infections == each;
    }
    return equal == number_of(claim, "countries_counted") && hidden_with(claim, each) == 0;
}

/* "Outside Japan", "these two", "these three" names the leaders of the sentence before. */
static bool outside_fits(struct claim *claim)
{
    const char *text = text_of(claim, "outside");

    if (text == NULL)
        return claim->leaders > 0;
    if (strcmp(text, "these two") == 0 || strcmp(text, "these three") == 0)
        return claim->leaders == (strcmp(text, "these two") == 0 ? 2u : 3u);
    return claim->leaders == 1 &&
           claim->is_leader[named(claim, "outside") - figures_countries(claim->figures)->lines];
}

static bool exceeds_five(const struct figures *figures, size_t index)
{
    return figures_countries(figures)->lines[index].infections * 20 > figures->total;
}

static bool is_rest(struct claim *claim)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    const char *codes[READING_COUNTRIES];
    bool listed[READING_LINES] = {false};
    size_t count =
        text_of(claim, "exceptions") == NULL ? 0 : list_of(claim, "exceptions", true, codes);

    for (size_t i = 0; i < count; i++)
        listed[line_of(countries, codes[i])] = true;
    for (size_t i = 0; i < countries->line_count; i++) {
        if (claim->is_leader[i] ? listed[i] : exceeds_five(claim->figures, i) != listed[i])
            return false;
        if (listed[i] && countries->lines[i].share <= 500)
            return false; /* the table would seem to say otherwise */
    }
    return outside_fits(claim) && digits_of(text_of(claim, "threshold")) == 5 &&
           hidden_with(claim, above_five(claim)) == 0;
}

static bool is_rest_many(struct claim *claim)
{
    int64_t more = 0;

    for (size_t i = 0; i < figures_countries(claim->figures)->line_count; i++)
        more += !claim->is_leader[i] && exceeds_five(claim->figures, i);
    return more == number_of(claim, "count") && outside_fits(claim) &&
           hidden_with(claim, above_five(claim)) == 0 &&
           digits_of(text_of(claim, "threshold")) == 5;
}

static bool is_rest_highest(struct claim *claim)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    const struct line_figures *line = named(claim, "country");
    size_t index = (size_t)(line - countries->lines);

    for (size_t i = 0; i < countries->line_count; i++)
        if (i != index && !claim->is_leader[i] &&
            countries->lines[i].infections >= line->infections)
            return false;
    return outside_fits(claim) && !claim->is_leader[index] && index < countries->ranked &&
           hidden_with(claim, line->infections) == 0 && share_fits(claim, "share", line->share);
}

static bool is_first_seen(struct claim *claim)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    const char *codes[READING_COUNTRIES];
    size_t count =
        text_of(claim, "countries") == NULL ? 0 : list_of(claim, "countries", false, codes);
    int64_t new_ones = 0;

    for (size_t i = 0; i < count; i++)
        if (!countries->lines[line_of(countries, codes[i])].is_new ||
            line_of(countries, codes[i]) >= countries->ranked)
            return false;
    for (size_t i = 0; i < countries->line_count; i++)
        new_ones += countries->lines[i].is_new;
    return new_ones == (count > 0                         ? (int64_t)count
                        : text_of(claim, "count") == NULL ? 1
                                                          : number_of(claim, "count"));
}

static enum base previous_of(const struct figures *figures)
{
    return figures->month_count == 1 ? BASE_PREVIOUS_MONTH : BASE_PREVIOUS_WINDOW;
}

static bool is_gone(struct claim *claim)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    enum base base = previous_of(claim->figures);
    const struct comparison_figures *comparison = &claim->figures->comparisons[base];
    const char *codes[READING_COUNTRIES];
    size_t count = list_of(claim, "countries", false, codes);
    size_t found = 0;

    for (size_t i = 0; i < countries->left_count[base]; i++) {
        const struct left_figures *left = &countries->left[base][i];

        for (size_t j = 0; j < count; j++)
            found += strcmp(left->value, codes[j]) == 0 && left->against.now == 0 &&
                     left->against.shown && left->against.before > 0;
    }
    return found == count && comparison->known &&
           period_fits(claim, "period", comparison->from, comparison->to);
}

static bool is_mover(struct claim *claim)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    enum base base = base_of(claim, true);
    const struct comparison_figures *comparison = &claim->figures->comparisons[base];
    const struct line_figures *line = named(claim, "country");
    int64_t before = line->against[base].before;
    int64_t after = line->against[base].now;

    for (size_t i = 0; i < countries->ranked; i++) {
        const struct against_figures *other = &countries->lines[i].against[base];
        int64_t difference = other->now - other->before;

        if (&countries->lines[i] != line &&
            (after > before ? difference >= after - before : difference <= after - before))
            return false;
    }
    return line->against[base].shown && after != before && direction_fits(claim, before, after) &&
           number_of(claim, "before") == before && number_of(claim, "after") == after &&
           period_fits(claim, "period", comparison->from, comparison->to);
}

/* ---- rates, other dimensions */

static bool is_rate(struct claim *claim)
{
    return claim->figures->rates.known && number_of(claim, "rate") == claim->figures->rates.rate;
}

static bool is_highest_rate(struct claim *claim)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    const struct line_figures *line = named(claim, "country");

    for (size_t i = 0; i < countries->line_count; i++)
        if (&countries->lines[i] != line && countries->lines[i].rate >= line->rate)
            return false;
    return is_rate(claim) && number_of(claim, "country_rate") == line->rate;
}

static bool is_dimension(struct claim *claim)
{
    static const char *const names[TONGUES][DIMENSIONS] = {
        {"", "malware name", "product", "version", "operating system", "segment"},
        {"", "Der häufigste Erkennungsname", "Das häufigste Produkt", "Die häufigste Version",
         "Das häufigste Betriebssystem", "Das häufigste Segment"},
        {"", "検出名", "製品", "バージョン", "OS", "セグメント"}};

    for (size_t i = 1; i < claim->figures->dimension_count; i++) {
        const struct dimension_figures *dimension = &claim->figures->dimensions[i];
        const struct line_figures *first = &dimension->lines[0];

        if (strcmp(text_of(claim, "dimension"),
                   names[claim->tongue - tongues][dimension->dimension]) != 0)
            continue;
        return strcmp(text_of(claim, "value"), first->value) == 0 && dimension->ranked > 0 &&
               (dimension->line_count == 1 || first->infections > first[1].infections) &&
               share_fits(claim, "share", first->share) && noun_fits(claim);
    }
    return false;
}

/* ---- headline and summary */

/* "12,213 infections from September to November 2013" */
static bool is_headline(struct claim *claim)
{
    return (text_of(claim, "window") == NULL || window_fits(claim)) &&
           number_fits(claim, "total", claim->figures->total) && claim->figures->total > 0 &&
           (text_of(claim, "total") != NULL || claim->figures->total == 1);
}

static bool is_headline_changed(struct claim *claim)
{
    const struct figures *figures = claim->figures;
    enum base previous = previous_of(figures);

    for (enum base base = 0; base < BASES; base++) {
        const struct comparison_figures *with = &figures->comparisons[base];
        const char *named_base = text_of(claim, "base");
        char expected[READING_TEXT];

        if (!with->known || (base != previous && base != BASE_YEAR_AGO))
            continue;
        if (claim->tongue->months == NULL &&
            strcmp(named_base, base_text(claim->tongue, base, (int64_t)figures->month_count, false,
                                         expected)) != 0)
            continue;
        if (number_of(claim, "total") == figures->total && with->now == figures->total &&
            change_fits(claim, with->before, with->now))
            return is_headline(claim) &&
                   (text_of(claim, "to") == NULL || month_of(claim, "month") == figures->to);
    }
    return false;
}

static bool is_course(struct claim *claim)
{
    const struct figures *figures = claim->figures;
    int64_t first = figures->months[0].infections;
    int64_t last = figures->months[figures->month_count - 1].infections;

    return months_of(figures, MONTH_COMPLETE) == figures->month_count &&
           month_of(claim, "first_month") == figures->from &&
           month_of(claim, "last_month") == figures->to && number_of(claim, "first") == first &&
           number_of(claim, "last") == last && direction_fits(claim, first, last);
}

/* In descending order, and nobody left out has as many as one of them. */
static bool is_highest_shares(struct claim *claim)
{
    const struct dimension_figures *countries = figures_countries(claim->figures);
    const char *codes[READING_COUNTRIES];
    size_t count = list_of(claim, "countries", true, codes);

    for (size_t i = 0; i < count; i++) {
        size_t line = line_of(countries, codes[i]);

        if (line != i || (i + 1 < countries->line_count &&
                          countries->lines[i].infections == countries->lines[i + 1].infections))
            return false;
    }
    return count > 0 && hidden_with(claim, countries->lines[count - 1].infections) == 0 &&
           named(claim, "country") == &countries->lines[0] &&
           (text_of(claim, "infections") == NULL ? 1 : number_of(claim, "infections")) ==
               countries->lines[0].infections;
}

#include "findings_sentences.h"

#define SENTENCES (sizeof(sentences) / sizeof(*sentences))

static struct template_expression compiled[SENTENCES][TONGUES][SENTENCE_FORMS];
static int said[SENTENCES][TONGUES];
static struct language *languages[TONGUES];

static void set_up(void)
{
    struct error error = {""};

    for (size_t tongue = 0; tongue < TONGUES; tongue++) {
        ck_assert_int_eq(language_open(tongues[tongue].code, &languages[tongue], &error),
                         STATUS_OK);
        for (size_t i = 0; i < SENTENCES; i++)
            for (size_t form = 0; form < SENTENCE_FORMS; form++)
                if (sentences[i].forms[tongue][form] != NULL)
                    reading_compile(&tongues[tongue], sentences[i].forms[tongue][form],
                                    &compiled[i][tongue][form]);
    }
}

static void tear_down(void)
{
    for (size_t tongue = 0; tongue < TONGUES; tongue++) {
        language_close(languages[tongue]);
        for (size_t i = 0; i < SENTENCES; i++)
            for (size_t form = 0; form < SENTENCE_FORMS; form++)
                if (sentences[i].forms[tongue][form] != NULL)
                    regfree(&compiled[i][tongue][form].compiled);
    }
}

static void check_sentence(struct claim *claim, const char *sentence)
{
    size_t tongue = (size_t)(claim->tongue - tongues);

    ck_assert_ptr_null(strpbrk(sentence, "#"));
    ck_assert_msg(*sentence < 'a' || *sentence > 'z', "no capital: %s", sentence);
    for (size_t i = 0; i < SENTENCES; i++) {
        for (size_t form = 0; form < SENTENCE_FORMS; form++) {
            if (sentences[i].forms[tongue][form] == NULL ||
                !reading_match(&compiled[i][tongue][form], sentence, claim))
                continue;
            ck_assert_msg(sentences[i].check(claim), "not true: %s", sentence);
            said[i][tongue]++;
            return;
        }
    }
    ck_abort_msg("nobody checks: %s", sentence);
}

/* Each sentence of a paragraph. */
static void check_paragraph(struct claim *claim, const char *paragraph)
{
    const char *end = claim->tongue->months == NULL ? "。" : ". ";
    char *copy = strdup(paragraph);

    ck_assert_ptr_nonnull(copy);
    for (char *here = copy; *here != '\0';) {
        char *found = strstr(here, end);
        char sentence[READING_TEXT];
        size_t length = found == NULL ? strlen(here) : (size_t)(found - here) + strlen(end);

        snprintf(sentence, sizeof(sentence), "%.*s", (int)length, here);
        here += length;
        if (sentence[strlen(sentence) - 1] == ' ')
            sentence[strlen(sentence) - 1] = '\0';
        check_sentence(claim, sentence);
    }
    free(copy);
}

static struct document *compose(size_t tongue, const struct figures *figures)
{
    struct document *document = NULL;
    struct error error = {""};

    ck_assert_int_eq(compose_document(languages[tongue], figures, NULL, &document, &error),
                     STATUS_OK);
    return document;
}

static const struct section *findings_of(const struct document *document)
{
    for (size_t i = 0; i < document->section_count; i++)
        if (strcmp(document->sections[i].id, "findings") == 0)
            return &document->sections[i];
    ck_abort_msg("the report has no findings");
}

static void check_counts(const struct figures *figures, const int64_t *counts)
{
    size_t count = 0;

    for (size_t tongue = 0; tongue < TONGUES; tongue++) {
        struct document *document = compose(tongue, figures);
        const struct section *findings = findings_of(document);
        struct claim claim = {.figures = figures, .tongue = &tongues[tongue], .counts = counts};

        ck_assert_uint_ge(findings->item_count, 1);
        ck_assert_uint_le(findings->item_count, FINDINGS_MAX);
        ck_assert(tongue == 0 || findings->item_count == count);
        count = findings->item_count;
        for (size_t i = 0; i < count; i++)
            check_sentence(&claim, findings->items[i].text);
        check_sentence(&claim, document->headline);
        check_paragraph(&claim, document->summary);
        ck_assert_ptr_nonnull(strstr(document->subject, document->headline));
        ck_assert_ptr_eq(strstr(document->description, document->headline), document->description);
        ck_assert_ptr_nonnull(strstr(document->description, document->summary));
        ck_assert_ptr_eq(strstr(document->subject, document->threat), document->subject);
        document_free(document);
    }
}

static void check_figures(const struct figures *figures)
{
    check_counts(figures, NULL);
}

START_TEST(every_sentence_of_random_reports_is_true)
{
    uint64_t state = 0x243f6a8885a308d3u;

    for (int round = 0; round < ROUNDS; round++) {
        struct figures *figures = compared_any(&state);

        check_figures(figures);
        figures_free(figures);
    }
    for (size_t i = 0; i < SENTENCES; i++)
        for (size_t tongue = 0; tongue < TONGUES; tongue++)
            ck_assert_msg(said[i][tongue] > 0 || sentences[i].check == is_rest_highest ||
                              sentences[i].forms[tongue][0] == NULL,
                          "no report said \"%s\"", sentences[i].forms[tongue][0]);
}
END_TEST

static bool says(const struct document *document, const char *sentence)
{
    const struct section *findings = findings_of(document);

    for (size_t i = 0; i < findings->item_count; i++)
        if (strcmp(findings->items[i].text, sentence) == 0)
            return true;
    return false;
}

static void check_says(const struct figures *figures, size_t tongue, const char *sentence)
{
    struct document *document = compose(tongue, figures);

    ck_assert_msg(says(document, sentence), "not said: %s", sentence);
    document_free(document);
}

static const struct {
    size_t tongue;
    const char *sentence;
} published[] = {
    {0, "Japan and the United States together account for 45.36% of all infections."},
    {0, "Outside these two, only Australia (6.83%) exceeds 5%."},
    {0, "Infections rose 52% from October to November (3,828, up from 2,518)."},
    {1, "Im November gab es 52\xc2\xa0% mehr Infektionen als im Oktober (3.828 nach 2.518)."},
    {2,
     "2013年9月から11月の感染端末は延べ12,213台でした（複数の月に検出された端末は月ごとに計上）。"},
    {2, "9月の5,867台が最多、10月の2,518台が最少でした。"},
    {2, "11月は前月比52%増の3,828台でした。"},
};

START_TEST(published_report_says_what_was_published)
{
    struct figures *figures = fixture_published();

    check_figures(figures);
    check_says(figures, published[_i].tongue, published[_i].sentence);
    figures_free(figures);
}
END_TEST

START_TEST(a_share_that_rounds_to_the_threshold_is_not_called_higher)
{
    struct figures *figures = compared_at_the_threshold();

    check_figures(figures);
    ck_assert_int_eq(figures_countries(figures)->lines[2].share, 500);
    check_says(figures, 0, "Outside these two, the highest share is that of Australia, 5.00%.");
    figures_free(figures);
}
END_TEST

/* The published window with years before it: all that can be told is more than a report holds. */
static struct figures *published_after_years(void)
{
    struct figures *figures = fixture_published();
    uint64_t state = 1;

    figures->history = calloc(33, sizeof(*figures->history));
    ck_assert_ptr_nonnull(figures->history);
    for (int i = 0; i < 33; i++)
        figures->history[i] = (struct month_figures){.month = month_from(2011, 3) + i,
                                                     .infections = i < 30 ? 1000 - i : 0};
    memcpy(figures->history + 30, figures->months, 3 * sizeof(*figures->months));
    figures->history_count = 33;
    compared_trend(figures);
    compared_bases(figures, &state);
    return figures;
}

START_TEST(what_matters_most_stays_when_there_is_more_than_a_report_holds)
{
    struct figures *figures = published_after_years();

    figures->dimensions[0].lines[0].is_new = true;
    check_figures(figures);

    struct document *document = compose(0, figures);

    ck_assert_uint_eq(findings_of(document)->item_count, FINDINGS_MAX);
    check_says(figures, 0,
               "Compared with the three months before (June to August 2013), infections more than "
               "quadrupled (12,213, up from 2,916).");
    document_free(document);
    figures_free(figures);
}
END_TEST

START_TEST(what_is_too_small_to_be_shown_is_not_spoken_of)
{
    struct figures *figures = published_after_years();
    struct document *document;

    figures->suppress_below = 3000;
    document = compose(0, figures);
    for (size_t i = 0; i < findings_of(document)->item_count; i++) {
        ck_assert_ptr_null(strstr(findings_of(document)->items[i].text, "from 2,916"));
        ck_assert_ptr_null(strstr(findings_of(document)->items[i].text, "from 2,518"));
    }
    document_free(document);
    figures_free(figures);
}
END_TEST

START_TEST(nothing_is_claimed_of_countries_that_are_suppressed)
{
    uint64_t state = 0x13198a2e03707344u;

    for (int round = 0; round < ROUNDS_SUPPRESSED; round++) {
        int64_t counts[FIXTURE_COUNTRIES];
        struct figures *figures = compared_suppressed(&state, counts);

        check_counts(figures, counts);
        figures_free(figures);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("findings");
    TCase *cases = tcase_create("findings");
    SRunner *runner = srunner_create(suite);

    tcase_set_timeout(cases, 600);
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, every_sentence_of_random_reports_is_true);
    tcase_add_loop_test(cases, published_report_says_what_was_published, 0,
                        sizeof(published) / sizeof(*published));
    tcase_add_test(cases, a_share_that_rounds_to_the_threshold_is_not_called_higher);
    tcase_add_test(cases, what_matters_most_stays_when_there_is_more_than_a_report_holds);
    tcase_add_test(cases, nothing_is_claimed_of_countries_that_are_suppressed);
    tcase_add_test(cases, what_is_too_small_to_be_shown_is_not_spoken_of);
    suite_add_tcase(suite, cases);
    srunner_run_all(runner, CK_ENV);

    int failed = srunner_ntests_failed(runner);

    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
