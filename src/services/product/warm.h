// Putting the documents of the popular products into Memcached: `souk warm` (warm_command.c).
#ifndef SOUK_PRODUCT_WARM_H
#define SOUK_PRODUCT_WARM_H

#include "app/rq.h"

struct warm_summary {
    i64 products;   // that were read
    i64 found, put; // were in Memcached; are there now
    bool unsold;    // the order service did not say what sells
};

// Popular is what was ordered most in the last thirty days, then what the merchant ranked highest,
// then what is newest: `top` products of these. Outside any transaction.
CHECKED enum err products_warm(struct rq *rq, i64 top, struct warm_summary *out);

#endif
