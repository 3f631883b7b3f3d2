// Which node of a Redis Cluster has which slot. Contract in redis_parts.h.
//
// One thread asks for the map (CLUSTER SLOTS), so that no request ever waits for it: a node after
// the other, in turn, because one that was cut off from the rest tells an old map and does not know
// it. While something is wrong it asks five times a second, else every ten seconds. The same thread
// tries the nodes that are left alone.
//
// A node's place in the table outlives its leaving the map for as long as somebody uses it: users
// count, and a place is given away only when they are none.
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "data/redis_parts.h"

enum {
    TROUBLE_MS = 200,     // between two maps while something is wrong
    CALM_MS = 10000,      // and while nothing is
    FAILURES_MAX = 3,     // in a row, then a node is left alone
    START_MS = 500,       // the longest wait for the first map
    MASTERS_REPLIES = 64, // stretches of slots times nodes that are read of one map
};

bool redis_read_address(const char *text, size_t length, const struct redis_address *asked,
                        struct redis_address *out)
{
    size_t colon = length;
    while (colon > 0 && text[colon - 1] != ':') // the last one: an IPv6 address has more
        colon--;
    i64 port = 0;
    for (size_t i = colon; i < length; i++)
        port = text[i] >= '0' && text[i] <= '9' && port <= UINT16_MAX ? port * 10 + text[i] - '0'
                                                                      : UINT16_MAX + 1;
    size_t host = colon > 0 ? colon - 1 : 0;
    if (colon == 0 || port < 1 || port > UINT16_MAX || host >= sizeof out->host)
        return false;
    *out = (struct redis_address){.port = (u16)port};
    if (host > 0)
        memcpy(out->host, text, host);
    else
        memcpy(out->host, asked->host, sizeof out->host);
    return out->host[0] != '\0';
}

static bool same_address(const struct redis_address *a, const struct redis_address *b)
{
    return a->port == b->port && str_equal(a->host, b->host);
}

// The place of an address; a free one is taken for it. -1 when all are in use. Under the lock.
static int place_of(struct redis *redis, const struct redis_address *address)
{
    int free_place = -1;
    for (int i = 0; i < REDIS_NODES_MAX; i++) {
        struct redis_node *node = &redis->nodes[i];
        if (same_address(&node->address, address))
            return i;
        if (free_place < 0 && node->users == 0 && !node->listed)
            free_place = i;
    }
    if (free_place < 0)
        return -1;
    struct redis_node *node = &redis->nodes[free_place];
    redis_node_clear(node);
    node->address = *address;
    node->failures = 0;
    node->left_alone = node->master = false;
    return free_place;
}

// Under the lock.
static struct redis_node *enter(struct redis_node *node)
{
    if (node->left_alone)
        return NULL;
    node->users++;
    return node;
}

struct redis_node *redis_enter_slot(struct redis *redis, int slot)
{
    assert(slot >= 0 && slot < REDIS_SLOTS);
    pthread_mutex_lock(&redis->lock);
    u8 at = redis->map[slot];
    struct redis_node *node = at != REDIS_NOBODY ? enter(&redis->nodes[at]) : NULL;
    pthread_mutex_unlock(&redis->lock);
    return node;
}

struct redis_node *redis_enter_address(struct redis *redis, const struct redis_address *address)
{
    pthread_mutex_lock(&redis->lock);
    int at = place_of(redis, address);
    struct redis_node *node = at >= 0 ? enter(&redis->nodes[at]) : NULL;
    pthread_mutex_unlock(&redis->lock);
    return node;
}

struct redis_node *redis_enter_master(struct redis *redis, size_t place)
{
    struct redis_node *node = &redis->nodes[place];
    pthread_mutex_lock(&redis->lock);
    node = node->listed && node->master ? enter(node) : NULL;
    pthread_mutex_unlock(&redis->lock);
    return node;
}

void redis_leave(struct redis *redis, struct redis_node *node)
{
    pthread_mutex_lock(&redis->lock);
    node->users--;
    assert(node->users >= 0);
    pthread_mutex_unlock(&redis->lock);
}

// Under the lock.
static void want_map(struct redis *redis)
{
    redis->wanted = true;
    pthread_cond_broadcast(&redis->changed);
}

void redis_want_map(struct redis *redis)
{
    pthread_mutex_lock(&redis->lock);
    want_map(redis);
    pthread_mutex_unlock(&redis->lock);
}

void redis_slot_moved(struct redis *redis, int slot, const struct redis_address *address)
{
    pthread_mutex_lock(&redis->lock);
    int at = place_of(redis, address);
    if (at >= 0) {
        redis->nodes[at].listed = redis->nodes[at].master = true;
        redis->map[slot] = (u8)at;
    }
    want_map(redis);
    pthread_mutex_unlock(&redis->lock);
}

