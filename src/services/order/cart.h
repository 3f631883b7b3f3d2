// A cart as it is stored, and the basket: the cart with everything that its price depends on.
// carts.c changes carts, cart_copy.c finds the newest there is, basket.c reads and prices them,
// order_write.c makes orders of them.
#ifndef SOUK_SERVICES_ORDER_CART_H
#define SOUK_SERVICES_ORDER_CART_H

#include "services/inventory/inventory.h"
#include "services/order/order.h"
#include "services/order/shop.h"
#include "services/product/product.h"

#define CART_STATE(X, E) X(E, open) X(E, ordering) X(E, ordered) X(E, merged) X(E, abandoned)
ENUMERATION(cart_state, CART_STATE);

#define CART_ROW(F, S)                                                                             \
    F(S, uuid, id, .doc = "Of the cart.")                                                          \
    F(S, i64, version, .doc = "Grows with every change.")                                          \
    F(S, one_of(cart_state), state, .doc = "How far it is.")                                       \
    F(S, uuid, customer_id, .optional = true, .doc = "Whose it is; nobody's: a guest's.")          \
    F(S, text, currency, .doc = "Of all amounts.")                                                 \
    F(S, text, email, .optional = true, .doc = "Where to write to.")                               \
    F(S, text, country, .optional = true, .doc = "Where it goes to.")                              \
    F(S, text, region, .optional = true, .doc = "Where it goes to.")                               \
    F(S, text, postcode, .optional = true, .doc = "Where it goes to.")                             \
    F(S, text, shipping_option, .optional = true, .doc = "The option chosen.")                     \
    F(S, time, updated_at, .doc = "When it was changed last.")
SHAPE(cart_row, CART_ROW);
#define CART_COLUMNS                                                                               \
    "id, version, state, customer_id, currency, email, country, region, postcode,"                 \
    " shipping_option, updated_at"

#define CART_ITEM_ROW(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the line.")                                                          \
    F(S, uuid, cart_id, .doc = "Of the cart.")                                                     \
    F(S, text, sku, .doc = "Of the variant.")                                                      \
    F(S, text, title, .doc = "As it was when it was put in.")                                      \
    F(S, i64, quantity, .doc = "Pieces.")                                                          \
    F(S, minor, unit_price_minor, .doc = "As it was told last.")
SHAPE(cart_item_row, CART_ITEM_ROW);

#define CART_KEY(F, S) F(S, uuid, id, .doc = "Of the cart.")
SHAPE(cart_key, CART_KEY);

// Lines of price.lines and of items are the same, in order; so are price.coupons and coupons.
struct basket {
    struct shop_settings shop;
    struct cart_row cart;
    struct cart_item_row_list items;
    const struct offer **offers; // one a line, NULL: not for sale
    i64 *available;              // one a line, -1: not counted or owed
    struct coupon_list coupons;  // those that hold
    struct coupon_list ended;    // those that were put in and do not hold any more
    struct text_list coupon_ids; // of both, in the order they were put in
    struct tax_rate_list rates;
    struct shipping_rate_list shipping;
    struct price price;
};

// Reads and prices a cart in the transaction of rq. Lines that are not for sale cost nothing. A
// cart that has too many lines, or is worth too much, is refused.
CHECKED enum err basket_read(struct rq *rq, const struct cart_row *cart, struct basket *out);
// The same for a cart that may be newer than the database's (cart_copy.h).
struct cart_found;
CHECKED enum err basket_read_found(struct rq *rq, const struct cart_found *found,
                                   struct basket *out);
// The same for who has read the shop's settings.
CHECKED enum err basket_price(struct rq *rq, const struct shop_settings *shop,
                              const struct cart_found *found, struct basket *out);
// Lines and coupons' ids as they are stored.
CHECKED enum err basket_stored(struct rq *rq, const struct uuid *id,
                               struct cart_item_row_list *items, struct coupon_list *coupons);
// As the shopper sees it.
struct cart;
void basket_show(struct rq *rq, const struct basket *basket, struct cart *out);
// "12.50 EUR"
const char *amount_text(struct rq *rq, i64 minor, const char *currency);

