#include "simulate/scenario.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/keyfile.h"
#include "simulate/networks.h"
#include "simulate/prng.h"
#include "simulate/zone.h"
#include "text/month_reading.h"

#define BLANKS " \t"
#define PER_MILLE 1000
/* A background ten times as large as the threat. */
#define BACKGROUND_MAX 10000
/* Of one device and month: one a minute or so. */
#define REPEATS_MAX 50000
/* Milliseconds of so many days still fit the 32 bits that are drawn at once. */
#define LATE_DAYS_MAX 45
/* Keys that may stand once, in all sections together; the countries of [heartbeats] are some. */
#define SEEN_MAX (64 + SCENARIO_COUNTRIES_MAX)

/* How the keys begin that are followed by a language. */
#define DISPLAY_NAME "name_"
/* What a sequence of random numbers is for, of which fleet.c and message.c have others; a trait is
 * added to it. */
#define PURPOSE_TRAIT 20

#define LANGUAGE_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

const char *const scenario_traits[SCENARIO_TRAITS] = {
    [TRAIT_PRODUCT] = "product",
    [TRAIT_VERSION] = "version",
    [TRAIT_OS] = "os",
    [TRAIT_SEGMENT] = "segment",
};

struct reading {
    struct scenario *scenario;
    const struct networks *networks;
    const void *seen[SEEN_MAX]; /* where keys already given are kept */
    size_t seen_count;
};

struct number_key {
    const char *key;
    size_t offset; /* in struct scenario_events */
    uint32_t maximum;
};

#define EVENTS_FIELD(field) offsetof(struct scenario_events, field)

static const struct number_key number_keys[] = {
    {"background_per_mille", EVENTS_FIELD(background), BACKGROUND_MAX},
    {"resent_per_mille", EVENTS_FIELD(resent), PER_MILLE},
    {"out_of_order_per_mille", EVENTS_FIELD(out_of_order), PER_MILLE},
    {"late_per_mille", EVENTS_FIELD(late), PER_MILLE},
    {"late_days", EVENTS_FIELD(late_days), LATE_DAYS_MAX},
    {"returning_per_mille", EVENTS_FIELD(returning), PER_MILLE},
    {"relocated_per_mille", EVENTS_FIELD(relocated), PER_MILLE},
    {"moved_per_mille", EVENTS_FIELD(moved), PER_MILLE},
    {"month_edges_per_mille", EVENTS_FIELD(month_edges), PER_MILLE},
    {"country_per_mille", EVENTS_FIELD(country), PER_MILLE},
    {"other_ids_per_mille", EVENTS_FIELD(other_ids), PER_MILLE},
    {"without_id_per_mille", EVENTS_FIELD(without_id), PER_MILLE},
    {"integer_time_per_mille", EVENTS_FIELD(integer_time), PER_MILLE},
    {"time_offset_per_mille", EVENTS_FIELD(time_offset), PER_MILLE},
    {"broken_per_mille", EVENTS_FIELD(broken), PER_MILLE},
};

/* Digits alone, from 0 to maximum. */
static enum status parse_number(const char *text, uint64_t maximum, uint64_t *out,
                                struct error *error)
{
    char *end = NULL;
    unsigned long long number = 0;

    errno = 0;
    if (isdigit((unsigned char)*text))
        number = strtoull(text, &end, 10);
    if (end == NULL || *end != '\0' || errno != 0 || number > maximum)
        return error_set(error, STATUS_REJECT, "\"%.100s\" is no whole number from 0 to %llu", text,
                         (unsigned long long)maximum);
    *out = number;
    return STATUS_OK;
}

static enum status parse_number32(const char *text, uint32_t maximum, uint32_t *out,
                                  struct error *error)
{
    uint64_t number;
    enum status status = parse_number(text, maximum, &number, error);

    if (status == STATUS_OK)
        *out = (uint32_t)number;
    return status;
}

