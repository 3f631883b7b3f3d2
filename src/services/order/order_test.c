// Tests of orders: every way a checkout can end, replays, races, what staff do. Carts: cart_test.c.
#include "services/order/order.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/audit.h"
#include "core/json.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "data/outbox.h"
#include "data/position.h"
#include "services/inventory/inventory.h"
#include "services/order/fixture.h"
#include "services/order/lease.h"

#define ADA "{'name':'Ada','line1':'Street 1','city':'Berlin','postcode':'10115','country':'DE'}"

TEST(order_paid)
{
    order_begin(t, "ORD-A", 5);
    order_cart(t, "ord-a", "tok_ok",
               "201 {'id':'<order>','number':'<number>','state':'paid','total_minor':2490,"
               "'tax_minor':398,'access_token':'<token>','email':'Ada@Example.org',"
               "'items':[{'sku':'ORD-A','quantity':2,'total_minor':2000}],"
               "'shipping_option':{'code':'parcel','name':'Parcel'},"
               "'payment':{'provider':'test','state':'captured','reference':'~ch_'},"
               "'shipping_address':{'name':'Ada','country':'DE'},'billing_address':{'name':'Ada'},"
               "'history':[{'state':'prepared'},{'state':'paid'}]}");
    const char *first = arena_text(t->arena, check_body());
    order_cart(t, "ord-a", "tok_ok", "201 {'id':'{order}'}");
    CHECK_TEXT(check_body(), first);
    order_cart(t, "ord-a", "tok_declined", "422 {'code':'idempotency_mismatch'}");
    order_cart(t, "ord-a-2", "tok_ok", "409 {'code':'conflict'}");
    check(t, "GET /api/v1/carts/{cart}", "404");
    check(t, "GET /api/v1/orders/{order}?token={token}",
          "200 {'number':'{number}','access_token':'{token}'}");
    check(t, "GET /api/v1/orders/{order}", "404");
    check(t, "GET /api/v1/orders/{order}?token=x", "404");
    check_as_staff(t, ROLE_CATALOG | ROLE_ORDERS);
    check(t, "GET /api/v1/admin/stock/ORD-A", "200 {'on_hand':3,'reserved':0,'available':3}");
    check(t, "GET /api/v1/admin/orders/{order}", "200 {'access_token':null,'state':'paid'}");
}

TEST(order_declined_frees_the_cart)
{
    order_begin(t, "ORD-B", 5);
    order_cart(t, "ord-b", "tok_declined",
               "402 {'code':'payment_declined','detail':'the card was declined'}");
    order_cart(t, "ord-b", "tok_declined",
               "402 {'code':'payment_declined','detail':'the card was declined'}");
    check(t, "GET /api/v1/carts/{cart}", "200 {'items':[{}]}");
    order_cart(t, "ord-b-2", "tok_ok", "201 {'state':'paid'}");
    check_as_staff(t, ROLE_CATALOG | ROLE_ORDERS);
    check(t, "GET /api/v1/admin/stock/ORD-B", "200 {'on_hand':3,'reserved':0}");
    check(t, "GET /api/v1/admin/orders?q=ORD-B",
          "200 {'items':[{'state':'paid'},{'state':'declined'}]}");
}

TEST(order_out_of_stock)
{
    order_begin(t, "ORD-C", 5);
    goods_stock(t, "ORD-C", 1);
    const char *told =
        "409 {'code':'out_of_stock','errors':[{'field':'items.ORD-C','detail':'1 left'}]}";
    order_cart(t, "ord-c", "tok_ok", told);
    order_cart(t, "ord-c", "tok_ok", told);
    check(t, "PATCH /api/v1/carts/{cart}/items/{item} {'quantity':1}", "200");
    order_cart(t, "ord-c-2", "tok_ok", "201 {'state':'paid'}");
    goods(t, "ORD-C2", 1000, -1);
    cart_with(t, "ORD-C2", 1);
    goods_gone(t, "ORD-C2");
    order_cart(t, "ord-c-3", "tok_ok",
               "409 {'code':'out_of_stock','errors':[{'field':'items.ORD-C2'}]}");
}

