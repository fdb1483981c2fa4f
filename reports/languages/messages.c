#include "reports/languages/messages.h"

#include <string.h>

#define TEXT(name)                                                                                 \
    {                                                                                              \
        name, PARAMETER_TEXT                                                                       \
    }
#define HINT(name)                                                                                 \
    {                                                                                              \
        name, PARAMETER_HINT                                                                       \
    }
#define NUMBER(name)                                                                               \
    {                                                                                              \
        name, PARAMETER_NUMBER                                                                     \
    }
#define QUANTITY(name)                                                                             \
    {                                                                                              \
        name, PARAMETER_QUANTITY                                                                   \
    }
#define CHOICE(name)                                                                               \
    {                                                                                              \
        name, PARAMETER_CHOICE                                                                     \
    }

/* `scope` is "complete" when the window also has months that are not compared, else "all".
 * `counting` is "unique" when a machine counts once in the window, else "monthly". `leaders` is how
 * many countries the sentence before has named, `leader` the first of them. */
const struct message_spec message_specs[MESSAGE_COUNT] = {
    [MESSAGE_TITLE] = {"title", {TEXT("threat")}},
    [MESSAGE_WINDOW] = {"window", {TEXT("from"), TEXT("to")}},
    [MESSAGE_SUBTITLE] = {"subtitle", {TEXT("window"), TEXT("timezone")}},
    [MESSAGE_SKIP] = {.key = "skip"},
    [MESSAGE_CONTENTS] = {.key = "contents"},
    [MESSAGE_FINDINGS] = {.key = "findings"},
    [MESSAGE_MONTHS] = {.key = "months"},
    [MESSAGE_COUNTRIES] = {.key = "countries"},
    [MESSAGE_NOTES] = {.key = "notes"},
    [MESSAGE_TABLE_MONTHS] = {.key = "table_months"},
    [MESSAGE_TABLE_SHARES] = {.key = "table_shares"},
    [MESSAGE_TABLE_SHARES_UNIQUE] = {.key = "table_shares_unique"},
    [MESSAGE_CHART_MONTHS] = {.key = "chart_months"},
    [MESSAGE_CHART_SHARES] = {.key = "chart_shares"},
    [MESSAGE_CHART_SHARES_UNIQUE] = {.key = "chart_shares_unique"},
    [MESSAGE_MONTH] = {.key = "month"},
    [MESSAGE_INFECTIONS] = {.key = "infections"},
    [MESSAGE_MACHINES] = {.key = "machines"},
    [MESSAGE_DETECTIONS] = {.key = "detections"},
    [MESSAGE_RANK] = {.key = "rank"},
    [MESSAGE_COUNTRY] = {.key = "country"},
    [MESSAGE_SHARE] = {.key = "share"},
    [MESSAGE_TOTAL] = {.key = "total"},
    [MESSAGE_SUM_OF_MONTHS] = {.key = "sum_of_months"},
    [MESSAGE_DISTINCT_MACHINES] = {.key = "distinct_machines"},
    [MESSAGE_OTHER] = {.key = "other"},
    [MESSAGE_UNKNOWN] = {.key = "unknown"},
    [MESSAGE_NO_DATA] = {.key = "no_data"},
    [MESSAGE_TABLE_NUMBERED] = {"table_numbered", {NUMBER("number"), TEXT("caption")}},
    [MESSAGE_FIGURE_NUMBERED] = {"figure_numbered", {NUMBER("number"), TEXT("caption")}},

    [MESSAGE_PERCENT] = {"percent", {TEXT("number")}},
    [MESSAGE_PERCENT_BESIDE_BAR] = {"percent_beside_bar", {TEXT("number")}},
    [MESSAGE_COUNTRY_AT] = {"country_at", {TEXT("country"), TEXT("share")}},
    [MESSAGE_MARKED] = {"marked", {TEXT("name")}},
    [MESSAGE_MARK_EXPLAINED] = {.key = "mark_explained"},

    [MESSAGE_TOTAL_NONE] = {"total_none", {TEXT("from"), TEXT("to"), QUANTITY("months")}},
    [MESSAGE_TOTAL_SUM] = {"total_sum", {NUMBER("total"), TEXT("from"), TEXT("to")}},
    [MESSAGE_TOTAL_OF_MONTH] = {"total_of_month", {NUMBER("total"), TEXT("month")}},
    [MESSAGE_TOTAL_UNIQUE] = {"total_unique", {NUMBER("total"), TEXT("from"), TEXT("to")}},
    [MESSAGE_TOTAL_NO_DATA] = {"total_no_data", {TEXT("from"), TEXT("to"), QUANTITY("months")}},
    [MESSAGE_NO_DATA_BEFORE] = {"no_data_before", {TEXT("month")}},
    [MESSAGE_PROVISIONAL] = {.key = "provisional"},
    [MESSAGE_PEAK_AND_LOW] = {"peak_and_low",
                              {TEXT("peak_month"), NUMBER("peak"), TEXT("low_month"), NUMBER("low"),
                               CHOICE("scope")}},
    [MESSAGE_PEAK] = {"peak", {TEXT("month"), NUMBER("infections"), CHOICE("scope")}},
    [MESSAGE_PEAK_SHARED] = {"peak_shared",
                             {NUMBER("months"), NUMBER("infections"), CHOICE("scope")}},
    [MESSAGE_LOW] = {"low", {TEXT("month"), NUMBER("infections"), CHOICE("scope")}},
    [MESSAGE_LOW_SHARED] = {"low_shared",
                            {NUMBER("months"), NUMBER("infections"), CHOICE("scope")}},
    [MESSAGE_EVERY_MONTH] = {"every_month", {NUMBER("infections"), CHOICE("scope")}},
    [MESSAGE_ROSE_BY] = {"rose_by",
                         {TEXT("earlier"), TEXT("later"), NUMBER("before"), NUMBER("after"),
                          TEXT("change")}},
    [MESSAGE_FELL_BY] = {"fell_by",
                         {TEXT("earlier"), TEXT("later"), NUMBER("before"), NUMBER("after"),
                          TEXT("change")}},
    [MESSAGE_ROSE] = {"rose", {TEXT("earlier"), TEXT("later"), NUMBER("before"), NUMBER("after")}},
    [MESSAGE_FELL] = {"fell", {TEXT("earlier"), TEXT("later"), NUMBER("before"), NUMBER("after")}},
    [MESSAGE_STAYED] = {"stayed", {TEXT("earlier"), TEXT("later"), NUMBER("infections")}},
    [MESSAGE_ALL_UNKNOWN] = {.key = "all_unknown"},
    [MESSAGE_ONLY_COUNTRY] = {"only_country", {TEXT("country")}},
    [MESSAGE_ONLY_KNOWN] = {"only_known", {TEXT("country"), TEXT("share"), CHOICE("counting")}},
    [MESSAGE_LEADERS] = {"leaders",
                         {TEXT("countries"), QUANTITY("leaders"), TEXT("share"),
                          CHOICE("counting")}},
    [MESSAGE_LEADERS_EQUAL] = {"leaders_equal", {NUMBER("countries"), NUMBER("infections")}},
    [MESSAGE_REST_NONE] = {"rest_none", {QUANTITY("leaders"), HINT("leader"), TEXT("threshold")}},
    [MESSAGE_REST_EXCEPT] = {"rest_except",
                             {QUANTITY("leaders"), HINT("leader"), TEXT("threshold"),
                              TEXT("exceptions"), QUANTITY("count")}},
    [MESSAGE_REST_MANY] = {"rest_many",
                           {QUANTITY("leaders"), HINT("leader"), TEXT("threshold"),
                            NUMBER("count")}},
    [MESSAGE_REST_HIGHEST] = {"rest_highest",
                              {QUANTITY("leaders"), HINT("leader"), TEXT("country"),
                               TEXT("share")}},

    [MESSAGE_NOTE_THREAT] = {"note_threat", {TEXT("threat"), TEXT("patterns")}},
    [MESSAGE_NOTE_WINDOW] = {"note_window", {TEXT("window"), TEXT("timezone")}},
    [MESSAGE_NOTE_COMPLETE] = {"note_complete", {TEXT("beyond")}},
    [MESSAGE_NOTE_COMPLETE_FILES] = {.key = "note_complete_files"},
    [MESSAGE_NOTE_ONGOING] = {"note_ongoing", {TEXT("month")}},
    [MESSAGE_NOTE_LAGGING] = {"note_lagging", {NUMBER("partitions"), TEXT("beyond")}},
    [MESSAGE_NOTE_LAG] = {"note_lag",
                          {TEXT("topic"), TEXT("partition"), TEXT("time"), NUMBER("days")}},
    [MESSAGE_NOTE_LAG_UNKNOWN] = {"note_lag_unknown", {TEXT("topic"), TEXT("partition")}},
    [MESSAGE_NOTE_LAG_MORE] = {"note_lag_more", {NUMBER("partitions")}},
    [MESSAGE_NOTE_NO_DATA] = {"note_no_data", {TEXT("month")}},
    [MESSAGE_NOTE_NO_DATA_AT_ALL] = {.key = "note_no_data_at_all"},
    [MESSAGE_NOTE_SUM] = {.key = "note_sum"},
    [MESSAGE_NOTE_UNIQUE] = {.key = "note_unique"},
    [MESSAGE_NOTE_ROUNDING] = {.key = "note_rounding"},
    [MESSAGE_NOTE_NO_SHARES] = {.key = "note_no_shares"},
    [MESSAGE_NOTE_TIE] = {"note_tie", {NUMBER("countries"), NUMBER("rank"), NUMBER("listed")}},
    [MESSAGE_NOTE_OTHER] = {"note_other", {NUMBER("countries"), NUMBER("unknown"), TEXT("share")}},
    [MESSAGE_NOTE_GEOIP] = {"note_geoip", {TEXT("built")}},
    [MESSAGE_NOTE_GEOIP_MANY] = {"note_geoip_many",
                                 {NUMBER("builds"), TEXT("oldest"), TEXT("newest")}},
    [MESSAGE_NOTE_GEOIP_NONE] = {.key = "note_geoip_none"},
    [MESSAGE_NOTE_GEOIP_UNKNOWN] = {.key = "note_geoip_unknown"},
    [MESSAGE_NOTE_GEOIP_UNNOTED] = {.key = "note_geoip_unnoted"},
    [MESSAGE_NOTE_GEOIP_NOT_ASKED] = {.key = "note_geoip_not_asked"},
    [MESSAGE_NOTE_LEFT_OUT] = {"note_left_out", {TEXT("sections")}},
    [MESSAGE_NOTE_VERSION] = {"note_version", {TEXT("version")}},
};

int message_find_parameter(const struct message_spec *spec, const char *name, size_t length)
{
    for (int i = 0; i < MESSAGE_PARAMETERS_MAX && spec->parameters[i].name != NULL; i++)
        if (strlen(spec->parameters[i].name) == length &&
            strncmp(spec->parameters[i].name, name, length) == 0)
            return i;
    return -1;
}
