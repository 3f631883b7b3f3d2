// Carts when people log in, and when nobody comes back. Everyday changes live in carts.c.
//
// Merging is a few statements over whole sets, so its cost does not grow with the carts. Of what a
// guest put in only what passes the limits is lost (quantities are cut at 9,999, lines at 200), and
// the coupons where the customer's cart has some, or another currency. Prices are not looked at;
// the next answer of the cart tells what changed.
#include "app/app.h"
#include "app/copies.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/cart_copy.h"
#include "services/order/order.h"

enum { KEPT_DAYS = 60 };

#define MERGE_PAIR(F, S)                                                                           \
    F(S, uuid, from_id, .doc = "The guest's cart.")                                                \
    F(S, uuid, to_id, .doc = "The customer's cart.")                                               \
    F(S, uuid, user_id, .doc = "Who has logged in.")
SHAPE(merge_pair, MERGE_PAIR);

// A cart that belongs to a customer, or is being ordered, is left alone.
QUERY_ROW(guest_cart, cart_merge, cart_key,
          "SELECT id FROM cart WHERE id = :cart_id AND customer_id IS NULL AND state = 'open'");
QUERY_ROW(own_cart, cart_merge, cart_key,
          "SELECT id FROM cart WHERE customer_id = :user_id AND state = 'open'");
QUERY_RUN(cart_give, merge_pair,
          "UPDATE cart SET customer_id = :user_id, version = version + 1, updated_at = :now"
          " WHERE id = :from_id");
QUERY_RUN(cart_close, merge_pair,
          "UPDATE cart SET state = 'merged', version = version + 1, updated_at = :now"
          " WHERE id = :from_id");
QUERY_RUN(cart_count, merge_pair,
          "UPDATE cart SET version = version + 1, updated_at = :now WHERE id = :to_id");
// What is in both carts adds up, to LIMIT_QUANTITY at most.
QUERY_RUN(
    lines_add_up, merge_pair,
    "UPDATE cart_item SET quantity = quantity + (SELECT CASE"
    " WHEN g.quantity + cart_item.quantity > 9999 THEN 9999 - cart_item.quantity"
    " ELSE g.quantity END FROM cart_item g WHERE g.cart_id = :from_id AND g.sku = cart_item.sku)"
    " WHERE cart_id = :to_id"
    " AND sku IN (SELECT sku FROM cart_item WHERE cart_id = :from_id)");
// As many of the other lines as a cart holds. A price that was told in another currency is
// forgotten.
QUERY_RUN(
    lines_move, merge_pair,
    "UPDATE cart_item SET cart_id = :to_id, unit_price_minor = CASE WHEN"
    " (SELECT currency FROM cart WHERE id = :from_id) ="
    " (SELECT currency FROM cart WHERE id = :to_id) THEN unit_price_minor ELSE 0 END"
    " WHERE id IN (SELECT id FROM cart_item"
    " WHERE cart_id = :from_id AND sku NOT IN (SELECT sku FROM cart_item WHERE cart_id = :to_id)"
    " ORDER BY id LIMIT 200 - (SELECT COUNT(*) FROM cart_item WHERE cart_id = :to_id))");
// Coupons come along only to a cart without any: their limit is a cart's. One of another currency
// would never hold there.
QUERY_RUN(
    coupons_move, merge_pair,
    "INSERT INTO cart_coupon (cart_id, coupon_id, added_at) SELECT :to_id, k.coupon_id, k.added_at"
    " FROM cart_coupon k JOIN coupon c ON c.id = k.coupon_id WHERE k.cart_id = :from_id"
    " AND (c.currency IS NULL OR c.currency = (SELECT currency FROM cart WHERE id = :to_id))"
    " AND (SELECT COUNT(*) FROM cart_coupon WHERE cart_id = :to_id) = 0"
    " ON CONFLICT DO NOTHING");

