#include "dead_letters/relay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <librdkafka/rdkafka.h>

#include "dead_letters/reader.h"
#include "ingest/event/rejection.h"
#include "ingest/kafka/hearsay.h"
#include "ingest/kafka/properties.h"
#include "kansen/clock.h"
#include "kansen/outage.h"
#include "sql/array.h"
#include "sql/embedded.h"

#define CREATE_IT "; create the topic, or name another one with --topic"

/* For a broker to answer the first question, when following; then it is asked again. */
#define BROKER_TIMEOUT_MS 15000

/* Between two looks at the delivery reports. */
#define POLL_MS 100

/* Pauses of a relay that follows: when there is nothing to do, and when Kafka or PostgreSQL is
 * away. */
#define IDLE_MS 500
#define RETRY_MS 1000

/* A relay that follows looks for dead letters behind the last one it saw, and this often for those
 * that were numbered before but committed after it. */
#define WHOLE_PASS_MS 30000

/* For acknowledgements once the relay was told to stop. */
#define STOP_MS 10000

#define HEADER_PREFIX "__connect.errors."
#define NUMBER_SIZE 24

/* What became of a dead letter of the chunk; Kafka's own errors are positive or negative. */
struct sent {
    int64_t dead_letter_id;
    bool reported;
    rd_kafka_resp_err_t result;
};

struct relay {
    const struct relay_settings *settings;
    struct relay_totals *totals;
    struct db *db;                  /* NULL: not connected */
    rd_kafka_t *kafka;              /* NULL: no producer */
    struct credentials credentials; /* of it */
    char *cluster;                  /* librdkafka's memory; NULL: not known yet */
    char relay_id[NUMBER_SIZE];
    struct dead_letter_reader dead_letters;
    struct sent *sent; /* one a row of dead letters */
    int sent_count;
    int sent_size;
    bool begin_pass; /* the next chunk is the first of a pass over all dead letters */
    bool first_pass; /* which tries again what was refused by an earlier run */
    int64_t last;    /* number of the last dead letter of this pass */
    int64_t pass_at_ms;
    struct array ids;
    struct array refusals;
    struct outage outage; /* of whatever a relay that follows has to wait for */
    struct hearsay hearsay;
};

static int64_t now_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

/* ---- Kafka */

static void on_delivery(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque)
{
    struct sent *sent = message->_private;

    (void)kafka;
    (void)opaque;
    sent->reported = true;
    sent->result = message->err;
}

static void on_log(const rd_kafka_t *kafka, int level, const char *facility, const char *text)
{
    struct relay *relay = rd_kafka_opaque(kafka);

    hearsay_log(&relay->hearsay, level, facility, text);
}

static void on_error(rd_kafka_t *kafka, int code, const char *reason, void *opaque)
{
    struct relay *relay = opaque;

    (void)kafka;
    hearsay_error(&relay->hearsay, code, reason);
}

static enum status create_producer(struct relay *relay, struct error *error)
{
    const struct relay_settings *settings = relay->settings;
    const struct properties properties = {settings->brokers, NULL, settings->properties,
                                          settings->property_count, settings->files};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char why[512];
    enum status status = properties_apply(conf, PROPERTIES_RELAY, &properties, error);

    if (status != STATUS_OK) {
        rd_kafka_conf_destroy(conf);
        return status;
    }
    rd_kafka_conf_set_opaque(conf, relay);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    relay->kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
    if (relay->kafka == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_set(error, STATUS_REJECT, "Kafka: %s", why);
    }
    status = credentials_begin(&relay->credentials, relay->kafka, &settings->files,
                               settings->logger, error);
    if (status != STATUS_OK) {
        rd_kafka_destroy(relay->kafka);
        relay->kafka = NULL;
    }
    return status;
}

