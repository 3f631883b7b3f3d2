// Cursors as text: base64url of a version, the query's hash, the last place and the plan.
// Contract in search_run.h.
//
// A cursor is not signed. It holds nothing secret, and what a forged one can do is bounded when it
// is read: the same counts of groups, alternatives and words as plan_make keeps to. The hash ties
// it to its query, so that a cursor for one list is refused by another instead of starting in the
// middle of it. Numbers are written in groups of seven bits, because a cursor goes into an address.
#include <sodium.h>
#include <string.h>

#include "core/buf.h"
#include "core/str.h"
#include "services/product/search_run.h"

// Raised when the form changes: old cursors are refused then, and the reader starts from the first
// page.
enum { CURSOR_VERSION = 1, CURSOR_BYTES_MAX = 16 << 10 };

static void put_number(struct buf *buf, u64 number)
{
    for (; number > 127; number >>= 7)
        buf_char(buf, (char)(number | 128));
    buf_char(buf, (char)number);
}

static void put_text(struct buf *buf, const char *text)
{
    size_t length = strlen(text);
    put_number(buf, length);
    buf_bytes(buf, text, length);
}

static void put_alternative(struct buf *buf, const struct alternative *alternative)
{
    put_number(buf, alternative->count);
    put_number(buf, alternative->quality << 1 | (alternative->prefix ? 1 : 0));
    for (u32 i = 0; i < alternative->count; i++)
        put_text(buf, alternative->words[i]);
}

static void put_plan(struct buf *buf, const struct plan *plan)
{
    put_number(buf, plan->count);
    put_number(buf, plan->needed);
    put_text(buf, plan->phrase);
    for (u32 i = 0; i < plan->count; i++) {
        put_number(buf, plan->groups[i].weight);
        put_number(buf, plan->groups[i].count);
        for (u32 j = 0; j < plan->groups[i].count; j++)
            put_alternative(buf, &plan->groups[i].at[j]);
    }
    put_number(buf, plan->intent_count);
    for (u32 i = 0; i < plan->intent_count; i++) {
        put_number(buf, plan->intents[i].facet);
        put_number(buf, plan->intents[i].boost);
        put_text(buf, plan->intents[i].key);
    }
}

struct hashing {
    u64 hash;
};

static void mix(struct hashing *hashing, const char *text)
{
    // The final NUL is mixed in: "ab", "c" is not "a", "bc".
    const char *safe = text != NULL ? text : "\x01";
    hashing->hash = hash_bytes_64(hashing->hash, safe, strlen(safe) + 1);
}

static void mix_all(struct hashing *hashing, const char *const *texts, size_t count)
{
    mix(hashing, "\x02");
    for (size_t i = 0; i < count; i++)
        mix(hashing, texts[i]);
}

static void mix_bound(struct hashing *hashing, const i64 *bound)
{
    mix(hashing, bound != NULL ? "\x03" : "\x04");
    if (bound != NULL)
        hashing->hash = hash_bytes_64(hashing->hash, bound, sizeof *bound);
}

// Of all that decides which documents come in which order; not of limit and facets.
static u64 query_hash(const struct run *run)
{
    const struct search_query *query = run->query;
    struct hashing hashing = {.hash = run->order};
    mix(&hashing, query->text);
    mix_all(&hashing, query->categories, query->category_count);
    mix_all(&hashing, query->brands, query->brand_count);
    mix_all(&hashing, query->types, query->type_count);
    mix_all(&hashing, query->tags, query->tag_count);
    for (size_t i = 0; i < query->option_count; i++) {
        mix(&hashing, query->options[i].name);
        mix(&hashing, query->options[i].value);
    }
    mix(&hashing, query->currency);
    mix_bound(&hashing, query->price_min_minor);
    mix_bound(&hashing, query->price_max_minor);
    mix(&hashing, query->in_stock ? "\x05" : "\x06");
    return hashing.hash;
}

