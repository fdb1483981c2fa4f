#include "stats/shares.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A count of 64 bits times SHARE_WHOLE. */
__extension__ typedef __int128 wide;

void shares_split(const int64_t *parts, size_t count, int32_t *shares)
{
    int64_t remainders[SHARES_LINES_MAX];
    int64_t total = 0;
    int32_t left = SHARE_WHOLE;

    for (size_t i = 0; i < count; i++)
        total += parts[i];
    for (size_t i = 0; i < count; i++) {
        wide scaled = (wide)parts[i] * SHARE_WHOLE;

        shares[i] = total == 0 ? 0 : (int32_t)(scaled / (wide)total);
        remainders[i] = total == 0 ? 0 : (int64_t)(scaled % (wide)total);
        left -= shares[i];
    }
    /* The remainders add up to left * total and each is below total, so there are more lines with
     * a remainder than hundredths to give: an empty line never gets one. */
    for (; total > 0 && left > 0; left--) {
        size_t largest = 0;

        for (size_t i = 1; i < count; i++)
            if (remainders[i] > remainders[largest])
                largest = i;
        shares[largest]++;
        remainders[largest] = 0;
    }
}

static int compare_countries(const void *left, const void *right)
{
    const struct country_figures *a = left;
    const struct country_figures *b = right;

    if (a->infections != b->infections)
        return a->infections < b->infections ? 1 : -1;
    return strcmp(a->country, b->country);
}

/* Takes COUNTRY_UNKNOWN out of the countries, into other.unknown, and adds up the total. */
static enum status add_up(struct figures *figures, struct error *error)
{
    size_t known = 0;

    figures->total = 0;
    figures->other = (struct other_figures){0};
    for (size_t i = 0; i < figures->country_count; i++) {
        struct country_figures line = figures->countries[i];

        if (line.infections < 0)
            return error_set(error, STATUS_FATAL,
                             "the count of country %s is negative (%" PRId64
                             "): run 'kansen db verify'",
                             line.country, line.infections);
        if (__builtin_add_overflow(figures->total, line.infections, &figures->total))
            return error_set(error, STATUS_FATAL, "the counts add up to more than 64 bits hold");
        if (strcmp(line.country, COUNTRY_UNKNOWN) == 0)
            figures->other.unknown = line.infections;
        else if (line.infections > 0)
            figures->countries[known++] = line;
    }
    figures->country_count = known;
    return STATUS_OK;
}

static int32_t unknown_share(const struct figures *figures)
{
    const struct other_figures *other = &figures->other;

    if (other->unknown == other->infections)
        return other->share;

    wide total = (wide)figures->total;
    wide nearest = ((wide)other->unknown * SHARE_WHOLE * 2 + total) / (total * 2);

    return nearest < (wide)other->share ? (int32_t)nearest : other->share;
}

static void find_tie(struct figures *figures)
{
    size_t first = figures->ranked;
    size_t end = figures->ranked;

    figures->tie = (struct tie_figures){0};
    if (figures->ranked == 0 || figures->ranked == figures->country_count)
        return;

    int64_t infections = figures->countries[figures->ranked - 1].infections;

    while (first > 0 && figures->countries[first - 1].infections == infections)
        first--;
    while (end < figures->country_count && figures->countries[end].infections == infections)
        end++;
    if (end > figures->ranked)
        figures->tie =
            (struct tie_figures){.countries = end - first, .listed = figures->ranked - first};
}

enum status shares_rank(struct figures *figures, size_t top, struct error *error)
{
    int64_t parts[SHARES_LINES_MAX];
    int32_t shares[SHARES_LINES_MAX];
    enum status status = add_up(figures, error);

    if (status != STATUS_OK)
        return status;
    if (figures->country_count > 0)
        qsort(figures->countries, figures->country_count, sizeof(*figures->countries),
              compare_countries);

    size_t ranked = top < FIGURES_TOP_MAX ? top : FIGURES_TOP_MAX;

    if (ranked > figures->country_count)
        ranked = figures->country_count;
    parts[ranked] = figures->total;
    for (size_t i = 0; i < ranked; i++) {
        parts[i] = figures->countries[i].infections;
        parts[ranked] -= parts[i];
    }
    shares_split(parts, ranked + 1, shares);
    for (size_t i = 0; i < figures->country_count; i++)
        figures->countries[i].share = i < ranked ? shares[i] : 0;
    figures->ranked = ranked;
    find_tie(figures);
    figures->other.infections = parts[ranked];
    figures->other.share = shares[ranked];
    figures->other.countries = figures->country_count - ranked;
    figures->other.unknown_share = unknown_share(figures);
    return STATUS_OK;
}

bool shares_exceeds(int64_t part, int64_t total, int percent)
{
    return (wide)part * 100 > (wide)total * (wide)percent;
}