static void destroy_producer(struct relay *relay)
{
    if (relay->kafka == NULL)
        return;
    rd_kafka_mem_free(relay->kafka, relay->cluster);
    relay->cluster = NULL;
    rd_kafka_purge(relay->kafka, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_destroy(relay->kafka);
    relay->kafka = NULL;
}

/* ---- PostgreSQL */

static enum status read_relay(struct relay *relay, struct db_result *rows, struct error *error)
{
    const char *topic = relay->settings->topic;

    if (db_bool(rows, 0, 2))
        return error_set(
            error, STATUS_REJECT,
            "topic %s is read into this database: every dead letter would come back and be "
            "rejected again; choose another topic",
            topic);
    if (!db_bool(rows, 0, 1))
        return error_set(error, STATUS_RETRY, "another relay to topic %s is running", topic);
    snprintf(relay->relay_id, sizeof(relay->relay_id), "%s", db_text(rows, 0, 0));
    return STATUS_OK;
}

/* Our row of relay, and the lock that makes us its only one. Asked anew with each pass: a worker
 * may have begun to read the topic. */
static enum status take_relay(struct relay *relay, struct error *error)
{
    const char *const parameters[] = {relay->cluster, relay->settings->topic};
    struct db_result *rows = NULL;
    enum status status = db_query(relay->db, sql_relay_add, 2, parameters, NULL, error);

    if (status == STATUS_OK)
        status = db_query(relay->db, sql_relay_take, 2, parameters, &rows, error);
    if (status == STATUS_OK)
        status = read_relay(relay, rows, error);
    db_result_free(rows);
    return status;
}

static void disconnect(struct relay *relay)
{
    db_close(relay->db);
    relay->db = NULL;
    relay->begin_pass = true;
}

/* Who they are is the first question to the brokers. */
static enum status await_brokers(struct relay *relay, struct error *error)
{
    const struct relay_settings *settings = relay->settings;
    int64_t wait_ms = settings->follow ? BROKER_TIMEOUT_MS : (int64_t)settings->wait_s * 1000;
    int64_t until_ms = now_ms() + wait_ms;

    *relay->hearsay.refusal = '\0';
    while (relay->cluster == NULL && !*settings->stop && now_ms() < until_ms) {
        relay->cluster = rd_kafka_clusterid(relay->kafka, POLL_MS);
        rd_kafka_poll(relay->kafka, 0);
        /* Who begins has nothing to wait for. */
        if (relay->cluster == NULL && *relay->hearsay.refusal != '\0' && !relay->totals->answered)
            return error_set(error, STATUS_REJECT, "Kafka: %s", relay->hearsay.refusal);
    }
    if (relay->cluster == NULL)
        return error_set(error, STATUS_RETRY,
                         "no answer from the Kafka brokers %s within %" PRId64 " s",
                         settings->brokers, wait_ms / 1000);
    relay->totals->answered = true;
    return STATUS_OK;
}

/* Everything that sending needs, made where it is missing. */
static enum status prepare(struct relay *relay, struct error *error)
{
    enum status status = STATUS_OK;

    if (relay->kafka == NULL)
        status = create_producer(relay, error);
    else
        credentials_tick(&relay->credentials, relay->kafka);
    if (status == STATUS_OK && relay->cluster == NULL)
        status = await_brokers(relay, error);
    if (status == STATUS_OK && relay->db == NULL)
        status = db_open(relay->settings->conninfo, &relay->db, error);
    if (status != STATUS_OK || !relay->begin_pass)
        return status;
    status = take_relay(relay, error);
    if (status != STATUS_OK) {
        disconnect(relay);
        return status;
    }
    relay->begin_pass = false;
    relay->last = 0;
    relay->pass_at_ms = now_ms();
    return STATUS_OK;
}

/* ---- one dead letter */

static bool is_connects(const struct dead_letter_header *header)
{
    size_t length = strlen(HEADER_PREFIX);

    return header->name.length >= length && memcmp(header->name.data, HEADER_PREFIX, length) == 0;
}

static void add_context(rd_kafka_headers_t *headers, const char *name, const char *value)
{
    char whole[64];

    snprintf(whole, sizeof(whole), "%s%s", HEADER_PREFIX, name);
    rd_kafka_header_add(headers, whole, -1, value, -1);
}

/* The message's own headers, then those of Kafka Connect, all of them text as it writes them. Own
 * ones of that prefix were some other queue's: they would be taken for ours. */
static rd_kafka_headers_t *make_headers(const struct dead_letter *dead_letter)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(dead_letter->header_count + 12);
    bool by_store = strcmp(dead_letter->reason, reject_reason_name(REJECT_STORE)) == 0;
    char partition[NUMBER_SIZE];
    char offset[NUMBER_SIZE];
    char element[NUMBER_SIZE];
    char exception[64];

    for (size_t i = 0; i < dead_letter->header_count; i++) {
        const struct dead_letter_header *own = &dead_letter->headers[i];

        if (!is_connects(own))
            rd_kafka_header_add(headers, own->name.data, (ssize_t)own->name.length, own->value.data,
                                (ssize_t)own->value.length);
    }
    snprintf(partition, sizeof(partition), "%" PRId32, dead_letter->partition);
    snprintf(offset, sizeof(offset), "%" PRId64, dead_letter->offset);
    snprintf(element, sizeof(element), "%" PRIu32, dead_letter->element);
    snprintf(exception, sizeof(exception), "kansen.%s", dead_letter->reason);
    add_context(headers, "topic", dead_letter->topic);
    add_context(headers, "partition", partition);
    add_context(headers, "offset", offset);
    if (dead_letter->element > 0)
        add_context(headers, "element", element);
    if (dead_letter->kind == EVENT_HEARTBEAT)
        add_context(headers, "kind", "heartbeat");
    add_context(headers, "connector.name", "kansen");
    add_context(headers, "task.id", "0");
    add_context(headers, "stage", by_store ? "TASK_PUT" : "VALUE_CONVERTER");
    add_context(headers, "class.name", by_store ? "kansen.sink" : "kansen.decode");
    add_context(headers, "exception.class.name", exception);
    add_context(headers, "exception.message", dead_letter->detail);
    return headers;
}

