#include "stats/figures_layout.h"

#include "stats/figures.h"

/* A struct that has grown has a member that no edition would keep: give it a line below, and then
 * the number here what the compiler says. Sizes are those of 64-bit machines. */
#define SIZE_IS(type, bytes)                                                                       \
    _Static_assert(sizeof(void *) != 8 || sizeof(type) == (bytes),                                 \
                   "a member of " #type " is missing in figures_layout.c")

SIZE_IS(struct month_figures, 56);
SIZE_IS(struct comparison_figures, 72);
SIZE_IS(struct against_figures, 40);
SIZE_IS(struct line_figures, 216);
SIZE_IS(struct other_figures, 64);
SIZE_IS(struct left_figures, 48);
SIZE_IS(struct dimension_figures, 200);
SIZE_IS(struct trend_figures, 40);
SIZE_IS(struct rate_figures, 40);
SIZE_IS(struct lag_figures, 48);
SIZE_IS(struct completeness_figures, 40);
SIZE_IS(struct offset_figures, 48);
SIZE_IS(struct change_figures, 80);
SIZE_IS(struct dimension_changes, 64);
SIZE_IS(struct restatement_figures, 80);
SIZE_IS(struct edition_figures, 48);
SIZE_IS(struct figures, 560);

/* `type` is the struct that the lines below it are of. */
#define AT(name) offsetof(struct type, name)
#define BOOL(name)                                                                                 \
    {                                                                                              \
        .key = #name, .kind = MEMBER_BOOL, .offset = AT(name)                                      \
    }
#define INT32(name)                                                                                \
    {                                                                                              \
        .key = #name, .kind = MEMBER_INT32, .offset = AT(name)                                     \
    }
#define INT64(name)                                                                                \
    {                                                                                              \
        .key = #name, .kind = MEMBER_INT64, .offset = AT(name)                                     \
    }
/* Not known is -1. */
#define KNOWN64(name)                                                                              \
    {                                                                                              \
        .key = #name, .kind = MEMBER_INT64, .offset = AT(name), .absent = -1                       \
    }
#define SIZE(name)                                                                                 \
    {                                                                                              \
        .key = #name, .kind = MEMBER_SIZE, .offset = AT(name)                                      \
    }
#define MONTH(name)                                                                                \
    {                                                                                              \
        .key = #name, .kind = MEMBER_MONTH, .offset = AT(name), .absent = -1                       \
    }
#define WORD(name, count, of)                                                                      \
    {                                                                                              \
        .key = #name, .kind = MEMBER_WORD, .offset = AT(name), .fixed = (count), .word = (of)      \
    }
#define TEXT(name)                                                                                 \
    {                                                                                              \
        .key = #name, .kind = MEMBER_TEXT, .offset = AT(name)                                      \
    }
#define TEXT_OR_NULL(name)                                                                         \
    {                                                                                              \
        .key = #name, .kind = MEMBER_TEXT_OR_NULL, .offset = AT(name)                              \
    }
#define TEXTS(name, count)                                                                         \
    {                                                                                              \
        .key = #name, .kind = MEMBER_TEXTS, .offset = AT(name), .count_offset = AT(count)          \
    }
#define NUMBERS(name)                                                                              \
    {                                                                                              \
        .key = #name, .kind = MEMBER_NUMBERS, .offset = AT(name)                                   \
    }
#define ARRAY(name, count)                                                                         \
    {                                                                                              \
        .key = #name, .kind = MEMBER_ARRAY, .offset = AT(name), .fixed = (count)                   \
    }
#define STRUCT(name, of)                                                                           \
    {                                                                                              \
        .key = #name, .kind = MEMBER_STRUCT, .offset = AT(name), .layout = &(of)                   \
    }
#define STRUCTS(name, count, of)                                                                   \
    {                                                                                              \
        .key = #name, .kind = MEMBER_STRUCTS, .offset = AT(name), .fixed = (count),                \
        .layout = &(of)                                                                            \
    }
#define POINTER(name, of)                                                                          \
    {                                                                                              \
        .key = #name, .kind = MEMBER_POINTER, .offset = AT(name), .layout = &(of)                  \
    }
#define LIST(name, count, of)                                                                      \
    {                                                                                              \
        .key = #name, .kind = MEMBER_LIST, .offset = AT(name), .count_offset = AT(count),          \
        .layout = &(of)                                                                            \
    }
#define END                                                                                        \
    {                                                                                              \
        .key = NULL                                                                                \
    }
#define LAYOUT(name) static const struct layout name = {sizeof(struct type), name##_members}

static const char *word_of_state(int value)
{
    return month_state_name((enum month_state)value);
}

static const char *word_of_dimension(int value)
{
    return dimension_name((enum dimension)value);
}

#define type name_figures
static const struct member name_members[] = {TEXT(language), TEXT(name), END};
LAYOUT(name);
#undef type

#define type month_figures
static const struct member month_members[] = {MONTH(month),
                                              INT64(infections),
                                              INT64(detections),
                                              WORD(state, MONTH_STATES, word_of_state),
                                              KNOWN64(active),
                                              INT64(covered),
                                              BOOL(active_provisional),
                                              END};
LAYOUT(month);
#undef type

#define type comparison_figures
static const struct member comparison_members[] = {BOOL(known),
                                                   MONTH(now_from),
                                                   MONTH(now_to),
                                                   MONTH(from),
                                                   MONTH(to),
                                                   INT64(now),
                                                   INT64(before),
                                                   INT64(now_cumulative),
                                                   INT64(before_cumulative),
                                                   INT64(now_detections),
                                                   INT64(before_detections),
                                                   END};
LAYOUT(comparison);
#undef type

#define type against_figures
static const struct member against_members[] = {
    BOOL(shown),         INT64(now),      INT64(before),      INT32(now_share),
    INT32(before_share), INT32(now_rank), INT32(before_rank), END};
LAYOUT(against);
#undef type

#define type line_figures
static const struct member line_members[] = {TEXT(value),
                                             INT64(infections),
                                             INT32(share),
                                             INT64(cumulative),
                                             INT64(detections),
                                             NUMBERS(months),
                                             BOOL(months_shown),
                                             MONTH(first_seen),
                                             BOOL(is_new),
                                             STRUCTS(against, BASES, against),
                                             KNOWN64(active),
                                             NUMBERS(actives),
                                             KNOWN64(rate),
                                             INT32(rate_rank),
                                             END};
LAYOUT(line);
#undef type

#define type tie_figures
static const struct member tie_members[] = {SIZE(values), SIZE(listed), END};
LAYOUT(tie);
#undef type

#define type other_figures
static const struct member other_members[] = {
    INT64(infections),   INT32(share),         SIZE(values),
    INT64(unknown),      INT32(unknown_share), INT64(beyond),
    INT32(beyond_share), SIZE(suppressed),     END};
LAYOUT(other);
#undef type

#define type left_figures
static const struct member left_members[] = {TEXT(value), STRUCT(against, against), END};
LAYOUT(left);
#undef type

#define type dimension_figures
#define LEFT(name, base)                                                                           \
    {                                                                                              \
        .key = (name), .kind = MEMBER_LIST,                                                        \
        .offset = AT(left) + (base) * sizeof(struct left_figures *),                               \
        .count_offset = AT(left_count) + (base) * sizeof(size_t), .layout = &left                  \
    }
static const struct member dimension_members[] = {
    WORD(dimension, DIMENSIONS, word_of_dimension),
    BOOL(asked),
    LIST(lines, line_count, line),
    SIZE(ranked),
    STRUCT(tie, tie),
    STRUCT(other, other),
    INT64(total),
    NUMBERS(other_months),
    ARRAY(listed, BASES),
    LEFT("left_previous_month", BASE_PREVIOUS_MONTH),
    LEFT("left_previous_window", BASE_PREVIOUS_WINDOW),
    LEFT("left_year_ago", BASE_YEAR_AGO),
    END};
LAYOUT(dimension);
_Static_assert(BASES == 3, "a base more has values that are listed, and that left it");
#undef type

#define type trend_figures
static const struct member trend_members[] = {MONTH(month),      MONTH(since),   BOOL(whole),
                                              INT64(infections), MONTH(as_high), MONTH(as_low),
                                              INT32(rises),      INT32(falls),   END};
LAYOUT(trend);
#undef type

#define type rate_figures
static const struct member rate_members[] = {BOOL(known), INT64(active),  INT64(covered),
                                             INT64(rate), INT64(minimum), END};
LAYOUT(rate);
#undef type

#define type lag_figures
static const struct member lag_members[] = {TEXT(cluster),
                                            TEXT(topic),
                                            INT64(partition),
                                            TEXT_OR_NULL(read_until),
                                            TEXT_OR_NULL(read_until_utc),
                                            INT64(days_short),
                                            END};
LAYOUT(lag);
#undef type

#define type completeness_figures
static const struct member completeness_members[] = {
    BOOL(from_kafka),           MONTH(judged),
    MONTH(first_month),         TEXT_OR_NULL(first_day),
    LIST(lags, lag_count, lag), END};
LAYOUT(completeness);
#undef type

#define type offset_figures
static const struct member offset_members[] = {TEXT(topic),
                                               TEXT(group),
                                               INT64(partitions),
                                               INT64(offsets),
                                               TEXT(next_offsets),
                                               TEXT_OR_NULL(read_until),
                                               END};
LAYOUT(offset);
#undef type

#define type change_figures
static const struct member change_members[] = {
    MONTH(month),          TEXT_OR_NULL(value),      INT64(before),         INT64(now),
    ARRAY(causes, CAUSES), INT64(detections_before), INT64(detections_now), END};
LAYOUT(change);
#undef type

#define type dimension_changes
static const struct member changes_members[] = {WORD(dimension, DIMENSIONS, word_of_dimension),
                                                LIST(lines, line_count, change), SIZE(others),
                                                ARRAY(others_causes, CAUSES), END};
LAYOUT(changes);
#undef type

#define type restatement_figures
static const struct member restatement_members[] = {INT32(replaces),
                                                    TEXT(replaces_published),
                                                    BOOL(replaces_withdrawn),
                                                    KNOWN64(total_before),
                                                    TEXT_OR_NULL(patterns_before),
                                                    BOOL(was_provisional),
                                                    BOOL(names_changed),
                                                    BOOL(geoip_changed),
                                                    BOOL(options_changed),
                                                    LIST(months, month_count, change),
                                                    LIST(dimensions, dimension_count, changes),
                                                    END};
LAYOUT(restatement);
#undef type

#define type edition_figures
static const struct member edition_members[] = {INT32(number),
                                                TEXT(published),
                                                TEXT(published_utc),
                                                INT64(published_s),
                                                BOOL(provisional),
                                                POINTER(restatement, restatement),
                                                END};
LAYOUT(edition);
#undef type

/* `published` is left out: it is of reports that are no editions. */
#define type figures
static const struct member all_members[] = {TEXT(threat),
                                            LIST(names, name_count, name),
                                            TEXTS(patterns, pattern_count),
                                            TEXT(timezone),
                                            TEXTS(geoip_builds, geoip_build_count),
                                            BOOL(geoip_unnoted),
                                            BOOL(geoip_not_asked),
                                            MONTH(from),
                                            MONTH(to),
                                            BOOL(ongoing),
                                            BOOL(unique),
                                            LIST(months, month_count, month),
                                            INT64(months_infections),
                                            INT64(months_detections),
                                            INT64(total),
                                            KNOWN64(machines),
                                            LIST(dimensions, dimension_count, dimension),
                                            INT64(suppress_below),
                                            STRUCTS(comparisons, BASES, comparison),
                                            LIST(history, history_count, month),
                                            STRUCT(trend, trend),
                                            STRUCT(rates, rate),
                                            STRUCT(completeness, completeness),
                                            LIST(offsets, offset_count, offset),
                                            POINTER(edition, edition),
                                            END};
const struct layout figures_layout = {sizeof(struct figures), all_members};
#undef type
