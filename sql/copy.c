#define _DEFAULT_SOURCE /* htobe32 and its like */
#include "sql/copy.h"

#include <endian.h>
#include <string.h>

#include "sql/db_internal.h"

/* From PostgreSQL's documentation: signature, flags, length of the header's extension. */
static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
#define HEADER_SIZE 19

/* PostgreSQL counts from 2000-01-01. */
#define EPOCH_DAYS 10957
#define EPOCH_US ((int64_t)EPOCH_DAYS * 24 * 60 * 60 * 1000000)

/* From PostgreSQL's utils/inet.h: address families on the wire. */
#define WIRE_INET 2
#define WIRE_INET6 3

/* From PostgreSQL's catalog/pg_type.dat: the OID of bytea. */
#define TYPE_BYTEA 17

enum status copy_begin(struct copy *copy, struct db *db, const char *sql, struct error *error)
{
    PGresult *result = db_execute(db, sql);
    enum status status = STATUS_OK;

    if (PQresultStatus(result) != PGRES_COPY_IN)
        status = db_failure(db, result, error);
    PQclear(result);
    if (status != STATUS_OK)
        return status;
    copy->db = db;
    copy->sql = sql;
    copy->failed = 0;
    memcpy(copy->buffer, header, HEADER_SIZE);
    copy->used = HEADER_SIZE;
    return STATUS_OK;
}

static void flush(struct copy *copy)
{
    if (copy->used > 0 && !copy->failed)
        copy->failed = PQputCopyData(copy->db->connection, copy->buffer, (int)copy->used) != 1;
    copy->used = 0;
}

/* Room for a few bytes in one piece. */
static uint8_t *reserve(struct copy *copy, size_t length)
{
    uint8_t *room;

    if (COPY_BUFFER_SIZE - copy->used < length)
        flush(copy);
    room = (uint8_t *)copy->buffer + copy->used;
    copy->used += length;
    return room;
}

static void put(struct copy *copy, const void *bytes, size_t length)
{
    const char *rest = bytes;

    while (length > 0) {
        size_t room = COPY_BUFFER_SIZE - copy->used;
        size_t piece = length < room ? length : room;

        memcpy(copy->buffer + copy->used, rest, piece);
        copy->used += piece;
        rest += piece;
        length -= piece;
        if (copy->used == COPY_BUFFER_SIZE)
            flush(copy);
    }
}

/* Numbers are big-endian on the wire. */
static uint8_t *write_int16(uint8_t *to, int16_t value)
{
    uint16_t bits = htobe16((uint16_t)value);

    memcpy(to, &bits, sizeof(bits));
    return to + sizeof(bits);
}

static uint8_t *write_int32(uint8_t *to, int32_t value)
{
    uint32_t bits = htobe32((uint32_t)value);

    memcpy(to, &bits, sizeof(bits));
    return to + sizeof(bits);
}

static uint8_t *write_int64(uint8_t *to, int64_t value)
{
    uint64_t bits = htobe64((uint64_t)value);

    memcpy(to, &bits, sizeof(bits));
    return to + sizeof(bits);
}

static void put_int32(struct copy *copy, int32_t value)
{
    write_int32(reserve(copy, sizeof(value)), value);
}

void copy_row(struct copy *copy, int16_t fields)
{
    write_int16(reserve(copy, sizeof(fields)), fields);
}

void copy_null(struct copy *copy)
{
    put_int32(copy, -1);
}

/* A field is its length and its bytes. */
void copy_bool(struct copy *copy, bool value)
{
    uint8_t *to = reserve(copy, sizeof(int32_t) + 1);

    *write_int32(to, 1) = value;
}

void copy_int16(struct copy *copy, int16_t value)
{
    uint8_t *to = reserve(copy, sizeof(int32_t) + sizeof(value));

    write_int16(write_int32(to, (int32_t)sizeof(value)), value);
}

void copy_int32(struct copy *copy, int32_t value)
{
    uint8_t *to = reserve(copy, sizeof(int32_t) + sizeof(value));

    write_int32(write_int32(to, (int32_t)sizeof(value)), value);
}

void copy_int64(struct copy *copy, int64_t value)
{
    uint8_t *to = reserve(copy, sizeof(int32_t) + sizeof(value));

    write_int64(write_int32(to, (int32_t)sizeof(value)), value);
}

void copy_uuid(struct copy *copy, const uint8_t id[16])
{
    memcpy(write_int32(reserve(copy, sizeof(int32_t) + 16), 16), id, 16);
}

void copy_bytes(struct copy *copy, const void *bytes, size_t length)
{
    put_int32(copy, (int32_t)length);
    put(copy, bytes, length);
}

void copy_bytes_array(struct copy *copy, int32_t count, const void *items, size_t length)
{
    /* dimensions, may hold nulls, type of the items, number of items, number of the first */
    const int32_t head[] = {1, 1, TYPE_BYTEA, count, 1};

    put_int32(copy, (int32_t)(sizeof(head) + length));
    for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
        put_int32(copy, head[i]);
    put(copy, items, length);
}

void copy_timestamp(struct copy *copy, int64_t time_us)
{
    copy_int64(copy, time_us - EPOCH_US);
}

void copy_date(struct copy *copy, int32_t days)
{
    copy_int32(copy, days - EPOCH_DAYS);
}

void copy_inet(struct copy *copy, int family, const uint8_t *address)
{
    uint8_t size = family == 4 ? 4 : 16;
    /* family, bits of the mask, is it a cidr, length */
    const uint8_t head[] = {family == 4 ? WIRE_INET : WIRE_INET6, (uint8_t)(size * 8), 0, size};
    uint8_t *to = reserve(copy, sizeof(int32_t) + sizeof(head) + size);

    to = write_int32(to, (int32_t)(sizeof(head) + size));
    memcpy(to, head, sizeof(head));
    memcpy(to + sizeof(head), address, size);
}

/* After COPY the connection still owes the results behind it; read until there is none. */
static enum status read_verdict(struct copy *copy, struct error *error)
{
    enum status status = STATUS_OK;
    PGresult *result;

    while ((result = db_next_result(copy->db, copy->sql)) != NULL) {
        bool still_copying = PQresultStatus(result) == PGRES_COPY_IN;

        if (status == STATUS_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
            status = db_failure(copy->db, result, error);
        PQclear(result);
        /* Memory was too short to end the COPY: only a new connection gets out of it. */
        if (PQstatus(copy->db->connection) != CONNECTION_OK || still_copying)
            break;
    }
    if (status == STATUS_OK && copy->failed)
        status = db_failure(copy->db, NULL, error);
    return status;
}

enum status copy_end(struct copy *copy, struct error *error)
{
    copy_row(copy, -1); /* the format's trailer */
    flush(copy);
    if (!copy->failed)
        copy->failed = PQputCopyEnd(copy->db->connection, NULL) != 1;
    return read_verdict(copy, error);
}
