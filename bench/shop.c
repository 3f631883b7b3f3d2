// Shoppers against a running shop: carts, items and complete checkouts a second, beside SQLite's
// own rate of single-row commits on the same disk in the same run. Called by bench/shop.sh.
//
//     bench-shop PORT FOLDER SKU SHOPPERS SECONDS
#include <arpa/inet.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/time.h"
#include "core/uuid.h"

enum { SHOPPERS_MAX = 512, ANSWER_MAX = 64 << 10, SAMPLES_MAX = 1 << 16 };

enum step { CART, ITEM, ORDER, STEPS };
static const char *const step_names[] = {"new cart", "add to cart", "checkout"};

struct shopper {
    pthread_t thread;
    int fd;
    char answer[ANSWER_MAX];
};

static struct {
    u16 port;
    const char *sku;
    i64 until_us;
    _Atomic i64 done[STEPS], failed;
    _Atomic u32 samples[STEPS];
    i64 took_us[STEPS][SAMPLES_MAX];
} run;

static int open_connection(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(run.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("bench-shop: cannot connect");
        exit(1);
    }
    return fd;
}

// Reads one answer with a Content-Length; returns its status, 0 when there is none.
static int read_answer(struct shopper *shopper)
{
    size_t length = 0, whole = 0;
    while (whole == 0 || length < whole) {
        ssize_t n = recv(shopper->fd, shopper->answer + length, ANSWER_MAX - 1 - length, 0);
        if (n <= 0)
            return 0;
        length += (size_t)n;
        shopper->answer[length] = '\0';
        const char *end = strstr(shopper->answer, "\r\n\r\n");
        const char *size = strstr(shopper->answer, "Content-Length: ");
        if (whole == 0 && end != NULL && size != NULL)
            whole = (size_t)(end + 4 - shopper->answer) + strtoul(size + 16, NULL, 10);
    }
    return (int)strtol(shopper->answer + 9, NULL, 10);
}

static int ask(struct shopper *shopper, const char *path, const char *key, const char *body)
{
    char request[2048];
    int length = snprintf(request, sizeof request,
                          "POST %s HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
                          "Idempotency-Key: %s\r\nContent-Length: %zu\r\n\r\n%s",
                          path, key, strlen(body), body);
    if (send(shopper->fd, request, (size_t)length, MSG_NOSIGNAL) != length)
        return 0;
    return read_answer(shopper);
}

static bool timed(struct shopper *shopper, enum step step, const char *path, const char *body)
{
    i64 start_us = monotonic_us();
    int status = ask(shopper, path, uuid_new().s, body);
    if (status != 201) {
        if (atomic_fetch_add(&run.failed, 1) == 0)
            fprintf(stderr, "bench-shop: %s: %.600s\n", step_names[step], shopper->answer);
        return false;
    }
    u32 sample = atomic_fetch_add(&run.samples[step], 1) % SAMPLES_MAX;
    run.took_us[step][sample] = monotonic_us() - start_us;
    atomic_fetch_add(&run.done[step], 1);
    return true;
}

static void shop_once(struct shopper *shopper)
{
    char id[37] = "", path[128], body[1024];
    if (!timed(shopper, CART, "/api/v1/carts", "{\"currency\":\"EUR\"}"))
        return;
    const char *found = strstr(shopper->answer, "\"id\":\"");
    if (found != NULL)
        snprintf(id, sizeof id, "%.36s", found + 6);
    snprintf(path, sizeof path, "/api/v1/carts/%s/items", id);
    snprintf(body, sizeof body, "{\"sku\":\"%s\",\"quantity\":1}", run.sku);
    if (!timed(shopper, ITEM, path, body))
        return;
    snprintf(
        body, sizeof body,
        "{\"cart_id\":\"%s\",\"email\":\"ann@bench.test\",\"shipping_address\":{\"name\":\"Ann\","
        "\"line1\":\"1 Road\",\"city\":\"Bonn\",\"postcode\":\"53111\",\"country\":\"DE\"},"
        "\"payment\":{\"provider\":\"test\",\"token\":\"tok_ok\"}}",
        id);
    timed(shopper, ORDER, "/api/v1/orders", body);
}

static void *shop(void *context)
{
    struct shopper *shopper = context;
    shopper->fd = open_connection();
    while (monotonic_us() < run.until_us)
        shop_once(shopper);
    close(shopper->fd);
    return NULL;
}

// Rows a second that SQLite commits one by one with full sync, as the shop's database is set.
static i64 commits_a_second(const char *folder)
{
    char path[512];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/commits.db", folder);
    if (sqlite3_open(path, &db) != SQLITE_OK)
        return 0;
    sqlite3_exec(db,
                 "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                 "CREATE TABLE one (id INTEGER PRIMARY KEY, text TEXT)",
                 NULL, NULL, NULL);
    i64 start_us = monotonic_us(), count = 0;
    for (; monotonic_us() - start_us < 2000000; count++)
        sqlite3_exec(db, "INSERT INTO one (text) VALUES ('a row of some forty bytes, as they are')",
                     NULL, NULL, NULL);
    sqlite3_close(db);
    unlink(path);
    return count / 2;
}

static int by_size(const void *a, const void *b)
{
    const i64 *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static void report(enum step step, double seconds, i64 commits)
{
    u32 count = atomic_load(&run.samples[step]);
    count = count < SAMPLES_MAX ? count : SAMPLES_MAX;
    qsort(run.took_us[step], count, sizeof(i64), by_size);
    double rate = (double)atomic_load(&run.done[step]) / seconds;
    printf("%-12s %8.0f/s  p50 %6.1f ms  p99 %6.1f ms  %.2f of SQLite's single-row commits\n",
           step_names[step], rate, count > 0 ? (double)run.took_us[step][count / 2] / 1000 : 0,
           count > 0 ? (double)run.took_us[step][count * 99 / 100] / 1000 : 0,
           rate / (double)commits);
}

int main(int argc, char **argv)
{
    static struct shopper shoppers[SHOPPERS_MAX];
    if (argc != 6)
        return fprintf(stderr, "usage: bench-shop PORT FOLDER SKU SHOPPERS SECONDS\n"), 1;
    int count = (int)strtol(argv[4], NULL, 10), seconds = (int)strtol(argv[5], NULL, 10);
    count = count < SHOPPERS_MAX ? count : SHOPPERS_MAX;
    run.port = (u16)strtoul(argv[1], NULL, 10);
    run.sku = argv[3];
    i64 commits = commits_a_second(argv[2]);
    printf("SQLite alone, one row a commit, full sync: %lld/s\n", (long long)commits);
    i64 start_us = monotonic_us();
    run.until_us = start_us + seconds * 1000000;
    for (int i = 0; i < count; i++)
        pthread_create(&shoppers[i].thread, NULL, shop, &shoppers[i]);
    for (int i = 0; i < count; i++)
        pthread_join(shoppers[i].thread, NULL);
    double took = (double)(monotonic_us() - start_us) / 1e6;
    printf("%d shoppers, %d s, each: new cart, add to cart, checkout; %lld requests failed\n",
           count, seconds, (long long)atomic_load(&run.failed));
    for (enum step step = CART; step < STEPS; step++)
        report(step, took, commits > 0 ? commits : 1);
    return atomic_load(&run.done[ORDER]) > 0 ? 0 : 1;
}
