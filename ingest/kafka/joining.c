#include "ingest/kafka/joining.h"

#include <stddef.h>
#include <stdlib.h>

void joining_begin(struct joining *joining, int64_t now_ms)
{
    joining->answered = false;
    joining->said = false;
    joining->since_ms = now_ms;
}

void joining_end(struct joining *joining, int64_t now_ms)
{
    if (joining->said)
        log_write(joining->logger, LOG_LEVEL_INFO, "the group has answered",
                  LOG_INT("after_s", (now_ms - joining->since_ms) / 1000), "group", joining->group,
                  NULL);
    joining->answered = true;
    joining->said = false;
}

/* A number of milliseconds among the client's properties, in seconds. */
static int64_t property_s(rd_kafka_t *kafka, const char *name)
{
    char text[32] = "0";
    size_t size = sizeof(text);

    if (rd_kafka_conf_get(rd_kafka_conf(kafka), name, text, &size) != RD_KAFKA_CONF_OK)
        return 0;
    return strtoll(text, NULL, 10) / 1000;
}

/* Members of a group have the same properties, as a rule: ours say how long it may wait for them.
 */
static void say(struct joining *joining, rd_kafka_t *kafka)
{
    joining->said = true;
    log_write(joining->logger, LOG_LEVEL_WARNING,
              "the group gives this worker no partitions yet, waiting", "group", joining->group,
              "for",
              "a worker that died, until its session ends, or one that still stores what it read",
              LOG_INT("dead_at_most_s", property_s(kafka, "session.timeout.ms")),
              LOG_INT("storing_at_most_s", property_s(kafka, "max.poll.interval.ms")), NULL);
}

bool joining_may_go_on(struct joining *joining, rd_kafka_t *kafka, int64_t now_ms)
{
    int64_t waited_ms = now_ms - joining->since_ms;

    if (joining->answered)
        return true;
    if (waited_ms >= JOINING_SAY_AFTER_MS && !joining->said)
        say(joining, kafka);
    if (waited_ms < JOINING_MAX_MS)
        return true;
    log_write(joining->logger, LOG_LEVEL_WARNING, "the group does not answer, joining anew",
              "group", joining->group, NULL);
    return false;
}
