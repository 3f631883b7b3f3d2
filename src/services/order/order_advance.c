// Takes an order to its end: stock, money, stock, end. Every step may be repeated and asks its
// service by the order's id, so that a run starts at the beginning, from what is stored alone,
// whether it is the first one or a sweeper's after a crash. The order is written in order_write.c.
#include "app/app.h"
#include "core/json.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "data/outbox.h"
#include "services/order/lease.h"
#include "services/order/order_row.h"
#include "services/order/revenue.h"
#include "services/payment/payment.h"

enum {
    SWEEP_MAX = 50,
    PUT_OFF_MS = 2000, // first pause before a payment is tried again; then twice that, ...
    PUT_OFF_MAX_MS = 300000,
    PUT_OFF_OVERDUE_MS = 1800000,
};

// Who may take an order from one state to another. What is not here does not happen.
enum { BY_CHECKOUT = 1, BY_STAFF = 2 };
static const struct order_move {
    enum order_state from, to;
    unsigned who;
} moves[] = {
    {order_state_prepared, order_state_pending_payment, BY_CHECKOUT},
    {order_state_prepared, order_state_authorized, BY_CHECKOUT},
    {order_state_prepared, order_state_paid, BY_CHECKOUT},
    {order_state_prepared, order_state_declined, BY_CHECKOUT},
    {order_state_prepared, order_state_cancelled, BY_CHECKOUT | BY_STAFF},
    {order_state_pending_payment, order_state_authorized, BY_CHECKOUT},
    {order_state_pending_payment, order_state_paid, BY_CHECKOUT},
    {order_state_pending_payment, order_state_declined, BY_CHECKOUT},
    {order_state_pending_payment, order_state_cancelled, BY_CHECKOUT | BY_STAFF},
    {order_state_authorized, order_state_paid, BY_STAFF},
    {order_state_authorized, order_state_cancelled, BY_CHECKOUT | BY_STAFF},
    {order_state_paid, order_state_cancelled, BY_STAFF},
    {order_state_paid, order_state_refunded, BY_STAFF},
};

// The table above is all there is; move_of asserts it.
static bool may_move(enum order_state from, enum order_state to, unsigned who)
{
    for (size_t i = 0; i < COUNT_OF(moves); i++)
        if (moves[i].from == from && moves[i].to == to && (moves[i].who & who) != 0)
            return true;
    return false;
}

enum order_state order_goal_state(enum order_wanted wanted)
{
    static const enum order_state states[order_wanted_count] = {
        [order_wanted_cancelled] = order_state_cancelled,
        [order_wanted_refunded] = order_state_refunded,
        [order_wanted_captured] = order_state_paid,
    };
    return states[wanted];
}

bool order_may_be_wanted(enum order_state from, enum order_wanted wanted)
{
    return may_move(from, order_goal_state(wanted), BY_STAFF);
}

// A step of the driver: the row as it was read, and what it becomes.
#define ORDER_STEP(F, S)                                                                           \
    F(S, nested(order_row), order, .doc = "As it was read.")                                       \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, uuid, lease_owner, .doc = "Who moves it.")                                                \
    F(S, one_of(order_state), from, .doc = "As it was read.")                                      \
    F(S, one_of(order_state), to, .doc = "What it becomes.")                                       \
    F(S, text, payment_state, .optional = true, .doc = "What payment said.")                       \
    F(S, text, payment_reference, .optional = true, .doc = "The provider's name for it.")          \
    F(S, minor, captured_minor, .doc = "What was taken.")                                          \
    F(S, minor, refunded_minor, .doc = "What was given back.")                                     \
    F(S, time, due_at, .optional = true, .doc = "When somebody has to go on; null: never.")        \
    F(S, text, note, .optional = true, .doc = "Kept in the history.")                              \
    F(S, text, refusal, .optional = true, .doc = "What it came to nothing by.")                    \
    F(S, text, actor, .optional = true, .doc = "Who did it.")                                      \
    F(S, text, reply_code, .optional = true, .doc = "The answer, unless there is one.")            \
    F(S, json, reply, .optional = true, .doc = "The answer, unless there is one.")
