#include "ingest/pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/event/decode.h"
#include "ingest/event/looked_up.h"
#include "ingest/geoip/geo.h"
#include "ingest/intake_watch.h"
#include "ingest/store/writer_watch.h"
#include "kansen/clock.h"
#include "kansen/outage.h"

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY (86400 * US_PER_SECOND)

/* What calendar_month covers in every time zone: the years 2000 to 2100 of UTC. */
#define OLDEST_US (INT64_C(946684800) * US_PER_SECOND)      /* 2000-01-01T00:00:00Z */
#define NEWEST_US (INT64_C(4133980800) * US_PER_SECOND - 1) /* the end of 2100 */

/* How often the MaxMind DB's file is looked at. */
#define GEOIP_INTERVAL_MS 5000
/* What simulate/geo/make-mmdb calls its file. */
#define DEMO_DATABASE_TYPE "Kansen-Demo-Country"

#define GEOIP_REFUSED "the MaxMind DB has changed but is not good; the old one stays"
#define GEOIP_READ_AGAIN "the MaxMind DB has changed and was read again"

/* Between two looks whether connecting is to be given up. */
#define CONNECT_LOOK_MS 200

struct pipeline {
    struct pipeline_settings settings;
    struct decoder *decoder;
    struct geo *geo;                /* NULL without a MaxMind DB */
    struct geoip_build geoip_build; /* that it is */
    struct outage geoip_refused;    /* its file has changed, and is not good */
    struct writer *writer;
    struct writer_watch writer_watch;
    struct intake_watch *watch;
    int64_t now_us;             /* a moment ago */
    struct time_policy policy;  /* of messages that come now */
    struct header_list headers; /* of the message that is being rejected, or in an envelope */
    struct slice enveloped;     /* those in the envelope around the message; data NULL: none */
    int64_t filling_since_ms;   /* when the batch got its first entry; 0: it is empty */
    int64_t geoip_checked_ms;
    uint32_t last_events; /* in the message that was added last */
};

/* What the country of an event is by. */
enum located {
    LOCATED_BY_ITSELF,  /* it carries one */
    LOCATED_BY_ADDRESS, /* the MaxMind DB has one */
    LOCATED_IN_VAIN,    /* the MaxMind DB has none */
    LOCATED_NOWHERE,    /* there is no MaxMind DB */
};

static int64_t clamp(int64_t value, int64_t minimum, int64_t maximum)
{
    if (value < minimum)
        return minimum;
    return value > maximum ? maximum : value;
}

/* Days are bounded by the options, so nothing overflows. */
static struct time_policy policy_at(const struct pipeline *pipeline, int64_t now_us)
{
    const struct pipeline_settings *settings = &pipeline->settings;

    return (struct time_policy){
        .oldest_us = clamp(now_us - settings->max_age_days * US_PER_DAY, OLDEST_US, NEWEST_US),
        .newest_us = clamp(now_us + settings->max_ahead_days * US_PER_DAY, OLDEST_US, NEWEST_US),
    };
}

static void update_policy(struct pipeline *pipeline)
{
    pipeline->now_us = clock_ms(CLOCK_REALTIME) * 1000;
    pipeline->policy = policy_at(pipeline, pipeline->now_us);
}

/* The writer connects first. */
static enum status await_connection(struct pipeline *pipeline, struct error *error)
{
    while (!writer_watch_wait(&pipeline->writer_watch, CONNECT_LOOK_MS))
        if (*pipeline->settings.stop)
            return error_set(error, STATUS_RETRY, "stopped while connecting to PostgreSQL");
    if (writer_state(pipeline->writer) == WRITER_FAILED)
        return writer_failure(pipeline->writer, error);
    return STATUS_OK;
}

/* ---- opening and closing */

/* There is another MaxMind DB, or none any more. */
static void note_geoip(struct pipeline *pipeline)
{
    if (pipeline->geo != NULL)
        pipeline->geoip_build = geo_build(pipeline->geo);
    metrics_set(watch_metrics(pipeline->settings.watch), METRIC_GEOIP_BUILD,
                pipeline->geo == NULL ? 0 : geo_build_epoch(pipeline->geo));
    metrics_set(watch_metrics(pipeline->settings.watch), METRIC_GEOIP_REFUSED, 0);
}

