#include "config/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/keyfile.h"

const struct option_spec options_table[] = {
    {"brokers", "HOST:PORT,…", "Kafka bootstrap brokers", 'b', false},
    {"config", "FILE", "configuration file of `key = value` lines", 0, false},
    {"db", "CONNINFO", "PostgreSQL connection (libpq conninfo or URI)", 0, false},
    {"each", NULL, "one line a dead letter instead of one a reason", 0, false},
    {"follow", NULL, "go on with what comes, until SIGTERM", 0, false},
    {"format", "FORMAT,…", "output format", 0, true},
    {"from", "YYYY-MM", "first month", 0, false},
    {"geoip", "FILE", "MaxMind DB with countries of addresses", 0, false},
    {"group", "GROUP", "consumer group", 'G', false},
    {"help", NULL, "show this help", 'h', false},
    {"lang", "LANG,…", "language of names and text", 0, true},
    {"limit", "N", "only the newest N", 0, false},
    {"log-format", "FORMAT", "lines on stderr: logfmt, or all of them json", 0, false},
    {"match", "PATTERN…", "malware names of the threat; * and ? match, case is ignored", 0, true},
    {"max-age", "DAYS", "reject events older than this", 0, false},
    {"max-ahead", "DAYS", "reject events further in the future than this", 0, false},
    {"name", "LANG=NAME", "what reports of a language call the threat, e.g. en=Worms", 0, true},
    {"output", "DIR", "where files are written", 'o', false},
    {"partitions", "N", "partitions of a topic that has to be created", 0, false},
    {"property", "KEY=VALUE", "librdkafka property", 'X', true},
    {"raw", NULL, "write the very bytes of the value, and nothing else", 0, false},
    {"reason", "REASON", "only those rejected for this reason", 0, false},
    {"replayed", NULL, "those that were replayed, instead of those that wait", 0, false},
    {"scenario", "FILE", "scenario to simulate", 0, false},
    {"seed", "N", "seed of the simulation, instead of the scenario's", 0, false},
    {"since", "TIME", "only those rejected at that time or later", 0, false},
    {"timezone", "ZONE", "report time zone, fixed at init", 0, false},
    {"to", "YYYY-MM", "last month", 0, false},
    {"top", "N", "countries in the ranking", 0, false},
    {"topic", "TOPIC", "Kafka topic", 't', false},
    {"truth", "FILE", "write what the simulated events should be counted as", 0, false},
    {"unique", NULL, "count a device once in the whole window", 0, false},
    {"until", "TIME", "only those rejected before that time", 0, false},
    {"until-end", NULL, "stop when every partition has been read to its end", 0, false},
    {"wait", "SECONDS", "give Kafka brokers up that never answer", 0, false},
    {NULL, NULL, NULL, 0, false},
};

#define OPTIONS_COUNT (sizeof(options_table) / sizeof(options_table[0]) - 1)

/* getopt_long's codes of options without a letter start behind every character. */
#define LONG_OPTION_BASE 256

#define ENVIRONMENT_PREFIX "KANSEN_"
#define KAFKA_ENVIRONMENT_PREFIX "KANSEN_KAFKA_"
/* Where Docker mounts secrets. */
#define DOCKER_SECRETS "/run/secrets/"

#define KAFKA_SECTION "kafka"
#define KAFKA_OPTION "property"

/* The environment may take back what the file says. */
#define FLAG_OFF "false"

extern char **environ;

enum level { LEVEL_FILE, LEVEL_ENVIRONMENT, LEVEL_FLAG };

struct setting {
    const struct option_spec *spec;
    char *value; /* owned */
    enum level level;
};

struct options {
    struct setting *settings; /* in order of precedence, lowest first */
    size_t count;
    char **arguments; /* owned array, borrowed texts */
    size_t argument_count;
};

bool options_is_common(const char *name)
{
    static const char *const common[] = {"config", "help", "log-format"};

    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
        if (strcmp(name, common[i]) == 0)
            return true;
    return false;
}

static const struct option_spec *find_spec(const char *name)
{
    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
        if (strcmp(spec->name, name) == 0)
            return spec;
    return NULL;
}

static enum status add(struct options *options, const struct option_spec *spec, const char *value,
                       enum level level, struct error *error)
{
    struct setting *grown =
        realloc(options->settings, (options->count + 1) * sizeof(*options->settings));
    char *copy = strdup(value);

    if (grown != NULL)
        options->settings = grown;
    if (grown == NULL || copy == NULL) {
        free(copy);
        return error_set(error, STATUS_FATAL, "out of memory");
    }
    options->settings[options->count++] = (struct setting){spec, copy, level};
    return STATUS_OK;
}

