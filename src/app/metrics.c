// Counting and exposing. Contract in metrics.h.
//
// Counters are relaxed atomics: each is right, and a scrape that catches two of them a moment apart
// is as good as one a moment later. They belong to the process; with several workers a scrape meets
// one of them.
#include "app/metrics.h"

#include <stdio.h>

#include "app/app.h"
#include "app/caches.h"
#include "app/copies.h"
#include "app/database.h"
#include "app/peer.h"
#include "app/readiness.h"

REGISTRY(const struct metric *const, metrics);

// Upper bounds, in microseconds.
static const i64 bounds_us[HISTOGRAM_BOUNDS] = {
    500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2000000, 5000000};

struct route_counts {
    _Atomic i64 by_class[6]; // index is status / 100
    struct histogram took;
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

void histogram_add(struct histogram *histogram, i64 took_us)
{
    size_t bucket = 0;
    while (bucket < HISTOGRAM_BOUNDS && took_us > bounds_us[bucket])
        bucket++;
    add(&histogram->buckets[bucket], 1);
    add(&histogram->sum_us, took_us);
}

void route_metrics_add(struct route_metrics *all, size_t route, int status, i64 took_us)
{
    assert(route < all->count && status >= 100 && status < 600);
    struct route_counts *counts = &all->routes[route];
    add(&counts->by_class[status / 100], 1);
    histogram_add(&counts->took, took_us);
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
// `label` is "" or one with its value.
static void write_histogram(const struct histogram *histogram, const char *metric,
                            const char *label, struct buf *out)
{
    i64 sum = 0, us = read(&histogram->sum_us);
    const char *comma = *label != '\0' ? "," : "", *open = *label != '\0' ? "{" : "",
               *close = *label != '\0' ? "}" : "";
    for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
        sum += read(&histogram->buckets[i]);
        buf_printf(out, "%s_bucket{%s%sle=\"%lld.%06lld\"} %lld\n", metric, label, comma,
                   (long long)(bounds_us[i] / 1000000), (long long)(bounds_us[i] % 1000000),
                   (long long)sum);
    }
    sum += read(&histogram->buckets[HISTOGRAM_BOUNDS]);
    buf_printf(out, "%s_bucket{%s%sle=\"+Inf\"} %lld\n", metric, label, comma, (long long)sum);
    buf_printf(out, "%s_sum%s%s%s %lld.%06lld\n%s_count%s%s%s %lld\n", metric, open, label, close,
               (long long)(us / 1000000), (long long)(us % 1000000), metric, open, label, close,
               (long long)sum);
}

static void write_durations(const struct route_counts *counts, const char *name, struct buf *out)
{
    char label[80];
    int length = snprintf(label, sizeof label, "route=\"%s\"", name);
    assert(length > 0 && length < (int)sizeof label);
    write_histogram(&counts->took, "souk_http_request_duration_seconds", label, out);
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
            write_durations(&all->routes[i], router_at(router, i)->route->handler->name, out);
}

static void write_metric(struct app *app, const struct metric *metric, struct buf *out)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->doc, metric->name,
               metric->type);
    if (metric->histogram != NULL) {
        write_histogram(metric->histogram, metric->name, "", out);
    } else if (metric->write != NULL) {
        metric->write(out);
    } else {
        i64 value = metric->read != NULL ? metric->read(app) : read(metric->value);
        buf_printf(out, "%s %lld\n", metric->name, (long long)value);
    }
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
    for (const struct metric *const *at = __start_metrics; at < __stop_metrics; at++)
        write_metric(app, *at, out);
}