SHAPE(order_step, ORDER_STEP);

// Fenced by the lease: who has lost it changes nothing. The answer goes with it, so that a row of
// this width is written once a move; reply_code IS NULL: the first answer stays.
QUERY_RUN(order_move_row, order_step,
          "UPDATE orders SET state = :to, payment_state = COALESCE(:payment_state, payment_state),"
          " payment_reference = COALESCE(:payment_reference, payment_reference),"
          " payment_token = CASE WHEN :due_at IS NULL THEN NULL ELSE payment_token END,"
          " captured_minor = :captured_minor, refunded_minor = :refunded_minor,"
          " due_at = :due_at, lease_owner = NULL, refusal = COALESCE(:refusal, refusal),"
          " wanted = CASE WHEN :due_at IS NULL THEN NULL ELSE wanted END,"
          " tries = CASE WHEN :due_at IS NULL THEN tries ELSE tries + 1 END, updated_at = :now,"
          " reply = CASE WHEN reply_code IS NULL THEN :reply ELSE reply END,"
          " reply_code = COALESCE(reply_code, :reply_code)"
          " WHERE id = :id AND state = :from AND lease_owner = :lease_owner");
QUERY_PUT(order_event_add, order_step,
          "INSERT INTO order_event (id, order_id, state, actor, note, at)"
          " VALUES (:new_id, :id, :to, :actor, :note, :now)");
// Rows of use are kept, with when they were returned: the audit counts them.
QUERY_PUT(coupon_uses_return, order_step,
          "UPDATE coupon_use SET returned_at = :now WHERE order_id = :id AND returned_at IS NULL");
QUERY_PUT(coupons_return, order_step,
          "UPDATE coupon SET uses = uses - 1 WHERE id IN"
          " (SELECT coupon_id FROM coupon_use WHERE order_id = :id AND returned_at IS NULL)");
// Another order may be made of the cart.
QUERY_PUT(cart_unclaim, order_row, "UPDATE orders_key SET cart_id = NULL WHERE id = :id");
QUERY_PUT(cart_done, order_row,
          "UPDATE cart SET state = 'ordered', updated_at = :now WHERE id = :cart_id");
// Another card can be tried with the cart, unless its customer has begun another one.
QUERY_PUT(cart_free, order_row,
          "UPDATE cart SET version = version + 1, updated_at = :now, state = CASE"
          " WHEN customer_id IS NOT NULL AND EXISTS (SELECT 1 FROM cart o WHERE o.state = 'open'"
          " AND o.customer_id = cart.customer_id) THEN 'abandoned' ELSE 'open' END"
          " WHERE id = :cart_id AND state = 'ordering'");

static bool is_dead(enum order_state state)
{
    return state == order_state_declined || state == order_state_cancelled;
}

// What ends with an order: its cart, its coupons.
static enum err settle(struct rq *rq, const struct order_step *move, const struct order_row *order)
{
    enum err err = ERR_OK;
    if (move->to == order_state_paid || move->to == order_state_authorized)
        return cart_done(rq, order);
    if (is_dead(move->to))
        err = coupons_return(rq, move);
    if (err == ERR_OK && is_dead(move->to))
        err = coupon_uses_return(rq, move);
    if (err == ERR_OK && is_dead(move->to))
        err = cart_unclaim(rq, order);
    return err == ERR_OK && is_dead(move->to) ? cart_free(rq, order) : err;
}

// What order_move_row makes of a row. Nobody else changes one that is leased.
static struct order_row row_after(const struct order_step *in)
{
    struct order_row row = *in->order;
    row.state = in->to;
    if (in->payment_state != NULL)
        row.payment_state = in->payment_state;
    if (in->payment_reference != NULL)
        row.payment_reference = in->payment_reference;
    if (in->refusal != NULL)
        row.refusal = in->refusal;
    row.captured_minor = in->captured_minor;
    row.refunded_minor = in->refunded_minor;
    row.lease_owner = uuid_nil;
    if (IS_SET(in, order_step, due_at)) {
        SET(&row, order_row, due_at, in->due_at);
        row.tries++;
    } else {
        row.payment_token = NULL;
        UNSET(&row, order_row, due_at);
        UNSET(&row, order_row, wanted);
    }
    return row;
}

