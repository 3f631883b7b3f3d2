// What shoppers see of the catalogue, for the API (browse.c, browse_categories.c) and for the pages
// that leave the server with it in them (pages.c).
#ifndef SOUK_PRODUCT_BROWSE_H
#define SOUK_PRODUCT_BROWSE_H

#include "services/product/shop_money.h"
#include "services/product/view.h"

struct product_query;

// The currency asked for, else the shop's own; a fault of the field `currency` when it is not sold
// in.
CHECKED enum err browse_currency(struct rq *rq, const struct shop_money *money, const char *wanted,
                                 const char **out);
// A product as GET /products/{handle} shows it. ERR_NOT_FOUND when it is not for shoppers. Outside
// any snapshot. While the database does not answer it is shown as Memcached has it, with X-Cache:
// stale.
CHECKED enum err browse_product(struct rq *rq, const char *handle, const char *currency,
                                struct product *out);
// Names the product to caches on the way to the shopper, in Surrogate-Key.
void browse_mark(struct rq *rq, const struct uuid *product_id);
// A page of GET /products as JSON. Outside any snapshot.
CHECKED enum err browse_list(struct rq *rq, const struct product_query *in, struct buf *out);

#define CATEGORY(F, S)                                                                             \
    F(S, uuid, id, .doc = "Of the category.")                                                      \
    F(S, text, handle, .doc = "Name in addresses.")                                                \
    F(S, text, title, .doc = "For people.")                                                        \
    F(S, text, description, .max = 5000, .optional = true, .doc = "A sentence about it.")          \
    F(S, text, path, .max = 3000, .doc = "With its parents: Home > Kitchen.")                      \
    F(S, text, parent_handle, .optional = true, .doc = "Null at the top.")                         \
    F(S, i64, depth, .doc = "0 at the top.")                                                       \
    F(S, i64, position, .doc = "Order among its siblings.")                                        \
    F(S, i64, product_count, .doc = "Products in it and below it.")                                \
    F(S, nested(image), image, .optional = true, .doc = "Its own, else of a product in it.")
SHAPE(category, CATEGORY);

#define CATEGORIES(F, S) F(S, list(category), items, .max = 10000, .doc = "In tree order.")
SHAPE(categories, CATEGORIES);

// The tree as GET /categories shows it. Needs a snapshot.
CHECKED enum err browse_categories(struct rq *rq, struct categories *out);

#endif
