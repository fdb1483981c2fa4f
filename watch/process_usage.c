#define _DEFAULT_SOURCE /* ru_maxrss */
#include "watch/process_usage.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define KIB 1024

static void read_memory(struct process_usage *usage)
{
    FILE *file = fopen("/proc/self/statm", "re");
    int64_t page = sysconf(_SC_PAGESIZE);
    int64_t all;
    int64_t resident;

    if (file == NULL)
        return;
    if (fscanf(file, "%" SCNd64 " %" SCNd64, &all, &resident) == 2) {
        usage->virtual_bytes = all * page;
        usage->resident_bytes = resident * page;
    }
    fclose(file);
}

/* The folder itself is open meanwhile, and not counted; nor are "." and "..". */
static int64_t count_open_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int64_t count = -3;

    if (folder == NULL)
        return -1;
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static int64_t us_of(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

struct process_usage process_usage_now(void)
{
    struct process_usage usage = {-1, -1, -1, -1, -1, -1};
    struct rusage used;
    struct rlimit files;

    if (getrusage(RUSAGE_SELF, &used) == 0) {
        usage.cpu_us = us_of(used.ru_utime) + us_of(used.ru_stime);
        usage.resident_max_bytes = (int64_t)used.ru_maxrss * KIB;
    }
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY)
        usage.open_files_max = (int64_t)files.rlim_cur;
    read_memory(&usage);
    usage.open_files = count_open_files();
    return usage;
}
