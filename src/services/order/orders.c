// Orders by HTTP: placing, reading, and what staff may do. How an order comes about: order_write.c
// and order_advance.c; how it looks: order.h, order_show.c.
//
// Placing is a conductor that keeps its own idempotency key (ROUTE_OWN_KEY), because the key's
// answer has to live as long as the order, not for a day, and because the order itself is the lock:
// its lease says who works on it. All of them, the first request, its twin, a retry after a crash
// and the sweeper, do the same: write or find the order, take the lease or wait, advance, answer
// what is stored. There is no second path for "it was interrupted".
//
// Cancelling and refunding say where the order is to end (`wanted`), in one transaction, and then
// take it there by the same function. What cannot be finished now (202) is finished by the sweeper.
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "core/json.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/lease.h"
#include "services/order/order_queue.h"
#include "services/order/order_row.h"

enum { POLL_MS = 20 };

QUERY_ROW(order_with_id, order_key, order_row,
          "SELECT " ORDER_COLUMNS " FROM orders WHERE id = :id");

enum err order_by_id(struct rq *rq, const struct uuid *id, struct order_row *out)
{
    return order_with_id(rq, &(struct order_key){.id = *id}, out);
}

SNAPSHOT(order_look, order_key, order_row)
{
    return order_with_id(rq, in, out);
}

#define ORDER_LEASE(F, S)                                                                          \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, uuid, lease_owner, .doc = "Who takes it.")                                                \
    F(S, text, lease_process, .optional = true, .doc = "Their process.")                           \
    F(S, time, due_at, .doc = "Until when.")
SHAPE(order_lease, ORDER_LEASE);

// Of several who wait for one order, one gets it.
QUERY_ROW(order_lease_when_due, order_lease, order_row,
          "UPDATE orders SET lease_owner = :lease_owner, lease_process = :lease_process,"
          " due_at = :due_at WHERE id = :id AND due_at <= :now RETURNING " ORDER_COLUMNS);

STEP_LOCKING(order_take, order_lease, order_row)
{
    return order_lease_when_due(rq, in, out);
}

// Placing an order.

#define ORDER_PLACE(F, S)                                                                          \
    F(S, nested(order_new), order, .doc = "What is asked for.")                                    \
    F(S, uuid, lease_owner, .optional = true,                                                      \
      .doc = "Who makes it; nobody: it waits for its turn.")                                       \
    F(S, nested(queue_ends), queue, .doc = "As it was seen.")
SHAPE(order_place_step, ORDER_PLACE);

STEP_LOCKING(order_prepare, order_place_step, order_row)
{
    bool made;
    enum err err = order_write(rq, in->order, &in->lease_owner, out, &made);
    bool waits = err == ERR_OK && made && uuid_empty(&in->lease_owner);
    return waits ? order_queue_join(rq, in->queue, out) : err;
}

