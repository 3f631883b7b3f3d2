// What the parts of the server share and nobody else sees. The contract is net/http.h.
//
// Everything here belongs to the thread of its loop, but for what is marked "any thread". A
// connection holds its exchanges in a line, in the order of the requests. Replies go to the loop's
// scratch buffer and from there to the socket in one call; what the socket does not take becomes
// segments.
#ifndef SOUK_NET_HTTP_LOOP_H
#define SOUK_NET_HTTP_LOOP_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/limits.h"
#include "net/http.h"
#include "net/http_parse.h"
#include "net/http_timer.h"

enum {
    SCRATCH_SIZE = 64 << 10, // bytes read, and written, at once
    BODY_FIRST = 4 << 10,    // the first size of a body's buffer
    BODY_KEPT = 16 << 10,    // a body's buffer up to this size stays with its exchange
    COPIED_MAX = 16 << 10,   // replies up to this size are copied into the scratch
    STREAM_WRITE_MAX = 64 << 10,
    STREAM_UNSENT_MAX = 256 << 10,
    PROGRESS_QUANTUM = 256 << 10, // bytes that buy a body or a reader another deadline
    EXCHANGES_KEPT = 256,
};

struct address {
    u8 bytes[16]; // IPv6, or IPv4 mapped into it
};

enum exchange_state {
    EXCHANGE_READING,   // its body is coming
    EXCHANGE_WAITING,   // with the callback, or a thread it was passed to
    EXCHANGE_READY,     // `reply` is set
    EXCHANGE_STREAMING, // segments come
};

struct segment {
    struct segment *next;
    struct exchange *owner; // whose stream, or whose reply's body; NULL for plain bytes
    const char *at;
    size_t length;
    bool body;
    char bytes[];
};

struct segments {
    struct segment *first, *last;
};

struct exchange {
    struct http_exchange public; // first, so that one pointer is the other
    struct loop *loop;
    struct conn *conn;     // NULL when the connection is lost
    struct exchange *next; // in the line, or in the free list
    enum exchange_state state;
    bool close, http_1_0, chunked, owes_continue;
    char *body;
    size_t body_capacity, body_limit; // body_limit: Content-Length, or what chunks may add up to
    struct http_chunked chunks;
    struct address peer;
    struct http_reply reply;
    struct segments ready;  // of a stream that waits for its turn
    size_t segments_queued; // of this exchange, in the connection's queue
    bool finished;          // the stream's end has reached the loop
    // Any thread:
    struct exchange *inbox_next;
    bool answered; // of the thread that has the exchange
    atomic_bool gone;
    pthread_mutex_t lock; // for what follows
    pthread_cond_t room;
    struct segments pending;
    size_t unsent;
    bool streaming, in_inbox, ended;
};

struct conn {
    int fd;
    u32 armed; // events that epoll watches
    struct loop *loop;
    struct timer read_timer, write_timer;
    struct conn *older, *newer; // all of the loop; newer also chains the dead and the free
    struct conn *touched_next;
    struct exchange *first, *last; // the line
    struct exchange *reading;      // whose body is coming: the last of the line, or NULL
    struct segments out;
    size_t queued;                        // bytes in `out`
    size_t body_progress, write_progress; // since the deadline was set
    char *input;                          // what could not be parsed yet; NULL when idle
    u32 input_at, input_length, input_capacity;
    u32 scanned, decides_at; // of the head that is coming, see struct http_head
    struct address peer;
    u16 in_line;
    bool touched, served;       // served: at least one request was read
    bool stalled;               // bytes wait because a limit was reached
    bool restart_timer;         // the read deadline starts anew
    bool last_request, closing; // no further requests; nothing more to write but the queue
    bool linger, lingering, eof, broken, dead;
};

struct loop {
    struct http_server *server;
    int epoll, wake;
    i64 now_ms; // monotonic, once a batch
    i64 wall_s; // of `date`
    char date[32];
    struct timers timers;
    struct conn *conns, *dead, *free_conns, *touched;
    struct exchange *current; // inside on_request
    struct exchange *free_exchanges;
    size_t free_exchange_count, conn_count, conns_max;
    size_t body_memory, body_memory_max;
    bool listening, leaving, draining;
    int trims;                                     // followed
    i64 accept_at_ms, drain_at_ms, drain_until_ms; // 0: not set
    struct http_head head;
    size_t out_length;
    char out[SCRATCH_SIZE], in[SCRATCH_SIZE];
    // Any thread:
    _Atomic(struct exchange *) inbox;
    atomic_bool sleeping;
    _Atomic u64 accepted, requests, refused, timeouts, accept_pauses;
    _Atomic i64 connections, in_flight;
};

struct http_server {
    struct http_settings settings;
    atomic_bool leaving, draining; // draining: a loop has begun to
    atomic_int trims;              // how often it was asked to
    atomic_int accepting, cut;
    int loop_count;
    struct loop *loops[];
};

#define COUNT_ADD(counter_, n_)                                                                    \
    atomic_store_explicit(&(counter_),                                                             \
                          atomic_load_explicit(&(counter_), memory_order_relaxed) + (n_),          \
                          memory_order_relaxed)

#endif
