/* The part of editions/changes that makes figures of changes. */
#include <stdlib.h>
#include <string.h>

#include "editions/changes.h"
#include "stats/cells.h"

/* ---- the lines of one dimension */

/* The larger change first. */
static int compare_sizes(const void *a, const void *b)
{
    const struct change_figures *one = *(const struct change_figures *const *)a;
    const struct change_figures *two = *(const struct change_figures *const *)b;
    int64_t first = llabs(one->now - one->before);
    int64_t second = llabs(two->now - two->before);

    if (first != second)
        return first > second ? -1 : 1;
    /* Both lie in the array that is sorted by month and value. */
    return one < two ? -1 : one > two;
}

static int compare_places(const void *a, const void *b)
{
    const struct change_figures *one = *(const struct change_figures *const *)a;
    const struct change_figures *two = *(const struct change_figures *const *)b;

    return one < two ? -1 : one > two;
}

static const struct line_figures *find_by_month(const struct dimension_figures *dimension,
                                                const char *value)
{
    for (size_t i = 0; i < dimension->ranked; i++)
        if (strcmp(dimension->lines[i].value, value) == 0)
            return dimension->lines[i].months_shown ? &dimension->lines[i] : NULL;
    return NULL;
}

static bool is_small(int64_t infections, int64_t suppress_below)
{
    return infections > 0 && infections < suppress_below;
}

/* Whether a single month of a value may be seen, then and now: that is what by_month says of it
 * now, and what was hidden in that month before must not be a small rest either. */
static bool may_show(const struct edition_changes *changes, const struct figures *now,
                     const struct dimension_figures *dimension, const struct change_figures *change)
{
    int64_t hidden = dimension->other_months[change->month - now->from];

    if (is_small(change->before, now->suppress_below) ||
        find_by_month(dimension, change->value) == NULL)
        return false;
    for (size_t i = 0; i < changes->count; i++) {
        const struct change_figures *other = &changes->lines[i].change;

        if (changes->lines[i].dimension != dimension->dimension || other->month != change->month)
            continue;
        /* One that was small then is summed up, although its month of now is seen. */
        if (find_by_month(dimension, other->value) == NULL)
            hidden -= other->now - other->before;
        else if (is_small(other->before, now->suppress_below))
            return false;
    }
    return !is_small(hidden, now->suppress_below);
}

static bool is_shown(const struct edition_changes *changes, const struct figures *now,
                     const struct dimension_figures *dimension, const struct change_figures *change)
{
    return now->suppress_below == 0 || may_show(changes, now, dimension, change);
}

static enum status add_line(struct dimension_changes *out, const struct change_figures *change,
                            struct error *error)
{
    struct change_figures *line = &out->lines[out->line_count];

    *line = *change;
    line->value = strdup(change->value);
    if (line->value == NULL)
        return stats_out_of_memory(error);
    out->line_count++;
    return STATUS_OK;
}

static void add_other(struct dimension_changes *out, const struct change_figures *change)
{
    out->others++;
    for (int cause = 0; cause < CAUSES; cause++)
        out->others_causes[cause] += change->causes[cause];
}

/* Takes the largest of those that may be shown, in the order of months; `picked` has room for all.
 */
static enum status list_dimension(const struct edition_changes *changes, const struct figures *now,
                                  const struct dimension_figures *dimension,
                                  const struct change_figures **picked,
                                  struct dimension_changes *out, struct error *error)
{
    size_t count = 0;
    size_t listed;
    enum status status = STATUS_OK;

    for (size_t i = 0; i < changes->count; i++) {
        const struct change_figures *change = &changes->lines[i].change;

        if (changes->lines[i].dimension != out->dimension)
            continue;
        if (is_shown(changes, now, dimension, change))
            picked[count++] = change;
        else
            add_other(out, change);
    }
    listed = count < CHANGE_LINES_MAX ? count : CHANGE_LINES_MAX;
    qsort(picked, count, sizeof(*picked), compare_sizes);
    for (size_t i = listed; i < count; i++)
        add_other(out, picked[i]);
    qsort(picked, listed, sizeof(*picked), compare_places);
    out->lines = calloc(listed + 1, sizeof(*out->lines));
    if (out->lines == NULL)
        return stats_out_of_memory(error);
    for (size_t i = 0; i < listed && status == STATUS_OK; i++)
        status = add_line(out, picked[i], error);
    return status;
}

