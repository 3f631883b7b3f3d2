// What carts and orders ask: what a SKU is and what it costs now. Contract in product.h. It reads
// the rows, not the read model, because money hangs on it.
//
// A SKU that is not for sale is missing in the answer instead of being refused: a cart keeps such a
// line and says so, and an order must name all of them at once.
#include "services/product/product.h"

#include "core/uuid.h"
#include "services/product/view.h"

#define OFFER_ROW(F, S)                                                                            \
    F(S, text, sku, .doc = "Of the variant.")                                                      \
    F(S, texts, options, .doc = "Values.")                                                         \
    F(S, bool, tracked, .doc = "Whether stock is counted.")                                        \
    F(S, one_of(stock_policy), policy, .doc = "When none are left.")                               \
    F(S, bool, taxable, .doc = "Whether tax is due.")                                              \
    F(S, text, tax_class, .doc = "Which rates.")                                                   \
    F(S, bool, requires_shipping, .doc = "False for services.")                                    \
    F(S, i64, weight_g, .optional = true, .doc = "Grams.")                                         \
    F(S, text, handle, .doc = "Of the product.")                                                   \
    F(S, text, title, .doc = "Of the product.")                                                    \
    F(S, texts, option_names, .doc = "Of the product.")                                            \
    F(S, minor, price_minor, .doc = "Of one.")                                                     \
    F(S, minor, compare_at_minor, .optional = true, .doc = "Struck through.")                      \
    F(S, uuid, image_id, .optional = true, .doc = "Of the variant, else the first.")               \
    F(S, text, alt, .optional = true, .doc = "What it shows.")                                     \
    F(S, text, url, .optional = true, .doc = "Elsewhere.")                                         \
    F(S, text, media, .optional = true, .doc = "Stored here.")                                     \
    F(S, i64, width, .optional = true, .doc = "Pixels.")                                           \
    F(S, i64, height, .optional = true, .doc = "Pixels.")
SHAPE(offer_row, OFFER_ROW);

// On PostgreSQL products are partitioned by category. Their keys are read first, by themselves, so
// that each product is looked for in its own partition: were the keys joined like any table, the
// server might as well go from variants to products and look into every partition.
#define WANTED                                                                                     \
    "variant.id, variant.product_id, product_key.category_id, variant.sku, variant.options,"       \
    " variant.tracked, variant.policy, variant.taxable, variant.tax_class,"                        \
    " variant.requires_shipping, variant.weight_g, variant.image_id"                               \
    " FROM variant JOIN product_key ON product_key.id = variant.product_id WHERE variant.sku IN "
#define OFFERED                                                                                    \
    "wanted.sku, wanted.options, wanted.tracked, wanted.policy, wanted.taxable,"                   \
    " wanted.tax_class, wanted.requires_shipping, wanted.weight_g, product.handle,"                \
    " product.title, product.options AS option_names, price.price_minor, price.compare_at_minor,"  \
    " image.id AS image_id, image.alt, image.url, image.media, image.width, image.height"          \
    " FROM wanted JOIN product ON product.id = wanted.product_id"                                  \
    " AND product.category_id = wanted.category_id"                                                \
    " JOIN price ON price.variant_id = wanted.id AND price.currency = :currency"                   \
    " LEFT JOIN image ON image.id = COALESCE(wanted.image_id, ("

QUERY_LIST_FOR(offer_rows, offer_query, offer_row,
               "WITH wanted AS MATERIALIZED (SELECT " WANTED "(SELECT value FROM json_each(:sku)))"
               " SELECT " OFFERED "SELECT first.id FROM image AS first"
               " WHERE first.product_id = product.id ORDER BY first.position, first.id LIMIT 1))"
               " WHERE product.status = 'active' AND product.published",
               "WITH wanted AS MATERIALIZED (SELECT " WANTED
               "(SELECT json_array_elements_text(CAST(:sku AS JSON))))"
               " SELECT " OFFERED "SELECT first.id FROM image AS first"
               " WHERE first.product_id = product.id ORDER BY first.position, first.id LIMIT 1))"
               " WHERE product.status = 'active' AND product.published");

static struct image *offer_image(struct rq *rq, const struct offer_row *row)
{
    if (uuid_empty(&row->image_id))
        return NULL;
    struct image_row stored = {
        .id = row->image_id, .alt = row->alt, .url = row->url, .media = row->media};
    shape_patch(&image_row_shape, &stored, &offer_row_shape, row);
    struct image *image = ARENA_NEW(rq->arena, struct image);
    *image = view_image(rq->arena, &stored);
    return image;
}

static void fill_offer(struct rq *rq, const struct offer_row *row, struct offer *out)
{
    struct variant_row variant = {.options = row->options};
    *out = (struct offer){
        .sku = row->sku,
        .handle = row->handle,
        .title = row->title,
        .variant_title = view_variant_title(rq->arena, &variant),
        .image = offer_image(rq, row),
        .price_minor = row->price_minor,
        .tracked = row->tracked,
        .backorder = row->tracked && row->policy == stock_policy_continue,
        .taxable = row->taxable,
        .tax_class = row->tax_class,
        .requires_shipping = row->requires_shipping,
        .weight_g = row->weight_g,
    };
    if (IS_SET(row, offer_row, compare_at_minor) && row->compare_at_minor > row->price_minor)
        SET(out, offer, compare_at_minor, row->compare_at_minor);
    size_t count = row->options.count;
    out->options.items = ARENA_ARRAY(rq->arena, struct option_value, count);
    for (size_t i = 0; i < count && i < row->option_names.count; i++)
        out->options.items[out->options.count++] = (struct option_value){
            .name = row->option_names.items[i], .value = row->options.items[i]};
}

HANDLER(product_offers, offer_query, offers)
{
    struct offer_row_list rows;
    enum err err = offer_rows(rq, in, &rows);
    if (err != ERR_OK)
        return err;
    out->items.items = ARENA_ARRAY(rq->arena, struct offer, rows.count);
    out->items.count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        fill_offer(rq, &rows.items[i], &out->items.items[i]);
    return ERR_OK;
}

static const struct route offer_routes[] = {
    {POST, "/internal/v1/product_offers", &product_offers_handler, 200, ROLE_PEER,
     "What SKUs are and what they cost now.", .flags = ROUTE_READS, .load = CLASS_CART},
};
ROUTES(product, offer_routes);
