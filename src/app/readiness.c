// The table of dependencies, those that every process has, and /readyz. Contract in readiness.h.
//
// /readyz is answered on the loop, out of memory: it answers when the database hangs and when every
// worker is busy, which is when it is asked for.
#include "app/readiness.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/caches.h"
#include "app/copies.h"
#include "app/database.h"
#include "app/declare.h"
#include "app/peer.h"
#include "app/services.h"
#include "core/json.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "net/client.h"

enum { PEER_MS = 500 };

struct known {
    char name[READINESS_NAME], detail[READINESS_DETAIL];
    bool needed, up;
    i64 since_ms, told_ms; // wall clock; monotonic
};

struct readiness {
    pthread_mutex_t lock;
    size_t count;
    struct known known[READINESS_MAX];
};

struct readiness *readiness_new(struct arena *arena)
{
    struct readiness *readiness = ARENA_NEW(arena, struct readiness);
    pthread_mutex_init(&readiness->lock, NULL);
    return readiness;
}

// With the lock held: the row of that name, a new one when there is none; NULL: there is no room.
static struct known *row_of(struct readiness *readiness, const char *name, bool *fresh)
{
    for (size_t i = 0; i < readiness->count; i++)
        if (strncmp(readiness->known[i].name, name, READINESS_NAME - 1) == 0)
            return &readiness->known[i];
    if (readiness->count == READINESS_MAX)
        return NULL;
    struct known *known = &readiness->known[readiness->count++];
    snprintf(known->name, READINESS_NAME, "%s", name);
    *fresh = true;
    return known;
}

// With the lock held. True when it is another state than before.
static bool tell(struct known *known, bool needed, bool up, const char *detail, bool fresh)
{
    bool changed = fresh || known->up != up;
    known->needed = needed;
    known->up = up;
    known->told_ms = monotonic_ms();
    if (changed)
        known->since_ms = time_now_ms();
    snprintf(known->detail, READINESS_DETAIL, "%s", up || detail == NULL ? "" : detail);
    return changed;
}

void readiness_tell(struct app *app, const char *name, bool needed, bool up, const char *detail)
{
    bool fresh = false;
    pthread_mutex_lock(&app->readiness->lock);
    struct known *known = row_of(app->readiness, name, &fresh);
    bool changed = known != NULL && tell(known, needed, up, detail, fresh);
    pthread_mutex_unlock(&app->readiness->lock);
    if (changed && !(fresh && up))
        log_line(up ? LOG_INFO : LOG_WARN, "dependency", "%s is %s%s%s", name, up ? "up" : "down",
                 up || detail == NULL ? "" : ": ", up || detail == NULL ? "" : detail);
}

void readiness_await(struct app *app, const char *name, const char *detail)
{
    bool fresh = false;
    pthread_mutex_lock(&app->readiness->lock);
    struct known *known = row_of(app->readiness, name, &fresh);
    if (known != NULL)
        tell(known, true, false, detail, fresh);
    pthread_mutex_unlock(&app->readiness->lock);
}

// What every process has.

#define READY_ROW(F, S) F(S, i64, one, .doc = "1.")
SHAPE(ready_row, READY_ROW);
QUERY_ROW(ready_probe, nothing, ready_row, "SELECT CAST(1 AS BIGINT) AS one");
// A transaction that could write: it goes to the primary.
STEP(ready_primary, nothing, ready_row)
{
    return ready_probe(rq, in, out);
}

// Lists and search are answered out of memory.
static enum err look_at_database(struct rq *rq)
{
    struct ready_row row;
    enum err err = ready_primary(rq, &(struct nothing){0}, &row);
    readiness_tell(rq->app, "database", !services_have(rq->app->services, service_id_product),
                   err == ERR_OK, err_code(err));
    return ERR_OK;
}
JOB(ready_database, READINESS_EVERY_MS, look_at_database);

static void look_at_peer(struct rq *rq, int service, size_t index)
{
    const char *url = peers_url(rq->app->peers, service, index);
    struct client_reply reply = {0};
    struct client_request request = {.method = "GET",
                                     .url = arena_printf(rq->arena, "%s/healthz", url),
                                     .timeout_ms = PEER_MS,
                                     .connect_timeout_ms = PEER_MS,
                                     .reply_max = KIB(4),
                                     .direct = true};
    bool up = client_call(&request, rq->arena, &reply) == CLIENT_ANSWERED && reply.status == 200;
    readiness_tell(
        rq->app,
        arena_printf(rq->arena, "%s at %.60s", service_id_names[service], url + strlen("http://")),
        false, up, reply.detail);
}

