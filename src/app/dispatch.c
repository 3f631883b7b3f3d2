// The life of a request after net/ has parsed it: route, caller, input, transaction, handler,
// reply. The steps are in the order of this file, last first. Idempotency keys are in idempotent.c.
//
// A task changes hands and never has two owners: the loop (dispatch, start), a worker (run), on
// SQLite the writer's thread (write_work, write_done), and back to the loop by http_reply. Whatever
// happens, exactly one of task_send and cached_reply_send ends it, after which it must not be
// touched, since the exchange's arena that holds it may be gone.
//
// What a caller can get wrong is refused in a fixed order, so that an answer tells no more than it
// should: 404 and 405 before anything is known of the caller, then rate, session (401), role (403),
// CSRF token (403), input (422), key. Input is read only from those who may act on it.
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "app/app.h"
#include "app/declare.h"
#include "app/events.h"
#include "app/idempotent.h"
#include "app/parameters.h"
#include "app/peer.h"
#include "app/position.h"
#include "app/session.h"
#include "app/task.h"
#include "core/json.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"

// Time and a counter: unique in a process, sortable, and short enough to be read out over a
// telephone. It is not a secret.
static const char *request_id(struct arena *arena)
{
    static _Atomic u64 counter;
    u64 number = atomic_fetch_add_explicit(&counter, 1, memory_order_relaxed);
    return arena_printf(arena, "%llx-%llx", (unsigned long long)time_now_ms(),
                        (unsigned long long)number);
}

static void log_access(const struct task *task, int status, size_t length, i64 took_us)
{
    struct app *app = task->rq.app;
    struct http_exchange *exchange = task->rq.exchange;
    if (app->access == NULL)
        return;
    char at[25];
    time_format(task->rq.now_ms, at);
    struct buf line = buf_in(task->rq.arena);
    buf_printf(&line, "{\"at\":\"%s\",\"event\":\"request\",\"id\":\"%s\",\"route\":\"%s\",", at,
               task->rq.id, task->bound != NULL ? task->bound->route->handler->name : "none");
    buf_printf(&line, "\"method\":\"%s\",\"path\":", http_method_name(exchange->method));
    buf_json_text(&line, exchange->path);
    const struct trace *trace = &task->rq.trace;
    buf_printf(&line, ",\"status\":%d,\"bytes\":%zu,\"us\":%lld,\"peer\":\"%s\"", status, length,
               (long long)took_us, rq_peer(&task->rq));
    buf_printf(&line, ",\"trace_id\":\"%s\",\"span_id\":\"%s\",\"parent_id\":\"%s\"}\n", trace->id,
               trace->span, trace->parent);
    access_log_add(app->access, line.at, line.length);
}

// Counts and logs; the exchange is still ours.
static void account(const struct task *task, int status, size_t length)
{
    struct app *app = task->rq.app;
    i64 took_us = monotonic_us() - task->rq.exchange->arrived_us;
    if (task->bound != NULL)
        route_metrics_add(app->metrics, task->bound->index, status, took_us);
    log_access(task, status, length, took_us);
}

static void show_reply(const struct task *task, int status, const char *type, const char *body,
                       size_t length)
{
    if (task->rq.app->on_reply != NULL)
        task->rq.app->on_reply(&task->rq, status, type, body, length);
}

static const char *head_of(struct task *task)
{
    struct rq *rq = &task->rq;
    struct buf head = buf_in(rq->arena);
    bool cacheable = false;
    for (const struct reply_header *header = rq->headers; header != NULL; header = header->next) {
        cacheable |= strcmp(header->name, "Cache-Control") == 0;
        buf_printf(&head, "%s: %s\r\n", header->name, header->value);
    }
    // Nothing may be kept by a browser or a proxy unless its handler says so: replies hold carts,
    // addresses, tokens.
    if (!cacheable)
        buf_text(&head, "Cache-Control: no-store\r\n");
    char parent[TRACEPARENT_SIZE];
    position_tell(rq, &head);
    trace_write(&rq->trace, parent);
    buf_printf(&head,
               "X-Request-Id: %s\r\ntraceresponse: %s\r\nX-Content-Type-Options: nosniff\r\n",
               rq->id, parent);
    if (rq->problem.retry_after_s > 0)
        buf_printf(&head, "Retry-After: %lld\r\n", (long long)rq->problem.retry_after_s);
    return buf_as_text(&head);
}