static enum status open_geoip(struct pipeline *pipeline, const char *path, struct error *error)
{
    struct error reason;
    enum status status = geo_open(path, &pipeline->geo, &reason);

    if (status != STATUS_OK)
        return error_set(error, status, "--geoip %.1000s", reason.message);
    note_geoip(pipeline);
    return STATUS_OK;
}

enum status pipeline_open(const struct pipeline_settings *settings, struct pipeline **out,
                          struct error *error)
{
    struct pipeline *pipeline = calloc(1, sizeof(*pipeline));
    enum status status = STATUS_OK;

    if (pipeline == NULL) {
        mapping_free(settings->mapping);
        return error_set(error, STATUS_FATAL, "out of memory");
    }
    pipeline->settings = *settings;
    pipeline->geoip_refused =
        outage_of(settings->logger, GEOIP_REFUSED, GEOIP_READ_AGAIN, NULL, NULL);
    update_policy(pipeline);
    pipeline->decoder = decoder_new();
    pipeline->watch = intake_watch_new(settings->logger);
    if (pipeline->decoder == NULL || pipeline->watch == NULL)
        status = error_set(error, STATUS_FATAL, "out of memory");
    else
        decoder_set_mapping(pipeline->decoder, settings->mapping);
    if (status == STATUS_OK && settings->geoip_path != NULL)
        status = open_geoip(pipeline, settings->geoip_path, error);
    if (status == STATUS_OK)
        status = writer_start(settings->conninfo, (size_t)settings->infection_cache_mib,
                              settings->logger, settings->watch, &pipeline->writer, error);
    pipeline->writer_watch = (struct writer_watch){.writer = pipeline->writer,
                                                   .logger = settings->logger,
                                                   .health = watch_health(settings->watch)};
    if (status == STATUS_OK)
        status = await_connection(pipeline, error);
    if (status != STATUS_OK) {
        pipeline_close(pipeline);
        return status;
    }
    *out = pipeline;
    return STATUS_OK;
}

void pipeline_warn_of_demo_geoip(const struct pipeline *pipeline)
{
    if (pipeline->geo != NULL && strcmp(geo_database_type(pipeline->geo), DEMO_DATABASE_TYPE) == 0)
        log_write(
            pipeline->settings.logger, LOG_LEVEL_WARNING,
            "the MaxMind DB is the demo's and knows no address of the internet; --geoip names "
            "one of yours",
            "file", pipeline->settings.geoip_path, NULL);
}

void pipeline_close(struct pipeline *pipeline)
{
    if (pipeline == NULL)
        return;
    writer_stop(pipeline->writer);
    if (pipeline->watch != NULL)
        intake_watch_end(pipeline->watch, pipeline->geo);
    intake_watch_free(pipeline->watch);
    geo_close(pipeline->geo);
    decoder_free(pipeline->decoder);
    mapping_free(pipeline->settings.mapping);
    header_list_clear(&pipeline->headers);
    free(pipeline);
}

static void submit(struct pipeline *pipeline)
{
    writer_submit(pipeline->writer);
    pipeline->filling_since_ms = 0;
}

static void note_filling(struct pipeline *pipeline)
{
    if (pipeline->filling_since_ms == 0)
        pipeline->filling_since_ms = clock_ms(CLOCK_MONOTONIC);
}

static bool hand_over(struct pipeline *pipeline)
{
    if (writer_state(pipeline->writer) != WRITER_IDLE)
        return false;
    if (batch_is_empty(writer_batch(pipeline->writer)))
        return true;
    submit(pipeline);
    return true;
}

/* The event's own country stands; its address is asked only when it has none. */
static void locate(struct pipeline *pipeline, struct event *event, enum located *located)
{
    *located = LOCATED_BY_ITSELF;
    event->has_own_country = event->country[0] != '\0';
    event->geoip = NULL;
    if (event->has_own_country)
        return;
    if (pipeline->geo == NULL) {
        memcpy(event->country, COUNTRY_UNKNOWN, COUNTRY_SIZE);
        *located = LOCATED_NOWHERE;
        return;
    }
    geo_country(pipeline->geo, event, event->country);
    event->geoip = &pipeline->geoip_build;
    *located = memcmp(event->country, COUNTRY_UNKNOWN, COUNTRY_SIZE) == 0 ? LOCATED_IN_VAIN
                                                                          : LOCATED_BY_ADDRESS;
}

