// Orders as they are stored, and how they move. orders.c answers requests, order_write.c makes an
// order of a cart, order_advance.c takes it to its end, order_show.c shows it.
#ifndef SOUK_SERVICES_ORDER_ROW_H
#define SOUK_SERVICES_ORDER_ROW_H

#include "services/order/cart.h"
#include "services/order/order.h"
#include "services/payment/payment.h"

#define ORDER_ROW(F, S)                                                                            \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, text, number, .doc = "For people.")                                                       \
    F(S, uuid, cart_id, .doc = "What it was made of.")                                             \
    F(S, uuid, customer_id, .optional = true, .doc = "Whose it is; nobody's: a guest's.")          \
    F(S, one_of(order_state), state, .doc = "How far it is.")                                      \
    F(S, one_of(order_wanted), wanted, .optional = true, .doc = "Where it is to end.")             \
    F(S, text, reason, .optional = true, .doc = "Why it is to end there.")                         \
    F(S, text, idempotency_scope, .doc = "Whose key.")                                             \
    F(S, text, idempotency_key, .doc = "Of the request that made it.")                             \
    F(S, text, request_hash, .doc = "Of that request.")                                            \
    F(S, text, access_token, .secret = true, .doc = "With which a guest reads it.")                \
    F(S, text, currency, .doc = "Of all amounts.")                                                 \
    F(S, text, email, .doc = "Where to write to.")                                                 \
    F(S, json, shipping_address, .optional = true, .doc = "Where it goes to.")                     \
    F(S, json, billing_address, .doc = "Who pays.")                                                \
    F(S, text, shipping_code, .optional = true, .doc = "The option chosen.")                       \
    F(S, text, shipping_name, .optional = true, .doc = "Its name then.")                           \
    F(S, text, note, .optional = true, .doc = "From the shopper.")                                 \
    F(S, bool, prices_include_tax, .doc = "Whether prices contain the tax.")                       \
    F(S, minor, subtotal_minor, .doc = "Goods before discount.")                                   \
    F(S, minor, discount_minor, .doc = "Taken off the goods.")                                     \
    F(S, minor, shipping_minor, .doc = "Of the option chosen.")                                    \
    F(S, minor, shipping_tax_minor, .doc = "Of tax_minor, on shipping.")                           \
    F(S, minor, tax_minor, .doc = "In the total.")                                                 \
    F(S, minor, total_minor, .doc = "What is to be paid.")                                         \
    F(S, one_of(capture_mode), capture, .doc = "When the money is taken, as the shop had it.")     \
    F(S, minor, capture_minor, .optional = true, .doc = "What staff want to be captured.")         \
    F(S, minor, captured_minor, .doc = "What was taken.")                                          \
    F(S, minor, refunded_minor, .doc = "What was given back.")                                     \
    F(S, text, payment_provider, .optional = true, .doc = "Who is asked; null: nothing to pay.")   \
    F(S, text, payment_token, .secret = true, .optional = true, .doc = "Until it is used.")        \
    F(S, text, payment_state, .optional = true, .doc = "What payment said last.")                  \
    F(S, text, payment_reference, .optional = true, .doc = "The provider's name for it.")          \
    F(S, time, placed_at, .doc = "When it was made.")                                              \
    F(S, uuid, lease_owner, .optional = true, .doc = "Who works on it.")                           \
    F(S, text, lease_process, .optional = true, .doc = "The process of whoever does.")             \
    F(S, time, due_at, .optional = true, .doc = "When somebody has to; null: never.")              \
    F(S, i64, tries, .doc = "How often it was put off.")                                           \
    F(S, text, refusal, .optional = true, .doc = "Code of the error that it came to nothing by.")  \
    F(S, text, reply_code, .optional = true, .doc = "201, 202 or the code of a problem.")          \
    F(S, json, reply, .optional = true, .doc = "The order, or the problem's parts.")
SHAPE(order_row, ORDER_ROW);

#define ORDER_COLUMNS                                                                              \
    "id, number, cart_id, customer_id, state, wanted, reason, idempotency_scope, idempotency_key," \
    " request_hash, access_token, currency, email, shipping_address, billing_address,"             \
    " shipping_code, shipping_name, note, prices_include_tax, subtotal_minor, discount_minor,"     \
    " shipping_minor, shipping_tax_minor, tax_minor, total_minor, capture, capture_minor,"         \
    " captured_minor, refunded_minor, payment_provider, payment_token, payment_state,"             \
    " payment_reference, placed_at, lease_owner, lease_process, due_at, tries, refusal,"           \
    " reply_code, reply"

// The history of an order. It begins as it was accepted, whatever the clocks say of the machines
// that went on with it.
#define ORDER_BY_HISTORY(event_)                                                                   \
    " ORDER BY CASE WHEN " event_ "state = 'prepared' THEN 0 ELSE 1 END, " event_ "id"

