// Reading the catalogue's rows, and numbering its changes.
// Contract in catalogue.h.
//
// A product has five lists of parts. Read product by product that is six queries each; here they
// are read for a range of ids, six queries in all, every list in the order of products, and then
// cut along it as sheets of paper are laid side by side.
//
// Followers (model.c) ask what changed after a number. The number is taken from a single row,
// `catalogue`, which every writer updates within its transaction: the row's lock makes the order of
// the numbers the order of the commits. A sequence of the database would not: it hands out numbers
// that are committed later than higher ones, and a follower would pass over them. For the same
// reason these commits wait for the standby: a number that a failover forgot would be given again,
// to a change that followers who had seen the first one would miss.
#include "services/product/catalogue.h"

#include <string.h>

#include "core/uuid.h"

#define PRODUCT_COLUMNS                                                                            \
    "id, handle, category_id, title, description_html, brand, type, tags, options, status,"        \
    " published, gift_card, seo_title, seo_description, popularity, extra, version, changed,"      \
    " published_at, created_at, updated_at"

QUERY_LIST(products_in_range, id_range, product_row,
           "SELECT " PRODUCT_COLUMNS
           " FROM product WHERE id >= :from AND id <= :until ORDER BY id");

// On PostgreSQL products are partitioned by category: the key of the one leads to where it lies.
QUERY_LIST(product_in_category, id_range, product_row,
           "SELECT " PRODUCT_COLUMNS " FROM product WHERE id = :from"
           " AND category_id = (SELECT category_id FROM product_key WHERE id = :from)");

QUERY_LIST(variants_in_range, id_range, variant_row,
           "SELECT id, product_id, position, sku, barcode, options, cost_minor, weight_g, tracked,"
           " policy, taxable, tax_class, requires_shipping, image_id, stock_imported, extra"
           " FROM variant WHERE product_id >= :from AND product_id <= :until"
           " ORDER BY product_id, position, id");

QUERY_LIST(prices_in_range, id_range, price_row,
           "SELECT variant.product_id, price.variant_id, price.currency, price.price_minor,"
           " price.compare_at_minor FROM variant JOIN price ON price.variant_id = variant.id"
           " WHERE variant.product_id >= :from AND variant.product_id <= :until"
           " ORDER BY variant.product_id, variant.position, variant.id, price.currency");

QUERY_LIST(images_in_range, id_range, image_row,
           "SELECT id, product_id, position, alt, source, url, media, width, height FROM image"
           " WHERE product_id >= :from AND product_id <= :until ORDER BY product_id, position, id");

QUERY_LIST(product_categories_in_range, id_range, product_category_row,
           "SELECT product_id, category_id, position FROM product_category"
           " WHERE product_id >= :from AND product_id <= :until"
           " ORDER BY product_id, position, category_id");

QUERY_LIST(
    attributes_in_range, id_range, attribute_row,
    "SELECT product_attribute.product_id, product_attribute.position, product_attribute.code,"
    " attribute.label, attribute.kind, product_attribute.value"
    " FROM product_attribute JOIN attribute ON attribute.code = product_attribute.code"
    " WHERE product_attribute.product_id >= :from AND product_attribute.product_id <= :until"
    " ORDER BY product_attribute.product_id, product_attribute.position,"
    " product_attribute.code");

enum err catalogue_read(struct rq *rq, const struct id_range *range, struct catalogue *out)
{
    *out = (struct catalogue){0};
    bool one = uuid_equal(&range->from, &range->until);
    enum err err = one ? product_in_category(rq, range, &out->products)
                       : products_in_range(rq, range, &out->products);
    if (err == ERR_OK)
        err = variants_in_range(rq, range, &out->variants);
    if (err == ERR_OK)
        err = prices_in_range(rq, range, &out->prices);
    if (err == ERR_OK)
        err = images_in_range(rq, range, &out->images);
    if (err == ERR_OK)
        err = product_categories_in_range(rq, range, &out->categories);
    if (err == ERR_OK)
        err = attributes_in_range(rq, range, &out->attributes);
    return err;
}

// Cuts the rows of product `id_` off the front of a list that is sorted by product.
#define TAKE(out_, list_, at_, id_)                                                                \
    do {                                                                                           \
        size_t first_ = (at_);                                                                     \
        while ((at_) < (list_).count && uuid_equal(&(list_).items[at_].product_id, (id_)))         \
            (at_)++;                                                                               \
        (out_).items = (list_).items + first_;                                                     \
        (out_).count = (at_)-first_;                                                               \
    } while (0)