/* ---- secrets */

/* In libpq's conninfo, blanks may stand in front of =. */
static bool conninfo_holds_password(const char *conninfo)
{
    static const char word[] = "password";
    const char *scheme = strstr(conninfo, "://");
    const char *user = scheme == NULL ? "" : scheme + 3;
    const char *host = strchr(user, '@');

    if (host != NULL && memchr(user, ':', (size_t)(host - user)) != NULL)
        return true;
    for (const char *at = strstr(conninfo, word); at != NULL; at = strstr(at + 1, word)) {
        const char *behind = at + strlen(word);

        if (behind[strspn(behind, " \t\n\r\f\v")] == '=')
            return true;
    }
    return false;
}

/* Is the value one that only its owner may read? Goes by the names of librdkafka's properties. */
static bool holds_secret(const char *name, const char *value)
{
    static const char *const words[] = {"password", "secret", "ssl.key.pem", "jaas"};
    size_t key_length = strcspn(value, "=");

    if (strcmp(name, "db") == 0)
        return conninfo_holds_password(value);
    if (strcmp(name, KAFKA_OPTION) != 0)
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const char *found = strstr(value, words[i]);

        if (found != NULL && found < value + key_length)
            return true;
    }
    return false;
}

/* A file with a secret in it must be closed to others, as ~/.pgpass must. Its group may read it:
 * that is how Kubernetes gives files to a user who is not root. Docker mounts secrets open, below a
 * folder that only the container has. */
static enum status check_file_mode(const struct options *options, const char *path,
                                   struct error *error)
{
    struct stat about;
    bool secret = false;

    for (size_t i = 0; i < options->count; i++) {
        const struct setting *setting = &options->settings[i];

        secret = secret || (setting->level == LEVEL_FILE &&
                            holds_secret(setting->spec->name, setting->value));
    }
    if (!secret || strncmp(path, DOCKER_SECRETS, strlen(DOCKER_SECRETS)) == 0)
        return STATUS_OK;
    if (stat(path, &about) == 0 && (about.st_mode & S_IRWXO) != 0)
        return error_set(error, STATUS_REJECT,
                         "%s: holds a password or key, and everyone may read it: chmod 600", path);
    return STATUS_OK;
}

/* ---- the file */

static enum status add_kafka_property(struct options *options, const char *key, const char *value,
                                      enum level level, struct error *error)
{
    size_t size = strlen(key) + 1 + strlen(value) + 1;
    char *property = malloc(size);
    enum status status;

    if (property == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    snprintf(property, size, "%s=%s", key, value);
    status = add(options, find_spec(KAFKA_OPTION), property, level, error);
    free(property);
    return status;
}

static enum status add_flag(struct options *options, const struct option_spec *spec,
                            const char *value, enum level level, struct error *error)
{
    if (strcmp(value, "true") == 0 || strcmp(value, FLAG_OFF) == 0)
        return add(options, spec, value, level, error);
    return error_set(error, STATUS_REJECT, "%s is true or false, not \"%s\"", spec->name, value);
}

static enum status file_line(void *context, const char *section, const char *key, const char *value,
                             struct error *error)
{
    struct options *options = context;
    const struct option_spec *spec;

    if (strcmp(section, KAFKA_SECTION) == 0)
        return add_kafka_property(options, key, value, LEVEL_FILE, error);
    if (*section != '\0')
        return error_set(error, STATUS_REJECT, "unknown section [%s]; there is only [%s]", section,
                         KAFKA_SECTION);
    spec = find_spec(key);
    if (spec == NULL || strcmp(key, "config") == 0 || strcmp(key, "help") == 0 ||
        strcmp(key, KAFKA_OPTION) == 0)
        return error_set(error, STATUS_REJECT, "unknown key \"%s\"", key);
    if (spec->value_name == NULL)
        return add_flag(options, spec, value, LEVEL_FILE, error);
    return add(options, spec, value, LEVEL_FILE, error);
}

static enum status read_file(struct options *options, const char *path, struct error *error)
{
    enum status status = keyfile_read(path, file_line, options, error);

    return status == STATUS_OK ? check_file_mode(options, path, error) : status;
}

/* ---- the environment */

static void environment_name(const char *option, char *name, size_t size)
{
    size_t length = (size_t)snprintf(name, size, "%s%s", ENVIRONMENT_PREFIX, option);

    for (size_t i = 0; i < length && i < size; i++)
        name[i] = name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
}

static enum status add_kafka_environment(struct options *options, const char *entry,
                                         struct error *error)
{
    char key[128];
    const char *name = entry + strlen(KAFKA_ENVIRONMENT_PREFIX);
    size_t length = strcspn(name, "=");

