// A whole product as files bring it in and take it out: what importers make, what put.c writes,
// what exports and seed/catalog.json hold. Every part has presence bits: a field that is neither
// set nor cleared is left as the shop has it, so a file without a cost column does not wipe out
// costs.
#ifndef SOUK_PRODUCT_DOCUMENT_H
#define SOUK_PRODUCT_DOCUMENT_H

#include "core/arena.h"
#include "core/problem.h"
#include "core/shape.h"

#define PRODUCT_STATUS(X, E) X(E, draft) X(E, active) X(E, archived)
ENUMERATION(product_status, PRODUCT_STATUS);

// What happens when a tracked variant has none left: deny the sale, or continue and owe it.
#define STOCK_POLICY(X, E) X(E, deny) X(E, continue)
ENUMERATION(stock_policy, STOCK_POLICY);

#define ATTRIBUTE_KIND(X, E) X(E, text) X(E, number) X(E, boolean) X(E, date) X(E, url)
ENUMERATION(attribute_kind, ATTRIBUTE_KIND);

#define PRICE_DOCUMENT(F, S)                                                                       \
    F(S, text, currency, .format = FORMAT_CURRENCY, .doc = "ISO 4217.")                            \
    F(S, minor, price_minor, .min = 0, .max = LIMIT_MINOR, .doc = "Price in this currency.")       \
    F(S, minor, compare_at_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                  \
      .doc = "Struck-through price.")
SHAPE(price_document, PRICE_DOCUMENT);

#define VARIANT_DOCUMENT(F, S)                                                                     \
    F(S, text, sku, .min = 1, .max = 255, .format = FORMAT_LINE, .optional = true,                 \
      .doc = "Unique in the shop; made from the handle and the options when absent.")              \
    F(S, text, barcode, .max = 100, .format = FORMAT_LINE, .optional = true,                       \
      .doc = "GTIN, UPC, EAN or ISBN.")                                                            \
    F(S, texts, options, .max = 8, .optional = true,                                               \
      .doc = "One value for each option of the product.")                                          \
    F(S, minor, price_minor, .min = 0, .max = LIMIT_MINOR,                                         \
      .doc = "In the currency of the import.")                                                     \
    F(S, minor, compare_at_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                  \
      .doc = "Struck-through price.")                                                              \
    F(S, minor, cost_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                        \
      .doc = "What one costs the shop.")                                                           \
    F(S, list(price_document), prices, .max = 50, .optional = true,                                \
      .doc = "Prices in further currencies.")                                                      \
    F(S, i64, weight_g, .min = 0, .max = 100000000, .optional = true, .doc = "Grams.")             \
    F(S, bool, tracked, .optional = true, .doc = "Whether stock is counted.")                      \
    F(S, i64, stock, .min = 0, .max = 1000000000, .optional = true, .doc = "On hand.")             \
    F(S, one_of(stock_policy), policy, .optional = true, .doc = "When none are left.")             \
    F(S, bool, taxable, .optional = true, .doc = "Whether tax is due.")                            \
    F(S, text, tax_class, .min = 1, .max = 50, .format = FORMAT_HANDLE, .optional = true,          \
      .doc = "Which rates; standard when absent.")                                                 \
    F(S, bool, requires_shipping, .optional = true, .doc = "False for services and downloads.")    \
    F(S, text, image, .max = 2000, .optional = true, .doc = "The `url` of one of the images.")     \
    F(S, json, extra, .optional = true, .doc = "Columns kept for export only: name to text.")
SHAPE(variant_document, VARIANT_DOCUMENT);

#define IMAGE_DOCUMENT(F, S)                                                                       \
    F(S, text, url, .min = 1, .max = 2000, .format = FORMAT_LINE,                                  \
      .doc = "https://... or the name of a file beside the import.")                               \
    F(S, text, alt, .max = 512, .optional = true, .doc = "What a person would say it shows.")
SHAPE(image_document, IMAGE_DOCUMENT);

#define ATTRIBUTE_DOCUMENT(F, S)                                                                   \
    F(S, text, code, .min = 1, .max = 100, .format = FORMAT_LINE, .doc = "Stable name.")           \
    F(S, text, label, .min = 1, .max = 255, .format = FORMAT_LINE, .doc = "Shown to shoppers.")    \
    F(S, one_of(attribute_kind), kind, .optional = true, .doc = "How to read the value.")          \
    F(S, text, value, .min = 1, .max = 5000, .doc = "As text.")
SHAPE(attribute_document, ATTRIBUTE_DOCUMENT);

#define PRODUCT_DOCUMENT(F, S)                                                                     \
    F(S, text, handle, .min = 1, .max = 100, .format = FORMAT_HANDLE, .optional = true,            \
      .doc = "Name in addresses; made from the title when absent.")                                \
    F(S, text, title, .min = 1, .max = 255, .format = FORMAT_LINE, .doc = "Shown to shoppers.")    \
    F(S, text, description_html, .max = 200000, .optional = true, .doc = "HTML.")                  \
    F(S, text, brand, .max = 255, .format = FORMAT_LINE, .optional = true, .doc = "Maker.")        \
    F(S, text, type, .max = 255, .format = FORMAT_LINE, .optional = true,                          \
      .doc = "What kind of thing it is.")                                                          \
    F(S, texts, tags, .max = 250, .optional = true, .doc = "Words to find it by.")                 \
    F(S, one_of(product_status), status, .optional = true, .doc = "Only active ones are sold.")    \
    F(S, bool, published, .optional = true, .doc = "Whether the storefront shows it.")             \
    F(S, bool, gift_card, .optional = true, .doc = "Sold as a gift card.")                         \
    F(S, text, seo_title, .max = 1000, .optional = true, .doc = "Title for search engines.")       \
    F(S, text, seo_description, .max = 5000, .optional = true, .doc = "Text for search engines.")  \
    F(S, i64, popularity, .min = 0, .max = LIMIT_INTEGER, .optional = true,                        \
      .doc = "Higher comes first where nothing else decides.")                                     \
    F(S, texts, options, .max = 8, .optional = true, .doc = "Names of the options.")               \
    F(S, list(variant_document), variants, .min = 1, .max = 2048, .optional = true,                \
      .doc = "What is sold.")                                                                      \
    F(S, list(image_document), images, .max = 250, .optional = true, .doc = "In order.")           \
    F(S, texts, categories, .max = 50, .optional = true, .doc = "Paths: \"Home > Kitchen\".")      \
    F(S, list(attribute_document), attributes, .max = 250, .optional = true, .doc = "Facts.")      \
    F(S, json, extra, .optional = true, .doc = "Columns kept for export only: name to text.")
SHAPE(product_document, PRODUCT_DOCUMENT);

// Separates the levels of a category's path.
#define PATH_SEPARATOR " > "

// Checks what no single field can say: variants have one value for each option, no two have the
// same values, images of variants are among the images. Faults are named like "variants.2.options".
void document_check(const struct product_document *document, struct problem *problem);
// The names of the fields in which `after` differs from `before` and that it sets or clears, with
// commas ("title, variants.price_minor"); NULL when none does.
const char *document_changes(const struct product_document *before,
                             const struct product_document *after, struct arena *arena);
// The category path without white space around its levels and without empty levels; NULL for none.
const char *path_clean(struct arena *arena, const char *path);
void text_list_add(struct arena *arena, struct text_list *list, const char *text);
bool text_lists_equal(const struct text_list *a, const struct text_list *b);
bool text_list_has(const struct text_list *list, const char *text);

#endif