const char *cursor_write(const struct run *run, const struct place *last)
{
    struct buf buf = buf_in(run->arena);
    u64 hash = query_hash(run);
    buf_char(&buf, CURSOR_VERSION);
    buf_bytes(&buf, &hash, sizeof hash);
    buf_bytes(&buf, &last->key, sizeof last->key);
    buf_bytes(&buf, &last->id, sizeof last->id);
    put_text(&buf, last->title != NULL ? last->title : "");
    if (run->plan != NULL)
        put_plan(&buf, run->plan);
    size_t size = sodium_base64_ENCODED_LEN(buf.length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(run->arena, size);
    sodium_bin2base64(text, size, (const unsigned char *)buf.at, buf.length,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text;
}

// What is left to read; `broken` once anything did not fit.
struct source {
    struct arena *arena;
    const u8 *at, *end;
    bool broken;
};

static void take(struct source *source, void *to, size_t size)
{
    if ((size_t)(source->end - source->at) < size) {
        source->broken = true;
        return;
    }
    memcpy(to, source->at, size);
    source->at += size;
}

static u32 take_number(struct source *source, u32 most)
{
    u64 number = 0;
    u8 byte = 128;
    for (u32 shift = 0; (byte & 128) != 0 && !source->broken; shift += 7) {
        if (shift > 28 || source->at == source->end) {
            source->broken = true;
            return 0;
        }
        byte = *source->at++;
        number |= (u64)(byte & 127) << shift;
    }
    if (number > most)
        source->broken = true;
    return source->broken ? 0 : (u32)number;
}

static const char *take_text(struct source *source)
{
    u32 length = take_number(source, CURSOR_BYTES_MAX);
    if ((size_t)(source->end - source->at) < length ||
        !utf8_valid((const char *)source->at, length)) {
        source->broken = true;
        return "";
    }
    source->at += length;
    return arena_text_n(source->arena, (const char *)source->at - length, length);
}

static void take_alternative(struct source *source, struct alternative *alternative)
{
    alternative->count = take_number(source, PHRASE_WORDS_MAX);
    u32 quality = take_number(source, QUALITY_EXACT << 1 | 1);
    alternative->quality = quality >> 1;
    alternative->prefix = (quality & 1) != 0;
    for (u32 i = 0; i < alternative->count; i++)
        alternative->words[i] = take_text(source);
    if (alternative->count == 0 || (alternative->prefix && alternative->words[0][0] == '\0'))
        source->broken = true;
}

// The same bounds as in plan_make, so that a forged plan costs no more than a made one.
static struct plan *take_plan(struct source *source)
{
    enum { WEIGHT_MOST = 1 << 10, BOOST_MOST = 1 << 24 };
    struct plan *plan = ARENA_NEW(source->arena, struct plan);
    plan->count = take_number(source, QUERY_WORDS_MAX);
    plan->needed = take_number(source, QUERY_WORDS_MAX);
    plan->phrase = take_text(source);
    plan->groups = ARENA_ARRAY(source->arena, struct group, plan->count);
    for (u32 i = 0; i < plan->count && !source->broken; i++) {
        plan->groups[i].weight = take_number(source, WEIGHT_MOST);
        plan->groups[i].count = take_number(source, ALTERNATIVES_MAX);
        for (u32 j = 0; j < plan->groups[i].count; j++)
            take_alternative(source, &plan->groups[i].at[j]);
    }
    plan->intent_count = take_number(source, INTENTS_MAX);
    for (u32 i = 0; i < plan->intent_count; i++) {
        plan->intents[i].facet = take_number(source, FACET_BRAND);
        plan->intents[i].boost = take_number(source, BOOST_MOST);
        plan->intents[i].key = take_text(source);
    }
    return plan;
}

bool cursor_read(struct run *run, const char *cursor)
{
    size_t length = strlen(cursor), size = 0;
    if (length > CURSOR_BYTES_MAX)
        return false;
    u8 *bytes = arena_alloc(run->arena, length);
    if (sodium_base642bin(bytes, length, cursor, length, NULL, &size, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    struct source source = {.arena = run->arena, .at = bytes, .end = bytes + size};
    struct place *place = ARENA_NEW(run->arena, struct place);
    u8 version = 0;
    u64 hash = 0;
    take(&source, &version, sizeof version);
    take(&source, &hash, sizeof hash);
    take(&source, &place->key, sizeof place->key);
    take(&source, &place->id, sizeof place->id);
    place->title = take_text(&source);
    if (source.broken || version != CURSOR_VERSION || hash != query_hash(run))
        return false;
    if (run->plan != NULL)
        run->plan = take_plan(&source);
    run->after = place;
    return !source.broken && source.at == source.end;
}
