// Tests of shapes as bytes. tests/fuzz/pack_fuzz.c gives it bytes that nobody wrote.
#include "core/pack.h"

#include <string.h>

#include "core/json.h"
#include "core/limits.h"
#include "core/test.h"

#define PACKED_STATE(X, E) X(E, draft) X(E, active)
ENUMERATION(packed_state, PACKED_STATE);
#define PACKED_PRICE(F, S)                                                                         \
    F(S, minor, price_minor, .doc = "Amount.")                                                     \
    F(S, minor, before_minor, .optional = true, .doc = "Before.")
SHAPE(packed_price, PACKED_PRICE);
#define PACKED(F, S)                                                                               \
    F(S, uuid, id, .optional = true, .doc = "Of the thing.")                                       \
    F(S, text, title, .optional = true, .doc = "Its name.")                                        \
    F(S, bool, open, .optional = true, .doc = "Whether it is.")                                    \
    F(S, time, made_at, .optional = true, .doc = "When.")                                          \
    F(S, one_of(packed_state), state, .optional = true, .doc = "Where it stands.")                 \
    F(S, texts, tags, .optional = true, .doc = "Words.")                                           \
    F(S, json, extra, .optional = true, .doc = "Anything.")                                        \
    F(S, nested(packed_price), price, .optional = true, .doc = "What it costs.")                   \
    F(S, list(packed_price), prices, .optional = true, .doc = "In other currencies.")
SHAPE(packed, PACKED);
#define PACKED_OTHER(F, S) F(S, i64, price_minor, .doc = "Amount.")
SHAPE(packed_other, PACKED_OTHER);

static const char full[] =
    "{\"id\":\"01890000-0000-7000-8000-000000000000\",\"title\":\"Lamp \\u00e9\",\"open\":true,"
    "\"made_at\":\"2026-01-31T23:59:59.123Z\",\"state\":\"active\",\"tags\":[\"a\",\"\"],"
    "\"extra\":{\"x\":[1]},\"price\":{\"price_minor\":12,\"before_minor\":null},"
    "\"prices\":[{\"price_minor\":1,\"before_minor\":2},{\"price_minor\":3,"
    "\"before_minor\":null}]}";

static struct buf pack(struct test *t, const char *json)
{
    struct packed packed = {0};
    struct problem problem = {.arena = t->arena};
    struct buf bytes = buf_in(t->arena);
    CHECK(json_read(&packed_shape, json, strlen(json), 0, &problem, &packed) == ERR_OK);
    pack_write(&packed_shape, &packed, &bytes);
    return bytes;
}

TEST(pack_reads_what_it_wrote)
{
    static const char *const documents[] = {full, "{}", "{\"open\":false,\"tags\":[]}"};
    for (size_t i = 0; i < COUNT_OF(documents); i++) {
        struct packed again = {0}, first = {0};
        struct problem problem = {.arena = t->arena};
        struct buf bytes = pack(t, documents[i]);
        CHECK(pack_read(&packed_shape, bytes.at, bytes.length, t->arena, &again));
        CHECK(json_read(&packed_shape, documents[i], strlen(documents[i]), 0, &problem, &first) ==
              ERR_OK);
        CHECK_TEXT(json_text(&packed_shape, &again, t->arena),
                   json_text(&packed_shape, &first, t->arena));
        CHECK(again.set == first.set && again.cleared == first.cleared);
    }
}

// Of bytes that were cut or have more behind them nothing is believed, and with any byte turned
// nothing worse happens than another value.
TEST(pack_refuses_what_it_did_not_write)
{
    struct buf bytes = pack(t, full);
    for (size_t length = 0; length < bytes.length; length++) {
        struct packed out = {0};
        char *cut = arena_text_n(t->arena, bytes.at, length);
        CHECK(!pack_read(&packed_shape, cut, length, t->arena, &out));
    }
    char *turned = arena_text_n(t->arena, bytes.at, bytes.length);
    for (size_t at = 0; at < bytes.length; at++) {
        struct packed out = {0};
        turned[at] = (char)~turned[at];
        if (pack_read(&packed_shape, turned, bytes.length, t->arena, &out))
            json_text(&packed_shape, &out, t->arena);
        turned[at] = (char)~turned[at];
    }
    struct packed out = {0};
    buf_char(&bytes, 'x');
    CHECK(!pack_read(&packed_shape, bytes.at, bytes.length, t->arena, &out));
}

TEST(pack_fingerprint_tells_shapes_apart)
{
    CHECK(pack_fingerprint(&packed_shape) != pack_fingerprint(&packed_price_shape));
    CHECK(pack_fingerprint(&packed_other_shape) != pack_fingerprint(&packed_price_shape));
    CHECK(pack_fingerprint(&packed_shape) == pack_fingerprint(&packed_shape));
}
