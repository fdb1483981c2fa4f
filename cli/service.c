#include "cli/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/intake.h"
#include "cli/log.h"
#include "cli/option_bounds.h"
#include "kansen/clock.h"

/* Between two lines for `systemctl status`. */
#define SHOW_MS 2000

/* What a worker can take over while it runs. All else belongs to what has been opened: a topic, a
 * group, a connection. */
static const char *const reloadable[] = {"log-level", "stats-interval", "geoip", "max-age",
                                         "max-ahead"};

#define RELOADABLE (sizeof(reloadable) / sizeof(reloadable[0]))

/* Room for the names of options in one line. */
#define NAMES_SIZE 400

enum status service_open(struct service *out, const struct service_parts *parts,
                         struct error *error)
{
    *out = (struct service){.parts = *parts, .supervisor = {.socket = -1}};
    return supervisor_open(&out->supervisor, error);
}

void service_close(struct service *service)
{
    supervisor_close(&service->supervisor);
    options_free(service->reread);
    service->reread = NULL;
}

/* ---- settings that are read again */

static const struct options *options_in_force(const struct service *service)
{
    return service->reread != NULL ? service->reread : service->parts.options;
}

static bool is_reloadable(const char *name)
{
    for (size_t i = 0; i < RELOADABLE; i++)
        if (strcmp(reloadable[i], name) == 0)
            return true;
    return false;
}

/* Adds a name to a list of them. */
static void list(char names[NAMES_SIZE], const char *name)
{
    size_t used = strlen(names);

    snprintf(names + used, NAMES_SIZE - used, "%s%s", used > 0 ? ", " : "", name);
}

/* Takes over all that can be, or nothing. */
static enum status take_over(struct service *service, const struct options *fresh,
                             struct error *error)
{
    int64_t interval_s = INTAKE_STATS_INTERVAL_S;
    int64_t max_age_days = OPTION_MAX_AGE_DAYS;
    int64_t max_ahead_days = INTAKE_MAX_AHEAD_DAYS;
    enum status status = option_bounded(fresh, "stats-interval", &interval_s, error);
    struct error ignored;

    if (status == STATUS_OK)
        status = option_bounded(fresh, "max-age", &max_age_days, error);
    if (status == STATUS_OK)
        status = option_bounded(fresh, "max-ahead", &max_ahead_days, error);
    if (status == STATUS_OK)
        status = log_set_level(fresh, error);
    if (status != STATUS_OK)
        return status;
    status = pipeline_set_geoip(service->parts.pipeline, options_value(fresh, "geoip"), error);
    if (status != STATUS_OK) {
        /* It was good before. */
        (void)!log_set_level(options_in_force(service), &ignored);
        return status;
    }
    pipeline_set_ages(service->parts.pipeline, max_age_days, max_ahead_days);
    intake_minute_set(service->parts.minute, interval_s);
    return STATUS_OK;
}

/* What is new, as long as the last reading is there to be compared. */
static void tell_changes(const struct service *service, const struct options *fresh)
{
    const struct options *before = options_in_force(service);
    char taken[NAMES_SIZE] = "";
    char waiting[NAMES_SIZE] = "";

    for (const struct option_spec *spec = options_table; spec->name != NULL; spec++) {
        if (!option_is_taken(service->parts.names, spec->name))
            continue;
        if (is_reloadable(spec->name) && !options_agree(before, fresh, spec->name))
            list(taken, spec->name);
        else if (!is_reloadable(spec->name) &&
                 !options_agree(service->parts.options, fresh, spec->name))
            list(waiting, spec->name);
    }
    log_write(service->parts.logger, LOG_LEVEL_INFO, "settings were read again", "changed",
              *taken == '\0' ? "nothing" : taken, NULL);
    if (*waiting != '\0')
        log_write(service->parts.logger, LOG_LEVEL_WARNING,
                  "settings have changed that count only after a restart", "settings", waiting,
                  NULL);
}

static void reload(struct service *service)
{
    struct options *fresh = NULL;
    struct error error = {""};
    enum status status = options_reread(service->parts.options, &fresh, &error);

    if (status == STATUS_OK)
        status = take_over(service, fresh, &error);
    if (status != STATUS_OK) {
        log_write(service->parts.logger, LOG_LEVEL_ERROR,
                  "settings can't be read again, the old ones stay", "reason", error.message, NULL);
        options_free(fresh);
        return;
    }
    tell_changes(service, fresh);
    options_free(service->reread);
    service->reread = fresh;
}

/* ---- the supervisor */

void service_beat(struct service *service, const char *doing)
{
    struct supervisor *supervisor = &service->supervisor;

    if (intake_reload_asked && !intake_stopped) {
        intake_reload_asked = 0;
        supervisor_reloading(supervisor);
        reload(service);
        service->is_ready = false;
    }
    if (!supervisor_is_there(supervisor))
        return;
    if (!service->is_ready)
        supervisor_ready(supervisor);
    service->is_ready = true;
    if (intake_stopped && !service->is_stopping) {
        service->is_stopping = true;
        supervisor_stopping(supervisor);
    }
    /* The loop's own words say less than service_show, which is called when it comes round. */
    if (service->is_stopping || service->shown_at_ms == 0)
        supervisor_say(supervisor, doing);
    supervisor_feed(supervisor);
}

void service_show(struct service *service, const struct store_totals *totals,
                  const struct consumer_progress *progress)
{
    int64_t now_ms = clock_ms(CLOCK_MONOTONIC);
    char text[SUPERVISOR_TEXT_SIZE];
    char lag[40] = "unknown";

    if (!supervisor_is_there(&service->supervisor) || now_ms - service->shown_at_ms < SHOW_MS)
        return;
    service->shown_at_ms = now_ms;
    if (progress->lag >= 0)
        snprintf(lag, sizeof(lag), "%" PRId64, progress->lag);
    snprintf(text, sizeof(text),
             "%s%d partitions, lag %s; %" PRIu64 " stored, %" PRIu64 " repeated, %" PRIu64
             " rejected",
             progress->waiting ? "waiting for PostgreSQL; " : "", progress->partitions, lag,
             totals->accepted, totals->repeated, totals->rejected);
    supervisor_say(&service->supervisor, text);
}
