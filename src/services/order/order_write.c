// Makes an order of a cart, in one transaction: lines, taxes, uses of coupons, number, history.
// What happens to it then is in order_advance.c.
#include <sodium.h>
#include <string.h>

#include "core/json.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/cart_copy.h"
#include "services/order/lease.h"
#include "services/order/order_number.h"
#include "services/order/order_row.h"
#include "services/payment/payment.h"

#define IDEMPOTENCY(F, S)                                                                          \
    F(S, text, scope, .doc = "User, or guest.")                                                    \
    F(S, text, key, .doc = "As the client sent it.")
SHAPE(idempotency, IDEMPOTENCY);

// The row of the order is read by its id: on PostgreSQL that leads to one partition.
QUERY_ROW(order_of_request, idempotency, order_key,
          "SELECT id FROM orders_key WHERE idempotency_scope = :scope AND idempotency_key = :key");

// Only an open cart becomes an order: of two requests that come together one changes no row.
QUERY_RUN(
    cart_begin_order, cart_row,
    "UPDATE cart SET state = 'ordering', version = version + 1, email = :email,"
    " country = :country, region = :region, postcode = :postcode,"
    " shipping_option = :shipping_option, updated_at = :now WHERE id = :id AND state = 'open'");

// Number, request and cart are one in the whole shop by the constraints of this table.
QUERY_PUT(order_key_insert, order_row,
          "INSERT INTO orders_key (id, number, cart_id, idempotency_scope, idempotency_key)"
          " VALUES (:id, :number, :cart_id, :idempotency_scope, :idempotency_key)");
QUERY_PUT(
    order_insert, order_row,
    "INSERT INTO orders (id, number, cart_id, customer_id, state, idempotency_scope,"
    " idempotency_key, request_hash, access_token, currency, email, shipping_address,"
    " billing_address, shipping_code, shipping_name, note, prices_include_tax, subtotal_minor,"
    " discount_minor, shipping_minor, shipping_tax_minor, tax_minor, total_minor,"
    " capture, payment_provider, payment_token, placed_at, updated_at, lease_owner,"
    " lease_process, due_at)"
    " VALUES (:id, :number, :cart_id, :customer_id, 'prepared', :idempotency_scope,"
    " :idempotency_key, :request_hash, :access_token, :currency, :email, :shipping_address,"
    " :billing_address, :shipping_code, :shipping_name, :note, :prices_include_tax,"
    " :subtotal_minor, :discount_minor, :shipping_minor, :shipping_tax_minor, :tax_minor,"
    " :total_minor, :capture, :payment_provider, :payment_token, :placed_at, :placed_at,"
    " :lease_owner, :lease_process, :due_at)");

// A line keeps everything it needs to be shown for ever, whatever becomes of the product.
#define ITEM_ROW(F, S)                                                                             \
    F(S, uuid, order_id, .doc = "Of the order.")                                                   \
    F(S, i64, position, .doc = "In the order.")                                                    \
    F(S, text, sku, .doc = "Of the variant.")                                                      \
    F(S, text, handle, .doc = "Of the product's page then.")                                       \
    F(S, text, title, .doc = "Of the product then.")                                               \
    F(S, text, variant_title, .optional = true, .doc = "Its options.")                             \
    F(S, json, options, .doc = "What was chosen.")                                                 \
    F(S, json, image, .optional = true, .doc = "A picture.")                                       \
    F(S, i64, quantity, .doc = "Pieces.")                                                          \
    F(S, bool, tracked, .doc = "Whether stock is counted.")                                        \
    F(S, bool, backorder, .doc = "Whether the shop may owe it.")                                   \
    F(S, bool, requires_shipping, .doc = "False for services and downloads.")                      \
    F(S, text, tax_class, .optional = true, .doc = "null: not taxed.")                             \
    F(S, minor, unit_price_minor, .doc = "Of one.")                                                \
    F(S, minor, subtotal_minor, .doc = "Before discount.")                                         \
    F(S, minor, discount_minor, .doc = "Taken off this line.")                                     \
    F(S, minor, tax_minor, .doc = "Of this line.")                                                 \
    F(S, minor, total_minor, .doc = "After discount; with tax.")
