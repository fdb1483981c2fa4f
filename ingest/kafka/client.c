#include "ingest/kafka/client.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509.h>

#include "ingest/kafka/assignment.h"
#include "kansen/clock.h"
#include "kansen/outage.h"
#include "kansen/thread.h"

/* Kafka's number of the metadata request. */
#define API_METADATA 3

/* Bounds of ending: for the offsets to be committed, for the group to be left, for librdkafka to
 * destroy its threads. Each takes well below a second when brokers answer. */
#define COMMIT_MS 5000
#define CLOSE_MS 10000
#define DESTROY_MS 10000

/* Once librdkafka has been quiet for so long, its next line is news again. */
#define QUIET_MS 60000

/* Between two looks at a bound. */
#define POLL_MS 100

/* What librdkafka's threads may touch as long as they live. */
struct handle {
    struct client client;
    struct client_settings settings;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct outage told; /* what librdkafka has said, again and again, since it was last quiet */
    int64_t said_at_ms;
    char refusal[512]; /* what the last broker said that refused us, or we it; "" for none */
    bool is_asked;     /* whoever polls at the moment will hear of refusals by client_is_refused */
    char disbelief[128]; /* why its certificate was not believed; "" when it was not that */
    bool ending;         /* whoever owns it listens no more */
    bool destroyed;      /* the thread that ends the client is done with it */
    bool left_behind;    /* nobody waits for that */
};

static struct handle *handle_of(struct client *client)
{
    return (struct handle *)((char *)client - offsetof(struct handle, client));
}

static void free_handle(struct handle *handle)
{
    pthread_cond_destroy(&handle->changed);
    pthread_mutex_destroy(&handle->lock);
    free(handle);
}

/* ---- callbacks */

/* What differs each time stands behind it: after how long, and how often the same was not said. */
#define TEXT_TAIL " (after "

static bool is_news(struct handle *handle, const char *text)
{
    int64_t now_ms = clock_ms(CLOCK_MONOTONIC);
    char head[512];
    char *tail;
    bool news;

    snprintf(head, sizeof(head), "%s", text);
    tail = strstr(head, TEXT_TAIL);
    if (tail != NULL)
        *tail = '\0';

    pthread_mutex_lock(&handle->lock);
    if (now_ms - handle->said_at_ms > QUIET_MS)
        handle->told.told = 0;
    handle->said_at_ms = now_ms;
    news = outage_note(&handle->told, head);
    pthread_mutex_unlock(&handle->lock);
    return news;
}

/* In any thread. librdkafka says the same at every attempt to reach a broker that is away. */
static void on_log(const rd_kafka_t *kafka, int level, const char *facility, const char *text)
{
    struct handle *handle = rd_kafka_opaque(kafka);

    if (!is_news(handle, text))
        return;
    /* syslog's levels: 3 is an error. */
    log_write(handle->settings.logger, level <= 3 ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING,
              "librdkafka", "facility", facility, "text", text, NULL);
}

static void on_error(rd_kafka_t *kafka, int code, const char *reason, void *opaque)
{
    struct handle *handle = opaque;

    (void)kafka;
    if (credentials_are_refused((rd_kafka_resp_err_t)code, reason)) {
        pthread_mutex_lock(&handle->lock);
        snprintf(handle->refusal, sizeof(handle->refusal), "%s", reason);
        pthread_mutex_unlock(&handle->lock);
    }
    if (!handle->ending && !handle->is_asked)
        handle->settings.on_error(handle->settings.context, (rd_kafka_resp_err_t)code, reason);
}

/* In a thread of librdkafka, which has looked at the certificate itself and says no more than that
 * it failed; here the cause is known. 0 refuses it. */
