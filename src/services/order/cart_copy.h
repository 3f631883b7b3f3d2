// Carts and their copies in Redis: which of the two is the cart, and keeping the copy.
#ifndef SOUK_SERVICES_ORDER_CART_COPY_H
#define SOUK_SERVICES_ORDER_CART_COPY_H

#include "services/order/cart.h"

#define CART_DOCUMENT(F, S)                                                                        \
    F(S, nested(cart_row), cart, .doc = "The cart.")                                               \
    F(S, list(cart_item_row), items, .max = LIMIT_CART_LINES, .doc = "Its lines.")                 \
    F(S, texts, coupon_ids, .max = PRICE_COUPONS_MAX, .doc = "In the order they were put in.")
SHAPE(cart_document, CART_DOCUMENT);

// A cart as it is now; `document` is its copy in Redis where that is as new as the row or newer,
// else NULL: then lines and coupons are in the database.
struct cart_found {
    struct cart_row cart;
    const struct cart_document *document;
};

// Finds a cart in the transaction or snapshot of rq; ERR_NOT_FOUND. PostgreSQL may have lost the
// last changes of carts with its primary (they do not wait for a replica): where Redis has a newer
// cart, that one is it. One that `writes` gets it put back into the database.
CHECKED enum err cart_find(struct rq *rq, const struct uuid *id, bool writes,
                           struct cart_found *out);
// The same for a customer's cart, the open one before one that is being ordered.
CHECKED enum err cart_find_of(struct rq *rq, const struct uuid *customer_id, bool writes,
                              struct cart_found *out);
// Makes the database's cart what the document says, if that is newer and nothing stands against it.
CHECKED enum err cart_put_back(struct rq *rq, const struct cart_document *document, bool *done);
// Copies a cart to Redis after the commit and before the answer: as a basket has it, or as it is in
// the database; and that it is its customer's.
void cart_keep(struct rq *rq, const struct basket *basket);
CHECKED enum err cart_keep_stored(struct rq *rq, const struct uuid *id);
void cart_keep_customer(struct rq *rq, const struct cart_row *cart);

#endif