// Each process of each other service. What works without them is in docs/operator/cluster.md.
static enum err look_at_peers(struct rq *rq)
{
    for (int service = 0; rq->app->peers != NULL && service < service_id_count; service++)
        for (size_t i = 0; i < peers_count(rq->app->peers, service); i++)
            if (!services_have(rq->app->services, service))
                look_at_peer(rq, service, i);
    return ERR_OK;
}
JOB(ready_peers, READINESS_EVERY_MS, look_at_peers);

// What is told from memory, and Redis, whose nodes are asked within half a second.
static enum err look_at_stores(struct rq *rq)
{
    database_look(rq->app);
    caches_look(rq->app);
    copies_look(rq->app);
    return ERR_OK;
}
JOB(ready_stores, READINESS_EVERY_MS, look_at_stores);

// Showing it.

#define DEPENDENCY_STATE(X, E) X(E, up) X(E, down) X(E, silent)
ENUMERATION(dependency_state, DEPENDENCY_STATE);
#define DEPENDENCY(F, S)                                                                           \
    F(S, text, name, .doc = "Of the dependency.")                                                  \
    F(S, one_of(dependency_state), state, .doc = "silent: nobody knows at the moment.")            \
    F(S, bool, needed, .doc = "Without it this process serves nothing.")                           \
    F(S, time, since, .doc = "When it became so.")                                                 \
    F(S, text, detail, .optional = true, .doc = "Why it is not up.")
SHAPE(dependency, DEPENDENCY);

#define READY_STATE(X, E) X(E, ready) X(E, degraded) X(E, away) X(E, stopping)
ENUMERATION(ready_state, READY_STATE);
#define READINESS(F, S)                                                                            \
    F(S, one_of(ready_state), state, .doc = "degraded: some of it is served; away: nothing is.")   \
    F(S, list(dependency), dependencies, .max = READINESS_MAX, .doc = "In no order.")
SHAPE(readiness_shown, READINESS);

static bool is_silent(const struct known *known)
{
    return monotonic_ms() - known->told_ms > READINESS_STALE_MS;
}

static struct dependency shown(struct rq *rq, const struct known *known)
{
    return (struct dependency){
        .name = arena_text(rq->arena, known->name),
        .state = is_silent(known) ? dependency_state_silent
                 : known->up      ? dependency_state_up
                                  : dependency_state_down,
        .needed = known->needed,
        .since = known->since_ms,
        .detail = *known->detail != '\0' ? arena_text(rq->arena, known->detail) : NULL,
    };
}

void readiness_write_metrics(struct app *app, struct buf *out)
{
    static const char name[] = "souk_dependency_up";
    struct readiness *readiness = app->readiness;
    buf_printf(out, "# HELP %s Whether what this process depends on is up.\n# TYPE %s gauge\n",
               name, name);
    pthread_mutex_lock(&readiness->lock);
    for (size_t i = 0; i < readiness->count; i++) {
        const struct known *known = &readiness->known[i];
        buf_printf(out, "%s{dependency=\"%s\",needed=\"%s\"} %d\n", name, known->name,
                   known->needed ? "true" : "false", known->up && !is_silent(known));
    }
    pthread_mutex_unlock(&readiness->lock);
}

static void show(struct rq *rq, struct readiness_shown *out)
{
    struct readiness *readiness = rq->app->readiness;
    bool needed = false, some = false;
    pthread_mutex_lock(&readiness->lock);
    out->dependencies.items = ARENA_ARRAY(rq->arena, struct dependency, readiness->count + 1);
    for (size_t i = 0; i < readiness->count; i++) {
        struct dependency *row = &out->dependencies.items[out->dependencies.count++];
        *row = shown(rq, &readiness->known[i]);
        some |= row->state != dependency_state_up;
        needed |= row->state != dependency_state_up && row->needed;
    }
    pthread_mutex_unlock(&readiness->lock);
    // Before the first look nothing is known.
    bool away = needed || out->dependencies.count == 0 || !rq->app->ready;
    out->state = http_leaving(rq->exchange) ? ready_state_stopping
                 : away                     ? ready_state_away
                 : some                     ? ready_state_degraded
                                            : ready_state_ready;
}

HANDLER(readyz, nothing, readiness_shown)
{
    show(rq, out);
    if (out->state == ready_state_away || out->state == ready_state_stopping)
        reply_status(rq, 503);
    return ERR_OK;
}

static const struct route readiness_routes[] = {
    {GET, "/readyz", &readyz_handler, 200, ROLE_ANYONE, "Whether it can serve, and what it lacks.",
     .flags = ROUTE_UNLISTED | ROUTE_LIGHT},
};
ROUTES(operations, readiness_routes);