#define CART_ITEM(F, S)                                                                            \
    F(S, uuid, id, .doc = "Of the line.")                                                          \
    F(S, text, sku, .doc = "Of the variant.")                                                      \
    F(S, text, handle, .doc = "Of the product's page; empty when there is none any more.")         \
    F(S, text, title, .doc = "Of the product.")                                                    \
    F(S, text, variant_title, .optional = true, .doc = "Its options.")                             \
    F(S, list(option_value), options, .doc = "What was chosen.")                                   \
    F(S, nested(image), image, .optional = true, .doc = "A picture.")                              \
    F(S, i64, quantity, .min = 1, .max = LIMIT_QUANTITY, .doc = "Pieces.")                         \
    F(S, minor, unit_price_minor, .doc = "Of one.")                                                \
    F(S, minor, compare_at_minor, .optional = true, .doc = "Struck-through price of one.")         \
    F(S, minor, discount_minor, .doc = "Taken off this line.")                                     \
    F(S, minor, tax_minor, .doc = "Of this line.")                                                 \
    F(S, minor, total_minor, .doc = "After discount; with tax.")                                   \
    F(S, i64, available, .min = 0, .optional = true,                                               \
      .doc = "How many could be bought; null: any.")                                               \
    F(S, bool, requires_shipping, .doc = "False for services and downloads.")
SHAPE(cart_item, CART_ITEM);

#define CART_COUPON(F, S)                                                                          \
    F(S, text, code, .doc = "As typed, large.")                                                    \
    F(S, one_of(coupon_kind), kind, .doc = "What it does.")                                        \
    F(S, text, detail, .doc = "For people.")                                                       \
    F(S, minor, discount_minor, .doc = "Taken off the goods; 0 for free shipping.")
SHAPE(cart_coupon, CART_COUPON);

#define NOTICE_CODE(X, E)                                                                          \
    X(E, price_changed) X(E, stock_reduced) X(E, unavailable) X(E, coupon_ended)
ENUMERATION(notice_code, NOTICE_CODE);

#define CART_NOTICE(F, S)                                                                          \
    F(S, one_of(notice_code), code, .doc = "What happened since the cart was changed last.")       \
    F(S, uuid, item_id, .optional = true, .doc = "To which line.")                                 \
    F(S, text, detail, .doc = "For people.")                                                       \
    F(S, minor, old_minor, .optional = true,                                                       \
      .doc = "price_changed: of one, before; null: there was none in this currency.")              \
    F(S, minor, new_minor, .optional = true, .doc = "price_changed: of one, now.")
SHAPE(cart_notice, CART_NOTICE);

#define CART(F, S)                                                                                 \
    F(S, uuid, id, .doc = "Not to be guessed: who knows it can change the cart of a guest.")       \
    F(S, i64, version, .doc = "Grows with every change; send it as If-Match to be sure.")          \
    F(S, text, currency, .doc = "Of all amounts.")                                                 \
    F(S, text, email, .optional = true, .doc = "Where to write to.")                               \
    F(S, text, country, .optional = true, .doc = "Where it goes to.")                              \
    F(S, text, region, .optional = true, .doc = "Where it goes to.")                               \
    F(S, text, postcode, .optional = true, .doc = "Where it goes to.")                             \
    F(S, text, shipping_option, .optional = true,                                                  \
      .doc = "The option chosen, while it is offered.")                                            \
    F(S, list(cart_item), items, .max = LIMIT_CART_LINES, .doc = "In the order they were put in.") \
    F(S, list(cart_coupon), coupons, .max = PRICE_COUPONS_MAX, .doc = "Those that hold.")          \
    F(S, list(cart_notice), notices, .max = 1000, .doc = "What the shopper should know.")          \
    F(S, minor, subtotal_minor, .doc = "Goods before discount.")                                   \
    F(S, minor, discount_minor, .doc = "Taken off the goods.")                                     \
    F(S, minor, shipping_minor, .doc = "Of the option chosen.")                                    \
    F(S, minor, tax_minor, .doc = "In the total, whether prices contain it or not.")               \
    F(S, minor, total_minor, .doc = "What is to be paid.")                                         \
    F(S, bool, prices_include_tax, .doc = "Whether prices contain the tax.")                       \
    F(S, list(tax_line), tax_lines, .max = PRICE_TAX_RATES_MAX, .doc = "By rate.")
SHAPE(cart, CART);

#endif