void task_send(struct task *task, int status, const char *type, const char *body, size_t length)
{
    struct http_reply reply = {
        .status = status,
        .content_type = type,
        .head = head_of(task),
        .body = body,
        .length = length,
    };
    account(task, status, length);
    show_reply(task, status, type, body, length);
    http_reply(task->rq.exchange, &reply);
}

void task_fail(struct task *task, enum err err)
{
    struct rq *rq = &task->rq;
    // Those that fail before a handler has run have set a sentence at most.
    if (rq->problem.arena == NULL)
        rq->problem.arena = rq->arena;
    if (err_status(err) >= 500 && rq->problem.retry_after_s == 0)
        rq->problem.retry_after_s = 1;
    if (err_status(err) >= 500)
        log_line(LOG_WARN, "request_failed", "%s %s: %s", rq->id, err_code(err),
                 rq->problem.detail != NULL ? rq->problem.detail : "");
    struct buf body = buf_in(rq->arena);
    problem_write(&rq->problem, err, rq->id, &body);
    task_send(task, err_status(err), "application/problem+json", body.at, body.length);
}

// The reply of a handler that succeeded, ready to be sent or stored.
void task_render(struct task *task)
{
    struct rq *rq = &task->rq;
    const struct route *route = task->bound->route;
    task->status = rq->status != 0 ? rq->status : route->status;
    if (rq->events != NULL) {
        task->type = EVENTS_TYPE;
        task->body = events_text(rq, &task->length);
    } else if (rq->raw_type != NULL) {
        task->type = rq->raw_type;
        task->body = rq->raw;
        task->length = rq->raw_length;
    } else if (route->handler->out != &nothing_shape && route->handler->out->count > 0) {
        struct buf body = buf_in(rq->arena);
        json_write(route->handler->out, task->out, &body);
        task->type = "application/json";
        task->body = body.at;
        task->length = body.length;
    }
}

static void send_cached(struct task *task, struct cached_reply *reply, const char *found)
{
    bool tells = (task->bound->route->flags & ROUTE_TELLS_CACHE) != 0;
    int status = cached_reply_status(reply, task->rq.exchange);
    account(task, status, status == 200 ? cached_reply_length(reply) : 0);
    cached_reply_send(reply, task->rq.exchange, tells ? found : NULL);
}

// The query of a page is for its script: the page is the same.
static const char *cache_key(const struct route *route, const struct http_exchange *exchange)
{
    return (route->flags & ROUTE_PAGE) != 0 ? exchange->path : exchange->target;
}

// Where a reply comes from is said of this answer, not of those that are made of what is kept.
static const char *own_headers(const struct rq *rq, const char **found)
{
    struct buf lines = buf_in(rq->arena);
    *found = "miss";
    for (const struct reply_header *header = rq->headers; header != NULL; header = header->next)
        if (strcmp(header->name, "X-Cache") == 0 && strcmp(header->value, "stale") != 0)
            *found = header->value;
        else
            buf_printf(&lines, "%s: %s\r\n", header->name, header->value);
    return buf_as_text(&lines);
}

// What has been sent so far is accounted for; how long the stream stays open is no latency.
static void send_events(struct task *task)
{
    struct rq *rq = &task->rq;
    if (!event_streams_enter(rq->app->events, &rq->events->watch.id)) {
        reply_retry_after(rq, EVENTS_RETRY_S);
        rq->problem.detail = "too many follow their orders at this moment; ask for the order";
        task_fail(task, ERR_BUSY);
        return;
    }
    reply_header(rq, "X-Accel-Buffering", "no");
    struct http_reply reply = {
        .status = task->status,
        .content_type = task->type,
        .head = head_of(task),
        .body = task->body,
        .length = task->length,
        .endless = true,
    };
    account(task, task->status, task->length);
    show_reply(task, task->status, task->type, task->body, task->length);
    event_streams_open(rq->app->events, rq->exchange, rq->events, &reply);
}

static void start(struct task *task);

// Those that waited and cannot have the answer, because it is not for keeping, ask by themselves.
static void start_all(struct task *waiting)
{
    for (struct task *next; waiting != NULL; waiting = next) {
        next = waiting->next_waiting;
        start(waiting);
    }
}

