// Shoppers against a running shop: carts, items and complete checkouts a second, beside SQLite's
// own rate of single-row commits on the same disk in the same run. Called by bench/shop.sh.
//
//     bench-shop PORT FOLDER SKU SHOPPERS SECONDS
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/time.h"
#include "shopper.h"

enum { SHOPPERS_MAX = 512 };

static const char *const step_names[STEPS] = {"new cart", "add to cart", "checkout"};

static struct {
    u16 port;
    const char *sku;
    i64 until_us;
    _Atomic i64 done[STEPS], failed;
    struct samples samples[STEPS];
    pthread_t threads[SHOPPERS_MAX];
    struct shopper shoppers[SHOPPERS_MAX];
} run;

static void count(struct shopper *shopper, enum shopper_step step, int status, i64 took_us)
{
    if (status != 201) {
        if (atomic_fetch_add(&run.failed, 1) == 0)
            fprintf(stderr, "bench-shop: %s: %.600s\n", step_names[step], shopper->answer);
        return;
    }
    samples_add(&run.samples[step], took_us);
    atomic_fetch_add(&run.done[step], 1);
}

static void *shop(void *context)
{
    struct shopper *shopper = context;
    shopper_connect(shopper, run.port);
    while (monotonic_us() < run.until_us)
        shopper_buy(shopper, run.sku, count);
    shopper_leave(shopper);
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

static void report(enum shopper_step step, double seconds, i64 commits)
{
    double rate = (double)atomic_load(&run.done[step]) / seconds;
    printf("%-12s %8.0f/s  p50 %6.1f ms  p99 %6.1f ms  %.2f of SQLite's single-row commits\n",
           step_names[step], rate, samples_ms(&run.samples[step], 50),
           samples_ms(&run.samples[step], 99), rate / (double)commits);
}

int main(int argc, char **argv)
{
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
        pthread_create(&run.threads[i], NULL, shop, &run.shoppers[i]);
    for (int i = 0; i < count; i++)
        pthread_join(run.threads[i], NULL);
    double took = (double)(monotonic_us() - start_us) / 1e6;
    printf("%d shoppers, %d s, each: new cart, add to cart, checkout; %lld requests failed\n",
           count, seconds, (long long)atomic_load(&run.failed));
    for (enum shopper_step step = STEP_CART; step < STEPS; step++)
        report(step, took, commits > 0 ? commits : 1);
    return atomic_load(&run.done[STEP_ORDER]) > 0 ? 0 : 1;
}