SHAPE(item_row, ITEM_ROW);

QUERY_PUT(
    order_item_insert, item_row,
    "INSERT INTO order_item (order_id, position, sku, handle, title, variant_title, options,"
    " image, quantity, tracked, backorder, requires_shipping, tax_class, unit_price_minor,"
    " subtotal_minor, discount_minor, tax_minor, total_minor) VALUES (:order_id, :position, :sku,"
    " :handle, :title, :variant_title, :options, :image, :quantity, :tracked, :backorder,"
    " :requires_shipping, :tax_class, :unit_price_minor, :subtotal_minor, :discount_minor,"
    " :tax_minor, :total_minor)");

#define TAX_ROW(F, S)                                                                              \
    F(S, uuid, order_id, .doc = "Of the order.")                                                   \
    F(S, i64, position, .doc = "In the order.")                                                    \
    F(S, text, name, .doc = "Of the tax.")                                                         \
    F(S, i64, rate_ppm, .doc = "190000 is 19 per cent.")                                           \
    F(S, minor, tax_minor, .doc = "Over the whole.")
SHAPE(tax_row, TAX_ROW);

QUERY_PUT(order_tax_insert, tax_row,
          "INSERT INTO order_tax (order_id, position, name, rate_ppm, tax_minor)"
          " VALUES (:order_id, :position, :name, :rate_ppm, :tax_minor)");

#define COUPON_USE(F, S)                                                                           \
    F(S, uuid, order_id, .doc = "Of the order.")                                                   \
    F(S, uuid, coupon_id, .doc = "Of the coupon.")                                                 \
    F(S, text, code, .doc = "Of the coupon.")                                                      \
    F(S, text, email, .doc = "Of the shopper, small letters.")                                     \
    F(S, uuid, customer_id, .optional = true, .doc = "Of the customer.")                           \
    F(S, minor, discount_minor, .doc = "What it took off.")                                        \
    F(S, i64, uses_max_per_customer, .optional = true, .doc = "Of the coupon.")
SHAPE(coupon_use, COUPON_USE);

// The row of the coupon is changed first: on PostgreSQL its lock lets no twin count beside us.
QUERY_RUN(coupon_take, coupon_use,
          "UPDATE coupon SET uses = uses + 1 WHERE id = :coupon_id AND active"
          " AND (uses_max IS NULL OR uses < uses_max)");
#define COUPON_USES(F, S) F(S, i64, uses, .doc = "By one customer.")
SHAPE(coupon_uses, COUPON_USES);
QUERY_ROW(coupon_uses_by, coupon_use, coupon_uses,
          "SELECT COUNT(*) AS uses FROM coupon_use WHERE coupon_id = :coupon_id"
          " AND returned_at IS NULL AND (email = :email OR customer_id = :customer_id)");
QUERY_PUT(
    coupon_use_insert, coupon_use,
    "INSERT INTO coupon_use (coupon_id, order_id, code, email, customer_id, discount_minor, at)"
    " VALUES (:coupon_id, :order_id, :code, :email, :customer_id, :discount_minor, :now)");

#define EVENT_ROW(F, S)                                                                            \
    F(S, uuid, order_id, .doc = "Of the order.")                                                   \
    F(S, text, actor, .optional = true, .doc = "Who did it.")
SHAPE(event_row, EVENT_ROW);
QUERY_PUT(order_event_first, event_row,
          "INSERT INTO order_event (id, order_id, state, actor, at)"
          " VALUES (:new_id, :order_id, 'prepared', :actor, :now)");

