// What operators ask: health, metrics, the API's description. Readiness is in readiness.c; how to
// use them stands in docs/operator/watching.md.
//
// Health and metrics are answered on the loop (ROUTE_LIGHT): a shop whose workers are all busy
// still says that it lives, and shows why. Restarting it for being busy would be the wrong cure.
#include "app/app.h"
#include "app/declare.h"
#include "app/openapi.h"

// Alive: this process answers. Depends on nobody.
HANDLER(healthz, nothing, nothing)
{
    reply_raw(rq, "text/plain", "ok\n", 3);
    return ERR_OK;
}

HANDLER(metrics, nothing, nothing)
{
    struct buf text = buf_in(rq->arena);
    metrics_write(rq->app, rq->app->metrics, rq->app->router, &text);
    reply_raw(rq, "text/plain; version=0.0.4", text.at, text.length);
    return ERR_OK;
}

HANDLER(openapi, nothing, nothing)
{
    struct buf text = buf_in(rq->arena);
    openapi_write(rq->app->router, &text);
    reply_raw(rq, "application/json", text.at, text.length);
    return ERR_OK;
}

static void write_build(struct buf *out)
{
    buf_text(out, "souk_build_info{version=\"" SOUK_VERSION "\"} 1\n");
}
METRIC_ROWS(build, "souk_build_info", "The program's version, as a label; always 1.", "gauge",
            write_build);

static i64 read_connections(struct app *app)
{
    struct http_counts counts;
    http_server_counts(app->server, &counts);
    return counts.connections;
}
METRIC_GAUGE(connections, "souk_http_connections", "Open client connections.", read_connections);

static i64 read_queued(struct app *app)
{
    struct pool_counts counts;
    u64 sum = 0;
    pool_counts(app->pool, &counts);
    for (size_t i = 0; i < POOL_CLASSES; i++)
        sum += counts.queued[i];
    return (i64)sum;
}
METRIC_GAUGE(queued, "souk_queue_length", "Requests that wait for a worker.", read_queued);

static i64 read_refused(struct app *app)
{
    struct pool_counts counts;
    u64 sum = 0;
    pool_counts(app->pool, &counts);
    for (size_t i = 0; i < POOL_CLASSES; i++)
        sum += counts.refused[i];
    return (i64)sum;
}
METRIC_GAUGE(refused, "souk_queue_refused",
             "Requests refused because the queue was too slow, since "
             "the start.",
             read_refused);

static const struct route operations_routes[] = {
    {GET, "/healthz", &healthz_handler, 200, ROLE_ANYONE, "Whether the process lives.",
     .flags = ROUTE_UNLISTED | ROUTE_LIGHT},
    {GET, "/metrics", &metrics_handler, 200, ROLE_ANYONE, "Prometheus metrics.",
     .flags = ROUTE_UNLISTED | ROUTE_LIGHT},
    {GET, "/openapi.json", &openapi_handler, 200, ROLE_ANYONE, "This API's description.",
     .flags = ROUTE_UNLISTED, .cache_s = 3600, .cache_tag = "openapi"},
};
ROUTES(operations, operations_routes);
