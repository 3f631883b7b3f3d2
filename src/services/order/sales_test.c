// Tests of the sales report: what counts when, and that its parts add up.
//
// Other tests sell too, and with clocks of some seconds or days from now. So these have hours of
// their own, and each reads a span of its own there: from a moment before to one after.
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/route.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/fixture.h"
#include "services/order/sales_count.h"

#define REPORT "GET /api/v1/admin/reports/sales"

#define ELSEWHEN_MS (5 * HOUR_MS + 17 * MINUTE_MS)

// A moment that nothing else happens in. The clock goes on from there until `end`.
static i64 moment_alone(void)
{
    time_shift_ms(ELSEWHEN_MS);
    i64 now_ms = time_now_ms();
    while (time_now_ms() == now_ms)
        usleep(200);
    now_ms = time_now_ms();
    while (time_now_ms() == now_ms)
        usleep(200);
    return now_ms;
}

static void end(void)
{
    time_shift_ms(0);
}

static const char *span_query(struct test *t, i64 from, i64 until)
{
    char first[25], end[25];
    time_format(from, first);
    time_format(until, end);
    return arena_printf(t->arena, "?from=%s&until=%s", first, end);
}

static void check_span(struct test *t, i64 from, i64 until, const char *expected)
{
    check_as_staff(t, ROLE_SUPPORT);
    check(t, arena_printf(t->arena, REPORT "%s", span_query(t, from, until)), expected);
}

static const char *staff_does(struct test *t, const char *what, const char *expected)
{
    check_as_staff(t, ROLE_ORDERS);
    check(t, arena_printf(t->arena, "POST /api/v1/admin/orders/{order}/%s", what), expected);
    return check_value("order");
}

static void shop_is(struct test *t, const char *facts)
{
    check_as_staff(t, ROLE_ADMIN);
    check(t, arena_printf(t->arena, "PATCH /api/v1/admin/shop {%s}", facts), "200");
    check_headers(t, "");
}

TEST(sales_count_when_they_are_paid_and_given_back)
{
    i64 paid = check_metric(t, "souk_revenue_minor_total{currency=\"EUR\"}");
    i64 before = moment_alone();
    order_begin(t, "SALE-A", 5);
    order_cart(t, "sale-a", "tok_ok", "201 {'id':'<order>','state':'paid','tax_minor':398}");
    i64 between = moment_alone();
    staff_does(t, "refund {}", "200 {'state':'refunded'}");
    i64 after = moment_alone();
    check_span(t, before, between,
               "200 {'currencies':[{'currency':'EUR','orders_paid':1,'orders_cancelled':0,"
               "'orders_refunded':0,'gross_minor':2490,'tax_minor':398,'shipping_minor':490,"
               "'discount_minor':0,'refunded_minor':0,'net_minor':2490,'average_minor':2490,"
               "'pieces':2,'orders_archived':0,'products':[{'handle':'goods-sale-a',"
               "'title':'Goods','pieces':2,'total_minor':2000}]}]}");
    check_span(t, between, after,
               "200 {'currencies':[{'orders_paid':0,'orders_cancelled':0,'orders_refunded':1,"
               "'gross_minor':0,'refunded_minor':2490,'net_minor':-2490,'average_minor':null,"
               "'pieces':0,'products':[]}]}");
    check_span(t, before, after,
               "200 {'currencies':[{'orders_paid':1,'orders_refunded':1,'gross_minor':2490,"
               "'refunded_minor':2490,'net_minor':0,'pieces':2}]}");
    CHECK_I64(check_metric(t, "souk_revenue_minor_total{currency=\"EUR\"}") - paid, 2490);
    check_span(t, after, moment_alone(),
               "200 {'currencies':[{'currency':'EUR','orders_paid':0,'orders_cancelled':0,"
               "'orders_refunded':0,'gross_minor':0,'net_minor':0,'products':[]}]}");
    end();
}

