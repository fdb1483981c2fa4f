#include "simulate/truth.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process/leftovers.h"
#include "simulate/broken.h"
#include "text/json_writer.h"

enum status truth_new(const struct scenario *scenario, struct truth **out, struct error *error)
{
    struct truth *truth = calloc(1, sizeof(*truth));

    if (truth == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    truth->cells = calloc(scenario->month_count * scenario->country_count, sizeof(*truth->cells));
    truth->unique_devices = calloc(scenario->country_count, sizeof(*truth->unique_devices));
    truth->rejected = calloc(broken_kinds_count, sizeof(*truth->rejected));
    truth->background = calloc(scenario->month_count, sizeof(*truth->background));
    truth->active.cells =
        calloc(scenario->month_count * scenario->country_count, sizeof(*truth->active.cells));
    truth->active.covered = calloc(scenario->month_count, sizeof(*truth->active.covered));
    for (enum scenario_trait trait = 0; trait < SCENARIO_TRAITS; trait++) {
        truth->traits[trait] = calloc(scenario->month_count * scenario->traits[trait].count + 1,
                                      sizeof(*truth->traits[trait]));
        if (truth->traits[trait] == NULL) {
            truth_free(truth);
            return error_set(error, STATUS_FATAL, "out of memory");
        }
    }
    if (truth->active.cells == NULL || truth->active.covered == NULL || truth->cells == NULL ||
        truth->unique_devices == NULL || truth->rejected == NULL || truth->background == NULL) {
        truth_free(truth);
        return error_set(error, STATUS_FATAL, "out of memory");
    }
    *out = truth;
    return STATUS_OK;
}

void truth_free(struct truth *truth)
{
    if (truth == NULL)
        return;
    free(truth->cells);
    free(truth->unique_devices);
    free(truth->rejected);
    free(truth->background);
    for (enum scenario_trait trait = 0; trait < SCENARIO_TRAITS; trait++)
        free(truth->traits[trait]);
    free(truth->active.cells);
    free(truth->active.covered);
    free(truth);
}

uint64_t truth_accepted(const struct truth *truth, const struct scenario *scenario)
{
    size_t cells = scenario->month_count * scenario->country_count;
    uint64_t sum = 0;

    for (size_t cell = 0; cell < cells; cell++)
        sum += truth->cells[cell].detections;
    for (size_t month = 0; month < scenario->month_count; month++)
        sum += truth->background[month];
    return sum;
}

uint64_t truth_rejected(const struct truth *truth)
{
    uint64_t sum = 0;

    for (size_t kind = 0; kind < broken_kinds_count; kind++)
        sum += truth->rejected[kind];
    return sum;
}

uint64_t truth_active(const struct truth *truth, const struct scenario *scenario, size_t month)
{
    uint64_t sum = 0;

    for (size_t country = 0; country < scenario->country_count; country++)
        sum += truth->active.cells[month * scenario->country_count + country];
    return sum;
}

/* ---- JSON */

static struct truth_cell sum_month(const struct truth *truth, const struct scenario *scenario,
                                   size_t month)
{
    struct truth_cell sum = {0, 0};

    for (size_t country = 0; country < scenario->country_count; country++) {
        const struct truth_cell *cell = &truth->cells[month * scenario->country_count + country];

        sum.infections += cell->infections;
        sum.detections += cell->detections;
    }
    return sum;
}

static void put_cell(struct json_writer *writer, const struct truth_cell *cell)
{
    json_writer_unsigned(writer, "infections", cell->infections);
    json_writer_unsigned(writer, "detections", cell->detections);
}

static void write_month(struct json_writer *writer, const struct truth *truth,
                        const struct scenario *scenario, size_t month)
{
    struct truth_cell sum = sum_month(truth, scenario, month);
    char text[MONTH_TEXT_SIZE];

    json_writer_object(writer, NULL, JSON_ONE_LINE);
    json_writer_text(writer, "month", month_format(scenario->first_month + (month_t)month, text));
    put_cell(writer, &sum);
    json_writer_unsigned(writer, "background", truth->background[month]);
    json_writer_array(writer, "countries", JSON_LINES);
    for (size_t country = 0; country < scenario->country_count; country++) {
        const struct truth_cell *cell = &truth->cells[month * scenario->country_count + country];

        if (cell->detections == 0)
            continue;
        json_writer_object(writer, NULL, JSON_ONE_LINE);
        json_writer_text(writer, "country", scenario->countries[country].code);
        put_cell(writer, cell);
        json_writer_end(writer);
    }
    json_writer_end(writer);
    json_writer_end(writer);
}

static void write_country(struct json_writer *writer, const struct truth *truth,
                          const struct scenario *scenario, size_t country)
{
    struct truth_cell sum = {0, 0};

    for (size_t month = 0; month < scenario->month_count; month++) {
        sum.infections += truth->cells[month * scenario->country_count + country].infections;
        sum.detections += truth->cells[month * scenario->country_count + country].detections;
    }
    json_writer_object(writer, NULL, JSON_ONE_LINE);
    json_writer_text(writer, "country", scenario->countries[country].code);
    put_cell(writer, &sum);
    json_writer_unsigned(writer, "unique_devices", truth->unique_devices[country]);
    json_writer_end(writer);
}

/* Kinds of one reason are added up; they stand together in the table. */
static void write_rejected(struct json_writer *writer, const struct truth *truth)
{
    json_writer_object(writer, "rejected", JSON_LINES);
    for (size_t kind = 0; kind < broken_kinds_count;) {
        const char *reason = broken_kinds[kind].reason;
        uint64_t events = 0;

        for (; kind < broken_kinds_count && strcmp(broken_kinds[kind].reason, reason) == 0; kind++)
            events += truth->rejected[kind];
        if (events > 0)
            json_writer_unsigned(writer, reason, events);
    }
    json_writer_end(writer);
}

static void write_scenario(struct json_writer *writer, const struct scenario *scenario)
{
    month_t last = scenario->first_month + (month_t)scenario->month_count - 1;
    char text[MONTH_TEXT_SIZE];

    json_writer_text(writer, "scenario", scenario->name);
    json_writer_unsigned(writer, "seed", scenario->seed);
    json_writer_text(writer, "timezone", scenario->timezone);
    json_writer_text(writer, "threat", scenario->threat);
    json_writer_text(writer, "from", month_format(scenario->first_month, text));
    json_writer_text(writer, "to", month_format(last, text));
}

static void write_totals(struct json_writer *writer, const struct truth *truth,
                         const struct scenario *scenario)
{
    uint64_t total = 0;
    uint64_t unique = 0;

    for (size_t month = 0; month < scenario->month_count; month++)
        total += sum_month(truth, scenario, month).infections;
    for (size_t country = 0; country < scenario->country_count; country++)
        unique += truth->unique_devices[country];
    json_writer_unsigned(writer, "total", total);
    json_writer_unsigned(writer, "unique_devices", unique);
}

static void write_events(struct json_writer *writer, const struct truth *truth,
                         const struct scenario *scenario)
{
    uint64_t accepted = truth_accepted(truth, scenario);
    uint64_t rejected = truth_rejected(truth);

    json_writer_object(writer, "events", JSON_ONE_LINE);
    json_writer_unsigned(writer, "sent", accepted + truth->duplicates + rejected);
    json_writer_unsigned(writer, "accepted", accepted);
    json_writer_unsigned(writer, "duplicates", truth->duplicates);
    json_writer_unsigned(writer, "rejected", rejected);
    json_writer_end(writer);
}

static void write_active_month(struct json_writer *writer, const struct truth *truth,
                               const struct scenario *scenario, size_t month)
{
    char text[MONTH_TEXT_SIZE];

    json_writer_object(writer, NULL, JSON_ONE_LINE);
    json_writer_text(writer, "month", month_format(scenario->first_month + (month_t)month, text));
    json_writer_unsigned(writer, "active", truth_active(truth, scenario, month));
    json_writer_unsigned(writer, "covered", truth->active.covered[month]);
    json_writer_array(writer, "countries", JSON_LINES);
    for (size_t country = 0; country < scenario->country_count; country++) {
        uint64_t active = truth->active.cells[month * scenario->country_count + country];

        if (active == 0)
            continue;
        json_writer_object(writer, NULL, JSON_ONE_LINE);
        json_writer_text(writer, "country", scenario->countries[country].code);
        json_writer_unsigned(writer, "active", active);
        json_writer_end(writer);
    }
    json_writer_end(writer);
    json_writer_end(writer);
}

static void write_active(struct json_writer *writer, const struct truth *truth,
                         const struct scenario *scenario)
{
    json_writer_array(writer, "months", JSON_LINES);
    for (size_t month = 0; month < scenario->month_count; month++)
        write_active_month(writer, truth, scenario, month);
    json_writer_end(writer);
    json_writer_object(writer, "heartbeats", JSON_ONE_LINE);
    json_writer_unsigned(writer, "sent", truth->active.heartbeats + truth->duplicates);
    json_writer_unsigned(writer, "duplicates", truth->duplicates);
    json_writer_end(writer);
}

static void write_detections(struct json_writer *writer, const struct truth *truth,
                             const struct scenario *scenario)
{
    write_totals(writer, truth, scenario);
    json_writer_array(writer, "months", JSON_LINES);
    for (size_t month = 0; month < scenario->month_count; month++)
        write_month(writer, truth, scenario, month);
    json_writer_end(writer);
    json_writer_array(writer, "countries", JSON_LINES);
    for (size_t country = 0; country < scenario->country_count; country++)
        write_country(writer, truth, scenario, country);
    json_writer_end(writer);
    write_rejected(writer, truth);
    write_events(writer, truth, scenario);
}

static void write_truth(FILE *file, const struct truth *truth, const struct scenario *scenario)
{
    struct json_writer writer;

    json_writer_init(&writer, file);
    json_writer_object(&writer, NULL, JSON_LINES);
    write_scenario(&writer, scenario);
    if (truth->active.heartbeats > 0)
        write_active(&writer, truth, scenario);
    else
        write_detections(&writer, truth, scenario);
    json_writer_end(&writer);
    fputc('\n', file);
}

enum status truth_write(const struct truth *truth, const struct scenario *scenario,
                        const char *path, struct error *error)
{
    char temporary[PATH_MAX];
    FILE *file;
    bool written;
    int made;

    if ((size_t)snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= sizeof(temporary))
        return error_set(error, STATUS_FATAL, "%.200s…: the path is too long", path);
    made = leftovers_make_file(temporary);
    file = made < 0 ? NULL : fdopen(made, "w");
    if (file == NULL) {
        error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
        if (made >= 0)
            close(made);
        leftovers_take_away(temporary);
        return STATUS_FATAL;
    }
    write_truth(file, truth, scenario);
    written = !ferror(file);
    written = fclose(file) == 0 && written;
    if (written && leftovers_keep_file(temporary, path))
        return STATUS_OK;
    error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
    leftovers_take_away(temporary);
    return STATUS_FATAL;
}