// The first answer to the request that made the order is kept; later ones are not answers to it.
static void add_reply(struct rq *rq, const struct order *shown, struct order_step *step,
                      struct order_row *row)
{
    bool has_order = step->from != step->to;
    if (row->reply_code != NULL || step->reply_code == NULL ||
        (step->reply == NULL && !has_order)) {
        step->reply_code = step->reply = NULL;
        return;
    }
    if (step->reply == NULL)
        step->reply = json_text(&order_shape, shown, rq->arena);
    row->reply_code = step->reply_code;
    row->reply = step->reply;
}

// What else follows from a change of state: the end of cart and coupons, the event.
static enum err follow(struct rq *rq, const struct order_step *in, struct order *shown)
{
    struct order_changed changed = {.before = in->from, .order = shown};
    SET(&changed, order_changed, accepted, str_equal(in->order->reply_code, "202"));
    enum err err = settle(rq, in, in->order);
    return err == ERR_OK ? outbox_add(rq->db, "order.changed", in->id.s,
                                      json_text(&order_changed_shape, &changed, rq->arena))
                         : err;
}

// The history goes first: the answer, which is written with the row, tells it.
STEP_LOCKING(order_move, order_step, order_row)
{
    struct order_step step = *in;
    struct order shown = {0};
    bool changes = in->from != in->to;
    i64 moved = 0;
    *out = row_after(in);
    enum err err = changes ? order_event_add(rq, in) : ERR_OK;
    if (err == ERR_OK && changes)
        err = order_show(rq, out, true, &shown);
    if (err != ERR_OK)
        return err;
    add_reply(rq, &shown, &step, out);
    err = order_move_row(rq, &step, &moved);
    if (err == ERR_OK && moved == 0)
        return fail(rq, ERR_CONFLICT, "somebody else works on this order");
    return err == ERR_OK && changes ? follow(rq, in, &shown) : err;
}

// A step out of the state as it was read, with the lease that it needs.
static struct order_step move_of(struct order_row *order, enum order_state to)
{
    assert(order->state == to || may_move(order->state, to, BY_CHECKOUT | BY_STAFF));
    return (struct order_step){.order = order,
                               .id = order->id,
                               .lease_owner = order->lease_owner,
                               .from = order->state,
                               .to = to,
                               .captured_minor = order->captured_minor,
                               .refunded_minor = order->refunded_minor};
}

METRIC_COUNTER(orders_paid, "souk_orders_paid_total", "Orders that were paid.");
METRIC_COUNTER(orders_authorized, "souk_orders_authorized_total",
               "Orders whose payment was authorized, to be captured later.");
METRIC_COUNTER(orders_pending, "souk_orders_pending_total",
               "Orders that had to wait for their payment provider.");
METRIC_COUNTER(orders_declined, "souk_orders_declined_total", "Orders whose card was declined.");
METRIC_COUNTER(orders_cancelled, "souk_orders_cancelled_total",
               "Orders that were cancelled: sold out, not paid in time, or by staff.");
METRIC_COUNTER(orders_refunded, "souk_orders_refunded_total", "Orders that were refunded.");

// After the commit: a step may run more than once, a move is made once.
static void count_move(enum order_state to)
{
    switch (to) {
    case order_state_paid:
        metric_add(orders_paid, 1);
        break;
    case order_state_authorized:
        metric_add(orders_authorized, 1);
        break;
    case order_state_pending_payment:
        metric_add(orders_pending, 1);
        break;
    case order_state_declined:
        metric_add(orders_declined, 1);
        break;
    case order_state_cancelled:
        metric_add(orders_cancelled, 1);
        break;
    case order_state_refunded:
        metric_add(orders_refunded, 1);
        break;
    default:
        break;
    }
}

