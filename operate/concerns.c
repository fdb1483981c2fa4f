#include "operate/concerns.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operate/amounts.h"

/* From so many tries in a row on a partition rests between them (ingest/kafka/crash_guard.h). */
#define RESTING_TRIES 5

/* MaxMind and DB-IP publish every month at least. */
#define GEOIP_OLD_S (INT64_C(62) * 86400)

/* More than that is no room, once a list of them is written out. */
#define ROOM_FIRST 8

const char *concern_state(enum concern_kind kind)
{
    static const char *const states[] = {
        [CONCERN_NOTE] = "well",
        [CONCERN_BEHIND] = "behind",
        [CONCERN_PERSON] = "attention",
    };

    return states[kind];
}

enum concern_kind concerns_gravest(const struct concerns *concerns)
{
    return concerns->count == 0 ? CONCERN_NOTE : concerns->list[0].kind;
}

void concerns_clear(struct concerns *concerns)
{
    free(concerns->list);
    memset(concerns, 0, sizeof(*concerns));
}

/* The gravest first, those of one kind in the order in which they were found. NULL: memory is
 * short. */
static struct concern *add(struct concerns *out, enum concern_kind kind, const char *name)
{
    size_t at = out->count;

    if (out->count == out->room) {
        size_t room = out->room == 0 ? ROOM_FIRST : 2 * out->room;
        struct concern *list = realloc(out->list, room * sizeof(*list));

        if (list == NULL)
            return NULL;
        out->list = list;
        out->room = room;
    }
    while (at > 0 && out->list[at - 1].kind < kind)
        at--;
    memmove(out->list + at + 1, out->list + at, (out->count - at) * sizeof(*out->list));
    out->count++;
    out->list[at] = (struct concern){.kind = kind, .name = name};
    return &out->list[at];
}

__attribute__((format(printf, 2, 3))) static void say(char text[CONCERN_TEXT_SIZE],
                                                      const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, CONCERN_TEXT_SIZE, format, arguments);
    va_end(arguments);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- topics */

/* Of the partitions of a topic. */
struct lateness {
    size_t late;  /* behind by more than the limit */
    size_t read;  /* by a worker at this moment */
    size_t worst; /* index of the one that is furthest behind */
    int64_t by;   /* seconds */
};

/* A partition whose lag nobody knows has stood still at least since it was last stored. */
static int64_t lag_of(const struct standing_partition *partition)
{
    return partition->lag == STANDING_UNKNOWN ? partition->stored_age : partition->lag;
}

static struct lateness lateness_of(const struct standing_topic *topic, int64_t max_lag)
{
    struct lateness found = {.by = -1};

    for (size_t i = 0; i < topic->partition_count; i++) {
        int64_t lag = lag_of(&topic->partitions[i]);

        found.late += lag > max_lag;
        found.read += topic->partitions[i].worker != NULL;
        if (lag > found.by) {
            found.by = lag;
            found.worst = i;
        }
    }
    return found;
}

static void tell_unread(struct concern *concern, const struct standing_topic *topic)
{
    say(concern->way_on,
        "start a worker (kansen ingest%s -t %s -G %s); the log of one that runs says what it waits "
        "for. If nothing comes from the topic any more: kansen db retire -t %s -G %s",
        topic->heartbeats ? " --heartbeats" : "", topic->topic, topic->group, topic->topic,
        topic->group);
}

static void tell_slow(struct concern *concern, const struct standing_topic *topic,
                      const struct lateness *found)
{
    const char *worker = topic->partitions[found->worst].worker;

    if (worker == NULL)
        say(concern->way_on,
            "the group's workers have not taken that partition: their log says why");
    else
        say(concern->way_on,
            "the log of %s says what it waits for; up to %zu worker%s of the group can share the "
            "work",
            worker, topic->partition_count, plural(topic->partition_count));
}

static bool add_lag(const struct standing *standing, const struct standing_topic *topic,
                    const struct concern_limits *limits, struct concerns *out)
{
    struct lateness found = lateness_of(topic, limits->max_lag);
    struct concern *concern;
    char by[AMOUNT_SIZE];

    if (found.late == 0)
        return true;

    bool unread = found.read == 0 && !standing->standby;

    concern = add(out, CONCERN_BEHIND, unread ? "unread" : "lag");
    if (concern == NULL)
        return false;
    say(concern->text,
        "%s, group %s: %s%zu of %zu partition%s %s behind, partition %" PRId64 " most, by %s",
        topic->topic, topic->group, unread ? "nobody reads it; " : "", found.late,
        topic->partition_count, plural(topic->partition_count), found.late == 1 ? "is" : "are",
        topic->partitions[found.worst].partition, amount_time(found.by, by));
    if (unread)
        tell_unread(concern, topic);
    else if (!standing->standby)
        tell_slow(concern, topic, &found);
    return true;
}