// What is asked for, as one text: two requests are the same when this is.
static const char *hash_request(struct rq *rq, const struct order_new *in)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    char *hex = arena_alloc(rq->arena, 2 * sizeof digest + 1);
    const char *text = json_text(&order_new_shape, in, rq->arena);
    crypto_hash_sha256(digest, (const unsigned char *)text, strlen(text));
    return sodium_bin2hex(hex, 2 * sizeof digest + 1, digest, sizeof digest);
}

// The cart, if the caller may order it.
static enum err take_cart(struct rq *rq, const struct order_new *in, struct cart_row *cart)
{
    struct cart_found found = {.document = NULL};
    enum err err = rq_lock(rq, "cart", in->cart_id.s);
    if (err == ERR_OK)
        err = cart_find(rq, &in->cart_id, true, &found);
    *cart = found.cart;
    bool guests = uuid_empty(&cart->customer_id);
    if (err == ERR_OK && !guests && !uuid_equal(&cart->customer_id, &rq->caller.user_id))
        err = ERR_NOT_FOUND;
    if (err == ERR_NOT_FOUND)
        return fail_field(rq, "cart_id", "there is no such cart");
    if (err != ERR_OK)
        return err;
    if (cart->state == cart_state_ordering || cart->state == cart_state_ordered)
        return fail(rq, ERR_CONFLICT, "this cart has been ordered");
    if (cart->state != cart_state_open)
        return fail(rq, ERR_CONFLICT, "this cart is closed; start a new one");
    const struct address *to =
        in->shipping_address != NULL ? in->shipping_address : in->billing_address;
    if (to == NULL)
        return fail_field(rq, "billing_address", "is missing");
    if (!country_known(to->country))
        return fail_field(rq, "shipping_address.country", "is no country of ISO 3166-1");
    cart->email = in->email;
    cart->country = to->country;
    cart->region = to->region;
    cart->postcode = to->postcode;
    cart->shipping_option = in->shipping_option;
    i64 changed = 0;
    err = cart_begin_order(rq, cart, &changed);
    return err == ERR_OK && changed == 0 ? fail(rq, ERR_CONFLICT, "this cart has been ordered")
                                         : err;
}

static enum err check_goods(struct rq *rq, const struct basket *basket)
{
    bool gone = false;
    if (basket->items.count == 0)
        return fail_field(rq, "cart_id", "the cart is empty");
    for (size_t i = 0; i < basket->items.count; i++) {
        const char *sku = basket->items.items[i].sku;
        if (basket->offers[i] == NULL)
            problem_field(&rq->problem, arena_printf(rq->arena, "items.%s", sku),
                          "is not for sale any more");
        gone |= basket->offers[i] == NULL;
    }
    return gone ? fail(rq, ERR_OUT_OF_STOCK, "the cart holds what is not for sale any more")
                : ERR_OK;
}

// What is sent needs an address and an option that the shop offers there.
static enum err check_shipping(struct rq *rq, const struct order_new *in,
                               const struct basket *basket)
{
    if (!basket->price.requires_shipping)
        return ERR_OK;
    if (in->shipping_address == NULL)
        return fail_field(rq, "shipping_address", "is missing");
    if (in->shipping_option == NULL)
        return fail_field(rq, "shipping_option", "is missing");
    if (basket->price.shipping_at < 0)
        return fail_field(rq, "shipping_option", "is not offered for this cart and address");
    return ERR_OK;
}

// An order of nothing to pay asks no provider; a token that came with it is ignored.
static enum err check_payment(struct rq *rq, const struct order_new *in, i64 total_minor)
{
    struct text_list providers;
    if (total_minor == 0)
        return ERR_OK;
    if (in->payment == NULL)
        return fail_field(rq, "payment", "is missing");
    enum err err = shop_payment_providers(rq, &providers);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < providers.count; i++)
        if (str_equal(providers.items[i], in->payment->provider))
            return ERR_OK;
    return fail_field(rq, "payment.provider", "is not one of this shop's");
}

