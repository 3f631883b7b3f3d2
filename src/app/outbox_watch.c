// Keeps an eye on the outbox: its metrics, its clean-up, and what was set aside, for staff.
#include <stdatomic.h>

#include "app/app.h"
#include "app/declare.h"
#include "core/time.h"
#include "data/outbox.h"

// Long enough to see what happened to a mail that somebody asks for.
enum { KEPT_DAYS = 7 };

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

#define OUTBOX_PAGE(F, S)                                                                          \
    F(S, list(outbox_event), items, .max = 100, .doc = "What was given up, the oldest first.")
SHAPE(outbox_page, OUTBOX_PAGE);

HANDLER(admin_outbox_list, nothing, outbox_page)
{
    return outbox_list_set_aside(rq->db, rq->arena, &out->items);
}

#define OUTBOX_ID(F, S) F(S, uuid, id, .doc = "Of the event.")
SHAPE(outbox_id, OUTBOX_ID);

HANDLER(admin_outbox_retry, outbox_id, nothing)
{
    return outbox_retry(rq->db, &in->id);
}

static const struct route outbox_routes[] = {
    {GET, "/api/v1/admin/outbox", &admin_outbox_list_handler, 200, ROLE_ADMIN,
     "Events whose delivery was given up."},
    {POST, "/api/v1/admin/outbox/{id}/retry", &admin_outbox_retry_handler, 204, ROLE_ADMIN,
     "Give an event all its attempts again."},
};
ROUTES(operations, outbox_routes);
