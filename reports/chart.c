#include "reports/chart.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reports/chart_scripts.h"
#include "text/escape.h"

/* The temporary folder and the name of a file in it. */
#define PATH_SIZE 1024
#define FILE_NAME_SIZE 32

#define FOLDER_TEMPLATE "/kansen-chart-XXXXXX"

/* What fits into the chart's subtitle; longer names are cut there and whole in the text. */
#define SUBTITLE_COLUMNS 96

/* Exit codes of a child that could not run gnuplot, or found none, as shells have them. */
#define EXIT_NOT_RUN 126
#define EXIT_NOT_FOUND 127

/* Names of the files inside the private folder. */
static const char *const folder_files[] = {"script", "titles", "data", "image", "messages"};

const char *chart_title(const struct document *document, enum chart_kind kind)
{
    if (kind == CHART_MONTHS)
        return document_message(document, MESSAGE_CHART_MONTHS);
    return document_message(document, document->figures->unique ? MESSAGE_CHART_SHARES_UNIQUE
                                                                : MESSAGE_CHART_SHARES);
}

const char *chart_kind_name(enum chart_kind kind)
{
    return kind == CHART_MONTHS ? "monthly" : "countries";
}

const char *chart_format_name(enum chart_format format)
{
    return format == CHART_SVG ? "svg" : "png";
}

void chart_image_clear(struct chart_image *image)
{
    free(image->bytes);
    *image = (struct chart_image){0};
}

/* ---- what gnuplot reads */

/* Of the characters that are written as they are; \u{…} is wider. */
#define CHARACTER_COLUMNS_MAX 2

/* gnuplot takes \n and the like in a label for what they mean in C, so a backslash is doubled: one
 * of the text's own, and the one that opens \u{…}. Before that it takes quotes for what they mean
 * in CSV, so a quote is written as a number; four octal digits are the most that it reads. */
static void put_cut(FILE *out, const char *text, size_t columns)
{
    while (*text != '\0') {
        char character[8] = "";
        const char *start = text;

        escape_next(&text);
        memcpy(character, start, (size_t)(text - start));

        size_t width = escape_width(character);

        if (width + 1 > columns && *text != '\0') {
            fputs("…", out);
            return;
        }
        if (*character == '\\' || width > CHARACTER_COLUMNS_MAX)
            fputc('\\', out);
        if (*character == '"')
            fputs("\\0042", out);
        else
            escape_plain(out, character);
        columns -= width < columns ? width : columns;
    }
}

static void write_titles(FILE *out, const struct document *document, enum chart_kind kind)
{
    size_t taken = escape_width(" · ") + escape_width(document->window);

    fprintf(out, "%s\n", chart_title(document, kind));
    put_cut(out, document->threat, SUBTITLE_COLUMNS - taken);
    fprintf(out, " · %s\n", document->window);
}

struct bar {
    const char *label;
    int64_t value;
    const char *text; /* the value as it is printed */
    bool grey;
};

static void put_bar(FILE *out, const struct bar *bar)
{
    fprintf(out, "%s\t%" PRId64 "\t%s\t%zu\t%d\t%zu\n", bar->label, bar->value, bar->text,
            escape_width(bar->label), bar->grey, escape_width(bar->text));
}

/* A share of the table as it stands beside its bar. */
static const char *with_percent(const struct document *document, struct phrases *phrases,
                                const char *share)
{
    return language_say(document->language, phrases, MESSAGE_PERCENT_BESIDE_BAR,
                        MESSAGE_ARGUMENTS(language_text("number", share)));
}

/* False when memory is short. */
static bool write_data(FILE *out, const struct document *document, enum chart_kind kind)
{
    const struct figures *figures = document->figures;
    struct phrases phrases;

    phrases_init(&phrases);
    for (size_t i = 0; kind == CHART_MONTHS && i < figures->month_count; i++) {
        const char *const *cells = document->months.rows[i].cells;

        put_bar(out, &(struct bar){cells[0], figures->months[i].infections, cells[1], false});
    }
    for (size_t i = 0; kind == CHART_SHARES && i <= figures->ranked; i++) {
        const char *const *cells = document->shares.rows[i].cells;
        bool other = i == figures->ranked;
        int32_t share = other ? figures->other.share : figures->countries[i].share;

        put_bar(out,
                &(struct bar){cells[1], share, with_percent(document, &phrases, cells[3]), other});
    }

    bool whole = !phrases.failed;

    phrases_clear(&phrases);
    return whole;
}

