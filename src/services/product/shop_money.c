// Asking for the shop's currencies. Contract in shop_money.h.
#include "services/product/shop_money.h"

#include "core/str.h"
#include "services/order/order.h"

enum err shop_money_read(struct rq *rq, struct shop_money *out)
{
    struct shop_facts facts = {0};
    enum err err = call_shop_facts(rq, &(struct nothing){0}, &facts);
    *out = (struct shop_money){.currency = facts.currency, .currencies = facts.currencies};
    return err;
}

bool shop_money_has(const struct shop_money *money, const char *currency)
{
    for (size_t i = 0; i < money->currencies.count; i++)
        if (str_equal(money->currencies.items[i], currency))
            return true;
    return false;
}
