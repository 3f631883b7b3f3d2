// Orders out of their rows. The shapes are in order.h, the rows in order_row.h.
//
// An order is shown as it was sold: titles, prices, taxes and addresses are copies from that
// moment, and neither the catalogue nor the customer's account is asked. What products became
// later, or whether they are still there, does not matter.
//
// Parts of a whole page are read by four statements whatever its length, and handed out to their
// orders.
#include "services/order/order_row.h"

#include <string.h>

#include "core/json.h"
#include "core/str.h"
#include "core/uuid.h"

#define ORDER_IDS(F, S)                                                                            \
    F(S, texts, ids, .max = LIMIT_PAGE, .doc = "Whose parts are wanted.")                          \
    F(S, uuid, least, .doc = "The first of them.")                                                 \
    F(S, uuid, most, .doc = "The last of them.")
SHAPE(order_ids, ORDER_IDS);

#define ITEM_PART(F, S)                                                                            \
    F(S, uuid, order_id, .doc = "Of the order.")                                                   \
    F(S, text, sku, .doc = "Of the variant.")                                                      \
    F(S, text, handle, .doc = "Of the product's page then.")                                       \
    F(S, text, title, .doc = "Of the product then.")                                               \
    F(S, text, variant_title, .optional = true, .doc = "Its options.")                             \
    F(S, json, options, .doc = "What was chosen.")                                                 \
    F(S, json, image, .optional = true, .doc = "A picture.")                                       \
    F(S, i64, quantity, .doc = "Pieces.")                                                          \
    F(S, minor, unit_price_minor, .doc = "Of one.")                                                \
    F(S, minor, discount_minor, .doc = "Taken off this line.")                                     \
    F(S, minor, tax_minor, .doc = "Of this line.")                                                 \
    F(S, minor, total_minor, .doc = "After discount; with tax.")
SHAPE(item_part, ITEM_PART);

#define TAX_PART(F, S)                                                                             \
    F(S, uuid, order_id, .doc = "Of the order.")                                                   \
    F(S, text, name, .doc = "Of the tax.")                                                         \
    F(S, i64, rate_ppm, .doc = "190000 is 19 per cent.")                                           \
    F(S, minor, tax_minor, .doc = "Over the whole.")
SHAPE(tax_part, TAX_PART);

#define COUPON_PART(F, S)                                                                          \
    F(S, uuid, order_id, .doc = "Of the order.")                                                   \
    F(S, text, code, .doc = "Of the coupon.")
SHAPE(coupon_part, COUPON_PART);

#define EVENT_PART(F, S)                                                                           \
    F(S, uuid, order_id, .doc = "Of the order.")                                                   \
    F(S, text, state, .doc = "What it became.")                                                    \
    F(S, time, at, .doc = "When.")                                                                 \
    F(S, text, note, .optional = true, .doc = "Why.")
SHAPE(event_part, EVENT_PART);

#define ITEM_COLUMNS                                                                               \
    "order_id, sku, handle, title, variant_title, options, image, quantity, unit_price_minor,"     \
    " discount_minor, tax_minor, total_minor"

// On PostgreSQL the bounds lead to the months of the page, and an array is planned in half the time
// that a join takes; SQLite has no parts to leave out.
#define OF_ORDERS " WHERE order_id IN (SELECT value FROM json_each(:ids))"
#define OF_ORDERS_POSTGRES                                                                         \
    " WHERE order_id >= :least AND order_id <= :most AND order_id = ANY (ARRAY(SELECT"             \
    " CAST(value AS UUID) FROM json_array_elements_text(CAST(:ids AS JSON)) AS value))"

QUERY_LIST_FOR(order_item_parts, order_ids, item_part,
               "SELECT " ITEM_COLUMNS " FROM order_item" OF_ORDERS " ORDER BY order_id, position",
               "SELECT " ITEM_COLUMNS " FROM order_item" OF_ORDERS_POSTGRES
               " ORDER BY order_id, position");
QUERY_LIST_FOR(order_tax_parts, order_ids, tax_part,
               "SELECT order_id, name, rate_ppm, tax_minor FROM order_tax" OF_ORDERS
               " ORDER BY order_id, position",
               "SELECT order_id, name, rate_ppm, tax_minor FROM order_tax" OF_ORDERS_POSTGRES
               " ORDER BY order_id, position");
