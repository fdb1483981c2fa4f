/* Patterns of threats: what `threat set` takes, what PostgreSQL keeps of it, and which names match.
 *
 * Needs the conninfo of a database with kansen's schema in KANSEN_FUZZ_DB (tests/fuzz/run starts
 * one). The input is texts, each ended by NUL. Behind a first byte D they are a threat's name,
 * display names and patterns; else they are names and patterns in turn, many for one query, whose
 * answers a matcher in C has to agree with. */
#include <stdbool.h>
#include <string.h>
#include <sysexits.h>

#include <unicode/ustring.h>

#include "check.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "config/options.h"
#include "kansen/event.h"
#include "matcher.h"
#include "sql/array.h"
#include "sql/db.h"
#include "sql/embedded.h"

#define TEXTS_MAX 128
/* The limits of `threat set`, in bytes. */
#define THREAT_NAME_MAX 128
#define PATTERN_MAX 256
#define REPLACEMENT "\xEF\xBF\xBD"

/* The first three texts of a definition. */
enum { NAME, NAME_EN, NAME_JA, FIRST_PATTERN };

struct texts {
    char *items[TEXTS_MAX];
    size_t count;
};

static struct db *db;
static struct array names;
static struct array patterns;
static FILE *nowhere;

static void prepare(void)
{
    struct error error = {""};
    const char *conninfo = getenv("KANSEN_FUZZ_DB");

    CHECK(conninfo != NULL, "no KANSEN_FUZZ_DB: start this target by tests/fuzz/run");
    CHECK(db_open(conninfo, &db, &error) == STATUS_OK, "%s", error.message);
    nowhere = fopen("/dev/null", "w");
    CHECK(nowhere != NULL, "no /dev/null");
}

static bool is_utf8(const char *text)
{
    UErrorCode icu = U_ZERO_ERROR;
    int32_t units;

    u_strFromUTF8(NULL, 0, &units, text, -1, &icu);
    return icu != U_INVALID_CHAR_FOUND;
}

static void take_texts(const char *data, size_t size, struct texts *texts)
{
    texts->count = 0;
    while (size > 0 && texts->count < TEXTS_MAX) {
        size_t length = strnlen(data, size);

        texts->items[texts->count++] = strndup(data, length);
        if (length == size)
            return;
        data += length + 1;
        size -= length + 1;
    }
}

static void free_texts(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
}

static struct db_result *query(const char *sql, int count, const char *const *parameters)
{
    struct db_result *rows = NULL;
    struct error error = {""};

    CHECK(db_query(db, sql, count, parameters, &rows, &error) == STATUS_OK, "%s", error.message);
    return rows;
}

/* ---- names and patterns */

static void check_match(const struct db_result *rows, int row, const char *name,
                        const char *pattern)
{
    bool matched = db_bool(rows, row, 0);

    CHECK(strcmp(db_text(rows, row, 1), name) == 0, "the name arrived as %s",
          db_text(rows, row, 1));
    CHECK(strcmp(db_text(rows, row, 2), pattern) == 0, "the pattern arrived as %s",
          db_text(rows, row, 2));
    CHECK(matched == matcher_matches(pattern, name), "PostgreSQL says that \"%s\" %s \"%s\"", name,
          matched ? "matches" : "does not match", pattern);
    CHECK(!matched || db_bool(rows, row, 3), "\"%s\" has not got the anchor of \"%s\"", name,
          pattern);
}

static void match(const struct texts *texts)
{
    const char *kept[TEXTS_MAX];
    size_t count = 0;

    array_reset(&names);
    array_reset(&patterns);
    for (size_t i = 0; i + 1 < texts->count; i += 2) {
        const char *name = texts->items[i];
        const char *pattern = texts->items[i + 1];

        /* What the decoder and `threat set` never let through. */
        if (!is_utf8(name) || strlen(name) > EVENT_NAME_MAX || !is_utf8(pattern) ||
            strlen(pattern) > PATTERN_MAX)
            continue;
        array_add_text(&names, name, strlen(name));
        array_add_text(&patterns, pattern, strlen(pattern));
        kept[count++] = name;
        kept[count++] = pattern;
    }
    if (count == 0)
        return;

    const char *const parameters[] = {array_text(&names), array_text(&patterns)};
    struct db_result *rows =
        query("select n.lowered like like_pattern(p.pattern), p.name, p.pattern, "
              "case left(a.anchor, 1) when '^' then starts_with(n.lowered, substr(a.anchor, 2)) "
              "else strpos(n.lowered, substr(a.anchor, 2)) > 0 end "
              "from unnest($1::text[], $2::text[]) with ordinality as p (name, pattern, place), "
              "lower(p.name collate \"C\") as n (lowered), pattern_anchor(p.pattern) as a (anchor) "
              "order by p.place",
              2, parameters);

    CHECK(db_rows(rows) == (int)count / 2, "%d rows", db_rows(rows));
    for (int row = 0; row < db_rows(rows); row++)
        check_match(rows, row, kept[2 * row], kept[2 * row + 1]);
    db_result_free(rows);
}

/* ---- definitions */

/* As --name takes it; the caller frees it. */
static char *named(const char *language, const char *name)
{
    size_t size = strlen(language) + 1 + strlen(name) + 1;
    char *text = malloc(size);

    CHECK(text != NULL, "out of memory");
    snprintf(text, size, "%s=%s", language, name);
    return text;
}