// Authorized is not paid; of a part that is captured the same part of tax and shipping counts.
TEST(sales_of_a_part_that_was_captured)
{
    i64 before = moment_alone();
    order_begin(t, "SALE-B", 5);
    shop_is(t, "'capture':'manual'");
    order_cart(t, "sale-b", "tok_ok", "201 {'id':'<order>','state':'authorized'}");
    shop_is(t, "'capture':'automatic'");
    i64 authorized = moment_alone();
    check_span(t, before, authorized,
               "200 {'currencies':[{'orders_paid':0,'gross_minor':0,'products':[]}]}");
    CHECK(strstr(check_body(), "\"waiting_capture\":0") == NULL);
    staff_does(t, "capture {'amount_minor':1000}", "200 {'state':'paid'}");
    i64 captured = moment_alone();
    check_span(t, authorized, captured,
               "200 {'currencies':[{'orders_paid':1,'gross_minor':1000,'tax_minor':160,"
               "'shipping_minor':197,'pieces':2,'products':[{'pieces':2,'total_minor':803}]}]}");
    staff_does(t, "cancel {}", "200 {'state':'cancelled'}");
    check_span(t, captured, moment_alone(),
               "200 {'currencies':[{'orders_paid':0,'orders_cancelled':1,'orders_refunded':1,"
               "'refunded_minor':1000,'net_minor':-1000}]}");
    end();
}

// Cancelled without ever having been paid: counted, and no money with it. A later event of the
// order, money that arrived after all, does not move it.
TEST(sales_cancelled_orders)
{
    i64 before = moment_alone();
    order_begin(t, "SALE-C", 5);
    order_cart(t, "sale-c", "tok_down", "202 {'id':'<order>','state':'pending_payment'}");
    check_span(t, before, moment_alone(), "200 {'currencies':[{'orders_paid':0}]}");
    CHECK(strstr(check_body(), "\"waiting_payment\":0") == NULL);
    i64 waited = moment_alone();
    staff_does(t, "cancel {}", "200 {'state':'cancelled'}");
    check_span(t, before, waited, "200 {'currencies':[{'orders_cancelled':0}]}");
    check_span(t, waited, moment_alone(),
               "200 {'currencies':[{'orders_cancelled':1,'orders_refunded':0,'net_minor':0}]}");
    end();
}

// The ledger does not know of them.
TEST(sales_of_nothing_to_pay)
{
    shop_open(t);
    goods(t, "SALE-D", 0, 3);
    check_as_staff(t, ROLE_ORDERS);
    check(t, "POST /api/v1/admin/coupons {'code':'SALEFREE','kind':'free_shipping'}", "201");
    check_headers(t, "");
    i64 before = moment_alone();
    cart_with(t, "SALE-D", 3);
    check(t, "POST /api/v1/carts/{cart}/coupons {'code':'SALEFREE'}", "200");
    order_cart(t, "sale-d", "tok_ok", "201 {'id':'<order>','total_minor':0,'payment':null}");
    i64 after = moment_alone();
    check_span(t, before, after,
               "200 {'currencies':[{'orders_paid':1,'gross_minor':0,'average_minor':0,'pieces':3,"
               "'products':[{'handle':'goods-sale-d','pieces':3,'total_minor':0}]}]}");
    check_span(t, after, moment_alone(), "200 {'currencies':[{'orders_paid':0,'pieces':0}]}");
    end();
}

