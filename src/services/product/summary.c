// GET /data: the catalogue in figures, on the way that every read of it takes: L1 in this process,
// then Memcached, then the database, with X-Cache saying whether a cache had it (hit), the database
// was asked (miss) or did not answer (stale). For operators who try a platform, and for those who
// want the figures.
#include "app/app.h"
#include "core/json.h"
#include "core/pack.h"
#include "data/cache.h"
#include "services/product/catalogue.h"

enum { SUMMARY_S = 5 };

#define PRICE_RANGE(F, S)                                                                          \
    F(S, text, currency, .format = FORMAT_CURRENCY, .doc = "ISO 4217.")                            \
    F(S, minor, min_minor, .doc = "Lowest price.")                                                 \
    F(S, minor, max_minor, .doc = "Highest price.")                                                \
    F(S, i64, variants, .doc = "That have a price in it.")
SHAPE(price_range, PRICE_RANGE);

#define CATALOGUE_SUMMARY(F, S)                                                                    \
    F(S, i64, products, .doc = "That shoppers see.")                                               \
    F(S, i64, variants, .doc = "Of these products.")                                               \
    F(S, i64, brands, .doc = "Of these products.")                                                 \
    F(S, i64, images, .doc = "Of these products.")                                                 \
    F(S, i64, categories, .doc = "In the tree.")                                                   \
    F(S, list(price_range), prices, .max = 200, .doc = "By currency.")                             \
    F(S, time, updated_at, .optional = true, .doc = "Newest change of these products.")
SHAPE(catalogue_summary, CATALOGUE_SUMMARY);

#define SUMMARY_COUNTS(F, S)                                                                       \
    F(S, i64, products, .doc = "That shoppers see.")                                               \
    F(S, i64, variants, .doc = "Of these products.")                                               \
    F(S, i64, brands, .doc = "Of these products.")                                                 \
    F(S, i64, images, .doc = "Of these products.")                                                 \
    F(S, i64, categories, .doc = "In the tree.")                                                   \
    F(S, time, updated_at, .optional = true, .doc = "Newest change of these products.")
SHAPE(summary_counts, SUMMARY_COUNTS);

#define SHOWN "product.status = 'active' AND product.published"
QUERY_ROW(summary_count, nothing, summary_counts,
          "SELECT COUNT(*) AS products, COUNT(DISTINCT brand) AS brands,"
          " MAX(updated_at) AS updated_at,"
          " (SELECT COUNT(*) FROM variant JOIN product ON product.id = variant.product_id"
          "  WHERE " SHOWN ") AS variants,"
          " (SELECT COUNT(*) FROM image JOIN product ON product.id = image.product_id"
          "  WHERE " SHOWN ") AS images,"
          " (SELECT COUNT(*) FROM category) AS categories FROM product WHERE " SHOWN);
QUERY_LIST(summary_prices, nothing, price_range,
           "SELECT price.currency, MIN(price.price_minor) AS min_minor,"
           " MAX(price.price_minor) AS max_minor, COUNT(*) AS variants"
           " FROM price JOIN variant ON variant.id = price.variant_id"
           " JOIN product ON product.id = variant.product_id"
           " WHERE " SHOWN " GROUP BY price.currency ORDER BY price.currency");

SNAPSHOT(read_summary, nothing, catalogue_summary)
{
    struct summary_counts counts = {0};
    enum err err = summary_count(rq, in, &counts);
    if (err == ERR_OK)
        err = summary_prices(rq, in, &out->prices);
    shape_patch(&catalogue_summary_shape, out, &summary_counts_shape, &counts);
    return err;
}

// Made of the whole catalogue, so every change of it makes it old: the news of the last one is its
// version.
static const char *key_of(struct rq *rq)
{
    return arena_printf(rq->arena, "summary:%016llx:%016llx",
                        (unsigned long long)pack_fingerprint(&catalogue_summary_shape),
                        (unsigned long long)cache_news(rq->app->cache));
}

HANDLER(catalogue_summary, nothing, catalogue_summary)
{
    struct cache *cache = rq->app->cache;
    const char *key = key_of(rq);
    struct cache_value found;
    if (cache_get(cache, key, rq->arena, &found) == CACHE_HIT &&
        pack_read(&catalogue_summary_shape, found.bytes, found.length, rq->arena, out)) {
        reply_header(rq, "X-Cache", "hit");
        return ERR_OK;
    }
    enum err err = read_summary(rq, in, out);
    if (err != ERR_OK)
        return err;
    struct buf bytes = buf_in(rq->arena);
    pack_write(&catalogue_summary_shape, out, &bytes);
    cache_put(cache, key, bytes.at, bytes.length, SUMMARY_S);
    reply_header(rq, "X-Cache", "miss");
    return ERR_OK;
}

static const struct route summary_routes[] = {
    {GET, "/data", &catalogue_summary_handler, 200, ROLE_ANYONE,
     "The catalogue in figures; X-Cache says whether a cache had them.",
     .flags = ROUTE_CONDUCTS | ROUTE_TELLS_CACHE, .cache_s = SUMMARY_S, .cache_tag = "catalogue"},
};
ROUTES(product, summary_routes);
