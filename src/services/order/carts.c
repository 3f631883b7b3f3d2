// Carts of guests and customers. Every call changes the cart, reads it again with all that its
// price depends on (basket.c), judges what was changed, and answers the whole: what is refused is
// rolled back.
//
// Changing first and judging after is what keeps the rules in one place: a limit, a sold-out line
// or a bad option is seen in the cart as it would be, however it came about. The transaction makes
// that free of risk.
//
// A guest's cart is protected by its id alone (a UUID with 62 random bits, never listed anywhere),
// a customer's by the session. The version grows with every change and is the entity tag; If-Match
// (RFC 9110 section 13.1.1) is for clients that want to be sure, such as two tabs of one browser.
#include <string.h>

#include "app/app.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/cart_copy.h"
#include "services/order/order.h"

// Ordering one writes an order beside, and that waits.
DB_LOCAL(cart, "cart", "cart_item", "cart_coupon");

QUERY_ROW(
    cart_grow, cart_key, cart_row,
    "UPDATE cart SET version = version + 1, updated_at = :now WHERE id = :id AND state = 'open'"
    " RETURNING " CART_COLUMNS);
QUERY_ROW(
    cart_insert, cart_row, cart_row,
    "INSERT INTO cart (id, version, state, customer_id, currency, created_at, updated_at)"
    " VALUES (:new_id, 1, 'open', :customer_id, :currency, :now, :now) RETURNING " CART_COLUMNS);
QUERY_PUT(
    cart_update, cart_row,
    "UPDATE cart SET currency = :currency, email = :email, country = :country, region = :region,"
    " postcode = :postcode, shipping_option = :shipping_option WHERE id = :id");

// A customer's cart is seen by that customer alone, a guest's by whoever knows its id.
static enum err find(struct rq *rq, const struct uuid *id, bool writes, struct cart_found *found)
{
    enum err err = cart_find(rq, id, writes, found);
    const struct cart_row *cart = &found->cart;
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? fail(rq, err, "there is no such cart") : err;
    bool theirs =
        uuid_empty(&cart->customer_id) || uuid_equal(&cart->customer_id, &rq->caller.user_id);
    if (!theirs)
        return fail(rq, ERR_NOT_FOUND, "there is no such cart");
    if (cart->state != cart_state_open && cart->state != cart_state_ordering)
        return fail(rq, ERR_NOT_FOUND, "this cart is closed; start a new one");
    return ERR_OK;
}

// Optimistic concurrency: a client that says which version it saw changes no other one. The entity
// tag is the version in quotes, as answer_head gives it.
static enum err check_version(struct rq *rq, i64 version)
{
    const char *wanted = rq_header(rq, "If-Match");
    if (wanted == NULL || str_equal(wanted, "*") ||
        str_equal(wanted, arena_printf(rq->arena, "\"%lld\"", (long long)version)))
        return ERR_OK;
    return fail(rq, ERR_VERSION_MISMATCH, "the cart is at version %lld", (long long)version);
}

// Takes a cart for changing; whoever changes or orders it at the same moment waits.
// cart_grow counts the version. It finds nothing when the cart is being ordered: from then on what
// is paid for must not change.
static enum err take(struct rq *rq, const struct uuid *id, struct cart_row *cart)
{
    struct cart_found found;
    enum err err = rq_lock(rq, "cart", id->s);
    if (err == ERR_OK)
        err = find(rq, id, true, &found);
    if (err == ERR_OK)
        err = check_version(rq, found.cart.version);
    if (err != ERR_OK)
        return err;
    err = cart_grow(rq, &(struct cart_key){.id = *id}, cart);
    if (err == ERR_NOT_FOUND)
        return fail(rq, ERR_CONFLICT, "this cart is being ordered");
    return err;
}

// What the shopper is told is kept in the line; notices are the difference to what holds now.
QUERY_PUT(
    cart_item_tell, cart_item_row,
    "UPDATE cart_item SET unit_price_minor = :unit_price_minor, title = :title WHERE id = :id");
QUERY_RUN(cart_items_untell, cart_key,
          "UPDATE cart_item SET unit_price_minor = 0 WHERE cart_id = :id");
#define CART_COUPON_ROW(F, S)                                                                      \
    F(S, uuid, cart_id, .doc = "Of the cart.")                                                     \
    F(S, uuid, coupon_id, .doc = "Of the coupon.")