static enum err move(struct rq *rq, const struct order_step *step, struct order_row *order)
{
    struct order_row moved = {0};
    struct order_step by_whom = *step;
    by_whom.actor = rq->caller.email;
    enum err err = order_move(rq, &by_whom, &moved);
    if (err != ERR_OK)
        return err;
    revenue_add(moved.currency, max_i64(0, moved.captured_minor - order->captured_minor),
                max_i64(0, moved.refunded_minor - order->refunded_minor));
    *order = moved;
    if (step->from != step->to)
        count_move(step->to);
    return ERR_OK;
}

// A problem as it is kept for replays: its sentence and its fields.
static const char *refusal_json(struct rq *rq, const struct problem *problem, const char *detail)
{
    struct refusal refusal = {.detail = problem->detail != NULL ? problem->detail : detail};
    refusal.fields.items = ARENA_ARRAY(rq->arena, struct refusal_field, problem->count);
    for (size_t i = 0; i < problem->count; i++)
        refusal.fields.items[refusal.fields.count++] = (struct refusal_field){
            .field = problem->fields[i].field, .detail = problem->fields[i].detail};
    return json_text(&refusal_shape, &refusal, rq->arena);
}

// The stock that an order needs held.
#define HELD_LINE(F, S)                                                                            \
    F(S, text, sku, .doc = "Of the variant.")                                                      \
    F(S, i64, quantity, .doc = "Pieces.")                                                          \
    F(S, bool, backorder, .doc = "Whether the shop may owe it.")
SHAPE(held_line, HELD_LINE);
QUERY_LIST(order_held_lines, order_key, held_line,
           "SELECT sku, quantity, backorder FROM order_item WHERE order_id = :id AND tracked"
           " ORDER BY sku");

#define HELD_LINES(F, S) F(S, list(held_line), items, .doc = "Tracked ones.")
SHAPE(held_lines, HELD_LINES);
SNAPSHOT(order_needs, order_key, held_lines)
{
    return order_held_lines(rq, in, &out->items);
}

static enum err hold(struct rq *rq, const struct order_row *order, i64 hold_ms, bool *holds)
{
    struct held_lines lines = {0};
    enum err err = order_needs(rq, &(struct order_key){.id = order->id}, &lines);
    *holds = lines.items.count > 0;
    if (err != ERR_OK || !*holds)
        return err;
    struct reserve in = {.order_id = order->id, .hold_ms = hold_ms};
    in.items.items = ARENA_ARRAY(rq->arena, struct reserve_line, lines.items.count);
    for (size_t i = 0; i < lines.items.count; i++)
        in.items.items[in.items.count++] = (struct reserve_line){
            .sku = lines.items.items[i].sku,
            .quantity = lines.items.items[i].quantity,
            .backorder = lines.items.items[i].backorder,
        };
    return call_inventory_reserve(rq, &in, &(struct nothing){0});
}

enum err order_reserve(struct rq *rq, const struct order_row *order, bool *holds)
{
    return hold(rq, order, rq->app->config.reservation_ms, holds);
}

// The token is the payment's to keep once it has it; repeating it here does no harm.
static struct payment_order payment_of(const struct order_row *order)
{
    return (struct payment_order){.order_id = order->id,
                                  .provider = order->payment_provider,
                                  .token = order->payment_token,
                                  .currency = order->currency,
                                  .amount_minor = order->total_minor,
                                  .capture = order->capture};
}

// Asks for the money; nothing to pay counts as captured. Payments that do not answer are like a
// provider that does not: money may have moved, and will be asked for again by the same key.
static enum err charge(struct rq *rq, const struct order_row *order, struct payment *payment)
{
    struct payment_order in = payment_of(order);
    payment->state = payment_state_captured;
    if (order->total_minor == 0)
        return ERR_OK;
    enum err err = call_payment_charge(rq, &in, payment);
    if (err_status(err) < 500)
        return err;
    *payment = (struct payment){.state = payment_state_unknown,
                                .detail = "the payment could not be made yet"};
    return ERR_OK;
}