static bool add_resting(const struct standing_topic *topic, struct concerns *out)
{
    for (size_t i = 0; i < topic->partition_count; i++) {
        const struct standing_partition *partition = &topic->partitions[i];
        struct concern *concern;

        if (partition->tries < RESTING_TRIES)
            continue;
        concern = add(out, CONCERN_PERSON, "resting");
        if (concern == NULL)
            return false;
        say(concern->text,
            "%s, group %s, partition %" PRId64 ": %" PRId64
            " workers in a row ended without storing anything behind offset %" PRId64
            ", so it rests between tries",
            topic->topic, topic->group, partition->partition, partition->tries,
            partition->next_offset);
        say(concern->way_on, "one worker with more memory; its log says why it ended");
    }
    return true;
}

static bool add_topics(const struct standing *standing, const struct concern_limits *limits,
                       struct concerns *out)
{
    for (size_t i = 0; i < standing->topic_count; i++)
        if (!standing->topics[i].retired && (!add_resting(&standing->topics[i], out) ||
                                             !add_lag(standing, &standing->topics[i], limits, out)))
            return false;
    return true;
}

/* ---- the database */

static bool add_months_ahead(const struct standing *standing, const struct concern_limits *limits,
                             struct concerns *out)
{
    month_t last = standing->month - 1;
    struct concern *concern;
    char text[MONTH_TEXT_SIZE];

    (void)limits;
    (void)standing_months_ahead(standing, &last);
    if (last > standing->month)
        return true;
    concern = add(out, CONCERN_PERSON, "no-partition");
    if (concern == NULL)
        return false;
    say(concern->text,
        "%s has no partition: its events will lie in the default one, which slows everything down",
        month_format(last + 1, text));
    say(concern->way_on, "kansen db maintain, once a month");
    return true;
}

/* Nothing is lost there, and what is counted is right. */
static bool add_default(const struct standing *standing, const struct concern_limits *limits,
                        struct concerns *out)
{
    struct concern *concern;
    char first[MONTH_TEXT_SIZE];
    char last[MONTH_TEXT_SIZE];
    size_t count = standing->in_default_count;

    (void)limits;
    if (count == 0)
        return true;
    concern = add(out, CONCERN_NOTE, "default-partition");
    if (concern == NULL)
        return false;
    month_format(standing->in_default[0], first);
    month_format(standing->in_default[count - 1], last);
    if (count == 1)
        say(concern->text, "rows of %s lie in the default partition", first);
    else
        say(concern->text, "rows of %zu months (%s to %s) lie in the default partition", count,
            first, last);
    say(concern->way_on, "kansen db maintain makes their partitions");
    return true;
}

/* Whoever drops a month closes it for as long as that takes. */
static bool add_closed(const struct standing *standing, const struct concern_limits *limits,
                       struct concerns *out)
{
    bool at_work = standing->standby || standing_is_at_work(standing, "db maintain");
    struct concern *concern;
    char first[MONTH_TEXT_SIZE];
    char last[MONTH_TEXT_SIZE];
    size_t count = standing->closed_count;

    (void)limits;
    if (count == 0)
        return true;
    concern = add(out, at_work ? CONCERN_NOTE : CONCERN_PERSON, "closed-month");
    if (concern == NULL)
        return false;
    month_format(standing->closed[0], first);
    month_format(standing->closed[count - 1], last);
    say(concern->text, "%s%s%s %s closed and not dropped: late events are rejected%s", first,
        count == 1 ? "" : (count == 2 ? " and " : " to "), count == 1 ? "" : last,
        count == 1 ? "is" : "are", at_work ? "; `db maintain` is at it" : ", and nobody is at it");
    if (!at_work)
        say(concern->way_on, "kansen db maintain opens %s", count == 1 ? "it" : "them");
    return true;
}

