#include "reports/languages/catalogue.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/nearest.h"

#define BLANKS " \t"

/* Hexadecimal digits of a character that is written \uXXXX. */
#define ESCAPE_DIGITS 4

struct reading {
    const char
        *path; /* of words that say some of a language otherwise; NULL: the language itself */
    char *at;  /* in a copy of the text, which is worn down on the way */
    int line;  /* behind the one that was read last */
    const struct section *section;
    struct catalogue *catalogue;
    struct error *error;
    /* Of the line: its first character \uXXXX and what is behind the last. Blanks that are written
     * so belong to the text. NULL: it has none. */
    const char *first_escape;
    const char *behind_escapes;
};

struct section {
    const char *name;
    enum status (*read)(struct reading *reading, const char *key, const char *value);
};

static enum status set_once(struct reading *reading, const char **target, const char *value)
{
    struct phrases *phrases = &reading->catalogue->phrases;

    if (*target != NULL)
        return error_set(reading->error, STATUS_REJECT, "is there twice");
    *target = phrases_copy(phrases, value, strlen(value));
    if (phrases->failed)
        return error_set(reading->error, STATUS_FATAL, "out of memory");
    return STATUS_OK;
}

static enum status refuse_key(struct reading *reading)
{
    return error_set(reading->error, STATUS_REJECT, "is unknown");
}

static enum status refuse_message(struct reading *reading, const char *key)
{
    struct nearest nearest;
    char question[160];

    nearest_start(&nearest, key);
    for (size_t i = 0; i < MESSAGE_COUNT; i++)
        nearest_offer(&nearest, message_specs[i].key);
    return error_set(reading->error, STATUS_REJECT, "is unknown%s",
                     nearest_question(&nearest, "", question, sizeof(question)));
}

/* ---- sections */

static enum status read_language(struct reading *reading, const char *key, const char *value)
{
    if (strcmp(key, "locale") == 0 && reading->path != NULL)
        return error_set(reading->error, STATUS_REJECT, "is the language's own");
    if (strcmp(key, "locale") == 0)
        return set_once(reading, &reading->catalogue->locale, value);
    if (strcmp(key, "month") == 0)
        return set_once(reading, &reading->catalogue->month, value);
    if (strcmp(key, "month_alone") == 0)
        return set_once(reading, &reading->catalogue->month_alone, value);
    if (strcmp(key, "day") == 0)
        return set_once(reading, &reading->catalogue->day, value);
    return refuse_key(reading);
}

static enum status read_digit(struct reading *reading, const char **words, const char *key,
                              const char *value)
{
    return key[0] < '1' || key[0] > '9' || key[1] != '\0'
               ? refuse_key(reading)
               : set_once(reading, &words[key[0] - '0'], value);
}

static enum status read_number(struct reading *reading, const char *key, const char *value)
{
    return read_digit(reading, reading->catalogue->numbers, key, value);
}

static enum status read_counter(struct reading *reading, const char *key, const char *value)
{
    return read_digit(reading, reading->catalogue->counters, key, value);
}

static enum status read_country(struct reading *reading, const char *key, const char *value)
{
    size_t index = catalogue_country(key);

    return index == CATALOGUE_COUNTRIES
               ? refuse_key(reading)
               : set_once(reading, &reading->catalogue->countries[index], value);
}

static enum status read_country_in_sentence(struct reading *reading, const char *key,
                                            const char *value)
{
    size_t index = catalogue_country(key);

    return index == CATALOGUE_COUNTRIES
               ? refuse_key(reading)
               : set_once(reading, &reading->catalogue->countries_in_sentences[index], value);
}

static enum status read_message(struct reading *reading, const char *key, const char *value)
{
    struct catalogue *catalogue = reading->catalogue;
    size_t i = 0;

    while (i < MESSAGE_COUNT && strcmp(message_specs[i].key, key) != 0)
        i++;
    if (i == MESSAGE_COUNT)
        return refuse_message(reading, key);
    if (catalogue->messages[i].text != NULL)
        return error_set(reading->error, STATUS_REJECT, "is there twice");
    return pattern_read(value, &message_specs[i], &catalogue->phrases, &catalogue->messages[i],
                        reading->error);
}