/* Of each dimension that the report shows. */
static enum status list_dimensions(const struct edition_changes *changes, const struct figures *now,
                                   struct restatement_figures *restatement, struct error *error)
{
    const struct change_figures **picked = calloc(changes->count + 1, sizeof(*picked));
    enum status status = STATUS_OK;

    restatement->dimensions = calloc(now->dimension_count, sizeof(*restatement->dimensions));
    if (picked == NULL || restatement->dimensions == NULL)
        status = stats_out_of_memory(error);
    for (size_t i = 0; i < now->dimension_count && status == STATUS_OK; i++) {
        struct dimension_changes *out = &restatement->dimensions[restatement->dimension_count++];

        out->dimension = now->dimensions[i].dimension;
        status = list_dimension(changes, now, &now->dimensions[i], picked, out, error);
    }
    free(picked);
    return status;
}

/* ---- what else is different */

static bool same_texts(char *const *a, size_t a_count, char *const *b, size_t b_count)
{
    if (a_count != b_count)
        return false;
    for (size_t i = 0; i < a_count; i++)
        if (strcmp(a[i], b[i]) != 0)
            return false;
    return true;
}

static bool same_names(const struct figures *a, const struct figures *b)
{
    if (a->name_count != b->name_count)
        return false;
    for (size_t i = 0; i < a->name_count; i++)
        if (strcmp(a->names[i].language, b->names[i].language) != 0 ||
            strcmp(a->names[i].name, b->names[i].name) != 0)
            return false;
    return true;
}

static bool same_states(const struct figures *a, const struct figures *b)
{
    for (size_t i = 0; i < a->month_count; i++)
        if (a->months[i].state != b->months[i].state)
            return false;
    return a->month_count == b->month_count;
}

/* "A*, B*". */
static char *join(char *const *texts, size_t count)
{
    size_t size = 1;
    char *joined;

    for (size_t i = 0; i < count; i++)
        size += strlen(texts[i]) + 2;
    joined = calloc(size, 1);
    for (size_t i = 0; i < count && joined != NULL; i++) {
        strcat(joined, i > 0 ? ", " : "");
        strcat(joined, texts[i]);
    }
    return joined;
}

static enum status note_differences(const struct figures *before, const struct figures *now,
                                    struct restatement_figures *restatement, struct error *error)
{
    restatement->total_before = before->unique == now->unique ? before->total : -1;
    restatement->was_provisional = !figures_are_complete(before) && figures_are_complete(now);
    restatement->names_changed = !same_names(before, now);
    restatement->geoip_changed = !same_texts(before->geoip_builds, before->geoip_build_count,
                                             now->geoip_builds, now->geoip_build_count);
    if (same_texts(before->patterns, before->pattern_count, now->patterns, now->pattern_count))
        return STATUS_OK;
    restatement->patterns_before = join(before->patterns, before->pattern_count);
    return restatement->patterns_before == NULL ? stats_out_of_memory(error) : STATUS_OK;
}

/* ---- all of it */

static enum status copy_months(const struct edition_changes *changes,
                               struct restatement_figures *restatement, struct error *error)
{
    restatement->months = calloc(changes->month_count + 1, sizeof(*restatement->months));
    if (restatement->months == NULL)
        return stats_out_of_memory(error);
    if (changes->month_count > 0)
        memcpy(restatement->months, changes->months,
               changes->month_count * sizeof(*restatement->months));
    restatement->month_count = changes->month_count;
    return STATUS_OK;
}

enum status edition_restate(const struct edition *edition, const struct figures *before,
                            const struct edition_changes *changes, struct figures *now,
                            bool *differs, struct error *error)
{
    struct restatement_figures *restatement = calloc(1, sizeof(*restatement));
    enum status status;

    if (restatement == NULL)
        return stats_out_of_memory(error);
    now->edition->restatement = restatement;
    restatement->replaces = edition->number;
    restatement->replaces_withdrawn = edition->withdrawn != NULL;
    restatement->replaces_published = strdup(edition->published);
    if (restatement->replaces_published == NULL)
        return stats_out_of_memory(error);
    status = note_differences(before, now, restatement, error);
    if (status == STATUS_OK)
        status = copy_months(changes, restatement, error);
    if (status == STATUS_OK)
        status = list_dimensions(changes, now, restatement, error);
    if (status == STATUS_OK)
        *differs = changes->count > 0 || restatement->patterns_before != NULL ||
                   restatement->names_changed || restatement->geoip_changed ||
                   !same_states(before, now);
    return status;
}
