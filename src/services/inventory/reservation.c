// What orders hold of the stock. Levels and the ledger live in stock.c.
//
// A reservation is a row an order and SKU, and goes held -> sold -> returned, or held -> released
// or expired; from the last two it may be held again by a later run of the same checkout. Rows stay
// for ever: they are what makes every call repeatable. Whoever asks twice finds what the first call
// left.
//
// Three promises, and where they come from. Nothing is sold twice: a hold is a conditional UPDATE
// of one row (stock_change), which either finds the pieces or changes nothing. All lines or none:
// one transaction, and a short line ends it. No two orders wait for each other in a circle: both
// take their rows in the order of SKU. Two calls for one order come one after the other (take).
//
// A hold has an end, because its owner may die; a job frees what is overdue. It is not the truth
// about an order, only about its claim to pieces: an order that is paid after its hold expired asks
// again (inventory_sell), and is given back its money if the pieces are gone.
#include <string.h>

#include "app/app.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/inventory/stock.h"

#define RESERVATION_STATE(X, E) X(E, held) X(E, sold) X(E, released) X(E, expired) X(E, returned)
ENUMERATION(reservation_state, RESERVATION_STATE);

#define RESERVATION(F, S)                                                                          \
    F(S, uuid, order_id, .doc = "Whose hold it is.")                                               \
    F(S, text, sku, .doc = "Of the variant.")                                                      \
    F(S, i64, reserved, .doc = "Pieces that are there.")                                           \
    F(S, i64, backordered, .doc = "Pieces that are owed.")                                         \
    F(S, bool, backorder, .doc = "Whether pieces may be owed.")                                    \
    F(S, one_of(reservation_state), state, .doc = "How far it is.")                                \
    F(S, time, expires_at, .doc = "When a hold ends.")
SHAPE(reservation, RESERVATION);

QUERY_LIST(
    reservations_of, order_stock, reservation,
    "SELECT order_id, sku, reserved, backordered, backorder, state, expires_at FROM reservation"
    " WHERE order_id = :order_id ORDER BY sku");

QUERY_PUT(
    reservation_put, reservation,
    "INSERT INTO reservation (order_id, sku, reserved, backordered, backorder, state, expires_at,"
    " updated_at) VALUES (:order_id, :sku, :reserved, :backordered, :backorder, :state,"
    " :expires_at, :now) ON CONFLICT (order_id, sku) DO UPDATE SET reserved = excluded.reserved,"
    " backordered = excluded.backordered, backorder = excluded.backorder, state = excluded.state,"
    " expires_at = excluded.expires_at, updated_at = excluded.updated_at");

// The lines of an order are few.
static struct reservation *find(const struct reservation_list *list, const char *sku)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_equal(list->items[i].sku, sku))
            return &list->items[i];
    return NULL;
}

// A movement in the name of the order that holds or held it.
static enum err move(struct rq *rq, const struct reservation *of, enum movement_kind kind,
                     i64 on_hand, i64 reserved, i64 backordered)
{
    return stock_apply(rq, &(struct stock_move){.sku = of->sku,
                                                .kind = kind,
                                                .on_hand_delta = on_hand,
                                                .reserved_delta = reserved,
                                                .backordered_delta = backordered,
                                                .order_id = of->order_id,
                                                .actor = rq->caller.email});
}

// Names the line with what is left, in words that a shopper can be shown.
static enum err tell_short(struct rq *rq, const char *sku)
{
    struct stock_level level = {0};
    enum err err = stock_of(rq, sku, &level);
    if (err != ERR_OK)
        return err;
    problem_field(&rq->problem, arena_printf(rq->arena, "items.%s", sku), "%lld left",
                  (long long)level.available);
    return ERR_OUT_OF_STOCK;
}

// What an order holds, with nobody else at it until the transaction ends.
static enum err take(struct rq *rq, const struct uuid *order_id, struct reservation_list *out)
{
    enum err err = rq_lock(rq, "reservation", order_id->s);
    return err == ERR_OK ? reservations_of(rq, &(struct order_stock){.order_id = *order_id}, out)
                         : err;
}

// Takes what there is and owes the rest.
static enum err hold_and_owe(struct rq *rq, struct reservation *hold, i64 quantity)
{
    struct stock_level level = {0};
    enum err err = stock_ensure(rq, hold->sku);
    if (err == ERR_OK)
        err = stock_of_held(rq, hold->sku, &level); // nobody takes them in between
    if (err != ERR_OK)
        return err;
    hold->reserved = min_i64(level.available, quantity);
    hold->backordered = quantity - hold->reserved;
    return move(rq, hold, movement_kind_reserved, 0, hold->reserved, hold->backordered);
}

