// Asking for the shop's currencies. Contract in shop_money.h.
#include "services/product/shop_money.h"

#include "core/str.h"

enum err shop_money_read(struct rq *rq, struct shop_money *out)
{
    *out = (struct shop_money){.currency = "EUR"};
    out->currencies.items = ARENA_ARRAY(rq->arena, const char *, 1);
    out->currencies.items[out->currencies.count++] = out->currency;
    return ERR_OK;
}

bool shop_money_has(const struct shop_money *money, const char *currency)
{
    for (size_t i = 0; i < money->currencies.count; i++)
        if (str_equal(money->currencies.items[i], currency))
            return true;
    return false;
}
