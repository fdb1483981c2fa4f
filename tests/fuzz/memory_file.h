/* A file that lives in memory, for code that reads files by name: as fast as the code itself. */
#ifndef KANSEN_TESTS_FUZZ_MEMORY_FILE_H
#define KANSEN_TESTS_FUZZ_MEMORY_FILE_H

#include <stddef.h>

struct memory_file {
    int file;
    char path[64]; /* as long as the file is open */
    long changes;
};

/* Ends the program when there is no memory for one. */
void memory_file_open(struct memory_file *memory);

/* Makes data the file's whole content, with a time of change that it never had before. */
void memory_file_write(struct memory_file *memory, const void *data, size_t size);

#endif