static bool mapping_wants_headers(const struct pipeline *pipeline)
{
    return pipeline->settings.mapping != NULL && mapping_reads_headers(pipeline->settings.mapping);
}

/* For the decoder: `context` is a list of headers. */
static bool add_header(void *context, struct slice name, struct slice value)
{
    return header_list_add_bytes(context, name, value);
}

/* What is decoded: the value, or what the envelope around it holds, with its headers when a mapping
 * may look for one. False: memory is short. */
static bool unwrap(struct pipeline *pipeline, const struct message *message, struct slice *text)
{
    int unpacked = 0;

    *text = message->value;
    pipeline->enveloped = (struct slice){NULL, 0};
    if (message->form == MESSAGE_LINE && message->element == 0)
        unpacked = decode_kcat_envelope(pipeline->decoder, text->data, text->length, text);
    if (unpacked <= 0 || !mapping_wants_headers(pipeline))
        return unpacked >= 0;
    header_list_reset(&pipeline->headers);
    if (!decode_kcat_headers(pipeline->decoder, add_header, &pipeline->headers))
        return false;
    pipeline->enveloped = header_list_items(&pipeline->headers);
    return true;
}

/* An event was added to the batch. */
static void note_event(struct pipeline *pipeline, struct batch *batch, struct origin *origin,
                       const struct event *event, enum located located)
{
    if (event->time_us > origin->newest_event_us)
        origin->newest_event_us = event->time_us;
    batch->bad_addresses += event->has_bad_address;
    if (located == LOCATED_NOWHERE)
        intake_watch_note_no_geoip(pipeline->watch);
    if (located != LOCATED_BY_ADDRESS && located != LOCATED_IN_VAIN)
        return;
    batch->addresses++;
    batch->unlocated += located == LOCATED_IN_VAIN;
    intake_watch_note_address(pipeline->watch, pipeline->geo, located == LOCATED_BY_ADDRESS);
}

/* The headers of a message that is rejected, or may be in part. False: memory is short. */
static bool read_headers(struct pipeline *pipeline, struct message *message)
{
    if (message->read_headers == NULL)
        return true;
    header_list_reset(&pipeline->headers);
    if (!message->read_headers(message->native, &pipeline->headers))
        return false;
    message->headers = header_list_items(&pipeline->headers);
    return true;
}

/* For the decoder: `context` is a message's headers. */
static size_t find_header(void *context, struct slice name, struct slice *value)
{
    const struct slice *headers = context;

    return header_list_find(*headers, name, value);
}

/* One event, or why it is none. */
struct decoded {
    enum status status;
    struct event event;       /* STATUS_OK */
    struct geoip_build build; /* that `event` may point to */
    enum located located;
    struct rejection reason; /* STATUS_REJECT */
};

/* A month that goes back to where it was has its countries by what they were by. */
static void locate_as_before(struct slice text, struct decoded *out)
{
    enum looked_up looked_up = looked_up_read(text, &out->build);

    if (looked_up == LOOKED_UP_NOT)
        return;
    out->event.has_own_country = false;
    out->event.geoip = looked_up == LOOKED_UP_IN ? &out->build : NULL;
}

static void decode(struct pipeline *pipeline, const struct message *message, struct slice text,
                   struct decoded *out)
{
    struct time_policy policy =
        message->arrived_us == 0 ? pipeline->policy : policy_at(pipeline, message->arrived_us);

    if (message->refused != NULL) {
        out->status = STATUS_REJECT;
        out->reason = *message->refused;
        return;
    }
    decoder_set_kind(pipeline->decoder, message->origin->kind);
    out->status =
        decode_event(pipeline->decoder, text.data, text.length, &policy, &out->event, &out->reason);
    if (out->status != STATUS_OK)
        return;
    locate(pipeline, &out->event, &out->located);
    if (message->origin->restores_day != 0)
        locate_as_before(text, out);
}

static bool add_to_batch(struct pipeline *pipeline, const struct decoded *decoded,
                         const struct message *message)
{
    struct batch *batch = writer_batch(pipeline->writer);
    bool is_event = decoded->status == STATUS_OK;
    bool added = is_event ? batch_add_event(batch, &decoded->event, message)
                          : batch_add_dead_letter(batch, &decoded->reason, message);

    if (added && is_event)
        note_event(pipeline, batch, message->origin, &decoded->event, decoded->located);
    if (added)
        intake_watch_note(pipeline->watch, message, is_event ? NULL : &decoded->reason);
    return added;
}

