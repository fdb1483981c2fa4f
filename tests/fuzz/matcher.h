/* The meaning of a threat's pattern, written from its definition alone: * is any text, ? is one
 * character, the whole name counts, the case of ASCII dead letters doesn't. What kansen's own
 * matchers are compared with; time is bounded by the product of both lengths. */
#ifndef KANSEN_TESTS_FUZZ_MATCHER_H
#define KANSEN_TESTS_FUZZ_MATCHER_H

#include <stdbool.h>

/* Both are valid UTF-8. */
bool matcher_matches(const char *pattern, const char *name);

#endif
