#include "ingest/kafka/presence.h"

#include <stdlib.h>

#include "kansen/clock.h"

/* Between two looks, when the loop has its usual turns. */
#define LOOK_MAX_MS 2000

/* A number of milliseconds among the client's properties. */
static int64_t property_ms(rd_kafka_t *kafka, const char *name)
{
    char text[32] = "0";
    size_t size = sizeof(text);

    if (rd_kafka_conf_get(rd_kafka_conf(kafka), name, text, &size) != RD_KAFKA_CONF_OK)
        return 0;
    return strtoll(text, NULL, 10);
}

void presence_begin(struct presence *presence, const struct client *client)
{
    presence->patience_ms =
        PRESENCE_SILENCE_MS + property_ms(client->kafka, "heartbeat.interval.ms");
    presence->since_ms = presence->looked_ms = clock_ms(CLOCK_BOOTTIME);
}

bool presence_is_concerned(rd_kafka_resp_err_t error)
{
    return error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || error == RD_KAFKA_RESP_ERR__TRANSPORT ||
           error == RD_KAFKA_RESP_ERR__RESOLVE || error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
           error == RD_KAFKA_RESP_ERR__SSL || error == RD_KAFKA_RESP_ERR__AUTHENTICATION;
}

void presence_note_lost(struct presence *presence, const char *reason)
{
    presence->lost_ms = clock_ms(CLOCK_BOOTTIME);
    outage_begin(&presence->outage, reason);
}

void presence_look(struct presence *presence, const struct client *client)
{
    int64_t answered_ms = atomic_load(&client->answered_ms);
    int64_t now_ms = clock_ms(CLOCK_BOOTTIME);

    if (now_ms - presence->looked_ms > LOOK_MAX_MS)
        presence->since_ms = now_ms;
    presence->looked_ms = now_ms;
    if (answered_ms > presence->since_ms)
        presence->since_ms = answered_ms;
    if (now_ms - presence->since_ms >= presence->patience_ms)
        outage_begin(&presence->outage, "no answer for some time");
    else if (answered_ms > presence->lost_ms && answered_ms == presence->since_ms)
        outage_end(&presence->outage);
}
