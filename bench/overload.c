// More shoppers than a process can serve, who search, and a steady stream of others who buy: what
// each of them gets. Called by bench/overload.sh.
//
//     bench-overload PORT SKU capacity SECONDS           searches a second that it answers
//     bench-overload PORT SKU NAME SECONDS SEARCHES BUYERS   both a second, whatever the answers
//
// Searches come when they are due, not when the last was answered: a crowd does not slow down
// because the shop does. Who gets 503 has had an answer, and is gone.
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/time.h"
#include "core/uuid.h"

enum { ANSWER_MAX = 256 << 10, SAMPLES_MAX = 1 << 17, SEARCHERS = 1024, BUYERS = 256, CLOSED = 16 };

struct connection {
    int fd;
    bool busy;
    i64 sent_us;
    size_t length, whole;
    char answer[ANSWER_MAX];
};

// What one kind of request got.
struct tally {
    const char *name;
    _Atomic i64 accepted, queued, refused, failed; // 200 and 201; 202; 503; else
    _Atomic u32 samples;
    i64 took_us[SAMPLES_MAX]; // of those that were not refused
};

enum request { SEARCH, CART, ITEM, ORDER, KINDS };

static struct {
    u16 port;
    const char *sku;
    i64 begin_us, until_us, searches, buyers, missed;
    struct tally tally[KINDS];
} run = {.tally = {{"search"}, {"new cart"}, {"add to cart"}, {"order"}}};

static int open_connection(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(run.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("bench-overload: cannot connect");
        exit(1);
    }
    return fd;
}

static void count(enum request kind, int status, i64 took_us)
{
    struct tally *tally = &run.tally[kind];
    bool good = status == 200 || status == 201 || status == 202;
    atomic_fetch_add(status == 202   ? &tally->queued
                     : good          ? &tally->accepted
                     : status == 503 ? &tally->refused
                                     : &tally->failed,
                     1);
    if (good)
        tally->took_us[atomic_fetch_add(&tally->samples, 1) % SAMPLES_MAX] = took_us;
}

// Reads what is there. The status of a whole answer, 0: it is not whole yet, -1: no answer.
static int take(struct connection *connection)
{
    ssize_t n = recv(connection->fd, connection->answer + connection->length,
                     ANSWER_MAX - 1 - connection->length, 0);
    if (n <= 0)
        return n < 0 && errno == EAGAIN ? 0 : -1;
    connection->length += (size_t)n;
    connection->answer[connection->length] = '\0';
    const char *end = strstr(connection->answer, "\r\n\r\n");
    const char *size = strstr(connection->answer, "Content-Length: ");
    if (connection->whole == 0 && end != NULL && size != NULL)
        connection->whole = (size_t)(end + 4 - connection->answer) + strtoul(size + 16, NULL, 10);
    if (connection->whole == 0 || connection->length < connection->whole)
        return 0;
    connection->length = connection->whole = 0;
    return (int)strtol(connection->answer + 9, NULL, 10);
}

// Searches that are all different, so that the reply cache does not answer.
static void send_search(struct connection *connection, i64 number)
{
    static const char *const words[] = {"lamp",       "blue",      "coffee", "cable", "samsng",
                                        "phone+case", "wool",      "tv",     "mug",   "tea",
                                        "camera",     "headphnes", "desk",   "watch", "garden"};
    char request[256];
    int length =
        snprintf(request, sizeof request,
                 "GET /api/v1/products?limit=12&q=%s&price_max=%lld HTTP/1.1\r\nHost: shop\r\n\r\n",
                 words[(size_t)number % COUNT_OF(words)], (long long)(100000 + number));
    connection->busy = true;
    connection->sent_us = monotonic_us();
    if (send(connection->fd, request, (size_t)length, MSG_NOSIGNAL) != length)
        perror("bench-overload: cannot ask");
}

struct crowd {
    int epoll;
    size_t idle_count;
    struct connection *idle[SEARCHERS], *all;
    i64 sent;
};

static void answered(struct crowd *crowd, struct connection *connection, int status)
{
    count(SEARCH, status, monotonic_us() - connection->sent_us);
    connection->busy = false;
    if (status > 0) {
        crowd->idle[crowd->idle_count++] = connection;
        return;
    }
    close(connection->fd); // one place fewer
    connection->fd = -1;
}

static void send_due(struct crowd *crowd, bool all)
{
    i64 due = (monotonic_us() - run.begin_us) * run.searches / 1000000;
    for (; all || crowd->sent < due; crowd->sent++) {
        if (crowd->idle_count == 0) {
            // Everybody waits for an answer; these could not even ask.
            if (!all)
                run.missed += due - crowd->sent;
            crowd->sent = all ? crowd->sent : due;
            return;
        }
        send_search(crowd->idle[--crowd->idle_count], crowd->sent);
    }
}

// `closed`: as many as the connections give, not as are due.
static void *search(void *context)
{
    size_t connections = *(const size_t *)context;
    bool closed = run.searches == 0;
    struct crowd crowd = {.epoll = epoll_create1(0)};
    struct epoll_event events[256];
    crowd.all = calloc(connections, sizeof *crowd.all);
    assert(crowd.all != NULL);
    for (size_t i = 0; i < connections; i++) {
        crowd.all[i].fd = open_connection();
        events[0] = (struct epoll_event){.events = EPOLLIN, .data.ptr = &crowd.all[i]};
        epoll_ctl(crowd.epoll, EPOLL_CTL_ADD, crowd.all[i].fd, &events[0]);
        crowd.idle[crowd.idle_count++] = &crowd.all[i];
    }
    while (monotonic_us() < run.until_us) {
        send_due(&crowd, closed);
        int ready = epoll_wait(crowd.epoll, events, COUNT_OF(events), 1);
        for (int i = 0; i < ready; i++) {
            int status = take(events[i].data.ptr);
            if (status != 0)
                answered(&crowd, events[i].data.ptr, status);
        }
    }
    for (size_t i = 0; i < connections; i++)
        close(crowd.all[i].fd);
    free(crowd.all);
    return NULL;
}

