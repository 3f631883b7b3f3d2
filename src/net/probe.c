// The server under test and its clients. Contract in probe.h.
//
// The server is real: its own listener, loop and pool, on a port that the system chooses. Its
// handlers are the cases that a server must stand and that no route of the shop gives on demand: an
// answer that is larger than a socket's buffers, a stream whose reader goes away, a task that holds
// its thread until it is let go.
//
// The client is written apart from net/client.c and knows less: what it takes for an answer was not
// decided by the code under test, and it can send what no client would.
#include "net/probe.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/str.h"
#include "core/time.h"
#include "net/listen.h"

struct task {
    struct pool_job job; // first, so that one pointer is the other
    struct http_exchange *exchange;
    struct probe *probe;
};

// A body is sent from where it is, which may be long after its handler has ended.
static char big[PROBE_BIG];

static void nap_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static void reply_bytes(struct http_exchange *exchange, const char *bytes, size_t length)
{
    http_reply(exchange,
               &(struct http_reply){
                   .status = 200, .content_type = "text/plain", .body = bytes, .length = length});
}

static void run_text(struct pool_job *job)
{
    struct http_exchange *exchange = ((struct task *)job)->exchange;
    reply_bytes(exchange, exchange->target, strlen(exchange->target));
}

static void run_slow(struct pool_job *job)
{
    nap_ms(20);
    run_text(job);
}

static void run_echo(struct pool_job *job)
{
    struct http_exchange *exchange = ((struct task *)job)->exchange;
    reply_bytes(exchange, exchange->body, exchange->body_length);
}

static void run_headers(struct pool_job *job)
{
    struct http_exchange *exchange = ((struct task *)job)->exchange;
    struct buf out = buf_in(exchange->arena);
    buf_printf(&out, "path %s\nquery %s\nhost %s\npeer %s\n", exchange->path, exchange->query,
               exchange->host, http_peer(exchange));
    const char *accept = http_header(exchange, "ACCEPT"), *cookie = http_header(exchange, "cookie");
    buf_printf(&out, "accept %s\ncookie %s\n", accept != NULL ? accept : "-",
               cookie != NULL ? cookie : "-");
    reply_bytes(exchange, out.at, out.length);
}

static void run_stream(struct pool_job *job)
{
    struct task *task = (struct task *)job;
    struct probe *probe = task->probe; // the task ends with its exchange
    char part[1000];
    http_stream_begin(task->exchange,
                      &(struct http_reply){.status = 200, .content_type = "text/csv"});
    enum http_stream_state state = HTTP_STREAM_OK;
    for (int i = 0; i < PROBE_PARTS && state == HTTP_STREAM_OK; i++) {
        memset(part, 'a' + i % 26, sizeof part);
        state = http_stream_write(task->exchange, part, sizeof part, 5000);
    }
    http_stream_end(task->exchange);
    atomic_fetch_add(&probe->streams_ended, 1);
}

static void run_events(struct pool_job *job)
{
    struct task *task = (struct task *)job;
    struct probe *probe = task->probe; // the task ends with the request
    struct http_exchange *exchange = task->exchange;
    http_stream_begin(
        exchange,
        &(struct http_reply){.status = 200, .content_type = "text/event-stream", .endless = true});
    atomic_fetch_add(&probe->streams_open, 1);
    while (http_stream_write(exchange, "data: tick\n\n", 12, 1000) == HTTP_STREAM_OK)
        nap_ms(1);
    http_stream_end(exchange);
    atomic_fetch_add(&probe->events_gone, 1);
}

static void run_hold(struct pool_job *job)
{
    struct task *task = (struct task *)job;
    atomic_fetch_add(&task->probe->held, 1);
    while (!atomic_load(&task->probe->let_go))
        nap_ms(1);
    run_text(job);
}

static void count_release(void *probe)
{
    atomic_fetch_add(&((struct probe *)probe)->released, 1);
}

static void reply_big(struct http_exchange *exchange, struct probe *probe, size_t length)
{
    http_reply(exchange, &(struct http_reply){.status = 200,
                                              .body = big,
                                              .length = length,
                                              .release = count_release,
                                              .release_handle = probe});
}

static const struct {
    const char *path;
    void (*run)(struct pool_job *job);
} tasks[] = {
    {"/pool", run_text},       {"/slow", run_slow},     {"/echo", run_echo},
    {"/headers", run_headers}, {"/stream", run_stream}, {"/events", run_events},
    {"/hold", run_hold},
};

static void on_request(struct http_exchange *exchange, void *context)
{
    struct probe *probe = context;
    if (strcmp(exchange->path, "/big") == 0 || strcmp(exchange->path, "/blob") == 0) {
        reply_big(exchange, probe, exchange->path[2] == 'i' ? PROBE_BIG : PROBE_BLOB);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(tasks); i++) {
        if (strcmp(exchange->path, tasks[i].path) != 0)
            continue;
        struct task *task = ARENA_NEW(exchange->arena, struct task);
        *task = (struct task){{.run = tasks[i].run}, exchange, probe};
        bool taken = pool_submit(probe->pool, POOL_BROWSING, &task->job);
        assert(taken);
        return;
    }
    reply_bytes(exchange, exchange->target, strlen(exchange->target));
}

static size_t body_limit(const struct http_exchange *exchange, UNUSED void *context)
{
    return strcmp(exchange->path, "/echo") == 0 ? PROBE_UPLOAD_MAX : 100;
}