/* `kansen threat set` with a database that isn't there: what it says before it connects. */
static int threat_set(const struct texts *texts, struct error *error)
{
    char *english = named("en", texts->items[NAME_EN]);
    char *japanese = named("ja", texts->items[NAME_JA]);
    char *arguments[TEXTS_MAX + 8] = {"--db=host=/nonexistent", "--name", english, "--name",
                                      japanese};
    struct options *options = NULL;
    FILE *messages = stderr;
    int count = 5;
    const struct options_scope scope = {command_threat_set.name, command_threat_set.options, NULL};
    int code;

    arguments[count++] = "--match";
    arguments[count++] = texts->items[FIRST_PATTERN];
    arguments[count++] = "--";
    arguments[count++] = texts->items[NAME];
    for (size_t i = FIRST_PATTERN + 1; i < texts->count; i++)
        arguments[count++] = texts->items[i];
    /* Only --match can be without a value here. */
    if (options_parse(&scope, count, arguments, &options, error) != STATUS_OK) {
        CHECK(*texts->items[FIRST_PATTERN] == '\0', "%s", error->message);
        free(english);
        free(japanese);
        return EX_USAGE;
    }
    stderr = nowhere;
    code = command_threat_set.run(options, error);
    stderr = messages;
    options_free(options);
    free(english);
    free(japanese);
    return code;
}

/* Something to read: no control characters, no broken UTF-8 nor what is written in its place. */
static bool is_plain(const char *text, size_t maximum)
{
    if (text[strspn(text, " ")] == '\0' || strlen(text) > maximum || !is_utf8(text) ||
        strstr(text, REPLACEMENT) != NULL)
        return false;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return false;
    return true;
}

static bool is_acceptable(const struct texts *texts)
{
    bool acceptable = is_plain(texts->items[NAME], THREAT_NAME_MAX) &&
                      is_plain(texts->items[NAME_EN], EVENT_NAME_MAX) &&
                      is_plain(texts->items[NAME_JA], EVENT_NAME_MAX);

    for (size_t i = FIRST_PATTERN; i < texts->count; i++)
        acceptable = acceptable && is_plain(texts->items[i], PATTERN_MAX);
    return acceptable;
}

static bool holds(const struct texts *texts, const char *pattern)
{
    for (size_t i = FIRST_PATTERN; i < texts->count; i++)
        if (strcmp(texts->items[i], pattern) == 0)
            return true;
    return false;
}

/* Every pattern is there, once, and nothing else. */
static void check_stored(const struct texts *texts, const char *threat_id)
{
    struct db_result *rows =
        query("select pattern, count(*) over () from threat_rule where threat_id = $1::integer", 1,
              &threat_id);
    size_t different = 0;

    for (size_t i = FIRST_PATTERN; i < texts->count; i++) {
        size_t earlier = FIRST_PATTERN;

        while (strcmp(texts->items[earlier], texts->items[i]) != 0)
            earlier++;
        different += earlier == i;
    }
    CHECK(db_rows(rows) == (int)different, "%d patterns instead of %zu", db_rows(rows), different);
    for (int row = 0; row < db_rows(rows); row++)
        CHECK(holds(texts, db_text(rows, row, 0)), "\"%s\" was never given", db_text(rows, row, 0));
    db_result_free(rows);
}

/* The statements of ingest/recount, rolled back. */
static void store(const struct texts *texts)
{
    struct error error = {""};
    struct db_result *rows = NULL;
    char threat_id[16] = "";

    array_reset(&patterns);
    for (size_t i = FIRST_PATTERN; i < texts->count; i++)
        array_add_text(&patterns, texts->items[i], strlen(texts->items[i]));
    CHECK(db_begin(db, DB_READ_COMMITTED, &error) == STATUS_OK, "%s", error.message);

    enum status status =
        db_query(db, sql_threat_insert, 1, (const char *const *)&texts->items[NAME], &rows, &error);

    if (status == STATUS_OK)
        snprintf(threat_id, sizeof(threat_id), "%s", db_text(rows, 0, 0));
    db_result_free(rows);

    const char *const rules[] = {threat_id, array_text(&patterns)};

    array_reset(&names);
    array_add_text(&names, texts->items[NAME_EN], strlen(texts->items[NAME_EN]));
    array_add_text(&names, texts->items[NAME_JA], strlen(texts->items[NAME_JA]));

    const char *const called[] = {threat_id, "{en,ja}", array_text(&names)};

    if (status == STATUS_OK)
        status = db_query(db, sql_threat_names_insert, 3, called, NULL, &error);

    if (status == STATUS_OK)
        status = db_query(db, sql_threat_rules_insert, 2, rules, NULL, &error);
    CHECK(status == STATUS_OK, "%s", error.message);
    check_stored(texts, threat_id);
    db_rollback(db);
}

static void define(const struct texts *texts)
{
    struct error error = {""};

    if (texts->count <= FIRST_PATTERN)
        return;

    int code = threat_set(texts, &error);

    CHECK(*error.message != '\0', "no message");
    CHECK(code == EX_USAGE || code == EX_UNAVAILABLE, "exit code %d: %s", code, error.message);
    CHECK((code == EX_UNAVAILABLE) == is_acceptable(texts), "exit code %d: %s", code,
          error.message);
    if (code == EX_UNAVAILABLE)
        store(texts);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    const char *text = (const char *)data;
    struct texts texts;
    bool definition = size > 0 && *text == 'D';

    if (db == NULL)
        prepare();
    take_texts(text + definition, size - definition, &texts);
    if (definition)
        define(&texts);
    else
        match(&texts);
    free_texts(&texts);
    return 0;
}
