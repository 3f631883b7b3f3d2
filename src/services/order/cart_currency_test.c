// Tests of carts whose currency changes, and of coupons that do not hold in the cart's currency or
// not any more.
#include "app/app.h"
#include "services/order/fixture.h"

// Nothing to send: neither needs an address of ours or a rate in its currency.
static void service(struct test *t, const char *sku, int euro_minor)
{
    check(t,
          arena_printf(t->arena,
                       "POST /api/v1/admin/products {'title':'%s','handle':'%s','status':'active',"
                       "'published':true,'variants':[{'sku':'%s','price_minor':%d,"
                       "'tracked':false,'requires_shipping':false}]}",
                       sku, sku, sku, euro_minor),
          "201 {'variants':[{'id':'<variant>'}]}");
}

static void use_currencies(struct test *t, const char *currencies)
{
    check_as_staff(t, ROLE_ADMIN);
    check(t, arena_printf(t->arena, "PATCH /api/v1/admin/shop {'currencies':[%s]}", currencies),
          "200");
    check_headers(t, "");
}

// A coupon of any currency, and one of EUR.
static void two_coupons(struct test *t, const char *any, const char *euro)
{
    check(t,
          arena_printf(t->arena,
                       "POST /api/v1/admin/coupons {'code':'%s','kind':'percent',"
                       "'percent_ppm':100000}",
                       any),
          "201");
    check(t,
          arena_printf(t->arena,
                       "POST /api/v1/admin/coupons {'code':'%s','kind':'fixed','amount_minor':100,"
                       "'currency':'EUR'}",
                       euro),
          "201 {'id':'<euro>'}");
}

// What is sold in both currencies, and what is sold in EUR alone.
static void begin(struct test *t, const char *both, const char *euro_only)
{
    use_currencies(t, "'EUR','USD'");
    check_as_staff(t, ROLE_CATALOG);
    service(t, both, 1000);
    check(t,
          "PUT /api/v1/admin/variants/{variant}/prices {'prices':[{'currency':'EUR',"
          "'price_minor':1000},{'currency':'USD','price_minor':1100}]}",
          "200");
    service(t, euro_only, 250);
    check_headers(t, "");
}

static void add(struct test *t, const char *sku, int quantity)
{
    check(t,
          arena_printf(t->arena, "POST /api/v1/carts/{cart}/items {'sku':'%s','quantity':%d}", sku,
                       quantity),
          "201 {'notices':[]}");
}

static void add_coupon(struct test *t, const char *code)
{
    check(t, arena_printf(t->arena, "POST /api/v1/carts/{cart}/coupons {'code':'%s'}", code),
          "200 {'notices':[]}");
}

static void order(struct test *t, const char *key, const char *token, const char *more,
                  const char *expected)
{
    check(t,
          arena_printf(t->arena,
                       "POST /api/v1/orders\nIdempotency-Key: %s\n{'cart_id':'{cart}',"
                       "'email':'ada@example.org',%s'billing_address':{'name':'Ada',"
                       "'line1':'Street 1','city':'Berlin','postcode':'10115','country':'BR'},"
                       "'payment':{'provider':'test','token':'%s'}}",
                       key, more, token),
          expected);
}

static void log_in(struct test *t, const char *email, const char *more, const char *expected)
{
    check_headers(t, "");
    check(t,
          arena_printf(t->arena,
                       "POST /api/v1/sessions {'email':'%s','password':'correct horse',"
                       "'transport':'bearer'%s}",
                       email, more),
          expected);
    check_headers(t,
                  arena_printf(t->arena, "Authorization: Bearer %s\r\n", check_value("session")));
}

// A new customer, logged in.
static void join(struct test *t, const char *email)
{
    check_headers(t, "");
    check(t,
          arena_printf(t->arena,
                       "POST /api/v1/users {'email':'%s','password':'correct horse','name':'Ann'}",
                       email),
          "202");
    check_mail(t, email);
    check(t, "POST /api/v1/email-verifications {'token':'{token}'}", "200");
    log_in(t, email, "", "201 {'token':'<session>','cart_id':null}");
}