// Twins wait by looking again: fifty times a second, on a thread of the checkout class.
static void pause_ms(i64 ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static enum err advance_in_hand(struct rq *rq, struct order_row *order)
{
    size_t hand = order_hand_take(rq);
    enum err err = order_advance(rq, order);
    order_hand_leave(rq, hand);
    return err;
}

// Somebody else works on the order (a twin, the sweeper): waits for the answer, or takes over when
// the lease has run out.
static enum err wait_for_answer(struct rq *rq, const struct uuid *me, struct order_row *order)
{
    while (order->reply_code == NULL) {
        struct order_lease lease = {.id = order->id,
                                    .lease_owner = *me,
                                    .lease_process = lease_process(),
                                    .due_at = time_now_ms() + ORDER_LEASE_MS};
        // Read apart, so that a look that fails leaves what is known.
        struct order_row seen = {0};
        bool is_due = IS_SET(order, order_row, due_at) && order->due_at <= time_now_ms();
        enum err err = is_due ? order_take(rq, &lease, &seen) : ERR_NOT_FOUND;
        if (err == ERR_OK) {
            *order = seen;
            return advance_in_hand(rq, order);
        }
        if (err != ERR_NOT_FOUND)
            return err;
        if (rq_left_ms(rq) < 2 * POLL_MS) {
            reply_retry_after(rq, 1);
            return fail(rq, ERR_UNAVAILABLE, "the order %s is being worked on; ask again",
                        order->number);
        }
        pause_ms(POLL_MS);
        err = order_look(rq, &(struct order_key){.id = order->id}, &seen);
        if (err != ERR_OK)
            return err;
        *order = seen;
    }
    return ERR_OK;
}

// Back from the name on the wire, as order_advance.c stored it.
static enum err err_named(const char *code)
{
    for (enum err err = ERR_OK; err <= ERR_TIMEOUT; err++)
        if (str_equal(err_code(err), code))
            return err;
    assert(false); // orders.reply_code holds what order_advance.c stores
    return ERR_UNAVAILABLE;
}

// The stored answer: the same bytes however often it is asked for.
static enum err answer(struct rq *rq, const struct order_row *order)
{
    struct refusal refusal = {0};
    bool is_order = str_equal(order->reply_code, "201") || str_equal(order->reply_code, "202");
    if (is_order) {
        reply_status(rq, str_equal(order->reply_code, "201") ? 201 : 202);
        reply_raw(rq, "application/json", order->reply, strlen(order->reply));
        return ERR_OK;
    }
    struct problem ignored = {.arena = rq->arena};
    enum err err =
        json_read(&refusal_shape, order->reply, strlen(order->reply), 0, &ignored, &refusal);
    assert(err == ERR_OK);
    for (size_t i = 0; i < refusal.fields.count; i++)
        problem_field(&rq->problem, refusal.fields.items[i].field, "%s",
                      refusal.fields.items[i].detail);
    return fail(rq, err_named(order->reply_code), "%s", refusal.detail);
}

// Nobody but the holder of the lease works on the order; who comes second waits for the answer.
HANDLER(order_create, order_new, order)
{
    struct order_row order = {0};
    struct order_new copy = *in;
    struct queue_ends queue = {0};
    struct order_place_step place = {.order = &copy, .queue = &queue};
    struct uuid me = uuid_new();
    bool waits;
    enum err err = order_queue_wanted(rq, &queue, &waits);
    if (err == ERR_OK && !waits)
        place.lease_owner = me;
    if (err == ERR_OK)
        err = order_prepare(rq, &place, &order);
    if (err != ERR_OK)
        return err;
    crash_point("order.prepared");
    if (order.reply_code == NULL && uuid_equal(&order.lease_owner, &me))
        err = advance_in_hand(rq, &order);
    if (err == ERR_OK || err == ERR_CONFLICT)
        err = wait_for_answer(rq, &me, &order);
    crash_point("order.answered");
    if (err != ERR_OK)
        return err;
    // The steps on the way may have left words of their own; the answer is the stored one.
    rq->problem = (struct problem){.arena = rq->arena};
    return answer(rq, &order);
}

// Reading.

// In constant time: the token is all that keeps a guest's order from others.
static bool token_fits(const struct order_row *order, const char *token)
{
    size_t length = strlen(order->access_token);
    return token != NULL && strlen(token) == length &&
           sodium_memcmp(token, order->access_token, length) == 0;
}

// One answer for an order that is not there and one that is somebody else's.
enum err order_of_caller(struct rq *rq, const struct order_query *in, struct order_row *out)
{
    enum err err = order_by_id(rq, &in->id, out);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    bool by_session = err == ERR_OK && !uuid_empty(&out->customer_id) &&
                      uuid_equal(&out->customer_id, &rq->caller.user_id);
    if (err == ERR_OK && (by_session || token_fits(out, in->token)))
        return ERR_OK;
    return fail(rq, ERR_NOT_FOUND, "there is no such order, or its token does not fit");
}

HANDLER(order_read, order_query, order)
{
    struct order_row order = {0};
    i64 position = 0;
    enum err err = order_of_caller(rq, in, &order);
    if (err == ERR_OK)
        err = order_show(rq, &order, token_fits(&order, in->token), out);
    if (err == ERR_OK && order.state == order_state_prepared)
        err = order_queue_position(rq, &in->id, &position);
    if (position > 0)
        SET(out, order, queue_position, position);
    return err;
}

#define ORDER_PAGE(F, S)                                                                           \
    F(S, list(order), items, .max = LIMIT_PAGE, .doc = "The newest first.")                        \
    F(S, text, next_cursor, .optional = true, .doc = "For the next page; null: there is none.")
SHAPE(order_page, ORDER_PAGE);

#define PAGE_QUERY(F, S)                                                                           \
    F(S, uuid, cursor, .optional = true, .doc = "next_cursor of the page before.")                 \
    F(S, i64, limit, .min = 1, .max = LIMIT_PAGE, .optional = true, .doc = "Orders a page; 20.")
SHAPE(page_query, PAGE_QUERY);

// `limit` is one more than is shown: the one that says whether there is a next page.
#define ORDER_SEARCH(F, S)                                                                         \
    F(S, uuid, customer_id, .optional = true, .doc = "Theirs alone.")                              \
    F(S, one_of(order_state), state, .optional = true, .doc = "In this state alone.")              \
    F(S, text, q, .max = 254, .optional = true, .doc = "Number, e-mail or SKU.")                   \
    F(S, uuid, cursor, .optional = true, .doc = "Older than this one.")                            \
    F(S, i64, limit, .doc = "At most.")
SHAPE(order_search, ORDER_SEARCH);

QUERY_LIST(orders_of_customer, order_search, order_row,
           "SELECT " ORDER_COLUMNS " FROM orders WHERE customer_id = :customer_id"
           " AND (:cursor IS NULL OR id < :cursor) ORDER BY id DESC LIMIT :limit");
// Whole values, by index or by primary key: a search for parts belongs to a report.
QUERY_LIST(orders_found, order_search, order_row,
           "SELECT " ORDER_COLUMNS " FROM orders WHERE (:state IS NULL OR state = :state)"
           " AND (:cursor IS NULL OR id < :cursor)"
           " AND (:q IS NULL OR number = UPPER(:q) OR LOWER(email) = LOWER(:q)"
           " OR id IN (SELECT order_id FROM order_item WHERE sku = :q))"
           " ORDER BY id DESC LIMIT :limit");

// Ids are in the order of time, so the last one shown is the cursor.
static enum err fill_page(struct rq *rq, struct order_row_list *rows, i64 limit,
                          struct order_page *out)
{
    if ((i64)rows->count > limit) {
        rows->count = (size_t)limit;
        out->next_cursor = rows->items[limit - 1].id.s;
    }
    return orders_show(rq, rows, &out->items);
}

HANDLER(order_list_mine, page_query, order_page)
{
    i64 limit = IS_SET(in, page_query, limit) ? in->limit : 20;
    struct order_row_list rows = {0};
    struct order_search search = {
        .customer_id = rq->caller.user_id, .cursor = in->cursor, .limit = limit + 1};
    enum err err = orders_of_customer(rq, &search, &rows);
    return err == ERR_OK ? fill_page(rq, &rows, limit, out) : err;
}

// Staff.

#define ORDER_LIST_QUERY(F, S)                                                                     \
    F(S, one_of(order_state), state, .optional = true, .doc = "In this state alone.")              \
    F(S, text, q, .min = 1, .max = 254, .format = FORMAT_LINE, .optional = true,                   \
      .doc = "A whole number, e-mail or SKU.")                                                     \
    F(S, uuid, cursor, .optional = true, .doc = "next_cursor of the page before.")                 \
    F(S, i64, limit, .min = 1, .max = LIMIT_PAGE, .optional = true, .doc = "Orders a page; 20.")
SHAPE(order_list_query, ORDER_LIST_QUERY);

HANDLER(order_list, order_list_query, order_page)
{
    i64 limit = IS_SET(in, order_list_query, limit) ? in->limit : 20;
    struct order_row_list rows = {0};
    struct order_search search = {.q = in->q, .cursor = in->cursor, .limit = limit + 1};
    if (IS_SET(in, order_list_query, state))
        SET(&search, order_search, state, in->state);
    enum err err = orders_found(rq, &search, &rows);
    return err == ERR_OK ? fill_page(rq, &rows, limit, out) : err;
}

static enum err no_such_order(struct rq *rq)
{
    return fail(rq, ERR_NOT_FOUND, "there is no such order");
}

HANDLER(order_show_staff, order_key, order)
{
    struct order_row order = {0};
    enum err err = order_by_id(rq, &in->id, &order);
    if (err == ERR_NOT_FOUND)
        return no_such_order(rq);
    return err == ERR_OK ? order_show(rq, &order, false, out) : err;
}

#define ORDER_END(F, S)                                                                            \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, text, reason, .max = 200, .format = FORMAT_LINE, .optional = true,                        \
      .doc = "Kept in the history.")