// The shopper pays what was shown, or hears that it has changed. A coupon that does not hold any
// more is no reason to refuse the total that is shown without it.
static enum err check_total(struct rq *rq, const struct order_new *in, const struct basket *basket)
{
    i64 total_minor = basket->price.total_minor;
    bool says = IS_SET(in, order_new, expected_total_minor);
    if (says && in->expected_total_minor == total_minor)
        return ERR_OK;
    if (basket->ended.count > 0)
        return fail(rq, ERR_PRICE_CHANGED, "the coupon %s %s", basket->ended.items[0].code,
                    coupon_fault(&basket->ended.items[0], basket->cart.currency, rq->now_ms));
    if (!says)
        return ERR_OK;
    problem_field(&rq->problem, "expected_total_minor", "the total is now %lld",
                  (long long)total_minor);
    return fail(rq, ERR_PRICE_CHANGED, "the total is now %s",
                amount_text(rq, total_minor, basket->cart.currency));
}

// In the order in which a shopper would mend it.
static enum err check_basket(struct rq *rq, const struct order_new *in, const struct basket *basket)
{
    enum err err = check_goods(rq, basket);
    if (err == ERR_OK)
        err = check_shipping(rq, in, basket);
    if (err == ERR_OK)
        err = check_total(rq, in, basket);
    return err == ERR_OK ? check_payment(rq, in, basket->price.total_minor) : err;
}

// Amounts are copied from the price as it was asserted; nothing is worked out again.
static void fill_order(struct rq *rq, const struct order_new *in, const struct basket *basket,
                       struct order_row *order)
{
    const struct price *price = &basket->price;
    const struct address *pays =
        in->billing_address != NULL ? in->billing_address : in->shipping_address;
    bool pays_money = price->total_minor > 0;
    order->id = uuid_new();
    order->cart_id = in->cart_id;
    order->customer_id = rq->caller.user_id;
    order->currency = basket->cart.currency;
    order->email = in->email;
    order->billing_address = json_text(&address_shape, pays, rq->arena);
    if (price->requires_shipping) {
        order->shipping_address = json_text(&address_shape, in->shipping_address, rq->arena);
        order->shipping_code = price->shipping_rates[price->shipping_at].code;
        order->shipping_name = price->shipping_rates[price->shipping_at].name;
    }
    order->note = str_blank(in->note) ? NULL : in->note;
    order->prices_include_tax = price->include_tax;
    order->subtotal_minor = price->subtotal_minor;
    order->discount_minor = price->discount_minor;
    order->shipping_minor = price->shipping_minor;
    order->shipping_tax_minor = price->shipping_tax_minor;
    order->tax_minor = price->tax_minor;
    order->total_minor = price->total_minor;
    order->capture = basket->shop.capture;
    order->payment_provider = pays_money ? in->payment->provider : NULL;
    order->payment_token = pays_money ? in->payment->token : NULL;
    order->placed_at = rq->now_ms;
    char *token = arena_alloc(rq->arena, 64);
    random_token(token, 64, 24);
    order->access_token = token;
}

static const char *options_json(struct rq *rq, const struct option_value_list *options)
{
    struct buf json = buf_in(rq->arena);
    buf_char(&json, '[');
    for (size_t i = 0; i < options->count; i++) {
        buf_text(&json, i > 0 ? "," : "");
        json_write(&option_value_shape, &options->items[i], &json);
    }
    buf_char(&json, ']');
    return buf_as_text(&json);
}