// Each in its own minor units: none, two and three decimals.
TEST(sales_in_several_currencies)
{
    shop_open(t);
    shop_is(t, "'currencies':['EUR','JPY','KWD']");
    goods(t, "SALE-E", 1000, -1);
    check_as_staff(t, ROLE_ADMIN);
    check(t, "GET /api/v1/admin/products?q=SALE-E", "200 {'items':[{'id':'<product>'}]}");
    check(t, "GET /api/v1/admin/products/{product}", "200 {'variants':[{'id':'<variant>'}]}");
    check(t,
          "PUT /api/v1/admin/variants/{variant}/prices {'prices':[{'currency':'EUR',"
          "'price_minor':1000},{'currency':'JPY','price_minor':333},"
          "{'currency':'KWD','price_minor':12345}]}",
          "200");
    check(t,
          "POST /api/v1/admin/shipping-zones {'name':'Sales','places':[{'country':'JP'}],"
          "'rates':[{'code':'parcel','name':'Parcel','basis':'flat','currency':'JPY',"
          "'price_minor':500},{'code':'parcel','name':'Parcel','basis':'flat','currency':'KWD',"
          "'price_minor':1500}]}",
          "201");
    i64 before = moment_alone();
    static const char *const currencies[] = {"KWD", "JPY", "JPY"};
    for (size_t i = 0; i < COUNT_OF(currencies); i++) {
        check_headers(t, "");
        check(t, arena_printf(t->arena, "POST /api/v1/carts {'currency':'%s'}", currencies[i]),
              "201 {'id':'<cart>'}");
        check(t, "POST /api/v1/carts/{cart}/items {'sku':'SALE-E','quantity':1}", "201");
        check(t,
              arena_printf(t->arena,
                           "POST /api/v1/orders\nIdempotency-Key: sale-e-%zu\n"
                           "{'cart_id':'{cart}','email':'a@b.jp','shipping_address':{'name':'A',"
                           "'line1':'1','city':'Osaka','postcode':'530-0001','region':'27',"
                           "'country':'JP'},'shipping_option':'parcel',"
                           "'payment':{'provider':'test','token':'tok_ok'}}",
                           i),
              "201 {'id':'<order>','state':'paid'}");
    }
    i64 after = moment_alone();
    check_span(t, before, after,
               "200 {'currencies':[{'currency':'EUR','orders_paid':0},"
               "{'currency':'JPY','orders_paid':2,'gross_minor':1666,'average_minor':833,"
               "'shipping_minor':1000},{'currency':'KWD','orders_paid':1,'gross_minor':13845}]}");
    check(t,
          arena_printf(t->arena, "GET /api/v1/admin/reports/sales.csv%s",
                       span_query(t, before, after)),
          "200");
    CHECK(strstr(check_body(), ",JPY,total,,,2,1666,2,0,0,") != NULL);
    CHECK(strstr(check_body(), ",KWD,total,,,1,13.845,1,0,0,") != NULL);
    CHECK(strstr(check_body(), ",KWD,product,goods-sale-e,Goods,1,12.345,") != NULL);
    CHECK(str_starts(check_header("Content-Disposition"), "attachment; filename=\"sales-20"));
    CHECK_TEXT(check_header("Content-Type"), "text/csv; charset=utf-8");
    shop_is(t, "'currencies':['EUR']");
    end();
}

static i64 figure(struct test *t, i64 from, i64 until, const char *name)
{
    CHECK_I64(check_ask(t, arena_printf(t->arena, REPORT "%s", span_query(t, from, until))), 200);
    json_t *report = json_loads(check_body(), 0, NULL);
    const json_t *sales = json_array_get(json_object_get(report, "currencies"), 0);
    i64 number = (i64)json_integer_value(json_object_get(sales, name));
    json_decref(report);
    return number;
}

// Wherever a span is cut, midnight or not, what happened is in one part, and in one only.
TEST(sales_of_the_parts_of_a_span)
{
    enum { ORDERS = 3, CUTS = 40 };
    static const char *const names[] = {"orders_paid", "gross_minor",      "orders_refunded",
                                        "net_minor",   "orders_cancelled", "pieces"};
    check_apart(t); // how long it takes decides where it is cut
    i64 before = moment_alone();
    for (int i = 0; i < ORDERS; i++) {
        check_headers(t, "");
        order_begin(t, "SALE-F", 5);
        order_cart(t, arena_printf(t->arena, "sale-f-%d", i), "tok_ok", "201 {'id':'<order>'}");
        staff_does(t, i == 0 ? "cancel {}" : "refund {}", "200");
    }
    i64 after = moment_alone();
    check_as_staff(t, ROLE_ORDERS);
    CHECK_I64(figure(t, before, after, "orders_paid"), ORDERS);
    CHECK_I64(figure(t, before, after, "orders_refunded"), ORDERS);
    CHECK_I64(figure(t, before, after, "orders_cancelled"), 1);
    for (i64 i = 1; i < CUTS; i++) {
        i64 cut = before + (after - before) * i / CUTS;
        const char *name = names[i % (i64)COUNT_OF(names)];
        if (cut > before && cut < after)
            CHECK_I64(figure(t, before, cut, name) + figure(t, cut, after, name),
                      figure(t, before, after, name));
    }
    end();
}

