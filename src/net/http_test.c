// The server over real sockets: order, deadlines, streams, draining, limits. The table of malformed
// requests is in http_conformance_test.c.
#include "net/http.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/str.h"
#include "core/time.h"
#include "net/probe.h"

#define HOST "Host: shop.example\r\n"

static struct http_counts counts_of(const struct probe *probe)
{
    struct http_counts counts;
    http_server_counts(probe->server, &counts);
    return counts;
}

// Waits until so many connections are open.
static bool wait_for_connections(const struct probe *probe, i64 count)
{
    i64 until_ms = monotonic_ms() + PROBE_PATIENCE_MS;
    while (counts_of(probe).connections != count && monotonic_ms() < until_ms)
        usleep(1000);
    return counts_of(probe).connections == count;
}

// The same until so many requests came at least.
static bool wait_for_requests(const struct probe *probe, u64 count)
{
    i64 until_ms = monotonic_ms() + PROBE_PATIENCE_MS;
    while (counts_of(probe).requests < count && monotonic_ms() < until_ms)
        usleep(1000);
    return counts_of(probe).requests >= count;
}

static struct answer ask(struct test *t, const struct probe *probe, const char *request)
{
    int fd = probe_connect(probe);
    struct reader reader = probe_reader(t->arena, fd);
    reader.head_only = str_starts(request, "HEAD");
    probe_send_text(fd, request);
    struct answer answer = probe_read(&reader);
    close(fd);
    return answer;
}

TEST(http_request_fields)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){0});
    struct answer answer =
        ask(t, &probe,
            "GET /%68eaders?a=%20b&c HTTP/1.1\r\nAccept: a\r\ncookie: x=1\r\n" HOST
            "accept:  b \r\nCookie: y=2\r\n\r\n");
    CHECK_TEXT(answer.body, "path /headers\nquery a=%20b&c\nhost shop.example\npeer 127.0.0.1\n"
                            "accept a, b\ncookie x=1; y=2\n");
    answer = ask(t, &probe, "GET HTTPS://Other.example:8443/headers HTTP/1.1\r\n" HOST "\r\n");
    CHECK(strstr(answer.body, "\nhost Other.example:8443\n") != NULL);
    answer = ask(t, &probe, "GET /a%2Fb%20c%c3%a4 HTTP/1.1\r\n" HOST "\r\n");
    CHECK_TEXT(answer.body, "/a%2Fb%20c%c3%a4");
    CHECK(probe_has(&answer, "Content-Type: text/plain"));
    CHECK(strcasestr(answer.head, "\r\nDate: ") != NULL);
    probe_stop(&probe);
}

TEST(http_head)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){0});
    struct answer answer = ask(t, &probe, "HEAD /inline HTTP/1.1\r\n" HOST "\r\n");
    CHECK(answer.status == 200 && probe_has(&answer, "Content-Length: 7"));
    int fd = probe_connect(&probe);
    struct reader reader = probe_reader(t->arena, fd);
    probe_send_text(fd, "HEAD /big HTTP/1.1\r\n" HOST "\r\nHEAD /stream HTTP/1.1\r\n" HOST "\r\n"
                        "GET /inline HTTP/1.1\r\n" HOST "\r\n");
    reader.head_only = true;
    answer = probe_read(&reader);
    CHECK(answer.status == 200 && probe_has(&answer, "Content-Length: 8388608"));
    CHECK_I64(probe_read(&reader).status, 200);
    reader.head_only = false;
    CHECK_TEXT(probe_read(&reader).body, "/inline");
    CHECK_I64(atomic_load(&probe.released), 1);
    close(fd);
    probe_stop(&probe);
}