/* A message does not fit the batch. False: nor another one, for the reason in *why. */
static bool begin_another(struct pipeline *pipeline, enum pipeline_added *why)
{
    *why = batch_is_empty(writer_batch(pipeline->writer)) ? PIPELINE_NO_MEMORY : PIPELINE_FULL;
    return *why == PIPELINE_FULL && hand_over(pipeline);
}

static enum pipeline_added add_decoded(struct pipeline *pipeline, const struct message *message,
                                       const struct decoded *decoded)
{
    enum pipeline_added added = PIPELINE_ADDED;

    while (!add_to_batch(pipeline, decoded, message))
        if (!begin_another(pipeline, &added))
            return added;
    return PIPELINE_ADDED;
}

static enum pipeline_added add_one(struct pipeline *pipeline, struct message *message,
                                   struct slice text)
{
    struct decoded decoded;

    decode(pipeline, message, text, &decoded);
    if (decoded.status != STATUS_OK && !read_headers(pipeline, message))
        return PIPELINE_NO_MEMORY;
    return add_decoded(pipeline, message, &decoded);
}

/* The message's format has `each`, and the message no such array. */
static enum pipeline_added reject(struct pipeline *pipeline, struct message *message,
                                  const struct rejection *reason)
{
    struct decoded decoded = {.status = STATUS_REJECT, .reason = *reason};

    return read_headers(pipeline, message) ? add_decoded(pipeline, message, &decoded)
                                           : PIPELINE_NO_MEMORY;
}

/* A dead letter that holds an array stays one as long as an element is rejected: which one? */
static void name_element(struct rejection *reason, uint32_t number)
{
    char detail[REJECTION_DETAIL_SIZE];

    memcpy(detail, reason->detail, sizeof(detail));
    rejection_set(reason, reason->reason, "element %" PRIu32 ": %s", number, detail);
}

/* Each element becomes an event or a dead letter, all of them in this batch. False: it is full, and
 * as it was before. */
static bool add_elements(struct pipeline *pipeline, const struct message *message,
                         struct elements elements)
{
    struct batch *batch = writer_batch(pipeline->writer);
    struct batch_elements kept;
    struct slice value;

    if (!batch_begin_elements(batch, message, elements.count, &kept))
        return false;
    for (uint32_t number = 1; elements_next(&elements, &value); number++) {
        struct decoded decoded;
        struct message element;

        decode(pipeline, message, value, &decoded);
        if (decoded.status != STATUS_OK && message->dead_letter_id != 0)
            name_element(&decoded.reason, number);
        element = batch_element(&kept, number, value, decoded.status != STATUS_OK);
        if (!add_to_batch(pipeline, &decoded, &element)) {
            batch_undo_elements(batch, &kept);
            return false;
        }
    }
    return true;
}

static enum pipeline_added add_array(struct pipeline *pipeline, struct message *message,
                                     struct elements elements)
{
    enum pipeline_added added = PIPELINE_ADDED;

    if (!read_headers(pipeline, message))
        return PIPELINE_NO_MEMORY;
    while (!add_elements(pipeline, message, elements))
        if (!begin_another(pipeline, &added))
            return added;
    pipeline->last_events = elements.count;
    return PIPELINE_ADDED;
}

/* A mapping may look for headers of any message, not only of those that are rejected. */
static bool prepare_headers(struct pipeline *pipeline, struct message *message)
{
    if (!mapping_wants_headers(pipeline))
        return true;
    if (!read_headers(pipeline, message))
        return false;
    message->read_headers = NULL;
    return true;
}

/* An element is one event, and what its source refuses is not looked at. */
static enum decode_elements find_elements(struct pipeline *pipeline, const struct message *message,
                                          struct slice text, struct elements *out,
                                          struct rejection *why)
{
    return message->element != 0 || message->refused != NULL
               ? DECODE_ONE
               : decode_elements(pipeline->decoder, text.data, text.length, out, why);
}

