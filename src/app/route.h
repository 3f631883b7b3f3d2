// The rows of a service's route table: one row an endpoint. How handlers and queries are declared
// stands in declare.h.
#ifndef SOUK_APP_ROUTE_H
#define SOUK_APP_ROUTE_H

#include "app/rq.h"
#include "core/shape.h"
#include "net/http.h"

// Who may use a route: any one of the roles. Staff with ROLE_ADMIN may use every staff route.
enum role {
    ROLE_ANYONE = 0,
    ROLE_CUSTOMER = 1 << 0, // anybody who has logged in
    ROLE_CATALOG = 1 << 1,
    ROLE_ORDERS = 1 << 2,
    ROLE_SUPPORT = 1 << 3,
    ROLE_ADMIN = 1 << 4,
    ROLE_PEER = 1 << 5, // another service, by its key: POST /internal/v1/HANDLER (app/peer.h)
};

enum route_flag {
    ROUTE_CONDUCTS = 1 << 0,        // owns its transactions
    ROUTE_RAW_BODY = 1 << 1,        // the body is not JSON: rq_body
    ROUTE_IDEMPOTENT_ONLY = 1 << 2, // Idempotency-Key is required
    ROUTE_UNLISTED = 1 << 3,        // not in the OpenAPI document: pages, health
    ROUTE_GUARDED = 1 << 4,         // slow rate limit: log-in, reset, register
    ROUTE_LIGHT = 1 << 5,           // answered on the loop without a database
    ROUTE_OWN_KEY = 1 << 6,         // the conductor keeps rq->idempotency_key and its reply itself
    ROUTE_PAGE = 1 << 7,            // opened by browsers: its query is for the storefront's script
    ROUTE_READS = 1 << 8,           // a POST that only reads: its question may be long
    ROUTE_EVENTS = 1 << 9,          // a GET that stays open: text/event-stream (events.h)
    ROUTE_NEWEST = 1 << 10,         // reads all there is, never a replica that lags
    ROUTE_TELLS_CACHE = 1 << 11,    // says in X-Cache where its reply comes from
    ROUTE_LOCKING = 1 << 12,        // as STEP_LOCKING
    ROUTE_TOGETHER = 1 << 13,       // the same, and short, on rows that many want (DB_TOGETHER)
    ROUTE_CSV = 1 << 14,            // its reply is a table: CSV_TYPE (core/csv.h)
};

// When there is too much to do, reports are refused first, then browsing, then carts, then
// checkout.
enum route_class { CLASS_BROWSE, CLASS_CART, CLASS_CHECKOUT, CLASS_REPORT };

// The methods as the rows of a route table write them.
#define GET HTTP_GET
#define POST HTTP_POST
#define PUT HTTP_PUT
#define PATCH HTTP_PATCH
#define DELETE HTTP_DELETE
enum { HTTP_METHOD_COUNT = HTTP_OPTIONS + 1 };

struct handler {
    const char *name;
    enum err (*run)(struct rq *rq, const void *in, void *out);
    const struct shape *in, *out;
};

struct route {
    enum http_method method;
    const char *path; // "/api/v1/products/{handle}"; a last "{name...}" takes the rest with slashes
    const struct handler *handler;
    int status; // when the handler returns ERR_OK and says nothing else; 0: any, not JSON
    unsigned roles;
    const char *doc; // one sentence: the summary in the OpenAPI document
    unsigned flags;
    enum route_class load;
    int status_also; // another status that reply_status may say; 0: none
    i32 deadline_ms; // 0: LIMIT_DEADLINE_MS
    i32 cache_s;     // GET: kept in the L1 reply cache this long, dropped by reply_cache_drop
    const char *cache_tag;
    size_t body_limit; // 0: LIMIT_BODY
};

struct route_table {
    const char *tag; // groups its routes in the OpenAPI document
    const struct route *routes;
    size_t count;
    const char *file; // in whose folder the owner is found (app/services.h)
};

// True when a handler only reads: it runs in a snapshot.
static inline bool route_reads(const struct route *route)
{
    return route->method == HTTP_GET || (route->flags & ROUTE_READS) != 0;
}

static inline enum rq_transaction route_transaction(const struct route *route)
{
    if (route_reads(route))
        return RQ_SNAPSHOT;
    if ((route->flags & ROUTE_TOGETHER) != 0)
        return RQ_WRITE_TOGETHER;
    return (route->flags & ROUTE_LOCKING) != 0 ? RQ_WRITE_LOCKING : RQ_WRITE;
}

#define ROUTES(tag_, routes_)                                                                      \
    static const struct route_table routes_##_table = {#tag_, routes_, COUNT_OF(routes_),          \
                                                       __FILE__};                                  \
    static const struct route_table *const routes_##_registered REGISTERED("route_tables") =       \
        &routes_##_table

#endif