TEST(http_bodies)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){0});
    struct buf plain = buf_in(t->arena), chunked = buf_in(t->arena);
    char *body = arena_alloc(t->arena, PROBE_UPLOAD_MAX + 1);
    for (size_t i = 0; i < PROBE_UPLOAD_MAX; i++)
        body[i] = (char)('a' + test_random(t) % 26);
    buf_printf(&plain, "PUT /echo HTTP/1.1\r\n" HOST "Content-Length: %d\r\n\r\n%s",
               PROBE_UPLOAD_MAX, body);
    buf_text(&chunked, "PUT /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    for (size_t at = 0, size; at < PROBE_UPLOAD_MAX; at += size) {
        size = 1 + test_random(t) % 3000;
        size = size < PROBE_UPLOAD_MAX - at ? size : PROBE_UPLOAD_MAX - at;
        buf_printf(&chunked, "%zx\r\n", size);
        buf_bytes(&chunked, body + at, size);
        buf_text(&chunked, "\r\n");
    }
    buf_text(&chunked, "0\r\n\r\n");
    int fd = probe_connect(&probe);
    struct reader reader = probe_reader(t->arena, fd);
    for (int i = 0; i < 3; i++) {
        probe_send(fd, plain.at, plain.length);
        CHECK(str_equal(probe_read(&reader).body, body));
        probe_send(fd, chunked.at, chunked.length);
        CHECK(str_equal(probe_read(&reader).body, body));
    }
    close(fd);
    probe_stop(&probe);
}

TEST(http_continue)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.linger_ms = 200});
    int fd = probe_connect(&probe);
    struct reader reader = probe_reader(t->arena, fd);
    // The 100 has to wait for the reply before it.
    probe_send_text(fd, "GET /slow HTTP/1.1\r\n" HOST "\r\nPOST /echo HTTP/1.1\r\n" HOST
                        "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
    CHECK_TEXT(probe_read(&reader).body, "/slow");
    CHECK_I64(probe_read(&reader).status, 100);
    probe_send_text(fd, "ok");
    CHECK_TEXT(probe_read(&reader).body, "ok");
    probe_send_text(fd, "POST /echo HTTP/1.1\r\n" HOST
                        "Expect: 100-continue\r\nContent-Length: 200000\r\n\r\n");
    CHECK_I64(probe_read(&reader).status, 413);
    close(fd);
    probe_stop(&probe);
}

TEST(http_bodies_memory)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.body_memory_max = 150000, .linger_ms = 200});
    struct buf request = buf_in(t->arena);
    buf_printf(&request, "PUT /echo HTTP/1.1\r\n" HOST "Content-Length: %d\r\n\r\n", 99000);
    for (int i = 0; i < 90000; i++)
        buf_char(&request, 'x');
    int first = probe_connect(&probe), second = probe_connect(&probe);
    struct reader reader = probe_reader(t->arena, second);
    probe_send(first, request.at, request.length);
    for (int i = 0; i < 20; i++) // by then its body was read as far as it goes
        CHECK_I64(ask(t, &probe, "GET /inline HTTP/1.1\r\n" HOST "\r\n").status, 200);
    probe_send(second, request.at, request.length);
    struct answer answer = probe_read(&reader);
    CHECK(answer.status == 503 && probe_has(&answer, "Retry-After: 1"));
    close(first);
    close(second);
    CHECK(wait_for_connections(&probe, 0));
    buf_bytes(&request, request.at + 1000, 9000);
    CHECK_I64(ask(t, &probe, request.at).status, 200);
    probe_stop(&probe);
}

// Sends all requests while it reads the replies, which must come in the order of the requests.
static int pipeline(struct test *t, const struct probe *probe, int count)
{
    struct buf requests = buf_in(t->arena);
    char **targets = ARENA_ARRAY(t->arena, char *, count);
    for (int i = 0; i < count; i++) {
        static const char *const paths[] = {"/inline", "/pool", "/pool", "/slow"};
        u64 choice = test_random(t);
        const char *path = paths[choice % 100 == 0 ? 3 : choice % 3];
        targets[i] = arena_printf(t->arena, "%s?%d", path, i);
        buf_printf(&requests, "GET %s HTTP/1.1\r\n" HOST "\r\n", targets[i]);
    }
    int fd = probe_connect(probe), right = 0;
    pid_t writer = fork();
    if (writer == 0)
        _exit(probe_send(fd, requests.at, requests.length) ? 0 : 1);
    struct reader reader = probe_reader(t->arena, fd);
    while (right < count && str_equal(probe_read(&reader).body, targets[right]))
        right++;
    waitpid(writer, NULL, 0);
    close(fd);
    return right;
}

