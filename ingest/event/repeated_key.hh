/* A key that an object has more than once. */
#ifndef KANSEN_INGEST_EVENT_REPEATED_KEY_HH
#define KANSEN_INGEST_EVENT_REPEATED_KEY_HH

#include <algorithm>
#include <string_view>

/* So many are compared each with each, which is cheaper than to sort them: most lengths differ. */
static constexpr ptrdiff_t compared_keys_max = 24;

/* One of the keys that are there twice, or last. Their order is lost. */
static inline std::string_view *repeated_key(std::string_view *first, std::string_view *last)
{
    if (last - first > compared_keys_max) {
        std::sort(first, last);
        return std::adjacent_find(first, last);
    }
    for (std::string_view *key = first; key != last; key++)
        if (std::find(first, key, *key) != key)
            return key;
    return last;
}

#endif