TEST(order_total_changed)
{
    order_begin(t, "ORD-D", 5);
    goods_price(t, "ORD-D", 1001);
    const char *order = arena_printf(
        t->arena,
        "POST /api/v1/orders\nIdempotency-Key: ord-d\n{'cart_id':'{cart}','email':'a@b.de',"
        "'expected_total_minor':2490,'shipping_address':" ADA
        ",'shipping_option':'parcel','payment':{'provider':'test','token':'tok_ok'}}");
    check(t, order,
          "409 {'code':'price_changed','detail':'the total is now 24.92 EUR',"
          "'errors':[{'field':'expected_total_minor','detail':'the total is now 2492'}]}");
    goods_price(t, "ORD-D", 1000);
    check(t, order, "201 {'total_minor':2490}");
}

TEST(order_refused)
{
    order_begin(t, "ORD-E", 5);
    check(t, "POST /api/v1/orders {'cart_id':'{cart}','email':'a@b.de'}",
          "422 {'errors':[{'field':'Idempotency-Key'}]}");
    check(t, "POST /api/v1/orders\nIdempotency-Key: ord-e\n{'cart_id':'{cart}','email':'a@b.de'}",
          "422 {'errors':[{'field':'billing_address'}]}");
    check(t,
          "POST /api/v1/orders\nIdempotency-Key: ord-e\n{'cart_id':'{cart}','email':'a@b.de',"
          "'billing_address':" ADA "}",
          "422 {'errors':[{'field':'shipping_address'}]}");
    check(t,
          "POST /api/v1/orders\nIdempotency-Key: ord-e\n{'cart_id':'{cart}','email':'a@b.de',"
          "'shipping_address':" ADA "}",
          "422 {'errors':[{'field':'shipping_option'}]}");
    check(t,
          "POST /api/v1/orders\nIdempotency-Key: ord-e\n{'cart_id':'{cart}','email':'a@b.de',"
          "'shipping_address':" ADA ",'shipping_option':'drone'}",
          "422 {'errors':[{'field':'shipping_option'}]}");
    check(t,
          "POST /api/v1/orders\nIdempotency-Key: ord-e\n{'cart_id':'{cart}','email':'a@b.de',"
          "'shipping_address':" ADA ",'shipping_option':'parcel'}",
          "422 {'errors':[{'field':'payment'}]}");
    check(t,
          "POST /api/v1/orders\nIdempotency-Key: ord-e\n{'cart_id':'{cart}','email':'a@b.de',"
          "'shipping_address':" ADA ",'shipping_option':'parcel',"
          "'payment':{'provider':'gold','token':'x'}}",
          "422 {'errors':[{'field':'payment.provider'}]}");
    check(t,
          "POST /api/v1/orders\nIdempotency-Key: ord-e\n"
          "{'cart_id':'01890000-0000-7000-8000-000000000000',"
          "'email':'a@b.de','shipping_address':" ADA "}",
          "422 {'errors':[{'field':'cart_id'}]}");
    check(t, "PATCH /api/v1/carts/{cart}/items/{item} {'quantity':0}", "200 {'items':[]}");
    order_cart(t, "ord-e", "tok_ok",
               "422 {'errors':[{'field':'cart_id','detail':'the cart is empty'}]}");
}

// What people type is kept as they typed it, and is nothing but text wherever it is shown.
TEST(order_of_somebody_with_a_strange_name)
{
    order_begin(t, "ORD-T", 5);
    check(t,
          "POST /api/v1/orders\nIdempotency-Key: ord-t\n{'cart_id':'{cart}','email':'a@b.de',"
          "'note':'<script>alert(1)</script>\\n%s; DROP TABLE orders; --','shipping_address':{"
          "'name':'<b>Bobby</b> Tables','line1':'1 OR 1=1','city':'Ærøskøbing','country':'DE'},"
          "'shipping_option':'parcel','payment':{'provider':'test','token':'tok_ok'}}",
          "201 {'note':'<script>alert(1)</script>\\n%s; DROP TABLE orders; --',"
          "'shipping_address':{'name':'<b>Bobby</b> Tables','city':'Ærøskøbing'}}");
    check_as_staff(t, ROLE_ORDERS);
    check(t, "GET /api/v1/admin/orders?q=%27%20OR%201%3D1%20--", "200 {'items':[]}");
}

