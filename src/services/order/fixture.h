// What the tests of carts and orders start from. Only souk-test links it.
#ifndef SOUK_SERVICES_ORDER_FIXTURE_H
#define SOUK_SERVICES_ORDER_FIXTURE_H

#include "app/check.h"

// A variant for sale at a price in EUR, with so many in stock (-1: not counted).
void goods(struct test *t, const char *sku, i64 price_minor, i64 stock);
void goods_price(struct test *t, const char *sku, i64 price_minor);
void goods_stock(struct test *t, const char *sku, i64 stock);
void goods_gone(struct test *t, const char *sku);
// Germany and France at 19 and 20 per cent, parcels for 490 there, free from 10000 on; once a run.
void shop_open(struct test *t);
// A cart with so many of a SKU, remembered as "cart"; its line is "item".
void cart_with(struct test *t, const char *sku, int quantity);

// A cart with two of a SKU at 1000, so many in stock; a provider that is waited for 20 ms.
void order_begin(struct test *t, const char *sku, i64 stock);
// Orders the cart "cart" with a token of the test provider, under a key of its own: 2490 in all.
void order_cart(struct test *t, const char *key, const char *token, const char *expected);
// What the sweeper of orders does when so much time has passed.
void order_sweep(struct test *t, i64 after_ms);

// What `souk WORDS` says on standard error, where it ends before it opens the database.
const char *order_refused_command(struct test *t, const char *words);

#endif
