// What other services may ask of the catalogue. How many there are is the inventory's to say.
//
//     struct offer_query query = {.sku = skus, .currency = "EUR"};
//     struct offers offers;
//     enum err err = call_product_offers(rq, &query, &offers);
#ifndef SOUK_SERVICES_PRODUCT_H
#define SOUK_SERVICES_PRODUCT_H

#include "app/declare.h"
#include "core/limits.h"

#define OPTION_VALUE(F, S)                                                                         \
    F(S, text, name, .max = 255, .doc = "Of the option: Size.")                                    \
    F(S, text, value, .max = 255, .doc = "What was chosen: M.")
SHAPE(option_value, OPTION_VALUE);

#define IMAGE_SOURCE(F, S)                                                                         \
    F(S, text, url, .max = 2000, .doc = "Of the picture in this width.")                           \
    F(S, i64, width, .min = 1, .max = 100000, .doc = "Pixels.")
SHAPE(image_source, IMAGE_SOURCE);

#define IMAGE(F, S)                                                                                \
    F(S, uuid, id, .doc = "Of the picture.")                                                       \
    F(S, text, url, .max = 2000, .doc = "In full size.")                                           \
    F(S, text, alt, .max = 512, .optional = true, .doc = "What a person would say it shows.")      \
    F(S, i64, width, .min = 1, .max = 100000, .optional = true,                                    \
      .doc = "Pixels; null for pictures elsewhere.")                                               \
    F(S, i64, height, .min = 1, .max = 100000, .optional = true, .doc = "Pixels.")                 \
    F(S, list(image_source), sources, .max = 20, .doc = "Smaller ones, for srcset.")
SHAPE(image, IMAGE);

// What is sold under a SKU, as it is now. Only what a shopper may buy: published, active, with a
// price in the currency; a SKU without an offer is not for sale.
#define OFFER(F, S)                                                                                \
    F(S, text, sku, .min = 1, .max = 255, .doc = "Of the variant.")                                \
    F(S, text, handle, .max = 100, .doc = "Of the product's page.")                                \
    F(S, text, title, .max = 255, .doc = "Of the product.")                                        \
    F(S, text, variant_title, .max = 1000, .optional = true, .doc = "Its options: M / Red.")       \
    F(S, list(option_value), options, .max = 8, .doc = "What was chosen.")                         \
    F(S, nested(image), image, .optional = true, .doc = "Of the variant, else of the product.")    \
    F(S, minor, price_minor, .min = 0, .max = LIMIT_MINOR, .doc = "In the currency asked for.")    \
    F(S, minor, compare_at_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                  \
      .doc = "Struck-through price.")                                                              \
    F(S, bool, tracked, .doc = "Whether stock is counted.")                                        \
    F(S, bool, backorder, .doc = "Whether it is sold when none are left.")                         \
    F(S, bool, taxable, .doc = "Whether tax is due.")                                              \
    F(S, text, tax_class, .min = 1, .max = 100, .doc = "Which rate; `standard` for most.")         \
    F(S, bool, requires_shipping, .doc = "False for services and downloads.")                      \
    F(S, i64, weight_g, .min = 0, .max = 100000000, .doc = "Grams, 0 when not known.")
SHAPE(offer, OFFER);

#define OFFER_QUERY(F, S)                                                                          \
    F(S, texts, sku, .min = 1, .max = LIMIT_CART_LINES + 1, .doc = "What is asked for.")           \
    F(S, text, currency, .format = FORMAT_CURRENCY, .doc = "Of the prices.")
SHAPE(offer_query, OFFER_QUERY);

// Offers of the SKUs asked for, in any order; those not for sale are missing.
#define OFFERS(F, S)                                                                               \
    F(S, list(offer), items, .max = LIMIT_CART_LINES + 1, .doc = "One a SKU that is for sale.")
SHAPE(offers, OFFERS);
CALL(product_offers, offer_query, offers);

#endif
