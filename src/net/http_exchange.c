// Exchanges: their life, and the way replies take from other threads to the loop. Contracts in
// http.h and http_parts.h.
//
// An exchange is in its connection's line from its head to its reply, and has exactly one owner at
// a time: the loop, or from on_request to http_reply the thread it was passed to. When the
// connection is lost meanwhile the loop cuts the tie (conn = NULL) and leaves the exchange alone;
// the reply, when it comes, finds no connection and ends it. So no thread ever waits for another,
// and no exchange is freed under anybody's hands.
//
// The way back is a stack that many threads push and the loop takes whole (inbox). Taking all with
// one exchange leaves no room for the ABA problem, and turning the list restores the order of
// arrival. The loop is woken only when it sleeps: with many replies under way most cost no system
// call.
//
// Exchanges are kept and used again, with their arenas and small body buffers. A list of each
// loop's own needs no lock, because exchange_put runs on the loop's thread alone.
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/http_parts.h"

static _Thread_local struct loop *this_loop;

bool on_loop_thread(void)
{
    return this_loop != NULL;
}

void set_loop_thread(struct loop *loop)
{
    this_loop = loop;
}

static struct exchange *exchange_new(struct loop *loop)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    assert(exchange != NULL);
    exchange->loop = loop;
    exchange->public.arena = arena_new(LIMIT_ARENA);
    pthread_mutex_init(&exchange->lock, NULL);
    pthread_cond_init(&exchange->room, NULL);
    return exchange;
}

static void exchange_free(struct exchange *exchange)
{
    pthread_mutex_destroy(&exchange->lock);
    pthread_cond_destroy(&exchange->room);
    arena_free(exchange->public.arena);
    free(exchange->body);
    free(exchange);
}

void exchanges_free(struct loop *loop)
{
    while (loop->free_exchanges != NULL) {
        struct exchange *exchange = loop->free_exchanges;
        loop->free_exchanges = exchange->next;
        exchange_free(exchange);
    }
    loop->free_exchange_count = 0;
}

struct exchange *exchange_take(struct conn *conn)
{
    struct loop *loop = conn->loop;
    struct exchange *exchange = loop->free_exchanges;
    if (exchange != NULL) {
        loop->free_exchanges = exchange->next;
        loop->free_exchange_count--;
    } else {
        exchange = exchange_new(loop);
    }
    exchange->next = NULL;
    exchange->conn = conn;
    // Until the body, if there is one, is known to come (http_read.c).
    exchange->state = EXCHANGE_WAITING;
    exchange->peer = conn->peer;
    *(conn->last != NULL ? &conn->last->next : &conn->first) = exchange;
    conn->last = exchange;
    conn->in_line++;
    COUNT_ADD(loop->in_flight, 1);
    return exchange;
}

void exchange_leave(struct conn *conn)
{
    struct exchange *exchange = conn->first;
    conn->first = exchange->next;
    if (conn->first == NULL)
        conn->last = NULL;
    conn->in_line--;
    exchange->next = NULL;
}

static void forget_body(struct exchange *exchange)
{
    // Only buffers above BODY_KEPT count against the server's memory for bodies; the small ones are
    // bounded by the number of exchanges.
    if (exchange->body_capacity <= BODY_KEPT)
        return;
    exchange->loop->body_memory -= exchange->body_capacity;
    free(exchange->body);
    exchange->body = NULL;
    exchange->body_capacity = 0;
}

// Everything but what is worth keeping, here and not in exchange_take: a pointer into a request
// that has ended is never seen by the next one.
static void clear(struct exchange *exchange)
{
    exchange->public = (struct http_exchange){.arena = exchange->public.arena};
    exchange->close = exchange->http_1_0 = exchange->chunked = exchange->owes_continue = false;
    exchange->answered = exchange->streaming = exchange->ended = exchange->finished = false;
    exchange->conn = NULL;
    exchange->reply = (struct http_reply){0};
    atomic_store_explicit(&exchange->gone, false, memory_order_relaxed);
    assert(exchange->pending.first == NULL && exchange->ready.first == NULL);
    assert(exchange->segments_queued == 0 && !exchange->in_inbox);
}

void exchange_put(struct exchange *exchange)
{
    struct loop *loop = exchange->loop;
    // The only place that calls it, on the loop's thread, and every exchange passes here exactly
    // once.
    if (exchange->reply.release != NULL)
        exchange->reply.release(exchange->reply.release_handle);
    exchange->unsent = 0;
    forget_body(exchange);
    clear(exchange);
    COUNT_ADD(loop->in_flight, -1);
    if (loop->free_exchange_count >= EXCHANGES_KEPT) {
        exchange_free(exchange);
        return;
    }
    arena_reset(exchange->public.arena);
    exchange->next = loop->free_exchanges;
    loop->free_exchanges = exchange;
    loop->free_exchange_count++;
}

static void drop_segments(struct segments *segments)
{
    while (segments->first != NULL) {
        struct segment *segment = segments->first;
        segments->first = segment->next;
        free(segment);
    }
    segments->last = NULL;
}

