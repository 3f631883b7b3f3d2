// What a service does when something has happened: a function whose input is the event's payload.
//
//     CONSUMER(mail_order, "order.changed", order_changed)
//     {
//         return in->order->total_minor > 0 ? note(rq, &event->id, in->order) : ERR_OK;
//     }
//
// It runs outside any transaction, through STEPs and calls, and may run more than once for an
// event: event->id says which it is. ERR_OK: done for ever. Anything else is tried again
// (data/outbox.h), and what rq->problem says is shown to staff. The name is kept in rows: it does
// not change.
#ifndef SOUK_APP_CONSUME_H
#define SOUK_APP_CONSUME_H

#include "app/rq.h"
#include "data/outbox.h"

#define CONSUMER(name_, topic_, In_)                                                               \
    static enum err name_(struct rq *rq, const struct outbox_event *event, const struct In_ *in);  \
    static enum err name_##_untyped(struct rq *rq, const struct outbox_event *event,               \
                                    const void *in)                                                \
    {                                                                                              \
        return name_(rq, event, in);                                                               \
    }                                                                                              \
    static enum err name_##_consume(const struct outbox_event *event,                              \
                                    struct outbox_delivery *delivery)                              \
    {                                                                                              \
        return consume(event, delivery, &In_##_shape, name_##_untyped);                            \
    }                                                                                              \
    OUTBOX_CONSUMER(name_, topic_, name_##_consume);                                               \
    static enum err name_(UNUSED struct rq *rq, UNUSED const struct outbox_event *event,           \
                          UNUSED const struct In_ *in)

// Runs a body in a context of its own on the payload as that shape; CONSUMER calls it.
CHECKED enum err consume(const struct outbox_event *event, struct outbox_delivery *delivery,
                         const struct shape *shape,
                         enum err (*body)(struct rq *rq, const struct outbox_event *event,
                                          const void *in));

#endif