static enum pipeline_added add_message(struct pipeline *pipeline, struct message *message,
                                       struct slice text)
{
    struct elements elements;
    struct rejection reason;

    switch (find_elements(pipeline, message, text, &elements, &reason)) {
    case DECODE_ELEMENTS:
        return add_array(pipeline, message, elements);
    case DECODE_REJECTED:
        return reject(pipeline, message, &reason);
    case DECODE_ONE:
        break;
    }
    return add_one(pipeline, message, text);
}

enum pipeline_added pipeline_add(struct pipeline *pipeline, const struct message *message)
{
    struct message whole = *message;
    struct slice text;
    enum pipeline_added added;

    /* Nobody may have called for days, when the source is a silent pipe. */
    if (pipeline->filling_since_ms == 0)
        update_policy(pipeline);
    if (whole.arrived_us <= OLDEST_US || whole.arrived_us > pipeline->now_us)
        whole.arrived_us = 0;
    if (!intake_watch_begin(pipeline->watch, message) || !unwrap(pipeline, message, &text) ||
        !prepare_headers(pipeline, &whole))
        return PIPELINE_NO_MEMORY;
    decoder_set_headers(pipeline->decoder, find_header,
                        pipeline->enveloped.data == NULL ? &whole.headers : &pipeline->enveloped);
    pipeline->last_events = 1;
    added = add_message(pipeline, &whole, text);
    if (added == PIPELINE_ADDED)
        note_filling(pipeline);
    return added;
}

uint32_t pipeline_last_events(const struct pipeline *pipeline)
{
    return pipeline->last_events;
}

static bool may_be_event(const struct decoded *decoded)
{
    const struct rejection *why = &decoded->reason;

    return decoded->status == STATUS_OK || why->reason == REJECT_TIME_OUT_OF_RANGE ||
           (why->reason == REJECT_NOT_A_DETECTION &&
            strncmp(why->detail, REJECTION_NOTHING_AT, strlen(REJECTION_NOTHING_AT)) != 0);
}

int pipeline_try(struct pipeline *pipeline, const struct message *message, struct rejection *why)
{
    struct elements elements;
    struct slice text;
    struct decoded decoded = {0};
    bool found = false;

    if (!unwrap(pipeline, message, &text))
        return -1;
    decoder_set_headers(pipeline->decoder, find_header, &pipeline->enveloped);
    switch (find_elements(pipeline, message, text, &elements, &decoded.reason)) {
    case DECODE_ELEMENTS:
        while (!found && elements_next(&elements, &text)) {
            decode(pipeline, message, text, &decoded);
            found = may_be_event(&decoded);
        }
        break;
    case DECODE_REJECTED:
        break;
    case DECODE_ONE:
        decode(pipeline, message, text, &decoded);
        found = may_be_event(&decoded);
        break;
    }
    if (!found)
        *why = decoded.reason;
    return found;
}

void pipeline_advance(struct pipeline *pipeline, struct origin *origin, int64_t next_offset,
                      int64_t last_offset, const uint8_t *fingerprint, int64_t read_until_us)
{
    struct batch_progress *progress = batch_progress_of(writer_batch(pipeline->writer), origin);

    progress->next_offset = next_offset;
    progress->newest_event_us = origin->newest_event_us;
    progress->end_offset = origin->end_offset > next_offset ? origin->end_offset : next_offset;
    if (read_until_us > progress->read_until_us)
        progress->read_until_us = read_until_us;
    if (last_offset >= 0) {
        progress->last_offset = last_offset;
        memcpy(progress->fingerprint, fingerprint, FINGERPRINT_SIZE);
    }
    note_filling(pipeline);
}

/* Swaps the MaxMind DB when its file has changed. */
static void refresh_geoip(struct pipeline *pipeline, int64_t now_ms)
{
    struct error error;
    int reloaded = 0;

    if (pipeline->geo == NULL || now_ms - pipeline->geoip_checked_ms < GEOIP_INTERVAL_MS)
        return;
    pipeline->geoip_checked_ms = now_ms;
    if (geo_refresh(pipeline->geo, &reloaded, &error) != STATUS_OK) {
        outage_begin(&pipeline->geoip_refused, error.message);
        metrics_set(watch_metrics(pipeline->settings.watch), METRIC_GEOIP_REFUSED, 1);
    }
    if (!reloaded)
        return;
    note_geoip(pipeline);
    intake_watch_forget_addresses(pipeline->watch);
    if (outage_is_on(&pipeline->geoip_refused))
        outage_end(&pipeline->geoip_refused);
    else
        log_write(pipeline->settings.logger, LOG_LEVEL_INFO, GEOIP_READ_AGAIN, "file",
                  geo_path(pipeline->geo), NULL);
}

