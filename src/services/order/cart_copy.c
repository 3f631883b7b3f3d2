// Carts in Redis: copies of what is in the database, made before a change is answered, and used
// where they are newer. Contract in cart_copy.h; the copies themselves are app/copies.h.
//
// Changes of carts are committed without waiting for a replica, so a primary that dies may take the
// last of them along; Redis does the same with its own last writes. Whichever has the higher
// version is the cart. Only an open cart, or one that is not there, is put back: what an order has
// been made of is decided by the database alone, and those commits do wait.
//
// Of the same version the two are the same cart only when they were changed at the same moment:
// after a failover another change may have got the version of one that was lost. Then the
// database's counts.
#include "services/order/cart_copy.h"
#include "app/app.h"
#include "app/copies.h"
#include "core/time.h"
#include "core/uuid.h"

// What a copy is for takes seconds; a week is for shoppers who come back.
enum { CART_COPY_MS = 7 * 24 * 3600 * 1000 };

COPY(cart, cart_document, CART_COPY_MS);
COPY(customer_cart, cart_key, CART_COPY_MS);

QUERY_ROW(cart_by_id, cart_key, cart_row, "SELECT " CART_COLUMNS " FROM cart WHERE id = :id");

#define CUSTOMER_KEY(F, S) F(S, uuid, customer_id, .doc = "Whose cart.")
SHAPE(customer_key, CUSTOMER_KEY);
QUERY_ROW(cart_of_customer, customer_key, cart_row,
          "SELECT " CART_COLUMNS " FROM cart WHERE customer_id = :customer_id"
          " AND state IN ('open', 'ordering')"
          " ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, updated_at DESC, id DESC LIMIT 1");

// A customer who has begun another open cart meanwhile keeps that one.
QUERY_RUN(cart_add_back, cart_row,
          "INSERT INTO cart (" CART_COLUMNS ", created_at) VALUES (:id, :version, :state,"
          " :customer_id, :currency, :email, :country, :region, :postcode, :shipping_option,"
          " :updated_at, :updated_at) ON CONFLICT DO NOTHING");
QUERY_RUN(cart_set_forward, cart_row,
          "UPDATE cart SET version = :version, state = :state, customer_id = :customer_id,"
          " currency = :currency, email = :email, country = :country, region = :region,"
          " postcode = :postcode, shipping_option = :shipping_option, updated_at = :updated_at"
          " WHERE id = :id AND state = 'open' AND version < :version"
          " AND NOT EXISTS (SELECT 1 FROM cart o WHERE o.customer_id = :customer_id"
          " AND o.state = 'open' AND o.id <> :id)");
QUERY_RUN(cart_items_clear, cart_key, "DELETE FROM cart_item WHERE cart_id = :id");
// A line may be in the cart that it was moved from when that was lost too.
QUERY_RUN(cart_item_add_back, cart_item_row,
          "INSERT INTO cart_item (id, cart_id, sku, title, quantity, unit_price_minor)"
          " VALUES (:id, :cart_id, :sku, :title, :quantity, :unit_price_minor)"
          " ON CONFLICT (id) DO UPDATE SET cart_id = excluded.cart_id, sku = excluded.sku,"
          " title = excluded.title, quantity = excluded.quantity,"
          " unit_price_minor = excluded.unit_price_minor");

#define CART_COUPON_BACK(F, S)                                                                     \
    F(S, uuid, cart_id, .doc = "Of the cart.")                                                     \
    F(S, uuid, coupon_id, .doc = "Of the coupon.")                                                 \
    F(S, time, added_at, .doc = "Keeps their order.")
SHAPE(cart_coupon_back, CART_COUPON_BACK);
QUERY_RUN(cart_coupons_clear, cart_key, "DELETE FROM cart_coupon WHERE cart_id = :id");
QUERY_RUN(cart_coupon_add_back, cart_coupon_back,
          "INSERT INTO cart_coupon (cart_id, coupon_id, added_at)"
          " SELECT :cart_id, id, :added_at FROM coupon WHERE id = :coupon_id");

static enum err put_back_choice(struct rq *rq, const struct cart_document *document)
{
    struct cart_key key = {.id = document->cart->id};
    enum err err = cart_items_clear(rq, &key, NULL);
    for (size_t i = 0; i < document->items.count && err == ERR_OK; i++)
        err = cart_item_add_back(rq, &document->items.items[i], NULL);
    if (err == ERR_OK)
        err = cart_coupons_clear(rq, &key, NULL);
    for (size_t i = 0; i < document->coupon_ids.count && err == ERR_OK; i++) {
        struct cart_coupon_back row = {.cart_id = key.id, .added_at = rq->now_ms + (i64)i};
        if (uuid_parse(document->coupon_ids.items[i], &row.coupon_id))
            err = cart_coupon_add_back(rq, &row, NULL);
    }
    return err;
}