static void *serve(void *context)
{
    struct probe *probe = context;
    probe->cut = http_server_run(probe->server);
    return NULL;
}

void probe_start(struct probe *probe, struct http_settings settings)
{
    char error[LISTEN_ERROR_SIZE];
    *probe = (struct probe){0};
    settings.listener = listen_open("127.0.0.1:0", error);
    assert(settings.listener >= 0);
    settings.on_request = on_request;
    settings.body_limit = body_limit;
    settings.context = probe;
    probe->port = listen_port(settings.listener);
    probe->pool = pool_new(&(struct pool_settings){
        .threads = 8, .queue_max = 4096, .target_ms = {60000, 60000, 60000}});
    probe->server = http_server_new(&settings);
    int result = pthread_create(&probe->thread, NULL, serve, probe);
    assert(result == 0);
}

void probe_join(struct probe *probe)
{
    pthread_join(probe->thread, NULL);
    pool_free(probe->pool);
    http_server_free(probe->server);
}

void probe_stop(struct probe *probe)
{
    http_server_drain(probe->server);
    probe_join(probe);
}

int probe_socket(void)
{
    struct timeval patience = {.tv_sec = PROBE_PATIENCE_MS / 1000};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
}

bool probe_connect_socket(const struct probe *probe, int fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(probe->port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
}

int probe_connect(const struct probe *probe)
{
    int fd = probe_socket();
    if (probe_connect_socket(probe, fd))
        return fd;
    close(fd);
    return -1;
}

bool probe_send(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

bool probe_send_text(int fd, const char *text)
{
    return probe_send(fd, text, strlen(text));
}

struct reader probe_reader(struct arena *arena, int fd)
{
    return (struct reader){.fd = fd, .arena = arena};
}

// Reads more bytes; false when none come.
static bool fill(struct reader *reader)
{
    enum { STEP = 64 << 10 };
    if (reader->capacity - reader->length < STEP) {
        size_t capacity = reader->capacity * 2 + STEP + 1;
        reader->bytes = arena_grow(reader->arena, reader->bytes, reader->capacity, capacity);
        reader->capacity = capacity;
    }
    ssize_t length = recv(reader->fd, reader->bytes + reader->length, STEP - 1, 0);
    if (length <= 0)
        return false;
    reader->length += (size_t)length;
    return true;
}

static const char *find(const struct reader *reader, size_t from, const char *text)
{
    size_t length = strlen(text);
    return from < reader->length ? memmem(reader->bytes + from, reader->length - from, text, length)
                                 : NULL;
}

// The body with its chunks joined; false when it ended early.
static bool read_chunks(struct reader *reader, struct buf *body)
{
    for (;;) {
        const char *end;
        while ((end = find(reader, reader->at, "\r\n")) == NULL)
            if (!fill(reader))
                return false;
        size_t size = strtoul(reader->bytes + reader->at, NULL, 16);
        reader->at = (size_t)(end - reader->bytes) + 2;
        while (reader->length - reader->at < size + 2)
            if (!fill(reader))
                return false;
        buf_bytes(body, reader->bytes + reader->at, size);
        reader->at += size + 2;
        if (size == 0)
            return true;
    }
}

static bool read_length(struct reader *reader, size_t size, struct buf *body)
{
    while (reader->length - reader->at < size)
        if (!fill(reader))
            return false;
    buf_bytes(body, reader->bytes + reader->at, size);
    reader->at += size;
    return true;
}

static bool read_rest(struct reader *reader, struct buf *body)
{
    while (fill(reader))
        ;
    return read_length(reader, reader->length - reader->at, body);
}

struct answer probe_read(struct reader *reader)
{
    struct answer answer = {.head = "", .body = ""};
    const char *end;
    while ((end = find(reader, reader->at, "\r\n\r\n")) == NULL)
        if (!fill(reader))
            return answer;
    size_t head = (size_t)(end - reader->bytes) + 2 - reader->at;
    answer.head = arena_text_n(reader->arena, reader->bytes + reader->at, head);
    reader->at += head + 2;
    int status = (int)strtol(answer.head + sizeof "HTTP/1.1", NULL, 10);
    const char *length = strcasestr(answer.head, "\r\nContent-Length: ");
    struct buf body = buf_in(reader->arena);
    bool whole = true;
    if (status == 100 || status == 204 || status == 304 || reader->head_only)
        whole = true;
    else if (probe_has(&answer, "Transfer-Encoding: chunked"))
        whole = read_chunks(reader, &body);
    else if (length != NULL)
        whole = read_length(reader, strtoul(length + 18, NULL, 10), &body);
    else
        whole = read_rest(reader, &body);
    answer.body = buf_as_text(&body);
    answer.length = body.length;
    answer.status = whole ? status : 0;
    return answer;
}

bool probe_closed(struct reader *reader)
{
    return reader->at == reader->length && !fill(reader) && errno != EAGAIN;
}

bool probe_has(const struct answer *answer, const char *line)
{
    const char *found = strcasestr(answer->head, line);
    return found != NULL && found[strlen(line)] == '\r';
}

bool probe_wait(atomic_int *counter, int value)
{
    i64 until_ms = monotonic_ms() + PROBE_PATIENCE_MS;
    while (atomic_load(counter) < value && monotonic_ms() < until_ms)
        nap_ms(1);
    return atomic_load(counter) >= value;
}
