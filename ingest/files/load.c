#include "ingest/files/load.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/event/decode.h"
#include "ingest/files/file_source.h"
#include "kansen/clock.h"

/* How long one wait for the writer lasts before the progress is shown and a stop is noticed. */
#define WAIT_MS 200

/* For what was read to be stored once the load was told to stop. */
#define STOP_DRAIN_MS 10000

/* Lines between two looks at the clock. */
#define LINES_PER_TICK 1000

struct load {
    struct pipeline *pipeline;
    const struct load_settings *settings;
    struct load_progress *progress;
    int64_t bytes_before;  /* of the files already read */
    int64_t stopped_at_ms; /* when the stop was noticed; 0: not told to stop */
};

static int64_t now_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

static void show(struct load *load, const struct file_source *source)
{
    if (source != NULL)
        load->progress->bytes = load->bytes_before + file_source_position(source);
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

static enum status out_of_memory(const struct origin *origin, int64_t number, struct error *error)
{
    return error_set(error, STATUS_FATAL, "%s:%" PRId64 ": out of memory", origin->topic, number);
}

static enum status add_line(struct load *load, const struct file_source *source,
                            struct origin *origin, struct slice line, int64_t number,
                            struct error *error)
{
    struct message message = {
        .origin = origin, .offset = number, .form = MESSAGE_LINE, .value = line};
    enum status status = STATUS_OK;

    if (is_blank(line))
        return STATUS_OK;
    while (status == STATUS_OK) {
        enum pipeline_added added = pipeline_add(load->pipeline, &message);

        if (added == PIPELINE_ADDED)
            break;
        if (added == PIPELINE_NO_MEMORY)
            return out_of_memory(origin, number, error);
        pipeline_drain(load->pipeline, WAIT_MS);
        show(load, source);
        status = check_writer(load, error);
    }
    load->progress->lines++;
    return status;
}

static enum status load_lines(struct load *load, struct file_source *source, struct origin *origin,
                              struct error *error)
{
    struct slice line;
    int64_t number;
    enum status status;

    while ((status = file_source_line(source, &line, &number, error)) == STATUS_OK) {
        if (line.data == NULL || *load->settings->stop)
            return STATUS_OK;
        status = add_line(load, source, origin, line, number, error);
        if (status != STATUS_OK)
            return status;
        if (number % LINES_PER_TICK == 0) {
            pipeline_tick(load->pipeline);
            show(load, source);
        }
    }
    return status;
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

/* The path as PostgreSQL can keep it beside a rejected line: a file system takes any bytes, a text
 * only UTF-8. In a path that is none, what is not ASCII is written as \xHH. The caller frees it. */
static char *name_of(const char *path)
{
    size_t length = strlen(path);
    char *name = malloc(4 * length + 1);
    char *end = name;

    if (name == NULL || decode_is_utf8(path, length))
        return name == NULL ? NULL : strcpy(name, path);
    for (; *path != '\0'; path++) {
        unsigned char byte = (unsigned char)*path;

        if (byte < 0x80)
            *end++ = *path;
        else
            end += sprintf(end, "\\x%02X", byte);
    }
    *end = '\0';
    return name;
}

static enum status load_source(struct load *load, struct file_source *source, struct origin *origin,
                               struct error *error)
{
    enum status status = load_lines(load, source, origin, error);
    enum status drained;
    struct error ignored;

    show(load, source);
    load->bytes_before += file_source_position(source);
    drained = drain(load, status == STATUS_OK ? error : &ignored);
    /* The origin ends with the file, so nothing may still point at it. */
    if (drained != STATUS_OK)
        pipeline_discard(load->pipeline);
    return status == STATUS_OK ? drained : status;
}

static enum status load_file(struct load *load, const char *path, struct error *error)
{
    struct file_source *source = NULL;
    char *name = name_of(path);
    struct origin origin = {.source = "file", .topic = name};
    enum status status;

    if (name == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    status = file_source_open(path, &source, error);
    if (status == STATUS_OK)
        status = load_source(load, source, &origin, error);
    file_source_close(source);
    free(name);
    return status;
}

/* So that a mistyped name is found before hours of loading; and the total for the progress. */
static enum status look_at_files(const struct load_settings *settings,
                                 struct load_progress *progress, struct error *error)
{
    bool unknown = false;

    for (size_t i = 0; i < settings->count; i++) {
        int64_t size_bytes = 0;
        enum status status = file_source_look(settings->paths[i], &size_bytes, error);

        if (status != STATUS_OK)
            return status;
        unknown = unknown || size_bytes == 0;
        progress->bytes_total += size_bytes;
    }
    if (unknown)
        progress->bytes_total = 0;
    return STATUS_OK;
}

enum status load_files(struct pipeline *pipeline, const struct load_settings *settings,
                       struct load_progress *progress, struct error *error)
{
    struct load load = {.pipeline = pipeline, .settings = settings, .progress = progress};
    enum status status;

    *progress = (struct load_progress){0};
    status = look_at_files(settings, progress, error);
    for (size_t i = 0; status == STATUS_OK && i < settings->count && !*settings->stop; i++)
        status = load_file(&load, settings->paths[i], error);
    return status;
}
