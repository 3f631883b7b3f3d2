// Tests of carts: lines, prices, coupons, taxes, shipping, notices, whose they are.
#include <string.h>

#include "app/app.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/fixture.h"
#include "services/order/order.h"

TEST(cart_lines)
{
    goods(t, "CART-A", 1000, 5);
    goods(t, "CART-B", 250, -1);
    cart_with(t, "CART-A", 2);
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-B','quantity':4}",
          "201 {'items':[{'sku':'CART-A','quantity':2,'unit_price_minor':1000,'available':5},"
          "{'sku':'CART-B','quantity':4,'total_minor':1000,'available':null}],"
          "'subtotal_minor':3000,'total_minor':3000,'notices':[]}");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-A','quantity':1}",
          "201 {'items':[{'quantity':3},{'quantity':4}]}");
    check(t, "PATCH /api/v1/carts/{cart}/items/{item} {'quantity':1}",
          "200 {'items':[{'quantity':1},{}],'total_minor':2000}");
    check(t, "PATCH /api/v1/carts/{cart}/items/{item} {'quantity':0}",
          "200 {'items':[{'sku':'CART-B'}]}");
    check(t, "DELETE /api/v1/carts/{cart}/items/{item}", "404 {'code':'not_found'}");
    check(t, "PATCH /api/v1/carts/{cart}/items/{item} {'quantity':2}", "404 {'code':'not_found'}");
    check(t, "GET /api/v1/carts/{cart}", "200 {'id':'{cart}','version':6}");
}

TEST(cart_refuses)
{
    goods(t, "CART-C", 1000, 3);
    cart_with(t, "CART-C", 3);
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-C','quantity':1}",
          "409 {'code':'out_of_stock','errors':[{'field':'items.CART-C','detail':'3 left'}]}");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-NEVER','quantity':1}",
          "422 {'code':'invalid','errors':[{'field':'sku'}]}");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-C','quantity':-1}",
          "422 {'errors':[{'field':'quantity','detail':'less than 1'}]}");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-C','quantity':99999999999999999999}",
          "422 {'errors':[{'field':'quantity','detail':'too large a number'}]}");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-C','quantity':'1'}", "422");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-C','quantity':1,'price':0}",
          "422 {'errors':[{'field':'price'}]}");
    check(t, "POST /api/v1/carts {'currency':'QQQ'}", "422 {'errors':[{'field':'currency'}]}");
    check(t, "POST /api/v1/carts {'currency':'JPY'}", "422 {'errors':[{'field':'currency'}]}");
    check(t, "GET /api/v1/carts/nonsense", "404 {'code':'not_found'}");
    check(t, "GET /api/v1/carts/01890000-0000-7000-8000-000000000000", "404 {'code':'not_found'}");
    check(t, "PATCH /api/v1/carts/{cart} {'country':'XX'}", "422 {'errors':[{'field':'country'}]}");
    check(t, "GET /api/v1/carts/{cart}", "200 {'items':[{'quantity':3}],'version':2}");
}

TEST(cart_line_that_is_too_long)
{
    goods(t, "CART-D", 1, -1);
    cart_with(t, "CART-D", 9999);
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-D','quantity':1}",
          "422 {'errors':[{'field':'quantity'}]}");
    goods(t, "CART-DEAR", LIMIT_MINOR, -1);
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-DEAR','quantity':9}", "422");
    check(t, "GET /api/v1/carts/{cart}", "200 {'items':[{}]}");
}

