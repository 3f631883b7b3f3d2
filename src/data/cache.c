// Spreading documents over Memcached nodes, and news through all of them. Contract in cache.h; one
// node is cache_node.c's.
//
// The ring. Each node has POINTS places on a circle of 2^32 numbers, by the hash of its name and a
// count; a key belongs to the first point at or after its own hash whose node answers. So a node
// that goes takes its own keys with it and no others, and they scatter over those that are left.
//
// News. Whoever changes something shared writes a random number under one key of every node; a
// listener a node in every process reads it 25 times a second. Pushing to the other processes would
// need to know each of them, which behind one name in Kubernetes nobody does, and LISTEN of
// PostgreSQL does not pass through a pooler that shares connections. Asking costs some 30 us, works
// in any topology, and what it may lose, the follower of the change sequence finds within a second.
// The number comes on every node; who has heard it on one does not hear it again.
#include "data/cache.h"

#include <libmemcached/memcached.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "core/str.h"
#include "core/time.h"
#include "data/cache_node.h"

enum {
    NODES_MAX = 16,
    POINTS = 160,   // a node: shares then differ by some per cent
    PROBE_MS = 250, // between two attempts at a node that is away
    NEWS_S = 30 * 24 * 3600,
};

struct point {
    u32 hash;
    u32 node;
};

struct listener {
    struct cache *cache;
    struct cache_node *node;
    pthread_t thread;
    u64 told, heard; // the last number that was put on this node, and that was read there
};

struct cache {
    const char *prefix;
    size_t count, point_count;
    struct cache_node nodes[NODES_MAX];
    struct point points[NODES_MAX * POINTS];
    struct arena *arena;

    void (*changed)(void *context);
    void *context;
    struct listener listeners[NODES_MAX];
    bool listening;
    pthread_mutex_t lock; // guards what follows
    pthread_cond_t stir;
    bool stopping;
    u64 news;  // the last number that this process has to tell
    u64 known; // the last number that it has told or heard

    _Atomic i64 hits, misses, errors, stored, refused, announced, heard;
};

static void count(_Atomic i64 *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static u32 hash_of(const char *text)
{
    return memcached_generate_hash_value(text, strlen(text), MEMCACHED_HASH_MD5);
}

static int compare_points(const void *a, const void *b)
{
    const struct point *left = a, *right = b;
    return (left->hash > right->hash) - (left->hash < right->hash);
}

static void make_ring(struct cache *cache)
{
    for (size_t node = 0; node < cache->count; node++)
        for (int i = 0; i < POINTS; i++) {
            char text[300];
            snprintf(text, sizeof text, "%s-%d", cache->nodes[node].name, i);
            cache->points[cache->point_count++] =
                (struct point){.hash = hash_of(text), .node = (u32)node};
        }
    qsort(cache->points, cache->point_count, sizeof *cache->points, compare_points);
}

// NULL when no node answers.
static struct cache_node *node_of(struct cache *cache, const char *key)
{
    u32 hash = hash_of(key);
    size_t low = 0, high = cache->point_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cache->points[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = 0; i < cache->point_count; i++) {
        struct cache_node *node = &cache->nodes[cache->points[(low + i) % cache->point_count].node];
        if (cache_node_is_well(node))
            return node;
    }
    return NULL;
}

// "[::1]:11211" has its brackets as in a URL.
static bool read_address(struct arena *arena, const char *text, const char **host, i64 *port)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || strlen(text) > 250 || !str_i64(colon + 1, port) ||
        *port < 1 || *port > 65535)
        return false;
    bool brackets = text[0] == '[' && colon[-1] == ']';
    size_t length = (size_t)(colon - text);
    *host =
        brackets ? arena_text_n(arena, text + 1, length - 2) : arena_text_n(arena, text, length);
    return true;
}

static enum err add_node(struct cache *cache, const char *text, struct problem *problem)
{
    const char *host;
    i64 port;
    if (!read_address(cache->arena, text, &host, &port)) {
        problem_detail(problem, "%s is not HOST:PORT of a Memcached node", text);
        return ERR_INVALID;
    }
    if (cache->count == NODES_MAX) {
        problem_detail(problem, "more than %d Memcached nodes", NODES_MAX);
        return ERR_INVALID;
    }
    cache_node_open(&cache->nodes[cache->count++], arena_text(cache->arena, text), host,
                    (in_port_t)port);
    return ERR_OK;
}

