// What must hold of orders, carts and coupons, recomputed; and that stock and money agree with
// orders.
//
// The first part is plain SQL over this service's tables: an order is compared with its lines,
// taxes, coupons, history and cart. The second asks payment and inventory what they keep and walks
// both lists beside the orders. All three are sorted by order id, so one pass finds what is missing
// on either side, and 500 at a time keeps the memory small however old the shop is.
//
// An order that somebody still works on is not judged: between two steps money and stock are meant
// to differ from it (README.md here says how far). Nor is what changes while it is looked at. The
// three services are read one after the other, so each stretch that shows a difference is read
// again: a violation is what shows twice in the same words, of an order that did not change in
// between. For then the order was at rest all the time between the two times that it was read, and
// its money and its stock, which others read in that time, were of that very state.
#include <string.h>
#include <time.h>

#include "app/audit_sql.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/inventory/inventory.h"
#include "services/order/order_row.h"
#include "services/payment/payment.h"

QUERY_AUDIT(
    order_lines,
    "SELECT 'order ' || o.number || ': subtotal ' || o.subtotal_minor || ', discount ' ||"
    " o.discount_minor || ', tax ' || o.tax_minor || ', total ' || o.total_minor ||"
    " '; its lines say ' || i.subtotal || ', ' || i.discount || ', ' || i.tax || ', ' || i.total"
    " AS sentence FROM orders o JOIN (SELECT order_id, SUM(subtotal_minor) AS subtotal,"
    " SUM(discount_minor) AS discount, SUM(tax_minor) AS tax, SUM(total_minor) AS total"
    " FROM order_item GROUP BY order_id) i ON i.order_id = o.id"
    " WHERE o.subtotal_minor <> i.subtotal OR o.discount_minor <> i.discount"
    " OR o.tax_minor <> i.tax + o.shipping_tax_minor"
    " OR o.total_minor <> i.total + o.shipping_minor"
    " + CASE WHEN o.prices_include_tax THEN 0 ELSE o.shipping_tax_minor END");

QUERY_AUDIT(order_without_lines,
            "SELECT 'order ' || number || ' has no lines' AS sentence FROM orders o"
            " WHERE NOT EXISTS (SELECT 1 FROM order_item i WHERE i.order_id = o.id)");

QUERY_AUDIT(order_taxes,
            "SELECT 'order ' || o.number || ': tax ' || o.tax_minor || '; its rates say ' ||"
            " COALESCE(t.tax, 0) AS sentence FROM orders o LEFT JOIN (SELECT order_id,"
            " SUM(tax_minor) AS tax FROM order_tax GROUP BY order_id) t ON t.order_id = o.id"
            " WHERE o.tax_minor <> COALESCE(t.tax, 0)");

QUERY_AUDIT(
    order_discounts,
    "SELECT 'order ' || o.number || ': discount ' || o.discount_minor || '; its coupons say ' ||"
    " COALESCE(u.discount, 0) AS sentence FROM orders o LEFT JOIN (SELECT order_id,"
    " SUM(discount_minor) AS discount FROM coupon_use GROUP BY order_id) u ON u.order_id = o.id"
    " WHERE o.discount_minor <> COALESCE(u.discount, 0)");

QUERY_AUDIT(coupon_uses,
            "SELECT 'coupon ' || c.code || ' counts ' || c.uses || ' uses; orders say ' ||"
            " COALESCE(u.uses, 0) AS sentence FROM coupon c LEFT JOIN (SELECT coupon_id,"
            " COUNT(*) AS uses FROM coupon_use WHERE returned_at IS NULL GROUP BY coupon_id) u"
            " ON u.coupon_id = c.id WHERE c.uses <> COALESCE(u.uses, 0)");

QUERY_AUDIT(
    coupon_uses_returned,
    "SELECT 'coupon ' || u.code || ' of order ' || o.number || ', which is ' || o.state ||"
    " CASE WHEN u.returned_at IS NULL THEN ', is used' ELSE ', was returned' END AS sentence"
    " FROM coupon_use u JOIN orders o ON o.id = u.order_id"
    " WHERE (u.returned_at IS NULL) = (o.state IN ('declined', 'cancelled'))");

QUERY_AUDIT(order_carts,
            "SELECT 'order ' || o.number || ' is ' || o.state || ' and its cart is ' || c.state"
            " AS sentence FROM orders o JOIN cart c ON c.id = o.cart_id"
            " WHERE (o.state IN ('prepared', 'pending_payment') AND c.state <> 'ordering')"
            " OR (o.state IN ('authorized', 'paid', 'refunded') AND c.state <> 'ordered')");

