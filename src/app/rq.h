// The context of one piece of work: an HTTP request, a job, an outbox delivery, a command.
//
// It belongs to the thread that runs it at the moment; nothing in it outlives it. Everything made
// on the way lives in rq->arena. Handlers contain no free and no goto.
#ifndef SOUK_APP_RQ_H
#define SOUK_APP_RQ_H

#include "core/arena.h"
#include "core/err.h"
#include "core/problem.h"
#include "core/shape.h"
#include "core/trace.h"
#include "data/db.h"

struct app;
struct http_exchange;
struct route;

// Who asks. A guest has an empty user_id and no roles.
struct caller {
    struct uuid session_id, user_id;
    const char *email;
    unsigned roles;
    bool by_cookie; // writes need the CSRF header
    const char *csrf_token;
};

struct commit_hook;
struct events_reply;
struct reply_header {
    struct reply_header *next;
    const char *name, *value;
};

struct rq {
    struct app *app;
    struct arena *arena;
    struct db_session *db; // NULL outside a transaction or snapshot
    i64 now_ms;            // one time for the whole of it
    i64 deadline_ms;       // on the monotonic clock
    i64 waited_ms;         // for a thread, before it began
    const char *id;        // request id, for logs and problem documents
    struct trace trace;    // and what it is a part of
    struct caller caller;
    const struct route *route;      // NULL for jobs and commands
    struct http_exchange *exchange; // NULL for jobs and commands
    struct problem problem;

    // What the reply says beyond `out`; set by the functions below.
    int status;
    struct reply_header *headers;
    const char *raw_type;
    const void *raw;
    size_t raw_length;
    struct events_reply *events; // the reply stays open (events.h)
    struct commit_hook *hooks;
    const char *idempotency_key; // of the request, NULL when it has none

    struct db_view view; // what its reads have to see (app/position.h); all there is, by default
    u64 committed;       // position of its newest commit, also one of a peer; 0: none
};

// Says why and returns `err`: return fail(rq, ERR_CONFLICT, "SKU %s is taken", in->sku);
CHECKED enum err fail(struct rq *rq, enum err err, const char *format, ...) PRINTF_LIKE(3, 4);
// Names a field at fault and returns ERR_INVALID.
CHECKED enum err fail_field(struct rq *rq, const char *field, const char *format, ...)
    PRINTF_LIKE(3, 4);

// Another status than the route's, for a reply that is not a failure (202, 204, 303).
void reply_status(struct rq *rq, int status);
void reply_header(struct rq *rq, const char *name, const char *value);
// A body other than `out` as JSON. The bytes must live as long as the rq.
void reply_raw(struct rq *rq, const char *content_type, const void *bytes, size_t length);
// Marks the reply as a copy of that age, which may be out of date: X-Cache: stale.
void reply_stale(struct rq *rq, i64 age_s);
// A problem that is also worth a header: Retry-After.
void reply_retry_after(struct rq *rq, i64 seconds);

// A request header, NULL when there is none; the raw body; the address of the peer as text.
const char *rq_header(const struct rq *rq, const char *name);
// The value of a cookie, NULL when there is none of that name.
const char *rq_cookie(const struct rq *rq, const char *name);
const char *rq_body(const struct rq *rq, size_t *length);
const char *rq_peer(const struct rq *rq);
// True when the address is in a list with commas of addresses and networks (10.0.0.0/8).
bool proxy_trusted(const char *list, const char *address);
// Milliseconds left until the deadline, at least 0.
i64 rq_left_ms(const struct rq *rq);

// Calls `hook` once after the transaction of rq has committed, not when it is rolled back. Outside
// a transaction it is called at once. `name` is handed on and must be static.
void rq_after_commit(struct rq *rq, void (*hook)(struct app *app, const char *name),
                     const char *name);
// The same with the rq itself and something in its arena; it runs before the reply leaves.
void rq_after_commit_do(struct rq *rq, void (*hook)(struct rq *rq, void *context), void *context);
// For rq_after_commit: drops every cached reply with the tag, in this process or in all of the
// shop; wakes a job.
void reply_cache_drop(struct app *app, const char *tag);
void reply_cache_drop_everywhere(struct app *app, const char *tag);
void job_wake(struct app *app, const char *name);

// Runs a body in a transaction or snapshot of its own; the macros of declare.h call it.
enum rq_transaction {
    RQ_WRITE = DB_SERIALIZABLE,
    RQ_WRITE_LOCKING = DB_READ_COMMITTED,
    RQ_WRITE_TOGETHER = DB_TOGETHER,
    RQ_SNAPSHOT,
};
CHECKED enum err rq_transact(struct rq *rq,
                             enum err (*body)(struct rq *rq, const void *in, void *out),
                             const void *in, void *out, size_t out_size, enum rq_transaction kind);
CHECKED enum err rq_call(struct rq *rq, const char *handler, const struct shape *in_shape,
                         const void *in, const struct shape *out_shape, void *out);

// In a STEP_LOCKING, or a handler of a ROUTE_LOCKING: waits until nobody else works on the thing of
// that kind and name (an id, a key); they wait until this transaction ends. What is read after it
// is what they left. See db_lock.
CHECKED enum err rq_lock(struct rq *rq, const char *kind, const char *name);
// The same beside others who take it shared; one who does not waits for all of them.
CHECKED enum err rq_lock_shared(struct rq *rq, const char *kind, const char *name);

// For the dispatcher: runs the hooks of a committed transaction; forgets what a body left behind.
void rq_committed(struct rq *rq);
void rq_start_again(struct rq *rq);

// Runs a route of this process by its handler's name with a JSON body, as a command may; roles are
// not asked for. Members of the path stand in the body. Outside any transaction. On success the
// reply's JSON is appended to `reply` unless that is NULL.
CHECKED enum err rq_ask(struct rq *rq, const char *handler, const char *body, struct buf *reply);

// A context for a job or a command; free with rq_end. `name` stands where a request id would.
struct rq *rq_begin(struct app *app, const char *name, i64 deadline_ms);
void rq_end(struct rq *rq);

#endif