static void send_rendered(struct task *task, struct task *waiting)
{
    const struct route *route = task->bound->route;
    struct http_exchange *exchange = task->rq.exchange;
    const char *found;
    if (task->rq.events != NULL) {
        send_events(task);
        return;
    }
    if (route->cache_s == 0 || task->status != 200) {
        start_all(waiting);
        task_send(task, task->status, task->type, task->body, task->length);
        return;
    }
    struct cacheable made = {
        .target = cache_key(route, exchange),
        .tag = route->cache_tag,
        .generation = task->generation,
        .seconds = route->cache_s,
        .head = own_headers(&task->rq, &found),
        .content_type = task->type,
        .body = task->body,
        .length = task->length,
    };
    struct cached_reply *reply = reply_cache_put(task->rq.app->replies, &made);
    show_reply(task, 200, task->type, task->body, task->length);
    for (struct task *next; waiting != NULL; waiting = next) {
        next = waiting->next_waiting;
        send_cached(waiting, cached_reply_retain(reply), found);
    }
    send_cached(task, reply, found);
}

// A copy that may be out of date, instead of an answer that the source is down.
static bool send_stale(struct task *task)
{
    const struct route *route = task->bound->route;
    struct http_exchange *exchange = task->rq.exchange;
    struct cached_reply *reply =
        route->cache_s > 0
            ? reply_cache_find_stale(task->rq.app->replies, cache_key(route, exchange))
            : NULL;
    if (reply == NULL)
        return false;
    int status = cached_reply_status(reply, exchange);
    account(task, status, status == 200 ? cached_reply_length(reply) : 0);
    cached_reply_send_stale(reply, exchange);
    return true;
}

static void fail_all(struct task *waiting, const struct problem *problem, enum err err)
{
    for (struct task *next; waiting != NULL; waiting = next) {
        struct rq *rq = &waiting->rq;
        next = waiting->next_waiting;
        if (send_stale(waiting))
            continue;
        rq->problem.detail =
            problem->detail != NULL ? arena_text(rq->arena, problem->detail) : NULL;
        rq->problem.retry_after_s = problem->retry_after_s;
        task_fail(waiting, err);
    }
}

void task_finish(struct task *task, enum err err)
{
    struct task *waiting = flights_land(task->rq.app->flights, task);
    bool down = err != ERR_OK && err_status(err) >= 500;
    if (err == ERR_OK) {
        send_rendered(task, waiting);
        return;
    }
    if (down)
        fail_all(waiting, &task->rq.problem, err);
    else
        start_all(waiting);
    if (!down || !send_stale(task))
        task_fail(task, err);
}

// ROLE_ADMIN opens staff routes, not those of customers: an admin has no cart and no addresses, and
// peers are no people.
static bool allowed(const struct caller *caller, unsigned roles)
{
    bool staff_route = (roles & ~(unsigned)(ROLE_CUSTOMER | ROLE_PEER)) != 0;
    return roles == ROLE_ANYONE || (caller->roles & roles) != 0 ||
           (staff_route && (caller->roles & ROLE_ADMIN) != 0);
}

// A browser sends the cookie along with requests that other sites start; it does not send a header
// of theirs. SameSite=Lax stops most of it, this the rest. Bearer tokens are not sent by
// themselves.
static enum err check_csrf(struct rq *rq)
{
    const char *given = rq_header(rq, "X-CSRF-Token");
    if (rq->exchange->method == HTTP_GET || rq->exchange->method == HTTP_HEAD ||
        !rq->caller.by_cookie)
        return ERR_OK;
    size_t length = strlen(rq->caller.csrf_token);
    // Compared in constant time.
    if (given == NULL || strlen(given) != length ||
        sodium_memcmp(given, rq->caller.csrf_token, length) != 0)
        return fail(rq, ERR_FORBIDDEN, "the X-CSRF-Token header is missing or not this session's");
    return ERR_OK;
}

// Who asks, and may they. A browser whose cookie has ended goes on as a guest where guests may.
static enum err identify(struct rq *rq)
{
    unsigned roles = rq->route->roles;
    if (peer_known(rq)) {
        rq->caller = peer_caller(rq); // for whom it has checked what they may
        return ERR_OK;
    }
    if (rq->route->cache_s > 0 && roles == ROLE_ANYONE)
        return ERR_OK; // the reply is everybody's
    // Logging in does not ask who is logged in: an old session must not stand in the way of a new
    // one.
    if (!(rq->route->flags & ROUTE_GUARDED)) {
        enum err err = session_resume(rq);
        bool browses = err == ERR_UNAUTHENTICATED && roles == ROLE_ANYONE &&
                       rq_header(rq, "Authorization") == NULL;
        if (browses)
            rq->problem = (struct problem){.arena = rq->arena};
        else if (err != ERR_OK)
            return err;
    }
    if (!allowed(&rq->caller, roles))
        return uuid_empty(&rq->caller.user_id)
                   ? fail(rq, ERR_UNAUTHENTICATED, "please log in")
                   : fail(rq, ERR_FORBIDDEN, "your roles do not allow this");
    return check_csrf(rq);
}

