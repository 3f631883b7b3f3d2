// Structs as bytes: any bytes are read or refused; what was read is written, read again, and is the
// same. Under test: core/pack.c.
#include "core/pack.h"

#include <string.h>

#include "core/limits.h"
#include "fuzz.h"

#define STATE(X, E) X(E, draft) X(E, active) X(E, archived)
ENUMERATION(state, STATE);

#define PRICE(F, S)                                                                                \
    F(S, minor, price_minor, .doc = "Amount.")                                                     \
    F(S, text, currency, .doc = "Of the amount.")
SHAPE(price, PRICE);

#define THING(F, S)                                                                                \
    F(S, uuid, id, .optional = true, .doc = "Of the thing.")                                       \
    F(S, text, title, .doc = "Its name.")                                                          \
    F(S, bool, open, .optional = true, .doc = "Whether it is.")                                    \
    F(S, one_of(state), state, .optional = true, .doc = "Where it stands.")                        \
    F(S, texts, tags, .optional = true, .doc = "Words.")                                           \
    F(S, nested(price), price, .optional = true, .doc = "What it costs.")                          \
    F(S, list(price), prices, .optional = true, .doc = "In other currencies.")
SHAPE(thing, THING);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_new(LIMIT_ARENA);
    struct thing first = {0}, again = {0};
    if (length < 1 << 20 && pack_read(&thing_shape, bytes, length, arena, &first)) {
        struct buf one = buf_in(arena), two = buf_in(arena);
        pack_write(&thing_shape, &first, &one);
        bool read = pack_read(&thing_shape, one.at, one.length, arena, &again);
        assert(read && one.length == length);
        pack_write(&thing_shape, &again, &two);
        assert(two.length == one.length && memcmp(one.at, two.at, one.length) == 0);
    }
    arena_free(arena);
    return 0;
}