enum err cache_open(const struct cache_settings *settings, struct cache **out,
                    struct problem *problem)
{
    for (const char *at = settings->prefix; *at != '\0'; at++)
        if (*at <= ' ' || *at > '~') {
            problem_detail(problem, "Memcached's keys cannot begin with \"%s\"", settings->prefix);
            return ERR_INVALID;
        }
    struct arena *arena = arena_new(LIMIT_ARENA);
    struct cache *cache = ARENA_NEW(arena, struct cache);
    cache->arena = arena;
    cache->prefix = arena_text(arena, settings->prefix);
    pthread_mutex_init(&cache->lock, NULL);
    pthread_cond_init(&cache->stir, NULL);
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < settings->nodes.count; i++)
        err = add_node(cache, settings->nodes.items[i], problem);
    make_ring(cache);
    if (err == ERR_OK)
        *out = cache;
    else
        cache_close(cache);
    return err;
}

void cache_stop_listening(struct cache *cache)
{
    if (cache == NULL || !cache->listening)
        return;
    pthread_mutex_lock(&cache->lock);
    cache->stopping = true;
    pthread_cond_broadcast(&cache->stir);
    pthread_mutex_unlock(&cache->lock);
    for (size_t i = 0; i < cache->count; i++)
        pthread_join(cache->listeners[i].thread, NULL);
    cache->listening = false;
}

void cache_close(struct cache *cache)
{
    if (cache == NULL)
        return;
    cache_stop_listening(cache);
    for (size_t i = 0; i < cache->count; i++)
        cache_node_close(&cache->nodes[i]);
    pthread_cond_destroy(&cache->stir);
    pthread_mutex_destroy(&cache->lock);
    arena_free(cache->arena);
}

bool cache_is_on(const struct cache *cache)
{
    return cache->count > 0;
}

static const char *full_key(const struct cache *cache, const char *key, char out[CACHE_KEY_MAX])
{
    int length = snprintf(out, CACHE_KEY_MAX, "%s:%s", cache->prefix, key);
    assert(length > 0 && length < CACHE_KEY_MAX);
    return out;
}

enum cache_answer cache_get(struct cache *cache, const char *key, struct arena *arena,
                            struct cache_value *out)
{
    char full[CACHE_KEY_MAX];
    *out = (struct cache_value){0};
    if (cache->count == 0)
        return CACHE_MISS;
    struct cache_node *node = node_of(cache, full_key(cache, key, full));
    enum cache_answer answer = node != NULL ? cache_node_get(node, full, arena, out) : CACHE_AWAY;
    count(answer == CACHE_HIT    ? &cache->hits
          : answer == CACHE_MISS ? &cache->misses
                                 : &cache->errors);
    return answer;
}

void cache_put(struct cache *cache, const char *key, const void *bytes, size_t length, i64 seconds)
{
    char full[CACHE_KEY_MAX];
    if (cache->count == 0)
        return;
    struct cache_value value = {.bytes = bytes, .length = length};
    struct cache_node *node = node_of(cache, full_key(cache, key, full));
    bool stored = node != NULL && length > 0 && length <= CACHE_VALUE_MAX &&
                  cache_node_put(node, full, &value, seconds) == CACHE_HIT;
    count(stored ? &cache->stored : &cache->refused);
}

static const char *news_key(const struct cache *cache, char out[CACHE_KEY_MAX])
{
    return full_key(cache, "news", out);
}

static enum cache_answer tell_node(struct cache *cache, struct cache_node *node, u64 news)
{
    char key[CACHE_KEY_MAX];
    struct cache_value value = {.bytes = &news, .length = sizeof news};
    return cache_node_put(node, news_key(cache, key), &value, NEWS_S);
}

