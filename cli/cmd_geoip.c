/* `kansen geoip check`: what a MaxMind DB is, and what it answers. */
#define _GNU_SOURCE /* strcasestr */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <maxminddb.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/reporting.h"
#include "ingest/event/address.h"
#include "ingest/geoip/geo.h"
#include "ingest/geoip/survey.h"
#include "text/csv_writer.h"
#include "text/escape.h"
#include "text/json_writer.h"

/* "9999-12-31T23:59:59Z" */
#define INSTANT_SIZE 32

/* Everything that is shown, in either form. */
struct check {
    const char *path;
    const struct geo *geo;
    const MMDB_metadata_s *metadata;
    struct survey survey;
    bool usable;
    char built[INSTANT_SIZE];
    size_t count;
    const struct event *events; /* of the addresses */
};

/* ---- the addresses */

static int refuse_address(const char *text, struct error *error)
{
    if (strchr(text, '/') != NULL)
        error_set(error, STATUS_REJECT,
                  "\"%s\" is a network, not an address; give an address that lies in it", text);
    else
        error_set(error, STATUS_REJECT, "\"%s\" is no IPv4 or IPv6 address", text);
    return EX_USAGE;
}

/* *out is on the heap; argument 0 is the file. */
static int read_addresses(const struct options *options, struct event **out, struct error *error)
{
    size_t count = options_arguments(options) - 1;
    struct event *events = calloc(count + 1, sizeof(*events));

    if (events == NULL) {
        error_set(error, STATUS_FATAL, "out of memory");
        return EX_OSERR;
    }
    for (size_t i = 0; i < count; i++) {
        const char *text = options_argument(options, i + 1);

        if (!address_parse((struct slice){text, strlen(text)}, &events[i])) {
            free(events);
            return refuse_address(text, error);
        }
    }
    *out = events;
    return EX_OK;
}

static void write_address(const struct event *event, char text[INET6_ADDRSTRLEN])
{
    int family = event->address_family == ADDRESS_IPV4 ? AF_INET : AF_INET6;

    inet_ntop(family, event->address, text, INET6_ADDRSTRLEN);
}

/* The network that the address lies in, e.g. "203.0.113.0/24". */
static void write_network(const struct event *event, unsigned prefix, char *text, size_t size)
{
    char address[INET6_ADDRSTRLEN];
    struct event network = *event;

    for (unsigned bit = prefix; bit < 8 * sizeof(network.address); bit++)
        network.address[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
    write_address(&network, address);
    snprintf(text, size, "%s/%u", address, prefix);
}

/* Files about the owners of networks have a country too, and nothing in it tells whose it is.
 * Theirs is where an owner is registered, which may be far from the machine. */
static bool is_about_owners(const struct check *check)
{
    static const char *const words[] = {"asn", "company", "whois", "abuse"};
    const char *type = check->metadata->database_type;

    if (check->survey.with_country == 0 || strcasestr(type, "country") != NULL)
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcasestr(type, words[i]) != NULL)
            return true;
    return false;
}

/* ---- for people */

static void print_field(const char *name, const char *text)
{
    printf("%-13s ", name);
    escape_plain(stdout, text);
    putchar('\n');
}

static void print_languages(const MMDB_metadata_s *metadata)
{
    printf("%-13s ", "languages");
    for (size_t i = 0; i < metadata->languages.count; i++) {
        fputs(i > 0 ? ", " : "", stdout);
        escape_plain(stdout, metadata->languages.names[i]);
    }
    puts(metadata->languages.count == 0 ? "none" : "");
}

static void print_networks(const struct check *check)
{
    const struct survey *survey = &check->survey;
    uint64_t networks = survey->networks_v4 + survey->networks_v6;

    printf("%-13s %" PRIu64 " (IPv4 %" PRIu64 ", IPv6 %" PRIu64 ")\n", "networks", networks,
           survey->networks_v4, survey->networks_v6);
    printf("%-13s %" PRIu64 " of them\n", "with country", survey->with_country);
    for (int layout = 0; layout < COUNTRY_LAYOUTS; layout++)
        if (survey->by_layout[layout] > 0)
            printf("%-13s %s (%" PRIu64 ")\n", "layout", country_layout_name(layout),
                   survey->by_layout[layout]);
    if (survey->with_country == 0)
        print_field("layout", "no country in a place where kansen knows to look");
    if (is_about_owners(check))
        print_field("note", "by its type this is about owners of networks: the country may be an "
                            "owner's, not the machine's");
    print_field("keys", *survey->keys == '\0' ? "none" : survey->keys);
}

