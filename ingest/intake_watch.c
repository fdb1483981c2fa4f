#include "ingest/intake_watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ingest/share_window.h"

/* More than half of at most a thousand, until it is less than a quarter. */
static const struct share_limits rejected_limits = {
    .size = INTAKE_REJECTED_OF, .minimum = INTAKE_REJECTED_OF_FIRST, .high = 5001, .low = 2500};

/* Where a good MaxMind DB is in use, a few addresses in a hundred have no country. */
static const struct share_limits unlocated_limits = {
    .size = INTAKE_UNLOCATED_OF, .minimum = INTAKE_UNLOCATED_OF, .high = 9900, .low = 9000};

/* Fewer addresses say nothing about the MaxMind DB, not even when nothing more comes. */
#define UNLOCATED_MINIMUM 100

/* Of a topic or file in a command that is shown; longer ones are left out. */
#define COMMAND_SIZE 512

/* What a partition or file gave last. The mark of a rejected message is its reason and 1. */
struct intake_window {
    int32_t partition;
    struct share_window *share;
    uint32_t reasons[REJECT_REASONS]; /* rejected messages in it */
    /* The last one of the reason that was the most frequent when it came. */
    struct rejection example;
    int64_t offset;
    uint32_t element; /* 0: a whole message */
};

struct intake_watch {
    const struct logger *logger;
    struct intake_window **partitions;
    size_t partition_count;
    struct intake_window *file; /* of the present one; NULL before the first */
    struct share_window *addresses;
    bool no_geoip_is_said;
};

/* ---- windows */

static void window_free(struct intake_window *window)
{
    if (window != NULL)
        free(window->share);
    free(window);
}

static struct intake_window *window_new(int32_t partition)
{
    struct intake_window *window = calloc(1, sizeof(*window));

    if (window == NULL)
        return NULL;
    window->partition = partition;
    window->share = share_window_new(&rejected_limits);
    if (window->share != NULL)
        return window;
    window_free(window);
    return NULL;
}

static void window_reset(struct intake_window *window)
{
    share_window_reset(window->share);
    memset(window->reasons, 0, sizeof(window->reasons));
}

struct intake_watch *intake_watch_new(const struct logger *logger)
{
    struct intake_watch *watch = calloc(1, sizeof(*watch));

    if (watch == NULL)
        return NULL;
    watch->logger = logger;
    watch->addresses = share_window_new(&unlocated_limits);
    if (watch->addresses != NULL)
        return watch;
    free(watch);
    return NULL;
}

void intake_watch_free(struct intake_watch *watch)
{
    if (watch == NULL)
        return;
    for (size_t i = 0; i < watch->partition_count; i++)
        window_free(watch->partitions[i]);
    free(watch->partitions);
    window_free(watch->file);
    free(watch->addresses);
    free(watch);
}

/* A file begins, with an empty window. */
static struct intake_window *begin_file(struct intake_watch *watch)
{
    if (watch->file == NULL)
        watch->file = window_new(0);
    else
        window_reset(watch->file);
    return watch->file;
}

static struct intake_window *begin_partition(struct intake_watch *watch, int32_t partition)
{
    struct intake_window **grown;

    for (size_t i = 0; i < watch->partition_count; i++)
        if (watch->partitions[i]->partition == partition)
            return watch->partitions[i];
    grown =
        realloc(watch->partitions, (watch->partition_count + 1) * sizeof(struct intake_window *));
    if (grown == NULL)
        return NULL;
    watch->partitions = grown;
    watch->partitions[watch->partition_count] = window_new(partition);
    if (watch->partitions[watch->partition_count] == NULL)
        return NULL;
    return watch->partitions[watch->partition_count++];
}

static bool is_of_file(const struct origin *origin)
{
    return strcmp(origin->source, "file") == 0;
}

bool intake_watch_begin(struct intake_watch *watch, const struct message *message)
{
    struct origin *origin = message->origin;

    /* A dead letter was rejected once already, and is of whatever partition. */
    if (origin->window != NULL || message->dead_letter_id != 0)
        return true;
    origin->window =
        is_of_file(origin) ? begin_file(watch) : begin_partition(watch, origin->partition);
    return origin->window != NULL;
}

/* ---- what is rejected */

/* Does the detail speak of JSON that is good, but not of our shape? */
static bool may_be_of_another_format(enum reject_reason reason)
{
    return reason == REJECT_MISSING_FIELD || reason == REJECT_WRONG_TYPE ||
           reason == REJECT_NOT_AN_OBJECT;
}

/* Names of topics need no quotes in a shell; paths may. */
static void name_command(const struct message *message, const struct intake_window *window,
                         char command[COMMAND_SIZE])
{
    if (is_of_file(message->origin))
        snprintf(command, COMMAND_SIZE, "kansen dead-letters list --each --reason %s --limit 10",
                 reject_reason_name(window->example.reason));
    else
        snprintf(command, COMMAND_SIZE, "kansen dead-letters show %s %" PRId32 " %" PRId64,
                 message->origin->topic, message->origin->partition, window->offset);
}