static int on_certificate(rd_kafka_t *kafka, const char *broker, int32_t broker_id, int *x509_error,
                          int depth, const char *certificate, size_t size, char *why,
                          size_t why_size, void *opaque)
{
    struct handle *handle = opaque;

    (void)kafka, (void)broker, (void)broker_id, (void)depth, (void)certificate, (void)size;
    if (*x509_error == X509_V_OK)
        return 1;
    snprintf(why, why_size, "%s", X509_verify_cert_error_string(*x509_error));
    pthread_mutex_lock(&handle->lock);
    snprintf(handle->disbelief, sizeof(handle->disbelief), "%s", why);
    pthread_mutex_unlock(&handle->lock);
    return 0;
}

static void on_rebalance(rd_kafka_t *kafka, rd_kafka_resp_err_t event,
                         rd_kafka_topic_partition_list_t *partitions, void *opaque)
{
    const struct client_settings *settings = &((struct handle *)opaque)->settings;

    (void)kafka;
    settings->on_rebalance(settings->context, event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS,
                           partitions);
}

/* In a thread of librdkafka. Requests that nobody answers in time end here, too. */
static rd_kafka_resp_err_t on_response(rd_kafka_t *kafka, int socket, const char *broker,
                                       int32_t broker_id, int16_t api, int16_t version, int32_t id,
                                       size_t size, int64_t round_trip_us, rd_kafka_resp_err_t err,
                                       void *opaque)
{
    struct handle *handle = opaque;

    (void)kafka, (void)socket, (void)broker, (void)broker_id, (void)version, (void)id;
    (void)size, (void)round_trip_us;
    if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    atomic_store(&handle->client.answered_ms, clock_ms(CLOCK_BOOTTIME));
    if (api == API_METADATA)
        atomic_store(&handle->client.metadata_came, true);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *kafka, const rd_kafka_conf_t *conf, void *opaque,
                                  char *why, size_t why_size)
{
    (void)conf, (void)why, (void)why_size;
    return rd_kafka_interceptor_add_on_response_received(kafka, "kansen", on_response, opaque);
}

/* ---- making */

static bool has_instance_id(rd_kafka_t *kafka)
{
    size_t size = 0; /* with the terminating byte */

    return rd_kafka_conf_get(rd_kafka_conf(kafka), "group.instance.id", NULL, &size) ==
               RD_KAFKA_CONF_OK &&
           size > 1;
}

static enum status create(struct handle *handle, struct error *error)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[512];
    enum status status =
        properties_apply(conf, PROPERTIES_CONSUMER, &handle->settings.properties, error);

    if (status != STATUS_OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    rd_kafka_conf_set_opaque(conf, handle);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_ssl_cert_verify_cb(conf, on_certificate);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    rd_kafka_conf_interceptor_add_on_new(conf, "kansen", on_new, handle);
    handle->client.kafka = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof(why));
    if (handle->client.kafka == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_set(error, STATUS_REJECT, "Kafka: %s", why);
    }
    handle->client.is_static = has_instance_id(handle->client.kafka);
    rd_kafka_poll_set_consumer(handle->client.kafka);
    status = credentials_begin(&handle->client.credentials, handle->client.kafka,
                               &handle->settings.properties.files, handle->settings.logger, error);
    if (status != STATUS_OK)
        rd_kafka_destroy(handle->client.kafka);
    return status;
}

enum status client_new(const struct client_settings *settings, struct client **out,
                       struct error *error)
{
    struct handle *handle = calloc(1, sizeof(*handle));
    pthread_condattr_t attributes;
    enum status status;

    if (handle == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    handle->settings = *settings;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&handle->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&handle->lock, NULL);
    status = create(handle, error);
    if (status != STATUS_OK) {
        free_handle(handle);
        return status;
    }
    *out = &handle->client;
    return STATUS_OK;
}

static bool take_refusal(struct handle *handle, struct error *error)
{
    bool refused;

    pthread_mutex_lock(&handle->lock);
    refused = *handle->refusal != '\0';
    if (refused)
        error_set(error, STATUS_REJECT, "Kafka: %s%s%s", handle->disbelief,
                  *handle->disbelief == '\0' ? "" : ": ", handle->refusal);
    *handle->refusal = '\0';
    pthread_mutex_unlock(&handle->lock);
    return refused;
}