void cache_announce(struct cache *cache)
{
    u64 news;
    if (cache->count == 0)
        return;
    randombytes_buf(&news, sizeof news);
    count(&cache->announced);
    if (cache->listening) { // its listeners tell it, so that nobody here waits
        pthread_mutex_lock(&cache->lock);
        cache->news = cache->known = news;
        pthread_cond_broadcast(&cache->stir);
        pthread_mutex_unlock(&cache->lock);
        return;
    }
    for (size_t i = 0; i < cache->count; i++)
        if (cache_node_is_well(&cache->nodes[i]))
            tell_node(cache, &cache->nodes[i], news);
}

u64 cache_news(struct cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    u64 known = cache->known;
    pthread_mutex_unlock(&cache->lock);
    return known;
}

static bool is_news(struct cache *cache, u64 number)
{
    pthread_mutex_lock(&cache->lock);
    bool news = number != cache->known;
    cache->known = number;
    pthread_mutex_unlock(&cache->lock);
    return news;
}

static void hear(struct listener *listener, const struct cache_value *value)
{
    struct cache *cache = listener->cache;
    u64 number;
    if (value->length != sizeof number)
        return;
    memcpy(&number, value->bytes, sizeof number);
    if (number == listener->heard)
        return;
    listener->heard = number;
    if (!is_news(cache, number))
        return;
    count(&cache->heard);
    cache->changed(cache->context);
}

// Tells and asks the node. False when it does not answer.
static bool take_turn(struct listener *listener, u64 news, struct arena *arena)
{
    struct cache *cache = listener->cache;
    struct cache_node *node = listener->node;
    struct cache_value value;
    char key[CACHE_KEY_MAX];
    bool was_well = cache_node_is_well(node);
    if (!was_well || !cache_node_is_found(node))
        cache_node_resolve(node); // it may be another machine by now
    if (news != listener->told && tell_node(cache, node, news) != CACHE_AWAY)
        listener->told = news;
    enum cache_answer answer = cache_node_get(node, news_key(cache, key), arena, &value);
    if (answer == CACHE_HIT)
        hear(listener, &value);
    return answer != CACHE_AWAY;
}

static void *listen_to_node(void *context)
{
    struct listener *listener = context;
    struct cache *cache = listener->cache;
    struct arena *arena = arena_new(LIMIT_ARENA);
    pthread_mutex_lock(&cache->lock);
    while (!cache->stopping) {
        u64 news = cache->news;
        pthread_mutex_unlock(&cache->lock);
        bool well = take_turn(listener, news, arena);
        arena_reset(arena);
        struct timespec until = monotonic_after(well ? CACHE_LISTEN_MS : PROBE_MS);
        int waited = 0;
        pthread_mutex_lock(&cache->lock);
        while (!cache->stopping && waited == 0 && !(well && cache->news != listener->told))
            waited = pthread_cond_clockwait(&cache->stir, &cache->lock, CLOCK_MONOTONIC, &until);
    }
    pthread_mutex_unlock(&cache->lock);
    arena_free(arena);
    return NULL;
}

void cache_listen(struct cache *cache, void (*changed)(void *context), void *context)
{
    if (cache->count == 0)
        return;
    cache->changed = changed;
    cache->context = context;
    cache->listening = true;
    for (size_t i = 0; i < cache->count; i++) {
        struct listener *listener = &cache->listeners[i];
        *listener = (struct listener){.cache = cache, .node = &cache->nodes[i]};
        int started = pthread_create(&listener->thread, NULL, listen_to_node, listener);
        assert(started == 0);
    }
}

static i64 read_count(const _Atomic i64 *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void cache_counts(const struct cache *cache, struct cache_counts *counts)
{
    *counts = (struct cache_counts){
        .hits = read_count(&cache->hits),
        .misses = read_count(&cache->misses),
        .errors = read_count(&cache->errors),
        .stored = read_count(&cache->stored),
        .refused = read_count(&cache->refused),
        .announced = read_count(&cache->announced),
        .heard = read_count(&cache->heard),
    };
}

size_t cache_node_count(const struct cache *cache)
{
    return cache->count;
}

const char *cache_node_name(const struct cache *cache, size_t index)
{
    assert(index < cache->count);
    return cache->nodes[index].name;
}

bool cache_node_answers(const struct cache *cache, size_t index)
{
    assert(index < cache->count);
    return cache_node_is_well(&cache->nodes[index]);
}
