/* What the process takes of its machine, as Linux tells in /proc. */
#ifndef KANSEN_WATCH_PROCESS_USAGE_H
#define KANSEN_WATCH_PROCESS_USAGE_H

#include <stdint.h>

/* -1: not known. */
struct process_usage {
    int64_t cpu_us;
    int64_t resident_bytes;
    int64_t resident_max_bytes;
    int64_t virtual_bytes;
    int64_t open_files;
    int64_t open_files_max;
};

struct process_usage process_usage_now(void);

#endif
