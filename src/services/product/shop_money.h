// The currencies of the shop, as the order service has them.
#ifndef SOUK_PRODUCT_SHOP_MONEY_H
#define SOUK_PRODUCT_SHOP_MONEY_H

#include "app/rq.h"
#include "core/shape.h"

struct shop_money {
    const char *currency; // where none is named
    struct text_list currencies;
};

CHECKED enum err shop_money_read(struct rq *rq, struct shop_money *out);
bool shop_money_has(const struct shop_money *money, const char *currency);

#endif
