/* CSV (RFC 4180): one line a figure, every line complete in itself, so that files can be joined and
 * filtered. The column "line" says what a line counts: month, months (their sum), total, country,
 * other, unknown (a part of other). Numbers are bare; names come in the report's language. */
#include <inttypes.h>

#include "reports/writers.h"
#include "text/escape.h"

struct line {
    const char *kind;
    size_t rank;      /* 0: none */
    const char *code; /* of the month or country */
    const char *name; /* of it, for people */
    int64_t infections;
    int64_t detections; /* -1: not counted by country */
    int32_t share;      /* -1: none */
};

static void put_line(FILE *out, const struct figures *figures, const struct line *line)
{
    char from[MONTH_TEXT_SIZE];
    char to[MONTH_TEXT_SIZE];

    escape_csv(out, figures->threat);
    fprintf(out, ",%s,%s,", month_format(figures->from, from), month_format(figures->to, to));
    escape_csv(out, figures->timezone);
    fprintf(out, ",%s,%s,", figures->unique ? "unique" : "monthly", line->kind);
    if (line->rank > 0)
        fprintf(out, "%zu", line->rank);
    fprintf(out, ",%s,", line->code);
    escape_csv(out, line->name);
    fprintf(out, ",%" PRId64 ",", line->infections);
    if (line->detections >= 0)
        fprintf(out, "%" PRId64, line->detections);
    fputc(',', out);
    if (line->share >= 0)
        fprintf(out, "%" PRId32 ".%02" PRId32, line->share / 100, line->share % 100);
    fputs("\r\n", out);
}

static void put_months(FILE *out, const struct document *document)
{
    const struct figures *figures = document->figures;
    char text[MONTH_TEXT_SIZE];

    for (size_t i = 0; i < figures->month_count; i++) {
        const struct month_figures *month = &figures->months[i];

        put_line(out, figures,
                 &(struct line){"month", 0, month_format(month->month, text),
                                document->months.rows[i].cells[0], month->infections,
                                month->detections, -1});
    }
    put_line(out, figures,
             &(struct line){"months", 0, "", document_message(document, MESSAGE_SUM_OF_MONTHS),
                            figures->months_infections, figures->months_detections, -1});
}

static void put_countries(FILE *out, const struct document *document)
{
    const struct figures *figures = document->figures;
    const struct other_figures *other = &figures->other;

    for (size_t i = 0; i < figures->ranked; i++) {
        const struct country_figures *country = &figures->countries[i];

        put_line(out, figures,
                 &(struct line){"country", i + 1, country->country,
                                document->shares.rows[i].cells[1], country->infections, -1,
                                country->share});
    }
    put_line(out, figures,
             &(struct line){"other", 0, "", document_message(document, MESSAGE_OTHER),
                            other->infections, -1, other->share});
    put_line(out, figures,
             &(struct line){"unknown", 0, COUNTRY_UNKNOWN,
                            document_message(document, MESSAGE_UNKNOWN), other->unknown, -1,
                            other->unknown_share});
    put_line(out, figures,
             &(struct line){"total", 0, "", document_message(document, MESSAGE_TOTAL),
                            figures->total, -1, figures->total > 0 ? SHARE_WHOLE : 0});
}

bool write_csv(FILE *out, const struct report *report)
{
    fputs("threat,from,to,timezone,counting,line,rank,code,name,infections,detections,share\r\n",
          out);
    put_months(out, report->document);
    put_countries(out, report->document);
    return true;
}
