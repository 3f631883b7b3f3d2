// Connections: from accept to the last close. Contract in http_parts.h; reading is in http_read.c,
// writing in http_write.c.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_parts.h"

enum { INPUT_FIRST = 1 << 10, INPUT_ROOM = 4 << 10 };

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
    default:
        conn_close(conn);
        break;
    }
}