/* Bytes of the character at `text`: 0 when it is no UTF-8, or a control character. */
static size_t character_length(const char *text)
{
    static const uint32_t smallest[] = {0, ' ', 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)*text;
    size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    uint32_t character = length == 1 ? first : first & (0x7Fu >> length);

    if ((first >= 0x80 && first < 0xC0) || first >= 0xF8 || first == 0x7F)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            return 0;
        character = character << 6 | ((unsigned char)text[i] & 0x3Fu);
    }
    return character < smallest[length] || character > 0x10FFFF ||
                   (character >= 0xD800 && character <= 0xDFFF)
               ? 0
               : length;
}

/* Texts become JSON as they are. */
static enum status check_characters(const char *what, const char *text, struct error *error)
{
    size_t length;

    if (strpbrk(text, "\"\\") != NULL)
        return error_set(error, STATUS_REJECT, "%s holds a quote or a backslash", what);
    for (; *text != '\0'; text += length) {
        length = character_length(text);
        if (length == 0)
            return error_set(error, STATUS_REJECT,
                             "%s holds a control character, or what is no UTF-8", what);
    }
    return STATUS_OK;
}

static enum status set_text(char target[SCENARIO_TEXT_SIZE], const char *value, struct error *error)
{
    size_t length = strlen(value);

    if (length == 0)
        return error_set(error, STATUS_REJECT, "the value is empty");
    if (length >= SCENARIO_TEXT_SIZE)
        return error_set(error, STATUS_REJECT, "the value is longer than %d bytes",
                         SCENARIO_TEXT_SIZE - 1);

    enum status status = check_characters("the value", value, error);

    if (status == STATUS_OK)
        memcpy(target, value, length + 1);
    return status;
}

/* Cuts the next word off *rest; NULL at the end. */
static const char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, BLANKS);
    size_t length = strcspn(word, BLANKS);

    *rest = word + length;
    if (**rest != '\0')
        *(*rest)++ = '\0';
    return length == 0 ? NULL : word;
}

static enum status set_words(struct words *words, const char *value, struct error *error)
{
    const char *word;
    char *rest;

    /* Every second byte starts a word at most. */
    words->text = strdup(value);
    words->items = calloc(strlen(value) / 2 + 1, sizeof(*words->items));
    if (words->text == NULL || words->items == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    rest = words->text;
    while ((word = next_word(&rest)) != NULL) {
        if (strlen(word) > EVENT_NAME_MAX)
            return error_set(error, STATUS_REJECT, "a name is longer than %d bytes",
                             EVENT_NAME_MAX);

        enum status status = check_characters("a name", word, error);

        if (status != STATUS_OK)
            return status;
        words->items[words->count++] = word;
    }
    return words->count > 0 ? STATUS_OK : error_set(error, STATUS_REJECT, "the value is empty");
}

/* ---- sections */

static enum status unknown_key(const char *section, const char *key, struct error *error)
{
    return error_set(error, STATUS_REJECT, "unknown key \"%.100s\" in [%s]", key, section);
}

/* Marks what a key sets, so that nothing is given twice. */
static enum status once(struct reading *reading, const void *target, const char *key,
                        struct error *error)
{
    for (size_t i = 0; i < reading->seen_count; i++)
        if (reading->seen[i] == target)
            return error_set(error, STATUS_REJECT, "\"%s\" is given twice", key);
    reading->seen[reading->seen_count++] = target;
    return STATUS_OK;
}

static enum status read_simulation(struct reading *reading, const char *key, const char *value,
                                   struct error *error)
{
    struct scenario *scenario = reading->scenario;
    enum status status;

    if (strcmp(key, "seed") == 0) {
        status = once(reading, &scenario->seed, key, error);
        return status != STATUS_OK ? status
                                   : parse_number(value, UINT64_MAX, &scenario->seed, error);
    }
    if (strcmp(key, "timezone") != 0)
        return unknown_key("simulation", key, error);
    status = once(reading, scenario->timezone, key, error);
    if (status != STATUS_OK)
        return status;
    if (!zone_exists(value))
        return error_set(error, STATUS_REJECT, "unknown time zone \"%.100s\"", value);
    return set_text(scenario->timezone, value, error);
}

/* name_LANG: what the threat is called in reports of that language. */
static enum status read_display_name(struct reading *reading, const char *key, const char *value,
                                     struct error *error)
{
    struct scenario *scenario = reading->scenario;
    const char *language = key + strlen(DISPLAY_NAME);
    size_t length = strlen(language);
    char text[SCENARIO_TEXT_SIZE];