    if (length == 0 || length >= sizeof(key) || name[length] == '\0')
        return STATUS_OK;
    for (size_t i = 0; i < length; i++)
        key[i] = name[i] == '_' ? '.' : (char)tolower((unsigned char)name[i]);
    key[length] = '\0';
    return add_kafka_property(options, key, name + length + 1, LEVEL_ENVIRONMENT, error);
}

static enum status read_environment(struct options *options, struct error *error)
{
    enum status status = STATUS_OK;

    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++) {
        char name[64];
        const char *value;

        environment_name(spec->name, name, sizeof(name));
        value = getenv(name);
        if (value == NULL || strcmp(spec->name, "help") == 0 ||
            strcmp(spec->name, KAFKA_OPTION) == 0)
            continue;
        if (spec->value_name == NULL)
            status = add_flag(options, spec, value, LEVEL_ENVIRONMENT, error);
        else
            status = add(options, spec, value, LEVEL_ENVIRONMENT, error);
        if (status != STATUS_OK)
            return status;
    }
    for (char **entry = environ; *entry != NULL && status == STATUS_OK; entry++)
        if (strncmp(*entry, KAFKA_ENVIRONMENT_PREFIX, strlen(KAFKA_ENVIRONMENT_PREFIX)) == 0)
            status = add_kafka_environment(options, *entry, error);
    return status;
}

/* ---- the command line */

/* Everyone on the machine can read a command line, so a secret on it is refused; and so is a
 * property without a value. */
static enum status check_value(const char *name, const char *value, struct error *error)
{
    bool is_property = strcmp(name, KAFKA_OPTION) == 0;

    if (is_property && strchr(value, '=') == NULL)
        return error_set(error, STATUS_REJECT, "-X %s: expected KEY=VALUE", value);
    if (!holds_secret(name, value))
        return STATUS_OK;
    if (is_property)
        return error_set(error, STATUS_REJECT,
                         "-X %.*s: a secret does not belong on a command line; put it under "
                         "[kafka] in the file that --config names",
                         (int)strcspn(value, "="), value);
    return error_set(error, STATUS_REJECT,
                     "--db: a password does not belong on a command line; use ~/.pgpass, a "
                     "service file or the file that --config names");
}

