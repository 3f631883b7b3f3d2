// The context of a piece of work: failing, replying, transactions, calls. Contract in rq.h.
//
// Work in a transaction may run more than once, so everything it may leave in the rq (problem,
// reply, hooks) is forgotten at the start of each run (rq_start_again). That holds for the STEPs of
// a conductor too: what it wants to say about its reply it says after its last step.
//
// After-commit hooks are how memory learns of the database: caches are dropped and jobs woken when
// the change is durable and visible, never for one that was rolled back.
#include "app/rq.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <string.h>

#include "app/app.h"
#include "app/peer.h"
#include "app/position.h"
#include "app/services.h"
#include "core/json.h"
#include "core/log.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"

struct commit_hook {
    struct commit_hook *next;
    void (*run)(struct app *app, const char *name); // or NULL
    const char *name;
    void (*run_on)(struct rq *rq, void *context);
    void *context;
};

enum err fail(struct rq *rq, enum err err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    rq->problem.detail = arena_vprintf(rq->arena, format, args);
    va_end(args);
    return err;
}

enum err fail_field(struct rq *rq, const char *field, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    problem_field(&rq->problem, field, "%s", arena_vprintf(rq->arena, format, args));
    va_end(args);
    return ERR_INVALID;
}

void reply_status(struct rq *rq, int status)
{
    rq->status = status;
}

void reply_header(struct rq *rq, const char *name, const char *value)
{
    struct reply_header *header = ARENA_NEW(rq->arena, struct reply_header);
    *header = (struct reply_header){rq->headers, name, value};
    rq->headers = header;
}

void reply_raw(struct rq *rq, const char *content_type, const void *bytes, size_t length)
{
    rq->raw_type = content_type;
    rq->raw = bytes;
    rq->raw_length = length;
}

void reply_stale(struct rq *rq, i64 age_s)
{
    reply_header(rq, "X-Cache", "stale");
    reply_header(rq, "Age", arena_printf(rq->arena, "%lld", (long long)age_s));
    reply_header(rq, "Warning", "110 - \"stale\"");
}

void reply_retry_after(struct rq *rq, i64 seconds)
{
    rq->problem.retry_after_s = seconds;
}

const char *rq_header(const struct rq *rq, const char *name)
{
    return rq->exchange != NULL ? http_header(rq->exchange, name) : NULL;
}

// "a=b; NAME=value; c=d"
const char *rq_cookie(const struct rq *rq, const char *name)
{
    const char *at = rq_header(rq, "Cookie");
    size_t named = strlen(name);
    while (at != NULL && *at != '\0') {
        at += strspn(at, "; ");
        size_t length = strcspn(at, ";");
        if (length > named && at[named] == '=' && memcmp(at, name, named) == 0)
            return arena_text_n(rq->arena, at + named + 1, length - named - 1);
        at += length;
    }
    return NULL;
}

const char *rq_body(const struct rq *rq, size_t *length)
{
    *length = rq->exchange != NULL ? rq->exchange->body_length : 0;
    return rq->exchange != NULL ? rq->exchange->body : "";
}

// The bytes of an address, 4 or 16; 0 when the text is none.
static size_t address_bytes(const char *text, u8 bytes[static 16])
{
    if (inet_pton(AF_INET, text, bytes) == 1)
        return 4;
    return inet_pton(AF_INET6, text, bytes) == 1 ? 16 : 0;
}

// `network` is an address or ADDRESS/BITS.
static bool in_network(char *network, const u8 *address, size_t length)
{
    u8 first[16];
    i64 bits = (i64)length * 8;
    char *slash = strchr(network, '/');
    if (slash != NULL)
        *slash = '\0';
    if (address_bytes(network, first) != length || length == 0)
        return false;
    if (slash != NULL && (!str_i64(slash + 1, &bits) || bits < 0 || bits > (i64)length * 8))
        return false;
    size_t whole = (size_t)bits / 8;
    u8 rest = (u8)(0xff00 >> (bits % 8));
    return memcmp(first, address, whole) == 0 &&
           (rest == 0 || ((first[whole] ^ address[whole]) & rest) == 0);
}

bool proxy_trusted(const char *list, const char *address)
{
    u8 bytes[16];
    size_t length = address_bytes(address, bytes);
    for (const char *at = list; *at != '\0';) {
        char network[64];
        at += strspn(at, ", ");
        size_t size = strcspn(at, ", ");
        if (size < sizeof network) {
            memcpy(network, at, size);
            network[size] = '\0';
            if (in_network(network, bytes, length))
                return true;
        }
        at += size;
    }
    return false;
}

// The last address in X-Forwarded-For is the one that our own proxy saw; only that proxy is
// believed.
const char *rq_peer(const struct rq *rq)
{
    if (rq->exchange == NULL)
        return "";
    const char *peer = http_peer(rq->exchange);
    const char *forwarded = http_header(rq->exchange, "X-Forwarded-For");
    // Anybody can send the header; believing it would let them choose the address they are limited
    // by.
    if (forwarded == NULL || !proxy_trusted(rq->app->config.trusted_proxies, peer))
        return peer;
    const char *last = strrchr(forwarded, ',');
    last = last != NULL ? last + 1 : forwarded;
    return last + strspn(last, " ");
}

i64 rq_left_ms(const struct rq *rq)
{
    return max_i64(0, rq->deadline_ms - monotonic_ms());
}

void rq_after_commit(struct rq *rq, void (*run)(struct app *app, const char *name),
                     const char *name)
{
    struct commit_hook *hook = ARENA_NEW(rq->arena, struct commit_hook);
    *hook = (struct commit_hook){.next = rq->hooks, .run = run, .name = name};
    if (rq->db == NULL)
        run(rq->app, name);
    else
        rq->hooks = hook;
}