QUERY_AUDIT(
    cart_orders,
    "SELECT 'cart ' || c.id || ' is ' || c.state || ' without an order' AS sentence FROM cart c"
    " WHERE c.state = 'ordering' AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.cart_id = c.id"
    " AND o.state IN ('prepared', 'pending_payment'))");

QUERY_AUDIT(order_history,
            "SELECT 'order ' || o.number || ' is ' || o.state || '; its history ends with ' ||"
            " COALESCE(e.state, 'nothing') AS sentence FROM orders o LEFT JOIN order_event e"
            " ON e.order_id = o.id AND NOT EXISTS (SELECT 1 FROM order_event l"
            " WHERE l.order_id = o.id AND l.state <> 'prepared'"
            " AND (e.state = 'prepared' OR l.id > e.id))"
            " WHERE e.state IS NULL OR e.state <> o.state");

// PostgreSQL leaves gaps.
QUERY_AUDIT_FOR(
    order_numbers,
    "SELECT 'orders are numbered to S-' || n.last || ', ' || n.skipped || ' were left out, and"
    " there are ' || c.orders || ' of them' AS sentence FROM order_number n,"
    " (SELECT COUNT(*) AS orders FROM orders_key) c WHERE n.last - n.skipped - 10000 <> c.orders",
    "SELECT 'orders are numbered to S-' || n.last_value || ' and there are ' || c.orders"
    " || ' of them' AS sentence FROM order_number_drawn n,"
    " (SELECT COUNT(*) AS orders FROM orders_key) c WHERE n.last_value - 10000 < c.orders");

// The row of an order, and what it repeats of its key; gone with a partition that was detached.
QUERY_AUDIT(
    order_keys,
    "SELECT 'the key of order ' || k.number || ' says cart ' || COALESCE(k.cart_id || '', 'none')"
    " || ' and request ' || k.idempotency_key || '; the order is ' || COALESCE(o.number || ', ' ||"
    " o.state || ', of cart ' || o.cart_id || ' and request ' || o.idempotency_key, 'not there')"
    " AS sentence FROM orders_key k LEFT JOIN orders o ON o.id = k.id WHERE (o.id IS NULL"
    " OR o.number <> k.number OR o.idempotency_scope <> k.idempotency_scope"
    " OR o.idempotency_key <> k.idempotency_key OR COALESCE(k.cart_id || '', '') <>"
    " CASE WHEN o.state IN ('declined', 'cancelled') THEN '' ELSE o.cart_id || '' END)"
    " AND NOT EXISTS (SELECT 1 FROM orders_detached d WHERE o.id IS NULL AND d.parent = 'orders'"
    " AND k.id >= d.lower AND k.id < d.upper)");

QUERY_AUDIT(order_stuck,
            "SELECT 'order ' || number || ' is ' || state || ' and nobody is to go on' AS sentence"
            " FROM orders WHERE due_at IS NULL"
            " AND (state IN ('prepared', 'pending_payment') OR wanted IS NOT NULL)"
            " AND NOT (state = 'prepared' AND wanted IS NULL"
            " AND id IN (SELECT order_id FROM order_queue WHERE reserved_at IS NULL))");

// From here on: orders beside what payment and inventory keep of them, a stretch of ids at a time.

enum {
    STRETCH = 500,      // orders; the statement below says it too
    DOUBTS_MAX = 1000,  // of a stretch
    LOOKS_MAX = 6,      // at a stretch
    PAUSE_FIRST_MS = 20 // between two of them; it doubles
};

#define ORDER_CHECKED(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, text, number, .doc = "For people.")                                                       \
    F(S, one_of(order_state), state, .doc = "How far it is.")                                      \
    F(S, minor, total_minor, .doc = "What was to be paid.")                                        \
    F(S, one_of(capture_mode), capture, .doc = "When the money is taken.")                         \
    F(S, minor, captured_minor, .doc = "What was taken.")                                          \
    F(S, minor, refunded_minor, .doc = "What was given back.")                                     \
    F(S, i64, tracked, .doc = "Pieces of what is counted.")                                        \
    F(S, bool, at_rest, .doc = "Nobody has to go on.")                                             \
    F(S, time, updated_at, .optional = true, .doc = "When it changed.")
SHAPE(order_checked, ORDER_CHECKED);

#define ID_STRETCH(F, S) F(S, uuid, after, .optional = true, .doc = "Later ones.")
SHAPE(id_stretch, ID_STRETCH);

// By their keys: of an order whose partition was detached nothing else is here, and it counts as
// one that is not at rest.
QUERY_LIST(orders_to_check, id_stretch, order_checked,
           "SELECT k.id, k.number, o.state, o.total_minor, o.capture, o.captured_minor,"
           " o.refunded_minor, o.updated_at, o.id IS NOT NULL AND o.due_at IS NULL"
           " AND o.state <> 'prepared' AS at_rest,"
           " CAST((SELECT COALESCE(SUM(i.quantity), 0) FROM order_item i WHERE i.order_id = o.id"
           " AND i.tracked) AS BIGINT) AS tracked"
           " FROM orders_key k LEFT JOIN orders o ON o.id = k.id"
           " WHERE :after IS NULL OR k.id > :after ORDER BY k.id LIMIT 500");

