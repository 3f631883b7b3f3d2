// A server under test and the client's side of its connections, for the tests of this folder.
//
// Routes: /inline answers on the loop with the target, /pool the same by a worker, /slow after 20
// ms by a worker, /echo the body (by a worker), /headers every header on a line, /big 8 MiB that
// are counted when released, /blob 60 KB, /stream PARTS parts of 1000 bytes, /events until the
// client leaves, /hold until probe_let_go.
#ifndef SOUK_NET_PROBE_H
#define SOUK_NET_PROBE_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/test.h"
#include "net/http.h"
#include "net/pool.h"

enum { PROBE_BIG = 8 << 20, PROBE_BLOB = 60 << 10, PROBE_PARTS = 3000, PROBE_UPLOAD_MAX = 100000 };
// For what has to come, on a machine that does other things besides.
enum { PROBE_PATIENCE_MS = 60000 };

struct probe {
    struct http_server *server;
    struct pool *pool;
    pthread_t thread;
    u16 port;
    int cut; // what http_server_run returned
    atomic_int released, streams_open, streams_ended, events_gone, held;
    atomic_bool let_go;
};

// listener, on_request, body_limit and context are set here; the other settings are taken.
void probe_start(struct probe *probe, struct http_settings settings);
void probe_stop(struct probe *probe);
// Waits until the server has drained by itself, and frees it.
void probe_join(struct probe *probe);

// A blocking connection whose reads give up after PROBE_PATIENCE_MS.
int probe_connect(const struct probe *probe);
// The two halves of it.
int probe_socket(void);
bool probe_connect_socket(const struct probe *probe, int fd);
bool probe_send(int fd, const char *bytes, size_t length);
bool probe_send_text(int fd, const char *text);

struct answer {
    int status; // 0: the connection ended before a whole reply
    const char *head, *body;
    size_t length;
};

// Reads the bytes of one connection, reply by reply.
struct reader {
    int fd;
    struct arena *arena;
    char *bytes;
    size_t at, length, capacity;
    bool head_only; // the replies are to HEAD
};

struct reader probe_reader(struct arena *arena, int fd);
// The next reply, whole; interim ones (100) count.
struct answer probe_read(struct reader *reader);
// True when the server closes (or has closed) its side, and no byte comes before that.
bool probe_closed(struct reader *reader);
// Waits at most PROBE_PATIENCE_MS for a counter to reach a value.
bool probe_wait(atomic_int *counter, int value);
// True when `text` is a line of the head, whatever its case.
bool probe_has(const struct answer *answer, const char *line);

#endif