void rq_after_commit_do(struct rq *rq, void (*run)(struct rq *rq, void *context), void *context)
{
    struct commit_hook *hook = ARENA_NEW(rq->arena, struct commit_hook);
    *hook = (struct commit_hook){.next = rq->hooks, .run_on = run, .context = context};
    if (rq->db == NULL)
        run(rq, context);
    else
        rq->hooks = hook;
}

void rq_committed(struct rq *rq)
{
    struct commit_hook *hook = rq->hooks;
    for (rq->hooks = NULL; hook != NULL; hook = hook->next)
        if (hook->run != NULL)
            hook->run(rq->app, hook->name);
        else
            hook->run_on(rq, hook->context);
}

// What a body may have left behind when it ran before and its transaction was rolled back.
void rq_start_again(struct rq *rq)
{
    rq->problem = (struct problem){.arena = rq->arena};
    rq->status = 0;
    rq->headers = NULL;
    rq->raw = NULL;
    rq->raw_type = NULL;
    rq->events = NULL;
    rq->hooks = NULL;
}

struct transacted {
    struct rq *rq;
    enum err (*body)(struct rq *rq, const void *in, void *out);
    const void *in;
    void *out;
    size_t out_size;
};

static enum err run_transacted(struct db_session *session, void *context)
{
    struct transacted *work = context;
    rq_start_again(work->rq);
    memset(work->out, 0, work->out_size);
    work->rq->db = session;
    const struct trace *outer = trace_current(); // another one on the thread that writes
    trace_set_current(&work->rq->trace);
    enum err err = work->body(work->rq, work->in, work->out);
    trace_set_current(outer);
    work->rq->db = NULL;
    return err;
}

enum err rq_transact(struct rq *rq, enum err (*body)(struct rq *rq, const void *in, void *out),
                     const void *in, void *out, size_t out_size, enum rq_transaction kind)
{
    if (rq->db != NULL) {
        assert(kind ==
               RQ_SNAPSHOT); // a conductor's step inside a transaction would not be one of its own
        memset(out, 0, out_size);
        return body(rq, in, out);
    }
    struct transacted work = {rq, body, in, out, out_size};
    u64 position = 0;
    enum err err = kind == RQ_SNAPSHOT ? db_read_view(rq->app->db, &rq->view, run_transacted, &work)
                                       : db_write_as(rq->app->db, (enum db_isolation)kind,
                                                     run_transacted, &work, &position);
    position_reached(rq, position);
    if (err == ERR_OK)
        rq_committed(rq);
    return err;
}

enum err rq_lock(struct rq *rq, const char *kind, const char *name)
{
    return db_lock(rq->db, kind, name, false);
}

enum err rq_lock_shared(struct rq *rq, const char *kind, const char *name)
{
    return db_lock(rq->db, kind, name, true);
}

// Runs another service's handler for this one: here, or in the process that has it.
enum err rq_call(struct rq *rq, const char *name, const struct shape *in_shape, const void *in,
                 const struct shape *out_shape, void *out)
{
    const struct bound_route *bound = router_by_name(rq->app->router, name);
    assert(bound != NULL); // router_new has checked every call
    const struct handler *handler = bound->route->handler;
    assert(strcmp(handler->in->name, in_shape->name) == 0);
    assert(strcmp(handler->out->name, out_shape->name) == 0);
    // For the count of routes that no test has reached (check.c).
    *bound->called = true;
    if (!services_have(rq->app->services, bound->owner))
        return peer_call(rq, bound, in, out);
    // The caller's identity, deadline and id, but a problem and a reply of its own: what the callee
    // says about a reply is not the caller's.
    struct rq child = *rq;
    rq_start_again(&child);
    child.route = bound->route;
    if ((bound->route->flags & ROUTE_NEWEST) != 0)
        child.view.position = DB_NEWEST;
    child.exchange = NULL;
    enum err err;
    if (bound->route->flags & ROUTE_CONDUCTS) {
        assert(rq->db == NULL);
        memset(out, 0, out_shape->size);
        err = handler->run(&child, in, out);
    } else {
        err = rq_transact(&child, handler->run, in, out, out_shape->size,
                          route_transaction(bound->route));
    }
    rq->view = child.view;
    position_reached(rq, child.committed);
    if (err != ERR_OK)
        rq->problem = child.problem;
    return err;
}

enum err rq_ask(struct rq *rq, const char *name, const char *body, struct buf *reply)
{
    const struct bound_route *bound = router_by_name(rq->app->router, name);
    assert(bound != NULL && rq->db == NULL);
    const struct handler *handler = bound->route->handler;
    void *in = arena_alloc(rq->arena, handler->in->size);
    void *out = arena_alloc(rq->arena, handler->out->size);
    enum err err = json_read(handler->in, body, strlen(body), 0, &rq->problem, in);
    if (err == ERR_OK)
        err = rq_call(rq, name, handler->in, in, handler->out, out);
    if (err == ERR_OK && reply != NULL)
        json_write(handler->out, out, reply);
    return err;
}

struct rq *rq_begin(struct app *app, const char *name, i64 deadline_ms)
{
    struct arena *arena = arena_new(LIMIT_ARENA);
    struct rq *rq = ARENA_NEW(arena, struct rq);
    *rq = (struct rq){
        .app = app,
        .arena = arena,
        .now_ms = time_now_ms(),
        .deadline_ms = monotonic_ms() + deadline_ms,
        .id = name,
        .problem = {.arena = arena},
    };
    trace_begin(&rq->trace, NULL, NULL, arena);
    return rq;
}

void rq_end(struct rq *rq)
{
    arena_free(rq->arena);
}
