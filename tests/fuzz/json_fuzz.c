// JSON and shapes: what is accepted is written, read again and written again, and the two texts are
// equal; what is refused says why. Under test: core/json.c, core/shape.c, core/problem.c.
#include <string.h>

#include "core/json.h"
#include "core/limits.h"
#include "core/str.h"
#include "fuzz.h"

#define STATE(X, E) X(E, draft) X(E, active) X(E, archived)
ENUMERATION(state, STATE);

#define PRICE(F, S)                                                                                \
    F(S, minor, price_minor, .min = 0, .max = 1000000, .doc = "Amount.")                           \
    F(S, text, currency, .format = FORMAT_CURRENCY, .doc = "Of the amount.")
SHAPE(price, PRICE);

#define THING(F, S)                                                                                \
    F(S, uuid, id, .optional = true, .doc = "Of the thing.")                                       \
    F(S, text, title, .min = 1, .max = 40, .format = FORMAT_LINE, .doc = "Its name.")              \
    F(S, text, email, .optional = true, .format = FORMAT_EMAIL, .doc = "Of its owner.")            \
    F(S, text, handle, .optional = true, .format = FORMAT_HANDLE, .doc = "In its address.")        \
    F(S, text, link, .optional = true, .format = FORMAT_URL, .doc = "More about it.")              \
    F(S, i64, count, .optional = true, .min = -5, .max = 5, .doc = "How many.")                    \
    F(S, bool, open, .optional = true, .doc = "Whether it is.")                                    \
    F(S, time, made_at, .optional = true, .doc = "When.")                                          \
    F(S, one_of(state), state, .optional = true, .doc = "Where it stands.")                        \
    F(S, texts, tags, .optional = true, .max = 3, .doc = "Words.")                                 \
    F(S, json, extra, .optional = true, .doc = "Anything.")                                        \
    F(S, nested(price), price, .optional = true, .doc = "What it costs.")                          \
    F(S, list(price), prices, .optional = true, .max = 3, .doc = "In other currencies.")
SHAPE(thing, THING);

static void check_refusal(struct problem *problem, enum err err)
{
    assert(err == ERR_MALFORMED || err == ERR_INVALID);
    struct buf document = buf_in(problem->arena);
    problem_write(problem, err, NULL, &document);
    assert(utf8_valid(document.at, document.length));
    assert(strstr(document.at, err == ERR_INVALID ? "\"errors\":[{" : "\"detail\":\"") != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct arena *arena = arena_new(LIMIT_ARENA);
    struct problem problem = {.arena = arena};
    struct thing first = {0}, again = {0};
    enum err err = json_read(&thing_shape, (const char *)bytes, length, 0, &problem, &first);
    if (err != ERR_OK) {
        check_refusal(&problem, err);
    } else {
        const char *written = json_text(&thing_shape, &first, arena);
        assert(utf8_valid(written, strlen(written)));
        err = json_read(&thing_shape, written, strlen(written), 0, &problem, &again);
        assert(err == ERR_OK);
        assert(str_equal(json_text(&thing_shape, &again, arena), written));
    }
    arena_free(arena);
    return 0;
}
