// The read model: the published catalogue in this process, ready to be listed and searched.
//
// It is filled at start and follows the numbers of the catalogue's changes and of the stock's
// movements. Whoever lists asks model_follow first, which reads what changed since and puts it in;
// that costs three small queries when nothing did. So a list is as fresh as the database, and a
// lost event cannot make it stale.
//
// Threads: model_follow lets one in at a time; everything else may run beside it. Texts that are
// read out of the model are copied under its lock.
#ifndef SOUK_PRODUCT_MODEL_H
#define SOUK_PRODUCT_MODEL_H

#include "app/rq.h"
#include "services/product/search.h"
#include "services/product/shop_money.h"
#include "services/product/version.h"

struct model;

struct model *model_of(const struct app *app);
struct search *model_search(struct model *model);

// Brings the model up to date, in the rq's snapshot or one of its own, and tells the shop's
// currencies, which live in rq->arena. Fails only when the database or a service that it asks is
// not there and the model was never filled; a copy that may be old is better than none.
CHECKED enum err model_follow(struct rq *rq, struct shop_money *money);

// The shop's currencies: as they are, or, while the order service does not answer, as the copy has
// them.
CHECKED enum err model_money(struct rq *rq, struct shop_money *money);

// Appends a product of a list as JSON; false when it is not there or not sold in the currency.
bool model_write_item(struct model *model, const struct uuid *id, const char *currency,
                      struct buf *out);

// What a suggestion shows of a product.
struct model_brief {
    const char *handle, *title, *image_json; // NULL: without a picture
    i64 price_minor;
};
bool model_brief(struct model *model, const struct uuid *id, const char *currency,
                 struct arena *arena, struct model_brief *out);
// The version of a product as the copy knows it, by handle, and the category tree: for a page while
// the database does not answer. False when there is no such product. A walk over all of them.
bool model_version(struct model *model, const char *handle, struct product_version *out);
struct category_tree *model_tree(struct model *model, struct arena *arena);
// Seconds since the copy was last brought up to date.
i64 model_age_s(const struct model *model);
// How often the model changed: what was made of it before is old.
u64 model_generation(const struct model *model);

#endif