TEST(http_pipelined)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){0});
    CHECK_I64(pipeline(t, &probe, 2000), 2000);
    probe_stop(&probe);
}

TEST(slow_http_pipelined_loops)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.loops = 3});
    for (int i = 0; i < 5; i++)
        CHECK_I64(pipeline(t, &probe, 2000), 2000);
    CHECK_I64((i64)counts_of(&probe).requests, 10000);
    probe_stop(&probe);
}

TEST(http_half_closed)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){0});
    int fd = probe_connect(&probe);
    struct reader reader = probe_reader(t->arena, fd);
    probe_send_text(fd, "GET /slow HTTP/1.1\r\n" HOST "\r\nGET /pool HTTP/1.1\r\n" HOST "\r\n");
    shutdown(fd, SHUT_WR);
    CHECK_TEXT(probe_read(&reader).body, "/slow");
    CHECK_TEXT(probe_read(&reader).body, "/pool");
    CHECK(probe_closed(&reader));
    close(fd);
    probe_stop(&probe);
}

// Drips bytes until the server answers; returns the status, and how long it took.
static int drip(struct test *t, const struct probe *probe, const char *start, i64 *took_ms)
{
    i64 start_ms = monotonic_ms();
    int fd = probe_connect(probe);
    struct reader reader = probe_reader(t->arena, fd);
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    probe_send_text(fd, start);
    while (poll(&readable, 1, 5) == 0 && monotonic_ms() - start_ms < PROBE_PATIENCE_MS)
        probe_send_text(fd, "a");
    struct answer answer = probe_read(&reader);
    bool closed = probe_closed(&reader);
    *took_ms = monotonic_ms() - start_ms;
    close(fd);
    return closed ? answer.status : 0;
}

TEST(http_deadlines)
{
    struct probe probe;
    i64 took_ms;
    probe_start(&probe, (struct http_settings){.header_ms = 60, .body_ms = 60, .linger_ms = 100});
    CHECK_I64(drip(t, &probe, "GET / HTTP/1.1\r\nA: ", &took_ms), 408);
    CHECK(took_ms >= 60 && took_ms < 9000);
    CHECK_I64(
        drip(t, &probe, "PUT /echo HTTP/1.1\r\n" HOST "Content-Length: 90000\r\n\r\n", &took_ms),
        408);
    CHECK(took_ms >= 60 && took_ms < 9000);
    CHECK_I64(drip(t, &probe, "PUT /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1;",
                   &took_ms),
              408);
    CHECK(took_ms >= 60 && took_ms < 9000);
    CHECK_I64((i64)counts_of(&probe).timeouts, 3);
    probe_stop(&probe);
}

TEST(http_idle_deadline)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.idle_ms = 30});
    int fd = probe_connect(&probe); // idle from the start
    struct reader reader = probe_reader(t->arena, fd);
    CHECK(probe_closed(&reader));
    close(fd);
    // Idle after a request, which on a busy machine may come when the deadline is over.
    int status = 0;
    for (int i = 0; i < 100 && status == 0; i++) {
        fd = probe_connect(&probe);
        reader = probe_reader(t->arena, fd);
        probe_send_text(fd, "GET /slow HTTP/1.1\r\n" HOST "\r\n");
        status = probe_read(&reader).status;
        CHECK(probe_closed(&reader));
        close(fd);
    }
    CHECK_I64(status, 200);
    CHECK_I64((i64)counts_of(&probe).timeouts, 0);
    probe_stop(&probe);
}