static void tell_payment(const struct order_row *order, const struct payment *payment,
                         struct order_step *step)
{
    if (order->total_minor == 0)
        return;
    step->payment_state = payment_state_names[payment->state];
    step->payment_reference = payment->reference;
    step->captured_minor = payment->captured_minor;
    step->refunded_minor = payment->refunded_minor;
}

#define WANT(F, S)                                                                                 \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, uuid, lease_owner, .doc = "Who works on it.")                                             \
    F(S, one_of(order_wanted), wanted, .doc = "Where it is to end.")                               \
    F(S, text, reason, .doc = "Why.")                                                              \
    F(S, text, refusal, .doc = "What it came to nothing by.")                                      \
    F(S, text, reply_code, .optional = true, .doc = "The answer, unless there is one.")            \
    F(S, json, reply, .optional = true, .doc = "The answer, unless there is one.")
SHAPE(want, WANT);
// Keeps the lease: the run that gives up goes on to cancel, for the first time.
QUERY_ROW(order_want, want, order_row,
          "UPDATE orders SET wanted = :wanted, reason = :reason, refusal = :refusal, tries = 0,"
          " reply = CASE WHEN reply_code IS NULL THEN :reply ELSE reply END,"
          " reply_code = COALESCE(reply_code, :reply_code)"
          " WHERE id = :id AND lease_owner = :lease_owner RETURNING " ORDER_COLUMNS);

STEP_LOCKING(order_give_up, want, order_row)
{
    enum err err = order_want(rq, in, out);
    return err == ERR_NOT_FOUND ? fail(rq, ERR_CONFLICT, "somebody else works on this order") : err;
}

static enum err cancel(struct rq *rq, struct order_row *order);

// An order that cannot be had any more is cancelled; rq->problem says why.
static enum err give_up(struct rq *rq, struct order_row *order, enum err why, const char *reason)
{
    struct order_row wanted = {0};
    struct want want = {.id = order->id,
                        .lease_owner = order->lease_owner,
                        .wanted = order_wanted_cancelled,
                        .reason = reason,
                        .refusal = err_code(why),
                        .reply_code = err_code(why),
                        .reply = refusal_json(rq, &rq->problem, reason)};
    enum err err = order_give_up(rq, &want, &wanted);
    if (err != ERR_OK)
        return err;
    *order = wanted;
    return cancel(rq, order);
}

static bool is_overdue(const struct order_row *order)
{
    return IS_SET(order, order_row, wanted) && order->tries >= ORDER_TRIES_OVERDUE;
}

// 2 s, 4 s, 8 s ... five minutes. What staff want is never given up, for money may hang on it: once
// it is overdue it is tried every half an hour, and told of (order_overdue.c).
static i64 put_off_ms(const struct order_row *order)
{
    i64 pause = PUT_OFF_MS;
    for (i64 i = 0; i < order->tries && pause < PUT_OFF_MAX_MS; i++)
        pause *= 2;
    return is_overdue(order) ? PUT_OFF_OVERDUE_MS : min_i64(pause, PUT_OFF_MAX_MS);
}

// Puts an order off until it is due again.
static enum err put_off(struct rq *rq, struct order_row *order, enum order_state to,
                        const struct payment *payment)
{
    struct order_step step = move_of(order, to);
    tell_payment(order, payment, &step);
    step.note = payment->detail;
    step.reply_code = "202";
    SET(&step, order_step, due_at, time_now_ms() + put_off_ms(order));
    if (is_overdue(order))
        log_line(LOG_WARN, "order_overdue", "%s is %s and not %s after %lld tries: %s",
                 order->number, order_state_names[to], order_wanted_names[order->wanted],
                 (long long)order->tries, payment->detail != NULL ? payment->detail : "no reason");
    return move(rq, &step, order);
}

