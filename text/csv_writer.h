/* CSV (RFC 4180), field by field: commas, quotes and line ends are the writer's.
 *
 * Every part of the program that prints CSV prints it with this. A failed write stays in the
 * stream's error flag. */
#ifndef KANSEN_TEXT_CSV_WRITER_H
#define KANSEN_TEXT_CSV_WRITER_H

#include <stdbool.h>
#include <stdio.h>

struct csv_writer {
    FILE *out;
    bool inside; /* a record that has fields already */
};

/* Nothing has to be cleared afterwards. */
void csv_writer_init(struct csv_writer *writer, FILE *out);

/* The next field, harmless in a spreadsheet (text/escape.h); NULL is an empty one. */
void csv_writer_field(struct csv_writer *writer, const char *text);

/* The same of a number of the program's own, which no spreadsheet takes for a formula: "-0.50". */
void csv_writer_number(struct csv_writer *writer, const char *number);

/* Ends the record. */
void csv_writer_end(struct csv_writer *writer);

#endif
