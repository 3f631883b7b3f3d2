// Keeps an eye on the outbox: its metrics and its clean-up; hands events on. What was set aside is
// shown in outbox_desk.c.
//
// With services apart an event is handed on: its row here is done once the other process has stored
// it in its own outbox, under the same id, so that handing on twice stores once.
#include <stdatomic.h>

#include "app/app.h"
#include "app/declare.h"
#include "app/peer.h"
#include "app/services.h"
#include "core/json.h"
#include "core/time.h"
#include "data/outbox.h"

enum {
    KEPT_DAYS = 7, // long enough to see what happened to a mail that somebody asks for
    HAND_ON_MS = 5000,
};

static _Atomic i64 pending, set_aside;

static i64 read_pending(UNUSED struct app *app)
{
    return atomic_load(&pending);
}
METRIC_GAUGE(outbox_pending, "souk_outbox_pending", "Events that wait for a delivery.",
             read_pending);

static i64 read_set_aside(UNUSED struct app *app)
{
    return atomic_load(&set_aside);
}
METRIC_GAUGE(outbox_set_aside, "souk_outbox_set_aside", "Events given up until somebody looks.",
             read_set_aside);

STEP(outbox_count_and_forget, nothing, outbox_counts)
{
    i64 deleted;
    enum err err = outbox_forget(rq->db, rq->now_ms - KEPT_DAYS * DAY_MS, &deleted);
    return err == ERR_OK ? outbox_count(rq->db, out) : err;
}

static enum err watch(struct rq *rq)
{
    struct outbox_counts counts;
    enum err err = outbox_count_and_forget(rq, &(struct nothing){0}, &counts);
    if (err != ERR_OK)
        return err;
    atomic_store(&pending, counts.pending);
    atomic_store(&set_aside, counts.set_aside);
    return ERR_OK;
}
// The metrics are read from memory: a scrape must not ask the database.
JOB(outbox_watch, 30 * SECOND_MS, watch);

// On a thread of the outbox. The consumer's service is here, or in another process; who told the
// event may be neither, when it shared this outbox before and is apart now.
static enum err deliver(const struct outbox_consumer *consumer, const struct outbox_event *event,
                        struct outbox_delivery *delivery, bool *handed_on)
{
    struct app *app = delivery->context;
    int owner = service_of_file(consumer->file);
    *handed_on = !services_have(app->services, owner);
    if (!*handed_on)
        return consumer->consume(event, delivery);
    struct rq *rq = rq_begin(app, event->id.s, HAND_ON_MS);
    trace_begin(&rq->trace, event->traceparent, NULL, rq->arena);
    enum err err = peer_post(rq, owner, PEER_PATH "outbox_take_event",
                             json_text(&outbox_event_shape, event, rq->arena));
    delivery->error =
        rq->problem.detail != NULL ? arena_text(delivery->arena, rq->problem.detail) : NULL;
    rq_end(rq);
    return err;
}

struct outbox_settings outbox_settings_of(struct app *app)
{
    return (struct outbox_settings){.context = app, .deliver = deliver};
}

// What comes from another service's outbox.
HANDLER(outbox_take_event, outbox_event, nothing)
{
    return outbox_receive(rq->db, in);
}

static const struct route outbox_routes[] = {
    {POST, "/internal/v1/outbox_take_event", &outbox_take_event_handler, 204, ROLE_PEER,
     "Take an event of another service.", .flags = ROUTE_LOCKING},
};
ROUTES(operations, outbox_routes);
