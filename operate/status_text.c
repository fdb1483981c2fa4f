#include "operate/status_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "operate/amounts.h"
#include "operate/safe_line.h"
#include "text/escape.h"

/* Where what is said begins, behind its name. */
#define INDENT 12

/* Longer lists are cut there; JSON has all. */
#define WORKERS_SHOWN 4
#define REASONS_SHOWN 4
#define MONTHS_SHOWN 3
#define EDITIONS_SHOWN 3

/* The first column of tables. */
#define NAME_COLUMNS 22

/* "2026-11-26 20:40:05" */
#define MOMENT_SIZE 24

/* A line that is put together and then broken. */
struct line {
    char text[2048];
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line->text + line->used, sizeof(line->text) - line->used, format, arguments);
    va_end(arguments);
    if (length > 0)
        line->used += (size_t)length;
    if (line->used >= sizeof(line->text))
        line->used = sizeof(line->text) - 1;
}

static void end_line(FILE *out, const char *name, const struct line *line)
{
    safe_line(out, name, INDENT, "%s", line->text);
}

/* "2026-11-26T20:40:05Z" for people. */
static const char *moment(const char *iso, char text[MOMENT_SIZE])
{
    snprintf(text, MOMENT_SIZE, "%.10s %.8s", iso, strlen(iso) > 11 ? iso + 11 : "");
    return text;
}

/* ---- who is at work */

static bool was_named(const struct standing *standing, size_t topic, size_t partition)
{
    const char *worker = standing->topics[topic].partitions[partition].worker;

    for (size_t i = 0; i <= topic; i++)
        for (size_t j = 0; j < standing->topics[i].partition_count; j++) {
            const char *other = standing->topics[i].partitions[j].worker;

            if (i == topic && j == partition)
                return false;
            if (other != NULL && strcmp(other, worker) == 0)
                return true;
        }
    return false;
}

static void print_workers(FILE *out, const struct standing *standing)
{
    struct line line = {.used = 0};
    size_t workers = 0;

    if (standing->standby) {
        add(&line, "this is a standby; the primary knows who is at work");
        end_line(out, "at work", &line);
        return;
    }
    for (size_t i = 0; i < standing->command_count; i++)
        add(&line, "%s%s (%" PRId64 ")", i == 0 ? "" : ", ", standing->commands[i].command,
            standing->commands[i].connections);
    if (standing->command_count == 0)
        add(&line, "nobody is connected");
    for (size_t i = 0; i < standing->topic_count; i++)
        for (size_t j = 0; j < standing->topics[i].partition_count; j++) {
            const char *worker = standing->topics[i].partitions[j].worker;

            if (worker == NULL || was_named(standing, i, j))
                continue;
            if (workers < WORKERS_SHOWN)
                add(&line, "%s%s", workers == 0 ? "; read by " : ", ", worker);
            workers++;
        }
    if (workers > WORKERS_SHOWN)
        add(&line, " and %zu more", workers - WORKERS_SHOWN);
    end_line(out, "at work", &line);
}

/* ---- months */

static void print_completeness(FILE *out, const struct standing *standing)
{
    struct line line = {.used = 0};
    char text[MONTH_TEXT_SIZE];
    size_t open = 0;

    while (open < standing->month_count && !standing->months[open].complete)
        open++;
    if (standing->month_count == 0)
        add(&line, "no event is stored yet");
    else if (open == standing->month_count)
        add(&line, "no month yet");
    else
        add(&line, "until %s", month_format(standing->months[open].month, text));
    for (size_t i = open; i > 0; i--)
        add(&line, "%s%s is %s", i == open ? "; " : ", ",
            month_format(standing->months[i - 1].month, text),
            standing->months[i - 1].month == standing->month ? "not over" : "not read to its end");
    end_line(out, "complete", &line);
}

static void print_partitions(FILE *out, const struct standing *standing)
{
    struct line line = {.used = 0};
    char first[MONTH_TEXT_SIZE];
    char text[MONTH_TEXT_SIZE];
    month_t last = 0;
    size_t count = standing->room_count;

    if (count == 0 || standing->rooms[count - 1].is_default)
        add(&line, "none");
    else if (!standing_months_ahead(standing, &last))
        add(&line, "from %s, and none of the present month",
            month_format(standing->rooms[count - 1].month, first));
    else
        add(&line, "%s to %s, %d month%s ahead",
            month_format(standing->rooms[count - 1].month, first), month_format(last, text),
            (int)(last - standing->month), last - standing->month == 1 ? "" : "s");
    end_line(out, "partitions", &line);
}

/* ---- what comes in, what goes out */