static bool add_recounts(const struct standing *standing, const struct concern_limits *limits,
                         struct concerns *out)
{
    (void)limits;
    for (size_t i = 0; i < standing->recount_count; i++) {
        const struct standing_recount *recount = &standing->recounts[i];
        bool at_work = standing->standby || standing_is_at_work(standing, recount->by);
        bool migrated = recount->months != STANDING_UNKNOWN;
        struct concern *concern = add(out, at_work ? CONCERN_BEHIND : CONCERN_PERSON, "recount");

        if (concern == NULL)
            return false;
        if (migrated)
            say(concern->text,
                "%s: %" PRId64 " month%s still to be counted by name, product, version, os and "
                "segment%s",
                recount->threat, recount->months, plural((size_t)recount->months),
                at_work ? "; `db migrate` is at it" : ", and nobody is at it");
        else
            say(concern->text, "%s: a definition of %s is still being counted%s", recount->threat,
                recount->since, at_work ? "" : ", and nobody is at it");
        if (!at_work && migrated)
            say(concern->way_on, "kansen db migrate goes on with it");
        else if (!at_work)
            say(concern->way_on,
                "kansen threat set %s again; with the same patterns it goes on where it was",
                recount->threat);
    }
    return true;
}

/* ---- what comes in, what goes out */

static bool add_rejected(const struct standing *standing, const struct concern_limits *limits,
                         struct concerns *out)
{
    struct concern *concern;
    int64_t last_hour = 0;
    const struct standing_rejected *most = NULL;
    char count[AMOUNT_SIZE];

    for (size_t i = 0; i < standing->rejected_count; i++) {
        const struct standing_rejected *rejected = &standing->rejected[i];

        last_hour += rejected->last_hour;
        if (most == NULL || rejected->last_hour > most->last_hour)
            most = rejected;
    }
    if (most == NULL || last_hour <= limits->max_rejected)
        return true;
    concern = add(out, CONCERN_PERSON, "rejected");
    if (concern == NULL)
        return false;
    say(concern->text, "%s event%s of the last hour %s rejected, most of them as %s",
        amount_count(last_hour, count), plural((size_t)last_hour), last_hour == 1 ? "was" : "were",
        most->reason);
    say(concern->way_on, "kansen dead-letters list");
    return true;
}

static bool last_complete(const struct standing *standing, month_t *out)
{
    for (size_t i = 0; i < standing->month_count; i++)
        if (standing->months[i].complete) {
            *out = standing->months[i].month;
            return true;
        }
    return false;
}

/* Of threats that somebody publishes. */
static bool add_unpublished(const struct standing *standing, const struct concern_limits *limits,
                            struct concerns *out)
{
    month_t complete = 0;
    char text[MONTH_TEXT_SIZE];

    (void)limits;
    if (!last_complete(standing, &complete))
        return true;
    for (size_t i = 0; i < standing->edition_count; i++) {
        const struct standing_edition *edition = &standing->editions[i];
        struct concern *concern;

        if (edition->to >= complete)
            continue;
        concern = add(out, CONCERN_NOTE, "unpublished");
        if (concern == NULL)
            return false;
        say(concern->text, "%s: %s is complete, and no edition has it", edition->threat,
            month_format(complete, text));
        say(concern->way_on, "kansen publish %s", edition->threat);
    }
    return true;
}

static bool add_settings(const struct standing *standing, const struct concern_limits *limits,
                         struct concerns *out)
{
    struct concern *concern;

    (void)limits;
    if (standing->hurting == 0)
        return true;
    concern = add(out, CONCERN_NOTE, "settings");
    if (concern == NULL)
        return false;
    say(concern->text, "%zu thing%s of the server or the database hurt%s", standing->hurting,
        plural(standing->hurting), standing->hurting == 1 ? "s" : "");
    say(concern->way_on, "kansen db check names %s", standing->hurting == 1 ? "it" : "them");
    return true;
}

static bool add_geoip(const struct standing *standing, const struct concern_limits *limits,
                      struct concerns *out)
{
    struct concern *concern;

    (void)limits;
    if (standing->geoip_build == NULL || standing->geoip_age <= GEOIP_OLD_S)
        return true;
    concern = add(out, CONCERN_NOTE, "geoip-old");
    if (concern == NULL)
        return false;
    say(concern->text, "countries are looked up in a file of %s, %" PRId64 " days ago",
        standing->geoip_build, standing->geoip_age / 86400);
    say(concern->way_on, "a newer --geoip file; workers take it when it is changed");
    return true;
}

enum status concerns_find(const struct standing *standing, const struct concern_limits *limits,
                          struct concerns *out, struct error *error)
{
    static bool (*const rules[])(const struct standing *, const struct concern_limits *,
                                 struct concerns *) = {
        add_topics,  add_months_ahead, add_closed,      add_recounts, add_rejected,
        add_default, add_settings,     add_unpublished, add_geoip,
    };

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (!rules[i](standing, limits, out))
            return error_set(error, STATUS_FATAL, "out of memory");
    return STATUS_OK;
}