SHAPE(cart_coupon_row, CART_COUPON_ROW);
QUERY_RUN(cart_coupon_delete, cart_coupon_row,
          "DELETE FROM cart_coupon WHERE cart_id = :cart_id AND coupon_id = :coupon_id");

static void answer_head(struct rq *rq, const struct cart *cart)
{
    reply_header(rq, "ETag", arena_printf(rq->arena, "\"%lld\"", (long long)cart->version));
}

static void answer(struct rq *rq, const struct basket *basket, struct cart *out)
{
    basket_show(rq, basket, out);
    answer_head(rq, out);
}

// Answers the cart as it is, without keeping what was told: for reading.
static enum err answer_read(struct rq *rq, const struct cart_found *found, struct cart *out)
{
    struct basket basket;
    enum err err = basket_read_found(rq, found, &basket);
    if (err == ERR_OK)
        answer(rq, &basket, out);
    return err;
}

// The line that was changed has to be one that can be bought. Its price is told by this very
// answer.
static enum err judge(struct rq *rq, struct basket *basket, size_t i)
{
    struct cart_item_row *row = &basket->items.items[i];
    const struct offer *offer = basket->offers[i];
    if (offer == NULL)
        return fail_field(rq, "sku", "%s is not for sale", row->sku);
    i64 left = basket->available[i];
    if (left >= 0 && left < row->quantity) {
        problem_field(&rq->problem, arena_printf(rq->arena, "items.%s", row->sku), "%lld left",
                      (long long)left);
        return fail(rq, ERR_OUT_OF_STOCK, "only %lld of %s left", (long long)left, offer->title);
    }
    return ERR_OK;
}

// A line that is not for sale has nothing new to tell: what it was told as stays.
static bool is_told(const struct basket *basket, size_t i)
{
    const struct cart_item_row *row = &basket->items.items[i];
    const struct offer *offer = basket->offers[i];
    return offer == NULL ||
           (row->unit_price_minor == offer->price_minor && str_equal(row->title, offer->title));
}

static void forget_coupon(struct basket *basket, const struct uuid *id)
{
    struct text_list *ids = &basket->coupon_ids;
    size_t kept = 0;
    for (size_t i = 0; i < ids->count; i++)
        if (!str_equal(ids->items[i], id->s))
            ids->items[kept++] = ids->items[i];
    ids->count = kept;
}

// Keeps what the shopper is told now, so that the next answer says only what is new since then.
// Coupons that do not hold leave the cart with the change after which that was told, whatever the
// reason: one that stayed would hold up the order and be shown nowhere.
static enum err keep_told(struct rq *rq, struct basket *basket)
{
    enum err err = ERR_OK;
    for (size_t i = 0; i < basket->items.count && err == ERR_OK; i++) {
        if (is_told(basket, i))
            continue;
        struct cart_item_row told = basket->items.items[i];
        told.unit_price_minor = basket->offers[i]->price_minor;
        told.title = basket->offers[i]->title;
        err = cart_item_tell(rq, &told);
    }
    for (size_t i = 0; i < basket->ended.count && err == ERR_OK; i++) {
        struct cart_coupon_row row = {.cart_id = basket->cart.id,
                                      .coupon_id = basket->ended.items[i].id};
        err = cart_coupon_delete(rq, &row, NULL);
        forget_coupon(basket, &row.coupon_id);
    }
    return err;
}

// The copy has what keep_told has stored.
static void keep_copy(struct rq *rq, struct basket *basket)
{
    for (size_t i = 0; i < basket->items.count; i++) {
        if (is_told(basket, i))
            continue;
        basket->items.items[i].unit_price_minor = basket->offers[i]->price_minor;
        basket->items.items[i].title = basket->offers[i]->title;
    }
    cart_keep(rq, basket);
}

// Answers a change. `sku` is the line that was changed, or NULL; `untold`: it has, or where it is
// NULL all have, a stored price of 0 that nobody was told.
static enum err answer_change(struct rq *rq, const struct cart_row *cart, const char *sku,
                              bool untold, struct cart *out)
{
    struct basket basket;
    enum err err = basket_read(rq, cart, &basket);
    for (size_t i = 0; err == ERR_OK && sku != NULL && i < basket.items.count; i++)
        if (str_equal(basket.items.items[i].sku, sku))
            err = judge(rq, &basket, i);
    if (err == ERR_OK)
        err = keep_told(rq, &basket);
    if (err != ERR_OK)
        return err;
    // Without this the first answer after a line was put in (cart_item_put), or got another
    // currency, would tell of a price that has changed. When more is added to an old line the price
    // is told anew too.
    for (size_t i = 0; untold && i < basket.items.count; i++)
        if (basket.offers[i] != NULL && (sku == NULL || str_equal(basket.items.items[i].sku, sku)))
            basket.items.items[i].unit_price_minor = basket.offers[i]->price_minor;
    answer(rq, &basket, out);
    keep_copy(rq, &basket);
    return ERR_OK;
}