static const struct section sections[] = {
    {"language", read_language},
    {"numbers", read_number},
    {"counters", read_counter},
    {"countries", read_country},
    {"countries in sentences", read_country_in_sentence},
    {"messages", read_message},
};

/* ---- lines */

/* The bytes of the character whose four hexadecimal digits are in front, which are passed over;
 * 0 when there are none. */
static size_t read_escape(const char *digits, char bytes[ESCAPE_DIGITS])
{
    unsigned long character = 0;

    if (strspn(digits, "0123456789abcdefABCDEF") < ESCAPE_DIGITS)
        return 0;
    for (int i = 0; i < ESCAPE_DIGITS; i++) {
        const char digit[] = {digits[i], '\0'};

        character = character * 16 + strtoul(digit, NULL, 16);
    }
    if (character < 0x20 || (character >= 0xD800 && character <= 0xDFFF))
        return 0;
    if (character < 0x80) {
        bytes[0] = (char)character;
        return 1;
    }
    if (character < 0x800) {
        bytes[0] = (char)(0xC0 | character >> 6);
        bytes[1] = (char)(0x80 | (character & 0x3F));
        return 2;
    }
    bytes[0] = (char)(0xE0 | character >> 12);
    bytes[1] = (char)(0x80 | (character >> 6 & 0x3F));
    bytes[2] = (char)(0x80 | (character & 0x3F));
    return 3;
}

/* The next line, with those that go on in it and its characters \uXXXX replaced; NULL: wrong. */
static char *next_line(struct reading *reading)
{
    char *line = reading->at;
    char *to = line;

    reading->first_escape = NULL;
    reading->behind_escapes = NULL;
    while (*reading->at != '\0' && *reading->at != '\n') {
        char bytes[ESCAPE_DIGITS];
        size_t length = 0;

        if (reading->at[0] != '\\') {
            *to++ = *reading->at++;
        } else if (reading->at[1] == '\n') {
            reading->line++;
            reading->at += 2;
            reading->at += strspn(reading->at, BLANKS);
        } else if (reading->at[1] == 'u' && (length = read_escape(reading->at + 2, bytes)) > 0) {
            memcpy(to, bytes, length);
            if (reading->first_escape == NULL)
                reading->first_escape = to;
            to += length;
            reading->behind_escapes = to;
            reading->at += 2 + ESCAPE_DIGITS;
        } else {
            return NULL;
        }
    }
    reading->line++;
    reading->at += *reading->at == '\n';
    *to = '\0';
    return line;
}

/* At the end, but none in front of `kept`. */
static void cut_blanks(char *text, const char *kept)
{
    size_t length = strlen(text);

    while (length > 0 && text + length != kept && strchr(BLANKS, text[length - 1]) != NULL)
        length--;
    text[length] = '\0';
}

/* Of the text behind "=". */
static const char *pass_blanks(const struct reading *reading, const char *text)
{
    while (*text != '\0' && text != reading->first_escape && strchr(BLANKS, *text) != NULL)
        text++;
    return text;
}

static enum status open_section(struct reading *reading, const char *line)
{
    size_t length = strlen(line + 1);

    for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
        const char *name = sections[i].name;

        if (strlen(name) + 1 == length && strncmp(line + 1, name, length - 1) == 0 &&
            line[length] == ']') {
            reading->section = &sections[i];
            return STATUS_OK;
        }
    }
    return error_set(reading->error, STATUS_REJECT, "there is no section %s", line);
}

static enum status read_line(struct reading *reading, char *line)
{
    char *equals = strchr(line, '=');
    struct error why = {""};

    cut_blanks(line, reading->behind_escapes);
    if (*line == '\0' || *line == '#')
        return STATUS_OK;
    if (*line == '[')
        return open_section(reading, line);
    if (equals == NULL || reading->section == NULL)
        return error_set(reading->error, STATUS_REJECT, "\"%.40s\" is no `key = text` of a section",
                         line);
    *equals = '\0';
    cut_blanks(line, NULL);