void redis_note(struct redis *redis, struct redis_node *node, bool answered)
{
    pthread_mutex_lock(&redis->lock);
    node->failures = answered ? 0 : node->failures + 1;
    if (node->failures >= FAILURES_MAX && !node->left_alone) {
        node->left_alone = true;
        log_line(LOG_WARN, "redis", "%s:%d is left alone", node->address.host, node->address.port);
    }
    if (!answered)
        want_map(redis);
    pthread_mutex_unlock(&redis->lock);
}

// The map, as one node tells it. What is out of bounds or not understood leaves its slots to
// nobody, never to somebody else.

struct map {
    size_t count;
    struct redis_address nodes[REDIS_NODES_MAX];
    bool master[REDIS_NODES_MAX];
    u8 slots[REDIS_SLOTS];
};

static u8 map_place(struct map *map, const struct redis_address *address, bool master)
{
    size_t at = 0;
    while (at < map->count && !same_address(&map->nodes[at], address))
        at++;
    // Half of the table is kept for nodes that are on their way in or out.
    if (at == REDIS_NODES_MAX / 2)
        return REDIS_NOBODY;
    map->count += at == map->count;
    map->nodes[at] = *address;
    map->master[at] |= master;
    return (u8)at;
}

static bool read_node(const redisReply *told, const struct redis_address *asked,
                      struct redis_address *out)
{
    if (told->type != REDIS_REPLY_ARRAY || told->elements < 2 ||
        told->element[1]->type != REDIS_REPLY_INTEGER || told->element[1]->integer < 1 ||
        told->element[1]->integer > UINT16_MAX)
        return false;
    const redisReply *host = told->element[0];
    bool named = host->type == REDIS_REPLY_STRING && host->len > 0;
    if (named && (host->len >= sizeof out->host || str_equal(host->str, "?")))
        return false;
    *out = *asked; // a node that does not know its own name is the one that was asked
    if (named)
        memcpy(out->host, host->str, host->len + 1);
    out->port = (u16)told->element[1]->integer;
    return true;
}

// [first, last, [host, port, ...] of the master, then of its replicas]
static void read_stretch(const redisReply *told, const struct redis_address *asked, struct map *map)
{
    if (told->type != REDIS_REPLY_ARRAY || told->elements < 3 ||
        told->element[0]->type != REDIS_REPLY_INTEGER ||
        told->element[1]->type != REDIS_REPLY_INTEGER)
        return;
    i64 first = told->element[0]->integer, last = told->element[1]->integer;
    struct redis_address address;
    if (first < 0 || last >= REDIS_SLOTS)
        return;
    for (size_t i = 2; i < told->elements && i < MASTERS_REPLIES; i++) {
        if (!read_node(told->element[i], asked, &address))
            continue;
        u8 at = map_place(map, &address, i == 2);
        for (i64 slot = first; i == 2 && slot <= last; slot++)
            map->slots[slot] = at;
    }
}

static bool read_map(const redisReply *reply, const struct redis_address *asked, struct map *map)
{
    memset(map, 0, sizeof *map);
    memset(map->slots, REDIS_NOBODY, sizeof map->slots);
    if (reply == NULL)
        return false;
    if (reply->type == REDIS_REPLY_ERROR && strstr(reply->str, "cluster support disabled")) {
        memset(map->slots, map_place(map, asked, true), sizeof map->slots);
        return true;
    }
    if (reply->type != REDIS_REPLY_ARRAY)
        return false;
    for (size_t i = 0; i < reply->elements; i++)
        read_stretch(reply->element[i], asked, map);
    return map->count > 0;
}

static void take_map(struct redis *redis, const struct map *map)
{
    int places[REDIS_NODES_MAX];
    pthread_mutex_lock(&redis->lock);
    for (int i = 0; i < REDIS_NODES_MAX; i++)
        redis->nodes[i].listed = redis->nodes[i].master = false;
    for (size_t i = 0; i < map->count; i++) {
        places[i] = place_of(redis, &map->nodes[i]);
        if (places[i] < 0)
            continue;
        redis->nodes[places[i]].listed = true;
        redis->nodes[places[i]].master = map->master[i];
    }
    for (int slot = 0; slot < REDIS_SLOTS; slot++) {
        u8 at = map->slots[slot];
        redis->map[slot] = at != REDIS_NOBODY && places[at] >= 0 ? (u8)places[at] : REDIS_NOBODY;
    }
    redis->mapped = true;
    pthread_cond_broadcast(&redis->changed);
    pthread_mutex_unlock(&redis->lock);
}

static bool ask_map(struct redis *redis, const struct redis_address *address, struct map *map)
{
    redisContext *context = redis_connect(address, redis->password, REDIS_CONNECT_MS);
    if (context == NULL)
        return false;
    redisReply *reply = redisCommand(context, "CLUSTER SLOTS");
    bool told = read_map(reply, address, map);
    freeReplyObject(reply);
    redisFree(context);
    return told;
}

