#include "ingest/kafka/properties.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/nearest.h"
#include "text/secret_file.h"

/* While so much waits for us, nothing more is fetched; an answer of a broker holds up to so much.
 * Both together are a batch of usual messages. Each costs librdkafka as much memory again. Large
 * answers leave PostgreSQL in peace longer than many small ones. */
#define FETCH_AHEAD_KBYTES "4096"
#define FETCH_ANSWER_BYTES "8388608"

struct property {
    const char *key;
    const char *value;
};

/* Both lists end with a null key. */
struct profile {
    const struct property *defaults; /* the user may change these */
    const struct property *fixed;
    const char *why_fixed;
};

static const struct property consumer_defaults[] = {
    {"client.id", "kansen"},
    {"queued.max.messages.kbytes", FETCH_AHEAD_KBYTES},
    {"fetch.max.bytes", FETCH_ANSWER_BYTES},
    /* A broker without new messages answers after this time; it bounds how fast a stop is. */
    {"fetch.wait.max.ms", "100"},
    /* New partitions, and a topic that does not exist yet, are found within a minute. */
    {"topic.metadata.refresh.interval.ms", "60000"},
    /* That a topic is missing is said after this time. */
    {"topic.metadata.propagation.max.ms", "5000"},
    {"log_level", "4"},
    {NULL, NULL},
};

/* Exactly-once depends on these, so they are kansen's (docs/reliability.md says on which how). */
static const struct property consumer_fixed[] = {
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},
    {"isolation.level", "read_committed"},
    {"check.crcs", "true"},
    {"enable.partition.eof", "true"},
    /* cooperative-sticky loses track of positions in librdkafka 2.0.2. */
    {"partition.assignment.strategy", "range"},
    {NULL, NULL},
};

static const struct property relay_defaults[] = {
    {"client.id", "kansen"},
    /* The topic decides what is too large, below what brokers read in one request (100 MiB). */
    {"message.max.bytes", "100000000"},
    {"log_level", "4"},
    {NULL, NULL},
};

/* Each message is a batch of its own: a broker refuses batches, and one message that is too large
 * must not take others along. */
static const struct property relay_fixed[] = {
    {"enable.idempotence", "true"},
    {"batch.num.messages", "1"},
    {NULL, NULL},
};

static const struct property simulator_defaults[] = {
    {"client.id", "kansen-simulate"},
    {"linger.ms", "20"},
    /* Errors, but no warnings of what it retries and cures by itself. */
    {"log_level", "3"},
    {NULL, NULL},
};

static const struct property simulator_fixed[] = {
    {"enable.idempotence", "true"},
    {NULL, NULL},
};

static const struct profile profiles[] = {
    [PROPERTIES_CONSUMER] = {consumer_defaults, consumer_fixed, "exactly-once needs it"},
    [PROPERTIES_RELAY] = {relay_defaults, relay_fixed,
                          "no dead letter may be lost or refused for another"},
    [PROPERTIES_SIMULATOR] = {simulator_defaults, simulator_fixed,
                              "the truth is that of events sent once"},
};

/* Bytes of a key, with its end: more than any of librdkafka's has. */
#define KEY_SIZE 128

/* These load code or run a command. */
static const char *const refused[] = {"plugin.library.paths", "sasl.kerberos.kinit.cmd",
                                      "ssl.engine.location"};

/* Files of keys, which librdkafka reads whoever else may. */
static const char *const key_files[] = {"ssl.key.location", "ssl.keystore.location",
                                        "sasl.kerberos.keytab",
                                        "sasl.oauthbearer.assertion.private.key.file"};

static enum status check_file(const char *key, const char *path, struct error *error)
{
    for (size_t i = 0; i < sizeof(key_files) / sizeof(key_files[0]); i++)
        if (strcmp(key, key_files[i]) == 0 && secret_file_is_open(path))
            return error_set(error, STATUS_REJECT,
                             "-X %s: %.800s: holds a key, and everyone may read it: chmod 600", key,
                             path);
    return STATUS_OK;
}

/* A key that librdkafka doesn't know, and those of its own that are near: it lists them for people
 * alone, a line each, "NAME | …". */
static enum status refuse_key(const char *key, struct error *error)
{
    char question[ERROR_MESSAGE_SIZE / 4] = "";
    struct nearest nearest;
    char *list = NULL;
    char *rest = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&list, &size);

    if (file != NULL)
        rd_kafka_conf_properties_show(file);
    if (file != NULL && fclose(file) == 0) {
        nearest_start(&nearest, key);
        for (char *line = strtok_r(list, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest)) {
            if (strchr(line, '|') == NULL)
                continue;
            line[strcspn(line, " |")] = '\0';
            nearest_offer(&nearest, line);
        }
        nearest_question(&nearest, "", question, sizeof(question));
    }
    free(list);
    return error_set(error, STATUS_REJECT, "-X %.200s: librdkafka has no such property%s", key,
                     question);
}

