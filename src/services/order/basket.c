// The cart with everything its price depends on, read in one snapshot, priced and shown. Changes of
// carts live in carts.c, the arithmetic in price.c.
//
// A cart stores what the shopper chose: SKUs, quantities, codes, a country. Prices, stock, tax and
// shipping are looked up each time it is shown and again when it is ordered, by this same code, so
// what is charged is what was shown, or the difference is told (expected_total_minor, notices). The
// one price that is stored, unit_price_minor of a line, is what the shopper was told last; it is
// compared with, never charged.
#include <string.h>

#include "core/money.h"
#include "core/str.h"
#include "core/uuid.h"
#include "services/order/cart_copy.h"

QUERY_LIST(cart_items, cart_key, cart_item_row,
           "SELECT id, cart_id, sku, title, quantity, unit_price_minor FROM cart_item"
           " WHERE cart_id = :id ORDER BY id");
#define COUPON_COLUMNS                                                                             \
    "c.id, c.code, c.kind, c.percent_ppm, c.amount_minor, c.currency, c.minimum_minor,"            \
    " c.starts_at, c.ends_at, c.uses_max, c.uses_max_per_customer, c.uses, c.active"
QUERY_LIST(cart_coupons, cart_key, coupon,
           "SELECT " COUPON_COLUMNS
           " FROM cart_coupon k JOIN coupon c ON c.id = k.coupon_id WHERE k.cart_id = :id"
           " ORDER BY k.added_at, c.id LIMIT 10");

#define COUPON_IDS(F, S) F(S, texts, ids, .doc = "Of coupons.")
SHAPE(coupon_ids, COUPON_IDS);
QUERY_LIST_FOR(coupons_by_ids, coupon_ids, coupon,
               "SELECT " COUPON_COLUMNS " FROM coupon c WHERE c.id"
               " IN (SELECT value FROM json_each(:ids))",
               "SELECT " COUPON_COLUMNS " FROM coupon c WHERE c.id"
               " IN (SELECT CAST(value AS UUID) FROM"
               " json_array_elements_text(CAST(:ids AS JSON)) AS value)");

const char *amount_text(struct rq *rq, i64 minor, const char *currency)
{
    return arena_printf(rq->arena, "%s %s", money_text(rq->arena, minor, currency), currency);
}

// SKUs go to the peers as they stand in the cart: one call each, however many lines.
static struct text_list skus_of(struct rq *rq, const struct cart_item_row_list *items)
{
    struct text_list skus = {.items = ARENA_ARRAY(rq->arena, const char *, items->count)};
    for (; skus.count < items->count; skus.count++)
        skus.items[skus.count] = items->items[skus.count].sku;
    return skus;
}

static const struct offer *offer_of(const struct offers *offers, const char *sku)
{
    for (size_t i = 0; i < offers->items.count; i++)
        if (str_equal(offers->items.items[i].sku, sku))
            return &offers->items.items[i];
    return NULL;
}

// A SKU that was never counted has none.
static i64 available_of(const struct stock_levels *levels, const char *sku)
{
    for (size_t i = 0; i < levels->items.count; i++)
        if (str_equal(levels->items.items[i].sku, sku))
            return levels->items.items[i].available;
    return 0;
}

// What product and inventory say about the lines.
static enum err read_goods(struct rq *rq, struct basket *out)
{
    struct offers *offers = ARENA_NEW(rq->arena, struct offers);
    struct stock_levels levels = {0};
    struct offer_query wanted = {.sku = skus_of(rq, &out->items), .currency = out->cart.currency};
    struct stock_query counted = {.sku = wanted.sku};
    size_t count = out->items.count;
    out->offers = ARENA_ARRAY(rq->arena, const struct offer *, count);
    out->available = ARENA_ARRAY(rq->arena, i64, count);
    if (count == 0)
        return ERR_OK;
    enum err err = call_product_offers(rq, &wanted, offers);
    if (err == ERR_OK)
        err = call_inventory_levels(rq, &counted, &levels);
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        const char *sku = out->items.items[i].sku;
        const struct offer *offer = offer_of(offers, sku);
        // -1 also for what is not for sale: fill_notices tells that before it looks at stock.
        bool any = offer == NULL || !offer->tracked || offer->backorder;
        out->offers[i] = offer;
        out->available[i] = any ? -1 : available_of(&levels, sku);
    }
    return err;
}

enum err basket_stored(struct rq *rq, const struct uuid *id, struct cart_item_row_list *items,
                       struct coupon_list *coupons)
{
    struct cart_key key = {.id = *id};
    enum err err = cart_items(rq, &key, items);
    return err == ERR_OK ? cart_coupons(rq, &key, coupons) : err;
}