// Reading.
HANDLER(cart_show, cart_key, cart)
{
    struct cart_found found;
    enum err err = find(rq, &in->id, false, &found);
    return err == ERR_OK ? answer_read(rq, &found, out) : err;
}

HANDLER(cart_show_mine, nothing, cart)
{
    struct cart_found found;
    enum err err = cart_find_of(rq, &rq->caller.user_id, false, &found);
    if (err == ERR_NOT_FOUND)
        return fail(rq, err, "there is no cart yet");
    return err == ERR_OK ? answer_read(rq, &found, out) : err;
}

#define CART_PATCH(F, S)                                                                           \
    F(S, uuid, id, .doc = "Of the cart.")                                                          \
    F(S, text, currency, .format = FORMAT_CURRENCY, .optional = true,                              \
      .doc = "Of all amounts; what has no price in it stays and costs nothing.")                   \
    F(S, text, email, .max = 254, .format = FORMAT_EMAIL, .optional = true,                        \
      .doc = "Where to write to.")                                                                 \
    F(S, text, country, .format = FORMAT_COUNTRY, .optional = true, .doc = "Where it goes to.")    \
    F(S, text, region, .max = 10, .format = FORMAT_LINE, .optional = true,                         \
      .doc = "ISO 3166-2 part.")                                                                   \
    F(S, text, postcode, .max = 20, .format = FORMAT_LINE, .optional = true,                       \
      .doc = "Where it goes to.")                                                                  \
    F(S, text, shipping_option, .max = 50, .format = FORMAT_HANDLE, .optional = true,              \
      .doc = "A code of the shipping options.")
SHAPE(cart_patch, CART_PATCH);

// What the lines were told before is in another currency, and nothing to compare with.
static enum err change_currency(struct rq *rq, const struct cart_row *cart)
{
    struct shop_settings shop = {0};
    enum err err = shop_settings_read(rq, &shop);
    if (err == ERR_OK && !shop_has_currency(&shop, cart->currency))
        return fail_field(rq, "currency", "this shop has no prices in %s", cart->currency);
    return err == ERR_OK ? cart_items_untell(rq, &(struct cart_key){.id = cart->id}, NULL) : err;
}

// A shipping option that is not offered is refused; one that is offered no more when the country
// changes is only not shown, so that changing back brings it back.
HANDLER(cart_change, cart_patch, cart)
{
    struct cart_row cart = {0};
    enum err err = take(rq, &in->id, &cart);
    if (err != ERR_OK)
        return err;
    const char *currency = cart.currency;
    shape_patch(&cart_row_shape, &cart, &cart_patch_shape, in);
    bool other_currency = !str_equal(cart.currency, currency);
    if (cart.country != NULL && !country_known(cart.country))
        return fail_field(rq, "country", "is no country of ISO 3166-1");
    if (other_currency)
        err = change_currency(rq, &cart);
    if (err == ERR_OK)
        err = cart_update(rq, &cart);
    if (err == ERR_OK)
        err = answer_change(rq, &cart, NULL, other_currency, out);
    if (err == ERR_OK && in->shipping_option != NULL && out->shipping_option == NULL)
        return fail_field(rq, "shipping_option", "is not offered for this cart and country");
    return err;
}

#define CART_NEW(F, S)                                                                             \
    F(S, text, currency, .format = FORMAT_CURRENCY, .optional = true, .doc = "Of all amounts.")
SHAPE(cart_new, CART_NEW);

