#include "simulate/truth.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "simulate/broken.h"

enum status truth_new(const struct scenario *scenario, struct truth **out, struct error *error)
{
    struct truth *truth = calloc(1, sizeof(*truth));

    if (truth == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    truth->cells = calloc(scenario->month_count * scenario->country_count, sizeof(*truth->cells));
    truth->unique_devices = calloc(scenario->country_count, sizeof(*truth->unique_devices));
    truth->rejected = calloc(broken_kinds_count, sizeof(*truth->rejected));
    truth->background = calloc(scenario->month_count, sizeof(*truth->background));
    if (truth->cells == NULL || truth->unique_devices == NULL || truth->rejected == NULL ||
        truth->background == NULL) {
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

/* ---- JSON; the texts of a scenario hold no character that would need escaping */

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

static void write_months(FILE *file, const struct truth *truth, const struct scenario *scenario)
{
    fprintf(file, "  \"months\": [\n");
    for (size_t month = 0; month < scenario->month_count; month++) {
        struct truth_cell sum = sum_month(truth, scenario, month);
        const char *comma = "";
        char text[MONTH_TEXT_SIZE];

        fprintf(file,
                "    {\"month\": \"%s\", \"infections\": %" PRIu64 ", \"detections\": %" PRIu64
                ", \"background\": %" PRIu64 ", \"countries\": [",
                month_format(scenario->first_month + (month_t)month, text), sum.infections,
                sum.detections, truth->background[month]);
        for (size_t country = 0; country < scenario->country_count; country++) {
            const struct truth_cell *cell =
                &truth->cells[month * scenario->country_count + country];

            if (cell->detections == 0)
                continue;
            fprintf(file,
                    "%s\n      {\"country\": \"%s\", \"infections\": %" PRIu64
                    ", \"detections\": %" PRIu64 "}",
                    comma, scenario->countries[country].code, cell->infections, cell->detections);
            comma = ",";
        }
        fprintf(file, "]}%s\n", month + 1 < scenario->month_count ? "," : "");
    }
    fprintf(file, "  ],\n");
}

static void write_countries(FILE *file, const struct truth *truth, const struct scenario *scenario)
{
    fprintf(file, "  \"countries\": [\n");
    for (size_t country = 0; country < scenario->country_count; country++) {
        struct truth_cell sum = {0, 0};

        for (size_t month = 0; month < scenario->month_count; month++) {
            sum.infections += truth->cells[month * scenario->country_count + country].infections;
            sum.detections += truth->cells[month * scenario->country_count + country].detections;
        }
        fprintf(file,
                "    {\"country\": \"%s\", \"infections\": %" PRIu64 ", \"detections\": %" PRIu64
                ", \"unique_devices\": %" PRIu64 "}%s\n",
                scenario->countries[country].code, sum.infections, sum.detections,
                truth->unique_devices[country], country + 1 < scenario->country_count ? "," : "");
    }
    fprintf(file, "  ],\n");
}

/* Kinds of one reason are added up; they stand together in the table. */
static void write_rejected(FILE *file, const struct truth *truth)
{
    const char *comma = "";

    fprintf(file, "  \"rejected\": {");
    for (size_t kind = 0; kind < broken_kinds_count;) {
        const char *reason = broken_kinds[kind].reason;
        uint64_t events = 0;

        for (; kind < broken_kinds_count && strcmp(broken_kinds[kind].reason, reason) == 0; kind++)
            events += truth->rejected[kind];
        if (events == 0)
            continue;
        fprintf(file, "%s\n    \"%s\": %" PRIu64, comma, reason, events);
        comma = ",";
    }
    fprintf(file, "\n  },\n");
}

static void write_truth(FILE *file, const struct truth *truth, const struct scenario *scenario)
{
    uint64_t accepted = truth_accepted(truth, scenario);
    uint64_t rejected = truth_rejected(truth);
    uint64_t total = 0;
    uint64_t unique = 0;
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    for (size_t month = 0; month < scenario->month_count; month++)
        total += sum_month(truth, scenario, month).infections;
    for (size_t country = 0; country < scenario->country_count; country++)
        unique += truth->unique_devices[country];
    fprintf(file, "{\n  \"scenario\": \"%s\", \"seed\": %" PRIu64 ", \"timezone\": \"%s\",\n",
            scenario->name, scenario->seed, scenario->timezone);
    fprintf(file, "  \"threat\": \"%s\", \"from\": \"%s\", \"to\": \"%s\",\n", scenario->threat,
            month_format(scenario->first_month, from),
            month_format(scenario->first_month + (month_t)scenario->month_count - 1, to));
    fprintf(file, "  \"total\": %" PRIu64 ", \"unique_devices\": %" PRIu64 ",\n", total, unique);
    write_months(file, truth, scenario);
    write_countries(file, truth, scenario);
    write_rejected(file, truth);
    fprintf(file,
            "  \"events\": {\"sent\": %" PRIu64 ", \"accepted\": %" PRIu64
            ", \"duplicates\": %" PRIu64 ", \"rejected\": %" PRIu64 "}\n}\n",
            accepted + truth->duplicates + rejected, accepted, truth->duplicates, rejected);
}

enum status truth_write(const struct truth *truth, const struct scenario *scenario,
                        const char *path, struct error *error)
{
    char temporary[PATH_MAX];
    FILE *file;
    bool written;

    if ((size_t)snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid()) >=
        sizeof(temporary))
        return error_set(error, STATUS_FATAL, "%.200s…: the path is too long", path);
    file = fopen(temporary, "we");
    if (file == NULL)
        return error_set(error, STATUS_FATAL, "%s: %s", temporary, strerror(errno));
    write_truth(file, truth, scenario);
    written = !ferror(file);
    written = fclose(file) == 0 && written;
    if (written && rename(temporary, path) == 0)
        return STATUS_OK;
    error_set(error, STATUS_FATAL, "%s: %s", path, strerror(errno));
    unlink(temporary);
    return STATUS_FATAL;
}
