// Handing over to the inventory what documents say about stock (put.h).
#ifndef SOUK_PRODUCT_STOCK_H
#define SOUK_PRODUCT_STOCK_H

#include "services/product/put.h"

// Outside any transaction: has the inventory count, then notes that it did. Safe to repeat.
CHECKED enum err product_stock_count(struct rq *rq, const struct counted_variant_list *counts,
                                     const char *reason);

#endif
