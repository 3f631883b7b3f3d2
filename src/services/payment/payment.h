// What other services may ask about money. One payment an order; every call may be repeated and is
// safe after a crash at any point: the payment's row and its key are stored before a provider is
// asked.
//
//     struct payment_order order = {.order_id = id, .provider = "test", .token = "tok_ok",
//                                   .amount_minor = 4990, .currency = "EUR",
//                                   .capture = capture_mode_automatic};
//     struct payment payment;
//     enum err err = call_payment_charge(rq, &order, &payment);
//     if (err == ERR_OK && payment.state == payment_state_captured) ...
//
// ERR_OK means that the state is known and stored, whatever it is; `declined` is an answer, not an
// error. The calls that change something talk to the provider and own their transactions.
#ifndef SOUK_SERVICES_PAYMENT_H
#define SOUK_SERVICES_PAYMENT_H

#include "app/declare.h"
#include "core/limits.h"

// prepared, unknown: asked, and the answer was lost: money may have moved. unavailable: the
// provider surely did nothing. Both are worth another call later. authorized: the provider holds
// the money until it is captured or voided. The rest is final but captured -> refunded; all moves
// are in a table in payment.c.
#define PAYMENT_STATE(X, E)                                                                        \
    X(E, prepared)                                                                                 \
    X(E, unknown)                                                                                  \
    X(E, unavailable) X(E, authorized) X(E, captured) X(E, declined) X(E, refunded) X(E, voided)
ENUMERATION(payment_state, PAYMENT_STATE);

// automatic: authorized and captured in one. manual: authorized, and captured when it is asked for.
#define CAPTURE_MODE(X, E) X(E, automatic) X(E, manual)
ENUMERATION(capture_mode, CAPTURE_MODE);

#define PAYMENT_ORDER(F, S)                                                                        \
    F(S, uuid, order_id, .doc = "What is paid.")                                                   \
    F(S, text, provider, .min = 1, .max = 40, .doc = "Who is asked.")                              \
    F(S, text, token, .min = 1, .max = 500, .secret = true, .optional = true,                      \
      .doc = "What the provider gave the shopper's browser.")                                      \
    F(S, text, currency, .format = FORMAT_CURRENCY, .doc = "ISO 4217.")                            \
    F(S, minor, amount_minor, .min = 1, .max = LIMIT_MINOR, .doc = "The order's total.")           \
    F(S, one_of(capture_mode), capture, .doc = "When the money is taken.")
SHAPE(payment_order, PAYMENT_ORDER);

#define PAYMENT(F, S)                                                                              \
    F(S, uuid, id, .doc = "Of the payment.")                                                       \
    F(S, uuid, order_id, .doc = "What is paid.")                                                   \
    F(S, text, provider, .doc = "Who is asked.")                                                   \
    F(S, text, token, .secret = true, .optional = true, .doc = "Until it is used.")                \
    F(S, uuid, idempotency_key, .doc = "What the provider is asked by.")                           \
    F(S, text, reference, .optional = true, .doc = "The provider's name for it.")                  \
    F(S, text, currency, .doc = "ISO 4217.")                                                       \
    F(S, minor, amount_minor, .doc = "What is to be paid.")                                        \
    F(S, one_of(capture_mode), capture, .doc = "When the money is taken.")                         \
    F(S, minor, captured_minor, .doc = "What was paid.")                                           \
    F(S, minor, refunded_minor, .doc = "What was given back.")                                     \
    F(S, one_of(payment_state), state, .doc = "How far it is.")                                    \
    F(S, text, detail, .optional = true, .doc = "Why, for people.")                                \
    F(S, time, check_at, .optional = true,                                                         \
      .doc = "When a closed one is looked at again: a charge may have been on its way.")           \
    F(S, i64, checks, .doc = "How often that was done.")                                           \
    F(S, time, created_at, .doc = "When it was stored.")                                           \
    F(S, time, updated_at, .doc = "When its state changed.")