static enum err identify_work(struct db_session *session, void *context)
{
    struct rq *rq = context;
    rq_start_again(rq);
    rq->caller = (struct caller){0};
    rq->db = session;
    enum err err = identify(rq);
    rq->db = NULL;
    return err;
}

// A read of its own, before the handler's transaction: a request that is refused takes no turn of
// the writer, and the transaction of one that is not is as short as it can be. A session that is
// ended in between is worth one more request.
static enum err identify_first(struct task *task)
{
    struct rq *rq = &task->rq;
    if (!session_carried(rq) || !services_have(rq->app->services, service_id_user))
        return identify(rq); // needs no database of ours
    return db_read(rq->app->db, identify_work, rq);
}

static bool is_json(const struct rq *rq)
{
    const char *type = rq_header(rq, "Content-Type");
    return type != NULL && strncasecmp(type, "application/json", 16) == 0 &&
           (type[16] == '\0' || type[16] == ';' || type[16] == ' ');
}

static enum err read_body(struct task *task)
{
    struct rq *rq = &task->rq;
    const struct shape *shape = task->bound->route->handler->in;
    // No body is allowed where no field is required: POST without one is common.
    if (rq->exchange->body_length == 0) {
        size_t before = rq->problem.count;
        json_require(shape, task->in, task->bound->path_bits, &rq->problem);
        return rq->problem.count > before ? ERR_INVALID : ERR_OK;
    }
    if (!is_json(rq))
        return fail(rq, ERR_UNSUPPORTED_MEDIA, "send the body as application/json");
    // A peer may be of the next version and say more than this one knows of.
    if ((rq->route->roles & ROLE_PEER) != 0)
        return json_read_known(shape, rq->exchange->body, rq->exchange->body_length, &rq->problem,
                               task->in);
    return json_read(shape, rq->exchange->body, rq->exchange->body_length, task->bound->path_bits,
                     &rq->problem, task->in);
}

static enum err read_path(struct task *task)
{
    const struct shape *shape = task->bound->route->handler->in;
    for (size_t i = 0; i < task->bound->parameter_count; i++) {
        enum err err =
            parameters_read_segment(shape, task->bound->positions[i], task->match.values[i].at,
                                    task->match.values[i].length, &task->rq.problem, task->in);
        if (err != ERR_OK) // what cannot be an id or handle names nothing
            return fail(&task->rq, ERR_NOT_FOUND, "there is nothing at this address");
    }
    return ERR_OK;
}

static enum err read_input(struct task *task)
{
    struct rq *rq = &task->rq;
    const struct route *route = rq->route;
    enum err err = read_path(task);
    if (err != ERR_OK || (route->flags & ROUTE_PAGE) != 0)
        return err;
    bool in_query = route->method == HTTP_GET || route->method == HTTP_DELETE ||
                    (route->flags & ROUTE_RAW_BODY) != 0;
    if (!in_query && *rq->exchange->query != '\0')
        return fail(rq, ERR_INVALID, "this address takes no query parameters");
    return in_query ? parameters_read_query(route->handler->in, rq->exchange->query,
                                            task->bound->path_bits, &rq->problem, task->in)
                    : read_body(task);
}

// The reply is rendered inside the transaction, while texts that point into the session are there,
// and because a stored reply is committed together with what it tells.
static enum err run_handler(struct task *task)
{
    const struct handler *handler = task->bound->route->handler;
    memset(task->out, 0, handler->out->size);
    enum err err = handler->run(&task->rq, task->in, task->out);
    if (err == ERR_OK)
        task_render(task);
    return err;
}

// May run again: on PostgreSQL a connection may be lost under it.
static enum err read_work(struct db_session *session, void *context)
{
    struct task *task = context;
    rq_start_again(&task->rq);
    task->rq.db = session;
    enum err err = run_handler(task);
    task->rq.db = NULL;
    return err;
}

static void run_read(struct task *task)
{
    task_finish(task, db_read_view(task->rq.app->db, &task->rq.view, read_work, task));
}

