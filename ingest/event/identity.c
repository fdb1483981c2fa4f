#include "ingest/event/identity.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include <uuid/uuid.h>

#include "text/hex.h"

/* The namespaces of identity.h as bytes; a test compares them. */
static const uuid_t device_namespace = {0x1a, 0xac, 0x31, 0x39, 0x2e, 0xcf, 0x44, 0x88,
                                        0xa2, 0xa0, 0x82, 0x3a, 0xa6, 0x3a, 0xf2, 0xb3};
static const uuid_t event_namespace = {0xd6, 0x2d, 0x7e, 0xbb, 0x78, 0x83, 0x48, 0x6b,
                                       0xbe, 0x1c, 0x07, 0x6d, 0x1e, 0x1c, 0xe3, 0xac};
static const uuid_t content_namespace = {0x7e, 0x9b, 0x63, 0x8f, 0xe9, 0x96, 0x4c, 0x19,
                                         0x87, 0xc8, 0x37, 0xf2, 0xaf, 0x6a, 0x6f, 0xc2};

/* time, device, address family, address, country, has_sha256, sha256 */
#define CONTENT_FIXED_SIZE (8 + 16 + 1 + 16 + 2 + 1 + 32)
#define CONTENT_LENGTH_SIZE 2
#define CONTENT_SIZE_MAX                                                                           \
    (CONTENT_FIXED_SIZE + 7 * CONTENT_LENGTH_SIZE + EVENT_NAME_MAX + 6 * EVENT_LABEL_MAX)

#define URN "urn:uuid:"
#define URN_LENGTH (sizeof(URN) - 1)

/* One of the spellings of a UUID in identity.h; id holds rubbish when it is none. */
static bool read_uuid(struct slice name, uint8_t id[IDENTITY_SIZE])
{
    switch (name.length) {
    case HEX_UUID_LENGTH:
        return hex_decode_uuid(name.data, HEX_UUID_LENGTH, id);
    case 2 * IDENTITY_SIZE:
        return hex_decode(name.data, id, IDENTITY_SIZE);
    case HEX_UUID_LENGTH + 2:
        return name.data[0] == '{' && name.data[name.length - 1] == '}' &&
               hex_decode_uuid(name.data + 1, HEX_UUID_LENGTH, id);
    case HEX_UUID_LENGTH + URN_LENGTH:
        return strncasecmp(name.data, URN, URN_LENGTH) == 0 &&
               hex_decode_uuid(name.data + URN_LENGTH, HEX_UUID_LENGTH, id);
    default:
        return false;
    }
}

static void identity_of_name(struct slice name, const uuid_t space, uint8_t id[IDENTITY_SIZE])
{
    if (!read_uuid(name, id))
        uuid_generate_sha1(id, space, name.data, name.length);
}

void identity_of_device(struct slice name, uint8_t id[IDENTITY_SIZE])
{
    identity_of_name(name, device_namespace, id);
}

void identity_of_event(struct slice name, uint8_t id[IDENTITY_SIZE])
{
    identity_of_name(name, event_namespace, id);
}

/* The canonical content: fixed widths first, then each text behind its length, so that no two
 * contents share their bytes. */
struct content {
    uint8_t bytes[CONTENT_SIZE_MAX];
    size_t length;
};

static void content_add(struct content *content, const void *bytes, size_t length)
{
    memcpy(content->bytes + content->length, bytes, length);
    content->length += length;
}

/* Big-endian, on any machine. */
static void content_add_number(struct content *content, uint64_t number, size_t size)
{
    for (size_t place = size; place > 0; place--)
        content->bytes[content->length++] = (uint8_t)(number >> (8 * (place - 1)));
}

static void content_add_text(struct content *content, struct slice text)
{
    content_add_number(content, text.length, CONTENT_LENGTH_SIZE);
    if (text.length > 0)
        content_add(content, text.data, text.length);
}

void identity_of_content(const struct event *event, uint8_t id[IDENTITY_SIZE])
{
    struct content content;

    content.length = 0;
    content_add_number(&content, (uint64_t)event->time_us, 8);
    content_add(&content, event->device, sizeof(event->device));
    content_add_number(&content, (uint64_t)event->address_family, 1);
    content_add(&content, event->address, sizeof(event->address));
    content_add(&content, event->country, COUNTRY_SIZE - 1);
    content_add_number(&content, event->has_sha256, 1);
    content_add(&content, event->sha256, sizeof(event->sha256));
    content_add_text(&content, event->name);
    content_add_text(&content, event->vendor);
    content_add_text(&content, event->product);
    content_add_text(&content, event->version);
    content_add_text(&content, event->action);
    /* Events that have neither keep the id that they had before there were these keys. */
    if (event->os.length + event->segment.length > 0) {
        content_add_text(&content, event->os);
        content_add_text(&content, event->segment);
    }
    uuid_generate_sha1(id, content_namespace, (const char *)content.bytes, content.length);
}
