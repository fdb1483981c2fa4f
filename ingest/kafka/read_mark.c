#include "ingest/kafka/read_mark.h"

static void move(struct read_mark *mark, int64_t until_us)
{
    if (until_us > mark->until_us)
        mark->until_us = until_us;
}

void read_mark_note_message(struct read_mark *mark, int64_t timestamp_us, int64_t now_us)
{
    if (timestamp_us <= now_us)
        move(mark, timestamp_us);
}

bool read_mark_is_due(const struct read_mark *mark, int64_t now_us)
{
    return !mark->has_end && now_us - mark->until_us >= READ_MARK_INTERVAL_US;
}

void read_mark_ask(struct read_mark *mark, int64_t position, int64_t now_us)
{
    mark->asked_us = now_us;
    mark->asked_position = position;
}

void read_mark_answer(struct read_mark *mark, int64_t end)
{
    mark->has_end = end >= mark->asked_position;
    mark->is_log_end = false;
    mark->end = end;
}

bool read_mark_reach(struct read_mark *mark, int64_t position, int64_t log_end)
{
    if (!mark->has_end || position < mark->end)
        return false;
    if (!mark->is_log_end && log_end > position) {
        mark->end = log_end;
        mark->is_log_end = true;
        return false;
    }
    mark->has_end = false;
    move(mark, mark->asked_us);
    return true;
}

bool read_mark_is_awaited(const struct read_mark *mark)
{
    return mark->has_end && !mark->is_log_end;
}