// Whether a reader who does not dawdle is served, though each 256 KiB has its deadline.
static bool reads_in_time(struct test *t, i64 write_ms)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.write_ms = write_ms});
    int patient = probe_connect(&probe);
    struct reader reader = probe_reader(t->arena, patient);
    probe_send_text(patient, "GET /big HTTP/1.1\r\n" HOST "\r\n"
                             "GET /inline HTTP/1.1\r\n" HOST "\r\n");
    bool served =
        probe_read(&reader).length == PROBE_BIG && str_equal(probe_read(&reader).body, "/inline");
    CHECK(probe_wait(&probe.released, 1));
    close(patient);
    probe_stop(&probe);
    return served;
}

TEST(http_slow_reader)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.write_ms = 100});
    int fd = probe_connect(&probe);
    probe_send_text(fd, "GET /big HTTP/1.1\r\n" HOST "\r\n"); // and never reads
    CHECK(probe_wait(&probe.released, 1));
    CHECK_I64((i64)counts_of(&probe).timeouts, 1);
    close(fd);
    probe_stop(&probe);
    i64 write_ms = 100; // in which a busy machine may not let the reader read
    while (!reads_in_time(t, write_ms) && write_ms < 10000)
        write_ms *= 4;
    CHECK(write_ms < 10000);
}

// Who asks without reading is not read from any more when its replies have piled up.
TEST(http_backpressure)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){0});
    enum { ASKED = 600 };
    struct buf requests = buf_in(t->arena);
    for (int i = 0; i < ASKED; i++)
        buf_text(&requests, "GET /blob HTTP/1.1\r\n" HOST "\r\n");
    int fd = probe_connect(&probe);
    struct reader reader = probe_reader(t->arena, fd);
    probe_send(fd, requests.at, requests.length);
    // What the queue holds, what the kernel's buffers hold, and one more.
    CHECK(wait_for_requests(&probe, LIMIT_OUTPUT_QUEUE / PROBE_BLOB));
    usleep(50000);
    CHECK(counts_of(&probe).requests < ASKED / 2);
    int whole = 0;
    while (whole < ASKED && probe_read(&reader).length == PROBE_BLOB)
        whole++;
    CHECK_I64(whole, ASKED);
    CHECK(probe_wait(&probe.released, ASKED));
    close(fd);
    probe_stop(&probe);
}

static bool right_parts(const struct answer *answer)
{
    if (answer->length != PROBE_PARTS * 1000)
        return false;
    for (size_t i = 0; i < answer->length; i += 500)
        if (answer->body[i] != (char)('a' + i / 1000 % 26))
            return false;
    return true;
}

TEST(http_stream)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){0});
    int fd = probe_connect(&probe);
    struct reader reader = probe_reader(t->arena, fd);
    probe_send_text(fd, "GET /slow HTTP/1.1\r\n" HOST "\r\nGET /stream HTTP/1.1\r\n" HOST "\r\n"
                        "GET /pool HTTP/1.1\r\n" HOST "\r\n");
    usleep(50000); // so that the writer has to wait for this reader
    CHECK_TEXT(probe_read(&reader).body, "/slow");
    struct answer answer = probe_read(&reader);
    CHECK(probe_has(&answer, "Transfer-Encoding: chunked") && right_parts(&answer));
    CHECK_TEXT(probe_read(&reader).body, "/pool");
    close(fd);
    answer = ask(t, &probe, "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(probe_has(&answer, "Connection: close") && right_parts(&answer));
    fd = probe_connect(&probe); // asks, and goes
    probe_send_text(fd, "GET /stream HTTP/1.1\r\n" HOST "\r\n");
    usleep(5000);
    close(fd);
    CHECK(probe_wait(&probe.streams_ended, 3));
    CHECK(wait_for_connections(&probe, 0));
    probe_stop(&probe);
}

