// Tests of orders that arrive together: twins, the last pieces, the last uses of a coupon, captures
// and cancellations. What is counted must be exact; who wins is left to chance.
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "core/str.h"
#include "net/client.h"
#include "services/order/fixture.h"

enum { SHOPPERS = 24, TRIES = 40 };

struct shopper {
    pthread_t thread;
    const char *url, *key, *body;
    const char *staff; // a token, NULL: a guest
    struct arena *arena;
    struct client_reply reply;
};

static void *shop(void *context)
{
    struct shopper *shopper = context;
    struct http_field headers[] = {{"Content-Type", "application/json"},
                                   {"Idempotency-Key", shopper->key},
                                   {"Authorization", shopper->staff}};
    struct client_request request = {.method = "POST",
                                     .url = shopper->url,
                                     .headers = headers,
                                     .header_count = shopper->staff != NULL ? 3 : 2,
                                     .body = shopper->body,
                                     .body_length = strlen(shopper->body),
                                     .timeout_ms = 20000,
                                     .direct = true};
    // Told that the shop is busy, a shopper asks again with the same key, as the storefront does.
    for (int tries = 0; tries < TRIES; tries++) {
        if (client_call(&request, shopper->arena, &shopper->reply) != CLIENT_ANSWERED)
            shopper->reply = (struct client_reply){.status = 0, .body = ""};
        if (shopper->reply.status != 503 && shopper->reply.status != 504)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    return NULL;
}

static struct shopper *gather(struct test *t)
{
    struct shopper *shoppers = ARENA_ARRAY(t->arena, struct shopper, SHOPPERS);
    for (int i = 0; i < SHOPPERS; i++) {
        shoppers[i].arena = arena_new(MIB(8));
        shoppers[i].url = arena_printf(t->arena, "http://127.0.0.1:%d/api/v1/orders", check_port());
    }
    return shoppers;
}

static void order_at_once(struct shopper *shoppers)
{
    for (int i = 0; i < SHOPPERS; i++) {
        int started = pthread_create(&shoppers[i].thread, NULL, shop, &shoppers[i]);
        assert(started == 0);
    }
    for (int i = 0; i < SHOPPERS; i++)
        pthread_join(shoppers[i].thread, NULL);
}

static int answered(const struct shopper *shoppers, int status)
{
    int count = 0;
    for (int i = 0; i < SHOPPERS; i++)
        count += shoppers[i].reply.status == status;
    return count;
}

static void leave(struct shopper *shoppers)
{
    for (int i = 0; i < SHOPPERS; i++)
        arena_free(shoppers[i].arena);
}

static const char *order_body(struct test *t)
{
    return arena_printf(t->arena,
                        "{\"cart_id\":\"%s\",\"email\":\"%s@race.test\",\"shipping_address\":{"
                        "\"name\":\"A\",\"line1\":\"1\",\"city\":\"B\",\"country\":\"DE\"},"
                        "\"shipping_option\":\"parcel\","
                        "\"payment\":{\"provider\":\"test\",\"token\":\"tok_ok\"}}",
                        check_value("cart"), check_value("cart"));
}

// A cart for each, with so many pieces and perhaps a coupon; each orders under a key of its own.
static struct shopper *gather_with_carts(struct test *t, const char *sku, const char *coupon)
{
    struct shopper *shoppers = gather(t);
    shop_open(t);
    for (int i = 0; i < SHOPPERS; i++) {
        cart_with(t, sku, 1);
        if (coupon != NULL)
            check(t,
                  arena_printf(t->arena, "POST /api/v1/carts/{cart}/coupons {'code':'%s'}", coupon),
                  "200");
        shoppers[i].key = arena_printf(t->arena, "race-%s-%d", sku, i);
        shoppers[i].body = order_body(t);
    }
    return shoppers;
}

TEST(zx_race_of_twins)
{
    struct shopper *shoppers = gather(t);
    shop_open(t);
    goods(t, "RACE-A", 1000, 50);
    cart_with(t, "RACE-A", 2);
    for (int i = 0; i < SHOPPERS; i++) {
        shoppers[i].key = "race-twins";
        shoppers[i].body = order_body(t);
    }
    order_at_once(shoppers);
    CHECK_I64(answered(shoppers, 201), SHOPPERS);
    for (int i = 1; i < SHOPPERS; i++)
        CHECK_TEXT(shoppers[i].reply.body, shoppers[0].reply.body);
    check_as_staff(t, ROLE_CATALOG | ROLE_ORDERS);
    check(t, "GET /api/v1/admin/stock/RACE-A", "200 {'on_hand':48,'reserved':0}");
    check(t, "GET /api/v1/admin/orders?q=RACE-A", "200 {'items':[{'state':'paid'}]}");
    leave(shoppers);
}

TEST(zx_race_of_one_cart_with_many_keys)
{
    struct shopper *shoppers = gather(t);
    shop_open(t);
    goods(t, "RACE-B", 1000, 50);
    cart_with(t, "RACE-B", 1);
    for (int i = 0; i < SHOPPERS; i++) {
        shoppers[i].key = arena_printf(t->arena, "race-b-%d", i);
        shoppers[i].body = order_body(t);
    }
    order_at_once(shoppers);
    CHECK_I64(answered(shoppers, 201), 1);
    CHECK_I64(answered(shoppers, 409), SHOPPERS - 1);
    leave(shoppers);
}

TEST(zx_race_for_the_last_pieces)
{
    goods(t, "RACE-C", 1000, SHOPPERS);
    struct shopper *shoppers = gather_with_carts(t, "RACE-C", NULL);
    goods_stock(t, "RACE-C", 10);
    order_at_once(shoppers);
    CHECK_I64(answered(shoppers, 201), 10);
    CHECK_I64(answered(shoppers, 409), SHOPPERS - 10);
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/stock/RACE-C", "200 {'on_hand':0,'reserved':0}");
    leave(shoppers);
}

TEST(zx_race_for_the_last_uses_of_a_coupon)
{
    check_as_staff(t, ROLE_ORDERS);
    check(t,
          "POST /api/v1/admin/coupons {'code':'RACE','kind':'percent','percent_ppm':500000,"
          "'uses_max':3}",
          "201 {'id':'<coupon>'}");
    check_headers(t, "");
    goods(t, "RACE-D", 1000, -1);
    struct shopper *shoppers = gather_with_carts(t, "RACE-D", "RACE");
    order_at_once(shoppers);
    CHECK_I64(answered(shoppers, 201), 3);
    CHECK_I64(answered(shoppers, 409), SHOPPERS - 3);
    check_as_staff(t, ROLE_ORDERS);
    check(t, "PATCH /api/v1/admin/coupons/{coupon} {'uses_max':3}", "200 {'uses':3}");
    leave(shoppers);
}

// An order whose money is held, as "order".
static void hold_money(struct test *t, const char *key)
{
    order_begin(t, "RACE-E", 1000);
    check_as_staff(t, ROLE_ADMIN);
    check(t, "PATCH /api/v1/admin/shop {'capture':'manual'}", "200");
    check_headers(t, "");
    order_cart(t, key, "tok_ok", "201 {'id':'<order>','state':'authorized'}");
    check_as_staff(t, ROLE_ADMIN);
    check(t, "PATCH /api/v1/admin/shop {'capture':'automatic'}", "200");
}

// Staff who press a button at once, each under a key of their own.
static struct shopper *gather_staff(struct test *t, const char *even, const char *odd)
{
    struct shopper *staff = gather(t);
    check_as_staff(t, ROLE_ORDERS);
    for (int i = 0; i < SHOPPERS; i++) {
        staff[i].url = arena_printf(t->arena, "http://127.0.0.1:%d/api/v1/admin/orders/%s/%s",
                                    check_port(), check_value("order"), i % 2 == 0 ? even : odd);
        staff[i].key = arena_printf(t->arena, "race-%s-%d", check_value("order"), i);
        staff[i].body = "{}";
        staff[i].staff = arena_printf(t->arena, "Bearer %s", check_value("staff"));
    }
    return staff;
}

// What is asked from now on is read where all that those at once wrote is there: this is written
// after it, and its position goes with the next request. A replica may be behind.
static void look_after_them(struct test *t)
{
    check_as_staff(t, ROLE_ORDERS);
}

TEST(zx_race_of_captures)
{
    const char *before = check_audit(t); // other tests leave payments without orders
    hold_money(t, "race-e");
    struct shopper *staff = gather_staff(t, "capture", "capture");
    for (int i = 1; i < SHOPPERS; i += 2)
        staff[i].body = "{\"amount_minor\":1000}";
    order_at_once(staff);
    CHECK_I64(answered(staff, 200), 1);
    CHECK_I64(answered(staff, 409), SHOPPERS - 1);
    look_after_them(t);
    check(t, "GET /api/v1/admin/orders/{order}", "0 {'state':'paid','history':[{},{},{}]}");
    CHECK_TEXT(check_audit(t), before);
    leave(staff);
}

// Whoever comes first, nothing stays held, and what was captured for a cancelled order goes back.
TEST(zx_race_of_capture_and_cancel)
{
    const char *before = check_audit(t);
    for (int round = 0; round < 6; round++) {
        int captured = 0, cancelled = 0;
        hold_money(t, arena_printf(t->arena, "race-f-%d", round));
        struct shopper *staff = gather_staff(t, "capture", "cancel");
        order_at_once(staff);
        for (int i = 0; i < SHOPPERS; i++) {
            CHECK(staff[i].reply.status == 200 || staff[i].reply.status == 409);
            captured += i % 2 == 0 && staff[i].reply.status == 200;
            cancelled += i % 2 == 1 && staff[i].reply.status == 200;
        }
        CHECK(captured <= 1 && cancelled <= 1 && captured + cancelled >= 1);
        look_after_them(t);
        check(t, "GET /api/v1/admin/orders/{order}",
              cancelled > 0 ? "0 {'state':'cancelled'}" : "0 {'state':'paid'}");
        leave(staff);
    }
    CHECK_TEXT(check_audit(t), before);
}