QUERY_LIST_FOR(order_coupon_parts, order_ids, coupon_part,
               "SELECT order_id, code FROM coupon_use" OF_ORDERS " ORDER BY order_id, code",
               "SELECT order_id, code FROM coupon_use" OF_ORDERS_POSTGRES
               " ORDER BY order_id, code");
QUERY_LIST_FOR(
    order_event_parts, order_ids, event_part,
    "SELECT order_id, state, at, note FROM order_event" OF_ORDERS ORDER_BY_HISTORY(""),
    "SELECT order_id, state, at, note FROM order_event" OF_ORDERS_POSTGRES ORDER_BY_HISTORY(""));

// What belongs to all orders of a page.
struct parts {
    struct item_part_list items;
    struct tax_part_list taxes;
    struct coupon_part_list coupons;
    struct event_part_list events;
};

// Four statements for a page, however long it is.
static enum err read_parts(struct rq *rq, const struct order_row_list *rows, struct parts *parts)
{
    struct order_ids in = {.ids.items = ARENA_ARRAY(rq->arena, const char *, rows->count)};
    in.least = in.most = rows->items[0].id;
    for (; in.ids.count < rows->count; in.ids.count++) {
        const struct uuid *id = &rows->items[in.ids.count].id;
        in.ids.items[in.ids.count] = id->s;
        in.least = strcmp(id->s, in.least.s) < 0 ? *id : in.least;
        in.most = strcmp(id->s, in.most.s) > 0 ? *id : in.most;
    }
    enum err err = order_item_parts(rq, &in, &parts->items);
    if (err == ERR_OK)
        err = order_tax_parts(rq, &in, &parts->taxes);
    if (err == ERR_OK)
        err = order_coupon_parts(rq, &in, &parts->coupons);
    return err == ERR_OK ? order_event_parts(rq, &in, &parts->events) : err;
}

// Reads what this service has written: a fault in it is ours.
static void read_json(struct rq *rq, const struct shape *shape, const char *json, void *out)
{
    struct problem problem = {.arena = rq->arena};
    enum err err = json_read(shape, json, strlen(json), 0, &problem, out);
    assert(err == ERR_OK);
}

#define OPTION_LIST(F, S) F(S, list(option_value), options, .doc = "What was chosen.")
SHAPE(option_list, OPTION_LIST);

static struct order_item shown_item(struct rq *rq, const struct item_part *part)
{
    struct option_list options = {0};
    // Readers of JSON here begin with an object; the column holds a list.
    const char *wrapped = arena_printf(rq->arena, "{\"options\":%s}", part->options);
    struct order_item item = {.sku = part->sku,
                              .handle = part->handle,
                              .title = part->title,
                              .variant_title = part->variant_title,
                              .quantity = part->quantity,
                              .unit_price_minor = part->unit_price_minor,
                              .discount_minor = part->discount_minor,
                              .tax_minor = part->tax_minor,
                              .total_minor = part->total_minor};
    read_json(rq, &option_list_shape, wrapped, &options);
    item.options = options.options;
    if (part->image != NULL) {
        item.image = ARENA_NEW(rq->arena, struct image);
        read_json(rq, &image_shape, part->image, item.image);
    }
    return item;
}

// Parts of all orders come sorted by order; each order picks its own.
static void fill_items(struct rq *rq, const struct parts *parts, struct order *out)
{
    i64 total_minor = 0;
    out->items.items = ARENA_ARRAY(rq->arena, struct order_item, parts->items.count);
    for (size_t i = 0; i < parts->items.count; i++) {
        if (!uuid_equal(&parts->items.items[i].order_id, &out->id))
            continue;
        struct order_item *item = &out->items.items[out->items.count++];
        *item = shown_item(rq, &parts->items.items[i]);
        total_minor += item->total_minor;
    }
    // The same sum that was asserted before it was written (price.c).
    assert(total_minor <= out->total_minor);
}