TEST(http_events_client_gone)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){0});
    int leaves = probe_connect(&probe), resets = probe_connect(&probe),
        stays = probe_connect(&probe);
    const char *request = "GET /events HTTP/1.1\r\n" HOST "\r\n";
    probe_send_text(leaves, request);
    probe_send_text(resets, request);
    probe_send_text(stays, request);
    CHECK(probe_wait(&probe.streams_open, 3));
    char some[100];
    CHECK(recv(stays, some, sizeof some, MSG_WAITALL) == sizeof some);
    struct linger now = {.l_onoff = 1};
    setsockopt(resets, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(leaves);
    close(resets);
    CHECK(probe_wait(&probe.events_gone, 2));
    CHECK(wait_for_connections(&probe, 1));
    // Draining ends the one that stays, properly.
    http_server_drain(probe.server);
    struct reader reader = probe_reader(t->arena, stays);
    reader.bytes = arena_text(t->arena, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    reader.length = strlen(reader.bytes);
    CHECK(probe_wait(&probe.events_gone, 3));
    char last[5] = "", byte;
    while (recv(stays, &byte, 1, 0) == 1) {
        memmove(last, last + 1, 4);
        last[4] = byte;
    }
    CHECK(memcmp(last, "0\r\n\r\n", 5) == 0);
    close(stays);
    probe_join(&probe);
    CHECK_I64(probe.cut, 0);
}

TEST(http_drain)
{
    enum { IN_FLIGHT = 200 };
    struct probe probe;
    int fds[IN_FLIGHT], idle, unused, refused;
    probe_start(&probe, (struct http_settings){0});
    idle = probe_connect(&probe);
    struct reader idle_reader = probe_reader(t->arena, idle);
    probe_send_text(idle, "GET /inline HTTP/1.1\r\n" HOST "\r\n");
    CHECK_I64(probe_read(&idle_reader).status, 200);
    for (int i = 0; i < IN_FLIGHT; i++) {
        fds[i] = probe_connect(&probe);
        probe_send_text(fds[i], "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    }
    unused = probe_connect(&probe);
    CHECK(wait_for_connections(&probe, IN_FLIGHT + 2));
    CHECK(wait_for_requests(&probe, IN_FLIGHT + 1));
    http_server_drain_on_signals(probe.server);
    i64 asked_ms = monotonic_ms();
    kill(getpid(), SIGTERM);
    CHECK(probe_closed(&idle_reader));
    struct reader late = probe_reader(t->arena, unused);
    probe_send_text(unused, "GET /inline HTTP/1.1\r\n" HOST "\r\n");
    // Had connected, so it is answered, if it asks within a second.
    struct answer answer = probe_read(&late);
    CHECK(answer.status == 200 || monotonic_ms() - asked_ms > 900);
    atomic_store(&probe.let_go, true);
    int whole = 0, told = 0;
    for (int i = 0; i < IN_FLIGHT; i++) {
        struct reader reader = probe_reader(t->arena, fds[i]);
        answer = probe_read(&reader);
        told += probe_has(&answer, "Connection: close");
        whole += answer.status == 200 && probe_closed(&reader);
        close(fds[i]);
    }
    CHECK_I64(whole, IN_FLIGHT);
    CHECK_I64(told, IN_FLIGHT);
    refused = probe_connect(&probe);
    CHECK_I64(refused, -1);
    close(idle);
    close(unused);
    probe_join(&probe);
    CHECK_I64(probe.cut, 0);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
}

// Whether who still sends requests was served for so long, and told with each reply to go
// elsewhere; a busy machine may be too late with them.
static bool serves_in_delay(struct test *t, i64 delay_ms)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.drain_delay_ms = delay_ms, .loops = 2});
    int before = probe_connect(&probe), events = probe_connect(&probe);
    struct reader kept = probe_reader(t->arena, before);
    probe_send_text(before, "GET /inline HTTP/1.1\r\n" HOST "\r\n");
    struct answer answer = probe_read(&kept);
    CHECK(answer.status == 200 && !probe_has(&answer, "Connection: close"));
    probe_send_text(events, "GET /events HTTP/1.1\r\n" HOST "\r\n");
    CHECK(probe_wait(&probe.streams_open, 1));
    i64 start_ms = monotonic_ms();
    http_server_drain(probe.server);
    probe_send_text(before, "GET /pool HTTP/1.1\r\n" HOST "\r\n");
    answer = probe_read(&kept);
    bool in_time = answer.status == 200;
    CHECK(probe_closed(&kept) && (!in_time || probe_has(&answer, "Connection: close")));
    int served = 0, fd;
    while ((fd = probe_connect(&probe)) >= 0) {
        struct reader reader = probe_reader(t->arena, fd);
        probe_send_text(fd, "GET /pool HTTP/1.1\r\n" HOST "\r\n");
        answer = probe_read(&reader);
        close(fd);
        if (answer.status == 0) // was about to be accepted when the server stopped doing so
            break;
        CHECK(answer.status == 200 && probe_has(&answer, "Connection: close"));
        served++;
        usleep(10000);
    }
    CHECK(monotonic_ms() - start_ms >= delay_ms);
    CHECK(probe_wait(&probe.events_gone, 1));
    close(before);
    close(events);
    probe_join(&probe);
    CHECK_I64(probe.cut, 0);
    return in_time && served > 5;
}