static enum err write_item(struct rq *rq, const struct uuid *order_id, const struct basket *basket,
                           size_t i)
{
    const struct offer *offer = basket->offers[i];
    const struct price_line *line = &basket->price.lines[i];
    struct item_row row = {
        .order_id = *order_id,
        .position = (i64)i,
        .sku = offer->sku,
        .handle = offer->handle,
        .title = offer->title,
        .variant_title = offer->variant_title,
        .options = options_json(rq, &offer->options),
        .image = offer->image != NULL ? json_text(&image_shape, offer->image, rq->arena) : NULL,
        .quantity = line->quantity,
        .tracked = offer->tracked,
        .backorder = offer->backorder,
        .requires_shipping = offer->requires_shipping,
        .tax_class = offer->taxable ? offer->tax_class : NULL,
        .unit_price_minor = line->unit_price_minor,
        .subtotal_minor = line->subtotal_minor,
        .discount_minor = line->discount_minor,
        .tax_minor = line->tax_minor,
        .total_minor = line->total_minor,
    };
    return order_item_insert(rq, &row);
}

static enum err write_lines(struct rq *rq, const struct uuid *order_id, const struct basket *basket)
{
    enum err err = ERR_OK;
    i64 position = 0;
    for (size_t i = 0; i < basket->items.count && err == ERR_OK; i++)
        err = write_item(rq, order_id, basket, i);
    for (size_t i = 0; i < basket->price.rate_count && err == ERR_OK; i++) {
        const struct price_tax_rate *rate = &basket->price.rates[i];
        struct tax_row row = {.order_id = *order_id,
                              .position = position,
                              .name = rate->name,
                              .rate_ppm = rate->rate_ppm,
                              .tax_minor = rate->tax_minor};
        if (rate->used)
            err = order_tax_insert(rq, &row);
        position += rate->used;
    }
    return err;
}

static struct coupon_use use_of(struct rq *rq, const struct order_row *order,
                                const struct basket *basket, size_t i)
{
    const struct coupon *coupon = &basket->coupons.items[i];
    struct coupon_use use = {.order_id = order->id,
                             .coupon_id = coupon->id,
                             .code = coupon->code,
                             .email = str_lower(rq->arena, order->email),
                             .customer_id = order->customer_id,
                             .discount_minor = basket->price.coupons[i].discount_minor};
    if (IS_SET(coupon, coupon, uses_max_per_customer))
        SET(&use, coupon_use, uses_max_per_customer, coupon->uses_max_per_customer);
    return use;
}

// A coupon is used only if both limits leave room for it; otherwise the whole order is refused,
// since its total is not the one that was shown.
static enum err take_coupon(struct rq *rq, const struct coupon_use *use)
{
    i64 taken = 0;
    struct coupon_uses used = {0};
    enum err err = coupon_take(rq, use, &taken);
    bool limited = IS_SET(use, coupon_use, uses_max_per_customer);
    if (err == ERR_OK && taken > 0 && limited)
        err = coupon_uses_by(rq, use, &used);
    if (err != ERR_OK || (taken > 0 && (!limited || used.uses < use->uses_max_per_customer)))
        return err;
    problem_field(&rq->problem, "coupons", "%s has been used up", use->code);
    return fail(rq, ERR_PRICE_CHANGED, "the coupon %s has been used as often as it can be",
                use->code);
}

// The next coupon in the order of ids, so that no two orders wait for each other's.
static size_t next_coupon(const struct basket *basket, const char *after)
{
    size_t best = basket->coupons.count;
    for (size_t i = 0; i < basket->coupons.count; i++) {
        const char *id = basket->coupons.items[i].id.s;
        if (strcmp(id, after) > 0 &&
            (best == basket->coupons.count || strcmp(id, basket->coupons.items[best].id.s) < 0))
            best = i;
    }
    return best;
}

static enum err take_coupons(struct rq *rq, const struct order_row *order,
                             const struct basket *basket)
{
    enum err err = ERR_OK;
    size_t i = next_coupon(basket, "");
    for (; i < basket->coupons.count && err == ERR_OK;
         i = next_coupon(basket, basket->coupons.items[i].id.s)) {
        struct coupon_use use = use_of(rq, order, basket, i);
        if (basket->price.coupons[i].applied)
            err = take_coupon(rq, &use);
    }
    return err;
}

