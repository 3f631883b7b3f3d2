// More shoppers than a process can serve, who search, and a steady stream of others who buy: what
// each of them gets. Called by bench/overload.sh.
//
//     bench-overload PORT SKU capacity SECONDS           searches a second that it answers
//     bench-overload PORT SKU NAME SECONDS SEARCHES BUYERS   both a second, whatever the answers
//
// Searches come when they are due, not when the last was answered: a crowd does not slow down
// because the shop does. Who gets 503 has had an answer, and is gone.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/time.h"
#include "shopper.h"

enum { SEARCHERS = 1024, BUYERS = 256, CLOSED = 16, SEARCH = STEPS, KINDS };

// What one kind of request got: a step of a purchase, or a search.
struct tally {
    const char *name;
    _Atomic i64 accepted, queued, refused, failed; // 200 and 201; 202; 503; else
    struct samples took;                           // of those that were not refused
};

static struct {
    u16 port;
    const char *sku;
    i64 begin_us, until_us, searches, buyers, missed;
    struct tally tally[KINDS];
} run = {.tally = {[STEP_CART] = {"new cart"},
                   [STEP_ITEM] = {"add to cart"},
                   [STEP_ORDER] = {"order"},
                   [SEARCH] = {"search"}}};

static void count(size_t kind, int status, i64 took_us)
{
    struct tally *tally = &run.tally[kind];
    bool good = status == 200 || status == 201 || status == 202;
    atomic_fetch_add(status == 202   ? &tally->queued
                     : good          ? &tally->accepted
                     : status == 503 ? &tally->refused
                                     : &tally->failed,
                     1);
    if (good)
        samples_add(&tally->took, took_us);
}

// Searches that are all different, so that the reply cache does not answer.
static void send_search(struct shopper *shopper, i64 number)
{
    static const char *const words[] = {"lamp",       "blue",      "coffee", "cable", "samsng",
                                        "phone+case", "wool",      "tv",     "mug",   "tea",
                                        "camera",     "headphnes", "desk",   "watch", "garden"};
    char request[256];
    int length =
        snprintf(request, sizeof request,
                 "GET /api/v1/products?limit=12&q=%s&price_max=%lld HTTP/1.1\r\nHost: shop\r\n\r\n",
                 words[(size_t)number % COUNT_OF(words)], (long long)(100000 + number));
    shopper_send(shopper, request, (size_t)length);
}

struct crowd {
    int epoll;
    size_t idle_count;
    struct shopper *idle[SEARCHERS], *all;
    i64 sent;
};

static void answered(struct crowd *crowd, struct shopper *shopper, int status)
{
    count(SEARCH, status, monotonic_us() - shopper->sent_us);
    if (status > 0) {
        crowd->idle[crowd->idle_count++] = shopper;
        return;
    }
    shopper_leave(shopper); // one place fewer
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
        shopper_connect(&crowd.all[i], run.port);
        events[0] = (struct epoll_event){.events = EPOLLIN, .data.ptr = &crowd.all[i]};
        epoll_ctl(crowd.epoll, EPOLL_CTL_ADD, crowd.all[i].fd, &events[0]);
        crowd.idle[crowd.idle_count++] = &crowd.all[i];
    }
    while (monotonic_us() < run.until_us) {
        send_due(&crowd, closed);
        int ready = epoll_wait(crowd.epoll, events, COUNT_OF(events), 1);
        for (int i = 0; i < ready; i++) {
            int status = shopper_take(events[i].data.ptr);
            if (status != 0)
                answered(&crowd, events[i].data.ptr, status);
        }
    }
    for (size_t i = 0; i < connections; i++)
        shopper_leave(&crowd.all[i]);
    close(crowd.epoll);
    free(crowd.all);
    return NULL;
}

static void count_step(struct shopper *shopper, enum shopper_step step, int status, i64 took_us)
{
    (void)shopper;
    count(step, status, took_us);
}

// The buyers of this thread come at even times; one that is late comes as soon as it can.
static void *buy(void *context)
{
    i64 number = (i64)(size_t)context, every_us = BUYERS * 1000000LL / run.buyers;
    struct shopper *shopper = calloc(1, sizeof *shopper);
    assert(shopper != NULL);
    shopper_connect(shopper, run.port);
    for (i64 at_us = run.begin_us + number * 1000000 / run.buyers; at_us < run.until_us;
         at_us += every_us) {
        i64 wait_us = at_us - monotonic_us();
        if (wait_us > 0)
            usleep((useconds_t)wait_us);
        shopper_buy(shopper, run.sku, count_step);
    }
    shopper_leave(shopper);
    free(shopper);
    return NULL;
}

static void report(const char *name, struct tally *tally, double seconds)
{
    printf("%-10s %-12s %8.0f/s served %7.1f/s queued %8.1f/s refused %5lld failed  p50 %8.2f ms"
           "  p99 %8.2f ms\n",
           name, tally->name, (double)tally->accepted / seconds, (double)tally->queued / seconds,
           (double)tally->refused / seconds, (long long)tally->failed, samples_ms(&tally->took, 50),
           samples_ms(&tally->took, 99));
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
