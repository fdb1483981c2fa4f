/* Figures of editions: what changed since the one before, random by seed. */
#ifndef KANSEN_TESTS_EDITION_FIXTURE_H
#define KANSEN_TESTS_EDITION_FIXTURE_H

#include "figures_fixture.h"

static inline struct change_figures edition_change(month_t month, const char *value,
                                                   uint64_t *state)
{
    struct change_figures change = {.month = month,
                                    .value = value == NULL ? NULL : fixture_text(value),
                                    .before = fixture_count(state)};

    change.now = change.before;
    for (int cause = 0; cause < CAUSES; cause++) {
        change.causes[cause] = fixture_random(state) % 2 ? fixture_count(state) : 0;
        change.now += change.causes[cause];
    }
    change.detections_before = change.before * 2;
    change.detections_now = change.now * 2;
    return change;
}

/* Every dimension that the report shows has values of each kind. */
static inline void edition_changes(struct figures *figures, struct restatement_figures *restatement,
                                   uint64_t *state)
{
    static const char *const values[] = {"JP", "ZZ", "", " "};

    restatement->months = calloc(1, sizeof(*restatement->months));
    restatement->dimensions = calloc(figures->dimension_count, sizeof(*restatement->dimensions));
    ck_assert(restatement->months != NULL && restatement->dimensions != NULL);
    restatement->months[restatement->month_count++] = edition_change(figures->from, NULL, state);
    for (size_t i = 0; i < figures->dimension_count; i++) {
        struct dimension_changes *changes =
            &restatement->dimensions[restatement->dimension_count++];
        bool country = figures->dimensions[i].dimension == DIMENSION_COUNTRY;

        changes->dimension = figures->dimensions[i].dimension;
        changes->others = fixture_random(state) % 3;
        changes->lines = calloc(4, sizeof(*changes->lines));
        ck_assert_ptr_nonnull(changes->lines);
        for (size_t line = 0; line < (country ? 2 : 4); line++)
            changes->lines[changes->line_count++] =
                edition_change(figures->from, values[line], state);
    }
}

/* Makes them those of an edition, which replaces another in two cases of three. */
static inline void fixture_edition(struct figures *figures, uint64_t *state)
{
    struct edition_figures *edition = calloc(1, sizeof(*edition));
    struct restatement_figures *restatement;

    ck_assert_ptr_nonnull(edition);
    figures->edition = edition;
    edition->number = (int32_t)(fixture_random(state) % 3) + 1;
    edition->published = fixture_text("2013-12-05 10:15");
    edition->published_utc = fixture_text("2013-12-05T10:15:07Z");
    edition->published_s = 1386238507;
    edition->provisional = fixture_random(state) % 2;
    if (edition->number == 1)
        return;
    restatement = calloc(1, sizeof(*restatement));
    ck_assert_ptr_nonnull(restatement);
    edition->restatement = restatement;
    restatement->replaces = edition->number - 1;
    restatement->replaces_published = fixture_text("2013-12-04 09:00");
    restatement->replaces_withdrawn = fixture_random(state) % 2;
    restatement->total_before = fixture_random(state) % 2 ? figures->total : figures->total + 1;
    restatement->patterns_before = fixture_random(state) % 2 ? fixture_text("BKDR*") : NULL;
    restatement->was_provisional = fixture_random(state) % 2;
    restatement->names_changed = fixture_random(state) % 2;
    restatement->geoip_changed = fixture_random(state) % 2;
    restatement->options_changed = fixture_random(state) % 2;
    if (restatement->total_before != figures->total || fixture_random(state) % 2)
        edition_changes(figures, restatement, state);
}

/* Of a report that is no edition, and there is one. */
static inline void fixture_published_before(struct figures *figures, uint64_t *state)
{
    figures->published.number = 2;
    figures->published.published = fixture_text("2013-12-05 10:15");
    figures->published.published_utc = fixture_text("2013-12-05T10:15:07Z");
    figures->published.withdrawn = fixture_random(state) % 2;
}

#endif
