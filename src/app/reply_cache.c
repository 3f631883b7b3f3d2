// The L1 reply cache. Contract in reply_cache.h.
//
// A set-associative table like a processor's: the target's hash picks a set of four, and a new
// reply takes the place of the one that ends first. So there are no lists to keep in order on every
// hit, and the lock is held for a few comparisons.
//
// Dropping is counting: a reply carries the generation of its tag from before it was computed, and
// is good only while the tag still has it. A drop is one addition, whatever it concerns; it also
// catches replies that are being computed from what was read before it. Stale ones are not searched
// for; they are overwritten.
//
// A reply is built once, with its compressed forms, its heads and its ETag ready, and then only
// read: many loops may be sending it while it is evicted, so it is freed by the last reference.
#include "app/reply_cache.h"

#include <brotli/encode.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "core/limits.h"
#include "core/str.h"
#include "core/time.h"

enum {
    WAYS = 4,
    SETS = 1024,
    TAGS = 64,
    COMPRESS_FROM = 512, // smaller bodies do not fit fewer packets when compressed
    // Beyond 5 brotli takes several times as long for a few per cent, and a reply of the catalogue
    // is compressed anew after every change of it.
    BROTLI_QUALITY = 5,
    GZIP_LEVEL = 6,
    OVERHEAD = 16 << 10, // of the arena: its first chunk
};

enum variant { PLAIN, GZIP, BROTLI, VARIANTS };

struct cached_reply {
    _Atomic int references;
    u64 hash, generation;
    size_t tag, bytes;       // bytes: of memory, all in all
    i64 made_ms, expires_ms; // monotonic
    const char *target, *content_type, *etag, *head;
    struct {
        const char *head, *body;
        size_t length;
    } variants[VARIANTS];
    struct arena *arena; // owns everything, this struct too
};

struct reply_cache {
    pthread_mutex_t lock;
    size_t bytes, bytes_max, entries;
    struct cached_reply *sets[SETS][WAYS];
    _Atomic u64 generations[TAGS];
    _Atomic u64 hits, misses, stale;
    u64 evictions;
};

struct reply_cache *reply_cache_new(size_t bytes_max)
{
    struct reply_cache *cache = calloc(1, sizeof *cache);
    assert(cache != NULL);
    pthread_mutex_init(&cache->lock, NULL);
    cache->bytes_max = bytes_max;
    return cache;
}

static void release(void *handle)
{
    struct cached_reply *reply = handle;
    if (atomic_fetch_sub(&reply->references, 1) == 1)
        arena_free(reply->arena);
}

// The time is the safety net for changes of other processes, whose drops are not seen here.
static bool is_good(struct reply_cache *cache, const struct cached_reply *reply, i64 now_ms)
{
    return reply->generation == atomic_load(&cache->generations[reply->tag]) &&
           now_ms < reply->expires_ms;
}

static void evict(struct reply_cache *cache, struct cached_reply **slot)
{
    if (*slot == NULL)
        return;
    cache->evictions += is_good(cache, *slot, monotonic_ms());
    cache->bytes -= (*slot)->bytes;
    cache->entries--;
    release(*slot);
    *slot = NULL;
}

void reply_cache_free(struct reply_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < SETS * WAYS; i++)
        evict(cache, &cache->sets[i / WAYS][i % WAYS]);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static u64 hash_of(const char *text)
{
    u64 hash = str_hash(STR_HASH, text);
    return hash ^ hash >> 31;
}

// Tags that share a slot are dropped together: harmless.
static size_t tag_slot(const char *tag)
{
    return tag == NULL ? 0 : hash_of(tag) % TAGS;
}

u64 reply_cache_generation(struct reply_cache *cache, const char *tag)
{
    return atomic_load(&cache->generations[tag_slot(tag)]);
}

void reply_cache_drop_tag(struct reply_cache *cache, const char *tag)
{
    atomic_fetch_add(&cache->generations[tag_slot(tag)], 1);
}

