/* One detection, or heartbeat, between decoding and storing: a plain struct, validated, nothing
 * left to guess.
 *
 * Text is borrowed from the decoder and valid until its next message. */
#ifndef KANSEN_EVENT_H
#define KANSEN_EVENT_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that somebody else owns; not terminated. Absent text has length 0. */
struct slice {
    const char *data;
    size_t length;
};

/* The outer contract's limits, in bytes. */
#define EVENT_MESSAGE_MAX (64 * 1024)
#define EVENT_NAME_MAX 256
#define EVENT_IDENTIFIER_MAX 128
/* vendor, product, version, action, os, segment: they become rows of small dictionaries, whose
 * unique index takes entries of up to 2,704 bytes; three of these fit. */
#define EVENT_LABEL_MAX 256

/* ISO 3166-1 alpha-2 and a terminator. */
#define COUNTRY_SIZE 3
#define COUNTRY_UNKNOWN "ZZ"

/* A MaxMind DB. Two files may have been built in the same second. */
#define GEOIP_FINGERPRINT_SIZE 16

struct geoip_build {
    int64_t built_s;                             /* seconds since 1970-01-01T00:00:00Z */
    uint8_t fingerprint[GEOIP_FINGERPRINT_SIZE]; /* hash of the file */
};

enum event_kind {
    EVENT_DETECTION,
    EVENT_HEARTBEAT, /* a machine is there; nothing was found, and it has no name */
};

enum address_family { ADDRESS_NONE = 0, ADDRESS_IPV4 = 4, ADDRESS_IPV6 = 6 };

struct event {
    int64_t time_us;    /* microseconds since 1970-01-01T00:00:00Z */
    uint8_t device[16]; /* UUID, network byte order */
    uint8_t id[16];     /* UUID, network byte order */
    struct slice name;  /* 1 to EVENT_NAME_MAX bytes of UTF-8; of a heartbeat none */
    struct slice vendor;
    struct slice product;
    struct slice version;
    struct slice action;
    struct slice os;      /* the machine's operating system */
    struct slice segment; /* what kind of customer the machine is of: a segment, an industry */
    enum address_family address_family;
    uint8_t address[16]; /* network byte order; the first 4 bytes for IPv4 */
    uint8_t sha256[32];
    uint8_t has_sha256;
    uint8_t has_bad_address;    /* its ip was no address, and counts as absent beside its country */
    char country[COUNTRY_SIZE]; /* "" until the address has been looked up */
    uint8_t has_own_country;    /* the event said it */
    const struct geoip_build *geoip; /* in which it was looked up; NULL: own, or there is none */
};

#endif