SHAPE(order_end, ORDER_END);

#define ORDER_GOAL(F, S)                                                                           \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, uuid, lease_owner, .doc = "Who sees to it.")                                              \
    F(S, text, lease_process, .doc = "Their process.")                                             \
    F(S, time, due_at, .doc = "Until when.")                                                       \
    F(S, one_of(order_wanted), wanted, .doc = "Where it is to end.")                               \
    F(S, minor, capture_minor, .optional = true, .doc = "How much is to be captured; null: all.")  \
    F(S, text, reason, .optional = true, .doc = "Why.")
SHAPE(order_goal, ORDER_GOAL);

// Nobody else may be at work on it; who was put off until later, is. The pauses begin anew.
QUERY_ROW(order_aim, order_goal, order_row,
          "UPDATE orders SET wanted = :wanted, reason = :reason, lease_owner = :lease_owner,"
          " lease_process = :lease_process, due_at = :due_at, tries = 0,"
          " capture_minor = CASE WHEN :wanted = 'captured'"
          " THEN COALESCE(:capture_minor, total_minor) END WHERE id = :id"
          " AND (lease_owner IS NULL OR due_at IS NULL"
          " OR due_at <= :now) RETURNING " ORDER_COLUMNS);

// Who has been told that an order will be cancelled is not charged for it after all.
static enum err check_goal(struct rq *rq, const struct order_row *order,
                           const struct order_goal *goal)
{
    bool captures = goal->wanted == order_wanted_captured;
    if (!order_may_be_wanted(order->state, goal->wanted))
        return fail(rq, ERR_CONFLICT, "an order that is %s cannot be %s",
                    order_state_names[order->state], order_wanted_names[goal->wanted]);
    if (captures && IS_SET(order, order_row, wanted) && order->wanted == order_wanted_cancelled)
        return fail(rq, ERR_CONFLICT, "the order is being cancelled");
    if (captures && IS_SET(goal, order_goal, capture_minor) &&
        goal->capture_minor > order->total_minor)
        return fail_field(rq, "amount_minor", "is more than was authorized");
    return ERR_OK;
}