enum status pipeline_set_geoip(struct pipeline *pipeline, const char *path, struct error *error)
{
    struct geo *before = pipeline->geo;
    enum status status = STATUS_OK;

    if (path != NULL && before != NULL && strcmp(path, geo_path(before)) == 0) {
        pipeline->geoip_checked_ms = 0;
        return STATUS_OK;
    }
    pipeline->geo = NULL;
    if (path != NULL)
        status = open_geoip(pipeline, path, error);
    if (status != STATUS_OK) {
        pipeline->geo = before;
        return status;
    }
    geo_close(before);
    /* What was wrong with the last file is nobody's trouble any more. */
    outage_end(&pipeline->geoip_refused);
    if (path == NULL)
        note_geoip(pipeline);
    intake_watch_forget_addresses(pipeline->watch);
    return STATUS_OK;
}

void pipeline_set_ages(struct pipeline *pipeline, int64_t max_age_days, int64_t max_ahead_days)
{
    pipeline->settings.max_age_days = max_age_days;
    pipeline->settings.max_ahead_days = max_ahead_days;
    update_policy(pipeline);
}

void pipeline_tick(struct pipeline *pipeline)
{
    int64_t now_ms = clock_ms(CLOCK_MONOTONIC);

    update_policy(pipeline);
    refresh_geoip(pipeline, now_ms);
    writer_watch_look(&pipeline->writer_watch);
    if (pipeline->filling_since_ms != 0 &&
        now_ms - pipeline->filling_since_ms >= PIPELINE_LINGER_MS)
        hand_over(pipeline);
}

static bool is_drained(struct pipeline *pipeline)
{
    return writer_state(pipeline->writer) == WRITER_IDLE &&
           batch_is_empty(writer_batch(pipeline->writer));
}

bool pipeline_drain(struct pipeline *pipeline, int timeout_ms)
{
    int64_t deadline_ms = clock_ms(CLOCK_MONOTONIC) + timeout_ms;

    while (!is_drained(pipeline)) {
        int64_t left_ms = deadline_ms - clock_ms(CLOCK_MONOTONIC);

        if (left_ms <= 0 || !writer_watch_wait(&pipeline->writer_watch, left_ms) ||
            !hand_over(pipeline))
            return false;
    }
    return true;
}

void pipeline_wait(struct pipeline *pipeline, int timeout_ms)
{
    writer_watch_wait(&pipeline->writer_watch, timeout_ms);
}

void pipeline_discard(struct pipeline *pipeline)
{
    writer_discard(pipeline->writer);
    writer_watch_forget(&pipeline->writer_watch);
    pipeline->filling_since_ms = 0;
}

enum writer_state pipeline_state(struct pipeline *pipeline)
{
    return writer_state(pipeline->writer);
}

enum status pipeline_failure(struct pipeline *pipeline, struct error *error)
{
    return writer_failure(pipeline->writer, error);
}

bool pipeline_has_unstored(struct pipeline *pipeline)
{
    return writer_is_storing(pipeline->writer) || !batch_is_empty(writer_batch(pipeline->writer));
}

void pipeline_perform(struct pipeline *pipeline, store_task *task, void *context)
{
    writer_perform(pipeline->writer, task, context);
}

bool pipeline_answer(struct pipeline *pipeline, enum status *status, struct error *error)
{
    return writer_answer(pipeline->writer, status, error);
}

bool pipeline_is_disconnected(const struct pipeline *pipeline)
{
    return writer_is_disconnected(pipeline->writer);
}

struct store_totals pipeline_totals(struct pipeline *pipeline)
{
    return writer_totals(pipeline->writer);
}

bool pipeline_has_closed_months(struct pipeline *pipeline)
{
    return writer_has_closed_months(pipeline->writer);
}

void pipeline_take_rejected(struct pipeline *pipeline, struct rejected *out)
{
    writer_take_rejected(pipeline->writer, out);
}