    if (length == 0 || length > SCENARIO_LANGUAGE_MAX ||
        strspn(language, LANGUAGE_CHARACTERS) != length)
        return unknown_key("threat", key, error);
    for (size_t i = 0; i < scenario->display_name_count; i++)
        if (strncasecmp(scenario->display_names[i], language, length) == 0 &&
            scenario->display_names[i][length] == '=')
            return error_set(error, STATUS_REJECT, "\"%s\" is given twice", key);
    if (scenario->display_name_count == SCENARIO_LANGUAGES_MAX)
        return error_set(error, STATUS_REJECT, "more than %d languages", SCENARIO_LANGUAGES_MAX);

    enum status status = set_text(text, value, error);

    if (status == STATUS_OK)
        snprintf(scenario->display_names[scenario->display_name_count++],
                 sizeof(scenario->display_names[0]), "%s=%s", language, text);
    return status;
}

static enum status read_threat(struct reading *reading, const char *key, const char *value,
                               struct error *error)
{
    struct scenario *scenario = reading->scenario;
    const struct {
        const char *key;
        char *text;
        struct words *words;
    } targets[] = {
        {"name", scenario->threat, NULL},
        {"match", NULL, &scenario->patterns},
        {"detections", NULL, &scenario->names},
    };

    if (strncmp(key, DISPLAY_NAME, strlen(DISPLAY_NAME)) == 0)
        return read_display_name(reading, key, value, error);

    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        const void *target = targets[i].text;
        enum status status;

        if (strcmp(key, targets[i].key) != 0)
            continue;
        if (target == NULL)
            target = targets[i].words;
        status = once(reading, target, key, error);
        if (status != STATUS_OK)
            return status;
        return targets[i].text != NULL ? set_text(targets[i].text, value, error)
                                       : set_words(targets[i].words, value, error);
    }
    return unknown_key("threat", key, error);
}

static enum status read_background(struct reading *reading, const char *key, const char *value,
                                   struct error *error)
{
    enum status status;

    if (strcmp(key, "detections") != 0)
        return unknown_key("background", key, error);
    status = once(reading, &reading->scenario->background, key, error);
    return status != STATUS_OK ? status : set_words(&reading->scenario->background, value, error);
}

/* "3" or "1-6". */
static enum status read_repeats(const char *value, uint32_t *repeats_min, uint32_t *repeats_max,
                                struct error *error)
{
    char minimum[16];
    size_t length = strcspn(value, "-");
    const char *maximum = value[length] == '-' ? value + length + 1 : value;
    enum status status;

    if (length >= sizeof(minimum))
        return error_set(error, STATUS_REJECT, "expected a number or MINIMUM-MAXIMUM");
    memcpy(minimum, value, length);
    minimum[length] = '\0';
    status = parse_number32(minimum, REPEATS_MAX, repeats_min, error);
    if (status == STATUS_OK)
        status = parse_number32(maximum, REPEATS_MAX, repeats_max, error);
    if (status == STATUS_OK && (*repeats_min == 0 || *repeats_min > *repeats_max))
        status = error_set(error, STATUS_REJECT,
                           "repeats start at 1 and the minimum stands before the maximum");
    return status;
}

static enum status read_events(struct reading *reading, const char *key, const char *value,
                               struct error *error)
{
    struct scenario_events *events = &reading->scenario->events;
    enum status status;

    if (strcmp(key, "repeats") == 0) {
        status = once(reading, &events->repeats_min, key, error);
        return status != STATUS_OK
                   ? status
                   : read_repeats(value, &events->repeats_min, &events->repeats_max, error);
    }
    for (size_t i = 0; i < sizeof(number_keys) / sizeof(number_keys[0]); i++) {
        uint32_t *target = (uint32_t *)(void *)((char *)events + number_keys[i].offset);

        if (strcmp(key, number_keys[i].key) != 0)
            continue;
        status = once(reading, target, key, error);
        if (status != STATUS_OK)
            return status;
        return parse_number32(value, number_keys[i].maximum, target, error);
    }
    return unknown_key("events", key, error);
}

