// Warming Memcached. Contract in warm.h.
#include "services/product/warm.h"

#include "app/app.h"
#include "data/cache.h"
#include "services/order/order.h"
#include "services/product/import.h"
#include "services/product/version.h"

enum { DAYS = 30 };

#define RANKED(F, S) F(S, i64, count, .doc = "How many at most.")
SHAPE(ranked, RANKED);
#define RANKED_HANDLE(F, S) F(S, text, handle, .doc = "Of a product.")
SHAPE(ranked_handle, RANKED_HANDLE);
QUERY_LIST(products_ranked, ranked, ranked_handle,
           "SELECT handle FROM product WHERE status = 'active' AND published"
           " ORDER BY popularity DESC, published_at DESC, id LIMIT :count");

struct warming {
    struct warm_summary *sum;
    i64 top;
    struct text_index *seen; // handles
    struct product_sold_list sold;
};

// Reading is what puts it there.
static enum err warm_product(struct rq *rq, struct warming *warming, const char *handle)
{
    struct product_version version;
    struct cache_counts before, after;
    struct parts parts;
    if (warming->sum->products == warming->top || text_index_find(warming->seen, handle) != 0)
        return ERR_OK;
    text_index_add(warming->seen, handle, 1);
    enum err err = version_of_handle(rq, handle, &version);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_OK : err; // it has another handle by now
    cache_counts(rq->app->cache, &before);
    err = version_read(rq, &version, &parts);
    cache_counts(rq->app->cache, &after);
    warming->sum->products++;
    warming->sum->found += after.hits - before.hits;
    warming->sum->put += after.stored - before.stored;
    return err;
}

SNAPSHOT(warm_all, warming, nothing)
{
    struct warming warming = *in;
    struct ranked_handle_list ranked;
    *warming.sum = (struct warm_summary){.unsold = warming.sum->unsold};
    warming.seen = text_index_new(rq->arena);
    enum err err = products_ranked(rq, &(struct ranked){.count = warming.top}, &ranked);
    for (size_t i = 0; err == ERR_OK && i < warming.sold.count; i++)
        err = warm_product(rq, &warming, warming.sold.items[i].handle);
    for (size_t i = 0; err == ERR_OK && i < ranked.count; i++)
        err = warm_product(rq, &warming, ranked.items[i].handle);
    return err;
}

enum err products_warm(struct rq *rq, i64 top, struct warm_summary *out)
{
    struct popular_query query = {.days = DAYS, .count = min_i64(top, POPULAR_MOST)};
    struct popular_products popular = {0};
    struct nothing nothing;
    *out = (struct warm_summary){0};
    out->unsold = call_order_popular(rq, &query, &popular) != ERR_OK; // the ranking will do
    rq->problem = (struct problem){.arena = rq->arena};
    struct warming warming = {.sum = out, .top = top, .sold = popular.items};
    return warm_all(rq, &warming, &nothing);
}