TEST(cart_taxes_and_shipping)
{
    shop_open(t);
    goods(t, "CART-E", 1190, -1);
    cart_with(t, "CART-E", 1);
    check(t, "GET /api/v1/carts/{cart}/shipping-options", "200 {'items':[]}");
    check(t, "GET /api/v1/carts/{cart}/shipping-options?country=FR",
          "200 {'items':[{'code':'parcel','name':'Parcel','price_minor':490,'currency':'EUR'}]}");
    check(t, "GET /api/v1/carts/{cart}/shipping-options?country=BR", "200 {'items':[]}");
    check(t, "PATCH /api/v1/carts/{cart} {'shipping_option':'parcel'}",
          "422 {'errors':[{'field':'shipping_option'}]}");
    check(
        t,
        "PATCH /api/v1/carts/{cart} {'country':'DE','postcode':'10115','shipping_option':'parcel',"
        "'email':'a@b.de'}",
        "200 {'email':'a@b.de','shipping_minor':490,'total_minor':1680,'tax_minor':268,"
        "'prices_include_tax':true,'tax_lines':[{'name':'VAT','rate_ppm':190000,'tax_minor':268}],"
        "'items':[{'tax_minor':190}]}");
    check(t, "PATCH /api/v1/carts/{cart} {'country':'BR'}",
          "200 {'shipping_option':null,'shipping_minor':0,'tax_minor':0,'total_minor':1190}");
    check(t, "PATCH /api/v1/carts/{cart} {'country':'FR'}", "200 {'shipping_minor':490}");
    check(t, "PATCH /api/v1/carts/{cart}/items/{item} {'quantity':9}", "200 {'shipping_minor':0}");
}

TEST(cart_coupons)
{
    check_as_staff(t, ROLE_ORDERS);
    check(t, "POST /api/v1/admin/coupons {'code':' ten ','kind':'percent','percent_ppm':100000}",
          "201 {'id':'<ten>','code':'TEN','uses':0,'active':true}");
    check(t,
          "POST /api/v1/admin/coupons {'code':'FIVE','kind':'fixed','amount_minor':500,"
          "'minimum_minor':5000,'currency':'EUR'}",
          "201");
    check(t, "POST /api/v1/admin/coupons {'code':'TEN','kind':'free_shipping'}", "409");
    check(t, "POST /api/v1/admin/coupons {'code':'X','kind':'percent'}",
          "422 {'errors':[{'field':'percent_ppm'}]}");
    check(t, "POST /api/v1/admin/coupons {'code':'X','kind':'fixed','amount_minor':5}",
          "422 {'errors':[{'field':'currency'}]}");
    check(t,
          "POST /api/v1/admin/coupons {'code':'SOON','kind':'free_shipping',"
          "'starts_at':'2099-01-01'}",
          "201");
    check_headers(t, "");
    goods(t, "CART-F", 1005, -1);
    cart_with(t, "CART-F", 1);
    check(
        t, "POST /api/v1/carts/{cart}/coupons {'code':'ten'}",
        "200 {'coupons':[{'code':'TEN','kind':'percent','detail':'10 % off','discount_minor':101}],"
        "'discount_minor':101,'total_minor':904,'items':[{'discount_minor':101}]}");
    check(t, "POST /api/v1/carts/{cart}/coupons {'code':'FIVE'}",
          "200 {'coupons':[{},{'code':'FIVE','detail':'from 50.00 EUR on','discount_minor':0}]}");
    check(t, "PATCH /api/v1/carts/{cart}/items/{item} {'quantity':5}",
          "200 {'coupons':[{},{'detail':'5.00 EUR off','discount_minor':500}],"
          "'discount_minor':1003}");
    check(t, "POST /api/v1/carts/{cart}/coupons {'code':'SOON'}",
          "422 {'errors':[{'field':'code','detail':'SOON is not valid yet'}]}");
    check(t, "POST /api/v1/carts/{cart}/coupons {'code':'NONE'}",
          "422 {'errors':[{'field':'code'}]}");
    check(t, "DELETE /api/v1/carts/{cart}/coupons/five", "200 {'coupons':[{}]}");
    check(t, "DELETE /api/v1/carts/{cart}/coupons/five", "404");
    check_as_staff(t, ROLE_ORDERS);
    check(t, "PATCH /api/v1/admin/coupons/{ten} {'active':false}", "200 {'active':false}");
    check_headers(t, "");
    check(t, "GET /api/v1/carts/{cart}",
          "200 {'coupons':[],'discount_minor':0,'notices':[{'code':'coupon_ended',"
          "'detail':'The coupon TEN is no longer valid.'}]}");
    check(t, "PATCH /api/v1/carts/{cart} {'country':'BR'}", "200 {'notices':[{}]}");
    check(t, "GET /api/v1/carts/{cart}", "200 {'notices':[]}");
}