STEP(order_decide, order_goal, order_row)
{
    struct order_row order = {0};
    enum err err = order_by_id(rq, &in->id, &order);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? no_such_order(rq) : err;
    err = check_goal(rq, &order, in);
    if (err != ERR_OK)
        return err;
    err = order_aim(rq, in, out);
    return err == ERR_NOT_FOUND ? fail(rq, ERR_CONFLICT, "the order is being worked on; try again")
                                : err;
}

SNAPSHOT(order_shown, order_key, order)
{
    return order_show_staff(rq, in, out);
}

static struct order_goal goal_of(const struct uuid *id, enum order_wanted wanted,
                                 const char *reason)
{
    return (struct order_goal){.id = *id,
                               .lease_owner = uuid_new(),
                               .lease_process = lease_process(),
                               .due_at = time_now_ms() + ORDER_LEASE_MS,
                               .wanted = wanted,
                               .reason = str_blank(reason) ? NULL : reason};
}

// Says what is wanted in one transaction and then works towards it, as the sweeper would.
static enum err pursue(struct rq *rq, const struct order_goal *goal, struct order *out)
{
    struct order_row order = {0};
    enum err err = order_decide(rq, goal, &order);
    if (err == ERR_OK)
        err = order_advance(rq, &order);
    if (err != ERR_OK)
        return err;
    if (goal->wanted == order_wanted_captured && order.state == order_state_cancelled)
        return fail(rq, ERR_PAYMENT_DECLINED, "%s; the order is cancelled",
                    order.reason != NULL ? order.reason : "nothing could be captured");
    bool done = order.state == order_goal_state(goal->wanted);
    err = order_shown(rq, &(struct order_key){.id = goal->id}, out);
    if (err == ERR_OK && !done) // said after reading, which begins the reply anew
        reply_status(rq, 202);  // the provider does not answer; the sweeper goes on
    return err;
}

