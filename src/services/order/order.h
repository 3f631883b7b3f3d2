// What other services may ask of carts and orders.
//
//     struct cart_merge merge = {.cart_id = in->cart_id, .user_id = user.id};
//     struct cart_merged merged;
//     enum err err = call_cart_merge(rq, &merge, &merged);   // after the log-in has committed
#ifndef SOUK_SERVICES_ORDER_H
#define SOUK_SERVICES_ORDER_H

#include "app/declare.h"
#include "core/limits.h"
#include "services/product/product.h"
#include "services/user/user.h"

#define CART_MERGE(F, S)                                                                           \
    F(S, uuid, cart_id, .optional = true, .doc = "The guest's cart, when there is one.")           \
    F(S, uuid, user_id, .doc = "Who has logged in.")
SHAPE(cart_merge, CART_MERGE);

#define CART_MERGED(F, S)                                                                          \
    F(S, uuid, cart_id, .optional = true, .doc = "The customer's open cart; null: there is none.")
SHAPE(cart_merged, CART_MERGED);

// Adds a guest's cart to that of the customer who has logged in, or gives it to them when they have
// none. A cart that is not a guest's open one is left alone. May be repeated.
CALL(cart_merge, cart_merge, cart_merged);

// The shop's own facts, for those who sell in its currencies.
#define SHOP_FACTS(F, S)                                                                           \
    F(S, text, name, .doc = "Of the shop.")                                                        \
    F(S, text, currency, .doc = "Where none is named.")                                            \
    F(S, texts, currencies, .doc = "All that prices may be in.")                                   \
    F(S, bool, prices_include_tax, .doc = "Whether prices contain the tax.")
SHAPE(shop_facts, SHOP_FACTS);
CALL(shop_facts, nothing, shop_facts);

// What was ordered most in the last days, most first, whatever became of the orders.
enum { POPULAR_MOST = 2000 };
#define POPULAR_QUERY(F, S)                                                                        \
    F(S, i64, days, .min = 1, .max = 365, .doc = "Until now.")                                     \
    F(S, i64, count, .min = 1, .max = POPULAR_MOST, .doc = "How many at most.")
SHAPE(popular_query, POPULAR_QUERY);
#define PRODUCT_SOLD(F, S)                                                                         \
    F(S, text, handle, .doc = "Of the product, when it was ordered.")                              \
    F(S, i64, sold, .doc = "Pieces.")
SHAPE(product_sold, PRODUCT_SOLD);
#define POPULAR_PRODUCTS(F, S) F(S, list(product_sold), items, .max = POPULAR_MOST, .doc = "All.")
SHAPE(popular_products, POPULAR_PRODUCTS);
CALL(order_popular, popular_query, popular_products);

// An order as shoppers and staff see it, and as its events tell it.

#define ORDER_STATE(X, E)                                                                          \
    X(E, prepared)                                                                                 \
    X(E, pending_payment) X(E, authorized) X(E, paid) X(E, declined) X(E, cancelled) X(E, refunded)
ENUMERATION(order_state, ORDER_STATE);
#define ORDER_WANTED(X, E) X(E, cancelled) X(E, refunded) X(E, captured)
ENUMERATION(order_wanted, ORDER_WANTED);

#define ADDRESS(F, S) ADDRESS_FIELDS(F, S)
SHAPE(address, ADDRESS);

#define TAX_LINE(F, S)                                                                             \
    F(S, text, name, .doc = "Of the tax.")                                                         \
    F(S, i64, rate_ppm, .doc = "190000 is 19 per cent.")                                           \
    F(S, minor, tax_minor, .doc = "Over the whole.")
SHAPE(tax_line, TAX_LINE);

#define ORDER_ITEM(F, S)                                                                           \
    F(S, text, sku, .doc = "Of the variant.")                                                      \
    F(S, text, handle, .doc = "Of the product's page then.")                                       \
    F(S, text, title, .doc = "Of the product then.")                                               \
    F(S, text, variant_title, .optional = true, .doc = "Its options.")                             \
    F(S, list(option_value), options, .doc = "What was chosen.")                                   \
    F(S, nested(image), image, .optional = true, .doc = "A picture.")                              \
    F(S, i64, quantity, .min = 1, .max = LIMIT_QUANTITY, .doc = "Pieces.")                         \
    F(S, minor, unit_price_minor, .doc = "Of one.")                                                \
    F(S, minor, discount_minor, .doc = "Taken off this line.")                                     \
    F(S, minor, tax_minor, .doc = "Of this line.")                                                 \
    F(S, minor, total_minor, .doc = "After discount; with tax.")