// The moment that the ledger has is in the span that begins with it, not in the one that ends
// there.
TEST(sales_at_the_edge)
{
    check_apart(t);
    i64 low = moment_alone(); // is not in [before, low)
    i64 before = low;
    order_begin(t, "SALE-G", 5);
    order_cart(t, "sale-g", "tok_ok", "201 {'id':'<order>'}");
    i64 high = moment_alone(); // is in [before, high)
    check_as_staff(t, ROLE_ORDERS);
    while (high - low > 1) {
        i64 middle = low + (high - low) / 2;
        *(figure(t, before, middle, "orders_paid") == 1 ? &high : &low) = middle;
    }
    // `low` is the millisecond of the payment.
    CHECK_I64(figure(t, low, low + 1, "gross_minor"), 2490);
    CHECK_I64(figure(t, low - 1, low, "gross_minor"), 0);
    CHECK_I64(figure(t, low + 1, low + 2, "gross_minor"), 0);
    end();
}

TEST(sales_spans)
{
    i64 now_ms;
    struct sales_span span;
    const char *field;
    CHECK(time_parse("2026-11-22T06:00:00Z", &now_ms));
    struct sales_query query = {.set = 0};
    CHECK(sales_span_of(&query, now_ms, &span, &field) == NULL);
    CHECK_TEXT(sales_span_name(t->arena, &span), "2026-11-21");
    SET(&query, sales_query, days, 7);
    CHECK(sales_span_of(&query, now_ms, &span, &field) == NULL);
    CHECK_TEXT(sales_span_name(t->arena, &span), "2026-11-15 until 2026-11-22");
    // At midnight itself the day that has just ended is the last one.
    now_ms = span.until;
    CHECK(sales_span_of(&query, now_ms, &span, &field) == NULL && span.until == now_ms);
    span = (struct sales_span){.from = now_ms + 1000, .until = now_ms + HOUR_MS};
    CHECK_TEXT(sales_span_name(t->arena, &span), "2026-11-22 00:00:01 until 2026-11-22 01:00");

    check_as_staff(t, ROLE_ORDERS);
    check(t, REPORT, "200 {'currencies':[{'currency':'EUR'},'...']}");
    check(t, REPORT "?days=7", "200 {'from':'~T00:00:00.000Z','until':'~T00:00:00.000Z'}");
    check(t, REPORT "?from=2026-02-01&until=2026-03-01",
          "200 {'from':'2026-02-01T00:00:00.000Z','until':'2026-03-01T00:00:00.000Z',"
          "'currencies':[{'currency':'EUR','orders_paid':0,'average_minor':null}]}");
    check(t, REPORT "?from=2026-02-30&until=2026-03-01", "422 {'errors':[{'field':'from'}]}");
    check(t, REPORT "?days=0", "422 {'errors':[{'field':'days'}]}");
    check(t, REPORT "?days=1&from=2026-02-01", "422 {'errors':[{'field':'days'}]}");
    check(t, REPORT "?until=2026-02-01",
          "422 {'errors':[{'field':'from','detail':'~is missing'}]}");
    check(t, REPORT "?from=2026-02-01&until=2026-02-01",
          "422 {'errors':[{'field':'until','detail':'must be later than from'}]}");
    check(t, REPORT "?from=2024-02-01&until=2026-02-01",
          "422 {'errors':[{'field':'until','detail':'is more than 366 days after from'}]}");
    check(t, "GET /api/v1/admin/reports/sales.csv?days=900", "422 {'errors':[{'field':'days'}]}");
    check_as_staff(t, ROLE_CATALOG);
    check(t, REPORT, "403");
    check(t, "GET /api/v1/admin/reports/sales.csv", "403");
    check_headers(t, "");
    check(t, REPORT, "401");
}