enum err cart_put_back(struct rq *rq, const struct cart_document *document, bool *done)
{
    i64 changed = 0;
    enum err err = cart_set_forward(rq, document->cart, &changed);
    if (err == ERR_OK && changed == 0)
        err = cart_add_back(rq, document->cart, &changed);
    *done = err == ERR_OK && changed > 0;
    return *done ? put_back_choice(rq, document) : err;
}

static bool same_cart(const struct cart_row *a, const struct cart_row *b)
{
    return a->version == b->version && a->updated_at == b->updated_at;
}

// Of what the database has (`have`: ERR_OK or ERR_NOT_FOUND) and a copy the one that counts.
static enum err choose(struct rq *rq, enum err have, const struct cart_document *copy, bool writes,
                       struct cart_found *out)
{
    if (have == ERR_OK && same_cart(&out->cart, copy->cart)) {
        out->document = writes ? NULL : copy;
        return ERR_OK;
    }
    if (have == ERR_OK &&
        (copy->cart->version <= out->cart.version || out->cart.state != cart_state_open))
        return ERR_OK;
    bool done = true;
    enum err err = writes ? cart_put_back(rq, copy, &done) : ERR_OK;
    if (err != ERR_OK)
        return err;
    if (!done)
        return have;
    out->cart = *copy->cart;
    out->document = writes ? NULL : copy;
    return ERR_OK;
}

enum err cart_find(struct rq *rq, const struct uuid *id, bool writes, struct cart_found *out)
{
    struct cart_document *copy = ARENA_NEW(rq->arena, struct cart_document);
    struct copy_stamp stamp;
    *out = (struct cart_found){.document = NULL};
    enum err err = cart_by_id(rq, &(struct cart_key){.id = *id}, &out->cart);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    enum copied copied = cart_copied(rq, id->s, &stamp, copy);
    // Who waited for a failover has no time left to ask for what it forgot.
    if (copied == copied_error && err == ERR_NOT_FOUND && rq_left_ms(rq) == 0)
        return fail(rq, ERR_UNAVAILABLE, "no time was left to look for the cart");
    if (copied != copied_fresh || !uuid_equal(&copy->cart->id, id))
        return err;
    return choose(rq, err, copy, writes, out);
}

// The cart that Redis knows as a customer's, if it is that and open.
static bool find_known(struct rq *rq, const struct uuid *customer_id, bool writes,
                       struct cart_found *out)
{
    struct cart_key known = {0};
    struct copy_stamp stamp;
    return customer_cart_copied(rq, customer_id->s, &stamp, &known) == copied_fresh &&
           cart_find(rq, &known.id, writes, out) == ERR_OK && out->cart.state == cart_state_open &&
           uuid_equal(&out->cart.customer_id, customer_id);
}

enum err cart_find_of(struct rq *rq, const struct uuid *customer_id, bool writes,
                      struct cart_found *out)
{
    struct cart_found known;
    *out = (struct cart_found){.document = NULL};
    enum err err =
        cart_of_customer(rq, &(struct customer_key){.customer_id = *customer_id}, &out->cart);
    if (err == ERR_OK && out->cart.state == cart_state_open) {
        struct uuid id = out->cart.id;
        return cart_find(rq, &id, writes, out);
    }
    if ((err == ERR_OK || err == ERR_NOT_FOUND) && find_known(rq, customer_id, writes, &known)) {
        *out = known;
        return ERR_OK;
    }
    return err;
}

static void keep_document(struct rq *rq, const struct cart_document *document)
{
    struct copy_stamp stamp = {document->cart->version, rq->now_ms};
    cart_copy_keep(rq, document->cart->id.s, stamp, rq->now_ms + CART_COPY_MS, document);
}

void cart_keep(struct rq *rq, const struct basket *basket)
{
    struct cart_row cart = basket->cart;
    struct cart_document document = {
        .cart = &cart, .items = basket->items, .coupon_ids = basket->coupon_ids};
    keep_document(rq, &document);
}

enum err cart_keep_stored(struct rq *rq, const struct uuid *id)
{
    struct cart_row cart;
    struct cart_document document = {.cart = &cart};
    struct coupon_list coupons = {0};
    enum err err = cart_by_id(rq, &(struct cart_key){.id = *id}, &cart);
    if (err == ERR_OK)
        err = basket_stored(rq, id, &document.items, &coupons);
    document.coupon_ids.items = ARENA_ARRAY(rq->arena, const char *, coupons.count);
    for (; document.coupon_ids.count < coupons.count; document.coupon_ids.count++)
        document.coupon_ids.items[document.coupon_ids.count] =
            coupons.items[document.coupon_ids.count].id.s;
    if (err == ERR_OK)
        keep_document(rq, &document);
    return err;
}

// The later cart is the newer fact.
void cart_keep_customer(struct rq *rq, const struct cart_row *cart)
{
    struct copy_stamp stamp = {cart->updated_at, rq->now_ms};
    struct cart_key key = {.id = cart->id};
    customer_cart_copy_keep(rq, cart->customer_id.s, stamp, rq->now_ms + CART_COPY_MS, &key);
}
