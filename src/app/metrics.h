// Prometheus metrics (text format 0.0.4): a request counter and a latency histogram for each route,
// and whatever a module registers with METRIC.
#ifndef SOUK_APP_METRICS_H
#define SOUK_APP_METRICS_H

#include <stdatomic.h>

#include "app/router.h"
#include "core/buf.h"

struct app;

// From half a millisecond, where most answers are, to well past two seconds, the usual deadline.
enum { HISTOGRAM_BOUNDS = 13 };
struct histogram {
    _Atomic i64 buckets[HISTOGRAM_BOUNDS + 1]; // each apart; the last one is what took longer
    _Atomic i64 sum_us;
};

// A value of a module. Counters only grow and end in _total. One of `read`, `value`, `histogram`
// and `write` is set; `write` appends the rows of a metric with labels.
struct metric {
    const char *name, *doc, *type;
    i64 (*read)(struct app *app);
    _Atomic i64 *value;
    struct histogram *histogram;
    void (*write)(struct buf *out);
};

// METRIC_COUNTER(orders_placed, "souk_orders_placed_total", "Orders placed."); then
// metric_add(orders_placed, 1).
#define METRIC_COUNTER(name_, exported_, doc_)                                                     \
    static _Atomic i64 name_##_count;                                                              \
    METRIC_OF(name_, exported_, doc_, "counter", .value = &name_##_count)
#define METRIC_GAUGE(name_, exported_, doc_, read_)                                                \
    METRIC_OF(name_, exported_, doc_, "gauge", .read = read_)
// metric_observe(search_seconds, took_us)
#define METRIC_HISTOGRAM(name_, exported_, doc_)                                                   \
    static struct histogram name_##_histogram;                                                     \
    METRIC_OF(name_, exported_, doc_, "histogram", .histogram = &name_##_histogram)
#define METRIC_ROWS(name_, exported_, doc_, type_, write_)                                         \
    METRIC_OF(name_, exported_, doc_, type_, .write = write_)
#define METRIC_OF(name_, exported_, doc_, type_, ...)                                              \
    static const struct metric name_##_metric = {                                                  \
        .name = exported_, .doc = doc_, .type = type_, __VA_ARGS__};                               \
    static const struct metric *const name_##_metric_registered REGISTERED("metrics") =            \
        &name_##_metric
#define metric_add(name_, by_) atomic_fetch_add_explicit(&name_##_count, by_, memory_order_relaxed)
#define metric_observe(name_, took_us_) histogram_add(&name_##_histogram, took_us_)

// Thread-safe, wait-free.
void histogram_add(struct histogram *histogram, i64 took_us);

struct route_metrics;
struct route_metrics *route_metrics_new(struct arena *arena, size_t routes);
// Counts a finished request. Thread-safe, wait-free.
void route_metrics_add(struct route_metrics *metrics, size_t route, int status, i64 took_us);
i64 route_metrics_requests(const struct route_metrics *metrics, size_t route);
// The whole exposition.
void metrics_write(struct app *app, const struct route_metrics *metrics,
                   const struct router *router, struct buf *out);

#endif
