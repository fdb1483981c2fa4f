/* How code below the programs says what it is at, for a person who waits: in a few words, and how
 * many steps of how many are done.
 *
 * Only the programs decide whether anybody sees it, and when; whoever takes a struct progress takes
 * NULL for nobody. It belongs to one thread. */
#ifndef KANSEN_PROGRESS_H
#define KANSEN_PROGRESS_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

/* Of the words: a line of a terminal. */
#define PROGRESS_WORDS_SIZE 64

struct progress {
    void (*show)(const struct progress *progress); /* something below has changed */
    int64_t done;
    int64_t total;                   /* steps; 0: nobody knows */
    char words[PROGRESS_WORDS_SIZE]; /* "": nothing is done any more */
};

/* So many steps follow; those before are forgotten. */
static inline void progress_plan(struct progress *progress, size_t total)
{
    if (progress == NULL)
        return;
    progress->done = 0;
    progress->total = (int64_t)total;
}

/* What is begun now, as printf has it. */
__attribute__((format(printf, 2, 3))) static inline void progress_say(struct progress *progress,
                                                                      const char *format, ...)
{
    va_list arguments;

    if (progress == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(progress->words, sizeof(progress->words), format, arguments);
    va_end(arguments);
    progress->show(progress);
}

/* One of the steps is done. */
static inline void progress_step(struct progress *progress)
{
    if (progress == NULL)
        return;
    progress->done++;
    progress->show(progress);
}

/* All is done: something else is about to be written where the person looks. */
static inline void progress_end(struct progress *progress)
{
    if (progress == NULL)
        return;
    *progress->words = '\0';
    progress->show(progress);
}

#endif