static bool ask(struct connection *connection, enum request kind, const char *path,
                const char *body)
{
    char request[2048];
    int status = 0;
    i64 start_us = monotonic_us();
    int length = snprintf(request, sizeof request,
                          "POST %s HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
                          "Idempotency-Key: %s\r\nContent-Length: %zu\r\n\r\n%s",
                          path, uuid_new().s, strlen(body), body);
    if (send(connection->fd, request, (size_t)length, MSG_NOSIGNAL) != length)
        status = -1;
    while (status == 0)
        status = take(connection);
    count(kind, status, monotonic_us() - start_us);
    return status == 201 || status == 202;
}

static void buy_once(struct connection *connection)
{
    char id[37] = "", path[128], body[1024];
    if (!ask(connection, CART, "/api/v1/carts", "{\"currency\":\"EUR\"}"))
        return;
    const char *found = strstr(connection->answer, "\"id\":\"");
    if (found != NULL)
        snprintf(id, sizeof id, "%.36s", found + 6);
    snprintf(path, sizeof path, "/api/v1/carts/%s/items", id);
    snprintf(body, sizeof body, "{\"sku\":\"%s\",\"quantity\":1}", run.sku);
    if (!ask(connection, ITEM, path, body))
        return;
    snprintf(
        body, sizeof body,
        "{\"cart_id\":\"%s\",\"email\":\"ann@bench.test\",\"shipping_address\":{\"name\":\"Ann\","
        "\"line1\":\"1 Road\",\"city\":\"Bonn\",\"postcode\":\"53111\",\"country\":\"DE\"},"
        "\"payment\":{\"provider\":\"test\",\"token\":\"tok_ok\"}}",
        id);
    ask(connection, ORDER, "/api/v1/orders", body);
}

// The buyers of this thread come at even times; one that is late comes as soon as it can.
static void *buy(void *context)
{
    i64 number = (i64)(size_t)context, every_us = BUYERS * 1000000LL / run.buyers;
    struct connection *connection = calloc(1, sizeof *connection);
    assert(connection != NULL);
    connection->fd = open_connection();
    for (i64 at_us = run.begin_us + number * 1000000 / run.buyers; at_us < run.until_us;
         at_us += every_us) {
        i64 wait_us = at_us - monotonic_us();
        if (wait_us > 0)
            usleep((useconds_t)wait_us);
        buy_once(connection);
    }
    close(connection->fd);
    free(connection);
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    i64 x = *(const i64 *)a, y = *(const i64 *)b;
    return (x > y) - (x < y);
}

static void report(const char *name, struct tally *tally, double seconds)
{
    size_t count = tally->samples < SAMPLES_MAX ? tally->samples : SAMPLES_MAX;
    qsort(tally->took_us, count, sizeof *tally->took_us, by_size);
    i64 p50 = count > 0 ? tally->took_us[count / 2] : 0;
    i64 p99 = count > 0 ? tally->took_us[count * 99 / 100] : 0;
    printf("%-10s %-12s %8.0f/s served %7.1f/s queued %8.1f/s refused %5lld failed  p50 %8.2f ms"
           "  p99 %8.2f ms\n",
           name, tally->name, (double)tally->accepted / seconds, (double)tally->queued / seconds,
           (double)tally->refused / seconds, (long long)tally->failed, (double)p50 / 1000,
           (double)p99 / 1000);
}

int main(int argc, char **argv)
{
    pthread_t searcher, buyers[BUYERS];
    if (argc != 5 && argc != 7) {
        fputs("bench-overload PORT SKU capacity SECONDS | NAME SECONDS SEARCHES BUYERS\n", stderr);
        return 2;
    }
    i64 seconds = strtoll(argv[4], NULL, 10);
    run.port = (u16)strtoul(argv[1], NULL, 10);
    run.sku = argv[2];
    run.searches = argc == 7 ? strtoll(argv[5], NULL, 10) : 0;
    run.buyers = argc == 7 ? strtoll(argv[6], NULL, 10) : 0;
    run.begin_us = monotonic_us();
    run.until_us = run.begin_us + seconds * 1000000;
    size_t searchers = run.buyers == 0 ? CLOSED : SEARCHERS;
    bool searches = run.searches > 0 || run.buyers == 0;
    if (searches)
        pthread_create(&searcher, NULL, search, &searchers);
    for (size_t i = 0; i < BUYERS && run.buyers > 0; i++)
        pthread_create(&buyers[i], NULL, buy, (void *)i);
    for (size_t i = 0; i < BUYERS && run.buyers > 0; i++)
        pthread_join(buyers[i], NULL);
    if (searches)
        pthread_join(searcher, NULL);
    if (run.buyers == 0) {
        printf("%lld\n", (long long)(run.tally[SEARCH].accepted / seconds));
        return 0;
    }
    for (size_t i = 0; i < KINDS; i++)
        if (i != SEARCH || searches)
            report(argv[3], &run.tally[i], (double)seconds);
    if (run.missed > 0)
        printf("%-10s %lld searches found all %d places waiting\n", argv[3], (long long)run.missed,
               SEARCHERS);
    return 0;
}
