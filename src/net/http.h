// The HTTP/1.1 server: strict to RFC 9112, epoll loops, replies from any thread. Its parser lives
// in net/http_parse.h, the worker threads in net/pool.h. TLS and HTTP/2 are the front door's work.
//
// An exchange is one request and its reply. It is handed to `on_request` on a loop's thread when
// the whole request, body included, is here and well formed; what is not, the server has answered
// itself with a problem document. The callback must not block: it replies at once or passes the
// exchange on to one other thread. Exactly one http_reply, or http_stream_begin ...
// http_stream_end, is owed for each exchange, also when the client has left; after that call the
// exchange must not be touched. Replies of pipelined requests may come in any order and leave in
// the order of the requests.
//
//     static void hello(struct http_exchange *exchange, void *context)
//     {
//         http_reply(exchange, &(struct http_reply){.status = 200, .content_type = "text/plain",
//                                                   .body = "hello\n", .length = 6});
//     }
//     struct http_server *server = http_server_new(
//         &(struct http_settings){.listener = listener, .on_request = hello});
//     http_server_drain_on_signals(server);
//     http_server_run(server);
//     http_server_free(server);
#ifndef SOUK_NET_HTTP_H
#define SOUK_NET_HTTP_H

#include <netinet/in.h>

#include "core/arena.h"

#define HTTP_METHOD_MAP(X) X(GET) X(HEAD) X(POST) X(PUT) X(PATCH) X(DELETE) X(OPTIONS)
enum http_method {
#define X(name_) HTTP_##name_,
    HTTP_METHOD_MAP(X)
#undef X
};

struct http_field {
    const char *name, *value;
};

// Read-only but for `user`. Texts are NUL-terminated and live as long as the exchange; `arena` does
// too, and belongs to whichever thread has the exchange.
struct http_exchange {
    enum http_method method;
    const char *target; // as it was sent
    const char *path;   // starts with '/' (or is "*"): decoded UTF-8 without NUL, controls, "." and
                        // ".." segments; an encoded slash stays "%2F", so '/' is always a separator
    const char *query;  // after the '?', not decoded (net/query.h); "" when there is none
    const char *host; // of the target when it is absolute, else of the Host header; "" in HTTP/1.0
    const struct http_field *headers; // as sent, without white space around the value
    size_t header_count;
    const char *body; // whole and NUL-terminated; transfer coding removed; "" when there is none
    size_t body_length;
    i64 arrived_us; // monotonic_us() when the head was read
    struct arena *arena;
    void *user; // the callback's own, NULL at first
};

// Everything it points to must stay until the exchange ends: static, in the exchange's arena, or
// kept until `release(release_handle)` runs. That is called exactly once, on a loop's thread, also
// when the client has left: a reply cache counts its references there. Bytes are not copied when
// they are many. Header values lose CR, LF and NUL. Date, Content-Length, Transfer-Encoding and
// Connection are the server's; HEAD, 204 and 304 send no body, whatever is given (Content-Length
// tells `length` for HEAD).
struct http_reply {
    int status;
    const char *content_type; // NULL: none
    const struct http_field *headers;
    size_t header_count;
    const char *head; // more header lines, ready made, each ending with CRLF; NULL: none
    const char *body;
    size_t length;
    void (*release)(void *handle);
    void *release_handle;
    bool close;   // close the connection afterwards
    bool endless; // a stream that has no end of its own (SSE): cut when the server drains
};

// Answers from any thread. Inside on_request nothing is queued and nobody is woken.
void http_reply(struct http_exchange *exchange, const struct http_reply *reply);

// A reply of unknown length, written from one thread at a time (any): chunked, or until close for
// HTTP/1.0. Bytes are copied. For the reader who is slower than the writer a bounded part is kept.
enum http_stream_state {
    HTTP_STREAM_OK,   // taken
    HTTP_STREAM_FULL, // nothing taken: the reader is too slow; never when the wait is long enough
    HTTP_STREAM_GONE, // the client left or the server drains: stop, call http_stream_end
};
// reply->body, if any, is sent first. What it points to may end with this call, and with `endless`
// all in the exchange's arena does; no `release`.
void http_stream_begin(struct http_exchange *exchange, const struct http_reply *reply);
// Waits at most wait_ms for room; on a loop's thread wait_ms is 0. `length` <= 64 KiB.
CHECKED enum http_stream_state http_stream_write(struct http_exchange *exchange, const void *bytes,
                                                 size_t length, i64 wait_ms);
void http_stream_end(struct http_exchange *exchange);
// True when a drain was asked for, though it may begin later (drain_delay_ms).
bool http_leaving(const struct http_exchange *exchange);

// NULL when absent. `name` in any case. Repeated headers are joined by ", " (Cookie by "; ").
const char *http_header(struct http_exchange *exchange, const char *name);
// "192.0.2.1" or "2001:db8::1" (an IPv4 address mapped into IPv6 as IPv4), in the exchange's arena.
const char *http_peer(struct http_exchange *exchange);
const char *http_method_name(enum http_method method);
// "Not Found"; "Unknown" for what is not registered.
const char *http_status_text(int status);

// What is 0 or NULL gets its default, given at the right.
struct http_settings {
    int listener; // bound and listening (net/listen.h); closed by the server when it drains
    int loops;    // 1; each is a thread, the first is http_server_run's
    size_t connections_max; // the limit of open files less 128; over all loops
    i64 header_ms;          // 10000: from the first byte of a request to the end of its head
    i64 body_ms;            // 20000: for a body, and again for every further 256 KiB of it
    i64 write_ms;           // 20000: for the reader to take what is queued, again every 256 KiB
    i64 idle_ms;            // 65000: between requests, and before the first
    i64 linger_ms;          // 2000: reading on after an error, so that the reply is not reset
    i64 drain_delay_ms;     // 0: serving goes on for so long before a drain begins
    i64 drain_ms;           // 10000: until connections are cut when draining
    size_t body_memory_max; // 512 MiB: all bodies being received or handled; beyond it 503
    void (*on_request)(struct http_exchange *exchange, void *context);
    // Called on the loop's thread before a body is read (all but body is set): its largest length,
    // beyond which 413 is answered. NULL: LIMIT_BODY.
    size_t (*body_limit)(const struct http_exchange *exchange, void *context);
    void *context;
};

struct http_counts {
    u64 accepted, requests;
    u64 refused_requests; // answered by the server itself with 4xx, 5xx
    u64 timeouts;         // connections closed by a deadline, idle ones not counted
    u64 accept_pauses;    // times that accepting paused for want of files
    i64 connections, in_flight;
};

struct http_server;
// Takes over the listener. Aborts when the system has no epoll or memory.
struct http_server *http_server_new(const struct http_settings *settings);
// Serves on this thread, and one more for each further loop, until drained. Returns the number of
// exchanges that were cut because the drain took too long; endless streams are none.
int http_server_run(struct http_server *server);
// Replies say Connection: close. After drain_delay_ms: stops accepting, lets requests in flight
// end, ends endless streams; then http_server_run returns. From any thread or signal handler.
void http_server_drain(struct http_server *server);
// SIGTERM and SIGINT drain this server; its counts may be read from any thread while it runs.
void http_server_drain_on_signals(struct http_server *server);
void http_server_counts(const struct http_server *server, struct http_counts *counts);
void http_server_trim(struct http_server *server); // frees what is kept for further requests
// After http_server_run has returned and the threads that may hold exchanges have ended.
void http_server_free(struct http_server *server);

#endif
