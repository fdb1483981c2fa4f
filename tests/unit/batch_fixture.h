/* A batch, and events for it. */
#ifndef KANSEN_TESTS_BATCH_FIXTURE_H
#define KANSEN_TESTS_BATCH_FIXTURE_H

#include <string.h>

#include "ingest/store/batch.h"

static struct batch *batch;
static struct origin origin = {.source = "kafka:test", .topic = "detections", .partition = 3};

static struct slice slice_of(const char *text)
{
    return (struct slice){text, strlen(text)};
}

/* An event of its own for each number. */
static struct event event_of(uint32_t number)
{
    struct event event = {.time_us = 1700000000000000,
                          .name = slice_of("WORM.A"),
                          .vendor = slice_of("Example"),
                          .action = slice_of("cleaned"),
                          .address_family = ADDRESS_IPV4,
                          .address = {192, 0, 2, 1},
                          .country = "JP",
                          .has_own_country = 1};

    memcpy(event.device, &number, sizeof(number));
    memcpy(event.id, "0123456789abcdef", 16);
    return event;
}

static struct message message_of(int64_t offset, const char *value)
{
    return (struct message){
        .origin = &origin, .offset = offset, .key = slice_of("key"), .value = slice_of(value)};
}

static bool add(const struct event *event, int64_t offset)
{
    struct message message = message_of(offset, "{}");

    return batch_add_event(batch, event, &message);
}

#endif
