// Carrying out an event. Contract in consume.h.
#include "app/consume.h"

#include <string.h>

#include "core/json.h"
#include "core/time.h"

enum err consume(const struct outbox_event *event, struct outbox_delivery *delivery,
                 const struct shape *shape,
                 enum err (*body)(struct rq *rq, const struct outbox_event *event, const void *in))
{
    struct rq *rq = rq_begin(delivery->context, event->topic, MINUTE_MS);
    trace_begin(&rq->trace, event->traceparent, NULL, rq->arena);
    trace_set_current(&rq->trace);
    void *in = arena_alloc(rq->arena, shape->size);
    enum err err = json_read_known(shape, event->payload, strlen(event->payload), &rq->problem, in);
    if (err == ERR_OK)
        err = body(rq, event, in);
    if (err != ERR_OK)
        delivery->error = arena_text(
            delivery->arena, rq->problem.detail != NULL ? rq->problem.detail : err_title(err));
    trace_set_current(NULL);
    rq_end(rq);
    return err;
}
