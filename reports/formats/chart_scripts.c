#include "reports/formats/chart_scripts.h"

/* Blue, grey and sky blue of the Okabe-Ito palette: told apart by every kind of colour vision, and
 * in print. */
const char chart_script_begin[] =
    "set encoding utf8\n"
    "set datafile separator '\\t'\n"
    "set datafile commentschars ''\n"
    "stats 'data' using 2 nooutput name 'value'\n"
    "stats 'data' using 4 nooutput name 'label'\n"
    "bars = value_records\n"
    "top = value_max > 0 ? value_max : 1\n"
    "bar_color(shade) = shade == 1 ? 0x999999 : shade == 2 ? 0x9ccbe8 : 0x0072b2\n"
    "title_height = 74.0\n"
    "edge = 20.0\n"
    "column = 8.2\n"
    "unset key\n"
    "set style fill solid noborder\n";

/* Bars stand side by side. When a label or a value is wider than its bar's place, all are turned,
 * and the chart grows in width with its bars. */
const char chart_script_columns_size[] =
    "stats 'data' using 6 nooutput name 'text'\n"
    "place = 720.0 / bars\n"
    "crowded = label_max * column > place || text_max * column > place\n"
    "width = crowded && bars > 20 ? 40 + 36 * bars : 760\n"
    "below = crowded ? 20 + label_max * column : 44.0\n"
    "above = crowded ? 10 + text_max * column : 24.0\n"
    "height = 220 + title_height + above + below\n";

/* Bars lie below each other, as many as there are. */
const char chart_script_bars_size[] = "width = 760\n"
                                      "row = 26.0\n"
                                      "height = title_height + row * bars + 16\n";

const char chart_script_svg[] =
    "set terminal svg noenhanced size width, height font 'Noto Sans CJK JP,14' background "
    "'#ffffff'\n"
    "set output 'image'\n"
    "large = ',18'\n"
    "small = ',13'\n";

/* Twice the pixels, for paper and fine screens; a point of cairo's is 4/3 of a pixel. */
const char chart_script_png[] =
    "set terminal pngcairo noenhanced size 2 * width, 2 * height fontscale 2 linewidth 2 "
    "font 'Noto Sans CJK JP,10.5' background '#ffffff'\n"
    "set output 'image'\n"
    "large = ',13.5'\n"
    "small = ',9.75'\n";

/* A value that is printed turned has its straight label below the plot, where nothing is drawn, and
 * the other way round. NaN would do the same, but gnuplot 5.4 crashes when all labels are NaN. */
const char chart_script_columns[] =
    "set lmargin at screen edge / width\n"
    "set rmargin at screen 1 - edge / width\n"
    "set bmargin at screen below / height\n"
    "set tmargin at screen 1\n"
    "plot_height = height - below\n"
    "pixel = top / (plot_height - title_height - above)\n"
    "set xrange [-0.7:bars - 0.3]\n"
    "set yrange [0:pixel * plot_height]\n"
    "set border 1 linecolor '#888888'\n"
    "unset ytics\n"
    "set xtics scale 0 textcolor '#222222'\n"
    "if (crowded) { set xtics rotate by 90 right }\n"
    "set boxwidth 0.64\n"
    "straight = crowded ? -1 : 1\n"
    "turned = crowded ? 1 : -1\n"
    "plot 'data' using 0:2:(bar_color($5)):xtic(1) with boxes linecolor rgb variable, \\\n"
    "     'data' using 0:(straight * ($2 + 13 * pixel)):3 "
    "with labels center textcolor '#222222', \\\n"
    "     'data' using 0:(turned * ($2 + 6 * pixel)):3 "
    "with labels left rotate by 90 textcolor '#222222', \\\n"
    "     'titles' every ::0::0 using (-0.7):(pixel * (plot_height - 24)):1 "
    "with labels left font large textcolor '#222222', \\\n"
    "     'titles' every ::1::1 using (-0.7):(pixel * (plot_height - 48)):1 "
    "with labels left font small textcolor '#555555'\n";

const char chart_script_bars[] =
    "left = edge + 10 + label_max * column\n"
    "set lmargin at screen 0\n"
    "set rmargin at screen 1\n"
    "set bmargin at screen 0\n"
    "set tmargin at screen 1\n"
    "pixel = top / (width - left - edge - 70)\n"
    "set xrange [-left * pixel:(width - left) * pixel]\n"
    "set yrange [bars - 0.5 + 16 / row:-0.5 - title_height / row]\n"
    "unset border\n"
    "unset xtics\n"
    "unset ytics\n"
    "title_x = (edge - left) * pixel\n"
    "title_y(y) = -0.5 - (title_height - y) / row\n"
    "plot 'data' using ($2 / 2):0:($2 / 2):(0.36):(bar_color($5)) "
    "with boxxyerror linecolor rgb variable, \\\n"
    "     'data' using (-8 * pixel):0:1 with labels right textcolor '#222222', \\\n"
    "     'data' using ($2 + 8 * pixel):0:3 with labels left textcolor '#222222', \\\n"
    "     'titles' every ::0::0 using (title_x):(title_y(24)):1 "
    "with labels left font large textcolor '#222222', \\\n"
    "     'titles' every ::1::1 using (title_x):(title_y(48)):1 "
    "with labels left font small textcolor '#555555'\n";