TEST(order_paid_when_the_provider_is_back)
{
    order_begin(t, "ORD-F", 5);
    order_cart(t, "ord-f", "tok_down",
               "202 {'id':'<order>','state':'pending_payment','access_token':'<token>'}");
    order_cart(t, "ord-f", "tok_down", "202 {'id':'{order}','state':'pending_payment'}");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'ORD-F','quantity':1}",
          "409 {'code':'conflict'}");
    order_sweep(t, 5 * SECOND_MS);
    check(t, "GET /api/v1/orders/{order}?token={token}", "200 {'state':'pending_payment'}");
    order_sweep(t, 25 * HOUR_MS);
    check(
        t, "GET /api/v1/orders/{order}?token={token}",
        "200 {'state':'cancelled','payment':{'state':'voided'},"
        "'history':[{},{},{'state':'cancelled','note':'the payment could not be made in time'}]}");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/stock/ORD-F", "200 {'on_hand':5,'reserved':0}");
}

// Orders that wait for a provider may be many, so that it takes long to come round to each.
TEST(order_keeps_its_stock_while_it_waits)
{
    order_begin(t, "ORD-W", 2);
    order_cart(t, "ord-w", "tok_charged_timeout", "202 {'id':'<order>','access_token':'<token>'}");
    time_shift_ms(23 * HOUR_MS);
    CHECK(job_run(check_app_of(service_id_inventory), "reservation_expiry") == ERR_OK);
    time_shift_ms(0);
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/stock/ORD-W", "200 {'on_hand':2,'reserved':2}");
    check_headers(t, "");
    order_sweep(t, 23 * HOUR_MS);
    check(t, "GET /api/v1/orders/{order}?token={token}", "200 {'state':'paid'}");
}

// The card was charged, no answer came, and the stock went to somebody else: the mail does not say
// that nothing was charged.
TEST(order_sold_out_after_it_was_charged)
{
    order_begin(t, "ORD-X", 2);
    order_cart(t, "ord-x", "tok_charged_timeout", "202 {'id':'<order>','access_token':'<token>'}");
    time_shift_ms(26 * HOUR_MS);
    CHECK(job_run(check_app_of(service_id_inventory), "reservation_expiry") == ERR_OK);
    time_shift_ms(0);
    goods_stock(t, "ORD-X", 0);
    order_sweep(t, 5 * SECOND_MS);
    check(t, "GET /api/v1/orders/{order}?token={token}",
          "200 {'number':'<number>','state':'cancelled','refusal':'out_of_stock',"
          "'payment':{'state':'refunded'}}");
    time_shift_ms(5 * SECOND_MS); // when it was told
    check_deliver(t);
    time_shift_ms(0);
    check_as_staff(t, ROLE_SUPPORT);
    check(t, "GET /api/v1/admin/mails?limit=1",
          "200 {'items':[{'id':'<mail>','subject':'Your order {number} is cancelled'}]}");
    check(t, "GET /api/v1/admin/mails/{mail}", "200 {'subject':'~is cancelled'}");
    CHECK(strstr(check_body(), "Nothing was charged") == NULL);
}

TEST(order_charged_though_no_answer_came)
{
    order_begin(t, "ORD-G", 5);
    order_cart(t, "ord-g", "tok_charged_timeout",
               "202 {'id':'<order>','state':'pending_payment','access_token':'<token>'}");
    order_sweep(t, 5 * SECOND_MS);
    check(t, "GET /api/v1/orders/{order}?token={token}",
          "200 {'state':'paid','payment':{'state':'captured','reference':'~ch_'}}");
    order_cart(t, "ord-g", "tok_charged_timeout", "202 {'id':'{order}'}");
    order_begin(t, "ORD-G2", 5);
    order_cart(t, "ord-g-2", "tok_timeout", "202 {'id':'<lost>','access_token':'<lost_token>'}");
    order_sweep(t, 5 * SECOND_MS);
    check(t, "GET /api/v1/orders/{lost}?token={lost_token}", "200 {'state':'pending_payment'}");
}

TEST(slow_order_with_a_slow_card)
{
    order_begin(t, "ORD-H", 5);
    check_app_of(service_id_payment)->config.payment_timeout_ms = 3000;
    order_cart(t, "ord-h", "tok_slow", "201 {'state':'paid'}");
}