    const char *value = pass_blanks(reading, equals + 1);
    struct error *error = reading->error;
    enum status status;

    reading->error = &why;
    status = *value == '\0' ? error_set(&why, STATUS_REJECT, "is empty")
                            : reading->section->read(reading, line, value);
    reading->error = error;
    if (status != STATUS_OK)
        error_set(error, status, "%.100s: %.800s", line, why.message);
    return status;
}

/* ---- the whole */

static enum status check_whole(const struct catalogue *catalogue, const char *code,
                               struct error *error)
{
    const char *lacks = catalogue->locale == NULL        ? "locale"
                        : catalogue->month == NULL       ? "month"
                        : catalogue->month_alone == NULL ? "month_alone"
                        : catalogue->day == NULL         ? "day"
                                                         : NULL;

    if (lacks != NULL)
        return error_set(error, STATUS_REJECT, "language %s: [language] lacks %s", code, lacks);
    for (size_t i = 0; i < MESSAGE_COUNT; i++)
        if (catalogue->messages[i].text == NULL)
            return error_set(error, STATUS_REJECT, "language %s: [messages] lacks %s", code,
                             message_specs[i].key);
    return STATUS_OK;
}

/* Either is NULL: the path of words, or the code of a language. */
static enum status refuse_line(const char *path, const char *code, int number, enum status status,
                               const struct error *why, struct error *error)
{
    if (path != NULL)
        return error_set(error, status, "%.400s:%d: %.600s", path, number, why->message);
    return error_set(error, status, "language %s, line %d: %.900s", code, number, why->message);
}

static enum status read_lines(const char *path, const char *code, const char *text,
                              struct catalogue *out, struct error *error)
{
    char *copy = strdup(text);
    struct error why = {""};
    struct reading reading = {.path = path, .at = copy, .catalogue = out, .error = &why};
    enum status status = STATUS_OK;

    *out = (struct catalogue){0};
    phrases_init(&out->phrases);
    if (copy == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    while (status == STATUS_OK && *reading.at != '\0') {
        int number = reading.line + 1;
        char *line = next_line(&reading);

        status = line != NULL
                     ? read_line(&reading, line)
                     : error_set(&why, STATUS_REJECT, "\\ is for \\uXXXX and the end of a line");
        if (status != STATUS_OK)
            status = refuse_line(path, code, number, status, &why, error);
    }
    free(copy);
    return status;
}

enum status catalogue_read(const char *code, const char *text, struct catalogue *out,
                           struct error *error)
{
    enum status status = read_lines(NULL, code, text, out, error);

    return status == STATUS_OK ? check_whole(out, code, error) : status;
}

enum status catalogue_read_words(const char *path, const char *text, struct catalogue *out,
                                 struct error *error)
{
    return read_lines(path, NULL, text, out, error);
}

static void put_over(const char **text, const char *word)
{
    if (word != NULL)
        *text = word;
}

void catalogue_put_over(struct catalogue *catalogue, const struct catalogue *words)
{
    put_over(&catalogue->month, words->month);
    for (size_t i = 0; i < MESSAGE_COUNT; i++)
        if (words->messages[i].text != NULL)
            catalogue->messages[i] = words->messages[i];
    for (size_t i = 0; i < CATALOGUE_COUNTRIES; i++) {
        put_over(&catalogue->countries[i], words->countries[i]);
        put_over(&catalogue->countries_in_sentences[i], words->countries_in_sentences[i]);
    }
}

void catalogue_clear(struct catalogue *catalogue)
{
    phrases_clear(&catalogue->phrases);
    *catalogue = (struct catalogue){0};
}

size_t catalogue_country(const char *country)
{
    for (int i = 0; i < 2; i++)
        if (country[i] < 'A' || country[i] > 'Z')
            return CATALOGUE_COUNTRIES;
    return country[2] == '\0' ? (size_t)(country[0] - 'A') * 26 + (size_t)(country[1] - 'A')
                              : CATALOGUE_COUNTRIES;
}