// On SQLite's writer thread, or here on PostgreSQL. May run again after a rollback.
static enum err write_work(struct db_session *session, void *context)
{
    struct task *task = context;
    rq_start_again(&task->rq);
    task->rq.db = session;
    const struct trace *outer = trace_current(); // none on the thread that writes
    trace_set_current(&task->rq.trace);
    enum err err = idempotent_begin(task);
    if (err == ERR_OK && !task->replayed) {
        err = run_handler(task);
        if (err == ERR_OK)
            err = idempotent_store(task);
    }
    trace_set_current(outer);
    task->rq.db = NULL;
    return err;
}

// On the thread that committed: the worker that submitted the job has long gone on to another
// request. That is how a few threads keep many writes in flight while they share one sync.
static void write_done(struct db_job *job, enum err err)
{
    struct task *task = job->context;
    position_reached(&task->rq, job->position);
    if (err == ERR_OK)
        rq_committed(&task->rq);
    task_finish(task, err);
}

static void run_write(struct task *task)
{
    task->write =
        (struct db_job){.work = write_work,
                        .done = write_done,
                        .context = task,
                        .isolation = (enum db_isolation)route_transaction(task->bound->route)};
    db_submit(task->rq.app->db, &task->write);
}

// Keeps its worker for the whole of it, payment included; checkout has a class of its own in the
// pool for that.
static void run_conductor(struct task *task)
{
    enum err err = idempotent_claim(task);
    if (err != ERR_OK || task->replayed) {
        task_finish(task, err);
        return;
    }
    err = run_handler(task);
    idempotent_release(task, err);
    task_finish(task, err);
}

static void run_in_trace(struct task *task)
{
    const struct route *route = task->bound->route;
    enum err err = identify_first(task);
    task->rq.view = position_wanted(&task->rq);
    if (err == ERR_OK)
        err = read_input(task);
    if (err == ERR_OK)
        err = idempotent_read_key(task);
    if (err != ERR_OK)
        task_finish(task, err);
    else if (route->flags & ROUTE_CONDUCTS)
        run_conductor(task);
    else if (route->flags & ROUTE_LIGHT)
        task_finish(task, run_handler(task));
    else if (route_reads(route))
        run_read(task);
    else
        run_write(task);
}

static void run(struct task *task)
{
    struct trace trace = task->rq.trace; // the task may be gone before the last line is logged
    trace_set_current(&trace);
    run_in_trace(task);
    trace_set_current(NULL);
}

static void run_job(struct pool_job *job)
{
    struct task *task = (struct task *)(void *)job; // the job is the task's first member
    task->rq.waited_ms = (monotonic_us() - job->submitted_us) / 1000;
    run(task);
}

static void refused(struct pool_job *job)
{
    struct task *task = (struct task *)(void *)job;
    task->rq.problem.detail = "too many shoppers at this moment, please try again in a second";
    task_finish(task, ERR_BUSY);
}

static enum pool_class pool_class_of(const struct route *route)
{
    static const enum pool_class classes[] = {
        [CLASS_BROWSE] = POOL_BROWSING,
        [CLASS_CART] = POOL_CART,
        [CLASS_CHECKOUT] = POOL_CHECKOUT,
        [CLASS_REPORT] = POOL_BACKGROUND,
    };
    return classes[route->load];
}

static struct task *task_new(struct http_exchange *exchange, struct app *app)
{
    struct task *task = ARENA_NEW(exchange->arena, struct task);
    task->rq = (struct rq){
        .app = app,
        .arena = exchange->arena,
        .now_ms = time_now_ms(),
        .exchange = exchange,
        .problem = {.arena = exchange->arena},
        .id = request_id(exchange->arena),
    };
    trace_begin(&task->rq.trace, http_header(exchange, "traceparent"),
                http_header(exchange, "tracestate"), exchange->arena);
    return task;
}

// Who shows a key, be it another one than ours, is a peer: it must not take what is hidden from it
// for what is not there.
static void answer_unrouted(struct task *task)
{
    if (rq_header(&task->rq, PEER_KEY_HEADER) != NULL)
        reply_header(&task->rq, PEER_UNKNOWN_HEADER, "1");
    if (task->match.methods == 0) {
        task->rq.problem.detail = "there is nothing at this address";
        task_fail(task, ERR_NOT_FOUND);
        return;
    }
    struct buf allow = buf_in(task->rq.arena);
    for (int method = 0; method < HTTP_METHOD_COUNT; method++)
        if (task->match.methods >> method & 1)
            buf_printf(&allow, "%s%s", allow.length > 0 ? ", " : "",
                       http_method_name((enum http_method)method));
    if (task->match.methods >> HTTP_GET & 1)
        buf_text(&allow, ", HEAD");
    reply_header(&task->rq, "Allow", buf_as_text(&allow));
    task_fail(task, ERR_METHOD_NOT_ALLOWED);
}