SHAPE(payment, PAYMENT);

// Charges once, however often it is called, and tells how far it is: `captured`, or `authorized`
// where capture is manual. A payment whose answer was lost is read back by its key before the
// provider is asked again.
CALL(payment_charge, payment_order, payment);

// Captures what was authorized, or a part of it; the rest is released. Once: who asks again, or for
// another amount after it was captured, is told what was captured. `voided`, `declined`: the
// provider does not hold the money any more.
#define PAYMENT_PART(F, S)                                                                         \
    F(S, uuid, order_id, .doc = "Whose payment.")                                                  \
    F(S, minor, amount_minor, .min = 1, .max = LIMIT_MINOR, .doc = "How much of it.")
SHAPE(payment_part, PAYMENT_PART);
CALL(payment_capture, payment_part, payment);

// Makes sure that nothing stays charged or held: gives back what was captured (`refunded`), voids
// what was authorized and closes what was neither (`voided`, after which payment_charge charges no
// more). Other states: ask again later. What arrives at the provider after that is given back by
// the job payment_sweeper and told as the event payment.returned, whose payload is the payment.
CALL(payment_cancel, payment_order, payment);

// The providers that are switched on, in order of preference.
#define PAYMENT_PROVIDERS(F, S) F(S, texts, items, .doc = "Their names.")
SHAPE(payment_providers, PAYMENT_PROVIDERS);
CALL(payment_provider_list, nothing, payment_providers);

// The payments of a stretch of orders, by order id: for those who compare.
#define PAYMENT_STRETCH(F, S)                                                                      \
    F(S, uuid, after, .optional = true,                                                            \
      .doc = "Orders later than this one; null: from the first.")                                  \
    F(S, uuid, upto, .optional = true, .doc = "And not later than this one; null: to the last.")
SHAPE(payment_stretch, PAYMENT_STRETCH);
#define PAYMENTS_IN(F, S) F(S, list(payment), items, .max = 1000000, .doc = "By order id.")
SHAPE(payments_in, PAYMENTS_IN);
CALL(payment_range, payment_stretch, payments_in);

// What moved in the ledger in a span of time, by time; the next page begins after the last one of
// this. The first: after no payment (uuid_nil) at the first moment.
#define MOVEMENT_KIND(X, E) X(E, capture) X(E, refund)
ENUMERATION(movement_kind, MOVEMENT_KIND);
enum { MOVEMENTS_MOST = 1000 };
#define MOVEMENT_STRETCH(F, S)                                                                     \
    F(S, time, after_at, .doc = "Where the page before ended: at,")                                \
    F(S, uuid, after_payment, .doc = "payment")                                                    \
    F(S, one_of(movement_kind), after_kind, .doc = "and kind of its last.")                        \
    F(S, time, until, .doc = "The end of the span, which is not in it.")                           \
    F(S, i64, limit, .min = 1, .max = MOVEMENTS_MOST, .doc = "How many at most.")
SHAPE(movement_stretch, MOVEMENT_STRETCH);
#define MOVEMENT(F, S)                                                                             \
    F(S, uuid, payment_id, .doc = "Of the payment.")                                               \
    F(S, uuid, order_id, .doc = "What was paid.")                                                  \
    F(S, one_of(movement_kind), kind, .doc = "Taken or given back.")                               \
    F(S, text, currency, .doc = "ISO 4217.")                                                       \
    F(S, minor, amount_minor, .doc = "How much, whichever way.")                                   \
    F(S, time, at, .doc = "When it was booked.")
SHAPE(movement, MOVEMENT);
#define MOVEMENTS_IN(F, S) F(S, list(movement), items, .max = MOVEMENTS_MOST, .doc = "By time.")
SHAPE(movements_in, MOVEMENTS_IN);
CALL(payment_movements, movement_stretch, movements_in);

#endif
