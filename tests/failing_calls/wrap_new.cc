/* C++'s memory, replaced for the whole process as the language allows: simdjson's library allocates
 * for kansen. Only the form that returns NULL is made to fail; kansen uses no other. */
#include "failing.h"

#include <cstdlib>
#include <new>

extern "C" void *__real_malloc(size_t size);

static void *allocate(size_t size)
{
    void *memory = __real_malloc(size > 0 ? size : 1);

    if (memory == nullptr)
        abort();
    return memory;
}

void *operator new(size_t size)
{
    return allocate(size);
}

void *operator new[](size_t size)
{
    return allocate(size);
}

void *operator new(size_t size, const std::nothrow_t &) noexcept
{
    return failing_now(FAILING_MEMORY, "new", FAILING_PLACE) ? nullptr : allocate(size);
}

void *operator new[](size_t size, const std::nothrow_t &) noexcept
{
    return failing_now(FAILING_MEMORY, "new[]", FAILING_PLACE) ? nullptr : allocate(size);
}

void operator delete(void *memory) noexcept
{
    free(memory);
}

void operator delete[](void *memory) noexcept
{
    free(memory);
}

void operator delete(void *memory, size_t) noexcept
{
    free(memory);
}

void operator delete[](void *memory, size_t) noexcept
{
    free(memory);
}
