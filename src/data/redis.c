// Asking a Redis Cluster. Contract in redis.h.
//
// A command goes to the node that the map names, and from there where that node sends it: MOVED
// changes the map, ASK holds for this command alone. Anything else that is no answer ends it: the
// caller has somewhere else to look, and sooner than this one could find out.
#include "data/redis.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "data/redis_parts.h"

enum {
    HOPS_MAX = 5,     // nodes that one command is sent to
    TRY_AGAIN_MS = 5, // after TRYAGAIN: keys are on their way
    // Who had less time than this and got no answer says nothing about the node.
    PATIENT_MS = 50,
};

const i64 redis_seconds_us[REDIS_SECONDS_BUCKETS] = {100,  250,   500,   1000,
                                                     2500, 10000, 50000, 150000};

static u16 crc16(const char *bytes, size_t length)
{
    u32 crc = 0;
    for (size_t i = 0; i < length; i++) {
        crc ^= (u32)(u8)bytes[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
    }
    return (u16)crc;
}

int redis_slot(const char *key, size_t length)
{
    const char *open = memchr(key, '{', length);
    const char *close = open != NULL ? memchr(open, '}', length - (size_t)(open - key)) : NULL;
    if (close == NULL || close == open + 1) // "{}" is no tag
        return crc16(key, length) % REDIS_SLOTS;
    return crc16(open + 1, (size_t)(close - open) - 1) % REDIS_SLOTS;
}

static enum err bad_url(struct problem *problem, const char *why)
{
    problem_field(problem, "SOUK_REDIS_URL", "%s", why);
    return ERR_INVALID;
}

// redis://[:PASSWORD@]HOST:PORT
static enum err read_url(struct redis *redis, const char *url, struct problem *problem)
{
    static const char scheme[] = "redis://";
    if (str_starts(url, "rediss://"))
        return bad_url(problem, "TLS (rediss://) is not spoken; use redis:// in a private network");
    if (!str_starts(url, scheme))
        return bad_url(problem, "is not redis://[:PASSWORD@]HOST:PORT, several with commas");
    const char *rest = url + strlen(scheme), *at = strrchr(rest, '@');
    if (at != NULL && *rest != ':')
        return bad_url(problem, "takes a password, no user name: redis://:PASSWORD@HOST:PORT");
    if (at != NULL)
        redis->password = arena_text_n(redis->arena, rest + 1, (size_t)(at - rest) - 1);
    rest = at != NULL ? at + 1 : rest;
    struct redis_address nobody = {.port = 0};
    if (redis->seeds == REDIS_SEEDS_MAX)
        return bad_url(problem, "names more than 16 nodes");
    if (!redis_read_address(rest, strlen(rest), &nobody, &redis->seed[redis->seeds]))
        return bad_url(problem, "lacks a host or a port: redis://HOST:PORT");
    redis->seeds++;
    return ERR_OK;
}

static enum err read_urls(struct redis *redis, const char *urls, struct problem *problem)
{
    enum err err = ERR_OK;
    for (const char *at = urls + strspn(urls, ", "); *at != '\0' && err == ERR_OK;
         at += strspn(at, ", ")) {
        size_t length = strcspn(at, ", ");
        err = read_url(redis, arena_text_n(redis->arena, at, length), problem);
        at += length;
    }
    return err == ERR_OK && redis->seeds == 0 ? bad_url(problem, "names no node") : err;
}

enum err redis_open(const char *urls, struct redis **out, struct problem *problem)
{
    struct arena *arena = arena_new(MIB(4));
    struct redis *redis = ARENA_NEW(arena, struct redis);
    redis->arena = arena;
    enum err err = read_urls(redis, urls, problem);
    if (err != ERR_OK) {
        arena_free(arena);
        return err;
    }
    signal(SIGPIPE, SIG_IGN);
    pthread_mutex_init(&redis->lock, NULL);
    pthread_cond_init(&redis->changed, NULL);
    memset(redis->map, REDIS_NOBODY, sizeof redis->map);
    for (size_t i = 0; i < REDIS_NODES_MAX; i++)
        redis_node_init(&redis->nodes[i]);
    redis_watch_start(redis);
    *out = redis;
    return ERR_OK;
}

void redis_close(struct redis *redis)
{
    if (redis == NULL)
        return;
    redis_watch_stop(redis);
    for (size_t i = 0; i < REDIS_NODES_MAX; i++) {
        assert(redis->nodes[i].users == 0);
        redis_node_clear(&redis->nodes[i]);
        pool_release(&redis->nodes[i].pool);
    }
    pthread_cond_destroy(&redis->changed);
    pthread_mutex_destroy(&redis->lock);
    arena_free(redis->arena);
}

static void count(_Atomic i64 *counter, i64 by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

// A whole memory refuses every write: one line a second says it.
static void log_error(struct redis *redis, const char *error)
{
    i64 now_ms = monotonic_ms(), last_ms = redis->logged_ms;
    if (now_ms - last_ms >= SECOND_MS &&
        atomic_compare_exchange_strong(&redis->logged_ms, &last_ms, now_ms))
        log_line(LOG_WARN, "redis", "%s", error);
}

struct asking {
    struct redis *redis;
    const struct redis_command *command;
    int slot;
    bool once; // ASK: the next node is asked for this command alone
    i64 until_ms;
};

// The node that "MOVED 3999 127.0.0.1:6381" or "ASK ..." names.
static struct redis_node *follow(struct asking *asking, const char *error,
                                 const struct redis_address *from)
{
    struct redis *redis = asking->redis;
    const char *address = strrchr(error, ' ');
    struct redis_address to;
    if (address == NULL || !redis_read_address(address + 1, strlen(address + 1), from, &to))
        return NULL;
    asking->once = str_starts(error, "ASK ");
    count(asking->once ? &redis->asked : &redis->moved, 1);
    if (!asking->once)
        redis_slot_moved(redis, asking->slot, &to);
    return redis_enter_address(redis, &to);
}

// After an error of Redis: the node to ask next, or NULL.
static struct redis_node *after_error(struct asking *asking, const redisReply *reply,
                                      const struct redis_address *from)
{
    static const struct timespec pause = {.tv_nsec = TRY_AGAIN_MS * 1000000};
    if (str_starts(reply->str, "MOVED ") || str_starts(reply->str, "ASK "))
        return follow(asking, reply->str, from);
    if (str_starts(reply->str, "TRYAGAIN ")) {
        nanosleep(&pause, NULL);
        return redis_enter_address(asking->redis, from);
    }
    // CLUSTERDOWN, LOADING, MASTERDOWN, READONLY: the cluster is finding itself anew.
    redis_want_map(asking->redis);
    log_error(asking->redis, reply->str);
    return NULL;
}

static void copy_reply(const redisReply *reply, struct arena *arena, struct redis_reply *out)
{
    *out = (struct redis_reply){.number = reply->integer};
    if (reply->type != REDIS_REPLY_STRING && reply->type != REDIS_REPLY_STATUS)
        return;
    out->text = arena_text_n(arena, reply->str, reply->len);
    out->length = reply->len;
}

static void measure(struct redis *redis, i64 took_us)
{
    size_t bucket = 0;
    while (bucket < REDIS_SECONDS_BUCKETS && took_us > redis_seconds_us[bucket])
        bucket++;
    count(&redis->seconds[bucket], 1);
    count(&redis->sum_us, took_us);
}

// Asks one node. ERR_OK: answered. Else `*next` is where to go on, NULL: nowhere.
static enum err ask_node(struct asking *asking, struct redis_node *node, bool patient,
                         struct redis_node **next, struct arena *arena, struct redis_reply *out)
{
    struct redis *redis = asking->redis;
    redisReply *reply =
        redis_talk(node, redis->password, asking->command, asking->once, asking->until_ms);
    enum err err = ERR_UNAVAILABLE;
    *next = NULL;
    if (reply != NULL || patient)
        redis_note(redis, node, reply != NULL);
    if (reply != NULL && reply->type == REDIS_REPLY_ERROR) {
        *next = after_error(asking, reply, &node->address);
    } else if (reply != NULL) {
        copy_reply(reply, arena, out);
        err = ERR_OK;
    }
    freeReplyObject(reply);
    redis_leave(redis, node);
    return err;
}

enum err redis_ask(struct redis *redis, const struct redis_command *command, i64 left_ms,
                   struct arena *arena, struct redis_reply *out)
{
    i64 start_us = monotonic_us();
    const char *key = command->words[command->key];
    size_t length = command->lengths != NULL ? command->lengths[command->key] : strlen(key);
    struct asking asking = {
        .redis = redis,
        .command = command,
        .slot = redis_slot(key, length),
        .until_ms = monotonic_ms() + min_i64(left_ms, REDIS_WAIT_MS),
    };
    enum err err = ERR_UNAVAILABLE;
    *out = (struct redis_reply){.text = NULL};
    struct redis_node *node = redis_enter_slot(redis, asking.slot), *next = NULL;
    for (int i = 0; i < HOPS_MAX && node != NULL; i++, node = next)
        err = ask_node(&asking, node, left_ms >= PATIENT_MS, &next, arena, out);
    if (node != NULL) // sent from one to the other, and no end of it
        redis_leave(redis, node);
    count(&redis->commands, 1);
    if (err == ERR_OK)
        measure(redis, monotonic_us() - start_us);
    else
        count(&redis->failures, 1);
    return err;
}

void redis_count(struct redis *redis, struct redis_counts *out)
{
    *out = (struct redis_counts){
        .commands = redis->commands,
        .failures = redis->failures,
        .moved = redis->moved,
        .asked = redis->asked,
        .sum_us = redis->sum_us,
    };
    for (size_t i = 0; i <= REDIS_SECONDS_BUCKETS; i++)
        out->seconds[i] = redis->seconds[i];
    pthread_mutex_lock(&redis->lock);
    for (size_t i = 0; i < REDIS_NODES_MAX; i++) {
        const struct redis_node *node = &redis->nodes[i];
        out->nodes += node->listed && node->master;
        out->left_alone += node->listed && node->master && node->left_alone;
    }
    for (size_t slot = 0; slot < REDIS_SLOTS; slot++)
        out->slots += redis->map[slot] != REDIS_NOBODY;
    pthread_mutex_unlock(&redis->lock);
}

i64 redis_probe(struct redis *redis)
{
    const char *words[] = {"PING"};
    const struct redis_command ping = {.words = words, .count = 1};
    struct redis_counts counts;
    i64 answered = 0;
    for (size_t i = 0; i < REDIS_NODES_MAX; i++) {
        struct redis_node *node = redis_enter_master(redis, i);
        if (node == NULL)
            continue;
        redisReply *reply =
            redis_talk(node, redis->password, &ping, false, monotonic_ms() + REDIS_WAIT_MS);
        answered += reply != NULL;
        redis_note(redis, node, reply != NULL);
        freeReplyObject(reply);
        redis_leave(redis, node);
    }
    redis_count(redis, &counts);
    return max_i64(0, counts.nodes - answered);
}