// The guest's cart is closed in the same transaction: merging again finds it no more.
static enum err pour(struct rq *rq, const struct merge_pair *pair)
{
    enum err err = lines_add_up(rq, pair, NULL);
    if (err == ERR_OK)
        err = lines_move(rq, pair, NULL);
    if (err == ERR_OK)
        err = coupons_move(rq, pair, NULL);
    if (err == ERR_OK)
        err = cart_close(rq, pair, NULL);
    return err == ERR_OK ? cart_count(rq, pair, NULL) : err;
}

// What Redis has newer is put back first.
static enum err find_newest(struct rq *rq, const struct cart_merge *in)
{
    struct cart_found found;
    enum err err = ERR_OK;
    if (!copies_kept(rq->app))
        return ERR_OK;
    if (!uuid_empty(&in->cart_id))
        err = cart_find(rq, &in->cart_id, true, &found);
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        err = cart_find_of(rq, &in->user_id, true, &found);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

// Copies both as they are now; the guest's too, lest a lost commit opens it again and its lines
// are added a second time.
static enum err keep_both(struct rq *rq, const struct merge_pair *pair)
{
    struct cart_found found;
    const struct uuid *kept = uuid_empty(&pair->to_id) ? &pair->from_id : &pair->to_id;
    if (!copies_kept(rq->app))
        return ERR_OK;
    enum err err = cart_keep_stored(rq, &pair->from_id);
    if (err == ERR_OK && kept != &pair->from_id)
        err = cart_keep_stored(rq, kept);
    if (err == ERR_OK)
        err = cart_find(rq, kept, false, &found);
    if (err == ERR_OK)
        cart_keep_customer(rq, &found.cart);
    return err;
}

HANDLER(cart_merge, cart_merge, cart_merged)
{
    struct cart_key guest = {0}, own = {0};
    enum err err = find_newest(rq, in);
    if (err != ERR_OK)
        return err;
    enum err has_own = own_cart(rq, in, &own), has_guest = ERR_NOT_FOUND;
    if (!uuid_empty(&in->cart_id))
        has_guest = guest_cart(rq, in, &guest);
    if (has_own != ERR_OK && has_own != ERR_NOT_FOUND)
        return has_own;
    if (has_guest != ERR_OK && has_guest != ERR_NOT_FOUND)
        return has_guest;
    struct merge_pair pair = {.from_id = guest.id, .to_id = own.id, .user_id = in->user_id};
    out->cart_id = own.id;
    if (has_guest != ERR_OK)
        return ERR_OK;
    out->cart_id = has_own == ERR_OK ? own.id : guest.id;
    err = has_own == ERR_OK ? pour(rq, &pair) : cart_give(rq, &pair, NULL);
    return err == ERR_OK ? keep_both(rq, &pair) : err;
}

#define CART_AGE(F, S) F(S, time, before, .doc = "Older ones are forgotten.")
SHAPE(cart_age, CART_AGE);
QUERY_RUN(carts_forget, cart_age,
          "DELETE FROM cart WHERE id IN (SELECT c.id FROM cart c WHERE c.updated_at < :before"
          " AND c.state IN ('open', 'merged', 'abandoned')"
          " AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.cart_id = c.id) LIMIT 500)");

STEP(carts_expire, cart_age, nothing)
{
    return carts_forget(rq, in, NULL);
}

// Orders keep their carts; what nobody ordered or touched for two months goes.
static enum err expire(struct rq *rq)
{
    struct cart_age age = {.before = rq->now_ms - KEPT_DAYS * DAY_MS};
    return carts_expire(rq, &age, &(struct nothing){0});
}
// 500 an hour: a wave of old carts is worked off over days, and no single turn holds the writer for
// long.
JOB(cart_expiry, HOUR_MS, expire);

static const struct route cart_merge_routes[] = {
    {POST, "/internal/v1/cart_merge", &cart_merge_handler, 200, ROLE_PEER,
     "Add a guest's cart to a customer's."},
};
ROUTES(order_cart_merge, cart_merge_routes);