// The coupons of a copy, in its order. One that staff have deleted is not there any more.
static enum err copied_coupons(struct rq *rq, const struct text_list *ids, struct coupon_list *out)
{
    struct coupon_list known = {0};
    enum err err = ERR_OK;
    if (ids->count > 0)
        err = coupons_by_ids(rq, &(struct coupon_ids){.ids = *ids}, &known);
    out->items = ARENA_ARRAY(rq->arena, struct coupon, ids->count);
    for (size_t i = 0; i < ids->count; i++)
        for (size_t k = 0; k < known.count; k++)
            if (str_equal(known.items[k].id.s, ids->items[i]))
                out->items[out->count++] = known.items[k];
    return err;
}

// Those that hold are priced; those that do not are told and take nothing off.
static void sort_coupons(struct rq *rq, const struct coupon_list *all, struct basket *out)
{
    out->coupons.items = ARENA_ARRAY(rq->arena, struct coupon, all->count);
    out->ended.items = ARENA_ARRAY(rq->arena, struct coupon, all->count);
    out->coupon_ids.items = ARENA_ARRAY(rq->arena, const char *, all->count);
    for (size_t i = 0; i < all->count; i++) {
        bool holds = coupon_fault(&all->items[i], out->cart.currency, rq->now_ms) == NULL;
        struct coupon_list *list = holds ? &out->coupons : &out->ended;
        list->items[list->count++] = all->items[i];
        out->coupon_ids.items[out->coupon_ids.count++] = all->items[i].id.s;
    }
}

// What the shopper chose: lines and coupons.
static enum err read_choice(struct rq *rq, const struct cart_found *found, struct basket *out)
{
    struct coupon_list *coupons = ARENA_NEW(rq->arena, struct coupon_list);
    enum err err;
    if (found->document != NULL) {
        out->items = found->document->items;
        err = copied_coupons(rq, &found->document->coupon_ids, coupons);
    } else {
        err = basket_stored(rq, &found->cart.id, &out->items, coupons);
    }
    if (err == ERR_OK)
        sort_coupons(rq, coupons, out);
    return err;
}

// A line that is not for sale any more keeps its quantity and costs nothing: its untold fields are
// 0.
static void fill_lines(struct rq *rq, struct basket *basket)
{
    struct price *price = &basket->price;
    price->line_count = basket->items.count;
    price->lines = ARENA_ARRAY(rq->arena, struct price_line, price->line_count);
    for (size_t i = 0; i < price->line_count; i++) {
        const struct offer *offer = basket->offers[i];
        struct price_line *line = &price->lines[i];
        line->quantity = basket->items.items[i].quantity;
        if (offer == NULL)
            continue;
        line->unit_price_minor = offer->price_minor;
        line->weight_g = offer->weight_g;
        line->taxable = offer->taxable;
        line->tax_class = offer->tax_class;
        line->requires_shipping = offer->requires_shipping;
    }
}

static void fill_coupons(struct rq *rq, struct basket *basket)
{
    struct price *price = &basket->price;
    price->coupon_count = basket->coupons.count;
    price->coupons = ARENA_ARRAY(rq->arena, struct price_coupon, price->coupon_count);
    for (size_t i = 0; i < price->coupon_count; i++) {
        const struct coupon *coupon = &basket->coupons.items[i];
        price->coupons[i] = (struct price_coupon){.kind = coupon->kind,
                                                  .percent_ppm = coupon->percent_ppm,
                                                  .amount_minor = coupon->amount_minor,
                                                  .minimum_minor = coupon->minimum_minor};
    }
}

static void fill_rates(struct rq *rq, struct basket *basket)
{
    struct price *price = &basket->price;
    price->rate_count = basket->rates.count;
    price->rates = ARENA_ARRAY(rq->arena, struct price_tax_rate, price->rate_count);
    for (size_t i = 0; i < price->rate_count; i++) {
        const struct tax_rate *rate = &basket->rates.items[i];
        price->rates[i] = (struct price_tax_rate){.country = rate->country,
                                                  .region = rate->region,
                                                  .tax_class = rate->tax_class,
                                                  .name = rate->name,
                                                  .rate_ppm = rate->rate_ppm,
                                                  .priority = rate->priority,
                                                  .on_shipping = rate->on_shipping};
    }
}

static void fill_shipping(struct rq *rq, struct basket *basket)
{
    struct price *price = &basket->price;
    price->shipping_rate_count = basket->shipping.count;
    price->shipping_rates =
        ARENA_ARRAY(rq->arena, struct price_shipping_rate, price->shipping_rate_count);
    for (size_t i = 0; i < price->shipping_rate_count; i++) {
        const struct shipping_rate *rate = &basket->shipping.items[i];
        bool has_end = IS_SET(rate, shipping_rate, bracket_below);
        bool has_free = IS_SET(rate, shipping_rate, free_over_minor);
        price->shipping_rates[i] =
            (struct price_shipping_rate){.code = rate->code,
                                         .name = rate->name,
                                         .basis = rate->basis,
                                         .from = rate->bracket_from,
                                         .below = has_end ? rate->bracket_below : 0,
                                         .price_minor = rate->price_minor,
                                         .free_over_minor = has_free ? rate->free_over_minor : -1};
    }
}