// The customer's open cart, or a new one, of which it is known that there is nothing in it.
static enum err begin(struct rq *rq, const struct cart_row *wanted, struct cart_found *found)
{
    static const struct cart_document empty = {.cart = NULL};
    bool guests = uuid_empty(&wanted->customer_id);
    enum err err = guests ? ERR_NOT_FOUND : rq_lock(rq, "customer", wanted->customer_id.s);
    if (err == ERR_OK)
        err = cart_find_of(rq, &wanted->customer_id, true, found);
    if (err == ERR_NOT_FOUND || (err == ERR_OK && found->cart.state != cart_state_open)) {
        found->document = &empty;
        err = cart_insert(rq, wanted, &found->cart);
    }
    if (err == ERR_OK && !guests)
        cart_keep_customer(rq, &found->cart);
    return err;
}

// A customer has one open cart, which is answered instead of a second one, in the currency that is
// named.
HANDLER(cart_create, cart_new, cart)
{
    struct shop_settings shop = {0};
    struct cart_row wanted = {.customer_id = rq->caller.user_id};
    struct cart_found found = {.document = NULL};
    struct basket basket;
    enum err err = shop_settings_read(rq, &shop);
    if (err != ERR_OK)
        return err;
    wanted.currency = in->currency != NULL ? in->currency : shop.currency;
    if (!shop_has_currency(&shop, wanted.currency))
        return fail_field(rq, "currency", "this shop has no prices in %s", wanted.currency);
    err = begin(rq, &wanted, &found);
    if (err == ERR_OK && in->currency != NULL && !str_equal(in->currency, found.cart.currency)) {
        struct cart_patch patch = {.id = found.cart.id};
        SET(&patch, cart_patch, currency, in->currency);
        return cart_change(rq, &patch, out);
    }
    if (err == ERR_OK)
        err = basket_price(rq, &shop, &found, &basket);
    if (err != ERR_OK)
        return err;
    answer(rq, &basket, out);
    cart_keep(rq, &basket);
    return ERR_OK;
}

#define CART_ITEM_NEW(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the cart.")                                                          \
    F(S, text, sku, .min = 1, .max = 255, .format = FORMAT_LINE, .doc = "Of the variant.")         \
    F(S, i64, quantity, .min = 1, .max = LIMIT_QUANTITY, .doc = "Pieces to add.")
SHAPE(cart_item_new, CART_ITEM_NEW);

// 9999 is LIMIT_QUANTITY; the condition makes too many change no row instead of breaking a check,
// which would end the transaction on PostgreSQL.
QUERY_RUN(cart_item_put, cart_item_new,
          "INSERT INTO cart_item (id, cart_id, sku, title, quantity, unit_price_minor)"
          " VALUES (:new_id, :id, :sku, '', :quantity, 0) ON CONFLICT (cart_id, sku) DO UPDATE"
          " SET quantity = cart_item.quantity + excluded.quantity"
          " WHERE cart_item.quantity + excluded.quantity <= 9999");

HANDLER(cart_item_add, cart_item_new, cart)
{
    struct cart_row cart = {0};
    i64 changed = 0;
    enum err err = take(rq, &in->id, &cart);
    if (err == ERR_OK)
        err = cart_item_put(rq, in, &changed);
    if (err == ERR_OK && changed == 0)
        return fail_field(rq, "quantity", "a line holds at most %d", LIMIT_QUANTITY);
    return err == ERR_OK ? answer_change(rq, &cart, in->sku, true, out) : err;
}

#define CART_ITEM_PATCH(F, S)                                                                      \
    F(S, uuid, id, .doc = "Of the cart.")                                                          \
    F(S, uuid, item_id, .doc = "Of the line.")                                                     \
    F(S, i64, quantity, .min = 0, .max = LIMIT_QUANTITY, .doc = "Pieces; 0 takes the line out.")
SHAPE(cart_item_patch, CART_ITEM_PATCH);

#define CART_ITEM_KEY(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the cart.")                                                          \
    F(S, uuid, item_id, .doc = "Of the line.")
SHAPE(cart_item_key, CART_ITEM_KEY);

QUERY_ROW(cart_item_set, cart_item_patch, cart_item_row,
          "UPDATE cart_item SET quantity = :quantity WHERE id = :item_id AND cart_id = :id"
          " RETURNING id, cart_id, sku, title, quantity, unit_price_minor");
QUERY_RUN(cart_item_delete, cart_item_key,
          "DELETE FROM cart_item WHERE id = :item_id AND cart_id = :id");

static enum err no_such_line(struct rq *rq)
{
    return fail(rq, ERR_NOT_FOUND, "there is no such line in the cart");
}