void *gzip_bytes(struct arena *arena, const void *bytes, size_t length, size_t *out_length)
{
    z_stream stream = {0};
    int window = MAX_WBITS + 16; // a gzip header and trailer
    if (deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    uLong bound = deflateBound(&stream, length);
    unsigned char *out = arena_alloc(arena, bound);
    stream.next_in = (unsigned char *)(uintptr_t)bytes;
    stream.avail_in = (unsigned)length;
    stream.next_out = out;
    stream.avail_out = (unsigned)bound;
    int result = deflate(&stream, Z_FINISH);
    *out_length = stream.total_out;
    deflateEnd(&stream);
    return result == Z_STREAM_END && *out_length < length ? out : NULL;
}

static void *brotli_bytes(struct arena *arena, const void *bytes, size_t length, size_t *out_length)
{
    *out_length = BrotliEncoderMaxCompressedSize(length);
    unsigned char *out = arena_alloc(arena, *out_length);
    bool done = BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT,
                                      length, bytes, out_length, out);
    return done && *out_length < length ? out : NULL;
}

// One ETag for all codings, which makes it a weak one in truth (RFC 9110 section 8.8.3 wants a
// strong one to differ between them); it is only ever compared weakly here, and ranges are not
// served.
static void add_variant(struct cached_reply *reply, enum variant variant, const char *coding,
                        const void *body, size_t length)
{
    reply->variants[variant].body = body;
    reply->variants[variant].length = length;
    reply->variants[variant].head = arena_printf(
        reply->arena,
        "ETag: %s\r\n%sVary: Accept-Encoding\r\nX-Content-Type-Options: nosniff\r\n%s%s%s",
        reply->etag, reply->head, coding != NULL ? "Content-Encoding: " : "",
        coding != NULL ? coding : "", coding != NULL ? "\r\n" : "");
}

static const char *etag_of(struct arena *arena, const void *body, size_t length)
{
    unsigned char digest[16];
    char hex[33];
    crypto_generichash(digest, sizeof digest, body, length, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    return arena_printf(arena, "\"%s\"", hex);
}

// Copies what was compressed in a scratch arena, so that the reply keeps only what it needs.
static void add_compressed(struct cached_reply *reply, const void *body, size_t length)
{
    struct arena *scratch = arena_new(LIMIT_ARENA);
    size_t packed;
    void *gzip = gzip_bytes(scratch, body, length, &packed);
    if (gzip != NULL)
        add_variant(reply, GZIP, "gzip", arena_text_n(reply->arena, gzip, packed), packed);
    void *brotli = brotli_bytes(scratch, body, length, &packed);
    if (brotli != NULL)
        add_variant(reply, BROTLI, "br", arena_text_n(reply->arena, brotli, packed), packed);
    arena_free(scratch);
}

// What the handler said, and for those who keep replies on the way to the shopper: for how long,
// and under which key they may be asked to forget them (a CDN's Surrogate-Key or Cache-Tag).
static const char *head_of(struct arena *arena, const struct cacheable *made)
{
    struct buf head = buf_in(arena);
    if (strstr(made->head, "Cache-Control:") == NULL)
        buf_printf(&head, "Cache-Control: public, max-age=%lld, stale-if-error=%d\r\n",
                   (long long)made->seconds, REPLY_STALE_S);
    if (made->tag != NULL && strstr(made->head, "Surrogate-Key:") == NULL)
        buf_printf(&head, "Surrogate-Key: %s\r\n", made->tag);
    buf_text(&head, made->head);
    return buf_as_text(&head);
}

static struct cached_reply *build(const struct cacheable *made)
{
    struct arena *arena = arena_new(LIMIT_ARENA);
    struct cached_reply *reply = ARENA_NEW(arena, struct cached_reply);
    reply->arena = arena;
    reply->references = 1;
    reply->target = arena_text(arena, made->target);
    reply->hash = hash_of(made->target);
    reply->content_type = arena_text(arena, made->content_type);
    reply->etag = etag_of(arena, made->body, made->length);
    reply->head = head_of(arena, made);
    reply->made_ms = monotonic_ms();
    reply->expires_ms = reply->made_ms + made->seconds * SECOND_MS;
    add_variant(reply, PLAIN, NULL, arena_text_n(arena, made->body, made->length), made->length);
    if (made->length >= COMPRESS_FROM)
        add_compressed(reply, made->body, made->length);
    reply->bytes = OVERHEAD + arena_used(arena);
    return reply;
}

// The slot of the same target, else an empty one, else the one that ends first.
static struct cached_reply **slot_for(struct cached_reply **set, u64 hash, const char *target)
{
    struct cached_reply **best = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (set[i] != NULL && set[i]->hash == hash && strcmp(set[i]->target, target) == 0)
            return &set[i];
        if (*best != NULL && (set[i] == NULL || set[i]->expires_ms < (*best)->expires_ms))
            best = &set[i];
    }
    return best;
}

