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

/* What the words are that choose, besides `other`:
 * - `scope`: "complete" when the window also has months that are not compared.
 * - `counting`: "unique" when a machine counts once in the window.
 * - `years`: "one" when the window lies within one year; `from_month` and `to_month` are its months
 *   without it.
 * - `kind` of a change: "rose_by" and "fell_by" have `amount`, a percentage; "times" has `times`,
 * and `degree`: "exactly", "more_than", "almost"; "half"; "rose" and "fell" have nothing.
 * - `place` of a change: "headline", else a sentence.
 * - `direction`: "rose", "fell".
 * - `relation`: "previous" when the earlier month is right before the later one.
 * - `base`: "month", "window", "year": what is compared with; `months` is how long it is, `period`
 *   when it was.
 * - `extreme`: "high", "low". `history`: "month" when `since` had as many (or as few), "beginning"
 *   when it is the first month that was counted, "run" when months before it aren't complete.
 * - `dimension`: "country", "name", "product", "version", "os"; "segment" is the other.
 * - `side`: "month" when `now` is not the window.
 * - `leaders`: how many countries the sentence before has named, `leader` the first of them. */
const struct message_spec message_specs[MESSAGE_COUNT] = {
    [MESSAGE_TITLE] = {"title", {TEXT("threat")}},
    [MESSAGE_WINDOW] = {"window",
                        {TEXT("from"), TEXT("to"), HINT("from_month"), HINT("to_month"),
                         CHOICE("years")}},
    [MESSAGE_SUBTITLE] = {"subtitle", {TEXT("window"), TEXT("timezone")}},
    [MESSAGE_SUBTITLE_EDITION] = {"subtitle_edition",
                                  {TEXT("subtitle"), TEXT("number"), TEXT("published"),
                                   CHOICE("state")}},
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

    [MESSAGE_COMPARISON] = {.key = "comparison"},
    [MESSAGE_BY_DIMENSION] = {"by_dimension", {CHOICE("dimension"), CHOICE("counting")}},
    [MESSAGE_BY_DIMENSION_AND_MONTH] = {"by_dimension_and_month",
                                        {CHOICE("dimension"), CHOICE("counting")}},
    [MESSAGE_CHANGES_BY_DIMENSION] = {"changes_by_dimension",
                                      {CHOICE("dimension"), CHOICE("counting")}},
    [MESSAGE_TABLE_COMPARISON] = {.key = "table_comparison"},
    [MESSAGE_TABLE_DIMENSION] = {"table_dimension", {CHOICE("dimension"), CHOICE("counting")}},
    [MESSAGE_TABLE_DIMENSION_AND_MONTH] = {"table_dimension_and_month",
                                           {CHOICE("dimension"), CHOICE("counting")}},
    [MESSAGE_TABLE_CHANGES] = {"table_changes",
                               {CHOICE("dimension"), CHOICE("side"), HINT("now"), TEXT("before")}},
    [MESSAGE_VALUE] = {"value", {CHOICE("dimension"), CHOICE("counting")}},
    [MESSAGE_BEYOND] = {.key = "beyond"},
    [MESSAGE_PERIOD] = {.key = "period"},
    [MESSAGE_QUARTER_AND_YEAR] = {"quarter_and_year", {TEXT("quarter"), TEXT("year")}},
    [MESSAGE_YEAR] = {"year", {TEXT("year")}},
    [MESSAGE_NOW] = {.key = "now"},
    [MESSAGE_BEFORE] = {.key = "before"},
    [MESSAGE_CHANGE_SINCE] = {.key = "change_since"},
    [MESSAGE_CHANGE_PERCENT] = {.key = "change_percent"},
    [MESSAGE_POINTS] = {.key = "points"},
    [MESSAGE_RANK_BEFORE] = {.key = "rank_before"},
    [MESSAGE_PER_MACHINE] = {.key = "per_machine"},
    [MESSAGE_IS_NEW] = {.key = "is_new"},
    [MESSAGE_IS_GONE] = {.key = "is_gone"},
    [MESSAGE_NOT_SHOWN] = {.key = "not_shown"},

    [MESSAGE_PERCENT] = {"percent", {TEXT("number")}},
    [MESSAGE_COUNTRY_AT] = {"country_at", {TEXT("country"), TEXT("share")}},
    [MESSAGE_CHANGE] = {"change",
                        {CHOICE("kind"), HINT("amount"), QUANTITY("times"), CHOICE("degree"),
                         CHOICE("place")}},
    [MESSAGE_SENTENCES] = {"sentences", {TEXT("first"), TEXT("second")}},
    [MESSAGE_MARKED] = {"marked", {TEXT("name")}},
    [MESSAGE_MARK_EXPLAINED] = {.key = "mark_explained"},

    [MESSAGE_ALT] = {"alt", {CHOICE("kind"), TEXT("title"), HINT("values")}},
    [MESSAGE_ALT_BETWEEN] = {.key = "alt_between"},
    [MESSAGE_ALT_OF] = {.key = "alt_of"},
    [MESSAGE_QUARTER] = {"quarter", {NUMBER("number"), HINT("year")}},
    [MESSAGE_QUARTER_OF_YEAR] = {"quarter_of_year", {NUMBER("number"), TEXT("year")}},
    [MESSAGE_BY_QUARTER] = {"by_quarter", {TEXT("title")}},
    [MESSAGE_BY_YEAR] = {"by_year", {TEXT("title")}},
    [MESSAGE_YEAR_BEFORE] = {.key = "year_before"},
    [MESSAGE_CHART_FIRST] = {"chart_first", {TEXT("title"), NUMBER("count")}},
    [MESSAGE_CHART_STACKS] = {.key = "chart_stacks"},
    [MESSAGE_CHART_MAP] = {.key = "chart_map"},
    [MESSAGE_CHART_MAP_UNIQUE] = {.key = "chart_map_unique"},
    [MESSAGE_CHART_RATES] = {.key = "chart_rates"},
    [MESSAGE_CHART_CHANGES] = {.key = "chart_changes"},
    [MESSAGE_CHART_COMPARED] = {"chart_compared", {TEXT("period")}},
    [MESSAGE_CHART_OPEN] = {.key = "chart_open"},
    [MESSAGE_STEP_BELOW] = {"step_below", {TEXT("to")}},
    [MESSAGE_STEP_BETWEEN] = {"step_between", {TEXT("from"), TEXT("to")}},
    [MESSAGE_STEP_FROM] = {"step_from", {TEXT("from")}},
    [MESSAGE_STEP_NONE] = {.key = "step_none"},
    [MESSAGE_REST_OF_LINES] = {.key = "rest_of_lines"},
    [MESSAGE_GAINED] = {"gained", {TEXT("number")}},
    [MESSAGE_LOST] = {"lost", {TEXT("number")}},

    [MESSAGE_TOTAL_NONE] = {"total_none", {TEXT("window"), QUANTITY("months")}},
    [MESSAGE_TOTAL_SUM] = {"total_sum", {NUMBER("total"), TEXT("window")}},
    [MESSAGE_TOTAL_OF_MONTH] = {"total_of_month", {NUMBER("total"), TEXT("month")}},
    [MESSAGE_TOTAL_UNIQUE] = {"total_unique", {NUMBER("total"), TEXT("window")}},
    [MESSAGE_TOTAL_NO_DATA] = {"total_no_data", {TEXT("window"), QUANTITY("months")}},
    [MESSAGE_NO_DATA_BEFORE] = {"no_data_before", {TEXT("month")}},
    [MESSAGE_PROVISIONAL] = {.key = "provisional"},
    [MESSAGE_COMPARED] = {"compared",
                          {TEXT("change"), CHOICE("base"), QUANTITY("months"), TEXT("period"),
                           NUMBER("before"), NUMBER("after"), CHOICE("direction")}},
    [MESSAGE_COMPARED_SAME] = {"compared_same",
                               {CHOICE("base"), QUANTITY("months"), TEXT("period"),
                                NUMBER("infections")}},
    [MESSAGE_RECORD] = {"record",
                        {CHOICE("extreme"), CHOICE("history"), TEXT("month"), NUMBER("infections"),
                         TEXT("since")}},
    [MESSAGE_STREAK] = {"streak", {CHOICE("direction"), NUMBER("months"), TEXT("month")}},
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
    [MESSAGE_CHANGED] = {"changed",
                         {TEXT("change"), TEXT("earlier"), TEXT("later"), QUANTITY("before"),
                          NUMBER("after"), CHOICE("relation"), CHOICE("direction")}},
    [MESSAGE_STAYED] = {"stayed",
                        {TEXT("earlier"), TEXT("later"), NUMBER("infections"), CHOICE("relation")}},
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
    [MESSAGE_FIRST_SEEN] = {"first_seen", {TEXT("countries"), QUANTITY("count")}},
    [MESSAGE_FIRST_SEEN_MANY] = {"first_seen_many", {NUMBER("count")}},
    [MESSAGE_GONE] = {"gone", {TEXT("countries"), QUANTITY("count"), TEXT("period")}},
    [MESSAGE_MOVER] = {"mover",
                       {CHOICE("direction"), TEXT("country"), NUMBER("before"), NUMBER("after"),
                        CHOICE("base"), QUANTITY("months"), TEXT("period")}},
    [MESSAGE_RATE] = {"rate", {TEXT("rate")}},
    [MESSAGE_RATE_HIGHEST] = {"rate_highest",
                              {TEXT("rate"), TEXT("country"), TEXT("country_rate")}},
    [MESSAGE_DIMENSION_LEADER] = {"dimension_leader",
                                  {CHOICE("dimension"), TEXT("value"), TEXT("share"),
                                   CHOICE("counting")}},

    [MESSAGE_HEADLINE] = {"headline",
                          {NUMBER("total"), TEXT("window"), QUANTITY("months"),
                           CHOICE("counting")}},
    [MESSAGE_HEADLINE_CHANGED] = {"headline_changed",
                                  {TEXT("change"), NUMBER("total"), HINT("window"), HINT("to"),
                                   QUANTITY("months"), CHOICE("base"), CHOICE("counting")}},
    [MESSAGE_HEADLINE_NONE] = {"headline_none", {TEXT("window"), QUANTITY("months")}},
    [MESSAGE_HEADLINE_NO_DATA] = {"headline_no_data", {TEXT("window"), QUANTITY("months")}},
    [MESSAGE_HEADLINE_PROVISIONAL] = {"headline_provisional", {TEXT("headline")}},
    [MESSAGE_SUBJECT] = {"subject", {TEXT("threat"), TEXT("headline")}},
    [MESSAGE_SUMMARY_TOTAL] = {"summary_total",
                               {NUMBER("total"), TEXT("window"), QUANTITY("months"),
                                CHOICE("counting")}},
    [MESSAGE_SUMMARY_COURSE] = {"summary_course",
                                {CHOICE("direction"), TEXT("window"), NUMBER("first"),
                                 NUMBER("last"), NUMBER("total"), CHOICE("counting")}},
    [MESSAGE_SUMMARY_LEADERS] = {"summary_leaders",
                                 {TEXT("countries"), QUANTITY("count"), CHOICE("counting")}},

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
    [MESSAGE_NOTE_SUPPRESSED] = {"note_suppressed", {NUMBER("minimum")}},
    [MESSAGE_NOTE_DIMENSION] = {"note_dimension", {CHOICE("dimension")}},
    [MESSAGE_NOTE_OTHER_VALUES] = {"note_other_values",
                                   {CHOICE("dimension"), NUMBER("values"), NUMBER("unknown"),
                                    TEXT("share")}},
    [MESSAGE_NOTE_BEYOND] = {"note_beyond",
                             {CHOICE("dimension"), NUMBER("beyond"), TEXT("share"),
                              NUMBER("bound")}},
    [MESSAGE_NOTE_TIE_VALUES] = {"note_tie_values",
                                 {CHOICE("dimension"), NUMBER("values"), NUMBER("rank"),
                                  NUMBER("listed")}},
    [MESSAGE_NOTE_SUPPRESSED_VALUES] = {"note_suppressed_values",
                                        {CHOICE("dimension"), NUMBER("values")}},
    [MESSAGE_NOTE_PARTIAL] = {.key = "note_partial"},
    [MESSAGE_NOTE_COMPARED] = {.key = "note_compared"},
    [MESSAGE_NOTE_EDITION] = {"note_edition", {TEXT("number"), TEXT("published"), CHOICE("state")}},
    [MESSAGE_NOTE_PUBLISHED] = {"note_published",
                                {TEXT("number"), TEXT("published"), CHOICE("state")}},
    [MESSAGE_NOTE_VERSION] = {"note_version", {TEXT("version")}},

    [MESSAGE_RESTATEMENT] = {.key = "restatement"},
    [MESSAGE_RESTATED_MONTHS] = {.key = "restated_months"},
    [MESSAGE_RESTATED_BY_DIMENSION] = {"restated_by_dimension",
                                       {CHOICE("dimension"), CHOICE("counting")}},
    [MESSAGE_TABLE_RESTATED_MONTHS] = {.key = "table_restated_months"},
    [MESSAGE_TABLE_RESTATED_VALUES] = {"table_restated_values",
                                       {CHOICE("dimension"), CHOICE("counting")}},
    [MESSAGE_CAUSE_ARRIVED] = {.key = "cause_arrived"},
    [MESSAGE_CAUSE_RELOCATED] = {.key = "cause_relocated"},
    [MESSAGE_CAUSE_REPLAYED] = {.key = "cause_replayed"},
    [MESSAGE_CAUSE_REDEFINED] = {.key = "cause_redefined"},
    [MESSAGE_DETECTIONS_BEFORE] = {.key = "detections_before"},
    [MESSAGE_RESTATES] = {"restates", {TEXT("number"), TEXT("published"), CHOICE("state")}},
    [MESSAGE_RESTATED_TOTAL] = {"restated_total", {NUMBER("before"), NUMBER("now")}},
    [MESSAGE_RESTATED_NOTHING] = {.key = "restated_nothing"},
    [MESSAGE_RESTATED_PATTERNS] = {"restated_patterns", {TEXT("before"), TEXT("now")}},
    [MESSAGE_RESTATED_COMPLETE] = {.key = "restated_complete"},
    [MESSAGE_RESTATED_NAMES] = {.key = "restated_names"},
    [MESSAGE_RESTATED_GEOIP] = {.key = "restated_geoip"},
    [MESSAGE_RESTATED_OPTIONS] = {.key = "restated_options"},
};

int message_find_parameter(const struct message_spec *spec, const char *name, size_t length)
{
    for (int i = 0; i < MESSAGE_PARAMETERS_MAX && spec->parameters[i].name != NULL; i++)
        if (strlen(spec->parameters[i].name) == length &&
            strncmp(spec->parameters[i].name, name, length) == 0)
            return i;
    return -1;
}
