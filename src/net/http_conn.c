// Connections: from accept to the last close. Contract in http_parts.h; reading is in http_read.c,
// writing in http_write.c.
//
// Whatever happens to a connection (bytes, a reply, a deadline, a drain) changes its flags and ends
// in conn_settle, which alone decides what follows: read on, write, wait for what and how long,
// linger, close. So there is one place to look when a connection hangs.
//
// An idle connection owns its struct and nothing else. Bytes are read into the loop's scratch, and
// only what could not be used yet (half a head, a request behind the limit) is copied into `input`;
// it is given back when it is empty.
//
// A close after an error reply lingers (RFC 9112 section 9.6): closing a socket with unread bytes
// makes the kernel send a reset, which can destroy the reply in the client's buffers before it is
// read. So our side is shut down, what comes is thrown away, and the close follows the client's, or
// TIMER_LINGER.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_parts.h"

enum { INPUT_FIRST = 1 << 10, INPUT_ROOM = 4 << 10 };

// Level-triggered, and asked of the kernel only when it changes: most requests are read and
// answered without a call of epoll_ctl.
static void watch(struct conn *conn, u32 events)
{
    if (events == conn->armed)
        return;
    struct epoll_event event = {.events = events, .data.ptr = conn};
    int result = epoll_ctl(conn->loop->epoll, EPOLL_CTL_MOD, conn->fd, &event);
    assert(result == 0);
    conn->armed = events;
}

void conn_open(struct loop *loop, int fd, const struct address *peer)
{
    struct conn *conn = loop->free_conns;
    if (conn != NULL)
        loop->free_conns = conn->newer;
    else
        conn = malloc(sizeof *conn);
    assert(conn != NULL);
    *conn = (struct conn){.fd = fd, .armed = EPOLLIN, .loop = loop, .peer = *peer};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = conn};
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        close(fd); // the system's limit of watches
        conn->newer = loop->free_conns;
        loop->free_conns = conn;
        return;
    }
    conn->newer = loop->conns;
    if (loop->conns != NULL)
        loop->conns->older = conn;
    loop->conns = conn;
    loop->conn_count++;
    COUNT_ADD(loop->accepted, 1);
    COUNT_ADD(loop->connections, 1);
    timer_start(&loop->timers, &conn->read_timer, loop->draining ? TIMER_GRACE : TIMER_IDLE,
                loop->now_ms);
}

// To the list of the dead, not freed: later events of the same batch may point to it (http_loop.c,
// reap).
static void unlink_conn(struct conn *conn)
{
    struct loop *loop = conn->loop;
    *(conn->older != NULL ? &conn->older->newer : &loop->conns) = conn->newer;
    if (conn->newer != NULL)
        conn->newer->older = conn->older;
    conn->newer = loop->dead;
    loop->dead = conn;
    loop->conn_count--;
    COUNT_ADD(loop->connections, -1);
}

static void forget_input(struct conn *conn)
{
    free(conn->input);
    conn->input = NULL;
    conn->input_at = conn->input_length = conn->input_capacity = conn->scanned = 0;
}

void conn_close(struct conn *conn)
{
    assert(!conn->dead);
    conn->dead = true;
    timer_stop(&conn->read_timer);
    timer_stop(&conn->write_timer);
    // Output first: segments of a stream count down what their exchange waits for, and the
    // exchanges in the line are ended after that.
    conn_drop_output(conn);
    while (conn->first != NULL) {
        struct exchange *exchange = conn->first;
        exchange_leave(conn);
        exchange_orphan(exchange);
    }
    forget_input(conn);
    close(conn->fd);
    unlink_conn(conn);
}

// Copies what could not be used yet out of the scratch.
static void keep_input(struct conn *conn, const char *bytes, size_t length)
{
    size_t capacity = INPUT_FIRST;
    while (capacity < length)
        capacity *= 2;
    conn->input = malloc(capacity);
    assert(conn->input != NULL);
    memcpy(conn->input, bytes, length);
    conn->input_capacity = (u32)capacity;
    conn->input_length = (u32)length;
}

// Room behind the kept bytes for more.
// Bounded without a test here: a head is refused at its limits, a body is moved into its exchange,
// and reading stops while the connection is stalled.
static void grow_input(struct conn *conn)
{
    if (conn->input_at > 0)
        memmove(conn->input, conn->input + conn->input_at, conn->input_length);
    conn->input_at = 0;
    if (conn->input_capacity - conn->input_length >= INPUT_ROOM / 4)
        return;
    conn->input_capacity = conn->input_capacity * 2 + INPUT_ROOM;
    conn->input = realloc(conn->input, conn->input_capacity);
    assert(conn->input != NULL);
}

static void consume_kept(struct conn *conn)
{
    size_t used = conn_consume(conn, conn->input + conn->input_at, conn->input_length);
    conn->input_at += (u32)used;
    conn->input_length -= (u32)used;
    if (conn->input_length == 0)
        forget_input(conn);
}

static void linger_on(struct conn *conn)
{
    struct loop *loop = conn->loop;
    forget_input(conn);
    shutdown(conn->fd, SHUT_WR);
    conn->lingering = true;
    timer_stop(&conn->write_timer);
    timer_start(&loop->timers, &conn->read_timer, TIMER_LINGER, loop->now_ms);
    watch(conn, EPOLLIN);
}

static bool idle(const struct conn *conn)
{
    return conn->first == NULL && conn->out.first == NULL && conn->input_length == 0;
}

