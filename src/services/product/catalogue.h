// The catalogue as it is stored: its rows, read in whole products. Written by put.c and the staff's
// routes (admin_*.c); turned into what shoppers see by view.h, into what files hold by export.
// Ranges of product ids are read with one query a table, whatever their length:
//
//     struct catalogue catalogue;
//     enum err err = catalogue_read(rq, &(struct id_range){.from = id, .until = id}, &catalogue);
//     while (catalogue_next(&catalogue, &parts))
//         puts(parts.product->title);
#ifndef SOUK_PRODUCT_CATALOGUE_H
#define SOUK_PRODUCT_CATALOGUE_H

#include "app/declare.h"
#include "services/product/document.h"

#define ID_RANGE(F, S)                                                                             \
    F(S, uuid, from, .doc = "First product.")                                                      \
    F(S, uuid, until, .doc = "Last product, included.")
SHAPE(id_range, ID_RANGE);

#define PRODUCT_ROW(F, S)                                                                          \
    F(S, uuid, id, .doc = "Of the product.")                                                       \
    F(S, text, handle, .doc = "Unique.")                                                           \
    F(S, uuid, category_id, .doc = "The first it is filed under, uuid_nil without one.")           \
    F(S, text, title, .doc = "For people.")                                                        \
    F(S, text, description_html, .optional = true, .doc = "As it was given; cleaned when shown.")  \
    F(S, text, brand, .optional = true, .doc = "Maker.")                                           \
    F(S, text, type, .optional = true, .doc = "Kind of thing.")                                    \
    F(S, texts, tags, .doc = "Words.")                                                             \
    F(S, texts, options, .doc = "Names.")                                                          \
    F(S, one_of(product_status), status, .doc = "Only active ones are sold.")                      \
    F(S, bool, published, .doc = "Whether the storefront shows it.")                               \
    F(S, bool, gift_card, .doc = "Sold as a gift card.")                                           \
    F(S, text, seo_title, .optional = true, .doc = "For search engines.")                          \
    F(S, text, seo_description, .optional = true, .doc = "For search engines.")                    \
    F(S, i64, popularity, .doc = "Higher first.")                                                  \
    F(S, json, extra, .optional = true, .doc = "Kept for export.")                                 \
    F(S, i64, version, .doc = "Counts changes of this product.")                                   \
    F(S, i64, changed, .doc = "Number of the last change in the catalogue.")                       \
    F(S, time, published_at, .optional = true, .doc = "When shoppers first saw it.")               \
    F(S, time, created_at, .doc = "When it was added.")                                            \
    F(S, time, updated_at, .doc = "When it last changed.")
SHAPE(product_row, PRODUCT_ROW);

#define VARIANT_ROW(F, S)                                                                          \
    F(S, uuid, id, .doc = "Of the variant.")                                                       \
    F(S, uuid, product_id, .doc = "Its product.")                                                  \
    F(S, i64, position, .doc = "Order in the product.")                                            \
    F(S, text, sku, .doc = "Unique in the shop.")                                                  \
    F(S, text, barcode, .optional = true, .doc = "GTIN.")                                          \
    F(S, texts, options, .doc = "Values.")                                                         \
    F(S, minor, cost_minor, .optional = true, .doc = "In the shop's currency.")                    \
    F(S, i64, weight_g, .optional = true, .doc = "Grams.")                                         \
    F(S, bool, tracked, .doc = "Whether stock is counted.")                                        \
    F(S, one_of(stock_policy), policy, .doc = "When none are left.")                               \
    F(S, bool, taxable, .doc = "Whether tax is due.")                                              \
    F(S, text, tax_class, .doc = "Which rates.")                                                   \
    F(S, bool, requires_shipping, .doc = "False for services.")                                    \
    F(S, uuid, image_id, .optional = true, .doc = "Its own picture.")                              \
    F(S, i64, stock_imported, .optional = true, .doc = "What the last import counted.")            \
    F(S, json, extra, .optional = true, .doc = "Kept for export.")
SHAPE(variant_row, VARIANT_ROW);

