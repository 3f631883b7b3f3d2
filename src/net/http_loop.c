// The event loop: accepting, dispatching events, deadlines, draining. Contract in http_parts.h; the
// server that owns the loops is http_server.c.
//
// Each turn: wait, handle the events, take in the replies of other threads, end what is overdue,
// free what died. Nothing here blocks but epoll_wait, and nothing is freed before the end of the
// turn, because the kernel has already handed out pointers for the whole batch.
//
// Sleeping and waking: the loop sets `sleeping`, looks at the inbox once more, and only then waits.
// A thread pushes first and looks at `sleeping` after. Whatever the order, one of the two sees the
// other (both are sequentially consistent), so no reply is left lying.
//
// Out of files or places the loop stops accepting for a moment instead of spinning on a listener
// that stays readable; a newcomer may take the place of whoever has been idle longest.
//
// Leaving, on SIGTERM: all goes on for drain_delay_ms, with Connection: close behind each reply, so
// that who sends requests here hears that they should go elsewhere. Then the drain: accept who has
// already connected, close the listener, answer what has arrived, close each connection behind its
// reply, cut what is left after drain_ms.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/log.h"
#include "core/time.h"
#include "net/http_parts.h"

// A flood of connections does not keep those that are there waiting: 64 at a time.
enum { EVENTS_MAX = 256, ACCEPT_BATCH = 64, ACCEPT_PAUSE_MS = 100, IDLE_LEAST_MS = 100 };

// Once a turn, for all deadlines and all Date headers of it.
static void look_at_clock(struct loop *loop)
{
    i64 wall_ms = time_now_ms();
    loop->now_ms = monotonic_ms();
    if (wall_ms / 1000 == loop->wall_s)
        return;
    loop->wall_s = wall_ms / 1000;
    time_format_http(wall_ms, loop->date);
}

static void listen_on(struct loop *loop, bool on)
{
    // With several loops, one connection wakes one of them.
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = loop};
    int listener = loop->server->settings.listener;
    if (on == loop->listening)
        return;
    loop->listening = on;
    int result = epoll_ctl(loop->epoll, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, listener, &event);
    assert(result == 0);
}

static void pause_accepting(struct loop *loop, i64 pause_ms)
{
    listen_on(loop, false);
    loop->accept_at_ms = loop->now_ms + pause_ms;
    COUNT_ADD(loop->accept_pauses, 1);
}

static void resume_accepting(struct loop *loop)
{
    if (loop->accept_at_ms == 0 || loop->accept_at_ms > loop->now_ms || loop->draining)
        return;
    loop->accept_at_ms = 0;
    listen_on(loop, true);
}

// When all places are taken, who has been idle longest goes. NULL when nobody has been for long: a
// request may be on its way from who has just connected.
static struct conn *idle_longest(struct loop *loop)
{
    struct timer *timer = timer_oldest(&loop->timers, TIMER_IDLE);
    i64 since_ms = loop->now_ms + loop->timers.duration_ms[TIMER_IDLE] - IDLE_LEAST_MS;
    if (timer == NULL || timer->deadline_ms > since_ms)
        return NULL;
    return (struct conn *)((char *)timer - offsetof(struct conn, read_timer));
}

