#include "ingest/event/framing.h"

#include <stddef.h>
#include <string.h>

bool framing_read(struct slice message, uint32_t *schema_id)
{
    if (message.length < FRAMING_SIZE || message.data[0] != '\0')
        return false;

    uint32_t id = 0;

    for (size_t place = 1; place < FRAMING_SIZE; place++)
        id = id << 8 | (uint8_t)message.data[place];
    *schema_id = id;
    return true;
}

struct slice framing_skip(struct slice message)
{
    if (message.length <= FRAMING_SIZE || message.data[0] != '\0')
        return message;

    struct slice rest = {message.data + FRAMING_SIZE, message.length - FRAMING_SIZE};
    size_t blanks = 0;

    while (blanks < rest.length && rest.data[blanks] != '\0' &&
           strchr(" \t\r\n", rest.data[blanks]) != NULL)
        blanks++;
    if (blanks == rest.length || (rest.data[blanks] != '{' && rest.data[blanks] != '['))
        return message;
    return rest;
}