// After a day nobody waits any more. Until then the stock is kept, however many wait and however
// long it takes to come round to this one again: whatever ends the order frees it.
static enum err wait_for_payment(struct rq *rq, struct order_row *order,
                                 const struct payment *payment)
{
    bool holds;
    if (rq->now_ms - order->placed_at > ORDER_UNPAID_MAX_MS)
        return give_up(rq, order, ERR_PAYMENT_DECLINED, "the payment could not be made in time");
    enum err err = order->state == order_state_prepared
                       ? hold(rq, order, ORDER_UNPAID_MAX_MS + HOUR_MS, &holds)
                       : ERR_OK;
    if (err == ERR_OUT_OF_STOCK)
        return give_up(rq, order, err, "sold out before the payment was made");
    return err == ERR_OK ? put_off(rq, order, order_state_pending_payment, payment) : err;
}

// Stock first: once the order is declined nobody comes back for it.
static enum err decline(struct rq *rq, struct order_row *order, const struct payment *payment,
                        bool holds)
{
    struct order_stock stock = {.order_id = order->id};
    struct order_step step = move_of(order, order_state_declined);
    enum err err = holds ? call_inventory_release(rq, &stock, &(struct nothing){0}) : ERR_OK;
    if (err != ERR_OK)
        return err;
    struct problem problem = {.arena = rq->arena};
    tell_payment(order, payment, &step);
    step.note = payment->detail;
    step.refusal = step.reply_code = err_code(ERR_PAYMENT_DECLINED);
    step.reply = refusal_json(
        rq, &problem, payment->detail != NULL ? payment->detail : "the payment was declined");
    return move(rq, &step, order);
}

// Stock leaves the house before the order is paid or authorized, so that whoever is told so gets
// the goods.
static enum err finish(struct rq *rq, struct order_row *order, const struct payment *payment,
                       bool holds, enum order_state to)
{
    struct order_stock stock = {.order_id = order->id};
    enum err err = holds ? call_inventory_sell(rq, &stock, &(struct nothing){0}) : ERR_OK;
    crash_point("order.sold");
    if (err == ERR_OUT_OF_STOCK)
        return give_up(rq, order, err, "sold out before the payment was made");
    if (err != ERR_OK)
        return err;
    struct order_step step = move_of(order, to);
    tell_payment(order, payment, &step);
    step.reply_code = "201";
    return move(rq, &step, order);
}

// From the beginning, whatever has been done before: each call says what is done already.
static enum err pay(struct rq *rq, struct order_row *order)
{
    struct payment payment = {0};
    bool holds = false;
    enum err err = order_reserve(rq, order, &holds);
    crash_point("order.reserved");
    if (err == ERR_OUT_OF_STOCK)
        return give_up(rq, order, err, "not enough in stock");
    if (err == ERR_OK)
        err = charge(rq, order, &payment);
    crash_point("order.charged");
    if (err == ERR_INVALID) // accepted while nobody could be asked whether the provider is known
        return give_up(rq, order, ERR_PAYMENT_DECLINED, "this payment provider is not the shop's");
    if (err != ERR_OK)
        return err;
    switch (payment.state) {
    case payment_state_captured:
        return finish(rq, order, &payment, holds, order_state_paid);
    case payment_state_authorized:
        return finish(rq, order, &payment, holds, order_state_authorized);
    case payment_state_declined:
    case payment_state_voided:
    case payment_state_refunded:
        return decline(rq, order, &payment, holds);
    default:
        return wait_for_payment(rq, order, &payment);
    }
}

// Makes sure that nothing stays charged. False: not yet known, ask again later.
static enum err give_back(struct rq *rq, const struct order_row *order, struct payment *payment,
                          bool *settled)
{
    struct payment_order in = payment_of(order);
    *settled = true;
    if (order->total_minor == 0)
        return ERR_OK;
    enum err err = call_payment_cancel(rq, &in, payment);
    *settled = payment->state == payment_state_refunded || payment->state == payment_state_voided ||
               payment->state == payment_state_declined;
    return err;
}

// The last move of cancelling and refunding: what was given back is written with it.
static enum err end_cancelled(struct rq *rq, struct order_row *order, const struct payment *payment,
                              enum order_state to)
{
    struct order_step step = move_of(order, to);
    struct problem problem = {.arena = rq->arena};
    tell_payment(order, payment, &step);
    step.note = order->reason;
    step.reply_code = err_code(ERR_CONFLICT); // for one that ended before it was answered
    step.reply = refusal_json(rq, &problem, "the order was cancelled");
    return move(rq, &step, order);
}

