/* ICU's memory, by its own hook: every allocation that ICU makes for a report. */
#include "failing.h"

#include <stdio.h>
#include <stdlib.h>

#include <unicode/uclean.h>

extern void *__real_malloc(size_t size);
extern void *__real_realloc(void *memory, size_t size);

static void *icu_allocate(const void *context, size_t size)
{
    (void)context;
    return failing_now(FAILING_ICU, "ICU", FAILING_PLACE) ? NULL : __real_malloc(size);
}

static void *icu_reallocate(const void *context, void *memory, size_t size)
{
    (void)context;
    return failing_now(FAILING_ICU, "ICU", FAILING_PLACE) ? NULL : __real_realloc(memory, size);
}

static void icu_free(const void *context, void *memory)
{
    (void)context;
    free(memory);
}

__attribute__((constructor)) static void lend_memory(void)
{
    UErrorCode icu = U_ZERO_ERROR;

    u_setMemoryFunctions(NULL, icu_allocate, icu_reallocate, icu_free, &icu);
    if (U_FAILURE(icu)) {
        fprintf(stderr, "ICU takes no memory functions: %s\n", u_errorName(icu));
        exit(EXIT_FAILURE);
    }
}
