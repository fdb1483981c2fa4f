#include "ingest/store/writer_watch.h"

#include <stddef.h>

/* Between two looks while it is waited for. */
#define LOOK_MS 200

static void say(struct writer_watch *watch, bool storing)
{
    const char *what = storing ? "a batch to be stored" : "an answer about partitions";

    watch->said = true;
    health_note(watch->health, WAIT_POSTGRES_SILENT, what);
    log_write(watch->logger, LOG_LEVEL_WARNING, "PostgreSQL does not answer, waiting", "for", what,
              NULL);
}

void writer_watch_forget(struct writer_watch *watch)
{
    watch->said = false;
    health_note(watch->health, WAIT_POSTGRES_SILENT, NULL);
}

void writer_watch_look(struct writer_watch *watch)
{
    int64_t waited_ms = writer_waited_ms(watch->writer);
    bool storing = writer_is_storing(watch->writer);

    if (waited_ms >= WRITER_SAY_AFTER_MS && !watch->said)
        say(watch, storing);
    if (waited_ms >= (storing ? WRITER_BATCH_MS : WRITER_TASK_MS))
        writer_cut(watch->writer);
    if (watch->said && writer_state(watch->writer) != WRITER_BUSY) {
        writer_watch_forget(watch);
        log_write(watch->logger, LOG_LEVEL_INFO, "PostgreSQL answers again", NULL);
    }
}

bool writer_watch_wait(struct writer_watch *watch, int64_t timeout_ms)
{
    bool done;

    do {
        int64_t slice_ms = timeout_ms < LOOK_MS ? timeout_ms : LOOK_MS;

        done = writer_wait(watch->writer, (int)slice_ms);
        writer_watch_look(watch);
        timeout_ms -= slice_ms;
    } while (!done && timeout_ms > 0);
    return done;
}