TEST(http_drain_waits_until_all_have_heard)
{
    i64 delay_ms = 400;
    while (!serves_in_delay(t, delay_ms) && delay_ms < 10000)
        delay_ms *= 4;
    CHECK(delay_ms < 10000);
}

TEST(http_drain_is_bounded)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.drain_ms = 50});
    int fd = probe_connect(&probe);
    probe_send_text(fd, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    CHECK(probe_wait(&probe.held, 1));
    http_server_drain(probe.server);
    pthread_join(probe.thread, NULL);
    CHECK_I64(probe.cut, 1);
    atomic_store(&probe.let_go, true); // its reply comes when nobody waits any more
    pool_free(probe.pool);
    http_server_free(probe.server);
    close(fd);
}

TEST(http_client_gone)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){0});
    for (int i = 0; i < 50; i++) {
        int fd = probe_connect(&probe);
        probe_send_text(fd, "GET /slow HTTP/1.1\r\n" HOST "\r\nGET /big HTTP/1.1\r\n" HOST "\r\n"
                            "GET /pool HTTP/1.1\r\n" HOST "\r\nGET /blob HTTP");
        struct linger now = {.l_onoff = 1};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        if (i % 2 == 0)
            usleep(1000);
        close(fd);
    }
    CHECK(wait_for_connections(&probe, 0));
    CHECK_TEXT(ask(t, &probe, "GET /pool HTTP/1.1\r\n" HOST "\r\n").body, "/pool");
    probe_stop(&probe);
}

TEST(http_connection_cap)
{
    struct probe probe;
    probe_start(&probe, (struct http_settings){.connections_max = 3});
    int busy = probe_connect(&probe), idle[4];
    probe_send_text(busy, "GET /hold HTTP/1.1\r\n" HOST "\r\n");
    CHECK(probe_wait(&probe.held, 1));
    for (int i = 0; i < 4; i++)
        idle[i] = probe_connect(&probe);
    CHECK(wait_for_connections(&probe, 3));
    struct reader first = probe_reader(t->arena, idle[0]), last = probe_reader(t->arena, idle[3]);
    // All places are taken by who may be about to ask; once they have not, two have to go.
    CHECK(probe_closed(&first));
    probe_send_text(idle[3], "GET /inline HTTP/1.1\r\n" HOST "\r\n");
    CHECK_I64(probe_read(&last).status, 200);
    CHECK_I64(counts_of(&probe).connections, 3);
    CHECK_I64((i64)counts_of(&probe).accepted, 5);
    atomic_store(&probe.let_go, true);
    struct reader reader = probe_reader(t->arena, busy);
    CHECK_I64(probe_read(&reader).status, 200);
    for (int i = 0; i < 4; i++)
        close(idle[i]);
    close(busy);
    probe_stop(&probe);
}

