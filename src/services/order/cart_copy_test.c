// Tests of carts that the database has lost: put back from a document, and, with SOUK_TEST_REDIS,
// from their copy in Redis. The loss is made here, as a PostgreSQL would that took over without the
// last commits: its carts are as they were before.
#include <string.h>

#include "app/app.h"
#include "app/copies.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/cart_copy.h"
#include "services/order/fixture.h"

QUERY_RUN(test_cart_before, cart_key, "UPDATE cart SET version = version - 1 WHERE id = :id");
QUERY_RUN(test_cart_lines_before, cart_key,
          "DELETE FROM cart_item WHERE cart_id = :id AND sku = 'COPY-B'");
QUERY_RUN(test_cart_coupons_before, cart_key, "DELETE FROM cart_coupon WHERE cart_id = :id");
QUERY_RUN(test_cart_never, cart_key, "DELETE FROM cart WHERE id = :id");

STEP(lose_last_change, cart_key, nothing)
{
    enum err err = test_cart_before(rq, in, NULL);
    if (err == ERR_OK)
        err = test_cart_lines_before(rq, in, NULL);
    return err == ERR_OK ? test_cart_coupons_before(rq, in, NULL) : err;
}

STEP(lose_cart, cart_key, nothing)
{
    return test_cart_never(rq, in, NULL);
}

static struct cart_key key_of(const char *name)
{
    struct cart_key key = {0};
    bool read = uuid_parse(check_value(name), &key.id);
    assert(read);
    return key;
}

static struct rq *begin(void)
{
    return rq_begin(check_app(), "cart_copy", MINUTE_MS);
}

static void lose(struct test *t, bool whole)
{
    struct rq *rq = begin();
    struct cart_key key = key_of("cart");
    struct nothing none;
    CHECK_I64(whole ? lose_cart(rq, &key, &none) : lose_last_change(rq, &key, &none), ERR_OK);
    rq_end(rq);
}

// A cart with two lines and a coupon.
static void begin_cart(struct test *t)
{
    shop_open(t);
    goods(t, "COPY-A", 1000, -1);
    goods(t, "COPY-B", 250, -1);
    check_as_staff(t, ROLE_ORDERS);
    check(t,
          "POST /api/v1/admin/coupons {'code':'COPY','kind':'fixed','amount_minor':100,"
          "'currency':'EUR'}",
          "0");
    check_headers(t, "");
    cart_with(t, "COPY-A", 2);
    check(t, "POST /api/v1/carts/{cart}/coupons {'code':'COPY'}", "200 {'discount_minor':100}");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'COPY-B','quantity':4}",
          "201 {'version':4,'subtotal_minor':3000,'discount_minor':100}");
}

#define PUT_BACK(F, S)                                                                             \
    F(S, nested(cart_document), document, .doc = "What to put back.")                              \
    F(S, bool, done, .optional = true, .doc = "Whether it was.")
SHAPE(put_back, PUT_BACK);

STEP(put_back, put_back, put_back)
{
    return cart_put_back(rq, in->document, &out->done);
}

#define TOTALS(F, S)                                                                               \
    F(S, minor, total_minor, .doc = "To be paid.")                                                 \
    F(S, i64, lines, .doc = "How many.")                                                           \
    F(S, i64, coupons, .doc = "How many hold.")
SHAPE(totals, TOTALS);

SNAPSHOT(price_document, put_back, totals)
{
    struct basket basket;
    struct cart_found found = {.cart = *in->document->cart, .document = in->document};
    enum err err = basket_read_found(rq, &found, &basket);
    out->total_minor = basket.price.total_minor;
    out->lines = (i64)basket.items.count;
    out->coupons = (i64)basket.coupons.count;
    return err;
}

STEP(read_document, cart_key, cart_document)
{
    struct cart_found found;
    struct coupon_list coupons = {0};
    enum err err = cart_find(rq, &in->id, true, &found);
    if (err == ERR_OK)
        err = basket_stored(rq, &in->id, &out->items, &coupons);
    out->cart = ARENA_NEW(rq->arena, struct cart_row);
    *out->cart = found.cart;
    out->coupon_ids.items = ARENA_ARRAY(rq->arena, const char *, coupons.count + 1);
    for (; out->coupon_ids.count < coupons.count; out->coupon_ids.count++)
        out->coupon_ids.items[out->coupon_ids.count] =
            arena_text(rq->arena, coupons.items[out->coupon_ids.count].id.s);
    return err;
}

// What the cart is once a document was put back; an older one changes nothing.
TEST(cart_put_back)
{
    struct rq *rq = begin();
    struct cart_document document;
    struct put_back in = {.document = &document}, out;
    struct totals totals;
    begin_cart(t);
    struct cart_key key = key_of("cart");
    CHECK_I64(read_document(rq, &key, &document), ERR_OK);
    CHECK_I64(price_document(rq, &in, &totals), ERR_OK);
    CHECK_I64(totals.lines, 2);
    CHECK_I64(totals.coupons, 1);
    CHECK_I64(totals.total_minor, 2900);
    CHECK_I64(put_back(rq, &in, &out), ERR_OK);
    CHECK(!out.done);
    document.cart->version = 9;
    document.cart->country = "FR";
    document.items.items[1].quantity = 5;
    CHECK_I64(put_back(rq, &in, &out), ERR_OK);
    CHECK(out.done);
    check(t, "GET /api/v1/carts/{cart}",
          "200 {'version':9,'country':'FR','items':[{'quantity':2},{'quantity':5}],"
          "'coupons':[{'code':'COPY'}],'subtotal_minor':3250}");
    document.cart->version = 8;
    document.items.count = 0;
    CHECK_I64(put_back(rq, &in, &out), ERR_OK);
    CHECK(!out.done);
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'COPY-B','quantity':1}",
          "201 {'version':10,'items':[{'quantity':2},{'quantity':6}]}");
    rq_end(rq);
}