static enum status read_machines(struct reading *reading, const char *key, const char *value,
                                 struct error *error)
{
    for (enum scenario_trait trait = 0; trait < SCENARIO_TRAITS; trait++) {
        struct choices *choices = &reading->scenario->traits[trait];
        enum status status;

        if (strcmp(key, scenario_traits[trait]) != 0)
            continue;
        status = once(reading, choices, key, error);
        if (status == STATUS_OK)
            status = check_characters("the value", value, error);
        return status == STATUS_OK ? choices_read(value, choices, error) : status;
    }
    return unknown_key("machines", key, error);
}

size_t scenario_trait(const struct scenario *scenario, enum scenario_trait trait, uint32_t device)
{
    const struct choices *choices = &scenario->traits[trait];
    struct prng prng = prng_for(scenario->seed, PURPOSE_TRAIT + (uint64_t)trait, device);

    return choices_at(choices, prng_below(&prng, choices->weight));
}

/* ---- [devices]: a row of months, then a row of numbers for each country */

static enum status read_months(struct reading *reading, char *value, struct error *error)
{
    struct scenario *scenario = reading->scenario;
    char *rest = value;

    if (scenario->month_count > 0)
        return error_set(error, STATUS_REJECT, "\"months\" is given twice");
    for (const char *word = next_word(&rest); word != NULL; word = next_word(&rest)) {
        month_t month;
        char answer[128];

        if (!month_parse(word, &month))
            return error_set(error, STATUS_REJECT, "\"%.100s\": %s", word,
                             month_reading(word, answer, sizeof(answer)));
        if (scenario->month_count == SCENARIO_MONTHS_MAX)
            return error_set(error, STATUS_REJECT, "more than %d months", SCENARIO_MONTHS_MAX);
        if (scenario->month_count == 0)
            scenario->first_month = month;
        if (month != scenario->first_month + (month_t)scenario->month_count)
            return error_set(error, STATUS_REJECT, "%s does not follow the month before it", word);
        scenario->month_count++;
    }
    return scenario->month_count > 0 ? STATUS_OK
                                     : error_set(error, STATUS_REJECT, "there are no months");
}

static enum status check_country(const struct reading *reading, const char *code,
                                 struct error *error)
{
    const struct scenario *scenario = reading->scenario;

    if (scenario->month_count == 0)
        return error_set(error, STATUS_REJECT, "the row of months comes first");
    if (!networks_has(reading->networks, code))
        return error_set(error, STATUS_REJECT, "\"%.100s\" is no country that has a network", code);
    for (size_t i = 0; i < scenario->country_count; i++)
        if (strcmp(scenario->countries[i].code, code) == 0)
            return error_set(error, STATUS_REJECT, "\"%s\" is given twice", code);
    if (scenario->country_count == SCENARIO_COUNTRIES_MAX)
        return error_set(error, STATUS_REJECT, "more than %d countries", SCENARIO_COUNTRIES_MAX);
    return STATUS_OK;
}