// Held by who draws a number for an order that waits (shared), and by who takes a turn.
#define ORDER_QUEUE_LOCK "order_queue"

enum {
    ORDER_LEASE_MS = 10000,   // longer than a run may take
    ORDER_RUN_MS = 8000,      // what a run may take
    ORDER_RETRY_MS = 300,     // before what failed for the world's reasons is tried again
    ORDER_TRIES_OVERDUE = 20, // of what staff want: they take somewhat more than an hour
};
#define ORDER_UNPAID_MAX_MS (24 * HOUR_MS) // a payment that cannot be made by then is given up

#define PAYMENT_CHOICE(F, S)                                                                       \
    F(S, text, provider, .min = 1, .max = 40, .format = FORMAT_LINE, .doc = "One of the shop's.")  \
    F(S, text, token, .min = 1, .max = 500, .format = FORMAT_LINE, .secret = true,                 \
      .doc = "What the provider gave the browser.")
SHAPE(payment_choice, PAYMENT_CHOICE);

#define ORDER_NEW(F, S)                                                                            \
    F(S, uuid, cart_id, .doc = "What is bought.")                                                  \
    F(S, text, email, .min = 3, .max = 254, .format = FORMAT_EMAIL, .doc = "Where to write to.")   \
    F(S, nested(address), shipping_address, .optional = true,                                      \
      .doc = "Where it goes to; may be missing when nothing is sent.")                             \
    F(S, nested(address), billing_address, .optional = true,                                       \
      .doc = "Who pays; the shipping address where it is missing.")                                \
    F(S, text, shipping_option, .max = 50, .format = FORMAT_HANDLE, .optional = true,              \
      .doc = "One of the cart's; may be missing when nothing is sent.")                            \
    F(S, minor, expected_total_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,              \
      .doc = "The total that the shopper saw; another one is refused.")                            \
    F(S, text, note, .max = 1000, .optional = true, .doc = "From the shopper.")                    \
    F(S, nested(payment_choice), payment, .optional = true,                                        \
      .doc = "May be missing when there is nothing to pay.")
SHAPE(order_new, ORDER_NEW);

// Why an order came to nothing, as it is told and told again.
#define REFUSAL_FIELD(F, S)                                                                        \
    F(S, text, field, .doc = "What is at fault.")                                                  \
    F(S, text, detail, .doc = "Why.")
SHAPE(refusal_field, REFUSAL_FIELD);
#define REFUSAL(F, S)                                                                              \
    F(S, text, detail, .doc = "For people.")                                                       \
    F(S, list(refusal_field), fields, .max = 20, .doc = "What is at fault.")
SHAPE(refusal, REFUSAL);

#define ORDER_KEY(F, S) F(S, uuid, id, .doc = "Of the order.")
SHAPE(order_key, ORDER_KEY);

#define ORDER_QUERY(F, S)                                                                          \
    F(S, uuid, id, .doc = "Of the order.")                                                         \
    F(S, text, token, .min = 1, .max = 100, .optional = true, .secret = true,                      \
      .doc = "The order's access_token, for guests.")
SHAPE(order_query, ORDER_QUERY);

CHECKED enum err order_by_id(struct rq *rq, const struct uuid *id, struct order_row *out);
// The order, if it is the caller's or they have its token; else ERR_NOT_FOUND.
CHECKED enum err order_of_caller(struct rq *rq, const struct order_query *in,
                                 struct order_row *out);

// In the transaction of rq: writes an order from a cart, with a lease of `lease`, or of nobody
// where that is empty. An order that the same key has made before is answered instead (*made is
// false). What is refused changes nothing.
CHECKED enum err order_write(struct rq *rq, const struct order_new *in, const struct uuid *lease,
                             struct order_row *out, bool *made);

// Takes an order whose lease the caller has to its end, or as far as it goes, and reads it again.
// ERR_OK: order->reply_code is set, or it waits. Anything else: the lease is given back, and
// somebody has to go on in ORDER_RETRY_MS.
CHECKED enum err order_advance(struct rq *rq, struct order_row *order);

// Holds the stock that an order needs, as order_advance does first. `*holds`: it needs any.
CHECKED enum err order_reserve(struct rq *rq, const struct order_row *order, bool *holds);

// Where an order ends that is wanted so; whether staff may want it so in a state.
enum order_state order_goal_state(enum order_wanted wanted);
bool order_may_be_wanted(enum order_state from, enum order_wanted wanted);

// Shows rows in the transaction of rq: few statements, however many rows.
CHECKED enum err orders_show(struct rq *rq, const struct order_row_list *rows,
                             struct order_list *out);
CHECKED enum err order_show(struct rq *rq, const struct order_row *row, bool with_token,
                            struct order *out);

#endif