// Whom to ask: the nodes of the last map, then those of the setting.
static size_t candidates(struct redis *redis, struct redis_address *out)
{
    size_t count = 0;
    pthread_mutex_lock(&redis->lock);
    for (int i = 0; i < REDIS_NODES_MAX; i++)
        if (redis->nodes[i].listed && !redis->nodes[i].left_alone)
            out[count++] = redis->nodes[i].address;
    pthread_mutex_unlock(&redis->lock);
    for (size_t i = 0; i < redis->seeds; i++)
        out[count++] = redis->seed[i];
    return count;
}

static bool stopping(struct redis *redis)
{
    pthread_mutex_lock(&redis->lock);
    bool stop = redis->stopping;
    pthread_mutex_unlock(&redis->lock);
    return stop;
}

static bool refresh(struct redis *redis, struct map *map)
{
    struct redis_address addresses[REDIS_NODES_MAX + REDIS_SEEDS_MAX];
    size_t count = candidates(redis, addresses);
    size_t nodes = count - redis->seeds, turn = redis->turn++;
    for (size_t i = 0; i < count && !stopping(redis); i++) {
        // Known nodes in turn first, seeds after them.
        size_t at = i < nodes ? (i + turn) % nodes : nodes + (i - nodes + turn) % redis->seeds;
        if (ask_map(redis, &addresses[at], map)) {
            take_map(redis, map);
            return true;
        }
    }
    return false;
}

// A node answers again: it is used again.
static bool answers(struct redis *redis, const struct redis_address *address)
{
    redisContext *context = redis_connect(address, redis->password, REDIS_CONNECT_MS);
    redisReply *reply = context != NULL ? redisCommand(context, "PING") : NULL;
    bool well = reply != NULL && reply->type == REDIS_REPLY_STATUS;
    freeReplyObject(reply);
    if (context != NULL)
        redisFree(context);
    return well;
}

// Tries those that are left alone; true when one stays so that has slots.
static bool try_again(struct redis *redis)
{
    bool trouble = false;
    for (int i = 0; i < REDIS_NODES_MAX; i++) {
        struct redis_node *node = &redis->nodes[i];
        pthread_mutex_lock(&redis->lock);
        bool tried = node->left_alone && node->listed;
        struct redis_address address = node->address;
        pthread_mutex_unlock(&redis->lock);
        if (!tried)
            continue;
        bool well = answers(redis, &address);
        pthread_mutex_lock(&redis->lock);
        if (well && same_address(&node->address, &address)) {
            node->left_alone = false;
            node->failures = 0;
            log_line(LOG_INFO, "redis", "%s:%d answers again", address.host, address.port);
        }
        trouble |= node->left_alone && node->master;
        pthread_mutex_unlock(&redis->lock);
    }
    return trouble;
}

static bool whole(struct redis *redis)
{
    pthread_mutex_lock(&redis->lock);
    bool all = memchr(redis->map, REDIS_NOBODY, sizeof redis->map) == NULL;
    pthread_mutex_unlock(&redis->lock);
    return all;
}

static void *watch(void *context)
{
    struct redis *redis = context;
    struct arena *arena = arena_new(MIB(1));
    struct map *map = ARENA_NEW(arena, struct map);
    pthread_mutex_lock(&redis->lock);
    while (!redis->stopping) {
        redis->wanted = false;
        pthread_mutex_unlock(&redis->lock);
        bool well = refresh(redis, map);
        bool trouble = try_again(redis) || !well || !whole(redis);
        struct timespec soon = monotonic_after(TROUBLE_MS), late = monotonic_after(CALM_MS);
        pthread_mutex_lock(&redis->lock);
        int waited = 0;
        // However many ask for it: not more often than five times a second.
        while (!redis->stopping && waited == 0)
            waited = pthread_cond_clockwait(&redis->changed, &redis->lock, CLOCK_MONOTONIC, &soon);
        waited = 0;
        while (!redis->stopping && !redis->wanted && !trouble && waited == 0)
            waited = pthread_cond_clockwait(&redis->changed, &redis->lock, CLOCK_MONOTONIC, &late);
    }
    pthread_mutex_unlock(&redis->lock);
    arena_free(arena);
    return NULL;
}

void redis_watch_start(struct redis *redis)
{
    struct timespec until = monotonic_after(START_MS);
    int started = pthread_create(&redis->thread, NULL, watch, redis);
    assert(started == 0);
    pthread_mutex_lock(&redis->lock);
    for (int waited = 0; !redis->mapped && waited == 0;)
        waited = pthread_cond_clockwait(&redis->changed, &redis->lock, CLOCK_MONOTONIC, &until);
    bool mapped = redis->mapped;
    pthread_mutex_unlock(&redis->lock);
    if (!mapped)
        log_line(LOG_WARN, "redis", "no node of SOUK_REDIS_URL answers; going on without");
}

void redis_watch_stop(struct redis *redis)
{
    pthread_mutex_lock(&redis->lock);
    redis->stopping = true;
    pthread_cond_broadcast(&redis->changed);
    pthread_mutex_unlock(&redis->lock);
    pthread_join(redis->thread, NULL);
}