// Makes room by emptying sets in turn, starting after the one that is being filled.
static void make_room(struct reply_cache *cache, size_t set, size_t bytes)
{
    for (size_t i = 1; i < SETS && cache->bytes + bytes > cache->bytes_max; i++)
        for (int way = 0; way < WAYS; way++)
            evict(cache, &cache->sets[(set + i) % SETS][way]);
}

struct cached_reply *reply_cache_put(struct reply_cache *cache, const struct cacheable *made)
{
    struct cached_reply *reply = build(made);
    reply->tag = tag_slot(made->tag);
    reply->generation = made->generation;
    // One reply must not empty the cache.
    if (reply->bytes > cache->bytes_max / 16)
        return reply; // too large to keep; still answered
    size_t set = reply->hash % SETS;
    pthread_mutex_lock(&cache->lock);
    make_room(cache, set, reply->bytes);
    struct cached_reply **slot = slot_for(cache->sets[set], reply->hash, reply->target);
    evict(cache, slot);
    *slot = reply;
    cache->bytes += reply->bytes;
    cache->entries++;
    atomic_fetch_add(&reply->references, 1);
    pthread_mutex_unlock(&cache->lock);
    return reply;
}

struct cached_reply *cached_reply_retain(struct cached_reply *reply)
{
    atomic_fetch_add(&reply->references, 1);
    return reply;
}

static bool is_of(const struct cached_reply *reply, u64 hash, const char *target)
{
    return reply != NULL && reply->hash == hash && strcmp(reply->target, target) == 0;
}

struct cached_reply *reply_cache_find(struct reply_cache *cache, const char *target)
{
    u64 hash = hash_of(target);
    struct cached_reply **set = cache->sets[hash % SETS], *found = NULL;
    pthread_mutex_lock(&cache->lock);
    for (int i = 0; i < WAYS && found == NULL; i++)
        if (is_of(set[i], hash, target) && is_good(cache, set[i], monotonic_ms()))
            found = cached_reply_retain(set[i]);
    pthread_mutex_unlock(&cache->lock);
    atomic_fetch_add_explicit(found != NULL ? &cache->hits : &cache->misses, 1,
                              memory_order_relaxed);
    return found;
}

struct cached_reply *reply_cache_find_stale(struct reply_cache *cache, const char *target)
{
    u64 hash = hash_of(target);
    i64 oldest_ms = monotonic_ms() - REPLY_STALE_S * SECOND_MS;
    struct cached_reply **set = cache->sets[hash % SETS], *found = NULL;
    pthread_mutex_lock(&cache->lock);
    for (int i = 0; i < WAYS && found == NULL; i++)
        if (is_of(set[i], hash, target) && set[i]->made_ms >= oldest_ms)
            found = cached_reply_retain(set[i]);
    pthread_mutex_unlock(&cache->lock);
    if (found != NULL)
        atomic_fetch_add_explicit(&cache->stale, 1, memory_order_relaxed);
    return found;
}

