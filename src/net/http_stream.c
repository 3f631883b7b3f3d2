// Replies of unknown length, from the writer's thread to the loop. Contract in http.h.
//
// The writer makes segments, ready for the wire with their chunk framing (RFC 9112 section 7.1),
// and appends them to `pending`, under the exchange's lock. The loop moves them to `ready`, and to
// the connection's output when the exchange is the first of its line. `unsent` counts from the
// write until the socket took the last byte of a segment: STREAM_UNSENT_MAX bounds it, so a slow
// client slows its writer and does not fill the memory.
//
// Three things may end a stream: its writer, the client's leaving, a drain (for endless ones). The
// last two set `gone` and wake the writer, who still owes http_stream_end; the exchange lives until
// that has reached the loop.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "net/http_parts.h"

static bool has_body(const struct exchange *exchange)
{
    return exchange->public.method != HTTP_HEAD && exchange->reply.status != 204 &&
           exchange->reply.status != 304;
}

// With the lock held, as it may end the exchange: the loop cannot have seen it before the push.
static void tell_loop(struct exchange *exchange)
{
    // The loop has not taken it in yet and will find this segment too.
    if (exchange->in_inbox)
        return;
    exchange->in_inbox = true;
    inbox_push(exchange);
}

static void add_pending(struct exchange *exchange, struct segment *segment)
{
    segments_append(&exchange->pending, segment);
    exchange->unsent += segment->length;
}

static struct segment *framed(struct exchange *exchange, const void *bytes, size_t length)
{
    struct segment *segment = segment_new(exchange, length + 16);
    char *at = segment->bytes;
    if (!exchange->http_1_0)
        // A write is at most 64 KiB (five digits), what a stream begins with may be more: 12 holds
        // nine digits, CR LF and the NUL, and with the CR LF behind the data that is less than the
        // 16 of room.
        at += snprintf(at, 12, "%zx\r\n", length);
    memcpy(at, bytes, length);
    at += length;
    if (!exchange->http_1_0) {
        *at++ = '\r';
        *at++ = '\n';
    }
    segment->length = (size_t)(at - segment->bytes);
    return segment;
}

static struct segment *head_segment(struct exchange *exchange, const struct http_reply *reply)
{
    char date[30];
    time_format_http(time_now_ms(), date);
    exchange->close |= reply->close || http_leaving(&exchange->public);
    // Until the end of the connection, for HTTP/1.0 (RFC 9112 section 6.3).
    exchange->close |= exchange->http_1_0;
    struct head_form form = {
        .date = date,
        .length = exchange->http_1_0 ? HEAD_LENGTH_NONE : HEAD_LENGTH_CHUNKED,
        .close = exchange->close,
        .http_1_0 = exchange->http_1_0,
    };
    struct segment *segment = segment_new(exchange, http_head_room(reply));
    char *end = http_head_write(segment->bytes, reply, &form);
    segment->length = (size_t)(end - segment->bytes);
    return segment;
}

void http_stream_begin(struct http_exchange *public, const struct http_reply *reply)
{
    struct exchange *exchange = (struct exchange *)public;
    assert(!exchange->answered && reply->status >= 200 && reply->status <= 599);
    assert(reply->release == NULL);
    exchange->answered = true;
    exchange->reply = (struct http_reply){.status = reply->status, .endless = reply->endless};
    pthread_mutex_lock(&exchange->lock);
    exchange->streaming = true;
    add_pending(exchange, head_segment(exchange, reply));
    if (reply->length > 0 && has_body(exchange))
        add_pending(exchange, framed(exchange, reply->body, reply->length));
    tell_loop(exchange);
    pthread_mutex_unlock(&exchange->lock);
    // It stays open for long, as thousands of others: the request is not needed any more.
    if (exchange->reply.endless)
        arena_clear(public->arena);
}

// A stream that has an end of its own may finish during a drain.
static bool stop_writing(const struct exchange *exchange)
{
    return atomic_load(&exchange->gone) ||
           (exchange->reply.endless && atomic_load(&exchange->loop->server->draining));
}

// Waits until the reader has taken enough. With the lock held.
static bool wait_for_room(struct exchange *exchange, size_t length, i64 wait_ms)
{
    struct timespec until = monotonic_after(wait_ms);
    // An empty queue takes anything: otherwise a write larger than the bound could never be made.
    while (exchange->unsent > 0 && exchange->unsent + length > STREAM_UNSENT_MAX) {
        if (stop_writing(exchange))
            return true;
        if (wait_ms == 0 ||
            pthread_cond_clockwait(&exchange->room, &exchange->lock, CLOCK_MONOTONIC, &until) != 0)
            return false;
    }
    return true;
}

enum http_stream_state http_stream_write(struct http_exchange *public, const void *bytes,
                                         size_t length, i64 wait_ms)
{
    struct exchange *exchange = (struct exchange *)public;
    assert(length <= STREAM_WRITE_MAX && (wait_ms == 0 || !on_loop_thread()));
    enum http_stream_state state = HTTP_STREAM_OK;
    pthread_mutex_lock(&exchange->lock);
    assert(exchange->streaming && !exchange->ended);
    if (!wait_for_room(exchange, length, wait_ms))
        state = HTTP_STREAM_FULL;
    else if (stop_writing(exchange))
        state = HTTP_STREAM_GONE;
    else if (length > 0 && has_body(exchange)) {
        add_pending(exchange, framed(exchange, bytes, length));
        tell_loop(exchange);
    }
    pthread_mutex_unlock(&exchange->lock);
    return state;
}

void http_stream_end(struct http_exchange *public)
{
    struct exchange *exchange = (struct exchange *)public;
    pthread_mutex_lock(&exchange->lock);
    assert(exchange->streaming && !exchange->ended);
    // The last chunk is what tells the client that nothing is missing; without it (the writer died,
    // the stream was cut) the reply is known to be incomplete.
    if (!exchange->http_1_0 && has_body(exchange) && !atomic_load(&exchange->gone)) {
        struct segment *last = segment_new(exchange, 5);
        memcpy(last->bytes, "0\r\n\r\n", 5);
        last->length = 5;
        add_pending(exchange, last);
    }
    exchange->ended = true;
    tell_loop(exchange);
    pthread_mutex_unlock(&exchange->lock);
}

void stream_take(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    exchange->in_inbox = false;
    struct segments pending = exchange->pending;
    exchange->pending = (struct segments){0};
    bool ended = exchange->ended;
    pthread_mutex_unlock(&exchange->lock);
    exchange->state = EXCHANGE_STREAMING;
    exchange->finished = ended;
    while (pending.first != NULL) {
        struct segment *segment = pending.first;
        pending.first = segment->next;
        segments_append(&exchange->ready, segment);
    }
}

void stream_sent(struct exchange *exchange, size_t length)
{
    pthread_mutex_lock(&exchange->lock);
    exchange->unsent -= length;
    pthread_cond_broadcast(&exchange->room);
    pthread_mutex_unlock(&exchange->lock);
    // Of the loop's thread, like `finished`: no lock.
    exchange->segments_queued--;
    if (exchange->conn == NULL && exchange->finished && exchange->segments_queued == 0)
        exchange_put(exchange);
}

void stream_lost(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    atomic_store(&exchange->gone, true);
    pthread_cond_broadcast(&exchange->room);
    pthread_mutex_unlock(&exchange->lock);
}
