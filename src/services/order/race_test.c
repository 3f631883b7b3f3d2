// Tests of orders that arrive together: twins, the last pieces, the last uses of a coupon. What is
// counted must be exact; who wins is left to chance.
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
    struct arena *arena;
    struct client_reply reply;
};

static void *shop(void *context)
{
    struct shopper *shopper = context;
    struct http_field headers[] = {{"Content-Type", "application/json"},
                                   {"Idempotency-Key", shopper->key}};
    struct client_request request = {.method = "POST",
                                     .url = shopper->url,
                                     .headers = headers,
                                     .header_count = COUNT_OF(headers),
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
