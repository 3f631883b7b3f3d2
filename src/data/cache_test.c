// Tests of the shared cache against real Memcached nodes, killed and stopped under it. What the
// shop keeps there is tested in services/product/cached_test.c.
#include "data/cache.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "core/test.h"
#include "core/time.h"
#include "data/test_memcached.h"

enum { KEYS = 200 };

static struct cache *open_nodes(struct test *t, const struct test_memcached *nodes, size_t count)
{
    struct problem problem = {.arena = t->arena};
    struct cache_settings settings = {.prefix = "test"};
    struct cache *cache = NULL;
    settings.nodes.items = ARENA_ARRAY(t->arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        settings.nodes.items[settings.nodes.count++] = nodes[i].address;
    if (cache_open(&settings, &cache, &problem) != ERR_OK)
        test_fail(t, __FILE__, __LINE__, "%s", problem.detail);
    return cache;
}

static void put_text(struct cache *cache, const char *key, const char *text)
{
    cache_put(cache, key, text, strlen(text), 60);
}

static const char *key_of(struct test *t, int number)
{
    return arena_printf(t->arena, "key-%d", number);
}

static int count_found(struct test *t, struct cache *cache)
{
    int found = 0;
    for (int i = 0; i < KEYS; i++) {
        struct cache_value value;
        const char *key = key_of(t, i);
        bool hit = cache_get(cache, key, t->arena, &value) == CACHE_HIT;
        if (hit && (value.length != strlen(key) || memcmp(value.bytes, key, value.length) != 0))
            test_fail(t, __FILE__, __LINE__, "%s has another's value", key);
        found += hit;
    }
    return found;
}

static void put_all(struct test *t, struct cache *cache)
{
    for (int i = 0; i < KEYS; i++)
        put_text(cache, key_of(t, i), key_of(t, i));
}

// Keeps them until all are found: on a busy machine a node may be waited for in vain now and then.
static bool keeps_all(struct test *t, struct cache *cache)
{
    i64 until_ms = monotonic_ms() + MINUTE_MS;
    int found = 0;
    do {
        put_all(t, cache);
        found = count_found(t, cache);
    } while (found < KEYS && monotonic_ms() < until_ms);
    return found == KEYS;
}

// The same with each key where it belongs: a node that once answered late is left alone for a
// moment, and the other one has its share meanwhile.
static bool keeps_all_on_both(struct test *t, struct cache *cache)
{
    i64 until_ms = monotonic_ms() + MINUTE_MS;
    bool kept = false;
    while (!kept && monotonic_ms() < until_ms)
        kept = keeps_all(t, cache) && cache_node_answers(cache, 0) && cache_node_answers(cache, 1);
    return kept;
}

static bool wait_for(bool (*holds)(void *context), void *context)
{
    for (int i = 0; i < 6000 && !holds(context); i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    return holds(context);
}

TEST(cache_keeps_what_it_was_given)
{
    struct test_memcached node = {0};
    struct cache_value value;
    struct cache_counts counts;
    test_memcached_start(&node);
    struct cache *cache = open_nodes(t, &node, 1);
    CHECK(cache_get(cache, "a", t->arena, &value) == CACHE_MISS);
    put_text(cache, "a", "one");
    CHECK(cache_get(cache, "a", t->arena, &value) == CACHE_HIT);
    CHECK(value.length == 3 && memcmp(value.bytes, "one", 3) == 0);
    size_t most = CACHE_VALUE_MAX;
    char *large = arena_alloc(t->arena, most + 1);
    cache_put(cache, "large", large, most, 60);
    CHECK(cache_get(cache, "large", t->arena, &value) == CACHE_HIT && value.length == most);
    cache_put(cache, "larger", large, most + 1, 60);
    CHECK(cache_get(cache, "larger", t->arena, &value) == CACHE_MISS);
    cache_counts(cache, &counts);
    CHECK_I64(counts.hits, 2);
    CHECK_I64(counts.misses, 2);
    CHECK_I64(counts.stored, 2);
    CHECK_I64(counts.refused, 1);
    CHECK_I64(counts.errors, 0);
    cache_close(cache);
    test_memcached_stop(&node);
}

TEST(cache_without_nodes_finds_nothing)
{
    struct cache_value value;
    struct cache *cache = open_nodes(t, NULL, 0);
    CHECK(!cache_is_on(cache));
    put_text(cache, "a", "one");
    CHECK(cache_get(cache, "a", t->arena, &value) == CACHE_MISS);
    cache_announce(cache);
    cache_close(cache);
}

TEST(cache_refuses_what_is_no_address)
{
    static const char *const wrong[] = {"", ":11211", "host", "host:0", "host:65536", "host:x"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct problem problem = {.arena = t->arena};
        struct cache *cache = NULL;
        const char *node = wrong[i];
        struct cache_settings settings = {.prefix = "test", .nodes = {1, &node}};
        CHECK(cache_open(&settings, &cache, &problem) == ERR_INVALID && problem.detail != NULL);
    }
    struct problem problem = {.arena = t->arena};
    struct cache *cache = NULL;
    struct cache_settings blank = {.prefix = "my shop"};
    CHECK(cache_open(&blank, &cache, &problem) == ERR_INVALID && problem.detail != NULL);
}

// The library takes a node without an address for this machine's.
TEST(cache_node_without_address_is_away)
{
    struct test_memcached node = {0};
    struct cache_value value;
    struct cache *cache = NULL;
    struct problem problem = {.arena = t->arena};
    test_memcached_start(&node);
    // Longer than a part of a name may be: nobody has to be asked to find none.
    char nowhere[71] = "";
    memset(nowhere, 'x', sizeof nowhere - 1);
    const char *name = arena_printf(t->arena, "%s:%d", nowhere, node.port);
    struct cache_settings settings = {.prefix = "test", .nodes = {1, &name}};
    CHECK_I64(cache_open(&settings, &cache, &problem), ERR_OK);
    for (int i = 0; i < 3; i++) {
        put_text(cache, "a", "one");
        CHECK(cache_get(cache, "a", t->arena, &value) == CACHE_AWAY);
    }
    cache_close(cache);
    test_memcached_stop(&node);
}

// Of two nodes each has its share; while one is gone its keys alone are missed, and made anew on
// the other; nobody waits for it but the first.
TEST(cache_loses_with_a_node_its_share_alone)
{
    struct test_memcached nodes[2] = {0};
    test_memcached_start(&nodes[0]);
    test_memcached_start(&nodes[1]);
    struct cache *cache = open_nodes(t, nodes, 2);
    CHECK(keeps_all_on_both(t, cache));
    test_memcached_stop(&nodes[1]);
    int left = count_found(t, cache);
    if (left < KEYS / 4 || left > KEYS * 3 / 4)
        test_fail(t, __FILE__, __LINE__, "%d of %d keys are on one of two nodes", left, KEYS);
    CHECK(cache_node_answers(cache, 0) && !cache_node_answers(cache, 1));
    CHECK(keeps_all(t, cache));
    cache_close(cache);
    test_memcached_stop(&nodes[0]);
}

// A node that takes connections and says nothing costs its first caller a tenth of a second.
TEST(cache_waits_for_a_silent_node_once)
{
    struct test_memcached nodes[2] = {0};
    test_memcached_start(&nodes[0]);
    test_memcached_start(&nodes[1]);
    i64 took_ms = INT64_MAX;
    for (int i = 0; i < 5 && took_ms > 900; i++) { // a busy machine may be late for once
        struct cache *cache = open_nodes(t, nodes, 2);
        put_all(t, cache);
        test_memcached_hang(&nodes[1], true);
        i64 start_ms = monotonic_ms();
        count_found(t, cache);
        took_ms = monotonic_ms() - start_ms;
        test_memcached_hang(&nodes[1], false);
        cache_close(cache);
    }
    if (took_ms > 900)
        test_fail(t, __FILE__, __LINE__, "%d reads took %lld ms", KEYS, (long long)took_ms);
    test_memcached_stop(&nodes[0]);
    test_memcached_stop(&nodes[1]);
}

static void note_change(void *context)
{
    atomic_fetch_add((_Atomic int *)context, 1);
}

struct expected {
    _Atomic int *heard;
    int count;
};

static bool has_heard(void *context)
{
    struct expected *expected = context;
    return atomic_load(expected->heard) >= expected->count;
}

TEST(cache_tells_other_processes_once)
{
    struct test_memcached nodes[2] = {0};
    _Atomic int here = 0, there = 0;
    test_memcached_start(&nodes[0]);
    test_memcached_start(&nodes[1]);
    struct cache *teller = open_nodes(t, nodes, 2), *hearer = open_nodes(t, nodes, 2);
    cache_listen(teller, note_change, &here);
    cache_listen(hearer, note_change, &there);
    for (int i = 1; i <= 3; i++) {
        cache_announce(teller);
        CHECK(wait_for(has_heard, &(struct expected){&there, i}));
        // The other node's listener comes to the same number by then, and says nothing.
        nanosleep(&(struct timespec){.tv_nsec = 3 * CACHE_LISTEN_MS * 1000000}, NULL);
        CHECK_I64(atomic_load(&there), i);
    }
    CHECK_I64(atomic_load(&here), 0);
    test_memcached_stop(&nodes[0]); // the news comes through the other one
    cache_announce(teller);
    CHECK(wait_for(has_heard, &(struct expected){&there, 4}));
    cache_close(teller);
    cache_close(hearer);
    test_memcached_stop(&nodes[1]);
}

static bool second_answers(void *context)
{
    return cache_node_answers(context, 1);
}

// Whoever listens sees a node that is back, so no request has to try it.
TEST(cache_listener_finds_a_node_again)
{
    struct test_memcached nodes[2] = {0};
    _Atomic int heard = 0;
    test_memcached_start(&nodes[0]);
    test_memcached_start(&nodes[1]);
    struct cache *cache = open_nodes(t, nodes, 2);
    cache_listen(cache, note_change, &heard);
    put_all(t, cache);
    test_memcached_stop(&nodes[1]);
    CHECK(count_found(t, cache) < KEYS);
    test_memcached_start(&nodes[1]);
    CHECK(wait_for(second_answers, cache));
    CHECK(keeps_all(t, cache));
    cache_close(cache);
    test_memcached_stop(&nodes[0]);
    test_memcached_stop(&nodes[1]);
}