size_t cached_reply_length(const struct cached_reply *reply)
{
    return reply->variants[PLAIN].length;
}

void reply_cache_counts(struct reply_cache *cache, struct reply_cache_counts *counts)
{
    pthread_mutex_lock(&cache->lock);
    *counts = (struct reply_cache_counts){
        .entries = cache->entries,
        .bytes = cache->bytes,
        .evictions = cache->evictions,
        .hits = atomic_load(&cache->hits),
        .misses = atomic_load(&cache->misses),
        .stale = atomic_load(&cache->stale),
    };
    pthread_mutex_unlock(&cache->lock);
}

// A list member "br", "br;q=1" or "*", but not with q=0. RFC 9110 section 12.5.3.
bool accepts_coding(struct http_exchange *exchange, const char *coding)
{
    const char *at = http_header(exchange, "Accept-Encoding");
    size_t length = strlen(coding);
    while (at != NULL && *at != '\0') {
        at += strspn(at, " \t,");
        size_t member = strcspn(at, ",");
        size_t name = strcspn(at, ",; \t");
        if (name == length && strncasecmp(at, coding, length) == 0) {
            const char *q = memchr(at, '=', member);
            return q == NULL || strtod(q + 1, NULL) > 0;
        }
        at += member;
    }
    return false;
}

bool matches_etag(struct http_exchange *exchange, const char *etag)
{
    const char *asked = http_header(exchange, "If-None-Match");
    return asked != NULL && (strcmp(asked, "*") == 0 || strstr(asked, etag) != NULL);
}

// The server's choice, whatever q values say beyond refusal: brotli is the smallest.
static enum variant best_variant(const struct cached_reply *reply, struct http_exchange *exchange)
{
    if (reply->variants[BROTLI].body != NULL && accepts_coding(exchange, "br"))
        return BROTLI;
    if (reply->variants[GZIP].body != NULL && accepts_coding(exchange, "gzip"))
        return GZIP;
    return PLAIN;
}

int cached_reply_status(const struct cached_reply *reply, struct http_exchange *exchange)
{
    return matches_etag(exchange, reply->etag) ? 304 : 200;
}

// `lines` come before those that are ready.
static void send_with(struct cached_reply *reply, struct http_exchange *exchange, const char *lines)
{
    enum variant variant = best_variant(reply, exchange);
    int status = cached_reply_status(reply, exchange);
    bool unchanged = status == 304;
    const char *head = reply->variants[variant].head;
    struct http_reply out = {
        .status = status,
        .content_type = unchanged ? NULL : reply->content_type,
        .head = lines != NULL ? arena_printf(exchange->arena, "%s%s", lines, head) : head,
        .body = unchanged ? NULL : reply->variants[variant].body,
        .length = unchanged ? 0 : reply->variants[variant].length,
        .release = release,
        .release_handle = reply,
    };
    http_reply(exchange, &out);
}

void cached_reply_send(struct cached_reply *reply, struct http_exchange *exchange,
                       const char *found)
{
    send_with(reply, exchange,
              found != NULL ? arena_printf(exchange->arena, "X-Cache: %s\r\n", found) : NULL);
}

// With an Age beyond its max-age no cache on the way keeps it (RFC 9111 section 4.2); the warning
// is for people, since it is obsolete among caches.
void cached_reply_send_stale(struct cached_reply *reply, struct http_exchange *exchange)
{
    i64 age_s = (monotonic_ms() - reply->made_ms) / SECOND_MS;
    send_with(reply, exchange,
              arena_printf(exchange->arena,
                           "X-Cache: stale\r\nAge: %lld\r\nWarning: 110 - \"stale\"\r\n",
                           (long long)age_s));
}
