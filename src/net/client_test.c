// The outgoing client against net's own server, and against peers that misbehave.
#include "net/client.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/str.h"
#include "net/listen.h"
#include "net/probe.h"

static enum client_outcome call(struct test *t, u16 port, struct client_request request,
                                struct client_reply *reply)
{
    request.url = arena_printf(t->arena, "http://127.0.0.1:%d%s", port, request.url);
    request.direct = true;
    return client_call(&request, t->arena, reply);
}

TEST(client_answered)
{
    struct probe probe;
    struct client_reply reply;
    static const struct http_field headers[] = {{"Accept", "text/x"}, {"Cookie", "a=1\r\nB: c"}};
    probe_start(&probe, (struct http_settings){.linger_ms = 100});
    struct client_request request = {.url = "/headers?q=1", .headers = headers, .header_count = 2};
    CHECK(call(t, probe.port, request, &reply) == CLIENT_ANSWERED);
    CHECK(reply.status == 200 && reply.detail == NULL && reply.took_us > 0);
    CHECK(strstr(reply.body, "accept text/x\ncookie a=1  B: c\n") != NULL);
    CHECK_TEXT(client_header(&reply, "content-TYPE"), "text/plain");
    CHECK_TEXT(client_header(&reply, "X-None"), NULL);
    request =
        (struct client_request){.method = "PUT", .url = "/echo", .body = "a\0b", .body_length = 3};
    CHECK(call(t, probe.port, request, &reply) == CLIENT_ANSWERED);
    CHECK(reply.body_length == 3 && memcmp(reply.body, "a\0b", 4) == 0);
    request = (struct client_request){.url = "/a/../b"};
    CHECK(call(t, probe.port, request, &reply) == CLIENT_ANSWERED);
    CHECK_I64(reply.status, 200); // curl resolves it
    request = (struct client_request){.method = "HEAD", .url = "/inline"};
    CHECK(call(t, probe.port, request, &reply) == CLIENT_ANSWERED && reply.body_length == 0);
    struct http_counts counts;
    http_server_counts(probe.server, &counts);
    CHECK_I64((i64)counts.accepted, 1); // one connection for all of them
    request = (struct client_request){.url = "/blob", .reply_max = 10000};
    CHECK(call(t, probe.port, request, &reply) == CLIENT_UNKNOWN);
    CHECK_TEXT(reply.detail, "the reply is too long");
    probe_stop(&probe);
}

TEST(client_not_sent)
{
    struct client_reply reply;
    char error[LISTEN_ERROR_SIZE];
    int listener = listen_open("127.0.0.1:0", error);
    u16 port = listen_port(listener);
    close(listener);
    CHECK(call(t, port, (struct client_request){.url = "/"}, &reply) == CLIENT_NOT_SENT);
    CHECK(reply.status == 0 && reply.detail != NULL);
    static const char *const urls[] = {"http://nowhere.invalid/", "ftp://127.0.0.1/", "nonsense://",
                                       "http://", "file:///etc/passwd"};
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct client_request request = {.url = urls[i], .direct = true};
        if (client_call(&request, t->arena, &reply) != CLIENT_NOT_SENT)
            test_fail(t, __FILE__, __LINE__, "%s was sent", urls[i]);
    }
}

TEST(client_public_only)
{
    struct probe probe;
    struct client_reply reply;
    probe_start(&probe, (struct http_settings){0});
    static const char *const hosts[] = {
        "127.0.0.1",  "localhost",       "[::1]",    "[::ffff:127.0.0.1]", "0",
        "2130706433", "169.254.169.254", "10.0.0.1", "192.168.1.1",        "172.16.0.1",
        "100.64.0.1", "[fe80::1]",       "[fd00::1]"};
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        struct client_request request = {
            .url = arena_printf(t->arena, "http://%s:%d/inline", hosts[i], probe.port),
            .public_only = true,
            .timeout_ms = 1000,
        };
        if (client_call(&request, t->arena, &reply) != CLIENT_NOT_SENT)
            test_fail(t, __FILE__, __LINE__, "%s was reached", hosts[i]);
        else if (!str_equal(reply.detail, "the address is not a public one"))
            test_fail(t, __FILE__, __LINE__, "%s: %s", hosts[i], reply.detail);
    }
    struct http_counts counts;
    http_server_counts(probe.server, &counts);
    CHECK_I64((i64)counts.accepted, 0);
    probe_stop(&probe);
}

TEST(client_timeout)
{
    struct probe probe;
    struct client_reply reply;
    probe_start(&probe, (struct http_settings){0});
    struct client_request request = {
        .url = "/hold", .body = "x", .body_length = 1, .timeout_ms = 50};
    reply.took_us = INT64_MAX;
    for (int i = 0; i < 8 && reply.took_us >= 1000000; i++) { // a busy machine may be late for once
        CHECK(call(t, probe.port, request, &reply) == CLIENT_UNKNOWN);
        CHECK(reply.took_us >= 50000 && reply.detail != NULL);
    }
    CHECK(reply.took_us < 1000000); // less than the limit of who says none
    atomic_store(&probe.let_go, true);
    probe_stop(&probe);
}

// A peer that reads the request and then answers with these bytes, or none, and closes.
struct peer {
    int listener;
    const char *answer;
};

static void *answer_and_close(void *context)
{
    struct peer *peer = context;
    char request[4096];
    int fd = accept(peer->listener, NULL, NULL);
    if (recv(fd, request, sizeof request, 0) > 0)
        probe_send_text(fd, peer->answer);
    close(fd);
    return NULL;
}

TEST(client_broken_replies)
{
    static const char *const answers[] = {
        "", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", "nonsense\r\n\r\n"};
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        char error[LISTEN_ERROR_SIZE];
        struct client_reply reply;
        struct peer peer = {listen_open("127.0.0.1:0", error), answers[i]};
        pthread_t thread;
        CHECK(fcntl(peer.listener, F_SETFL, 0) == 0);
        pthread_create(&thread, NULL, answer_and_close, &peer);
        struct client_request request = {.url = "/", .body = "x", .body_length = 1};
        if (call(t, listen_port(peer.listener), request, &reply) != CLIENT_UNKNOWN)
            test_fail(t, __FILE__, __LINE__, "answer %zu was taken as one", i);
        CHECK(reply.status == 0 && reply.detail != NULL);
        pthread_join(thread, NULL);
        close(peer.listener);
    }
}