static bool takes(const char *const *names, const char *name)
{
    if (options_is_common(name))
        return true;
    for (; *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

struct getopt_tables {
    struct option longs[OPTIONS_COUNT + 1];
    char letters[2 + 2 * OPTIONS_COUNT + 1];
};

static void fill_getopt_tables(const char *const *names, struct getopt_tables *tables)
{
    size_t longs = 0;
    size_t letters = 0;

    memset(tables, 0, sizeof(*tables));
    tables->letters[letters++] = ':';
    for (size_t i = 0; i < OPTIONS_COUNT; i++) {
        const struct option_spec *spec = &options_table[i];
        bool valued = spec->value_name != NULL;

        if (!takes(names, spec->name))
            continue;
        tables->longs[longs++] = (struct option){
            spec->name, valued ? required_argument : no_argument, NULL, LONG_OPTION_BASE + (int)i};
        if (spec->letter == 0)
            continue;
        tables->letters[letters++] = spec->letter;
        if (valued)
            tables->letters[letters++] = ':';
    }
}

static const struct option_spec *spec_of_code(int code)
{
    if (code >= LONG_OPTION_BASE)
        return &options_table[code - LONG_OPTION_BASE];
    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++)
        if (spec->letter == code)
            return spec;
    return NULL;
}

static enum status refuse_option(int code, char **argv, struct error *error)
{
    const char *argument = argv[optind - 1];

    if (code == ':')
        return error_set(error, STATUS_REJECT, "option %s needs a value", argument);
    if (optopt >= LONG_OPTION_BASE)
        return error_set(error, STATUS_REJECT, "option %s takes no value", argument);
    if (optopt != 0)
        return error_set(error, STATUS_REJECT, "unknown option -%c", optopt);
    return error_set(error, STATUS_REJECT, "unknown option %s", argument);
}

/* Flags go to options->settings, everything else to options->arguments. */
static enum status read_flags(struct options *options, const char *const *names, int argc,
                              char **argv, struct error *error)
{
    struct getopt_tables tables;
    int code;

    fill_getopt_tables(names, &tables);
    opterr = 0;
    optind = 0; /* GNU: starts afresh */
    while ((code = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
        if (code == '?' || code == ':')
            return refuse_option(code, argv, error);

        const struct option_spec *spec = spec_of_code(code);
        const char *value = optarg == NULL ? "" : optarg;
        enum status status = check_value(spec->name, value, error);

        if (status == STATUS_OK)
            status = add(options, spec, value, LEVEL_FLAG, error);
        if (status != STATUS_OK)
            return status;
    }
    options->argument_count = (size_t)(argc - optind);
    options->arguments = calloc(options->argument_count + 1, sizeof(char *));
    if (options->arguments == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (size_t i = 0; i < options->argument_count; i++)
        options->arguments[i] = argv[(size_t)optind + i];
    return STATUS_OK;
}

/* The flags were read first, to know --config; put the settings into their order of precedence. */
static void sort_by_level(struct options *options)
{
    /* Stable: settings of one level keep their order. */
    for (size_t i = 1; i < options->count; i++) {
        struct setting moved = options->settings[i];
        size_t place = i;

        while (place > 0 && options->settings[place - 1].level > moved.level) {
            options->settings[place] = options->settings[place - 1];
            place--;
        }
        options->settings[place] = moved;
    }
}

enum status options_parse(const char *const *names, int argc, char **argv, struct options **out,
                          struct error *error)
{
    struct options *options = calloc(1, sizeof(*options));
    /* getopt wants the program's name in front. */
    char **shifted = calloc((size_t)argc + 2, sizeof(char *));
    enum status status = STATUS_OK;

    if (options == NULL || shifted == NULL) {
        status = error_set(error, STATUS_FATAL, "out of memory");
        goto out;
    }
    shifted[0] = "kansen";
    memcpy(shifted + 1, argv, (size_t)argc * sizeof(char *));
    status = read_flags(options, names, argc + 1, shifted, error);
    if (status == STATUS_OK)
        status = read_environment(options, error);
    if (status == STATUS_OK && options_value(options, "config") != NULL) {
        sort_by_level(options);
        status = read_file(options, options_value(options, "config"), error);
    }
    if (status != STATUS_OK)
        goto out;
    sort_by_level(options);
    *out = options;
    options = NULL;
out:
    free(shifted);
    options_free(options);
    return status;
}

void options_free(struct options *options)
{
    if (options == NULL)
        return;
    for (size_t i = 0; i < options->count; i++)
        free(options->settings[i].value);
    free(options->settings);
    free(options->arguments);
    free(options);
}

/* ---- reading them */

static const struct setting *last_setting(const struct options *options, const char *name)
{
    for (size_t i = options->count; i-- > 0;)
        if (strcmp(options->settings[i].spec->name, name) == 0)
            return &options->settings[i];
    return NULL;
}

bool options_flag(const struct options *options, const char *name)
{
    const struct setting *setting = last_setting(options, name);

    return setting != NULL && strcmp(setting->value, FLAG_OFF) != 0;
}

const char *options_value(const struct options *options, const char *name)
{
    const struct setting *setting = last_setting(options, name);

    return setting == NULL ? NULL : setting->value;
}

enum status options_number(const struct options *options, const char *name, int64_t minimum,
                           int64_t maximum, int64_t *out, struct error *error)
{
    const char *text = options_value(options, name);
    char *end;
    long long number;

    if (text == NULL)
        return STATUS_OK;
    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno != 0 || *text == '\0' || *end != '\0' || isspace((unsigned char)*text) ||
        number < minimum || number > maximum)
        return error_set(error, STATUS_REJECT,
                         "--%s is a whole number from %lld to %lld, not \"%s\"", name,
                         (long long)minimum, (long long)maximum, text);
    *out = number;
    return STATUS_OK;
}

/* librdkafka's properties add up over file, environment and flags; of any other option that
 * repeats, the values of the highest level replace those below. */
static bool counts(const struct options *options, const struct setting *setting, const char *name)
{
    if (strcmp(setting->spec->name, name) != 0)
        return false;
    return strcmp(name, KAFKA_OPTION) == 0 || setting->level == last_setting(options, name)->level;
}

size_t options_count(const struct options *options, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < options->count; i++)
        count += counts(options, &options->settings[i], name);
    return count;
}

const char *options_item(const struct options *options, const char *name, size_t index)
{
    for (size_t i = 0; i < options->count; i++)
        if (counts(options, &options->settings[i], name) && index-- == 0)
            return options->settings[i].value;
    return NULL;
}

size_t options_arguments(const struct options *options)
{
    return options->argument_count;
}

const char *options_argument(const struct options *options, size_t index)
{
    return index < options->argument_count ? options->arguments[index] : NULL;
}
