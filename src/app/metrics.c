// Counting and exposing. Contract in metrics.h.
//
// Counters are relaxed atomics: each is right, and a scrape that catches two of them a moment apart
// is as good as one a moment later. They belong to the process; with several workers a scrape meets
// one of them.
#include "app/metrics.h"

#include "app/app.h"
#include "app/caches.h"
#include "app/copies.h"
#include "app/database.h"
#include "app/peer.h"
#include "app/readiness.h"

REGISTRY(const struct metric *const, metrics);

// Upper bounds of the latency histogram, in microseconds.
// From half a millisecond, where most answers are, to well past two seconds, the usual deadline.
static const i64 bounds_us[] = {500,    1000,   2500,   5000,    10000,   25000,  50000,
                                100000, 250000, 500000, 1000000, 2000000, 5000000};

struct route_counts {
    _Atomic i64 by_class[6]; // index is status / 100
    _Atomic i64 buckets[COUNT_OF(bounds_us) + 1];
    _Atomic i64 sum_us;
};

struct route_metrics {
    size_t count;
    struct route_counts routes[];
};

struct route_metrics *route_metrics_new(struct arena *arena, size_t routes)
{
    struct route_metrics *all =
        arena_alloc(arena, sizeof *all + routes * sizeof(struct route_counts));
    all->count = routes;
    return all;
}

static void add(_Atomic i64 *counter, i64 by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

static i64 read(const _Atomic i64 *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void route_metrics_add(struct route_metrics *all, size_t route, int status, i64 took_us)
{
    assert(route < all->count && status >= 100 && status < 600);
    struct route_counts *counts = &all->routes[route];
    size_t bucket = 0;
    while (bucket < COUNT_OF(bounds_us) && took_us > bounds_us[bucket])
        bucket++;
    add(&counts->by_class[status / 100], 1);
    add(&counts->buckets[bucket], 1);
    add(&counts->sum_us, took_us);
}

i64 route_metrics_requests(const struct route_metrics *all, size_t route)
{
    i64 sum = 0;
    for (size_t class = 1; class < 6; class ++)
        sum += read(&all->routes[route].by_class[class]);
    return sum;
}

static void write_counts(const struct route_counts *counts, const char *name, struct buf *out)
{
    for (int class = 1; class < 6; class ++) {
        i64 count = read(&counts->by_class[class]);
        if (count > 0)
            buf_printf(out, "souk_http_requests_total{route=\"%s\",status=\"%dxx\"} %lld\n", name,
                       class, (long long)count);
    }
}

// Buckets are stored apart and added up here: Prometheus wants each to hold all below it.
static void write_histogram(const struct route_counts *counts, const char *name, struct buf *out)
{
    static const char metric[] = "souk_http_request_duration_seconds";
    i64 sum = 0;
    for (size_t i = 0; i < COUNT_OF(bounds_us); i++) {
        sum += read(&counts->buckets[i]);
        buf_printf(out, "%s_bucket{route=\"%s\",le=\"%lld.%06lld\"} %lld\n", metric, name,
                   (long long)(bounds_us[i] / 1000000), (long long)(bounds_us[i] % 1000000),
                   (long long)sum);
    }
    sum += read(&counts->buckets[COUNT_OF(bounds_us)]);
    i64 us = read(&counts->sum_us);
    buf_printf(out, "%s_bucket{route=\"%s\",le=\"+Inf\"} %lld\n", metric, name, (long long)sum);
    buf_printf(out, "%s_sum{route=\"%s\"} %lld.%06lld\n%s_count{route=\"%s\"} %lld\n", metric, name,
               (long long)(us / 1000000), (long long)(us % 1000000), metric, name, (long long)sum);
}

static void write_routes(const struct route_metrics *all, const struct router *router,
                         struct buf *out)
{
    buf_text(out, "# HELP souk_http_requests_total Requests answered.\n"
                  "# TYPE souk_http_requests_total counter\n");
    for (size_t i = 0; i < all->count; i++)
        write_counts(&all->routes[i], router_at(router, i)->route->handler->name, out);
    buf_text(out, "# HELP souk_http_request_duration_seconds From the head of the request to "
                  "the reply.\n# TYPE souk_http_request_duration_seconds histogram\n");
    for (size_t i = 0; i < all->count; i++)
        if (route_metrics_requests(all, i) > 0)
            write_histogram(&all->routes[i], router_at(router, i)->route->handler->name, out);
}

void metrics_write(struct app *app, const struct route_metrics *all, const struct router *router,
                   struct buf *out)
{
    write_routes(all, router, out);
    if (app->peers != NULL)
        peers_write_metrics(app->peers, out);
    caches_write_metrics(app, out);
    if (app->copies != NULL)
        copies_write_metrics(app->copies, out);
    database_write_metrics(app->db, out);
    readiness_write_metrics(app, out);
    for (const struct metric *const *at = __start_metrics; at < __stop_metrics; at++) {
        const struct metric *metric = *at;
        i64 value = metric->read != NULL ? metric->read(app) : read(metric->value);
        buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", metric->name, metric->doc,
                   metric->name, metric->gauge ? "gauge" : "counter", metric->name,
                   (long long)value);
    }
}
