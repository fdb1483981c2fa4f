#include "stats/monthly.h"

#include <inttypes.h>
#include <stdlib.h>

enum status monthly_check_window(month_t from, month_t to, struct error *error)
{
    char first[MONTH_TEXT_SIZE];
    char last[MONTH_TEXT_SIZE];

    if (from > to)
        return error_set(error, STATUS_REJECT, "the window's first month %s is after its last, %s",
                         month_format(from, first), month_format(to, last));
    if (to - from >= FIGURES_MONTHS_MAX)
        return error_set(error, STATUS_REJECT,
                         "the window %s to %s has %d months; the most that one report shows is %d",
                         month_format(from, first), month_format(to, last), to - from + 1,
                         FIGURES_MONTHS_MAX);
    return STATUS_OK;
}

enum status monthly_init(struct figures *figures, struct error *error)
{
    size_t count = (size_t)(figures->to - figures->from) + 1;
    struct month_figures *months = calloc(count, sizeof(*months));

    if (months == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; i < count; i++)
        months[i] = (struct month_figures){.month = figures->from + (month_t)i, .active = -1};
    figures->months = months;
    figures->month_count = count;
    figures->months_infections = 0;
    figures->months_detections = 0;
    return STATUS_OK;
}

enum status monthly_add(struct figures *figures, const struct month_figures *counts,
                        struct error *error)
{
    char text[MONTH_TEXT_SIZE];

    if (counts->month < figures->from || counts->month > figures->to)
        return error_set(error, STATUS_FATAL, "counts of %s are outside the window",
                         month_format(counts->month, text));
    if (counts->infections < 0 || counts->detections < 0)
        return error_set(error, STATUS_FATAL,
                         "the counts of %s are negative (%" PRId64 " infections, %" PRId64
                         " detections): run 'kansen db verify'",
                         month_format(counts->month, text), counts->infections, counts->detections);

    struct month_figures *row = &figures->months[counts->month - figures->from];

    if (__builtin_add_overflow(figures->months_infections, counts->infections,
                               &figures->months_infections) ||
        __builtin_add_overflow(figures->months_detections, counts->detections,
                               &figures->months_detections))
        return error_set(error, STATUS_FATAL, "the counts add up to more than 64 bits hold");
    row->infections += counts->infections;
    row->detections += counts->detections;
    return STATUS_OK;
}
