// Asking one Memcached node, through libmemcached. Contract in cache_node.h.
//
// The library could spread keys, eject nodes and pool its handles by itself. But its handles know
// nothing of each other: each of dozens would have to fail by itself before a dead node costs no
// more time, and each look names up by itself, on a thread that serves somebody. So a handle here
// has one node with a numeric address, and what is known of the node is the process's.
#include "data/cache_node.h"

#include <libmemcached/memcached.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "core/time.h"

enum {
    BORROW_MS = 5,   // a crowd at one node: making the document oneself takes no longer
    ANSWER_MS = 100, // for connecting, and for each answer
    AWAY_MS = 1000,
};

void cache_node_open(struct cache_node *node, const char *name, const char *host, in_port_t port)
{
    node->name = name;
    node->host = host;
    node->port = port;
    pthread_mutex_init(&node->lock, NULL);
    pool_init(&node->pool);
    for (size_t i = 0; i < CACHE_CONNECTIONS_MAX; i++)
        pool_return(&node->pool, &node->connections[i].pooled);
    cache_node_resolve(node);
}

void cache_node_close(struct cache_node *node)
{
    for (size_t i = 0; i < CACHE_CONNECTIONS_MAX; i++)
        if (node->connections[i].client != NULL)
            memcached_free(node->connections[i].client);
    pool_release(&node->pool);
    pthread_mutex_destroy(&node->lock);
}

void cache_node_resolve(struct cache_node *node)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
    char address[sizeof node->address] = "";
    if (getaddrinfo(node->host, NULL, &hints, &found) == 0)
        getnameinfo(found->ai_addr, found->ai_addrlen, address, sizeof address, NULL, 0,
                    NI_NUMERICHOST);
    if (found != NULL)
        freeaddrinfo(found);
    if (*address == '\0')
        return; // an address that was good before is better than none
    pthread_mutex_lock(&node->lock);
    memcpy(node->address, address, sizeof address);
    pthread_mutex_unlock(&node->lock);
}

bool cache_node_is_well(const struct cache_node *node)
{
    i64 until_ms = atomic_load_explicit(&node->away_until_ms, memory_order_relaxed);
    return until_ms == 0 || monotonic_ms() >= until_ms;
}

static void note_well(struct cache_node *node)
{
    if (atomic_load_explicit(&node->away_until_ms, memory_order_relaxed) != 0 &&
        atomic_exchange(&node->away_until_ms, 0) != 0)
        log_line(LOG_INFO, "memcached_back", "%s answers", node->name);
}

static void note_away(struct cache_node *node, const char *reason)
{
    atomic_fetch_add(&node->epoch, 1);
    if (atomic_exchange(&node->away_until_ms, monotonic_ms() + AWAY_MS) == 0)
        log_line(LOG_WARN, "memcached_away", "%s: %s", node->name, reason);
}

bool cache_node_is_found(struct cache_node *node)
{
    pthread_mutex_lock(&node->lock);
    bool found = *node->address != '\0';
    pthread_mutex_unlock(&node->lock);
    return found;
}

// NULL while the address is not known: the library would take none for this machine's.
static struct memcached_st *make_client(struct cache_node *node)
{
    if (!cache_node_is_found(node))
        return NULL;
    struct memcached_st *client = memcached_create(NULL);
    assert(client != NULL);
    memcached_behavior_set(client, MEMCACHED_BEHAVIOR_NO_BLOCK, 1);
    memcached_behavior_set(client, MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
    memcached_behavior_set(client, MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, ANSWER_MS);
    memcached_behavior_set(client, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, ANSWER_MS);
    pthread_mutex_lock(&node->lock);
    memcached_return_t added = memcached_server_add(client, node->address, node->port);
    pthread_mutex_unlock(&node->lock);
    assert(added == MEMCACHED_SUCCESS);
    return client;
}

static void drop_client(struct cache_connection *connection)
{
    if (connection->client != NULL)
        memcached_free(connection->client);
    connection->client = NULL;
}

// NULL: all are in use, or the address is not known.
static struct cache_connection *borrow(struct cache_node *node)
{
    struct cache_connection *connection =
        (struct cache_connection *)(void *)pool_borrow(&node->pool, BORROW_MS);
    if (connection == NULL)
        return NULL;
    u64 epoch = atomic_load(&node->epoch);
    if (connection->epoch != epoch)
        drop_client(connection);
    connection->epoch = epoch;
    if (connection->client == NULL)
        connection->client = make_client(node);
    if (connection->client != NULL)
        return connection;
    note_away(node, "its name is not known yet");
    pool_return(&node->pool, &connection->pooled);
    return NULL;
}

// What the node said: NOTFOUND and refusals of a value are answers too.
static enum cache_answer give_back(struct cache_node *node, struct cache_connection *connection,
                                   memcached_return_t result)
{
    enum cache_answer answer = CACHE_AWAY;
    if (result == MEMCACHED_SUCCESS || result == MEMCACHED_STORED)
        answer = CACHE_HIT;
    else if (result == MEMCACHED_NOTFOUND || result == MEMCACHED_NOTSTORED ||
             result == MEMCACHED_E2BIG || result == MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE)
        answer = CACHE_MISS;
    if (answer == CACHE_AWAY) {
        note_away(node, memcached_strerror(connection->client, result));
        drop_client(connection);
    } else {
        note_well(node);
    }
    pool_return(&node->pool, &connection->pooled);
    return answer;
}

enum cache_answer cache_node_get(struct cache_node *node, const char *key, struct arena *arena,
                                 struct cache_value *out)
{
    struct cache_connection *connection = borrow(node);
    memcached_return_t result;
    u32 flags;
    if (connection == NULL)
        return CACHE_AWAY;
    char *value =
        memcached_get(connection->client, key, strlen(key), &out->length, &flags, &result);
    if (value != NULL)
        arena_defer(arena, free, value);
    out->bytes = value;
    // A value of no bytes is given as success without one; nothing here is stored so.
    if (result == MEMCACHED_SUCCESS && value == NULL)
        result = MEMCACHED_NOTFOUND;
    return give_back(node, connection, result);
}

enum cache_answer cache_node_put(struct cache_node *node, const char *key,
                                 const struct cache_value *value, i64 seconds)
{
    struct cache_connection *connection = borrow(node);
    if (connection == NULL)
        return CACHE_AWAY;
    return give_back(node, connection,
                     memcached_set(connection->client, key, strlen(key), value->bytes,
                                   value->length, (time_t)seconds, 0));
}
