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

static int compare_lines(const void *left, const void *right)
{
    const struct line_figures *a = left;
    const struct line_figures *b = right;

    if (a->infections != b->infections)
        return a->infections < b->infections ? 1 : -1;
    return strcmp(a->value, b->value);
}

static bool is_unknown(enum dimension dimension, const char *value)
{
    const char *unknown =
        dimension == DIMENSION_COUNTRY ? COUNTRY_UNKNOWN : DIMENSION_VALUE_UNKNOWN;

    return strcmp(value, unknown) == 0;
}

bool shares_is_known(enum dimension dimension, const char *value)
{
    return !is_unknown(dimension, value) && strcmp(value, DIMENSION_VALUE_BEYOND) != 0;
}

size_t shares_cut(const int64_t *counts, size_t count, size_t top, int64_t minimum)
{
    size_t listed = count;
    int64_t left = 0;

    while (listed > 0 && counts[listed - 1] < minimum)
        listed--;
    for (size_t i = listed; i < count; i++)
        left += counts[i];
    /* Whoever subtracts all that any table may show from the total must not get a small one: so
     * what `top` leaves out, and another table may list, is no cover. */
    while (listed > 0 && listed < count && (count - listed < 2 || left < minimum)) {
        int64_t smallest = counts[listed - 1];

        for (; listed > 0 && counts[listed - 1] == smallest; listed--)
            left += smallest;
    }
    return listed < top ? listed : top;
}

/* Takes what is no known value out of the lines, into other, and adds up the total. */
static enum status add_up(struct dimension_figures *dimension, struct error *error)
{
    size_t count = dimension->line_count;
    size_t known = 0;

    dimension->total = 0;
    dimension->other = (struct other_figures){0};
    for (size_t i = 0; i < count; i++) {
        struct line_figures *line = &dimension->lines[i];

        if (line->infections < 0)
            return error_set(error, STATUS_FATAL,
                             "the count of %s %s is negative (%" PRId64 "): run 'kansen db verify'",
                             dimension_name(dimension->dimension), line->value, line->infections);
        if (__builtin_add_overflow(dimension->total, line->infections, &dimension->total))
            return error_set(error, STATUS_FATAL, "the counts add up to more than 64 bits hold");
    }
    for (size_t i = 0; i < count; i++) {
        struct line_figures *line = &dimension->lines[i];

        if (is_unknown(dimension->dimension, line->value))
            dimension->other.unknown = line->infections;
        else if (strcmp(line->value, DIMENSION_VALUE_BEYOND) == 0)
            dimension->other.beyond = line->infections;
        else if (line->infections > 0) {
            struct line_figures moved = *line;

            *line = dimension->lines[known];
            dimension->lines[known++] = moved;
        }
    }
    for (size_t i = known; i < count; i++)
        line_figures_clear(&dimension->lines[i]);
    dimension->line_count = known;
    return STATUS_OK;
}

int32_t shares_nearest(int64_t part, int64_t total)
{
    return total == 0 ? 0
                      : (int32_t)(((wide)part * SHARE_WHOLE * 2 + (wide)total) / ((wide)total * 2));
}

/* Of a part of other: never more than other's. */
static int32_t share_of_part(const struct dimension_figures *dimension, int64_t part)
{
    const struct other_figures *other = &dimension->other;
    int32_t nearest = shares_nearest(part, dimension->total);

    return part == other->infections || nearest > other->share ? other->share : nearest;
}

static void find_tie(struct dimension_figures *dimension)
{
    const struct line_figures *lines = dimension->lines;
    size_t first = dimension->ranked;
    size_t end = dimension->ranked;

    dimension->tie = (struct tie_figures){0};
    if (dimension->ranked == 0 || dimension->ranked == dimension->line_count)
        return;

    int64_t infections = lines[dimension->ranked - 1].infections;

    while (first > 0 && lines[first - 1].infections == infections)
        first--;
    while (end < dimension->line_count && lines[end].infections == infections)
        end++;
    if (end > dimension->ranked)
        dimension->tie =
            (struct tie_figures){.values = end - first, .listed = dimension->ranked - first};
}

/* Ranks the lines, which are in order, and drops those that nobody may see. */
static enum status cut(struct dimension_figures *dimension, size_t top, int64_t minimum,
                       struct error *error)
{
    size_t count = dimension->line_count;
    int64_t *counts = calloc(count + 1, sizeof(*counts));
    size_t most = top < FIGURES_TOP_MAX ? top : FIGURES_TOP_MAX;

    if (counts == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; i < count; i++)
        counts[i] = dimension->lines[i].infections;
    dimension->ranked = shares_cut(counts, count, most, minimum);

    size_t open = shares_cut(counts, count, count, minimum);

    free(counts);
    while (dimension->line_count > open)
        line_figures_clear(&dimension->lines[--dimension->line_count]);
    dimension->other.values = count - dimension->ranked;
    dimension->other.suppressed = count - dimension->line_count;
    return STATUS_OK;
}

static void split(struct dimension_figures *dimension)
{
    int64_t parts[SHARES_LINES_MAX];
    int32_t shares[SHARES_LINES_MAX];
    size_t ranked = dimension->ranked;

    parts[ranked] = dimension->total;
    for (size_t i = 0; i < ranked; i++) {
        parts[i] = dimension->lines[i].infections;
        parts[ranked] -= parts[i];
    }
    shares_split(parts, ranked + 1, shares);
    for (size_t i = 0; i < dimension->line_count; i++)
        dimension->lines[i].share = i < ranked ? shares[i] : 0;
    dimension->other.infections = parts[ranked];
    dimension->other.share = shares[ranked];
    dimension->other.unknown_share = share_of_part(dimension, dimension->other.unknown);
    dimension->other.beyond_share = share_of_part(dimension, dimension->other.beyond);
}

enum status shares_rank(struct dimension_figures *dimension, size_t top, int64_t minimum,
                        struct error *error)
{
    enum status status = add_up(dimension, error);

    if (status != STATUS_OK)
        return status;
    if (dimension->line_count > 0)
        qsort(dimension->lines, dimension->line_count, sizeof(*dimension->lines), compare_lines);
    status = cut(dimension, top, minimum, error);
    if (status != STATUS_OK)
        return status;
    split(dimension);
    find_tie(dimension);
    while (dimension->line_count > FIGURES_TOP_MAX)
        line_figures_clear(&dimension->lines[--dimension->line_count]);
    return STATUS_OK;
}

bool shares_exceeds(int64_t part, int64_t total, int percent)
{
    return (wide)part * 100 > (wide)total * (wide)percent;
}