static void print_answer(const struct check *check, const struct event *event, int width)
{
    struct geo_answer answer;
    char address[INET6_ADDRSTRLEN];
    char network[INET6_ADDRSTRLEN + 8];

    write_address(event, address);
    geo_look_up(check->geo, event, &answer);
    printf("%-*s  %s  ", width, address, answer.country);
    if (!answer.found) {
        puts("in no network of this database");
        return;
    }
    write_network(event, answer.prefix, network, sizeof(network));
    printf("%s, %s\n", network,
           answer.layout != NULL ? answer.layout : "whose record has no country");
}

static void print_table(const struct check *check)
{
    const MMDB_metadata_s *metadata = check->metadata;
    int width = 0;

    print_field("file", check->path);
    print_field("type", metadata->database_type);
    print_field("built", check->built);
    for (size_t i = 0; i < metadata->description.count; i++) {
        printf("%-13s ", i == 0 ? "description" : "");
        escape_plain(stdout, metadata->description.descriptions[i]->description);
        fputs(" (", stdout);
        escape_plain(stdout, metadata->description.descriptions[i]->language);
        puts(")");
    }
    print_languages(metadata);
    printf("%-13s MaxMind DB %u.%u for IPv%u, records of %u bits\n", "format",
           metadata->binary_format_major_version, metadata->binary_format_minor_version,
           metadata->ip_version, metadata->record_size);
    print_networks(check);
    for (size_t i = 0; i < check->count; i++) {
        char address[INET6_ADDRSTRLEN];

        write_address(&check->events[i], address);
        if ((int)strlen(address) > width)
            width = (int)strlen(address);
    }
    if (check->count > 0)
        putchar('\n');
    for (size_t i = 0; i < check->count; i++)
        print_answer(check, &check->events[i], width);
}

/* ---- for programs */

static void json_metadata(struct json_writer *writer, const struct check *check)
{
    const MMDB_metadata_s *metadata = check->metadata;

    json_writer_text(writer, "file", check->path);
    json_writer_text(writer, "type", metadata->database_type);
    json_writer_text(writer, "built", check->built);
    json_writer_unsigned(writer, "build_epoch", metadata->build_epoch);
    json_writer_object(writer, "description", JSON_ONE_LINE);
    for (size_t i = 0; i < metadata->description.count; i++)
        json_writer_text(writer, metadata->description.descriptions[i]->language,
                         metadata->description.descriptions[i]->description);
    json_writer_end(writer);
    json_writer_array(writer, "languages", JSON_ONE_LINE);
    for (size_t i = 0; i < metadata->languages.count; i++)
        json_writer_text(writer, NULL, metadata->languages.names[i]);
    json_writer_end(writer);
    json_writer_unsigned(writer, "ip_version", metadata->ip_version);
    json_writer_unsigned(writer, "record_size", metadata->record_size);
}

static void json_survey(struct json_writer *writer, const struct check *check)
{
    const struct survey *survey = &check->survey;

    json_writer_object(writer, "networks", JSON_ONE_LINE);
    json_writer_unsigned(writer, "ipv4", survey->networks_v4);
    json_writer_unsigned(writer, "ipv6", survey->networks_v6);
    json_writer_unsigned(writer, "with_country", survey->with_country);
    json_writer_end(writer);
    json_writer_array(writer, "layouts", JSON_LINES);
    for (int layout = 0; layout < COUNTRY_LAYOUTS; layout++) {
        if (survey->by_layout[layout] == 0)
            continue;
        json_writer_object(writer, NULL, JSON_ONE_LINE);
        json_writer_text(writer, "layout", country_layout_name(layout));
        json_writer_unsigned(writer, "networks", survey->by_layout[layout]);
        json_writer_end(writer);
    }
    json_writer_end(writer);
    json_writer_text(writer, "keys", survey->keys);
    json_writer_bool(writer, "about_owners", is_about_owners(check));
    json_writer_bool(writer, "usable", check->usable);
}

static void json_answer(struct json_writer *writer, const struct check *check,
                        const struct event *event)
{
    struct geo_answer answer;
    char text[INET6_ADDRSTRLEN + 8];

    geo_look_up(check->geo, event, &answer);
    json_writer_object(writer, NULL, JSON_ONE_LINE);
    write_address(event, text);
    json_writer_text(writer, "address", text);
    json_writer_text(writer, "country", answer.country);
    write_network(event, answer.prefix, text, sizeof(text));
    json_writer_text(writer, "network", answer.found ? text : NULL);
    json_writer_text(writer, "layout", answer.layout);
    json_writer_end(writer);
}

static void print_json(const struct check *check)
{
    struct json_writer writer;

    json_writer_init(&writer, stdout);
    json_writer_object(&writer, NULL, JSON_LINES);
    json_metadata(&writer, check);
    json_survey(&writer, check);
    json_writer_array(&writer, "addresses", JSON_LINES);
    for (size_t i = 0; i < check->count; i++)
        json_answer(&writer, check, &check->events[i]);
    json_writer_end(&writer);
    json_writer_end(&writer);
    putchar('\n');
}

