#include "site/data_columns.h"

#include <string.h>

struct column {
    const char *name;
    const char *datatype; /* of W3C */
    const char *description;
};

static const struct column columns[] = {
    {"threat", "string", "the threat, as kansen knows it"},
    {"from", "gYearMonth", "first month of the period"},
    {"to", "gYearMonth", "last month of the period"},
    {"edition", "integer",
     "number of the edition, which counts those of a threat and period from 1"},
    {"published", "dateTime", "when the edition was published"},
    {"timezone", "string", "time zone in which months begin and end"},
    {"provisional", "boolean", "published before every month of the period was complete"},
    {"unique", "boolean",
     "whether the total counts a machine once in the period, not once a month"},
    {"total", "integer", "infections of the period"},
    {"standing", "string", "current, replaced or withdrawn"},
    {"replaced_by", "integer", "number of the edition that stands in its place"},
    {"withdrawn", "dateTime", "when the edition was withdrawn"},
    {"withdrawn_reason", "string", "why the edition was withdrawn"},
    {"page", "anyURI", "the edition's page"},
    {"month", "gYearMonth", "the month that is counted"},
    {"infections", "integer", "machines on which the threat was detected"},
    {"detections", "integer", "events"},
    {"state", "string", "of a month: complete, provisional or no-data"},
    {"dimension", "string", "country, name, product, version, os or segment"},
    {"kind", "string", "value: one that is ranked; other: all that the ranking leaves out"},
    {"rank", "integer", "place in the ranking"},
    {"value", "string",
     "what is counted: a country's code, else the events' own text. An "
     "apostrophe stands in front of what a spreadsheet would take for a formula"},
    {"share", "decimal", "part of the total in percent"},
    {"counting", "string", "monthly: a machine counts once a month; unique: once in the period"},
    {"line", "string", "what the line counts: month, months, total, country, other, unknown …"},
    {"code", "string", "code of what is counted: 2013-09, JP"},
    {"name", "string", "its name in the file's language"},
    {"table", "string", "the table of the report that the line stands in"},
    {"adds", "string", "detail: these add up to the table's total; part: is in a detail already"},
    {"cumulative", "integer", "infections, a machine once a month"},
    {"before", "integer", "infections before"},
    {"change", "integer", "infections less those before"},
    {"change_percent", "decimal", "the change in percent"},
    {"points", "decimal", "the share less the one before, in percentage points"},
    {"rank_before", "integer", "place in the ranking before"},
    {"detections_per_machine", "decimal", "detections per infected machine"},
    {"detections_before", "integer", "detections before"},
    {"arrived", "integer", "the part of the change that came in late"},
    {"relocated", "integer", "the part of the change that comes of other countries of addresses"},
    {"replayed", "integer", "the part of the change that was rejected before"},
    {"redefined", "integer", "the part of the change that comes of new patterns"},
    {"active", "integer", "machines that sent a heartbeat"},
    {"per_1000", "decimal", "infections per 1,000 active machines"},
    {"coverage", "decimal", "part of the infected machines that sent a heartbeat, in percent"},
    {"period", "string", "the month, quarter or year of the infections"},
};

static const struct column any = {NULL, "string", NULL};

/* What is known of a column of the name; one of any text when nothing is. */
static const struct column *find_column(const char *name)
{
    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
        if (strcmp(columns[i].name, name) == 0)
            return &columns[i];
    return &any;
}

static const char *const editions[] = {
    "threat",           "from",   "to",    "edition",  "published",   "timezone",
    "provisional",      "unique", "total", "standing", "replaced_by", "withdrawn",
    "withdrawn_reason", "page",   NULL};
static const char *const months[] = {"threat",     "from",       "to",    "edition", "month",
                                     "infections", "detections", "state", NULL};
static const char *const values[] = {"threat",     "from",  "to",   "edition",
                                     "dimension",  "kind",  "rank", "value",
                                     "infections", "share", NULL};

const struct data_table data_tables[DATA_TABLES] = {
    [DATA_TABLE_EDITIONS] = {"editions.csv", "All editions, the newest first", editions, 4, 0},
    [DATA_TABLE_MONTHS] = {"months.csv", "Each month of each edition", months, 5, 4},
    [DATA_TABLE_VALUES] = {"values.csv",
                           "Each ranked value of each dimension of each edition, and all that "
                           "rankings leave out",
                           values, 0, 4},
};

void data_columns_put(struct json_writer *json, const char *const *names)
{
    json_writer_array(json, "columns", JSON_LINES);
    for (; *names != NULL; names++) {
        const struct column *column = find_column(*names);

        json_writer_object(json, NULL, JSON_ONE_LINE);
        json_writer_text(json, "name", *names);
        json_writer_text(json, "titles", *names);
        json_writer_text(json, "datatype", column->datatype);
        if (column->description != NULL)
            json_writer_text(json, "dc:description", column->description);
        json_writer_end(json);
    }
    json_writer_end(json);
}
