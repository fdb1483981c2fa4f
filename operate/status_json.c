#include "operate/status_json.h"

#include "text/json_writer.h"

static void put_known(struct json_writer *json, const char *key, int64_t value)
{
    if (value == STANDING_UNKNOWN)
        json_writer_number(json, key, NULL);
    else
        json_writer_integer(json, key, value);
}

static void put_month(struct json_writer *json, const char *key, month_t month)
{
    char text[MONTH_TEXT_SIZE];

    json_writer_text(json, key, month_format(month, text));
}

static void put_database(struct json_writer *json, const struct standing *standing)
{
    json_writer_object(json, "database", JSON_ONE_LINE);
    json_writer_text(json, "name", standing->database);
    json_writer_text(json, "server", standing->server);
    json_writer_integer(json, "version", standing->version);
    json_writer_text(json, "timezone", standing->timezone);
    json_writer_integer(json, "bytes", standing->bytes);
    json_writer_bool(json, "standby", standing->standby);
    json_writer_end(json);
}

static void put_concerns(struct json_writer *json, const struct concerns *concerns)
{
    json_writer_array(json, "concerns", JSON_LINES);
    for (size_t i = 0; i < concerns->count; i++) {
        const struct concern *concern = &concerns->list[i];

        json_writer_object(json, NULL, JSON_ONE_LINE);
        json_writer_text(json, "name", concern->name);
        json_writer_text(json, "state", concern_state(concern->kind));
        json_writer_text(json, "text", concern->text);
        json_writer_text(json, "way_on", *concern->way_on == '\0' ? NULL : concern->way_on);
        json_writer_end(json);
    }
    json_writer_end(json);
}

static void put_commands(struct json_writer *json, const struct standing *standing)
{
    json_writer_array(json, "at_work", JSON_LINES);
    for (size_t i = 0; i < standing->command_count; i++) {
        json_writer_object(json, NULL, JSON_ONE_LINE);
        json_writer_text(json, "command", standing->commands[i].command);
        json_writer_integer(json, "connections", standing->commands[i].connections);
        json_writer_end(json);
    }
    json_writer_end(json);
}

static void put_partition(struct json_writer *json, const struct standing_partition *partition)
{
    json_writer_object(json, NULL, JSON_ONE_LINE);
    json_writer_integer(json, "partition", partition->partition);
    json_writer_text(json, "worker", partition->worker);
    json_writer_integer(json, "next_offset", partition->next_offset);
    put_known(json, "end_offset", partition->end_offset);
    put_known(json, "unread", partition->behind);
    json_writer_text(json, "end_known", partition->end_known);
    json_writer_text(json, "read_until", partition->read_until);
    put_known(json, "lag_seconds", partition->lag);
    json_writer_text(json, "stored", partition->stored);
    json_writer_text(json, "newest_event", partition->newest_event);
    json_writer_integer(json, "tries", partition->tries);
    json_writer_end(json);
}

static void put_topics(struct json_writer *json, const struct standing *standing)
{
    json_writer_array(json, "topics", JSON_LINES);
    for (size_t i = 0; i < standing->topic_count; i++) {
        const struct standing_topic *topic = &standing->topics[i];

        json_writer_object(json, NULL, JSON_LINES);
        json_writer_text(json, "cluster", topic->cluster);
        json_writer_text(json, "group", topic->group);
        json_writer_text(json, "topic", topic->topic);
        json_writer_bool(json, "heartbeats", topic->heartbeats);
        json_writer_bool(json, "retired", topic->retired);
        json_writer_array(json, "partitions", JSON_LINES);
        for (size_t j = 0; j < topic->partition_count; j++)
            put_partition(json, &topic->partitions[j]);
        json_writer_end(json);
        json_writer_end(json);
    }
    json_writer_end(json);
}

static void put_months(struct json_writer *json, const struct standing *standing)
{
    json_writer_array(json, "months", JSON_LINES);
    for (size_t i = standing->month_count; i > 0; i--) {
        json_writer_object(json, NULL, JSON_ONE_LINE);
        put_month(json, "month", standing->months[i - 1].month);
        json_writer_text(json, "state",
                         standing->months[i - 1].complete ? "complete" : "provisional");
        json_writer_end(json);
    }
    json_writer_end(json);
}

