#include "report_input.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "check.h"
#include "reports/sections/compose.h"
#include "stats/monthly.h"
#include "stats/shares.h"

/* Long enough for every limit that names have, and for some that they don't. */
#define NAME_MAX 300
#define MONTHS_MAX 18
#define COUNTRIES_MAX 30
#define CHARTS_MAX 16
/* That one target tries. */
#define WRITERS_MAX 4

/* In the order of enum report_name. */
static const char *const markers[REPORT_NAMES] = {"Zqathz", "Zqbenz", "Zqcjaz", "Zqdtzz",
                                                  "Zqetoz", "Zqfgrz", "Zqgp1z", "Zqhp2z"};

#define MARKER_BEGIN 'Z'

static const char country_codes[] =
    "JPUSAUINFRTWDECAITGBBRKRXKZZQQVNTHMXESNLSEPLTRUACNRUZAEGNGARCL";

enum head_byte {
    HEAD_FLAGS,
    HEAD_MONTHS,
    HEAD_FROM,
    HEAD_COUNTRIES,
    HEAD_TOP,
    HEAD_SEED,
    HEAD_SCALE,
    HEAD_CHOICE
};

enum flag {
    FLAG_LANGUAGE = 1, /* and FLAG_LANGUAGE_2: which of the languages, modulo how many there are */
    FLAG_UNIQUE = 2,
    FLAG_ONGOING = 4,
    FLAG_OFFSETS = 8,
    FLAG_GEOIP = 16,
    FLAG_PATTERNS = 32,
    FLAG_LANGUAGE_2 = 64
};

static void *must(void *memory)
{
    CHECK(memory != NULL, "out of memory");
    return memory;
}

/* ---- figures */

/* Mostly small, now and then zero or equal to the one before. */
static int64_t draw_count(uint64_t *state, unsigned scale)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);

    uint64_t bits = *state >> 33;

    if (bits % 5 == 0)
        return 0;
    return bits % 7 == 0 ? 100 : (int64_t)(bits % 1000 << scale % 40);
}

static void fill_months(struct figures *figures, uint64_t *state, unsigned scale)
{
    struct error error = {""};
    int64_t left = figures->total;

    CHECK(monthly_init(figures, &error) == STATUS_OK, "%s", error.message);
    for (month_t month = figures->from; month <= figures->to; month++) {
        int64_t drawn = draw_count(state, scale);
        struct month_figures counts = {.month = month, .infections = drawn};

        /* A device counts once a month, so only --unique can leave less than all. */
        if (drawn > left || month == figures->to)
            counts.infections = left;
        left -= counts.infections;
        counts.detections = counts.infections * 2;
        CHECK(monthly_add(figures, &counts, &error) == STATUS_OK, "%s", error.message);
    }
}

static void fill_countries(struct figures *figures, size_t count, size_t top, uint64_t *state,
                           unsigned scale)
{
    struct error error = {""};

    struct dimension_figures *countries = must(calloc(1, sizeof(*countries)));

    figures->dimensions = countries;
    figures->dimension_count = 1;
    countries->lines = must(calloc(count + 1, sizeof(*countries->lines)));
    for (size_t i = 0; i < count; i++) {
        countries->lines[i].value = must(strndup(country_codes + 2 * i, COUNTRY_SIZE - 1));
        countries->lines[i].infections = draw_count(state, scale);
        countries->lines[i].first_seen = -1;
    }
    countries->line_count = count;
    CHECK(shares_rank(countries, top, 0, &error) == STATUS_OK, "%s", error.message);
    figures->total = countries->total;
}

/* Shares are whole and complete. */
static void check_shares(const struct figures *figures)
{
    const struct dimension_figures *countries = figures_countries(figures);
    int32_t sum = countries->other.share;

    for (size_t i = 0; i < countries->ranked; i++)
        sum += countries->lines[i].share;
    CHECK(sum == (figures->total > 0 ? SHARE_WHOLE : 0), "shares add up to %" PRId32, sum);
}