// Also what PATCH with a quantity of 0 does.
HANDLER(cart_item_remove, cart_item_key, cart)
{
    struct cart_row cart = {0};
    i64 changed = 0;
    enum err err = take(rq, &in->id, &cart);
    if (err == ERR_OK)
        err = cart_item_delete(rq, in, &changed);
    if (err == ERR_OK && changed == 0)
        return no_such_line(rq);
    return err == ERR_OK ? answer_change(rq, &cart, NULL, false, out) : err;
}

HANDLER(cart_item_change, cart_item_patch, cart)
{
    struct cart_row cart = {0};
    struct cart_item_row row = {0};
    if (in->quantity == 0)
        return cart_item_remove(rq, &(struct cart_item_key){.id = in->id, .item_id = in->item_id},
                                out);
    enum err err = take(rq, &in->id, &cart);
    if (err != ERR_OK)
        return err;
    err = cart_item_set(rq, in, &row);
    if (err == ERR_NOT_FOUND)
        return no_such_line(rq);
    return err == ERR_OK ? answer_change(rq, &cart, row.sku, false, out) : err;
}

#define CART_COUPON_NEW(F, S)                                                                      \
    F(S, uuid, id, .doc = "Of the cart.")                                                          \
    F(S, text, code, .min = 1, .max = 50, .format = FORMAT_LINE, .doc = "As the shopper types it.")
SHAPE(cart_coupon_new, CART_COUPON_NEW);

// 10 is PRICE_COUPONS_MAX. A coupon that is there already stays as it is.
QUERY_RUN(cart_coupon_put, cart_coupon_row,
          "INSERT INTO cart_coupon (cart_id, coupon_id, added_at) SELECT :cart_id, :coupon_id, :now"
          " WHERE (SELECT COUNT(*) FROM cart_coupon WHERE cart_id = :cart_id) < 10"
          " ON CONFLICT DO NOTHING");

static enum err find_coupon(struct rq *rq, const char *typed, struct coupon *coupon)
{
    enum err err = coupon_by_code(rq, coupon_code(rq->arena, typed), coupon);
    return err == ERR_NOT_FOUND ? fail_field(rq, "code", "this shop has no such coupon") : err;
}

// A coupon whose minimum is not reached is taken in and says from when on it holds; one that cannot
// be used at all is refused with the reason.
HANDLER(cart_coupon_add, cart_coupon_new, cart)
{
    struct cart_row cart = {0};
    struct coupon coupon = {0};
    enum err err = take(rq, &in->id, &cart);
    if (err == ERR_OK)
        err = find_coupon(rq, in->code, &coupon);
    if (err != ERR_OK)
        return err;
    const char *fault = coupon_fault(&coupon, cart.currency, rq->now_ms);
    if (fault != NULL)
        return fail_field(rq, "code", "%s %s", coupon.code, fault);
    struct cart_coupon_row row = {.cart_id = cart.id, .coupon_id = coupon.id};
    // How many rows it changed says nothing: 0 is both "there already" and "no room". The answer
    // says it.
    err = cart_coupon_put(rq, &row, NULL);
    if (err == ERR_OK)
        err = answer_change(rq, &cart, NULL, false, out);
    for (size_t i = 0; err == ERR_OK && i < out->coupons.count; i++)
        if (str_equal(out->coupons.items[i].code, coupon.code))
            return ERR_OK;
    return err == ERR_OK
               ? fail_field(rq, "code", "a cart takes at most %d coupons", PRICE_COUPONS_MAX)
               : err;
}

HANDLER(cart_coupon_remove, cart_coupon_new, cart)
{
    struct cart_row cart = {0};
    struct coupon coupon = {0};
    i64 changed = 0;
    enum err err = take(rq, &in->id, &cart);
    if (err == ERR_OK)
        err = find_coupon(rq, in->code, &coupon);
    if (err == ERR_OK)
        err = cart_coupon_delete(
            rq, &(struct cart_coupon_row){.cart_id = cart.id, .coupon_id = coupon.id}, &changed);
    if (err == ERR_OK && changed == 0)
        return fail(rq, ERR_NOT_FOUND, "there is no such coupon in the cart");
    return err == ERR_OK ? answer_change(rq, &cart, NULL, false, out) : err;
}

#define OPTIONS_QUERY(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the cart.")                                                          \
    F(S, text, country, .format = FORMAT_COUNTRY, .optional = true,                                \
      .doc = "Instead of the cart's.")                                                             \
    F(S, text, region, .max = 10, .format = FORMAT_LINE, .optional = true,                         \
      .doc = "Instead of the cart's.")                                                             \
    F(S, text, postcode, .max = 20, .format = FORMAT_LINE, .optional = true,                       \
      .doc = "Instead of the cart's.")
