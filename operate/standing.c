#include "operate/standing.h"

#include <stdlib.h>
#include <string.h>

#include "sql/embedded.h"

/* ---- values of rows */

static int64_t number_or_unknown(const struct db_result *rows, int row, int column)
{
    return db_text(rows, row, column) == NULL ? STANDING_UNKNOWN : db_int64(rows, row, column);
}

/* PostgreSQL's own to_char wrote it. */
static month_t month_of(const struct db_result *rows, int row, int column)
{
    const char *text = db_text(rows, row, column);
    month_t month = 0;

    if (text != NULL)
        (void)month_parse(text, &month);
    return month;
}

/* ---- facts of which there is one */

static enum status read_facts(struct standing *out, const struct db_result *rows,
                              struct error *error)
{
    enum { AT, DATABASE, SERVER, VERSION, TIMEZONE, BYTES, STANDBY, MONTH, BUILD, BUILD_AGE };

    if (db_rows(rows) != 1 || db_text(rows, 0, TIMEZONE) == NULL || db_text(rows, 0, MONTH) == NULL)
        return error_set(error, STATUS_REJECT,
                         "the database has no report time zone: run `kansen db init`");
    out->at = db_text(rows, 0, AT);
    out->database = db_text(rows, 0, DATABASE);
    out->server = db_text(rows, 0, SERVER);
    out->version = db_int64(rows, 0, VERSION);
    out->timezone = db_text(rows, 0, TIMEZONE);
    out->bytes = db_int64(rows, 0, BYTES);
    out->standby = db_bool(rows, 0, STANDBY);
    out->month = month_of(rows, 0, MONTH);
    out->geoip_build = db_text(rows, 0, BUILD);
    out->geoip_age = db_int64(rows, 0, BUILD_AGE);
    return STATUS_OK;
}

/* ---- lists */

/* Room for an element a row; NULL: memory is short. */
static void *list_of(const struct db_result *rows, size_t size)
{
    return calloc((size_t)db_rows(rows) + 1, size);
}

/* Columns of standing_partitions.sql. */
enum {
    OF_CLUSTER,
    OF_GROUP,
    OF_TOPIC,
    HEARTBEATS,
    RETIRED,
    PARTITION,
    WORKER,
    NEXT_OFFSET,
    END_OFFSET,
    BEHIND,
    END_KNOWN,
    READ_UNTIL,
    LAG,
    STORED,
    STORED_AGE,
    NEWEST_EVENT,
    TRIES
};

static bool is_of(const struct standing_topic *topic, const struct db_result *rows, int row)
{
    return strcmp(topic->cluster, db_text(rows, row, OF_CLUSTER)) == 0 &&
           strcmp(topic->group, db_text(rows, row, OF_GROUP)) == 0 &&
           strcmp(topic->topic, db_text(rows, row, OF_TOPIC)) == 0;
}

/* Rows of one topic follow each other. */
static void add_partition(struct standing *out, const struct db_result *rows, int row)
{
    struct standing_partition *partition = &out->partitions[row];

    if (out->topic_count == 0 || !is_of(&out->topics[out->topic_count - 1], rows, row))
        out->topics[out->topic_count++] = (struct standing_topic){
            .cluster = db_text(rows, row, OF_CLUSTER),
            .group = db_text(rows, row, OF_GROUP),
            .topic = db_text(rows, row, OF_TOPIC),
            .heartbeats = db_bool(rows, row, HEARTBEATS),
            .retired = true,
            .partitions = partition,
        };

    struct standing_topic *topic = &out->topics[out->topic_count - 1];

    topic->partition_count++;
    topic->retired = topic->retired && db_bool(rows, row, RETIRED);
    *partition = (struct standing_partition){
        .partition = db_int64(rows, row, PARTITION),
        .worker = db_text(rows, row, WORKER),
        .next_offset = db_int64(rows, row, NEXT_OFFSET),
        .end_offset = number_or_unknown(rows, row, END_OFFSET),
        .behind = number_or_unknown(rows, row, BEHIND),
        .end_known = db_text(rows, row, END_KNOWN),
        .read_until = db_text(rows, row, READ_UNTIL),
        .lag = number_or_unknown(rows, row, LAG),
        .stored = db_text(rows, row, STORED),
        .stored_age = db_int64(rows, row, STORED_AGE),
        .newest_event = db_text(rows, row, NEWEST_EVENT),
        .tries = db_int64(rows, row, TRIES),
    };
}

static bool read_partitions(struct standing *out, const struct db_result *rows)
{
    out->partitions = list_of(rows, sizeof(*out->partitions));
    out->topics = list_of(rows, sizeof(*out->topics));
    if (out->partitions == NULL || out->topics == NULL)
        return false;
    for (int row = 0; row < db_rows(rows); row++)
        add_partition(out, rows, row);
    return true;
}

static bool read_commands(struct standing *out, const struct db_result *rows)
{
    out->commands = list_of(rows, sizeof(*out->commands));
    for (int row = 0; out->commands != NULL && row < db_rows(rows); row++)
        out->commands[out->command_count++] =
            (struct standing_command){db_text(rows, row, 0), db_int64(rows, row, 1)};
    return out->commands != NULL;
}

static bool read_months(struct standing *out, const struct db_result *rows)
{
    out->months = list_of(rows, sizeof(*out->months));
    for (int row = 0; out->months != NULL && row < db_rows(rows); row++)
        out->months[out->month_count++] = (struct standing_month){
            month_of(rows, row, 0), strcmp(db_text(rows, row, 1), "complete") == 0};
    return out->months != NULL;
}