static void fill_offsets(struct figures *figures, const char *topic, const char *group)
{
    figures->offsets = must(calloc(2, sizeof(*figures->offsets)));
    figures->offset_count = 2;
    figures->offsets[0] = (struct offset_figures){must(strdup(topic)),
                                                  must(strdup(group)),
                                                  2,
                                                  7,
                                                  must(strdup("0:3 1:4")),
                                                  must(strdup("2013-11-28T09:15:00Z"))};
    figures->offsets[1] = (struct offset_figures){
        must(strdup(group)), must(strdup(topic)), 17, 9, must(strdup("many")), NULL};
}

static struct figures *make_figures(const unsigned char head[REPORT_HEAD],
                                    const char *const names[REPORT_NAMES])
{
    struct figures *figures = must(calloc(1, sizeof(*figures)));
    unsigned flags = head[HEAD_FLAGS];
    uint64_t state = head[HEAD_SEED];

    figures->threat = must(strdup(names[REPORT_THREAT]));
    figures->names = must(calloc(2, sizeof(*figures->names)));
    figures->name_count = 2;
    figures->names[0] =
        (struct name_figures){must(strdup("en")), must(strdup(names[REPORT_NAME_EN]))};
    figures->names[1] =
        (struct name_figures){must(strdup("ja")), must(strdup(names[REPORT_NAME_JA]))};
    figures->timezone = must(strdup(names[REPORT_TIMEZONE]));
    figures->from = month_from(2000, 1) + head[HEAD_FROM];
    figures->to = figures->from + head[HEAD_MONTHS] % MONTHS_MAX;
    figures->unique = (flags & FLAG_UNIQUE) != 0;
    figures->ongoing = (flags & FLAG_ONGOING) != 0;
    figures->geoip_builds = must(calloc(1, sizeof(*figures->geoip_builds)));
    figures->completeness.judged = figures->ongoing ? figures->to - 1 : figures->to;
    figures->completeness.from_kafka = (flags & FLAG_OFFSETS) != 0;
    figures->completeness.first_month = figures->from;
    if (flags & FLAG_GEOIP)
        figures->geoip_builds[figures->geoip_build_count++] = must(strdup("2013-12-03"));
    figures->patterns = must(calloc(2, sizeof(*figures->patterns)));
    figures->patterns[figures->pattern_count++] = must(strdup(names[REPORT_PATTERN_1]));
    if (flags & FLAG_PATTERNS)
        figures->patterns[figures->pattern_count++] = must(strdup(names[REPORT_PATTERN_2]));
    if (flags & FLAG_OFFSETS)
        fill_offsets(figures, names[REPORT_TOPIC], names[REPORT_GROUP]);
    fill_countries(figures, head[HEAD_COUNTRIES] % COUNTRIES_MAX, head[HEAD_TOP] % COUNTRIES_MAX,
                   &state, head[HEAD_SCALE]);
    check_shares(figures);
    fill_months(figures, &state, head[HEAD_SCALE]);
    return figures;
}

/* ---- what is expected */

/* Unicode's own classes: what acts, breaks lines, has no shape of its own, or is no character. */
static bool is_unseen(UChar32 character)
{
    uint32_t mask = U_GET_GC_MASK(character);

    if (character == 0x200C || character == 0x200D)
        return false;
    return U_IS_UNICODE_NONCHAR(character) ||
           (mask & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK | U_GC_CS_MASK)) != 0;
}

/* UTF-16, U+FFFD in place of what is no UTF-8. */
static int32_t to_units(const char *text, size_t length, UChar *units, int32_t size)
{
    UErrorCode icu = U_ZERO_ERROR;
    int32_t count = 0;

    u_strFromUTF8WithSub(units, size, &count, text, (int32_t)length, 0xFFFD, NULL, &icu);
    CHECK(U_SUCCESS(icu), "%s", u_errorName(icu));
    return count;
}

static void put_character(FILE *out, UChar32 character)
{
    UChar units[2];
    char bytes[8];
    int32_t count = 0;
    int32_t length = 0;
    UErrorCode icu = U_ZERO_ERROR;

    u_strFromUTF32(units, 2, &count, &character, 1, &icu);
    u_strToUTF8(bytes, sizeof(bytes), &length, units, count, &icu);
    CHECK(U_SUCCESS(icu), "%s", u_errorName(icu));
    fwrite(bytes, 1, (size_t)length, out);
}

