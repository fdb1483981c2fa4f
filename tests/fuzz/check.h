/* What every fuzz target does with a property that does not hold: it says which, and ends the
 * program by SIGABRT, which libFuzzer takes for a finding and keeps the input of. */
#ifndef KANSEN_TESTS_FUZZ_CHECK_H
#define KANSEN_TESTS_FUZZ_CHECK_H

#include <stdio.h>
#include <stdlib.h>

/* A sentence about what is wrong follows, as for printf. */
#define CHECK(holds, ...)                                                                          \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "\n%s:%d: %s: ", __FILE__, __LINE__, #holds);                          \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fputc('\n', stderr);                                                                   \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#endif
