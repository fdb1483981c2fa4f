/* `kansen dead-letters show`: a rejected event, byte by byte. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/dead_letter_options.h"
#include "dead_letters/reader.h"
#include "sql/db.h"
#include "sql/embedded.h"
#include "text/escape.h"

/* Letters that `show` names when it can't tell which one is meant. */
#define NAMED_MAX 10

static void show_bytes(const char *name, struct slice bytes)
{
    if (bytes.data == NULL) {
        printf("%-10s none\n", name);
        return;
    }
    printf("%-10s %zu byte%s\n  ", name, bytes.length, bytes.length == 1 ? "" : "s");
    escape_bytes(stdout, bytes.data, bytes.length);
    putchar('\n');
}

static void show_headers(const struct dead_letter *dead_letter)
{
    if (dead_letter->header_count > 0)
        printf("headers    %zu\n", dead_letter->header_count);
    for (size_t i = 0; i < dead_letter->header_count; i++) {
        const struct dead_letter_header *header = &dead_letter->headers[i];

        fputs("  ", stdout);
        escape_bytes(stdout, header->name.data, header->name.length);
        if (header->value.data != NULL) {
            fputs(": ", stdout);
            escape_bytes(stdout, header->value.data, header->value.length);
        }
        putchar('\n');
    }
}

static void show_letter(const struct dead_letter *dead_letter)
{
    bool of_file = dead_letter_is_of_file(dead_letter);

    printf("letter     %" PRId64 "\nreason     %s: ", dead_letter->id, dead_letter->reason);
    escape_plain(stdout, dead_letter->detail);
    printf("\n%-10s ", of_file ? "file" : "topic");
    escape_plain(stdout, dead_letter->topic);
    if (!of_file) {
        printf("\npartition  %" PRId32 "\nsource     ", dead_letter->partition);
        escape_plain(stdout, dead_letter->source);
    }
    printf("\n%-10s %" PRId64 "\nrejected   %s\n", of_file ? "line" : "offset", dead_letter->offset,
           dead_letter->rejected);
    if (dead_letter->kind == EVENT_HEARTBEAT)
        printf("read as    heartbeat\n");
    if (dead_letter->element > 0)
        printf("element    %" PRIu32 "\n", dead_letter->element);
    if (dead_letter->replayed != NULL)
        printf("replayed   %s\n", dead_letter->replayed);
    show_headers(dead_letter);
    if (!of_file)
        show_bytes("key", dead_letter->key);
    show_bytes("value", dead_letter->value);
}

/* Several dead letters can come from one place: a file that has changed, a topic that was created
 * again.
 */
static int refuse_several(struct dead_letter_reader *dead_letters, struct error *error)
{
    char names[256] = "";
    size_t used = 0;

    for (int row = 0; row < dead_letter_reader_count(dead_letters) && row < NAMED_MAX; row++) {
        struct dead_letter dead_letter;

        if (dead_letter_reader_get(dead_letters, row, &dead_letter, error) != STATUS_OK)
            return EX_OSERR;
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%" PRId64,
                                 row > 0 ? ", " : "", dead_letter.id);
    }
    error_set(error, STATUS_REJECT, "%d dead letters are from there; name one by its number: %s",
              dead_letter_reader_count(dead_letters), names);
    return EX_USAGE;
}

static int print_letters(struct dead_letter_reader *dead_letters, bool raw, struct error *error)
{
    int count = dead_letter_reader_count(dead_letters);

    if (count == 0) {
        error_set(error, STATUS_REJECT,
                  "there is no such dead letter; `kansen dead-letters list "
                  "--each` names them");
        return EX_DATAERR;
    }
    if (raw && count > 1)
        return refuse_several(dead_letters, error);
    for (int row = 0; row < count; row++) {
        struct dead_letter dead_letter;

        if (dead_letter_reader_get(dead_letters, row, &dead_letter, error) != STATUS_OK)
            return EX_OSERR;
        if (row > 0)
            putchar('\n');
        if (!raw)
            show_letter(&dead_letter);
        else if (dead_letter.value.length > 0)
            fwrite(dead_letter.value.data, 1, dead_letter.value.length, stdout);
    }
    return dead_letter_output_check(error);
}

static enum status check_number(const char *what, const char *text, int64_t maximum,
                                struct error *error)
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno == 0 && *text >= '0' && *text <= '9' && *end == '\0' && number <= maximum)
        return STATUS_OK;
    return error_set(error, STATUS_REJECT, "%s is a whole number, not \"%s\"", what, text);
}

