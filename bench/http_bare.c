// The server alone, for measuring: /inline answers on the loop, all else by a worker, both with 1.5
// KB of JSON. Started by http-bare.sh, which compares it with nginx.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int main(int argc, char **argv)
{
    char error[LISTEN_ERROR_SIZE];
    i64 loops = 1;
    if (argc < 2 || (argc > 2 && !str_i64(argv[2], &loops))) {
        fprintf(stderr, "usage: http-bare ADDRESS [LOOPS]\n");
        return 2;
    }
    int listener = listen_open(argv[1], error);
    if (listener < 0) {
        fprintf(stderr, "http-bare: %s\n", error);
        return 1;
    }
    memset(body, 'x', REPLY_SIZE);
    pool = pool_new(&(struct pool_settings){.queue_max = 4096, .target_ms = {5000, 5000, 5000}});
    struct http_server *server = http_server_new(&(struct http_settings){
        .listener = listener, .loops = (int)loops, .on_request = on_request});
    http_server_drain_on_signals(server);
    http_server_run(server);
    pool_free(pool);
    http_server_free(server);
    return 0;
}
