// What the parts of the Redis client share: redis.c asks and follows, redis_cluster.c keeps the map
// of slots and its thread, redis_node.c one node's connections and its breaker.
#ifndef SOUK_DATA_REDIS_PARTS_H
#define SOUK_DATA_REDIS_PARTS_H

#include <hiredis/hiredis.h>
#include <pthread.h>
#include <stdatomic.h>

#include "data/pool.h"
#include "data/redis.h"

enum {
    REDIS_NODES_MAX = 48, // masters and replicas, and those that have just left
    REDIS_SEEDS_MAX = 16,
    REDIS_CONNECTIONS = 24, // a node, a process
    REDIS_CONNECT_MS = 100,
    REDIS_NOBODY = 255, // in the map: no node has the slot
};

struct redis_address {
    char host[254];
    u16 port;
};

struct redis_connection {
    struct pooled pooled;
    redisContext *context; // NULL: not connected
};

// A place for a node. It is given to another one when the map names it no more and nobody uses it.
struct redis_node {
    struct redis_address address; // port 0: the place is free
    bool listed, master;          // in the last map
    int users;                    // who must find it as it is
    int failures;                 // in a row
    bool left_alone;              // the breaker is open
    struct pool pool;
    struct redis_connection connections[REDIS_CONNECTIONS];
};

struct redis {
    struct arena *arena;
    const char *password; // NULL: none
    size_t seeds;
    struct redis_address seed[REDIS_SEEDS_MAX];

    pthread_mutex_t lock; // guards what follows
    pthread_cond_t changed;
    struct redis_node nodes[REDIS_NODES_MAX];
    u8 map[REDIS_SLOTS];
    bool mapped, wanted, stopping; // there was a map; one is asked for
    size_t turn;                   // which node is asked for the map
    pthread_t thread;

    _Atomic i64 commands, failures, moved, asked, sum_us, logged_ms;
    _Atomic i64 seconds[REDIS_SECONDS_BUCKETS + 1];
};

// redis_cluster.c
// The node of a slot, or of an address that a node named (added when it is new); NULL when there is
// none, or when it is left alone. Give it back with redis_leave.
struct redis_node *redis_enter_slot(struct redis *redis, int slot);
struct redis_node *redis_enter_address(struct redis *redis, const struct redis_address *address);
void redis_leave(struct redis *redis, struct redis_node *node);
// The master at a place of `nodes` when there is one that is not left alone, else NULL.
struct redis_node *redis_enter_master(struct redis *redis, size_t place);
// Says that a slot is at an address now, as MOVED does, and asks for a new map.
void redis_slot_moved(struct redis *redis, int slot, const struct redis_address *address);
// Whether a node answered: failures in a row open its breaker, and ask for a new map.
void redis_note(struct redis *redis, struct redis_node *node, bool answered);
void redis_want_map(struct redis *redis);
void redis_watch_start(struct redis *redis);
void redis_watch_stop(struct redis *redis);
// "HOST:PORT"; an empty host is that of `asked`.
bool redis_read_address(const char *text, size_t length, const struct redis_address *asked,
                        struct redis_address *out);

// redis_node.c
void redis_node_init(struct redis_node *node);
// Closes its connections; nobody uses it.
void redis_node_clear(struct redis_node *node);
// A connection, logged in; NULL when there is none within so long.
redisContext *redis_connect(const struct redis_address *address, const char *password, i64 wait_ms);
// Sends a command, after ASKING when that is wanted, and waits for its answer; NULL: none came. The
// caller frees it.
redisReply *redis_talk(struct redis_node *node, const char *password,
                       const struct redis_command *command, bool asking, i64 until_ms);

#endif