// Many products in a random order: what the list says is what sorting all of them says.
TEST(sales_best_of_many_products)
{
    enum { PRODUCTS = 700, LINES = 5000 };
    struct sales_count *count = sales_count_new(t->arena);
    i64 pieces[PRODUCTS] = {0}, all = 0;
    struct sold_item item = {.order_id = uuid_new(), .title = "A"};
    struct sold_order order = {.id = item.order_id, .currency = "EUR", .total_minor = 100};
    struct sold sold = {.orders = {1, &order}, .items = {1, &item}};
    for (int i = 0; i < LINES; i++) {
        u64 which = test_random(t) % PRODUCTS;
        item.handle = arena_printf(t->arena, "p-%llu", (unsigned long long)which);
        item.quantity = 1 + (i64)(test_random(t) % 3);
        item.total_minor = item.quantity * 10;
        pieces[which] += item.quantity;
        all += item.quantity;
        sales_count_capture(count, &sold, &order.id, "EUR", 100);
    }
    struct uuid gone = uuid_new();
    sales_count_capture(count, &sold, &gone, "EUR", 50);
    struct sales_list list;
    sales_count_end(count, &list);
    CHECK_I64((i64)list.count, 1);
    CHECK_I64(list.items[0].orders_paid, LINES + 1);
    CHECK_I64(list.items[0].orders_archived, 1);
    CHECK_I64(list.items[0].gross_minor, LINES * 100 + 50);
    CHECK_I64(list.items[0].pieces, all);
    CHECK_I64((i64)list.items[0].products.count, SALES_TOP);
    for (size_t i = 0; i < SALES_TOP; i++) {
        i64 most = 0;
        for (size_t j = 0; j < PRODUCTS; j++)
            most = max_i64(most, pieces[j]);
        const struct sales_product *best = &list.items[0].products.items[i];
        i64 which = 0;
        CHECK(str_i64(best->handle + 2, &which));
        CHECK_I64(best->pieces, most);
        CHECK_I64(pieces[which], most);
        CHECK_I64(best->total_minor, 10 * most);
        pieces[which] = 0;
    }
}

// A second run for the same span, an hour later or at once, changes nothing.
TEST(sales_mail_is_sent_once)
{
    struct sales_report report = {.from = 0, .until = DAY_MS};
    struct sales sales = {.currency = "EUR", .orders_paid = 3, .gross_minor = 12345};
    report.currencies = (struct sales_list){1, &sales};
    for (int i = 0; i < 3; i++) {
        struct rq *rq = rq_begin(check_app(), t->name, 5000);
        CHECK(sales_mail(rq, &report, "boss@sales.test") == ERR_OK);
        rq_end(rq);
        if (i > 0)
            check_deliver(t);
    }
    check_as_staff(t, ROLE_ORDERS);
    check(t, "GET /api/v1/admin/mails?cursor=00000526-5c01-7000-8000-000000000000&limit=2",
          "200 {'items':[{'id':'<mail>','recipient':'boss@sales.test',"
          "'subject':'Sales of 1970-01-01'}],'next_cursor':null}");
    check(t, "GET /api/v1/admin/mails/{mail}",
          "200 {'body':'~Orders paid                            3','html':'~123.45'}");
    check(t, "GET /api/v1/admin/mails/{mail}",
          "200 {'body':'~/admin/sales?from=1970-01-01T00:00:00.000Z&until=1970-01-02T'}");
}

TEST(sales_command_refuses)
{
    CHECK_TEXT(order_refused_command(t, "report --days 0"),
               "souk: --days is a number from 1 to 366\n");
    CHECK_TEXT(order_refused_command(t, "report --days soon"),
               "souk: --days is a number from 1 to 366\n");
    CHECK_TEXT(order_refused_command(t, "report --from 2026-02-30 --until 2026-03-01"),
               "souk: --from is a date such as 2026-11-21; 2026-02-30 is none\n");
    CHECK_TEXT(order_refused_command(t, "report --from 2026-02-01 --until=yesterday"),
               "souk: --until is a date such as 2026-11-21; yesterday is none\n");
    CHECK_TEXT(order_refused_command(t, "report --from 2026-03-01 --until 2026-02-01"),
               "souk: --until must be later than from\n");
    CHECK_TEXT(order_refused_command(t, "report --until 2026-02-01"),
               "souk: --from is missing: until when is said, from when is not\n");
    CHECK_TEXT(order_refused_command(t, "report --days 3 --from 2026-02-01"),
               "souk: --days says how long already: leave it out beside from and until\n");
    CHECK_TEXT(order_refused_command(t, "report --format pdf"),
               "souk: --format is text, json or csv\n");
    CHECK_TEXT(order_refused_command(t, "report --mail nobody"),
               "souk: nothing is mailed: --mail: not an e-mail address\n");
    CHECK_TEXT(
        order_refused_command(t, "report --from 2026-02-01 --until 2027-01-01 --mail a@b.de"),
        "souk: --mail is for a span that is over; this one goes on\n");
    CHECK_TEXT(order_refused_command(t, "report --weeks 2"),
               "souk: there is no option --weeks here; see souk help\n");
    CHECK_TEXT(order_refused_command(t, "report weekly"),
               "souk: souk report has options alone: what is weekly?\n");
}