static char *show_name(const char *name, enum report_shown shown)
{
    UChar units[NAME_MAX + 1];
    UChar32 characters[NAME_MAX + 1];
    int32_t count = to_units(name, strlen(name), units, NAME_MAX + 1);
    int32_t length = 0;
    UErrorCode icu = U_ZERO_ERROR;
    char *text = NULL;
    size_t size = 0;
    FILE *out = must(open_memstream(&text, &size));

    u_strToUTF32(characters, NAME_MAX + 1, &length, units, count, &icu);
    CHECK(U_SUCCESS(icu), "%s", u_errorName(icu));
    for (int32_t i = 0; i < length; i++) {
        if (shown == REPORT_ESCAPED && is_unseen(characters[i]))
            fprintf(out, "\\u{%04X}", (unsigned)characters[i]);
        else
            put_character(out, characters[i]);
    }
    CHECK(fclose(out) == 0, "out of memory");
    return text;
}

static int marker_at(const char *text)
{
    for (int i = 0; *text == MARKER_BEGIN && i < REPORT_NAMES; i++)
        if (strncmp(text, markers[i], strlen(markers[i])) == 0)
            return i;
    return REPORT_NAMES;
}

bool report_input_matches(const struct report_input *input, const char *hostile,
                          const char *harmless, enum report_shown shown, size_t *names)
{
    while (*harmless != '\0') {
        int marker = marker_at(harmless);

        if (marker == REPORT_NAMES) {
            if (*hostile++ != *harmless++)
                return false;
            continue;
        }

        const char *name = input->shown[shown][marker];
        size_t length = strlen(name);

        if (strncmp(hostile, name, length) != 0)
            return false;
        hostile += length;
        harmless += strlen(markers[marker]);
        ++*names;
    }
    return *hostile == '\0';
}

char *report_input_expected(const struct report_input *input, const char *harmless,
                            enum report_shown shown)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = must(open_memstream(&text, &size));

    while (*harmless != '\0') {
        int marker = marker_at(harmless);

        if (marker == REPORT_NAMES) {
            fputc(*harmless++, out);
            continue;
        }
        fputs(input->shown[shown][marker], out);
        harmless += strlen(markers[marker]);
    }
    CHECK(fclose(out) == 0, "out of memory");
    return text;
}

size_t report_input_count_names(const char *harmless)
{
    size_t count = 0;

    for (; *harmless != '\0'; harmless++)
        count += marker_at(harmless) != REPORT_NAMES;
    return count;
}

/* ---- input */

static const struct language *open_language(unsigned flags)
{
    static struct language *languages[LANGUAGES];
    size_t index =
        ((flags & FLAG_LANGUAGE ? 1u : 0u) + (flags & FLAG_LANGUAGE_2 ? 2u : 0u)) % LANGUAGES;
    struct error error = {""};

    if (languages[index] == NULL)
        CHECK(language_open(language_code_at(index), &languages[index], &error) == STATUS_OK, "%s",
              error.message);
    return languages[index];
}

static struct report_side make_side(const struct language *language,
                                    const unsigned char head[REPORT_HEAD],
                                    const char *const names[REPORT_NAMES])
{
    struct report_side side = {make_figures(head, names), NULL};
    struct error error = {""};

    CHECK(compose_document(language, side.figures, NULL, &side.document, &error) == STATUS_OK, "%s",
          error.message);
    return side;
}

/* Names are never empty: those that are left out repeat the one before. */
static void take_names(const unsigned char *data, size_t size, char *names[REPORT_NAMES])
{
    const char *text = (const char *)data;

    for (int i = 0; i < REPORT_NAMES; i++) {
        size_t length = strnlen(text, size);
        size_t kept = length < NAME_MAX ? length : NAME_MAX;

        if (kept > 0)
            names[i] = must(strndup(text, kept));
        else
            names[i] = must(strdup(i > 0 ? names[i - 1] : "x"));
        if (length < size)
            length++; /* and its NUL */
        text += length;
        size -= length;
    }
}

/* ---- the harmless report of the inputs before */

static struct {
    unsigned char head[REPORT_HEAD];
    unsigned long generation; /* 0: there is none yet */
    struct report_side side;
    struct {
        report_write *write;
        char *text;
    } written[WRITERS_MAX];
} kept;

