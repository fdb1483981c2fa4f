#include "watch/watch.h"

#include <string.h>

#include "kansen/clock.h"

void watch_init(struct watch *watch, const struct watch_settings *settings)
{
    memset(watch, 0, sizeof(*watch));
    watch->settings = *settings;
    watch->started_us = clock_us(CLOCK_REALTIME);
    health_init(&watch->health);
    partition_board_init(&watch->partitions);
}

void watch_clear(struct watch *watch)
{
    partition_board_clear(&watch->partitions);
    health_clear(&watch->health);
}