enum err basket_read(struct rq *rq, const struct cart_row *cart, struct basket *out)
{
    return basket_read_found(rq, &(struct cart_found){.cart = *cart}, out);
}

enum err basket_read_found(struct rq *rq, const struct cart_found *found, struct basket *out)
{
    struct shop_settings shop;
    enum err err = shop_settings_read(rq, &shop);
    return err == ERR_OK ? basket_price(rq, &shop, found, out) : err;
}

enum err basket_price(struct rq *rq, const struct shop_settings *shop,
                      const struct cart_found *found, struct basket *out)
{
    const struct cart_row *cart = &found->cart;
    struct destination to = {
        .country = cart->country, .region = cart->region, .currency = cart->currency};
    *out = (struct basket){.cart = *cart, .shop = *shop};
    enum err err = read_choice(rq, found, out);
    // Lines are added without counting (carts.c): this is where one too many is refused, and rolled
    // back.
    if (out->items.count > LIMIT_CART_LINES)
        return fail(rq, ERR_INVALID, "a cart holds at most %d lines", LIMIT_CART_LINES);
    if (err == ERR_OK)
        err = read_goods(rq, out);
    if (err == ERR_OK)
        err = tax_rates_for(rq, &to, &out->rates);
    if (err == ERR_OK)
        err = shipping_rates_for(rq, &to, &out->shipping);
    if (err != ERR_OK)
        return err;
    out->price = (struct price){.country = cart->country,
                                .region = cart->region,
                                .shipping_option = cart->shipping_option,
                                .include_tax = out->shop.prices_include_tax};
    fill_lines(rq, out);
    fill_coupons(rq, out);
    fill_rates(rq, out);
    fill_shipping(rq, out);
    if (!price_cart(&out->price))
        return fail(rq, ERR_INVALID, "the cart is worth more than the shop can count");
    return ERR_OK;
}

// From here on: what the shopper sees.

static struct cart_item shown_item(const struct basket *basket, size_t i)
{
    const struct cart_item_row *row = &basket->items.items[i];
    const struct price_line *line = &basket->price.lines[i];
    const struct offer *offer = basket->offers[i];
    struct cart_item item = {.id = row->id,
                             .sku = row->sku,
                             .handle = "",
                             .title = row->title,
                             .quantity = row->quantity,
                             .unit_price_minor = line->unit_price_minor,
                             .discount_minor = line->discount_minor,
                             .tax_minor = line->tax_minor,
                             .total_minor = line->total_minor,
                             .requires_shipping = line->requires_shipping};
    if (offer == NULL) {
        SET(&item, cart_item, available, 0);
        return item;
    }
    item.handle = offer->handle;
    item.title = offer->title;
    item.variant_title = offer->variant_title;
    item.options = offer->options;
    item.image = offer->image;
    if (IS_SET(offer, offer, compare_at_minor))
        SET(&item, cart_item, compare_at_minor, offer->compare_at_minor);
    if (basket->available[i] >= 0)
        SET(&item, cart_item, available, basket->available[i]);
    return item;
}

// Per cent to two decimals: 12.50 % off.
static const char *coupon_detail(struct rq *rq, const struct basket *basket, size_t i)
{
    const struct coupon *coupon = &basket->coupons.items[i];
    if (!basket->price.coupons[i].applied)
        return arena_printf(rq->arena, "from %s on",
                            amount_text(rq, coupon->minimum_minor, basket->cart.currency));
    if (coupon->kind == coupon_kind_free_shipping)
        return "free shipping";
    if (coupon->kind == coupon_kind_fixed)
        return arena_printf(rq->arena, "%s off",
                            amount_text(rq, coupon->amount_minor, basket->cart.currency));
    i64 whole = coupon->percent_ppm / 10000, parts = coupon->percent_ppm / 100 % 100;
    return parts == 0
               ? arena_printf(rq->arena, "%lld %% off", (long long)whole)
               : arena_printf(rq->arena, "%lld.%02lld %% off", (long long)whole, (long long)parts);
}

static void add_notice(struct cart *out, struct cart_notice notice)
{
    out->notices.items[out->notices.count++] = notice;
}