static struct address address_of(const struct sockaddr_storage *from)
{
    struct address address = {.bytes = {[10] = 0xFF, [11] = 0xFF}};
    if (from->ss_family == AF_INET)
        memcpy(address.bytes + 12, &((const struct sockaddr_in *)from)->sin_addr, 4);
    else if (from->ss_family == AF_INET6)
        memcpy(address.bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
    return address;
}

static void accept_failed(struct loop *loop, int error)
{
    if (error != EMFILE && error != ENFILE && error != ENOBUFS && error != ENOMEM)
        return; // nobody there any more, or that one connection was lost
    pause_accepting(loop, ACCEPT_PAUSE_MS);
    // About every ten seconds while it lasts.
    if (atomic_load(&loop->accept_pauses) % 100 == 1)
        log_line(LOG_WARN, "accept_paused", "No connection can be accepted: %s", strerror(error));
}

// Returns true when there may be more.
static bool accept_some(struct loop *loop)
{
    for (int i = 0; i < ACCEPT_BATCH; i++) {
        struct sockaddr_storage from;
        socklen_t size = sizeof from;
        bool full = loop->conn_count >= loop->conns_max;
        if (full && idle_longest(loop) == NULL) {
            pause_accepting(loop, ACCEPT_PAUSE_MS);
            return false;
        }
        int fd = accept4(loop->server->settings.listener, (struct sockaddr *)&from, &size,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            accept_failed(loop, errno);
            return false;
        }
        if (full)
            conn_close(idle_longest(loop));
        struct address peer = address_of(&from);
        conn_open(loop, fd, &peer);
    }
    return true;
}

void loop_wake(struct loop *loop)
{
    u64 one = 1;
    int saved = errno;
    // EAGAIN: the counter is full, so the loop is as awake as can be. Async-signal-safe, errno
    // included.
    ssize_t written = write(loop->wake, &one, sizeof one);
    assert(written == sizeof one || errno == EAGAIN);
    errno = saved;
}

static void read_wake(struct loop *loop)
{
    u64 count;
    ssize_t length = read(loop->wake, &count, sizeof count);
    assert(length == sizeof count || errno == EAGAIN);
}

static void handle(struct loop *loop, const struct epoll_event *event)
{
    if (event->data.ptr == loop) {
        if (loop->listening)
            accept_some(loop);
        return;
    }
    if (event->data.ptr == &loop->wake) {
        read_wake(loop);
        return;
    }
    struct conn *conn = event->data.ptr;
    if (conn->dead)
        return; // closed earlier in this batch
    // Both directions are closed or the connection was reset: nobody would read a reply.
    if ((event->events & (EPOLLERR | EPOLLHUP)) != 0) {
        conn_close(conn);
        return;
    }
    if ((event->events & EPOLLIN) != 0)
        conn_readable(conn);
    if ((event->events & EPOLLOUT) != 0 && !conn->dead)
        conn_writable(conn);
}

static void expire(struct loop *loop)
{
    enum timer_kind kind;
    struct timer *timer = timer_expired(&loop->timers, loop->now_ms, &kind);
    while (timer != NULL) {
        size_t offset = kind == TIMER_WRITE ? offsetof(struct conn, write_timer)
                                            : offsetof(struct conn, read_timer);
        conn_expired((struct conn *)((char *)timer - offset), kind);
        timer = timer_expired(&loop->timers, loop->now_ms, &kind);
    }
}

static void free_kept(struct loop *loop)
{
    while (loop->free_conns != NULL) {
        struct conn *conn = loop->free_conns;
        loop->free_conns = conn->newer;
        free(conn);
    }
    exchanges_free(loop);
}

static void trim(struct loop *loop)
{
    int asked = atomic_load_explicit(&loop->server->trims, memory_order_relaxed);
    if (loop->trims == asked)
        return;
    loop->trims = asked;
    free_kept(loop);
}

// Nothing that an event of this batch could point to is freed before here.
static void reap(struct loop *loop)
{
    while (loop->dead != NULL) {
        struct conn *conn = loop->dead;
        loop->dead = conn->newer;
        conn->newer = loop->free_conns;
        loop->free_conns = conn;
    }
}

static void begin_drain(struct loop *loop)
{
    struct http_server *server = loop->server;
    loop->draining = true;
    atomic_store(&server->draining, true);
    loop->drain_at_ms = 0;
    loop->drain_until_ms = loop->now_ms + server->settings.drain_ms;
    while (loop->listening && accept_some(loop))
        ; // who has connected before is still served
    listen_on(loop, false);
    loop->accept_at_ms = 0;
    // The listener is closed by the loop that leaves it last; another may still have it in its
    // epoll set.
    if (atomic_fetch_sub(&server->accepting, 1) == 1)
        close(server->settings.listener);
    struct conn *next;
    for (struct conn *conn = loop->conns; conn != NULL; conn = next) {
        next = conn->newer;
        conn_readable(conn); // a request may have arrived this moment
        if (!conn->dead)
            conn_settle(conn);
    }
}

static void cut_all(struct loop *loop)
{
    while (loop->conns != NULL) {
        // In line: requests that were read and not answered.
        atomic_fetch_add(&loop->server->cut, loop->conns->in_line);
        conn_close(loop->conns);
    }
}

// The next step of going, when it is time for one.
static void leave(struct loop *loop)
{
    struct http_server *server = loop->server;
    if (!loop->leaving && atomic_load(&server->leaving)) {
        loop->leaving = true;
        // Asked for now, while now_ms is of before the events were handled; not a moment too soon.
        loop->drain_at_ms = monotonic_ms() + 1 + server->settings.drain_delay_ms;
    }
    if (loop->drain_at_ms != 0 && loop->now_ms >= loop->drain_at_ms)
        begin_drain(loop);
    if (loop->draining && loop->now_ms >= loop->drain_until_ms)
        cut_all(loop);
}

static i64 sooner(i64 wait_ms, i64 at_ms, i64 now_ms)
{
    if (at_ms == 0)
        return wait_ms;
    i64 left_ms = max_i64(at_ms - now_ms, 0);
    return wait_ms < 0 ? left_ms : min_i64(wait_ms, left_ms);
}

static int wait_for_events(struct loop *loop, struct epoll_event *events)
{
    i64 wait_ms = timers_wait_ms(&loop->timers, loop->now_ms);
    wait_ms = sooner(wait_ms, loop->accept_at_ms, loop->now_ms);
    wait_ms = sooner(wait_ms, loop->drain_at_ms, loop->now_ms);
    wait_ms = sooner(wait_ms, loop->drain_until_ms, loop->now_ms);
    atomic_store(&loop->sleeping, true);
    bool leaves = atomic_load(&loop->server->leaving) && !loop->leaving;
    if (atomic_load(&loop->inbox) != NULL || leaves)
        wait_ms = 0;
    // -1 waits for ever. EINTR gives -1 events, which is none.
    int count = epoll_wait(loop->epoll, events, EVENTS_MAX, (int)min_i64(wait_ms, 60000));
    atomic_store(&loop->sleeping, false);
    return count;
}

void loop_run(struct loop *loop)
{
    struct epoll_event events[EVENTS_MAX];
    set_loop_thread(loop);
    look_at_clock(loop);
    listen_on(loop, true);
    while (!loop->draining || loop->conn_count > 0) {
        int count = wait_for_events(loop, events);
        look_at_clock(loop);
        for (int i = 0; i < count; i++)
            handle(loop, &events[i]);
        inbox_take(loop);
        expire(loop);
        resume_accepting(loop);
        leave(loop);
        reap(loop);
        trim(loop);
    }
    set_loop_thread(NULL);
}

struct loop *loop_new(struct http_server *server, size_t conns_max)
{
    const struct http_settings *settings = &server->settings;
    struct loop *loop = calloc(1, sizeof *loop);
    assert(loop != NULL);
    loop->server = server;
    loop->conns_max = conns_max;
    // Divided, so that no loop has to ask another.
    loop->body_memory_max = settings->body_memory_max / (size_t)settings->loops;
    loop->wall_s = -1;
    timers_init(&loop->timers);
    loop->timers.duration_ms[TIMER_IDLE] = settings->idle_ms;
    loop->timers.duration_ms[TIMER_HEADER] = settings->header_ms;
    loop->timers.duration_ms[TIMER_BODY] = settings->body_ms;
    loop->timers.duration_ms[TIMER_WRITE] = settings->write_ms;
    loop->timers.duration_ms[TIMER_LINGER] = settings->linger_ms;
    loop->timers.duration_ms[TIMER_GRACE] = min_i64(1000, settings->drain_ms);
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    assert(loop->epoll >= 0 && loop->wake >= 0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &loop->wake};
    int result = epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->wake, &event);
    assert(result == 0);
    return loop;
}

void loop_free(struct loop *loop)
{
    inbox_take(loop); // replies that came too late
    free_kept(loop);
    close(loop->epoll);
    close(loop->wake);
    free(loop);
}