TEST(cart_notices)
{
    goods(t, "CART-G", 1000, 5);
    goods(t, "CART-H", 1000, 5);
    cart_with(t, "CART-G", 4);
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-H','quantity':1}", "201 {'notices':[]}");
    goods_price(t, "CART-G", 1200);
    goods_stock(t, "CART-G", 2);
    goods_gone(t, "CART-H");
    check(t, "GET /api/v1/carts/{cart}",
          "200 {'notices':[{'code':'price_changed','item_id':'{item}','old_minor':1000,"
          "'new_minor':1200,'detail':'The price of Goods is now 12.00 EUR; it was 10.00 EUR.'},"
          "{'code':'stock_reduced','detail':'Only 2 of Goods left.'},{'code':'unavailable'}],"
          "'total_minor':4800}");
    check(t, "PATCH /api/v1/carts/{cart}/items/{item} {'quantity':3}",
          "409 {'code':'out_of_stock'}");
    check(t, "PATCH /api/v1/carts/{cart}/items/{item} {'quantity':2}",
          "200 {'notices':[{'code':'price_changed'},{'code':'unavailable'}]}");
    check(t, "GET /api/v1/carts/{cart}",
          "200 {'notices':[{'code':'unavailable'}],'total_minor':2400}");
}

TEST(cart_version)
{
    goods(t, "CART-I", 1000, 5);
    cart_with(t, "CART-I", 1);
    CHECK_TEXT(check_header("ETag"), "\"2\"");
    check(t, "PATCH /api/v1/carts/{cart}\nIf-Match: \"1\"\n{'country':'DE'}",
          "412 {'code':'version_mismatch'}");
    check(t, "PATCH /api/v1/carts/{cart}\nIf-Match: \"2\"\n{'country':'DE'}", "200 {'version':3}");
}

static void merge(struct test *t, const char *cart, const char *user, const char *into)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct cart_merge in = {.user_id = uuid_of(user)};
    struct cart_merged out;
    CHECK(*cart == '\0' || uuid_parse(cart, &in.cart_id));
    CHECK(call_cart_merge(rq, &in, &out) == ERR_OK);
    CHECK_TEXT(out.cart_id.s, into);
    rq_end(rq);
}

TEST(cart_of_a_customer)
{
    goods(t, "CART-J", 1000, -1);
    goods(t, "CART-K", 100, -1);
    cart_with(t, "CART-J", 2);
    merge(t, "", "cart-j", "");
    merge(t, check_value("cart"), "cart-j", check_value("cart"));
    check(t, "GET /api/v1/carts/{cart}", "404 {'code':'not_found'}"); // not a guest's any more
    const char *own = arena_text(t->arena, check_value("cart"));
    cart_with(t, "CART-J", 9998);
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-K','quantity':1}", "201");
    merge(t, check_value("cart"), "cart-j", own);
    merge(t, check_value("cart"), "cart-j", own); // again: nothing more
    check(t, "GET /api/v1/carts/{cart}", "404 {'code':'not_found'}");
}

TEST(cart_of_whoever_is_logged_in)
{
    goods(t, "CART-L", 1000, -1);
    check_as_staff(t, 0);
    check(t, "GET /api/v1/users/me/cart", "404 {'code':'not_found'}");
    check(t, "POST /api/v1/carts {}", "201 {'id':'<cart>','currency':'EUR'}");
    check(t, "POST /api/v1/carts {}", "201 {'id':'{cart}'}");
    check(t, "GET /api/v1/users/me/cart", "200 {'id':'{cart}'}");
    check_headers(t, "");
    check(t, "GET /api/v1/carts/{cart}", "404 {'code':'not_found'}");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-L','quantity':1}", "404");
}

TEST(cart_forgotten_when_old)
{
    goods(t, "CART-M", 1000, -1);
    cart_with(t, "CART-M", 1);
    CHECK(job_run(check_app(), "cart_expiry") == ERR_OK);
    check(t, "GET /api/v1/carts/{cart}", "200");
    time_shift_ms(61 * DAY_MS);
    CHECK(job_run(check_app(), "cart_expiry") == ERR_OK);
    check(t, "GET /api/v1/carts/{cart}", "404");
    time_shift_ms(0);
}