SNAPSHOT(orders_look, id_stretch, order_checked_list)
{
    return orders_to_check(rq, in, out);
}

struct doubt {
    struct uuid order_id;
    i64 updated_ms; // of the order; 0: it is not there
    const char *sentence;
};

// One look at a stretch, all in the arena of `rq`.
struct look {
    struct rq *rq;
    struct uuid after, upto; // upto is empty: the last stretch
    struct order_checked_list orders;
    struct payment_list payments;
    struct order_hold_list holds;
    size_t count;
    struct doubt doubts[DOUBTS_MAX];
};

static void doubt(struct look *look, const struct uuid *order_id, i64 updated_ms,
                  const char *sentence)
{
    if (look->count < DOUBTS_MAX)
        look->doubts[look->count++] = (struct doubt){*order_id, updated_ms, sentence};
}

static bool is_in(const struct look *look, const struct doubt *doubt)
{
    for (size_t i = 0; i < look->count; i++) {
        const struct doubt *other = &look->doubts[i];
        if (uuid_equal(&other->order_id, &doubt->order_id) &&
            other->updated_ms == doubt->updated_ms && str_equal(other->sentence, doubt->sentence))
            return true;
    }
    return false;
}

static bool keeps_money(const struct order_checked *order)
{
    return order->state == order_state_paid;
}

// A refund gives money back; whether goods come back is another question, so they stay sold.
static bool keeps_goods(const struct order_checked *order)
{
    return order->state == order_state_paid || order->state == order_state_refunded ||
           order->state == order_state_authorized;
}

// Only an authorized order has the provider hold money, and then its total.
static void check_hold(struct look *look, const struct order_checked *order,
                       const struct payment *payment)
{
    bool held = payment != NULL && payment->state == payment_state_authorized;
    i64 amount = held ? payment->amount_minor : 0;
    i64 ought = order->state == order_state_authorized ? order->total_minor : 0;
    if (amount != ought)
        doubt(look, &order->id, order->updated_at,
              arena_printf(look->rq->arena,
                           "order %s is %s with a total of %lld; payment holds %lld", order->number,
                           order_state_names[order->state], (long long)order->total_minor,
                           (long long)amount));
}

// Money that came after the payment was closed is on its way back, within the minute that the
// payment service gives itself for it; the order has nothing to do with it.
static bool goes_back(const struct look *look, const struct payment *payment)
{
    return payment != NULL && payment->check_at != 0 &&
           (payment->state == payment_state_captured ||
            payment->state == payment_state_authorized) &&
           look->rq->now_ms < payment->updated_at + MINUTE_MS;
}

// What a paid order keeps is all of its total, or the part that staff captured.
static void check_payment(struct look *look, const struct order_checked *order,
                          const struct payment *payment)
{
    i64 kept = payment != NULL ? payment->captured_minor - payment->refunded_minor : 0;
    bool part = order->capture == capture_mode_manual;
    i64 all = part ? order->captured_minor : order->total_minor;
    i64 ought = keeps_money(order) ? all : 0;
    if (!order->at_rest || goes_back(look, payment))
        return;
    if (kept != ought || order->captured_minor - order->refunded_minor != ought)
        doubt(look, &order->id, order->updated_at,
              arena_printf(look->rq->arena,
                           "order %s is %s with a total of %lld, %lld captured and %lld refunded;"
                           " payment keeps %lld",
                           order->number, order_state_names[order->state],
                           (long long)order->total_minor, (long long)order->captured_minor,
                           (long long)order->refunded_minor, (long long)kept));
    check_hold(look, order, payment);
}

static void check_stock(struct look *look, const struct order_checked *order,
                        const struct order_hold *hold)
{
    i64 sold = hold != NULL ? hold->sold : 0, held = hold != NULL ? hold->held : 0;
    i64 ought = keeps_goods(order) ? order->tracked : 0;
    if (order->at_rest && (sold != ought || held != 0))
        doubt(look, &order->id, order->updated_at,
              arena_printf(look->rq->arena,
                           "order %s is %s with %lld pieces; stock says %lld sold, %lld held",
                           order->number, order_state_names[order->state],
                           (long long)order->tracked, (long long)sold, (long long)held));
}

static const struct order_checked *order_of(const struct order_checked_list *orders,
                                            const struct uuid *id)
{
    for (size_t i = 0; i < orders->count; i++)
        if (uuid_equal(&orders->items[i].id, id))
            return &orders->items[i];
    return NULL;
}

