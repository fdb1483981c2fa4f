#include "ingest/load.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/file_source.h"

/* How long one wait for the writer lasts before the progress is shown and a stop is noticed. */
#define WAIT_MS 200

/* Lines between two looks at the clock. */
#define LINES_PER_TICK 1000

struct load {
    struct pipeline *pipeline;
    const struct load_settings *settings;
    struct load_progress *progress;
    int64_t bytes_before; /* of the files already read */
};

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

static enum status check_writer(struct load *load, struct error *error)
{
    if (pipeline_state(load->pipeline) == WRITER_FAILED)
        return error_set(error, STATUS_FATAL, "%s", pipeline_error(load->pipeline));
    return STATUS_OK;
}

static enum status add_line(struct load *load, const struct file_source *source,
                            struct origin *origin, struct slice line, int64_t number,
                            struct error *error)
{
    struct message message = {.origin = origin, .offset = number, .value = line};
    struct slice event = line;
    enum status status = STATUS_OK;

    if (is_blank(line))
        return STATUS_OK;
    decode_kcat_envelope(pipeline_decoder(load->pipeline), line.data, line.length, &event);
    while (status == STATUS_OK && pipeline_add(load->pipeline, &message, event) == PIPELINE_FULL) {
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

/* Everything read so far is stored, unless the writer halts. */
static enum status drain(struct load *load, struct error *error)
{
    while (!pipeline_drain(load->pipeline, WAIT_MS)) {
        enum status status = check_writer(load, error);

        if (status != STATUS_OK)
            return status;
        show(load, NULL);
    }
    return check_writer(load, error);
}

static enum status load_file(struct load *load, const char *path, struct error *error)
{
    struct origin origin = {.source = "file", .topic = path};
    struct file_source *source = NULL;
    enum status status = file_source_open(path, &source, error);
    struct error ignored;

    if (status != STATUS_OK)
        return status;
    status = load_lines(load, source, &origin, error);
    show(load, source);
    load->bytes_before += file_source_position(source);
    file_source_close(source);
    /* The origin ends here, so nothing may still point at it. */
    if (status == STATUS_OK)
        status = drain(load, error);
    else if (drain(load, &ignored) != STATUS_OK)
        pipeline_discard(load->pipeline);
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
