// The server alone, for measuring: /inline answers on the loop, all else by a worker, both with 1.5
// KB of JSON. Started by http-bare.sh, which compares it with nginx.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/str.h"
#include "net/http.h"
#include "net/listen.h"
#include "net/pool.h"

enum { REPLY_SIZE = 1500 };

static char body[REPLY_SIZE + 1];
static struct pool *pool;

struct answer {
    struct pool_job job; // first, so that one pointer is the other
    struct http_exchange *exchange;
};

static void answer(struct http_exchange *exchange)
{
    static const char head[] = "ETag: \"5f3759df\"\r\nCache-Control: no-cache\r\n";
    http_reply(exchange, &(struct http_reply){.status = 200,
                                              .content_type = "application/json",
                                              .head = head,
                                              .body = body,
                                              .length = REPLY_SIZE});
}

static void run(struct pool_job *job)
{
    answer(((struct answer *)job)->exchange);
}

static void on_request(struct http_exchange *exchange, void *context)
{
    (void)context;
    if (strcmp(exchange->path, "/inline") == 0) {
        answer(exchange);
        return;
    }
    struct answer *work = ARENA_NEW(exchange->arena, struct answer);
    *work = (struct answer){.job = {.run = run}, .exchange = exchange};
    if (!pool_submit(pool, POOL_BROWSING, &work->job))
        http_reply(exchange, &(struct http_reply){.status = 503});
}

static int serve(const char *address, int loops)
{
    char error[LISTEN_ERROR_SIZE];
    int listener = listen_open(address, error);
    if (listener < 0) {
        fprintf(stderr, "http-bare: %s\n", error);
        return 1;
    }
    memset(body, 'x', REPLY_SIZE);
    pool = pool_new(&(struct pool_settings){.queue_max = 4096, .target_ms = {5000, 5000, 5000}});
    struct http_server *server = http_server_new(
        &(struct http_settings){.listener = listener, .loops = loops, .on_request = on_request});
    http_server_drain_on_signals(server);
    http_server_run(server);
    pool_free(pool);
    http_server_free(server);
    return 0;
}

static long resident_kb(i64 pid)
{
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%lld/status", (long long)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    if (file != NULL)
        fclose(file);
    return kb;
}

// Opens connections that ask once and then stay; prints what each costs the server.
static int idle(i64 port, i64 count, i64 pid)
{
    static const char request[] = "GET /inline HTTP/1.1\r\nHost: a\r\n\r\n";
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((u16)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    long before_kb = resident_kb(pid);
    for (i64 i = 0; i < count; i++) {
        char reply[4096];
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
            send(fd, request, sizeof request - 1, 0) < 0 || recv(fd, reply, sizeof reply, 0) <= 0) {
            perror("http-bare: idle connection");
            return 1;
        }
    }
    long after_kb = resident_kb(pid);
    printf("%lld idle connections: %ld KB, %.0f bytes each, of %ld KB\n", (long long)count,
           after_kb - before_kb, (double)(after_kb - before_kb) * 1024 / (double)count, after_kb);
    return 0;
}

int main(int argc, char **argv)
{
    i64 number = 1, count, pid;
    if (argc == 5 && strcmp(argv[1], "idle") == 0 && str_i64(argv[2], &number) &&
        str_i64(argv[3], &count) && str_i64(argv[4], &pid))
        return idle(number, count, pid);
    if (argc < 2 || argc > 3 || (argc == 3 && !str_i64(argv[2], &number))) {
        fprintf(stderr, "usage: http-bare ADDRESS [LOOPS] | http-bare idle PORT COUNT PID\n");
        return 2;
    }
    return serve(argv[1], (int)number);
}
