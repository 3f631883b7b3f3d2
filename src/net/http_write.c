// The way of replies to the socket: in the order of the requests, many in one call. Contract in
// http_parts.h.
//
// Small replies are copied into the loop's scratch, one behind the other, and leave with one send
// at the end of the turn: with pipelining that is one system call for many replies, and in the
// common case nothing is allocated. What is large is not copied but queued as a segment that points
// at the bytes and holds the exchange until they are sent. What the socket does not take becomes a
// segment too.
//
// Invariant: what is in the scratch comes after what is in the queue of the connection that is
// being settled. So whoever appends a segment first moves the scratch into the queue (spill), and
// conn_flush leaves the scratch empty for the next connection.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "net/http_parts.h"

enum { VECTORS_MAX = 32 };

struct segment *segment_new(struct exchange *owner, size_t size)
{
    struct segment *segment = malloc(sizeof *segment + size);
    assert(segment != NULL);
    *segment = (struct segment){.owner = owner};
    segment->at = segment->bytes;
    return segment;
}

void segments_append(struct segments *segments, struct segment *segment)
{
    segment->next = NULL;
    *(segments->last != NULL ? &segments->last->next : &segments->first) = segment;
    segments->last = segment;
}

static void queue(struct conn *conn, struct segment *segment)
{
    conn->queued += segment->length;
    segments_append(&conn->out, segment);
}

static void queue_copy(struct conn *conn, const char *bytes, size_t length)
{
    struct segment *segment = segment_new(NULL, length);
    memcpy(segment->bytes, bytes, length);
    segment->length = length;
    queue(conn, segment);
}

// Moves the scratch into the queue, so that a segment may follow it.
static void spill(struct conn *conn)
{
    struct loop *loop = conn->loop;
    if (loop->out_length > 0)
        queue_copy(conn, loop->out, loop->out_length);
    loop->out_length = 0;
}

// Takes the first segment off the queue; `sent` of it had gone before.
static void segment_done(struct conn *conn)
{
    struct segment *segment = conn->out.first;
    struct exchange *owner = segment->owner;
    conn->out.first = segment->next;
    if (conn->out.first == NULL)
        conn->out.last = NULL;
    // A body's segment is the last thing that needs its exchange.
    if (owner != NULL && segment->body)
        exchange_put(owner);
    else if (owner != NULL)
        stream_sent(owner, (size_t)(segment->at - segment->bytes) + segment->length);
    free(segment);
}

void conn_drop_output(struct conn *conn)
{
    while (conn->out.first != NULL)
        segment_done(conn);
    conn->queued = 0;
}

static void sent(struct conn *conn, size_t length)
{
    conn->queued -= length;
    conn->write_progress += length;
    while (conn->out.first != NULL && conn->out.first->length <= length) {
        struct segment *segment = conn->out.first;
        length -= segment->length;
        segment->at += segment->length;
        segment->length = 0;
        segment_done(conn);
    }
    if (length > 0) {
        conn->out.first->at += length;
        conn->out.first->length -= length;
    }
}

// MSG_NOSIGNAL: a client that left is an errno, not a SIGPIPE. Returns true when it is worth
// another try.
static bool send_queue(struct conn *conn)
{
    struct iovec vectors[VECTORS_MAX];
    size_t count = 0;
    for (struct segment *s = conn->out.first; s != NULL && count < VECTORS_MAX; s = s->next)
        vectors[count++] =
            (struct iovec){.iov_base = (void *)(uintptr_t)s->at, .iov_len = s->length};
    struct msghdr message = {.msg_iov = vectors, .msg_iovlen = count};
    ssize_t length = sendmsg(conn->fd, &message, MSG_NOSIGNAL);
    if (length >= 0) {
        sent(conn, (size_t)length);
        return true;
    }
    conn->broken = errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
    return errno == EINTR;
}

static void send_scratch(struct conn *conn)
{
    struct loop *loop = conn->loop;
    ssize_t length = send(conn->fd, loop->out, loop->out_length, MSG_NOSIGNAL);
    if (length < 0) {
        conn->broken = errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
        length = 0;
    }
    if ((size_t)length < loop->out_length && !conn->broken)
        queue_copy(conn, loop->out + length, loop->out_length - (size_t)length);
    loop->out_length = 0;
}

void conn_flush(struct conn *conn)
{
    if (conn->broken) {
        conn->loop->out_length = 0;
        return;
    }
    if (conn->out.first == NULL) {
        if (conn->loop->out_length > 0)
            send_scratch(conn);
        return;
    }
    spill(conn);
    while (conn->out.first != NULL && !conn->broken)
        if (!send_queue(conn))
            break;
}