static void fill_rest(struct rq *rq, const struct parts *parts, struct order *out)
{
    out->tax_lines.items = ARENA_ARRAY(rq->arena, struct tax_line, parts->taxes.count);
    out->coupons.items = ARENA_ARRAY(rq->arena, const char *, parts->coupons.count);
    out->history.items = ARENA_ARRAY(rq->arena, struct order_event, parts->events.count);
    for (size_t i = 0; i < parts->taxes.count; i++) {
        const struct tax_part *part = &parts->taxes.items[i];
        if (uuid_equal(&part->order_id, &out->id))
            out->tax_lines.items[out->tax_lines.count++] = (struct tax_line){
                .name = part->name, .rate_ppm = part->rate_ppm, .tax_minor = part->tax_minor};
    }
    for (size_t i = 0; i < parts->coupons.count; i++)
        if (uuid_equal(&parts->coupons.items[i].order_id, &out->id))
            out->coupons.items[out->coupons.count++] = parts->coupons.items[i].code;
    for (size_t i = 0; i < parts->events.count; i++) {
        const struct event_part *part = &parts->events.items[i];
        if (uuid_equal(&part->order_id, &out->id))
            out->history.items[out->history.count++] =
                (struct order_event){.state = part->state, .at = part->at, .note = part->note};
    }
}

// Addresses were written out of the same shape.
static void fill_people(struct rq *rq, const struct order_row *row, struct order *out)
{
    out->billing_address = ARENA_NEW(rq->arena, struct address);
    read_json(rq, &address_shape, row->billing_address, out->billing_address);
    if (row->shipping_address != NULL) {
        out->shipping_address = ARENA_NEW(rq->arena, struct address);
        read_json(rq, &address_shape, row->shipping_address, out->shipping_address);
    }
    if (row->shipping_code != NULL) {
        out->shipping_option = ARENA_NEW(rq->arena, struct order_shipping);
        out->shipping_option->code = row->shipping_code;
        out->shipping_option->name = row->shipping_name;
    }
    if (row->payment_provider != NULL) {
        out->payment = ARENA_NEW(rq->arena, struct order_payment);
        out->payment->provider = row->payment_provider;
        out->payment->state = row->payment_state != NULL ? row->payment_state : "prepared";
        out->payment->reference = row->payment_reference;
        if (row->captured_minor > 0)
            SET(out->payment, order_payment, captured_minor, row->captured_minor);
    }
}

static void fill_order(struct rq *rq, const struct order_row *row, const struct parts *parts,
                       struct order *out)
{
    out->id = row->id;
    out->number = row->number;
    out->state = row->state;
    out->currency = row->currency;
    out->email = row->email;
    out->subtotal_minor = row->subtotal_minor;
    out->discount_minor = row->discount_minor;
    out->shipping_minor = row->shipping_minor;
    out->tax_minor = row->tax_minor;
    out->total_minor = row->total_minor;
    out->refunded_minor = row->refunded_minor;
    out->prices_include_tax = row->prices_include_tax;
    out->note = row->note;
    out->placed_at = row->placed_at;
    out->refusal = row->refusal;
    if (IS_SET(row, order_row, wanted) && row->state != order_goal_state(row->wanted))
        SET(out, order, wanted, row->wanted);
    fill_people(rq, row, out);
    fill_items(rq, parts, out);
    fill_rest(rq, parts, out);
}

enum err orders_show(struct rq *rq, const struct order_row_list *rows, struct order_list *out)
{
    struct parts parts = {0};
    enum err err = rows->count > 0 ? read_parts(rq, rows, &parts) : ERR_OK;
    if (err != ERR_OK)
        return err;
    out->items = ARENA_ARRAY(rq->arena, struct order, rows->count);
    for (; out->count < rows->count; out->count++)
        fill_order(rq, &rows->items[out->count], &parts, &out->items[out->count]);
    return ERR_OK;
}

enum err order_show(struct rq *rq, const struct order_row *row, bool with_token, struct order *out)
{
    struct order_row copy = *row;
    struct order_row_list rows = {.count = 1, .items = &copy};
    struct order_list shown = {0};
    enum err err = orders_show(rq, &rows, &shown);
    if (err != ERR_OK)
        return err;
    *out = shown.items[0];
    out->access_token = with_token ? row->access_token : NULL;
    return ERR_OK;
}