static void forget_harmless(void)
{
    document_free(kept.side.document);
    figures_free(kept.side.figures);
    for (size_t i = 0; i < WRITERS_MAX; i++)
        free(kept.written[i].text);
    memset(kept.written, 0, sizeof(kept.written));
}

static void keep_harmless(const struct language *language, const unsigned char head[REPORT_HEAD])
{
    /* The last byte is the target's own. */
    if (kept.generation > 0 && memcmp(kept.head, head, HEAD_CHOICE) == 0)
        return;
    forget_harmless();
    memcpy(kept.head, head, REPORT_HEAD);
    kept.side = make_side(language, head, markers);
    kept.generation++;
}

void report_input_read(const unsigned char *data, size_t size, struct report_input *out)
{
    unsigned char head[REPORT_HEAD] = {0};
    size_t length = size < REPORT_HEAD ? size : REPORT_HEAD;

    memcpy(head, data, length);
    take_names(data + length, size - length, out->names);
    out->choice = head[HEAD_CHOICE];
    out->language = open_language(head[HEAD_FLAGS]);
    out->hostile = make_side(out->language, head, (const char *const *)out->names);
    keep_harmless(out->language, head);
    out->harmless = kept.side;
    out->generation = kept.generation;
    for (int i = 0; i < REPORT_NAMES; i++) {
        out->shown[REPORT_RAW][i] = show_name(out->names[i], REPORT_RAW);
        out->shown[REPORT_ESCAPED][i] = show_name(out->names[i], REPORT_ESCAPED);
    }
}

void report_input_clear(struct report_input *input)
{
    document_free(input->hostile.document);
    figures_free(input->hostile.figures);
    for (int i = 0; i < REPORT_NAMES; i++) {
        free(input->names[i]);
        free(input->shown[REPORT_RAW][i]);
        free(input->shown[REPORT_ESCAPED][i]);
    }
}

static char *written(const struct report_side *side, report_write *write)
{
    struct report_chart charts[CHARTS_MAX] = {{NULL, NULL}};
    struct report report = {.document = side->document, .charts = charts};
    char *text = NULL;
    size_t length = 0;
    FILE *out = must(open_memstream(&text, &length));

    CHECK(side->document->chart_count <= CHARTS_MAX, "too many charts for the target");
    for (size_t i = 0; i < side->document->chart_count; i++)
        charts[i].image_name = "x-chart.png";
    CHECK(write(out, &report), "out of memory");
    CHECK(fclose(out) == 0, "a write failed");
    CHECK(strlen(text) == length, "NUL at byte %zu", strlen(text));
    return text;
}

char *report_input_hostile(const struct report_input *input, report_write *write)
{
    return written(&input->hostile, write);
}

const char *report_input_harmless(const struct report_input *input, report_write *write)
{
    size_t i = 0;

    while (i < WRITERS_MAX && kept.written[i].write != NULL && kept.written[i].write != write)
        i++;
    CHECK(i < WRITERS_MAX && input->generation == kept.generation, "too many writers");
    if (kept.written[i].write == NULL) {
        kept.written[i].write = write;
        kept.written[i].text = written(&input->harmless, write);
    }
    return kept.written[i].text;
}

void report_input_check_shown(const char *text)
{
    int32_t length = (int32_t)strlen(text);
    UErrorCode icu = U_ZERO_ERROR;
    int32_t count = 0;
    UChar *units = must(malloc(((size_t)length + 1) * sizeof(*units)));

    u_strFromUTF8(units, length + 1, &count, text, length, &icu);
    CHECK(U_SUCCESS(icu), "text that is no UTF-8");
    for (int32_t i = 0; i < count; i++) {
        UChar unit = units[i];

        CHECK(unit == '\n' || (unit >= ' ' && (unit < 0x7F || unit >= 0xA0)), "control U+%04X",
              (unsigned)unit);
        CHECK((unit < 0x2028 || unit > 0x202E) && (unit < 0x2066 || unit > 0x2069) &&
                  unit != 0x200E && unit != 0x200F && unit != 0x061C && unit != 0xFEFF,
              "U+%04X acts on the text around it", (unsigned)unit);
    }
    free(units);
}
