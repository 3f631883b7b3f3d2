// Products by version: what shoppers and the read model read, out of Memcached where it is there
// (data/cache.h), else out of the rows.
//
//     struct product_version version;
//     enum err err = version_of_handle(rq, "linen-shirt", &version);
//     if (err == ERR_OK)
//         err = version_read(rq, &version, &parts);
//
// A version names all that is stored of a product: its last change, and the last change of what
// all products share (the category tree, the attributes' labels). So what Memcached has of it is
// right for ever, and a change needs to tell Memcached nothing. Only `stock_imported` of a variant,
// which imports write behind the number's back, is not to be believed.
#ifndef SOUK_PRODUCT_VERSION_H
#define SOUK_PRODUCT_VERSION_H

#include "services/product/catalogue.h"

#define PRODUCT_VERSION(F, S)                                                                      \
    F(S, uuid, id, .doc = "Of the product.")                                                       \
    F(S, i64, changed, .doc = "Number of its last change.")                                        \
    F(S, time, updated_at, .doc = "When: after a restore numbers are given out again.")            \
    F(S, i64, categories, .doc = "Number of the last change of what products share.")
SHAPE(product_version, PRODUCT_VERSION);

CHECKED enum err version_of_handle(struct rq *rq, const char *handle, struct product_version *out);
// Of the products that changed after a number, in the order of their changes, CATALOGUE_BATCH at
// most.
CHECKED enum err versions_changed(struct rq *rq, i64 after, struct product_version_list *out);
// Of the products that have these SKUs.
CHECKED enum err versions_of_skus(struct rq *rq, const struct text_list *skus,
                                  struct product_version_list *out);
// The rows of a version. In a snapshot that has seen it they are read where Memcached has none, and
// put there; rq->db may be NULL: then ERR_UNAVAILABLE.
CHECKED enum err version_read(struct rq *rq, const struct product_version *version,
                              struct parts *out);

#endif