// Leaves room for `count` more files in this process; `taken` are those that take the rest.
static int use_up_files(int count, int taken[], int taken_max, struct rlimit *before)
{
    int used = 0, top = 0;
    getrlimit(RLIMIT_NOFILE, before);
    while (used < taken_max && top < taken_max) {
        taken[used++] = dup(0);
        top = taken[used - 1];
        if (used >= 8 + count && taken[used - 2] == top - 1) // the holes are filled
            break;
    }
    struct rlimit few = {.rlim_cur = (rlim_t)top + 1, .rlim_max = before->rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    while (used < taken_max && (taken[used] = dup(0)) >= 0)
        used++;
    for (int i = 0; i < count; i++)
        close(taken[--used]);
    return used;
}

TEST(http_out_of_files)
{
    enum { CLIENTS = 12, PLACES = 5, TAKEN_MAX = 4096 };
    struct probe probe;
    struct rlimit before;
    int fds[CLIENTS], taken[TAKEN_MAX];
    probe_start(&probe, (struct http_settings){.connections_max = 1000});
    for (int i = 0; i < CLIENTS; i++)
        fds[i] = probe_socket();
    int used = use_up_files(PLACES, taken, TAKEN_MAX, &before);
    i64 start_ms = monotonic_ms();
    for (int i = 0; i < CLIENTS; i++)
        CHECK(probe_connect_socket(&probe, fds[i]));
    CHECK(wait_for_connections(&probe, PLACES));
    usleep(250000); // so that it would pause often, were it not for a tenth of a second each time
    struct http_counts counts = counts_of(&probe);
    while (counts.accept_pauses == 0 && monotonic_ms() - start_ms < PROBE_PATIENCE_MS)
        counts = counts_of(&probe);
    i64 pauses = 2 + (monotonic_ms() - start_ms) / 100;
    CHECK(counts.accept_pauses >= 1 && (i64)counts.accept_pauses <= pauses);
    CHECK_I64(counts.connections, PLACES);
    // Who leaves makes place for who waits.
    for (int i = 0; i < CLIENTS; i++) {
        struct reader reader = probe_reader(t->arena, fds[i]);
        probe_send_text(fds[i], "GET /inline HTTP/1.1\r\n" HOST "\r\n");
        CHECK_I64(probe_read(&reader).status, 200);
        close(fds[i]);
    }
    setrlimit(RLIMIT_NOFILE, &before);
    while (used > 0)
        close(taken[--used]);
    probe_stop(&probe);
}

// The clients of the next test, in a process of their own: two ends of a connection are two files.
static void hold_idle(const struct probe *probe, int count, int tell, int wait)
{
    char byte = 0;
    static const char request[] = "GET /inline HTTP/1.1\r\n" HOST "\r\n";
    for (int i = 0; i < count; i++) {
        char reply[256];
        int fd = probe_connect(probe);
        if (fd < 0 || !probe_send(fd, request, sizeof request - 1) ||
            recv(fd, reply, sizeof reply, 0) <= 0)
            _exit(1);
    }
    ssize_t told = write(tell, &byte, 1), waited = read(wait, &byte, 1);
    _exit(told == 1 && waited == 0 ? 0 : 1);
}

TEST(slow_http_idle)
{
    enum { IDLE = 10000 };
    struct probe probe;
    int told[2], held[2], status;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < IDLE + 200) {
        test_fail(t, __FILE__, __LINE__, "the limit of open files is below %d", IDLE + 200);
        return;
    }
    probe_start(&probe, (struct http_settings){0});
    CHECK(pipe2(told, O_CLOEXEC) == 0 && pipe2(held, O_CLOEXEC) == 0);
    pid_t child = fork();
    if (child == 0) {
        close(held[1]);
        hold_idle(&probe, IDLE, told[1], held[0]);
    }
    close(held[0]);
    close(told[1]);
    char byte;
    CHECK(read(told[0], &byte, 1) == 1);
    CHECK_I64(counts_of(&probe).connections, IDLE);
    i64 least_us = INT64_MAX; // a busy machine may be late for once
    for (int i = 0; i < 10; i++) {
        i64 start_us = monotonic_us();
        CHECK_TEXT(ask(t, &probe, "GET /pool HTTP/1.1\r\n" HOST "\r\n").body, "/pool");
        least_us = min_i64(least_us, monotonic_us() - start_us);
    }
    CHECK(least_us < 1000000);
    close(held[1]);
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(wait_for_connections(&probe, 0));
    close(told[0]);
    probe_stop(&probe);
}
