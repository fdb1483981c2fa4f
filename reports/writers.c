#include "reports/writers.h"

const struct report_writer report_writers[REPORT_WRITERS] = {
    {"text", "txt", write_text}, {"md", "md", write_markdown}, {"html", "html", write_html},
    {"csv", "csv", write_csv},   {"json", "json", write_json},
};

const struct report_writer stats_writers[STATS_WRITERS] = {
    {"table", "txt", write_tables},
    {"json", "json", write_figures_json},
    {"csv", "csv", write_csv},
};
