// Positions as text, and what db_stats calls things. Contract in position.h.
#include "data/position.h"

#include <string.h>

static bool read_half(const char **at, char end, u64 *half)
{
    int digits = 0;
    for (*half = 0; **at != end; digits++) {
        static const char hex[] = "0123456789ABCDEF";
        const char *digit = **at != '\0' ? strchr(hex, **at) : NULL;
        if (digit == NULL || digits == 8)
            return false;
        *half = *half << 4 | (u64)(digit - hex);
        *at += 1;
    }
    return digits > 0;
}

bool position_read(const char *text, u64 *position)
{
    u64 high, low;
    if (!read_half(&text, '/', &high))
        return false;
    text++;
    if (!read_half(&text, '\0', &low))
        return false;
    *position = high << 32 | low;
    return true;
}

const char *position_text(struct arena *arena, u64 position)
{
    return arena_printf(arena, "%X/%X", (unsigned)(position >> 32), (unsigned)position);
}

const char *const read_why_names[READ_WHY_COUNT] = {
#define X(name_) #name_,
    READ_WHY_MAP(X)
#undef X
};