static void check_payments(struct look *look)
{
    const struct order_checked_list *orders = &look->orders;
    const struct payment_list *payments = &look->payments;
    size_t at = 0;
    for (size_t i = 0; i < orders->count; i++) {
        while (at < payments->count &&
               strcmp(payments->items[at].order_id.s, orders->items[i].id.s) < 0)
            at++;
        bool found =
            at < payments->count && uuid_equal(&payments->items[at].order_id, &orders->items[i].id);
        check_payment(look, &orders->items[i], found ? &payments->items[at] : NULL);
    }
    for (size_t i = 0; i < payments->count; i++)
        if (order_of(orders, &payments->items[i].order_id) == NULL)
            doubt(look, &payments->items[i].order_id, 0,
                  arena_printf(look->rq->arena, "payment %s is of an order that is not there: %s",
                               payments->items[i].id.s, payments->items[i].order_id.s));
}

static void check_holds(struct look *look)
{
    const struct order_checked_list *orders = &look->orders;
    const struct order_hold_list *holds = &look->holds;
    size_t at = 0;
    for (size_t i = 0; i < orders->count; i++) {
        while (at < holds->count && strcmp(holds->items[at].order_id.s, orders->items[i].id.s) < 0)
            at++;
        bool found =
            at < holds->count && uuid_equal(&holds->items[at].order_id, &orders->items[i].id);
        check_stock(look, &orders->items[i], found ? &holds->items[at] : NULL);
    }
    for (size_t i = 0; i < holds->count; i++)
        if (order_of(orders, &holds->items[i].order_id) == NULL)
            doubt(look, &holds->items[i].order_id, 0,
                  arena_printf(look->rq->arena, "stock is held for an order that is not there: %s",
                               holds->items[i].order_id.s));
}

// Ids lie in one stretch or another: what belongs to no order is found too.
static enum err look_at(struct rq *rq, const struct uuid *after, struct look **out)
{
    struct look *look = ARENA_NEW(rq->arena, struct look);
    struct id_stretch stretch = {.after = *after};
    struct payments_in payments = {0};
    struct order_holds holds = {0};
    *look = (struct look){.rq = rq, .after = *after};
    enum err err = orders_look(rq, &stretch, &look->orders);
    if (err == ERR_OK && look->orders.count == STRETCH)
        look->upto = look->orders.items[STRETCH - 1].id;
    if (err == ERR_OK)
        err = call_payment_range(rq, &(struct payment_stretch){.after = *after, .upto = look->upto},
                                 &payments);
    if (err == ERR_OK)
        err = call_inventory_holds(rq, &(struct hold_stretch){.after = *after, .upto = look->upto},
                                   &holds);
    if (err != ERR_OK)
        return err;
    look->payments = payments.items;
    look->holds = holds.items;
    check_payments(look);
    check_holds(look);
    *out = look;
    return ERR_OK;
}

// How many doubts of a look were none before.
static size_t count_new(const struct look *look, const struct look *before)
{
    size_t count = 0;
    for (size_t i = 0; i < look->count; i++)
        count += !is_in(before, &look->doubts[i]);
    return count;
}

// Looks until a look shows nothing that the one before did not. What is new in the last one is
// under way, and is looked at by the next audit.
static enum err check_stretch(struct rq *rq, struct audit *audit, struct uuid *after)
{
    struct look *look = NULL, *before;
    enum err err = look_at(rq, after, &look);
    size_t unsure = err == ERR_OK ? look->count : 0;
    before = look;
    for (int i = 1; err == ERR_OK && unsure > 0 && i < LOOKS_MAX; i++) {
        i64 pause_ms = (i64)PAUSE_FIRST_MS << (i - 1);
        nanosleep(&(struct timespec){.tv_sec = 0, .tv_nsec = pause_ms * 1000000}, NULL);
        before = look;
        err = look_at(rq, after, &look);
        unsure = err == ERR_OK ? count_new(look, before) : 0;
    }
    for (size_t i = 0; err == ERR_OK && i < look->count; i++)
        if (is_in(before, &look->doubts[i]))
            audit_violation(audit, "%s", look->doubts[i].sentence);
    if (err == ERR_OK)
        *after = look->upto;
    return err;
}

// Each stretch in a context of its own: its memory.
static enum err check_peers(struct rq *rq, struct audit *audit)
{
    struct uuid after = {0};
    enum err err;
    do {
        struct rq *own = rq_begin(rq->app, rq->id, HOUR_MS);
        err = check_stretch(own, audit, &after);
        rq_end(own);
    } while (err == ERR_OK && !uuid_empty(&after));
    return err;
}
AUDIT_CONDUCTS(order_peers, check_peers);
