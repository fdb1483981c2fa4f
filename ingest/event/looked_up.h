/* What `kansen db export` says at the end of a line about where the event's country is from, which
 * is read again when the file of a dropped month goes back to where it was. Anybody else's
 * "located" means nothing. */
#ifndef KANSEN_INGEST_EVENT_LOOKED_UP_H
#define KANSEN_INGEST_EVENT_LOOKED_UP_H

#include "kansen/event.h"

enum looked_up {
    LOOKED_UP_NOT,     /* the country is the event's own, or the line doesn't say */
    LOOKED_UP_IN,      /* in the MaxMind DB of *build */
    LOOKED_UP_NOWHERE, /* there was an address and no MaxMind DB */
};

/* Of a line as sql/queries/export_events.sql writes it: "located" is its last member. */
enum looked_up looked_up_read(struct slice line, struct geoip_build *build);

#endif
