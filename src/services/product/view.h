// What shoppers see of a product: the shapes of the public API, made out of the stored rows. Lists
// and the read model (model.h), the product's page (page.c) and single replies all show the same.
#ifndef SOUK_PRODUCT_VIEW_H
#define SOUK_PRODUCT_VIEW_H

#include "services/inventory/inventory.h"
#include "services/product/catalogue.h"
#include "services/product/category.h"
#include "services/product/product.h"

#define PRODUCT_OPTION(F, S)                                                                       \
    F(S, text, name, .max = 255, .doc = "Size, Color.")                                            \
    F(S, texts, values, .max = 2048, .doc = "In the order of the variants.")
SHAPE(product_option, PRODUCT_OPTION);

#define VARIANT(F, S)                                                                              \
    F(S, uuid, id, .doc = "Of the variant.")                                                       \
    F(S, text, sku, .max = 255, .doc = "What is put into a cart.")                                 \
    F(S, text, title, .max = 3000, .doc = "Its options: M / Red; Default where there are none.")   \
    F(S, list(option_value), options, .max = 8, .doc = "What it is.")                              \
    F(S, text, barcode, .optional = true, .doc = "GTIN, UPC, EAN or ISBN.")                        \
    F(S, minor, price_minor, .min = 0, .max = LIMIT_MINOR, .doc = "Of one.")                       \
    F(S, minor, compare_at_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                  \
      .doc = "Struck-through price.")                                                              \
    F(S, text, currency, .format = FORMAT_CURRENCY, .doc = "Of the prices.")                       \
    F(S, i64, available, .min = 0, .max = STOCK_MAX, .optional = true,                             \
      .doc = "How many can be sold; null where stock is not counted.")                             \
    F(S, bool, backorder, .doc = "Whether it is sold when none are left.")                         \
    F(S, i64, weight_g, .min = 0, .max = 100000000, .optional = true, .doc = "Grams.")             \
    F(S, bool, requires_shipping, .doc = "False for services and downloads.")                      \
    F(S, nested(image), image, .optional = true, .doc = "Its own picture.")
SHAPE(variant, VARIANT);

#define PRODUCT_CATEGORY(F, S)                                                                     \
    F(S, text, handle, .doc = "Name in addresses.")                                                \
    F(S, text, title, .doc = "Of the category.")                                                   \
    F(S, text, path, .max = 3000, .doc = "With its parents: Home > Kitchen.")
SHAPE(product_category, PRODUCT_CATEGORY);

#define PRODUCT_ATTRIBUTE(F, S)                                                                    \
    F(S, text, code, .doc = "Stable name.")                                                        \
    F(S, text, label, .doc = "For people.")                                                        \
    F(S, one_of(attribute_kind), kind, .doc = "How to read the value.")                            \
    F(S, text, value, .max = 5000, .doc = "As text.")
SHAPE(product_attribute, PRODUCT_ATTRIBUTE);

#define PRODUCT(F, S)                                                                              \
    F(S, uuid, id, .doc = "Of the product.")                                                       \
    F(S, text, handle, .max = 100, .doc = "Name in addresses.")                                    \
    F(S, text, title, .max = 255, .doc = "For people.")                                            \
    F(S, text, description_html, .max = 400000, .optional = true,                                  \
      .doc = "Safe HTML; null in lists.")                                                          \
    F(S, text, brand, .optional = true, .doc = "Maker.")                                           \
    F(S, text, type, .optional = true, .doc = "What kind of thing it is.")                         \
    F(S, texts, tags, .max = 250, .doc = "Words to find it by.")                                   \
    F(S, one_of(product_status), status, .doc = "active for what is sold.")                        \
    F(S, text, currency, .format = FORMAT_CURRENCY, .doc = "Of the prices.")                       \
    F(S, minor, price_minor, .min = 0, .max = LIMIT_MINOR, .doc = "Lowest of its variants.")       \
    F(S, minor, price_max_minor, .min = 0, .max = LIMIT_MINOR, .doc = "Highest.")                  \
    F(S, minor, compare_at_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                  \
      .doc = "Struck-through price of the cheapest variant.")                                      \
    F(S, bool, in_stock, .doc = "Whether some variant can be sold now.")                           \
    F(S, list(product_option), options, .max = 8, .doc = "What there is to choose.")               \
    F(S, list(variant), variants, .max = 2048, .doc = "What is sold.")                             \
    F(S, list(image), images, .max = 250, .doc = "In order.")                                      \
    F(S, list(product_category), categories, .max = 50, .doc = "Where it is filed.")               \
    F(S, list(product_attribute), attributes, .max = 250, .doc = "Facts.")                         \
    F(S, text, seo_title, .optional = true, .doc = "For search engines.")                          \
    F(S, text, seo_description, .max = 5000, .optional = true, .doc = "For search engines.")       \
    F(S, time, published_at, .optional = true, .doc = "When shoppers first saw it.")               \
    F(S, time, updated_at, .doc = "When it last changed.")
SHAPE(product, PRODUCT);

struct view {
    const struct category_tree *tree;
    const struct stock_level_list *levels; // of the variants, sorted by SKU
    const char *currency;
    bool with_description;
};

// False when the product is not for shoppers: not active, not published, or nothing in it has a
// price in the currency.
bool view_product(struct arena *arena, const struct view *view, const struct parts *parts,
                  struct product *out);
bool view_is_public(const struct parts *parts);
// A picture as the API shows it.
struct image view_image(struct arena *arena, const struct image_row *row);
// "M / Red", or NULL for a product without options.
const char *view_variant_title(struct arena *arena, const struct variant_row *variant);
// Stock of everything that these rows hold and that is counted, sorted by SKU.
CHECKED enum err view_levels(struct rq *rq, const struct variant_row_list *variants,
                             struct stock_level_list *out);
// NULL when the SKU was never counted.
const struct stock_level *view_level(const struct stock_level_list *levels, const char *sku);

#endif