static enum status set(rd_kafka_conf_t *conf, const char *key, const char *value,
                       struct error *error)
{
    char why[512];

    switch (rd_kafka_conf_set(conf, key, value, why, sizeof(why))) {
    case RD_KAFKA_CONF_OK:
        return STATUS_OK;
    case RD_KAFKA_CONF_UNKNOWN:
        return refuse_key(key, error);
    case RD_KAFKA_CONF_INVALID:
        break;
    }
    return error_set(error, STATUS_REJECT, "-X %s: %s", key, why);
}

static enum status check_key(const struct profile *profile, const char *key, struct error *error)
{
    for (const struct property *fixed = profile->fixed; fixed->key != NULL; fixed++)
        if (strcmp(key, fixed->key) == 0)
            return error_set(error, STATUS_REJECT, "-X %s: always %s here; %s", key, fixed->value,
                             profile->why_fixed);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (strcmp(key, refused[i]) == 0)
            return error_set(error, STATUS_REJECT, "-X %s: refused, it runs foreign code", key);
    if (strcmp(key, "group.id") == 0)
        return error_set(error, STATUS_REJECT, "-X group.id: use --group");
    if (strcmp(key, "bootstrap.servers") == 0 || strcmp(key, "metadata.broker.list") == 0)
        return error_set(error, STATUS_REJECT, "-X %s: use --brokers", key);
    return STATUS_OK;
}

static enum status set_users(rd_kafka_conf_t *conf, const struct profile *profile,
                             const char *property, struct error *error)
{
    const char *equals = strchr(property, '=');
    char *key;
    enum status status;

    if (equals == NULL || equals == property)
        return error_set(error, STATUS_REJECT, "-X %s: expected KEY=VALUE", property);
    key = strndup(property, (size_t)(equals - property));
    if (key == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    status = check_key(profile, key, error);
    if (status == STATUS_OK)
        status = check_file(key, equals + 1, error);
    if (status == STATUS_OK)
        status = set(conf, key, equals + 1, error);
    free(key);
    return status;
}

static enum status set_all(rd_kafka_conf_t *conf, const struct property *properties,
                           struct error *error)
{
    enum status status = STATUS_OK;

    for (; status == STATUS_OK && properties->key != NULL; properties++)
        status = set(conf, properties->key, properties->value, error);
    return status;
}

/* What only a consumer has; of librdkafka's newer versions, and of the user. */
static enum status set_consumers(rd_kafka_conf_t *conf, const struct properties *settings,
                                 struct error *error)
{
    enum status status = STATUS_OK;

    if (rd_kafka_version() >= FETCH_LOOKS_ITSELF)
        status = set(conf, "fetch.queue.backoff.ms", "10", error);
    return status == STATUS_OK ? set(conf, "group.id", settings->group, error) : status;
}

enum status properties_apply(rd_kafka_conf_t *conf, enum properties_profile which,
                             const struct properties *settings, struct error *error)
{
    const struct profile *profile = &profiles[which];
    enum status status = set_all(conf, profile->defaults, error);

    if (status == STATUS_OK && which == PROPERTIES_CONSUMER)
        status = set_consumers(conf, settings, error);
    for (size_t i = 0; status == STATUS_OK && i < settings->count; i++)
        status = set_users(conf, profile, settings->properties[i], error);
    if (status == STATUS_OK)
        status = credentials_configure(conf, &settings->files, error);
    if (status == STATUS_OK)
        status = set_all(conf, profile->fixed, error);
    if (status == STATUS_OK)
        status = set(conf, "bootstrap.servers", settings->brokers, error);
    return status;
}

enum status properties_check(enum properties_profile which, const char *property,
                             struct error *error)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    enum status status = set_users(conf, &profiles[which], property, error);

    rd_kafka_conf_destroy(conf);
    return status;
}

bool properties_is_known(const char *property)
{
    size_t length = strcspn(property, "=");
    char key[KEY_SIZE];
    rd_kafka_conf_t *conf;
    rd_kafka_conf_res_t known;
    char why[512];

    if (length >= sizeof(key))
        return false;
    memcpy(key, property, length);
    key[length] = '\0';
    conf = rd_kafka_conf_new();
    /* An empty value, whatever it makes of it, opens and runs nothing. */
    known = rd_kafka_conf_set(conf, key, "", why, sizeof(why));
    rd_kafka_conf_destroy(conf);
    return known != RD_KAFKA_CONF_UNKNOWN;
}