/* What is said of some examples: up to two pairs for log_write, NULL behind them. */
static void name_more(const struct intake_window *window, struct log_number *element,
                      const char *more[4])
{
    int count = 0;

    if (window->element > 0) {
        more[count++] = "#element";
        more[count++] = log_number(element, window->element);
    }
    if (may_be_of_another_format(window->example.reason)) {
        more[count++] = "hint";
        more[count++] = "JSON of another format? --event-format says which: kansen, ocsf, ecs, "
                        "cloudevents, or a file";
    }
}

static void warn_of_rejected(const struct intake_watch *watch, const struct message *message,
                             const struct intake_window *window)
{
    const struct origin *origin = message->origin;
    bool of_file = is_of_file(origin);
    char command[COMMAND_SIZE];
    struct log_number element;
    const char *more[4] = {NULL};

    name_command(message, window, command);
    name_more(window, &element, more);
    log_write(watch->logger, LOG_LEVEL_WARNING,
              of_file ? "more than half of a file is rejected"
                      : "more than half of a partition is rejected",
              of_file ? "file" : "topic", origin->topic, LOG_INT("partition", origin->partition),
              LOG_INT("rejected", window->share->marked), LOG_INT("of", window->share->filled),
              "reason", reject_reason_name(window->example.reason), of_file ? "#line" : "#offset",
              log_number(&(struct log_number){""}, window->offset), "detail",
              window->example.detail, "see", command, more[0], more[1], more[2], more[3], NULL);
}

static void tell_of_recovery(const struct intake_watch *watch, const struct message *message,
                             const struct intake_window *window)
{
    const struct origin *origin = message->origin;
    bool of_file = is_of_file(origin);

    log_write(
        watch->logger, LOG_LEVEL_INFO,
        of_file ? "most of the file is accepted again" : "most of the partition is accepted again",
        of_file ? "file" : "topic", origin->topic, LOG_INT("partition", origin->partition),
        LOG_INT("rejected", window->share->marked), LOG_INT("of", window->share->filled), NULL);
}

static void keep_example(struct intake_window *window, const struct message *message,
                         const struct rejection *why)
{
    window->reasons[why->reason]++;
    if (window->reasons[why->reason] < window->reasons[window->example.reason])
        return;
    window->example.reason = why->reason;
    strcpy(window->example.detail, why->detail);
    window->offset = message->offset;
    window->element = message->element;
}

void intake_watch_note(struct intake_watch *watch, const struct message *message,
                       const struct rejection *why)
{
    struct intake_window *window = message->origin->window;
    enum share_news news;

    if (window == NULL)
        return;
    news = share_window_add(window->share, why == NULL ? 0 : (uint8_t)(why->reason + 1));
    if (window->share->gone != 0)
        window->reasons[window->share->gone - 1]--;
    if (why != NULL)
        keep_example(window, message, why);
    if (news == SHARE_TOO_HIGH)
        warn_of_rejected(watch, message, window);
    if (news == SHARE_WELL_AGAIN)
        tell_of_recovery(watch, message, window);
}

/* ---- countries */

static void warn_of_addresses(const struct intake_watch *watch, const struct geo *geo)
{
    time_t build = (time_t)geo_build_epoch(geo);
    struct tm utc;
    char built[16];

    gmtime_r(&build, &utc);
    strftime(built, sizeof(built), "%Y-%m-%d", &utc);
    log_write(watch->logger, LOG_LEVEL_WARNING,
              "the MaxMind DB has no country for nearly all addresses",
              LOG_INT("unknown", watch->addresses->marked), LOG_INT("of", watch->addresses->filled),
              "file", geo_path(geo), "type", geo_database_type(geo), "built", built, NULL);
}

void intake_watch_note_address(struct intake_watch *watch, const struct geo *geo, bool has_country)
{
    enum share_news news = share_window_add(watch->addresses, !has_country);

    if (news == SHARE_TOO_HIGH)
        warn_of_addresses(watch, geo);
    if (news == SHARE_WELL_AGAIN)
        log_write(watch->logger, LOG_LEVEL_INFO, "the MaxMind DB has countries for addresses again",
                  LOG_INT("unknown", watch->addresses->marked),
                  LOG_INT("of", watch->addresses->filled), NULL);
}

void intake_watch_forget_addresses(struct intake_watch *watch)
{
    share_window_reset(watch->addresses);
}

void intake_watch_end(struct intake_watch *watch, const struct geo *geo)
{
    const struct share_window *addresses = watch->addresses;

    if (geo != NULL && !addresses->is_high && addresses->filled >= UNLOCATED_MINIMUM &&
        share_is_reached(addresses->marked, addresses->filled, unlocated_limits.high))
        warn_of_addresses(watch, geo);
}

void intake_watch_note_no_geoip(struct intake_watch *watch)
{
    if (watch->no_geoip_is_said)
        return;
    watch->no_geoip_is_said = true;
    log_write(watch->logger, LOG_LEVEL_WARNING,
              "events carry an address and no country, and there is no --geoip: they count as ZZ",
              "hint", "give --geoip FILE, a MaxMind DB with countries", NULL);
}
