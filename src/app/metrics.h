// Prometheus metrics (text format 0.0.4): a request counter and a latency histogram for each route,
// and whatever a module registers with METRIC.
#ifndef SOUK_APP_METRICS_H
#define SOUK_APP_METRICS_H

#include <stdatomic.h>

#include "app/router.h"
#include "core/buf.h"

struct app;

// A value of a module. Counters only grow and end in _total. `read` is NULL for a plain counter.
struct metric {
    const char *name, *doc;
    bool gauge;
    i64 (*read)(struct app *app);
    _Atomic i64 *value;
};

// METRIC_COUNTER(orders_placed, "souk_orders_placed_total", "Orders placed."); then
// metric_add(orders_placed, 1).
#define METRIC_COUNTER(name_, exported_, doc_)                                                     \
    static _Atomic i64 name_##_count;                                                              \
    static const struct metric name_##_metric = {exported_, doc_, false, NULL, &name_##_count};    \
    static const struct metric *const name_##_metric_registered REGISTERED("metrics") =            \
        &name_##_metric
#define METRIC_GAUGE(name_, exported_, doc_, read_)                                                \
    static const struct metric name_##_metric = {exported_, doc_, true, read_, NULL};              \
    static const struct metric *const name_##_metric_registered REGISTERED("metrics") =            \
        &name_##_metric
#define metric_add(name_, by_) atomic_fetch_add_explicit(&name_##_count, by_, memory_order_relaxed)

struct route_metrics;
struct route_metrics *route_metrics_new(struct arena *arena, size_t routes);
// Counts a finished request. Thread-safe, wait-free.
void route_metrics_add(struct route_metrics *metrics, size_t route, int status, i64 took_us);
i64 route_metrics_requests(const struct route_metrics *metrics, size_t route);
// The whole exposition.
void metrics_write(struct app *app, const struct route_metrics *metrics,
                   const struct router *router, struct buf *out);

#endif