static rd_kafka_resp_err_t produce(struct relay *relay, const struct dead_letter *dead_letter,
                                   struct sent *sent)
{
    rd_kafka_headers_t *headers = make_headers(dead_letter);
    /* RD_KAFKA_MSG_F_COPY only reads; the interface lacks the const. */
    void *key = (void *)(uintptr_t)dead_letter->key.data;
    void *value = (void *)(uintptr_t)dead_letter->value.data;
    rd_kafka_resp_err_t failure;

    while ((failure = rd_kafka_producev(relay->kafka, RD_KAFKA_V_TOPIC(relay->settings->topic),
                                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                        RD_KAFKA_V_KEY(key, dead_letter->key.length),
                                        RD_KAFKA_V_VALUE(value, dead_letter->value.length),
                                        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(sent),
                                        RD_KAFKA_V_END)) == RD_KAFKA_RESP_ERR__QUEUE_FULL &&
           !*relay->settings->stop)
        rd_kafka_poll(relay->kafka, POLL_MS);
    if (failure != RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_headers_destroy(headers);
    return failure;
}

/* ---- a chunk of them */

static enum status make_room(struct relay *relay, int count, struct error *error)
{
    struct sent *grown;

    if (count <= relay->sent_size)
        return STATUS_OK;
    grown = realloc(relay->sent, (size_t)count * sizeof(*grown));
    if (grown == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    relay->sent = grown;
    relay->sent_size = count;
    return STATUS_OK;
}

static enum status read_chunk(struct relay *relay, struct error *error)
{
    char last[NUMBER_SIZE];
    const char *const parameters[] = {last, relay->relay_id, relay->first_pass ? "true" : "false"};
    enum status status;

