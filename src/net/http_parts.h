// What the parts of the server call of each other. All of it runs on the thread of the loop, unless
// said otherwise. The types are in http_loop.h.
#ifndef SOUK_NET_HTTP_PARTS_H
#define SOUK_NET_HTTP_PARTS_H

#include "net/http_loop.h"

// --- http_exchange.c
// A clean exchange at the end of the connection's line.
struct exchange *exchange_take(struct conn *conn);
// Takes the first exchange out of its line.
void exchange_leave(struct conn *conn);
// The end of an exchange: releases its reply and gives it back to the loop.
void exchange_put(struct exchange *exchange);
// The connection is lost: ends the exchange, or leaves it to the thread that has it.
void exchange_orphan(struct exchange *exchange);
// Makes room for `length` bytes of body and a NUL; false when the server's bodies take all they
// may.
CHECKED bool exchange_body_room(struct exchange *exchange, size_t length);
// Any thread: hands the exchange to its loop, and wakes that when it sleeps.
void inbox_push(struct exchange *exchange);
// Takes in what other threads have pushed; touches the connections concerned.
void inbox_take(struct loop *loop);
// Frees what is in the loop's free list.
void exchanges_free(struct loop *loop);
// True on the thread of some loop.
bool on_loop_thread(void);
void set_loop_thread(struct loop *loop);

// --- http_stream.c
// Moves what was written to `ready`, and notices the end.
void stream_take(struct exchange *exchange);
// A segment of a stream was sent, or will never be.
void stream_sent(struct exchange *exchange, size_t length);
// Any thread: nobody listens any more; wakes the writer.
void stream_lost(struct exchange *exchange);

// --- http_head.c
enum { HEAD_LENGTH_CHUNKED = -1, HEAD_LENGTH_NONE = -2 };
struct head_form {
    const char *date; // 29 characters
    i64 length;       // Content-Length, or one of the above
    bool close, http_1_0;
};
// Any thread. Bytes that http_head_write needs at most.
size_t http_head_room(const struct http_reply *reply);
// Any thread. Writes status line and headers with the empty line; returns the end.
char *http_head_write(char *at, const struct http_reply *reply, const struct head_form *form);
// Sets a problem document as the exchange's reply, after which the connection closes.
void http_problem_reply(struct exchange *exchange, int status, const char *detail);

// --- http_read.c
// Reads requests out of the bytes and hands them on; returns how many bytes were used. Stops at a
// request that is not whole, or at a limit of the connection, which sets `stalled`.
size_t conn_consume(struct conn *conn, const char *bytes, size_t length);
// Answers what cannot go on with a problem document, as the last reply of the connection.
void conn_refuse(struct conn *conn, int status, const char *detail);
// True when another request may be started.
bool conn_may_start(const struct conn *conn);

// --- http_write.c
// Moves the replies whose turn it is to the output.
void conn_emit(struct conn *conn);
// Gives the output to the socket; sets `broken` when that is lost.
void conn_flush(struct conn *conn);
// Forgets all output.
void conn_drop_output(struct conn *conn);
// Any thread. A segment of `size` bytes at `bytes`, its length still 0.
struct segment *segment_new(struct exchange *owner, size_t size);
void segments_append(struct segments *segments, struct segment *segment);

// --- http_conn.c
void conn_open(struct loop *loop, int fd, const struct address *peer);
// Gives back everything but the struct itself, which the end of the batch frees.
void conn_close(struct conn *conn);
void conn_readable(struct conn *conn);
void conn_writable(struct conn *conn);
// After anything happened to a connection: replies, flushes, sets deadlines and interest, closes.
void conn_settle(struct conn *conn);
void conn_expired(struct conn *conn, enum timer_kind kind);

// --- http_loop.c
struct loop *loop_new(struct http_server *server, size_t conns_max);
void loop_run(struct loop *loop);
void loop_wake(struct loop *loop); // any thread or signal handler
void loop_free(struct loop *loop);

#endif
