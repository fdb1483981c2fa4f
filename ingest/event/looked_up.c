#include "ingest/event/looked_up.h"

#include <string.h>

#include "ingest/event/timestamp.h"
#include "text/hex.h"

#define US_PER_SECOND INT64_C(1000000)

/* A quotation mark inside a text has a backslash in front of it, so these are members. */
#define MEMBER ",\"located\":\""
#define NOWHERE MEMBER "nowhere\"}"

#define TIME_LENGTH (sizeof("2026-11-03T00:00:00Z") - 1)
#define BUILD_LENGTH (sizeof(MEMBER) - 1 + TIME_LENGTH + 1 + HEX_UUID_LENGTH + sizeof("\"}") - 1)

static bool ends_with(struct slice line, const char *ending, size_t length)
{
    return line.length >= length && memcmp(line.data + line.length - length, ending, length) == 0;
}

enum looked_up looked_up_read(struct slice line, struct geoip_build *build)
{
    const char *member;
    const char *time;
    int64_t built_us;

    if (ends_with(line, NOWHERE, sizeof(NOWHERE) - 1))
        return LOOKED_UP_NOWHERE;
    if (line.length < BUILD_LENGTH || !ends_with(line, "\"}", 2))
        return LOOKED_UP_NOT;
    member = line.data + line.length - BUILD_LENGTH;
    time = member + sizeof(MEMBER) - 1;
    if (memcmp(member, MEMBER, sizeof(MEMBER) - 1) != 0 || time[TIME_LENGTH] != ' ' ||
        timestamp_parse((struct slice){time, TIME_LENGTH}, &built_us) != NULL ||
        !hex_decode_uuid(time + TIME_LENGTH + 1, HEX_UUID_LENGTH, build->fingerprint))
        return LOOKED_UP_NOT;
    build->built_s = built_us / US_PER_SECOND;
    return LOOKED_UP_IN;
}
