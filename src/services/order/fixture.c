// Goods, taxes and shipping for the tests of this folder. Contract in fixture.h.
#include "services/order/fixture.h"

#include <stdio.h>

#include "app/app.h"
#include "core/str.h"
#include "services/order/cart.h"

static struct {
    char sku[64];
    i64 price_minor;
    bool counted, gone;
} shelf[64];
static size_t shelf_count;

HANDLER(product_offers, offer_query, offers)
{
    out->items.items = ARENA_ARRAY(rq->arena, struct offer, in->sku.count);
    for (size_t i = 0; i < in->sku.count; i++)
        for (size_t j = 0; j < shelf_count; j++)
            if (str_equal(in->sku.items[i], shelf[j].sku) && !shelf[j].gone)
                out->items.items[out->items.count++] =
                    (struct offer){.sku = shelf[j].sku,
                                   .handle = "goods",
                                   .title = "Goods",
                                   .price_minor = shelf[j].price_minor,
                                   .tracked = shelf[j].counted,
                                   .taxable = true,
                                   .tax_class = "standard",
                                   .requires_shipping = true,
                                   .weight_g = 500};
    return ERR_OK;
}
static const struct route fixture_routes[] = {
    {GET, "/internal/v1/offers", &product_offers_handler, 200, ROLE_PEER, "Offers of tests."},
};
ROUTES(fixture, fixture_routes);

static size_t find(const char *sku)
{
    size_t i = 0;
    while (i < shelf_count && !str_equal(shelf[i].sku, sku))
        i++;
    return i;
}

void goods(struct test *t, const char *sku, i64 price_minor, i64 stock)
{
    size_t i = find(sku);
    shelf_count = i == shelf_count ? i + 1 : shelf_count;
    snprintf(shelf[i].sku, sizeof shelf[i].sku, "%s", sku);
    shelf[i].price_minor = price_minor;
    shelf[i].counted = stock >= 0;
    if (stock >= 0)
        goods_stock(t, sku, stock);
}

void goods_price(struct test *t, const char *sku, i64 price_minor)
{
    CHECK(find(sku) < shelf_count);
    shelf[find(sku)].price_minor = price_minor;
}

void goods_gone(struct test *t, const char *sku)
{
    CHECK(find(sku) < shelf_count);
    shelf[find(sku)].gone = true;
}

void goods_stock(struct test *t, const char *sku, i64 stock)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct stock_count count = {.sku = sku, .on_hand = stock};
    struct stock_counts counts = {.items = {.count = 1, .items = &count}};
    CHECK(call_inventory_count(rq, &counts, &(struct nothing){0}) == ERR_OK);
    rq_end(rq);
}

void shop_open(struct test *t)
{
    static bool open;
    if (open)
        return;
    open = true;
    check_as_staff(t, ROLE_ORDERS);
    check(t, "POST /api/v1/admin/tax-rates {'country':'DE','name':'VAT','rate_ppm':190000}", "201");
    check(t, "POST /api/v1/admin/tax-rates {'country':'FR','name':'TVA','rate_ppm':200000}", "201");
    check(t,
          "POST /api/v1/admin/shipping-zones {'name':'Home','places':[{'country':'DE'},"
          "{'country':'FR'}],'rates':[{'code':'parcel','name':'Parcel','basis':'flat',"
          "'currency':'EUR','price_minor':490,'free_over_minor':10000}]}",
          "201");
    check_headers(t, "");
}

void cart_with(struct test *t, const char *sku, int quantity)
{
    check(t, "POST /api/v1/carts {'currency':'EUR'}", "201 {'id':'<cart>','items':[],'version':1}");
    const char *add = arena_printf(
        t->arena, "POST /api/v1/carts/{cart}/items {'sku':'%s','quantity':%d}", sku, quantity);
    check(t, add, "201 {'items':[{'id':'<item>'}],'version':2}");
}
