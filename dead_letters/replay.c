#include "dead_letters/replay.h"

#include <inttypes.h>
#include <stdio.h>

#include "dead_letters/reader.h"
#include "kansen/clock.h"
#include "kansen/outage.h"
#include "sql/embedded.h"

/* How long one wait for the writer lasts before the progress is shown and a stop is noticed. */
#define WAIT_MS 200

/* Attempts to store what was read once the replay was told to stop: 10 seconds of them. */
#define STOP_WAITS 50

/* Between two attempts to read on while PostgreSQL is away. */
#define RECONNECT_MS 500

#define NUMBER_SIZE 24

struct replay {
    struct pipeline *pipeline;
    const struct replay_settings *settings;
    struct db *db; /* for reading; the pipeline has its own to write. NULL: not connected */
    struct dead_letter_reader dead_letters;
    int64_t last; /* number of the last dead letter that was added */
    int64_t end;  /* number of the last dead letter there was at the start */
    int waits_left;
    struct replay_progress progress;
    struct outage outage; /* of the connection that reads */
};

/* Replayed dead letters have no position of their own to store. */
static struct origin origins[] = {
    [EVENT_DETECTION] = {.source = "replay", .topic = "dead letters"},
    [EVENT_HEARTBEAT] = {.source = "replay", .topic = "dead letters", .kind = EVENT_HEARTBEAT},
};

/* May the replay go on waiting for PostgreSQL? */
static enum status check_waiting(struct replay *replay, struct error *error)
{
    if (replay->settings->show != NULL)
        replay->settings->show(replay->settings->context, &replay->progress);
    if (pipeline_state(replay->pipeline) == WRITER_FAILED)
        return pipeline_failure(replay->pipeline, error);
    if (*replay->settings->stop && replay->waits_left-- == 0)
        return error_set(error, STATUS_RETRY,
                         "stopped while PostgreSQL was away; replay the dead letters again");
    return STATUS_OK;
}

/* Connects, and asks how many dead letters there are and where they end, once. */
static enum status connect_to_read(struct replay *replay, struct error *error)
{
    const struct dead_letter_filter *filter = &replay->settings->filter;
    const char *const parameters[] = {filter->topics, filter->reason, filter->since, filter->until,
                                      filter->heartbeats};
    struct db_result *rows = NULL;
    enum status status = db_open(replay->settings->conninfo, &replay->db, error);

    if (status != STATUS_OK || replay->end >= 0)
        return status;
    status = db_query(replay->db, sql_dead_letters_count, 5, parameters, &rows, error);
    if (status == STATUS_OK) {
        replay->progress.total = db_int64(rows, 0, 0);
        replay->end = db_int64(rows, 0, 1);
    }
    db_result_free(rows);
    return status;
}

static enum status read_chunk(struct replay *replay, struct error *error)
{
    const struct dead_letter_filter *filter = &replay->settings->filter;
    char last[NUMBER_SIZE];
    char end[NUMBER_SIZE];
    const char *const parameters[] = {
        last,          end,           filter->topics,    filter->reason,
        filter->since, filter->until, filter->heartbeats};
    enum status status = replay->db == NULL ? connect_to_read(replay, error) : STATUS_OK;

    snprintf(last, sizeof(last), "%" PRId64, replay->last);
    snprintf(end, sizeof(end), "%" PRId64, replay->end);
    if (status == STATUS_OK)
        status = dead_letter_reader_read(&replay->dead_letters, replay->db,
                                         sql_dead_letters_replayable, 7, parameters, error);
    if (status == STATUS_OK)
        return STATUS_OK;
    db_close(replay->db);
    replay->db = NULL;
    return status;
}

/* Reads the next dead letters, however long PostgreSQL is away. */
static enum status read_patiently(struct replay *replay, struct error *error)
{
    enum status status;