SHAPE(options_query, OPTIONS_QUERY);

#define SHIPPING_OPTION(F, S)                                                                      \
    F(S, text, code, .doc = "Send it as shipping_option.")                                         \
    F(S, text, name, .doc = "For people.")                                                         \
    F(S, minor, price_minor, .doc = "For this cart.")                                              \
    F(S, text, currency, .doc = "Of the cart.")                                                    \
    F(S, text, estimate, .optional = true, .doc = "How long it takes.")
SHAPE(shipping_option, SHIPPING_OPTION);
#define SHIPPING_OPTIONS(F, S)                                                                     \
    F(S, list(shipping_option), items, .max = PRICE_SHIPPING_RATES_MAX,                            \
      .doc = "In the shop's order.")
SHAPE(shipping_options, SHIPPING_OPTIONS);

// For the cart as it is, or as if it went to another country: nothing is stored.
HANDLER(cart_shipping_options, options_query, shipping_options)
{
    struct cart_found found;
    struct basket basket;
    enum err err = find(rq, &in->id, false, &found);
    if (err != ERR_OK)
        return err;
    // A region belongs to its country: asking for another one without a region asks for the whole.
    if (in->country != NULL) {
        found.cart.country = in->country;
        found.cart.region = in->region;
    }
    err = basket_read_found(rq, &found, &basket);
    if (err != ERR_OK)
        return err;
    out->items.items = ARENA_ARRAY(rq->arena, struct shipping_option, basket.shipping.count);
    for (size_t i = 0; i < basket.shipping.count; i++)
        if (basket.price.shipping_rates[i].offered)
            out->items.items[out->items.count++] =
                (struct shipping_option){.code = basket.shipping.items[i].code,
                                         .name = basket.shipping.items[i].name,
                                         .price_minor = basket.price.shipping_rates[i].quote_minor,
                                         .currency = found.cart.currency,
                                         .estimate = basket.shipping.items[i].estimate};
    return ERR_OK;
}

static const struct route cart_routes[] = {
    {POST, "/api/v1/carts", &cart_create_handler, 201, ROLE_ANYONE, "Start a cart.",
     .flags = ROUTE_LOCKING, .load = CLASS_CART},
    {GET, "/api/v1/carts/{id}", &cart_show_handler, 200, ROLE_ANYONE, "Show a cart.",
     .load = CLASS_CART},
    {GET, "/api/v1/users/me/cart", &cart_show_mine_handler, 200, ROLE_CUSTOMER,
     "Show the customer's own cart.", .load = CLASS_CART},
    {PATCH, "/api/v1/carts/{id}", &cart_change_handler, 200, ROLE_ANYONE,
     "Change the currency, or say where the cart goes to.", .flags = ROUTE_LOCKING,
     .load = CLASS_CART},
    {POST, "/api/v1/carts/{id}/items", &cart_item_add_handler, 201, ROLE_ANYONE,
     "Put something into the cart.", .flags = ROUTE_LOCKING, .load = CLASS_CART},
    {PATCH, "/api/v1/carts/{id}/items/{item_id}", &cart_item_change_handler, 200, ROLE_ANYONE,
     "Change how many.", .flags = ROUTE_LOCKING, .load = CLASS_CART},
    {DELETE, "/api/v1/carts/{id}/items/{item_id}", &cart_item_remove_handler, 200, ROLE_ANYONE,
     "Take a line out of the cart.", .flags = ROUTE_LOCKING, .load = CLASS_CART},
    {POST, "/api/v1/carts/{id}/coupons", &cart_coupon_add_handler, 200, ROLE_ANYONE,
     "Use a coupon.", .flags = ROUTE_LOCKING, .load = CLASS_CART},
    {DELETE, "/api/v1/carts/{id}/coupons/{code}", &cart_coupon_remove_handler, 200, ROLE_ANYONE,
     "Take a coupon out of the cart.", .flags = ROUTE_LOCKING, .load = CLASS_CART},
    {GET, "/api/v1/carts/{id}/shipping-options", &cart_shipping_options_handler, 200, ROLE_ANYONE,
     "List how the cart can be sent.", .load = CLASS_CART},
};
ROUTES(order_carts, cart_routes);