// Money first, then goods: a payment that cannot be asked about keeps the order where it is.
static enum err cancel(struct rq *rq, struct order_row *order)
{
    struct payment payment = {0};
    struct order_stock stock = {.order_id = order->id};
    bool settled = false;
    enum err err = give_back(rq, order, &payment, &settled);
    crash_point("order.given_back");
    if (err == ERR_OK && !settled)
        return put_off(rq, order, order->state, &payment);
    if (err == ERR_OK)
        err = call_inventory_release(rq, &stock, &(struct nothing){0});
    return err == ERR_OK ? end_cancelled(rq, order, &payment, order_state_cancelled) : err;
}

// The goods were sold when the order was authorized: this is about the money alone. An order whose
// money the provider does not hold any more cannot be paid.
static enum err capture(struct rq *rq, struct order_row *order)
{
    struct payment payment = {0};
    struct payment_part part = {.order_id = order->id, .amount_minor = order->capture_minor};
    enum err err = call_payment_capture(rq, &part, &payment);
    crash_point("order.captured");
    if (err != ERR_OK)
        return err;
    if (payment.state == payment_state_voided || payment.state == payment_state_refunded)
        return give_up(rq, order, ERR_PAYMENT_DECLINED, "the authorization has expired");
    if (payment.state == payment_state_declined)
        return give_up(rq, order, ERR_PAYMENT_DECLINED, "the capture was declined");
    if (payment.state != payment_state_captured)
        return put_off(rq, order, order->state, &payment);
    struct order_step step = move_of(order, order_state_paid);
    tell_payment(order, &payment, &step);
    step.note = order->reason;
    return move(rq, &step, order);
}

// Goods stay sold: what comes back by post is counted in by staff.
static enum err refund(struct rq *rq, struct order_row *order)
{
    struct payment payment = {0};
    bool settled = false;
    enum err err = give_back(rq, order, &payment, &settled);
    crash_point("order.given_back");
    if (err == ERR_OK && !settled)
        return put_off(rq, order, order->state, &payment);
    return err == ERR_OK ? end_cancelled(rq, order, &payment, order_state_refunded) : err;
}

static enum err take_to_end(struct rq *rq, struct order_row *order)
{
    static enum err (*const work[order_wanted_count])(struct rq *, struct order_row *) = {
        [order_wanted_cancelled] = cancel,
        [order_wanted_refunded] = refund,
        [order_wanted_captured] = capture,
    };
    if (IS_SET(order, order_row, wanted))
        return work[order->wanted](rq, order);
    return order->state == order_state_prepared || order->state == order_state_pending_payment
               ? pay(rq, order)
               : ERR_OK;
}

#define LEASE_END(F, S)                                                                            \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, uuid, lease_owner, .doc = "Whose lease it is.")                                           \
    F(S, time, due_at, .doc = "When somebody may go on.")
SHAPE(lease_end, LEASE_END);
QUERY_RUN(order_unlease, lease_end,
          "UPDATE orders SET due_at = :due_at WHERE id = :id AND lease_owner = :lease_owner");

STEP_LOCKING(order_let_go, lease_end, nothing)
{
    return order_unlease(rq, in, NULL);
}

// What this run cannot finish, because the database or a service is away, another one may soon
// begin with: nobody waits for the rest of the lease.
static void let_go(struct rq *rq, const struct order_row *order)
{
    struct rq apart = *rq; // what is told to the client stays as it is
    struct lease_end lease = {.id = order->id,
                              .lease_owner = order->lease_owner,
                              .due_at = time_now_ms() + ORDER_RETRY_MS};
    enum err err = order_let_go(&apart, &lease, &(struct nothing){0});
    if (err != ERR_OK)
        log_line(LOG_WARN, "order", "%s waits for its lease to end: %s", order->number,
                 err_code(err));
}

