#include "ingest/kafka/presence.h"

#include <stdio.h>
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
    presence->answered_ms = atomic_load(&client->answered_ms);
}

void presence_note_error(struct presence *presence, rd_kafka_resp_err_t error, const char *reason)
{
    if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        snprintf(presence->reason, sizeof(presence->reason), "%s", reason);
    else if (presence->lost_ms == 0)
        presence->lost_ms = clock_ms(CLOCK_BOOTTIME);
}

/* Why librdkafka thinks so, unless it has said nothing. Its reasons differ from broker to broker,
 * and are its own lines of the log; ours is one. */
static void begin_outage(struct presence *presence)
{
    if (!outage_is_on(&presence->outage))
        outage_begin(&presence->outage,
                     *presence->reason == '\0' ? "they are silent" : presence->reason);
}

static int64_t later_of(int64_t one, int64_t other)
{
    return one > other ? one : other;
}

void presence_look(struct presence *presence, const struct client *client, bool joining)
{
    int64_t answered_ms = atomic_load(&client->answered_ms);
    int64_t now_ms = clock_ms(CLOCK_BOOTTIME);

    if (joining || now_ms - presence->looked_ms > LOOK_MAX_MS)
        presence->since_ms = now_ms;
    presence->looked_ms = now_ms;
    if (answered_ms > presence->answered_ms) {
        presence->answered_ms = answered_ms;
        presence->lost_ms = 0;
        *presence->reason = '\0';
        outage_end(&presence->outage);
    }
    if (now_ms - later_of(presence->since_ms, answered_ms) >= presence->patience_ms ||
        (presence->lost_ms != 0 && now_ms - presence->lost_ms >= PRESENCE_LOST_MS))
        begin_outage(presence);
}