// The lines stay as they are, not added a second time, and are told and ordered in the new
// currency.
TEST(cart_of_a_customer_changes_its_currency)
{
    begin(t, "cur-a", "cur-b");
    check_as_staff(t, ROLE_ORDERS);
    two_coupons(t, "CUR-TEN", "CUR-EURO");
    join(t, "ann@currency.test");
    check(t, "POST /api/v1/carts {'currency':'EUR'}", "201 {'id':'<cart>','currency':'EUR'}");
    add(t, "cur-a", 2);
    add(t, "cur-b", 1);
    add_coupon(t, "CUR-TEN");
    add_coupon(t, "CUR-EURO");
    check(t, "POST /api/v1/carts {'currency':'USD'}",
          "201 {'id':'{cart}','currency':'USD','items':[{'sku':'cur-a','quantity':2,"
          "'unit_price_minor':1100},{'sku':'cur-b','quantity':1,'total_minor':0,'available':0}],"
          "'coupons':[{'code':'CUR-TEN'}],'subtotal_minor':2200,'total_minor':1980,"
          "'notices':[{'code':'unavailable','detail':'cur-b is not for sale any more.'},"
          "{'code':'coupon_ended','detail':'The coupon CUR-EURO is for another currency.'}]}");
    check(t, "POST /api/v1/carts {'currency':'USD'}",
          "201 {'id':'{cart}','items':[{'quantity':2},{'quantity':1,'id':'<second>'}],"
          "'notices':[{'code':'unavailable'}]}");
    check(t, "POST /api/v1/carts {}", "201 {'id':'{cart}','currency':'USD'}");
    check(t, "DELETE /api/v1/carts/{cart}/items/{second}", "200 {'notices':[]}");
    order(t, "cur-a", "tok_down", "'expected_total_minor':1980,",
          "202 {'currency':'USD','total_minor':1980,'items':[{'quantity':2}]}");
    // What is being paid for stays; a customer begins another cart meanwhile.
    check(t, "PATCH /api/v1/carts/{cart} {'currency':'EUR'}", "409 {'code':'conflict'}");
    check(t, "POST /api/v1/carts {'currency':'EUR'}",
          "201 {'id':'<other>','currency':'EUR','items':[]}");
    check(t, "GET /api/v1/carts/{cart}", "200 {'currency':'USD','items':[{'quantity':2}]}");
    use_currencies(t, "'EUR'");
}

// There and back. A line that had no price in between is told its price without another currency's.
TEST(cart_of_a_guest_changes_its_currency)
{
    begin(t, "cur-c", "cur-d");
    cart_with(t, "cur-c", 2);
    add(t, "cur-d", 3);
    check(t, "PATCH /api/v1/carts/{cart}\nIf-Match: \"2\"\n{'currency':'USD'}", "412");
    check(t, "PATCH /api/v1/carts/{cart}\nIf-Match: \"3\"\n{'currency':'USD','country':'BR'}",
          "200 {'version':4,'currency':'USD','country':'BR','items':[{'unit_price_minor':1100},"
          "{'quantity':3,'unit_price_minor':0}],'subtotal_minor':2200,"
          "'notices':[{'code':'unavailable'}]}");
    check(t, "GET /api/v1/carts/{cart}", "200 {'version':4,'notices':[{'code':'unavailable'}]}");
    check(t, "PATCH /api/v1/carts/{cart} {'currency':'JPY'}",
          "422 {'errors':[{'field':'currency','detail':'this shop has no prices in JPY'}]}");
    check(t, "PATCH /api/v1/carts/{cart} {'currency':null}", "200 {'currency':'USD'}");
    check(t, "PATCH /api/v1/carts/{cart} {'currency':'EUR'}",
          "200 {'subtotal_minor':2750,'notices':[]}");
    check(t, "GET /api/v1/carts/{cart}", "200 {'notices':[]}");
    check(t, "PATCH /api/v1/carts/{cart} {'currency':'USD'}", "200");
    check_as_staff(t, ROLE_CATALOG);
    check(t,
          "PUT /api/v1/admin/variants/{variant}/prices {'prices':[{'currency':'EUR',"
          "'price_minor':250},{'currency':'USD','price_minor':300}]}",
          "200");
    check_headers(t, "");
    check(t, "GET /api/v1/carts/{cart}",
          "200 {'subtotal_minor':3100,'notices':[{'code':'price_changed','old_minor':null,"
          "'new_minor':300,'detail':'The price of cur-d is now 3.00 USD.'}]}");
    use_currencies(t, "'EUR'");
}