enum err order_advance(struct rq *rq, struct order_row *order)
{
    enum err err = take_to_end(rq, order);
    if (err != ERR_OK && err != ERR_CONFLICT)
        let_go(rq, order);
    return err;
}

// The sweeper.

#define LEASE(F, S)                                                                                \
    F(S, uuid, lease_owner, .doc = "Who takes it.")                                                \
    F(S, text, lease_process, .doc = "Of whoever takes it, or took it.")                           \
    F(S, time, due_at, .doc = "Until when.")
SHAPE(lease, LEASE);

// Those that wait for their turn are order_queue.c's, unless staff want them to end.
QUERY_ROW(order_lease_due, lease, order_row,
          "UPDATE orders SET lease_owner = :lease_owner, lease_process = :lease_process,"
          " due_at = :due_at WHERE due_at <= :now AND id = (SELECT id FROM orders"
          " WHERE due_at <= :now AND (wanted IS NOT NULL OR NOT EXISTS (SELECT 1 FROM order_queue"
          " WHERE order_id = orders.id AND reserved_at IS NULL)) ORDER BY due_at LIMIT 1)"
          " RETURNING " ORDER_COLUMNS);

STEP_LOCKING(order_take_due, lease, order_row)
{
    return order_lease_due(rq, in, out);
}

#define LEASE_HOLDER(F, S) F(S, text, lease_process, .doc = "Who works on orders.")
SHAPE(lease_holder, LEASE_HOLDER);
QUERY_LIST(lease_holders, nothing, lease_holder,
           "SELECT DISTINCT lease_process FROM orders WHERE due_at > :now"
           " AND lease_owner IS NOT NULL AND lease_process IS NOT NULL");
QUERY_RUN(leases_end, lease,
          "UPDATE orders SET due_at = :now WHERE due_at > :now AND lease_owner IS NOT NULL"
          " AND lease_process = :lease_process");

#define LEASE_HOLDERS(F, S) F(S, list(lease_holder), items, .doc = "Each once.")
SHAPE(lease_holders_found, LEASE_HOLDERS);
SNAPSHOT(order_lease_holders, nothing, lease_holders_found)
{
    return lease_holders(rq, in, &out->items);
}

STEP_LOCKING(order_leases_end, lease, nothing)
{
    return leases_end(rq, in, NULL);
}

// Nobody waits for the leases of a process that was killed.
static enum err end_leases_of_the_dead(struct rq *rq)
{
    struct lease_holders_found holders = {0};
    enum err err = order_lease_holders(rq, &(struct nothing){0}, &holders);
    for (size_t i = 0; i < holders.items.count && err == ERR_OK; i++) {
        struct lease dead = {.lease_process = holders.items.items[i].lease_process};
        if (lease_process_gone(dead.lease_process))
            err = order_leases_end(rq, &dead, &(struct nothing){0});
    }
    return err;
}

// One order that is due; ERR_NOT_FOUND when there is none. What fails is due again a little later,
// so one order that cannot go on does not stop the others.
static enum err sweep_one(struct rq *rq)
{
    struct order_row order = {0};
    struct lease lease = {.lease_owner = uuid_new(),
                          .lease_process = lease_process(),
                          .due_at = time_now_ms() + ORDER_LEASE_MS};
    enum err err = order_take_due(rq, &lease, &order);
    if (err != ERR_OK)
        return err;
    err = order_advance(rq, &order);
    log_line(err == ERR_OK ? LOG_INFO : LOG_WARN, "order_swept", "%s is %s: %s", order.number,
             order_state_names[order.state], err_code(err));
    return ERR_OK;
}

// Each order in a context of its own: its memory and its deadline.
static enum err sweep(struct rq *rq)
{
    enum err err = end_leases_of_the_dead(rq);
    for (int i = 0; i < SWEEP_MAX && err == ERR_OK; i++) {
        struct rq *own = rq_begin(rq->app, rq->id, ORDER_RUN_MS);
        err = sweep_one(own);
        rq_end(own);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
JOB(order_sweeper, 1000, sweep);