    snprintf(last, sizeof(last), "%" PRId64, relay->last);
    status = dead_letter_reader_read(&relay->dead_letters, relay->db, sql_dead_letters_relayable, 3,
                                     parameters, error);
    if (status != STATUS_OK) {
        disconnect(relay);
        return status;
    }
    return make_room(relay, dead_letter_reader_count(&relay->dead_letters), error);
}

static enum status send_chunk(struct relay *relay, struct error *error)
{
    int count = dead_letter_reader_count(&relay->dead_letters);

    relay->sent_count = 0;
    for (int row = 0; row < count && !*relay->settings->stop; row++) {
        struct sent *sent = &relay->sent[row];
        struct dead_letter dead_letter;
        enum status status = dead_letter_reader_get(&relay->dead_letters, row, &dead_letter, error);

        if (status != STATUS_OK)
            return status;
        *sent = (struct sent){.dead_letter_id = dead_letter.id};
        relay->sent_count++;
        relay->last = dead_letter.id;
        sent->result = produce(relay, &dead_letter, sent);
        sent->reported = sent->result != RD_KAFKA_RESP_ERR_NO_ERROR;
        rd_kafka_poll(relay->kafka, 0);
    }
    return STATUS_OK;
}

static bool are_all_reported(const struct relay *relay)
{
    for (int i = 0; i < relay->sent_count; i++)
        if (!relay->sent[i].reported)
            return false;
    return true;
}

/* Waits until Kafka has said yes or no to each; librdkafka says no for it after message.timeout.ms.
 * What can't have an answer, or has none in time when told to stop, is given up: nothing points at
 * our memory then. */
static void await_reports(struct relay *relay)
{
    int64_t stop_at_ms = INT64_MAX;
    char why[256];

    while (!are_all_reported(relay)) {
        rd_kafka_poll(relay->kafka, POLL_MS);
        if (*relay->settings->stop && stop_at_ms == INT64_MAX)
            stop_at_ms = now_ms() + STOP_MS;
        if (now_ms() >= stop_at_ms ||
            rd_kafka_fatal_error(relay->kafka, why, sizeof(why)) != RD_KAFKA_RESP_ERR_NO_ERROR)
            rd_kafka_purge(relay->kafka, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    }
}

static bool is_unknown(rd_kafka_resp_err_t result)
{
    return result == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           result == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

/* Is it this dead letter that the topic will not take, whenever it is sent? */
static bool is_refusal(rd_kafka_resp_err_t result)
{
    return result == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
           result == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE ||
           result == RD_KAFKA_RESP_ERR_INVALID_RECORD;
}

static void note_refusal(const struct relay *relay, const struct sent *sent)
{
    log_write(relay->settings->logger, LOG_LEVEL_WARNING, "the topic refused a dead letter",
              LOG_INT("letter", sent->dead_letter_id), "topic", relay->settings->topic, "reason",
              rd_kafka_err2str(sent->result), NULL);
}

static enum status mark_chunk(struct relay *relay, struct error *error)
{
    struct relay_totals done = {0};
    const char *parameters[3] = {relay->relay_id};
    enum status status;

    array_reset(&relay->ids);
    array_reset(&relay->refusals);
    for (int i = 0; i < relay->sent_count; i++) {
        const struct sent *sent = &relay->sent[i];
        const char *refusal = rd_kafka_err2str(sent->result);

        if (sent->result != RD_KAFKA_RESP_ERR_NO_ERROR && !is_refusal(sent->result))
            continue;
        array_add_int64(&relay->ids, sent->dead_letter_id);
        if (is_refusal(sent->result)) {
            array_add_text(&relay->refusals, refusal, strlen(refusal));
            note_refusal(relay, sent);
            done.refused++;
        } else {
            array_add_null(&relay->refusals);
            done.relayed++;
        }
    }
    parameters[1] = array_text(&relay->ids);
    parameters[2] = array_text(&relay->refusals);
    if (parameters[1] == NULL || parameters[2] == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    status = db_query(relay->db, sql_dead_letters_relayed, 3, parameters, NULL, error);
    if (status != STATUS_OK) {
        disconnect(relay);
        return status;
    }
    relay->totals->relayed += done.relayed;
    relay->totals->refused += done.refused;
    return STATUS_OK;
}

/* Whatever else Kafka said keeps the dead letters for later. */
static enum status check_chunk(struct relay *relay, struct error *error)
{
    char why[256];
    rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(relay->kafka, why, sizeof(why));

    if (fatal != RD_KAFKA_RESP_ERR_NO_ERROR) {
        /* An idempotent producer that has lost count is of no more use. */
        destroy_producer(relay);
        return error_set(error, STATUS_RETRY, "Kafka: %s", why);
    }
    for (int i = 0; i < relay->sent_count; i++) {
        rd_kafka_resp_err_t result = relay->sent[i].result;

        if (result != RD_KAFKA_RESP_ERR_NO_ERROR && !is_refusal(result))
            return error_set(error, STATUS_RETRY,
                             "sending dead letter %" PRId64 " to topic %s: %s%s",
                             relay->sent[i].dead_letter_id, relay->settings->topic,
                             rd_kafka_err2str(result), is_unknown(result) ? CREATE_IT : "");
    }
    return STATUS_OK;
}

static enum status relay_chunk(struct relay *relay, struct error *error)
{
    enum status status = prepare(relay, error);

    if (status == STATUS_OK)
        status = read_chunk(relay, error);
    if (status != STATUS_OK)
        return status;
    status = send_chunk(relay, error);
    await_reports(relay);
    if (status == STATUS_OK && relay->sent_count > 0)
        status = mark_chunk(relay, error);
    if (status == STATUS_OK)
        status = check_chunk(relay, error);
    if (relay->settings->show != NULL)
        relay->settings->show(relay->settings->context, relay->totals);
    return status;
}

static void pause_ms(const struct relay *relay, int ms)
{
    int64_t until_ms = now_ms() + ms;

    while (!*relay->settings->stop && now_ms() < until_ms)
        clock_rest(POLL_MS);
}

/* Nothing is left behind the last dead letter: waits for more, and begins again from time to time.
 */
static void idle(struct relay *relay)
{
    relay->first_pass = false;
    pause_ms(relay, IDLE_MS);
    if (now_ms() - relay->pass_at_ms >= WHOLE_PASS_MS)
        relay->begin_pass = true;
}

static void note_success(struct relay *relay)
{
    outage_end(&relay->outage);
    hearsay_forget(&relay->hearsay);
}

static enum status run(struct relay *relay, struct error *error)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && !*relay->settings->stop) {
        status = relay_chunk(relay, error);
        if (status == STATUS_RETRY && relay->settings->follow) {
            if (!*relay->settings->stop)
                outage_begin(&relay->outage, error->message);
            pause_ms(relay, RETRY_MS);
            relay->begin_pass = true;
            relay->first_pass = false;
            status = STATUS_OK;
            continue;
        }
        if (status != STATUS_OK)
            break;
        note_success(relay);
        if (relay->sent_count == 0) {
            if (!relay->settings->follow)
                break;
            idle(relay);
        }
    }
    return status;
}

enum status relay_dead_letters(const struct relay_settings *settings, struct relay_totals *totals,
                               struct error *error)
{
    struct relay relay = {.settings = settings,
                          .totals = totals,
                          .begin_pass = true,
                          .first_pass = true,
                          .outage = outage_of(settings->logger, "can't relay now, waiting",
                                              "relaying again", NULL, NULL)};
    enum status status;

    *totals = (struct relay_totals){0};
    hearsay_init(&relay.hearsay, settings->logger);
    status = run(&relay, error);
    destroy_producer(&relay);
    db_close(relay.db);
    dead_letter_reader_clear(&relay.dead_letters);
    array_clear(&relay.ids);
    array_clear(&relay.refusals);
    free(relay.sent);
    hearsay_clear(&relay.hearsay);
    return status;
}
