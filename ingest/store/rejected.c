#include "ingest/store/rejected.h"

#include <stdbool.h>
#include <stdio.h>

static bool comes_before(const struct message *message, const struct rejected_reason *first)
{
    return message->offset != first->offset ? message->offset < first->offset
                                            : message->element < first->element;
}

void rejected_add(struct rejected *rejected, const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->dead_letter_count; i++) {
        const struct batch_dead_letter *letter = &batch->dead_letters[i];
        struct rejected_reason *reason = &rejected->reasons[letter->reason];

        if (reason->count++ > 0 && !comes_before(&letter->message, reason))
            continue;
        reason->offset = letter->message.offset;
        reason->element = letter->message.element;
        snprintf(reason->detail, sizeof(reason->detail), "%s", letter->detail);
    }
}