TEST(tax_rates_of_staff)
{
    check_as_staff(t, ROLE_ORDERS);
    check(
        t, "POST /api/v1/admin/tax-rates {'country':'CA','name':'GST','rate_ppm':50000}",
        "201 {'id':'<gst>','region':null,'tax_class':'standard','priority':1,'on_shipping':true}");
    check(t, "POST /api/v1/admin/tax-rates {'country':'CA','name':'GST','rate_ppm':60000}", "409");
    check(t, "POST /api/v1/admin/tax-rates {'country':'ZZ','name':'GST','rate_ppm':60000}", "422");
    check(t, "POST /api/v1/admin/tax-rates {'country':'CA','name':'GST','rate_ppm':1000001}",
          "422");
    check(t, "PATCH /api/v1/admin/tax-rates/{gst} {'rate_ppm':70000}",
          "200 {'rate_ppm':70000,'name':'GST'}");
    check(t, "GET /api/v1/admin/tax-rates", "200 {'items':[{'country':'CA'},'...']}");
    check(t, "DELETE /api/v1/admin/tax-rates/{gst}", "204");
    check(t, "DELETE /api/v1/admin/tax-rates/{gst}", "404");
    check(t, "PATCH /api/v1/admin/tax-rates/{gst} {'rate_ppm':70000}", "404");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/tax-rates", "403");
}

TEST(shipping_zones_of_staff)
{
    check_as_staff(t, ROLE_ORDERS);
    check(t,
          "POST /api/v1/admin/shipping-zones {'name':'Alps','places':[{'country':'CH'},"
          "{'country':'AT','region':'7'}],'rates':[{'code':'post','name':'Post','basis':'weight',"
          "'bracket_below':1000,'currency':'EUR','price_minor':300}]}",
          "201 {'id':'<zone>','name':'Alps',"
          "'places':[{'country':'AT','region':'7'},{'country':'CH'}],"
          "'rates':[{'code':'post','basis':'weight','bracket_from':0,'bracket_below':1000}]}");
    check(t, "POST /api/v1/admin/shipping-zones {'name':'Alps','places':[],'rates':[]}", "409");
    check(t,
          "POST /api/v1/admin/shipping-zones {'name':'B','places':[{'country':'CH'}],'rates':[]}",
          "409");
    check(t, "POST /api/v1/admin/shipping-zones {'name':'B','places':[{'country':'Q'}],'rates':[]}",
          "422 {'errors':[{'field':'places.0.country'}]}");
    check(
        t,
        "PATCH /api/v1/admin/shipping-zones/{zone} {'name':'Peaks','places':[{'country':'CH'}],"
        "'rates':[{'code':'post','name':'Post','basis':'total','bracket_from':5,'bracket_below':5,"
        "'currency':'EUR','price_minor':1}]}",
        "422 {'errors':[{'field':'rates.0.bracket_below'}]}");
    check(t, "PATCH /api/v1/admin/shipping-zones/{zone} {'name':'Peaks','places':[]}",
          "200 {'name':'Peaks','places':[],'rates':[{}]}");
    check(t, "GET /api/v1/admin/shipping-zones", "200 {'items':[{},'...']}");
    check(t, "DELETE /api/v1/admin/shipping-zones/{zone}", "204");
    check(t, "DELETE /api/v1/admin/shipping-zones/{zone}", "404");
    check(t, "PATCH /api/v1/admin/shipping-zones/{zone} {'name':'Peaks'}", "404");
}

