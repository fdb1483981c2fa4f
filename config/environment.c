#include "config/environment.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/nearest.h"

#define ENVIRONMENT_PREFIX "KANSEN_"
#define KAFKA_ENVIRONMENT_PREFIX "KANSEN_KAFKA_"
/* Not an option, but read (simulate/data.c). */
#define DATA_VARIABLE "KANSEN_DATA_DIR"

extern char **environ;

/* Bytes of a variable's name, with its end. */
#define NAME_SIZE 128
/* Room for the names of all options. */
#define NAMES_MAX 128

static void environment_name(const char *option, char name[NAME_SIZE])
{
    size_t length = (size_t)snprintf(name, NAME_SIZE, "%s%s", ENVIRONMENT_PREFIX, option);

    for (size_t i = 0; i < length && i < NAME_SIZE; i++)
        name[i] = name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
}

/* Options that make sense on a command line alone, or have names of their own here. */
static bool is_variable(const struct option_spec *spec)
{
    return strcmp(spec->name, "help") != 0 && strcmp(spec->name, OPTION_KAFKA_PROPERTY) != 0;
}

/* Kubernetes gives every container the addresses of services: of one that is named kansen or
 * kansen-kafka, KANSEN_SERVICE_HOST, KANSEN_PORT, KANSEN_KAFKA_PORT_9092_TCP_ADDR and more. */
static bool is_of_kubernetes(const char *name)
{
    const char *port = strstr(name, "_PORT");
    bool of_port =
        port != NULL && (port[5] == '\0' || (port[5] == '_' && isdigit((unsigned char)port[6])));

    return of_port || strstr(name, "_SERVICE_HOST") != NULL ||
           strstr(name, "_SERVICE_PORT") != NULL;
}

static enum status add_kafka_environment(struct options *options, const char *name,
                                         const char *value, struct error *error)
{
    const struct origin origin = {LEVEL_ENVIRONMENT, name};
    const char *rest = name + strlen(KAFKA_ENVIRONMENT_PREFIX);
    char key[NAME_SIZE];
    size_t length = strlen(rest);

    if (length == 0 || *value == '\0')
        return STATUS_OK;
    for (size_t i = 0; i <= length; i++)
        key[i] = rest[i] == '_' ? '.' : (char)tolower((unsigned char)rest[i]);
    return settings_add_property(options, key, value, &origin, error);
}

/* A variable that nobody reads was meant for something. */
static enum status warn(struct options *options, const char *name, struct error *error)
{
    char names[NAMES_MAX][NAME_SIZE];
    char question[256];
    char text[512];
    struct nearest nearest;
    size_t count = 0;

    if (strcmp(name, DATA_VARIABLE) == 0)
        return STATUS_OK;
    nearest_start(&nearest, name);
    for (const struct option_spec *spec = options_table; spec->name != NULL && count < NAMES_MAX;
         spec++) {
        if (!is_variable(spec))
            continue;
        environment_name(spec->name, names[count]);
        if (strcmp(names[count], name) == 0)
            return STATUS_OK;
        nearest_offer(&nearest, names[count++]);
    }
    nearest_offer(&nearest, DATA_VARIABLE);
    snprintf(text, sizeof(text), "the environment variable %s is no option%s", name,
             nearest_question(&nearest, "", question, sizeof(question)));
    return settings_warn(options, text, error);
}

/* Variables that start with kansen's prefix: librdkafka's properties, and what is unknown. */
static enum status read_entry(struct options *options, const char *entry, struct error *error)
{
    char name[NAME_SIZE];
    size_t length = strcspn(entry, "=");

    if (strncmp(entry, ENVIRONMENT_PREFIX, strlen(ENVIRONMENT_PREFIX)) != 0 ||
        entry[length] == '\0')
        return STATUS_OK;
    snprintf(name, sizeof(name), "%.*s", (int)length, entry);
    if (is_of_kubernetes(name))
        return STATUS_OK;
    if (strncmp(name, KAFKA_ENVIRONMENT_PREFIX, strlen(KAFKA_ENVIRONMENT_PREFIX)) == 0)
        return add_kafka_environment(options, name, entry + length + 1, error);
    return warn(options, name, error);
}

static enum status read_option(struct options *options, const struct option_spec *spec,
                               struct error *error)
{
    char name[NAME_SIZE];
    const struct origin origin = {LEVEL_ENVIRONMENT, name};
    const char *value;

    environment_name(spec->name, name);
    value = getenv(name);
    /* Empty: compose files and shells have no other way to say that there is none. */
    if (value == NULL || *value == '\0')
        return STATUS_OK;
    if (spec->value_name == NULL)
        return settings_add_flag(options, spec, value, &origin, error);
    return settings_add(options, spec, value, &origin, error);
}

enum status environment_read(struct options *options, struct error *error)
{
    enum status status = STATUS_OK;

    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++) {
        if (is_variable(spec))
            status = read_option(options, spec, error);
        if (status != STATUS_OK)
            return status;
    }
    for (char **entry = environ; *entry != NULL && status == STATUS_OK; entry++)
        status = read_entry(options, *entry, error);
    return status;
}