// Who has it decides: READING and READY are ours, so it ends here. WAITING and STREAMING belong to
// a thread until its reply or the end of its stream arrives in the inbox; it learns by `gone` that
// it may stop.
void exchange_orphan(struct exchange *exchange)
{
    exchange->conn = NULL;
    drop_segments(&exchange->ready);
    switch (exchange->state) {
    case EXCHANGE_READING:
    case EXCHANGE_READY:
        exchange_put(exchange);
        return;
    case EXCHANGE_STREAMING:
        stream_lost(exchange);
        if (exchange->finished && exchange->segments_queued == 0)
            exchange_put(exchange);
        return;
    case EXCHANGE_WAITING:
        stream_lost(exchange);
        return;
    }
}

bool exchange_body_room(struct exchange *exchange, size_t length)
{
    if (length + 1 <= exchange->body_capacity)
        return true;
    struct loop *loop = exchange->loop;
    assert(length <= exchange->body_limit);
    // Doubling, but never past what may come: a body of known length ends in a buffer of just that
    // size. Memory is taken as bytes arrive, not as Content-Length promises, which costs an
    // attacker nothing to write.
    size_t capacity = exchange->body_capacity * 2;
    capacity = capacity > exchange->body_limit + 1 ? exchange->body_limit + 1 : capacity;
    capacity = capacity < length + 1 ? length + 1 : capacity;
    capacity = capacity < BODY_FIRST ? BODY_FIRST : capacity;
    size_t counted = exchange->body_capacity > BODY_KEPT ? exchange->body_capacity : 0;
    if (capacity > BODY_KEPT) {
        if (loop->body_memory - counted + capacity > loop->body_memory_max)
            return false;
        loop->body_memory += capacity - counted;
    }
    exchange->body = realloc(exchange->body, capacity);
    assert(exchange->body != NULL);
    exchange->body_capacity = capacity;
    return true;
}

void inbox_push(struct exchange *exchange)
{
    struct loop *loop = exchange->loop;
    struct exchange *head = atomic_load_explicit(&loop->inbox, memory_order_relaxed);
    do
        exchange->inbox_next = head;
    while (!atomic_compare_exchange_weak(&loop->inbox, &head, exchange));
    // The loop looks at the inbox once more between setting `sleeping` and sleeping.
    if (atomic_load(&loop->sleeping) && atomic_exchange(&loop->sleeping, false))
        loop_wake(loop);
}

// Several replies of one connection in one batch are settled, and so written, together.
static void touch(struct conn *conn)
{
    if (conn->touched)
        return;
    conn->touched = true;
    conn->touched_next = conn->loop->touched;
    conn->loop->touched = conn;
}

static void take_in(struct exchange *exchange)
{
    if (exchange->streaming)
        stream_take(exchange);
    else
        exchange->state = EXCHANGE_READY;
    if (exchange->conn != NULL)
        touch(exchange->conn);
    else
        exchange_orphan(exchange);
}

void inbox_take(struct loop *loop)
{
    struct exchange *newest = atomic_exchange(&loop->inbox, NULL), *oldest = NULL;
    while (newest != NULL) {
        struct exchange *next = newest->inbox_next;
        newest->inbox_next = oldest;
        oldest = newest;
        newest = next;
    }
    while (oldest != NULL) {
        // Before take_in, which may end the exchange.
        struct exchange *next = oldest->inbox_next;
        take_in(oldest);
        oldest = next;
    }
    while (loop->touched != NULL) {
        struct conn *conn = loop->touched;
        loop->touched = conn->touched_next;
        conn->touched = false;
        conn_settle(conn);
    }
}

void http_reply(struct http_exchange *public, const struct http_reply *reply)
{
    struct exchange *exchange = (struct exchange *)public;
    assert(!exchange->answered && reply->status >= 200 && reply->status <= 599);
    exchange->answered = true;
    exchange->reply = *reply;
    // Inside on_request the caller (http_read.c, hand_on) emits at once.
    if (this_loop == exchange->loop && this_loop->current == exchange)
        exchange->state = EXCHANGE_READY;
    else
        inbox_push(exchange);
}

bool http_leaving(const struct http_exchange *public)
{
    return atomic_load(&((const struct exchange *)public)->loop->server->leaving);
}

// The values of all headers of that name after the first, joined to it.
// RFC 9110 section 5.3; cookies are parted by semicolons (RFC 6265 section 5.4).
static const char *joined(struct http_exchange *exchange, const char *name, size_t first)
{
    const char *value = exchange->headers[first].value;
    const char *glue = strcasecmp(name, "Cookie") == 0 ? "; " : ", ";
    for (size_t i = first + 1; i < exchange->header_count; i++)
        if (strcasecmp(exchange->headers[i].name, name) == 0)
            value =
                arena_printf(exchange->arena, "%s%s%s", value, glue, exchange->headers[i].value);
    return value;
}

const char *http_header(struct http_exchange *exchange, const char *name)
{
    for (size_t i = 0; i < exchange->header_count; i++)
        if (strcasecmp(exchange->headers[i].name, name) == 0)
            return joined(exchange, name, i);
    return NULL;
}

const char *http_peer(struct http_exchange *public)
{
    static const u8 mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    const struct address *peer = &((struct exchange *)public)->peer;
    char *text = arena_alloc(public->arena, INET6_ADDRSTRLEN);
    if (memcmp(peer->bytes, mapped, sizeof mapped) == 0)
        inet_ntop(AF_INET, peer->bytes + 12, text, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, peer->bytes, text, INET6_ADDRSTRLEN);
    return text;
}