TEST(coupons_of_staff)
{
    check_as_staff(t, ROLE_ORDERS);
    check(t, "POST /api/v1/admin/coupons {'code':'STAFF','kind':'free_shipping','uses_max':3}",
          "201 {'id':'<coupon>','uses_max':3,'ends_at':null}");
    check(t,
          "PATCH /api/v1/admin/coupons/{coupon} {'uses_max':null,'ends_at':'2030-01-01T00:00:00Z'}",
          "200 {'uses_max':null,'ends_at':'2030-01-01T00:00:00.000Z'}");
    check(t, "PATCH /api/v1/admin/coupons/{coupon} {'starts_at':'2031-01-01T00:00:00Z'}",
          "422 {'errors':[{'field':'ends_at'}]}");
    check(t, "POST /api/v1/admin/coupons {'code':'STAFF-2','kind':'free_shipping'}", "201");
    check(t, "GET /api/v1/admin/coupons?limit=1",
          "200 {'items':[{'code':'STAFF-2'}],'next_cursor':'<next>'}");
    check(t, "GET /api/v1/admin/coupons?limit=1&cursor={next}", "200 {'items':[{'code':'STAFF'}]}");
    check(t, "DELETE /api/v1/admin/coupons/{coupon}", "204");
    check(t, "DELETE /api/v1/admin/coupons/{coupon}", "404");
    check(t, "PATCH /api/v1/admin/coupons/{coupon} {'active':true}", "404");
}

TEST(shop_facts)
{
    check_as_staff(t, ROLE_ADMIN);
    check(t, "PATCH /api/v1/admin/shop {'currencies':['USD']}",
          "422 {'errors':[{'field':'currencies'}]}");
    check(t, "PATCH /api/v1/admin/shop {'currencies':['EUR','ABC']}", "422");
    check(t, "PATCH /api/v1/admin/shop {'name':'Corner shop'}",
          "200 {'name':'Corner shop','currency':'EUR','prices_include_tax':true}");
    check_headers(t, "");
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct shop_facts facts;
    CHECK(call_shop_facts(rq, &(struct nothing){0}, &facts) == ERR_OK);
    CHECK_TEXT(facts.name, "Corner shop");
    CHECK(facts.currencies.count == 1);
    rq_end(rq);
    check(t, "GET /api/v1/shop",
          "200 {'name':'Corner shop','currencies':['EUR'],'test_payments':true,"
          "'payment_providers':['test'],'countries':[{'code':'*','name':'*','regions':[]},'...']}");
}

// Another shop: prices without tax, in currencies of no and of three decimals.
TEST(cart_of_a_shop_without_tax_in_its_prices)
{
    shop_open(t);
    check_as_staff(t, ROLE_ADMIN);
    check(t,
          "PATCH /api/v1/admin/shop {'prices_include_tax':false,'currencies':['EUR','JPY','KWD']}",
          "200 {'prices_include_tax':false}");
    goods(t, "CART-N", 1000, -1);
    check_as_staff(t, ROLE_ADMIN);
    check(t, "GET /api/v1/admin/products?q=CART-N", "200 {'items':[{'id':'<product>'}]}");
    check(t, "GET /api/v1/admin/products/{product}", "200 {'variants':[{'id':'<variant>'}]}");
    check(t,
          "PUT /api/v1/admin/variants/{variant}/prices {'prices':[{'currency':'EUR',"
          "'price_minor':1000},{'currency':'JPY','price_minor':333},"
          "{'currency':'KWD','price_minor':12345}]}",
          "200");
    check_headers(t, "");
    cart_with(t, "CART-N", 1);
    check(t, "PATCH /api/v1/carts/{cart} {'country':'DE','shipping_option':'parcel'}",
          "200 {'subtotal_minor':1000,'shipping_minor':490,'tax_minor':283,'total_minor':1773,"
          "'prices_include_tax':false,'items':[{'tax_minor':190,'total_minor':1190}]}");
    check(t, "POST /api/v1/carts {'currency':'JPY'}", "201 {'id':'<cart>'}");
    check(t, "PATCH /api/v1/carts/{cart} {'country':'FR'}", "200");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-N','quantity':2}",
          "201 {'currency':'JPY','subtotal_minor':666,'tax_minor':133,'total_minor':799}");
    check(t, "POST /api/v1/carts {'currency':'KWD'}", "201 {'id':'<cart>'}");
    check(t, "PATCH /api/v1/carts/{cart} {'country':'DE'}", "200");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'CART-N','quantity':3}",
          "201 {'subtotal_minor':37035,'tax_minor':7037,'total_minor':44072}");
    check_as_staff(t, ROLE_ADMIN);
    check(t, "PATCH /api/v1/admin/shop {'prices_include_tax':true,'currencies':['EUR']}", "200");
}
