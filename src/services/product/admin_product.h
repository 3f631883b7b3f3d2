// What the staff see of a product, shared by the staff's routes: admin_product.c, admin_variant.c,
// admin_image.c.
#ifndef SOUK_PRODUCT_ADMIN_PRODUCT_H
#define SOUK_PRODUCT_ADMIN_PRODUCT_H

#include "services/product/view.h"

#define ADMIN_VARIANT(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the variant.")                                                       \
    F(S, text, sku, .max = 255, .doc = "Unique in the shop.")                                      \
    F(S, text, title, .max = 3000, .doc = "Its options; Default where there are none.")            \
    F(S, texts, options, .max = 8, .doc = "A value for each option of the product.")               \
    F(S, text, barcode, .optional = true, .doc = "GTIN, UPC, EAN or ISBN.")                        \
    F(S, minor, cost_minor, .optional = true, .doc = "What one costs the shop.")                   \
    F(S, list(price_document), prices, .max = 50, .doc = "In each currency.")                      \
    F(S, i64, weight_g, .min = 0, .max = 100000000, .optional = true, .doc = "Grams.")             \
    F(S, bool, tracked, .doc = "Whether stock is counted.")                                        \
    F(S, i64, on_hand, .optional = true, .doc = "In the house; null where it is not counted.")     \
    F(S, i64, available, .optional = true, .doc = "Of these, free to be sold.")                    \
    F(S, one_of(stock_policy), policy, .doc = "When none are left.")                               \
    F(S, bool, taxable, .doc = "Whether tax is due.")                                              \
    F(S, text, tax_class, .doc = "Which rates.")                                                   \
    F(S, bool, requires_shipping, .doc = "False for services and downloads.")                      \
    F(S, uuid, image_id, .optional = true, .doc = "Its own picture.")
SHAPE(admin_variant, ADMIN_VARIANT);

#define ADMIN_PRODUCT(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the product.")                                                       \
    F(S, i64, version, .doc = "Counts changes; If-Match and `version` in a change name it.")       \
    F(S, text, handle, .max = 100, .doc = "Name in addresses.")                                    \
    F(S, text, title, .max = 255, .doc = "For people.")                                            \
    F(S, text, description_html, .max = 200000, .optional = true, .doc = "As it was given.")       \
    F(S, text, brand, .optional = true, .doc = "Maker.")                                           \
    F(S, text, type, .optional = true, .doc = "Kind of thing.")                                    \
    F(S, texts, tags, .max = 250, .doc = "Words.")                                                 \
    F(S, one_of(product_status), status, .doc = "Only active ones are sold.")                      \
    F(S, bool, published, .doc = "Whether the storefront shows it.")                               \
    F(S, bool, gift_card, .doc = "Sold as a gift card.")                                           \
    F(S, text, seo_title, .optional = true, .doc = "For search engines.")                          \
    F(S, text, seo_description, .max = 5000, .optional = true, .doc = "For search engines.")       \
    F(S, i64, popularity, .doc = "Higher comes first where nothing else decides.")                 \
    F(S, texts, options, .max = 8, .doc = "Names.")                                                \
    F(S, list(admin_variant), variants, .max = 2048, .doc = "What is sold.")                       \
    F(S, list(image), images, .max = 250, .doc = "In order.")                                      \
    F(S, texts, categories, .max = 50, .doc = "Paths.")                                            \
    F(S, list(attribute_document), attributes, .max = 250, .doc = "Facts.")                        \
    F(S, time, published_at, .optional = true, .doc = "When shoppers first saw it.")               \
    F(S, time, created_at, .doc = "When it was added.")                                            \
    F(S, time, updated_at, .doc = "When it last changed.")
SHAPE(admin_product, ADMIN_PRODUCT);

#define PRODUCT_ID(F, S) F(S, uuid, id, .doc = "Of the product.")
SHAPE(product_id, PRODUCT_ID);

// In a snapshot of its own. ERR_NOT_FOUND.
CHECKED enum err admin_product_read(struct rq *rq, const struct product_id *in,
                                    struct admin_product *out);
// The version that the change must meet: of the body, else of If-Match; 0 for any.
CHECKED enum err admin_version(struct rq *rq, bool given, i64 version, i64 *out);
// Refuses a product that is at another version.
CHECKED enum err admin_version_check(struct rq *rq, i64 wanted, i64 version);

#endif
