#include "reports/formats/writers.h"

#include <string.h>

const struct report_writer report_writers[REPORT_WRITERS] = {
    {"text", "txt", CHARTS_NONE, .write = write_text},
    {"md", "md", CHARTS_BESIDE, .write = write_markdown},
    {"html", "html", CHARTS_INSIDE, .write = write_html},
    {"csv", "csv", CHARTS_NONE, .write = write_csv},
    {"json", "json", CHARTS_NONE, .write = write_json},
    {"xlsx", "xlsx", CHARTS_NONE, .binary = true, .make = make_xlsx},
    {"pdf", "pdf", CHARTS_INSIDE, .binary = true, .make = make_pdf},
};

const struct report_writer stats_writers[STATS_WRITERS] = {
    {"table", "txt", CHARTS_NONE, .write = write_tables},
    {"json", "json", CHARTS_NONE, .write = write_figures_json},
    {"csv", "csv", CHARTS_NONE, .write = write_csv},
};

const struct report_writer *report_writer_find(const char *format)
{
    for (size_t i = 0; i < REPORT_WRITERS; i++)
        if (strcmp(report_writers[i].format, format) == 0)
            return &report_writers[i];
    return NULL;
}

enum status report_writer_run(const struct report_writer *writer, FILE *out,
                              const struct report *report, struct error *error)
{
    if (writer->make != NULL)
        return writer->make(out, report, error);
    if (!writer->write(out, report))
        return error_set(error, STATUS_FATAL, "out of memory");
    return STATUS_OK;
}