/* The answers alone: what the file says of itself is no row of theirs. */
static void print_csv(const struct check *check)
{
    static const char *const columns[] = {"address", "country", "network", "layout"};
    struct csv_writer writer;

    csv_writer_init(&writer, stdout);
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        csv_writer_field(&writer, columns[i]);
    csv_writer_end(&writer);
    for (size_t i = 0; i < check->count; i++) {
        struct geo_answer answer;
        char text[INET6_ADDRSTRLEN + 8];

        geo_look_up(check->geo, &check->events[i], &answer);
        write_address(&check->events[i], text);
        csv_writer_field(&writer, text);
        csv_writer_field(&writer, answer.country);
        write_network(&check->events[i], answer.prefix, text, sizeof(text));
        csv_writer_field(&writer, answer.found ? text : NULL);
        csv_writer_field(&writer, answer.layout);
        csv_writer_end(&writer);
    }
}

/* ---- the command */

static const struct {
    const char *name;
    void (*print)(const struct check *check);
} forms[] = {{"table", print_table}, {"json", print_json}, {"csv", print_csv}};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

static void write_build(const MMDB_metadata_s *metadata, char text[INSTANT_SIZE])
{
    time_t seconds = (time_t)metadata->build_epoch;
    struct tm broken;

    if (gmtime_r(&seconds, &broken) == NULL ||
        strftime(text, INSTANT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &broken) == 0)
        *text = '\0';
}

/* EX_NOINPUT is for a file that can't be opened; whatever it holds is EX_DATAERR. */
static int open_database(const char *path, struct geo **geo, struct error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    bool is_folder = file >= 0 && fstat(file, &about) == 0 && S_ISDIR(about.st_mode);

    if (file < 0 || is_folder) {
        error_set(error, STATUS_REJECT, "%s: %s", path, strerror(is_folder ? EISDIR : errno));
        if (file >= 0)
            close(file);
        return EX_NOINPUT;
    }
    close(file);
    return command_exit_code(geo_open_to_inspect(path, geo, error));
}

static int check_file(struct check *check, const char *format, struct error *error)
{
    struct error reason = {""};
    enum status status = geo_survey(check->geo, &check->survey, error);

    if (status != STATUS_OK)
        return command_exit_code(status);
    check->metadata = geo_metadata(check->geo);
    status = geo_require_countries(check->geo, &check->survey, &reason);
    check->usable = status == STATUS_OK;
    write_build(check->metadata, check->built);
    for (size_t i = 0; i < FORMS; i++)
        if (strcmp(format, forms[i].name) == 0)
            forms[i].print(check);
    if (!check->usable)
        error_set(error, status, "%s: %s", check->path, reason.message);
    return command_exit_code(status);
}

static int run_check(const struct options *options, struct error *error)
{
    static const char *const formats[] = {"table", "json", "csv", NULL};
    struct reporting_choices choices = {.count = 0};
    struct check check = {.path = NULL};
    struct event *events = NULL;
    struct geo *geo = NULL;
    int code = command_check_arguments(options, 1, SIZE_MAX, "FILE", error);

    if (code == EX_OK)
        code = reporting_choose(options, "format", formats, &choices, error);
    if (code == EX_OK)
        code = read_addresses(options, &events, error);
    if (code != EX_OK)
        return code;
    check.path = options_argument(options, 0);
    check.count = options_arguments(options) - 1;
    check.events = events;
    code = open_database(check.path, &geo, error);
    if (code == EX_OK) {
        check.geo = geo;
        code = check_file(&check, choices.count > 0 ? choices.words[choices.count - 1] : formats[0],
                          error);
        geo_close(geo);
    }
    free(events);
    return code;
}

static const char *const check_options[] = {"format", NULL};

const struct command command_geoip_check = {
    "geoip check",
    "FILE [ADDRESS…]",
    "what a MaxMind DB holds, and what it answers",
    "Says the file's type, build date and layout, how "
    "many\n"
    "networks have a country, and each ADDRESS's country as `kansen ingest --geoip FILE` would "
    "store\n"
    "it: ZZ when it is in no network, or in one without a country, which is no error. Ends with "
    "65\n"
    "when the file is damaged or has no countries, 66 when it can't be opened.\n",
    check_options,
    run_check,
    COMMAND_EXAMPLES("kansen geoip check country.mmdb 203.0.113.7 2001:db8::7",
                     "kansen geoip check /var/lib/GeoIP/GeoLite2-Country.mmdb --format json")};
