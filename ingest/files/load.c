#include "ingest/files/load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/event/decode.h"
#include "ingest/files/file_source.h"
#include "ingest/files/file_topic.h"
#include "ingest/files/look_ahead.h"
#include "kansen/clock.h"

/* How long one wait for the writer lasts before the progress is shown and a stop is noticed. */
#define WAIT_MS 200

/* For what was read to be stored once the load was told to stop. */
#define STOP_DRAIN_MS 10000

/* Records between two looks at the clock. */
#define RECORDS_PER_TICK 1000

struct load {
    struct pipeline *pipeline;
    const struct load_settings *settings;
    struct load_progress *progress;
    int64_t bytes_before;  /* of the files already read */
    int64_t stopped_at_ms; /* when the stop was noticed; 0: not told to stop */
};

/* One file while it is read. */
struct reading {
    struct load *load;
    struct file_source *source;
    struct origin origin;
    struct load_file file;
    struct error why; /* text of file.message */
    struct look_ahead ahead;
    struct rejection rejection; /* why the first record is no event */
    size_t empty;               /* records so far that are arrays without elements */
};

static int64_t now_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

static void show(struct load *load, const struct file_source *source)
{
    if (source != NULL)
        load->progress->bytes = load->bytes_before + file_source_input(source)->position;
    if (load->settings->show != NULL)
        load->settings->show(load->settings->context, load->progress);
}