HANDLER(order_cancel, order_end, order)
{
    struct order_goal goal = goal_of(&in->id, order_wanted_cancelled, in->reason);
    return pursue(rq, &goal, out);
}

HANDLER(order_refund, order_end, order)
{
    struct order_goal goal = goal_of(&in->id, order_wanted_refunded, in->reason);
    return pursue(rq, &goal, out);
}

#define ORDER_CAPTURE(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, minor, amount_minor, .min = 1, .max = LIMIT_MINOR, .optional = true,                      \
      .doc = "How much is taken, in the order's currency; the rest is released. null: all.")       \
    F(S, text, reason, .max = 200, .format = FORMAT_LINE, .optional = true,                        \
      .doc = "Kept in the history.")
SHAPE(order_capture, ORDER_CAPTURE);

HANDLER(order_capture, order_capture, order)
{
    struct order_goal goal = goal_of(&in->id, order_wanted_captured, in->reason);
    if (IS_SET(in, order_capture, amount_minor))
        SET(&goal, order_goal, capture_minor, in->amount_minor);
    return pursue(rq, &goal, out);
}

static const struct route order_routes[] = {
    {POST, "/api/v1/orders", &order_create_handler, 201, ROLE_ANYONE, "Order what is in a cart.",
     .flags = ROUTE_CONDUCTS | ROUTE_IDEMPOTENT_ONLY | ROUTE_OWN_KEY, .load = CLASS_CHECKOUT,
     .status_also = 202, .deadline_ms = ORDER_RUN_MS},
    {GET, "/api/v1/orders/{id}", &order_read_handler, 200, ROLE_ANYONE,
     "Show an order to its customer, or to who has its token.", .load = CLASS_CHECKOUT},
    {GET, "/api/v1/users/me/orders", &order_list_mine_handler, 200, ROLE_CUSTOMER,
     "List the customer's own orders."},
    {GET, "/api/v1/admin/orders", &order_list_handler, 200, ROLE_ORDERS | ROLE_SUPPORT,
     "List and find orders."},
    {GET, "/api/v1/admin/orders/{id}", &order_show_staff_handler, 200, ROLE_ORDERS | ROLE_SUPPORT,
     "Show an order."},
    {POST, "/api/v1/admin/orders/{id}/cancel", &order_cancel_handler, 200, ROLE_ORDERS,
     "Cancel an order: money and stock go back, a hold on money is released.",
     .flags = ROUTE_CONDUCTS, .status_also = 202, .deadline_ms = ORDER_RUN_MS},
    {POST, "/api/v1/admin/orders/{id}/capture", &order_capture_handler, 200, ROLE_ORDERS,
     "Capture what was authorized, or a part of it.", .flags = ROUTE_CONDUCTS, .status_also = 202,
     .deadline_ms = ORDER_RUN_MS},
    {POST, "/api/v1/admin/orders/{id}/refund", &order_refund_handler, 200, ROLE_ORDERS,
     "Give back all that was paid.", .flags = ROUTE_CONDUCTS, .status_also = 202,
     .deadline_ms = ORDER_RUN_MS},
};
ROUTES(order, order_routes);
