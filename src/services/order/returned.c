// Money that arrived at the provider after its order was cancelled and went back again: the order
// shows it. Who finds it and gives it back: the sweeper in services/payment.
#include "app/consume.h"
#include "services/order/order_row.h"

#define RETURNED(F, S)                                                                             \
    F(S, uuid, id, .doc = "Of the event.")                                                         \
    F(S, uuid, order_id, .doc = "Whose money it was.")                                             \
    F(S, one_of(order_state), state, .doc = "The order's.")                                        \
    F(S, text, note, .doc = "For the history.")                                                    \
    F(S, text, payment_state, .doc = "What became of the payment.")                                \
    F(S, text, reference, .optional = true, .doc = "The provider's name for it.")                  \
    F(S, minor, captured_minor, .doc = "What had been taken.")                                     \
    F(S, minor, refunded_minor, .doc = "What was given back.")
SHAPE(returned, RETURNED);

QUERY_RUN(order_money_returned, returned,
          "UPDATE orders SET payment_state = :payment_state, payment_reference = :reference,"
          " captured_minor = :captured_minor, refunded_minor = :refunded_minor, updated_at = :now"
          " WHERE id = :order_id AND refunded_minor < :refunded_minor");
QUERY_RUN(order_event_returned, returned,
          "INSERT INTO order_event (id, order_id, state, note, at)"
          " VALUES (:id, :order_id, :state, :note, :now)");

// An event that comes twice changes nothing the second time.
STEP(order_note_returned, returned, nothing)
{
    struct order_row order = {0};
    struct returned event = *in;
    i64 changed = 0;
    enum err err = order_by_id(rq, &in->order_id, &order);
    event.state = order.state;
    if (err == ERR_OK)
        err = order_money_returned(rq, in, &changed);
    return err == ERR_OK && changed > 0 ? order_event_returned(rq, &event, NULL) : err;
}

CONSUMER(order_payment_returned, "payment.returned", payment)
{
    struct returned returned = {.id = event->id,
                                .order_id = in->order_id,
                                .note = "a charge arrived late and was given back",
                                .payment_state = payment_state_names[in->state],
                                .reference = in->reference,
                                .captured_minor = in->captured_minor,
                                .refunded_minor = in->refunded_minor};
    return order_note_returned(rq, &returned, &(struct nothing){0});
}