#define PRICE_ROW(F, S)                                                                            \
    F(S, uuid, product_id, .doc = "Of the variant.")                                               \
    F(S, uuid, variant_id, .doc = "Whose price.")                                                  \
    F(S, text, currency, .doc = "ISO 4217.")                                                       \
    F(S, minor, price_minor, .doc = "Price.")                                                      \
    F(S, minor, compare_at_minor, .optional = true, .doc = "Struck through.")
SHAPE(price_row, PRICE_ROW);

#define IMAGE_ROW(F, S)                                                                            \
    F(S, uuid, id, .doc = "Of the picture.")                                                       \
    F(S, uuid, product_id, .doc = "Its product.")                                                  \
    F(S, i64, position, .doc = "Order in the product.")                                            \
    F(S, text, alt, .optional = true, .doc = "What it shows.")                                     \
    F(S, text, source, .optional = true, .doc = "What an import called it.")                       \
    F(S, text, url, .optional = true, .doc = "Elsewhere.")                                         \
    F(S, text, media, .optional = true, .doc = "Stored here: SHA-256.")                            \
    F(S, i64, width, .optional = true, .doc = "Pixels.")                                           \
    F(S, i64, height, .optional = true, .doc = "Pixels.")
SHAPE(image_row, IMAGE_ROW);

#define PRODUCT_CATEGORY_ROW(F, S)                                                                 \
    F(S, uuid, product_id, .doc = "What is filed.")                                                \
    F(S, uuid, category_id, .doc = "Where.")                                                       \
    F(S, i64, position, .doc = "Order in the product.")
SHAPE(product_category_row, PRODUCT_CATEGORY_ROW);

#define ATTRIBUTE_ROW(F, S)                                                                        \
    F(S, uuid, product_id, .doc = "Whose fact.")                                                   \
    F(S, i64, position, .doc = "Order in the product.")                                            \
    F(S, text, code, .doc = "Stable name.")                                                        \
    F(S, text, label, .doc = "For people.")                                                        \
    F(S, one_of(attribute_kind), kind, .doc = "How to read it.")                                   \
    F(S, text, value, .doc = "As text.")
SHAPE(attribute_row, ATTRIBUTE_ROW);

// Rows of several products, each list sorted by product.
struct catalogue {
    struct product_row_list products;
    struct variant_row_list variants;
    struct price_row_list prices;
    struct image_row_list images;
    struct product_category_row_list categories;
    struct attribute_row_list attributes;
    size_t at, variants_at, prices_at, images_at, categories_at, attributes_at;
};

// The rows of one product: slices of the lists.
struct parts {
    const struct product_row *product;
    struct variant_row_list variants;
    struct price_row_list prices;
    struct image_row_list images;
    struct product_category_row_list categories;
    struct attribute_row_list attributes;
};

CHECKED enum err catalogue_read(struct rq *rq, const struct id_range *range, struct catalogue *out);
// False after the last.
bool catalogue_next(struct catalogue *catalogue, struct parts *out);
// The rows of one product; ERR_NOT_FOUND.
CHECKED enum err catalogue_read_one(struct rq *rq, const struct uuid *id, struct parts *out);
// A range of the next products after an id (uuid_nil for the first); ERR_NOT_FOUND at the end.
enum { CATALOGUE_BATCH = 500 };
CHECKED enum err catalogue_batch(struct rq *rq, const struct uuid *after, struct id_range *out);

const struct price_row *parts_price(const struct parts *parts, const struct uuid *variant_id,
                                    const char *currency);
const struct image_row *parts_image(const struct parts *parts, const struct uuid *image_id);

#define CATALOGUE_STATE(F, S)                                                                      \
    F(S, i64, sequence, .doc = "Number of the newest change.")                                     \
    F(S, i64, categories, .doc = "Of the newest change of the tree or of attributes' words.")
SHAPE(catalogue_state, CATALOGUE_STATE);

CHECKED enum err catalogue_state_read(struct rq *rq, struct catalogue_state *out);
// Numbers a change in this transaction, and has caches and the read model hear of it after the
// commit.
CHECKED enum err catalogue_change(struct rq *rq, i64 *sequence);
// Gives one product the next number and version: for changes of its parts.
CHECKED enum err product_touch(struct rq *rq, const struct uuid *id);

#endif
