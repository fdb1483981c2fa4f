#include "stats/change.h"

/* A count of 64 bits times 200. */
__extension__ typedef __int128 wide;

static struct change in_times(int64_t before, int64_t after)
{
    int64_t times = after / before;
    bool exactly = after % before == 0;

    if (times > CHANGE_TIMES_MAX || (times == CHANGE_TIMES_MAX && !exactly))
        return (struct change){.kind = CHANGE_COUNTS, .rose = true};
    return (struct change){.kind = CHANGE_TIMES,
                           .rose = true,
                           .amount = times,
                           .degree = exactly ? CHANGE_EXACTLY : CHANGE_MORE_THAN};
}

struct change change_of(int64_t before, int64_t after)
{
    bool rose = after > before;
    wide difference = rose ? (wide)after - before : (wide)before - after;

    if (difference == 0)
        return (struct change){.kind = CHANGE_NONE};
    if (before < CHANGE_BASE_MIN)
        return (struct change){.kind = CHANGE_COUNTS, .rose = rose};
    if (difference * 2 == before && !rose)
        return (struct change){.kind = CHANGE_HALF};
    if (rose && after / 2 >= before)
        return in_times(before, after);

    int64_t percent = (int64_t)((difference * 200 + before) / ((wide)before * 2));

    if (rose && percent == 100)
        return (struct change){
            .kind = CHANGE_TIMES, .rose = true, .amount = 2, .degree = CHANGE_ALMOST};
    if (percent == 0 || percent == 100)
        return (struct change){.kind = CHANGE_COUNTS, .rose = rose};
    return (struct change){.kind = CHANGE_PERCENT, .rose = rose, .amount = percent};
}
