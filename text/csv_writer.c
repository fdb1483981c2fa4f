#include "text/csv_writer.h"

#include "text/escape.h"

void csv_writer_init(struct csv_writer *writer, FILE *out)
{
    *writer = (struct csv_writer){.out = out};
}

static void begin_field(struct csv_writer *writer)
{
    if (writer->inside)
        fputc(',', writer->out);
    writer->inside = true;
}

void csv_writer_field(struct csv_writer *writer, const char *text)
{
    begin_field(writer);
    if (text != NULL)
        escape_csv(writer->out, text);
}

void csv_writer_number(struct csv_writer *writer, const char *number)
{
    begin_field(writer);
    if (number != NULL)
        fputs(number, writer->out);
}

void csv_writer_end(struct csv_writer *writer)
{
    fputs("\r\n", writer->out);
    writer->inside = false;
}