static void print_rejected(FILE *out, const struct standing *standing)
{
    struct line line = {.used = 0};
    int64_t waiting = 0;
    int64_t last_hour = 0;
    char count[AMOUNT_SIZE];

    for (size_t i = 0; i < standing->rejected_count; i++) {
        waiting += standing->rejected[i].waiting;
        last_hour += standing->rejected[i].last_hour;
    }
    if (waiting == 0)
        add(&line, "none waits");
    else
        add(&line, "%s wait%s", amount_count(waiting, count), waiting == 1 ? "s" : "");
    if (waiting > 0)
        add(&line, ", %s of the last hour: ", amount_count(last_hour, count));
    for (size_t i = 0; i < standing->rejected_count && i < REASONS_SHOWN; i++)
        add(&line, "%s%s %s", i == 0 ? "" : ", ", standing->rejected[i].reason,
            amount_count(standing->rejected[i].waiting, count));
    if (standing->rejected_count > REASONS_SHOWN)
        add(&line, ", …");
    end_line(out, "rejected", &line);
}

static void print_editions(FILE *out, const struct standing *standing)
{
    struct line line = {.used = 0};
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    if (standing->edition_count == 0)
        add(&line, "nothing has been published");
    for (size_t i = 0; i < standing->edition_count && i < EDITIONS_SHOWN; i++) {
        const struct standing_edition *edition = &standing->editions[i];

        add(&line, "%s%s %s to %s, edition %" PRId64 " of %.10s%s", i == 0 ? "" : "; ",
            edition->threat, month_format(edition->from, from), month_format(edition->to, to),
            edition->number, edition->published, edition->provisional ? ", provisional" : "");
    }
    if (standing->edition_count > EDITIONS_SHOWN)
        add(&line, "; and of %zu threats more", standing->edition_count - EDITIONS_SHOWN);
    end_line(out, "editions", &line);
}

static void print_geoip(FILE *out, const struct standing *standing)
{
    struct line line = {.used = 0};
    char age[AMOUNT_SIZE];

    if (standing->geoip_build == NULL)
        add(&line, "no address has been looked up");
    else
        add(&line, "file of %s, %s day%s old", standing->geoip_build,
            amount_count(standing->geoip_age < 0 ? 0 : standing->geoip_age / 86400, age),
            standing->geoip_age / 86400 == 1 ? "" : "s");
    end_line(out, "geoip", &line);
}

/* ---- tables */

/* Names that are wider than their column have a line of their own. */
static void print_name(FILE *out, const char *name)
{
    size_t width = escape_width(name);

    escape_plain(out, name);
    if (width > NAME_COLUMNS) {
        putc('\n', out);
        width = 0;
    }
    fprintf(out, "%*s", (int)(NAME_COLUMNS - width), "");
}

/* What all partitions have still to read, as of when their workers last heard of the ends: without
 * a worker it is at least that. */
static const char *unread_of(const struct standing_topic *topic, char text[AMOUNT_SIZE + 1])
{
    int64_t unread = 0;
    bool at_least = false;

    for (size_t i = 0; i < topic->partition_count; i++) {
        const struct standing_partition *partition = &topic->partitions[i];

        if (partition->behind == STANDING_UNKNOWN)
            return "?";
        unread += partition->behind;
        at_least = at_least || partition->worker == NULL;
    }
    amount_count(unread, text);
    return at_least ? strcat(text, "+") : text;
}

static const struct standing_partition *worst_of(const struct standing_topic *topic)
{
    const struct standing_partition *worst = &topic->partitions[0];

    for (size_t i = 1; i < topic->partition_count && worst->lag != STANDING_UNKNOWN; i++) {
        const struct standing_partition *partition = &topic->partitions[i];

        if (partition->lag == STANDING_UNKNOWN || partition->lag > worst->lag)
            worst = partition;
    }
    return worst;
}

static void print_topic(FILE *out, const struct standing_topic *topic, bool standby)
{
    const struct standing_partition *worst = worst_of(topic);
    struct line name = {.used = 0};
    size_t read = 0;
    char part[AMOUNT_SIZE];
    char unread[AMOUNT_SIZE + 1];
    char lag[AMOUNT_SIZE];
    char until[MOMENT_SIZE];

    for (size_t i = 0; i < topic->partition_count; i++)
        read += topic->partitions[i].worker != NULL;
    add(&name, "%s (%s)", topic->topic, topic->group);
    if (standby)
        snprintf(part, sizeof(part), "? of %zu", topic->partition_count);
    else
        snprintf(part, sizeof(part), "%zu of %zu", read, topic->partition_count);
    print_name(out, name.text);
    if (topic->retired)
        fprintf(out, "  %10s  retired\n", part);
    else if (worst->lag == STANDING_UNKNOWN)
        fprintf(out, "  %10s  %9s  %10s  not known yet\n", part, unread_of(topic, unread), "?");
    else
        fprintf(out, "  %10s  %9s  %10s  %s\n", part, unread_of(topic, unread),
                amount_time(worst->lag, lag), moment(worst->read_until, until));
}