TEST(order_cancelled_by_staff)
{
    order_begin(t, "ORD-I", 5);
    order_cart(t, "ord-i", "tok_ok", "201 {'id':'<order>','access_token':'<token>'}");
    check_as_staff(t, ROLE_SUPPORT);
    check(t, "POST /api/v1/admin/orders/{order}/cancel {}", "403");
    check_as_staff(t, ROLE_ORDERS | ROLE_CATALOG);
    check(t, "POST /api/v1/admin/orders/{order}/cancel {'reason':'asked by phone'}",
          "200 {'state':'cancelled','refunded_minor':2490,'payment':{'state':'refunded'},"
          "'history':[{},{},{'state':'cancelled','note':'asked by phone'}]}");
    check(t, "POST /api/v1/admin/orders/{order}/cancel {}", "409 {'code':'conflict'}");
    check(t, "POST /api/v1/admin/orders/{order}/refund {}", "409 {'code':'conflict'}");
    check(t, "GET /api/v1/admin/stock/ORD-I", "200 {'on_hand':5,'reserved':0}");
    check(t, "POST /api/v1/admin/orders/01890000-0000-7000-8000-000000000000/cancel {}", "404");
    check(t, "GET /api/v1/admin/orders/01890000-0000-7000-8000-000000000000", "404");
}

TEST(order_refunded_by_staff)
{
    order_begin(t, "ORD-J", 5);
    order_cart(t, "ord-j", "tok_ok", "201 {'id':'<order>','number':'<number>'}");
    check_as_staff(t, ROLE_ORDERS | ROLE_CATALOG);
    check(t, "POST /api/v1/admin/orders/{order}/refund {'reason':'broken'}",
          "200 {'state':'refunded','refunded_minor':2490}");
    check(t, "GET /api/v1/admin/stock/ORD-J", "200 {'on_hand':3}");
    check(t, "GET /api/v1/admin/orders?state=refunded&q={number}",
          "200 {'items':[{'number':'{number}'}]}");
    check(t, "GET /api/v1/admin/orders?state=refunded&limit=1", "200 {'items':[{}]}");
    check(t, "GET /api/v1/admin/orders?state=lost", "422 {'errors':[{'field':'state'}]}");
}

TEST(order_cancelled_while_it_waits)
{
    order_begin(t, "ORD-K", 5);
    order_cart(t, "ord-k", "tok_down", "202 {'id':'<order>'}");
    check_as_staff(t, ROLE_ORDERS | ROLE_CATALOG);
    check(t, "POST /api/v1/admin/orders/{order}/cancel {}",
          "200 {'state':'cancelled','refunded_minor':0,'payment':{'state':'voided'}}");
    check(t, "GET /api/v1/admin/stock/ORD-K", "200 {'on_hand':5,'reserved':0}");
    check_headers(t, "");
    order_cart(t, "ord-k-2", "tok_ok", "201 {'state':'paid'}");
}

TEST(order_pages_of_a_customer)
{
    check_app_of(service_id_payment)->config.payment_timeout_ms = 20;
    shop_open(t);
    goods(t, "ORD-L", 1000, -1);
    check_as_staff(t, 0);
    for (int i = 0; i < 3; i++) {
        check(t, "POST /api/v1/carts {}", "201 {'id':'<cart>'}");
        check(t, "POST /api/v1/carts/{cart}/items {'sku':'ORD-L','quantity':1}", "201");
        order_cart(t, arena_printf(t->arena, "ord-l-%d", i), "tok_ok", "201 {'id':'<order>'}");
    }
    check(t, "GET /api/v1/users/me/orders?limit=2",
          "200 {'items':[{'id':'{order}','access_token':null},{}],'next_cursor':'<next>'}");
    check(t, "GET /api/v1/users/me/orders?limit=2&cursor={next}",
          "200 {'items':[{}],'next_cursor':null}");
    check(t, "GET /api/v1/orders/{order}", "200 {'access_token':null}");
    check_headers(t, "");
    check(t, "GET /api/v1/orders/{order}", "404");
    check(t, "GET /api/v1/users/me/orders", "401");
}