// A cart that is not there any more comes back; not where its customer has begun another one.
TEST(cart_put_back_whole)
{
    struct rq *rq = begin();
    struct cart_document document;
    struct put_back in = {.document = &document}, out;
    struct nothing none;
    begin_cart(t);
    struct cart_key key = key_of("cart");
    CHECK_I64(read_document(rq, &key, &document), ERR_OK);
    CHECK_I64(lose_cart(rq, &key, &none), ERR_OK);
    CHECK_I64(put_back(rq, &in, &out), ERR_OK);
    CHECK(out.done);
    check(t, "GET /api/v1/carts/{cart}", "200 {'version':4,'items':[{},{}],'coupons':[{}]}");
    check_as_staff(t, ROLE_ANYONE);
    check(t, "POST /api/v1/carts {}", "201 {'id':'<own>'}");
    document.cart->customer_id = uuid_of("staff");
    document.cart->version = 50;
    CHECK_I64(put_back(rq, &in, &out), ERR_OK);
    CHECK(!out.done);
    CHECK_I64(lose_cart(rq, &key, &none), ERR_OK);
    CHECK_I64(put_back(rq, &in, &out), ERR_OK);
    CHECK(!out.done);
    rq_end(rq);
}

static void find_what_was_lost(struct test *t)
{
    check(t, "GET /api/v1/carts/{cart}",
          "200 {'version':4,'items':[{'quantity':2},{'quantity':4}],'coupons':[{'code':'COPY'}],"
          "'discount_minor':100,'total_minor':2900}");
    check(t, "GET /api/v1/carts/{cart}/shipping-options?country=DE", "200");
    check(t, "POST /api/v1/carts/{cart}/items\nIf-Match: \"4\"\n{'sku':'COPY-B','quantity':1}",
          "201 {'version':5,'items':[{'quantity':2},{'quantity':5}],'coupons':[{'code':'COPY'}]}");
}

// Redis has the last change of a cart whose database has lost it; the order is of what Redis has.
TEST(cart_lost_change)
{
    bool kept = copies_kept(check_app());
    check_apart(t);
    begin_cart(t);
    lose(t, false);
    if (kept)
        find_what_was_lost(t);
    lose(t, false);
    order_cart(t, "copy-lost-1", "tok_ok",
               kept ? "201 {'subtotal_minor':3250,'discount_minor':100}"
                    : "201 {'subtotal_minor':2000,'discount_minor':0}");
    check(t, "GET /api/v1/carts/{cart}", "404");
}

TEST(cart_lost)
{
    check_apart(t);
    begin_cart(t);
    lose(t, true);
    if (!copies_kept(check_app()))
        return;
    check(t, "GET /api/v1/carts/{cart}", "200 {'version':4,'items':[{},{}],'coupons':[{}]}");
    check(t, "PATCH /api/v1/carts/{cart} {'country':'DE'}",
          "200 {'version':5,'items':[{},{}],'coupons':[{}]}");
}

STEP(find_lost, cart_key, nothing)
{
    struct cart_found found;
    return cart_find(rq, &in->id, true, &found);
}

// It is not said to be gone by who could not look.
TEST(cart_lost_and_no_time_left)
{
    check_apart(t);
    begin_cart(t);
    lose(t, true);
    struct rq *rq = rq_begin(check_app(), "cart_copy", 0);
    struct cart_key key = key_of("cart");
    struct nothing none;
    CHECK_I64(find_lost(rq, &key, &none),
              copies_kept(check_app()) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
    rq_end(rq);
}

// As it is without Redis, for the tests after this one.
static void lose_for_good(struct test *t)
{
    struct rq *rq = begin();
    struct cart_key key = key_of("cart");
    lose(t, true);
    CHECK_I64(copy_end_now(rq, copy_kind_named("cart"), key.id.s, rq->now_ms + HOUR_MS), ERR_OK);
    rq_end(rq);
}

// A customer's cart is found again as theirs, and no second one is begun.
TEST(cart_theirs_though_lost)
{
    check_apart(t);
    goods(t, "COPY-A", 1000, -1);
    check_as_staff(t, ROLE_ANYONE);
    check(t, "POST /api/v1/carts {}", "201 {'id':'<cart>'}");
    check(t, "POST /api/v1/carts/{cart}/items {'sku':'COPY-A','quantity':1}", "201");
    lose(t, true);
    if (copies_kept(check_app())) {
        check(t, "GET /api/v1/users/me/cart",
              "200 {'id':'{cart}','items':[{'sku':'COPY-A'},'...']}");
        check(t, "POST /api/v1/carts {}", "201 {'id':'{cart}'}");
        check(t, "GET /api/v1/users/me/cart", "200 {'id':'{cart}'}");
        lose_for_good(t);
        check(t, "GET /api/v1/users/me/cart", "404");
    }
}

// The database has another change than the copy under the same version: its own counts.
TEST(cart_same_version)
{
    check_apart(t);
    begin_cart(t);
    struct rq *rq = begin();
    struct cart_document document;
    struct cart_key key = key_of("cart");
    CHECK_I64(read_document(rq, &key, &document), ERR_OK);
    document.cart->updated_at--;
    document.items.count = 0;
    struct copy_stamp stamp = {document.cart->version, rq->now_ms};
    copy_keep(rq, copy_kind_named("cart"), key.id.s, stamp, rq->now_ms + MINUTE_MS, &document);
    check(t, "GET /api/v1/carts/{cart}", "200 {'version':4,'items':[{},{}]}");
    rq_end(rq);
}