static void put_rejected(struct json_writer *json, const struct standing *standing)
{
    json_writer_array(json, "rejected", JSON_LINES);
    for (size_t i = 0; i < standing->rejected_count; i++) {
        const struct standing_rejected *rejected = &standing->rejected[i];

        json_writer_object(json, NULL, JSON_ONE_LINE);
        json_writer_text(json, "reason", rejected->reason);
        json_writer_integer(json, "waiting", rejected->waiting);
        json_writer_integer(json, "last_hour", rejected->last_hour);
        json_writer_integer(json, "last_day", rejected->last_day);
        json_writer_text(json, "last", rejected->last);
        json_writer_end(json);
    }
    json_writer_end(json);
}

static void put_rooms(struct json_writer *json, const struct standing *standing)
{
    json_writer_array(json, "storage", JSON_LINES);
    for (size_t i = standing->room_count; i > 0; i--) {
        const struct standing_room *room = &standing->rooms[i - 1];

        json_writer_object(json, NULL, JSON_ONE_LINE);
        if (room->is_default)
            json_writer_text(json, "month", NULL);
        else
            put_month(json, "month", room->month);
        put_known(json, "about_detections", room->about_detections);
        put_known(json, "detection_bytes", room->detection_bytes);
        put_known(json, "infection_bytes", room->infection_bytes);
        json_writer_end(json);
    }
    json_writer_end(json);
    json_writer_array(json, "in_default_partition", JSON_ONE_LINE);
    for (size_t i = 0; i < standing->in_default_count; i++)
        put_month(json, NULL, standing->in_default[i]);
    json_writer_end(json);
}

static void put_recounts(struct json_writer *json, const struct standing *standing)
{
    json_writer_array(json, "recounts", JSON_LINES);
    for (size_t i = 0; i < standing->recount_count; i++) {
        const struct standing_recount *recount = &standing->recounts[i];

        json_writer_object(json, NULL, JSON_ONE_LINE);
        json_writer_text(json, "threat", recount->threat);
        json_writer_text(json, "by", recount->by);
        json_writer_text(json, "since", recount->since);
        put_known(json, "months", recount->months);
        json_writer_end(json);
    }
    json_writer_end(json);
}

static void put_editions(struct json_writer *json, const struct standing *standing)
{
    json_writer_array(json, "editions", JSON_LINES);
    for (size_t i = 0; i < standing->edition_count; i++) {
        const struct standing_edition *edition = &standing->editions[i];

        json_writer_object(json, NULL, JSON_ONE_LINE);
        json_writer_text(json, "threat", edition->threat);
        put_month(json, "from", edition->from);
        put_month(json, "to", edition->to);
        json_writer_integer(json, "edition", edition->number);
        json_writer_text(json, "published", edition->published);
        json_writer_bool(json, "provisional", edition->provisional);
        json_writer_end(json);
    }
    json_writer_end(json);
}

void status_json_print(FILE *out, const struct standing *standing, const struct concerns *concerns,
                       int exit_code)
{
    struct json_writer json;
    month_t last = 0;

    json_writer_init(&json, out);
    json_writer_object(&json, NULL, JSON_LINES);
    json_writer_text(&json, "time", standing->at);
    json_writer_text(&json, "state", concern_state(concerns_gravest(concerns)));
    json_writer_integer(&json, "exit_code", exit_code);
    put_concerns(&json, concerns);
    put_database(&json, standing);
    put_commands(&json, standing);
    put_topics(&json, standing);
    put_months(&json, standing);
    put_rejected(&json, standing);
    put_rooms(&json, standing);
    if (standing_months_ahead(standing, &last))
        put_month(&json, "partitions_until", last);
    else
        json_writer_text(&json, "partitions_until", NULL);
    put_recounts(&json, standing);
    put_editions(&json, standing);
    json_writer_text(&json, "geoip_build", standing->geoip_build);
    json_writer_end(&json);
    putc('\n', out);
}
