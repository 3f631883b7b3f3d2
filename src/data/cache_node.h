// One Memcached node: its connections, whether it answers, and the few things that are asked of it.
// Only cache.c includes this.
#ifndef SOUK_DATA_CACHE_NODE_H
#define SOUK_DATA_CACHE_NODE_H

#include <netinet/in.h>
#include <stdatomic.h>

#include "data/cache.h"
#include "data/pool.h"

struct memcached_st;

enum { CACHE_CONNECTIONS_MAX = 16 }; // a node and process

struct cache_connection {
    struct pooled pooled; // first: the pool hands it back
    struct memcached_st *client;
    u64 epoch; // of the node, when it was made
};

struct cache_node {
    const char *name, *host;
    in_port_t port;
    _Atomic i64 away_until_ms; // on the monotonic clock; nobody is kept waiting before
    _Atomic u64 epoch;         // counts failures: connections from before one are not used again
    pthread_mutex_t lock;      // over the address
    char address[64];          // of `host`, as numbers; "" until it was found
    struct pool pool;
    struct cache_connection connections[CACHE_CONNECTIONS_MAX];
};

void cache_node_open(struct cache_node *node, const char *name, const char *host, in_port_t port);
void cache_node_close(struct cache_node *node);
bool cache_node_is_well(const struct cache_node *node);
// Looks the name up again; may take seconds when nobody answers.
void cache_node_resolve(struct cache_node *node);
// Whether its name was ever found; until then it is away.
bool cache_node_is_found(struct cache_node *node);

// These wait a tenth of a second at most. AWAY: it did not answer, and is left alone now.
enum cache_answer cache_node_get(struct cache_node *node, const char *key, struct arena *arena,
                                 struct cache_value *out);
// Hit: stored. Miss: it would not take it.
enum cache_answer cache_node_put(struct cache_node *node, const char *key,
                                 const struct cache_value *value, i64 seconds);

#endif