/* What parameters of dead_letters_find.sql point into. */
struct place {
    struct array topics;
    char line[24];
};

static enum status name_topics(struct place *place, const char *given, const char *parameters[4],
                               struct error *error)
{
    parameters[1] = dead_letter_topics(&place->topics, given);
    return parameters[1] != NULL ? STATUS_OK : error_set(error, STATUS_FATAL, "out of memory");
}

/* FILE:LINE and FILE:LINE[ELEMENT], as `kansen load` names them. False: it is none. */
static bool read_file_line(struct place *place, const char *text, const char *parameters[4],
                           enum status *status, struct error *error)
{
    const char *colon = strrchr(text, ':');
    size_t digits = colon == NULL ? 0 : strspn(colon + 1, "0123456789");
    char *path;

    if (colon == text || digits == 0 || digits >= sizeof(place->line) ||
        (colon[1 + digits] != '\0' && colon[1 + digits] != '['))
        return false;
    path = strndup(text, (size_t)(colon - text));
    *status = path == NULL ? error_set(error, STATUS_FATAL, "out of memory")
                           : name_topics(place, path, parameters, error);
    free(path);
    snprintf(place->line, sizeof(place->line), "%.*s", (int)digits, colon + 1);
    parameters[2] = "0";
    parameters[3] = place->line;
    if (*status == STATUS_OK)
        *status = check_number("LINE", place->line, INT64_MAX, error);
    return true;
}

/* LETTER | FILE:LINE | FILE LINE | TOPIC PARTITION OFFSET, as the parameters of
 * dead_letters_find.sql. */
static enum status read_place(const struct options *options, struct place *place,
                              const char *parameters[4], struct error *error)
{
    size_t count = options_arguments(options);
    const char *first = options_argument(options, 0);
    enum status status = STATUS_OK;

    if (count == 1 && read_file_line(place, first, parameters, &status, error))
        return status;
    if (count == 1) {
        parameters[0] = first;
        return check_number("LETTER", first, INT64_MAX, error);
    }
    status = name_topics(place, first, parameters, error);
    parameters[2] = count == 2 ? "0" : options_argument(options, 1);
    parameters[3] = options_argument(options, count - 1);
    if (status == STATUS_OK && count == 3)
        status = check_number("PARTITION", parameters[2], INT32_MAX, error);
    if (status == STATUS_OK)
        status = check_number(count == 2 ? "LINE" : "OFFSET", parameters[3], INT64_MAX, error);
    return status;
}

static int run_show(const struct options *options, struct error *error)
{
    const char *parameters[4] = {NULL, NULL, NULL, NULL};
    struct dead_letter_reader dead_letters = {.rows = NULL};
    struct place place = {.line = ""};
    struct db *db = NULL;
    int code = command_check_arguments(options, 1, 3,
                                       "the dead letter's number, or where it is from", error);

    if (code != EX_OK)
        return code;
    if (read_place(options, &place, parameters, error) != STATUS_OK)
        code = EX_USAGE;
    if (code == EX_OK)
        code = command_open_ready_db(options, SCHEMA_LOAD, &db, error);
    if (code == EX_OK)
        code = command_exit_code(dead_letter_reader_read(&dead_letters, db, sql_dead_letters_find,
                                                         4, parameters, error));
    db_close(db);
    array_clear(&place.topics);
    if (code == EX_OK)
        code = print_letters(&dead_letters, options_flag(options, "raw"), error);
    dead_letter_reader_clear(&dead_letters);
    return code;
}

static const char *const show_options[] = {"db", "raw", NULL};

const struct command command_dead_letters_show = {
    "dead-letters show",
    "LETTER | TOPIC PARTITION OFFSET | FILE:LINE",
    "show a rejected event whole",
    "LETTER is the number that `dead-letters list --each` shows. Characters that would act on a\n"
    "terminal are shown as \\u{202E}, bytes that are no UTF-8 as \\x{FF}; --raw leaves every byte "
    "as\n"
    "it came, for a file or a pipe.\n",
    show_options,
    run_show,
    COMMAND_EXAMPLES("kansen dead-letters show 1", "kansen dead-letters show detections 0 1202",
                     "kansen dead-letters show events.ndjson:17 --raw | jq .")};
