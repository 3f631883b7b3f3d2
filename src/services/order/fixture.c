// Goods, taxes, shipping and orders for the tests of this folder. Contract in fixture.h.
#include "services/order/fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/audit.h"
#include "app/command.h"
#include "core/str.h"
#include "core/time.h"
#include "services/inventory/inventory.h"

// What is on sale, for the whole run.
static struct {
    char sku[64], product[40], variant[40];
    i64 price_minor;
} shelf[128];
static size_t shelf_count;

static size_t find(const char *sku)
{
    size_t i = 0;
    while (i < shelf_count && !str_equal(shelf[i].sku, sku))
        i++;
    return i;
}

static void put_on_sale(struct test *t, const char *sku, i64 price_minor, i64 stock)
{
    size_t i = shelf_count++;
    assert(i < COUNT_OF(shelf));
    check(t,
          arena_printf(t->arena,
                       "POST /api/v1/admin/products {'title':'Goods','handle':'goods-%s',"
                       "'status':'active','published':true,'variants':[{'sku':'%s',"
                       "'price_minor':%lld,'weight_g':500,'tracked':%s,'stock':%lld}]}",
                       str_lower(t->arena, sku), sku, (long long)price_minor,
                       stock >= 0 ? "true" : "false", (long long)max_i64(stock, 0)),
          "201 {'id':'<product>','variants':[{'id':'<variant>'}]}");
    snprintf(shelf[i].sku, sizeof shelf[i].sku, "%s", sku);
    snprintf(shelf[i].product, sizeof shelf[i].product, "%s", check_value("product"));
    snprintf(shelf[i].variant, sizeof shelf[i].variant, "%s", check_value("variant"));
    shelf[i].price_minor = price_minor;
}

void goods(struct test *t, const char *sku, i64 price_minor, i64 stock)
{
    check_as_staff(t, ROLE_CATALOG);
    if (find(sku) == shelf_count)
        put_on_sale(t, sku, price_minor, stock);
    check_headers(t, "");
    goods_price(t, sku, price_minor);
    if (stock >= 0)
        goods_stock(t, sku, stock);
}

void goods_price(struct test *t, const char *sku, i64 price_minor)
{
    size_t i = find(sku);
    CHECK(i < shelf_count);
    if (i == shelf_count || shelf[i].price_minor == price_minor)
        return;
    check_as_staff(t, ROLE_CATALOG);
    check(t,
          arena_printf(t->arena,
                       "PUT /api/v1/admin/variants/%s/prices {'prices':[{'currency':'EUR',"
                       "'price_minor':%lld}]}",
                       shelf[i].variant, (long long)price_minor),
          "200");
    check_headers(t, "");
    shelf[i].price_minor = price_minor;
}

void goods_gone(struct test *t, const char *sku)
{
    size_t i = find(sku);
    CHECK(i < shelf_count);
    check_as_staff(t, ROLE_CATALOG);
    check(t, arena_printf(t->arena, "DELETE /api/v1/admin/products/%s", shelf[i].product), "204");
    check_headers(t, "");
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
    check(t,
          arena_printf(t->arena, "POST /api/v1/carts/{cart}/items {'sku':'%s','quantity':%d}", sku,
                       quantity),
          "201 {'items':[{'id':'<item>'}],'version':2}");
}

void order_begin(struct test *t, const char *sku, i64 stock)
{
    check_app()->config.payment_timeout_ms = 20;
    shop_open(t);
    goods(t, sku, 1000, stock);
    cart_with(t, sku, 2);
}

void order_cart(struct test *t, const char *key, const char *token, const char *expected)
{
    check(t,
          arena_printf(t->arena,
                       "POST /api/v1/orders\nIdempotency-Key: %s\n{'cart_id':'{cart}',"
                       "'email':'Ada@Example.org','shipping_address':{'name':'Ada',"
                       "'line1':'Street 1','city':'Berlin','postcode':'10115','country':'DE'},"
                       "'shipping_option':'parcel','payment':{'provider':'test','token':'%s'}}",
                       key, token),
          expected);
}

void order_sweep(struct test *t, i64 after_ms)
{
    time_shift_ms(after_ms);
    CHECK(job_run(check_app(), "order_sweeper") == ERR_OK);
    time_shift_ms(0);
}

const char *order_refused_command(struct test *t, const char *words)
{
    char *argv[12] = {arena_text(t->arena, "souk")};
    int argc = 1, kept = dup(STDERR_FILENO);
    FILE *said = tmpfile();
    char text[500] = {0};
    for (const char *at = words; *at != '\0' && argc < 12; at += strspn(at, " ")) {
        argv[argc++] = arena_text_n(t->arena, at, strcspn(at, " "));
        at += strcspn(at, " ");
    }
    CHECK(said != NULL && kept >= 0);
    fflush(stderr);
    dup2(fileno(said), STDERR_FILENO);
    int status = command_main(argc, argv);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(said);
    size_t length = fread(text, 1, sizeof text - 1, said);
    fclose(said);
    CHECK_I64(status, 1);
    return arena_text_n(t->arena, text, length);
}
