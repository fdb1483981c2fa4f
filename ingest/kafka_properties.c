#include "ingest/kafka_properties.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct property {
    const char *key;
    const char *value;
};

/* The user may change these. */
static const struct property defaults[] = {
    {"client.id", "kansen"},
    /* What is fetched ahead of the batch being built: enough for several batches. */
    {"queued.max.messages.kbytes", "32768"},
    /* A broker without new messages answers after this time; it bounds how fast a stop is. */
    {"fetch.wait.max.ms", "100"},
    {"log_level", "4"},
};

/* Exactly-once depends on these, so they are kansen's (docs/reliability.md says on which how). */
static const struct property fixed[] = {
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"auto.offset.reset", "error"},
    {"isolation.level", "read_committed"},
    {"check.crcs", "true"},
    {"enable.partition.eof", "true"},
    /* cooperative-sticky loses track of positions in librdkafka 2.0.2. */
    {"partition.assignment.strategy", "range"},
};

/* These load code or run a command. */
static const char *const refused[] = {"plugin.library.paths", "sasl.kerberos.kinit.cmd",
                                      "ssl.engine.location"};

static enum status set(rd_kafka_conf_t *conf, const char *key, const char *value,
                       struct error *error)
{
    char why[512];

    if (rd_kafka_conf_set(conf, key, value, why, sizeof(why)) == RD_KAFKA_CONF_OK)
        return STATUS_OK;
    return error_set(error, STATUS_REJECT, "-X %s: %s", key, why);
}

static enum status check_key(const char *key, struct error *error)
{
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        if (strcmp(key, fixed[i].key) == 0)
            return error_set(error, STATUS_REJECT, "-X %s: always %s here; exactly-once needs it",
                             key, fixed[i].value);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (strcmp(key, refused[i]) == 0)
            return error_set(error, STATUS_REJECT, "-X %s: refused, it runs foreign code", key);
    if (strcmp(key, "group.id") == 0)
        return error_set(error, STATUS_REJECT, "-X group.id: use --group");
    if (strcmp(key, "bootstrap.servers") == 0 || strcmp(key, "metadata.broker.list") == 0)
        return error_set(error, STATUS_REJECT, "-X %s: use --brokers", key);
    return STATUS_OK;
}

static enum status set_users(rd_kafka_conf_t *conf, const char *property, struct error *error)
{
    const char *equals = strchr(property, '=');
    char *key;
    enum status status;

    if (equals == NULL || equals == property)
        return error_set(error, STATUS_REJECT, "-X %s: expected KEY=VALUE", property);
    key = strndup(property, (size_t)(equals - property));
    if (key == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    status = check_key(key, error);
    if (status == STATUS_OK)
        status = set(conf, key, equals + 1, error);
    free(key);
    return status;
}

enum status kafka_properties_apply(rd_kafka_conf_t *conf, const struct kafka_properties *settings,
                                   struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < sizeof(defaults) / sizeof(defaults[0]); i++)
        status = set(conf, defaults[i].key, defaults[i].value, error);
    for (size_t i = 0; status == STATUS_OK && i < settings->count; i++)
        status = set_users(conf, settings->properties[i], error);
    for (size_t i = 0; status == STATUS_OK && i < sizeof(fixed) / sizeof(fixed[0]); i++)
        status = set(conf, fixed[i].key, fixed[i].value, error);
    if (status == STATUS_OK)
        status = set(conf, "bootstrap.servers", settings->brokers, error);
    if (status == STATUS_OK)
        status = set(conf, "group.id", settings->group, error);
    return status;
}
