#include "reports/formats/chart.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/child.h"
#include "process/leftovers.h"
#include "reports/formats/chart_scripts.h"
#include "reports/formats/glyphs.h"
#include "text/escape.h"

/* The temporary folder and the name of a file in it. */
#define PATH_SIZE 1024
#define FILE_NAME_SIZE 32

#define FOLDER_TEMPLATE "/kansen-chart-XXXXXX"

/* What fits into the chart's subtitle; longer names are cut there and whole in the text. */
#define SUBTITLE_COLUMNS 96

/* Names of the files inside the private folder. */
static const char *const folder_files[] = {"script", "titles", "data", "image", "messages", NULL};

struct kind_scripts {
    const char *size;
    const char *plot;
};

static const struct kind_scripts kinds[CHART_KINDS] = {
    [CHART_COLUMNS] = {chart_script_columns_size, chart_script_columns},
    [CHART_BARS] = {chart_script_bars_size, chart_script_bars},
};

struct format_traits {
    const char *name;
    const char *terminal; /* script */
    const char *end;      /* how a whole image ends */
};

static const struct format_traits formats[CHART_FORMATS] = {
    [CHART_SVG] = {"svg", chart_script_svg, "</svg>\n\n"},
    [CHART_PNG] = {"png", chart_script_png, "IEND\xAE\x42\x60\x82"},
};

const char *chart_format_name(enum chart_format format)
{
    return formats[format].name;
}

void chart_image_clear(struct chart_image *image)
{
    free(image->bytes);
    *image = (struct chart_image){0};
}

/* ---- what gnuplot reads */

/* Of the characters that are written as they are; \u{…} is wider. */
#define CHARACTER_COLUMNS_MAX 2

/* A character of UTF-8, or \u{10FFFF}. */
#define CHARACTER_SIZE 16

/* What is written into: a picture that is drawn here needs a glyph for each character. */
struct ink {
    FILE *out;
    bool needs_glyphs;
};

/* Takes the next character off text and writes how it is shown: as it is, or as its number, like
 * one that acts instead of being seen (text/escape.h). */
static void take_character(const struct ink *ink, const char **text, char shown[CHARACTER_SIZE])
{
    const char *start = *text;
    int32_t character = escape_next(text);
    size_t size = (size_t)(*text - start);

    if (ink->needs_glyphs && !glyphs_can_draw(character)) {
        snprintf(shown, CHARACTER_SIZE, "\\u{%04" PRIX32 "}", (uint32_t)character);
        return;
    }
    memcpy(shown, start, size);
    shown[size] = '\0';
}

/* gnuplot takes \n and the like in a label for what they mean in C, so a backslash is doubled: one
 * of the text's own, and the one that opens \u{…}. Before that it takes quotes for what they mean
 * in CSV, so a quote is written as a number; four octal digits are the most that it reads. */
static void put_cut(const struct ink *ink, const char *text, size_t columns)
{
    while (*text != '\0') {
        char shown[CHARACTER_SIZE];

        take_character(ink, &text, shown);

        size_t width = escape_width(shown);

        if (width + 1 > columns && *text != '\0') {
            fputs("…", ink->out);
            return;
        }
        if (*shown == '\\' || width > CHARACTER_COLUMNS_MAX)
            fputc('\\', ink->out);
        if (*shown == '"')
            fputs("\\0042", ink->out);
        else
            escape_plain(ink->out, shown);
        columns -= width < columns ? width : columns;
    }
}

static size_t ink_width(const struct ink *ink, const char *text)
{
    size_t width = 0;

    while (*text != '\0') {
        char shown[CHARACTER_SIZE];

        take_character(ink, &text, shown);
        width += escape_width(shown);
    }
    return width;
}

static void write_titles(const struct ink *ink, const struct document *document,
                         const struct chart *chart)
{
    const char *mark = document->mark == NULL ? "" : document->mark;
    const char *dot = document->mark == NULL ? "" : " · ";
    size_t taken = ink_width(ink, " · ") + ink_width(ink, document->window) + ink_width(ink, dot) +
                   ink_width(ink, mark);

    put_cut(ink, chart->title, SIZE_MAX);
    fputc('\n', ink->out);
    put_cut(ink, document->threat, taken < SUBTITLE_COLUMNS ? SUBTITLE_COLUMNS - taken : 0);
    put_cut(ink, " · ", SIZE_MAX);
    put_cut(ink, document->window, SIZE_MAX);
    put_cut(ink, dot, SIZE_MAX);
    put_cut(ink, mark, SIZE_MAX);
    fputc('\n', ink->out);
}

/* As the scripts' bar_color reads it. */
static int shade_of(const struct table_row *row)
{
    return row->kind == ROW_OTHER ? 1 : row->provisional ? 2 : 0;
}

static void put_bar(const struct ink *ink, const struct chart *chart, const struct table_row *row)
{
    const char *label = table_text(row, COLUMN_NAME);
    const char *text = row->bar == NULL ? table_text(row, chart->value) : row->bar;

    put_cut(ink, label, SIZE_MAX);
    fprintf(ink->out, "\t%" PRId64 "\t%s\t%zu\t%d\t%zu\n", row->cells[chart->value].value, text,
            ink_width(ink, label), shade_of(row), escape_width(text));
}

