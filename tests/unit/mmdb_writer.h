/* A small writer of MaxMind DB files (MaxMind-DB-spec 2.0), good and bad ones, for tests.
 *
 * writer_start, then records by put_… into writer.records and their networks by writer_insert, then
 * writer_finish: the file's bytes are in `file`. */
#ifndef KANSEN_TESTS_MMDB_WRITER_H
#define KANSEN_TESTS_MMDB_WRITER_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>

#define BUILD_EPOCH 1379088328

#define NODES_MAX 2048
#define BYTES_MAX (512 * 1024)

enum { EMPTY = 0, DATA = 1u << 31 };

struct bytes {
    uint8_t data[BYTES_MAX];
    size_t size;
};

struct writer {
    int ip_version;
    uint32_t record_size;
    /* EMPTY, the number of a node, or DATA and an offset; node 0 is the root and nobody's child. */
    uint32_t nodes[NODES_MAX][2];
    uint32_t node_count;
    uint32_t node_count_claimed; /* 0: the true one */
    struct bytes records;
    const char *type;      /* its database_type */
    uint64_t build_epoch;  /* in seconds */
    struct bytes metadata; /* left empty: good metadata */
};

static struct writer writer;
static struct bytes file;

static inline void put(struct bytes *bytes, const void *data, size_t size)
{
    ck_assert_uint_le(bytes->size + size, BYTES_MAX);
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static inline void put_number(struct bytes *bytes, uint64_t number, int size)
{
    for (int place = size - 1; place >= 0; place--)
        put(bytes, &(uint8_t){(uint8_t)(number >> (8 * place))}, 1);
}

/* Sizes up to 284. */
static inline void put_control(struct bytes *bytes, int type, size_t size)
{
    uint64_t bits = size < 29 ? size : 29;

    ck_assert_uint_lt(size, 285);
    put_number(bytes, type > 7 ? bits : (uint64_t)type << 5 | bits, 1);
    if (type > 7)
        put_number(bytes, (uint64_t)type - 7, 1);
    if (size >= 29)
        put_number(bytes, size - 29, 1);
}

static inline void put_text(struct bytes *bytes, const char *text)
{
    put_control(bytes, 2, strlen(text));
    put(bytes, text, strlen(text));
}

static inline void put_unsigned(struct bytes *bytes, int type, uint64_t number, int size)
{
    put_control(bytes, type, (size_t)size);
    put_number(bytes, number, size);
}

static inline void put_map(struct bytes *bytes, size_t members)
{
    put_control(bytes, 7, members);
}

static inline void put_array(struct bytes *bytes, size_t members)
{
    put_control(bytes, 11, members);
}

/* The longest form: four bytes of offset. */
static inline void put_pointer(struct bytes *bytes, size_t offset)
{
    put_number(bytes, 1u << 5 | 3u << 3, 1);
    put_number(bytes, offset, 4);
}

static inline void put_uint16(struct bytes *bytes, const char *key, uint64_t number)
{
    put_text(bytes, key);
    put_unsigned(bytes, 5, number, 2);
}

/* An extended type is spelled with a second byte. */
static inline void put_raw(struct bytes *bytes, int type, const void *data, size_t size)
{
    put_control(bytes, type, size);
    put(bytes, data, size);
}

static inline void put_metadata_without_languages(struct bytes *bytes, uint32_t node_count)
{
    put_text(bytes, "node_count");
    put_unsigned(bytes, 6, node_count, 4);
    put_uint16(bytes, "record_size", writer.record_size);
    put_uint16(bytes, "ip_version", (uint64_t)writer.ip_version);
    put_text(bytes, "database_type");
    put_text(bytes, writer.type);
    put_uint16(bytes, "binary_format_major_version", 2);
    put_uint16(bytes, "binary_format_minor_version", 0);
    put_text(bytes, "build_epoch");
    put_unsigned(bytes, 9, writer.build_epoch, 8);
    put_text(bytes, "description");
    put_map(bytes, 1);
    put_text(bytes, "en");
    put_text(bytes, "made by a test");
}

static inline void put_good_metadata(struct bytes *bytes, uint32_t node_count)
{
    put_map(bytes, 9);
    put_metadata_without_languages(bytes, node_count);
    put_text(bytes, "languages");
    put_array(bytes, 2);
    put_text(bytes, "en");
    put_text(bytes, "ja");
}

static inline void writer_start(int ip_version, uint32_t record_size)
{
    memset(&writer, 0, sizeof(writer));
    writer.ip_version = ip_version;
    writer.record_size = record_size;
    writer.node_count = 1;
    writer.type = "Test-Country";
    writer.build_epoch = BUILD_EPOCH;
}

static inline void put_node(struct bytes *bytes, const uint32_t raw[2])
{
    uint32_t record[2];

    for (int side = 0; side < 2; side++)
        record[side] = raw[side] == EMPTY ? writer.node_count
                       : raw[side] & DATA ? writer.node_count + 16 + (raw[side] & ~(uint32_t)DATA)
                                          : raw[side];
    if (writer.record_size == 28) {
        put_number(bytes, record[0] & 0xFFFFFF, 3);
        put_number(bytes, (record[0] >> 24) << 4 | record[1] >> 24, 1);
        put_number(bytes, record[1] & 0xFFFFFF, 3);
        return;
    }
    put_number(bytes, record[0], (int)writer.record_size / 8);
    put_number(bytes, record[1], (int)writer.record_size / 8);
}

/* The whole file as bytes. */
static inline void writer_finish(void)
{
    static const uint8_t separator[16];

    file.size = 0;
    for (uint32_t node = 0; node < writer.node_count; node++)
        put_node(&file, writer.nodes[node]);
    put(&file, separator, sizeof(separator));
    put(&file, writer.records.data, writer.records.size);
    put(&file, "\xAB\xCD\xEFMaxMind.com", 14);
    if (writer.metadata.size > 0)
        put(&file, writer.metadata.data, writer.metadata.size);
    else
        put_good_metadata(&file, writer.node_count_claimed != 0 ? writer.node_count_claimed
                                                                : writer.node_count);
}

/* IPv4 networks of an IPv6 tree lie below ::/96. */
static inline void writer_insert(const char *network, int prefix, size_t offset)
{
    uint8_t address[16] = {0};
    uint32_t node = 0;
    bool is_v4 = strchr(network, ':') == NULL;

    if (is_v4 && writer.ip_version == 6) {
        ck_assert_int_eq(inet_pton(AF_INET, network, address + 12), 1);
        prefix += 96;
    } else {
        ck_assert_int_eq(inet_pton(is_v4 ? AF_INET : AF_INET6, network, address), 1);
    }
    for (int bit = 0; bit < prefix; bit++) {
        uint32_t *record = &writer.nodes[node][address[bit / 8] >> (7 - bit % 8) & 1];

        if (bit == prefix - 1) {
            *record = DATA | (uint32_t)offset;
            return;
        }
        if (*record == EMPTY) {
            ck_assert_uint_lt(writer.node_count, NODES_MAX);
            *record = writer.node_count++;
        }
        node = *record;
    }
}

/* {"continent": …, "country": {"iso_code": …}, "registered_country": {"iso_code": "US"}} */
/* The node that a path of the left-most prefix bits ends at, e.g. 96 for the root of IPv4. */
static inline uint32_t writer_leftmost(int prefix)
{
    uint32_t node = 0;

    for (int bit = 0; bit < prefix; bit++) {
        node = writer.nodes[node][0];
        ck_assert(node != EMPTY && (node & DATA) == 0);
    }
    return node;
}

/* Lets a network lead to a node of the tree instead of to a record. */
static inline void writer_link(const char *network, int prefix, uint32_t target)
{
    const uint32_t mark = 0x7FFFFFFF;

    writer_insert(network, prefix, mark);
    for (uint32_t node = 0; node < writer.node_count; node++)
        for (int side = 0; side < 2; side++)
            if (writer.nodes[node][side] == (DATA | mark))
                writer.nodes[node][side] = target;
}

#endif
