/* Check's _mark_point, which every assertion that holds calls, under the linker's --wrap. Check
 * writes the place to a file each time, to say of a crash or a time-out behind which assertion it
 * came, and its parent reads all of them: where a hundred thousand lines are looked at, that takes
 * longer than what is tested. The first places of a case are written, and now and then one of the
 * later ones. */
#include <stdatomic.h>

void __real__mark_point(const char *file, int line);
void __wrap__mark_point(const char *file, int line);

#define WRITTEN_AT_FIRST 1000
#define ONE_LATER_OF 1000

void __wrap__mark_point(const char *file, int line)
{
    static atomic_ulong counter; /* each case is a process of its own, and may have threads */
    unsigned long passed = atomic_fetch_add(&counter, 1) + 1;

    if (passed <= WRITTEN_AT_FIRST || passed % ONE_LATER_OF == 0)
        __real__mark_point(file, line);
}