// Compares with what the shopper was told last, not with the price a minute ago.
static void notice_price(struct rq *rq, const struct basket *basket, size_t i, struct cart *out)
{
    const struct cart_item_row *row = &basket->items.items[i];
    i64 now_minor = basket->offers[i]->price_minor;
    const char *currency = basket->cart.currency;
    struct cart_notice notice = {.code = notice_code_price_changed, .item_id = row->id};
    if (now_minor == row->unit_price_minor)
        return;
    // 0 is also what is stored for a line that had no price in this currency.
    const char *now = amount_text(rq, now_minor, currency);
    if (row->unit_price_minor == 0) {
        notice.detail = arena_printf(rq->arena, "The price of %s is now %s.", row->title, now);
    } else {
        notice.detail = arena_printf(rq->arena, "The price of %s is now %s; it was %s.", row->title,
                                     now, amount_text(rq, row->unit_price_minor, currency));
        SET(&notice, cart_notice, old_minor, row->unit_price_minor);
    }
    SET(&notice, cart_notice, new_minor, now_minor);
    add_notice(out, notice);
}

// Stock that others hold meanwhile counts as gone; checkout decides.
static void notice_stock(struct rq *rq, const struct basket *basket, size_t i, struct cart *out)
{
    const struct cart_item_row *row = &basket->items.items[i];
    struct cart_notice notice = {.code = notice_code_stock_reduced, .item_id = row->id};
    i64 left = basket->available[i];
    if (left < 0 || left >= row->quantity)
        return;
    notice.detail =
        left == 0 ? arena_printf(rq->arena, "%s is sold out.", row->title)
                  : arena_printf(rq->arena, "Only %lld of %s left.", (long long)left, row->title);
    add_notice(out, notice);
}

static void fill_notices(struct rq *rq, const struct basket *basket, struct cart *out)
{
    // A line may have a new price and too little stock.
    size_t most = 2 * basket->items.count + basket->ended.count;
    out->notices.items = ARENA_ARRAY(rq->arena, struct cart_notice, most);
    for (size_t i = 0; i < basket->items.count; i++) {
        const struct cart_item_row *row = &basket->items.items[i];
        if (basket->offers[i] == NULL) {
            add_notice(out, (struct cart_notice){
                                .code = notice_code_unavailable,
                                .item_id = row->id,
                                .detail = arena_printf(rq->arena, "%s is not for sale any more.",
                                                       row->title)});
            continue;
        }
        notice_price(rq, basket, i, out);
        notice_stock(rq, basket, i, out);
    }
    for (size_t i = 0; i < basket->ended.count; i++) {
        const struct coupon *coupon = &basket->ended.items[i];
        const char *fault = coupon_fault(coupon, basket->cart.currency, rq->now_ms);
        add_notice(out, (struct cart_notice){.code = notice_code_coupon_ended,
                                             .detail = arena_printf(rq->arena, "The coupon %s %s.",
                                                                    coupon->code, fault)});
    }
}

// Rates that taxed nothing are not shown.
static void fill_tax_lines(struct rq *rq, const struct price *price, struct tax_line_list *out)
{
    out->items = ARENA_ARRAY(rq->arena, struct tax_line, price->rate_count);
    for (size_t i = 0; i < price->rate_count; i++)
        if (price->rates[i].used)
            out->items[out->count++] = (struct tax_line){.name = price->rates[i].name,
                                                         .rate_ppm = price->rates[i].rate_ppm,
                                                         .tax_minor = price->rates[i].tax_minor};
}

static void fill_totals(const struct price *price, struct cart *out)
{
    out->subtotal_minor = price->subtotal_minor;
    out->discount_minor = price->discount_minor;
    out->shipping_minor = price->shipping_minor;
    out->tax_minor = price->tax_minor;
    out->total_minor = price->total_minor;
    out->prices_include_tax = price->include_tax;
}

void basket_show(struct rq *rq, const struct basket *basket, struct cart *out)
{
    const struct cart_row *row = &basket->cart;
    out->id = row->id;
    out->version = row->version;
    out->currency = row->currency;
    out->email = row->email;
    out->country = row->country;
    out->region = row->region;
    out->postcode = row->postcode;
    out->shipping_option = basket->price.shipping_at >= 0 ? row->shipping_option : NULL;
    out->items.items = ARENA_ARRAY(rq->arena, struct cart_item, basket->items.count);
    for (; out->items.count < basket->items.count; out->items.count++)
        out->items.items[out->items.count] = shown_item(basket, out->items.count);
    out->coupons.items = ARENA_ARRAY(rq->arena, struct cart_coupon, basket->coupons.count);
    for (size_t i = 0; i < basket->coupons.count; i++)
        out->coupons.items[out->coupons.count++] =
            (struct cart_coupon){.code = basket->coupons.items[i].code,
                                 .kind = basket->coupons.items[i].kind,
                                 .detail = coupon_detail(rq, basket, i),
                                 .discount_minor = basket->price.coupons[i].discount_minor};
    fill_notices(rq, basket, out);
    fill_tax_lines(rq, &basket->price, &out->tax_lines);
    fill_totals(&basket->price, out);
}