// Seconds to wait when the address has asked too often, else 0.
static i64 over_rate(struct task *task)
{
    struct app *app = task->rq.app;
    const struct route *route = task->bound->route;
    if (route->method == HTTP_GET || (route->roles & ROLE_PEER) != 0)
        return 0;
    i64 now_ms = monotonic_ms();
    const char *peer = rq_peer(&task->rq);
    if (route->flags & ROUTE_GUARDED)
        return rate_limit_take(app->guarded, peer, now_ms);
    return rate_limit_take(app->writes, peer, now_ms);
}

// The route's own, or what is left of the deadline of the peer that asks.
static i64 time_allowed_ms(const struct task *task)
{
    const struct route *route = task->bound->route;
    i64 own_ms = route->deadline_ms != 0 ? route->deadline_ms : LIMIT_DEADLINE_MS, left_ms;
    const char *left = rq_header(&task->rq, PEER_DEADLINE_HEADER);
    bool told = (route->roles & ROLE_PEER) != 0 && left != NULL && str_i64(left, &left_ms);
    return told ? min_i64(own_ms, max_i64(left_ms, 0)) : own_ms;
}

static void start(struct task *task)
{
    const struct route *route = task->bound->route;
    task->rq.route = route;
    task->rq.deadline_ms = monotonic_ms() + time_allowed_ms(task);
    task->in = arena_alloc(task->rq.arena, route->handler->in->size);
    task->out = arena_alloc(task->rq.arena, route->handler->out->size);
    i64 wait_s = over_rate(task);
    if (wait_s > 0) {
        task->rq.problem.retry_after_s = wait_s;
        task->rq.problem.detail = "too many requests from this address, please wait";
        task_fail(task, ERR_RATE_LIMITED);
        return;
    }
    if (route->flags & ROUTE_LIGHT) {
        run(task);
        return;
    }
    task->job = (struct pool_job){.run = run_job, .refused = refused};
    if (!pool_submit(task->rq.app->pool, pool_class_of(route), &task->job))
        refused(&task->job);
}

// Routes of services that run elsewhere are not here, and those for peers are there for nobody
// else: both are answered like any address that does not exist.
static bool is_ours(const struct task *task, const struct bound_route *bound)
{
    const struct app *app = task->rq.app;
    if ((bound->route->roles & ROLE_PEER) != 0 && !peer_known(&task->rq))
        return false;
    return services_have(app->services, bound->owner);
}

// True when the request is answered, or waits for another one's answer.
static bool answer_cached(struct task *task)
{
    struct app *app = task->rq.app;
    const struct route *route = task->bound->route;
    const char *key = cache_key(route, task->rq.exchange);
    struct cached_reply *reply = reply_cache_find(app->replies, key);
    if (reply != NULL) {
        send_cached(task, reply, "hit");
        return true;
    }
    // Before anything is read, so that what is dropped meanwhile is not kept.
    task->generation = reply_cache_generation(app->replies, route->cache_tag);
    return flights_join(app->flights, task, key, task->generation);
}

void dispatch(struct http_exchange *exchange, void *context)
{
    struct app *app = context;
    struct task *task = task_new(exchange, app);
    enum http_method method = exchange->method == HTTP_HEAD ? HTTP_GET : exchange->method;
    router_find(app->router, method, exchange->path, strlen(exchange->path), &task->match);
    const struct bound_route *bound = task->match.bound;
    if (bound == NULL || !is_ours(task, bound)) {
        task->match.methods = bound != NULL ? 0 : task->match.methods;
        answer_unrouted(task);
        return;
    }
    task->bound = bound;
    if ((bound->route->roles & ROLE_PEER) != 0)
        task->rq.id = peer_request_id(&task->rq);
    if (bound->route->cache_s == 0 || !answer_cached(task))
        start(task);
}

// Asked before a byte of the body is read, so without knowing who asks.
size_t dispatch_body_limit(const struct http_exchange *exchange, void *context)
{
    struct app *app = context;
    struct path_match match;
    router_find(app->router, exchange->method, exchange->path, strlen(exchange->path), &match);
    if (match.bound == NULL || match.bound->route->body_limit == 0)
        return LIMIT_BODY;
    return match.bound->route->body_limit;
}