static void write_script(FILE *out, enum chart_kind kind, enum chart_format format)
{
    fputs(chart_script_begin, out);
    fputs(kind == CHART_MONTHS ? chart_script_months_size : chart_script_shares_size, out);
    fputs(format == CHART_SVG ? chart_script_svg : chart_script_png, out);
    fputs(kind == CHART_MONTHS ? chart_script_months : chart_script_shares, out);
}

static FILE *open_in(const char *folder, const char *name, const char *mode)
{
    char path[PATH_SIZE + FILE_NAME_SIZE];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return fopen(path, mode);
}

static bool close_written(FILE *file)
{
    bool written = !ferror(file);

    return fclose(file) == 0 && written;
}

static enum status write_inputs(const char *folder, const struct document *document,
                                enum chart_kind kind, enum chart_format format, struct error *error)
{
    FILE *script = open_in(folder, "script", "w");
    FILE *titles = open_in(folder, "titles", "w");
    FILE *data = open_in(folder, "data", "w");
    bool written = script != NULL && titles != NULL && data != NULL;

    if (written) {
        write_script(script, kind, format);
        write_titles(titles, document, kind);
        written = write_data(data, document, kind);
        if (!written)
            errno = ENOMEM;
    }
    written = (script == NULL || close_written(script)) && written;
    written = (titles == NULL || close_written(titles)) && written;
    written = (data == NULL || close_written(data)) && written;
    if (!written)
        return error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
    return STATUS_OK;
}

/* ---- running it */

/* In the child: never returns. What goes wrong before gnuplot runs is a message like gnuplot's. */
static void run_gnuplot(const char *folder, int messages)
{
    sigset_t none;
    int null = open("/dev/null", O_RDWR);

    if (null < 0 || chdir(folder) != 0 || dup2(null, STDIN_FILENO) < 0 ||
        dup2(null, STDOUT_FILENO) < 0 || dup2(messages, STDERR_FILENO) < 0) {
        dprintf(messages, "%s\n", strerror(errno));
        _exit(EXIT_NOT_RUN);
    }
    /* The alarm outlives exec and ends a gnuplot that hangs. */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGALRM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    alarm(CHART_SECONDS_MAX);
    execlp("gnuplot", "gnuplot", "-d", "script", (char *)NULL);
    dprintf(messages, "%s\n", strerror(errno));
    _exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN);
}

/* The last line that gnuplot wrote to stderr: what it stumbled over. */
static void read_message(const char *folder, char *message, size_t size)
{
    FILE *messages = open_in(folder, "messages", "r");
    char line[256];

    snprintf(message, size, "no message");
    while (messages != NULL && fgets(line, sizeof(line), messages) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[strspn(line, " ^")] != '\0')
            snprintf(message, size, "%s", line + strspn(line, " ^"));
    }
    if (messages != NULL)
        fclose(messages);
}

static enum status explain_exit(const char *folder, int state, struct error *error)
{
    char message[256];

    if (WIFEXITED(state) && WEXITSTATUS(state) == EXIT_SUCCESS)
        return STATUS_OK;
    if (WIFEXITED(state) && WEXITSTATUS(state) == EXIT_NOT_FOUND)
        return error_set(error, STATUS_FATAL,
                         "charts need gnuplot, which is not installed (Debian: gnuplot-nox)");
    if (WIFSIGNALED(state) && WTERMSIG(state) == SIGALRM)
        return error_set(error, STATUS_FATAL, "gnuplot took more than %d seconds and was ended",
                         CHART_SECONDS_MAX);
    if (WIFSIGNALED(state))
        return error_set(error, STATUS_FATAL, "gnuplot was ended by signal %d", WTERMSIG(state));
    read_message(folder, message, sizeof(message));
    return error_set(error, STATUS_FATAL, "gnuplot %s: %s",
                     WIFEXITED(state) && WEXITSTATUS(state) == EXIT_NOT_RUN ? "could not be started"
                                                                            : "failed",
                     message);
}

static enum status start_failure(struct error *error)
{
    return error_set(error, STATUS_FATAL, "gnuplot could not be started: %s", strerror(errno));
}

static enum status draw_in(const char *folder, struct error *error)
{
    char path[PATH_SIZE + FILE_NAME_SIZE];
    enum status status = STATUS_OK;
    pid_t child;
    int state = 0;

    snprintf(path, sizeof(path), "%s/messages", folder);

    int messages = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (messages < 0)
        return start_failure(error);
    fflush(NULL); /* so that the child has nothing of ours to write */
    child = fork();
    if (child == 0)
        run_gnuplot(folder, messages);
    if (child < 0)
        status = start_failure(error);
    close(messages);
    while (child > 0 && status == STATUS_OK && waitpid(child, &state, 0) < 0)
        if (errno != EINTR)
            status = error_set(error, STATUS_FATAL, "gnuplot was lost: %s", strerror(errno));
    return status == STATUS_OK ? explain_exit(folder, state, error) : status;
}