static bool read_rejected(struct standing *out, const struct db_result *rows)
{
    out->rejected = list_of(rows, sizeof(*out->rejected));
    for (int row = 0; out->rejected != NULL && row < db_rows(rows); row++)
        out->rejected[out->rejected_count++] = (struct standing_rejected){
            .reason = db_text(rows, row, 0),
            .waiting = db_int64(rows, row, 1),
            .last_hour = db_int64(rows, row, 2),
            .last_day = db_int64(rows, row, 3),
            .last = db_text(rows, row, 4),
        };
    return out->rejected != NULL;
}

static bool read_rooms(struct standing *out, const struct db_result *rows)
{
    out->rooms = list_of(rows, sizeof(*out->rooms));
    for (int row = 0; out->rooms != NULL && row < db_rows(rows); row++)
        out->rooms[out->room_count++] = (struct standing_room){
            .is_default = db_text(rows, row, 0) == NULL,
            .month = month_of(rows, row, 0),
            .detection_bytes = number_or_unknown(rows, row, 1),
            .infection_bytes = number_or_unknown(rows, row, 2),
            .about_detections = number_or_unknown(rows, row, 3),
        };
    return out->rooms != NULL;
}

static bool read_in_default(struct standing *out, const struct db_result *rows)
{
    out->in_default = list_of(rows, sizeof(*out->in_default));
    for (int row = 0; out->in_default != NULL && row < db_rows(rows); row++)
        out->in_default[out->in_default_count++] = month_of(rows, row, 0);
    return out->in_default != NULL;
}

static bool read_closed(struct standing *out, const struct db_result *rows)
{
    out->closed = list_of(rows, sizeof(*out->closed));
    for (int row = 0; out->closed != NULL && row < db_rows(rows); row++)
        out->closed[out->closed_count++] = month_of(rows, row, 0);
    return out->closed != NULL;
}

static bool read_recounts(struct standing *out, const struct db_result *rows)
{
    out->recounts = list_of(rows, sizeof(*out->recounts));
    for (int row = 0; out->recounts != NULL && row < db_rows(rows); row++)
        out->recounts[out->recount_count++] = (struct standing_recount){
            .threat = db_text(rows, row, 0),
            .by = db_text(rows, row, 1),
            .since = db_text(rows, row, 2),
            .months = number_or_unknown(rows, row, 3),
        };
    return out->recounts != NULL;
}

static bool read_editions(struct standing *out, const struct db_result *rows)
{
    out->editions = list_of(rows, sizeof(*out->editions));
    for (int row = 0; out->editions != NULL && row < db_rows(rows); row++)
        out->editions[out->edition_count++] = (struct standing_edition){
            .threat = db_text(rows, row, 0),
            .from = month_of(rows, row, 1),
            .to = month_of(rows, row, 2),
            .number = db_int64(rows, row, 3),
            .published = db_text(rows, row, 4),
            .provisional = db_bool(rows, row, 5),
        };
    return out->editions != NULL;
}

/* ---- all of it */

/* Behind the facts; each reads all rows of its answer, or memory is short. */
static const struct {
    const char *sql;
    bool (*read)(struct standing *out, const struct db_result *rows);
} lists[] = {
    {sql_standing_partitions, read_partitions}, {sql_standing_commands, read_commands},
    {sql_standing_months, read_months},         {sql_standing_rejected, read_rejected},
    {sql_standing_storage, read_rooms},         {sql_standing_default, read_in_default},
    {sql_standing_recounts, read_recounts},     {sql_standing_editions, read_editions},
    {sql_standing_closed, read_closed},
};

#define LISTS (sizeof(lists) / sizeof(lists[0]))

_Static_assert(1 + LISTS == STANDING_RESULTS, "each answer is kept");

static enum status ask_all(struct standing *out, struct db *db, struct error *error)
{
    enum status status = db_query(db, sql_standing_facts, 0, NULL, &out->results[LISTS], error);

    if (status == STATUS_OK)
        status = read_facts(out, out->results[LISTS], error);
    for (size_t i = 0; status == STATUS_OK && i < LISTS; i++) {
        status = db_query(db, lists[i].sql, 0, NULL, &out->results[i], error);
        if (status == STATUS_OK && !lists[i].read(out, out->results[i]))
            status = error_set(error, STATUS_FATAL, "out of memory");
    }
    return status;
}

enum status standing_load(struct db *db, struct standing *out, struct error *error)
{
    memset(out, 0, sizeof(*out));

    enum status status = db_script(db, sql_standing_limits, error);

    if (status == STATUS_OK)
        status = db_begin(db, DB_READ_ONLY_SNAPSHOT, error);
    if (status == STATUS_OK)
        status = ask_all(out, db, error);
    if (status == STATUS_OK)
        status = db_commit(db, error);
    return status;
}

void standing_clear(struct standing *standing)
{
    free(standing->topics);
    free(standing->partitions);
    free(standing->commands);
    free(standing->months);
    free(standing->rejected);
    free(standing->rooms);
    free(standing->in_default);
    free(standing->closed);
    free(standing->recounts);
    free(standing->editions);
    for (size_t i = 0; i < STANDING_RESULTS; i++)
        db_result_free(standing->results[i]);
    memset(standing, 0, sizeof(*standing));
}

bool standing_is_at_work(const struct standing *standing, const char *command)
{
    for (size_t i = 0; i < standing->command_count; i++)
        if (strcmp(standing->commands[i].command, command) == 0)
            return true;
    return false;
}

static bool has_room(const struct standing *standing, month_t month)
{
    for (size_t i = 0; i < standing->room_count; i++)
        if (!standing->rooms[i].is_default && standing->rooms[i].month == month)
            return true;
    return false;
}

bool standing_months_ahead(const struct standing *standing, month_t *last)
{
    month_t month = standing->month;

    if (!has_room(standing, month))
        return false;
    while (has_room(standing, month + 1))
        month++;
    *last = month;
    return true;
}