// Room for `size` bytes of output that are written at once: in the scratch, or a segment of their
// own.
static char *reserve(struct conn *conn, size_t size, struct segment **segment)
{
    struct loop *loop = conn->loop;
    *segment = NULL;
    // After the flush the scratch is empty, whatever the socket took.
    if (size > SCRATCH_SIZE - loop->out_length)
        conn_flush(conn);
    if (size <= SCRATCH_SIZE)
        return loop->out + loop->out_length;
    *segment = segment_new(NULL, size);
    return (*segment)->bytes;
}

static void commit(struct conn *conn, struct segment *segment, size_t length)
{
    if (segment == NULL) {
        conn->loop->out_length += length;
        return;
    }
    segment->length = length;
    queue(conn, segment);
}

static void queue_body(struct conn *conn, struct exchange *exchange)
{
    struct segment *segment = segment_new(exchange, 0);
    segment->body = true;
    segment->at = exchange->reply.body;
    segment->length = exchange->reply.length;
    spill(conn);
    queue(conn, segment);
}

// When closing is our idea the client may be sending already: linger. When it asked for it, it
// sends no more.
static bool closes(struct conn *conn, struct exchange *exchange)
{
    bool server_closes = exchange->reply.close || atomic_load(&conn->loop->server->leaving);
    conn->linger |= server_closes;
    conn->closing |= server_closes || exchange->close;
    return conn->closing;
}

static void emit_reply(struct conn *conn, struct exchange *exchange)
{
    const struct http_reply *reply = &exchange->reply;
    struct head_form form = {
        .date = conn->loop->date,
        .length = (i64)reply->length,
        .close = closes(conn, exchange),
        .http_1_0 = exchange->http_1_0,
    };
    bool body = exchange->public.method != HTTP_HEAD && reply->status != 204 &&
                reply->status != 304 && reply->length > 0;
    size_t copied = body && reply->length <= COPIED_MAX ? reply->length : 0;
    struct segment *segment;
    char *start = reserve(conn, http_head_room(reply) + copied, &segment);
    char *end = http_head_write(start, reply, &form);
    if (copied > 0)
        memcpy(end, reply->body, copied);
    commit(conn, segment, (size_t)(end - start) + copied);
    // From here to the end of the segment the exchange belongs to the queue.
    if (body && copied == 0)
        queue_body(conn, exchange);
    else
        exchange_put(exchange);
}

static void emit_continue(struct conn *conn, struct exchange *exchange)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct segment *segment;
    // RFC 9110 section 10.1.1. Only from the first of the line: an interim reply must not overtake
    // the replies of earlier requests.
    if (!exchange->owes_continue)
        return;
    exchange->owes_continue = false;
    memcpy(reserve(conn, sizeof text, &segment), text, sizeof text - 1);
    commit(conn, segment, sizeof text - 1);
}

// Ends a stream that would never end, as if its writer had.
static void cut_stream(struct conn *conn, struct exchange *exchange)
{
    struct segment *segment;
    stream_lost(exchange);
    if (!exchange->http_1_0 && exchange->public.method != HTTP_HEAD) {
        memcpy(reserve(conn, 5, &segment), "0\r\n\r\n", 5);
        commit(conn, segment, 5);
    }
    exchange->close = true;
    conn->linger = true;
}

// Returns true when the stream has left the line.
static bool emit_stream(struct conn *conn, struct exchange *exchange)
{
    if (exchange->ready.first != NULL)
        spill(conn);
    while (exchange->ready.first != NULL) {
        struct segment *segment = exchange->ready.first;
        exchange->ready.first = segment->next;
        exchange->segments_queued++;
        queue(conn, segment);
    }
    exchange->ready.last = NULL;
    if (!exchange->finished && exchange->reply.endless && conn->loop->draining)
        cut_stream(conn, exchange);
    else if (!exchange->finished)
        return false;
    conn->closing |= exchange->close;
    exchange_leave(conn);
    // Its segments are in the queue; they hold it by segments_queued.
    exchange->conn = NULL;
    if (exchange->finished && exchange->segments_queued == 0)
        exchange_put(exchange);
    return true;
}

void conn_emit(struct conn *conn)
{
    while (conn->first != NULL && !conn->broken && !conn->closing) {
        struct exchange *exchange = conn->first;
        switch (exchange->state) {
        case EXCHANGE_READING:
            emit_continue(conn, exchange);
            return;
        case EXCHANGE_WAITING:
            return;
        case EXCHANGE_READY:
            exchange_leave(conn);
            emit_reply(conn, exchange);
            break;
        case EXCHANGE_STREAMING:
            if (!emit_stream(conn, exchange))
                return;
            break;
        }
    }
    while (conn->closing && conn->first != NULL) { // behind a reply that closes there is none
        struct exchange *exchange = conn->first;
        if (conn->reading == exchange)
            conn->reading = NULL;
        exchange_leave(conn);
        exchange_orphan(exchange);
    }
}
