/* gnuplot's scripts, constant, one for each kind of chart. They read two files of the folder they
 * run in:
 *
 * titles  two lines: what the chart shows; the threat and the window
 * data    a line a bar, separated by tabs: label, value, the value as text, columns that the label
 *         takes, 1 when the bar is to be grey and 2 when light, columns that the value's text takes
 *
 * and write "image". Separators and comments are set so that no character of a label is special,
 * and `noenhanced` keeps gnuplot from reading markup in it. Sizes are in pixels. */
#ifndef KANSEN_REPORTS_FORMATS_CHART_SCRIPTS_H
#define KANSEN_REPORTS_FORMATS_CHART_SCRIPTS_H

/* Runs first; the terminal is set when the size is known. */
extern const char chart_script_begin[];

/* Where the kind's own part defines width and height. */
extern const char chart_script_columns_size[];
extern const char chart_script_bars_size[];

extern const char chart_script_svg[];
extern const char chart_script_png[];

extern const char chart_script_columns[];
extern const char chart_script_bars[];

#endif