bool catalogue_next(struct catalogue *catalogue, struct parts *out)
{
    if (catalogue->at == catalogue->products.count)
        return false;
    out->product = &catalogue->products.items[catalogue->at++];
    const struct uuid *id = &out->product->id;
    TAKE(out->variants, catalogue->variants, catalogue->variants_at, id);
    TAKE(out->prices, catalogue->prices, catalogue->prices_at, id);
    TAKE(out->images, catalogue->images, catalogue->images_at, id);
    TAKE(out->categories, catalogue->categories, catalogue->categories_at, id);
    TAKE(out->attributes, catalogue->attributes, catalogue->attributes_at, id);
    return true;
}

enum err catalogue_read_one(struct rq *rq, const struct uuid *id, struct parts *out)
{
    struct catalogue catalogue;
    enum err err = catalogue_read(rq, &(struct id_range){.from = *id, .until = *id}, &catalogue);
    if (err != ERR_OK)
        return err;
    return catalogue_next(&catalogue, out) ? ERR_OK : ERR_NOT_FOUND;
}

const struct price_row *parts_price(const struct parts *parts, const struct uuid *variant_id,
                                    const char *currency)
{
    for (size_t i = 0; i < parts->prices.count; i++) {
        const struct price_row *price = &parts->prices.items[i];
        if (uuid_equal(&price->variant_id, variant_id) && strcmp(price->currency, currency) == 0)
            return price;
    }
    return NULL;
}

const struct image_row *parts_image(const struct parts *parts, const struct uuid *image_id)
{
    for (size_t i = 0; i < parts->images.count; i++)
        if (uuid_equal(&parts->images.items[i].id, image_id))
            return &parts->images.items[i];
    return NULL;
}

QUERY_ROW(catalogue_count, nothing, catalogue_state,
          "UPDATE catalogue SET sequence = sequence + 1 WHERE one = 1"
          " RETURNING sequence, categories");

enum err catalogue_change(struct rq *rq, i64 *sequence)
{
    struct catalogue_state state = {0};
    enum err err = catalogue_count(rq, &(struct nothing){0}, &state);
    *sequence = state.sequence;
    if (err == ERR_OK)
        // A process that hears nothing sees the change by its number, within a second.
        rq_after_commit(rq, reply_cache_drop_everywhere, "catalogue");
    return err;
}

#define PRODUCT_TOUCHED(F, S)                                                                      \
    F(S, uuid, id, .doc = "Which product.")                                                        \
    F(S, i64, changed, .doc = "Number of the change.")
SHAPE(product_touched, PRODUCT_TOUCHED);

QUERY_RUN(product_set_changed, product_touched,
          "UPDATE product SET changed = :changed, version = version + 1, updated_at = :now"
          " WHERE id = :id AND category_id = (SELECT category_id FROM product_key WHERE id = :id)");

enum err product_touch(struct rq *rq, const struct uuid *id)
{
    struct product_touched touched = {.id = *id};
    enum err err = catalogue_change(rq, &touched.changed);
    return err == ERR_OK ? product_set_changed(rq, &touched, NULL) : err;
}

#define ID_AFTER(F, S)                                                                             \
    F(S, uuid, after, .doc = "The last one seen.")                                                 \
    F(S, i64, count, .doc = "How many at most.")
SHAPE(id_after, ID_AFTER);

#define ID_ROW(F, S) F(S, uuid, id, .doc = "Of a product.")
SHAPE(id_row, ID_ROW);

QUERY_LIST(product_ids_after, id_after, id_row,
           "SELECT id FROM product_key WHERE id > :after ORDER BY id LIMIT :count");

enum err catalogue_batch(struct rq *rq, const struct uuid *after, struct id_range *out)
{
    struct id_row_list ids;
    struct id_after query = {.after = *after, .count = CATALOGUE_BATCH};
    enum err err = product_ids_after(rq, &query, &ids);
    if (err != ERR_OK)
        return err;
    if (ids.count == 0)
        return ERR_NOT_FOUND;
    *out = (struct id_range){.from = ids.items[0].id, .until = ids.items[ids.count - 1].id};
    return ERR_OK;
}

QUERY_ROW(catalogue_state_row, nothing, catalogue_state,
          "SELECT sequence, categories FROM catalogue WHERE one = 1");

enum err catalogue_state_read(struct rq *rq, struct catalogue_state *out)
{
    return catalogue_state_row(rq, &(struct nothing){0}, out);
}