static bool is_blank(struct slice line)
{
    for (size_t i = 0; i < line.length; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t')
            return false;
    return true;
}

/* May the load go on waiting for the writer? */
static enum status check_writer(struct load *load, struct error *error)
{
    if (pipeline_state(load->pipeline) == WRITER_FAILED)
        return pipeline_failure(load->pipeline, error);
    if (!*load->settings->stop)
        return STATUS_OK;
    if (load->stopped_at_ms == 0)
        load->stopped_at_ms = now_ms();
    if (now_ms() - load->stopped_at_ms > STOP_DRAIN_MS)
        return error_set(error, STATUS_RETRY,
                         "stopped while PostgreSQL was away; load the files again");
    return STATUS_OK;
}

/* Everything read so far is stored, unless the writer halts or a stop can't wait any longer. */
static enum status drain(struct load *load, struct error *error)
{
    while (!pipeline_drain(load->pipeline, WAIT_MS)) {
        enum status status = check_writer(load, error);

        if (status != STATUS_OK)
            return status;
        show(load, NULL);
    }
    return STATUS_OK;
}

/* ---- records */

/* What is wrong with a record that nobody need decode. NULL: nothing. */
static const struct rejection *refuse(const struct file_record *record, struct rejection *why)
{
    if (record->damage != NULL)
        rejection_set(why, REJECT_BAD_JSON, "the array is damaged: %s", record->damage);
    else if (record->length > FILE_SOURCE_RECORD_MAX)
        rejection_set(why, REJECT_TOO_LARGE,
                      "%" PRId64 " bytes, more than %d; the first %d are kept", record->length,
                      EVENT_MESSAGE_MAX, FILE_SOURCE_RECORD_MAX);
    else
        return NULL;
    return why;
}

static struct message message_of(struct reading *reading, const struct file_record *record,
                                 const struct rejection *refused)
{
    return (struct message){
        .origin = &reading->origin,
        .offset = record->line,
        .form = MESSAGE_LINE,
        .element = record->element,
        .value = record->text,
        .refused = refused,
    };
}

static enum status out_of_memory(const struct reading *reading, int64_t line, struct error *error)
{
    return error_set(error, STATUS_FATAL, "%s:%" PRId64 ": out of memory", reading->origin.topic,
                     line);
}

static enum status add_record(struct reading *reading, const struct file_record *record,
                              struct error *error)
{
    struct load *load = reading->load;
    struct rejection why;
    struct message message = message_of(reading, record, refuse(record, &why));
    enum status status = STATUS_OK;

    while (status == STATUS_OK) {
        enum pipeline_added added = pipeline_add(load->pipeline, &message);

        if (added == PIPELINE_ADDED)
            break;
        if (added == PIPELINE_NO_MEMORY)
            return out_of_memory(reading, record->line, error);
        pipeline_drain(load->pipeline, WAIT_MS);
        show(load, reading->source);
        status = check_writer(load, error);
    }
    if (status == STATUS_OK)
        reading->file.lines += pipeline_last_events(load->pipeline);
    if (++load->progress->lines % RECORDS_PER_TICK == 0) {
        pipeline_tick(load->pipeline);
        show(load, reading->source);
    }
    return status;
}

/* The next record that is not blank; text.data NULL: there is none, or the load is to stop. */
static enum status next_record(struct reading *reading, struct file_record *out,
                               struct error *error)
{
    enum status status;

    do
        status = file_source_next(reading->source, out, error);
    while (status == STATUS_OK && out->text.data != NULL && out->damage == NULL &&
           out->length == (int64_t)out->text.length && is_blank(out->text));
    if (!*reading->load->settings->stop || status == STATUS_FATAL)
        return status;
    /* It may be a piece of one. */
    out->text.data = NULL;
    return STATUS_OK;
}

/* ---- is it a file of events? */

/* One of its first bytes, or none of its first lines, says that it is none. */
static enum status call_foreign(struct reading *reading, const struct file_kind *kind)
{
    reading->file.outcome = LOAD_FOREIGN;
    reading->file.kind = kind;
    return STATUS_REJECT;
}

static enum status refuse_lines(struct reading *reading, bool all, const struct file_kind *kind,
                                struct error *error)
{
    const struct look_ahead *ahead = &reading->ahead;
    const struct file_record *first = &ahead->records[0];
    char lines[64];

    reading->file.lines = (int64_t)ahead->count;
    if (ahead->count == 1)
        snprintf(lines, sizeof(lines), "its only line is no event");
    else
        snprintf(lines, sizeof(lines), "none of its %s%zu lines is an event", all ? "" : "first ",
                 ahead->count);
    error_set(error, STATUS_REJECT, "%s: %s, so nothing of it was stored; line %" PRId64 ": %s: %s",
              file_source_input(reading->source)->name, lines, first->line,
              reject_reason_name(reading->rejection.reason), reading->rejection.detail);
    return call_foreign(reading, kind);
}

/* Reads on until a record is an event, and keeps all that it has read. *found: there is one. */
static enum status find_event(struct reading *reading, bool *found, bool *all, struct error *error)
{
    enum status status = STATUS_OK;

    *found = false;
    *all = false;
    while (status == STATUS_OK && !*found && !look_ahead_is_full(&reading->ahead)) {
        struct file_record record;
        struct rejection why;
        struct message message;
        int is_event;

        status = next_record(reading, &record, error);
        *all = status == STATUS_OK && record.text.data == NULL;
        if (status != STATUS_OK || *all)
            break;
        message = message_of(reading, &record, refuse(&record, &why));
        is_event = pipeline_try(reading->load->pipeline, &message, &why);
        if (is_event < 0)
            return out_of_memory(reading, record.line, error);
        *found = is_event > 0;
        if (reading->ahead.count == 0)
            reading->rejection = why;
        reading->empty += !*found && record.text.length == 2 && why.reason == REJECT_EMPTY;
        status = look_ahead_add(&reading->ahead, &record, error);
    }
    return status;
}

/* STATUS_REJECT: it is a file of something else, or can't be read. */
static enum status look_ahead(struct reading *reading, struct error *error)
{
    struct slice head;
    char first[FILE_SOURCE_HEAD];
    const struct file_kind *kind;
    bool found = false;
    bool all = false;
    enum status status = file_source_peek(reading->source, &head, error);

    if (status != STATUS_OK)
        return status;
    reading->file.packing = file_source_packing(reading->source);
    kind = file_kind_certain(head, reading->file.packing);
    if (kind != NULL) {
        error_set(error, STATUS_REJECT, "%s: this is no file of events; nothing of it was stored",
                  file_source_input(reading->source)->name);
        return call_foreign(reading, kind);
    }
    head.length = head.length < sizeof(first) ? head.length : sizeof(first);
    if (head.length > 0)
        memcpy(first, head.data, head.length);
    status = find_event(reading, &found, &all, error);
    /* An array without elements is a dead letter among others; alone it is how an export says that
     * there was nothing. */
    if (status == STATUS_OK && all && reading->empty == reading->ahead.count)
        look_ahead_clear(&reading->ahead);
    if (status != STATUS_OK || found || reading->ahead.count == 0 || *reading->load->settings->stop)
        return status;
    return refuse_lines(reading, all, file_kind_guess((struct slice){first, head.length}), error);
}

/* ---- one file */

static enum status load_records(struct reading *reading, struct error *error)
{
    enum status status = look_ahead(reading, error);
    struct file_record record = {0};

    for (size_t i = 0; status == STATUS_OK && i < reading->ahead.count; i++) {
        record = look_ahead_get(&reading->ahead, i);
        status = add_record(reading, &record, error);
    }
    while (status == STATUS_OK) {
        status = next_record(reading, &record, error);
        if (status != STATUS_OK || record.text.data == NULL)
            break;
        status = add_record(reading, &record, error);
    }
    return status;
}

/* At the end of a file: was it the same all the while? */
static enum status check_change(struct reading *reading, struct error *error)
{
    const struct input *input = file_source_input(reading->source);
    enum input_change change = input_change(input);

    reading->file.changed = change == INPUT_CHANGED;
    if (change != INPUT_CUT)
        return STATUS_OK;
    return error_set(error, STATUS_REJECT, "%s: it became shorter while it was read", input->name);
}

/* STATUS_REJECT of what was read becomes the file's outcome; what can't be stored stays. */
static enum status load_source(struct reading *reading, struct error *error)
{
    struct load *load = reading->load;
    enum status status = load_records(reading, &reading->why);
    enum status drained;
    struct error ignored;

    if (status == STATUS_OK && !*load->settings->stop)
        status = check_change(reading, &reading->why);
    show(load, reading->source);
    load->bytes_before += file_source_input(reading->source)->position;
    if (status != STATUS_OK && status != STATUS_REJECT)
        *error = reading->why;
    else if (status == STATUS_REJECT && reading->file.outcome == LOAD_WHOLE)
        reading->file.outcome =
            file_source_has_read_error(reading->source) ? LOAD_UNREADABLE : LOAD_DAMAGED;
    drained = drain(load, status == STATUS_OK || status == STATUS_REJECT ? error : &ignored);
    /* The origin ends with the file, so nothing may still point at it. */
    if (drained != STATUS_OK)
        pipeline_discard(load->pipeline);
    pipeline_take_rejected(load->pipeline, &reading->file.rejected);
    return status == STATUS_OK || status == STATUS_REJECT ? drained : status;
}

static enum status load_opened(struct reading *reading, struct error *error)
{
    const struct load_settings *settings = reading->load->settings;
    char *topic = file_topic(reading->file.path);
    enum status status;

    if (topic == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    reading->origin = (struct origin){.source = "file", .topic = topic, .kind = settings->kind};
    if (settings->restores != NULL)
        reading->origin.restores_day = settings->restores(settings->context, reading->file.path);
    reading->file.topic = topic;
    status = load_source(reading, error);
    if (status == STATUS_OK && (!*settings->stop || reading->file.outcome != LOAD_WHOLE))
        settings->done(settings->context, &reading->file);
    free(topic);
    return status;
}

static enum status load_file(struct load *load, const char *path, struct error *error)
{
    struct reading *reading = calloc(1, sizeof(*reading));
    enum status status;

    if (reading == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    reading->load = load;
    reading->file = (struct load_file){.path = path, .message = reading->why.message};
    status = file_source_open(path, &reading->source, &reading->why);
    if (status == STATUS_OK) {
        file_source_stop_by(reading->source, load->settings->stop);
        status = load_opened(reading, error);
    } else if (status == STATUS_REJECT) {
        reading->file.outcome = LOAD_MISSING;
        load->settings->done(load->settings->context, &reading->file);
        status = STATUS_OK;
    } else {
        *error = reading->why;
    }
    file_source_close(reading->source);
    look_ahead_clear(&reading->ahead);
    free(reading);
    return status;
}

/* ---- all of them */

/* So that a mistyped name is found before hours of loading; and the total for the progress. */
static void look_at_files(const struct load_settings *settings, struct load_progress *progress,
                          bool *missing)
{
    bool unknown = false;

    for (size_t i = 0; i < settings->count; i++) {
        int64_t size_bytes = 0;
        struct error error = {""};
        struct load_file file = {
            .path = settings->paths[i], .outcome = LOAD_MISSING, .message = error.message};

        missing[i] = input_look(settings->paths[i], &size_bytes, &error) != STATUS_OK;
        if (missing[i])
            settings->done(settings->context, &file);
        unknown = unknown || (!missing[i] && size_bytes == 0);
        progress->bytes_total += size_bytes;
    }
    if (unknown)
        progress->bytes_total = 0;
}

enum status load_files(struct pipeline *pipeline, const struct load_settings *settings,
                       struct load_progress *progress, struct error *error)
{
    struct load load = {.pipeline = pipeline, .settings = settings, .progress = progress};
    bool *missing = calloc(settings->count, sizeof(*missing));
    enum status status = STATUS_OK;

    *progress = (struct load_progress){0};
    if (missing == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    look_at_files(settings, progress, missing);
    for (size_t i = 0; status == STATUS_OK && i < settings->count && !*settings->stop; i++)
        if (!missing[i])
            status = load_file(&load, settings->paths[i], error);
    free(missing);
    return status;
}
