/* Turns a planned sighting into the bytes of one message: its key and its JSON.
 *
 * Everything about a message follows from the seed and the sighting, so that a sighting that is
 * sent again gives the same bytes. */
#ifndef KANSEN_SIMULATE_MESSAGE_H
#define KANSEN_SIMULATE_MESSAGE_H

#include "kansen/event.h"
#include "simulate/fleet.h"
#include "simulate/foreign.h"
#include "simulate/networks.h"
#include "simulate/scenario.h"

/* The largest broken event is a little longer than the contract allows. */
#define MESSAGE_SIZE (EVENT_MESSAGE_MAX + 4096 + FOREIGN_MORE)
#define MESSAGE_KEY_SIZE 64

struct message {
    char key_text[MESSAGE_KEY_SIZE];
    char value_text[MESSAGE_SIZE];
    char long_text[EVENT_MESSAGE_MAX + 2]; /* a field that is too long, before it is put in */
    struct slice key;                      /* into key_text */
    struct slice value;                    /* into value_text; data is NULL for a Kafka tombstone */
};

/* Fills *out, which must not be moved while its slices are used. format NULL: kansen's own, which
 * broken events have in any case: other formats reject them, too. */
void message_write(const struct scenario *scenario, const struct networks *networks,
                   const struct sighting *sighting, const struct foreign_format *format,
                   struct message *out);

#endif