static enum err write_coupons(struct rq *rq, const struct order_row *order,
                              const struct basket *basket)
{
    enum err err = ERR_OK;
    for (size_t i = 0; i < basket->coupons.count && err == ERR_OK; i++) {
        struct coupon_use use = use_of(rq, order, basket, i);
        if (basket->price.coupons[i].applied)
            err = coupon_use_insert(rq, &use);
    }
    return err;
}

// The number is drawn in the same transaction as everything else, and after all that may refuse it.
// Who waits for their turn do so in the order of their numbers: the queue is not looked at between
// the drawing of a number and its commit (order_queue.c).
static enum err draw_number(struct rq *rq, struct order_row *order)
{
    bool waits = uuid_empty(&order->lease_owner);
    enum err err = waits ? rq_lock_shared(rq, ORDER_QUEUE_LOCK, "") : ERR_OK;
    return err == ERR_OK ? order_number_next(rq, &order->number) : err;
}

static enum err write_order(struct rq *rq, const struct order_new *in, const struct basket *basket,
                            struct order_row *order)
{
    struct event_row event = {.actor = rq->caller.email};
    fill_order(rq, in, basket, order);
    event.order_id = order->id;
    enum err err = take_coupons(rq, order, basket);
    if (err == ERR_OK)
        err = draw_number(rq, order);
    if (err == ERR_OK)
        err = order_key_insert(rq, order);
    if (err == ERR_OK)
        err = order_insert(rq, order);
    if (err == ERR_OK)
        err = write_lines(rq, &order->id, basket);
    if (err == ERR_OK)
        err = write_coupons(rq, order, basket);
    return err == ERR_OK ? order_event_first(rq, &event) : err;
}

// The order that a request has made already; ERR_NOT_FOUND when there is none.
static enum err find_made(struct rq *rq, const struct idempotency *key, const char *hash,
                          struct order_row *out)
{
    struct order_key known = {0};
    enum err err = order_of_request(rq, key, &known);
    if (err != ERR_OK)
        return err;
    err = order_by_id(rq, &known.id, out);
    if (err == ERR_NOT_FOUND)
        return fail(rq, ERR_CONFLICT,
                    "the order of this Idempotency-Key is in the archive; choose a new key");
    if (err == ERR_OK && !str_equal(out->request_hash, hash))
        return fail(rq, ERR_IDEMPOTENCY_MISMATCH,
                    "this Idempotency-Key was used for another request; choose a new one");
    return err;
}

// Scope and key say whose request it is: guests share a scope, their keys are random.
enum err order_write(struct rq *rq, const struct order_new *in, const struct uuid *lease,
                     struct order_row *out, bool *made)
{
    const char *scope = uuid_empty(&rq->caller.user_id) ? "guest" : rq->caller.user_id.s;
    struct idempotency key = {.scope = scope, .key = rq->idempotency_key};
    const char *hash = hash_request(rq, in);
    struct cart_row cart = {0};
    struct basket basket;
    // A twin waits here, and then finds the order of the one who was first.
    enum err err = rq_lock(rq, "request", arena_printf(rq->arena, "%s %s", scope, key.key));
    if (err == ERR_OK)
        err = find_made(rq, &key, hash, out);
    *made = err == ERR_NOT_FOUND;
    if (err != ERR_NOT_FOUND)
        return err;
    err = take_cart(rq, in, &cart);
    if (err == ERR_OK)
        err = basket_read(rq, &cart, &basket);
    if (err == ERR_OK)
        err = check_basket(rq, in, &basket);
    if (err != ERR_OK)
        return err;
    *out = (struct order_row){.idempotency_scope = scope,
                              .idempotency_key = rq->idempotency_key,
                              .request_hash = hash,
                              .lease_owner = *lease};
    if (!uuid_empty(lease)) {
        out->lease_process = lease_process();
        SET(out, order_row, due_at, rq->now_ms + ORDER_LEASE_MS);
    }
    return write_order(rq, in, &basket, out);
}
