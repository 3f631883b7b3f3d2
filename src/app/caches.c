// Opening the caches, dropping replies here and everywhere, counting. Contract in caches.h.
#include "app/caches.h"

#include <stdio.h>

#include "app/app.h"
#include "app/flight.h"
#include "app/readiness.h"
#include "data/cache.h"

enum { REPLY_CACHE_BYTES = 24 << 20 };

// What processes share and keep replies of. News does not say which was changed: both change seldom
// and are quickly made again.
static const char *const shared_tags[] = {"catalogue", "shop"};

enum err caches_open(struct app *app, struct problem *problem)
{
    struct cache_settings settings = {
        .nodes = config_list(app->arena, app->config.memcached),
        .prefix = app->config.memcached_prefix,
    };
    app->replies = reply_cache_new(REPLY_CACHE_BYTES);
    app->flights = flights_new(app->arena);
    return cache_open(&settings, &app->cache, problem);
}

static void hear(void *context)
{
    struct app *app = context;
    for (size_t i = 0; i < COUNT_OF(shared_tags); i++)
        reply_cache_drop(app, shared_tags[i]);
}

void caches_listen(struct app *app)
{
    cache_listen(app->cache, hear, app);
}

void caches_look(struct app *app)
{
    char name[READINESS_NAME];
    for (size_t i = 0; i < cache_node_count(app->cache); i++) {
        snprintf(name, sizeof name, "memcached %s", cache_node_name(app->cache, i));
        readiness_tell(app, name, false, cache_node_answers(app->cache, i), "does not answer");
    }
}

void caches_close(struct app *app)
{
    cache_close(app->cache); // its listeners drop replies
    flights_free(app->flights);
    reply_cache_free(app->replies);
}

void reply_cache_drop(struct app *app, const char *tag)
{
    db_mark(app->db); // or it would be filled again out of a replica that lacks the change
    reply_cache_drop_tag(app->replies, tag);
}

void reply_cache_drop_everywhere(struct app *app, const char *tag)
{
    reply_cache_drop(app, tag);
    cache_announce(app->cache);
}

static void write_head(const char *name, const char *kind, const char *doc, struct buf *out)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, doc, name, kind);
}

static void write_requests(const char *cache, const char *result, i64 count, struct buf *out)
{
    buf_printf(out, "souk_cache_requests_total{cache=\"%s\",result=\"%s\"} %lld\n", cache, result,
               (long long)count);
}

static void write_value(const char *name, const char *kind, const char *doc, i64 value,
                        struct buf *out)
{
    write_head(name, kind, doc, out);
    buf_printf(out, "%s %lld\n", name, (long long)value);
}

static void write_replies(const struct reply_cache_counts *counts, struct buf *out)
{
    write_value("souk_reply_cache_entries", "gauge", "Replies in L1.", (i64)counts->entries, out);
    write_value("souk_reply_cache_bytes", "gauge", "Memory of L1.", (i64)counts->bytes, out);
    write_value("souk_reply_cache_evictions_total", "counter",
                "Replies of L1 that made room for others.", (i64)counts->evictions, out);
}

static void write_seconds(const struct app *app, struct buf *out)
{
    static const char name[] = "souk_cache_ttl_seconds";
    write_head(name, "gauge", "How long a document is kept at most.", out);
    for (size_t i = 0; i < router_count(app->router); i++) {
        const struct route *route = router_at(app->router, i)->route;
        if (route->cache_s > 0)
            buf_printf(out, "%s{cache=\"l1\",document=\"%s\"} %d\n", name, route->handler->name,
                       route->cache_s);
    }
    buf_printf(out, "%s{cache=\"memcached\",document=\"product\"} %lld\n", name,
               (long long)app->config.memcached_s);
}

static void write_nodes(const struct app *app, struct buf *out)
{
    static const char name[] = "souk_memcached_up";
    write_head(name, "gauge", "Whether a node of Memcached answers this process.", out);
    for (size_t i = 0; i < cache_node_count(app->cache); i++)
        buf_printf(out, "%s{node=\"%s\"} %d\n", name, cache_node_name(app->cache, i),
                   cache_node_answers(app->cache, i));
}

static void write_memcached(const struct app *app, const struct cache_counts *counts,
                            struct buf *out)
{
    write_value("souk_memcached_stored_total", "counter", "Documents that Memcached took.",
                counts->stored, out);
    write_value("souk_memcached_refused_total", "counter",
                "Documents that were too large for Memcached, or met nobody there.",
                counts->refused, out);
    write_value("souk_memcached_announced_total", "counter", "Changes told to other processes.",
                counts->announced, out);
    write_value("souk_memcached_heard_total", "counter", "Changes heard of other processes.",
                counts->heard, out);
    write_nodes(app, out);
}

void caches_write_metrics(const struct app *app, struct buf *out)
{
    struct reply_cache_counts l1;
    struct cache_counts memcached;
    reply_cache_counts(app->replies, &l1);
    cache_counts(app->cache, &memcached);
    write_head("souk_cache_requests_total", "counter", "What caches were asked, and found.", out);
    write_requests("l1", "hit", (i64)l1.hits, out);
    write_requests("l1", "miss", (i64)l1.misses, out);
    write_requests("l1", "stale", (i64)l1.stale, out);
    write_requests("memcached", "hit", memcached.hits, out);
    write_requests("memcached", "miss", memcached.misses, out);
    write_requests("memcached", "error", memcached.errors, out);
    write_replies(&l1, out);
    write_seconds(app, out);
    if (cache_is_on(app->cache))
        write_memcached(app, &memcached, out);
}