bool client_is_refused(struct client *client, struct error *error)
{
    rd_kafka_message_t *event;

    credentials_tick(&client->credentials, client->kafka);
    handle_of(client)->is_asked = true;
    while ((event = rd_kafka_consumer_poll(client->kafka, 0)) != NULL)
        rd_kafka_message_destroy(event);
    handle_of(client)->is_asked = false;
    return take_refusal(handle_of(client), error);
}

bool client_is_outdated(struct client *client, struct error *error)
{
    credentials_tick(&client->credentials, client->kafka);
    return take_refusal(handle_of(client), error) &&
           credentials_tls_has_changed(&client->credentials, client->kafka);
}

void client_commit(struct client *client, const rd_kafka_topic_partition_list_t *offsets)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client->kafka);
    rd_kafka_event_t *event = NULL;

    if (rd_kafka_commit_queue(client->kafka, offsets, queue, NULL, NULL) ==
        RD_KAFKA_RESP_ERR_NO_ERROR)
        event = rd_kafka_queue_poll(queue, COMMIT_MS);
    if (event != NULL)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
}

/* ---- ending: in a thread of its own, which may never be done */

/* Messages and errors that come now are dropped. Partitions are nobody's any more; only librdkafka
 * has to be told so. */
static void serve(rd_kafka_t *kafka, rd_kafka_queue_t *queue)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, POLL_MS);
    struct error error;

    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE)
        (void)!assignment_fetch(kafka, NULL, &error);
    rd_kafka_event_destroy(event);
}

static void leave_group(rd_kafka_t *kafka)
{
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);
    rd_kafka_error_t *failure = rd_kafka_consumer_close_queue(kafka, queue);
    int64_t deadline_ms = clock_ms(CLOCK_MONOTONIC) + CLOSE_MS;

    while (failure == NULL && !rd_kafka_consumer_closed(kafka) &&
           clock_ms(CLOCK_MONOTONIC) < deadline_ms)
        serve(kafka, queue);
    if (failure != NULL)
        rd_kafka_error_destroy(failure);
    rd_kafka_queue_destroy(queue);
}

static void *end(void *argument)
{
    struct handle *handle = argument;
    bool left_behind;

    leave_group(handle->client.kafka);
    rd_kafka_destroy_flags(handle->client.kafka, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    pthread_mutex_lock(&handle->lock);
    handle->destroyed = true;
    left_behind = handle->left_behind;
    pthread_cond_signal(&handle->changed);
    pthread_mutex_unlock(&handle->lock);
    if (left_behind)
        free_handle(handle);
    return NULL;
}

/* Waits for the thread; false, once it is nobody's any more, when it takes too long. */
static bool await_end(struct handle *handle)
{
    struct timespec deadline;
    bool destroyed;
    int waited = 0;

    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += (CLOSE_MS + DESTROY_MS) / 1000;
    pthread_mutex_lock(&handle->lock);
    while (!handle->destroyed && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&handle->changed, &handle->lock, &deadline);
    destroyed = handle->destroyed;
    handle->left_behind = !destroyed;
    pthread_mutex_unlock(&handle->lock);
    return destroyed;
}

bool client_end(struct client *client)
{
    struct handle *handle;
    const struct logger *logger;
    pthread_t thread;

    if (client == NULL)
        return true;
    handle = handle_of(client);
    logger = handle->settings.logger;
    handle->ending = true;
    if (thread_start(&thread, end, handle) != 0) {
        end(handle);
        free_handle(handle);
        return true;
    }
    if (await_end(handle)) {
        pthread_join(thread, NULL);
        free_handle(handle);
        return true;
    }
    pthread_detach(thread);
    log_write(logger, LOG_LEVEL_WARNING,
              "librdkafka's client does not end and is left behind; nothing of ours is in it",
              NULL);
    return false;
}
