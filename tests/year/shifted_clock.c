/* Loaded in front of a program (LD_PRELOAD), moves its calendar: what it takes for the time of day
 * is ahead of the machine's by the microseconds in the file that YEAR_CLOCK names, which all
 * programs share, and which may change at any moment.
 *
 * Only the time of day. CLOCK_MONOTONIC is what deadlines are made of, and timespec_get is what
 * librdkafka makes deadlines of: in a year of minutes they have to be those of the machine. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define US_PER_S INT64_C(1000000)

static const int64_t none;
/* Of a sanitizer, which asks for the time before anything is set up, the calendar isn't moved. */
static const volatile int64_t *ahead_us = &none;

__attribute__((constructor)) static void open_clock(void)
{
    const char *path = getenv("YEAR_CLOCK");
    int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return;

    void *place = mmap(NULL, sizeof *ahead_us, PROT_READ, MAP_SHARED, file, 0);

    close(file);
    if (place != MAP_FAILED)
        ahead_us = place;
}

/* Asks the kernel: another library in front of libc may have taken these functions too. */
static int64_t now_us(void)
{
    struct timespec now = {.tv_sec = 0};

    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000 + *ahead_us;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
        return (int)syscall(SYS_clock_gettime, clock, now);

    int64_t us = now_us();

    now->tv_sec = (time_t)(us / US_PER_S);
    now->tv_nsec = (long)(us % US_PER_S * 1000);
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    int64_t us = now_us();

    (void)zone;
    now->tv_sec = (time_t)(us / US_PER_S);
    now->tv_usec = (suseconds_t)(us % US_PER_S);
    return 0;
}

time_t time(time_t *now)
{
    time_t seconds = (time_t)(now_us() / US_PER_S);

    if (now != NULL)
        *now = seconds;
    return seconds;
}