    while ((status = read_chunk(replay, error)) == STATUS_RETRY) {
        outage_begin(&replay->outage, error->message);
        clock_rest(RECONNECT_MS);
        status = check_waiting(replay, error);
        if (status != STATUS_OK)
            return status;
    }
    if (status == STATUS_OK)
        outage_end(&replay->outage);
    return status;
}

static enum status out_of_memory(const struct dead_letter *dead_letter, struct error *error)
{
    return error_set(error, STATUS_FATAL, "dead letter %" PRId64 ": out of memory",
                     dead_letter->id);
}

/* A format may have some of its values in them. */
static bool read_headers(const void *native, struct header_list *out)
{
    const struct dead_letter *dead_letter = native;

    for (size_t i = 0; i < dead_letter->header_count; i++) {
        const struct dead_letter_header *header = &dead_letter->headers[i];

        if (!header_list_add_bytes(out, header->name, header->value))
            return false;
    }
    return true;
}

static enum status add_dead_letter(struct replay *replay, const struct dead_letter *dead_letter,
                                   struct error *error)
{
    struct message message = {.origin = &origins[dead_letter->kind],
                              .offset = dead_letter->offset,
                              .form = MESSAGE_EVENT,
                              .element = dead_letter->element,
                              .value = dead_letter->value,
                              .read_headers = read_headers,
                              .native = dead_letter,
                              .dead_letter_id = dead_letter->id,
                              .arrived_us = dead_letter->arrived_us};
    enum pipeline_added added;

    /* As `kansen load` read the line. */
    if (dead_letter_is_of_file(dead_letter))
        message.form = MESSAGE_LINE;
    while ((added = pipeline_add(replay->pipeline, &message)) == PIPELINE_FULL) {
        pipeline_drain(replay->pipeline, WAIT_MS);

        enum status status = check_waiting(replay, error);

        if (status != STATUS_OK)
            return status;
    }
    if (added == PIPELINE_NO_MEMORY)
        return out_of_memory(dead_letter, error);
    replay->last = dead_letter->id;
    replay->progress.dead_letters++;
    return STATUS_OK;
}

static enum status add_chunk(struct replay *replay, struct error *error)
{
    enum status status = STATUS_OK;

    for (int row = 0;
         row < dead_letter_reader_count(&replay->dead_letters) && !*replay->settings->stop; row++) {
        struct dead_letter dead_letter;

        status = dead_letter_reader_get(&replay->dead_letters, row, &dead_letter, error);
        if (status == STATUS_OK)
            status = add_dead_letter(replay, &dead_letter, error);
        if (status != STATUS_OK)
            return status;
    }
    pipeline_tick(replay->pipeline);
    if (replay->settings->show != NULL)
        replay->settings->show(replay->settings->context, &replay->progress);
    return STATUS_OK;
}

static enum status drain(struct replay *replay, struct error *error)
{
    enum status status = STATUS_OK;

    while (status == STATUS_OK && !pipeline_drain(replay->pipeline, WAIT_MS))
        status = check_waiting(replay, error);
    return status;
}

enum status replay_dead_letters(struct pipeline *pipeline, const struct replay_settings *settings,
                                struct error *error)
{
    struct replay replay = {.pipeline = pipeline,
                            .settings = settings,
                            .end = -1,
                            .waits_left = STOP_WAITS,
                            .outage = outage_of(settings->logger, "PostgreSQL is away, waiting",
                                                "PostgreSQL is back", NULL, NULL)};
    enum status status;

    do {
        status = read_patiently(&replay, error);
        if (status == STATUS_OK)
            status = add_chunk(&replay, error);
    } while (status == STATUS_OK && dead_letter_reader_count(&replay.dead_letters) > 0 &&
             !*settings->stop);
    if (status == STATUS_OK)
        status = drain(&replay, error);
    if (status != STATUS_OK)
        pipeline_discard(pipeline);
    dead_letter_reader_clear(&replay.dead_letters);
    db_close(replay.db);
    return status;
}
