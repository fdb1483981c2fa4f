#define _GNU_SOURCE /* memfd_create */
#include "memory_file.h"

#include <stdio.h>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

void memory_file_open(struct memory_file *memory)
{
    *memory = (struct memory_file){.file = memfd_create("fuzz", MFD_CLOEXEC)};
    CHECK(memory->file >= 0, "no file in memory");
    snprintf(memory->path, sizeof(memory->path), "/proc/self/fd/%d", memory->file);
}

void memory_file_write(struct memory_file *memory, const void *data, size_t size)
{
    const struct timespec times[] = {{.tv_sec = ++memory->changes}, {.tv_sec = memory->changes}};

    CHECK(ftruncate(memory->file, 0) == 0, "the file can't be emptied");
    CHECK(pwrite(memory->file, data, size, 0) == (ssize_t)size, "the file can't be written");
    CHECK(futimens(memory->file, times) == 0, "the file's time can't be set");
}
