#include "reports/charts/paper_fonts.h"

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

static bool run(const struct tool *tool, const char *const *argv, const char *output)
{
    const struct tool_program program = {
        .argv = argv, .missing = "", .output = output, .seconds_max = SECONDS_MAX};
    struct error ignored;

    return tool_run(tool, &program, &ignored) == STATUS_OK;
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

static bool find(const struct tool *tool, struct font fonts[WEIGHTS])
{
    const char *const argv[] = {"fc-list", "--format", "%{weight}\t%{index}\t%{file}\n", FAMILY,
                                NULL};
    FILE *list = run(tool, argv, "fonts.list") ? tool_file(tool, "fonts.list", "r") : NULL;
    char line[LINE_SIZE];

    while (list != NULL && fgets(line, sizeof(line), list) != NULL)
        read_line(line, fonts);
    if (list != NULL)
        fclose(list);
    tool_drop(tool, "fonts.list");
    return fonts[REGULAR].path[0] != '\0' && fonts[BOLD].path[0] != '\0';
}

static bool cut(const struct tool *tool, const struct font *font, const char *text_file,
                const char *to)
{
    const char *const argv[] = {
        "hb-subset", font->path, "--face-index",  font->index, "--text-file",
        text_file,   UNICODES,   "--output-file", to,          NULL};

    return run(tool, argv, NULL);
}

/* The whole fonts stand aside, those that were cut take their place, all else is as on this
 * machine. Nothing is worth to be remembered of a folder that will be gone, so the first cache of
 * folders is one that can't be written to. */
static bool write_settings(const struct tool *tool, const struct font fonts[WEIGHTS])
{
    const char *theirs = getenv("FONTCONFIG_FILE");
    FILE *out = tool_file(tool, "fonts.conf", "w");

    if (out == NULL)
        return false;
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

    return fclose(out) == 0 && written;
}

bool paper_fonts_cut(const struct tool *tool, const char *text_file,
                     char environment[PAPER_FONTS_SIZE])
{
    struct font *fonts = calloc(WEIGHTS, sizeof(*fonts));
    /* Who runs in the folder finds no settings by a path that begins elsewhere. */
    bool done = fonts != NULL && *tool->folder == '/' && find(tool, fonts);

    for (int i = 0; i < WEIGHTS && done; i++)
        done = cut(tool, &fonts[i], text_file, weights[i].file);
    done = done && write_settings(tool, fonts);
    free(fonts);
    snprintf(environment, PAPER_FONTS_SIZE, "FONTCONFIG_FILE=%s/fonts.conf", tool->folder);
    return done;
}
