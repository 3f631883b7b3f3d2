// Events that were set aside, for staff: listed with the reason, and given their attempts again.
//
// With services apart each has an outbox, and staff are shown all of them: whichever process is
// asked asks the others. One that does not answer is named, and the rest is shown.
#include <stdlib.h>

#include "app/app.h"
#include "app/declare.h"
#include "app/peer.h"
#include "app/services.h"
#include "core/uuid.h"
#include "data/outbox.h"

enum { LISTED_MAX = 100 };

#define OUTBOX_PAGE(F, S)                                                                          \
    F(S, list(outbox_event), items, .max = LISTED_MAX,                                             \
      .doc = "What was given up, the oldest first.")                                               \
    F(S, texts, away, .max = service_id_count,                                                     \
      .doc = "Services that did not answer: what they gave up is missing here.")
SHAPE(outbox_page, OUTBOX_PAGE);

#define OUTBOX_ID(F, S) F(S, uuid, id, .doc = "Of the event.")
SHAPE(outbox_id, OUTBOX_ID);

// What this process' own outbox has; what the others are asked.
HANDLER(outbox_list_here, nothing, outbox_page)
{
    return outbox_list_set_aside(rq->db, rq->arena, &out->items);
}

HANDLER(outbox_retry_here, outbox_id, nothing)
{
    return outbox_retry(rq->db, &in->id);
}

SNAPSHOT(outbox_own, nothing, outbox_page)
{
    return outbox_list_here(rq, in, out);
}

STEP(outbox_retry_own, outbox_id, nothing)
{
    return outbox_retry_here(rq, in, out);
}

// One that hangs leaves time for those after it.
static enum err ask_other(struct rq *rq, int service, const struct handler *handler, const void *in,
                          void *out)
{
    i64 deadline_ms = rq->deadline_ms;
    rq->deadline_ms -= max_i64(rq_left_ms(rq), 0) / 2;
    enum err err = peer_ask(rq, service, handler, in, out);
    rq->deadline_ms = deadline_ms;
    return err;
}

static bool has_event(const struct outbox_event_list *list, const struct uuid *id)
{
    for (size_t i = 0; i < list->count; i++)
        if (uuid_equal(&list->items[i].id, id))
            return true;
    return false;
}

// Services that share a process have one outbox, and it is asked once for each of them.
static void join(struct arena *arena, struct outbox_event_list *all,
                 const struct outbox_event_list *more)
{
    struct outbox_event *items = ARENA_ARRAY(arena, struct outbox_event, all->count + more->count);
    for (size_t i = 0; i < all->count; i++)
        items[i] = all->items[i];
    all->items = items;
    for (size_t i = 0; i < more->count; i++)
        if (!has_event(all, &more->items[i].id))
            items[all->count++] = more->items[i];
}

static int by_age(const void *a, const void *b)
{
    i64 first = ((const struct outbox_event *)a)->created_at,
        second = ((const struct outbox_event *)b)->created_at;
    return (first > second) - (first < second);
}

HANDLER(admin_outbox_list, nothing, outbox_page)
{
    enum err err = outbox_own(rq, in, out);
    out->away.items = ARENA_ARRAY(rq->arena, const char *, service_id_count);
    for (int service = 0; service < service_id_count && err == ERR_OK; service++) {
        struct outbox_page theirs;
        if (services_have(rq->app->services, service))
            continue;
        if (ask_other(rq, service, &outbox_list_here_handler, in, &theirs) == ERR_OK)
            join(rq->arena, &out->items, &theirs.items);
        else
            out->away.items[out->away.count++] = service_id_names[service];
        rq->problem = (struct problem){.arena = rq->arena};
    }
    if (out->items.count > 0)
        qsort(out->items.items, out->items.count, sizeof *out->items.items, by_age);
    if (out->items.count > LISTED_MAX)
        out->items.count = LISTED_MAX;
    return err;
}

// An id is in one outbox only, but for an event that was handed on; the row that was is done, and
// is none that was set aside. That a service is away counts when no other one has the event.
HANDLER(admin_outbox_retry, outbox_id, nothing)
{
    struct problem problem = {.arena = rq->arena};
    enum err told = outbox_retry_own(rq, in, out), err = told;
    for (int service = 0; service < service_id_count && err != ERR_OK; service++) {
        if (services_have(rq->app->services, service))
            continue;
        rq->problem = (struct problem){.arena = rq->arena};
        err = ask_other(rq, service, &outbox_retry_here_handler, in, out);
        if (told != ERR_NOT_FOUND || err == ERR_NOT_FOUND)
            continue;
        told = err;
        problem = rq->problem;
    }
    rq->problem = problem;
    return err == ERR_OK ? ERR_OK : told;
}

static const struct route outbox_desk_routes[] = {
    {POST, "/internal/v1/outbox_list_here", &outbox_list_here_handler, 200, ROLE_PEER,
     "List what this process gave up.", .flags = ROUTE_READS},
    {POST, "/internal/v1/outbox_retry_here", &outbox_retry_here_handler, 204, ROLE_PEER,
     "Give an event of this process all its attempts again."},
    {GET, "/api/v1/admin/outbox", &admin_outbox_list_handler, 200, ROLE_ADMIN,
     "Events whose delivery was given up, of all services.", .flags = ROUTE_CONDUCTS},
    {POST, "/api/v1/admin/outbox/{id}/retry", &admin_outbox_retry_handler, 204, ROLE_ADMIN,
     "Give an event all its attempts again.", .flags = ROUTE_CONDUCTS},
};
ROUTES(operations, outbox_desk_routes);