static void print_topics(FILE *out, const struct standing *standing)
{
    if (standing->topic_count == 0)
        return;
    fputs("\n"
          "topic (group)           being read     unread         lag  all read until, UTC\n"
          "----------------------  ----------  ---------  ----------  -------------------\n",
          out);
    for (size_t i = 0; i < standing->topic_count; i++)
        print_topic(out, &standing->topics[i], standing->standby);
}

static void add_room(struct standing_room *sum, const struct standing_room *room)
{
    sum->detection_bytes += room->detection_bytes;
    sum->infection_bytes += room->infection_bytes;
    if (room->about_detections == STANDING_UNKNOWN)
        sum->about_detections = STANDING_UNKNOWN;
    else if (sum->about_detections != STANDING_UNKNOWN)
        sum->about_detections += room->about_detections;
}

static void print_room(FILE *out, const char *name, const struct standing_room *room)
{
    char detections[AMOUNT_SIZE] = "?";
    char detection_bytes[AMOUNT_SIZE];
    char infection_bytes[AMOUNT_SIZE];

    if (room->about_detections != STANDING_UNKNOWN)
        amount_count(room->about_detections, detections);
    fprintf(out, "%-*s  %14s  %10s  %18s\n", NAME_COLUMNS, name, detections,
            amount_bytes(room->detection_bytes, detection_bytes),
            amount_bytes(room->infection_bytes, infection_bytes));
}

/* The last months each, what was before them together. */
static void print_rooms(FILE *out, const struct standing *standing)
{
    struct standing_room before = {.about_detections = 0};
    size_t shown = 0;
    size_t rest = 0;
    char name[AMOUNT_SIZE + MONTH_TEXT_SIZE];

    fputs("\n"
          "month                       detections  their size  size of infections\n"
          "----------------------  --------------  ----------  ------------------\n",
          out);
    for (size_t i = 0; i < standing->room_count; i++) {
        const struct standing_room *room = &standing->rooms[i];

        if (room->is_default || room->month > standing->month)
            continue;
        if (shown++ < MONTHS_SHOWN) {
            print_room(out, month_format(room->month, name), room);
            continue;
        }
        add_room(&before, room);
        rest++;
    }
    snprintf(name, sizeof(name), "%zu before", rest);
    if (rest > 0)
        print_room(out, name, &before);
    if (standing->in_default_count > 0)
        print_room(out, "default partition", &standing->rooms[0]);
}

/* ---- all of it */

static void print_concern(FILE *out, const struct concern *concern)
{
    static const char *const names[] = {
        [CONCERN_NOTE] = "note",
        [CONCERN_BEHIND] = "behind",
        [CONCERN_PERSON] = "attention",
    };

    safe_line(out, names[concern->kind], INDENT, "%s", concern->text);
    if (*concern->way_on != '\0')
        safe_line(out, "", INDENT, "> %s", concern->way_on);
}

static void print_head(FILE *out, const struct standing *standing, const struct concerns *concerns)
{
    static const char *const words[] = {
        [CONCERN_NOTE] = "well",
        [CONCERN_BEHIND] = "something is behind",
        [CONCERN_PERSON] = "a person is needed",
    };
    struct line line = {.used = 0};
    char text[MOMENT_SIZE];
    char size[AMOUNT_SIZE];

    add(&line, "%s, at %s UTC", words[concerns_gravest(concerns)], moment(standing->at, text));
    end_line(out, "kansen", &line);
    for (size_t i = 0; i < concerns->count; i++)
        print_concern(out, &concerns->list[i]);
    line.used = 0;
    add(&line, "%s, %s, version %" PRId64 ", months of %s, on PostgreSQL %s%s", standing->database,
        amount_bytes(standing->bytes, size), standing->version, standing->timezone,
        standing->server, standing->standby ? ", a standby" : "");
    end_line(out, "database", &line);
}

void status_text_print(FILE *out, const struct standing *standing, const struct concerns *concerns)
{
    print_head(out, standing, concerns);
    print_workers(out, standing);
    print_completeness(out, standing);
    print_rejected(out, standing);
    print_partitions(out, standing);
    print_editions(out, standing);
    print_geoip(out, standing);
    print_topics(out, standing);
    print_rooms(out, standing);
}