// True when the connection was closed, or lingers.
static bool ended(struct conn *conn)
{
    // The ways for a connection to be over: its last reply is sent; the client sends no more and is
    // owed nothing; we drain, it has been served and asks for nothing. One that has connected but
    // never asked gets a moment (TIMER_GRACE): its request may be on the way.
    bool drained = conn->out.first == NULL;
    bool over = conn->closing && drained;
    over |= conn->eof && drained && conn->first == NULL;
    over |= conn->loop->draining && idle(conn) && conn->served;
    if (!over && !conn->broken)
        return false;
    if (conn->linger && !conn->broken && !conn->eof)
        linger_on(conn);
    else
        conn_close(conn);
    return true;
}

// The client's clock runs only while it is the client's turn. While a handler works, or while we do
// not read on purpose (stalled), nobody is late but us.
static enum timer_kind read_deadline(const struct conn *conn)
{
    if (conn->stalled || conn->eof)
        return TIMER_NONE;
    if (conn->reading != NULL)
        return TIMER_BODY;
    if (conn->input_length > 0)
        return TIMER_HEADER;
    if (!idle(conn))
        return TIMER_NONE;
    return conn->loop->draining ? TIMER_GRACE : TIMER_IDLE;
}

static void set_deadlines(struct conn *conn)
{
    struct loop *loop = conn->loop;
    enum timer_kind kind = read_deadline(conn);
    if (kind != conn->read_timer.kind || conn->restart_timer)
        timer_start(&loop->timers, &conn->read_timer, kind, loop->now_ms);
    conn->restart_timer = false;
    // A reader who takes 256 KiB within the deadline gets another: slow lines may finish large
    // downloads, one that takes a byte a second does not.
    bool waiting = conn->out.first != NULL, running = conn->write_timer.kind != TIMER_NONE;
    if (waiting == running && conn->write_progress < PROGRESS_QUANTUM)
        return;
    conn->write_progress = 0;
    timer_start(&loop->timers, &conn->write_timer, waiting ? TIMER_WRITE : TIMER_NONE,
                loop->now_ms);
}

void conn_settle(struct conn *conn)
{
    if (conn->lingering)
        return;
    // Replies that leave the line make room for requests that were held back, which may reply at
    // once, and so on: the loop ends when nothing is held back or nothing may start. Each turn
    // starts at least one of them, or finds that it is not whole yet.
    bool again;
    do {
        if (conn->input_length > 0)
            consume_kept(conn);
        conn_emit(conn);
        conn_flush(conn);
        again = conn->stalled && conn_may_start(conn);
    } while (again);
    if (ended(conn))
        return;
    set_deadlines(conn);
    bool read = !conn->stalled && !conn->eof;
    watch(conn, (read ? EPOLLIN : 0u) | (conn->out.first != NULL ? EPOLLOUT : 0u));
}

static void discard(struct conn *conn)
{
    ssize_t length = recv(conn->fd, conn->loop->in, SCRATCH_SIZE, 0);
    if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR))
        conn_close(conn);
}

// The client sends no more. Who streams to it takes that as its leaving: nothing else would tell.
static void read_eof(struct conn *conn)
{
    conn->eof = true;
    // A plain reply is still sent: a client may shut its side after its request (RFC 9112 section
    // 9.6). A body that is cut has no use.
    if (conn->reading != NULL || (conn->first != NULL && conn->first->state == EXCHANGE_STREAMING))
        conn->broken = true;
}

static ssize_t receive(struct conn *conn, bool kept)
{
    struct loop *loop = conn->loop;
    if (!kept)
        return recv(conn->fd, loop->in, SCRATCH_SIZE, 0);
    grow_input(conn);
    return recv(conn->fd, conn->input + conn->input_length,
                conn->input_capacity - conn->input_length, 0);
}

void conn_readable(struct conn *conn)
{
    if (conn->lingering) {
        discard(conn);
        return;
    }
    // The end of a drain calls this for everybody, also for those that are not read on purpose.
    if ((conn->armed & EPOLLIN) == 0)
        return;
    bool kept = conn->input_length > 0;
    ssize_t length = receive(conn, kept);
    if (length < 0) {
        if (errno == EAGAIN || errno == EINTR)
            return;
        conn->broken = true;
    } else if (length == 0) {
        read_eof(conn);
    } else if (kept) {
        conn->input_length += (u32)length;
    } else {
        size_t used = conn_consume(conn, conn->loop->in, (size_t)length);
        if (used < (size_t)length)
            keep_input(conn, conn->loop->in + used, (size_t)length - used);
    }
    conn_settle(conn);
}

void conn_writable(struct conn *conn)
{
    if (!conn->lingering)
        conn_settle(conn);
}

static void time_out(struct conn *conn, const char *detail)
{
    COUNT_ADD(conn->loop->timeouts, 1);
    conn_refuse(conn, 408, detail);
    forget_input(conn);
    conn_settle(conn);
}

void conn_expired(struct conn *conn, enum timer_kind kind)
{
    switch (kind) {
    case TIMER_HEADER:
        time_out(conn, "The request did not arrive in time.");
        break;
    case TIMER_BODY:
        time_out(conn, "The body did not arrive in time.");
        break;
    case TIMER_WRITE:
        COUNT_ADD(conn->loop->timeouts, 1);
        conn_close(conn);
        break;
    // Idle, lingering and grace: nobody waits for an answer.
    default:
        conn_close(conn);
        break;
    }
}