TEST(order_coupon_limits)
{
    check_as_staff(t, ROLE_ORDERS);
    check(t,
          "POST /api/v1/admin/coupons {'code':'ONCE','kind':'fixed','amount_minor':100000,"
          "'currency':'EUR','uses_max':2,'uses_max_per_customer':1}",
          "201 {'id':'<coupon>'}");
    check_headers(t, "");
    order_begin(t, "ORD-M", 50);
    check(t, "POST /api/v1/carts/{cart}/coupons {'code':'once'}", "200 {'total_minor':0}");
    order_cart(t, "ord-m-1", "tok_ok", "201 {'id':'<order>','total_minor':490,'coupons':['ONCE']}");
    order_begin(t, "ORD-M", 50);
    check(t, "POST /api/v1/carts/{cart}/coupons {'code':'once'}", "200");
    order_cart(t, "ord-m-2", "tok_ok",
               "409 {'code':'price_changed','errors':[{'field':'coupons'}]}");
    check_as_staff(t, ROLE_ORDERS);
    check(t, "POST /api/v1/admin/orders/{order}/cancel {}", "200 {'state':'cancelled'}");
    check_headers(t, "");
    order_cart(t, "ord-m-3", "tok_ok", "201 {'coupons':['ONCE']}"); // the use came back
    check_as_staff(t, ROLE_ORDERS);
    check(t, "DELETE /api/v1/admin/coupons/{coupon}", "409");
    check(t, "PATCH /api/v1/admin/coupons/{coupon} {'uses_max':1}", "200 {'uses':1}");
    check_headers(t, "");
    order_begin(t, "ORD-M", 50);
    check(t, "POST /api/v1/carts/{cart}/coupons {'code':'once'}",
          "422 {'errors':[{'field':'code','detail':'ONCE has been used up'}]}");
}

TEST(order_of_nothing_to_pay)
{
    shop_open(t);
    goods(t, "ORD-N", 0, 3);
    check_as_staff(t, ROLE_ORDERS);
    check(t, "POST /api/v1/admin/coupons {'code':'SHIPFREE','kind':'free_shipping'}", "201");
    check_headers(t, "");
    cart_with(t, "ORD-N", 1);
    check(t, "POST /api/v1/carts/{cart}/coupons {'code':'SHIPFREE'}", "200");
    check(t,
          "POST /api/v1/orders\nIdempotency-Key: ord-n\n{'cart_id':'{cart}','email':'a@b.de',"
          "'shipping_address':" ADA ",'shipping_option':'parcel'}",
          "201 {'id':'<order>','state':'paid','total_minor':0,'payment':null}");
    check_as_staff(t, ROLE_ORDERS | ROLE_CATALOG);
    check(t, "GET /api/v1/admin/stock/ORD-N", "200 {'on_hand':2}");
    check(t, "POST /api/v1/admin/orders/{order}/refund {}",
          "200 {'state':'refunded','refunded_minor':0}");
}

TEST(order_mails)
{
    order_begin(t, "ORD-O", 5);
    order_cart(t, "ord-o", "tok_ok",
               "201 {'id':'<order>','number':'<number>','access_token':'<token>'}");
    check_deliver(t);
    check_as_staff(t, ROLE_ORDERS | ROLE_SUPPORT | ROLE_ADMIN);
    check(t, "GET /api/v1/admin/mails?limit=1",
          "200 {'items':[{'recipient':'Ada@Example.org','subject':'~is confirmed'}]}");
    CHECK(strstr(check_body(), check_value("number")) != NULL);
    check(t, "POST /api/v1/admin/orders/{order}/refund {}", "200 {'state':'refunded'}");
    check_deliver(t);
    check(t, "GET /api/v1/admin/mails?limit=1", "200 {'items':[{'subject':'~is refunded'}]}");
}

// Orders are the first tests to run that leave holds and payments behind, so all must agree here.
TEST(order_audit_agrees)
{
    order_begin(t, "ORD-P", 5);
    order_cart(t, "ord-p", "tok_ok", "201");
    CHECK_TEXT(check_audit(t), "");
}

struct auditor {
    pthread_t thread;
    enum err err;
    i64 violations;
};

static void tell_nobody(UNUSED const char *name, UNUSED const char *sentence)
{
}

static void *audit_orders(void *context)
{
    struct auditor *auditor = context;
    auditor->err = audit_run(check_app(), tell_nobody, &auditor->violations);
    return NULL;
}