// Holds one line, or tells that it is short (ERR_OUT_OF_STOCK).
static enum err hold_line(struct rq *rq, struct reservation *hold)
{
    i64 quantity = hold->reserved + hold->backordered;
    hold->state = reservation_state_held;
    hold->reserved = quantity;
    hold->backordered = 0;
    enum err err = move(rq, hold, movement_kind_reserved, 0, quantity, 0);
    if (err == ERR_OUT_OF_STOCK && hold->backorder)
        err = hold_and_owe(rq, hold, quantity);
    if (err == ERR_OUT_OF_STOCK)
        return tell_short(rq, hold->sku);
    return err == ERR_OK ? reservation_put(rq, hold) : err;
}

// The lines in the order of SKU, so that two orders never wait for each other's rows.
// Selection by looking through all for each: at most 200 lines, mostly one or two, and the input
// stays as it is.
static size_t next_line(const struct reserve *in, const char *after)
{
    size_t best = in->items.count;
    for (size_t i = 0; i < in->items.count; i++) {
        const char *sku = in->items.items[i].sku;
        if (strcmp(sku, after) > 0 &&
            (best == in->items.count || strcmp(sku, in->items.items[best].sku) < 0))
            best = i;
    }
    return best;
}

// Holds a line anew unless it is held or sold already. `*kept` becomes true when it is.
static enum err reserve_line(struct rq *rq, const struct reserve *in,
                             const struct reserve_line *line, const struct reservation_list *there,
                             bool *kept)
{
    const struct reservation *old = find(there, line->sku);
    if (old != NULL &&
        (old->state == reservation_state_held || old->state == reservation_state_sold)) {
        *kept = true;
        return ERR_OK;
    }
    struct reservation hold = {.order_id = in->order_id,
                               .sku = line->sku,
                               .reserved = line->quantity,
                               .backorder = line->backorder,
                               .expires_at = rq->now_ms + in->hold_ms};
    return hold_line(rq, &hold);
}

#define HOLD_LONGER(F, S)                                                                          \
    F(S, uuid, order_id, .doc = "Whose hold it is.")                                               \
    F(S, time, expires_at, .doc = "When it ends.")
SHAPE(hold_longer, HOLD_LONGER);

// Never shorter: a late call of an older run changes nothing.
QUERY_RUN(reservations_extend, hold_longer,
          "UPDATE reservation SET expires_at = :expires_at"
          " WHERE order_id = :order_id AND state = 'held' AND expires_at < :expires_at");

// All short lines are told, not the first alone: the shopper mends the cart once.
HANDLER(inventory_reserve, reserve, nothing)
{
    struct reservation_list there = {0};
    bool kept = false;
    enum err result = ERR_OK;
    enum err err = take(rq, &in->order_id, &there);
    if (err != ERR_OK)
        return err;
    const char *after = "";
    for (size_t i = next_line(in, after); i < in->items.count; i = next_line(in, after)) {
        after = in->items.items[i].sku;
        err = reserve_line(rq, in, &in->items.items[i], &there, &kept);
        if (err != ERR_OK && err != ERR_OUT_OF_STOCK)
            return err;
        result = err == ERR_OK ? result : err;
    }
    if (result != ERR_OK)
        return fail(rq, result, "there are not enough pieces left");
    struct hold_longer longer = {.order_id = in->order_id, .expires_at = rq->now_ms + in->hold_ms};
    return kept ? reservations_extend(rq, &longer, NULL) : ERR_OK;
}

// The row stays, whatever becomes of it: the audit compares it with the ledger.
static enum err finish(struct rq *rq, struct reservation *hold, enum reservation_state state)
{
    hold->state = state;
    return reservation_put(rq, hold);
}

// Owed pieces stay owed until goods come in; they are the fulfilment's to settle. What was freed by
// name is not sold anew: the call is late, the order has ended, and nobody would free it again.
static enum err sell_line(struct rq *rq, struct reservation *hold)
{
    enum err err = ERR_OK;
    if (hold->state == reservation_state_sold)
        return ERR_OK;
    if (hold->state == reservation_state_released || hold->state == reservation_state_returned)
        return fail(rq, ERR_CONFLICT, "the order has given its pieces back");
    if (hold->state == reservation_state_expired)
        err = hold_line(rq, hold);
    if (err != ERR_OK)
        return err;
    err = move(rq, hold, movement_kind_sold, -hold->reserved, -hold->reserved, 0);
    // What is held is there: on_hand never falls below reserved (a CHECK of the table).
    assert(err != ERR_OUT_OF_STOCK);
    return err == ERR_OK ? finish(rq, hold, reservation_state_sold) : err;
}