/* A number for each month. */
static enum status read_row(const struct scenario *scenario, const char *value,
                            uint32_t row[SCENARIO_MONTHS_MAX], struct error *error)
{
    enum status status = STATUS_OK;
    size_t months = 0;
    char *copy = strdup(value);
    char *rest = copy;

    if (copy == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    for (const char *word = next_word(&rest); status == STATUS_OK && word != NULL;
         word = next_word(&rest)) {
        if (months == scenario->month_count)
            status = error_set(error, STATUS_REJECT, "more numbers than the %zu months",
                               scenario->month_count);
        else
            status = parse_number32(word, SCENARIO_DEVICES_MAX, &row[months++], error);
    }
    if (status == STATUS_OK && months < scenario->month_count)
        status = error_set(error, STATUS_REJECT, "%zu numbers for %zu months", months,
                           scenario->month_count);
    free(copy);
    return status;
}

static enum status read_country(struct reading *reading, const char *code, const char *value,
                                struct error *error)
{
    struct scenario *scenario = reading->scenario;
    struct scenario_country *country = &scenario->countries[scenario->country_count];
    enum status status = check_country(reading, code, error);

    if (status == STATUS_OK)
        status = read_row(scenario, value, country->infections, error);
    if (status != STATUS_OK)
        return status;
    memcpy(country->code, code, COUNTRY_SIZE);
    scenario->country_count++;
    return STATUS_OK;
}

static enum status read_devices(struct reading *reading, const char *key, const char *value,
                                struct error *error)
{
    char *copy;
    enum status status;

    if (strcmp(key, "months") != 0)
        return read_country(reading, key, value, error);
    copy = strdup(value);
    if (copy == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    status = read_months(reading, copy, error);
    free(copy);
    return status;
}

/* ---- [heartbeats]: of countries that [devices] has */

static enum status read_active(struct reading *reading, const char *code, const char *value,
                               struct error *error)
{
    struct scenario *scenario = reading->scenario;

    for (size_t i = 0; i < scenario->country_count; i++) {
        struct scenario_country *country = &scenario->countries[i];
        enum status status;

        if (strcmp(country->code, code) != 0)
            continue;
        status = once(reading, country->active, code, error);
        if (status == STATUS_OK)
            status = read_row(scenario, value, country->active, error);
        for (size_t month = 0; status == STATUS_OK && month < scenario->month_count; month++)
            if (country->active[month] < country->infections[month])
                status = error_set(error, STATUS_REJECT, "%u active, but %u infected",
                                   country->active[month], country->infections[month]);
        return status;
    }
    return error_set(error, STATUS_REJECT, "\"%.100s\" is no country that [devices] has, above",
                     code);
}

static enum status read_heartbeats(struct reading *reading, const char *key, const char *value,
                                   struct error *error)
{
    struct scenario *scenario = reading->scenario;
    enum status status;

    if (strcmp(key, "repeats") == 0) {
        status = once(reading, &scenario->heartbeats.repeats_min, key, error);
        return status != STATUS_OK ? status
                                   : read_repeats(value, &scenario->heartbeats.repeats_min,
                                                  &scenario->heartbeats.repeats_max, error);
    }
    if (strcmp(key, "coverage_per_mille") == 0) {
        status = once(reading, &scenario->heartbeats.coverage, key, error);
        return status != STATUS_OK
                   ? status
                   : parse_number32(value, PER_MILLE, &scenario->heartbeats.coverage, error);
    }
    return read_active(reading, key, value, error);
}

static enum status read_line(void *context, const char *section, const char *key, const char *value,
                             struct error *error)
{
    static const struct {
        const char *section;
        enum status (*read)(struct reading *reading, const char *key, const char *value,
                            struct error *error);
    } sections[] = {
        {"simulation", read_simulation}, {"threat", read_threat},
        {"background", read_background}, {"events", read_events},
        {"heartbeats", read_heartbeats}, {"machines", read_machines},
        {"devices", read_devices},
    };

    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
        if (strcmp(section, sections[i].section) == 0)
            return sections[i].read(context, key, value, error);
    return error_set(error, STATUS_REJECT, "unknown section [%.100s]", section);
}

/* ---- the file as a whole */

static bool same_letter(char one, char other)
{
    return tolower((unsigned char)one) == tolower((unsigned char)other);
}

/* The words' meaning of *, ? and letter case, written again on purpose: the simulator must not
 * believe the code that it tests. Only the last * that was met has to be tried again, so no pattern
 * takes longer than the product of both lengths. */
static bool matches(const char *pattern, const char *name)
{
    const char *behind_star = NULL;
    const char *retry = NULL; /* where the last * has its end for now */

    while (*name != '\0') {
        if (*pattern == '*') {
            behind_star = ++pattern;
            retry = name;
        } else if (*pattern == '?') {
            pattern++;
            name += character_length(name);
        } else if (same_letter(*pattern, *name)) {
            pattern++;
            name++;
        } else if (behind_star != NULL) {
            retry += character_length(retry);
            pattern = behind_star;
            name = retry;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

static enum status check_names(const struct words *names, const struct words *patterns,
                               bool expected, struct error *error)
{
    for (size_t n = 0; n < names->count; n++) {
        bool matched = false;

        for (size_t p = 0; p < patterns->count; p++)
            matched = matched || matches(patterns->items[p], names->items[n]);
        if (matched != expected)
            return error_set(error, STATUS_REJECT, "%s is matched by %s pattern of the threat",
                             names->items[n], matched ? "a" : "no");
    }
    return STATUS_OK;
}

static enum status check_whole(const struct scenario *scenario, struct error *error)
{
    const struct {
        bool missing;
        const char *what;
    } needs[] = {
        {*scenario->threat == '\0', "name in [threat]"},
        {scenario->patterns.count == 0, "match in [threat]"},
        {scenario->names.count == 0, "detections in [threat]"},
        {scenario->country_count == 0, "country in [devices]"},
        {scenario->events.background > 0 && scenario->background.count == 0,
         "detections in [background], which background_per_mille asks for"},
        {scenario->events.late > 0 && scenario->events.late_days == 0,
         "late_days in [events], which late_per_mille asks for"},
    };
    enum status status;

    for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
        if (needs[i].missing)
            return error_set(error, STATUS_REJECT, "there is no %s", needs[i].what);
    status = check_names(&scenario->names, &scenario->patterns, true, error);
    if (status == STATUS_OK)
        status = check_names(&scenario->background, &scenario->patterns, false, error);
    return status;
}

/* What a scenario need not say. */
static struct scenario *new_scenario(void)
{
    struct scenario *scenario = calloc(1, sizeof(*scenario));

    if (scenario == NULL)
        return NULL;
    /* One more, where the row that is being read is put. */
    scenario->countries = calloc(SCENARIO_COUNTRIES_MAX + 1, sizeof(*scenario->countries));
    if (scenario->countries == NULL) {
        free(scenario);
        return NULL;
    }
    scenario->seed = 1;
    memcpy(scenario->timezone, "UTC", sizeof("UTC"));
    scenario->events.repeats_min = 1;
    scenario->events.repeats_max = 1;
    scenario->heartbeats.coverage = PER_MILLE;
    return scenario;
}

static void name_from_path(const char *path, char name[SCENARIO_TEXT_SIZE])
{
    static const char ending[] = ".scenario";
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    size_t length = strlen(base);

    if (length > strlen(ending) && strcmp(base + length - strlen(ending), ending) == 0)
        length -= strlen(ending);
    snprintf(name, SCENARIO_TEXT_SIZE, "%.*s", (int)length, base);
    for (; *name != '\0'; name++)
        if (*name == '"' || *name == '\\' || iscntrl((unsigned char)*name))
            *name = '_';
}

enum status scenario_read(const char *path, const struct networks *networks, struct scenario **out,
                          struct error *error)
{
    struct scenario *scenario = new_scenario();
    struct reading reading = {.scenario = scenario, .networks = networks};
    struct error why = {""};
    enum status status;

    if (scenario == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    name_from_path(path, scenario->name);
    status = keyfile_read(path, read_line, &reading, error);
    if (status == STATUS_OK) {
        status = check_whole(scenario, &why);
        if (status != STATUS_OK)
            error_set(error, status, "%s: %.900s", path, why.message);
    }
    if (status != STATUS_OK) {
        scenario_free(scenario);
        return status;
    }
    *out = scenario;
    return STATUS_OK;
}

static void clear_words(struct words *words)
{
    free(words->items);
    free(words->text);
}

void scenario_free(struct scenario *scenario)
{
    if (scenario == NULL)
        return;
    clear_words(&scenario->patterns);
    clear_words(&scenario->names);
    clear_words(&scenario->background);
    for (enum scenario_trait trait = 0; trait < SCENARIO_TRAITS; trait++)
        choices_clear(&scenario->traits[trait]);
    free(scenario->countries);
    free(scenario);
}