/* ---- what it wrote */

static enum status read_image(const char *folder, struct chart_image *out, struct error *error)
{
    FILE *file = open_in(folder, "image", "r");
    struct stat state;
    char *bytes = NULL;

    if (file == NULL || fstat(fileno(file), &state) != 0) {
        error_set(error, STATUS_FATAL, "gnuplot's image: %s", strerror(errno));
        goto fail;
    }
    bytes = malloc((size_t)state.st_size + 1);
    if (bytes == NULL) {
        error_set(error, STATUS_FATAL, "gnuplot's image: %s", strerror(errno));
        goto fail;
    }
    if (state.st_size == 0 ||
        fread(bytes, 1, (size_t)state.st_size, file) != (size_t)state.st_size) {
        error_set(error, STATUS_FATAL, "gnuplot left no whole image in %s", folder);
        goto fail;
    }
    bytes[state.st_size] = '\0';
    *out = (struct chart_image){bytes, (size_t)state.st_size};
    fclose(file);
    return STATUS_OK;
fail:
    free(bytes);
    if (file != NULL)
        fclose(file);
    return STATUS_FATAL;
}

/* Removes everything from each `open` to the next `close`, but for the first `kept` bytes of
 * `open`. It starts with a tag's "<", which gnuplot escapes in labels: what is cut is never a
 * label's. */
static void cut_between(struct chart_image *image, const char *open, const char *close, size_t kept)
{
    char *from = image->bytes;

    while ((from = strstr(from, open)) != NULL) {
        char *end = strstr(from + strlen(open), close);

        if (end == NULL)
            break;
        from += kept;
        end += strlen(close);
        memmove(from, end, strlen(end) + 1);
    }
    image->length = strlen(image->bytes);
}

/* gnuplot leaves > in labels as it is, and XML forbids ]]> in text. False when memory is short. */
static bool escape_brackets(struct chart_image *image)
{
    static const char escaped[] = "&gt;";
    const size_t longer = strlen(escaped) - 1;
    char *from = image->bytes;

    while ((from = strstr(from, "]]>")) != NULL) {
        size_t place = (size_t)(from - image->bytes) + 2;
        char *grown = realloc(image->bytes, image->length + longer + 1);

        if (grown == NULL)
            return false;
        image->bytes = grown;
        from = grown + place;
        memmove(from + longer, from, image->length - place + 1);
        memcpy(from, escaped, strlen(escaped));
        image->length += longer;
    }
    return true;
}

/* Makes the SVG fit to stand in a page beside another: symbols that nothing uses, ids, and titles
 * (they quote the script, and browsers show them as tool tips) go. False when memory is short. */
static bool clean_svg(struct chart_image *image)
{
    if (!escape_brackets(image))
        return false;
    cut_between(image, "<defs>", "</defs>", 0);
    cut_between(image, "<title>", "</title>", 0);
    cut_between(image, "<desc>", "</desc>", 0);
    cut_between(image, "<g id=\"", "\"", strlen("<g"));
    return true;
}

static void remove_folder(const char *folder)
{
    char path[PATH_SIZE + FILE_NAME_SIZE];

    for (size_t i = 0; i < sizeof(folder_files) / sizeof(*folder_files); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, folder_files[i]);
        unlink(path);
    }
    rmdir(folder);
}

static enum status make_folder(char folder[PATH_SIZE], struct error *error)
{
    const char *parent = getenv("TMPDIR");

    if (parent == NULL || *parent == '\0')
        parent = "/tmp";
    if (strlen(parent) + sizeof(FOLDER_TEMPLATE) > PATH_SIZE - 16)
        return error_set(error, STATUS_FATAL, "TMPDIR is too long");
    snprintf(folder, PATH_SIZE, "%s" FOLDER_TEMPLATE, parent);
    if (mkdtemp(folder) == NULL)
        return error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
    return STATUS_OK;
}

enum status chart_draw(const struct document *document, enum chart_kind kind,
                       enum chart_format format, struct chart_image *out, struct error *error)
{
    char folder[PATH_SIZE];
    enum status status = make_folder(folder, error);

    if (status != STATUS_OK)
        return status;
    status = write_inputs(folder, document, kind, format, error);
    if (status == STATUS_OK)
        status = draw_in(folder, error);
    if (status == STATUS_OK)
        status = read_image(folder, out, error);
    remove_folder(folder);
    if (status == STATUS_OK && format == CHART_SVG && !clean_svg(out)) {
        chart_image_clear(out);
        status = error_set(error, STATUS_FATAL, "out of memory");
    }
    return status;
}
