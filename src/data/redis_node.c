// One node of a Redis Cluster: its connections. Contract in redis_parts.h.
//
// Connections are made when they are needed and kept. One that was idle may have been closed by the
// other side meanwhile, which only using it tells: then the command is sent once more, on a fresh
// connection. A connection on which no answer came in time is dropped, since the late answer would
// be taken for that of the next command.
#include <errno.h>

#include "core/time.h"
#include "data/redis_parts.h"

static struct timeval timeval_of(i64 ms)
{
    return (struct timeval){.tv_sec = ms / SECOND_MS, .tv_usec = ms % SECOND_MS * 1000};
}

void redis_node_init(struct redis_node *node)
{
    pool_init(&node->pool);
    for (size_t i = 0; i < REDIS_CONNECTIONS; i++)
        pool_return(&node->pool, &node->connections[i].pooled);
}

static void drop(struct redis_connection *connection)
{
    if (connection->context != NULL)
        redisFree(connection->context);
    connection->context = NULL;
}

void redis_node_clear(struct redis_node *node)
{
    for (size_t i = 0; i < REDIS_CONNECTIONS; i++)
        drop(&node->connections[i]);
}

static bool log_in(redisContext *context, const char *password)
{
    redisReply *reply = redisCommand(context, "AUTH %s", password);
    bool accepted = reply != NULL && reply->type == REDIS_REPLY_STATUS;
    freeReplyObject(reply);
    return accepted;
}

redisContext *redis_connect(const struct redis_address *address, const char *password, i64 wait_ms)
{
    struct timeval wait = timeval_of(max_i64(1, wait_ms));
    redisContext *context = redisConnectWithTimeout(address->host, address->port, wait);
    if (context == NULL)
        return NULL;
    if (context->err == 0 && redisSetTimeout(context, wait) == REDIS_OK &&
        (password == NULL || log_in(context, password)))
        return context;
    redisFree(context);
    return NULL;
}

static redisReply *exchange(redisContext *context, const struct redis_command *command, bool asking,
                            i64 until_ms)
{
    void *reply = NULL;
    const char **words = (const char **)(uintptr_t)command->words; // hiredis only reads them
    i64 left_ms = until_ms - monotonic_ms();
    if (left_ms <= 0 || redisSetTimeout(context, timeval_of(left_ms)) != REDIS_OK)
        return NULL;
    if (asking)
        redisAppendCommand(context, "ASKING");
    redisAppendCommandArgv(context, command->count, words, command->lengths);
    if (asking && redisGetReply(context, &reply) == REDIS_OK)
        freeReplyObject(reply);
    reply = NULL;
    return redisGetReply(context, &reply) == REDIS_OK ? reply : NULL;
}

// True when the other side hung up, which is no news of a node that restarted; a silent one is.
static bool was_closed(const redisContext *context)
{
    return context->err == REDIS_ERR_EOF ||
           (context->err == REDIS_ERR_IO && (errno == EPIPE || errno == ECONNRESET));
}

static redisReply *talk_on(struct redis_connection *connection, const struct redis_node *node,
                           const char *password, const struct redis_command *command, bool asking,
                           i64 until_ms)
{
    for (int fresh = connection->context == NULL; fresh < 2; fresh++) {
        i64 left_ms = min_i64(REDIS_CONNECT_MS, until_ms - monotonic_ms());
        if (connection->context == NULL)
            connection->context = redis_connect(&node->address, password, left_ms);
        if (connection->context == NULL)
            return NULL;
        redisReply *reply = exchange(connection->context, command, asking, until_ms);
        if (reply != NULL)
            return reply;
        bool again = was_closed(connection->context);
        drop(connection);
        if (!again)
            return NULL;
    }
    return NULL;
}

redisReply *redis_talk(struct redis_node *node, const char *password,
                       const struct redis_command *command, bool asking, i64 until_ms)
{
    struct pooled *pooled = pool_borrow(&node->pool, max_i64(0, until_ms - monotonic_ms()));
    if (pooled == NULL)
        return NULL;
    struct redis_connection *connection = (struct redis_connection *)(void *)pooled;
    redisReply *reply = talk_on(connection, node, password, command, asking, until_ms);
    pool_return(&node->pool, pooled);
    return reply;
}