// A guest with a cart in EUR logs in, whose own is in USD.
TEST(cart_merged_with_one_of_another_currency)
{
    begin(t, "cur-e", "cur-f");
    check_as_staff(t, ROLE_ORDERS);
    two_coupons(t, "CUR-SOME", "CUR-OURS");
    join(t, "bea@currency.test");
    check(t, "POST /api/v1/carts {'currency':'USD'}", "201 {'id':'<own>'}");
    check_headers(t, "");
    cart_with(t, "cur-e", 1);
    add_coupon(t, "CUR-SOME");
    add_coupon(t, "CUR-OURS");
    log_in(t, "bea@currency.test", ",'cart_id':'{cart}'",
           "201 {'token':'<session>','cart_id':'{own}'}");
    check_remember("cart", check_value("own"));
    check(t, "GET /api/v1/carts/{cart}",
          "200 {'currency':'USD','coupons':[{'code':'CUR-SOME'}],'total_minor':990,"
          "'notices':[{'code':'price_changed','old_minor':null,"
          "'detail':'The price of cur-e is now 11.00 USD.'}]}");
    order(t, "cur-e", "tok_ok", "", "201 {'currency':'USD','total_minor':990}");
    use_currencies(t, "'EUR'");
}

// Staff move the begin of a coupon into the future, or give it another currency.
TEST(coupons_that_stop_to_hold_block_no_order)
{
    begin(t, "cur-g", "cur-h");
    check_as_staff(t, ROLE_ORDERS);
    two_coupons(t, "CUR-LATE", "CUR-MOVED");
    check_headers(t, "");
    cart_with(t, "cur-g", 2);
    add_coupon(t, "CUR-MOVED");
    check_as_staff(t, ROLE_ORDERS);
    check(t, "PATCH /api/v1/admin/coupons/{euro} {'currency':'USD'}", "200");
    check_headers(t, "");
    order(t, "cur-g", "tok_ok", "",
          "409 {'code':'price_changed','detail':'the coupon CUR-MOVED is for another currency'}");
    order(t, "cur-g", "tok_ok", "'expected_total_minor':1900,",
          "409 {'code':'price_changed','detail':'the coupon CUR-MOVED is for another currency'}");
    check(t, "PATCH /api/v1/carts/{cart} {}", "200 {'notices':[{'code':'coupon_ended'}]}");
    check(t, "GET /api/v1/carts/{cart}", "200 {'notices':[],'total_minor':2000}");
    order(t, "cur-g", "tok_ok", "", "201 {'total_minor':2000}");

    check_as_staff(t, ROLE_ORDERS);
    check(t, "PATCH /api/v1/admin/coupons/{euro} {'currency':'EUR'}", "200");
    check_headers(t, "");
    cart_with(t, "cur-g", 2);
    add_coupon(t, "CUR-MOVED");
    check_as_staff(t, ROLE_ORDERS);
    check(t, "PATCH /api/v1/admin/coupons/{euro} {'starts_at':'2099-01-01'}", "200");
    check_headers(t, "");
    // The total that the cart shows now is one that can be paid, with no change of the cart before.
    check(t, "GET /api/v1/carts/{cart}",
          "200 {'total_minor':2000,'notices':[{'code':'coupon_ended',"
          "'detail':'The coupon CUR-MOVED is not valid yet.'}]}");
    order(t, "cur-g-2", "tok_ok", "'expected_total_minor':2000,", "201 {'total_minor':2000}");
    use_currencies(t, "'EUR'");
}