// The audit has read the orders and waits for their payments, whose process answers buyers first;
// meanwhile somebody buys. In one process alone nobody waits.
TEST(order_audit_sees_what_is_under_way)
{
    struct app *payment = check_app_of(service_id_payment);
    struct pool_counts counts = {0};
    struct auditor auditor = {.violations = -1};
    int low = (int)payment->config.threads - config_buying_threads(&payment->config);
    order_begin(t, "ORD-U", 5);
    for (int i = 0; i < low; i++)
        check_keep_worker(t, payment, POOL_BACKGROUND);
    while (counts.running < low)
        pool_counts(payment->pool, &counts);
    int started = pthread_create(&auditor.thread, NULL, audit_orders, &auditor);
    assert(started == 0);
    i64 until_ms = monotonic_ms() + 10 * SECOND_MS;
    while (payment != check_app() && counts.queued[POOL_BACKGROUND] == 0 &&
           monotonic_ms() < until_ms)
        pool_counts(payment->pool, &counts);
    order_cart(t, "ord-u", "tok_ok", "201 {'state':'paid'}");
    check_free_workers();
    pthread_join(auditor.thread, NULL);
    CHECK(auditor.err == ERR_OK);
    CHECK_I64(auditor.violations, 0);
}

#define SPOIL(F, S)                                                                                \
    F(S, text, key, .doc = "Number of the order, or code.")                                        \
    F(S, i64, by, .min = -1, .max = 1, .doc = "1 spoils, -1 mends.")
SHAPE(spoil, SPOIL);
QUERY_RUN(spoil_total, spoil,
          "UPDATE orders SET subtotal_minor = subtotal_minor + :by, total_minor = total_minor + :by"
          " WHERE number = :key");
QUERY_RUN(spoil_coupon, spoil, "UPDATE coupon SET uses = uses + :by WHERE code = :key");

STEP(spoil_all, spoil, nothing)
{
    struct spoil coupon = {.key = "SPOILT", .by = in->by};
    enum err err = spoil_total(rq, in, NULL);
    return err == ERR_OK ? spoil_coupon(rq, &coupon, NULL) : err;
}

// One row of each kind is spoilt; each is named.
TEST(order_audit_names_what_is_wrong)
{
    static const char *const named[] = {"order_lines: order S-", "order_peers: order S-",
                                        "coupon_uses: coupon SPOILT"};
    check_as_staff(t, ROLE_ORDERS);
    check(t, "POST /api/v1/admin/coupons {'code':'SPOILT','kind':'free_shipping'}", "201");
    check_headers(t, "");
    order_begin(t, "ORD-Q", 5);
    order_cart(t, "ord-q", "tok_ok", "201 {'number':'<number>'}");
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct spoil spoil = {.key = check_value("number"), .by = 1};
    struct nothing none;
    CHECK(spoil_all(rq, &spoil, &none) == ERR_OK);
    const char *told = check_audit(t);
    for (size_t i = 0; i < COUNT_OF(named); i++)
        CHECK(strstr(told, named[i]) != NULL);
    spoil.by = -1;
    CHECK(spoil_all(rq, &spoil, &none) == ERR_OK);
    CHECK_TEXT(check_audit(t), "");
    rq_end(rq);
}

#define TIMEWARP(F, S)                                                                             \
    F(S, text, number, .doc = "Of the order.")                                                     \
    F(S, uuid, id, .doc = "What its first event gets.")
SHAPE(timewarp, TIMEWARP);
QUERY_RUN(accept_later, timewarp,
          "UPDATE order_event SET id = :id WHERE state = 'prepared'"
          " AND order_id = (SELECT id FROM orders WHERE number = :number)");
STEP(accept_ahead, timewarp, nothing)
{
    return accept_later(rq, in, NULL);
}

// Accepted on a machine whose clock is ahead of that which took the payment.
TEST(order_history_begins_with_its_beginning)
{
    const char *before = check_audit(t);
    order_begin(t, "ORD-Y", 5);
    order_cart(t, "ord-y", "tok_ok",
               "201 {'id':'<order>','number':'<number>','access_token':'<token>'}");
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct timewarp warp = {.number = check_value("number"), .id = uuid_new()};
    CHECK(accept_ahead(rq, &warp, &(struct nothing){0}) == ERR_OK);
    rq_end(rq);
    check(t, "GET /api/v1/orders/{order}?token={token}",
          "200 {'history':[{'state':'prepared'},{'state':'paid'}]}");
    CHECK_TEXT(check_audit(t), before);
}

