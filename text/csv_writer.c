#include "text/csv_writer.h"

#include "text/escape.h"

void csv_writer_init(struct csv_writer *writer, FILE *out)
{
    *writer = (struct csv_writer){.out = out};
}

void csv_writer_field(struct csv_writer *writer, const char *text)
{
    if (writer->inside)
        fputc(',', writer->out);
    writer->inside = true;
    if (text != NULL)
        escape_csv(writer->out, text);
}

void csv_writer_end(struct csv_writer *writer)
{
    fputs("\r\n", writer->out);
    writer->inside = false;
}
