/* Small fonts for what is made for paper.
 *
 * Noto Sans CJK, which pages and charts name, has 65,535 characters: WeasyPrint takes ten seconds
 * to cut it, and cairo leaves a megabyte of it in a chart. So it is cut to the text's own
 * characters first, by hb-subset, in less than a tenth of a second, and fontconfig is told to take
 * what is left in its place. Where hb-subset, fc-list or the font is missing, paper looks the same,
 * and is slower and larger. */
#ifndef KANSEN_REPORTS_CHARTS_PAPER_FONTS_H
#define KANSEN_REPORTS_CHARTS_PAPER_FONTS_H

#include "kansen/status.h"
#include "process/tool.h"

/* What may come to stand in the tool's folder, for tool_open. */
#define PAPER_FONTS_FILES "fonts.list", "fonts.conf", "regular.otf", "bold.otf"

/* "FONTCONFIG_FILE=" and a path. */
#define PAPER_FONTS_SIZE (FOLDER_PATH_SIZE + 64)

/* Cuts the fonts to the characters of a file in the tool's folder, HTML or SVG. A program with this
 * line in its environment takes them; "": nothing was cut, since something is missing.
 * STATUS_FATAL: a program failed. The same report would have other bytes without it, so it isn't
 * made. */
enum status paper_fonts_cut(const struct tool *tool, const char *text_file,
                            char environment[PAPER_FONTS_SIZE], struct error *error) MUST_CHECK;

#endif