static void write_data(const struct ink *ink, const struct section *section)
{
    const struct table *table = &section->table;

    for (size_t i = 0; i < table->row_count; i++)
        if (table->rows[i].kind == ROW_BODY || table->rows[i].kind == ROW_OTHER)
            put_bar(ink, &section->chart, &table->rows[i]);
}

static void write_script(FILE *out, enum chart_kind kind, enum chart_format format)
{
    fputs(chart_script_begin, out);
    fputs(kinds[kind].size, out);
    fputs(formats[format].terminal, out);
    fputs(kinds[kind].plot, out);
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
                                const struct section *section, enum chart_format format,
                                struct error *error)
{
    FILE *script = open_in(folder, "script", "w");
    FILE *titles = open_in(folder, "titles", "w");
    FILE *data = open_in(folder, "data", "w");
    bool written = script != NULL && titles != NULL && data != NULL;

    if (written) {
        write_script(script, section->chart.kind, format);
        write_titles(&(struct ink){titles, format == CHART_PNG}, document, &section->chart);
        write_data(&(struct ink){data, format == CHART_PNG}, section);
        glyphs_forget();
    }
    written = (script == NULL || close_written(script)) && written;
    written = (titles == NULL || close_written(titles)) && written;
    written = (data == NULL || close_written(data)) && written;
    if (!written)
        return error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
    return STATUS_OK;
}

/* ---- running it */

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

/* Takes its end from the system only while no signal can come between that and our forgetting it.
 */
static enum status wait_for_child(const struct child_settings *settings, pid_t child, int *ending,
                                  struct error *error)
{
    siginfo_t state;
    enum status status;

    while (waitid(P_PID, (id_t)child, &state, WEXITED | WNOWAIT) != 0 && errno == EINTR)
        continue;
    leftovers_block();
    status = child_wait(settings, child, ending, error);
    leftovers_note_child(0);
    leftovers_unblock();
    return status;
}

static enum status run_gnuplot(const char *folder, struct error *error)
{
    static const char *const argv[] = {"gnuplot", "-d", "script", NULL};
    char path[PATH_SIZE + FILE_NAME_SIZE];
    char message[256];
    struct child_settings settings = {
        .argv = argv,
        .missing = "charts need gnuplot, which is not installed (Debian: gnuplot-nox)",
        .folder = folder,
        .input = "/dev/null",
        .output = "/dev/null",
        .messages = path,
        .user = geteuid(),
        .end_signal = SIGKILL, /* should we be killed ourselves */
        .seconds_max = CHART_SECONDS_MAX};
    int ending = 0;
    pid_t child;

    snprintf(path, sizeof(path), "%s/messages", folder);

    leftovers_block();

    enum status status = child_start(&settings, &child, error);

    if (status == STATUS_OK)
        leftovers_note_child(child);
    leftovers_unblock();
    if (status == STATUS_OK)
        status = wait_for_child(&settings, child, &ending, error);
    if (status != STATUS_OK)
        return status;
    if (!WIFEXITED(ending) || WEXITSTATUS(ending) == EXIT_SUCCESS)
        return child_check(&settings, ending, error);
    read_message(folder, message, sizeof(message));
    return error_set(error, STATUS_FATAL, "gnuplot failed: %s", message);
}

/* ---- what it wrote */

/* gnuplot ends with 0 also when the disk was full before its image was whole. */
static bool is_whole(const char *bytes, size_t length, enum chart_format format)
{
    const char *end = formats[format].end;
    size_t end_length = strlen(end);

    return length >= end_length && memcmp(bytes + length - end_length, end, end_length) == 0;
}

static enum status read_image(const char *folder, enum chart_format format, struct chart_image *out,
                              struct error *error)
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
    if (fread(bytes, 1, (size_t)state.st_size, file) != (size_t)state.st_size ||
        !is_whole(bytes, (size_t)state.st_size, format)) {
        error_set(error, STATUS_FATAL, "gnuplot left no whole image in %s; is the disk full?",
                  folder);
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

static enum status make_folder(char folder[PATH_SIZE], struct error *error)
{
    const char *parent = getenv("TMPDIR");

    if (parent == NULL || *parent == '\0')
        parent = "/tmp";
    if (strlen(parent) + sizeof(FOLDER_TEMPLATE) > PATH_SIZE - 16)
        return error_set(error, STATUS_FATAL, "TMPDIR is too long");
    snprintf(folder, PATH_SIZE, "%s" FOLDER_TEMPLATE, parent);
    if (!leftovers_make_folder(folder, folder_files))
        return error_set(error, STATUS_FATAL, "%s: %s", folder, strerror(errno));
    return STATUS_OK;
}

enum status chart_draw(const struct document *document, const struct section *section,
                       enum chart_format format, struct chart_image *out, struct error *error)
{
    char folder[PATH_SIZE];
    enum status status = make_folder(folder, error);

    if (status != STATUS_OK)
        return status;
    status = write_inputs(folder, document, section, format, error);
    if (status == STATUS_OK)
        status = run_gnuplot(folder, error);
    if (status == STATUS_OK)
        status = read_image(folder, format, out, error);
    leftovers_take_away(folder);
    if (status == STATUS_OK && format == CHART_SVG && !clean_svg(out)) {
        chart_image_clear(out);
        status = error_set(error, STATUS_FATAL, "out of memory");
    }
    return status;
}
