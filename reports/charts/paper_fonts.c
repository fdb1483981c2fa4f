#include "reports/charts/paper_fonts.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text/escape.h"

#define FAMILY "Noto Sans CJK JP"

/* Each takes a tenth of a second. */
#define SECONDS_MAX 20

/* Characters that a text may come to show without holding them: numbers of pages, marks of lists,
 * hyphens, letters whose case a style changes. */
#define UNICODES "--unicodes+=20-17f,2010-2026,25aa,25cf,25e6,3000"

/* A line of fc-list: weight, index in the file, the file. */
#define LINE_SIZE (FOLDER_PATH_SIZE + 32)

enum weight { REGULAR, BOLD, WEIGHTS };

static const struct {
    const char *number; /* fontconfig's */
    const char *file;   /* what is left */
} weights[WEIGHTS] = {[REGULAR] = {"80", "regular.otf"}, [BOLD] = {"200", "bold.otf"}};

struct font {
    char index[16];
    char path[FOLDER_PATH_SIZE]; /* "": there is none */
};

/* STATUS_REJECT: there is no such program. */
static enum status run(const struct tool *tool, const char *const *argv, const char *output,
                       struct error *error)
{
    const struct tool_program program = {
        .argv = argv, .missing = "", .output = output, .seconds_max = SECONDS_MAX};
    struct error why;
    enum status status = tool_run(tool, &program, &why);

    if (status == STATUS_OK || status == STATUS_REJECT)
        return status;
    return error_set(error, STATUS_FATAL, "the fonts cannot be cut for paper: %.700s", why.message);
}

/* A weight in several files: the last one counts. */
static void read_line(char *line, struct font fonts[WEIGHTS])
{
    char *index = strchr(line, '\t');
    char *path = index == NULL ? NULL : strchr(index + 1, '\t');

    if (path == NULL)
        return;
    *index++ = '\0';
    *path++ = '\0';
    path[strcspn(path, "\n")] = '\0';
    for (int i = 0; i < WEIGHTS; i++)
        if (strcmp(line, weights[i].number) == 0) {
            snprintf(fonts[i].index, sizeof(fonts[i].index), "%s", index);
            snprintf(fonts[i].path, sizeof(fonts[i].path), "%s", path);
        }
}

/* STATUS_REJECT: there is no fc-list, or no such font. */
static enum status find(const struct tool *tool, struct font fonts[WEIGHTS], struct error *error)
{
    const char *const argv[] = {"fc-list", "--format", "%{weight}\t%{index}\t%{file}\n", FAMILY,
                                NULL};
    enum status status = run(tool, argv, "fonts.list", error);
    FILE *list = status == STATUS_OK ? tool_file(tool, "fonts.list", "r") : NULL;
    char line[LINE_SIZE];

    if (status == STATUS_OK && list == NULL)
        status = error_set(error, STATUS_FATAL, "%s/fonts.list: %s", tool->folder, strerror(errno));
    while (list != NULL && fgets(line, sizeof(line), list) != NULL)
        read_line(line, fonts);
    if (list != NULL)
        fclose(list);
    tool_drop(tool, "fonts.list");
    if (status == STATUS_OK && (fonts[REGULAR].path[0] == '\0' || fonts[BOLD].path[0] == '\0'))
        return STATUS_REJECT;
    return status;
}

static enum status cut(const struct tool *tool, const struct font *font, const char *text_file,
                       const char *to, struct error *error)
{
    const char *const argv[] = {
        "hb-subset", font->path, "--face-index",  font->index, "--text-file",
        text_file,   UNICODES,   "--output-file", to,          NULL};

    return run(tool, argv, NULL, error);
}

/* The whole fonts stand aside, those that were cut take their place, all else is as on this
 * machine. Nothing is worth to be remembered of a folder that will be gone, so the first cache of
 * folders is one that can't be written to. */
static enum status write_settings(const struct tool *tool, const struct font fonts[WEIGHTS],
                                  struct error *error)
{
    const char *theirs = getenv("FONTCONFIG_FILE");
    FILE *out = tool_file(tool, "fonts.conf", "w");

    if (out == NULL)
        return error_set(error, STATUS_FATAL, "%s/fonts.conf: %s", tool->folder, strerror(errno));
    fputs("<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"urn:fontconfig:fonts.dtd\">\n"
          "<fontconfig>\n<cachedir>/dev/null</cachedir>\n<dir prefix=\"relative\">.</dir>\n"
          "<selectfont><rejectfont>\n",
          out);
    for (int i = 0; i < WEIGHTS; i++) {
        fputs("<glob>", out);
        escape_html(out, fonts[i].path);
        fputs("</glob>\n", out);
    }
    fputs("</rejectfont></selectfont>\n<include ignore_missing=\"yes\">", out);
    escape_html(out, theirs == NULL ? "/etc/fonts/fonts.conf" : theirs);
    fputs("</include>\n</fontconfig>\n", out);

    bool written = !ferror(out);

    if (fclose(out) != 0 || !written)
        return error_set(error, STATUS_FATAL, "%s/fonts.conf: %s", tool->folder, strerror(errno));
    return STATUS_OK;
}

enum status paper_fonts_cut(const struct tool *tool, const char *text_file,
                            char environment[PAPER_FONTS_SIZE], struct error *error)
{
    struct font *fonts = calloc(WEIGHTS, sizeof(*fonts));
    enum status status;

    *environment = '\0';
    if (fonts == NULL)
        return error_set(error, STATUS_FATAL, "out of memory");
    /* Who runs in the folder finds no settings by a path that begins elsewhere. */
    status = *tool->folder == '/' ? find(tool, fonts, error) : STATUS_REJECT;
    for (int i = 0; i < WEIGHTS && status == STATUS_OK; i++)
        status = cut(tool, &fonts[i], text_file, weights[i].file, error);
    if (status == STATUS_OK)
        status = write_settings(tool, fonts, error);
    free(fonts);
    if (status == STATUS_OK)
        snprintf(environment, PAPER_FONTS_SIZE, "FONTCONFIG_FILE=%s/fonts.conf", tool->folder);
    return status == STATUS_REJECT ? STATUS_OK : status;
}
