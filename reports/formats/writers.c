#include "reports/formats/writers.h"

#include <string.h>

const struct report_writer report_writers[REPORT_WRITERS] = {
    {"text", "txt", CHARTS_NONE, write_text},    {"md", "md", CHARTS_BESIDE, write_markdown},
    {"html", "html", CHARTS_INSIDE, write_html}, {"csv", "csv", CHARTS_NONE, write_csv},
    {"json", "json", CHARTS_NONE, write_json},
};

const struct report_writer stats_writers[STATS_WRITERS] = {
    {"table", "txt", CHARTS_NONE, write_tables},
    {"json", "json", CHARTS_NONE, write_figures_json},
    {"csv", "csv", CHARTS_NONE, write_csv},
};

const struct report_writer *report_writer_find(const char *format)
{
    for (size_t i = 0; i < REPORT_WRITERS; i++)
        if (strcmp(report_writers[i].format, format) == 0)
            return &report_writers[i];
    return NULL;
}
