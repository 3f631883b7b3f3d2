// Reading products by version. Contract in version.h.
//
// Read from the rows a product takes six queries, of which a process of the product service would
// make some for every page that L1 does not have, and all of them for every product whose stock
// moved (model.c). Of the processes of a shop the first one reads, the others find.
#include "services/product/version.h"

#include "app/app.h"
#include "core/pack.h"
#include "core/uuid.h"
#include "data/cache.h"
#include "services/inventory/inventory.h"

#define VERSION_COLUMNS "product.id, product.changed, product.updated_at, catalogue.categories"
#define HANDLE_KEY(F, S) F(S, text, handle, .doc = "Of the product.")
SHAPE(handle_key, HANDLE_KEY);
QUERY_ROW(product_of_handle, handle_key, product_version,
          "SELECT " VERSION_COLUMNS " FROM product_key JOIN product ON product.id = product_key.id"
          " AND product.category_id = product_key.category_id JOIN catalogue ON catalogue.one = 1"
          " WHERE product_key.handle = :handle");

enum err version_of_handle(struct rq *rq, const char *handle, struct product_version *out)
{
    return product_of_handle(rq, &(struct handle_key){.handle = handle}, out);
}

#define CHANGED_AFTER(F, S)                                                                        \
    F(S, i64, after, .doc = "Number of the last change seen.")                                     \
    F(S, i64, count, .doc = "How many at most.")
SHAPE(changed_after, CHANGED_AFTER);
QUERY_LIST(products_changed, changed_after, product_version,
           "SELECT " VERSION_COLUMNS " FROM product JOIN catalogue ON catalogue.one = 1"
           " WHERE product.changed > :after"
           " ORDER BY product.changed LIMIT :count");

enum err versions_changed(struct rq *rq, i64 after, struct product_version_list *out)
{
    struct changed_after query = {.after = after, .count = CATALOGUE_BATCH};
    return products_changed(rq, &query, out);
}

#define SKUS(F, S) F(S, texts, sku, .max = STOCK_SKUS_MAX, .doc = "Whose product.")
SHAPE(skus, SKUS);
// Keys first, by themselves, as in offers.c.
#define OF_WANTED                                                                                  \
    " FROM wanted JOIN product ON product.id = wanted.id"                                          \
    " AND product.category_id = wanted.category_id JOIN catalogue ON catalogue.one = 1"
QUERY_LIST_FOR(products_of_skus, skus, product_version,
               "WITH wanted AS MATERIALIZED (SELECT id, category_id FROM product_key"
               " WHERE id IN (SELECT product_id FROM variant"
               " WHERE sku IN (SELECT value FROM json_each(:sku))))"
               " SELECT " VERSION_COLUMNS OF_WANTED,
               "WITH wanted AS MATERIALIZED (SELECT id, category_id FROM product_key"
               " WHERE id IN (SELECT product_id FROM variant"
               " WHERE sku IN (SELECT json_array_elements_text(CAST(:sku AS JSON)))))"
               " SELECT " VERSION_COLUMNS OF_WANTED);

enum err versions_of_skus(struct rq *rq, const struct text_list *skus,
                          struct product_version_list *out)
{
    return products_of_skus(rq, &(struct skus){.sku = *skus}, out);
}

#define PARTS_DOCUMENT(F, S)                                                                       \
    F(S, nested(product_row), product, .doc = "The product's own.")                                \
    F(S, list(variant_row), variants, .doc = "In order.")                                          \
    F(S, list(price_row), prices, .doc = "By variant.")                                            \
    F(S, list(image_row), images, .doc = "In order.")                                              \
    F(S, list(product_category_row), categories, .doc = "In order.")                               \
    F(S, list(attribute_row), attributes, .doc = "In order.")
SHAPE(parts_document, PARTS_DOCUMENT);

static const char *key_of(struct rq *rq, const struct product_version *version)
{
    return arena_printf(rq->arena, "product:%016llx:%s:%lld:%lld:%lld",
                        (unsigned long long)pack_fingerprint(&parts_document_shape), version->id.s,
                        (long long)version->changed, (long long)version->updated_at,
                        (long long)version->categories);
}

static bool is_version(const struct product_row *row, const struct product_version *version)
{
    return uuid_equal(&row->id, &version->id) && row->changed == version->changed;
}

static bool find(struct rq *rq, const char *key, const struct product_version *version,
                 struct parts *out)
{
    struct cache_value found;
    struct parts_document document = {0};
    if (cache_get(rq->app->cache, key, rq->arena, &found) != CACHE_HIT ||
        !pack_read(&parts_document_shape, found.bytes, found.length, rq->arena, &document) ||
        document.product == NULL || !is_version(document.product, version))
        return false;
    *out = (struct parts){
        .product = document.product,
        .variants = document.variants,
        .prices = document.prices,
        .images = document.images,
        .categories = document.categories,
        .attributes = document.attributes,
    };
    return true;
}

static void keep(struct rq *rq, const char *key, const struct parts *parts)
{
    struct product_row product = *parts->product;
    struct parts_document document = {
        .product = &product,
        .variants = parts->variants,
        .prices = parts->prices,
        .images = parts->images,
        .categories = parts->categories,
        .attributes = parts->attributes,
    };
    struct buf bytes = buf_in(rq->arena);
    pack_write(&parts_document_shape, &document, &bytes);
    cache_put(rq->app->cache, key, bytes.at, bytes.length, rq->app->config.memcached_s);
}

enum err version_read(struct rq *rq, const struct product_version *version, struct parts *out)
{
    bool cached = cache_is_on(rq->app->cache);
    const char *key = cached ? key_of(rq, version) : NULL;
    if (cached && find(rq, key, version, out))
        return ERR_OK;
    if (rq->db == NULL)
        return ERR_UNAVAILABLE;
    enum err err = catalogue_read_one(rq, &version->id, out);
    if (err == ERR_OK && cached && is_version(out->product, version))
        keep(rq, key, out);
    return err;
}