// All lines or none, like holding.
HANDLER(inventory_sell, order_stock, nothing)
{
    struct reservation_list holds = {0};
    enum err err = take(rq, &in->order_id, &holds), result = ERR_OK;
    for (size_t i = 0; i < holds.count && (err == ERR_OK || err == ERR_OUT_OF_STOCK); i++) {
        err = sell_line(rq, &holds.items[i]);
        result = err == ERR_OK ? result : err;
    }
    if (result == ERR_OUT_OF_STOCK)
        return fail(rq, result, "the hold had expired and there are not enough pieces left");
    return result != ERR_OK ? result : err;
}

// What was held is free again, what was sold comes back; anything else was settled before.
static enum err free_line(struct rq *rq, struct reservation *hold, bool expired)
{
    bool held = hold->state == reservation_state_held;
    if (!held && hold->state != reservation_state_sold)
        return ERR_OK;
    enum movement_kind kind = !held     ? movement_kind_returned
                              : expired ? movement_kind_expired
                                        : movement_kind_released;
    enum err err = move(rq, hold, kind, held ? 0 : hold->reserved, held ? -hold->reserved : 0,
                        -hold->backordered);
    assert(err != ERR_OUT_OF_STOCK);
    enum reservation_state state = !held     ? reservation_state_returned
                                   : expired ? reservation_state_expired
                                             : reservation_state_released;
    return err == ERR_OK ? finish(rq, hold, state) : err;
}

HANDLER(inventory_release, order_stock, nothing)
{
    struct reservation_list holds = {0};
    enum err err = take(rq, &in->order_id, &holds);
    for (size_t i = 0; i < holds.count && err == ERR_OK; i++)
        err = free_line(rq, &holds.items[i], false);
    return err;
}

QUERY_LIST(reservations_expired, nothing, order_stock,
           "SELECT DISTINCT order_id FROM reservation"
           " WHERE state = 'held' AND expires_at < :now ORDER BY order_id LIMIT 200");

#define EXPIRED(F, S) F(S, list(order_stock), items, .doc = "Orders that hold what is overdue.")
SHAPE(expired, EXPIRED);
SNAPSHOT(reservations_overdue, nothing, expired)
{
    return reservations_expired(rq, in, &out->items);
}

// Looks again: the order may have been paid, or held its stock longer, since it was found.
STEP_LOCKING(reservation_expire, order_stock, nothing)
{
    struct reservation_list holds = {0};
    enum err err = take(rq, &in->order_id, &holds);
    for (size_t i = 0; i < holds.count && err == ERR_OK; i++)
        if (holds.items[i].state == reservation_state_held &&
            holds.items[i].expires_at < rq->now_ms)
            err = free_line(rq, &holds.items[i], true);
    return err;
}

// Frees what nobody finished in time. Checkout holds longer while it still tries to be paid.
static enum err expire(struct rq *rq)
{
    struct expired expired = {0};
    enum err err = reservations_overdue(rq, &(struct nothing){0}, &expired);
    for (size_t i = 0; i < expired.items.count && err == ERR_OK && !jobs_stopping(rq->app); i++)
        err = reservation_expire(rq, &expired.items.items[i], &(struct nothing){0});
    return err;
}
// At most 200 orders at a time: a wave of abandoned ones is worked off beside everything else.
JOB(reservation_expiry, 2000, expire);

QUERY_LIST(
    holds_between, hold_stretch, order_hold,
    "SELECT order_id, CAST(SUM(CASE WHEN state = 'held' THEN reserved + backordered ELSE 0 END)"
    " AS BIGINT) AS held, CAST(SUM(CASE WHEN state = 'sold' THEN reserved + backordered ELSE 0"
    " END) AS BIGINT) AS sold FROM reservation WHERE (:after IS NULL OR order_id > :after)"
    " AND (:upto IS NULL OR order_id <= :upto) GROUP BY order_id ORDER BY order_id");

HANDLER(inventory_holds, hold_stretch, order_holds)
{
    return holds_between(rq, in, &out->items);
}

static const struct route reservation_routes[] = {
    {POST, "/internal/v1/inventory_holds", &inventory_holds_handler, 200, ROLE_PEER,
     "What a stretch of orders holds and has bought.", .flags = ROUTE_READS, .load = CLASS_REPORT},
    {POST, "/internal/v1/inventory_reserve", &inventory_reserve_handler, 204, ROLE_PEER,
     "Hold stock for an order.", .flags = ROUTE_TOGETHER, .load = CLASS_CHECKOUT},
    {POST, "/internal/v1/inventory_sell", &inventory_sell_handler, 204, ROLE_PEER,
     "Let what an order holds leave the house.", .flags = ROUTE_TOGETHER, .load = CLASS_CHECKOUT},
    {POST, "/internal/v1/inventory_release", &inventory_release_handler, 204, ROLE_PEER,
     "Free what an order holds or bought.", .flags = ROUTE_TOGETHER, .load = CLASS_CHECKOUT},
};
ROUTES(inventory_reservations, reservation_routes);