SHAPE(order_item, ORDER_ITEM);

#define ORDER_SHIPPING(F, S)                                                                       \
    F(S, text, code, .doc = "Of the option.")                                                      \
    F(S, text, name, .doc = "Of the option then.")
SHAPE(order_shipping, ORDER_SHIPPING);

#define ORDER_PAYMENT(F, S)                                                                        \
    F(S, text, provider, .doc = "Who was asked.")                                                  \
    F(S, text, state, .doc = "What was answered.")                                                 \
    F(S, text, reference, .optional = true, .doc = "The provider's name for it.")                  \
    F(S, minor, captured_minor, .optional = true,                                                  \
      .doc = "What was taken of the total; null: nothing yet.")
SHAPE(order_payment, ORDER_PAYMENT);

#define ORDER_EVENT(F, S)                                                                          \
    F(S, text, state, .doc = "What it became.")                                                    \
    F(S, time, at, .doc = "When.")                                                                 \
    F(S, text, note, .optional = true, .doc = "Why.")
SHAPE(order_event, ORDER_EVENT);

#define ORDER(F, S)                                                                                \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, text, number, .doc = "For people.")                                                       \
    F(S, one_of(order_state), state, .doc = "How far it is.")                                      \
    F(S, text, currency, .doc = "Of all amounts.")                                                 \
    F(S, text, email, .doc = "Where to write to.")                                                 \
    F(S, list(order_item), items, .max = LIMIT_CART_LINES, .doc = "As they were in the cart.")     \
    F(S, minor, subtotal_minor, .doc = "Goods before discount.")                                   \
    F(S, minor, discount_minor, .doc = "Taken off the goods.")                                     \
    F(S, minor, shipping_minor, .doc = "Of the option chosen.")                                    \
    F(S, minor, tax_minor, .doc = "In the total, whether prices contain it or not.")               \
    F(S, minor, total_minor, .doc = "What is paid.")                                               \
    F(S, minor, refunded_minor, .doc = "What was given back.")                                     \
    F(S, bool, prices_include_tax, .doc = "Whether prices contain the tax.")                       \
    F(S, list(tax_line), tax_lines, .max = 64, .doc = "By rate.")                                  \
    F(S, texts, coupons, .max = 10, .doc = "Codes that were used.")                                \
    F(S, nested(address), shipping_address, .optional = true, .doc = "Where it goes to.")          \
    F(S, nested(address), billing_address, .doc = "Who pays.")                                     \
    F(S, nested(order_shipping), shipping_option, .optional = true, .doc = "How it goes.")         \
    F(S, nested(order_payment), payment, .optional = true, .doc = "null: nothing to pay.")         \
    F(S, text, note, .optional = true, .doc = "From the shopper.")                                 \
    F(S, time, placed_at, .doc = "When it was made.")                                              \
    F(S, i64, queue_position, .optional = true,                                                    \
      .doc = "At most so many are before it and itself; null: it does not wait for its turn.")     \
    F(S, one_of(order_wanted), wanted, .optional = true, .doc = "Asked for, not done yet.")        \
    F(S, text, refusal, .optional = true,                                                          \
      .doc = "Code of the error that it came to nothing by; null: it did not.")                    \
    F(S, text, access_token, .optional = true, .secret = true,                                     \
      .doc = "Reads the order without a session; told on creation and to who has it.")             \
    F(S, list(order_event), history, .max = 100, .doc = "The oldest first.")
SHAPE(order, ORDER);

// Payload of the event order.changed, which follows every change of state. Its order has the token.
#define ORDER_CHANGED(F, S)                                                                        \
    F(S, one_of(order_state), before, .doc = "What it was.")                                       \
    F(S, bool, accepted, .optional = true, .doc = "Whether its shopper was told that it waits.")   \
    F(S, nested(order), order, .doc = "As it is now.")
SHAPE(order_changed, ORDER_CHANGED);

// Payload of the event order.report: the sales of a span, to be mailed (sales.h).
#define ORDER_REPORT(F, S)                                                                         \
    F(S, uuid, mail_id, .doc = "Follows from span and address.")                                   \
    F(S, text, recipient, .min = 3, .max = 254, .format = FORMAT_EMAIL, .doc = "E-mail.")          \
    F(S, text, subject, .doc = "One line.")                                                        \
    F(S, text, text, .max = LIMIT_BODY, .doc = "For people.")                                      \
    F(S, time, from, .doc = "The first moment of the span.")                                       \
    F(S, time, until, .doc = "Its end.")
SHAPE(order_report, ORDER_REPORT);

#endif
