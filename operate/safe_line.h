/* A line for a terminal: its name in front, broken where the terminal ends, and harmless whatever
 * it holds, since names come from outside. */
#ifndef KANSEN_OPERATE_SAFE_LINE_H
#define KANSEN_OPERATE_SAFE_LINE_H

#include <stdio.h>

/* `name` is padded to `indent` columns, where the lines that follow begin too. The rest is as
 * printf has it, cut at two thousand bytes. */
__attribute__((format(printf, 4, 5))) void safe_line(FILE *out, const char *name, int indent,
                                                     const char *format, ...);

#endif