// Whatever statement of a checkout fails: asking again by the same key ends in one order, paid
// once.
TEST(order_survives_any_failing_statement)
{
    check_apart(t);
    for (u32 nth = 1; nth <= 64; nth++) {
        order_begin(t, "ORD-R", 100000);
        const char *key = arena_printf(t->arena, "ord-r-%u", nth);
        check(t, "PATCH /api/v1/carts/{cart} {'email':'a@b.de'}", "200");
        db_fail_at(check_app()->db, nth);
        order_cart(t, key, "tok_ok", "0");
        db_fail_at(check_app()->db, 0);
        time_shift_ms(11 * SECOND_MS); // past the lease, which could not be given back
        order_cart(t, key, "tok_ok", "0 {'id':'<order>','access_token':'<token>'}");
        time_shift_ms(0);
        order_sweep(t, 5 * SECOND_MS); // pending, when it was the provider that failed
        check(t, "GET /api/v1/orders/{order}?token={token}", "200 {'state':'paid'}");
    }
    CHECK_TEXT(check_audit(t), "");
}

QUERY_RUN(spoil_lease, spoil,
          "UPDATE orders SET lease_process = :key, due_at = due_at + 60000"
          " WHERE state = 'pending_payment' AND lease_owner IS NOT NULL");
QUERY_RUN(spoil_owner, spoil,
          "UPDATE orders SET lease_owner = id, due_at = due_at + 60000 WHERE number = :key");

STEP(spoil_leases, spoil, nothing)
{
    struct spoil dead = {.key = arena_printf(rq->arena, "%.*s:999999:1",
                                             (int)strcspn(lease_process(), ":"), lease_process())};
    enum err err = spoil_owner(rq, in, NULL);
    return err == ERR_OK ? spoil_lease(rq, &dead, NULL) : err;
}

// An order whose worker was killed is taken up at once, not when its lease has run out.
TEST(order_of_a_dead_process)
{
    CHECK(!lease_process_gone(lease_process()));
    CHECK(!lease_process_gone("elsewhere:1:1") && !lease_process_gone(NULL));
    order_begin(t, "ORD-S", 5);
    order_cart(t, "ord-s", "tok_charged_timeout",
               "202 {'id':'<order>','number':'<number>',"
               "'access_token':'<token>'}");
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct spoil spoil = {.key = check_value("number")};
    CHECK(spoil_leases(rq, &spoil, &(struct nothing){0}) == ERR_OK);
    rq_end(rq);
    order_sweep(t, 0);
    check(t, "GET /api/v1/orders/{order}?token={token}", "200 {'state':'paid'}");
}

// Pieces of a product that were ordered in the last days; -1: it is not among them.
static i64 pieces_ordered(struct test *t, const char *handle, i64 days)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct popular_query query = {.days = days, .count = POPULAR_MOST};
    struct popular_products popular = {0};
    i64 sold = -1, before = INT64_MAX;
    CHECK(call_order_popular(rq, &query, &popular) == ERR_OK);
    for (size_t i = 0; i < popular.items.count; i++) {
        const struct product_sold *item = &popular.items.items[i];
        CHECK(item->sold <= before); // most first
        before = item->sold;
        sold = str_equal(item->handle, handle) ? item->sold : sold;
    }
    rq_end(rq);
    return sold;
}

TEST(order_popular)
{
    order_begin(t, "POP-A", 5);
    order_cart(t, "pop-a", "tok_ok", "201 {'items':[{'handle':'<handle>','quantity':2}]}");
    CHECK_I64(pieces_ordered(t, check_value("handle"), 1), 2);
    time_shift_ms(60 * DAY_MS); // ids may be some days ahead: those before went into the future
    CHECK_I64(pieces_ordered(t, check_value("handle"), 30), -1);
    CHECK_I64(pieces_ordered(t, check_value("handle"), 61), 2);
    time_shift_ms(0);
}

// An order waits for a synchronous replica with all that it writes, a cart does not.
TEST(order_commit_level)
{
    order_begin(t, "LEVEL-A", 5);
    struct db_stats before, between, after;
    db_stats(check_app()->db, &before);
    check(t, "POST /api/v1/carts {'currency':'EUR'}", "201 {'id':'<other>'}");
    db_stats(check_app()->db, &between);
    order_cart(t, "level-a", "tok_ok", "201 {'state':'paid'}");
    db_stats(check_app()->db, &after);
    if (!db_is_postgres(check_app()->db))
        return;
    CHECK_I64(between.commits_synchronous, before.commits_synchronous);
    CHECK(between.commits_local > before.commits_local);
    CHECK(after.commits_synchronous > between.commits_synchronous);
}
