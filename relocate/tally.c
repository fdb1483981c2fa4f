#include "relocate/tally.h"

#include <stdlib.h>
#include <string.h>

void tally_clear(struct tally *tally)
{
    free(tally->moves);
    memset(tally, 0, sizeof(*tally));
}

void tally_reset(struct tally *tally)
{
    tally->count = 0;
}

/* NULL when memory is short. */
static struct tally_move *find(struct tally *tally, const struct tally_move *wanted)
{
    struct tally_move *move;

    for (size_t i = 0; i < tally->count; i++) {
        move = &tally->moves[i];
        if (strcmp(move->from, wanted->from) == 0 && strcmp(move->to, wanted->to) == 0)
            return move;
    }
    if (tally->count == tally->size) {
        size_t size = tally->size == 0 ? 64 : 2 * tally->size;
        struct tally_move *grown = realloc(tally->moves, size * sizeof(*grown));

        if (grown == NULL)
            return NULL;
        tally->moves = grown;
        tally->size = size;
    }
    move = &tally->moves[tally->count++];
    *move = *wanted;
    move->detections = 0;
    move->infections = 0;
    return move;
}

enum status tally_add(struct tally *tally, const struct tally_move *move, struct error *error)
{
    struct tally_move *sum = find(tally, move);

    if (sum == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    sum->detections += move->detections;
    sum->infections += move->infections;
    return STATUS_OK;
}

enum status tally_add_all(struct tally *tally, const struct tally *other, struct error *error)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < other->count; i++)
        status = tally_add(tally, &other->moves[i], error);
    return status;
}

static int compare(const void *left, const void *right)
{
    const struct tally_move *a = left;
    const struct tally_move *b = right;
    int order;

    if (a->detections != b->detections)
        return a->detections > b->detections ? -1 : 1;
    order = strcmp(a->from, b->from);
    return order != 0 ? order : strcmp(a->to, b->to);
}

void tally_sort(struct tally *tally)
{
    if (tally->count > 1)
        qsort(tally->moves, tally->count, sizeof(*tally->moves), compare);
}

struct tally_move tally_total(const struct tally *tally)
{
    struct tally_move total = {"", "", 0, 0};

    for (size_t i = 0; i < tally->count; i++) {
        total.detections += tally->moves[i].detections;
        total.infections += tally->moves[i].infections;
    }
    return total;
}
