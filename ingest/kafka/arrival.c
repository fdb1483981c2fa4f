#include "ingest/kafka/arrival.h"

#include "ingest/kafka/broker_query.h"
#include "kansen/clock.h"
#include "kansen/outage.h"

/* For the answer to the first question: whoever is refused at once hears it soon. */
#define FIRST_ANSWER_MS 2000

/* Between two looks for the topic. */
#define RETRY_MS 1000

/* Goes on while the machine is suspended. */
static int64_t now_ms(void)
{
    return clock_ms(CLOCK_BOOTTIME);
}

static int shorter(int64_t left_ms, int attempt)
{
    int64_t patience_ms = attempt == 0 ? FIRST_ANSWER_MS : BROKER_ANSWER_MS;

    return (int)(left_ms < patience_ms ? left_ms : patience_ms);
}

/* Refuses a broker us, or we it? Who begins is told so and has to be mended; of who was taken
 * before it is an outage like any other: passwords are changed, certificates renewed. */
static enum status look_for_refusal(const struct arrival *arrival, struct outage *outage,
                                    struct error *error)
{
    if (!client_is_refused(arrival->client, error))
        outage_begin(outage, "they are not there, or take connections and are silent");
    else if (!arrival->taken_before)
        return STATUS_REJECT;
    else {
        outage_begin(outage, error->message);
        *arrival->outdated =
            credentials_tls_has_changed(&arrival->client->credentials, arrival->client->kafka);
    }
    return STATUS_OK;
}

enum status arrival_of_brokers(const struct arrival *arrival, char **cluster, struct error *error)
{
    struct outage outage = outage_of(arrival->logger, "no answer from the Kafka brokers, waiting",
                                     "the Kafka brokers answer", "brokers", arrival->brokers);
    int64_t until_ms = now_ms() + (int64_t)arrival->wait_s * 1000;
    enum status status = STATUS_OK;

    outage.witness = health_witness(arrival->health, WAIT_BROKERS);
    *cluster = NULL;
    for (int attempt = 0; *cluster == NULL && !*arrival->stop; attempt++) {
        int64_t left_ms = arrival->until_end ? until_ms - now_ms() : BROKER_ANSWER_MS;

        watchdog_feed(arrival->watchdog, "asking the Kafka brokers who they are");
        if (attempt > 0)
            status = look_for_refusal(arrival, &outage, error);
        if (status != STATUS_OK || *arrival->outdated)
            return status;
        if (left_ms <= 0)
            return error_set(error, STATUS_RETRY, "no answer from the Kafka brokers %s within %d s",
                             arrival->brokers, arrival->wait_s);
        *cluster = broker_query_cluster_id(arrival->client->kafka, shorter(left_ms, attempt));
    }
    if (*cluster != NULL)
        outage_end(&outage);
    return STATUS_OK;
}

void arrival_of_topic(const struct arrival *arrival)
{
    struct outage outage = outage_of(arrival->logger, "the topic can't be read, waiting",
                                     "the topic is there", "topic", arrival->topic);
    struct error error;

    outage.witness = health_witness(arrival->health, WAIT_TOPIC);
    while (!*arrival->stop) {
        watchdog_feed(arrival->watchdog, "asking the Kafka brokers for the topic");
        if (broker_query_topic(arrival->client->kafka, arrival->topic, &error) == STATUS_OK) {
            outage_end(&outage);
            return;
        }
        outage_begin(&outage, error.message);
        clock_rest(RETRY_MS);
        pipeline_tick(arrival->pipeline);
    }
}
